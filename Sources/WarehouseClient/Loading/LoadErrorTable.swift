import RedshiftSQL

/// The table that keeps records that could not be loaded, shaped as SYS_LOAD_ERROR_DETAIL.
struct LoadErrorTable: Sendable {
  private let storage: LoadTable

  init(schema: String) {
    storage = LoadTable(
      schema: schema,
      identifier: "load_errors",
      columns: """
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
        """
    )
  }

  var name: String { storage.name }

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
    try await storage.create(on: session)
    var start = 0
    while start < errors.count {
      let end = min(start + 200, errors.count)
      let rows = errors[start..<end].map { error in
        let column = error.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil }
        let values = [
          storage.literal(invocation),
          "pg_catalog.timezone('UTC', pg_catalog.statement_timestamp())",
          storage.literal(table), storage.literal(error.path), "\(error.lineNumber)",
          storage.literal(column?.name),
          storage.literal(column?.type.name), storage.literal(column?.type.lengthText),
          "\(error.position)",
          "\(error.code)", storage.literal(error.reason),
          storage.literal(Self.readable(error.rawField)),
          storage.literal(Self.readable(error.rawLine)),
        ]
        return "(" + values.joined(separator: ", ") + ")"
      }
      _ = try await session.execute(
        "INSERT INTO \(storage.quotedName) VALUES\n" + rows.joined(separator: ",\n")
      )
      start = end
    }
  }

  func create(on session: any WarehouseSession) async throws(WarehouseError) {
    try await storage.create(on: session)
  }

  /// Answers whether the table is there.
  func exists(on session: any WarehouseSession) async throws(WarehouseError) -> Bool {
    let result = try await session.execute(
      "SELECT to_regclass(\(storage.literal(storage.quotedName))) IS NULL"
    )
    return result.rows.first?.first == "f"
  }

  /// Text that a server can store, whatever the bytes were.
  static func readable(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
  }
}
