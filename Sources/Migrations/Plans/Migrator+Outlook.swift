package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What a plan meets in the database: views in its way, and sessions that it would wait for.
package struct PlanOutlook: Sendable {
  /// Views that are dropped and made again, as `schema.name`, by the path of the migration.
  package var views: [String: [String]] = [:]
  /// Sessions that hold locks on what the plan changes; nil where the user may not see them.
  package var holders: [BlockingSession]?
  /// Views of somebody else that would stop a migration.
  package var problems: [Diagnostic] = []
}

extension Migrator {
  /// Looks at what pending migrations would meet now.
  ///
  /// - Parameter planned: the pending migrations, in order.
  /// - Returns: views and sessions; nothing is changed and nothing waited for.
  /// - Throws: errors of the database.
  package func outlook(of planned: [PlannedMigration]) async throws(Diagnostic) -> PlanOutlook {
    try await withImpatientSession { session throws(Diagnostic) in
      var outlook = PlanOutlook()
      let standing = try await states(session)
      let keeper = ViewKeeper(
        self,
        owned: owned(standing.states),
        pending: planned.map(\.state)
      )
      do throws(Diagnostic) {
        try await keeper.refuseForeignViews(session)
      } catch {
        guard error.code == "foreign-views" else { throw error }
        outlook.problems.append(error)
      }
      for migration in planned {
        for segment in migration.segments {
          let path = migration.script.path
          let kept = try await keeper.views(
            for: segment.statements,
            before: Array(migration.script.statements.dropFirst(segment.end)),
            of: path,
            session
          )
          outlook.views[path, default: []] += kept?.views.map(\.key) ?? []
        }
      }
      outlook.holders = try await holders(of: planned.flatMap(\.statements), session)
      return outlook
    }
  }

  /// Sessions that hold locks on what statements change; nil where they cannot be seen.
  private func holders(
    of statements: [Statement],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [BlockingSession]? {
    let schema = settings.defaultSchema
    let altering = statements.filter(\.excludesReaders)
    let exclusive = TouchedObjects(altering, defaultSchema: schema).changed
    let written = TouchedObjects(statements, defaultSchema: schema).changed
    guard !written.isEmpty else { return [] }
    do throws(WarehouseError) {
      return try await database.blockingSessions(
        exclusive: exclusive,
        written: written.subtracting(exclusive),
        session
      )
    } catch {
      // The plan is as good without: not everybody may see what others do.
      if error.kind == .statement { return nil }
      throw .database(error, at: nil)
    }
  }
}

extension Statement {
  /// Whether readers of what it changes and it wait for each other.
  fileprivate var excludesReaders: Bool {
    switch kind {
    case .alterTable, .drop, .truncate, .createView: true
    default: false
    }
  }
}

extension PlannedMigration {
  fileprivate var statements: [Statement] { segments.flatMap(\.statements) }
}
