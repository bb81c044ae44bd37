import RedshiftSQL
import WarehouseClient

/// The SQL of what a database remembers of migrations: an append-only log of events.
///
/// Redshift enforces no keys and has no upsert, so rows are only added, state is derived when they
/// are read, and readers tolerate duplicates. Everything here keeps to what Redshift and
/// PostgreSQL understand alike, and names its schema, whatever the search path.
struct MigrationHistory: Sendable {
  /// The layout that this program writes; `migration_meta` says which one a database has.
  static let layout = 2

  let schema: String
  let dialect: SQLQuoting.Dialect

  var eventTable: String { table("migration_event") }
  var bodyTable: String { table("migration_body") }
  var leaseTable: String { table("migration_lease") }
  var metaTable: String { table("migration_meta") }
  /// What the first version locked; the lease took its place.
  var formerLockTable: String { table("migration_lock") }

  private func table(_ name: String) -> String {
    RelationName(schema: schema, identifier: name).sql
  }

  // MARK: Writing

  /// The statement that records an event.
  ///
  /// - Parameters:
  ///   - event: what happened.
  ///   - project: whose migration it is.
  ///   - origin: who runs it.
  ///   - hasClock: whether the transaction began with `beginsClock`.
  /// - Returns: an INSERT.
  func insertion(
    of event: HistoryEvent,
    project: String,
    origin: Origin,
    hasClock: Bool = false
  ) -> String {
    var values: [(String, String)] = [
      ("seq", String(event.sequence)),
      ("run_id", literal(event.runID)),
      ("project", literal(project, limit: 128)),
      ("version", event.version.isEmpty ? "null" : literal(event.version, limit: 64)),
      ("name", literal(event.name, limit: 256)),
      ("kind", literal(event.kind.rawValue)),
      ("event", literal(event.step.rawValue)),
      ("path", literal(event.path, limit: 1024)),
      ("source_sha", literal(event.sourceChecksum)),
      ("norm_sha", literal(event.normalizedChecksum)),
      ("rendered_sha", literal(event.renderedChecksum)),
      ("stmt_done", String(event.statementsDone)),
      ("stmt_total", String(event.statementCount)),
      ("tx_mode", literal(event.transactionMode)),
      ("started_at", literal(event.startedAt)),
      ("ended_at", now),
      ("ms", event.milliseconds.map(String.init) ?? elapsedMilliseconds(hasClock)),
      ("db_user", "current_user"),
      ("os_user", literal(origin.userName, limit: 128)),
      ("host", literal(origin.hostName, limit: 256)),
      ("backend_pid", "pg_backend_pid()"),
      ("tool_version", literal(origin.toolVersion, limit: 32)),
    ]
    if let checksum = event.previousChecksum { values.append(("prev_sha", literal(checksum))) }
    if let checksum = event.prefixChecksum { values.append(("stmt_sha", literal(checksum))) }
    if let failure = event.failure {
      if let state = failure.sqlState { values.append(("sqlstate", literal(state, limit: 8))) }
      values.append(("error", literal(failure.message, limit: 8000)))
      if let line = failure.line { values.append(("error_line", String(line))) }
    }
    if let note = event.note { values.append(("note", literal(note, limit: 1024))) }
    if let schema = event.schemaBefore { values.append(("schema_fp_before", literal(schema))) }
    if let schema = event.schemaAfter { values.append(("schema_fp_after", literal(schema))) }
    if let commit = origin.gitCommit { values.append(("git_commit", literal(commit, limit: 40))) }
    if let isDirty = origin.hasUncommittedChanges {
      values.append(("git_dirty", isDirty ? "true" : "false"))
    }
    let columns = values.map(\.0).joined(separator: ", ")
    let expressions = values.map(\.1).joined(separator: ", ")
    return "insert into \(eventTable) (\(columns)) values (\(expressions))"
  }

  /// Statements that keep a migration's text, cut into parts that fit a column.
  func insertions(ofBody body: [UInt8], checksum: String) -> [String] {
    var statements: [String] = []
    var start = 0
    while start < body.count {
      var end = min(start + 60_000, body.count)
      // A part ends between characters: continuation bytes belong to what came before.
      while end < body.count, end > start, body[end] & 0xC0 == 0x80 { end -= 1 }
      let part = String(decoding: body[start..<end], as: UTF8.self)
      statements.append(
        "insert into \(bodyTable) (norm_sha, part, body) "
          + "values (\(literal(checksum)), \(statements.count), \(literal(part)))"
      )
      start = end
    }
    return statements
  }

  // MARK: Reading

  /// The tables of the history that exist, by name.
  var existenceQuery: String {
    """
    select c.relname from pg_catalog.pg_class c \
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    where n.nspname = \(literal(schema)) and c.relname in ('migration_event', \
    'migration_body', 'migration_lock', 'migration_lease', 'migration_meta')
    """
  }

  var layoutQuery: String { "select max(schema_version) from \(metaTable)" }

  static let eventColumns = """
    seq, run_id, version, name, kind, event, path, source_sha, norm_sha, rendered_sha, stmt_done, \
    stmt_total, stmt_sha, tx_mode, started_at, ms, sqlstate, error, error_line, db_user, os_user, \
    host, git_commit, note, schema_fp_before, schema_fp_after
    """

