package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Compares the database with what the migrations that it has say.
  ///
  /// - Returns: in what the two differ; nothing of relations that migrations do not make.
  package func drift() async throws(Diagnostic) -> [CatalogComparison.Difference] {
    try await database.withSession { session throws(Diagnostic) in
      try await differences(session)
    }
  }

  func differences(
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [CatalogComparison.Difference] {
    let states = try await states(session).states
    let applied = states.filter { $0.applied != nil && $0.script != nil }
      .inOrderOfApplication
    return try await differences(from: applied.flatMap { $0.script?.statements ?? [] }, session)
  }

  /// Compares the database with what statements come to.
  func differences(
    from statements: [Statement],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [CatalogComparison.Difference] {
    var catalog = SymbolicCatalog(defaultSchema: settings.defaultSchema)
    var derived: Set<SymbolicCatalog.Key> = []
    for statement in statements {
      catalog.apply(statement, buffers: buffers)
      follow(statement, catalog, &derived)
    }
    return try await comparison(with: catalog, derived, session).differences
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
        guard case .like(let other) = element.kind,
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
    default: return
    }
  }

  private func comparison(
    with catalog: SymbolicCatalog,
    _ derived: Set<SymbolicCatalog.Key>,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> CatalogComparison {
    let schemas = Set(catalog.relations.keys.map(\.schema)).sorted()
    guard !schemas.isEmpty else {
      return CatalogComparison(expected: catalog, actual: [:], derived: derived)
    }
    let query = ActualColumn.query(schemas: schemas, quoting: database.history.literal)
    var actual: [SymbolicCatalog.Key: [ActualColumn]] = [:]
    for row in try await database.execute(query, session).rows {
      guard let column = ActualColumn(row), let schema = row[0], let name = row[1] else { continue }
      actual[SymbolicCatalog.Key(schema: schema, identifier: name), default: []].append(column)
    }
    return CatalogComparison(expected: catalog, actual: actual, derived: derived)
  }
}
