import Foundation
import TestSupport
import Testing

/// The live schema held against what the history kept of it.
@Suite(.scenarioServer) struct SchemaTests {
  static let first = """
    create schema mig;
    create table mig.a (x int not null, y int, s varchar(10) default 'q', primary key (x));
    create view mig.v as select x, s from mig.a;
    """
  static let second = "alter table mig.a add column z date;"

  private func applied(_ more: [String: String] = [:]) throws -> Scenario {
    let scenario = try Scenario(["V1__a.sql": Self.first].merging(more) { $1 })
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    return scenario
  }

  private func prints(_ scenario: Scenario) throws -> [String] {
    try scenario.psql(
      """
      select coalesce(left(schema_fp_before, 8), '-') || '>' || coalesce(left(schema_fp_after, 8), '-') \
      from redstart.migration_event order by seq
      """
    ).split(separator: "\n").map(String.init)
  }

  @Test func eachMigrationIsRecordedWithTheSchemaBeforeAndAfter() throws {
    let scenario = try applied([
      "V2__b.sql": Self.second, "U2__b.sql": "alter table mig.a drop column z;",
    ])
    try scenario.write("V3__c.sql", "insert into mig.a (x) values (1);")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("undo", "--to", "1").error.contains("no-undo-script"))
    try scenario.write("U3__c.sql", "delete from mig.a;")
    #expect(try scenario.migrate("undo", "--to", "1").code == 0)
    let prints = try prints(scenario).map { $0.split(separator: ">") }
    #expect(prints.count == 5)
    // Each begins where the one before it ended; data changes nothing, undo leads back.
    #expect(prints[0][0] == "-" && zip(prints, prints.dropFirst()).allSatisfy { $0[1] == $1[0] })
    #expect(prints[2][0] == prints[2][1] && prints[4][1] == prints[0][1])
    #expect(prints[0][1] != prints[1][1])
    let status = try scenario.migrate("status")
    #expect(!status.error.contains("schema-drift"), "\(status.error)")
  }

  @Test(arguments: [
    (
      "alter table mig.a alter column y type bigint",
      "mig.a: column y integer is now column y bigint"
    ),
    ("alter table mig.a add column w int", "mig.a: column w integer is new"),
    ("alter table mig.a alter column s drop default", "is now column s character varying(10)"),
    ("alter table mig.a alter column x drop not null", "column x integer not null"),
    ("create or replace view mig.v as select x, s from mig.a where x > 0", "mig.v: query SELECT"),
    ("drop view mig.v", "mig.v is gone"),
    ("drop table mig.a cascade", "mig.a is gone"),
  ])
  func whatIsChangedByHandIsTold(sql: String, sentence: String) throws {
    let scenario = try applied()
    let before = try scenario.migrate("status", "--exit-code")
    #expect(before.code == 0 && !before.error.contains("warning"), "\(before.error)")
    // Other people's tables, and those of models, are none of our business.
    try scenario.psql("create table mig.model (i int); create view mig.w as select 1 as i")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    if sql.contains("not null") {
      try scenario.psql("alter table mig.a drop constraint if exists a_pkey")
    }
    try scenario.psql(sql)
    let status = try scenario.migrate("status")
    #expect(status.code == 0 && status.error.contains("warning[schema-drift]"), "\(status.error)")
    #expect(
      status.error.contains("after migration 1") && status.error.contains(sentence),
      "\(status.error)"
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 1)
    #expect(try scenario.migrate("plan").error.contains("warning[schema-drift]"))
  }

  @Test func theRepairThatIsShownRepairs() throws {
    let scenario = try applied()
    let fingerprint = try prints(scenario)
    try scenario.psql(
      "drop view mig.v; alter table mig.a add column w date; alter table mig.a drop column y"
    )
    let status = try scenario.migrate("status")
    let lines = status.error.components(separatedBy: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let repair = lines.filter { $0.hasPrefix("alter table") || $0.hasPrefix("create view") }
    #expect(repair.count == 3, "\(status.error)")
    for statement in repair where !statement.contains("add column y ") {
      try scenario.psql(statement)
    }
    try scenario.psql("alter table mig.a add column y integer")
    // The order of columns is another one now, and nothing else.
    let rest = try scenario.migrate("status").error
    #expect(rest.contains("order of columns x, y, s is now order of columns x, s, y"), "\(rest)")
    #expect(try prints(scenario) == fingerprint)
  }

  @Test func aPlanIsRefusedWhenTheSchemaIsAnotherOne() throws {
    let scenario = try applied()
    try scenario.write("V2__b.sql", Self.second)
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    try scenario.psql("alter table mig.a alter column y type bigint")
    let refused = try scenario.migrate("up", "--plan", "plan.json")
    #expect(refused.code == 1 && refused.error.contains("error[plan-outdated]"), "\(refused.error)")
    #expect(refused.error.contains("mig.a was changed since"), "\(refused.error)")
    #expect(try scenario.log() == "1 done")
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    let outcome = try scenario.migrate("up", "--plan", "plan.json")
    #expect(
      outcome.code == 0 && outcome.error.contains("warning[schema-drift]"),
      "\(outcome.error)"
    )
  }

  @Test func tablesOfAnOlderBackupAreRecognised() throws {
    let scenario = try applied()
    try scenario.write("V2__b.sql", Self.second)
    #expect(try scenario.migrate().code == 0)
    // As a restore of the schema alone would leave it.
    try scenario.psql("alter table mig.a drop column z")
    try scenario.write("V3__c.sql", "create table mig.c (i int);")
    let status = try scenario.migrate("status")
    #expect(status.error.contains("error[schema-older]"), "\(status.error)")
    #expect(
      status.error.contains("up to migration 2, but the tables are as they were after migration 1")
    )
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[schema-older]"), "\(refused.error)")
    #expect(try scenario.psql("select to_regclass('mig.c') is null") == "t")
    #expect(try scenario.migrate("repair", "--undone", "2").code == 0)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.log() == "1 done, 2 done, 2 undone, 2 done, 3 done")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test(arguments: ["alter table mig.a add column z date;", "create table mig.c (i int);"])
  func aHistoryOfAnOlderBackupIsRecognised(second: String) throws {
    let scenario = try applied()
    try scenario.psql(
      "create schema backup; create table backup.e as select * from redstart.migration_event; "
        + "create table backup.b as select * from redstart.migration_body"
    )
    try scenario.write("V2__b.sql", second)
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(
      "delete from redstart.migration_event; insert into redstart.migration_event select * from backup.e; "
        + "delete from redstart.migration_body; insert into redstart.migration_body select * from backup.b"
    )
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[schema-newer]"), "\(refused.error)")
    #expect(try scenario.migrate("repair", "--accept", "2").code == 0)
    let status = try scenario.migrate("status", "--exit-code")
    #expect(status.code == 0, "\(status.output)\(status.error)")
  }

  @Test func whatIsAdoptedIsKnownFromThenOn() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    try scenario.psql(
      "create schema mig; create table mig.a (x int primary key, y int, s varchar(10)); "
        + "create view mig.v as select x, s from mig.a"
    )
    #expect(try scenario.migrate("baseline", "--to", "1").code == 0)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    try scenario.psql("alter table mig.a add column w int")
    #expect(try scenario.migrate("status").error.contains("mig.a: column w integer is new"))
  }

  @Test func callbacksAreInTheHistory() throws {
    let scenario = try applied([
      "before.sql": "create table if not exists public.calls (i int);",
      "after.sql": "alter table mig.a add column late int;",
    ])
    let events = """
      select string_agg(coalesce(version, name) || ' ' || kind || ' ' || event, ', ' order by seq) \
      from redstart.migration_event
      """
    #expect(
      try scenario.psql(events)
        == "before.sql callback done, 1 versioned done, after.sql callback done"
    )
    // What a callback changes is no change by hand.
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.migrate("history").output.contains("after.sql"))
    try scenario.write("V2__b.sql", "create table mig.b (i int);")
    try scenario.write(
      "before.sql",
      "select 1;\nselect 1/0 from mig.a right join (select 1) o on true;"
    )
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("before.sql:2:"), "\(failed.error)")
    #expect(try scenario.psql(events).hasSuffix("before.sql callback fail"))
    #expect(
      try scenario.psql(
        "select sqlstate, error_line from redstart.migration_event where event = 'fail'"
      ) == "22012|2"
    )
  }
}
