import Diagnostics

extension Arguments {
  /// Options that dbt also takes from the environment: `DBT_STATE` for `--state`.
  private static let environmentOptions: [(name: String, option: String)] = [
    ("STATE", "state"), ("DEFER", "defer"), ("DEFER_STATE", "defer-state"),
    ("FAVOR_STATE", "favor-state"), ("INDIRECT_SELECTION", "indirect-selection"),
    ("RESOURCE_TYPES", "resource-type"), ("EXCLUDE_RESOURCE_TYPES", "exclude-resource-type"),
    ("FULL_REFRESH", "full-refresh"), ("FAIL_FAST", "fail-fast"), ("EMPTY", "empty"),
    ("STORE_FAILURES", "store-failures"), ("SAMPLE", "sample"),
    ("WARN_ERROR", "warn-error"), ("WARN_ERROR_OPTIONS", "warn-error-options"),
    ("EVENT_TIME_START", "event-time-start"), ("EVENT_TIME_END", "event-time-end"),
    ("TARGET", "target"), ("PROFILE", "profile"), ("PROFILES_DIR", "profiles-dir"),
    ("PROJECT_DIR", "project-dir"), ("TARGET_PATH", "target-path"), ("LOG_LEVEL", "log-level"),
    ("LOG_FORMAT", "log-format"), ("DEBUG", "debug"), ("QUIET", "quiet"), ("HOST", "host"),
    // Names that dbt had before.
    ("ARTIFACT_STATE_PATH", "state"), ("DEFER_TO_STATE", "defer"),
    ("FAVOR_STATE_MODE", "favor-state"),
  ]

  /// The same for the log of programs that are called dbt.
  private static let environmentLogOptions: [(name: String, option: String)] = [
    ("LOG_PATH", "log-path"), ("LOG_LEVEL_FILE", "log-level-file"),
    ("LOG_FORMAT_FILE", "log-format-file"), ("LOG_FILE_MAX_BYTES", "log-file-max-bytes"),
  ]

  /// Options that the environment can switch off: `DBT_PRINT=false` for `--no-print`.
  private static let environmentRefusals: [(name: String, option: String)] = [
    ("USE_COLORS", "no-color"), ("INTROSPECT", "no-introspect"), ("PRINT", "no-print"),
    ("WRITE_JSON", "no-write-json"), ("VERSION_CHECK", "no-version-check"),
    ("CLEAN_PROJECT_FILES_ONLY", "no-clean-project-files-only"),
  ]

  /// A variable of dbt's by the end of its name, the newer spelling before the older.
  private static func variable(
    _ name: String,
    in environment: [String: String]
  ) -> (name: String, text: String)? {
    for variable in ["DBT_ENGINE_\(name)", "DBT_\(name)"] {
      if let text = environment[variable] { return (variable, text) }
    }
    return nil
  }

  /// Takes over what the environment says and the command line does not.
  ///
  /// - Throws: `usage` for a value that the option does not allow.
  mutating func complete(from environment: [String: String]) throws(Diagnostic) {
    guard let command else { return }
    for (name, optionName) in Self.environmentRefusals
    where command.options.contains(optionName) || DbtOptions.ignored[optionName] != nil {
      guard let (_, text) = Self.variable(name, in: environment), Self.flag(text) == false,
        !ofDbt.contains(String(optionName.dropFirst(3)))
      else { continue }
      if command.options.contains(optionName) {
        switches.insert(optionName)
      } else {
        ofDbt.insert(optionName)
      }
    }
    if let (_, text) = Self.variable("NO_PRINT", in: environment), Self.flag(text) == true,
      !ofDbt.contains("print")
    {
      // A name that dbt had before.
      ofDbt.insert("no-print")
    }
    for (name, optionName) in Self.environmentLogOptions where valuesOfDbt[optionName] == nil {
      if let (_, text) = Self.variable(name, in: environment), !text.isEmpty {
        valuesOfDbt[optionName] = text
      }
    }
    for (name, optionName) in Self.environmentOptions {
      guard command.options.contains(optionName),
        let option = CommandTable.option(named: optionName, of: command),
        option.command == nil, values[optionName] == nil, !switches.contains(optionName),
        !negated.contains(optionName),
        !switches.contains("no-\(optionName)")
      else { continue }
      guard let (variable, text) = Self.variable(name, in: environment), !text.isEmpty else {
        continue
      }
      if case .none = option.argument {
        guard let isOn = Self.flag(text) else {
          throw .optionValue(variable, text, allowed: ["true", "false"])
        }
        if isOn {
          switches.insert(optionName)
        } else if command.options.contains("no-\(optionName)") {
          // What the project file says does not count then.
          switches.insert("no-\(optionName)")
        }
        continue
      }
      var given = [text]
      if case .values = option.argument {
        given = text.split(whereSeparator: \.isWhitespace).map(String.init)
      }
      for value in given where !option.allowed.isEmpty && !option.allowed.contains(value) {
        throw .optionValue(variable, value, allowed: option.allowed)
      }
      values[optionName] = given
    }
  }

  /// Whether a switch is on: what was said last, on the command line or in the environment.
  func isOn(_ name: String) -> Bool { has(name) && !has("no-\(name)") }

  private static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "t", "yes", "y", "on": true
    case "0", "false", "f", "no", "n", "off": false
    default: nil
    }
  }
}
