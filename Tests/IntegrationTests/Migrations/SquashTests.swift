import Foundation
import TestSupport
import Testing

/// One file in the place of many.
@Suite(.scenarioServer) struct SquashTests {
  static let files = [
    "V1__a.sql": """
    create schema mig;
    create table {{ target.schema }}.t (
      id int identity(5, 2) primary key, x varchar(10) default 'q'
    );
    """,
    "V2__b.sql": """
    -- redstart: lock-timeout=5s
    alter table t add column y int;
    create view v as select id, y from {{ target.schema }}.t;
    comment on table t is 'a table';
    """,
    "U2__b.sql": "drop view v; alter table t drop column y;",
    "V3__c.sql":
      "alter table mig.t rename to t2; -- no semicolon behind the last one\ngrant select on v to public",
    "V4__d.sql": "create table mig.z (id int);",
  ]

  /// A project with the same files on another database.
  static func copy(of scenario: Scenario) throws -> Scenario {
    let copy = try Scenario([:])
    let folder = scenario.project.folder.path
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations") {
      try copy.write(name, String(contentsOfFile: "\(folder)/migrations/\(name)", encoding: .utf8))
    }
    return copy
  }

  /// Makes files as if all names had been written with the template.
  static func templated() -> [String: String] {
    files.mapValues {
      $0.replacingOccurrences(of: "mig.", with: "{{ target.schema }}.")
        .replacingOccurrences(of: "create schema mig", with: "create schema {{ target.schema }}")
    }
  }

  @Test func aDatabaseThatHasAllOfItGoesOnAndANewOneComesToTheSame() throws {
    let scenario = try Scenario(Self.templated())
    defer { scenario.project.stopServer() }
    #expect(try scenario.migrate().code == 0)
    let contents = try scenario.contents()
    let squash = try scenario.migrate("squash", "--to", "3")
    #expect(squash.code == 0, "\(squash.error)")
    let folder = scenario.project.folder.path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations").sorted()
    #expect(names == ["V3__squashed.sql", "V4__d.sql"])
    let archived = try FileManager.default.contentsOfDirectory(
      atPath: folder + "/archive/migrations"
    )
    #expect(archived.sorted() == ["U2__b.sql", "V1__a.sql", "V2__b.sql", "V3__c.sql"])
    let text = try String(contentsOfFile: folder + "/migrations/V3__squashed.sql", encoding: .utf8)
    #expect(text.contains("-- redstart: lock-timeout=5000ms"))
    #expect(text.contains("create table {{ target.schema }}.t2"), "\(text)")

    // Nothing is pending here; the next run notes it once.
    let status = try scenario.migrate("status", "--exit-code")
    #expect(status.code == 0 && status.output.contains("squashed"), "\(status.output)")
    #expect(try scenario.migrate("diff").code == 0)
    #expect(try scenario.migrate().code == 0)
    #expect(
      try scenario.log("'done', 'undone', 'adopted'")
        == "1 done, 2 done, 3 done, 4 done, 1 undone, 2 undone, 3 adopted"
    )
    #expect(try scenario.contents() == contents)
    let after = try scenario.migrate("status")
    #expect(!after.output.contains("squashed  squashed"), "\(after.output)")
    #expect(try scenario.migrate("validate").code == 0)
    #expect(try scenario.migrate("diff").code == 0)
    #expect(try scenario.migrate().error.contains("nothing to apply"))

    let fresh = try Self.copy(of: scenario)
    let applied = try fresh.migrate()
    #expect(applied.code == 0, "\(applied.error)")
    #expect(
      try fresh.migrate("dump", "--from-database").output
        == scenario.migrate("dump", "--from-database").output
    )
    #expect(try fresh.log() == "3 done, 4 done")
  }

  @Test func aDatabaseInTheMiddleIsRefusedAndShownTheWay() throws {
    let scenario = try Scenario(Self.templated())
    defer { scenario.project.stopServer() }
    #expect(try scenario.migrate("up", "--to", "2").code == 0)
    #expect(try scenario.migrate("squash", "--to", "3").code == 0)
    let refused = try scenario.migrate()
    #expect(refused.code == 1)
    #expect(refused.error.contains("error[squash-blocked]"), "\(refused.error)")
    #expect(refused.error.contains("not applied here: 3"), "\(refused.error)")
    #expect(try scenario.log() == "1 done, 2 done")
    // The way that the message shows.
    let folder = scenario.project.folder.path
    let squashed = folder + "/migrations/V3__squashed.sql"
    let text = try String(contentsOfFile: squashed, encoding: .utf8)
    try FileManager.default.removeItem(atPath: squashed)
    for name in ["V1__a.sql", "V2__b.sql", "V3__c.sql"] {
      try scenario.write(
        name,
        String(contentsOfFile: "\(folder)/archive/migrations/\(name)", encoding: .utf8)
      )
    }
    #expect(try scenario.migrate("up", "--to", "3").code == 0)
    for name in ["V1__a.sql", "V2__b.sql", "V3__c.sql"] {
      try FileManager.default.removeItem(atPath: "\(folder)/migrations/\(name)")
    }
    try scenario.write("V3__squashed.sql", text)
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func aDatabaseThatHasSomethingElseIsRefused() throws {
    let scenario = try Scenario(Self.templated())
    defer { scenario.project.stopServer() }
    try scenario.write("V2__b.sql", "alter table {{ target.schema }}.t add column other int;")
    #expect(try scenario.migrate("up", "--to", "2").code == 0)
    try scenario.psql("alter table mig.t rename to t2")
    try scenario.write("V3__c.sql", "select 1;")
    #expect(try scenario.migrate("up", "--to", "3").code == 0)
    for (name, text) in Self.templated() { try scenario.write(name, text) }
    #expect(try scenario.migrate("squash", "--to", "3").code == 0)
    let refused = try scenario.migrate()
    #expect(refused.code == 1)
    #expect(refused.error.contains("applied from other text: 2, 3"), "\(refused.error)")
  }

  @Test func rowsAreKeptInOrderOrRefusedWithTheList() throws {
    var files = Self.templated()
    files["V4__d.sql"] = """
      insert into t2 (y) values (1), (2);
      create table {{ target.schema }}.copied as select y from t2;
      update t2 set y = y + 1;
      """
    let scenario = try Scenario(files)
    defer { scenario.project.stopServer() }
    #expect(try scenario.migrate().code == 0)
    let refused = try scenario.migrate("squash", "--to", "4")
    #expect(refused.code == 1)
    #expect(refused.error.contains("migrations/V4__d.sql:1:1"), "\(refused.error)")
    #expect(refused.error.contains("migrations/V4__d.sql:3:1"), "\(refused.error)")
    #expect(refused.error.contains("UPDATE changes rows"), "\(refused.error)")
    let kept = try scenario.migrate("squash", "--to", "4", "--keep-statements")
    #expect(kept.code == 0, "\(kept.error)")
    let fresh = try Self.copy(of: scenario)
    let applied = try fresh.migrate()
    #expect(applied.code == 0, "\(applied.error)")
    #expect(try fresh.contents() == scenario.contents())
    #expect(try fresh.psql("select y from mig.t2 order by 1") == "2\n3")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func rowsAreLeftOutWhenThatIsAskedFor() throws {
    var files = Self.templated()
    files["V4__d.sql"] = "insert into t2 (y) values (1), (2);"
    let scenario = try Scenario(files)
    defer { scenario.project.stopServer() }
    let squash = try scenario.migrate("squash", "--to", "4", "--without-rows")
    #expect(squash.code == 0 && squash.error.contains("left out 1 statement"), "\(squash.error)")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql("select count(*) from mig.t2") == "0")
  }

  /// The file as it is, not the text that the definition is read from.
  @Test func aStatementThatChangesRowsIsShownAsItStands() throws {
    var files = Self.templated()
    files["V4__d.sql"] = "select 1;\ninsert into {{ target.schema }}.t2 (y) values (1), (2);"
    let scenario = try Scenario(files)
    defer { scenario.project.stopServer() }
    let refused = try scenario.migrate("squash", "--to", "4")
    #expect(refused.code != 0 && refused.error.contains("error[squash-rows]"), "\(refused.error)")
    #expect(refused.error.contains("migrations/V4__d.sql:2:1"), "\(refused.error)")
    #expect(refused.error.contains("insert into {{ target.schema }}.t2"), "\(refused.error)")
  }

  @Test func whatCannotBeMadeAnewIsRefusedAndNothingMoves() throws {
    var files = Self.templated()
    files["V2__b.sql"] = "{% if true %}alter table t add column y int;{% endif %}"
    files["V3__c.sql"] = "-- redstart: targets=elsewhere\nselect 1;"
    let scenario = try Scenario(files)
    defer { scenario.project.stopServer() }
    let refused = try scenario.migrate("squash", "--to", "2")
    #expect(
      refused.code == 1 && refused.error.contains("error[squash-template]"),
      "\(refused.error)"
    )
    let left = try scenario.migrate("squash", "--to", "4", "--keep-statements")
    #expect(left.code == 2 && left.error.contains("error[squash-targets]"), "\(left.error)")
    let folder = scenario.project.folder.path
    #expect(!FileManager.default.fileExists(atPath: folder + "/archive"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations").count
        == files.count
    )
  }

  @Test func aSquashedFileCanBeSquashedAgain() throws {
    let scenario = try Scenario(Self.templated())
    defer { scenario.project.stopServer() }
    #expect(try scenario.migrate().code == 0)
    let other = try Self.copy(of: scenario)
    #expect(try other.migrate().code == 0)
    #expect(try scenario.migrate("squash", "--to", "3").code == 0)
    #expect(try scenario.migrate().code == 0)
    let twice = try scenario.migrate("squash", "--to", "4")
    #expect(twice.code == 0, "\(twice.error)")
    // One database has noted the first squash, the other one never saw it.
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    let folder = scenario.project.folder.path
    for name in ["V1__a.sql", "V2__b.sql", "U2__b.sql", "V3__c.sql", "V4__d.sql"] {
      try FileManager.default.removeItem(atPath: "\(other.project.folder.path)/migrations/\(name)")
    }
    try other.write(
      "V4__squashed.sql",
      String(contentsOfFile: folder + "/migrations/V4__squashed.sql", encoding: .utf8)
    )
    let applied = try other.migrate()
    #expect(applied.code == 0, "\(applied.error)")
    #expect(try other.migrate("status", "--exit-code").code == 0)
  }
}
