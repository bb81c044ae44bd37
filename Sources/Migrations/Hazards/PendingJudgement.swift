import Diagnostics
import ProjectCompiler
import WarehouseClient

/// What the texts of pending migrations say of themselves.
struct PendingJudgement: Sendable {
  var hazards: [MigrationHazard] = []
  /// What Redshift would refuse.
  var errors: [Diagnostic] = []
}

/// A judgement that is worked out before the lock is asked for, of what seems to be pending.
struct EarlyJudgement: Sendable {
  /// What it is about.
  private let keys: [String]
  private let judgement: PendingJudgement

  init(
    _ migrator: Migrator,
    _ pending: [MigrationState],
    _ states: [MigrationState]
  ) async throws(Diagnostic) {
    keys = Self.keys(pending, states)
    var judgement = try migrator.judgedByText(pending, states)
    if !judgement.errors.isEmpty {
      judgement.errors = try await migrator.database.withSession { session throws(Diagnostic) in
        try await migrator.confirmedErrors(of: pending, session)
      }
    }
    self.judgement = judgement
  }

  /// The judgement; nil when something else is pending by now.
  func of(_ pending: [MigrationState], _ states: [MigrationState]) -> PendingJudgement? {
    keys == Self.keys(pending, states) ? judgement : nil
  }

  private static func keys(_ pending: [MigrationState], _ states: [MigrationState]) -> [String] {
    pending.map(\.key) + [""] + states.filter { $0.applied != nil }.map(\.key)
  }
}

extension Migrator {
  /// What pending migrations say of themselves; where something seems to be wrong, the database is
  /// asked whether it is.
  ///
  /// - Parameters:
  ///   - pending: what a run would apply.
  ///   - states: all migrations.
  ///   - session: where to ask.
  /// - Returns: hazards in the order of their statements, and errors.
  /// - Throws: errors of the database, or that the run was interrupted.
  func judged(
    _ pending: [MigrationState],
    _ states: [MigrationState],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> PendingJudgement {
    var judgement = try judgedByText(pending, states)
    if !judgement.errors.isEmpty {
      judgement.errors = try await confirmedErrors(of: pending, session)
    }
    return judgement
  }

  /// The same, by what files say alone.
  fileprivate func judgedByText(
    _ pending: [MigrationState],
    _ states: [MigrationState]
  ) throws(Diagnostic) -> PendingJudgement {
    guard let policy = settings.hazards, !pending.isEmpty else { return PendingJudgement() }
    let scripts = pending.compactMap(\.script)
    let applied = states.filter { $0.applied != nil || $0.former != nil }
      .filter { !$0.isPending }.inOrderOfApplication.compactMap(\.script)
    let judgement = PendingJudgement(
      hazards: MigrationHazards(policy, buffers: buffers).hazards(in: scripts, after: applied),
      errors: settings.errors(scripts, nil)
    )
    guard !Task.isCancelled else { throw .migrationsInterrupted() }
    return judgement
  }

  /// What is wrong with pending migrations in this database, which may have what no file makes.
  fileprivate func confirmedErrors(
    of pending: [MigrationState],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [Diagnostic] {
    let touched = TouchedObjects(
      self.scripts.flatMap(\.statements),
      defaultSchema: settings.defaultSchema
    )
    let names = touched.changed.union(touched.read).filter { !$0.hasSuffix(".") }
    let contents = try await database.contents(of: names, session)
    let errors = settings.errors(pending.compactMap(\.script), contents)
    guard !Task.isCancelled else { throw .migrationsInterrupted() }
    return errors
  }
}
