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
  /// What migrations own as far as they are applied.
  var owned: OwnedRelations
  /// The fingerprint of that, where it is known.
  var schema: String?
  /// What was changed by hand and is not of the run's doing.
  var drift = LiveSchema.Drift()
  /// Fingerprints whose schemas the history has.
  var keptSchemas: Set<String> = []
  /// What is to be restored of views that later files make.
  var carried: [String: [String]] = [:]
  /// The repeatable migrations that were taken back since their views went with what others made.
  var takenKeys: Set<String> = []
  /// How views on tables that are altered are kept; nil where there is nothing to keep.
  var views: ViewKeeper?

  private var database: MigrationDatabase { migrator.database }
  private var settings: MigrationSettings { migrator.settings }

  /// Applies migrations in order; the first failure ends it.
  mutating func apply(_ pending: [MigrationState]) async throws(Diagnostic) -> [MigrationScript] {
    // Looking at the catalogue costs a round trip, which many files one after the other can save.
    guard pending.count > Self.watchedFiles else {
      return try await apply(pending, watchesEach: true)
    }
    // The session's own thread waits for the server while the next files are put together.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      () async throws(Diagnostic) in
      try await apply(pending, watchesEach: false)
    }
  }

  private mutating func apply(
    _ pending: [MigrationState],
    watchesEach: Bool
  ) async throws(Diagnostic) -> [MigrationScript] {
    if !pending.isEmpty { try await runCallbacks(.before) }
    var forecast = MigrationForecast(pending.compactMap(\.script), database, session)
    var batches = MigrationBatches()
    for (index, state) in pending.enumerated() {
      guard let script = state.script else { continue }
      observe(.applying(script, index: index, total: pending.count))
      let prepared = await forecast.next()
      let event = event(for: script, .done, prepared?.checksums)
      var performer = performer(script.text, script.directives, event)
      performer.verification = script.verification
      performer.hasUndo = script.undo != nil
      performer.prepared = prepared
      let isLast = index == pending.count - 1
      if !watchesEach, !isLast, state.partial == nil {
        // What has to be asked is asked of what the files before have left behind.
        if performer.asksForLateViews { try await finish(&batches) }
        if try await performer.fitsBatch() {
          follow(script.text)
          batches.open.add(script, performer)
          sequence += 1
          lastChecksum = performer.event.normalizedChecksum
          schema = nil
          if batches.open.isFull { try await send(&batches) }
          continue
        }
      }
      try await finish(&batches)
      let done = try await resumption(of: state, script.text)
      follow(script.text)
      // A file whose translation asks for columns, or that is verified, has had its second round
      // trip before.
      let asks = (prepared?.asksFirst ?? false) || script.verification != nil
      let isWatched = watchesEach && !asks
      if isWatched || isLast { performer.watch = watch }
      let outcome = try await performer.perform(after: done)
      adopt(performer)
      sequence = outcome.sequence
      lastChecksum = performer.event.normalizedChecksum
      batches.applied.append(script)
      observe(.applied(script, milliseconds: outcome.milliseconds))
    }
    try await finish(&batches)
    if !batches.applied.isEmpty { try await runCallbacks(.after) }
    return batches.applied
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
      performer.takenBack = { [run = self] path, views in
        run.event(takingBack: path, views, with: state)
      }
      let done = try await resumption(of: state, text)
      follow(text)
      performer.watch = watch
      let outcome = try await performer.perform(after: done)
      adopt(performer)
      sequence = outcome.sequence
      observe(
        .undone(version: state.version, name: state.name, milliseconds: outcome.milliseconds)
      )
    }
  }

  /// The row that says that a repeatable migration is to be applied again, since views of it went
  /// with what an undo script takes away.
  private func event(
    takingBack path: String,
    _ views: [String],
    with state: MigrationState
  ) -> HistoryEvent? {
    guard let script = migrator.scripts.first(where: { $0.path == path }) else { return nil }
    var event = event(for: script, .undone)
    event.note = "\(views.joined(separator: ", ")) went with migration \(state.version)"
    event.milliseconds = 0
    return event
  }

  // MARK: Schemas

  /// Runs of up to so many files look at the catalogue behind each of them.
  private static let watchedFiles = 20

  private var watch: SchemaWatch? {
    let names = owned.fingerprinted
    return names.isEmpty ? nil : SchemaWatch(names: names, kept: keptSchemas, drift: drift)
  }

  private mutating func follow(_ text: MigrationText) {
    owned.follow(text)
    guard !drift.known.isEmpty else { return }
    let touched = TouchedObjects(text.statements, defaultSchema: settings.defaultSchema)
    drift.forget(touched.changed)
  }

  private mutating func adopt(_ performer: SegmentPerformer) {
    carried = performer.carried
    takenKeys.formUnion(performer.takenKeys)
    schema = performer.event.schemaAfter
    if let schema { keptSchemas.insert(schema) }
  }

  /// Writes rows that stand for themselves, the last one with the schema as it is now.
  mutating func recordWithSchema(_ events: [HistoryEvent]) async throws(Diagnostic) {
    guard var last = events.last else { return }
    let live = try await database.liveSchema(of: owned.fingerprinted, session).without(drift)
    let fingerprint = live.fingerprint
    guard !live.names.isEmpty else { return try await record(events) }
    last.schemaAfter = fingerprint
    let bodies =
      keptSchemas.contains(fingerprint)
      ? []
      : database.history.insertions(ofBody: Array(live.manifest.utf8), checksum: fingerprint)
    try await record(events.dropLast() + [last], with: bodies)
    schema = fingerprint
    keptSchemas.insert(fingerprint)
  }

  /// Writes rows that stand for themselves.
  mutating func record(
    _ events: [HistoryEvent],
    with others: [String] = []
  ) async throws(Diagnostic) {
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
    statements += others
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
      old.schemaAfter = schema
      var new = event(for: script, .adopted)
      new.startedAt = former.appliedAt
      new.note = "renamed from \(former.path)"
      new.schemaAfter = schema
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
    if !script.directives.replaced.isEmpty { event.kind = .squash }
    event.step = step
    event.path = script.path
    event.sourceChecksum = checksums.source
    event.normalizedChecksum = checksums.normalized
    event.renderedChecksum = checksums.rendered
    event.previousChecksum = lastChecksum
    event.schemaBefore = schema
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
      views: views,
      event: event,
      sequence: sequence,
      carried: carried
    )
  }

  /// Runs scripts around migrations, and records that they ran or failed.
  private mutating func runCallbacks(
    _ moment: MigrationCallbacks.Moment
  ) async throws(Diagnostic) {
    let clock = ContinuousClock()
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    for text in settings.callbacks[moment] {
      let start = clock.now
      var event = event(for: text)
      do throws(Diagnostic) {
        for step in try runner.prepare(text.statements) { _ = try await runner.run(step) }
      } catch {
        throw await recorded(error, event)
      }
      event.milliseconds = start.duration(to: clock.now).milliseconds
      event.statementsDone = text.statements.count
      if moment == .after { try await recordWithSchema([event]) } else { try await record([event]) }
    }
  }

  private func event(for text: MigrationText) -> HistoryEvent {
    let source = migrator.buffers.bytes(of: text.source)
    var event = HistoryEvent()
    event.name = text.path.split(separator: "/").last.map(String.init) ?? text.path
    event.kind = .callback
    event.path = text.path
    event.sourceChecksum = Checksum.sha256(source)
    event.normalizedChecksum = MigrationChecksum.normalized(source)
    event.renderedChecksum = Checksum.sha256(migrator.buffers.bytes(of: text.sql))
    event.statementCount = text.statements.count
    event.transactionMode = "none"
    event.startedAt = settings.now()
    return event
  }

  /// Notes the failure of a callback, which runs in no transaction.
  private mutating func recorded(
    _ error: Diagnostic,
    _ event: HistoryEvent
  ) async -> Diagnostic {
    var error = error
    guard error.code != "connection-lost" else { return error }
    let buffers = migrator.buffers
    var event = event
    event.step = .fail
    event.failure = HistoryEvent.Failure(
      sqlState: error.sqlState,
      message: settings.redact(error.message),
      line: error.primary.map { buffers.position(of: buffers.origin(of: $0.range).range).line }
    )
    do throws(Diagnostic) {
      try await record([event])
    } catch let second {
      error.notes.append("the failure could not be recorded: \(second.message)")
    }
    return error
  }

  // MARK: Going on

  /// What brings the views back that were dropped for a statement of which nothing was heard.
  func restoration(of event: HistoryEvent) async throws(Diagnostic) -> [String] {
    let query = database.history.announcementQuery(of: event, project: settings.project)
    guard let note = try await database.execute(query, session).rows.first?.first.flatMap({ $0 }),
      let checksum = ViewRestoration.checksum(in: note),
      let text = try await database.body(checksum, session)
    else { return [] }
    return [text]
  }

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
    try await record([event], with: try await restoration(of: event))
    observe(.note(.statementOutcomeFound(state, note: event.note ?? "", at: statement.range)))
    return done
  }
}
