package import Diagnostics

/// A thing of the host that templates can use: a relation, `this`, `target`, `adapter`, `config`.
package protocol TemplateObject: AnyObject {
  /// Python's name of the type, for error messages.
  var typeName: String { get }

  /// The attribute, as in `object.name`; nil when there is none.
  func attribute(_ name: String) -> Value?

  /// The element, as in `object[key]`; nil when there is none.
  func item(_ key: Value) -> Value?

  /// What `object(…)` gives.
  func call(_ arguments: Arguments) throws(Diagnostic) -> Value

  /// Prints what `object(…)` gives, where that can be done without making a value of it.
  ///
  /// - Parameter arguments: the arguments of the call.
  /// - Returns: whether it was printed; false when `call` is to be asked.
  /// - Throws: what a call throws.
  func printCall(_ arguments: Arguments) throws(Diagnostic) -> Bool

  /// Whether `object(…)` is allowed.
  var isCallable: Bool { get }

  /// What a `for` over the object goes over; nil when it cannot be iterated.
  var elements: [Value]? { get }

  /// Whether the test `mapping` holds.
  var isMapping: Bool { get }

  /// What `length` gives; nil when the object has no length.
  var count: Int? { get }

  /// The text that `{{ object }}` prints.
  var rendered: String { get }

  /// The text of the object inside of a printed list; as `rendered` unless said otherwise.
  var represented: String { get }

  /// Whether `if` takes the object as true.
  var isTrue: Bool { get }

  /// What `==` says.
  func isEqual(to other: any TemplateObject) -> Bool
}

extension TemplateObject {
  package func item(_ key: Value) -> Value? { nil }

  package func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    throw .notCallable(typeName, at: arguments.range)
  }

  package func printCall(_ arguments: Arguments) throws(Diagnostic) -> Bool { false }
  package var isCallable: Bool { false }
  package var elements: [Value]? { nil }
  package var isMapping: Bool { false }
  package var count: Int? { nil }
  package var represented: String { rendered }
  package var isTrue: Bool { true }
  package func isEqual(to other: any TemplateObject) -> Bool { self === other }
}

/// A function of the host.
package final class NativeFunction {
  package let name: String
  let body: (Arguments) throws(Diagnostic) -> Value
  /// What can be asked of the function as of an object.
  let attribute: (String) -> Value?
  /// What a call with one lone argument gives, where that is one that the short way is for.
  var simple: (@Sendable (Value) -> Value?)?

  /// Makes a function; `attribute` gives what it has as an object.
  package init(
    _ name: String,
    attribute: @escaping (String) -> Value? = { _ in nil },
    _ body: @escaping (Arguments) throws(Diagnostic) -> Value
  ) {
    self.name = name
    self.attribute = attribute
    self.body = body
  }
}

/// A macro as a value: its definition and the frame that it was defined in.
package final class BoundMacro {
  package let definition: MacroDefinition
  let frame: Frame?

  init(_ definition: MacroDefinition, frame: Frame?) {
    self.definition = definition
    self.frame = frame
  }
}

/// The names that the host gives to templates.
package protocol TemplateContext: AnyObject {
  /// The value of a global name: a function, a macro of the project, a variable; nil: undefined.
  func value(named name: String) -> Value?

  /// Every global name, to suggest from when one is misspelt.
  var names: [String] { get }

  /// How `fromyaml()` reads YAML; nil where there is no reader.
  var readYAML: ((String) throws(Diagnostic) -> Value)? { get }

  /// What `datetime.now()` gives, in microseconds since 1970; nil for the time of day.
  var now: Int? { get }

  /// Learns that a template calls what is on its way out.
  func noteFormer(_ name: String, at range: TextRange)
}

extension TemplateContext {
  package var names: [String] { [] }
  package var readYAML: ((String) throws(Diagnostic) -> Value)? { nil }
  package var now: Int? { nil }
  package func noteFormer(_ name: String, at range: TextRange) {}
}

/// What a name without a value means.
package enum UndefinedPolicy: Sendable {
  /// Calls, attributes and elements of an undefined value are undefined again, and print nothing.
  case absorbing
  /// Jinja's default: undefined prints nothing and is false; any other use is an error.
  case standard
}
