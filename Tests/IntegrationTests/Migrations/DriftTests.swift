import Foundation
import TestSupport
import Testing

/// The real catalogue beside the one worked out from text.
@Suite(.scenarioServer) struct DriftTests {
  static let types = """
    create schema mig;
    create table mig.types (
      a smallint not null, b int8 default 5, c numeric, d decimal(10, 2), e real, f float, g char(5),
      h varchar, i text, j date, k timestamp, l timestamptz, m time, n boolean, o super,
      p varbyte(10), q bpchar, r nvarchar(20), s int identity(1, 1), u timetz, w character varying(7),
      primary key (b)
    );
    create view mig.v as select a, b + 1 as b1, h || 'x' as hx, count(*) over () as n from mig.types;
    create table mig.ctas as select a, d, k, sum(d) as total from mig.types group by 1, 2, 3;
    create table mig.lk (like mig.types);
    alter table mig.types add column t varchar(30) default 'x' not null;
    alter table mig.types rename column a to aa;
    alter table mig.lk drop column q;
    alter table mig.lk rename to renamed;
    alter table mig.types alter column r type varchar(500);
    """

  @Test func whatWasChangedByHandIsShownWithItsRepair() throws {
    let scenario = try Scenario(["V1__types.sql": Self.types])
    #expect(try scenario.migrate().code == 0)
    let same = try scenario.migrate("diff")
    #expect(same.code == 0, "\(same.output)")
    try scenario.psql(
      """
      alter table mig.types drop column e; alter table mig.types add column zz int;
      alter table mig.types alter column w type varchar(99);
      alter table mig.types alter column aa drop not null;
      drop table mig.ctas;
      """
    )
    let outcome = try scenario.migrate("diff")
    #expect(outcome.code == 1)
    for line in [
      "the database has no such table", "e       missing column", "zz      extra column",
      "varchar(99) in the database, varchar(7) in the files",
      "aa      nullability",
      "alter table \"mig\".\"types\" add column e real;",
      "alter table \"mig\".\"types\" drop column \"zz\";",
      "alter table \"mig\".\"types\" alter column \"w\" type varchar(7);",
    ] {
      #expect(outcome.output.contains(line), "\(line)\n\(outcome.output)")
    }
  }

  @Test func whatWasChangedByHandIsDataForAProgram() throws {
    let scenario = try Scenario(["V1__a.sql": "create schema mig; create table mig.a (x int);"])
    #expect(try scenario.migrate().code == 0)
    let same = try scenario.migrate("diff", "--output", "json")
    #expect(same.code == 0 && same.output == "[]\n", "\(same.output)")
    try scenario.psql("alter table mig.a add column y int")
    let outcome = try scenario.migrate("diff", "--output", "json")
    #expect(outcome.code == 1)
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let rows = try #require(value as? [[String: Any]])
    #expect(rows.map { $0["relation"] as? String } == ["mig.a"])
    #expect(rows.map { $0["column"] as? String } == ["y"])
    #expect(
      rows.map { $0["repair"] as? [String] } == [[#"alter table "mig"."a" drop column "y";"#]]
    )
  }

  @Test func everythingFromNothingAndBackAgain() throws {
    let project = try MigrationTests.harness([
      "V1__types.sql": Self.types,
      "V2__b.sql": "create table mig.b (x int);\nalter table mig.types add column y int;",
      "U2__b.sql": "alter table mig.types drop column y;\ndrop table mig.b;",
    ])
    defer { project.stopServer() }
    let outcome = try project.run("migrate", "test")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    #expect(outcome.error.contains("took back 1 and applied 1 again"))
    try project.folder.write("migrations/U2__b.sql", "drop table mig.b;")
    let wrong = try project.run("migrate", "test")
    #expect(wrong.code == 1 && wrong.error.contains("error[duplicate-column]"), "\(wrong.error)")
  }

  /// Somebody's database has it already; what is new is refused where it is applied.
  @Test func whatRedshiftWouldRefuseIsToldAndTriedAllTheSame() throws {
    let project = try MigrationTests.harness([
      "V1__old.sql": "create schema mig; create table mig.old (x int) sortkey (nope);"
    ])
    defer { project.stopServer() }
    let outcome = try project.run("migrate", "test")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("warning[unknown-column]"), "\(outcome.error)")
    #expect(try project.run("migrate").code == 2)
  }

  /// An undo script that cannot be tried, as one above it is missing, is named.
  @Test func undoScriptsBelowAGapAreNamed() throws {
    let project = try MigrationTests.harness([
      "V1__types.sql": Self.types, "U1__types.sql": "drop table mig.nothing;",
      "V2__b.sql": "create table mig.b (x int);",
    ])
    defer { project.stopServer() }
    let outcome = try project.run("migrate", "test")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("not tested: migrations/U1__types.sql"), "\(outcome.error)")
    #expect(outcome.error.contains("migration 2 has no undo script"), "\(outcome.error)")
  }
}
