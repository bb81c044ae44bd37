import Diagnostics
import Foundation
import RedshiftSQL
import TestSupport
import Testing

/// Dangers, schemas, views and locks on a server that takes what Redshift takes.
@Suite struct RedshiftSafetyTests {
  private let server: RedshiftStandIn
  private let project: ProgramHarness

  init() throws {
    server = try RedshiftStandIn()
    project = try ProgramHarness.project([
      "project.yml": """
      name: mig
      target: rs
      targets:
        rs:
          \(server.target)
          schema: mig
      """,
      "migrations/V1__a.sql": """
      create schema mig;
      create table mig.a (i int identity(1, 1), x int not null, y int, s varchar(10) default 'q');
      create view mig.v as select x, s from mig.a;
      create view mig.w as select x + 1 as x1 from mig.v;
      """,
    ])
    let outcome = try project.run("migrate")
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  private func migrate(_ words: String...) throws -> ProgramHarness.Outcome {
    try project.run(["migrate"] + words)
  }

  private func write(_ name: String, _ text: String) throws {
    try project.folder.write("migrations/\(name)", text)
  }

  @Test func theSchemaIsKnownAndDangersAreTold() throws {
    let status = try migrate("status", "--exit-code")
    #expect(status.code == 0 && !status.error.contains("warning"), "\(status.error)")
    try write("V2__b.sql", "alter table mig.a drop column y;")
    let refused = try migrate("--strict")
    #expect(refused.code == 2 && refused.error.contains("warning[drop-column]"), "\(refused.error)")
    #expect(refused.error.contains("mig.a has about 0 rows"), "\(refused.error)")
    #expect(try migrate("plan", "-o", "plan.json").code == 0)
    #expect(try migrate("up", "--plan", "plan.json").code == 0)
    #expect(try migrate("status", "--exit-code").code == 0)
    // As a hand would, through the tool's own door but beside the history.
    try write("before.sql", "alter table mig.a add column hand int;")
    try write("V3__c.sql", "select 1;")
    #expect(try migrate().code == 0)
    #expect(try migrate("status", "--exit-code").code == 0)
  }

  @Test func thePlanNamesWhatItMeets() throws {
    try write("V2__b.sql", "alter table mig.a drop column s;\nalter table mig.a drop column y;")
    let plan = try migrate("plan", "--allow-breaking")
    #expect(plan.code == 0, "\(plan.error)")
    #expect(plan.output.contains("views dropped and made again: mig.v, mig.w"), "\(plan.output)")
    #expect(!plan.error.contains("who holds locks"), "\(plan.error)")
    for words in [
      ["dump", "--from-database"], ["diff"], ["status"],
      ["rebuild", "mig.a", "--identity-by-default", "--dry-run"],
    ] {
      let outcome = try project.run(["migrate"] + words)
      #expect(outcome.code == 0, "\(words) \(outcome.error)")
    }
  }

  @Test func viewsComeBackInTheTransactionAndAroundALoneStatement() throws {
    try write(
      "V2__b.sql",
      """
      alter table mig.a rename to former;
      create table mig.a (x int not null, y int, s varchar(10));
      insert into mig.a select x, y, s from mig.former;
      drop table mig.former;
      """
    )
    try write("V3__c.sql", "alter table mig.a alter column s type varchar(20);")
    try write(
      "V4__d.sql",
      "insert into mig.a values (1, 2, 'eleven bytes');\nselect x1 from mig.w;"
    )
    let outcome = try migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let statements = try server.statements
    #expect(statements.contains { $0.lowercased().hasPrefix("drop view \"mig\".\"w\"") })
    #expect(try migrate("status", "--exit-code").code == 0)
    #expect(try migrate("diff").code == 0)
  }

  /// What commands say to the server by themselves, looked at as users' SQL is.
  @Test func everyStatementIsOneThatRedshiftHas() throws {
    try write(
      "V2__b.sql",
      "create table mig.b (x int, t varchar(10));\nalter table mig.b alter column t type varchar(20);"
    )
    try write("V2__b.verify.sql", "select x from mig.b;")
    try write("U2__b.sql", "alter table mig.b alter column t type varchar(10);\ndrop table mig.b;")
    for words in [
      ["plan"], ["up"], ["status"], ["history"], ["validate"], ["verify"], ["diff"],
      ["dump", "--from-database"], ["repair", "--unlock"], ["undo", "2"],
      ["rebuild", "mig.a", "--identity-by-default", "--dry-run"],
    ] {
      let outcome = try project.run(["migrate"] + words)
      #expect(outcome.code == 0, "\(words) \(outcome.error)")
    }
    let lacking: Set<String> = ["returning", "conflict", "savepoint", "now", "array", "unnest"]
    let buffers = Buffers()
    let statements = Set(try server.statements)
    #expect(statements.count > 50)
    for sql in statements {
      let parsed = SQLParser.parse(buffers.add(name: "sent", text: sql), in: buffers)
      #expect(parsed.diagnostics.filter(\.isError).map(\.message) == [], "\(sql)")
      let bytes = Array(sql.utf8)
      let words = SQLLexer.significantTokens(of: bytes).map {
        String(decoding: bytes[$0.range], as: UTF8.self).lowercased()
      }
      #expect(lacking.isDisjoint(with: words), "\(sql)")
    }
  }

  @Test func aLeaseCanBeLookedAt() throws {
    let outcome = try migrate("repair", "--unlock")
    #expect(
      outcome.code == 0 && outcome.error.contains("nobody holds the lock"),
      "\(outcome.error)"
    )
  }

