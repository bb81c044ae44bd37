import Diagnostics

// Settings: project file, targets, properties.
extension Diagnostic {
  static func unknownKey(_ key: String, in table: KeyTable, at range: TextRange) -> Diagnostic {
    var help: [String] = []
    if let place = table.elsewhere[key] {
      help.append(place)
    } else if let sentence = Suggestion.sentence(for: key, among: table.keys) {
      help.append(sentence)
    } else if table.keys.count <= 12 {
      help.append("known keys: " + table.keys.sorted().joined(separator: ", "))
    }
    return Diagnostic(
      table.severity,
      code: "unknown-key",
      "unknown key \"\(key)\" in \(table.section)",
      at: range,
      label: "not a key of \(table.section)",
      help: help
    )
  }

  /// In dbt's words, which people look for.
  static func unreadableTests(file: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "unreadable-tests",
      "Unable to parse 'data_tests' section of file '\(file)': Entry did not contain a name",
      at: range,
      label: "a test that is described here has a \"name\""
    )
  }

  static func badSourceLock(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "source-lock",
      "\(SourceLock.fileName) is not as `redstart source sync` writes it",
      at: range,
      help: ["write it anew with `redstart source sync`, or delete it"]
    )
  }

  static func wrongType(
    of what: String,
    expected: String,
    given: PlainValue,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-type",
      "\(what) has to be \(expected), not \(given.isNull ? "a missing value" : given.typeWithArticle)",
      at: range,
      label: "expected \(expected)"
    )
  }

  static func missingValue(
    _ key: String,
    in section: String,
    at range: TextRange,
    help: String
  ) -> Diagnostic {
    Diagnostic(
      code: "missing-value",
      "\(section) has no \"\(key)\"",
      at: range,
      label: "\"\(key)\" is required",
      help: [help]
    )
  }

  static func invalidValue(
    of key: String,
    _ value: String,
    reason: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-value",
      "\"\(value)\" is no value for \"\(key)\"",
      at: range,
      label: reason
    )
  }

  static func invalidChoice(
    of key: String,
    _ value: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    var diagnostic = invalidValue(of: key, value, reason: "not one of the choices", at: range)
    diagnostic.help = [Suggestion.sentence(for: value, among: known)].compactMap { $0 }
    diagnostic.notes = ["choices: " + known.joined(separator: ", ")]
    return diagnostic
  }

  static func formerKey(_ key: String, now: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "former-key",
      "\"\(key)\" is the former name of \"\(now)\"",
      at: range,
      help: ["write \"\(now)\""]
    )
  }

  /// A folder that dbt wants to be told of on the command line or in the environment.
  static func pathInProjectFile(_ key: String, at range: TextRange) -> Diagnostic {
    let option = key == "log-path" ? "--log-path" : "--target-path"
    let variable = key == "log-path" ? "DBT_LOG_PATH" : "DBT_TARGET_PATH"
    return Diagnostic(
      .warning,
      code: key == "log-path" ? "former-log-path" : "former-target-path",
      "The `\(key)` config in `dbt_project.yml` has been deprecated",
      at: range,
      help: ["write \(option), or set \(variable)"]
    )
  }

  static func invalidProjectName(_ name: String, at range: TextRange?) -> Diagnostic {
    let scalars = name.unicodeScalars.map { scalar in
      scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        ? Character(scalar) : "_"
    }
    var usable = String(scalars)
    if usable.first?.isNumber ?? true { usable = "p_" + usable }
    return Diagnostic(
      code: "invalid-project-name",
      "\"\(name)\" is no name for a project",
      at: range,
      label: "letters, digits and underscores, a letter first",
      help: ["try \"\(usable)\""]
    )
  }

  static func reservedProjectName(_ name: String, at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "invalid-project-name",
      "\"\(name)\" is no name for a project",
      at: range,
      label: "templates use this word for something else",
      help: ["try \"\(name)_project\""]
    )
  }

  static func missingPlus(_ key: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "missing-plus",
      "\"\(key)\" is read as a folder here, not as a config",
      at: range,
      label: "a mapping without \"+\" is a level of the path",
      help: ["write \"+\(key)\""]
    )
  }

  static func unusedLevel(
    _ name: String,
    among known: Set<String>,
    belongsBelow outer: String?,
    at range: TextRange
  ) -> Diagnostic {
    let help: String? =
      if let outer {
        "write it below \"\(outer):\""
      } else {
        Suggestion.sentence(for: name, among: known)
      }
    return Diagnostic(
      .warning,
      code: "unused-config",
      "nothing of this project is below \"\(name)\"",
      at: range,
      label: "configures nothing",
      help: [help].compactMap { $0 }
    )
  }

  static func suspectConfig(_ key: String, meant: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "suspect-config",
      "\"\(key)\" is no config that redstart knows",
      at: range,
      help: ["did you mean \"\(meant)\"?"]
    )
  }

  static let suspectValueCode = "suspect-value"

  static func suspectValue(
    _ value: String,
    of key: String,
    meant: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: suspectValueCode,
      "\"\(value)\" is no value of \"\(key)\" that redstart knows",
      at: range,
      label: "right if a macro of the project has that name",
      help: ["did you mean \"\(meant)\"?"]
    )
  }

  static func missingFolder(_ folder: String, key: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "missing-folder",
      "the folder \"\(folder)\" of \"\(key)\" does not exist",
      at: range,
      help: ["create it, or take it out of \"\(key)\""]
    )
  }
}

