import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Runs the segments of one file, each with the row that tells of it.
///
/// A transactional segment and its row are one transaction, sent as one message: either both are
/// there or neither. A statement that runs alone stands between two committed rows: one that says
/// that it is about to be sent, one that says that it is done.
struct SegmentPerformer {
  let database: MigrationDatabase
  let session: any WarehouseSession
  let fence: String
  let observe: @Sendable (MigrationEvent) -> Void
  var text: MigrationText
  var directives: MigrationDirectives
  var verification: MigrationText?
  /// Whether there is a script that takes it back.
  var hasUndo = false
  var prepared: PreparedMigration?
  var beforeEach: [MigrationText] = []
  var afterEach: [MigrationText] = []
  var views: ViewKeeper?
  /// What is recorded of the schema behind the last statement; nil for nothing.
  var watch: SchemaWatch?
  /// What all rows of this file have in common; its step is the last one's.
  var event: HistoryEvent
  /// The number of the last row in the log.
  var sequence: Int

  /// What became of a file.
  struct Outcome: Sendable {
    var sequence: Int
    var milliseconds: Int
  }

  /// Views that the running segment has in its way.
  var kept: KeptViews?
  /// What brings the views back that were dropped for a statement that runs alone.
  var restoration = ViewRestoration()
  /// Statements of the file that are done for certain.
  var doneForCertain = 0
  /// Whether a statement that runs alone took effect, of which no row tells yet.
  var isUntold = false
  /// The view that could not be made again.
  var failedView: String?
  /// Which parts of the open message make which view.
  var viewParts: [Int: String] = [:]
  /// What is to be restored of views that later files make.
  var carried: [String: [String]] = [:]
  /// The row that takes a repeatable migration back, by its path and the views that stay away.
  var takenBack: (@Sendable (_ path: String, _ views: [String]) -> HistoryEvent?)?
  /// Such rows of the open transaction.
  var takenRows: [HistoryEvent] = []
  /// The repeatable migrations that were taken back.
  var takenKeys: Set<String> = []

  /// What is kept of the schema that the file left behind, once it is done and watched.
  var manifest: String?

