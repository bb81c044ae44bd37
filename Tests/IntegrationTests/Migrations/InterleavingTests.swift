import Foundation
import TestSupport
import Testing

/// Kills, ended sessions, held tables and parallel runs in random order: nothing may end wrong.
///
/// `REDSTART_INTERLEAVINGS` sets how many are tried, `REDSTART_SEED` the first seed.
@Suite(.scenarioServer) struct InterleavingTests {
  static let steps = [
    "connected", "connected:2", "locked", "prepared", "before-transaction", "after-transaction",
    "after-begin", "after-statement", "after-progress", "after-transaction:3", "after-progress:2",
    "before-transaction:5", "after-statement:3", "before-release",
  ]

  static var count: Int { number("REDSTART_INTERLEAVINGS") ?? 12 }
  static var firstSeed: Int { number("REDSTART_SEED") ?? 1 }

  static func number(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }

  @Test func noneEndsWrong() throws {
    // With segments of every kind, and with statements that only the catalogue tells of.
    let projects = [InterruptionTests.files, LoneStatementTests.files]
    let wanted = [try InterruptionTests.undisturbed(), try LoneStatementTests.undisturbed()]
    var kills = 0
    var terminated = 0
    var runs = 0
    var held = 0
    for seed in Self.firstSeed..<Self.firstSeed + Self.count {
      var generator = SeededRandom(seed: UInt64(seed))
      var lock = Bool.random(using: &generator) ? "session" : "lease"
      // More settings beside it: who waits for a table in vain comes back.
      if Bool.random(using: &generator) { lock += ", lock-timeout: 20ms, lock-retries: 1000" }
      let choice = seed % projects.count
      let scenario = try Scenario(projects[choice], lock: lock)
      var running: [Process] = []
      var holders: [ReadProcess] = []
      for _ in 0..<Int.random(in: 3...9, using: &generator) {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<4:
          running.append(try scenario.start())
          runs += 1
        case 4..<6:
          let step = Self.steps.randomElement(using: &generator) ?? "locked"
          running.append(try scenario.start(crashAt: step))
          runs += 1
        case 6..<8:
          if let process = running.randomElement(using: &generator), process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            kills += 1
          }
        case 8:
          let ended = try scenario.psql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
              + "where datname = current_database() and pid <> pg_backend_pid()"
          )
          terminated += Int(ended) ?? 0
        case 9..<11:
          // Fails where nothing is made yet.
          holders.append(
            try scenario.session(
              "begin; lock table mig.a in access share mode; select pg_sleep(0.2); commit"
            )
          )
          held += 1
        default: running.randomElement(using: &generator)?.waitUntilExit()
        }
        usleep(UInt32.random(in: 0..<60_000, using: &generator))
      }
      for process in running { process.waitUntilExit() }
      for holder in holders { holder.waitUntilExit() }
      let last = try scenario.migrate()
      #expect(last.code == 0, "seed \(seed): \(last.error)")
      #expect(try scenario.contents() == wanted[choice], "seed \(seed)")
      #expect(try scenario.appliedTwice() == "0", "seed \(seed)")
      #expect(try scenario.migrate("status", "--exit-code").code == 0, "seed \(seed)")
      try scenario.psql("drop database \(scenario.database) with (force)", in: "dev")
    }
    print(
      "\(Self.count) interleavings from seed \(Self.firstSeed): \(runs) runs, \(kills) killed, "
        + "\(terminated) sessions ended, tables held \(held) times"
    )
  }
}
