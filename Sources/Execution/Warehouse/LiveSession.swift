package import Diagnostics
import Dispatch
package import ProjectCompiler
import RedshiftSQL
import Synchronization
package import WarehouseClient

/// A session that templates use while they are rendered.
///
/// Rendering is synchronous and runs on a thread of its own; each call here waits for a task that
/// talks to the server.
final class LiveSession: LiveDatabase {
  private struct State {
    var isInTransaction = false
    /// Whether statements begin a transaction that nobody asked for, see `holdTogether`.
    var holdsTogether = false
    var hasWritten = false
    var current: Task<Void, Never>?
    var isCancelled = false
  }

  private let session: NodeSession
  private let turn: RenderingTurn?
  private let state = Mutex(State())

  /// Makes one; with `turn`, templates render one after the other, but for their waiting.
  init(_ session: NodeSession, turn: RenderingTurn?, isInTransaction: Bool = false) {
    self.session = session
    self.turn = turn
    state.withLock { $0.isInTransaction = isInTransaction }
  }

  var isPostgres: Bool { session.dialect == .postgres }
  var translates: Bool { session.translates }
  var isInTransaction: Bool { state.withLock { $0.isInTransaction } }

  /// Whether the transaction that is open has changed something: a function that a query calls may
  /// have, which only the server knows.
  func hasWritten() throws(Diagnostic) -> Bool {
    // What a template has begun by itself is its own to end.
    guard state.withLock({ $0.isInTransaction && $0.holdsTogether }) else { return false }
    if state.withLock({ $0.hasWritten }) { return true }
    let answer = try ask(
      "select pg_catalog.txid_current_if_assigned() is not null",
      purpose: "asking what a transaction has written"
    )
    let hasWritten = answer.rows.first?.first == "t"
    if hasWritten { state.withLock { $0.hasWritten = true } }
    return hasWritten
  }

  func run(_ sql: MappedText, name: String) throws(Diagnostic) -> QueryAnswer {
    let buffer = session.buffers.add(generated: name, sql)
    let query = QueryText(buffer, in: session.buffers)
    // Templates end and begin transactions in their own words too.
    switch String(decoding: query.bytes[query.range.bytes], as: UTF8.self).lowercased() {
    case "commit", "end":
      try commit()
      return Self.answer(StatementResult(), tag: "COMMIT")
    case "begin":
      try begin()
      return Self.answer(StatementResult(), tag: "BEGIN")
    case "rollback":
      try rollBack()
      return Self.answer(StatementResult(), tag: "ROLLBACK")
    case "": return Self.answer(StatementResult(), tag: "")
    default: break
    }
    let endsTransaction = try prepareTransaction(for: buffer)
    let session = session
    let answer = try wait { () async throws(Diagnostic) in
      Self.answer(try await session.run(buffer))
    }
    if endsTransaction { transactionEnded() }
    return answer
  }

  func holdTogether() { state.withLock { $0.holdsTogether = true } }

  /// Begins or ends the transaction that holds statements together, as those of `buffer` need it.
  ///
  /// - Returns: whether the statements end the transaction themselves.
  private func prepareTransaction(for buffer: BufferID) throws(Diagnostic) -> Bool {
    guard state.withLock({ $0.holdsTogether }) else { return false }
    let statements = SQLParser.parse(buffer, in: session.buffers).statements
    let behaviours = statements.map(\.transactionBehaviour)
    let hasControl = behaviours.contains(.control)
    if hasControl || behaviours.contains(.outside) {
      // What only was read needs no holding together.
      if !(try hasWritten()) { try commit() }
      return hasControl
    }
    try begin()
    if !statements.allSatisfy(\.onlyReads) { state.withLock { $0.hasWritten = true } }
    return false
  }

  func ask(_ sql: String, purpose: String) throws(Diagnostic) -> QueryAnswer {
    let session = session
    return try wait { () async throws(Diagnostic) in
      Self.answer(try await session.send("\(verbatim: sql)", to: purpose))
    }
  }

  func begin() throws(Diagnostic) {
    guard !isInTransaction else { return }
    _ = try ask("begin", purpose: "beginning a transaction")
    state.withLock { $0.isInTransaction = true }
  }

  func commit() throws(Diagnostic) {
    guard isInTransaction else { return }
    _ = try ask("commit", purpose: "committing")
    transactionEnded()
  }

  func rollBack() throws(Diagnostic) {
    guard isInTransaction else { return }
    transactionEnded()
    _ = try ask("rollback", purpose: "rolling back")
  }