// Finding the project and its connection.
extension Diagnostic {
  static func emptyLoadedAtField(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-value",
      "loaded_at_field cannot be an empty string",
      at: range,
      help: ["name a column, write null for none, or take it out"]
    )
  }

  static func noProject(folder: String, searchesUpwards: Bool) -> Diagnostic {
    Diagnostic(
      code: "no-project",
      "there is no project.yml or dbt_project.yml in \(folder)"
        + (searchesUpwards ? " or any folder above it" : ""),
      help: ["go to a project's folder, give --project-dir, or start one with \"redstart init\""]
    )
  }

  static func bothProjectFiles(folder: String) -> Diagnostic {
    Diagnostic(
      .note,
      code: "two-project-files",
      "project.yml is used; dbt_project.yml beside it is not read",
      file: "project.yml"
    )
  }

  static func emptyProjectFile(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "missing-value",
      "\(name) is empty",
      at: range,
      help: ["it needs at least a name, as in \"name: my_project\""]
    )
  }

  static func unknownTarget(
    _ name: String,
    known: [String],
    in section: String,
    at range: TextRange
  ) -> Diagnostic {
    let all = Set(known + ["local"]).sorted()
    return Diagnostic(
      code: "unknown-target",
      "there is no target \"\(name)\" in \(section)",
      at: range,
      notes: ["targets: " + all.joined(separator: ", ")],
      help: [Suggestion.sentence(for: name, among: all)].compactMap { $0 }
    )
  }

  static func unknownTargetType(_ type: String, at range: TextRange) -> Diagnostic {
    let kinds = TargetConfiguration.Kind.allCases.map(\.rawValue)
    return Diagnostic(
      code: "unknown-target-type",
      "there is no target type \"\(type)\"",
      at: range,
      label: "redstart knows " + kinds.joined(separator: ", "),
      help: [
        Suggestion.sentence(for: type, among: kinds)
          ?? "choose another target; \"--target local\" works without a connection"
      ]
    )
  }

  static func noProfilesFile(profile: String) -> Diagnostic {
    Diagnostic(
      .note,
      code: "no-profiles-file",
      "no profiles.yml describes the profile \"\(profile)\": using the local warehouse",
      help: ["give --profiles-dir to name its folder"]
    )
  }

  static func missingProfilesFile(
    target: String,
    profile: String? = nil,
    searched: [String]
  ) -> Diagnostic {
    let purpose =
      if !target.isEmpty {
        " to take the target \"\(target)\" from"
      } else if let profile {
        " to take the profile \"\(profile)\" from"
      } else {
        ""
      }
    return Diagnostic(
      code: "missing-profiles-file",
      "there is no profiles.yml\(purpose)",
      notes: ["searched: " + searched.joined(separator: ", ")],
      help: ["give --profiles-dir, or use \"--target local\", which needs no connection"]
    )
  }

  static func noProfileNamed(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "missing-profiles-file",
      "this project names no profile to connect with",
      at: range,
      help: [
        "write \"profile: NAME\", or give --profile",
        "or use \"--target local\", which needs no connection",
      ]
    )
  }

  static func unknownProfile(
    _ name: String,
    known: [String],
    file: String,
    at range: TextRange?
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-profile",
      "there is no profile \"\(name)\" in \(file)",
      at: range,
      file: file,
      notes: (range == nil ? ["--profile names it"] : [])
        + (known.isEmpty ? [] : ["profiles: " + known.sorted().joined(separator: ", ")]),
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "describe it, or use \"--target local\", which needs no connection"
      ]
    )
  }

  static func variablesNotMapping(_ value: PlainValue, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "wrong-type",
      "--vars takes a mapping, not \(value.typeWithArticle)",
      at: range,
      help: ["write --vars '{name: value}', with a space after the colon"]
    )
  }
}