  /// What the state of one project's migrations is derived from, in order.
  ///
  /// The same columns as `eventsQuery`, without those that only people read, and the layout behind
  /// them, which saves a round trip.
  func stateQuery(project: String, hasLayout: Bool) -> String {
    let layout = hasLayout ? "(\(layoutQuery))" : "null"
    return
      "select seq, null, version, name, kind, event, path, source_sha, norm_sha, "
      + "case when rendered_sha <> source_sha then rendered_sha end, stmt_done, stmt_total, stmt_sha, "
      + "null, started_at, ms, null, null, null, db_user, os_user, host, "
      + "null, null, null, schema_fp_after, \(layout) from \(eventTable) where project = \(literal(project)) order by seq"
  }

  /// The layout that an answer to `stateQuery` tells of; nil when it has no row.
  static func layoutTold(by state: StatementResult) -> Int? {
    state.rows.first?.last.flatMap { $0 }.flatMap { Int($0) }
  }

  /// Everything that is known of one project's migrations, in order.
  func eventsQuery(project: String) -> String {
    "select \(Self.eventColumns) from \(eventTable) where project = \(literal(project)) "
      + "order by seq"
  }

  var lastSequenceQuery: String { "select coalesce(max(seq), 0) from \(eventTable)" }

  func bodyQuery(checksum: String) -> String {
    "select part, body from \(bodyTable) where norm_sha = \(literal(checksum)) order by part"
  }

  /// Texts under several checksums.
  func bodiesQuery(checksums: [String]) -> String {
    "select norm_sha, part, body from \(bodyTable) "
      + "where norm_sha in (\(checksums.map(literal).joined(separator: ", "))) order by 1, 2"
  }

  /// Whether a run has recorded that so many statements of a migration are done.
  func outcomeQuery(of event: HistoryEvent, project: String) -> String {
    let version = event.version.isEmpty ? "version is null" : "version = \(literal(event.version))"
    return """
      select count(*) from \(eventTable) where project = \(literal(project)) \
      and run_id = \(literal(event.runID)) and \(version) and name = \(literal(event.name, limit: 256)) \
      and event = \(literal(event.step.rawValue)) and stmt_done = \(event.statementsDone) \
      and started_at = \(literal(event.startedAt))
      """
  }

  /// The note of the row that announced the last statement of a migration that ran alone.
  func announcementQuery(of event: HistoryEvent, project: String) -> String {
    let version = event.version.isEmpty ? "version is null" : "version = \(literal(event.version))"
    return "select note from \(eventTable) where project = \(literal(project)) and \(version) "
      + "and name = \(literal(event.name, limit: 256)) and event = 'begin' order by seq desc limit 1"
  }

  /// Reads a row of `eventColumns`; a kind or step that is not known makes it nil.
  static func event(_ row: [String?]) -> HistoryEvent? {
    func text(_ index: Int) -> String { row.indices.contains(index) ? row[index] ?? "" : "" }
    func optional(_ index: Int) -> String? { row.indices.contains(index) ? row[index] : nil }
    guard let kind = HistoryEvent.Kind(rawValue: text(4)),
      let step = HistoryEvent.Step(rawValue: text(5))
    else { return nil }
    var event = HistoryEvent()
    event.sequence = Int(text(0)) ?? 0
    event.runID = text(1)
    event.version = text(2)
    event.name = text(3)
    event.kind = kind
    event.step = step
    event.path = text(6)
    event.sourceChecksum = text(7)
    event.normalizedChecksum = text(8)
    event.renderedChecksum = text(9)
    event.statementsDone = Int(text(10)) ?? 0
    event.statementCount = Int(text(11)) ?? 0
    event.prefixChecksum = optional(12)
    event.transactionMode = text(13)
    event.startedAt = text(14)
    event.milliseconds = Int(text(15))
    if let message = optional(17) {
      event.failure = HistoryEvent.Failure(
        sqlState: optional(16),
        message: message,
        line: Int(text(18))
      )
    }
    event.databaseUser = text(19)
    event.systemUser = text(20)
    event.host = text(21)
    event.gitCommit = optional(22)
    event.note = optional(23)
    event.schemaBefore = optional(24)
    event.schemaAfter = optional(25)
    return event
  }

  // MARK: What differs between the servers

  /// The server's clock, in UTC.
  private var now: String {
    switch dialect {
    case .redshift: "getdate()"
    case .postgres: "clock_timestamp() at time zone 'UTC'"
    }
  }

  /// Time since the message was received, in which the migration's statements came: client and
  /// server need not agree on the time of day.
  private func elapsedMilliseconds(_ hasClock: Bool) -> String {
    switch dialect {
    // SYSDATE is when the transaction began.
    case .redshift: "greatest(0, datediff(milliseconds, sysdate, getdate()))"
    case .postgres where hasClock:
      "cast(extract(epoch from clock_timestamp() "
        + "- cast(current_setting('redstart.began') as timestamptz)) * 1000 as bigint)"
    case .postgres:
      "cast(extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 as bigint)"
    }
  }

  /// A fence that keeps the moment as well at which its transaction began, which is not the first one
  /// of its message.
  static func withClock(_ fence: String) -> String {
    "select set_config('redstart.began', cast(clock_timestamp() as varchar), true), "
      + fence.dropFirst("select ".count)
  }

  func literal(_ text: String) -> String {
    SQLQuoting.literal(text, for: dialect)
  }

  /// A literal cut to a column's length in bytes.
  func literal(_ text: String, limit: Int) -> String {
    guard text.utf8.count > limit else { return literal(text) }
    var end = limit
    let bytes = Array(text.utf8)
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return literal(String(decoding: bytes[..<end], as: UTF8.self))
  }
}
