package import Diagnostics

extension Migrator {
  /// Makes the database as the files say, as far as `drift` has SQL for it.
  ///
  /// All of it is one transaction, but for what Redshift refuses in one. What would lose something
  /// that is in no file is refused before anything runs, and so is what views of others forbid.
  ///
  /// - Parameter observe: told what happens.
  /// - Returns: what was found, and what is left of it.
  /// - Throws: the error of a statement; on PostgreSQL nothing was changed then.
  package func repairDrift(
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> (found: SchemaDrift, left: SchemaDrift) {
    try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        let found = try await drift(session)
        if let refusal = Diagnostic.repairLoses(found) ?? found.obstacle { throw refusal }
        guard !found.repair.isEmpty else { return .success((found, found)) }
        var repair = DriftRepair(
          found,
          parsed(found.repair),
          after: try await database.log(session),
          sequence: try await database.lastSequence(session),
          database,
          session,
          fence: fence,
          observe: observe
        )
        try await repair.run()
        return .success((found, try await drift(session)))
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }
}