  private func transactionEnded() {
    state.withLock { state in
      state.isInTransaction = false
      state.hasWritten = false
    }
  }

  /// Stops the statement that runs, and those that would follow.
  func cancel() {
    let current = state.withLock { state in
      state.isCancelled = true
      return state.current
    }
    current?.cancel()
  }

  private static func answer(_ result: StatementResult, tag: String? = nil) -> QueryAnswer {
    QueryAnswer(
      columns: result.columns.map { QueryAnswer.Column(name: $0.name, typeName: $0.typeName) },
      rows: result.rows,
      tag: tag ?? result.tag,
      rowCount: result.rowCount
    )
  }

  /// Waits for a task on this thread.
  private func wait(
    _ body: @escaping @Sendable () async throws(Diagnostic) -> QueryAnswer
  ) throws(Diagnostic) -> QueryAnswer {
    let semaphore = DispatchSemaphore(value: 0)
    let box = Outcome()
    let isCancelled = state.withLock { state in
      if state.isCancelled { return true }
      state.current = Task.detached {
        do throws(Diagnostic) {
          box.set(.success(try await body()))
        } catch {
          box.set(.failure(error))
        }
        semaphore.signal()
      }
      return false
    }
    if isCancelled { throw .cancelled }
    turn?.end()
    semaphore.wait()
    turn?.take()
    state.withLock { $0.current = nil }
    return try box.get()
  }

  private final class Outcome: Sendable {
    private let value = Mutex<Result<QueryAnswer, Diagnostic>?>(nil)

    func set(_ result: Result<QueryAnswer, Diagnostic>) { value.withLock { $0 = result } }

    func get() throws(Diagnostic) -> QueryAnswer {
      guard let result = value.withLock({ $0 }) else { throw .cancelled }
      return try result.get()
    }
  }
}

extension LiveSession {
  /// Runs `body`, which may wait, on a thread that nobody else needs.
  ///
  /// Cancelling the task cancels the statement that runs.
  func onThread<Result: Sendable>(
    _ body: @escaping @Sendable (LiveSession) throws(Diagnostic) -> Result
  ) async throws(Diagnostic) -> Result {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Swift.Result<Result, Diagnostic>, Never>) in
        // A queue of its own gets a thread at once; the global one waits a second before it gives
        // another to work that blocks.
        DispatchQueue(label: "redstart.template").async { [self] in
          turn?.take()
          defer { turn?.end() }
          do throws(Diagnostic) {
            continuation.resume(returning: .success(try body(self)))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      cancel()
    }
    return try outcome.get()
  }
}

/// A connection for rendering templates that ask the database, outside of a run.
package struct TemplateConnection {
  /// Runs `body` with a database for templates, on a thread that may wait.
  ///
  /// - Parameters:
  ///   - warehouse: where to connect; the session is closed afterwards.
  ///   - buffers: the texts of the project.
  ///   - turn: whose turn it is to render.
  ///   - report: takes notices and warnings of the translation.
  ///   - body: renders.
  /// - Returns: what `body` gives.
  /// - Throws: what keeps it from connecting, or what `body` throws.
  package static func with<Result: Sendable>(
    _ warehouse: any Warehouse,
    buffers: Buffers,
    turn: RenderingTurn? = nil,
    report: @escaping @Sendable (Diagnostic) -> Void,
    _ body: @escaping @Sendable (any LiveDatabase) throws(Diagnostic) -> Result
  ) async throws(Diagnostic) -> Result {
    let raw: any WarehouseSession
    do {
      raw = try await warehouse.connect()
    } catch {
      throw .statementFailed(error, purpose: "connecting")
    }
    let observed = ObservedSession(raw)
    let session = NodeSession(
      observed,
      dialect: warehouse.dialect,
      translates: warehouse.translates,
      buffers: buffers,
      name: "template",
      loader: nil,
      report: report
    )
    let live = LiveSession(session, turn: turn)
    return try await raw.closing { _ throws(Diagnostic) in
      try await live.onThread { live throws(Diagnostic) in
        let result = try body(live)
        try live.rollBack()
        return result
      }
    }
  }
}

extension Statement {
  /// Whether it changes nothing by itself; functions that it calls may.
  fileprivate var onlyReads: Bool {
    switch kind {
    case .query(let query):
      guard case .select(let select) = query.body.kind else { return true }
      return select.into == nil
    case .show: return true
    default: return false
    }
  }
}
