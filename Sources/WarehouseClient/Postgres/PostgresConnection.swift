import Synchronization

/// A session with a server over libpq, on a queue of its own.
///
/// Statements wait for their turn in the order of the calls. Cancelling the task of a call cancels
/// the statement on the server; in a task that is cancelled already nothing is sent, so a
/// `ROLLBACK` after a cancellation belongs in a task of its own, or is left to `close`, after
/// which the server rolls back.
package actor PostgresConnection: WarehouseSession, CopyOutSession {
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private nonisolated let executor = QueueExecutor(label: "redstart.connection")
  /// The statement that the server works on, for `cancel` from outside.
  private nonisolated let current = Mutex<StatementCancellation?>(nil)
  private var handle: PostgresHandle?
  /// The protocol allows one statement at a time, also while `copyIn` awaits its data.
  private let turns = Turns()

  private init() {}

  /// What the last statement of the session's setup returned.
  var greeting: StatementResult { handle?.greeting ?? StatementResult() }

  /// Connects and sets the session up.
  package static func open(
    _ settings: PostgresConnectionSettings
  ) async throws(WarehouseError) -> PostgresConnection {
    let connection = PostgresConnection()
    try await connection.connect(settings)
    return connection
  }

  package func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    await turns.take()
    defer { turns.pass() }
    let statement = try beginStatement()
    defer { current.withLock { $0 = nil } }
    // The closure must call a method of this actor: one that does not use `self` would not be
    // isolated to it, and would block a thread of the shared pool.
    let outcome = await withTaskCancellationHandler {
      self.outcome(of: statement, sql)
    } onCancel: {
      statement.cancelFromTask()
    }
    return try outcome.get()
  }

  package func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    await turns.take()
    defer { turns.pass() }
    let statement = try beginStatement()
    defer { current.withLock { $0 = nil } }
    return try await withTaskCancellationHandler {
      try await self.copy(statement, sql, next)
    } onCancel: {
      statement.cancelFromTask()
    }
  }

  package func readCopy(
    _ sql: String,
    row: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> StatementResult {
    await turns.take()
    defer { turns.pass() }
    let statement = try beginStatement()
    defer { current.withLock { $0 = nil } }
    return try await withTaskCancellationHandler {
      try self.read(statement, sql, row)
    } onCancel: {
      statement.cancelFromTask()
    }
  }

  private func read(
    _ statement: StatementCancellation,
    _ sql: String,
    _ row: ([UInt8]) throws -> Void
  ) throws -> StatementResult {
    assertIsolated()
    let handle = try openHandle()
    guard statement.begin() else { throw Self.cancelled }
    defer { statement.end() }
    return try handle.readCopy(sql, row: row)
  }

  package nonisolated func nearby<Result: Sendable>(
    _ body: () async -> Result
  ) async -> Result {
    await withTaskExecutorPreference(executor, operation: body)
  }

  package nonisolated func cancel() async {
    guard let statement = current.withLock({ $0 }) else { return }
    await withCheckedContinuation { continuation in
      statement.cancel { continuation.resume() }
    }
  }

  package var processIdentifier: Int? { handle?.processIdentifier }

  package func close() async {
    await turns.take()
    defer { turns.pass() }
    handle = nil
  }

  private func connect(_ settings: PostgresConnectionSettings) async throws(WarehouseError) {
    let attempt = StatementCancellation(nil)
    let outcome = await withTaskCancellationHandler {
      self.handle(settings, attempt)
    } onCancel: {
      attempt.cancelFromTask()
    }
    handle = try outcome.get()
  }

  private func handle(
    _ settings: PostgresConnectionSettings,
    _ attempt: StatementCancellation
  ) -> Result<PostgresHandle, WarehouseError> {
    assertIsolated()
    return Result { () throws(WarehouseError) in
      try PostgresHandle(settings, isCancelled: { attempt.isRequested })
    }
  }

  private func beginStatement() throws(WarehouseError) -> StatementCancellation {
    let statement = StatementCancellation(try openHandle().cancelRequest)
    current.withLock { $0 = statement }
    return statement
  }

  private func openHandle() throws(WarehouseError) -> PostgresHandle {
    guard let handle else {
      throw WarehouseError(kind: .connectionLost, message: "the connection is closed")
    }
    return handle
  }

  private static let cancelled = WarehouseError(
    kind: .cancelled,
    message: "cancelled before it was done",
    sqlState: "57014"
  )

  private func outcome(
    of statement: StatementCancellation,
    _ sql: String
  ) -> Result<StatementResult, WarehouseError> {
    assertIsolated()
    guard statement.begin() else { return .failure(Self.cancelled) }
    defer { statement.end() }
    return Result { () throws(WarehouseError) in try openHandle().execute(sql) }
  }

  private func copy(
    _ statement: StatementCancellation,
    _ sql: String,
    _ next: @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    assertIsolated()
    let handle = try openHandle()
    guard statement.begin() else { throw Self.cancelled }
    defer { statement.end() }
    try handle.beginCopy(sql)
    do {
      while let bytes = try await next() {
        if statement.isRequested { throw Self.cancelled }
        try handle.putCopyData(bytes)
      }
      if statement.isRequested { throw Self.cancelled }
    } catch {
      handle.abortCopy("the client gave up")
      throw error
    }
    return try handle.endCopy()
  }
}
