import Diagnostics
import Templating

/// A macro of the project, a package or redstart: called in the context of the node.
final class MacroObject: TemplateObject {
  let entry: MacroTable.Entry
  private unowned let context: NodeContext

  init(_ entry: MacroTable.Entry, context: NodeContext) {
    self.entry = entry
    self.context = context
  }

  var typeName: String { "MacroGenerator" }
  var rendered: String { "<Macro '\(entry.name)'>" }
  var isCallable: Bool { true }

  /// The same macro is the same value, however often templates ask for it.
  func isEqual(to other: any TemplateObject) -> Bool {
    (other as? MacroObject)?.entry.definition === entry.definition
  }

  func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    context.enter(entry)
    defer { context.leaveMacro() }
    return try arguments.renderer.call(entry.definition, arguments: arguments)
  }

  func printCall(_ arguments: Arguments) throws(Diagnostic) -> Bool {
    context.enter(entry)
    defer { context.leaveMacro() }
    try arguments.renderer.print(entry.definition, arguments: arguments)
    return true
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "name": .text(entry.name)
    case "arguments": .tuple(entry.definition.parameterNames.map { .text($0) })
    default: nil
    }
  }
}

/// A package's name in templates: `my_project.my_macro()`, `dbt.type_string()`.
final class PackageObject: TemplateObject {
  let name: String
  private unowned let context: NodeContext

  init(name: String, context: NodeContext) {
    self.name = name
    self.context = context
  }

  var typeName: String { "dict" }
  var rendered: String { name }
  var isMapping: Bool { true }

  func attribute(_ attribute: String) -> Value? {
    if let override = context.environment.macroOverrides.function(attribute, in: name) {
      return override
    }
    if let entry = context.environment.macros.lookup(attribute, in: name) {
      if context.isNative(entry) { return context.builtin(named: attribute) }
      return .object(MacroObject(entry, context: context))
    }
    guard attribute == "get" else { return nil }
    return .function(
      NativeFunction("get") { [self] arguments throws(Diagnostic) in
        let key = try arguments.string(0, "key", of: "get")
        guard let entry = context.environment.macros.lookup(key, in: name) else {
          return arguments.value(1, "default") ?? Value.none
        }
        return .object(MacroObject(entry, context: context))
      }
    )
  }

  func item(_ key: Value) -> Value? { key.stringValue.flatMap { attribute($0) } }
}

/// `context`: every name that a template can use, as a mapping.
final class ContextObject: TemplateObject {
  private unowned let context: NodeContext
  /// Whether macros are left out: `builtins`.
  private let onlyBuiltins: Bool

  init(context: NodeContext, onlyBuiltins: Bool) {
    self.context = context
    self.onlyBuiltins = onlyBuiltins
  }

  var typeName: String { "dict" }
  var rendered: String { onlyBuiltins ? "builtins" : "context" }
  var isMapping: Bool { true }

  private func value(_ name: String) -> Value? {
    onlyBuiltins ? context.builtin(named: name) : context.value(named: name)
  }

  func attribute(_ name: String) -> Value? {
    if let value = value(name) { return value }
    switch name {
    case "get":
      return .function(
        NativeFunction("get") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "key", of: "get")
          return value(key) ?? arguments.value(1, "default") ?? Value.none
        }
      )
    case "keys":
      return .function(
        NativeFunction("keys") { [self] _ throws(Diagnostic) in
          .list(context.names.map { .text($0) })
        }
      )
    case "update":
      return .function(
        NativeFunction("update") { [self] arguments throws(Diagnostic) in
          if case .dictionary(let given)? = arguments.positional.first {
            for entry in given.entries { context.extra[entry.key.rendered] = entry.value }
          }
          for (name, value) in arguments.named { context.extra[name] = value }
          return .none
        }
      )
    case "setdefault":
      return .function(
        NativeFunction("setdefault") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "key", of: "setdefault")
          if let value = value(key) { return value }
          let value = arguments.value(1, "default") ?? Value.none
          context.extra[key] = value
          return value
        }
      )
    case "items", "values":
      return .function(
        NativeFunction(name) { [self] _ throws(Diagnostic) in
          .list(
            context.names.compactMap { key in
              guard let value = value(key) else { return nil }
              return name == "items" ? .tuple([.text(key), value]) : value
            }
          )
        }
      )
    default: return nil
    }
  }

  func item(_ key: Value) -> Value? { key.stringValue.flatMap { value($0) } }
  var elements: [Value]? { context.names.map { .text($0) } }
}
