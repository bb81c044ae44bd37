package import Diagnostics
package import ProjectCompiler
package import RedshiftSQL
package import WarehouseClient

/// Reads, in one query, which relations a database holds.
package enum RelationSnapshot {
  /// Reads the tables and views of some schemas.
  ///
  /// Redshift and PostgreSQL alike; once per run, before compiling, since `is_incremental` and the
  /// materializations both depend on it.
  ///
  /// - Parameters:
  ///   - schemas: the schemas that the project's nodes live in.
  ///   - session: any open session.
  ///   - dialect: which of the two servers it is.
  ///   - includesFunctions: whether functions of users are read, too.
  /// - Returns: the kinds of the relations by name.
  /// - Throws: `statement-failed`, or the code of a lost connection.
  package static func introspect(
    schemas: some Sequence<String>,
    on session: any WarehouseSession,
    dialect: SQLQuoting.Dialect,
    includesFunctions: Bool = false
  ) async throws(Diagnostic) -> ExistingRelations {
    let names = Set(schemas.map { $0.lowercased() }).sorted()
    var existing = ExistingRelations()
    guard !names.isEmpty else { return existing }
    let result: StatementResult
    do {
      result = try await session.execute(
        query(names, dialect, includesFunctions: includesFunctions).string
      )
    } catch {
      throw .statementFailed(error, purpose: "reading which tables and views exist")
    }
    var functions: [RelationName] = []
    for row in result.rows where row.count == 3 {
      guard let schema = row[0], let identifier = row[1] else { continue }
      let name = RelationName(schema: schema, identifier: identifier)
      if row[2] == functionLetter {
        functions.append(name)
      } else if let kind = kind(row[2]) {
        existing[name] = kind
      }
    }
    if includesFunctions { existing.note(functions: functions) }
    return existing
  }

  /// No kind of a relation.
  private static let functionLetter = "F"

  static func query(
    _ schemas: [String],
    _ dialect: SQLQuoting.Dialect,
    includesFunctions: Bool = false
  ) -> SQLText {
    let relations: SQLText = """
      select n.nspname, c.relname, c.relkind
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where lower(n.nspname) in (\(literals: schemas, dialect))
        and c.relkind in ('r', 'p', 'v', 'm')
      """
    guard includesFunctions else { return relations }
    return relations + """

      union all
      select n.nspname, p.proname, '\(verbatim: functionLetter)'
      from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
      where lower(n.nspname) in (\(literals: schemas, dialect))
      """
  }

  private static func kind(_ letter: String?) -> ExistingRelations.Kind? {
    switch letter {
    case "r", "p": .table
    case "v": .view
    case "m": .materializedView
    default: nil
    }
  }
}