  /// Runs the segments behind what is done already.
  ///
  /// - Parameter done: statements that are done.
  /// - Returns: the last row's number and how long it took.
  /// - Throws: the first failure, once it is recorded.
  mutating func perform(after done: Int) async throws(Diagnostic) -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let segments = MigrationSegment.segments(of: text.statements)
    event.transactionMode =
      segments.count == 1 && segments[0].mode == .transaction
      ? "file" : "segments"
    event.statementCount = text.statements.count
    if done > 0, done == text.statements.count {
      do throws(Diagnostic) {
        try await finish(since: start)
      } catch {
        throw await recorded(error, done: done)
      }
      return Outcome(sequence: sequence, milliseconds: start.duration(to: clock.now).milliseconds)
    }
    for (index, segment) in segments.enumerated() where segment.end > done || segments.count == 1 {
      var segment = segment
      if segment.start < done {
        segment.statements.removeFirst(done - segment.start)
        segment.start = done
      }
      let isLast = index == segments.count - 1
      doneForCertain = segment.start
      isUntold = false
      do throws(Diagnostic) {
        switch segment.mode {
        case .transaction:
          kept = try await keptViews(segment)
          try await keepingViews { performer throws(Diagnostic) in
            try await performer.retrying { performer throws(Diagnostic) in
              try await performer.transact(segment, isFirst: index == 0, isLast: isLast)
            }
          }
        case .alone, .commits:
          try await runAlone(segment, isLast: isLast, since: start)
        }
      } catch {
        var error = error
        if segment.mode == .transaction {
          error = await settled(error, segment, isLast: isLast)
        } else {
          await database.endSilentSession(session, &error)
        }
        takenRows = []
        throw await recorded(error, done: doneForCertain)
      }
      countTakenRows()
      sequence += 1
    }
    return Outcome(sequence: sequence, milliseconds: start.duration(to: clock.now).milliseconds)
  }

  // MARK: One transaction

  mutating func transact(
    _ segment: MigrationSegment,
    isFirst: Bool,
    isLast: Bool
  ) async throws(Diagnostic) {
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    let steps = try await steps(of: segment, runner, isFirst: isFirst, isLast: isLast)
    database.settings.crashes.reach(.beforeTransaction)
    var message = StatementMessage()
    message.append("begin")
    message.append(fence)
    let guardPart = message.count - 1
    for setting in timeouts(isLocal: true) { message.append(setting) }
    viewParts = [:]
    var mustDrop = kept != nil
    let hasLateViews = try await hasLateViews(segment, steps)
    for step in steps {
      // What reads a late-binding view finds it as it is now.
      if hasLateViews, message.awaitsBinding, step.readsViews {
        try await bindLateViews(&message, guardPart)
      }
      if mustDrop, let kept, kept.isReached(by: step.range) {
        mustDrop = false
        for sql in KeptViews.drops(kept.views, database.warehouse) { message.append(sql) }
      }
      guard !step.isReady else {
        message.append(step)
        continue
      }
      // Files, and what has to be translated when its tables exist, take turns of their own in the
      // same transaction.
      try await send(message, guardPart: guardPart)
      message = StatementMessage()
      _ = try await runner.run(step)
    }
    try await remakeViews(segment, runner, &message, guardPart)
    if hasLateViews || kept != nil && database.warehouse.translates {
      try await bindLateViews(&message, guardPart)
    }
    if isLast, let verification {
      let script = VerifyScript(text: verification)
      for statement in verification.statements {
        for step in try await runner.prepareTogether([statement]) {
          let result: StatementResult
          if step.isReady {
            message.append(step)
            result = try await send(message, guardPart: guardPart)
          } else {
            try await send(message, guardPart: guardPart)
            result = try await runner.run(step)
          }
          message = StatementMessage()
          viewParts = [:]
          try script.check(result, of: statement)
        }
      }
    }
    if isLast, let watch {
      for statement in database.schemaQuery(watch.names) { message.append(statement) }
      take(try await send(message, guardPart: guardPart))
      message = StatementMessage()
      viewParts = [:]
    }
    noteTakenRows()
    for statement in records(segment, isLast: isLast) { message.append(statement) }
    message.append("commit")
    try await send(message, guardPart: guardPart)
    database.settings.crashes.reach(.afterTransaction)
  }

  /// Remembers the schema that the last statement leaves behind.
  mutating func take(_ result: StatementResult) {
    var taken = LiveSchema(rows: result.rows)
    if let watch { taken = taken.without(watch.drift) }
    let record = taken.record
    manifest = record.manifest
    event.schemaAfter = record.fingerprint
  }

  /// The text of a schema that the history does not have yet.
  var schemaRows: [String] {
    guard let manifest, let watch, let fingerprint = event.schemaAfter,
      !watch.kept.contains(fingerprint)
    else { return [] }
    return database.history.insertions(ofBody: Array(manifest.utf8), checksum: fingerprint)
  }

  /// What a transaction sends of the user's, callbacks included.
  private func steps(
    of segment: MigrationSegment,
    _ runner: StatementRunner,
    isFirst: Bool,
    isLast: Bool
  ) async throws(Diagnostic) -> [PreparedStatement] {
    if isFirst, isLast, let prepared, let steps = prepared.steps,
      segment.statements.count == text.statements.count
    {
      for note in prepared.notes { observe(.note(note)) }
      return steps
    }
    let before = isFirst ? beforeEach.flatMap(\.statements) : []
    let after = isLast ? afterEach.flatMap(\.statements) : []
    return try await runner.prepareTogether(before + segment.statements + after)
  }

  @discardableResult
  mutating func send(
    _ message: StatementMessage,
    guardPart: Int
  ) async throws(Diagnostic) -> StatementResult {
    guard message.count > 0 else { return StatementResult() }
    do throws(StatementMessage.Failure) {
      return try await message.send(on: session, buffers: database.buffers)
    } catch {
      failedView = error.part.flatMap { viewParts[$0] }
      if error.part == guardPart, error.error.sqlState == "22012", error.range == nil {
        throw .migrationLockLost()
      }
      var diagnostic = Diagnostic.database(error.error, at: error.range)
      if error.error.isConflict { diagnostic.code = "serialization-conflict" }
      throw diagnostic
    }
  }

  /// The rows that a segment's transaction ends with.
  ///
  /// - Parameters:
  ///   - segment: what was done.
  ///   - isLast: whether the file ends with it.
  ///   - hasClock: whether the transaction began with `MigrationHistory.beginsClock`.
  /// - Returns: INSERTs.
  func records(
    _ segment: MigrationSegment,
    isLast: Bool,
    hasClock: Bool = false
  ) -> [String] {
    let row = row(isLast ? event.step : .progress, done: segment.end)
    var statements = (takenRows + [row]).map {
      database.history.insertion(
        of: $0,
        project: database.settings.project,
        origin: database.settings.origin,
        hasClock: hasClock
      )
    }
    if isLast {
      statements += database.history.insertions(
        ofBody: database.buffers.bytes(of: text.source),
        checksum: event.normalizedChecksum
      )
      statements += schemaRows
    }
    return statements
  }

  func row(_ step: HistoryEvent.Step, done: Int) -> HistoryEvent {
    var row = event
    row.step = step
    if step != event.step { row.schemaAfter = nil }
    row.sequence = sequence + takenRows.count + 1
    row.statementsDone = done
    if done > 0, event.transactionMode != "file" {
      row.prefixChecksum = MigrationChecksum.prefix(done, of: text, in: database.buffers)
    }
    return row
  }

  // MARK: Timeouts

  /// Milliseconds that a statement may wait for a lock.
  ///
  /// Whoever tries again must give up first. On Redshift, where the limit is that of the whole
  /// statement, only what the file itself asks for counts: any statement may take long.
  var lockTimeout: Int? {
    if let limit = directives.lockTimeout { return limit }
    guard database.history.dialect == .postgres else { return nil }
    return database.settings.lockTimeout?.milliseconds ?? (lockRetries > 0 ? 5000 : nil)
  }

  /// How often it is tried again when a lock was not to be had.
  var lockRetries: Int { directives.lockRetries ?? database.settings.lockRetries }

  func timeouts(isLocal: Bool) -> [String] {
    let scope = isLocal && database.history.dialect == .postgres ? "local " : ""
    var settings: [String] = []
    switch database.history.dialect {
    case .postgres:
      if let limit = lockTimeout {
        settings.append("set \(scope)lock_timeout = \(limit)")
      }
      if let limit = directives.statementTimeout {
        settings.append("set \(scope)statement_timeout = \(limit)")
      }
    case .redshift:
      // There is no limit for locks alone: a statement that waits for one has not begun.
      if let limit = directives.statementTimeout ?? lockTimeout {
        settings.append("set statement_timeout to \(limit)")
      }
    }
    return settings
  }

  var resets: [String] {
    database.history.dialect == .postgres
      ? ["reset lock_timeout", "reset statement_timeout"] : ["reset statement_timeout"]
  }
}

extension Duration {
  var milliseconds: Int {
    let parts = components
    return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
  }
}
