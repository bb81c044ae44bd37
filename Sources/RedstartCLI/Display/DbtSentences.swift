import Diagnostics

/// Sentences of dbt's that people and scripts look for, before what redstart says of the same thing.
enum DbtSentences {
  /// A diagnostic that begins with dbt's words, where dbt has words of its own for it.
  static func adding(to diagnostic: Diagnostic) -> Diagnostic {
    guard let sentence = sentence(for: diagnostic) else { return diagnostic }
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
    case "wrong-type":
      let words = diagnostic.message.split(separator: "\"", omittingEmptySubsequences: false)
      guard words.count >= 3, words[2].hasPrefix(" has to be a list") else { return nil }
      return "'\(words[1])' is not a list"
    case "described-twice" where diagnostic.message.hasPrefix("source "):
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
    case "duplicate-name" where diagnostic.message.hasPrefix("two unit tests are named"):
      return name.map { "dbt found two unit_tests with the name \"\($0)\"" }
    case "duplicate-name" where diagnostic.message.hasPrefix("two tests are named"):
      return name.map { "dbt found two data_tests with the name \"\($0)\"" }
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
    case "wrong-type" where diagnostic.message.hasSuffix("has to be a mapping, not a list"):
      return "Dictionary expected"
    case "version-not-allowed":
      return quotedParts(of: diagnostic.message).first.map {
        "This version of dbt is not supported with the '\($0)' package"
      }
    case "missing-variable":
      return name.map { "Required var '\($0)' not found in config" }
    case "unsafe-clean-target":
      return diagnostic.message.contains("holds files of the project")
        ? "dbt will not clean the following source paths"
        : "dbt will not clean the following directories outside the project"
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
