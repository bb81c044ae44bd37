import Diagnostics
import Foundation
import Testing

@testable import WarehouseClient

/// Every lease stands for a redstart command of its own: locks know no processes.
@Suite struct LocalServerTests {
  @Test func theLastOfTwoCommandsStopsTheServer() async throws {
    try await withTemporaryProject { project in
      let (one, two) = (project.server, project.server)
      async let first = one.acquire()
      async let second = two.acquire()
      let leases = try await [first, second]
      for lease in leases {
        let name = try await project.value("SELECT current_database()", lease.settings)
        #expect(name == "dev")
      }
      await leases[0].release()
      #expect(try await project.server.status().isRunning)
      let failure = await leases[1].release()
      #expect(failure == nil)
      let status = try await project.server.status()
      #expect(status.isRunning == false && status.version != nil)
      #expect(FileManager.default.fileExists(atPath: status.socketFolder) == false)
    }
  }

  @Test func aTargetsDatabaseIsMadeBesideOthers() async throws {
    try await withTemporaryProject { project in
      let first = try await project.server.acquire()
      for name in ["mart", "an \"odd\" one"] {
        let server = LocalServer(
          projectRoot: project.path,
          environment: ProcessInfo.processInfo.environment,
          database: name
        )
        let lease = try await server.acquire()
        #expect(try await project.value("SELECT current_database()", lease.settings) == name)
        // With Redshift's functions, as in the one that is always there.
        let now = try await project.value("SELECT getdate() IS NOT NULL", lease.settings)
        #expect(now == "t")
        await lease.release()
      }
      #expect(try await project.value("SELECT current_database()", first.settings) == "dev")
      await first.release()
    }
  }

  @Test func sessionsAreLikeRedshifts() async throws {
    try await withTemporaryProject { project in
      let lease = try await project.server.acquire()
      let settings = lease.settings.withSchema("mart")
      let rows = [
        ("SELECT getdate() IS NOT NULL", "t"),
        ("SELECT avg(i) FROM (VALUES (1), (2)) AS v(i)", "1"),
        ("SHOW timezone", "UTC"),
        (
          "SELECT collation_name FROM (SELECT datcollate AS collation_name FROM pg_database"
            + " WHERE datname = 'dev') d", "C.UTF-8"
        ),
        ("CREATE TABLE unqualified (i int); SELECT 'unqualified'::regclass::text", "unqualified"),
        ("SELECT schemaname FROM pg_tables WHERE tablename = 'unqualified'", "public"),
      ]
      for (sql, expected) in rows {
        let value = try await project.value(sql, settings)
        #expect(value == expected, "\(sql)")
      }
      await lease.release()
    }
  }

  @Test func survivesTheDeathOfTheServer() async throws {
    try await withTemporaryProject { project in
      let lease = try await project.server.acquire()
      let session = try await PostgresConnection.open(lease.settings)
      _ = try await session.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS i")
      // A backend that is too busy to notice that its parent died.
      let busy = Task {
        try await session.execute("SELECT count(*) FROM generate_series(1, 300000000)")
      }
      let postmaster = try #require(try await project.server.status().processIdentifier)
      try await waitUntilActive(project, lease.settings)
      kill(pid_t(postmaster), SIGKILL)
      let again = try await project.server.acquire()
      #expect(try await project.value("SELECT count(*) FROM kept", again.settings) == "1000")
      let lost = await busy.result
      #expect((lost.failure as? WarehouseError)?.kind == .connectionLost)
      await lease.release()
      await again.release()
      #expect(try await project.server.status().isRunning == false)
    }
  }

  @Test func aKilledCommandLeavesTheServerToTheNext() async throws {
    try await withTemporaryProject { project in
      // Dropped without release, as by kill -9.
      _ = try await project.server.acquire()
      #expect(try await project.server.status().isRunning)
      let lease = try await project.server.acquire()
      await lease.release()
      #expect(try await project.server.status().isRunning == false)
    }
  }

