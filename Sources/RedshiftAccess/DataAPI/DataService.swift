import AWSClient
import Diagnostics
import WarehouseClient

/// The calls that a session of the Data API makes, repeated where that is what they need.
struct DataService: Sendable {
  /// Seconds for which the service keeps a session that is not used.
  ///
  /// Short, since nothing tells the
  /// service that a client is gone, and its session's locks with it.
  static let keepAliveSeconds = 300
  /// Seconds between two questions for a statement's end: the first, and the most.
  private static let firstPause = 0.05
  private static let longestPause = 5.0
  /// How often a statement is offered to a warehouse that has too many.
  private static let offers = 40

  let client: AWSClient
  let surroundings: AWSSurroundings

  /// Begins statements: one, or several that are one transaction.
  func start(
    _ sqls: [String],
    _ target: DataTarget,
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StartedStatement {
    // The same in each attempt, so that what was taken already is not taken again.
    let token = Self.token()
    var attempt = 0
    while true {
      attempt += 1
      if running.isRequested { throw Self.cancelled }
      do throws(AWSError) {
        if let sql = sqls.first, sqls.count == 1 {
          var statement = DataStatement(sql: sql, target: target)
          statement.clientToken = token
          return try await client.redshiftData.execute(statement)
        }
        return try await client.redshiftData.execute(batch: sqls, on: target, clientToken: token)
      } catch {
        guard Self.isBusy(error), attempt < Self.offers else {
          throw Self.failure(error, hasSession: target.session != nil)
        }
        let pause = min(10, 0.25 * Double(1 << min(attempt, 6)))
        await running.rest(pause * (0.5 + surroundings.random() / 2), surroundings.sleep)
      }
    }
  }

  /// Waits for the end of what was begun.
  func finish(
    _ identifier: String,
    _ running: RunningStatement
  ) async throws(WarehouseError) -> StatementStatus {
    var pause = Self.firstPause
    var wasRequested = false
    while true {
      let status: StatementStatus
      do throws(AWSError) {
        status = try await client.redshiftData.describe(identifier)
      } catch {
        throw Self.lost(error)
      }
      if status.isDone { return status }
      if running.isRequested, !wasRequested {
        wasRequested = true
        await cancel(identifier)
        pause = Self.firstPause
      }
      await running.rest(pause, surroundings.sleep)
      pause = min(pause * 1.6, Self.longestPause)
    }
  }

  /// Asks for the end of a statement.
  ///
  /// Its own end tells more than what becomes of this.
  func cancel(_ identifier: String) async {
    do throws(AWSError) { _ = try await client.redshiftData.cancel(identifier) } catch {}
  }

  /// All rows of a statement.
  func rows(_ identifier: String) async throws(WarehouseError) -> StatementResult {
    var result = StatementResult()
    var mark: String?
    repeat {
      let page: StatementRows
      do throws(AWSError) {
        page = try await client.redshiftData.result(identifier, page: mark)
      } catch {
        throw WarehouseError(error, kind: .statement)
      }
      if result.columns.isEmpty { result.columns = page.columns.map(DataText.column) }
      for row in page.rows {
        result.rows.append(zip(row, page.columns).map { DataText.text($0, $1) })
      }
      guard page.next == nil || page.next != mark else {
        throw WarehouseError(kind: .statement, message: "the Data API gives the same page again")
      }
      mark = page.next
    } while mark != nil && mark?.isEmpty == false
    return result
  }

  static let cancelled = WarehouseError(
    kind: .cancelled,
    message: "cancelled before it was done",
    sqlState: "57014"
  )

  // MARK: What the service says

  /// Whether the same may be taken later.
  private static func isBusy(_ error: AWSError) -> Bool {
    switch error.code {
    case "ActiveStatementsExceededException", "ActiveSessionsExceededException": return true
    case "ValidationException", "ConflictException":
      // A session may still be at the end of its last statement.
      guard case .service(let fault) = error else { return false }
      let words = fault.message.lowercased()
      return words.contains("session")
        && ["busy", "in use", "is running", "in progress"].contains { words.contains($0) }
    default: return false
    }
  }

  private static func failure(_ error: AWSError, hasSession: Bool) -> WarehouseError {
    switch error {
    case .transport, .response: return lost(error)
    case .service(let fault) where hasSession && fault.message.lowercased().contains("session"):
      switch fault.code {
      case "ValidationException", "ResourceNotFoundException":
        return WarehouseError(
          kind: .connectionLost,
          message: "the session of the Data API is gone: \(fault.message)"
        )
      default: break
      }
    default: break
    }
    return WarehouseError(error, kind: hasSession ? .statement : .unreachable)
  }

  private static func lost(_ error: AWSError) -> WarehouseError {
    if error == .cancelled { return cancelled }
    let cause = error.diagnostic
    let words = [cause.message] + cause.notes
    return WarehouseError(kind: .connectionLost, message: words.joined(separator: "; "))
  }

  /// 128 bits of chance.
  private static func token() -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    return String((0..<32).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
  }
}
