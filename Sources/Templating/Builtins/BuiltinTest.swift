import Diagnostics

/// What stands after `is`.
struct BuiltinTest: Sendable {
  let check: @Sendable (Value, Arguments) throws(Diagnostic) -> Bool
  /// The same without arguments, for the tests that take none.
  var simple: (@Sendable (Value) -> Bool)?

  static func named(_ name: String) -> BuiltinTest? { table[name] }
  static var names: [String] { Array(table.keys) }

  /// A test that is not there: it says so when it is used.
  static func missing(_ name: String, at range: TextRange) -> BuiltinTest {
    BuiltinTest { (_, _) throws(Diagnostic) in throw .unknownTest(name, at: range) }
  }

  private typealias Check = @Sendable (Value, Arguments) throws(Diagnostic) -> Bool

  private static func simple(_ check: @escaping @Sendable (Value) -> Bool) -> BuiltinTest {
    BuiltinTest(check: { (value, _) throws(Diagnostic) in check(value) }, simple: check)
  }

  private static func comparing(_ comparison: ComparisonOperator) -> BuiltinTest {
    BuiltinTest { (value, arguments) throws(Diagnostic) in
      let other = try arguments.required(0, "other", of: "the test")
      return try Value.compare(value, comparison, other, at: arguments.range)
    }
  }

  private static func remainder(_ wanted: Int) -> BuiltinTest {
    BuiltinTest { (value, arguments) throws(Diagnostic) in
      let two = Value.integer(2)
      let rest = try Value.arithmetic(.remainder, value, two, at: arguments.range)
      return Value.isEqual(rest, .integer(wanted))
    }
  }

  private static let table: [String: BuiltinTest] = [
    "boolean": simple {
      if case .boolean = $0 { return true }
      return false
    },
    "callable": simple {
      switch $0 {
      case .function, .macro: true
      case .object(let object): object.isCallable
      default: false
      }
    },
    "defined": simple { !$0.isUndefined },
    "undefined": simple { $0.isUndefined },
    "divisibleby": BuiltinTest { (value, arguments) throws(Diagnostic) in
      let number = try arguments.required(0, "num", of: "divisibleby")
      let rest = try Value.arithmetic(.remainder, value, number, at: arguments.range)
      return Value.isEqual(rest, .integer(0))
    },
    "eq": comparing(.equal), "equalto": comparing(.equal), "==": comparing(.equal),
    "ne": comparing(.notEqual), "!=": comparing(.notEqual),
    "lt": comparing(.less), "lessthan": comparing(.less), "<": comparing(.less),
    "le": comparing(.lessOrEqual), "<=": comparing(.lessOrEqual),
    "gt": comparing(.greater), "greaterthan": comparing(.greater), ">": comparing(.greater),
    "ge": comparing(.greaterOrEqual), ">=": comparing(.greaterOrEqual),
    "in": comparing(.contained),
    "escaped": simple {
      if case .string(let string) = $0 { return string.isSafe }
      return false
    },
    "even": remainder(0),
    "odd": remainder(1),
    "false": simple {
      if case .boolean(false) = $0 { return true }
      return false
    },
    "true": simple {
      if case .boolean(true) = $0 { return true }
      return false
    },
    "filter": simple { value in value.stringValue.map { BuiltinFilter.named($0) != nil } ?? false },
    "test": simple { value in value.stringValue.map { named($0) != nil } ?? false },
    "float": simple {
      if case .float = $0 { return true }
      return false
    },
    "integer": simple {
      if case .integer = $0 { return true }
      return $0.isLong
    },
    "number": simple { $0.doubleValue != nil },
    "iterable": simple {
      switch $0 {
      case .undefined, .list, .tuple, .dictionary, .string: true
      case .object(let object): object is OneShotSequence || object.elements != nil
      default: false
      }
    },
    "sequence": simple {
      switch $0 {
      case .undefined, .list, .tuple, .dictionary, .string: true
      case .object(let object):
        object is RangeObject
          || object.count != nil && !(object is DictionaryView || object is SetObject)
      default: false
      }
    },
    "list": simple {
      if case .list = $0 { return true }
      return false
    },
    "lower": simple { value in
      let text = value.rendered
      return text.unicodeScalars.contains { $0.properties.isCased } && text == text.lowercased()
    },
    "upper": simple { value in
      let text = value.rendered
      return text.unicodeScalars.contains { $0.properties.isCased } && text == text.uppercased()
    },
    "mapping": simple {
      switch $0 {
      case .dictionary: return true
      case .object(let object): return object.isMapping
      default: return false
      }
    },
    "none": simple { $0.isNone },
    "sameas": BuiltinTest { (value, arguments) throws(Diagnostic) in
      isSame(value, try arguments.required(0, "other", of: "sameas"))
    },
    "string": simple { $0.isString },
  ]

  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.list(let a), .list(let b)): a === b
    case (.dictionary(let a), .dictionary(let b)): a === b
    case (.tuple(let a), .tuple(let b)): a === b
    case (.string, .string), (.none, .none): Value.isEqual(left, right)
    case (.boolean, _), (_, .boolean), (.integer, _), (_, .integer), (.list, _), (.dictionary, _),
      (.tuple, _), (.float, _):
      false
    default: Value.isEqual(left, right)
    }
  }
}
