import Synchronization
import WarehouseClient

/// A session that remembers what the server said last when something failed.
final class ObservedSession: WarehouseSession {
  private let session: any WarehouseSession
  private let failure = Mutex<WarehouseError?>(nil)

  init(_ session: any WarehouseSession) { self.session = session }

  /// The error of the statement that failed, once.
  func takeFailure() -> WarehouseError? {
    failure.withLock { failure in
      defer { failure = nil }
      return failure
    }
  }

  func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    do throws(WarehouseError) {
      return try await session.execute(sql)
    } catch {
      failure.withLock { $0 = error }
      throw error
    }
  }

  func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    try await session.copyIn(sql, next: next)
  }

  func cancel() async { await session.cancel() }
  func close() async { await session.close() }
  var processIdentifier: Int? { get async { await session.processIdentifier } }
}

extension ObservedSession: CopyOutSession {
  func readCopy(
    _ sql: String,
    row: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> StatementResult {
    guard let session = session as? any CopyOutSession else {
      throw WireError("this session cannot unload")
    }
    return try await session.readCopy(sql, row: row)
  }
}
