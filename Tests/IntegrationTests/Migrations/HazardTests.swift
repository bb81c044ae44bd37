import Foundation
import TestSupport
import Testing

/// What is dangerous is told before anything runs, and refused where that is asked for.
@Suite(.scenarioServer) struct HazardTests {
  static let first = "create schema mig; create table mig.a (x int, s varchar(10));"

  private func filled() throws -> Scenario {
    let scenario = try Scenario(["V1__a.sql": Self.first])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(
      "insert into mig.a select i, 'x' from generate_series(1, 2500) i; analyze mig.a"
    )
    return scenario
  }

  @Test func aDropIsToldWithItsRowsAndApplied() throws {
    let scenario = try filled()
    try scenario.write("V2__b.sql", "select 1;\nalter table mig.a drop column s;")
    let plan = try scenario.migrate("plan")
    #expect(plan.code == 0 && plan.error.contains("warning[drop-column]"), "\(plan.error)")
    #expect(plan.error.contains("--> migrations/V2__b.sql:2:19"), "\(plan.error)")
    #expect(plan.error.contains("mig.a has about 2,500 rows"), "\(plan.error)")
    #expect(try scenario.migrate("validate").error.contains("warning[drop-column]"))
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0 && outcome.error.contains("warning[drop-column]"))
    let told = try #require(outcome.error.range(of: "drop-column"))
    let done = try #require(outcome.error.range(of: "applied"))
    #expect(told.lowerBound < done.lowerBound)
  }

  @Test func strictRefusesWhatIsNotAllowed() throws {
    let scenario = try filled()
    let text = "create table mig.b (x int);\n-- redstart: allow=drop-column\n"
    try scenario.write("V2__b.sql", text + "alter table mig.a drop column s;\ntruncate mig.a;")
    for words in [["up"], ["plan"], ["validate"], ["up", "--dry-run"]] {
      let refused = try scenario.project.run(["migrate"] + words + ["--strict"])
      #expect(refused.code == 2, "\(words) \(refused.error)")
      #expect(refused.error.contains("error[migrations-refused]"))
      #expect(refused.error.contains("warning[truncate]") && !refused.error.contains("drop-column"))
    }
    #expect(
      try scenario.psql("select to_regclass('mig.b') is null, count(*) from mig.a") == "t|2500"
    )
    #expect(try scenario.log("'done', 'fail', 'begin'") == "1 done")
    let project = try scenario.project.folder.read("project.yml")
    try scenario.project.folder.write("project.yml", project + "\nmigrations: { strict: true }\n")
    #expect(try scenario.migrate().code == 2)
    try scenario.project.folder.write(
      "project.yml",
      project + "\nmigrations: { strict: true }\nchecks: { truncate: off }\n"
    )
    let allowed = try scenario.migrate()
    #expect(allowed.code == 0, "\(allowed.error)")
  }

  @Test func whatRedshiftRefusesIsRefusedBeforeAnythingRuns() throws {
    let scenario = try filled()
    try scenario.write("V2__b.sql", "create table mig.b (x int);")
    try scenario.write("V3__c.sql", "alter table mig.a alter column x type bigint;")
    let refused = try scenario.migrate()
    #expect(refused.code == 2 && refused.error.contains("error[redshift-unsupported]"))
    #expect(refused.error.contains("\"x\" of mig.a, which is integer"), "\(refused.error)")
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
  }

  @Test func whatIsNotThereOrSmallIsNoDanger() throws {
    let scenario = try filled()
    try scenario.write(
      "V2__b.sql",
      "drop table if exists mig.none; alter table mig.a alter distkey x;"
    )
    let plan = try scenario.migrate("plan", "--strict")
    #expect(plan.code == 0 && !plan.error.contains("warning"), "\(plan.error)")
  }

  @Test func theCheckWithoutADatabaseTakesEachFileByItself() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first + " drop table mig.a; create table mig.a (x int);",
      "V2__b.sql": "alter table mig.a add column tag int;\ndrop table mig.a;",
      "V3__c.sql": "create table mig.c (x int, user int);",
    ])
    let outcome = try scenario.project.run("check", "--output", "concise")
    #expect(outcome.output.contains("V2__b.sql:2:12: warning[drop-table]"), "\(outcome.output)")
    #expect(outcome.output.contains("warning[reserved-word]"), "\(outcome.output)")
    #expect(outcome.output.contains("V3__c.sql:1:28: warning[reserved-word]"), "\(outcome.output)")
    #expect(!outcome.output.contains("V1__a.sql"), "\(outcome.output)")
  }
}
