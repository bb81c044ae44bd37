import Foundation
import TestSupport
import Testing

/// Views of repeatable migrations on what an undo script takes away.
@Suite(.scenarioServer) struct UndoneViewTests {
  static let files = [
    "V1__a.sql": "create schema mig;",
    "V2__b.sql": "create table mig.b (x int, y int);",
    "V3__c.sql": "alter table mig.b add column z int;",
    "U3__c.sql": "alter table mig.b drop column z;",
    "R__v.sql": "create or replace view mig.v as select x, z from mig.b;",
    "R__w.sql": "create or replace view mig.w as select x from mig.v;",
  ]

  private func applied(_ changes: [String: String] = [:]) throws -> Scenario {
    try Scenario.applied(Self.files.merging(changes) { $1 })
  }

  private func views(_ scenario: Scenario) throws -> String {
    try scenario.psql(
      "select string_agg(viewname, ',' order by viewname) from pg_views where schemaname = 'mig'"
    )
  }

  private func pending(_ scenario: Scenario) throws -> [String] {
    try scenario.migrate("status").output.split(separator: "\n")
      .filter { $0.contains("pending") && $0.contains("  ") }
      .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
  }

  /// What is rolled back was no undo, and nothing of it is in the history.
  @Test func anUndoThatFailsTakesNothingBack() throws {
    let scenario = try applied(["U3__c.sql": "alter table mig.b drop column z;\nselect 1 / 0;"])
    let whole = try scenario.contents()
    let failed = try scenario.migrate("undo")
    #expect(failed.code == 1 && failed.error.contains("U3__c.sql:2:"), "\(failed.error)")
    #expect(try scenario.contents() == whole)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.log("'undone'") == "")
    try scenario.write("U3__c.sql", Self.files["U3__c.sql"] ?? "")
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try scenario.log("'undone'") == "R undone, R undone, 3 undone")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.contents() == whole)
  }

  /// The views go with the part of the script that is done, and so does what is known of them.
  @Test(arguments: ["fails", "after-transaction", "after-begin", "after-progress"])
  func whatIsDoneOfAnUndoIsKnown(end: String) throws {
    let rest = end == "fails" ? "select 1 / 0;" : "select 1;"
    let scenario = try applied([
      "U3__c.sql": "alter table mig.b drop column z;\nvacuum mig.b;\n\(rest)"
    ])
    let whole = try scenario.contents()
    let stopped = try scenario.migrate("undo", crashAt: end == "fails" ? nil : end)
    #expect(stopped.code == (end == "fails" ? 1 : 137), "\(stopped.error)")
    #expect(try views(scenario) == "")
    #expect(try scenario.log("'undone'") == "R undone, R undone")
    try scenario.write("U3__c.sql", "alter table mig.b drop column z;\nvacuum mig.b;\nselect 2;")
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try scenario.log("'undone'") == "R undone, R undone, 3 undone")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.contents() == whole)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  /// An older redstart, or a hand, may have left views of files that the history calls pending.
  @Test func viewsOfFilesThatArePendingAreTheProjects() throws {
    let scenario = try Scenario(Self.files)
    #expect(try scenario.migrate("--to", "3").code == 0)
    try scenario.psql(
      "create view mig.v as select x, z from mig.b; create view mig.w as select x from mig.v"
    )
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try views(scenario) == "")
  }

  /// A star is what is there: the file makes the view without the column, and nothing is pending.
  @Test func aViewOfAStarComesBackWithTheColumnsThatAreLeft() throws {
    let scenario = try applied([
      "R__v.sql": "create or replace view mig.v as select * from mig.b;",
      "R__w.sql": "create or replace view mig.w as select x, y from mig.v;",
    ])
    try scenario.psql("grant select on mig.v, mig.w to public; comment on view mig.w is 'mine'")
    let rights =
      "select string_agg(relacl::text || coalesce(obj_description(oid), ''), ',' "
      + "order by relname) from pg_class where relkind = 'v' and relnamespace = 'mig'::regnamespace"
    let before = try scenario.psql(rights)
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try views(scenario) == "v,w")
    #expect(try scenario.psql(rights) == before)
    #expect(try pending(scenario) == ["c"])
    #expect(try scenario.psql("select count(x) + count(y) from mig.v") == "0")
    #expect(try scenario.migrate("diff").code == 0)
    let redone = try scenario.migrate()
    #expect(redone.code == 0, "\(redone.error)")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  /// A file that waits for its turn is taken along where its view has gone.
  @Test func redoMakesAViewWhoseFileWasEdited() throws {
    let scenario = try applied()
    try scenario.write("R__v.sql", "create or replace view mig.v as select x, z, y from mig.b;")
    let redone = try scenario.migrate("redo")
    #expect(redone.code == 0, "\(redone.error)")
    #expect(try views(scenario) == "v,w")
    #expect(try scenario.psql("select count(y) from mig.v") == "0")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  /// What a later part of the undo script makes is not the repeatable file's to make.
  @Test func aViewThatTheUndoScriptMakesIsKept() throws {
    let scenario = try applied([
      "U3__c.sql": "alter table mig.b drop column z;\nvacuum mig.b;\n"
        + "create view mig.v as select x from mig.b;",
      "R__w.sql": "create or replace view mig.other as select y from mig.b;",
    ])
    try scenario.psql("grant select on mig.v to public")
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    #expect(try views(scenario) == "other,v")
    #expect(try pending(scenario) == ["c"])
    #expect(
      try scenario.psql("select has_table_privilege('public', 'mig.v', 'select')").contains("t")
    )
  }
}
