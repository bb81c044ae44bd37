import Foundation
import TestSupport
import Testing

/// Migrations as processes apply them: at once, interrupted, edited, lost.
@Suite struct MigrationTests {
  static let project = """
    name: mig
    version: "1.0"
    targets: { local: { type: local, schema: mig } }
    models: { mig: { +materialized: table } }

    """
  static let first = "create schema mig;\ncreate table mig.a (x int);\n"
  static let failing = """
    create table mig.b (x int);
    insert into mig.b values (1);
    insert into mig.b select 1/0;
    """

  static func harness(_ migrations: [String: String]) throws -> ProgramHarness {
    var files = ["project.yml": project]
    for (name, text) in migrations { files["migrations/\(name)"] = text }
    // A path that would break careless quoting, and is too long for a socket.
    let name = "pröjekt 'x' \"y\" " + String(repeating: "long ", count: 20) + "path"
    return try ProgramHarness.project(files, named: name)
  }

  static func value(_ project: ProgramHarness, _ sql: String) throws -> String {
    let outcome = try project.run("show", "-q", "--output", "csv", "--limit", "-1", "--inline", sql)
    return outcome.output.split(separator: "\n").dropFirst().joined(separator: "|") + outcome.error
  }

  /// The history is asked while the files are read; a mistake in them waits for nobody.
  @Test func aMistakeInAFileIsToldWhileSomebodyHoldsTheHistory() throws {
    let project = try Self.harness(["V1__a.sql": Self.first])
    defer { project.stopServer() }
    #expect(try project.run("local", "start").code == 0)
    #expect(try project.run("migrate").code == 0)
    let status = try project.run("local", "status").output
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("socket") })
    let socket = line.dropFirst("socket".count).trimmingCharacters(in: .whitespaces)
    let holder = try ReadProcess(
      "/usr/bin/psql",
      [
        "-X", "-h", socket, "-U", "redstart", "-d", "dev", "-c",
        "begin; lock table redstart.migration_event in access exclusive mode; select pg_sleep(600)",
      ]
    )
    defer { holder.end() }
    let isHeld = """
      select count(*) as n from pg_locks where granted and mode = 'AccessExclusiveLock' \
      and relation = to_regclass('redstart.migration_event')
      """
    let deadline = Date(timeIntervalSinceNow: 60)
    while try Self.value(project, isHeld) != "1" { try #require(Date() < deadline) }
    try project.folder.write("migrations/V2__b.sql", "select {{ nobody_knows() }};")
    let outcome = try project.run("migrate")
    #expect(outcome.code == 2, "\(outcome.error)")
    #expect(outcome.error.contains("V2__b.sql:1:11"), "\(outcome.error)")
    #expect(holder.process.isRunning)
  }

  @Test func fourAtOnceOnAVirginProjectApplyEachOnce() throws {
    let project = try Self.harness([
      "V1__a.sql": Self.first, "V2__b.sql": "create table mig.b (x int);",
    ])
    defer { project.stopServer() }
    let processes = try (0..<4).map { _ in try project.start(["migrate"]) }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    let rows = try Self.value(
      project,
      "select version, count(*) from redstart.migration_event where event = 'done' "
        + "group by version order by version"
    )
    #expect(rows == "1,1|2,1")
  }

  @Test func whatBreaksModelsIsRefusedBeforeAnythingIsApplied() throws {
    let project = try Self.harness([
      "V1__a.sql": "create schema mig;\ncreate table mig.a (x int, y int, z int);\n"
    ])
    defer { project.stopServer() }
    try project.folder.write("models/b.sql", "select x, y from mig.a\n")
    #expect(try project.run("migrate").code == 0)
    try project.folder.write([
      "migrations/V2__c.sql": "create table mig.c (x int);\n",
      "migrations/V3__d.sql": "alter table mig.a drop column y;\n",
    ])
    let refused = try project.run("migrate")
    #expect(refused.code == 2 && refused.error.contains("error[migration-breaks-models]"))
    #expect(try Self.value(project, "select to_regclass('mig.c') is null") == "t")
    let forced = try project.run("migrate", "--allow-breaking")
    #expect(forced.code == 0 && forced.error.contains("applied 2 migrations"))
    // Together with the model's change nothing is broken.
    try project.folder.write([
      "migrations/V3_1__d.sql": "alter table mig.a drop column x;\n",
      "models/b.sql": "select 1 as one from mig.a\n",
    ])
    #expect(try project.run("migrate").code == 0)
    // What is applied already is no reason to refuse the next one.
    try project.folder.write("migrations/V4__e.sql", "drop table mig.c;\n")
    #expect(try project.run("migrate").code == 0)
  }

  @Test func aFailureLeavesNothingAndDoesNotBlockTheNextTry() throws {
    let project = try Self.harness(["V1__a.sql": Self.first, "V2__b.sql": Self.failing])
    defer { project.stopServer() }
    let outcome = try project.run("migrate")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("--> migrations/V2__b.sql:3:"))
    #expect(try Self.value(project, "select to_regclass('mig.b') is null") == "t")
    let events = "select version, event, error_line from redstart.migration_event order by seq"
    #expect(try Self.value(project, events) == "1,done,|2,fail,3")
    try project.folder.write(
      "migrations/V2__b.sql",
      Self.failing.replacingOccurrences(of: "/0", with: "")
    )
    #expect(try project.run("migrate").code == 0)
    #expect(try Self.value(project, "select count(*) from mig.b") == "2")
  }

  @Test func filesThatChangedAreRefused() throws {
    let project = try Self.harness(["V2__a.sql": Self.first])
    defer { project.stopServer() }
    #expect(try project.run("migrate", "status").output.contains("pending"))
    #expect(try project.run("migrate").code == 0)
    let layout = "-- a remark\r\n" + Self.first.replacingOccurrences(of: "\n", with: "\r\n\r\n")
    try project.folder.write("migrations/V2__a.sql", layout)
    #expect(try project.run("migrate", "validate").code == 0)
    try project.folder.write("migrations/V2__a.sql", Self.first + "create table mig.c (x int);")
    for command in [["migrate", "validate"], ["migrate"]] {
      let outcome = try project.run(command)
      #expect(outcome.code == 1 && outcome.error.contains("error[migration-changed]"))
    }
    try project.folder.remove("migrations/V2__a.sql")
    try project.folder.write("migrations/V1__b.sql", "create table mig.d (x int);")
    let outcome = try project.run("migrate")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("migration-missing"))
    #expect(outcome.error.contains("migration-out-of-order"))
    #expect(try Self.value(project, "select to_regclass('mig.d') is null") == "t")
  }

  @Test(arguments: ["begin", "commit", "rollback", "abort", "end", "start transaction"])
  func whatBreaksTheTransactionIsRefusedBeforeAnythingRuns(statement: String) throws {
    let project = try Self.harness(["V1__a.sql": Self.first + statement + ";"])
    defer { project.stopServer() }
    let outcome = try project.run("migrate")
    #expect(outcome.code == 2 && outcome.error.contains("migrations/V1__a.sql:3:1"))
    #expect(try Self.value(project, "select to_regnamespace('mig') is null") == "t")
  }

  /// A statement that takes minutes, in SQL that Redshift has as well.
  static let slow = """
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
    select count(*) as pairs from n a, n b, n c where a.i + b.i > c.i
    """

  @Test(arguments: [SIGKILL, SIGINT])
  func anInterruptedCommandLeavesNothingHalfDone(signal: Int32) throws {
    let project = try ProgramHarness.project([
      "project.yml": Self.project, "models/slow.sql": Self.slow,
      "models/quick.sql": "select 1 as x",
    ])
    defer { project.stopServer() }
    #expect(try project.run("local", "start").code == 0)
    let process = try project.start(["run"])
    let running =
      "select count(*) from pg_stat_activity where query like '%a.i + b.i > c.i%' and pid <> pg_backend_pid() and state = 'active'"
    let deadline = Date(timeIntervalSinceNow: 60)
    while try Self.psql(project, running) == "0", Date() < deadline { usleep(50_000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    if signal == SIGINT {
      #expect(process.terminationReason == .exit && process.terminationStatus == 130)
      #expect(try Self.psql(project, running) == "0")
      #expect(try Self.psql(project, Self.relations) == "quick")
    }
    try project.folder.write("models/slow.sql", "select 2 as pairs")
    let again = try project.run("run")
    #expect(again.code == 0, "\(again.error)")
    #expect(try Self.psql(project, Self.relations) == "quick|slow")
  }

  @Test func runsOfOneProjectTakeTurns() throws {
    let project = try ProgramHarness.project([
      "project.yml": Self.project, "models/a.sql": "select 1 as x",
      "models/b.sql": "select x from {{ ref('a') }}",
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let processes = try (0..<4).map { _ in try project.start(["run"]) }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus) == [0, 0, 0, 0])
    #expect(try Self.psql(project, Self.relations) == "a|b")
  }

  static let relations = """
    select string_agg(relname, '|' order by relname) from pg_class \
    where relnamespace = to_regnamespace('mig') and relkind in ('r', 'v')
    """

  static func psql(_ project: ProgramHarness, _ sql: String) throws -> String {
    let outcome = try project.run(["local", "psql", "--", "-At", "-c", sql])
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
