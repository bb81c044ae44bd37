import Foundation
import TestSupport
import Testing

/// Many files, several of which go to the server in one message.
@Suite(.scenarioServer) struct BatchTests {
  static let count = 60

  /// Files of one transaction each, some of them slow; every table has one row when all is done.
  static func files(_ others: [Int: String] = [:]) -> [String: String] {
    var files = ["V1__schema.sql": "create schema mig; create table mig.t1 (x int, s varchar(9));"]
    for number in 2...count {
      files["V\(number)__t.sql"] =
        others[number]
          ?? """
          create table mig.t\(number) (x int not null, s varchar(\(number)));
          insert into mig.t\(number) (x) values (\(number));
          alter table mig.t\(number - 1) add column more int default \(number);
          """
    }
    return files
  }

  /// The same files, few at a time: each in a message of its own.
  static func undisturbed() throws -> String {
    let scenario = try Scenario(files())
    for last in stride(from: 15, through: count, by: 15) {
      #expect(try scenario.migrate("--to", "\(last)").code == 0)
    }
    return try scenario.contents()
  }

  private func expectWhole(_ scenario: Scenario, _ wanted: String) throws {
    #expect(try scenario.contents() == wanted)
    #expect(try scenario.appliedTwice() == "0")
    #expect(
      try scenario.psql(
        "select count(*) from redstart.migration_event where event = 'done'"
      ) == "\(Self.count)"
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.migrate("diff").code == 0)
  }

  @Test func theyComeToTheSameAsEachByItself() throws {
    let scenario = try Scenario.applied(Self.files())
    try expectWhole(scenario, try Self.undisturbed())
    // Each has its number, follows on the one before it, and has a time of its own.
    let chain = """
      select count(*) from redstart.migration_event a join redstart.migration_event b \
      on b.seq = a.seq + 1 and b.prev_sha = a.norm_sha
      """
    #expect(try scenario.psql(chain) == "\(Self.count - 1)")
    let times =
      "select count(*) from redstart.migration_event where ms is null or ms not between 0 and 60000"
    #expect(try scenario.psql(times) == "0")
  }

  /// Far away it is the number of messages that takes time.
  @Test func theyTakeFewRoundTrips() throws {
    let network = try NetworkProxy(serverIn: try #require(ScenarioServer.socket), delay: 20)
    defer { network.stop() }
    let scenario = try Scenario(Self.files(), port: network.port)
    // The history's own tables are made first.
    #expect(try scenario.migrate("--to", "1").code == 0)
    let count = try network.roundTrips {
      let outcome = try scenario.migrate()
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    #expect(count < Self.count / 2)
    try expectWhole(scenario, try Self.undisturbed())
  }

  /// A procedure may make anything; what comes behind it goes together again.
  @Test func aCallGoesByItselfAndTheRestTogether() throws {
    let network = try NetworkProxy(serverIn: try #require(ScenarioServer.socket), delay: 20)
    defer { network.stop() }
    let procedure = """
      create procedure mig.fill() as $$ begin insert into mig.t1 (x) values (1); end $$ \
      language plpgsql; call mig.fill();
      """
    let others = [3: procedure + "create table mig.t3 (x int);"]
    let scenario = try Scenario(Self.files(others), port: network.port)
    #expect(try scenario.migrate("--to", "1").code == 0)
    let count = try network.roundTrips {
      let outcome = try scenario.migrate()
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    #expect(count < Self.count / 2)
    #expect(try scenario.psql("select count(*) from mig.t1") == "1")
    #expect(try scenario.migrate("diff").code == 0)
  }

  @Test func howLongEachTookIsItsOwnTime() throws {
    let scenario = try Scenario(Self.files())
    try scenario.psql(
      """
      create function public.slow() returns event_trigger language plpgsql as $$ begin
        if exists (select 1 from pg_event_trigger_ddl_commands()
          where object_identity = 'mig.t9' and command_tag = 'CREATE TABLE')
        then perform pg_sleep(0.3); end if; end $$;
      create event trigger slow on ddl_command_end execute function public.slow();
      """
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let took = "select count(*) from redstart.migration_event where version = '9' and ms >= 300"
    #expect(try scenario.psql(took) == "1")
    // The next one does not count from where the message began.
    let next = """
      select count(*) from redstart.migration_event a join redstart.migration_event b \
      on a.version = '9' and b.version = '10' and b.ms < a.ms
      """
    #expect(try scenario.psql(next) == "1")
  }

  @Test(arguments: [2, 17, 37, 59])
  func aFailureIsThatOfItsFileAndWhatCameBeforeStays(number: Int) throws {
    let broken = "create table mig.t\(number) (x int);\n\ninsert into mig.t\(number) select 1/0;"
    let scenario = try Scenario(Self.files([number: broken]))
    let outcome = try scenario.migrate()
    #expect(outcome.code == 1 && outcome.error.contains("V\(number)__t.sql:3:"), "\(outcome.error)")
    #expect(outcome.error.contains("nothing of it remains"), "\(outcome.error)")
    let last = "select max(cast(version as int)) from redstart.migration_event where event = 'done'"
    #expect(try scenario.psql(last) == "\(number - 1)")
    #expect(
      try scenario.psql(
        "select version, error_line from redstart.migration_event where event = 'fail'"
      ) == "\(number)|3"
    )
    #expect(try scenario.psql("select to_regclass('mig.t\(number)') is null") == "t")
    try scenario.write("V\(number)__t.sql", Self.files()["V\(number)__t.sql"] ?? "")
    #expect(try scenario.migrate().code == 0)
    try expectWhole(scenario, try Self.undisturbed())
  }

  @Test func aTableThatSomebodyReadsIsWaitedForInTheMiddle() throws {
    let altering =
      "-- redstart: lock-timeout=50ms, lock-retries=100\n" + (Self.files()["V30__t.sql"] ?? "")
    let scenario = try Scenario(Self.files([30: altering]))
    #expect(try scenario.migrate("--to", "2").code == 0)
    try scenario.write(
      "V30__t.sql",
      altering
        + "\nalter table mig.t1 add column waited int; alter table mig.t1 drop column waited;"
    )
    let reader = try scenario.holdLock("mig.t1", mode: "access share")
    defer { reader.end() }
    let errors = try ErrorText()
    let runner = try scenario.start(errors: errors.handle)
    try errors.wait(for: "try 2 was given up by the server")
    reader.end()
    runner.waitUntilExit()
    #expect(runner.terminationStatus == 0, "\(errors.text)")
    try expectWhole(scenario, try Self.undisturbed())
  }

  /// At any moment, in any way: the next run goes on where the rows end.
  @Test func noneEndsWrong() throws {
    let wanted = try Self.undisturbed()
    let first = InterleavingTests.firstSeed
    for seed in first..<first + InterleavingTests.count {
      var generator = SeededRandom(seed: UInt64(seed))
      let scenario = try Scenario(
        Self.files(),
        lock: Bool.random(using: &generator) ? "session" : "lease"
      )
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let runners = try (0..<Int.random(in: 1...2, using: &generator)).map { _ in
          try scenario.start()
        }
        usleep(UInt32.random(in: 20_000..<400_000, using: &generator))
        if Bool.random(using: &generator) {
          try scenario.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
              + "where datname = current_database() and pid <> pg_backend_pid()"
          )
        }
        let signal = [SIGKILL, SIGINT, SIGTERM].randomElement(using: &generator) ?? SIGKILL
        for runner in runners where runner.isRunning { kill(runner.processIdentifier, signal) }
        for runner in runners { runner.waitUntilExit() }
      }
      let last = try scenario.migrate()
      #expect(last.code == 0, "seed \(seed): \(last.error)")
      try expectWhole(scenario, wanted)
      try scenario.psql("drop database \(scenario.database) with (force)", in: "dev")
    }
    print("\(InterleavingTests.count) interrupted runs of \(Self.count) files from seed \(first)")
  }
}
