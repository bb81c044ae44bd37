import Diagnostics

/// Sentences of dbt's that people and scripts look for, before what redstart says of the same thing.
enum DbtSentences {
  /// A diagnostic that begins with dbt's words, where dbt has words of its own for it.
  static func adding(to diagnostic: Diagnostic, from buffers: Buffers) -> Diagnostic {
    guard var sentence = sentence(for: diagnostic) else { return diagnostic }
    if diagnostic.code == "duplicate-key", let place = diagnostic.labels.first?.range {
      let position = buffers.position(of: place)
      sentence +=
        " in \"<unicode string>\", line \(position.line), column \(position.column) in file"
    }
    var worded = diagnostic
    worded.message = "\(sentence): \(diagnostic.message)"
    return worded
  }

  private static func sentence(for diagnostic: Diagnostic) -> String? {
    let name = quoted(in: diagnostic.message)
    switch diagnostic.code {
    case "unknown-ref":
      guard let name else { return nil }
      let isDisabled = diagnostic.help.contains { $0.contains("is disabled") }
      return
        "depends on a node named '\(name)' which \(isDisabled ? "is disabled" : "was not found")"
    case "unknown-source":
      guard let name else { return nil }
      let isDisabled = diagnostic.help.contains { $0.contains("is disabled") }
      return
        "depends on a source named '\(name)' which \(isDisabled ? "is disabled" : "was not found")"
    case "dependency-cycle": return "Found a cycle"
    case "snapshot-config"
    where ["`strategy`", "`unique_key`"].contains(where: diagnostic.message.hasSuffix):
      return "Snapshots must be configured with a 'strategy' and 'unique_key'"
    case "wrong-type" where diagnostic.message.hasSuffix("has to be a mapping, not a list"):
      return "Dictionary expected"
    case "wrong-type":
      let words = diagnostic.message.split(separator: "\"", omittingEmptySubsequences: false)
      guard words.count >= 3, words[2].hasPrefix(" has to be a list") else { return nil }
      return "'\(words[1])' is not a list"
    case "described-twice" where diagnostic.message.hasPrefix("source \""):
      return name.map { "dbt found two schema.yml entries for the same source named \($0)" }
    case "selector-needs-state" where diagnostic.message.contains("sources.json"):
      let which = diagnostic.message.contains("sources.json of") ? "current" : "previous"
      return "No \(which) state comparison freshness results in sources.json"
    case "no-project": return "No dbt_project.yml found at expected path"
    case "invalid-test" where diagnostic.message.hasSuffix("beside and under \"config:\""):
      return "Test cannot have the same key at the top-level and in config"
    case "wrong-config":
      return falseFlag(in: diagnostic.message).map {
        "at path ['enabled']: \($0) is not of type 'boolean'"
      }
    case "unused-config" where !diagnostic.message.hasPrefix("Configuration paths exist"):
      return
        "Configuration paths exist in your dbt_project.yml file which do not apply to any resources"
    case "selector-needs-state":
      return "Got a state selector method, but no comparison manifest"
    case "contract-broken" where diagnostic.message.hasPrefix("the contract of"):
      let kind = diagnostic.isError ? "a versioned" : "an unversioned"
      return
        "While comparing to previous project state, dbt detected a breaking change to \(kind) model"
    case "unknown-key" where diagnostic.isError && diagnostic.message.hasSuffix("dbt_project.yml"):
      return quotedParts(of: diagnostic.message).first.map {
        "Additional properties are not allowed ('\($0)' was unexpected)"
      }
    case "invalid-value":
      let parts = quotedParts(of: diagnostic.message)
      guard parts.count == 2, ["version", "dbt-cloud"].contains(parts[1]) else { return nil }
      return "at path ['\(parts[1])']: '\(parts[0])' is not valid under any of the given schemas"
    case "version-not-allowed":
      return quotedParts(of: diagnostic.message).first.map {
        "This version of dbt is not supported with the '\($0)' package"
      }
    case "duplicate-name": return name.map { duplicate($0, diagnostic.message) }
    case "duplicate-relation":
      let relation = diagnostic.message.split(separator: " ").last ?? ""
      return "dbt found two resources with the database representation \"\(relation)\""
    case "described-twice" where diagnostic.isError:
      guard let name else { return nil }
      if diagnostic.message.hasPrefix("source table") {
        let full = name.split(separator: ".").joined(separator: "_")
        return "dbt found two sources with the name \"\(full)\""
      }
      return "dbt found two schema.yml entries for the same resource named \(name)"
    case "duplicate-package":
      guard let name else { return nil }
      if diagnostic.message.hasSuffix("the project itself") {
        return "Found a dependency with the same name as the root project \"\(name)\""
      }
      return diagnostic.message.contains("asked for")
        ? "Found duplicate project \"\(name)\""
        : "dbt found more than one package with the name \"\(name)\" included in this project"
    case "unknown-package-kind":
      return "The packages.yml file in this project is malformed"
    case "missing-variable", "unknown-variable":
      return name.map { "Required var '\($0)' not found in config" }
    case "unsafe-clean-target":
      return diagnostic.message.contains("holds files of the project")
        ? "dbt will not clean the following source paths"
        : "dbt will not clean the following directories outside the project"
    default: return deprecation(diagnostic, name)
    }
  }

