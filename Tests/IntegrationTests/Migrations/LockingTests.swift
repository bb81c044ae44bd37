import Foundation
import TestSupport
import Testing

/// Several runs at once.
@Suite(.scenarioServer) struct LockingTests {
  static let files = [
    "V1__a.sql": "create schema mig; create table mig.a (x int);",
    "V2__b.sql": "create table mig.b (x int); insert into mig.b values (1);",
    "V3__c.sql": "insert into mig.a values (1);\nvacuum mig.a;\ninsert into mig.a values (2);",
  ]

  @Test(arguments: [
    ("session", 2), ("session", 8), ("session", 20), ("lease", 2), ("lease", 8), ("lease", 20),
  ])
  func manyAtOnceOnAVirginDatabaseApplyEachOnce(lock: String, count: Int) throws {
    let scenario = try Scenario(Self.files, lock: lock)
    let errors = try (0..<count).map { _ in try ErrorText() }
    let processes = try errors.map { try scenario.start(errors: $0.handle) }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus) == Array(repeating: 0, count: count))
    // One did all of it, and nobody saw the others' haste.
    let texts = errors.map(\.text)
    #expect(texts.filter { $0.contains("applied 3 migrations") }.count == 1, "\(texts)")
    #expect(texts.filter { $0.contains("nothing to apply") }.count == count - 1, "\(texts)")
    #expect(!texts.contains { $0.contains("error") || $0.contains("SQLSTATE") }, "\(texts)")
    #expect(try scenario.psql("select count(*) from redstart.migration_meta") == "1")
    #expect(try scenario.contents() == Scenario.undisturbed(Self.files))
    #expect(try scenario.log() == "1 done, 2 done, 3 done")
    #expect(try scenario.psql("select string_agg(x::text, ',' order by x) from mig.a") == "1,2")
  }

  /// A scenario whose first migration is applied and whose second one waits for a table lock.
  private func blocked(
    _ lock: String,
    _ second: String = "insert into mig.a values (1);"
  ) throws -> (scenario: Scenario, holder: ReadProcess, runner: Process) {
    let scenario = try Scenario(["V1__a.sql": Self.files["V1__a.sql"] ?? ""], lock: lock)
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", second)
    let holder = try scenario.holdLock("mig.a")
    let runner = try scenario.start()
    try scenario.wait(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
        + "and query like '%insert into mig.a%' and datname = current_database()",
      for: "1"
    )
    return (scenario, holder, runner)
  }

  @Test(arguments: ["session", "lease"])
  func aWaiterGivesUpAtItsLimitAndSaysWhoHoldsTheLock(lock: String) throws {
    let (scenario, holder, runner) = try blocked(lock)
    kill(runner.processIdentifier, SIGSTOP)
    let start = Date()
    let outcome = try scenario.migrate("--lock-wait", "1s")
    #expect(Date().timeIntervalSince(start) < 60)
    #expect(outcome.code == 1 && outcome.error.contains("error[migrations-locked]"))
    let host = ProcessInfo.processInfo.hostName
    #expect(outcome.error.contains("process \(runner.processIdentifier)"), "\(outcome.error)")
    #expect(outcome.error.contains(String(host.prefix(8))), "\(outcome.error)")
    #expect(outcome.error.contains(", since 20"), "\(outcome.error)")
    kill(runner.processIdentifier, SIGCONT)
    holder.end()
    runner.waitUntilExit()
    #expect(runner.terminationStatus == 0)
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test(arguments: ["session", "lease"])
  func aWaiterIsToldWhoWorksAndHasNothingToDoAfterwards(lock: String) throws {
    let (scenario, holder, runner) = try blocked(lock)
    let errors = try ErrorText()
    let waiter = try scenario.start(errors: errors.handle)
    try errors.wait(for: "waiting for")
    #expect(errors.text.contains("process \(runner.processIdentifier)"), "\(errors.text)")
    #expect(errors.text.contains(" since 20"), "\(errors.text)")
    holder.end()
    for process in [runner, waiter] {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(errors.text.contains("nothing to apply"), "\(errors.text)")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  /// Asleep with the lock, which is taken from it; awake, it finds another run's work.
  @Test(arguments: ["session", "lease"])
  func aHolderThatWakesUpWithoutItsLockChangesNothingMore(lock: String) throws {
    let scenario = try Scenario(["V1__a.sql": Self.files["V1__a.sql"] ?? ""], lock: lock)
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "insert into mig.a values (1);")
    try scenario.write("V3__c.sql", "insert into mig.a values (3);")
    let holder = try scenario.holdCommits(into: "mig.a")
    let runner = try scenario.start()
    try scenario.waitForCommit()
    kill(runner.processIdentifier, SIGSTOP)
    holder.end()
    // Its COMMIT was with the server already.
    try scenario.wait(
      "select count(*) from redstart.migration_event where version = '2' and event = 'done'",
      for: "1"
    )
    #expect(try scenario.migrate("repair", "--unlock", "--force").code == 0)
    let other = try scenario.migrate()
    #expect(other.code == 0, "\(other.error)")
    kill(runner.processIdentifier, SIGCONT)
    runner.waitUntilExit()
    #expect(runner.terminationReason == .exit && runner.terminationStatus == 1)
    #expect(try scenario.log() == "1 done, 2 done, 3 done")
    #expect(try scenario.psql("select string_agg(x::text, ',' order by x) from mig.a") == "1,3")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func aWaiterHoldsNoTransactionAndWaitsInNoStatement() throws {
    let (scenario, holder, runner) = try blocked("session")
    let waiter = try scenario.start()
    let idle = """
      select count(*) from pg_stat_activity where datname = current_database() \
      and query like '%pg_locks l join%' and state = 'idle' and backend_xmin is null \
      and pid <> pg_backend_pid()
      """
    try scenario.wait(idle, for: "1")
    // Would wait for every older transaction, a waiter's as well.
    holder.end()
    #expect(
      try scenario.psql("create index concurrently i on mig.a (x)").contains("CREATE INDEX")
    )
    for process in [runner, waiter] {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test(arguments: ["session", "lease"])
  func theLockOfADeadHolderIsFree(lock: String) throws {
    let (scenario, holder, runner) = try blocked(lock)
    let waiter = try scenario.start()
    kill(runner.processIdentifier, SIGKILL)
    runner.waitUntilExit()
    holder.end()
    let start = Date()
    waiter.waitUntilExit()
    #expect(waiter.terminationStatus == 0)
    #expect(Date().timeIntervalSince(start) < 30)
    #expect(try scenario.psql("select count(*) from mig.a") == "1")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func aRunWhoseLeaseWasTakenChangesNothingMore() throws {
    let (scenario, holder, runner) = try blocked("lease")
    try scenario.write("V3__c.sql", "create table mig.c (x int);")
    holder.end()
    runner.waitUntilExit()
    #expect(runner.terminationStatus == 0)
    // The same with a lease that somebody takes away in the middle.
    try scenario.write("V4__d.sql", "insert into mig.a values (4);")
    try scenario.write("V5__e.sql", "create table mig.e (x int);")
    let second = try scenario.holdLock("mig.a")
    let other = try scenario.start()
    try scenario.wait(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
        + "and query like '%insert into mig.a%' and datname = current_database()",
      for: "1"
    )
    try scenario.psql("update redstart.migration_lease set token = 'another'")
    second.end()
    other.waitUntilExit()
    #expect(other.terminationStatus == 1)
    #expect(try scenario.psql("select to_regclass('mig.e') is null") == "t")
    #expect(try scenario.appliedTwice() == "0")
  }

  @Test(arguments: ["session", "lease"])
  func aLockIsBrokenByForceWhileItsHolderLives(lock: String) throws {
    let (scenario, holder, runner) = try blocked(lock)
    let refused = try scenario.migrate("repair", "--unlock")
    #expect(refused.code == 1 && refused.error.contains("error[lock-holder-alive]"))
    #expect(refused.error.contains("process \(runner.processIdentifier)"), "\(refused.error)")
    #expect(refused.error.contains(", since 20") && refused.error.contains("is alive"))
    let broken = try scenario.migrate("repair", "--unlock", "--force")
    #expect(broken.code == 0 && broken.error.contains("the lock is broken"), "\(broken.error)")
    #expect(broken.error.contains("held by "))
    holder.end()
    runner.waitUntilExit()
    // Its transaction had begun under the lock; either it was ended or it was first.
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.psql("select count(*) from mig.a") == "1")
    #expect(try scenario.migrate("repair", "--unlock").error.contains("nobody holds the lock"))
  }

  @Test(arguments: ["soon", "9999999999999999h"])
  func aTimeToWaitThatIsNoneIsRefused(text: String) throws {
    let outcome = try Scenario(Self.files).migrate("--lock-wait", text)
    #expect(outcome.code == 2 && outcome.error.contains("error[usage]"), "\(outcome.error)")
  }

  @Test func theLeaseOfASessionThatIsGoneIsBrokenWithoutForce() throws {
    let scenario = try Scenario(["V1__a.sql": Self.files["V1__a.sql"] ?? ""], lock: "lease")
    #expect(try scenario.migrate("repair", "--unlock").error.contains("nobody holds the lock"))
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(
      "insert into redstart.migration_lease values ('migrations', 't', 'eve@far, process 7', 'eve', "
        + "999999, '1', '2026-01-02 03:04:05')"
    )
    let broken = try scenario.migrate("repair", "--unlock")
    #expect(
      broken.code == 0 && broken.error.contains("eve@far, process 7, since 2026-01-02 03:04:05")
    )
    #expect(broken.error.contains("is gone"), "\(broken.error)")
    #expect(try scenario.psql("select count(*) from redstart.migration_lease") == "0")
  }

  @Test func whoWaitsBehindABrokenLeaseIsToldForWhom() throws {
    let (scenario, holder, runner) = try blocked("lease")
    let backend = try scenario.psql(
      "select pid from pg_stat_activity where wait_event_type = 'Lock' "
        + "and query like '%insert into mig.a%' and datname = current_database()"
    )
    #expect(try scenario.migrate("repair", "--unlock", "--force").code == 0)
    let waiter = try scenario.migrate("--lock-wait", "2s")
    #expect(waiter.code == 1, "\(waiter.error)")
    #expect(
      waiter.error.contains("waiting for process \(backend) of redstart on the server"),
      "\(waiter.error)"
    )
    holder.end()
    runner.waitUntilExit()
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.log() == "1 done, 2 done")
  }
}
