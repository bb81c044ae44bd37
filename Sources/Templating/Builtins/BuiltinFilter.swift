import Diagnostics

/// What stands after `|`.
struct BuiltinFilter: Sendable {
  typealias Body = @Sendable (Value, Arguments) throws(Diagnostic) -> Value

  let apply: Body
  /// The same without arguments, where the value is one that the short way is for; else nil.
  var simple: (@Sendable (Value) -> Value?)?

  static func named(_ name: String) -> BuiltinFilter? {
    table[name].map { BuiltinFilter(apply: $0, simple: simpleFilters[name]) }
  }

  /// A filter that is not there: it says so when it is used.
  static func missing(_ name: String, at range: TextRange) -> BuiltinFilter {
    BuiltinFilter { (_, _) throws(Diagnostic) in throw .unknownFilter(name, at: range) }
  }

  static var names: [String] { Array(table.keys) }

  private static let table: [String: Body] =
    textFilters
    .merging(numberFilters) { $1 }
    .merging(sequenceFilters) { $1 }
    .merging(selectionFilters) { $1 }
    .merging(markupFilters) { $1 }

  /// What a filter sees as its text: undefined is empty, numbers are written out.
  static func text(_ value: Value) -> String { value.rendered }

  static func elements(_ value: Value, at range: TextRange) throws(Diagnostic) -> [Value] {
    guard let elements = value.elements else { throw .notIterable(value, at: range) }
    return elements
  }

  static func integer(
    _ value: Value?,
    _ standard: Int,
    _ name: String,
    of filter: String,
    at range: TextRange
  ) throws(Diagnostic) -> Int {
    guard let value else { return standard }
    guard let number = value.integerValue else {
      throw .argumentType(name, of: filter, expected: "an integer", given: value, at: range)
    }
    return number
  }

  /// A comparison key that ignores case unless asked not to.
  static func folded(_ value: Value, caseSensitive: Bool) -> Value {
    guard !caseSensitive, case .string(let string) = value else { return value }
    return .text(string.text.lowercased())
  }

  /// Follows `a.b.0` from a value, as the `attribute` argument of many filters.
  static func attribute(
    _ path: Value?,
    of value: Value,
    default standard: Value? = nil,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    guard let path, !path.isNone else { return value }
    if let index = path.integerValue {
      return value.item(.integer(index)) ?? standard
        ?? .undefined(.element(path, of: value))
    }
    var result = value
    for part in PythonText.split(path.rendered, ".") {
      let key: Value = Int(part).map { .integer($0) } ?? .text(part)
      if case .undefined(let name) = result, arguments.renderer.undefined == .standard {
        throw .undefinedUse(name, at: arguments.range)
      }
      if let found = result.item(key) {
        result = found
      } else {
        result = standard ?? .undefined(.element(key, of: result))
      }
    }
    return result
  }
}
