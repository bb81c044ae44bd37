package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What was changed by hand.
package struct SchemaDrift: Sendable {
  package var differences: [CatalogComparison.Difference] = []
  /// Statements that make the database as the files say, in an order in which they can run.
  package var repair: [String] = []
  /// Views that no migration makes and that stand on what the repair alters, with what they read.
  package var foreignViews: [ForeignView] = []
  /// What could not be found out.
  package var problems: [Diagnostic] = []

  package struct ForeignView: Hashable, Sendable {
    package var name: String
    package var bases: [String]
  }

  /// That views are in the way of the repair; nil where none is.
  package var obstacle: Diagnostic? {
    foreignViews.isEmpty ? nil : .viewsInTheWayOfRepair(foreignViews)
  }
}

extension Migrator {
  /// Compares the database with what the migrations that it has say.
  ///
  /// - Returns: in what the two differ; nothing of relations that migrations do not make.
  package func drift() async throws(Diagnostic) -> SchemaDrift {
    try await database.withSession { session throws(Diagnostic) in
      try await drift(session)
    }
  }

  func drift(_ session: any WarehouseSession) async throws(Diagnostic) -> SchemaDrift {
    let live = try await LiveDefinitions(database, session)
    let parts = try await driftParts(live, try await states(session), session, mayWrite: true)
    let repair = ViewRepair(expected: parts.expected, actual: parts.actual)
      .script(parts.differences)
    let statements = parsed(repair)
    let foreign = try await ViewKeeper(self, owned: owned([]), pending: [])
      .views(inTheWayOf: statements, session)
    return SchemaDrift(
      differences: parts.differences,
      repair: repair,
      foreignViews: foreign.map {
        SchemaDrift.ForeignView(name: $0.key, bases: $0.bases.sorted())
      },
      problems: parts.unknown.isEmpty ? [] : [.notCompared(parts.unknown.map(\.description))]
    )
  }

  /// A repair, read.
  func parsed(_ repair: [String]) -> [Statement] {
    guard !repair.isEmpty else { return [] }
    let buffer = buffers.add(name: "<repair>", text: repair.joined(separator: "\n"))
    return SQLParser.parse(buffer, in: buffers).statements
  }

