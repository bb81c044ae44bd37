import Foundation
import TestSupport
import Testing

/// A network that is far away, that dies without a word, and a pooler in between.
@Suite(.scenarioServer) struct NetworkTests {
  static let first = "create schema mig; create table mig.a (x int, s varchar(10));"

  /// Twenty milliseconds each way; what is asserted is how often one waits for them.
  private func distant() throws -> NetworkProxy {
    try NetworkProxy(serverIn: try #require(ScenarioServer.socket), delay: 20)
  }

  @Test func nothingToDoIsLearntInSixRoundTripsOfWhichTheConnectionIsOne() throws {
    let network = try distant()
    defer { network.stop() }
    let scenario = try Scenario(
      ["V1__a.sql": Self.first, "V2__b.sql": "alter table mig.a drop column s;"],
      port: network.port,
      files: ["models/b.sql": "select x from mig.a"]
    )
    #expect(try scenario.migrate().code == 0)
    let count = try network.roundTrips {
      let outcome = try scenario.migrate()
      #expect(outcome.code == 0 && outcome.error.contains("nothing to apply"), "\(outcome.error)")
    }
    // A password would take two more.
    #expect(count <= 4)
  }

  /// How many round trips a run takes for each file that it applies: what it costs besides is the
  /// same for ten files as for five.
  private func tripsForFive(
    _ scenario: Scenario,
    _ network: NetworkProxy,
    write: (_ number: Int) throws -> Void
  ) throws -> Int {
    var counts: [Int] = []
    for numbers in [2..<7, 7..<17] {
      for number in numbers { try write(number) }
      let count = try network.roundTrips {
        let outcome = try scenario.migrate()
        #expect(outcome.code == 0, "\(outcome.error)")
      }
      // Each file is a transaction of its own.
      #expect(count > numbers.count)
      counts.append(count)
    }
    return counts[1] - counts[0]
  }

  @Test(arguments: [
    // One message and one more, since the row says what the catalogue looks like behind it.
    (
      """
      create table mig.c# (x int); insert into mig.c# values (1);
      alter table mig.c# add column y int;
      """, 2
    ),
    // Translation asks for the columns first: those that are there, and what the file makes of them.
    (
      """
      insert into mig.d select x / 2, * from mig.a;
      create table mig.e# as select x / 3 as y from mig.d2;
      """, 2
    ),
    (
      """
      alter table mig.d2 rename column n to m#; insert into mig.d select m# / 2, * from mig.d2;
      alter table mig.d2 rename column m# to n;
      """, 2
    ),
    (
      """
      create view mig.late# as select * from mig.gone# with no schema binding;
      create table mig.gone# (x int);
      """, 2
    ),
  ])
  func aFileTakesTwoRoundTripsAtMost(text: String, limit: Int) throws {
    let network = try distant()
    defer { network.stop() }
    let scenario = try Scenario(
      [
        "V1__a.sql": Self.first
          + " create table mig.d (h int, x int, s varchar(10)); create table mig.d2 (x int, n int);"
      ],
      port: network.port
    )
    #expect(try scenario.migrate().code == 0)
    let trips = try tripsForFive(scenario, network) { number in
      try scenario.write(
        "V\(number)__f.sql",
        text.replacingOccurrences(of: "#", with: String(number))
      )
    }
    #expect(trips <= 5 * limit)
  }

  @Test func aVerifyScriptIsAskedInTheSameMessage() throws {
    let network = try distant()
    defer { network.stop() }
    let scenario = try Scenario(["V1__a.sql": Self.first], port: network.port)
    #expect(try scenario.migrate().code == 0)
    let trips = try tripsForFive(scenario, network) { number in
      try scenario.write("V\(number)__f.sql", "create table mig.t\(number) (x int);")
      try scenario.write("V\(number)__f.verify.sql", "select x from mig.t\(number);")
    }
    #expect(trips <= 5 * 2)
  }

  // MARK: A network that dies

  static let files = [
    "V1__a.sql": first,
    "V2__b.sql": "create table mig.b (x int); insert into mig.b values (1);",
    "V3__c.sql": "insert into mig.b values (2);\nvacuum mig.b;\ninsert into mig.b values (3);",
    "V4__d.sql": "create table mig.d (x int);",
  ]

  static let faults: [NetworkProxy.Fault] = [
    // The server commits, and nobody hears of it.
    .answerVanishes(of: "create table mig.b"), .answerVanishes(of: "'2', 'b', 'versioned', 'done'"),
    // The message is lost on its way.
    .nothingArrives(after: "create table mig.a"),
    // A lone statement: its announcement, itself, and the row behind it.
    .nothingArrives(after: "'begin'"), .answerVanishes(of: "vacuum mig.b"),
    .nothingArrives(after: "vacuum mig.b"),
    // The lock.
    .answerVanishes(of: "pg_try_advisory_lock"),
  ]

  @Test(arguments: faults)
  func aNetworkThatDiesWithoutAWordIsNoticedAndTheNextRunIsRight(
    fault: NetworkProxy.Fault
  ) throws {
    let network = try NetworkProxy(
      serverIn: try #require(ScenarioServer.socket),
      fault: fault
    )
    defer { network.stop() }
    let scenario = try Scenario(Self.files, port: network.port)
    let cut = try scenario.migrate()
    #expect(network.hasFailed)
    #expect(cut.code == 1, "\(cut.error)")
    #expect(cut.error.contains("error[connection-lost]"), "\(cut.error)")
    // The session that was left behind holds the lock no more.
    let again = try scenario.migrate("--lock-wait", "5s")
    #expect(again.code == 0, "\(again.error)")
    let undisturbed = try Scenario(Self.files)
    #expect(try undisturbed.migrate().code == 0)
    #expect(try scenario.contents() == undisturbed.contents())
    #expect(try scenario.log() == "1 done, 2 done, 3 done, 4 done")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test(arguments: [
    (
      NetworkProxy.Fault.nothingArrives(after: "'1', 'a', 'versioned', 'done'"),
      "was not committed", "1 done"
    ),
    (
      .answerVanishes(of: "'2', 'b', 'versioned', 'done'"),
      "was committed before the connection broke", "1 done, 2 done"
    ),
  ])
  func whetherALostCommitHappenedIsSaid(
    fault: NetworkProxy.Fault,
    words: String,
    log: String
  ) throws {
    let network = try NetworkProxy(serverIn: try #require(ScenarioServer.socket), fault: fault)
    defer { network.stop() }
    let scenario = try Scenario(Self.files, port: network.port)
    let cut = try scenario.migrate()
    #expect(cut.error.contains("the history says that it " + words), "\(cut.error)")
    #expect(try scenario.log() == log)
  }

  /// Whoever waits for what the database says of pending files may stop waiting.
  @Test func interruptedWhileTheDatabaseIsAskedWhatItHas() throws {
    let network = try NetworkProxy(
      serverIn: try #require(ScenarioServer.socket),
      fault: .answerVanishes(of: "select distinct p.proname")
    )
    defer { network.stop() }
    let scenario = try Scenario(["V1__a.sql": Self.first], port: network.port)
    #expect(try scenario.migrate().code == 0)
    // What only a column that was added by hand can make right.
    try scenario.write("V2__b.sql", "create table mig.b as select hand from mig.a;")
    let process = try scenario.start()
    let deadline = Date(timeIntervalSinceNow: 60)
    while !network.hasFailed {
      try #require(process.isRunning && Date() < deadline, "the database was never asked")
      usleep(20_000)
    }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + SIGINT)
    #expect(try scenario.log() == "1 done")
    try scenario.psql("alter table mig.a add column hand int")
    let again = try scenario.migrate("--lock-wait", "5s")
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  // MARK: A pooler

  @Test func behindAPoolerOfTransactionsTheSessionLockIsRefused() throws {
    let pooler = try TransactionPooler(serverIn: try #require(ScenarioServer.socket))
    defer { pooler.stop() }
    let scenario = try Scenario(Self.files, port: pooler.port)
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[connection-pooled]"))
    #expect(refused.error.contains("lock: lease"), "\(refused.error)")
    #expect(pooler.switchCount > 0)
    #expect(try scenario.psql("select to_regnamespace('mig') is null") == "t")
    // No session of the pool keeps a lock that nobody would ever give back.
    let locks = """
      select count(*) from pg_locks l join pg_database d on d.oid = l.database \
      where l.locktype = 'advisory' and d.datname = current_database()
      """
    #expect(try scenario.psql(locks) == "0")
  }

  @Test func behindAPoolerOfTransactionsALeaseChangesNothingInAnotherSession() throws {
    let pooler = try TransactionPooler(serverIn: try #require(ScenarioServer.socket))
    defer { pooler.stop() }
    let scenario = try Scenario(Self.files, lock: "lease", port: pooler.port)
    let refused = try scenario.migrate()
    #expect(refused.code == 1 && refused.error.contains("error[migration-lock-lost]"))
    // What was applied before was applied in one session: the one that took the lease.
    #expect(
      try scenario.psql(
        "select count(distinct backend_pid) < 2 from redstart.migration_event where event <> 'fail'"
      ) == "t"
    )
  }
}
