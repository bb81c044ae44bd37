import Foundation
import TestSupport
import Testing

/// Files and history that do not agree, and commands that make them agree.
@Suite(.scenarioServer) struct HistoryTests {
  static let first = "create schema mig;\ncreate table mig.a (\n  x int,\n  y int\n);\n"

  @Test func anEditIsShownAsTheDifferenceOfTheTexts() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V1__a.sql", Self.first.replacingOccurrences(of: "y int", with: "y bigint"))
    try scenario.write("V2__b.sql", "create table mig.b (x int);")
    let refused = try scenario.migrate()
    for outcome in [refused, try scenario.migrate("validate")] {
      #expect(outcome.code == 1 && outcome.error.contains("error[migration-changed]"))
      #expect(outcome.error.contains("-   y int\n") && outcome.error.contains("+   y bigint\n"))
    }
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    #expect(try scenario.migrate("repair", "--accept", "1").code == 0)
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test(arguments: [
    first.replacingOccurrences(of: "\n", with: "\r\n"), "\u{FEFF}" + first,
    "-- a licence\n" + first, first.replacingOccurrences(of: "  ", with: "\t\t"),
    first.replacingOccurrences(of: "\n", with: " "),
  ])
  func layoutMayChange(text: String) throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V1__a.sql", text)
    #expect(try scenario.migrate().error.contains("nothing to apply"))
    let sound = try scenario.migrate("validate")
    // A mark of the byte order is no part of the text.
    let isNoted = text.unicodeScalars.first != "\u{FEFF}"
    #expect(sound.code == 0 && sound.error.contains("migration-layout") == isNoted)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func anOutputThatIsNotKnownIsRefused() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    let outcome = try scenario.migrate("status", "--output", "yaml")
    #expect(outcome.code == 2 && outcome.error.contains("table, json, text"), "\(outcome.error)")
    #expect(try scenario.migrate("status", "--output", "json").output.hasPrefix("["))
    #expect(
      try scenario.migrate("status", "--output", "table").output
        == scenario.migrate("status").output
    )
  }

  @Test func aFileThatIsGoneIsAnErrorUntilItIsAccepted() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.project.folder.remove("migrations/V2__b.sql")
    #expect(try scenario.migrate("status").output.contains("missing"))
    #expect(try scenario.migrate().error.contains("error[migration-missing]"))
    #expect(try scenario.migrate("repair", "--accept", "2").code == 0)
    #expect(try scenario.migrate().code == 0)
  }

  @Test func aRenamedFileIsNotAppliedAgain() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.project.folder.remove("migrations/V2__b.sql")
    try scenario.write("V7__b.sql", "-- moved\ncreate table mig.b (x int);")
    #expect(try scenario.migrate("status").output.contains("renamed"))
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0 && outcome.error.contains("not applied again"), "\(outcome.error)")
    let status = try scenario.migrate("status", "--exit-code")
    #expect(status.code == 0 && status.output.contains("7        b"), "\(status.output)")
    #expect(try scenario.migrate("validate").code == 0)
  }

  @Test func aLateVersionAppliesWhenItTouchesOtherObjects() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V5__e.sql": "alter table mig.a add column z int;",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V3__c.sql", "create table mig.c (x int);")
    let late = try scenario.migrate()
    #expect(late.code == 0 && late.error.contains("they touch different objects"), "\(late.error)")
    try scenario.write("V4__d.sql", "alter table mig.a rename column x to w;")
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[migration-out-of-order]"))
    #expect(
      refused.error.contains("migrations/V4__d.sql and migrations/V5__e.sql both touch mig.a")
    )
    #expect(try scenario.log() == "1 done, 5 done, 3 done")
  }

  @Test func repeatableViewsAreRebuiltInTheOrderOfTheirDependencies() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "R__c.sql": "drop view if exists mig.vc; create view mig.vc as select x from mig.va;",
      "R__b.sql": "drop view if exists mig.vb; create view mig.vb as select x from mig.vc;",
      "R__z.sql": "drop view if exists mig.vb, mig.vc, mig.va; "
        + "create view mig.va as select x from mig.a;",
      "R__other.sql": "create or replace view mig.vo as select y from mig.a;",
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let names = """
      select string_agg(name, ',' order by seq) from redstart.migration_event \
      where kind = 'repeatable' and event = 'done'
      """
    #expect(try scenario.psql(names) == "other,z,c,b")
    #expect(try scenario.migrate().error.contains("nothing to apply"))
    try scenario.write(
      "R__c.sql",
      "drop view if exists mig.vb, mig.vc; create view mig.vc as select x, 1 as n from mig.va;"
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql(names) == "other,z,c,b,c,b")
  }

  @Test func undoTakesBackTheLastThoseAboveOrOneInTheMiddle() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": "create table mig.b (x int);", "U2__b.sql": "drop table mig.b;",
      "V3__c.sql": "create table mig.c (x int);", "U3__c.sql": "drop table mig.c;",
      "V4__d.sql": "insert into mig.b values (1);", "U4__d.sql": "delete from mig.b;",
    ])
    #expect(try scenario.migrate().code == 0)
    // The middle one may go when nothing behind it uses what it made.
    let refused = try scenario.migrate("undo", "2")
    #expect(refused.code == 1 && refused.error.contains("error[undo-conflict]"))
    #expect(refused.error.contains("V4__d.sql"), "\(refused.error)")
    #expect(try scenario.migrate("undo", "3").code == 0)
    #expect(try scenario.psql("select to_regclass('mig.c') is null") == "t")
    #expect(try scenario.migrate("redo").code == 0)
    #expect(try scenario.migrate().code == 0)
    #expect(
      try scenario.log() == "1 done, 2 done, 3 done, 4 done, 3 undone, 4 undone, 4 done, 3 done"
    )
    #expect(try scenario.migrate("undo", "--to", "1").code == 0)
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    let none = try scenario.migrate("undo")
    #expect(none.code == 1 && none.error.contains("error[no-undo-script]"))
    #expect(none.error.contains("write U1__a.sql beside it"), "\(none.error)")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func whatWouldBeTakenBackIsShown() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first,
      "V2__b.sql": "create table mig.b (x int);", "U2__b.sql": "drop table mig.b;",
    ])
    #expect(try scenario.migrate().code == 0)
    for command in ["undo", "redo"] {
      let shown = try scenario.migrate(command, "--dry-run", "--sql")
      #expect(shown.code == 0 && shown.output.contains("    drop table mig.b;"), "\(shown.error)")
      #expect(shown.error.contains("1 to take back"), "\(shown.error)")
    }
    let refused = try scenario.migrate("undo", "--to", "0", "--dry-run")
    #expect(refused.code == 1 && refused.error.contains("error[no-undo-script]"))
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "f")
  }

  /// Who says `--dry-run` must not find it done.
  @Test(arguments: [
    ["baseline", "--to", "1", "--dry-run"], ["repair", "--accept", "1", "--dry-run"],
    ["import", "--from", "flyway", "--dry-run"], ["undo", "--plan", "p.json"],
    ["status", "--strict"], ["undo", "--accept", "1"], ["verify", "--to", "1"],
    ["--from", "flyway"], ["up", "--output", "json"],
  ])
  func anOptionThatACommandDoesNotFollowIsRefused(words: [String]) throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    let outcome = try scenario.project.run(["migrate"] + words)
    #expect(outcome.code == 2 && outcome.error.contains("error[usage]"), "\(outcome.error)")
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
  }

  @Test func duplicateRowsCountOnce() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql("insert into redstart.migration_event select * from redstart.migration_event")
    #expect(try scenario.migrate().error.contains("nothing to apply"))
    #expect(try scenario.migrate("history").error.contains("count once"))
    #expect(try scenario.migrate("validate").code == 0)
  }

  @Test func aPlanIsAppliedAsItIsOrNotAtAll() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    let text = try scenario.project.folder.read("plan.json")
    #expect(!text.contains(scenario.project.folder.path))
    #expect(try scenario.migrate("up", "--to", "1").code == 0)
    let refused = try scenario.migrate("up", "--plan", "plan.json")
    #expect(refused.code == 1 && refused.error.contains("error[plan-outdated]"))
    #expect(refused.error.contains("other migrations have been applied since"))
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    try scenario.write("V2__b.sql", "create table mig.b (x bigint);")
    #expect(try scenario.migrate("up", "--plan", "plan.json").error.contains("something else now"))
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    #expect(try scenario.migrate("up", "--plan", "plan.json").code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func aDryRunChangesNothing() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    let outcome = try scenario.migrate("up", "--dry-run", "--sql")
    #expect(outcome.code == 0 && outcome.output.contains("create table mig.a"))
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
    #expect(try scenario.migrate("status", "--exit-code").code == 1)
  }

  @Test func aDatabaseWhoseHistoryIsGoneIsLeftAlone() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql("drop schema redstart cascade; drop table mig.b")
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[history-missing]"))
    #expect(refused.error.contains("mig.a"), "\(refused.error)")
    #expect(try scenario.migrate("baseline", "--to", "1").code == 0)
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "f")
  }

  @Test func aBaselineNamesItsVersion() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    try scenario.psql("create schema mig; create table mig.a (x int, y int)")
    let refused = try scenario.migrate("baseline")
    #expect(refused.code == 1 && refused.error.contains("error[baseline-version]"))
    #expect(refused.error.contains("mig.a"), "\(refused.error)")
    #expect(try scenario.migrate("baseline", "--to", "1").code == 0)
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log("'done', 'adopted'") == "1 adopted, 1 adopted, 2 done")
    #expect(try scenario.migrate("baseline", "--to", "2").error.contains("baseline-refused"))
  }

  @Test func theHistoryOfTheFirstVersionIsKept() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    // What the first version left behind: no lease, no layout, a table to lock.
    try scenario.psql(
      """
      drop table redstart.migration_lease; drop table redstart.migration_meta;
      create table redstart.migration_lock (held_by varchar(256))
      """
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    try scenario.write("V2__b.sql", "create table mig.b (x int);")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.psql("select schema_version from redstart.migration_meta") == "2")
    try scenario.psql("insert into redstart.migration_meta (schema_version) values (99)")
    #expect(try scenario.migrate("status").error.contains("error[history-newer]"))
  }

  @Test func theServerSeesTheStatementsThatTheFileHas() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig; /* one ; /* nested ; */ */
      create table mig.a (s varchar(50)); -- ;
      insert into mig.a values ('a;b'), ('it''s'), ('tab\\there'), ('back\\\\slash');
      create or replace procedure mig.p(x integer) as $body$
      begin
        insert into mig.a values ('from; p');
      end;
      $body$ language plpgsql;
      ;;
      -- the end
      """,
      "V2__empty.sql": "-- nothing {% if false %} select 1; {% endif %}\n",
      "V3__none.sql": "{% if false %} select 1; {% endif %}",
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select count(*) from mig.a") == "4")
    #expect(try scenario.log() == "1 done, 2 done, 3 done")
    #expect(
      try scenario.psql("select stmt_total from redstart.migration_event where version = '1'")
        == "4"
    )
    #expect(try scenario.migrate("validate").error.contains("warning[empty-migration]"))
  }

  /// Backslashes escape in every text, dollars quote, and nothing in either is a statement's end.
  @Test func textsAreStoredAsRedshiftReadsThem() throws {
    let scenario = try Scenario([
      "V1__a.sql": #"""
      create schema mig;
      create table mig.a (i int, s varchar(50));
      insert into mig.a values (1, 'a\'b;c'), (2, $b$d';$$;e$b$), (3, '--no;'), (4, '/*'';'), (5, 'x\\');
      -- the end
      """#
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try scenario.psql("select string_agg(s, '|' order by i) from mig.a")
        == #"a'b;c|d';$$;e|--no;|/*';|x\"#
    )
  }

  @Test(arguments: [
    ("\\copy mig.a from 'x.csv'\nselect 1;", "error[psql-command]"),
    ("select 1;\n  \\set x 1\n", "error[psql-command]"),
    ("select * from {{ ref('m') }}", "error[node-in-migration]"),
    ("create table {{ var('missing') }}.a (x int)", "missing"),
    ("-- redstart: lock-timeout=5\nselect 1", "error[migration-directive]"),
    ("-- redstart: depends-on=9\nselect 1", "error[migration-dependency]"),
  ])
  func whatCannotBeRunIsRefusedBeforeConnecting(text: String, code: String) throws {
    let scenario = try Scenario(["V1__a.sql": text])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 2 && outcome.error.contains(code), "\(outcome.error)")
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
  }

  @Test(arguments: [
    ["V1__a.sql", "V01__b.sql"], ["V20261125093000__a.sql", "V20261125093000__b.sql"],
  ])
  func twoFilesOfOneVersionAreRefusedBeforeConnecting(names: [String]) throws {
    // Nobody listens there.
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "select 1") })
    let scenario = try Scenario(files, port: 1)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 2 && outcome.error.contains("error[duplicate-migration]"))
    #expect(names.allSatisfy { outcome.error.contains("migrations/\($0)") }, "\(outcome.error)")
  }
}
