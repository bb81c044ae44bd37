import Foundation
import TestSupport
import Testing

/// Runs that end where they should not: the next one ends as if nothing had happened.
@Suite(.scenarioServer) struct InterruptionTests {
  static let files = [
    "V1__a.sql": """
    create schema mig;
    create table mig.a (x int, s varchar(10));
    insert into mig.a values (1, 'a');
    """,
    "V2__b.sql": """
    create table mig.b (x int);
    insert into mig.b values (1);
    vacuum mig.a;
    insert into mig.b values (2);
    alter table mig.a alter column s type varchar(20);
    truncate mig.b;
    insert into mig.b values (3);
    """,
    "V3__c.sql": "create table mig.c (x int);\nalter table mig.a alter column s type varchar(30);",
    "R__v.sql": "create or replace view mig.v as select x from mig.b;",
  ]

  static func undisturbed() throws -> String { try Scenario.undisturbed(files) }

  @Test(arguments: [
    "connected", "connected:2", "locked", "prepared", "before-transaction", "before-transaction:2",
    "before-transaction:3", "before-transaction:4", "before-transaction:6", "after-transaction",
    "after-transaction:2", "after-transaction:3", "after-transaction:4", "after-transaction:5",
    "after-transaction:6", "after-begin", "after-begin:2", "after-begin:3", "after-begin:4",
    "after-statement", "after-statement:2", "after-statement:3", "after-statement:4",
    "after-progress", "after-progress:2", "after-progress:3", "after-progress:4", "before-release",
  ])
  func aRunKilledAtAnyStepIsFinishedByTheNext(step: String) throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate(crashAt: step).code == 128 + SIGKILL)
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.contents() == Self.undisturbed())
    #expect(try scenario.log() == "1 done, 2 done, 3 done, R done")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  static let slow = """
    create table mig.b (n bigint);
    insert into mig.b with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
    select count(*) from n a, n b, n c where a.i + b.i < c.i and c.i < 60;
    create table mig.c (x int);
    """

  static let active = """
    select count(*) from pg_stat_activity where datname = current_database() \
    and query like '%a.i + b.i%' and pid <> pg_backend_pid() and state = 'active'
    """

  @Test func killedInTheMiddleOfATransaction() throws {
    let files = ["V1__a.sql": "create schema mig;", "V2__b.sql": Self.slow]
    let scenario = try Scenario(files)
    let process = try scenario.start()
    try scenario.wait(Self.active, for: "1")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // The server notices, and rolls back.
    try scenario.wait(Self.active, for: "0")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    #expect(try scenario.log("'done', 'fail', 'begin'") == "1 done")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.contents() == Scenario.undisturbed(files))
  }

  /// The server has committed; whoever sent it is killed before the answer is read.
  @Test func killedBeforeTheAnswerToTheCommitIsRead() throws {
    let files = [
      "V1__a.sql": "create schema mig; create table mig.a (x int);",
      "V2__b.sql": "insert into mig.a values (1);",
    ]
    let scenario = try Scenario(files)
    #expect(try scenario.migrate("up", "--to", "1").code == 0)
    let holder = try scenario.holdCommits(into: "mig.a")
    let process = try scenario.start()
    try scenario.waitForCommit()
    kill(process.processIdentifier, SIGSTOP)
    holder.end()
    try scenario.wait(
      "select count(*) from redstart.migration_event where version = '2' and event = 'done'",
      for: "1"
    )
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let status = try scenario.migrate("status", "--exit-code")
    #expect(status.code == 0, "\(status.output)\(status.error)")
    let again = try scenario.migrate()
    #expect(again.code == 0 && again.error.contains("nothing to apply"), "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
    try scenario.psql("drop trigger pause on mig.a")
    #expect(try scenario.contents() == Scenario.undisturbed(files))
  }

  @Test func killedBetweenLoneStatementsItGoesOnWithTheSecond() throws {
    let files = [
      "V1__a.sql": "create schema mig; create table mig.a (s varchar(10));",
      "V2__b.sql": """
      alter table mig.a alter column s type varchar(20);
      alter table mig.a alter column s type varchar(30);
      alter table mig.a alter column s type varchar(40);
      """,
    ]
    let scenario = try Scenario(files)
    #expect(try scenario.migrate(crashAt: "after-progress").code == 128 + SIGKILL)
    let status = try scenario.migrate("status")
    #expect(status.output.contains("interrupted (1 of 3 statements)"), "\(status.output)")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    let steps = try scenario.psql(
      "select string_agg(event || ' ' || stmt_done, ', ' order by seq) "
        + "from redstart.migration_event where version = '2'"
    )
    #expect(steps == "begin 0, progress 1, begin 1, progress 2, begin 2, done 3")
    #expect(try scenario.contents() == Scenario.undisturbed(files))
  }

  /// A failure that is rolled back and of which no row tells is no obstacle either.
  @Test func killedBeforeAFailureIsRecorded() throws {
    let files = [
      "V1__a.sql": "create schema mig; create table mig.a (x int);",
      "V2__b.sql": "create table mig.b (x int); insert into mig.b select 1/1;",
    ]
    var broken = files
    broken["V2__b.sql"] = "create table mig.b (x int); insert into mig.b select 1/0;"
    let scenario = try Scenario(broken)
    #expect(try scenario.migrate(crashAt: "after-failure").code == 128 + SIGKILL)
    #expect(try scenario.log("'done', 'fail'") == "1 done")
    try scenario.write("V2__b.sql", files["V2__b.sql"] ?? "")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.contents() == Scenario.undisturbed(files))
  }

  @Test(arguments: [
    "connected", "locked", "before-transaction", "after-transaction", "after-begin",
    "after-statement", "after-progress", "before-release",
  ])
  func anUndoKilledAtAnyStepIsFinishedByTheNext(step: String) throws {
    let first = [
      "V1__a.sql": "create schema mig; create table mig.a (x int, s varchar(10));",
      "V2__b.sql": """
      create table mig.b (x int);
      alter table mig.a alter column s type varchar(20);
      """,
    ]
    let scenario = try Scenario(first)
    #expect(try scenario.migrate().code == 0)
    try scenario.write(
      "U2__b.sql",
      "drop table mig.b;\nalter table mig.a alter column s type varchar(10);"
    )
    #expect(try scenario.migrate("undo", "--to", "1", crashAt: step).code == 128 + SIGKILL)
    let again = try scenario.migrate("undo", "--to", "1")
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done, 2 undone")
    let alone = ["V1__a.sql": first["V1__a.sql"] ?? ""]
    #expect(try scenario.contents() == Scenario.undisturbed(alone))
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.contents() == Scenario.undisturbed(first))
  }

  @Test func aStepThatIsNoneIsRefused() throws {
    let scenario = try Scenario(["V1__a.sql": "create schema mig;"])
    for step in ["nowhere", "locked:0", "locked:x", "locked:1:2"] {
      let outcome = try scenario.migrate(crashAt: step)
      #expect(outcome.code == 2 && outcome.error.contains("error[usage]"), "\(outcome.error)")
    }
    #expect(try scenario.psql("select to_regnamespace('mig') is null") == "t")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interruptedInTheMiddleOfATransaction(signal: Int32) throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig;",
      "V2__b.sql": Self.slow.replacingOccurrences(of: "< 60", with: "< 1200"),
    ])
    let process = try scenario.start()
    try scenario.wait(Self.active, for: "1")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(try scenario.psql(Self.active) == "0")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    let locks = """
      select count(*) from pg_locks l join pg_database d on d.oid = l.database \
      where l.locktype = 'advisory' and d.datname = current_database()
      """
    #expect(try scenario.psql(locks) == "0")
    #expect(try scenario.log("'done', 'fail'") == "1 done, 2 fail")
    try scenario.write("V2__b.sql", "create table mig.b (x int);")
    #expect(try scenario.migrate().code == 0)
  }

  @Test func theServerEndsTheSessionInTheMiddle() throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig;", "V2__b.sql": Self.slow,
    ])
    let output = Pipe()
    let process = try scenario.start(errors: output.fileHandleForWriting)
    try scenario.wait(Self.active, for: "1")
    try scenario.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%a.i + b.i%' "
        + "and pid <> pg_backend_pid() and datname = current_database()"
    )
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let error = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    #expect(error.contains("--> migrations/V2__b.sql:2:"), "\(error)")
    #expect(error.contains("the history says that it was not committed"), "\(error)")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
    let files = ["V1__a.sql": "create schema mig;", "V2__b.sql": Self.slow]
    #expect(try scenario.contents() == Scenario.undisturbed(files))
  }

  /// The statement waits for a lock; its runner dies, and it takes effect all the same.
  @Test func aLoneStatementThatEndsAfterItsRunnerIsNotRepeated() throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate("up", "--to", "2").code == 0)
    let holder = try scenario.holdLock("mig.a")
    let process = try scenario.start()
    try scenario.wait(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
        + "and query like '%alter table mig.a%' and datname = current_database()",
      for: "1"
    )
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    holder.end()
    try scenario.wait(
      "select character_maximum_length from information_schema.columns "
        + "where table_name = 'a' and column_name = 's'",
      for: "30"
    )
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(again.error.contains("took effect"), "\(again.error)")
    #expect(try scenario.contents() == Self.undisturbed())
  }

  @Test func whatNobodyCanKnowIsAsked() throws {
    // Nothing in a catalogue tells whether a procedure, run by itself, did its work.
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig; create table mig.a (x int);",
      "V2__b.sql": "insert into mig.a values (1);\nvacuum mig.a;\ninsert into mig.a values (2);",
    ])
    #expect(try scenario.migrate(crashAt: "after-begin").code == 128 + SIGKILL)
    // The file now says something else at the place in doubt.
    try scenario.write(
      "V2__b.sql",
      "insert into mig.a values (1);\ncreate library l language plpythonu from 's3://b/l.zip';"
    )
    let asked = try scenario.migrate()
    #expect(asked.code == 1 && asked.error.contains("error[migration-interrupted]"))
    #expect(asked.error.contains("repair --done 2:2"), "\(asked.error)")
    #expect(try scenario.migrate("repair", "--done", "2:2").code == 0)
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func whatIsDoneMayNotBeEditedWhatIsNotMay() throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate(crashAt: "after-progress").code == 128 + SIGKILL)
    let text = Self.files["V2__b.sql"] ?? ""
    try scenario.write("V2__b.sql", text.replacingOccurrences(of: "values (1)", with: "values (9)"))
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[migration-prefix-changed]"))
    try scenario.write("V2__b.sql", text.replacingOccurrences(of: "values (3)", with: "values (4)"))
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.psql("select x from mig.b") == "4")
  }
}
