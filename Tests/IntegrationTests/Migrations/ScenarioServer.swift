import Foundation
import TestSupport
import Testing

/// Gives a suite one PostgreSQL server; each scenario has a database of its own on it.
struct ScenarioServer: SuiteTrait, TestScoping {
  @TaskLocal static var socket: String?

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    let server = try ProgramHarness.project([
      "project.yml": "name: server\ntargets: { local: { type: local, schema: server } }\n"
    ])
    defer { server.stopServer() }
    _ = try server.run("local", "start")
    let status = try server.run("local", "status").output
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("socket") })
    let socket = line.dropFirst("socket".count).trimmingCharacters(in: .whitespaces)
    try await Self.$socket.withValue(socket) { try await function() }
  }
}

extension Trait where Self == ScenarioServer {
  static var scenarioServer: ScenarioServer { ScenarioServer() }
}

/// A project with migrations and an empty database.
struct Scenario {
  let project: ProgramHarness
  let socket: String
  let database: String

  init(
    _ migrations: [String: String],
    user: String = "redstart",
    password: String = "-",
    lock: String? = nil,
    port: Int? = nil,
    database known: String? = nil,
    files others: [String: String] = [:]
  ) throws {
    socket = try #require(ScenarioServer.socket)
    database =
      known ?? "s" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    var files = [
      "project.yml": """
      name: mig
      target: pg
      targets:
        pg: { type: postgres, host: "\(port == nil ? socket : "127.0.0.1")", \
      port: \(port ?? 5432), user: \(user), password: "\(password)", database: \(database), \
      schema: mig, sslmode: disable, keepalives_idle: 1 }
      \(lock.map { "migrations: { lock: \($0) }" } ?? "")
      """
    ]
    for (name, text) in migrations { files["migrations/\(name)"] = text }
    files.merge(others) { $1 }
    project = try ProgramHarness.project(files)
    if known == nil { try psql("create database \(database)", in: "dev") }
  }

  /// A project whose migrations are applied.
  static func applied(
    _ migrations: [String: String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Scenario {
    let scenario = try Scenario(migrations)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    return scenario
  }

  /// Runs `redstart migrate` to its end.
  @discardableResult
  func migrate(_ words: String..., crashAt: String? = nil) throws -> ProgramHarness.Outcome {
    try project.run(["migrate"] + words + crash(crashAt))
  }

  /// Starts `redstart migrate`.
  func start(
    _ words: String...,
    crashAt: String? = nil,
    errors: FileHandle = .nullDevice
  ) throws -> Process {
    try project.start(["migrate"] + words + crash(crashAt), errors: errors)
  }

  private func crash(_ step: String?) -> [String] { step.map { ["--crash-at", $0] } ?? [] }

  /// What a run that nothing disturbs makes of files.
  static func undisturbed(_ files: [String: String]) throws -> String {
    let scenario = try Scenario(files)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    return try scenario.contents()
  }

  func write(_ name: String, _ text: String) throws {
    try project.folder.write("migrations/\(name)", text)
  }

  // MARK: The database

  /// Runs SQL by psql and returns what it prints, fields separated by bars.
  @discardableResult
  func psql(_ sql: String, in other: String? = nil) throws -> String {
    let process = try session(sql, in: other)
    process.waitUntilExit()
    return process.text
  }

  /// Starts psql; the server soon sees when it is ended.
  func session(_ sql: String, in other: String? = nil) throws -> ReadProcess {
    try ReadProcess(
      "/usr/bin/psql",
      [
        "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "redstart", "-d",
        "dbname=\(other ?? database) options='-c client_connection_check_interval=100ms'", "-c",
        sql,
      ]
    )
  }

  /// Holds a lock on a table until the process is ended.
  func holdLock(
    _ table: String,
    mode: String = "access exclusive",
    seconds: Int = 600
  ) throws -> ReadProcess {
    let process = try session(
      "begin; lock table \(table) in \(mode) mode; select pg_sleep(\(seconds)); commit"
    )
    let locked = """
      select count(*) from pg_locks where granted \
      and lower(mode) = '\(mode.filter { $0 != " " })lock' and relation = to_regclass('\(table)')
      """
    try wait(locked, for: "1")
    return process
  }

  /// Lets whoever has inserted into a table wait in COMMIT until the process is ended.
  func holdCommits(into table: String) throws -> ReadProcess {
    try psql(
      """
      create function public.pause() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(42); return null; end $$;
      create constraint trigger pause after insert on \(table) deferrable initially deferred
        for each row execute function public.pause();
      """
    )
    let process = try session("select pg_advisory_lock(42), pg_sleep(600)")
    try wait(
      "select count(*) from pg_locks l join pg_database d on d.oid = l.database "
        + "where l.locktype = 'advisory' and l.objid = 42 and l.granted "
        + "and d.datname = current_database()",
      for: "1"
    )
    return process
  }

  /// Waits until somebody waits so.
  func waitForCommit() throws {
    try wait(
      "select count(*) from pg_stat_activity where wait_event = 'advisory' "
        + "and datname = current_database()",
      for: "1"
    )
  }

  /// Waits until a query gives a value.
  func wait(_ query: String, for value: String, seconds: Double = 60) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try psql(query) != value {
      try #require(Date() < deadline, "\(query) never gave \(value)")
      usleep(20_000)
    }
  }

  /// Each `done` and `undone` of the log, as `1 done`, in order.
  func log(_ steps: String = "'done', 'undone'") throws -> String {
    try psql(
      "select string_agg(coalesce(version, 'R') || ' ' || event, ', ' order by seq) "
        + "from redstart.migration_event where event in (\(steps))"
    )
  }

  /// Everything that the migrations' schema holds, as SQL.
  func contents() throws -> String {
    let process = try ReadProcess(
      "/usr/bin/pg_dump",
      ["-h", socket, "-U", "redstart", "-d", database, "-n", "mig*", "--inserts", "--no-owner"]
    )
    process.waitUntilExit()
    // pg_dump writes a random word for psql around it.
    return process.text.split(separator: "\n").filter { !$0.contains("restrict ") }
      .joined(separator: "\n")
  }

  /// Versions with more than one `done` that none took back.
  func appliedTwice() throws -> String {
    try psql(
      "select count(*) from (select version from redstart.migration_event where event = 'done' "
        + "and kind = 'versioned' group by version having count(*) > 1) t"
    )
  }
}

/// What a program that runs writes about itself.
final class ErrorText {
  let handle: FileHandle
  private let path = NSTemporaryDirectory() + "redstart-errors-\(UUID().uuidString)"

  init() throws {
    try Data().write(to: URL(fileURLWithPath: path))
    handle = try #require(FileHandle(forWritingAtPath: path))
  }

  deinit { unlink(path) }

  var text: String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// Waits until it has said something.
  func wait(for words: String, seconds: Double = 60) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while !text.contains(words) {
      try #require(Date() < deadline, "never said \(words): \(text)")
      usleep(20_000)
    }
  }
}

/// A program whose output is read when it has ended.
final class ReadProcess {
  let process = Process()
  private let path = NSTemporaryDirectory() + "redstart-tests-\(UUID().uuidString)"

  init(_ program: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    try Data().write(to: URL(fileURLWithPath: path))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: path)
    process.standardError = FileHandle(forWritingAtPath: path)
    try process.run()
  }

  deinit { unlink(path) }

  func waitUntilExit() { process.waitUntilExit() }

  /// Ends it in a way that it cannot put off: a child of a thread of the pool has SIGTERM blocked.
  func end() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  var text: String {
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
