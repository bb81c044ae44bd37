import Diagnostics
import ProjectModel

/// A node as an earlier manifest has it beside the node of today.
struct NodeChange {
  var old: PlainDictionary?
  var new: PlainDictionary
  /// dbt's word for the kind of resource.
  var kind: String
  /// Whether what is written counts, and not what its templates come to: dbt's flag
  /// `state_modified_compare_more_unrendered_values`.
  var comparesUnrendered = false

  /// Whether it is a node in dbt's narrower sense, which has text and a relation.
  var hasBody: Bool { !["source", "exposure", "unit_test"].contains(kind) && !isSemantic }

  private var isSemantic: Bool { ["semantic_model", "metric", "saved_query"].contains(kind) }
  var hasConfig: Bool { kind != "unit_test" }

  /// Compares one aspect with the earlier node; what was not there has no aspect that is the same.
  func isSame(_ aspect: KeyPath<NodeChange, Bool>) -> Bool {
    old != nil && self[keyPath: aspect]
  }

  /// Whether nothing has changed that `state:modified` looks at, but for macros and contracts.
  var sameContents: Bool {
    guard old != nil else {
      // As dbt has it: what only describes data outside is not modified by being new.
      return kind == "source" || kind == "exposure" || isSemantic
    }
    switch kind {
    case "source":
      return sameRelation && same("fqn") && sameConfig && same("quoting") && sameFreshness
        && same("external")
    case "exposure":
      return ["fqn", "type", "owner", "maturity", "url", "description", "label"]
        .allSatisfy { same($0) } && sameParents && sameConfig
    case "semantic_model":
      return [
        "model", "description", "label", "defaults", "entities", "dimensions", "measures",
        "primary_entity", "group",
      ].allSatisfy { same($0) } && sameConfig
    case "metric":
      return ["filter", "type", "type_params", "description", "label", "time_granularity"]
        .allSatisfy { same($0) } && sameConfig
    case "saved_query":
      return ["query_params", "description", "label", "group"].allSatisfy { same($0) }
        && sameConfig && sameExports
    case "unit_test":
      return ["model", "versions", "overrides"].allSatisfy { same($0) } && sameUnitTestRows
    case "test" where isGenericTest: return sameConfig && same("fqn")
    case "function":
      return sameNode && sameFunctionSettings
        && ["arguments", "returns"].allSatisfy {
          // What is left unsaid was not written down before.
          Self.isSame(Self.withoutNulls(new[$0]), Self.withoutNulls(old?[$0]))
        }
    case "model":
      return sameNode
        && ["latest_version", "access", "deprecation_date"].allSatisfy { same($0) }
    default: return sameNode
    }
  }

  private var sameNode: Bool {
    sameBody && sameConfig && samePersistedDescription && same("fqn") && sameRelation
  }

  /// dbt looks for these among what is configured for models, and misses them in the project file.
  private var sameFunctionSettings: Bool {
    let mine = new["config"]?.dictionary
    let others = old?["config"]?.dictionary
    return ["type", "volatility", "runtime_version", "entry_point"].allSatisfy {
      Self.isSame(mine?[$0], others?[$0])
    }
  }

  private var isGenericTest: Bool { new["test_metadata"].map { !$0.isNull } ?? false }

  /// Whether exports are written as they were, wherever they lead on another target.
  private var sameExports: Bool {
    func written(_ entry: PlainDictionary?) -> [PlainValue] {
      (entry?["exports"]?.list ?? []).map { export in
        [
          "name": export.dictionary?["name"] ?? .null,
          "config": export.dictionary?["unrendered_config"] ?? .null,
        ]
      }
    }
    return written(new) == written(old)
  }

  // MARK: Aspects

  var sameBody: Bool {
    if kind == "seed" { return same("checksum") }
    return text("raw_code", of: new) == text("raw_code", of: old)
  }

  /// The text without space at its ends, which older manifests may have.
  private func text(_ key: String, of entry: PlainDictionary?) -> String {
    let text = entry?[key]?.string ?? ""
    let isSpace = { (character: Character) in character.isWhitespace }
    return String(
      text.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    )
  }

  /// Configurations that are compared by themselves, or that change no data.
  private static let uncompared: Set<String> = ["alias", "schema", "database", "tags", "group"]

  private static let testModifiers = [
    "severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures",
    "store_failures_as",
  ]

  var sameConfig: Bool {
    let mine = Self.comparable(new["unrendered_config"])
    let others = Self.comparable(old?["unrendered_config"])
    if kind == "test" {
      return Self.testModifiers.allSatisfy { Self.isSame(mine[$0], others[$0]) }
    }
    let isExternal = kind == "source" || kind == "exposure"
    var keys = Set(mine.keys).union(others.keys)
    if !isExternal { keys.subtract(Self.uncompared) }
    return keys.allSatisfy { key in
      // dbt writes down what sources leave empty.
      isExternal && Self.isEmpty(mine[key]) && Self.isEmpty(others[key])
        || Self.isSame(mine[key], others[key])
    }
  }

  /// A configuration as it can be compared: hooks under one name, and one of them or one tag is the
  /// same whether it stands in a list or by itself.
  private static func comparable(_ config: PlainValue?) -> PlainDictionary {
    var settled = PlainDictionary()
    for (key, value) in config?.dictionary?.pairs ?? [] {
      let name = key == "pre_hook" ? "pre-hook" : key == "post_hook" ? "post-hook" : key
      let isListed = ["pre-hook", "post-hook", "tags"].contains(name)
      let isAlone = isListed && !value.isNull && value.list == nil && !isNotation(value)
      settled[name] = isAlone ? [value] : single(value)
    }
    return settled
  }

