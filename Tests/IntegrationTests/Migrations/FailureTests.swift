import Foundation
import TestSupport
import Testing

/// Migrations that fail, and what is left of them.
@Suite(.scenarioServer) struct FailureTests {
  static let first = "create schema mig; create table mig.a (x int, s varchar(10));"

  @Test func whatFailsBehindTruncateGoesOnBehindTruncate() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first + " insert into mig.a values (1);",
      "V2__b.sql": "create table mig.b (x int);\ntruncate mig.a;\ninsert into mig.b select 1/0;",
    ])
    let plan = try scenario.migrate("plan")
    #expect(plan.output.contains("commits at once  2: TRUNCATE"), "\(plan.output)")
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("--> migrations/V2__b.sql:3:"))
    #expect(failed.error.contains("statements 1 to 2 of this file are done and stay"))
    #expect(
      try scenario.log("'done', 'begin', 'progress', 'fail'")
        == "1 done, 2 progress, 2 begin, 2 progress, 2 fail"
    )
    #expect(try scenario.migrate("status").output.contains("interrupted (2 of 3 statements)"))
    try scenario.psql("insert into mig.a values (7)")
    let text = "create table mig.b (x int);\ntruncate mig.a;\ninsert into mig.b select 1/1;"
    try scenario.write("V2__b.sql", text)
    #expect(try scenario.migrate().code == 0)
    // TRUNCATE did not run again.
    #expect(try scenario.psql("select x from mig.a") == "7")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func aFailureInATransactionNeverBlocks() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": "create table mig.b (x int);\ncreate table mig.a (x int);\nselect 1;",
    ])
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("error[duplicate-relation]"))
    #expect(failed.error.contains("--> migrations/V2__b.sql:2:"), "\(failed.error)")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    #expect(
      try scenario.psql(
        "select version, sqlstate, error_line from redstart.migration_event where event = 'fail'"
      ) == "2|42P07|2"
    )
    try scenario.write("V2__b.sql", "create table mig.b (x int);")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("validate").code == 0)
  }

  /// The server names no position, and sees more statements than the file has.
  @Test func anErrorWithoutAPositionIsLaidToItsStatement() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": """
      create view mig.late as select * from mig.b with no schema binding;
      create table mig.b (x int);
      alter table mig.b add column y int;
      drop view mig.late;
      drop table mig.b;
      drop table mig.a, mig.gone;
      select 1;
      """,
    ])
    let failed = try scenario.migrate()
    #expect(
      failed.code == 1 && failed.error.contains("--> migrations/V2__b.sql:6:"),
      "\(failed.error)"
    )
    #expect(try scenario.psql("select to_regclass('mig.a') is null") == "f")
  }

  /// Redshift says with its own words what PostgreSQL says with a code.
  @Test(arguments: [
    ("40001", "could not serialize access"), ("40P01", "deadlock detected"),
    ("XX000", "1023: Serializable isolation violation on table - 100, transactions: 1, 2"),
  ])
  func theServersConflictsAreTriedAgainAsAWhole(state: String, words: String) throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    // Fails at COMMIT twice, as a serialization conflict does.
    try scenario.psql(
      """
      create sequence public.tries;
      create function public.conflict() returns trigger language plpgsql as $$
      begin
        if nextval('public.tries') < 3 then
          raise exception '\(words)' using errcode = '\(state)';
        end if;
        return null;
      end $$;
      create constraint trigger t after insert on mig.a deferrable initially deferred
        for each row execute function public.conflict();
      """
    )
    try scenario.write("V2__b.sql", "insert into mig.a values (1); create table mig.b (x int);")
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("trying again"), "\(outcome.error)")
    #expect(try scenario.psql("select count(*) from mig.a") == "1")
    #expect(try scenario.log("'done', 'fail'") == "1 done, 2 done")
    // What never ends is given up after the fifth time, with nothing done.
    try scenario.psql("alter sequence public.tries minvalue -100 restart with -100")
    try scenario.write("V3__c.sql", "insert into mig.a values (3); create table mig.c (x int);")
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains(words), "\(refused.error)")
    #expect(try scenario.psql("select last_value from public.tries") == "-96")
    #expect(try scenario.psql("select to_regclass('mig.c') is null") == "t")
    #expect(try scenario.log("'done', 'fail'") == "1 done, 2 done, 3 fail")
  }

  @Test(arguments: ["access exclusive", "access share"])
  func aLimitForLocksFailsFastAndNamesWhoHoldsThem(mode: String) throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.write(
      "V2__b.sql",
      "-- redstart: lock-timeout=300ms\nalter table mig.a add column y int;"
    )
    let holder = try scenario.holdLock("mig.a", mode: mode)
    defer { holder.end() }
    let process = try scenario.psql(
      "select pid from pg_locks where granted and relation = 'mig.a'::regclass"
    )
    let start = Date()
    let outcome = try scenario.migrate()
    #expect(Date().timeIntervalSince(start) < 60)
    #expect(outcome.code == 1 && outcome.error.contains("error[lock-not-available]"))
    #expect(outcome.error.contains("pg_sleep"), "\(outcome.error)")
    #expect(outcome.error.contains("process \(process) of "), "\(outcome.error)")
    // Readers do not queue behind a change that has given up.
    if mode == "access share" {
      #expect(
        try scenario.psql("set lock_timeout = 1000; select count(*) from mig.a").hasSuffix("0")
      )
    }
  }

  @Test func aLimitForStatementsEndsWithItsMigration() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": """
      -- redstart: statement-timeout=200ms
      insert into mig.a (x) with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
      select count(*) from n a, n b, n c where a.i + b.i < c.i;
      """,
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("V2__b.sql"), "\(outcome.error)")
    #expect(try scenario.log("'done', 'fail'") == "1 done, 2 fail")
  }

  @Test func aDatabaseThatTakesNoWritesIsOneClearError() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    try scenario.psql("alter database \(scenario.database) set default_transaction_read_only = on")
    // The target's functions are installed already; what fails is the history.
    let outcome = try scenario.migrate()
    #expect(outcome.code != 0 && outcome.error.contains("read-only"), "\(outcome.error)")
  }

  @Test func aUserWhoMayNotIsToldBeforeAnythingRuns() throws {
    let owner = try Scenario(["V1__a.sql": Self.first])
    #expect(try owner.migrate().code == 0)
    let name = "limited_" + owner.database
    try owner.psql("create role \(name) login")
    defer { _ = try? owner.psql("drop owned by \(name); drop role \(name)") }
    let limited = try Scenario(
      ["V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);"],
      user: name,
      database: owner.database
    )
    // The history may not be read.
    let blind = try limited.migrate()
    #expect(blind.code == 1 && blind.error.contains("permission denied"), "\(blind.error)")
    // It may be read and not written: the migration goes with its row.
    try owner.psql(
      """
      grant usage on schema redstart, mig, rs to \(name); grant create on schema mig to \(name);
      grant select on all tables in schema redstart to \(name);
      grant select, insert, update, delete on all tables in schema rs to \(name)
      """
    )
    let refused = try limited.migrate()
    #expect(refused.code == 1 && refused.error.contains("permission denied"), "\(refused.error)")
    #expect(try owner.psql("select to_regclass('mig.b') is null") == "t")
    #expect(try owner.log() == "1 done")
    try owner.psql("grant insert on all tables in schema redstart to \(name)")
    let allowed = try limited.migrate()
    #expect(allowed.code == 0, "\(allowed.error)")
    #expect(try owner.log() == "1 done, 2 done")
  }

  /// The disk is full when the row is written, at the very end of the transaction.
  @Test func aFullDiskLeavesNothingAndDoesNotBlock() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(
      """
      create function public.disk_full() returns trigger language plpgsql as $$ begin
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
      end $$;
      create trigger disk_full before insert on redstart.migration_event
        for each row execute function public.disk_full();
      """
    )
    try scenario.write("V2__b.sql", "create table mig.b (x int);\ninsert into mig.b values (1);")
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("No space left on device"))
    #expect(failed.error.contains("the failure could not be recorded"), "\(failed.error)")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    try scenario.psql(
      "drop trigger disk_full on redstart.migration_event; drop function public.disk_full"
    )
    #expect(try scenario.migrate().code == 0)
    let undisturbed = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": "create table mig.b (x int);\ninsert into mig.b values (1);",
    ])
    #expect(try undisturbed.migrate().code == 0)
    #expect(try scenario.contents() == undisturbed.contents())
  }

  @Test func aTableUnderALateBindingViewIsRenamedOnlyTogetherWithTheView() throws {
    let scenario = try Scenario(
      ["V1__a.sql": Self.first],
      files: [
        "models/late.sql": "{{ config(materialized='view', bind=False) }} select x from mig.a"
      ]
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.project.run("run").code == 0)
    try scenario.write("V2__b.sql", "alter table mig.a rename to b;")
    let refused = try scenario.migrate()
    #expect(refused.code == 2 && refused.error.contains("error[migration-breaks-models]"))
    #expect(refused.error.contains("models/late.sql:1:"), "\(refused.error)")
    #expect(try scenario.psql("select to_regclass('mig.a') is null") == "f")
    try scenario.project.folder.write(
      "models/late.sql",
      "{{ config(materialized='view', bind=False) }} select x from mig.b"
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.project.run("run").code == 0)
    #expect(try scenario.psql("select count(*) from mig.late") == "0")
  }

  /// The server would let the table go, and fail whoever reads the view.
  @Test func whatALateBindingViewOfAMigrationReadsIsTakenAwayOnlyTogetherWithTheView() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__late.sql": "create view mig.late as\nselect x from mig.a with no schema binding;",
      "V3__other.sql": "create view mig.other as select s from mig.a with no schema binding;",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V4__b.sql", "alter table mig.a rename column x to z;")
    for words in [["plan"], ["up"]] {
      let refused = try scenario.project.run(["migrate"] + words)
      #expect(refused.code == 2, "\(refused.error)")
      #expect(refused.error.contains("which breaks 1 late-binding view"), "\(refused.error)")
      #expect(refused.error.contains("migrations/V2__late.sql:2:8"), "\(refused.error)")
      #expect(!refused.error.contains("mig.other"), "\(refused.error)")
    }
    #expect(try scenario.log() == "1 done, 2 done, 3 done")
    try scenario.write(
      "V4__b.sql",
      "alter table mig.a rename column x to z;\n"
        + "create or replace view mig.late as select z from mig.a with no schema binding;"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select count(z) from mig.late") == "0")
  }

  @Test func valuesOfVariablesAreTextUntilTheyAreQuoted() throws {
    let file = "insert into mig.a (s) values ('{{ var('word') }}'), ('${not} {{ '{{' }}');"
    let scenario = try Scenario(["V1__a.sql": Self.first, "V2__b.sql": file])
    let word = "{word: \"it's\"}"
    let broken = try scenario.migrate("--vars", word)
    #expect(broken.code == 2 && broken.error.contains("V2__b.sql"), "\(broken.error)")
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
    try scenario.write(
      "V2__b.sql",
      file.replacingOccurrences(of: "var('word')", with: "var('word') | replace(\"'\", \"''\")")
    )
    let outcome = try scenario.migrate("--vars", word)
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try scenario.psql("select string_agg(s, ',' order by s) from mig.a") == "${not} {{,it's"
    )
  }

  @Test func secretsAreInNoOutputAndNoRow() throws {
    let scenario = try Scenario(
      [
        "V1__a.sql": "create schema mig;",
        "V2__b.sql": "select 'correct-horse'::int;",
      ],
      password: "correct-horse"
    )
    let outcome = try scenario.migrate("--no-check")
    #expect(outcome.code == 1 && outcome.error.contains("invalid-value"), "\(outcome.error)")
    #expect(!outcome.error.contains("correct-horse"))
    let error = try scenario.psql("select error from redstart.migration_event where event = 'fail'")
    #expect(error.contains("*****") && !error.contains("correct-horse"), "\(error)")
    #expect(try !scenario.migrate("history").output.contains("correct-horse"))
  }

  @Test func aVerifyScriptThatFindsSomethingRollsTheMigrationBack() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first + " insert into mig.a values (-1);",
      "V1__a.verify.sql": "select x from mig.a where x < 0;",
      "V2__b.sql": "create table mig.b (x int);\nvacuum mig.b;",
      "V2__b.verify.sql": "select x from mig.b;",
    ])
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[migration-verification]"))
    #expect(refused.error.contains("x = -1") && refused.error.contains("V1__a.verify.sql:1:1"))
    #expect(try scenario.psql("select to_regnamespace('mig') is null") == "t")
    try scenario.write("V1__a.sql", Self.first)
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.migrate("verify").code == 0)
    try scenario.psql("insert into mig.a values (-5)")
    let found = try scenario.migrate("verify")
    #expect(found.code == 1 && found.error.contains("x = -5"))
  }

  @Test func callbacksRunAroundMigrations() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": "create table mig.b (x int);",
      "before.sql": "create table if not exists public.calls (what varchar(20));",
      "before_each.sql": "insert into public.calls values ('before each');",
      "after_each.sql": "insert into public.calls values ('after each');",
      "after.sql": "insert into public.calls values ('after');\nvacuum public.calls;",
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try scenario.psql("select string_agg(what, ',') from public.calls")
        == "before each,after each,before each,after each,after"
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql("select count(*) from public.calls") == "5")
  }

  /// What is wrong in a file is told before anything runs, by the exit code as well.
  @Test(arguments: ["commit;", "begin; select 1;", "rollback;"])
  func aFileThatCannotRunIsAnErrorOfTheProject(text: String) throws {
    let scenario = try Scenario(["V1__a.sql": "create schema mig; \(text)"])
    for command in ["up", "plan", "validate", "rehearse"] {
      let outcome = try scenario.migrate(command)
      #expect(outcome.code == 2, "\(command): \(outcome.error)")
      #expect(outcome.error.contains("error[transaction-in-migration]"), "\(outcome.error)")
    }
    #expect(try scenario.psql("select count(*) from pg_namespace where nspname = 'mig'") == "0")
  }

  @Test func mergeWithTwoRowsForOneSaysWhich() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig;
      create table mig.t (k varchar(10), v int);
      create table mig.s (k varchar(10), v int);
      insert into mig.s values ('A', 1), ('A ', 2);
      insert into mig.t values ('A', 0);
      """,
      "V2__merge.sql": """
      merge into mig.t using mig.s on mig.t.k = mig.s.k
      when matched then update set v = s.v when not matched then insert values (s.k, s.v);
      """,
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("error[merge-ambiguous]"), "\(outcome.error)")
    #expect(outcome.error.contains("as 'A' and 'A '"), "\(outcome.error)")
  }
}
