import RedshiftSQL
import Synchronization
import WarehouseClient

/// A session as one node uses it: keeps what was sent, passes notices on, remembers the last
/// error's kind, and cancels the statement on the server when the task is cancelled.
final class ObservedSession: WarehouseSession, CopyOutSession {
  let inner: any WarehouseSession
  private let log: SQLLog?
  private let comment: QueryComment?
  /// Takes what goes over the wire, the comment included.
  private let onStatement: (@Sendable (String) -> Void)?
  private let onNotice: @Sendable (String) -> Void
  private let state = Mutex<WarehouseError?>(nil)

  init(
    _ inner: any WarehouseSession,
    log: SQLLog? = nil,
    comment: QueryComment? = nil,
    onStatement: (@Sendable (String) -> Void)? = nil,
    onNotice: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.inner = inner
    self.log = log
    self.comment = comment
    self.onStatement = onStatement
    self.onNotice = onNotice
  }

  /// The last error that the server or the connection gave.
  var lastError: WarehouseError? { state.withLock { $0 } }

  func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    log?.record(sql)
    let comment = Self.isOfTransactions(sql) ? nil : comment
    let sent = comment?.adding(to: sql) ?? sql
    onStatement?(sent)
    let inner = inner
    let outcome = await cancelling { () async -> Result<StatementResult, WarehouseError> in
      guard !Task.isCancelled else { return .failure(Self.cancelled) }
      do throws(WarehouseError) {
        return .success(try await inner.execute(sent))
      } catch {
        guard let comment, let position = error.position else { return .failure(error) }
        // The comment is not part of what the caller wrote.
        var error = error
        error.position = position - comment.prefix.unicodeScalars.count
        return .failure(error)
      }
    }
    switch outcome {
    case .success(let result):
      result.notices.forEach(onNotice)
      return result
    case .failure(let error):
      state.withLock { $0 = error }
      throw error
    }
  }

  func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    log?.record(sql)
    let inner = inner
    let outcome = await cancelling { () async -> Result<StatementResult, any Error> in
      guard !Task.isCancelled else { return .failure(Self.cancelled) }
      do {
        return .success(try await inner.copyIn(sql, next: next))
      } catch {
        return .failure(error)
      }
    }
    switch outcome {
    case .success(let result):
      result.notices.forEach(onNotice)
      return result
    case .failure(let error):
      if let error = error as? WarehouseError { state.withLock { $0 = error } }
      throw error
    }
  }

  func readCopy(
    _ sql: String,
    row: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> StatementResult {
    log?.record(sql)
    return try await inner.copyOut(sql, row: row)
  }

  func cancel() async { await inner.cancel() }

  func close() async { await inner.close() }

  var processIdentifier: Int? { get async { await inner.processIdentifier } }

  /// What only begins or ends a transaction tells nothing about itself.
  private static func isOfTransactions(_ sql: String) -> Bool {
    ["begin", "commit", "rollback"].contains(sql)
  }

  private static let cancelled = WarehouseError(kind: .cancelled, message: "cancelled")

  /// Runs `body`; while it runs, a cancelled task makes the server cancel the statement.
  private func cancelling<T: Sendable>(_ body: @Sendable () async -> T) async -> T {
    let watch = CancellationWatch(session: inner)
    let value = await withTaskCancellationHandler {
      await body()
    } onCancel: {
      watch.begin()
    }
    // A cancel request that is still on its way must not hit the next statement.
    await watch.end()
    return value
  }
}

/// Cancels a session's statement, again and again until it has ended: a request that arrives just
/// before the statement does nothing.
private final class CancellationWatch: Sendable {
  private struct State {
    var canceller: Task<Void, Never>?
    var isOver = false
  }

  private let session: any WarehouseSession
  private let state = Mutex(State())

  init(session: any WarehouseSession) {
    self.session = session
  }

  func begin() {
    let session = session
    state.withLock { state in
      guard !state.isOver, state.canceller == nil else { return }
      state.canceller = Task.detached {
        while !Task.isCancelled {
          await session.cancel()
          do {
            try await Task.sleep(for: .milliseconds(200))
          } catch {
            return
          }
        }
      }
    }
  }

  func end() async {
    let canceller = state.withLock { state in
      state.isOver = true
      return state.canceller
    }
    canceller?.cancel()
    await canceller?.value
  }
}
