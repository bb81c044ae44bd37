import AWSClient
import Diagnostics
import RedshiftSQL
import Synchronization
package import WarehouseClient

/// A session of the Data API: transactions, temporary tables and settings last from call to call.
///
/// Statements wait for their turn in the order of the calls. Cancelling the task of a call cancels
/// the statement in the warehouse; in a task that is cancelled already nothing is sent.
package actor DataSession: WarehouseSession {
  private let service: DataService
  /// Where the session is, until it has a name of its own.
  private let place: DataTarget
  private nonisolated let current = Mutex<RunningStatement?>(nil)
  private var name: String?
  private var process: Int?
  private var isInTransaction = false
  private var isClosed = false
  private let turns = Turns()
  private var keeper: Task<Void, Never>?

  init(_ service: DataService, _ place: DataTarget) {
    self.service = service
    self.place = place
  }

  package var processIdentifier: Int? { process }

  package func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    await turns.take()
    defer { turns.pass() }
    guard !isClosed else {
      throw WarehouseError(kind: .connectionLost, message: "the session is closed")
    }
    guard !Task.isCancelled else { throw DataService.cancelled }
    let running = RunningStatement()
    current.withLock { $0 = running }
    defer { current.withLock { $0 = nil } }
    // A task of its own: what cancels this one must not cancel the questions for the end.
    let work = Task { await self.outcome(of: sql, running) }
    let outcome = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      guard let identifier = running.request() else { return }
      Task { await self.service.cancel(identifier) }
    }
    return try outcome.get()
  }

  package func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    var error = WarehouseError(kind: .statement, message: "COPY FROM STDIN is not there")
    error.cause = .copyInUnavailable()
    throw error
  }

  package nonisolated func cancel() async {
    guard let identifier = current.withLock({ $0 })?.request() else { return }
    await service.cancel(identifier)
  }

  package func close() async {
    await turns.take()
    defer { turns.pass() }
    keeper?.cancel()
    keeper = nil
    guard !isClosed else { return }
    isClosed = true
    guard let name else { return }
    // There is no call that ends a session; one that is kept for no time ends with its statement.
    var target = DataTarget()
    target.session = name
    target.keepAliveSeconds = 0
    let sql = isInTransaction ? "ROLLBACK" : "SELECT 1"
    // When the task is cancelled, this has to be sent all the same. What fails here ends by itself
    // when the session has not been used for a while.
    _ = await Task { [service] in
      _ = try await service.start([sql], target, RunningStatement())
    }.result
  }

  // MARK: - Statements

  private func outcome(
    of sql: String,
    _ running: RunningStatement
  ) async -> Result<StatementResult, WarehouseError> {
    do throws(WarehouseError) {
      return .success(try await perform(sql, running))
    } catch {
      // A cancelled statement may be told as one that failed.
      if running.isRequested, error.kind == .statement {
        var cancelled = DataService.cancelled
        cancelled.completedStatements = error.completedStatements
        return .failure(cancelled)
      }
      return .failure(error)
    }
  }

  private func perform(
    _ sql: String,
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StatementResult {
    let message: DataMessage
    do throws(Diagnostic) {
      message = try DataMessage(sql)
    } catch let problem {
      var error = WarehouseError(kind: .statement, message: problem.message, sqlState: "54000")
      error.cause = problem
      throw error
    }
    switch message.plan(isInTransaction: isInTransaction) {
    case .nothing: return StatementResult()
    case .single(let parts): return try await performEach(parts, running)
    case .batch(let parts): return try await performTogether(parts, running)
    case .wrapped(let parts):
      _ = try await run(["BEGIN"], running)
      do throws(WarehouseError) {
        let result = try await performEach(parts, running)
        _ = try await run(["COMMIT"], running)
        return result
      } catch {
        // The statement's error is the news; a transaction that is gone has nothing to take back.
        do throws(WarehouseError) { _ = try await run(["ROLLBACK"], RunningStatement()) } catch {}
        throw error
      }
    }
  }

  private func performEach(
    _ parts: [DataMessage.Part],
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StatementResult {
    var result = StatementResult()
    var counted: (index: Int, rows: Int)?
    for (place, part) in parts.enumerated() {
      let status = try await run([part.sql], running)
      guard status.phase == .finished else {
        if part.controlsTransaction, !part.begins { isInTransaction = false }
        throw failure(status.error, status, part, completed: part.index)
      }
      note(part)
      var rows = part.countsRows && status.rows >= 0 ? status.rows : nil
      // A statement that was cut counts as the one that it was.
      if let known = counted, known.index == part.index { rows = rows.map { $0 + known.rows } }
      counted = rows.map { (part.index, $0) }
      guard place == parts.count - 1 else { continue }
      result = try await self.result(status.identifier, status.hasResult, rows, part)
    }
    return result
  }

  private func performTogether(
    _ parts: [DataMessage.Part],
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StatementResult {
    let status = try await run(parts.map(\.sql), running)
    guard status.phase == .finished else {
      let place = status.parts.firstIndex { $0.phase == "FAILED" || $0.phase == "ABORTED" }
      guard let place, parts.indices.contains(place) else {
        var error = DataErrors.error(status.error ?? "", offset: 0)
        error.position = nil
        throw error
      }
      let text = status.parts[place].error ?? status.error
      throw failure(text, status, parts[place], completed: parts[place].index)
    }
    guard let last = parts.last, let told = status.parts.last else { return StatementResult() }
    let rows = last.countsRows && told.rows >= 0 ? told.rows : nil
    return try await result(told.identifier, told.hasResult, rows, last)
  }

  private func result(
    _ identifier: String,
    _ hasResult: Bool,
    _ rows: Int?,
    _ part: DataMessage.Part
  ) async throws(WarehouseError) -> StatementResult {
    var result = hasResult ? try await service.rows(identifier) : StatementResult()
    result.rowCount = hasResult ? result.rows.count : rows
    result.tag = part.tag(rows: result.rowCount)
    return result
  }

  /// Sends one call's worth of statements and waits for their end.
  private func run(
    _ sqls: [String],
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StatementStatus {
    var target = place
    if let name {
      target = DataTarget()
      target.session = name
    }
    target.keepAliveSeconds = DataService.keepAliveSeconds
    let started = try await service.start(sqls, target, running)
    if let session = started.session, name == nil {
      name = session
      keepAlive()
    }
    running.begin(started.identifier)
    defer { running.begin(nil) }
    let status = try await service.finish(started.identifier, running)
    process = status.processID.flatMap { $0 > 0 ? $0 : nil } ?? process
    return status
  }

  private func failure(
    _ text: String?,
    _ status: StatementStatus,
    _ part: DataMessage.Part,
    completed: Int
  ) -> WarehouseError {
    var error = DataErrors.error(
      text ?? (status.phase == .aborted ? "the statement was stopped" : ""),
      offset: part.offset
    )
    error.completedStatements = completed
    return error
  }

  private func note(_ part: DataMessage.Part) {
    switch part.kind {
    case .transaction(.begin): isInTransaction = true
    // TRUNCATE commits.
    case .transaction, .truncate: isInTransaction = false
    default: break
    }
  }

  // MARK: - Keeping it

  /// Uses the session now and then, lest the service ends it while it waits for its next statement.
  private func keepAlive() {
    let pause = Double(DataService.keepAliveSeconds) / 3
    keeper = Task { [weak self, sleep = service.surroundings.sleep] in
      while !Task.isCancelled {
        do { try await sleep(pause) } catch { return }
        guard let self else { return }
        await self.useIfIdle()
      }
    }
  }

  private func useIfIdle() async {
    guard !turns.isTaken, !isClosed else { return }
    await turns.take()
    defer { turns.pass() }
    // A session that is gone shows at its next statement.
    do throws(WarehouseError) { _ = try await run(["SELECT 1"], RunningStatement()) } catch {}
  }
}

extension DataMessage.Part {
  fileprivate var begins: Bool {
    if case .transaction(.begin) = kind { return true }
    return false
  }
}
