package import Diagnostics
package import ProjectModel
import Synchronization

/// Answers `state:`, `result:` and `source_status:` by comparing the project with an earlier run,
/// by dbt's rules.
///
/// Both sides are compared as the manifest has them, so that the earlier one may be dbt's own.
package final class StateComparison: SelectionHistory {
  private let parsed: ParsedProject
  private let buffers: Buffers
  private let previous: PreviousState
  private let found = Mutex<[Diagnostic]>([])
  /// The project's own manifest, made when it is first needed.
  private let own = Mutex<PlainDictionary?>(nil)

  package init(_ parsed: ParsedProject, previous: PreviousState, buffers: Buffers) {
    self.parsed = parsed
    self.previous = previous
    self.buffers = buffers
  }

  package var warnings: [Diagnostic] { found.withLock { $0 } }

  package func nodes(
    _ method: HistoryMethod,
    value: String,
    criterion: String
  ) throws(Diagnostic) -> Set<String> {
    switch method {
    case .state:
      guard let manifest = previous.manifest else {
        throw .selectorNeedsState(criterion, method.rawValue, missing: "manifest.json")
      }
      return try changed(value, since: manifest, criterion)
    case .result:
      guard let statuses = previous.statuses else {
        throw .selectorNeedsState(criterion, method.rawValue, missing: "run_results.json")
      }
      return known(statuses.filter { $0.value.contains(value) }.keys)
    case .sourceStatus:
      guard value == "fresher" else {
        throw .unknownSelectorValue(
          value,
          method: method.rawValue,
          known: ["fresher"],
          in: criterion
        )
      }
      guard let before = previous.loadedBefore, let now = previous.loadedNow else {
        throw .selectorNeedsState(
          criterion,
          method.rawValue,
          missing: previous.loadedBefore == nil
            ? "sources.json" : "sources.json of this project (redstart source freshness)"
        )
      }
      // ISO 8601 in UTC, written alike: the later one is the greater text.
      return known(now.filter { id, time in before[id].map { time > $0 } ?? true }.keys)
    }
  }

  private func known(_ ids: some Sequence<String>) -> Set<String> {
    Set(ids.filter { parsed.graph.nodes[$0] != nil })
  }

  // MARK: state:

  private static let values = [
    "new", "old", "modified", "unmodified", "modified.body", "modified.configs",
    "modified.persisted_descriptions", "modified.relation", "modified.macros",
    "modified.contract",
  ]

  private func changed(
    _ value: String,
    since manifest: PlainDictionary,
    _ criterion: String
  ) throws(Diagnostic) -> Set<String> {
    guard Self.values.contains(value) else {
      throw .unknownSelectorValue(value, method: "state", known: Self.values, in: criterion)
    }
    let current = currentManifest
    let macros = MacroChanges(old: manifest, new: current)
    let flag = "state_modified_compare_more_unrendered_values"
    let comparesUnrendered = parsed.project.configuration.flags[flag]?.flag == true
    var selected: Set<String> = []
    for section in [
      "nodes", "sources", "exposures", "unit_tests", "semantic_models", "metrics", "saved_queries",
      "functions",
    ] {
      let former = manifest[section]?.dictionary ?? PlainDictionary()
      for (id, entry) in current[section]?.dictionary?.pairs ?? [] {
        guard let entry = entry.dictionary, parsed.graph.nodes[id] != nil else { continue }
        let change = NodeChange(
          old: former[id]?.dictionary,
          new: entry,
          kind: entry["resource_type"]?.string ?? "",
          comparesUnrendered: comparesUnrendered
        )
        if try isSelected(change, by: value, macros) { selected.insert(id) }
      }
    }
    if ["modified", "unmodified", "modified.contract"].contains(value) {
      try reportRemoved(manifest, current)
    }
    return selected
  }

  private func isSelected(
    _ change: NodeChange,
    by value: String,
    _ macros: MacroChanges
  ) throws(Diagnostic) -> Bool {
    if ["modified", "unmodified", "modified.body"].contains(value) { tellOfSize(change) }
    switch value {
    case "new": return change.old == nil
    case "old": return change.old != nil
    case "modified.body": return change.hasBody && !change.isSame(\.sameBody)
    case "modified.configs": return change.hasConfig && !change.isSame(\.sameConfig)
    case "modified.persisted_descriptions":
      return change.hasBody && !change.isSame(\.samePersistedDescription)
    case "modified.relation":
      return (change.hasBody || change.kind == "source") && !change.isSame(\.sameRelation)
    case "modified.macros":
      try checkTest(change)
      return macros.affect(change.new)
    case "modified.contract":
      guard change.hasBody else { return false }
      guard change.old != nil else { return true }
      return try !sameContract(change)
    default:
      try checkTest(change)
      let contract = change.old == nil ? true : try sameContract(change)
      let isModified = !change.sameContents || !contract || macros.affect(change.new)
      return isModified == (value == "modified")
    }
  }

  /// Tells of seeds that are too large for dbt to look at what they hold: it compares their paths.
  private func tellOfSize(_ change: NodeChange) {
    guard change.kind == "seed", let old = change.old,
      let mine = change.new["checksum"]?.dictionary, mine["name"] == "path"
    else { return }
    let others = old["checksum"]?.dictionary
    let fate =
      others?["name"] != "path"
      ? "The previous file was <=1MB, so it has changed"
      : mine["checksum"] == others?["checksum"]
        ? "dbt cannot tell if it has changed: assuming they are the same"
        : "The previous file was in a different location, assuming it has changed"
    found.withLock { found in
      let problem = Diagnostic.largeSeed(change.new, fate)
      if !found.contains(problem) { found.append(problem) }
    }
  }

  /// Refuses a test whose macro is gone: nobody can say whether it is modified.
  private func checkTest(_ change: NodeChange) throws(Diagnostic) {
    guard change.kind == "test", let id = change.new["unique_id"]?.string,
      let node = parsed.graph.nodes[id], let test = node.genericTest,
      parsed.macros.test(test, from: node.packageName) == nil
    else { return }
    throw .unknownGenericTest(
      test.name,
      known: parsed.macros.testNames,
      at: node.declaration
    )
  }

  private var currentManifest: PlainDictionary {
    own.withLock { own in
      if let own { return own }
      let made =
        Manifest(parsed, buffers: buffers, generatedAt: "").plain.dictionary ?? PlainDictionary()
      own = made
      return made
    }
  }

  // MARK: Contracts

  /// Whether a model keeps what it promised; what breaks the promise is told.
  private func sameContract(_ change: NodeChange) throws(Diagnostic) -> Bool {
    guard change.kind == "model", let old = change.old else { return true }
    let comparison = ContractChange(old: old, new: change.new)
    if !comparison.breaking.isEmpty {
      try tell(comparison.breaking, of: change.new)
    }
    return comparison.isSame
  }

  /// Models with contracts that are no longer there break their promise, too.
  private func reportRemoved(
    _ manifest: PlainDictionary,
    _ current: PlainDictionary
  ) throws(Diagnostic) {
    let disabled = current["disabled"]?.dictionary ?? PlainDictionary()
    for (id, entry) in manifest["nodes"]?.dictionary?.pairs ?? [] {
      guard let entry = entry.dictionary, entry["resource_type"]?.string == "model",
        ContractChange.isEnforced(entry), current["nodes"]?.dictionary?[id] == nil,
        !Self.isPast(entry["deprecation_date"], at: parsed.environment.invocation.startedAt)
      else { continue }
      let fate = disabled[id] == nil ? "was deleted or renamed" : "was disabled"
      try tell(["Contracted model '\(id)' \(fate)."], of: entry)
    }
  }

  private static func isPast(_ date: PlainValue?, at now: String) -> Bool {
    guard let date = date?.string, !date.isEmpty else { return false }
    return date.prefix(10) < now.prefix(10)
  }

  private func tell(_ changes: [String], of entry: PlainDictionary) throws(Diagnostic) {
    let problem = Diagnostic.contractBroken(
      entry["name"]?.string ?? "",
      file: entry["original_file_path"]?.string ?? "",
      changes: changes,
      isVersioned: entry["version"].map { !$0.isNull } ?? false
    )
    if problem.isError { throw problem }
    found.withLock { found in
      if !found.contains(problem) { found.append(problem) }
    }
  }
}
