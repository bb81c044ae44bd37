import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Refuses to begin where the history is empty and the database is not.
  ///
  /// A history that was dropped, or a database that was there before redstart, would fail in the
  /// middle, or worse: succeed.
  func checkFirstRun(
    _ standing: Standing,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    guard standing.log.events.allSatisfy({ $0.kind == .callback }) else { return }
    var names: [RelationName: String] = [:]
    var dropped: Set<RelationName> = []
    for script in scripts where script.kind == .versioned {
      for statement in script.statements {
        switch statement.kind {
        case .createTable(let table) where !table.allowsExisting && !table.isTemporary:
          note(table.name, script, dropped, &names)
        case .createTableAs(let table) where !table.allowsExisting && !table.isTemporary:
          note(table.name, script, dropped, &names)
        case .drop(let drop): for name in drop.names { dropped.insert(name.relation) }
        default: break
        }
      }
    }
    guard !names.isEmpty else { return }
    let found = try await database.execute(
      """
      select n.nspname, c.relname from pg_catalog.pg_class c \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      """,
      session
    )
    let present = Set(
      found.rows.map { RelationName(schema: $0.first ?? nil, identifier: ($0.last ?? nil) ?? "") }
    )
    let both = names.keys.filter(present.contains).sorted { $0.description < $1.description }
    guard let first = both.first, let path = names[first] else { return }
    throw .historyMissing(both.map(\.description), path: path)
  }

  private func note(
    _ name: RelationName,
    _ script: MigrationScript,
    _ dropped: Set<RelationName>,
    _ names: inout [RelationName: String]
  ) {
    guard !dropped.contains(name), !name.identifier.hasPrefix("#") else { return }
    let schema = name.schema ?? settings.defaultSchema
    names[RelationName(schema: schema, identifier: name.identifier)] = script.path
  }
}
