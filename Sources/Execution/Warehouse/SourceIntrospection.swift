package import Diagnostics
package import ProjectModel
package import RedshiftSQL
package import WarehouseClient

/// Reads, in one query, the columns of tables that the project does not make.
package enum SourceIntrospection {
  /// Reads the columns of every table and view of some schemas.
  ///
  /// - Parameters:
  ///   - schemas: the schemas of the project's sources.
  ///   - session: any open session.
  ///   - dialect: which of the two servers it is.
  /// - Returns: columns in order, by `schema.table` in lower case.
  /// - Throws: `statement-failed`, or the code of a lost connection.
  package static func columns(
    schemas: some Sequence<String>,
    on session: any WarehouseSession,
    dialect: SQLQuoting.Dialect
  ) async throws(Diagnostic) -> SourceLock {
    let names = Set(schemas.map { $0.lowercased() }).sorted()
    var lock = SourceLock()
    guard !names.isEmpty else { return lock }
    let result: StatementResult
    do {
      result = try await session.execute(query(names, dialect).string)
    } catch {
      throw .statementFailed(error, purpose: "reading the columns of sources")
    }
    for row in result.rows where row.count == 8 {
      guard let schema = row[0], let table = row[1], let column = row[2], let type = row[3] else {
        continue
      }
      lock.relations["\(schema).\(table)".lowercased(), default: []].append(
        SourceLock.Column(
          name: column.lowercased(),
          type: spelling(type, length: row[4], precision: row[5], scale: row[6]),
          isNullable: row[7]?.uppercased() != "NO"
        )
      )
    }
    return lock
  }

  /// SVV_COLUMNS knows external tables and late-binding views as well.
  static func query(_ schemas: [String], _ dialect: SQLQuoting.Dialect) -> SQLText {
    let columns: SQLText = """
      select table_schema, table_name, column_name, data_type, character_maximum_length,
        numeric_precision, numeric_scale, is_nullable
      """
    let rest: SQLText = """
      where lower(table_schema) in (\(literals: schemas, dialect))
      order by table_schema, table_name, ordinal_position
      """
    return switch dialect {
    case .redshift: "\(columns)\nfrom svv_columns\n\(rest)"
    case .postgres: "\(columns)\nfrom information_schema.columns\n\(rest)"
    }
  }

  /// A type in Redshift's words.
  static func spelling(
    _ type: String,
    length: String?,
    precision: String?,
    scale: String?
  ) -> String {
    switch type.lowercased() {
    case "character varying", "varchar": length.map { "varchar(\($0))" } ?? "varchar(65535)"
    case "character", "char", "bpchar": length.map { "char(\($0))" } ?? "char(1)"
    case "text": "varchar(65535)"
    case "numeric", "decimal":
      precision.map { "decimal(\($0),\(scale ?? "0"))" } ?? "decimal(38,10)"
    case "timestamp without time zone": "timestamp"
    case "timestamp with time zone": "timestamptz"
    case "time without time zone": "time"
    case "time with time zone": "timetz"
    case "jsonb", "json": "super"
    case "bytea", "binary varying": "varbyte"
    case let other: other
    }
  }
}
