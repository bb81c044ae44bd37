import Foundation
import Testing

@testable import WarehouseClient

/// Gives a suite one local server; its tests make objects of their own names.
struct SharedServer: SuiteTrait, TestScoping {
  @TaskLocal static var settings: PostgresConnectionSettings?

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTemporaryProject { project in
      let lease = try await project.server.acquire()
      try await Self.$settings.withValue(lease.settings) { try await function() }
      await lease.release()
    }
  }

  static func open() async throws -> PostgresConnection {
    try await PostgresConnection.open(try #require(settings))
  }
}

extension Trait where Self == SharedServer {
  static var sharedServer: SharedServer { SharedServer() }
}
