import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension CommandSession {
  /// Runs `body` with empty databases on the local warehouse that are gone afterwards, whatever
  /// comes of it.
  ///
  /// - Parameters:
  ///   - purposes: a word for each database, as part of its name.
  ///   - project: whose target they stand for.
  ///   - body: gets a way to each, in order.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws, or what keeps the databases from being made.
  func withScratchDatabases<Result: Sendable>(
    _ purposes: [String],
    _ project: Project,
    _ body: ([Connection]) async throws -> Result
  ) async throws -> Result {
    let server = try localServer(for: project)
    let lease = try await server.acquire()
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await withDatabases(purposes, project, lease.settings, body))
    } catch {
      result = .failure(error)
    }
    if let problem = await lease.release() { report([problem]) }
    return try result.get()
  }

  /// The same with one database.
  func withScratchDatabase<Result: Sendable>(
    _ purpose: String,
    _ project: Project,
    _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    try await withScratchDatabases([purpose], project) { connections in
      guard let connection = connections.first else { throw Self.scratchMissing }
      return try await body(connection)
    }
  }

  /// What cannot be: there is one connection for each purpose.
  static var scratchMissing: Diagnostic {
    Diagnostic(code: "unexpected-error", "a scratch database was asked for and not made")
  }

  private func withDatabases<Result: Sendable>(
    _ purposes: [String],
    _ project: Project,
    _ settings: PostgresConnectionSettings,
    _ body: ([Connection]) async throws -> Result
  ) async throws -> Result {
    let admin = connection(settings, .postgres, project)
    let names = purposes.map(scratchName)
    let result: Swift.Result<Result, any Error>
    do {
      var connections: [Connection] = []
      for name in names {
        try await admin.withSession { session throws(Diagnostic) in
          try await execute("create database \(SQLQuoting.identifier(name))", session)
        }
        var scratch = settings
        scratch.database = name
        try await PostgresShims().install(
          on: PostgresWarehouse(settings: scratch, dialect: .postgres)
        )
        connections.append(
          connection(scratch.withSchema(project.target.schema), .postgres, project)
        )
      }
      result = .success(try await body(connections))
    } catch {
      result = .failure(error)
    }
    for name in names {
      try await admin.withSession { session throws(Diagnostic) in
        try await execute(
          "drop database if exists \(SQLQuoting.identifier(name)) with (force)",
          session
        )
      }
    }
    return try result.get()
  }

  /// The name of this command's database for a purpose.
  func scratchName(_ purpose: String) -> String {
    "redstart_\(purpose)_" + invocationID.filter { $0 != "-" }
  }

  func execute(_ sql: String, _ session: any WarehouseSession) async throws(Diagnostic) {
    do throws(WarehouseError) {
      _ = try await session.execute(sql)
    } catch {
      throw .database(error, at: nil)
    }
  }
}
