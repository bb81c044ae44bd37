/// What is known of a text besides its type.
package struct TextTraits: OptionSet, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// It never ends in a blank, so that what equals it in Redshift's eyes is the same to the byte.
  package static let trimmed = TextTraits(rawValue: 1)
  /// It is never empty.
  package static let filled = TextTraits(rawValue: 2)
  /// The length of its type is declared, by a column or a cast, and holds for every value: it is
  /// no guess from what the values are made of.
  ///
  /// Of a DECIMAL: PostgreSQL has its digits, too.
  package static let sized = TextTraits(rawValue: 4)
  /// Its type is VARCHAR for PostgreSQL, too, whose functions make TEXT.
  package static let varying = TextTraits(rawValue: 8)

  /// Its type is CHAR for PostgreSQL, too, which compares it without blanks by itself.
  package static let padded = TextTraits(rawValue: 16)

  /// Of a DOUBLE: it comes of a number that is written with an exponent.
  ///
  /// Redshift's documentation does not say whether that is a DECIMAL; PostgreSQL reads a NUMERIC.
  static let exponent = TextTraits(rawValue: 32)

  /// What is known of a column that a statement declares, or the database has.
  package static let declared: TextTraits = [.sized, .varying, .padded]

  /// NULL is as short as anybody wants it to be, but has no length of its own.
  static let ofNull: TextTraits = [.trimmed, .filled, .padded]

  static func ofLiteral(_ text: String) -> TextTraits {
    if text.isEmpty { return .trimmed }
    return text.utf8.last == UInt8(ascii: " ") ? .filled : [.trimmed, .filled]
  }

  /// The traits of `a || b`.
  static func joined(_ first: TextTraits, _ second: TextTraits) -> TextTraits {
    var traits: TextTraits = []
    if first.contains(.filled) || second.contains(.filled) { traits.insert(.filled) }
    if second.contains(.trimmed), second.contains(.filled) || first.contains(.trimmed) {
      traits.insert(.trimmed)
    }
    return traits
  }

  /// The traits of one of several values, of which no one says which.
  static func common(_ values: [(type: SQLType, traits: TextTraits)]) -> TextTraits {
    guard let first = values.first else { return [] }
    var traits = values.dropFirst().reduce(first.traits) { $0.intersection($1.traits) }
    if values.contains(where: { $0.type != first.type }) { traits.remove(.sized) }
    if values.contains(where: { $0.traits.contains(.exponent) }) { traits.insert(.exponent) }
    // Bare literals follow what else there is.
    let others = values.filter { $0.type != .null && $0.type != .literalText }
    let isVarying = !others.isEmpty && others.allSatisfy { $0.traits.contains(.varying) }
    return isVarying ? traits.union(.varying) : traits.subtracting(.varying)
  }

  /// The traits of a value that was cast to `target`.
  static func cast(_ type: SQLType, _ traits: TextTraits, to target: DataType) -> TextTraits {
    switch SQLType(cast: target) {
    case .character: return .padded
    case .decimal: return .sized
    default: break
    }
    guard case .characterVarying(let length) = SQLType(cast: target) else { return [] }
    var result: TextTraits = target.kind == .text ? [] : .varying
    if length != nil { result.insert(.sized) }
    switch type.family {
    // What is cut off may leave a blank at the end: of a timestamp, but not of a number.
    case .number: result.formUnion([.trimmed, .filled])
    case .moment where length == nil: result.formUnion([.trimmed, .filled])
    case .text, .unknown:
      if length == nil { result.formUnion(traits.intersection([.trimmed, .filled])) }
    default: break
    }
    return result
  }
}

extension TextTraits {
  /// The traits of what a function gives back.
  ///
  /// - Parameters:
  ///   - call: the call.
  ///   - arguments: the types and traits of its arguments.
  /// - Returns: nothing where nothing is known.
  static func result(
    of call: FunctionCall,
    _ arguments: [(type: SQLType, traits: TextTraits)]
  ) -> TextTraits {
    func argument(_ index: Int) -> TextTraits {
      arguments.indices.contains(index) ? arguments[index].traits.subtracting(.sized) : []
    }
    /// The same where the argument becomes TEXT: a CHAR loses its blanks.
    func text(_ index: Int) -> TextTraits {
      let traits = argument(index)
      if traits.contains(.padded), case .character = arguments[index].type { return .trimmed }
      return traits.intersection([.trimmed, .filled])
    }
    switch call.name.last {
    case "md5", "sha", "sha1", "func_sha1", "sha2", "to_hex", "quote_literal", "json_typeof":
      return [.trimmed, .filled]
    case "trim", "btrim", "rtrim":
      return call.syntax == .ordinary && arguments.count == 1 ? .trimmed : []
    case "lower", "upper", "initcap": return text(0)
    case "min", "max", "any_value": return argument(0).subtracting(.varying)
    case "first_value", "last_value", "nth_value": return argument(0)
    case "lag", "lead": return arguments.count > 2 ? [] : argument(0)
    case "coalesce", "nvl", "isnull", "ifnull": return common(arguments)
    case "greatest", "least": return common(arguments)
    case "nullif": return arguments.first?.traits ?? []
    case "nvl2": return argument(1).intersection(argument(2)).subtracting(.varying)
    case "concat": return joined(text(0), text(1))
    case "to_char":
      guard call.arguments.count == 2, case .literal(.string(let format)) = call.arguments[1].kind
      else { return [] }
      return endsInNoBlank(format) ? [.trimmed, .filled] : []
    default: return []
    }
  }

  /// Whether what TO_CHAR makes by a format never ends in a blank: some parts are padded.
  private static func endsInNoBlank(_ format: String) -> Bool {
    let text = format.lowercased()
    guard let last = text.utf8.last, last != UInt8(ascii: " ") else { return false }
    let padded = ["month", "day", "rm", "rn", "tz", "\""]
    if padded.contains(where: text.contains) { return false }
    // Of a number the sign may stand at the end, or the place that is left for it.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "9") || $0 == UInt8(ascii: "0") }) else {
      return true
    }
    return text.utf8.allSatisfy { "90.,".utf8.contains($0) }
  }
}
