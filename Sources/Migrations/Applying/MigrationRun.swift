import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// One run of a migrator, while it holds the lock.
struct MigrationRun {
  let migrator: Migrator
  let session: any WarehouseSession
  let fence: String
  let observe: @Sendable (MigrationEvent) -> Void
  /// The number of the last row in the log.
  var sequence: Int
  var lastChecksum: String?

  private var database: MigrationDatabase { migrator.database }
  private var settings: MigrationSettings { migrator.settings }

  /// Applies migrations in order; the first failure ends it.
  mutating func apply(_ pending: [MigrationState]) async throws(Diagnostic) -> [MigrationScript] {
    var applied: [MigrationScript] = []
    if !pending.isEmpty { try await runCallbacks(.before) }
    var forecast = MigrationForecast(pending.compactMap(\.script), database, session)
    for (index, state) in pending.enumerated() {
      guard let script = state.script else { continue }
      observe(.applying(script, index: index, total: pending.count))
      let prepared = await forecast.next()
      let event = event(for: script, .done, prepared?.checksums)
      var performer = performer(script.text, script.directives, event)
      performer.verification = script.verification
      performer.prepared = prepared
      let done = try await resumption(of: state, script.text)
      let outcome = try await performer.perform(after: done)
      sequence = outcome.sequence
      lastChecksum = performer.event.normalizedChecksum
      applied.append(script)
      observe(.applied(script, milliseconds: outcome.milliseconds))
    }
    if !applied.isEmpty { try await runCallbacks(.after) }
    return applied
  }

  /// Takes migrations back, the last one first.
  mutating func undo(_ states: [MigrationState]) async throws(Diagnostic) {
    for state in states {
      guard let script = state.script, let text = script.undo else {
        throw .noUndoScript(state)
      }
      var event = event(for: script, .undone)
      event.kind = .undo
      event.path = text.path
      let checksums = MigrationChecksum.OfFile(text, in: migrator.buffers)
      event.sourceChecksum = checksums.source
      event.renderedChecksum = checksums.rendered
      event.normalizedChecksum = checksums.normalized
      var performer = performer(text, script.directives, event)
      let done = try await resumption(of: state, text)
      let outcome = try await performer.perform(after: done)
      sequence = outcome.sequence
      observe(
        .undone(version: state.version, name: state.name, milliseconds: outcome.milliseconds)
      )
    }
  }

  /// Writes a row that stands for itself.
  mutating func record(_ events: [HistoryEvent]) async throws(Diagnostic) {
    guard !events.isEmpty else { return }
    var statements = ["begin", fence]
    for var event in events {
      sequence += 1
      event.sequence = sequence
      event.runID = settings.runID
      event.milliseconds = event.milliseconds ?? 0
      if event.startedAt.isEmpty { event.startedAt = settings.now() }
      statements.append(
        database.history.insertion(of: event, project: settings.project, origin: settings.origin)
      )
    }
    statements.append("commit")
    try await database.execute(statements.joined(separator: ";\n"), session)
  }

  /// Notes under which versions renamed migrations go from now on.
  mutating func recordRenames(_ states: [MigrationState]) async throws(Diagnostic) {
    var events: [HistoryEvent] = []
    for state in states {
      guard state.kind == .renamed, let former = state.former, let script = state.script else {
        continue
      }
      var old = event(for: script, .undone)
      old.version = former.version
      old.name = former.name
      old.path = former.path
      old.note = "renamed to \(script.path)"
      var new = event(for: script, .adopted)
      new.startedAt = former.appliedAt
      new.note = "renamed from \(former.path)"
      events += [old, new]
    }
    try await record(events)
  }

  // MARK: Parts

  func event(
    for script: MigrationScript,
    _ step: HistoryEvent.Step,
    _ known: MigrationChecksum.OfFile? = nil
  ) -> HistoryEvent {
    let checksums = known ?? MigrationChecksum.OfFile(script.text, in: migrator.buffers)
    var event = HistoryEvent()
    event.runID = settings.runID
    event.version = script.version
    event.name = script.name
    event.kind = script.kind == .versioned ? .versioned : .repeatable
    event.step = step
    event.path = script.path
    event.sourceChecksum = checksums.source
    event.normalizedChecksum = checksums.normalized
    event.renderedChecksum = checksums.rendered
    event.previousChecksum = lastChecksum
    event.statementCount = script.statements.count
    event.startedAt = settings.now()
    return event
  }

  private func performer(
    _ text: MigrationText,
    _ directives: MigrationDirectives,
    _ event: HistoryEvent
  ) -> SegmentPerformer {
    SegmentPerformer(
      database: database,
      session: session,
      fence: fence,
      observe: observe,
      text: text,
      directives: directives,
      beforeEach: settings.callbacks[.beforeEach],
      afterEach: settings.callbacks[.afterEach],
      event: event,
      sequence: sequence
    )
  }

  private func runCallbacks(_ moment: MigrationCallbacks.Moment) async throws(Diagnostic) {
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    for text in settings.callbacks[moment] {
      for step in try runner.prepare(text.statements) { _ = try await runner.run(step) }
    }
  }

  // MARK: Going on

  /// How many statements of a file are done for certain.
  private mutating func resumption(
    of state: MigrationState,
    _ text: MigrationText
  ) async throws(Diagnostic) -> Int {
    guard let partial = state.partial else { return 0 }
    var done = partial.statementsDone
    if done > text.statements.count
      || (done > 0 && partial.prefixChecksum != nil
        && partial.prefixChecksum != MigrationChecksum.prefix(done, of: text, in: migrator.buffers))
    {
      throw .donePartChanged(state, done: done)
    }
    guard partial.isUncertain, done < text.statements.count else { return done }
    let statement = text.statements[done]
    let probe = StatementProbe(database: database, session: session)
    switch try await probe.outcome(of: statement) {
    case .done: done += 1
    case .notDone: break
    case .unknown:
      throw .statementOutcomeUnknown(state, number: done + 1, at: statement.range)
    }
    guard let script = state.script else { return done }
    var event = event(for: script, .repaired)
    if partial.isUndo { event.kind = .undo }
    event.statementsDone = done
    event.prefixChecksum =
      done > 0 ? MigrationChecksum.prefix(done, of: text, in: migrator.buffers) : nil
    event.note =
      done > partial.statementsDone
      ? "the catalogue says that statement \(done) took effect"
      : "the catalogue says that statement \(done + 1) did not take effect"
    try await record([event])
    observe(.note(.statementOutcomeFound(state, note: event.note ?? "", at: statement.range)))
    return done
  }
}
