import RedshiftSQL

/// The table that keeps records that could not be loaded, shaped as SYS_LOAD_ERROR_DETAIL.
struct LoadErrorTable: Sendable {
  let schema: String

  var name: String { "\(schema).load_errors" }

  private var quotedName: String {
    SQLQuoting.identifier(schema) + "." + SQLQuoting.identifier("load_errors")
  }

  private var definition: String {
    """
    CREATE SCHEMA IF NOT EXISTS \(SQLQuoting.identifier(schema));
    CREATE TABLE IF NOT EXISTS \(quotedName) (
      invocation_id varchar(64),
      started_at timestamp NOT NULL,
      table_name varchar(256) NOT NULL,
      file_name varchar(1024) NOT NULL,
      line_number bigint NOT NULL,
      column_name varchar(127),
      column_type varchar(64),
      column_length varchar(10),
      position integer,
      error_code integer NOT NULL,
      error_message varchar(512) NOT NULL,
      raw_field_value varchar(4096),
      raw_line varchar(4096)
    )
    """
  }

  /// Adds errors in one transaction of its own.
  ///
  /// - Parameters:
  ///   - errors: what to add.
  ///   - table: the table that was being loaded.
  ///   - columns: the columns that were being loaded.
  ///   - invocation: names the run.
  ///   - session: whose transaction will last, unlike that of a failed load.
  /// - Throws: what the server says.
  func record(
    _ errors: [LoadError],
    table: String,
    columns: [TargetColumn],
    invocation: String?,
    session: any WarehouseSession
  ) async throws(WarehouseError) {
    guard !errors.isEmpty else { return }
    try await create(on: session)
    var start = 0
    while start < errors.count {
      let end = min(start + 200, errors.count)
      let rows = errors[start..<end].map { error in
        let column = error.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil }
        let values = [
          literal(invocation), "pg_catalog.timezone('UTC', pg_catalog.statement_timestamp())",
          literal(table), literal(error.path), "\(error.lineNumber)", literal(column?.name),
          literal(column?.type.name), literal(column?.type.lengthText), "\(error.position)",
          "\(error.code)", literal(error.reason), literal(Self.readable(error.rawField)),
          literal(Self.readable(error.rawLine)),
        ]
        return "(" + values.joined(separator: ", ") + ")"
      }
      _ = try await session.execute(
        "INSERT INTO \(quotedName) VALUES\n" + rows.joined(separator: ",\n")
      )
      start = end
    }
  }

  /// Answers whether the table is there.
  func exists(on session: any WarehouseSession) async throws(WarehouseError) -> Bool {
    let result = try await session.execute("SELECT to_regclass(\(literal(quotedName))) IS NULL")
    return result.rows.first?.first == "f"
  }

  func create(on session: any WarehouseSession) async throws(WarehouseError) {
    do throws(WarehouseError) {
      _ = try await session.execute(definition)
    } catch {
      // Two sessions that create the same thing at once collide in the catalog; it exists then.
      guard error.sqlState == "23505" || error.sqlState == "42P06" || error.sqlState == "42P07"
      else { throw error }
      _ = try await session.execute(definition)
    }
  }

  private func literal(_ text: String?) -> String {
    text.map { SQLQuoting.literal($0, for: .postgres) } ?? "NULL"
  }

  /// Text that a server can store, whatever the bytes were.
  static func readable(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
  }
}
