import Diagnostics
import RedshiftSQL
import WarehouseClient

/// What Redshift does by itself after a table has changed, done where PostgreSQL would wait.
///
/// Without statistics a planner takes every filter to leave one row, and joins in nested loops what
/// is read next: minutes instead of milliseconds. PostgreSQL's background worker comes once a
/// minute, which is later than the next model and often later than the end of a local server.
/// Redshift is left to its own, save for what `ClusterUpkeep` is asked to do.
struct TableUpkeep {
  let run: NodeRun

  /// Below this, a plan that knows nothing is as fast as the best.
  private static let worthwhileRows = 250

  /// Below this, it takes thousands of runs for what replaced rows leave behind to matter.
  private static let wastedRows = 25

  /// Analyses the table when enough has changed.
  ///
  /// Rows that were replaced in place leave room behind, which must be cleared, or a table that is
  /// loaded anew each time grows each time.
  func perform(rows: Int?, replacedRows: Bool) async throws(Diagnostic) {
    let bound = replacedRows ? Self.wastedRows : Self.worthwhileRows
    guard run.session.dialect == .postgres, let rows, rows >= bound else { return }
    // ANALYZE may run in a transaction that the project's hooks have opened; VACUUM may not.
    let command: SQLText = replacedRows ? "vacuum (analyze)" : "analyze"
    do throws(WarehouseError) {
      _ = try await run.session.attempt(["\(command) \(run.relation)"])
    } catch {
      guard error.kind == .statement else {
        throw .statementFailed(error, purpose: "analysing \(run.relation.description)")
      }
      // The rows are in place, and that is what was asked for.
      run.say("\(run.relation.description) could not be analysed: \(error.message)")
    }
  }
}
