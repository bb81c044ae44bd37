import Foundation
import TestSupport
import Testing

/// Several targets, and several people, at one database.
@Suite(.serialized, .scenarioServer) struct SharedDatabaseTests {
  private static let templated = [
    "V1__make.sql": """
    create schema {{ target.schema }};
    create table {{ target.schema }}.a (x int);
    """,
    "U1__make.sql": "drop table {{ target.schema }}.a;\ndrop schema {{ target.schema }};\n",
  ]

  /// A scenario with a second target, `ci`, in the same database.
  private func scenario(ci more: String = "") throws -> Scenario {
    let scenario = try Scenario(Self.templated)
    let target = { (name: String, schema: String, more: String) in
      "  \(name): { type: postgres, host: \"\(scenario.socket)\", user: redstart, password: \"-\","
        + " database: \(scenario.database), schema: \(schema), sslmode: disable\(more) }\n"
    }
    try scenario.project.folder.write(
      "project.yml",
      "name: mig\ntarget: pg\ntargets:\n" + target("pg", "mig", "") + target("ci", "mig_ci", more)
    )
    return scenario
  }

  /// What was applied for one target is not taken for applied on another.
  @Test func theHistoryOfAnotherTargetIsNotTakenForItsOwn() throws {
    let scenario = try scenario()
    #expect(try scenario.migrate().code == 0)
    for words in [["up"], ["validate"], ["undo"]] {
      let outcome = try scenario.project.run(["migrate"] + words + ["--target", "ci"])
      #expect(outcome.code != 0 && outcome.error.contains("error[other-target]"), "\(outcome)")
      #expect(outcome.error.contains("mig_ci.a"), "\(outcome.error)")
    }
    #expect(try scenario.psql("select count(*) from mig.a") == "0")
    #expect(try scenario.migrate().error.contains("nothing to apply"))
  }

  @Test func aTargetMayHaveAHistoryOfItsOwn() throws {
    let scenario = try scenario(ci: ", metadata-schema: redstart_ci")
    #expect(try scenario.migrate().code == 0)
    let other = try scenario.migrate("--target", "ci")
    #expect(other.code == 0 && other.error.contains("applied 1 migration"), "\(other.error)")
    #expect(try scenario.psql("select count(*) from mig_ci.a") == "0")
    #expect(try scenario.migrate("undo", "--target", "ci").code == 0)
    #expect(try scenario.psql("select to_regclass('mig.a'), to_regclass('mig_ci.a')") == "mig.a|")
  }

  /// A variable that has another value now takes nothing away.
  @Test func anotherValueIsNoOtherTarget() throws {
    let scenario = try Scenario.applied([
      "V1__make.sql": """
      create schema mig;
      create table mig.a (x varchar({{ var('width', 10) }}));
      """
    ])
    let outcome = try scenario.migrate("--vars", "{width: 20}")
    #expect(outcome.code == 0 && outcome.error.contains("nothing to apply"), "\(outcome.error)")
  }

  /// Two people have numbered their migrations alike.
  @Test func anotherFileOfAnAppliedVersionIsNotCalledAnEdit() throws {
    let scenario = try Scenario.applied([
      "V1__make.sql": "create schema mig;", "V2__alice.sql": "create table mig.a (x int);",
    ])
    try FileManager.default.removeItem(
      atPath: scenario.project.folder.path + "/migrations/V2__alice.sql"
    )
    try scenario.write("V2__bob.sql", "create table mig.b (x int);\n")
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("error[version-taken]"), "\(outcome.error)")
    #expect(outcome.error.contains("migrations/V2__alice.sql"), "\(outcome.error)")
  }

  /// A file that was just made is not recorded before anything is written into it.
  @Test func aFileWithoutStatementsIsNotApplied() throws {
    let scenario = try Scenario.applied(["V1__make.sql": "create schema mig;"])
    #expect(try scenario.migrate("new", "add a").code == 0)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("error[empty-migration]"), "\(outcome)")
    #expect(try scenario.log() == "1 done")
    #expect(try scenario.migrate("new", "").error.contains("error[usage]"))
    #expect(try scenario.migrate("new", "--", "- -").error.contains("error[usage]"))
  }

  /// What a later version breaks does not keep an earlier one back.
  @Test func onlyWhatIsAppliedNowCanBreakModels() throws {
    let scenario = try Scenario(
      [
        "V1__make.sql": "create schema mig;\ncreate table mig.a (x int, y int);",
        "V2__drop.sql": "alter table mig.a drop column y;",
      ],
      files: ["models/m.sql": "select y from mig.a\n"]
    )
    let outcome = try scenario.migrate("--to", "1")
    #expect(outcome.code == 0, "\(outcome.error)")
    let rest = try scenario.migrate()
    #expect(rest.code == 2 && rest.error.contains("error[migration-breaks-models]"))
  }
}
