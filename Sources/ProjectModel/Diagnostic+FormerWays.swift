package import Diagnostics

// Ways of writing that dbt still takes, and tells to be on their way out.
extension Diagnostic {
  static func flagsInProfiles(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "flags-in-profiles",
      "`config` of profiles.yml is a former place for flags",
      at: range,
      help: ["write them under `flags` in dbt_project.yml"]
    )
  }

  static func sourceOverride(_ source: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "source-override",
      "`overrides` of the source \(source) is a former way to change a package's source",
      at: range,
      help: ["switch the package's source off in the project file, and declare your own"]
    )
  }

  /// An override of a source, or of a table of one, that is not there.
  static func unusedOverride(_ what: String, of package: String, at range: TextRange) -> Diagnostic
  {
    Diagnostic(
      .warning,
      code: "unused-override",
      "there is no \(what) in package \"\(package)\" to override",
      at: range
    )
  }

  package static func formerWarningOptions(_ keys: [String]) -> Diagnostic {
    let present = [("include", "error"), ("exclude", "warn")].filter { keys.contains($0.0) }
    return Diagnostic(
      .warning,
      code: "former-warning-options",
      "\(keys.map { "`\($0)`" }.joined(separator: " and ")) in the options for warnings are former names",
      help: present.map { "write `\($0.1)` for `\($0.0)`" }
    )
  }
}
