package import Diagnostics
import ProjectModel
package import RedshiftSQL

/// Where every column of a project comes from, and what becomes of it.
package struct ProjectLineage: Sendable {
  /// A column of a node or a table; the rows as such when `column` is nil.
  package struct Place: Hashable, Sendable, Comparable {
    /// A unique_id, or `schema.table` for what is no node.
    package var relation: String
    package var column: String?

    package init(relation: String, column: String?) {
      self.relation = relation
      self.column = column
    }

    package static func < (left: Place, right: Place) -> Bool {
      (left.relation, left.column ?? "") < (right.relation, right.column ?? "")
    }
  }

  /// One step: `to` depends on `from`.
  package struct Edge: Hashable, Sendable {
    package var from: Place
    package var to: Place
    package var kinds: DependenceKinds
  }

  /// What has columns.
  package struct Relation: Sendable {
    package var id: String
    /// As people name it: a model's name, `source.table`, `schema.table`.
    package var name: String
    /// `model`, `seed`, `source`, `test` …, or `table` for what is no node.
    package var kind: String
    package var path: String?
    package var columns: [NodeColumn]
    package var isComplete: Bool
    package var rowFingerprint: String
    /// The relations that it reads.
    package var reads: [String] = []
  }

  package private(set) var relations: [String: Relation] = [:]
  private var upstream: [Place: [Edge]] = [:]
  private var downstream: [Place: [Edge]] = [:]

  package init(_ parsed: ParsedProject, _ analysis: ProjectAnalysis, buffers: Buffers) {
    let names = Names(parsed, analysis.catalog)
    for (id, found) in analysis.nodes {
      guard let node = parsed.graph.nodes[id] else { continue }
      // A test has no columns that anyone reads: all that it reads decides its rows.
      let isReader = [.test, .analysis, .function].contains(node.kind)
      let columns = isReader ? [] : found.columns
      relations[id] = Relation(
        id: id,
        name: node.name,
        kind: node.kind.rawValue,
        path: node.originalFilePath,
        columns: columns,
        isComplete: found.isComplete,
        rowFingerprint: found.rowFingerprint,
        reads: Set(found.relations.map(names.id)).subtracting([id]).sorted()
      )
      for column in columns {
        add(column.origins, to: Place(relation: id, column: column.name), names)
      }
      add(isReader ? found.reads : found.influences, to: Place(relation: id, column: nil), names)
    }
    addStored(parsed, analysis.catalog, names, buffers)
    for index in upstream.values.indices { upstream.values[index].sort { $0.from < $1.from } }
    for index in downstream.values.indices { downstream.values[index].sort { $0.to < $1.to } }
  }

  private mutating func add(_ origins: [ColumnOrigin], to place: Place, _ names: Names) {
    for origin in origins {
      let from = Place(relation: names.id(of: origin.relation), column: origin.column)
      guard from != place else { continue }
      let edge = Edge(from: from, to: place, kinds: origin.kinds)
      upstream[place, default: []].append(edge)
      downstream[from, default: []].append(edge)
    }
  }

  /// What a view of a migration shows comes from somewhere else.
  private mutating func add(
    _ lineage: ViewLineage,
    of id: String,
    _ fingerprints: ColumnFingerprints?,
    _ names: Names
  ) {
    relations[id]?.reads = Set(lineage.relations.map(names.id)).subtracting([id]).sorted()
    relations[id]?.rowFingerprint = fingerprints?.rows ?? ""
    add(lineage.influences, to: Place(relation: id, column: nil), names)
    let columns = relations[id]?.columns ?? []
    for (index, (column, source)) in zip(columns, lineage.columns).enumerated() {
      relations[id]?.columns[index].origins = source.origins
      relations[id]?.columns[index].fingerprint =
        fingerprints?.fingerprint(of: source.itemName, at: source.item) ?? ""
      add(source.origins, to: Place(relation: id, column: column.name), names)
    }
  }

  /// Sources, tables of migrations, and the columns of tables that models fill.
  private mutating func addStored(
    _ parsed: ParsedProject,
    _ catalog: SymbolicCatalog,
    _ names: Names,
    _ buffers: Buffers
  ) {
    var queries: [TextRange: Query] = [:]
    for statement in parsed.migrations.flatMap(\.statements) {
      guard case .createView(let view) = statement.kind else { continue }
      queries[view.objectName.range] = view.query
    }
    for relation in catalog.relations.values {
      let id = names.id(of: relation.name)
      if let known = relations[id], !known.columns.isEmpty {
        if known.kind == "model", relation.isComplete {
          complete(id, from: relation)
        }
        continue
      }
      let node = parsed.graph.nodes[id]
      let name =
        node?.kind == .source
        ? "\(node?.sourceName ?? "").\(node?.name ?? "")" : node?.name ?? id
      let isView = relation.lineage != nil && relations[id] == nil
      relations[id] = Relation(
        id: id,
        name: name,
        kind: node?.kind.rawValue ?? (isView ? relation.kind.rawValue : "table"),
        path: node?.originalFilePath,
        columns: relation.columns.map {
          NodeColumn(name: $0.name, type: $0.type, isNullable: $0.isNullable, range: $0.range)
        },
        isComplete: relation.isComplete,
        rowFingerprint: ""
      )
      if isView, let lineage = relation.lineage {
        let query = relation.range.flatMap { queries[$0] }
        add(lineage, of: id, query.map { ColumnFingerprints($0, in: buffers) }, names)
      }
    }
  }

  /// A table of a migration has the types, whatever the model gives.
  private mutating func complete(_ id: String, from table: CatalogRelation) {
    guard var relation = relations.removeValue(forKey: id) else { return }
    let stored = Dictionary(table.columns.map { ($0.name, $0) }) { first, _ in first }
    for index in relation.columns.indices {
      guard let column = stored[relation.columns[index].name] else { continue }
      relation.columns[index].type = column.type
      relation.columns[index].isNullable = column.isNullable
    }
    relations[id] = relation
  }

  // MARK: Steps

  /// What a place depends on directly.
  package func parents(of place: Place) -> [Edge] { upstream[place] ?? [] }

  /// What depends on a place directly.
  package func children(of place: Place) -> [Edge] { downstream[place] ?? [] }

  /// The name of a place: `orders.amount`, `orders (rows)`.
  package func name(of place: Place) -> String {
    let name = relations[place.relation]?.name ?? place.relation
    return place.column.map { "\(name).\($0)" } ?? "\(name) (rows)"
  }

  /// Every step that leads to or from some places, however many lie between.
  ///
  /// - Parameters:
  ///   - places: where to begin.
  ///   - isUpstream: whether towards the sources.
  /// - Returns: steps in a stable order, each once.
  package func edges(from places: [Place], isUpstream: Bool) -> [Edge] {
    var seen = Set(places)
    var frontier = places
    var found: [Edge] = []
    while let place = frontier.popLast() {
      for edge in isUpstream ? parents(of: place) : children(of: place) {
        found.append(edge)
        let next = isUpstream ? edge.from : edge.to
        if seen.insert(next).inserted { frontier.append(next) }
      }
    }
    return found.sorted { ($0.to, $0.from) < ($1.to, $1.from) }
  }

  /// Names of relations, and the nodes that they belong to.
  private struct Names {
    private var ids: [SymbolicCatalog.Key: String] = [:]
    private let catalog: SymbolicCatalog

    init(_ parsed: ParsedProject, _ catalog: SymbolicCatalog) {
      self.catalog = catalog
      // A source of the table that a model or a seed fills is that model or seed.
      for (id, node) in parsed.graph.nodes.sorted(by: { $0.key > $1.key }) {
        guard let name = node.relationName, ![.test, .analysis, .function].contains(node.kind)
        else { continue }
        let key = catalog.key(of: name)
        if node.kind == .source, ids[key] != nil { continue }
        ids[key] = id
      }
    }

    func id(of name: RelationName) -> String {
      let key = catalog.key(of: name)
      if let id = ids[key] { return id }
      // What Redshift itself keeps is in no schema of the project.
      if name.schema == nil, catalog[name] == nil { return key.identifier }
      return "\(key.schema).\(key.identifier)"
    }
  }
}
