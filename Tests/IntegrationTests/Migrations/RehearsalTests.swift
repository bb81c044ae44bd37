import Foundation
import TestSupport
import Testing

/// Pending migrations and the models behind them on a scratch database; the target stays as it is.
@Suite(.scenarioServer) struct RehearsalTests {
  static let first = """
    create schema mig;
    create table mig.raw (id int, amount decimal(10, 2), note varchar(20));
    create table mig.aside (x int);
    """

  static let models = [
    "models/base.sql": "select id, amount from {{ source('mig', 'raw') }}",
    "models/total.sql": "select sum(amount) as total from {{ ref('base') }}",
    "models/other.sql": "select 1 as x",
    "models/schema.yml": """
    sources: [{ name: mig, tables: [{ name: raw }] }]
    models:
      - name: base
        columns: [{ name: id, tests: [not_null] }]
    """,
  ]

  static func scenario(_ second: String, apply: Bool = true) throws -> Scenario {
    let scenario = try Scenario(["V1__raw.sql": first])
    for (name, text) in models { try scenario.project.folder.write(name, text) }
    if apply {
      let applied = try scenario.migrate()
      #expect(applied.code == 0, "\(applied.error)")
    }
    try scenario.psql("insert into mig.raw values (1, 10.5, 'a'), (2, 2, null), (3, 7, 'c')")
    try scenario.write("V2__second.sql", second)
    return scenario
  }

  /// Everything in the database, redstart's own tables included.
  static func everything(_ scenario: Scenario) throws -> String {
    try scenario.contents()
      + scenario.psql("select count(*), max(seq) from redstart.migration_event")
  }

  @Test func whatWorksIsSaidAndTheTargetIsNotTouched() throws {
    let scenario = try Self.scenario("alter table mig.raw add column extra int;")
    defer { scenario.project.stopServer() }
    let before = try Self.everything(scenario)
    let outcome = try scenario.migrate("rehearse")
    #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
    #expect(outcome.error.contains("1 applied migration made again from the files"))
    #expect(outcome.error.contains("1 pending migration works"))
    #expect(outcome.error.contains("building 3 models and tests"), "\(outcome.error)")
    #expect(try Self.everything(scenario) == before)
    #expect(try scenario.migrate("status", "--exit-code").code == 1)
  }

  /// The sum over no rows is null; that of the rows is not.
  @Test func testsOverEmptyTablesOnlyWarn() throws {
    let scenario = try Self.scenario("alter table mig.raw add column extra int;")
    defer { scenario.project.stopServer() }
    let known = try scenario.project.folder.read("models/schema.yml")
    let total = "\n  - name: total\n    columns: [{ name: total, tests: [not_null] }]\n"
    try scenario.project.folder.write("models/schema.yml", known + total)
    let empty = try scenario.migrate("rehearse")
    #expect(empty.code == 0, "\(empty.error)\(empty.output)")
    #expect(empty.error.contains("tables have no rows"), "\(empty.error)")
    #expect((empty.error + empty.output).contains("WARN"), "\(empty.error)\(empty.output)")
    let filled = try scenario.migrate("rehearse", "--sample", "2")
    #expect(filled.code == 0, "\(filled.error)\(filled.output)")
    #expect(!filled.error.contains("tables have no rows"), "\(filled.error)")
    try scenario.psql("update mig.raw set amount = null")
    let wrong = try scenario.migrate("rehearse", "--sample", "2")
    #expect(wrong.code == 1, "\(wrong.error)\(wrong.output)")
  }

  /// What was applied unchecked is there, whatever is wrong with it.
  @Test func whatIsAppliedIsNotCheckedAgain() throws {
    let scenario = try Scenario(["V1__raw.sql": Self.first])
    defer { scenario.project.stopServer() }
    try scenario.write("V2__keys.sql", "create table mig.k (x int) distkey (nope);")
    #expect(try scenario.migrate("--no-check").code == 0)
    try scenario.write("V3__more.sql", "create table mig.more (x int);")
    let outcome = try scenario.migrate("rehearse")
    #expect(outcome.code == 0, "\(outcome.error)")
    try scenario.write("V3__more.sql", "create table mig.more (x int) sortkey (nope);")
    let refused = try scenario.migrate("rehearse")
    #expect(refused.code == 2 && refused.error.contains("unknown-column"), "\(refused.error)")
  }

  @Test func aModelThatBreaksIsFound() throws {
    let scenario = try Self.scenario("alter table mig.raw rename column amount to value;")
    defer { scenario.project.stopServer() }
    let before = try Self.everything(scenario)
    let outcome = try scenario.migrate("rehearse")
    #expect(outcome.code == 1)
    #expect((outcome.error + outcome.output).contains("amount"), "\(outcome.error)")
    #expect(outcome.error.contains("models or tests fail"), "\(outcome.error)")
    #expect(try Self.everything(scenario) == before)
  }

  @Test func aMigrationThatFailsOnRealRowsIsFoundWithASample() throws {
    let scenario = try Self.scenario(
      """
      create table mig.typed (id int not null, note varchar(20) not null);
      insert into mig.typed select id, note from mig.raw;
      """
    )
    defer { scenario.project.stopServer() }
    #expect(try scenario.migrate("rehearse").code == 0)
    let before = try Self.everything(scenario)
    let outcome = try scenario.migrate("rehearse", "--sample", "100")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("the pending migrations fail"), "\(outcome.error)")
    #expect(outcome.error.contains("migrations/V2__second.sql:2"), "\(outcome.error)")
    #expect(try Self.everything(scenario) == before)
    #expect(try scenario.migrate("rehearse", "--sample", "1").code == 0)
  }

  @Test func whatFilesDoNotTellIsReadFromTheCatalogue() throws {
    let scenario = try Self.scenario("alter table mig.raw add column extra int;", apply: false)
    defer { scenario.project.stopServer() }
    // A database that was there before redstart, with a table of which no file tells.
    try scenario.psql(
      Self.first + " create table mig.unknown (y int); insert into mig.raw values (1, 1, 'x');"
    )
    #expect(try scenario.migrate("baseline", "--to", "1").code == 0)
    try scenario.write("V3__third.sql", "alter table mig.unknown add column z int;")
    let outcome = try scenario.migrate("rehearse", "--sample", "5")
    #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
    #expect(outcome.error.contains("from the catalogue"), "\(outcome.error)")
    #expect(try scenario.log("'done'") == "")
  }

  @Test(arguments: [[], ["--from-database", "--sample", "5"]])
  func aDatabaseWithoutAHistoryIsRehearsed(options: [String]) throws {
    let scenario = try Scenario(["V1__raw.sql": Self.first])
    defer { scenario.project.stopServer() }
    try scenario.psql("create schema other; create table other.t as select 1 as x")
    let outcome = try scenario.project.run(["migrate", "rehearse"] + options)
    #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
    #expect(outcome.error.contains("1 pending migration works"), "\(outcome.error)")
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
  }

  @Test func nothingPendingIsNothingToRehearse() throws {
    let scenario = try Scenario(["V1__raw.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    let outcome = try scenario.migrate("rehearse")
    #expect(outcome.code == 0 && outcome.error.contains("nothing to rehearse"), "\(outcome.error)")
    let wrong = try scenario.migrate("rehearse", "--sample", "many")
    #expect(wrong.code == 2 && wrong.error.contains("error[usage]"))
  }
}
