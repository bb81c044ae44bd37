import Diagnostics

extension BuiltinFilter {
  static let selectionFilters: [String: Body] = [
    "map": map,
    "select": { (value, arguments) throws(Diagnostic) in
      try select(value, arguments, keeps: true, byAttribute: false, "select")
    },
    "reject": { (value, arguments) throws(Diagnostic) in
      try select(value, arguments, keeps: false, byAttribute: false, "reject")
    },
    "selectattr": { (value, arguments) throws(Diagnostic) in
      try select(value, arguments, keeps: true, byAttribute: true, "selectattr")
    },
    "rejectattr": { (value, arguments) throws(Diagnostic) in
      try select(value, arguments, keeps: false, byAttribute: true, "rejectattr")
    },
  ]

  @Sendable
  private static func map(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    var result: [Value] = []
    // Jinja asks no more of what is false: None maps to nothing.
    if value.isNone { return .object(OneShotSequence(result)) }
    if arguments.positional.isEmpty, let path = arguments.value(named: "attribute") {
      var standard = arguments.value(named: "default")
      if standard?.isNone ?? false { standard = nil }
      for element in try elements(value, at: arguments.range) {
        result.append(try attribute(path, of: element, default: standard, arguments))
      }
      return .object(OneShotSequence(result))
    }
    let name = try arguments.string(0, "filter", of: "map")
    guard let filter = named(name) else { throw .unknownFilter(name, at: arguments.range) }
    var inner = arguments
    inner.positional.removeFirst()
    for element in try elements(value, at: arguments.range) {
      try arguments.renderer.countStep(at: arguments.range)
      result.append(try filter.apply(element, inner))
    }
    return .object(OneShotSequence(result))
  }

  private static func select(
    _ value: Value,
    _ arguments: Arguments,
    keeps wanted: Bool,
    byAttribute: Bool,
    _ name: String
  ) throws(Diagnostic) -> Value {
    if value.isNone { return .object(OneShotSequence([])) }
    var inner = arguments
    var path: Value?
    if byAttribute {
      guard let first = inner.positional.first else {
        throw .missingArgument("attribute", of: name, at: arguments.range)
      }
      path = first
      inner.positional.removeFirst()
    }
    var test: BuiltinTest?
    if let first = inner.positional.first {
      guard let found = BuiltinTest.named(first.rendered) else {
        throw .unknownTest(first.rendered, at: arguments.range)
      }
      test = found
      inner.positional.removeFirst()
    }
    var result: [Value] = []
    for element in try elements(value, at: arguments.range) {
      try arguments.renderer.countStep(at: arguments.range)
      let subject = try attribute(path, of: element, arguments)
      let passes = try test?.check(subject, inner) ?? subject.isTrue
      if passes == wanted { result.append(element) }
    }
    return .object(OneShotSequence(result))
  }
}
