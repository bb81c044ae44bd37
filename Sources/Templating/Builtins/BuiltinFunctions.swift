import Diagnostics

/// The functions every template has, unless the host has others of the same name.
enum BuiltinFunctions {
  static var names: [String] { Array(table.keys) }

  /// Every name that needs no host, dbt's among them.
  static let all: [String] = (names + BaseFunctions.names).sorted()
  private static let numbers = Dictionary(
    all.enumerated().map { ($1, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  /// The place of a name in `all`; nil for other names.
  static func number(of name: String) -> Int? { numbers[name] }

  static func named(_ name: String) -> Value? {
    guard let body = table[name] else { return nil }
    let function = NativeFunction(name, body)
    if name == "range" { function.simple = numbers }
    return .function(function)
  }

  /// The numbers from 0 to before a number; nil for what is none, or too large.
  @Sendable
  private static func numbers(before value: Value) -> Value? {
    guard case .integer(let stop) = value, stop <= TemplateLimits.rangeLength else { return nil }
    return .object(RangeObject(start: 0, stop: stop, step: 1))
  }

  private static let table: [String: @Sendable (Arguments) throws(Diagnostic) -> Value] = [
    "range": range,
    "dict": dictionary,
    "namespace": namespace,
    "cycler": cycler,
    "joiner": joiner,
    "lipsum": { (arguments) throws(Diagnostic) in
      throw .nondeterministic("lipsum()", at: arguments.range)
    },
    "return": { (arguments) throws(Diagnostic) in
      let value = try arguments.matched(to: ["value"], of: "return")[0] ?? .none
      // Thrown up to the call of the macro; what is thrown is what is wrong when there is none.
      arguments.renderer.returned = value
      throw .misplacedReturn(at: arguments.range)
    },
  ]

  private static func range(_ arguments: Arguments) throws(Diagnostic) -> Value {
    var bounds: [Int] = []
    guard arguments.named.isEmpty else {
      throw .unknownArgument(
        arguments.named[0].name,
        of: "range",
        parameters: [],
        at: arguments.range
      )
    }
    for value in arguments.positional {
      if case .undefined(let name) = value {
        throw arguments.renderer.undefinedUse(name, at: arguments.range)
      }
      guard let bound = value.integerValue else {
        throw .typeMismatch(
          "'\(value.typeName)' object cannot be interpreted as an integer",
          at: arguments.range
        )
      }
      bounds.append(bound)
    }
    let range: RangeObject
    switch bounds.count {
    case 1: range = RangeObject(start: 0, stop: bounds[0], step: 1)
    case 2: range = RangeObject(start: bounds[0], stop: bounds[1], step: 1)
    case 3: range = RangeObject(start: bounds[0], stop: bounds[1], step: bounds[2])
    case 0: throw .missingArgument("stop", of: "range", at: arguments.range)
    default:
      throw .tooManyArguments(of: "range", maximum: 3, given: bounds.count, at: arguments.range)
    }
    guard range.step != 0 else {
      throw .invalidValue("the step of range() cannot be zero", at: arguments.range)
    }
    let length = RangeObject.length(start: range.start, stop: range.stop, step: range.step)
    guard let length, length <= TemplateLimits.rangeLength else {
      throw .sizeLimit(
        "range() is limited to \(TemplateLimits.rangeLength) numbers",
        at: arguments.range
      )
    }
    return .object(range)
  }

  /// Python's `dict(…)`: a dictionary or pairs, and named values.
  private static func pairs(
    _ arguments: Arguments,
    of function: String
  ) throws(Diagnostic) -> DictionaryReference {
    let result = DictionaryReference()
    guard arguments.positional.count <= 1 else {
      throw .tooManyArguments(
        of: function,
        maximum: 1,
        given: arguments.positional.count,
        at: arguments.range
      )
    }
    if let first = arguments.positional.first {
      try Methods.update(result, with: first, at: arguments.range)
    }
    for (name, value) in arguments.named { result[name] = value }
    return result
  }

  private static func dictionary(_ arguments: Arguments) throws(Diagnostic) -> Value {
    .dictionary(try pairs(arguments, of: "dict"))
  }

  private static func namespace(_ arguments: Arguments) throws(Diagnostic) -> Value {
    .namespace(NamespaceReference(try pairs(arguments, of: "namespace")))
  }

  private static func cycler(_ arguments: Arguments) throws(Diagnostic) -> Value {
    guard !arguments.positional.isEmpty else {
      throw .missingArgument("item", of: "cycler", at: arguments.range)
    }
    return .object(Cycler(arguments.positional))
  }

  private static func joiner(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let separator = try arguments.matched(to: ["sep"], of: "joiner")[0] ?? .text(", ")
    return .object(Joiner(separator))
  }
}

/// What `cycler()` gives: one item after the other, around and around.
private final class Cycler: TemplateObject {
  private let items: [Value]
  private var position = 0

  init(_ items: [Value]) {
    self.items = items
  }

  var typeName: String { "Cycler" }
  var rendered: String { "<Cycler>" }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "current": return items[position]
    case "next":
      return .function(
        NativeFunction("next") { [self] _ in
          defer { position = (position + 1) % items.count }
          return items[position]
        }
      )
    case "reset":
      return .function(
        NativeFunction("reset") { [self] _ in
          position = 0
          return .none
        }
      )
    default: return nil
    }
  }
}

/// What `joiner()` gives: nothing the first time, then the separator.
private final class Joiner: TemplateObject {
  private let separator: Value
  private var isUsed = false

  init(_ separator: Value) {
    self.separator = separator
  }

  var typeName: String { "Joiner" }
  var rendered: String { "<Joiner>" }
  var isCallable: Bool { true }
  func attribute(_ name: String) -> Value? { nil }

  func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    defer { isUsed = true }
    return isUsed ? separator : .text("")
  }
}
