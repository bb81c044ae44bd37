import Diagnostics

/// A value of the template language, with Python's meaning.
///
/// Lists, dictionaries and namespaces are shared references, as in Python, so values are not
/// `Sendable`: they live in the one task that renders.
package enum Value {
  case undefined(UndefinedName)
  case none
  case boolean(Bool)
  case integer(Int)
  case float(Double)
  case string(TemplateString)
  case list(ListReference)
  case tuple(TupleReference)
  case dictionary(DictionaryReference)
  case namespace(NamespaceReference)
  case function(NativeFunction)
  case macro(BoundMacro)
  case object(any TemplateObject)

  /// Makes a string.
  package static func text(_ text: String) -> Value { .string(TemplateString(text)) }

  /// Makes a new list.
  package static func list(_ elements: [Value]) -> Value { .list(ListReference(elements)) }

  /// Makes a tuple.
  package static func tuple(_ elements: [Value]) -> Value { .tuple(TupleReference(elements)) }

  /// Makes a macro that templates can call.
  package static func macro(_ definition: MacroDefinition) -> Value {
    .macro(BoundMacro(definition, frame: nil))
  }

  /// The text, if this is a string.
  package var stringValue: String? {
    if case .string(let string) = self { return string.text }
    return nil
  }

  /// The integer, if this is one; booleans count, as in Python.
  package var integerValue: Int? {
    switch self {
    case .integer(let number): number
    case .boolean(let flag): flag ? 1 : 0
    default: nil
    }
  }

  package var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }

  package var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  /// Python's truth: empty and zero values are false.
  package var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .boolean(let flag): flag
    case .integer(let number): number != 0
    case .float(let number): number != 0
    case .string(let string): !string.isEmpty
    case .list(let list): !list.elements.isEmpty
    case .tuple(let tuple): !tuple.elements.isEmpty
    case .dictionary(let dictionary): dictionary.count > 0
    case .namespace, .function, .macro: true
    case .object(let object): object.isTrue
    }
  }

  /// Python's name of the type, as error messages and `type` name it.
  package var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer: "int"
    case .float: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .namespace: "Namespace"
    case .function: "function"
    case .macro: "Macro"
    case .object(let object): object.typeName
    }
  }

  /// The elements that a `for` goes over; nil when this cannot be iterated.
  ///
  /// One-shot sequences (what `map` and `select` give) are used up by it.
  package var elements: [Value]? {
    switch self {
    case .undefined: []
    case .list(let list): list.elements
    case .tuple(let tuple): tuple.elements
    case .dictionary(let dictionary): dictionary.entries.map(\.key)
    case .string(let string): string.text.unicodeScalars.map { .text(String($0)) }
    case .object(let object): object.elements
    default: nil
    }
  }

  /// The number of elements, as `length` counts them; nil for values without one.
  package var count: Int? {
    switch self {
    case .undefined: 0
    case .list(let list): list.elements.count
    case .tuple(let tuple): tuple.elements.count
    case .dictionary(let dictionary): dictionary.count
    case .string(let string): string.text.unicodeScalars.count
    case .object(let object): object.count
    default: nil
    }
  }

  /// Whether this is a string of that text, wherever it came from.
  @inline(__always)
  func isText(_ text: TemplateString) -> Bool {
    if case .string(.short(let own)) = self, case .short(let other) = text { return own == other }
    if case .string(let own) = self { return own == text }
    return false
  }

  var isString: Bool {
    if case .string = self { return true }
    return false
  }

  /// The number as a double, if this is one.
  package var doubleValue: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .boolean(let flag): flag ? 1 : 0
    case .float(let number): number
    case .object(let object as LongInteger): object.number.double
    case .object(let object as DecimalObject): object.number.double
    default: nil
    }
  }

  /// The words of an error about a missing attribute of this value.
  var ownerName: String {
    if case .none = self { return "None" }
    return "\(typeName) object"
  }
}

/// What is known about a value that is not there.
package final class UndefinedName: Sendable {
  /// The name that was looked for.
  package let name: String
  /// A phrase that says what is missing, as `'x' is undefined`.
  package let message: String
  /// Whether a variable is missing, rather than an attribute or an element.
  package let isVariable: Bool

  package init(variable name: String) {
    self.name = name
    message = "'\(name)' is undefined"
    isVariable = true
  }

  package init(name: String, message: String) {
    self.name = name
    self.message = message
    isVariable = false
  }

  static func attribute(_ name: String, of owner: Value) -> UndefinedName {
    UndefinedName(name: name, message: "'\(owner.ownerName)' has no attribute '\(name)'")
  }

  static func element(_ key: Value, of owner: Value) -> UndefinedName {
    if case .string(let name) = key { return attribute(name.text, of: owner) }
    return UndefinedName(
      name: key.rendered,
      message: "\(owner.ownerName) has no element \(key.represented)"
    )
  }
}
