import Foundation
import TestSupport
import Testing

/// Migrations that wait for a table which somebody reads.
@Suite(.scenarioServer) struct LockRetryTests {
  static let altering = "alter table mig.a add column y int;"

  private func held(_ text: String, settings: String = "") throws -> (Scenario, ReadProcess) {
    let scenario = try Scenario.applied([
      "V1__a.sql": "create schema mig; create table mig.a (x int, s varchar(9));"
    ])
    if !settings.isEmpty {
      let path = scenario.project.folder.path + "/project.yml"
      let known = try String(contentsOfFile: path, encoding: .utf8)
      try scenario.project.folder.write("project.yml", known + "\nmigrations: { \(settings) }\n")
    }
    try scenario.write("V2__b.sql", text)
    return (scenario, try scenario.holdLock("mig.a", mode: "access share"))
  }

  /// Lets the reader go once a try was given up, and sees the migration through.
  private func succeeds(_ scenario: Scenario, _ reader: ReadProcess) throws {
    let errors = try ErrorText()
    let runner = try scenario.start(errors: errors.handle)
    try errors.wait(for: "try 2 was given up by the server")
    // Between the tries nobody who reads has to wait behind it.
    #expect(try scenario.psql("select count(*) from mig.a") == "0")
    reader.end()
    runner.waitUntilExit()
    #expect(runner.terminationStatus == 0, "\(errors.text)")
    #expect(errors.text.contains("holds AccessShareLock on mig.a"), "\(errors.text)")
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.log("'fail'") == "")
  }

  @Test(arguments: [
    ("-- redstart: lock-timeout=100ms, lock-retries=100\n", ""),
    ("", "lock-timeout: 100ms, lock-retries: 100"),
    ("-- redstart: lock-timeout=100ms\n", "lock-timeout: 1h, lock-retries: 100"),
  ])
  func aTableThatIsReadIsAlteredWhenItIsFree(head: String, settings: String) throws {
    let (scenario, reader) = try held(head + Self.altering, settings: settings)
    defer { reader.end() }
    try succeeds(scenario, reader)
  }

  @Test func aStatementThatRunsAloneIsTriedAgain() throws {
    let (scenario, reader) = try held(
      "-- redstart: lock-timeout=100ms, lock-retries=100\n"
        + "alter table mig.a alter column s type varchar(20);"
    )
    defer { reader.end() }
    try succeeds(scenario, reader)
    #expect(try scenario.log("'begin', 'done'") == "1 done, 2 begin, 2 done")
  }

  /// Late-binding views that waited for what it makes belong to it: without them it is not done.
  @Test func aStatementThatRunsAloneIsDoneAsAWholeOrNotAtAll() throws {
    let scenario = try Scenario.applied([
      "V1__a.sql": """
      create schema mig;
      create external schema mig_x from data catalog database 'd' iam_role default;
      """
    ])
    try scenario.write(
      "V2__e.sql",
      "-- redstart: lock-timeout=100ms\n"
        + "create external table mig_x.e (x int) stored as parquet location 's3://bucket/e/';"
    )
    let holder = try scenario.holdLock("rs.late_views")
    defer { holder.end() }
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("error[lock-not-available]"))
    #expect(try scenario.psql("select to_regclass('mig_x.e') is null") == "t")
    holder.end()
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
  }

  @Test(arguments: ["lock-retries=2", "lock-retries=0"])
  func itGivesUpAfterSoManyTries(directive: String) throws {
    let (scenario, reader) = try held(
      "-- redstart: lock-timeout=50ms, \(directive)\n" + Self.altering,
      settings: "lock-retries: 50"
    )
    defer { reader.end() }
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("error[lock-not-available]"))
    let tries = outcome.error.split(separator: "\n").filter { $0.contains("was given up") }.count
    #expect(tries == (directive == "lock-retries=2" ? 2 : 0), "\(outcome.error)")
    #expect(outcome.error.contains("nothing of it remains"), "\(outcome.error)")
    reader.end()
    #expect(try scenario.migrate().code == 0)
  }

  @Test func whatIsNoNumberOfTriesIsTold() throws {
    let scenario = try Scenario(["V1__a.sql": "-- redstart: lock-retries=often\nselect 1;"])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 2, "\(outcome.error)")
    #expect(outcome.error.contains("\"often\" is no number of tries"), "\(outcome.error)")
  }
}
