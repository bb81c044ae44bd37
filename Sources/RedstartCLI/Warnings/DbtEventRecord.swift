import Diagnostics

/// The event that a warning is in dbt's log: its name, its code, and what dbt says of it as data.
struct DbtEventRecord {
  var name: String
  var code: String
  var data: PlainDictionary
  /// Whether it is one of dbt's deprecations.
  var isDeprecation: Bool

  /// - Parameter warning: in redstart's own words, which have the names in fixed places.
  init(_ warning: Diagnostic) {
    let deprecation = DbtEvents.deprecation(of: warning)
    let event = deprecation ?? Self.other(warning) ?? ("JinjaLogWarning", "I061")
    (name, code) = event
    isDeprecation = deprecation != nil
    data = ["msg": .string(warning.message)]
    data.merge(Self.details(of: warning))
  }

  private static func other(_ warning: Diagnostic) -> (String, String)? {
    var names = DbtEvents.names(of: warning.code, isRedshift: true)
    if warning.code == "large-seed" {
      names =
        warning.message.contains("cannot tell")
        ? ["SeedExceedsLimitSamePath"]
        : warning.message.contains("<=1MB")
          ? ["SeedIncreased"] : ["SeedExceedsLimitAndPathChanged"]
    }
    guard let name = names.first, let code = DbtEvents.warningCodes[name] else { return nil }
    return (name, code)
  }

  /// What programs read of an event besides its words.
  private static func details(of warning: Diagnostic) -> PlainDictionary {
    let words = warning.message.split(separator: " ").map(String.init)
    /// The word behind another one, without marks around it.
    func word(behind other: String) -> PlainValue? {
      guard let index = words.firstIndex(of: other), words.indices.contains(index + 1) else {
        return nil
      }
      return .string(words[index + 1].filter { !"'\",:".contains($0) })
    }
    /// A model's name without its version.
    func model(_ name: PlainValue?) -> PlainValue? {
      name?.string.map { .string(String($0.prefix { $0 != "." })) }
    }
    let found: [(String, PlainValue?)] =
      switch warning.code {
      case "deprecated-model": [("model_name", model(word(behind: "Model")))]
      case "deprecated-reference", "upcoming-deprecation":
        [
          ("model_name", word(behind: "compiling")), ("ref_model_name", model(word(behind: "to"))),
        ]
      case "unknown-engine-variable":
        [("env_var", words.first.map { .string($0) }), ("reserved_prefix", "DBT_ENGINE_")]
      case "package-reads-project":
        [
          ("node_name", words.first.map { .string($0) }),
          ("package_name", word(behind: "package")),
          ("root_project_unique_id", word(behind: "reads")),
        ]
      default: []
      }
    return PlainDictionary(found.compactMap { key, value in value.map { (key, $0) } })
  }
}
