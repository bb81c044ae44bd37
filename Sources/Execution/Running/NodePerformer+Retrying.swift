import Diagnostics
import RedshiftSQL
import WarehouseClient

extension NodePerformer {
  /// Builds again, from the start, what lost against another transaction.
  ///
  /// Redshift ends a transaction that cannot be put in an order with the others (error 1023), or
  /// whose table was replaced meanwhile; it expects the client to do all of it again. A build is
  /// made for that: it works aside and ends in one commit. Hooks in its transaction are done again
  /// with it; those outside are not, since they have been committed.
  func retrying(
    _ run: NodeRun,
    _ build: (NodeRun) async throws(Diagnostic) -> Built
  ) async throws(Diagnostic) -> Built {
    var pause = 100
    for attempt in 1... {
      do throws(Diagnostic) {
        return try await build(run)
      } catch {
        let isWanted = run.transaction.takeAnotherTry()
        let isConflict = ["serialization-conflict", "deadlock"].contains(error.code)
        guard isWanted || isConflict, attempt < Self.attempts, !Task.isCancelled,
          !run.transaction.isBegun
        else {
          throw error
        }
        do throws(WarehouseError) {
          try await Self.settle(run.session.observed, run.scratch.drops)
        } catch {
          throw .statementFailed(error, purpose: "rolling back")
        }
        run.scratch.clear()
        run.transaction.wasRolledBack()
        if isWanted { continue }
        run.say("\(error.message); trying again (\(attempt + 1) of \(Self.attempts))")
        do {
          try await Task.sleep(for: .milliseconds(Int.random(in: pause / 2...pause)))
        } catch {
          throw .cancelled
        }
        pause = min(pause * 4, 10_000)
      }
    }
    throw .cancelled
  }

  private static var attempts: Int { 5 }
}
