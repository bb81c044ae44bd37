package import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Says that everything up to a version was there before redstart.
  ///
  /// - Parameters:
  ///   - version: nil asks for the list of what is there, and changes nothing.
  ///   - observe: told what happens.
  /// - Returns: the versions taken as applied.
  /// - Throws: `baseline-version` with what the database holds when no version is named;
  ///   `baseline-refused` when the history has migrations already.
  package func baseline(
    to version: String?,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> [String] {
    try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        let standing = try await states(session)
        guard let version, let parts = MigrationVersion(version) else {
          throw .baselineVersion(version, objects: try await relations(session))
        }
        if let first = standing.log.applied.values.min(by: { $0.sequence < $1.sequence }) {
          throw .baselineRefused(first)
        }
        var run = try await newRun(session, fence, after: standing, observe)
        var events: [HistoryEvent] = []
        for script in scripts
        where script.kind == .versioned
          && !parts.parts.lexicographicallyPrecedes(script.versionParts)
        {
          var event = run.event(for: script, .adopted)
          event.kind = .baseline
          event.statementsDone = script.statements.count
          events.append(event)
        }
        var mark = HistoryEvent()
        mark.version = parts.description
        mark.name = MigrationLog.baselineName
        mark.kind = .baseline
        mark.step = .adopted
        events.append(mark)
        for script in scripts where events.contains(where: { $0.version == script.version }) {
          run.owned.follow(script.text)
        }
        try await run.recordWithSchema(events)
        return .success(events.dropLast().map(\.version))
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  /// Tables and views in the target's schema.
  private func relations(_ session: any WarehouseSession) async throws(Diagnostic) -> [String] {
    let found = try await database.execute(
      """
      select n.nspname, c.relname from pg_catalog.pg_class c \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      where n.nspname = \(database.history.literal(settings.defaultSchema)) \
      and c.relkind in ('r', 'v', 'm') order by 1, 2
      """,
      session
    )
    return found.rows.map { $0.compactMap { $0 }.joined(separator: ".") }
  }
}
