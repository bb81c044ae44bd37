import Foundation

@testable import WarehouseClient

/// An empty project folder, removed with its local server when the body is done.
func withTemporaryProject(
  named name: String = "project",
  _ body: (TemporaryProject) async throws -> Void
) async throws {
  let project = try TemporaryProject(named: name)
  do {
    try await body(project)
  } catch {
    await project.remove()
    throw error
  }
  await project.remove()
}

struct TemporaryProject: Sendable {
  let parent: String
  let path: String

  init(named name: String) throws {
    parent = "/tmp/redstart-test-" + UUID().uuidString
    path = parent + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// A new object each time: it stands for one redstart command.
  var server: LocalServer {
    LocalServer(projectRoot: path, environment: ProcessInfo.processInfo.environment)
  }

  func placement() throws -> LocalServerPlacement {
    try LocalServerPlacement(
      project: path,
      home: nil,
      environment: ProcessInfo.processInfo.environment
    )
  }

  func remove() async {
    try? await server.reset()
    try? FileManager.default.removeItem(atPath: parent)
  }

  /// The value of a query's only column in its only row.
  func value(_ sql: String, _ settings: PostgresConnectionSettings) async throws -> String? {
    let session = try await PostgresConnection.open(settings)
    let result = try await session.execute(sql)
    await session.close()
    return result.rows.first?.first ?? nil
  }
}