// Properties files.
extension Diagnostic {
  static func propertiesVersion(_ version: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "invalid-value",
      "\"\(version)\" is no version of properties files",
      at: range,
      label: "there is only version 2",
      help: ["write \"version: 2\", or leave it out"]
    )
  }

  static func describedTwice(
    _ what: String,
    at range: TextRange,
    first: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "described-twice",
      "\(what) is described twice",
      at: range,
      label: "described again here",
      help: ["keep one of the two entries"]
    )
    diagnostic.labels.append(Label(first, "described here first"))
    return diagnostic
  }

  static func columnTwice(_ name: String, at range: TextRange, first: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      .warning,
      code: "described-twice",
      "column \"\(name)\" is described twice",
      at: range,
      label: "what is said here counts",
      help: ["keep one of the two entries; tests of both are run"]
    )
    diagnostic.labels.append(Label(first, "described here first"))
    return diagnostic
  }

  /// dbt's sentence: `tests` and `data_tests` of a node, or of the project file.
  static func bothTestKeys(of subject: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "repeated-section",
      "Invalid \(subject) config: cannot have both 'tests' and 'data_tests' defined",
      at: range,
      label: "two names of one key",
      help: ["keep \"data_tests\""]
    )
  }

  static func plusInConfig(_ key: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "needless-plus",
      "\"\(key)\" needs no \"+\" under \"config:\"",
      at: range,
      help: ["write \"\(ConfigMerger.trimmed(key))\""]
    )
  }

  static func testNotNamed(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-test",
      "a test is a name, or a name with arguments",
      at: range,
      help: ["write \"- not_null\", or \"- accepted_values: {arguments: {values: [a, b]}}\""]
    )
  }

  static func testNotNested(_ name: String?, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-test",
      "this test has more than one name",
      at: range,
      label: "one key is expected: the test's name",
      help: ["indent the arguments deeper than \(name.map { "\"\($0):\"" } ?? "the name")"]
    )
  }

  static func testConfigTwice(_ key: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-test",
      "\"\(key)\" is given twice, beside and under \"config:\"",
      at: range,
      help: ["keep the one under \"config:\""]
    )
  }
}

// Templates in configuration.
extension Diagnostic {
  static func missingEnvironmentVariable(
    _ name: String,
    known: some Sequence<String>,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "missing-environment-variable",
      "the environment variable \(name) is not set",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known),
        "set it, or give a default: env_var('\(name)', '…')",
      ].compactMap { $0 }
    )
  }

  static func secretOutsideConnection(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "secret-outside-connection",
      "\(name) may be read only where a connection is described",
      at: range,
      label: "names starting DBT_ENV_SECRET_ are secret",
      help: ["use it in a target or in profiles.yml"]
    )
  }

  static func unknownVariable(
    _ name: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-variable",
      "the variable \"\(name)\" has no value",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known),
        "set it under \"vars:\" or with --vars, or give a default: var('\(name)', …)",
      ].compactMap { $0 }
    )
  }

  static func variablesTooDeep(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "circular-variable",
      "the variable \"\(name)\" is defined by itself",
      at: range,
      help: ["variables may use others, but not in a circle"]
    )
  }

  static func unknownSettingName(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-name",
      "\"\(name)\" means nothing in configuration files",
      at: range,
      help: ["templates here know env_var(), var() and target"]
    )
  }

  static func settingNotPlain(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "wrong-type",
      "this template does not give text, a number, a list or a mapping",
      at: range
    )
  }
}
