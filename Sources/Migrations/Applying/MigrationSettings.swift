package import Diagnostics
package import ProjectCompiler
package import WarehouseClient

/// How runs keep each other out.
package enum MigrationLocking: String, CaseIterable, Sendable {
  /// An advisory lock of the session, which Redshift does not have.
  case session
  /// A row of a table.
  case lease
}

/// What a migrator needs to know besides the files.
package struct MigrationSettings: Sendable {
  package var project: String
  package var runID: String
  package var metadataSchema: String
  /// The schema of names that have none.
  package var defaultSchema: String
  package var callbacks = MigrationCallbacks()
  /// What dangers are judged by; nil for not at all.
  package var hazards: HazardPolicy?
  /// What is wrong with migrations that are about to run: errors alone, by what files say, or by
  /// what the database has.
  package var errors: @Sendable ([MigrationScript], DatabaseContents?) -> [Diagnostic] = {
    _,
    _ in []
  }
  /// Whether warnings of dangers forbid applying.
  package var isStrict = false
  /// Models that are views, by `schema.name`, asked for when one stands on a table that is altered.
  package var modelViews: @Sendable () -> [String: String] = { [:] }
  /// Relations that models, seeds and snapshots make, by `schema.name`.
  package var builtRelations: @Sendable () -> Set<String> = { [] }
  /// Nil for what the server does best.
  package var locking: MigrationLocking?
  /// How long to wait for another run; nil for as long as it takes.
  package var lockWait: Duration?
  /// How long a statement waits for a lock on a table, where its file says nothing; nil for as long
  /// as it takes.
  package var lockTimeout: Duration?
  /// How often a migration is tried again that waited for a lock in vain, where its file says nothing.
  package var lockRetries = 0
  /// Tries of a transaction that the server ended for the sake of another one.
  package var tries = 5
  package var origin: Origin
  package var processIdentifier = 0
  package var crashes = CrashPlan.never
  /// Takes secrets out of what is stored.
  package var redact: @Sendable (String) -> String = { $0 }
  /// What to say when no session can be opened.
  package var connectionProblem: @Sendable (WarehouseError) -> Diagnostic
  /// UTC now, as `2026-11-24 03:38:00.000000`.
  package var now: @Sendable () -> String

  package init(
    project: String,
    runID: String,
    metadataSchema: String,
    defaultSchema: String,
    origin: Origin,
    connectionProblem: @escaping @Sendable (WarehouseError) -> Diagnostic,
    now: @escaping @Sendable () -> String
  ) {
    self.project = project
    self.runID = runID
    self.metadataSchema = metadataSchema
    self.defaultSchema = defaultSchema
    self.origin = origin
    self.connectionProblem = connectionProblem
    self.now = now
  }
}
