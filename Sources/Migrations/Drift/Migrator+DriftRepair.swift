package import Diagnostics
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Makes the database as the files say, as far as `drift` has SQL for it.
  ///
  /// All of it is one transaction, but for what Redshift refuses in one. What would lose something
  /// that is in no file is refused before anything runs.
  ///
  /// - Parameter observe: told what happens.
  /// - Returns: what was found, and what is left of it.
  /// - Throws: the error of a statement; on PostgreSQL nothing was changed then.
  package func repairDrift(
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> (found: SchemaDrift, left: SchemaDrift) {
    try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, _ in
      do throws(Diagnostic) {
        let found = try await drift(session)
        if let refusal = Diagnostic.repairLoses(found) { throw refusal }
        if !found.repair.isEmpty { try await run(found.repair, session, observe) }
        return .success((found, try await drift(session)))
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  private func run(
    _ repair: [String],
    _ session: any WarehouseSession,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(Diagnostic) {
    let buffer = buffers.add(name: "<repair>", text: repair.joined(separator: "\n"))
    let statements = SQLParser.parse(buffer, in: buffers).statements
    var segments = [MigrationSegment(mode: .transaction, statements: statements, start: 0)]
    if database.warehouse.dialect == .redshift {
      segments = MigrationSegment.segments(of: statements)
    }
    let runner = database.runner(session, report: { observe(.note($0)) })
    for segment in segments {
      let isTransaction = segment.mode == .transaction
      if isTransaction { try await database.execute("begin", session) }
      if isTransaction, database.history.dialect == .postgres {
        // Whoever waits for a table to change it keeps its readers waiting, too.
        try await database.execute("set local lock_timeout = '5s'", session)
      }
      do throws(Diagnostic) {
        for statement in segment.statements { try await run(statement, runner, session) }
      } catch {
        if isTransaction, error.code != "connection-lost" {
          try await database.execute("rollback", session)
        }
        throw error
      }
      if isTransaction { try await database.execute("commit", session) }
    }
  }

  private func run(
    _ statement: Statement,
    _ runner: StatementRunner,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    // A form of ALTER TABLE that only PostgreSQL has, as for a default.
    if case .alterTable(let table) = statement.kind, case .other = table.action {
      try await database.execute(buffers.text(of: statement.range), session)
      return
    }
    for step in try runner.prepare([statement]) { _ = try await runner.run(step) }
  }
}
