import Diagnostics
import ProjectModel
import RedshiftSQL

/// Relations whose making is not part of migrations and nodes.
struct UnseenRelations {
  /// Those that hooks make.
  var names: [RelationName] = []
  /// Functions that hooks make, by their last name.
  var functions: Set<String> = []
  /// Whether a procedure may make others, of which nothing is known.
  var isOpen: Bool
  /// Procedures that hooks and scripts around migrations call.
  var calls: [ObjectName] = []
  /// Whether something beside the migrations may make procedures.
  var mayMakeProcedures = false
}

/// Makes the catalog that models are checked against, from text alone.
struct CatalogBuilder {
  let parsed: ParsedProject
  let buffers: Buffers
  let types: DeclaredTypes

  var graph: Graph { parsed.graph }

  /// The schema of names that have none.
  var defaultSchema: String {
    parsed.project.configuration.migrationsSchema ?? parsed.project.target.schema
  }

  /// Relations of nodes as `schema.name`, in lower case.
  var relationsOfNodes: Set<String> {
    var names: Set<String> = []
    for node in Array(graph.nodes.values) + parsed.disabled where node.kind != .function {
      if let name = node.relationName { names.insert(MigrationScript.key(name)) }
    }
    return names
  }

  /// Adds what is there beside migrations: sources, and a place for each model and seed.
  ///
  /// Models and seeds have no known columns until they are analysed; so a name that no reference
  /// orders after its model is never an error.
  func complete(_ catalog: inout SymbolicCatalog) {
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id], let name = node.relationName else { continue }
      if node.kind == .function {
        add(function: node, &catalog)
        continue
      }
      guard !parsed.migrated.contains(id) else { continue }
      switch node.kind {
      // What a migration took away is gone, whoever declares it.
      case .source where catalog.removal(of: name) == nil: catalog.add(source(node, name))
      case .model, .seed, .snapshot: catalog.add(placeholder(node, name))
      default: break
      }
    }
    for node in parsed.disabled where node.kind != .function {
      guard let name = node.relationName, catalog[name] == nil else { continue }
      catalog.add(placeholder(node, name))
    }
    // Of an earlier run it is known that it made them, and not what they hold now.
    for place in (parsed.environment.deferral?.places ?? [:]).values {
      addUnknown(place.relation.name, &catalog)
    }
  }

  /// What hooks of the project and of nodes make, and whether something makes what cannot be seen.
  func unseen(_ hooks: [BufferID], headers: [BufferID]) -> UnseenRelations {
    var unseen = UnseenRelations(isOpen: false)
    for statement in headers.flatMap({ SQLParser.parse($0, in: buffers).statements }) {
      switch statement.kind {
      case .createTable(let table) where !table.isTemporary: unseen.names.append(table.name)
      case .createTableAs(let table) where !table.isTemporary: unseen.names.append(table.name)
      case .createView(let view): unseen.names.append(view.name)
      default: break
      }
    }
    for statement in hooks.flatMap({ SQLParser.parse($0, in: buffers).statements }) {
      switch statement.kind {
      case .createTable(let table): unseen.names.append(table.name)
      case .createTableAs(let table): unseen.names.append(table.name)
      case .createView(let view): unseen.names.append(view.name)
      case .createRoutine(let routine): unseen.functions.insert(routine.name.last)
      case .call(let call):
        unseen.isOpen = true
        unseen.calls.append(call.name)
      default: break
      }
    }
    notePossibleProcedures(hooks, in: &unseen)
    return unseen
  }

  /// Closes the schemas that nothing unseen can have put a relation into.
  ///
  /// - Parameters:
  ///   - catalog: gets the relations that hooks make, whose columns depend on when they run.
  ///   - replay: the migrations.
  func close(_ catalog: inout SymbolicCatalog, _ replay: MigrationReplay) {
    for name in replay.unseen.names { addUnknown(name, &catalog) }
    catalog.closedSchemas =
      replay.unseen.isOpen || replay.callsProcedures ? [] : catalog.ownSchemas
  }

  /// What a function returns is known before its text: its properties file says it.
  private func add(function node: Node, _ catalog: inout SymbolicCatalog) {
    if let statement = FunctionStatement(node: node, buffers: buffers).signature() {
      catalog.apply(statement, buffers: buffers)
    } else {
      catalog.functions.insert((node.alias ?? node.name).lowercased())
    }
  }

  private func addUnknown(_ name: RelationName, _ catalog: inout SymbolicCatalog) {
    guard catalog[name] == nil else { return }
    catalog.add(CatalogRelation(name: plain(name), kind: .table, columns: [], isComplete: false))
  }

  private func placeholder(_ node: Node, _ name: RelationName) -> CatalogRelation {
    CatalogRelation(
      name: plain(name),
      kind: node.config["materialized"]?.string == "view" ? .view : .table,
      columns: declared(node),
      isComplete: false
    )
  }

  /// A source's columns: as they were read from the warehouse, or as they are declared.
  private func source(_ node: Node, _ name: RelationName) -> CatalogRelation {
    if let locked = parsed.project.sourceLock.relations[MigrationScript.key(name)] {
      return CatalogRelation(
        name: plain(name),
        kind: .table,
        columns: locked.map {
          CatalogColumn(
            name: $0.name,
            type: types.type($0.type) ?? .unknown,
            isNullable: $0.isNullable
          )
        }
      )
    }
    let columns = declared(node)
    return CatalogRelation(
      name: plain(name),
      kind: .table,
      columns: columns,
      isComplete: !columns.isEmpty && columns.allSatisfy { $0.type != .unknown }
    )
  }

  /// Columns as a properties file has them.
  func declared(_ node: Node) -> [CatalogColumn] {
    node.columns.map { column in
      CatalogColumn(
        name: column.name.lowercased(),
        type: column.dataType.flatMap(types.type) ?? .unknown,
        range: column.range
      )
    }
  }

  /// The relation of a node whose columns are known, with its keys as configured.
  func relation(
    _ node: Node,
    _ name: RelationName,
    columns: [NodeColumn],
    isComplete: Bool
  ) -> CatalogRelation {
    var relation = CatalogRelation(
      name: plain(name),
      kind: node.config["materialized"]?.string == "view" ? .view : .table,
      columns: [],
      isComplete: isComplete
    )
    // Two columns of one name are wrong in the node, not in those that read it.
    var names: Set<String> = []
    for column in columns where names.insert(column.name).inserted {
      relation.columns.append(
        CatalogColumn(
          name: column.name,
          type: column.type.stored,
          isNullable: column.isNullable
        )
      )
    }
    guard relation.kind == .table else { return relation }
    switch node.config["dist"]?.string?.lowercased() {
    case nil: break
    case "auto"?: relation.distribution = .automatic
    case "even"?: relation.distribution = .even
    case "all"?: relation.distribution = .all
    case let column?: relation.distribution = .key(column)
    }
    switch node.config["sort"] {
    case .string(let column)?: relation.sortKey = [column.lowercased()]
    case .list(let items)?: relation.sortKey = items.compactMap { $0.string?.lowercased() }
    default: break
    }
    relation.isInterleaved = node.config["sort_type"]?.string == "interleaved"
    return relation
  }

  /// Adds columns that a snapshot's table has kept from the time when its query gave them: those
  /// that a properties file describes with their type.
  func addKept(_ node: Node, to relation: inout CatalogRelation) {
    for column in declared(node) where column.type != .unknown {
      if relation.column(column.name) == nil { relation.columns.append(column) }
    }
  }

  /// The name as the catalog has it: without the database.
  func plain(_ name: RelationName) -> RelationName {
    RelationName(schema: name.schema, identifier: name.identifier)
  }
}
