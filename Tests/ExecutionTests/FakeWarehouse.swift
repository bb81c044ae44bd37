import Diagnostics
import RedshiftSQL
import Synchronization
import WarehouseClient

/// A warehouse that writes down what it is sent and answers from a list.
final class FakeWarehouse: Warehouse {
  /// Answers statements that contain `pattern`.
  struct Answer: Sendable {
    var pattern: String
    var result: Result<StatementResult, WarehouseError>
    /// Whether the statement runs until it is cancelled.
    var hangs = false
    /// Whether each answer is a number that was not there before.
    var counts = false

    static func counting(_ pattern: String) -> Answer {
      var answer = rows(pattern, [])
      answer.counts = true
      return answer
    }

    static func rows(
      _ pattern: String,
      _ rows: [[String?]],
      columns: [String] = [],
      tag: String = "SELECT"
    ) -> Answer {
      var result = StatementResult()
      result.rows = rows
      result.columns = columns.map { .init(name: $0, typeName: "text") }
      result.tag = tag
      result.rowCount = rows.count
      return Answer(pattern: pattern, result: .success(result))
    }

    static func failure(_ pattern: String, _ error: WarehouseError) -> Answer {
      Answer(pattern: pattern, result: .failure(error))
    }

    static func failure(_ pattern: String, _ message: String) -> Answer {
      .failure(pattern, WarehouseError(kind: .statement, message: message))
    }
  }

  let dialect: SQLQuoting.Dialect
  private let answers: [Answer]
  private let state = Mutex(State())

  private struct State {
    var sent: [String] = []
    var sessions = 0
    var counted = 0
    var hanging: [CheckedContinuation<Void, Never>] = []
  }

  init(dialect: SQLQuoting.Dialect = .redshift, answers: [Answer] = []) {
    self.dialect = dialect
    self.answers = answers
  }

  var sent: [String] { state.withLock { $0.sent } }
  var sessions: Int { state.withLock { $0.sessions } }

  func connect() async throws(WarehouseError) -> any WarehouseSession {
    state.withLock { $0.sessions += 1 }
    return Session(warehouse: self)
  }

  struct Session: WarehouseSession {
    let warehouse: FakeWarehouse

    func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
      try await warehouse.execute(sql)
    }

    func copyIn(
      _ sql: String,
      next: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws -> StatementResult {
      try await warehouse.execute(sql)
    }

    func cancel() async { warehouse.cancel() }

    func close() async {}
  }

  private func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    state.withLock { $0.sent.append(sql) }
    guard let answer = answers.first(where: { sql.contains($0.pattern) }) else {
      var result = StatementResult()
      result.tag = sql.split { $0 == " " || $0 == "\n" }.first.map { $0.uppercased() } ?? ""
      return result
    }
    if answer.hangs {
      await withCheckedContinuation { continuation in
        state.withLock { $0.hanging.append(continuation) }
      }
      throw WarehouseError(kind: .cancelled, message: "canceling statement due to user request")
    }
    guard answer.counts else { return try answer.result.get() }
    let number = state.withLock { state in
      state.counted += 1
      return state.counted
    }
    var result = StatementResult()
    result.rows = [["\(number)"]]
    return result
  }

  private func cancel() {
    let hanging = state.withLock { state in
      defer { state.hanging = [] }
      return state.hanging
    }
    hanging.forEach { $0.resume() }
  }
}
