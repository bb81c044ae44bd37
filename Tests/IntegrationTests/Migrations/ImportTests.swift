import Foundation
import TestSupport
import Testing

/// Taking over what other tools have applied.
@Suite(.scenarioServer) struct ImportTests {
  static let files = [
    "V1__create_schema.sql": "create schema mig;", "V2__add_a.sql": "create table mig.a (x int);",
    "V3__add_b.sql": "create table mig.b (x int);", "R__views.sql": "select 1;",
  ]

  /// Each tool's table with 1 and 2 applied and 3 failed, taken back or not there.
  static let histories = [
    (
      "flyway",
      """
      create table public.flyway_schema_history (installed_rank int, version varchar(50),
        description varchar(200), type varchar(20), script varchar(1000), checksum int,
        installed_by varchar(100), installed_on timestamp default now(), execution_time int,
        success boolean);
      insert into flyway_schema_history (installed_rank, version, description, type, success) values
        (1, '1', 'create schema', 'SQL', true), (2, '2', 'add a', 'SQL', true),
        (3, '3', 'add b', 'SQL', false), (4, null, 'views', 'SQL', true)
      """, "1, 2, R views"
    ),
    (
      "sqitch",
      """
      create schema sqitch; create table sqitch.changes (change_id text, change text,
        committed_at timestamptz default now());
      insert into sqitch.changes (change_id, change) values ('x', 'create_schema'), ('y', 'add-a')
      """, "1, 2"
    ),
    (
      "dbmate",
      """
      create table public.schema_migrations (version varchar(128));
      insert into schema_migrations values ('001'), ('002')
      """, "1, 2"
    ),
    (
      "liquibase",
      """
      create table public.databasechangelog (id varchar(255), author varchar(255),
        filename varchar(255), dateexecuted timestamp default now(), orderexecuted int,
        exectype varchar(10));
      insert into databasechangelog (id, author, orderexecuted, exectype) values
        ('create-schema', 'me', 1, 'EXECUTED'), ('add-a', 'me', 2, 'RERAN'),
        ('add-b', 'me', 3, 'FAILED')
      """, "1, 2"
    ),
    (
      "goose",
      """
      create table public.goose_db_version (id int, version_id bigint, is_applied boolean,
        tstamp timestamp default now());
      insert into goose_db_version (id, version_id, is_applied) values
        (1, 0, true), (2, 1, true), (3, 2, true), (4, 3, true), (5, 3, false)
      """, "1, 2"
    ),
    (
      "golang-migrate",
      """
      create table public.schema_migrations (version bigint, dirty boolean);
      insert into schema_migrations values (2, false)
      """, "1, 2"
    ),
    (
      "atlas",
      """
      create schema atlas_schema_revisions; create table
        atlas_schema_revisions.atlas_schema_revisions (version varchar, description varchar,
        type bigint default 2, applied bigint, total bigint, executed_at timestamptz default now());
      insert into atlas_schema_revisions.atlas_schema_revisions
        (version, description, applied, total) values
        ('1', 'create_schema', 1, 1), ('2', 'add_a', 1, 1), ('3', 'add_b', 1, 2)
      """, "1, 2"
    ),
    (
      // What was there before the tool counts as applied, without rows of its own.
      "atlas",
      """
      create table public.atlas_schema_revisions (version varchar, description varchar,
        type bigint, applied bigint, total bigint, executed_at timestamptz default now());
      insert into atlas_schema_revisions (version, description, type, applied, total) values
        ('2', 'baseline', 1, 0, 0)
      """, "1, 2"
    ),
    (
      // A baseline, a migration that was taken back and applied again, one that was not, and views
      // that were applied twice.
      "flyway",
      """
      create table public.flyway_schema_history (installed_rank int, version varchar(50),
        description varchar(200), type varchar(20), installed_on timestamp default now(),
        success boolean);
      insert into flyway_schema_history (installed_rank, version, description, type, success) values
        (1, '1', '<< Flyway Baseline >>', 'BASELINE', true), (2, '2', 'add a', 'SQL', true),
        (3, '2', 'add a', 'UNDO_SQL', true), (4, '2', 'add a', 'SQL', true),
        (5, '3', 'add b', 'SQL', true), (6, '3', 'add b', 'UNDO_SQL', true),
        (7, null, 'views', 'SQL', true), (8, null, 'views', 'SQL', true)
      """, "1, 2, R views"
    ),
    (
      "sqlx",
      """
      create table public._sqlx_migrations (version bigint, description text,
        installed_on timestamptz default now(), success boolean);
      insert into _sqlx_migrations (version, description, success) values
        (1, 'create schema', true), (2, 'add a', true), (3, 'add b', false)
      """, "1, 2"
    ),
  ]

  @Test(arguments: histories)
  func whatAnotherToolAppliedIsTakenOverOnce(tool: String, sql: String, adopted: String) throws {
    let scenario = try Scenario(Self.files)
    try scenario.psql("create schema mig; create table mig.a (x int)")
    try scenario.psql(sql)
    let keys = """
      select string_agg(coalesce(version, 'R ' || name), ', ' order by seq) \
      from redstart.migration_event where event = 'adopted'
      """
    for _ in 0..<2 {
      let outcome = try scenario.migrate("import", "--from", tool)
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(try scenario.psql(keys) == adopted)
    }
    let rest = try scenario.migrate()
    #expect(rest.code == 0, "\(rest.error)")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "f")
    #expect(try scenario.migrate("validate").code == 0)
  }

  @Test func aVersionThatStoppedHalfwayIsNotTakenOver() throws {
    let scenario = try Scenario(Self.files)
    try scenario.psql(
      "create table public.schema_migrations (version bigint, dirty boolean); "
        + "insert into schema_migrations values (3, true)"
    )
    let outcome = try scenario.migrate("import", "--from", "golang-migrate")
    #expect(outcome.code == 1 && outcome.error.contains("version 3 stopped halfway"))
    #expect(try scenario.log("'adopted'") == "")
  }

  @Test func aToolThatWasNeverHereIsAnError() throws {
    let scenario = try Scenario(Self.files)
    let outcome = try scenario.migrate("import", "--from", "flyway")
    #expect(outcome.code == 1 && outcome.error.contains("error[foreign-history]"))
  }
}
