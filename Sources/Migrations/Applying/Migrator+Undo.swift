package import Diagnostics
package import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// Which migrations are taken back.
  package enum UndoScope: Sendable {
    /// The one applied last.
    case last
    /// All above a version.
    case above(String)
    /// One, wherever it stands.
    case only(String)

    /// Whether the last one, or just this one, is meant.
    fileprivate func names(_ state: MigrationState) -> Bool {
      switch self {
      case .last: true
      case .above: false
      case .only(let version):
        MigrationVersion(version)?.parts == MigrationComparison.parts(state.version)
      }
    }
  }

  /// Takes applied migrations back by their undo scripts, in the reverse order of their application.
  ///
  /// - Parameters:
  ///   - scope: which ones.
  ///   - reapplies: whether they are applied again at once.
  ///   - observe: told what happens.
  /// - Returns: the versions taken back.
  /// - Throws: `no-undo-script` and `foreign-views` before anything is done, `undo-conflict` when a
  ///   later migration touches the same objects, or the error of an undo script.
  package func undo(
    _ scope: UndoScope,
    reapplies: Bool = false,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> [String] {
    let offline = offlineProblems.filter(\.isError)
    if !offline.isEmpty { throw DiagnosticList(offline) }
    return try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        let standing = try await states(session)
        let wanted = try undoing(scope, standing.states)
        for state in wanted where state.script?.undo == nil { throw .noUndoScript(state) }
        var run = try await newRun(session, fence, after: standing, observe)
        let schema = try await schemaStanding(standing, [], session)
        if let other = schema.problems.first(where: { $0.code == "other-target" }) { throw other }
        run.drift = schema.drift
        let keeper = ViewKeeper(self, owned: run.owned, pending: [], leavesRepeatable: true)
        let statements = wanted.flatMap { $0.script?.undo?.statements ?? [] }
        try await keeper.refuseForeignViews(for: statements, session)
        run.views = keeper
        try await run.undo(wanted)
        if reapplies {
          // Repeatable ones as well whose views went with what was taken back, also those that were
          // pending for an edit, and what has become pending with them.
          let before = Set(standing.states.filter(\.isPending).map(\.key))
          let repeatable = Set(scripts.filter { $0.kind == .repeatable }.map(\.key))
          let keys = Set(wanted.map(\.key))
            .union(repeatable.subtracting(before)).union(run.takenKeys)
          let again = try await states(session).states.filter {
            keys.contains($0.key) && $0.isPending
          }
          _ = try await run.apply(again)
        }
        return .success(wanted.map(\.version))
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  /// What `undo` would run, the migration applied last first; nothing is changed.
  ///
  /// - Parameter scope: which migrations.
  /// - Returns: each with its undo script.
  /// - Throws: what would forbid it.
  package func undoPlan(
    _ scope: UndoScope
  ) async throws(DiagnosticList) -> [(state: MigrationState, undo: MigrationText)] {
    let offline = offlineProblems.filter(\.isError)
    if !offline.isEmpty { throw DiagnosticList(offline) }
    do throws(Diagnostic) {
      return try await database.withSession { session throws(Diagnostic) in
        var wanted: [(state: MigrationState, undo: MigrationText)] = []
        for state in try undoing(scope, try await states(session).states) {
          guard let undo = state.script?.undo else { throw .noUndoScript(state) }
          wanted.append((state, undo))
        }
        return wanted
      }
    } catch {
      throw DiagnosticList([error])
    }
  }

  /// The migrations to take back, the one applied last first.
  private func undoing(
    _ scope: UndoScope,
    _ states: [MigrationState]
  ) throws(Diagnostic) -> [MigrationState] {
    if let begun = states.first(where: { $0.partial?.isUndo == true }) { return [begun] }
    if var partial = states.first(where: { $0.kind == .interrupted }) {
      guard partial.isDoneUnverified, scope.names(partial) else {
        throw .migrationIsPartial(partial)
      }
      // The way back begins with the first statement of the undo script.
      partial.partial = nil
      return [partial]
    }
    let applied = states.filter { $0.applied != nil && !$0.version.isEmpty }
      .sorted { ($0.applied?.sequence ?? 0) > ($1.applied?.sequence ?? 0) }
    switch scope {
    case .last: return Array(applied.prefix(1))
    case .above(let version):
      guard let parts = MigrationVersion(version)?.parts,
        parts == [0] || states.contains(where: { MigrationComparison.parts($0.version) == parts })
      else { throw .unknownMigrationVersion(version, known: states.map(\.version)) }
      return applied.filter {
        parts.lexicographicallyPrecedes(MigrationComparison.parts($0.version))
      }
    case .only(let version):
      guard let parts = MigrationVersion(version)?.parts,
        let state = applied.first(where: { MigrationComparison.parts($0.version) == parts })
      else { throw .unknownMigrationVersion(version, known: applied.map(\.version)) }
      try checkIndependence(of: state, from: applied)
      return [state]
    }
  }

  /// A migration in the middle may go only when nothing behind it hangs on what it made.
  private func checkIndependence(
    of state: MigrationState,
    from applied: [MigrationState]
  ) throws(Diagnostic) {
    guard let script = state.script else { throw .noUndoScript(state) }
    let own = TouchedObjects(
      script.statements + (script.undo?.statements ?? []),
      defaultSchema: settings.defaultSchema
    )
    for other in applied {
      guard let sequence = other.applied?.sequence, sequence > state.applied?.sequence ?? 0 else {
        continue
      }
      let objects = other.script.flatMap {
        own.conflicts(with: TouchedObjects($0.statements, defaultSchema: settings.defaultSchema))
      }
      if let objects, objects.isEmpty { continue }
      throw .undoConflict(state, other, objects: objects)
    }
  }
}