  /// The statements of what is applied, file by file; the history has those that files do not have
  /// any more, as far as they were no templates.
  func appliedStatements(
    _ states: [MigrationState],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [[Statement]] {
    var applied: [[Statement]] = []
    for state in states.filter({ $0.applied != nil }).inOrderOfApplication {
      if state.kind == .changed || state.script == nil {
        var text = state.appliedText
        if text == nil, let checksum = state.applied?.normalizedChecksum, !checksum.isEmpty {
          text = try await database.body(checksum, session)
        }
        if let text, !text.contains("{{"), !text.contains("{%"), !text.contains("{#") {
          let buffer = buffers.add(name: state.path, text: text)
          applied.append(SQLParser.parse(buffer, in: buffers).statements)
          continue
        }
      }
      if let script = state.script { applied.append(script.statements) }
    }
    return applied
  }

  /// What files say beside what the database has.
  struct DriftParts: Sendable {
    var expected: SchemaDefinition
    var actual: SchemaDefinition
    var differences: [CatalogComparison.Difference]
    /// Objects that could not be compared.
    var unknown: [RelationName]
  }

  func driftParts(
    _ live: LiveDefinitions,
    _ standing: Standing,
    _ session: any WarehouseSession,
    mayWrite: Bool
  ) async throws(Diagnostic) -> DriftParts {
    let applied = try await appliedStatements(standing.states, session)
    var expected = SchemaDefinition(defaultSchema: settings.defaultSchema)
    for statements in applied {
      expected.beginFile(defaultSchema: settings.defaultSchema)
      for statement in statements { expected.apply(statement, buffers) }
    }
    expected.beginFile(defaultSchema: settings.defaultSchema)
    let actual = live.definition()
    let missing = Whereabouts.missingSchemas(expected, actual)
    let columns = try await comparison(
      from: applied.flatMap { $0 },
      kinds: actual.kinds(live),
      // Whoever has renamed a schema has its tables under another name.
      besides: missing.isEmpty ? [] : actual.schemaNames.union(actual.tables.keys.map(\.schema)),
      session
    )
    let whereabouts = Whereabouts(
      expected: expected,
      actual: actual,
      comparison: columns,
      built: settings.builtRelations()
    )
    var differences = columns.differences
    let comparison = DefinitionComparison(
      expected: expected,
      live: live,
      actual: actual,
      spelling: mayWrite ? ServerSpelling(database, session) : nil,
      dialect: database.warehouse.dialect,
      recorded: RecordedViews(
        log: standing.log,
        dated: expected.remadeViews.union(
          expected.outdatedViews(in: buffers).map { expected.catalog.key(of: $0.name) }
        ),
        owned: owned(standing.states),
        database: database,
        session: session
      ),
      whereabouts: whereabouts
    )
    let more = try await comparison.differences()
    // A missing view is told once, with the statement that makes it.
    let told = Set(more.filter { $0.kind == .missingRelation }.map(\.relation))
    differences.removeAll { $0.kind == .missingRelation && told.contains($0.relation) }
    // A column that is added has all that its CREATE TABLE says: much of it cannot be said later.
    for index in differences.indices where differences[index].kind == .missingColumn {
      let relation = differences[index].relation
      guard !differences[index].repair.isEmpty, differences[index].nameFound == nil,
        let column = expected.tables[expected.catalog.key(of: relation)]?.columns
          .first(where: { $0.name == differences[index].column })
      else { continue }
      differences[index].repair = ["alter table \(relation.sql) add column \(column.sql);"]
    }
    differences += more.filter { !$0.isUnknown }
    whereabouts.complete(&differences)
    return DriftParts(
      expected: expected,
      actual: actual,
      differences: differences,
      unknown: more.filter(\.isUnknown).map(\.relation)
    )
  }

  /// Compares the database with what statements come to.
  func differences(
    from statements: [Statement],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [CatalogComparison.Difference] {
    try await comparison(from: statements, session).differences
  }

  private func comparison(
    from statements: [Statement],
    kinds: [SymbolicCatalog.Key: CatalogRelation.Kind] = [:],
    besides schemas: Set<String> = [],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> CatalogComparison {
    var catalog = SymbolicCatalog(defaultSchema: settings.defaultSchema)
    var derived: Set<SymbolicCatalog.Key> = []
    for statement in statements {
      catalog.apply(statement, buffers: buffers)
      follow(statement, catalog, &derived)
    }
    let schemas = schemas.union(catalog.relations.keys.map(\.schema)).sorted()
    var actual: [SymbolicCatalog.Key: [ActualColumn]] = [:]
    if !schemas.isEmpty {
      let query = ActualColumn.query(schemas: schemas, quoting: database.history.literal)
      for row in try await database.execute(query, session).rows {
        guard let column = ActualColumn(row), let schema = row[0], let name = row[1] else {
          continue
        }
        actual[SymbolicCatalog.Key(schema: schema, identifier: name), default: []].append(column)
      }
    }
    return CatalogComparison(
      expected: catalog,
      actual: actual,
      derived: derived,
      kinds: kinds,
      changesColumns: database.warehouse.dialect == .postgres
    )
  }

  /// Remembers tables whose columns have the types of expressions.
  private func follow(
    _ statement: Statement,
    _ catalog: SymbolicCatalog,
    _ derived: inout Set<SymbolicCatalog.Key>
  ) {
    switch statement.kind {
    case .createTableAs(let table): derived.insert(catalog.key(of: table.name))
    case .createTable(let table):
      derived.remove(catalog.key(of: table.name))
      for element in table.elements {
        guard case .like(let other, _) = element.kind,
          derived.contains(catalog.key(of: other.relation))
        else { continue }
        derived.insert(catalog.key(of: table.name))
      }
    case .query(let query):
      if case .select(let select) = query.body.kind, let into = select.into {
        derived.insert(catalog.key(of: into.name.relation))
      }
    case .alterTable(let table):
      guard case .rename(let new) = table.action,
        derived.remove(catalog.key(of: table.name.relation)) != nil
      else { return }
      var name = table.name.relation
      name.identifier = new.text
      derived.insert(catalog.key(of: name))
    case .alterSchema(let schema):
      guard case .rename(let new) = schema.action else { return }
      for key in derived where key.schema == schema.name.text.lowercased() {
        derived.remove(key)
        derived.insert(SymbolicCatalog.Key(schema: new.text, identifier: key.identifier))
      }
    default: return
    }
  }
}

extension SchemaDefinition {
  /// What relations of a database are.
  fileprivate func kinds(_ live: LiveDefinitions) -> [Key: CatalogRelation.Kind] {
    var kinds = tables.mapValues { _ in CatalogRelation.Kind.table }
    for (key, view) in live.views { kinds[key] = view.isMaterialized ? .materializedView : .view }
    return kinds
  }
}
