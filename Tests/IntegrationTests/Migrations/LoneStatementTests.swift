import Foundation
import TestSupport
import Testing

/// What Redshift refuses in a transaction, between what it does not, and runs that die in the
/// middle of it.
@Suite(.scenarioServer) struct LoneStatementTests {
  static let files = [
    "V1__a.sql": """
    create schema mig;
    create table mig.a (x int, s varchar(10)); create table mig.s (x int, s varchar(10));
    insert into mig.a values (1, 'a'); insert into mig.s values (2, 'b'), (3, 'c');
    """,
    "V2__b.sql": """
    create table mig.b (x int);
    alter table mig.a append from mig.s;
    insert into mig.b select count(*) from mig.a;
    create external schema mig_x from data catalog database 'd' iam_role default;
    create external table mig_x.e (x int) stored as parquet location 's3://bucket/e/';
    insert into mig.s values (4, 'd');
    alter table mig.a alter column s type varchar(20);
    vacuum mig.a;
    insert into mig.b select count(*) from mig.s;
    """,
  ]

  static func undisturbed() throws -> String { try Scenario.undisturbed(files) }

  @Test func thePlanShowsEachPart() throws {
    let plan = try Scenario(Self.files).migrate("plan").output
    for line in [
      "one transaction  1: CREATE TABLE", "alone            2: ALTER TABLE",
      "one transaction  3: INSERT", "alone            4: CREATE EXTERNAL SCHEMA",
      "alone            5: CREATE EXTERNAL TABLE", "one transaction  6: INSERT",
      "alone            7: ALTER TABLE", "alone            8: VACUUM", "one transaction  9: INSERT",
    ] {
      #expect(plan.contains(line), "\(line)\n\(plan)")
    }
  }

  /// After the statement and before the row that says so, only the catalogue knows.
  @Test(
    arguments: ["after-begin", "after-statement", "after-progress"].flatMap { step in
      (1...5).map { "\(step):\($0)" }
    }
  )
  func aRunKilledAroundALoneStatementIsFinishedByTheNext(step: String) throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate(crashAt: step).code == 128 + SIGKILL)
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.contents() == Self.undisturbed())
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.psql("select string_agg(x::text, ',' order by x) from mig.b") == "1,3")
    let progress = """
      select string_agg(stmt_done::text, ',' order by stmt_done) from (select distinct stmt_done \
      from redstart.migration_event where version = '2' and event in ('progress', 'repaired', 'done')) t
      """
    #expect(try scenario.psql(progress).hasSuffix("4,5,6,7,8,9"))
  }

  /// What the verify script refuses is not undone: it must not be run again either.
  @Test func aLoneStatementIsRememberedWhoseVerifyScriptFails() throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig; create table mig.a (x int); insert into mig.a values (1);",
      "V2__b.sql": "create external schema mig_x from data catalog database 'd' iam_role default;",
      "V2__b.verify.sql": "select x from mig.a;",
    ])
    for _ in 0..<2 {
      let refused = try scenario.migrate()
      #expect(refused.code == 1 && refused.error.contains("V2__b.verify.sql:1"), "\(refused.error)")
      let status = try scenario.migrate("status").output
      #expect(status.contains("interrupted (1 of 1 statements)"), "\(status)")
    }
    try scenario.psql("delete from mig.a")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func whatItsVerifyScriptRefusesMayBeTakenBack() throws {
    let scenario = try Scenario([
      "V1__a.sql":
        "create schema mig; create table mig.a (x int, s varchar(10)); insert into mig.a values (1);",
      "V2__b.sql": "alter table mig.a alter column s type varchar(20);",
      "V2__b.verify.sql": "select x from mig.a;",
    ])
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && !refused.error.contains("migrate undo"), "\(refused.error)")
    // A way back that fails leaves it as it stood.
    try scenario.write("U2__b.sql", "select 1/0 from mig.a;")
    let offered = try scenario.migrate()
    #expect(offered.code == 1 && offered.error.contains("`redstart migrate undo 2`"))
    #expect(try scenario.migrate("undo", "2").code == 1)
    let status = try scenario.migrate("status").output
    #expect(status.contains("interrupted (1 of 1 statements)"), "\(status)")
    try scenario.write("U2__b.sql", "alter table mig.a alter column s type varchar(10);")
    let undone = try scenario.migrate("undo", "2")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try scenario.log() == "1 done, 2 undone")
    let length = """
      select character_maximum_length from information_schema.columns \
      where table_name = 'a' and column_name = 's'
      """
    #expect(try scenario.psql(length) == "10")
    try scenario.psql("delete from mig.a")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 undone, 2 done")
    #expect(try scenario.psql(length) == "20")
  }

  /// Another run may have the lock by the time that a long statement ends.
  @Test func aLoneStatementIsFoundWhoseRowTheLostLockForbids() throws {
    let scenario = try Scenario(
      ["V1__a.sql": "create schema mig; create table mig.a (x int, s varchar(10));"],
      lock: "lease"
    )
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "alter table mig.a alter column s type varchar(20);")
    let holder = try scenario.holdLock("mig.a", mode: "access share")
    defer { holder.end() }
    let run = try scenario.start()
    try scenario.wait(
      "select count(*) from pg_locks where relation = 'mig.a'::regclass and not granted",
      for: "1"
    )
    #expect(try scenario.migrate("repair", "--unlock", "--force").code == 0)
    holder.end()
    run.waitUntilExit()
    #expect(run.terminationStatus == 1)
    let status = try scenario.migrate("status").output
    #expect(status.contains("interrupted (0 of 1 statements)"), "\(status)")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log("'repaired', 'done'") == "1 done, 2 repaired, 2 done")
  }

  /// Killed twice, at the same place: what the first repair wrote down is not taken for progress.
  @Test func aRunKilledAgainWhileItFindsOutIsFinishedByTheThird() throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate(crashAt: "after-statement:1").code == 128 + SIGKILL)
    #expect(try scenario.migrate(crashAt: "before-transaction").code == 128 + SIGKILL)
    #expect(try scenario.migrate(crashAt: "after-begin").code == 128 + SIGKILL)
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.contents() == Self.undisturbed())
  }
}
