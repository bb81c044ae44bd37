import Foundation
import TestSupport
import Testing

/// What a plan says of others before anything runs.
@Suite(.scenarioServer) struct PlanTests {
  @Test func namesViewsAndWhoIsInTheWay() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig; create table mig.a (x int, s varchar(10)); create table mig.b (x int);
      create view mig.v as select s from mig.a; create view mig.w as select s from mig.v;
      """
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "insert into mig.b values (1);")
    try scenario.write("V3__c.sql", "alter table mig.a alter column s type varchar(20);")
    // Who reads hinders no INSERT, but it does hinder ALTER TABLE.
    let reader = try scenario.holdLock("mig.a", mode: "access share")
    defer { reader.end() }
    let plan = try scenario.migrate("plan")
    #expect(plan.code == 0, "\(plan.error)")
    #expect(plan.output.contains("  views dropped and made again: mig.v, mig.w"), "\(plan.output)")
    #expect(plan.error.contains("in the way now: process "), "\(plan.error)")
    #expect(plan.error.contains(" on mig.a since "), "\(plan.error)")
    #expect(!plan.error.contains(" on mig.b"), "\(plan.error)")
  }

  @Test func isDataForAProgramThatReadsIt() throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig; create table mig.a (x int);\nvacuum mig.a;"
    ])
    let plan = try scenario.migrate("plan", "--output", "json")
    #expect(plan.code == 0, "\(plan.error)")
    let value = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
    let migrations = try #require(value?["migrations"] as? [[String: Any]])
    let segments = try #require(migrations.first?["segments"] as? [[String: Any]])
    #expect(segments.map { $0["mode"] as? String } == ["transaction", "alone"])
    let last = segments.last?["statements"] as? [[String: Any]]
    #expect(last?.first?["sql"] as? String == "vacuum mig.a")
    // What is printed is a plan as well as what is written down.
    try scenario.project.folder.write("plan.json", plan.output)
    #expect(try scenario.migrate("up", "--plan", "plan.json").code == 0)
    let none = try scenario.migrate("plan", "--output", "json")
    #expect(none.code == 0 && none.output.contains("\"migrations\": []"), "\(none.output)")
  }

  @Test func doesNotWaitForWhoHoldsATableForHimself() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig; create table mig.a (x int, s varchar(10));
      create view mig.v as select s from mig.a;
      """
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "alter table mig.a alter column s type varchar(20);")
    let holder = try scenario.holdLock("mig.a")
    defer { holder.end() }
    let plan = try scenario.migrate("plan")
    #expect(plan.code != 0 && plan.error.contains("error[lock-not-available]"), "\(plan.error)")
    #expect(plan.error.contains("holds AccessExclusiveLock on mig.a since "), "\(plan.error)")
  }

  @Test func theSizeOfAHeldTableIsNotWaitedFor() throws {
    let scenario = try Scenario(["V1__a.sql": "create schema mig; create table mig.a (x int);"])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "-- redstart: lock-timeout=300ms\ndrop table mig.a;")
    let holder = try scenario.holdLock("mig.a")
    defer { holder.end() }
    let outcome = try scenario.migrate("--allow-breaking")
    #expect(outcome.error.contains("warning[drop-table]"), "\(outcome.error)")
    #expect(outcome.code == 1 && outcome.error.contains("error[lock-not-available]"))
  }

  @Test func namesWhatBreaksAndViewsOfOthers() throws {
    let scenario = try Scenario(
      ["V1__a.sql": "create schema mig; create table mig.a (x int, s varchar(10));"],
      files: ["models/m.sql": "select s from mig.a"]
    )
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "alter table mig.a drop column s;")
    let plan = try scenario.migrate("plan")
    #expect(plan.code == 2 && plan.error.contains("error[migration-breaks-models]"))
    #expect(plan.output.contains("ALTER TABLE"), "\(plan.output)")
    #expect(plan.error.contains("`redstart migrate` refuses them"), "\(plan.error)")
    #expect(try scenario.migrate("plan", "--allow-breaking").code == 0)
    try scenario.psql("create view mig.theirs as select s from mig.a")
    let foreign = try scenario.migrate("plan", "--allow-breaking")
    #expect(foreign.code == 2 && foreign.error.contains("error[foreign-views]"), "\(foreign.error)")
  }

  @Test func theFileShowsTheSQLAndIsNoPlaceToChangeIt() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig; create table mig.a (x int);
      create user app password 'Open5esame';
      """
    ])
    let plan = try scenario.migrate("plan", "-o", "plan.json")
    #expect(plan.code == 0, "\(plan.error)")
    let path = scenario.project.folder.path + "/plan.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("create table mig.a (x int)"), "\(text)")
    #expect(text.contains("password '*****'") && !text.contains("Open5esame"), "\(text)")
    try scenario.project.folder.write(
      "plan.json",
      text.replacingOccurrences(of: "mig.a (x int)", with: "mig.a (x bigint)")
    )
    let edited = try scenario.migrate("up", "--plan", "plan.json")
    #expect(edited.code == 2 && edited.error.contains("error[invalid-plan]"), "\(edited.error)")
    try scenario.project.folder.write("plan.json", text)
    try scenario.write("V1__a.sql", "create schema mig; create table mig.a (x bigint);")
    let outdated = try scenario.migrate("up", "--plan", "plan.json")
    #expect(outdated.error.contains("says something else now"), "\(outdated.error)")
  }

  @Test func theFileShowsWhatWasFound() throws {
    let scenario = try Scenario.applied([
      "V1__a.sql": "create schema mig; create table mig.a (x int);"
    ])
    try scenario.write("V2__b.sql", "drop table mig.a;")
    #expect(try scenario.migrate("plan", "-o", "plan.json").code == 0)
    let path = scenario.project.folder.path + "/plan.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"code\": \"drop-table\""), "\(text)")
    #expect(try scenario.migrate("up", "--plan", "plan.json").code == 0)
  }
}
