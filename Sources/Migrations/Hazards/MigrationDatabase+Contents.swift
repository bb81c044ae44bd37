import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension MigrationDatabase {
  /// What the database has of relations, and which functions its users have made.
  ///
  /// - Parameters:
  ///   - names: relations, `schema.name` each.
  ///   - session: where to ask.
  /// - Returns: nothing of relations that are not there.
  /// - Throws: errors of the database.
  func contents(
    of names: Set<String>,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> DatabaseContents {
    var columns: [SymbolicCatalog.Key: [String]] = [:]
    if !names.isEmpty {
      for row in try await execute(history.columnsQuery(of: names.sorted()), session).rows {
        guard row.count == 3, let schema = row[0], let relation = row[1], let column = row[2] else {
          continue
        }
        let key = SymbolicCatalog.Key(schema: schema, identifier: relation)
        columns[key, default: []].append(column.lowercased())
      }
    }
    let functions = try await execute(history.functionsQuery, session).rows
      .compactMap { $0.first.flatMap { $0 }?.lowercased() }
    return DatabaseContents(columns: columns, functions: Set(functions))
  }
}

extension MigrationHistory {
  /// Rows of schema, relation and column of the relations with some names, in order.
  func columnsQuery(of names: [String]) -> String {
    let wanted = names.map { literal($0) }.joined(separator: ", ")
    return """
      select n.nspname, c.relname, a.attname from pg_catalog.pg_attribute a \
      join pg_catalog.pg_class c on c.oid = a.attrelid \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') \
      and lower(n.nspname || '.' || c.relname) in (\(wanted)) order by 1, 2, a.attnum
      """
  }

  /// The functions that are neither the server's nor redstart's own.
  var functionsQuery: String {
    """
    select distinct p.proname from pg_catalog.pg_proc p \
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace \
    where n.nspname not in ('pg_catalog', 'information_schema', \
    \(literal(PostgresShims.schema)))
    """
  }
}
