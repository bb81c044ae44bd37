import Foundation
import TestSupport
import Testing

/// What Redshift would refuse is refused before anything runs, whatever the target takes.
@Suite(.scenarioServer) struct CheckedMigrationTests {
  static let first = "create schema mig; create table mig.a (x int, s varchar(10));"

  @Test(arguments: [
    ("create table mig.b (x varchar(70000));", "type-limit"),
    ("create table mig.b (x decimal(39, 2));", "type-limit"),
    ("create table mig.b (x int) distkey (nope);", "unknown-column"),
    ("create table mig.b (x int) sortkey (nope);", "unknown-column"),
    ("alter table mig.a add column y int not null;", "not-null-without-default"),
    (
      "create table mig.b (x int); alter table mig.b add column y int not null;",
      "not-null-without-default"
    ),
    ("create table mig.b as select string_agg(s, ',') as s from mig.a;", "unknown-function"),
    ("select 1; -- \0\ndrop table mig.a;", "not-utf8"),
    ("select 1; -- {{ '\\x00' }}\ndrop table mig.a;", "nul-byte"),
  ])
  func noneOfItIsApplied(sql: String, code: String) throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "select 1;", "V3__c.sql": sql,
    ])
    for words in [[], ["plan"], ["validate"], ["up", "--dry-run"]] {
      let refused = try scenario.project.run(["migrate"] + words)
      #expect(refused.code == 2 && refused.error.contains("error[\(code)]"), "\(refused.error)")
      #expect(
        refused.error.components(separatedBy: "error[\(code)]").count == 2,
        "\(refused.error)"
      )
      #expect(refused.error.contains("V3__c.sql"))
    }
    #expect(try scenario.psql("select to_regnamespace('mig') is null") == "t")
    // The same as without a database.
    #expect(try scenario.project.run("check").code == 2)
    #expect(
      try scenario.migrate("--to", "2").code == (["not-utf8", "nul-byte"].contains(code) ? 2 : 0)
    )
  }

  /// What is applied is past help, and what is not asked for is not looked at.
  @Test func onlyWhatIsPendingIsChecked() throws {
    let scenario = try Scenario([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int) distkey (nope);",
    ])
    #expect(try scenario.migrate().code == 2)
    let unchecked = try scenario.migrate("--no-check")
    #expect(unchecked.code == 0, "\(unchecked.error)")
    try scenario.write("V3__c.sql", "create table mig.c (x int);")
    let next = try scenario.migrate()
    #expect(next.code == 0, "\(next.error)")
    let project = try scenario.project.folder.read("project.yml")
    try scenario.write("V4__d.sql", "create table mig.d (x int) sortkey (nope);")
    #expect(try scenario.migrate().code == 2)
    try scenario.project.folder.write(
      "project.yml",
      project + "\nflags: { static_analysis: off }\n"
    )
    #expect(try scenario.migrate().code == 0)
  }

  @Test func aDatabaseMayHaveWhatNoFileMakes() throws {
    let scenario = try Scenario.applied(["V1__a.sql": Self.first])
    try scenario.psql("create table mig.byhand (x int)")
    try scenario.write("V2__b.sql", "create table mig.b as select x from mig.byhand;")
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  /// What the server has is the truth, whoever made it.
  @Test(arguments: [
    // A column that was added by hand, or is not there any more.
    ("alter table mig.a add column hand int", "create table mig.b as select hand from mig.a;"),
    ("alter table mig.a add column hand int", "alter table mig.a drop column hand;"),
    ("alter table mig.a drop column s", "alter table mig.a add column s varchar(3);"),
    // A table that was there before its file.
    (
      "create table mig.old (x int, y int)",
      "create table if not exists mig.old (x int);\nalter table mig.old drop column y;"
    ),
    // A function that nobody has told of, with a name like one of Redshift's or one of PostgreSQL's.
    (
      "create function public.nlv(int) returns int language sql as 'select $1'",
      "create table mig.b as select nlv(x) as x from mig.a;"
    ),
    (
      "create function public.regexp_split(varchar) returns varchar language sql as 'select $1'",
      "create table mig.b as select regexp_split(s) as s from mig.a;"
    ),
    // A procedure that changes a table.
    (
      "select 1",
      "create procedure mig.p() as $$ begin execute 'alter table mig.a add column z int'; end $$ "
        + "language plpgsql;\ncall mig.p();\nalter table mig.a drop column z;"
    ),
  ])
  func theDatabaseIsBelieved(byHand: String, sql: String) throws {
    let scenario = try Scenario.applied(["V1__a.sql": Self.first])
    try scenario.psql(byHand)
    try scenario.write("V2__b.sql", sql)
    for words in ["plan", "validate", "up"] {
      let outcome = try scenario.migrate(words)
      #expect(!outcome.error.contains("error["), "\(words): \(outcome.error)")
      #expect(outcome.code == 0, "\(words): \(outcome.error)")
    }
  }

  /// Without such doubts a wrong column is wrong.
  @Test func whatNobodyHasIsRefused() throws {
    let scenario = try Scenario.applied(["V1__a.sql": Self.first])
    try scenario.write("V2__b.sql", "create table mig.b as select nope from mig.a;")
    let refused = try scenario.migrate()
    #expect(
      refused.code == 2 && refused.error.contains("error[unknown-column]"),
      "\(refused.error)"
    )
    #expect(try scenario.log() == "1 done")
  }

  /// What models say when they are compiled is none of a migration's business.
  @Test func modelsAreNotCompiledForIt() throws {
    let scenario = try Scenario(
      ["V1__a.sql": Self.first],
      files: ["models/loud.sql": "{% if execute %}{{ print('compiled') }}{% endif %} select 1 as x"]
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(!(outcome.output + outcome.error).contains("compiled"), "\(outcome)")
    let compiled = try scenario.project.run("compile")
    #expect((compiled.output + compiled.error).contains("compiled"))
  }

  @Test func namesThatAreCutOffAreTold() throws {
    let name = String(repeating: "é", count: 64)
    let scenario = try Scenario(["V1__a.sql": Self.first + " create table mig.\(name) (x int);"])
    let found = try scenario.project.run("check", "--output", "concise")
    #expect(found.output.contains("warning[name-too-long]"), "\(found.output)")
    #expect(found.output.contains("128 bytes"), "\(found.output)")
  }

  /// Models own data, and are built when migrations are through.
  @Test func aTableThatAModelMakesIsNoMigrationsToRead() throws {
    let scenario = try Scenario(
      [
        "V1__a.sql": Self.first,
        "R__v.sql": "create or replace view mig.v as select x from mig.totals;",
      ],
      files: [
        "models/totals.sql": "{{ config(materialized='table') }} select sum(x) as x from mig.a"
      ]
    )
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("unknown-relation"), "\(failed.error)")
    #expect(failed.error.contains("mig.totals is made by a model"), "\(failed.error)")
    #expect(failed.error.contains("WITH NO SCHEMA BINDING"), "\(failed.error)")
  }
}
