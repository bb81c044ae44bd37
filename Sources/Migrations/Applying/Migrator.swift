package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL
package import WarehouseClient

/// Applies a project's migrations to a database, each exactly once.
///
/// What runs in a transaction commits together with the row that says so, what cannot stands
/// between two such rows; so the history is true whenever the process or the server stops, and the
/// next run knows where to go on. A lock that lives as long as its session keeps other runs out,
/// also while the history itself is created.
package struct Migrator: Sendable {
  var scripts: [MigrationScript]
  let database: MigrationDatabase
  let buffers: Buffers
  package private(set) var settings: MigrationSettings
  /// What the history said a moment ago; nil where nobody asked.
  package var glance: MigrationLog?

  package init(
    scripts: [MigrationScript],
    settings: MigrationSettings,
    warehouse: any Warehouse,
    loader: (any CopySupport)?,
    buffers: Buffers
  ) {
    self.scripts = scripts
    self.settings = settings
    self.buffers = buffers
    database = MigrationDatabase(
      warehouse: warehouse,
      settings: settings,
      buffers: buffers,
      loader: loader
    )
  }

  /// The same, for files that some database has taken already: whether Redshift would is no question
  /// any more.
  package var withoutCheck: Migrator {
    var other = self
    other.settings.errors = { _, _ in [] }
    return other
  }

  /// What Redshift would refuse of any of the files, as warnings.
  package var doubts: [Diagnostic] {
    settings.errors(scripts, nil).map { error in
      var warning = error
      warning.severity = .warning
      return warning
    }
  }

  // MARK: What is there

  /// Problems that are visible without a database.
  package var offlineProblems: [Diagnostic] {
    Self.offlineProblems(of: scripts, settings.callbacks)
  }

  /// Problems of migrations, and of scripts around them, that are visible without a database.
  package static func offlineProblems(
    of scripts: [MigrationScript],
    _ callbacks: MigrationCallbacks
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for script in scripts {
      if script.statements.isEmpty { problems.append(.emptyMigration(script)) }
      for text in [script.text, script.undo, script.verification].compactMap({ $0 }) {
        problems += controlProblems(text.statements)
      }
    }
    for moment in MigrationCallbacks.Moment.allCases {
      for text in callbacks[moment] {
        problems += controlProblems(text.statements)
        guard moment == .beforeEach || moment == .afterEach else { continue }
        for statement in text.statements where statement.transactionBehaviour != .transactional {
          problems.append(.callbackNotTransactional(statement.noun, at: statement.range))
        }
      }
    }
    return problems
  }

  private static func controlProblems(_ statements: [Statement]) -> [Diagnostic] {
    statements.compactMap {
      $0.transactionBehaviour == .control ? .transactionControl($0.noun, at: $0.range) : nil
    }
  }

  /// Every migration, known from files or from the database, with its state.
  ///
  /// - Returns: states in the order of versions; all pending when there is no history yet.
  /// - Throws: errors of the database.
  package func status() async throws(Diagnostic) -> [MigrationState] {
    try await database.withSession { session throws(Diagnostic) in
      try await states(session).states
    }
  }

  /// Everything that the log of this project says.
  package func history() async throws(Diagnostic) -> MigrationLog {
    try await database.withSession { session throws(Diagnostic) in
      try await database.log(session, isWhole: true)
    }
  }

  /// What forbids applying: changed, missing and out-of-order migrations.
  package static func problems(of states: [MigrationState]) -> [Diagnostic] {
    states.compactMap { state in
      switch state.kind {
      case .pending, .applied, .renamed, .belowBaseline, .squashed: nil
      case .squashBlocked: .squashBlocked(state)
      case .interrupted: state.partial?.isUndo == true ? .undoInterrupted(state) : nil
      case .changed: .migrationChanged(state)
      case .missing: state.version.isEmpty ? nil : .migrationMissing(state)
      case .outOfOrder: .migrationOutOfOrder(state)
      }
    }
  }

  /// What is worth knowing about states that forbid nothing.
  package static func notes(of states: [MigrationState]) -> [Diagnostic] {
    let laidOut = states.filter(\.isLaidOutAnew)
    let layout = laidOut.isEmpty ? [] : [Diagnostic.migrationsLaidOutAnew(laidOut.map(\.path))]
    let others: [Diagnostic] = states.compactMap { state in
      switch state.kind {
      case .pending: state.later.isEmpty ? nil : .migrationLate(state)
      case .renamed: .migrationRenamed(state)
      case .missing: state.version.isEmpty ? .repeatableMissing(state) : nil
      case .applied, .changed, .outOfOrder, .interrupted, .belowBaseline, .squashed,
        .squashBlocked:
        nil
      }
    }
    return layout + others
  }

  struct Standing: Sendable {
    var states: [MigrationState]
    var log: MigrationLog
  }

  func states(_ session: any WarehouseSession) async throws(Diagnostic) -> Standing {
    let log = try await database.log(session)
    var states = comparison(with: log).states()
    for index in states.indices where states[index].kind == .changed {
      guard let applied = states[index].applied else { continue }
      states[index].appliedText = try await database.body(applied.normalizedChecksum, session)
      guard let old = states[index].appliedText, let script = states[index].script else { continue }
      let new = String(decoding: buffers.bytes(of: script.source), as: UTF8.self)
      states[index].difference = LineDifference(from: old, to: new).lines
    }
    return Standing(states: states, log: log)
  }

  private func comparison(with log: MigrationLog) -> MigrationComparison {
    MigrationComparison(
      scripts: scripts,
      log: log,
      buffers: buffers,
      defaultSchema: settings.defaultSchema
    )
  }

  // MARK: Applying

  /// Applies what is pending, in order.
  ///
  /// - Parameters:
  ///   - target: the last version to apply; nil for all, and the repeatable ones.
  ///   - plan: what the run must come to; anything else is refused.
  ///   - observe: told what happens.
  /// - Returns: the migrations applied now.
  /// - Throws: problems that forbid applying (nothing was done then), or the error of the first
  ///   migration that failed (those before it stay applied, it left nothing behind).
  package func migrate(
    to target: String? = nil,
    following plan: MigrationPlan? = nil,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> [MigrationScript] {
    let offline = offlineProblems
    if offline.contains(where: \.isError) { throw DiagnosticList(offline) }
    // Texts are judged while nobody waits for the lock.
    let early: EarlyJudgement
    if plan == nil, target == nil, let glance, comparison(with: glance).isSettled {
      settings.crashes.reach(.connected)
      return []
    }
    let seen = try await seen()
    do throws(Diagnostic) {
      if plan == nil, try isSettled(seen, target) { return [] }
      early = try await EarlyJudgement(self, try chosen(seen, target), seen)
    } catch {
      throw DiagnosticList([error])
    }
    return try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      await applyPending(session, fence, target, plan, early, observe)
    }
  }

  /// The states as they are seen without the lock, which do since a history only grows.
  private func seen() async throws(DiagnosticList) -> [MigrationState] {
    if let glance {
      settings.crashes.reach(.connected)
      return comparison(with: glance).states()
    }
    do throws(Diagnostic) {
      return try await database.withSession { session throws(Diagnostic) in
        try await states(session).states
      }
    } catch {
      throw DiagnosticList([error])
    }
  }

  /// Whether there is nothing to apply, to refuse or to write down.
  private func isSettled(
    _ states: [MigrationState],
    _ target: String?
  ) throws(Diagnostic) -> Bool {
    try chosen(states, target).isEmpty && Self.problems(of: states).isEmpty
      && !states.contains {
        $0.kind == .renamed || $0.kind == .squashed || $0.isRenderedOtherwise
      }
  }

  /// Whether a file has no statement on any target, as one that was made to be written.
  private func isUnwritten(_ script: MigrationScript) -> Bool {
    guard script.statements.isEmpty else { return false }
    return script.source == script.sql
      || buffers.bytes(of: script.source) == buffers.bytes(of: script.sql)
  }

  /// The versions among states that a run up to a version applies; "" stands for repeatable ones.
  ///
  /// - Parameters:
  ///   - states: all migrations.
  ///   - target: the last version; nil for all.
  /// - Returns: the versions.
  /// - Throws: `unknown-version`.
  package func pendingVersions(
    _ states: [MigrationState],
    to target: String?
  ) throws(Diagnostic) -> Set<String> {
    Set(try chosen(states, target).map(\.version))
  }

  /// The pending migrations up to a version.
  func chosen(
    _ states: [MigrationState],
    _ target: String?
  ) throws(Diagnostic) -> [MigrationState] {
    let pending = states.filter(\.isPending)
    guard let target else { return pending }
    guard let parts = MigrationVersion(target)?.parts,
      states.contains(where: { MigrationComparison.parts($0.version) == parts })
    else {
      throw .unknownMigrationVersion(target, known: states.map(\.version).filter { !$0.isEmpty })
    }
    return pending.filter {
      !$0.version.isEmpty
        && !parts.lexicographicallyPrecedes(MigrationComparison.parts($0.version))
    }
  }

  /// A run that goes on where the log ends; what migrations own is worked out where it is not known.
  func newRun(
    _ session: any WarehouseSession,
    _ fence: String,
    after standing: Standing,
    owned: OwnedRelations? = nil,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(Diagnostic) -> MigrationRun {
    MigrationRun(
      migrator: self,
      session: session,
      fence: fence,
      observe: observe,
      sequence: try await database.lastSequence(session),
      lastChecksum: standing.log.lastChecksum,
      owned: owned ?? self.owned(standing.states),
      schema: standing.log.schema?.fingerprint,
      keptSchemas: Set(standing.log.schemas.map(\.fingerprint))
    )
  }

  private func applyPending(
    _ session: any WarehouseSession,
    _ fence: String,
    _ target: String?,
    _ plan: MigrationPlan?,
    _ early: EarlyJudgement,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async -> Result<[MigrationScript], DiagnosticList> {
    do throws(Diagnostic) {
      let standing = try await states(session)
      let problems = Self.problems(of: standing.states)
      guard problems.isEmpty else { return .failure(DiagnosticList(problems)) }
      try await checkFirstRun(standing, session)
      let pending = try chosen(standing.states, target)
      let unwritten = pending.compactMap(\.script).filter(isUnwritten)
      guard unwritten.isEmpty else {
        return .failure(DiagnosticList(unwritten.map { .unwrittenMigration($0) }))
      }
      let schema = try await schemaStanding(
        standing,
        pending,
        session,
        isCompared: plan != nil
      )
      if let plan {
        let now = self.plan(of: pending, log: standing.log, schema: schema)
        if let difference = plan.difference(to: now) { throw .planOutdated(difference) }
      }
      let wrong = schema.problems.filter(\.isError)
      guard wrong.isEmpty else { return .failure(DiagnosticList(wrong)) }
      var judgement = early.of(pending, standing.states)
      if judgement == nil { judgement = try await judged(pending, standing.states, session) }
      let hazards = try await hazards(judgement ?? PendingJudgement(), session)
      let refusals = Self.refusals(hazards, isStrict: settings.isStrict)
      guard refusals.isEmpty else { return .failure(DiagnosticList(refusals)) }
      let keeper = ViewKeeper(self, owned: schema.owned, pending: pending)
      try await keeper.refuseForeignViews(session)
      let warnings = schema.problems + hazards
      if !warnings.isEmpty { observe(.warning(warnings)) }
      for note in Self.notes(of: standing.states) { observe(.note(note)) }
      var run = try await newRun(session, fence, after: standing, owned: schema.owned, observe)
      // What was changed by hand is not what the history goes on from.
      if schema.drift.known.isEmpty { run.schema = schema.fingerprint ?? run.schema }
      run.drift = schema.drift
      run.views = keeper
      try await run.recordRenames(standing.states)
      try await run.recordSquashes(standing.states)
      return .success(try await run.apply(pending))
    } catch {
      return .failure(DiagnosticList([error]))
    }
  }
}