  /// What dbt says of what is on its way out.
  private static func deprecation(_ diagnostic: Diagnostic, _ name: String?) -> String? {
    switch diagnostic.code {
    case "former-key":
      let names = (name ?? "").split(separator: ".")
      guard names.count == 2 else { return nil }
      return "The `\(names[0])` config has been renamed to `\(names[1])`"
    case "former-clean-target":
      return "The default package install path has changed from `dbt_modules` to `dbt_packages`."
    case "exposure-name":
      return
        "Starting in v1.3, the 'name' of an exposure should contain only letters, numbers, and "
        + "underscores."
    case "flags-in-profiles":
      return
        "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in "
        + "dbt_project.yml."
    case "former-module": return "Usage of itertools modules is deprecated"
    case "former-select-option":
      return "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`"
    case "unknown-engine-variable":
      let variable = diagnostic.message.prefix { $0 != " " }
      return "Found custom environment variable `\(variable)` in the environment"
    case "loose-test-arguments": return name.map { "Found top-level arguments to test \($0)" }
    case "same-name": return name.map { "Found resources with the same name '\($0)'" }
    case "duplicate-key": return name.map { "Duplicate key '\($0)'" }
    case "unknown-key": return name.map { "Custom key `\($0)` found" }
    case "suspect-config": return name.map { "Custom key `\($0)` found in `config`" }
    case "missing-plus": return name.map { "Missing '+' prefix on `\($0)`" }
    case "unknown-data-test":
      return name.map { "'test_\($0)' is undefined, a macro or generic test that does not exist" }
    default: return nil
    }
  }

  /// What is written where true or false is wanted, in Python's quotes.
  private static func falseFlag(in message: String) -> String? {
    let mark = " must be true or false, not "
    let parts = message.split(separator: mark, maxSplits: 1)
    guard message.hasPrefix("`enabled` of "), parts.count == 2 else { return nil }
    return "'\(parts[1].filter { $0 != "\"" })'"
  }

  /// What dbt says of two things that are called the same.
  private static func duplicate(_ name: String, _ message: String) -> String {
    guard message.hasPrefix("two ") else {
      return "dbt found versioned and unversioned models with the name \"\(name)\""
    }
    let words = message.dropFirst("two ".count)
    let end = words.firstRange(of: " are named")?.lowerBound ?? words.startIndex
    switch words[..<end] {
    case "macros": return "dbt found multiple macros named \"\(name)\" in the project"
    case "nodes": return "dbt found two resources with the name \"\(name)\""
    case "tests": return "dbt found two data_tests with the name \"\(name)\""
    case let kinds:
      let kinds = kinds.split(separator: " ").joined(separator: "_")
      return "dbt found two \(kinds) with the name \"\(name)\""
    }
  }

  /// The names between quotes, with points between them: `shop` and `orders` are `shop.orders`.
  private static func quoted(in message: String) -> String? {
    let parts = quotedParts(of: message)
    return parts.isEmpty ? nil : parts.joined(separator: ".")
  }

  private static func quotedParts(of message: String) -> [String] {
    let parts = message.split(separator: "\"", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
  }
}
