import Diagnostics
import ProjectModel
import Templating

/// What a unit test gives in the place of macros: `overrides: {macros: …}`.
///
/// `pkg.macro` is replaced where templates call it so; a bare name where it is called by that name.
/// Macros that dbt brings are the same under both names.
struct MacroOverrides: Sendable {
  private var values: [String: PlainValue] = [:]

  init(_ overrides: PlainDictionary = [:]) {
    let namespace = "\(MacroTable.builtinNamespace)."
    for (name, value) in overrides.pairs {
      values[name] = value
      if name.hasPrefix(namespace) {
        let bare = String(name.dropFirst(namespace.count))
        if overrides[bare] == nil { values[bare] = value }
      } else if !name.contains(".") {
        values[namespace + name] = value
      }
    }
  }

  /// What stands in the place of a name that is no macro, as `invocation_id`.
  func value(_ name: String) -> Value? { values[name].map { Value($0) } }

  /// The function in a macro's place; nil when the macro itself is called.
  func function(_ name: String, in package: String? = nil) -> Value? {
    guard !values.isEmpty, let value = values[package.map { "\($0).\(name)" } ?? name] else {
      return nil
    }
    return .function(NativeFunction(name) { _ throws(Diagnostic) in Value(value) })
  }
}
