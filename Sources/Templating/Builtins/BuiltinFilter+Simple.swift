extension BuiltinFilter {
  /// The short ways of filters that are mostly given short texts, or only look at a value.
  static let simpleFilters: [String: @Sendable (Value) -> Value?] = [
    "lower": { value in
      guard case .string(.short(let text)) = value, text.isASCII else { return nil }
      return .string(.short(text.lowercasedASCII))
    },
    "upper": { value in
      guard case .string(.short(let text)) = value, text.isASCII else { return nil }
      return .string(.short(text.uppercasedASCII))
    },
    "trim": { value in
      guard case .string(.short(let text)) = value, text.isASCII, text.hasVisibleEnds else {
        return nil
      }
      return value
    },
    "string": { value in value.isString ? value : nil },
    "length": { value in value.count.map { .integer($0) } },
    "count": { value in value.count.map { .integer($0) } },
  ]
}
