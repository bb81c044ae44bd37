import Diagnostics
import ProjectCompiler

/// What the texts of pending migrations say of themselves, without a look at the database.
struct PendingJudgement: Sendable {
  var hazards: [MigrationHazard] = []
  /// What Redshift would refuse.
  var errors: [Diagnostic] = []
}

/// A judgement that is worked out while the run waits for its lock, for what seems to be pending.
struct EarlyJudgement: Sendable {
  /// What it is about.
  private let keys: [String]
  private let judgement: Task<PendingJudgement, Never>

  init(_ migrator: Migrator, _ pending: [MigrationState], _ states: [MigrationState]) {
    keys = Self.keys(pending, states)
    judgement = Task { migrator.judge(pending, states) }
  }

  /// The judgement; nil when something else is pending by now.
  func of(_ pending: [MigrationState], _ states: [MigrationState]) async -> PendingJudgement? {
    guard keys == Self.keys(pending, states) else { return nil }
    return await judgement.value
  }

  /// Nobody wants to know any more.
  func giveUp() { judgement.cancel() }

  private static func keys(_ pending: [MigrationState], _ states: [MigrationState]) -> [String] {
    pending.map(\.key) + [""] + states.filter { $0.applied != nil }.map(\.key)
  }
}

extension Migrator {
  /// What pending migrations say of themselves.
  ///
  /// - Parameters:
  ///   - pending: what a run would apply.
  ///   - states: all migrations.
  /// - Returns: hazards in the order of their statements, and errors.
  func judge(_ pending: [MigrationState], _ states: [MigrationState]) -> PendingJudgement {
    guard let policy = settings.hazards, !pending.isEmpty, !Task.isCancelled else {
      return PendingJudgement()
    }
    let scripts = pending.compactMap(\.script)
    let applied = states.filter { $0.applied != nil || $0.former != nil }
      .filter { !$0.isPending }.inOrderOfApplication.compactMap(\.script)
    return PendingJudgement(
      hazards: MigrationHazards(policy, buffers: buffers).hazards(in: scripts, after: applied),
      errors: settings.errors(scripts)
    )
  }
}
