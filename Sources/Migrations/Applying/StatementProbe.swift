import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Asks the catalogue whether a statement took effect whose end nobody heard.
struct StatementProbe {
  enum Outcome: Hashable {
    case done
    case notDone
    /// Nothing in the catalogue tells.
    case unknown
  }

  let database: MigrationDatabase
  let session: any WarehouseSession

  func outcome(of statement: Statement) async throws(Diagnostic) -> Outcome {
    switch statement.kind {
    // To do these again changes nothing that doing them once did not.
    case .vacuum, .analyze, .refresh, .truncate, .use: return .notDone
    case .alterTable(let table): return try await outcome(of: table)
    case .createExternalTable(let table):
      return try await exists(relation: table.name.relation) ? .done : .notDone
    case .createExternalSchema(let schema):
      return try await exists(schema: schema.name.last) ? .done : .notDone
    case .drop(let drop) where drop.kind == .schema:
      for name in drop.names where try await exists(schema: name.last) { return .notDone }
      return .done
    case .createObject(let object) where object.kind == .database:
      return try await exists(database: object.name.last) ? .done : .notDone
    case .dropObject(let drop) where drop.kind == .database:
      for name in drop.names where try await exists(database: name.name.last) { return .notDone }
      return .done
    default: return .unknown
    }
  }

  private func outcome(of table: AlterTable) async throws(Diagnostic) -> Outcome {
    switch table.action {
    case .changeType(let column, let type):
      guard let wanted = type.byteLimit else { return .unknown }
      let length = try await length(of: column.text, in: table.name.relation)
      return length == wanted ? .done : .notDone
    case .append(let source, _, _):
      // APPEND empties its source as a whole, and to append nothing changes nothing.
      let found = try await database.execute(
        "select count(*) from \(source.relation.sql)",
        session
      )
      return found.rows.first?.first == "0" ? .done : .notDone
    case .changeEncoding, .changeLayout: return .notDone
    default: return .unknown
    }
  }

  // MARK: The catalogue

  private func counts(_ query: String) async throws(Diagnostic) -> Bool {
    let found = try await database.execute(query, session)
    return found.rows.first?.first != "0"
  }

  private func literal(_ text: String) -> String { database.history.literal(text) }

  private func exists(schema: String) async throws(Diagnostic) -> Bool {
    try await counts(
      "select count(*) from pg_catalog.pg_namespace where nspname = \(literal(schema))"
    )
  }

  private func exists(database name: String) async throws(Diagnostic) -> Bool {
    try await counts(
      "select count(*) from pg_catalog.pg_database where datname = \(literal(name))"
    )
  }

  private func exists(relation: RelationName) async throws(Diagnostic) -> Bool {
    let schema = relation.schema ?? database.settings.defaultSchema
    if database.history.dialect == .redshift {
      return try await counts(
        "select count(*) from svv_external_tables where schemaname = \(literal(schema)) "
          + "and tablename = \(literal(relation.identifier))"
      )
    }
    return try await counts(
      """
      select count(*) from pg_catalog.pg_class c \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      where n.nspname = \(literal(schema)) and c.relname = \(literal(relation.identifier))
      """
    )
  }

  /// The bytes that a VARCHAR column holds.
  private func length(
    of column: String,
    in table: RelationName
  ) async throws(Diagnostic) -> Int? {
    let schema = table.schema ?? database.settings.defaultSchema
    let found = try await database.execute(
      """
      select character_maximum_length from information_schema.columns \
      where table_schema = \(literal(schema)) and table_name = \(literal(table.identifier)) \
      and column_name = \(literal(column))
      """,
      session
    )
    return found.rows.first?.first.flatMap { $0 }.flatMap { Int($0) }
  }
}
