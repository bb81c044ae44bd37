import Diagnostics

/// Looks for mistakes in a tree of configuration in the project file: names that are misspelt,
/// values of the wrong type, levels that lead to no file.
struct ConfigTreeCheck {
  let problems: DiagnosticCollector

  /// Configs whose value is a mapping: without `+` dbt takes them for folders.
  private static let mappings: Set<String> = [
    "persist_docs", "grants", "meta", "column_types", "contract", "docs", "quoting", "freshness",
    "snapshot_meta_column_names",
  ]

  /// Configs that are true or false.
  private static let flags: Set<String> = [
    "enabled", "full_refresh", "backup", "bind", "invalidate_hard_deletes",
  ]

  /// Configs that are a word or a list of words.
  private static let words: Set<String> = ["tags", "unique_key"]

  /// Configs to whose values macros of the project can add: only what looks misspelt is told.
  private static let openChoices: [String: [String]] = [
    "materialized": [
      "view", "table", "incremental", "ephemeral", "copy", "seed", "snapshot", "materialized_view",
    ],
    "incremental_strategy": ["append", "delete+insert", "merge", "microbatch"],
  ]

  /// Configs with few possible values.
  private static let choices: [String: [String]] = [
    "on_schema_change": ["ignore", "fail", "append_new_columns", "sync_all_columns"],
    "load": ["replace", "append"],
    "sort_type": ["compound", "interleaved"],
    "severity": ["error", "warn"],
    "hard_deletes": ["ignore", "invalidate", "new_record"],
  ]

  func check(_ node: YAMLNode, path: String) {
    for pair in node.pairs ?? [] {
      let isMarked = pair.key.hasPrefix("+")
      if !isMarked, pair.value.pairs != nil {
        if Self.mappings.contains(pair.key) {
          problems.add(.missingPlus(pair.key, at: pair.keyRange))
        } else {
          check(pair.value, path: path + "." + pair.key)
        }
        continue
      }
      let key = ConfigMerger.trimmed(pair.key)
      if ConfigDefaults.knownKeys.contains(key) {
        checkValue(pair.value, of: key)
        continue
      }
      // Any key may be a config of the user's own: speak up only where a known one is near.
      let near = Suggestion.nearest(to: key, among: ConfigDefaults.knownKeys, limit: 1)
      guard let meant = near.first, key.utf8.count > 3 else { continue }
      problems.add(.suspectConfig(key, meant: meant, at: pair.keyRange))
    }
  }

  private func checkValue(_ value: YAMLNode, of key: String) {
    // What a template comes to is checked where it is used.
    if value.isNull || value.scalar?.text.contains("{") == true { return }
    func wrong(_ expected: String) {
      problems.add(
        .wrongType(of: "\"\(key)\"", expected: expected, given: value.plain, at: value.range)
      )
    }
    if Self.flags.contains(key) {
      if value.plain.flag == nil { wrong("true or false") }
    } else if Self.mappings.contains(key) {
      if value.pairs == nil { wrong("a mapping") }
    } else if Self.words.contains(key) {
      let items = value.items ?? [value]
      if !items.allSatisfy({ $0.scalar != nil }) { wrong("a word or a list of words") }
    } else if let known = Self.openChoices[key] {
      guard let text = value.plain.string else { return wrong("a word") }
      guard !known.contains(text.lowercased()),
        let meant = Suggestion.nearest(to: text, among: known, limit: 1).first
      else { return }
      problems.add(.suspectValue(text, of: key, meant: meant, at: value.range))
    } else if let known = Self.choices[key] {
      guard let text = value.plain.string else { return wrong("a word") }
      guard !known.contains(text.lowercased()) else { return }
      problems.add(.invalidChoice(of: key, text, known: known, at: value.range))
    }
  }

  /// Levels that no file lies below configure nothing.
  ///
  /// - Parameters:
  ///   - node: the tree.
  ///   - names: fully qualified names of the files that it can configure.
  func checkLevels(_ node: YAMLNode, names: [[String]]) {
    for pair in node.pairs ?? [] {
      guard !pair.key.hasPrefix("+"), pair.value.pairs != nil, !Self.mappings.contains(pair.key)
      else { continue }
      let below = names.filter { $0.first == pair.key }.map { Array($0.dropFirst()) }
      if below.isEmpty {
        let known = Set(names.compactMap(\.first))
        // A folder straight below `models:` has lost the project's name.
        let outer = known.first { name in
          names.contains { $0.first == name && $0.dropFirst().first == pair.key }
        }
        problems.add(
          .unusedLevel(pair.key, among: known, belongsBelow: outer, at: pair.keyRange)
        )
      } else {
        checkLevels(pair.value, names: below)
      }
    }
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
}
