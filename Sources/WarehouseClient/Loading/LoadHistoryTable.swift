import RedshiftSQL

/// One COPY as the history keeps it.
struct LoadRecord: Sendable {
  var table: String
  var source: String
  var format: String
  var files = 0
  var bytes = 0
  var rows = 0
  var errors = 0
  /// Why it failed; nil when it did not.
  var failure: String?
}

/// The table that keeps what was loaded, shaped as SYS_LOAD_HISTORY.
///
/// As on Redshift, a load stays in it whatever becomes of the transaction that it was in.
struct LoadHistoryTable: Sendable {
  private let storage: LoadTable

  init(schema: String) {
    storage = LoadTable(
      schema: schema,
      identifier: "load_history",
      columns: """
        invocation_id varchar(64),
        user_name varchar(128) NOT NULL,
        start_time timestamp NOT NULL,
        end_time timestamp NOT NULL,
        duration bigint NOT NULL,
        status varchar(10) NOT NULL,
        table_name varchar(256) NOT NULL,
        data_source varchar(1024) NOT NULL,
        file_format varchar(16) NOT NULL,
        source_file_count bigint NOT NULL,
        source_file_bytes bigint NOT NULL,
        loaded_rows bigint NOT NULL,
        error_count bigint NOT NULL,
        error_message varchar(1024)
        """
    )
  }

  var name: String { storage.name }

  /// Adds a load.
  ///
  /// - Parameters:
  ///   - record: the load.
  ///   - duration: how long it took, in microseconds.
  ///   - invocation: names the run.
  ///   - session: whose transaction will last.
  /// - Throws: what the server says.
  func add(
    _ record: LoadRecord,
    duration: Int,
    invocation: String?,
    session: any WarehouseSession
  ) async throws(WarehouseError) {
    let now = "pg_catalog.timezone('UTC', pg_catalog.clock_timestamp())"
    let values = [
      storage.literal(invocation), "current_user",
      "\(now) - \(duration) * interval '1 microsecond'", now,
      "\(duration)", storage.literal(record.failure == nil ? "completed" : "aborted"),
      storage.literal(cut(record.table, 256)), storage.literal(cut(record.source, 1024)),
      storage.literal(record.format),
      "\(record.files)", "\(record.bytes)", "\(record.rows)", "\(record.errors)",
      storage.literal(record.failure.map { cut($0, 1024) }),
    ]
    let insertion = "INSERT INTO \(storage.quotedName) VALUES (\(values.joined(separator: ", ")))"
    do throws(WarehouseError) {
      _ = try await session.execute(insertion)
    } catch {
      // Its schema or the table itself is not there.
      guard error.sqlState == "42P01" || error.sqlState == "3F000" else { throw error }
      try await storage.create(on: session)
      _ = try await session.execute(insertion)
    }
  }

  /// At most so many bytes, at a whole character.
  private func cut(_ text: String, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var end = text.startIndex
    while end < text.endIndex {
      let next = text.index(after: end)
      guard text.utf8.distance(from: text.startIndex, to: next) <= limit else { break }
      end = next
    }
    return String(text[..<end])
  }
}
