package import Diagnostics
package import Templating

/// The macros that templates of a project can call, by name.
package struct MacroTable: Sendable {
  package struct Entry: Sendable {
    package var definition: MacroDefinition
    package var packageName: String
    /// Path of its file from the project's root.
    package var path: String

    package var uniqueID: String { "macro.\(packageName).\(definition.name)" }
  }

  package private(set) var entries: [String: Entry] = [:]
  /// Names of redstart's own macros, which a project's macro of the same name replaces.
  private var builtins: Set<String> = []

  package init() {}

  /// Adds a file's macros; a project's own replace built-in ones, two of the project's clash.
  package mutating func add(
    _ template: Template,
    packageName: String,
    path: String,
    isBuiltin: Bool = false
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for definition in template.macros {
      if let other = entries[definition.name], !builtins.contains(definition.name) {
        diagnostics.append(
          .duplicateName(
            "macro",
            definition.name,
            at: definition.range,
            other: other.definition.range,
            otherFile: other.path
          )
        )
        continue
      }
      entries[definition.name] = Entry(
        definition: definition,
        packageName: packageName,
        path: path
      )
      if isBuiltin { builtins.insert(definition.name) } else { builtins.remove(definition.name) }
    }
    return diagnostics
  }

  /// Whether a macro is redstart's own.
  func isBuiltin(_ name: String) -> Bool { builtins.contains(name) }

  /// The implementation that `adapter.dispatch` picks: Redshift's, PostgreSQL's, the default.
  func dispatched(_ name: String) -> Entry? {
    for prefix in ["redshift__", "postgres__", "default__"] {
      if let entry = entries[prefix + name] { return entry }
    }
    return nil
  }
}
