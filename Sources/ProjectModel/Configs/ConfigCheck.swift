package import Diagnostics

/// Looks for mistakes in one setting of a node, wherever it is written: a name that is near a known
/// one, a value that the setting cannot have.
package enum ConfigCheck {
  /// Configs whose value is a mapping.
  static let mappings: Set<String> = [
    "persist_docs", "grants", "meta", "column_types", "contract", "docs", "quoting", "freshness",
    "snapshot_meta_column_names",
  ]

  /// Configs that are true or false.
  private static let flags: Set<String> = [
    "enabled", "full_refresh", "backup", "bind", "invalidate_hard_deletes",
  ]

  /// Configs that are a word or a list of words.
  private static let words: Set<String> = ["tags", "unique_key", "sort"]

  /// Configs that are one word.
  private static let texts: Set<String> = ["dist"]

  /// Configs with few possible values.
  private static let choices: [String: [String]] = [
    "on_schema_change": ["ignore", "fail", "append_new_columns", "sync_all_columns"],
    "load": ["replace", "append"],
    "sort_type": ["compound", "interleaved", "auto"],
    "severity": ["error", "warn"],
    "hard_deletes": ["ignore", "invalidate", "new_record"],
  ]

  /// The ways to bring an incremental model up to date, beside which macros may define others.
  package static let incrementalStrategies = ["append", "delete+insert", "merge", "microbatch"]

  /// Configs with known values beside which macros may define others.
  private static let openChoices: [String: [String]] = [
    "materialized": [
      "view", "table", "incremental", "ephemeral", "copy", "seed", "snapshot", "materialized_view",
      "function",
    ],
    "incremental_strategy": incrementalStrategies,
  ]

  /// What other tools and Redshift's own clauses call a config.
  private static let otherNames: [String: String] = [
    "distkey": "dist", "dist_key": "dist", "diststyle": "dist", "dist_style": "dist",
    "sortkey": "sort", "sort_key": "sort", "sortkeys": "sort", "sort_keys": "sort",
    "materialization": "materialized", "materialize": "materialized", "tag": "tags",
    "distribution": "dist", "hooks": "post_hook",
  ]

  /// What is wrong with a setting.
  ///
  /// Any key may be a config of the user's own: only what is near a known one is suspect.
  ///
  /// - Parameters:
  ///   - key: its name, without `+`.
  ///   - value: its value, templates rendered.
  ///   - place: where the name stands.
  ///   - valuePlace: where the value stands, if that is known.
  /// - Returns: an error or a warning; nil where nothing is wrong.
  package static func problem(
    _ key: String,
    _ value: PlainValue,
    at place: TextRange,
    valueAt valuePlace: TextRange? = nil
  ) -> Diagnostic? {
    guard ConfigDefaults.knownKeys.contains(key) else {
      guard let meant = meant(by: key) else { return nil }
      return .suspectConfig(key, meant: meant, at: place)
    }
    if value.isNull { return nil }
    func wrong(_ expected: String) -> Diagnostic {
      .wrongType(of: "\"\(key)\"", expected: expected, given: value, at: valuePlace ?? place)
    }
    if flags.contains(key) {
      guard value.flag == nil else { return nil }
      var problem = wrong("true or false")
      // The value, in the words that dbt has for it.
      if let text = value.string { problem.notes.append("'\(text)' is not of type 'boolean'") }
      return problem
    }
    if mappings.contains(key) {
      return value.dictionary == nil ? wrong("a mapping") : nil
    }
    if words.contains(key) {
      let items = value.list ?? [value]
      return items.allSatisfy(\.isScalar) ? nil : wrong("a word or a list of words")
    }
    if texts.contains(key) { return value.string == nil ? wrong("a word") : nil }
    guard let known = choices[key] ?? openChoices[key] else { return nil }
    guard let text = value.string else { return wrong("a word") }
    guard !known.contains(text.lowercased()) else { return nil }
    if choices[key] == nil {
      guard let meant = Suggestion.nearest(to: text, among: known, limit: 1).first else {
        return nil
      }
      return .suspectValue(text, of: key, meant: meant, at: valuePlace ?? place)
    }
    return .invalidChoice(of: key, text, known: known, at: valuePlace ?? place)
  }

  /// The known config that a key was most likely meant to be.
  private static func meant(by key: String) -> String? {
    if let name = otherNames[key.lowercased()] { return name }
    guard key.utf8.count > 3 else { return nil }
    return Suggestion.nearest(to: key, among: ConfigDefaults.knownKeys, limit: 1).first
  }
}

extension PlainValue {
  /// True or false, as a boolean or as one of the words that templates and environment give.
  package var flag: Bool? {
    if let boolean { return boolean }
    switch string?.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: return nil
    }
  }

  fileprivate var isScalar: Bool {
    switch self {
    case .list, .dictionary: false
    default: true
    }
  }
}