  @Test func startKeepsTheServerUp() async throws {
    try await withTemporaryProject { project in
      try await project.server.start()
      let lease = try await project.server.acquire()
      let before = try await project.server.status()
      #expect(before.isKeptUp && before.isInUse)
      let refusal = await failure { () throws(Diagnostic) in try await project.server.reset() }
      #expect(refusal?.code == "local-server-in-use")
      await lease.release()
      #expect(try await project.server.status().isRunning)
      #expect(try await project.server.stop() == .stopped)
      #expect(try await project.server.stop() == .wasNotRunning)
      try await project.server.start()
      let second = try await project.server.acquire()
      #expect(try await project.server.stop() == .stopsAfterUse)
      await second.release()
      let after = try await project.server.status()
      #expect(after.isRunning == false && after.isKeptUp == false)
      try await project.server.reset()
      #expect(FileManager.default.fileExists(atPath: after.folder) == false)
    }
  }

  @Test func survivesTheLossOfItsFiles() async throws {
    try await withTemporaryProject { project in
      let lost = try await project.server.acquire()
      let placement = try project.placement()
      try FileManager.default.removeItem(atPath: placement.folder)
      let lease = try await project.server.acquire()
      #expect(try await project.value("SELECT 1", lease.settings) == "1")
      await lost.release()
      // Only the socket is lost: with nobody else there, the server is started anew.
      await lease.release()
      try await project.server.start()
      try FileManager.default.removeItem(atPath: placement.socketFolder)
      let last = try await project.server.acquire()
      #expect(try await project.value("SELECT 1", last.settings) == "1")
      await last.release()
      _ = try await project.server.stop()
    }
  }

  @Test(arguments: [
    "my project's \"big\" $HOME `x` \\ 100%",
    "проект-プロジェクト-é",
    "one/" + String(repeating: String(repeating: "long", count: 50) + "/", count: 9) + "end",
  ])
  func liveAtAnyPath(name: String) async throws {
    try await withTemporaryProject(named: name) { project in
      let lease = try await project.server.acquire()
      #expect(try await project.value("SELECT 1", lease.settings) == "1")
      let psql = try project.server.psqlArguments(schema: "odd \"schema's\\")
      let value = try await run(psql + ["-X", "-Atc", "SHOW search_path"])
      #expect(value == "\"odd \"\"schema's\\\",public,rs,pg_catalog\n")
      await lease.release()
    }
  }

  @Test func refusesAnotherVersionsFiles() async throws {
    try await withTemporaryProject { project in
      let placement = try project.placement()
      try FileManager.default.createDirectory(
        atPath: placement.data,
        withIntermediateDirectories: true
      )
      try "9\n".write(toFile: placement.versionFile, atomically: true, encoding: .utf8)
      let refusal = await acquisitionFailure(project)
      #expect(refusal?.code == "local-server-version")
      try await project.server.reset()
      let lease = try await project.server.acquire()
      await lease.release()
    }
  }

  @Test func refusesASocketFolderOpenToOthers() async throws {
    try await withTemporaryProject { project in
      let path = try project.placement().socketFolder
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/tmp")
      let refusal = await acquisitionFailure(project)
      #expect(refusal?.code == "local-server-socket-folder")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test func aStartFailureShowsTheLog() async throws {
    try await withTemporaryProject { project in
      let lease = try await project.server.acquire()
      await lease.release()
      let placement = try project.placement()
      try FileManager.default.removeItem(atPath: placement.data + "/global/pg_control")
      let refusal = await acquisitionFailure(project)
      #expect(refusal?.code == "local-server-start-failed")
      #expect(refusal?.notes.contains { $0.contains("pg_control") } == true)
    }
  }

  private func acquisitionFailure(_ project: TemporaryProject) async -> Diagnostic? {
    await failure { () throws(Diagnostic) in _ = try await project.server.acquire() }
  }

  private func failure(
    _ body: () async throws(Diagnostic) -> Void
  ) async -> Diagnostic? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  private func waitUntilActive(
    _ project: TemporaryProject,
    _ settings: PostgresConnectionSettings
  ) async throws {
    let sql =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%300000000)' AND state = 'active'"
    while try await project.value(sql, settings) != "1" { await Task.yield() }
  }

  private func run(_ command: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    // `waitUntilExit` would block one of the few threads that tests share.
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do { try process.run() } catch { ended.resume(throwing: error) }
    }
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }
}

extension Result {
  var failure: (any Error)? {
    if case .failure(let error) = self { return error }
    return nil
  }
}
