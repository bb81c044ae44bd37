import RedshiftSQL

extension MigrationHistory {
  /// The statement that makes the schema, in Redshift's SQL.
  var schemaCreation: String {
    "create schema if not exists \(SQLQuoting.identifier(schema))"
  }

  /// Who may migrate, one row per lock, on servers without session locks.
  var leaseCreation: String {
    """
    create table if not exists \(leaseTable) (
      name varchar(64) not null,
      token varchar(64) not null,
      holder varchar(512) not null,
      db_user varchar(128) not null,
      backend_pid int not null,
      backend_start varchar(64) not null,
      acquired_at timestamp not null
    ) diststyle all
    """
  }

  /// Statements that bring the tables to the present layout, in Redshift's SQL.
  ///
  /// - Parameters:
  ///   - present: the tables that exist.
  ///   - layout: what `migration_meta` says; nil where it does not exist.
  /// - Returns: none when the tables are as they should be.
  func upgrades(present: Set<String>, layout: Int?) -> [String] {
    var statements: [String] = []
    if !present.contains("migration_event") { statements.append(eventCreation) }
    if !present.contains("migration_body") { statements.append(bodyCreation) }
    if !present.contains("migration_lease") { statements.append(leaseCreation) }
    if present.contains("migration_lock") { statements.append("drop table \(formerLockTable)") }
    if !present.contains("migration_meta") {
      statements.append(
        "create table \(metaTable) (schema_version int not null, tool_version varchar(32)) "
          + "diststyle all"
      )
    }
    if (layout ?? 0) < Self.layout {
      statements.append("insert into \(metaTable) (schema_version) values (\(Self.layout))")
    }
    return statements
  }

  private var eventCreation: String {
    """
    create table \(eventTable) (
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
    """
  }

  private var bodyCreation: String {
    """
    create table \(bodyTable) (
      norm_sha char(64) not null,
      part int not null,
      body varchar(65535) not null
    ) diststyle all sortkey (norm_sha, part)
    """
  }
}
