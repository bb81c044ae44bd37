package import Diagnostics

/// A `lineage.json` as it was read, of this state of a project or another one.
package struct LineageSnapshot: Sendable {
  /// A column of a relation, or its rows as such when `column` is empty.
  struct Place: Hashable, Comparable, Sendable {
    var relation: String
    var column: String

    static func < (left: Place, right: Place) -> Bool {
      (left.relation, left.column) < (right.relation, right.column)
    }
  }

  struct Column: Sendable {
    var name: String
    var type: String
    var fingerprint: String
  }

  struct Relation: Sendable {
    var name: String
    var kind: String
    var path: String?
    var rowFingerprint: String
    var columns: [Column]
  }

  private(set) var relations: [String: Relation] = [:]
  /// What depends on a place directly.
  private(set) var children: [Place: Set<Place>] = [:]
  /// The relations that read a relation.
  private(set) var readers: [String: Set<String>] = [:]

  /// Reads the artifact's data; nil when it is not of a version that is understood.
  package init?(_ plain: PlainValue) {
    guard let file = plain.dictionary, file["version"]?.integer == LineageArtifact.version,
      let entries = file["relations"]?.dictionary
    else { return nil }
    for (id, value) in entries.pairs {
      guard let entry = value.dictionary else { return nil }
      var columns: [Column] = []
      for (name, value) in entry["columns"]?.dictionary?.pairs ?? [] {
        guard let column = value.dictionary else { return nil }
        columns.append(
          Column(
            name: name,
            type: column["type"]?.string ?? "",
            fingerprint: column["fingerprint"]?.string ?? ""
          )
        )
        add(column["lineage"], to: Place(relation: id, column: name))
      }
      add(entry["row_lineage"], to: Place(relation: id, column: ""))
      for parent in entry["reads"]?.list ?? [] {
        if let parent = parent.string { readers[parent, default: []].insert(id) }
      }
      relations[id] = Relation(
        name: entry["name"]?.string ?? id,
        kind: entry["resource_type"]?.string ?? "",
        path: entry["path"]?.string,
        rowFingerprint: entry["row_fingerprint"]?.string ?? "",
        columns: columns
      )
    }
  }

  private mutating func add(_ steps: PlainValue?, to place: Place) {
    for step in steps?.list ?? [] {
      guard let step = step.dictionary, let relation = step["relation"]?.string else { continue }
      let from = Place(relation: relation, column: step["column"]?.string ?? "")
      children[from, default: []].insert(place)
    }
  }

  /// `orders.amount`, `orders (rows)`.
  func name(of place: Place) -> String {
    let name = relations[place.relation]?.name ?? place.relation
    return place.column.isEmpty ? "\(name) (rows)" : "\(name).\(place.column)"
  }
}
