import RedshiftSQL

/// What the database remembers of migrations: an append-only log of events, state derived.
///
/// Redshift enforces no keys and has no upsert, so rows are only added, and readers tolerate
/// duplicates. The row that says a migration is done commits together with the migration.
struct MigrationHistory: Sendable {
  /// One row of the log.
  struct Event: Sendable {
    enum Kind: String, Sendable {
      case done
      case fail
    }

    var sequence: Int
    var runID: String
    var project: String
    var version: String
    var name: String
    var kind: Kind
    var path: String
    var sourceChecksum: String
    var normalizedChecksum: String
    var renderedChecksum: String
    var statementCount: Int
    var startedAt: String
    var milliseconds: Int
    var failure: WarehouseFailure?
  }

  /// What is kept of a failure.
  struct WarehouseFailure: Sendable {
    var message: String
    var line: Int?
  }

  let schema: String
  let dialect: SQLQuoting.Dialect

  private var eventTable: String {
    RelationName(schema: schema, identifier: "migration_event").sql
  }

  private var bodyTable: String {
    RelationName(schema: schema, identifier: "migration_body").sql
  }

  var lockTable: String {
    RelationName(schema: schema, identifier: "migration_lock").sql
  }

  /// Statements that create what is missing, in Redshift SQL.
  ///
  /// The columns follow what later features need (segments, undo, adoption of other tools'
  /// history), so that no upgrade of the log is necessary for them.
  var creation: [String] {
    [
      "create schema if not exists \(SQLQuoting.identifier(schema))",
      """
      create table if not exists \(eventTable) (
        seq bigint not null,
        run_id varchar(64) not null,
        project varchar(128) not null,
        version varchar(64),
        name varchar(256) not null,
        kind varchar(12) not null,
        event varchar(12) not null,
        path varchar(1024),
        source_sha char(64),
        norm_sha char(64),
        rendered_sha char(64),
        prev_sha char(64),
        stmt_done int,
        stmt_total int,
        stmt_sha char(64),
        tx_mode varchar(8),
        started_at timestamp,
        ended_at timestamp,
        ms bigint,
        rows_affected bigint,
        sqlstate varchar(8),
        error varchar(8000),
        error_line int,
        db_user varchar(128),
        os_user varchar(128),
        host varchar(256),
        backend_pid int,
        tool_version varchar(32),
        git_commit varchar(40),
        git_dirty boolean,
        schema_fp_before char(64),
        schema_fp_after char(64),
        note varchar(1024)
      ) diststyle all sortkey (seq)
      """,
      """
      create table if not exists \(bodyTable) (
        norm_sha char(64) not null,
        part int not null,
        body varchar(65535) not null
      ) diststyle all sortkey (norm_sha, part)
      """,
      "create table if not exists \(lockTable) (held_by varchar(256)) diststyle all",
    ]
  }

  /// Whether the log exists.
  var existenceQuery: String {
    """
    select count(*) from pg_catalog.pg_class c \
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    where n.nspname = \(literal(schema)) \
    and c.relname in ('migration_event', 'migration_body', 'migration_lock')
    """
  }

  /// Applied migrations of one project: version, name, path, checksums, when, how long, who.
  func appliedQuery(project: String) -> String {
    """
    select seq, version, name, path, source_sha, norm_sha, started_at, ms, db_user, os_user, host \
    from \(eventTable) where project = \(literal(project)) and event = 'done' \
    order by seq
    """
  }

  var nextSequenceQuery: String {
    "select coalesce(max(seq), 0) + 1 from \(eventTable)"
  }

  /// The statement that records an event.
  func insertion(of event: Event, origin: Origin, endedAt: String) -> String {
    let values: [(String, String)] = [
      ("seq", String(event.sequence)),
      ("run_id", literal(event.runID)),
      ("project", literal(event.project, limit: 128)),
      ("version", literal(event.version, limit: 64)),
      ("name", literal(event.name, limit: 256)),
      ("kind", literal("versioned")),
      ("event", literal(event.kind.rawValue)),
      ("path", literal(event.path, limit: 1024)),
      ("source_sha", literal(event.sourceChecksum)),
      ("norm_sha", literal(event.normalizedChecksum)),
      ("rendered_sha", literal(event.renderedChecksum)),
      ("stmt_done", event.kind == .done ? String(event.statementCount) : "0"),
      ("stmt_total", String(event.statementCount)),
      ("tx_mode", literal("file")),
      ("started_at", literal(event.startedAt)),
      ("ended_at", literal(endedAt)),
      ("ms", String(event.milliseconds)),
      ("error", event.failure.map { literal($0.message, limit: 8000) } ?? "null"),
      ("error_line", event.failure?.line.map(String.init) ?? "null"),
      ("db_user", "current_user"),
      ("os_user", literal(origin.userName, limit: 128)),
      ("host", literal(origin.hostName, limit: 256)),
      ("tool_version", literal(origin.toolVersion, limit: 32)),
      ("git_commit", origin.gitCommit.map { literal($0, limit: 40) } ?? "null"),
    ]
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

  private func literal(_ text: String) -> String {
    SQLQuoting.literal(text, for: dialect)
  }

  /// A literal cut to a column's length in bytes.
  private func literal(_ text: String, limit: Int) -> String {
    guard text.utf8.count > limit else { return literal(text) }
    var end = limit
    let bytes = Array(text.utf8)
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return literal(String(decoding: bytes[..<end], as: UTF8.self))
  }
}

/// Who runs migrations, from where, with what: kept with each event.
package struct Origin: Sendable {
  package var userName: String
  package var hostName: String
  package var toolVersion: String
  package var gitCommit: String?

  package init(userName: String, hostName: String, toolVersion: String, gitCommit: String?) {
    self.userName = userName
    self.hostName = hostName
    self.toolVersion = toolVersion
    self.gitCommit = gitCommit
  }
}