  /// Runs Redshift's SQL as somebody who does not use redstart.
  private func byHand(_ sql: String) throws {
    let process = try ReadProcess(
      "/usr/bin/psql",
      [
        "-X", "-v", "ON_ERROR_STOP=1", "-d",
        "host=127.0.0.1 port=\(server.port) dbname=dev user=loader "
          + "password=\(RedshiftStandIn.password) sslmode=disable", "-c", sql,
      ]
    )
    process.waitUntilExit()
    #expect(process.process.terminationStatus == 0, "\(process.text)")
  }

  @Test(arguments: [
    ("create or replace view mig.w as select x + 2 as x1 from mig.v", "mig.w", "query"),
    ("drop view mig.w", "mig.w", "missing"),
    (
      "create or replace procedure mig.p(n int) as $$ begin insert into mig.a (x) values (2); end; "
        + "$$ language plpgsql", "mig.p(integer)", "body"
    ),
  ])
  func whatHandsChangeIsFoundAndRepaired(sql: String, object: String, kind: String) throws {
    try write(
      "V2__p.sql",
      "create procedure mig.p(n int) as $$ begin insert into mig.a (x) values (n); end; $$ "
        + "language plpgsql;"
    )
    #expect(try migrate().code == 0)
    let same = try migrate("diff")
    #expect(same.code == 0, "\(same.output)")
    try byHand(sql)
    let found = try migrate("diff")
    #expect(found.code == 1)
    #expect(found.output.contains("\n\(object) ") && found.output.contains(kind), "\(found.output)")
    let repaired = try migrate("diff", "--repair")
    #expect(repaired.code == 0, "\(repaired.output)\(repaired.error)")
    #expect(try migrate("diff").code == 0)
  }

  @Test func aRenamedTableGetsItsNameBack() throws {
    try byHand("alter table mig.a rename to theirs")
    let found = try migrate("diff")
    #expect(found.output.contains("mig.theirs may be it"), "\(found.output)")
    #expect(try migrate("diff", "--repair").code == 0)
    #expect(try migrate("diff").code == 0)
  }

  /// What Redshift refuses in a transaction is announced, and said to be done.
  @Test func aRepairThatRunsAloneStandsBetweenTwoRows() throws {
    try write("V2__b.sql", "create table mig.b (s varchar(10)); create table mig.c (x int);")
    #expect(try migrate().code == 0)
    try byHand("alter table mig.b alter column s type varchar(30)")
    try byHand("drop table mig.c")
    let repaired = try migrate("diff", "--repair")
    #expect(repaired.code == 0, "\(repaired.output)\(repaired.error)")
    let history = try migrate("history", "--output", "json")
    let rows = try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [[String: Any]]
    let told = (rows ?? []).filter { $0["kind"] as? String == "drift" }
      .map { "\($0["event"] ?? "") \($0["statements_done"] ?? "")" }
    #expect(told == ["progress 1", "begin 1", "repaired 2"], "\(history.output)")
    #expect(try migrate("status", "--exit-code").code == 0)
  }

  @Test func noColumnIsDroppedByARepair() throws {
    try byHand("alter table mig.a add column hand int")
    let found = try migrate("diff")
    #expect(found.code == 1 && found.output.contains("extra column"), "\(found.output)")
    let repaired = try migrate("diff", "--repair")
    #expect(repaired.code == 2 && repaired.error.contains("error[repair-loses]"))
    #expect(try migrate("diff").output == found.output)
  }

  @Test func anExternalSchemaIsNotTakenForOneOfTheDatabase() throws {
    try byHand("create schema spectrum")
    let dump = try migrate("dump", "--from-database")
    #expect(dump.code == 0 && !dump.output.contains("spectrum"), "\(dump.output)")
    #expect(dump.error.contains("warning[dump-external-schema]"), "\(dump.error)")
  }
}