  /// Whether a value is dbt's notation of what a template says.
  private static func isNotation(_ value: PlainValue) -> Bool {
    value.string?.hasPrefix("Keyword(") == true
  }

  /// dbt writes lists of properties files twice over, one behind the other.
  private static func single(_ value: PlainValue) -> PlainValue {
    switch value {
    case .list(let items) where !items.isEmpty && items.count.isMultiple(of: 2):
      let half = items.count / 2
      let isTwice = zip(items[..<half], items[half...]).allSatisfy { isSame($0, $1) }
      return .list(isTwice ? Array(items[..<half]) : items)
    case .dictionary(let entries):
      return .dictionary(PlainDictionary(entries.pairs.map { ($0.key, single($0.value)) }))
    default: return value
    }
  }

  var samePersistedDescription: Bool {
    let docs = new["config"]?.dictionary?["persist_docs"]?.dictionary
    if docs?["relation"]?.boolean == true, !same("description") { return false }
    guard docs?["columns"]?.boolean == true else { return true }
    func descriptions(_ entry: PlainDictionary?) -> [String: String] {
      (entry?["columns"]?.dictionary?.pairs ?? []).reduce(into: [:]) { result, pair in
        result[pair.key] = pair.value.dictionary?["description"]?.string ?? ""
      }
    }
    return descriptions(new) == descriptions(old)
  }

  var sameRelation: Bool {
    if kind == "source" {
      let prefix = comparesUnrendered ? "unrendered_" : ""
      return [prefix + "database", prefix + "schema", "identifier"].allSatisfy { same($0) }
    }
    let mine = new["unrendered_config"]?.dictionary
    let others = old?["unrendered_config"]?.dictionary
    return ["database", "schema", "alias"].allSatisfy { Self.isSame(mine?[$0], others?[$0]) }
  }

  private var sameFreshness: Bool {
    same("loaded_at_field")
      && Self.isSame(Self.withoutNulls(new["freshness"]), Self.withoutNulls(old?["freshness"]))
  }

  private var sameParents: Bool {
    func parents(_ entry: PlainDictionary?) -> Set<String> {
      Set(entry?["depends_on"]?.dictionary?["nodes"]?.words ?? [])
    }
    return parents(new) == parents(old)
  }

  /// What goes in and what should come out, whose form may be left unsaid.
  private var sameUnitTestRows: Bool {
    func settled(_ value: PlainValue?) -> PlainValue {
      guard var table = value?.dictionary else { return value ?? .null }
      if table["format"]?.isNull ?? true { table["format"] = "dict" }
      if table["fixture"]?.isNull ?? true { table["fixture"] = nil }
      return .dictionary(table)
    }
    func given(_ entry: PlainDictionary?) -> PlainValue {
      .list((entry?["given"]?.list ?? []).map(settled))
    }
    return Self.isSame(given(new), given(old))
      && Self.isSame(settled(new["expect"]), settled(old?["expect"]))
  }

  // MARK: Values

  private func same(_ key: String) -> Bool { Self.isSame(new[key], old?[key]) }

  private static func isEmpty(_ value: PlainValue?) -> Bool {
    switch value {
    case nil, .null?: true
    case .list(let items)?: items.isEmpty
    case .dictionary(let entries)?: entries.pairs.allSatisfy { isEmpty($0.value) }
    default: false
    }
  }

  private static func withoutNulls(_ value: PlainValue?) -> PlainValue {
    if let items = value?.list { return .list(items.map(withoutNulls)) }
    guard let entries = value?.dictionary else { return value ?? .null }
    let left = entries.pairs.map { ($0.key, withoutNulls($0.value)) }.filter { !isEmpty($0.1) }
    return left.isEmpty ? .null : .dictionary(PlainDictionary(left))
  }

  /// Equal whatever the order of keys; what is missing is null.
  static func isSame(_ a: PlainValue?, _ b: PlainValue?) -> Bool {
    switch (a ?? .null, b ?? .null) {
    case (.dictionary(let a), .dictionary(let b)):
      return a.count == b.count
        && a.pairs.allSatisfy { key, value in
          b[key].map { isSame(value, $0) } ?? false
        }
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
    case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)):
      return Double(a) == b
    case (let a, let b): return a == b
    }
  }
}

/// Which macros differ between two manifests, and which nodes that concerns.
struct MacroChanges {
  private let changed: Set<String>
  private let macros: PlainDictionary

  init(old: PlainDictionary, new: PlainDictionary) {
    let former = old["macros"]?.dictionary ?? PlainDictionary()
    let current = new["macros"]?.dictionary ?? PlainDictionary()
    var changed: Set<String> = []
    for (id, macro) in current.pairs where !Self.isBuiltin(id) {
      if former[id]?.dictionary?["macro_sql"] != macro.dictionary?["macro_sql"] {
        changed.insert(id)
      }
    }
    self.changed = changed
    macros = current
  }

  /// Macros that come with the program: they change with its version, and dbt writes others.
  private static func isBuiltin(_ id: String) -> Bool {
    let parts = id.split(separator: ".")
    return parts.count > 1 && MacroTable.isBuiltin(String(parts[1]))
  }

  /// Whether a macro has changed that a node calls, directly or through others.
  func affect(_ entry: PlainDictionary) -> Bool {
    guard !changed.isEmpty else { return false }
    var seen: Set<String> = []
    var frontier = Self.dependencies(of: entry)
    while let id = frontier.popLast() {
      guard seen.insert(id).inserted else { continue }
      if changed.contains(id) { return true }
      if let macro = macros[id]?.dictionary { frontier += Self.dependencies(of: macro) }
    }
    return false
  }

  private static func dependencies(of entry: PlainDictionary) -> [String] {
    entry["depends_on"]?.dictionary?["macros"]?.words ?? []
  }
}
