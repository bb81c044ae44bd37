package import Diagnostics

/// What differs between two states of a project, and who notices.
package struct StateDifference: Sendable {
  /// What became of a column.
  enum Change: Hashable, Sendable {
    case added(type: String)
    case removed
    case retyped(from: String, to: String)
    /// The same type, computed in another way.
    case computed
  }

  struct ColumnChange: Sendable {
    var name: String
    var change: Change
  }

  struct RelationChange: Sendable {
    var id: String
    var columns: [ColumnChange]
    /// Whether other rows may come out: FROM, WHERE, GROUP BY and the rest.
    var changesRows: Bool
  }

  /// A place that changes because of another one.
  struct Effect: Sendable {
    var place: LineageSnapshot.Place
    var causes: [LineageSnapshot.Place]
  }

  private let old: LineageSnapshot
  private let new: LineageSnapshot
  private(set) var added: [String] = []
  private(set) var removed: [String] = []
  private(set) var changed: [RelationChange] = []
  private(set) var affected: [Effect] = []

  /// Compares two states.
  ///
  /// - Parameters:
  ///   - old: the state to compare with.
  ///   - new: the state of the files as they are.
  package init(from old: LineageSnapshot, to new: LineageSnapshot) {
    self.old = old
    self.new = new
    func isShown(_ relation: LineageSnapshot.Relation) -> Bool {
      relation.kind != "test" && relation.kind != "analysis"
    }
    for (id, relation) in new.relations.sorted(by: { $0.key < $1.key }) where isShown(relation) {
      guard let former = old.relations[id] else {
        added.append(id)
        continue
      }
      if let change = Self.change(id, from: former, to: relation) { changed.append(change) }
    }
    removed = old.relations.filter { new.relations[$0.key] == nil && isShown($0.value) }
      .keys.sorted()
    affected = effects()
  }

  package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

  private static func change(
    _ id: String,
    from old: LineageSnapshot.Relation,
    to new: LineageSnapshot.Relation
  ) -> RelationChange? {
    var columns: [ColumnChange] = []
    let former = Dictionary(old.columns.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(new.columns.map(\.name))
    for column in new.columns {
      guard let before = former[column.name] else {
        columns.append(ColumnChange(name: column.name, change: .added(type: column.type)))
        continue
      }
      if before.type != column.type {
        columns.append(
          ColumnChange(name: column.name, change: .retyped(from: before.type, to: column.type))
        )
      } else if before.fingerprint != column.fingerprint {
        columns.append(ColumnChange(name: column.name, change: .computed))
      }
    }
    for column in old.columns where !names.contains(column.name) {
      columns.append(ColumnChange(name: column.name, change: .removed))
    }
    let changesRows = old.rowFingerprint != new.rowFingerprint
    guard changesRows || !columns.isEmpty else { return nil }
    return RelationChange(id: id, columns: columns, changesRows: changesRows)
  }

  // MARK: Downstream

  private func effects() -> [Effect] {
    var direct: Set<LineageSnapshot.Place> = []
    for relation in changed {
      for column in relation.columns {
        if case .added = column.change { continue }
        direct.insert(LineageSnapshot.Place(relation: relation.id, column: column.name))
      }
      if relation.changesRows {
        direct.insert(LineageSnapshot.Place(relation: relation.id, column: ""))
      }
    }
    for id in removed {
      direct.insert(LineageSnapshot.Place(relation: id, column: ""))
      for column in old.relations[id]?.columns ?? [] {
        direct.insert(LineageSnapshot.Place(relation: id, column: column.name))
      }
    }
    var causes: [LineageSnapshot.Place: Set<LineageSnapshot.Place>] = [:]
    for start in direct {
      for place in reach(from: start) where !direct.contains(place) {
        causes[place, default: []].insert(start)
      }
    }
    return causes.filter { new.relations[$0.key.relation] != nil }
      .map { Effect(place: $0.key, causes: $0.value.sorted()) }
      .sorted { $0.place < $1.place }
  }

  /// Every place that depends on one, in either state.
  private func reach(from start: LineageSnapshot.Place) -> Set<LineageSnapshot.Place> {
    var found: Set<LineageSnapshot.Place> = []
    var frontier = [start]
    while let place = frontier.popLast() {
      var next = (old.children[place] ?? []).union(new.children[place] ?? [])
      if place.column.isEmpty {
        // Other rows here are other rows in whatever reads them.
        let readers = (old.readers[place.relation] ?? [])
          .union(new.readers[place.relation] ?? [])
        next.formUnion(readers.map { LineageSnapshot.Place(relation: $0, column: "") })
      }
      for place in next where found.insert(place).inserted { frontier.append(place) }
    }
    found.remove(start)
    return found
  }

  // MARK: Showing

  /// Lines for people.
  package var text: String {
    guard !isEmpty else { return "nothing differs\n" }
    var lines: [String] = []
    func name(_ id: String, _ state: LineageSnapshot) -> String {
      let relation = state.relations[id]
      return "  \(relation?.name ?? id)" + (relation?.path.map { "  \($0)" } ?? "")
    }
    if !changed.isEmpty { lines.append("changed") }
    for relation in changed {
      lines.append(name(relation.id, new))
      for column in relation.columns { lines.append("    \(Self.line(column))") }
      if relation.changesRows { lines.append("    ~ (rows)  chosen differently") }
    }
    if !added.isEmpty { lines += ["added"] + added.map { name($0, new) } }
    if !removed.isEmpty { lines += ["removed"] + removed.map { name($0, old) } }
    let isTest = { (effect: Effect) in new.relations[effect.place.relation]?.kind == "test" }
    let tests = affected.filter(isTest)
    if !affected.isEmpty { lines.append("affected") }
    for effect in affected where !isTest(effect) {
      let causes = effect.causes.map { old.relations[$0.relation] == nil ? new : old }
      let names = zip(effect.causes, causes).map { $1.name(of: $0) }
      let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
      lines.append("  \(new.name(of: effect.place))  by \(shown)")
    }
    if !tests.isEmpty {
      let names = tests.map { new.relations[$0.place.relation]?.name ?? $0.place.relation }
      lines.append(
        "  \(names.count) test\(names.count == 1 ? "" : "s"): "
          + names.joined(separator: ", ")
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ column: ColumnChange) -> String {
    switch column.change {
    case .added(let type): "+ \(column.name)  \(type)"
    case .removed: "- \(column.name)"
    case .retyped(let old, let new): "~ \(column.name)  \(old) → \(new)"
    case .computed: "~ \(column.name)  computed differently"
    }
  }

  /// The same as data.
  package var plain: PlainValue {
    func place(_ place: LineageSnapshot.Place) -> PlainValue {
      [
        "relation": .string(place.relation),
        "column": place.column.isEmpty ? .null : .string(place.column),
      ]
    }
    return [
      "changed": .list(
        changed.map { relation in
          [
            "relation": .string(relation.id),
            "rows": .boolean(relation.changesRows),
            "columns": .list(relation.columns.map(Self.plain)),
          ]
        }
      ),
      "added": .list(added.map { .string($0) }),
      "removed": .list(removed.map { .string($0) }),
      "affected": .list(
        affected.map { effect in
          var entry = place(effect.place).dictionary ?? PlainDictionary()
          entry["causes"] = .list(effect.causes.map(place))
          return .dictionary(entry)
        }
      ),
    ]
  }

  private static func plain(_ column: ColumnChange) -> PlainValue {
    switch column.change {
    case .added(let type):
      ["column": .string(column.name), "change": "added", "type": .string(type)]
    case .removed: ["column": .string(column.name), "change": "removed"]
    case .retyped(let old, let new):
      [
        "column": .string(column.name), "change": "retyped", "from": .string(old),
        "type": .string(new),
      ]
    case .computed: ["column": .string(column.name), "change": "computed"]
    }
  }
}
