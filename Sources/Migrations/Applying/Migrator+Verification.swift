package import Diagnostics
package import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Runs the verify scripts of applied migrations in transactions that are rolled back.
  ///
  /// - Returns: the migrations verified, and what is wrong.
  package func verify() async throws(Diagnostic) -> (
    verified: [MigrationScript], problems: [Diagnostic]
  ) {
    try await database.withSession { session throws(Diagnostic) in
      var verified: [MigrationScript] = []
      var problems: [Diagnostic] = []
      for state in try await states(session).states where state.applied != nil {
        guard let script = state.script, let text = script.verification else { continue }
        verified.append(script)
        try await database.execute("begin", session)
        do throws(Diagnostic) {
          try await VerifyScript(text: text).run(database.runner(session))
        } catch {
          problems.append(error)
        }
        try await database.execute("rollback", session)
      }
      return (verified, problems)
    }
  }
}

/// Queries for what must not be there.
struct VerifyScript {
  let text: MigrationText

  /// Runs every statement; the first query that finds something is an error.
  func run(_ runner: StatementRunner) async throws(Diagnostic) {
    for statement in text.statements {
      for step in try runner.prepare([statement]) {
        try check(try await runner.run(step), of: statement)
      }
    }
  }

  /// Refuses what a query found.
  func check(_ result: StatementResult, of statement: Statement) throws(Diagnostic) {
    guard case .query = statement.kind, let row = result.rows.first else { return }
    throw .verificationFailed(
      rows: result.rows.count,
      first: zip(result.columns.map(\.name), row).map { "\($0) = \($1 ?? "null")" },
      at: statement.range
    )
  }
}
