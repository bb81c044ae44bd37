import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What brings dropped views back, as it is kept until they are there again.
struct ViewRestoration: Hashable, Sendable {
  /// In the server's words.
  var statements: [String] = []
  /// Which of them make which view.
  var makers: [Int: String] = [:]

  private static let mark = "; views "

  var text: String { statements.joined(separator: ";\n") }
  var checksum: String { MigrationChecksum.normalized(Array(text.utf8)) }

  /// A row's note that says where the text is.
  func note(_ noun: String?) -> String? {
    statements.isEmpty ? noun : (noun ?? "") + Self.mark + checksum
  }

  /// The checksum in a note; nil where there is none.
  static func checksum(in note: String) -> String? {
    note.firstRange(of: mark).map { String(note[$0.upperBound...]) }
  }
}

// Statements that run outside of transactions.
extension SegmentPerformer {
  mutating func runAlone(
    _ segment: MigrationSegment,
    isLast: Bool,
    since start: ContinuousClock.Instant
  ) async throws(Diagnostic) {
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    let steps = try await runner.prepareTogether(segment.statements)
    kept = try await keptViews(segment)
    try await keepingViews { performer throws(Diagnostic) in
      performer.restoration =
        try performer.kept.map { views throws(Diagnostic) in
          try performer.restoration(of: views, runner)
        } ?? ViewRestoration()
      try await performer.begin(segment, dropping: performer.kept?.views ?? [])
    }
    database.settings.crashes.reach(.afterBegin)
    if !steps.isEmpty, !timeouts(isLocal: false).isEmpty {
      try await database.execute(timeouts(isLocal: false).joined(separator: "; "), session)
    }
    for step in steps { try await run(step, runner) }
    // Until a row says so the file stays begun, so that the next run looks what became of it, and
    // brings back the views that went before it.
    isUntold = true
    if !steps.isEmpty, !timeouts(isLocal: false).isEmpty {
      try await database.execute(resets.joined(separator: "; "), session)
    }
    database.settings.crashes.reach(.afterStatement)
    let isVerified = isLast && verification != nil
    try await end(
      isLast && !isVerified ? event.step : .progress,
      done: segment.end,
      keepsBody: isLast,
      since: start
    )
    isUntold = false
    doneForCertain = segment.end
    restoration = ViewRestoration()
    database.settings.crashes.reach(.afterProgress)
    guard isVerified else { return }
    sequence += 1
    try await finish(since: start)
  }

  /// Runs a step, again where it waited for a lock in vain; not while views are away for it.
  private mutating func run(
    _ step: PreparedStatement,
    _ runner: StatementRunner
  ) async throws(Diagnostic) {
    for attempt in 1... {
      do throws(Diagnostic) {
        try await send(step, runner)
        return
      } catch {
        guard wasWaiting(error), attempt <= lockRetries, restoration.statements.isEmpty else {
          throw error
        }
        try await waitForLock(error, attempt)
      }
    }
  }

  /// Sends a step; what it makes and the late-binding views that waited for it are one transaction,
  /// so that it is done or not, whatever fails.
  private mutating func send(
    _ step: PreparedStatement,
    _ runner: StatementRunner
  ) async throws(Diagnostic) {
    guard step.isReady, step.makesRelation, database.warehouse.translates else {
      _ = try await runner.run(step)
      return
    }
    var message = StatementMessage()
    message.append(step)
    try await bindLateViews(&message, -1)
  }

  /// Announces a statement; the views that are in its way go in the same transaction.
  private mutating func begin(
    _ segment: MigrationSegment,
    dropping views: [KeptViews.View]
  ) async throws(Diagnostic) {
    noteTakenRows()
    viewParts = [:]
    var begin = row(.begin, done: segment.start)
    begin.milliseconds = 0
    begin.note = restoration.note(segment.statements.first?.noun)
    var message = opening
    if !views.isEmpty {
      let drops = KeptViews.drops(views, database.warehouse)
      // Once for trial: what cannot come back does not go.
      for sql in drops { message.append(sql) }
      for (index, sql) in restoration.statements.enumerated() {
        message.append(sql)
        viewParts[message.count - 1] = restoration.makers[index]
      }
      for sql in drops { message.append(sql) }
      for sql in database.history.insertions(
        ofBody: Array(restoration.text.utf8),
        checksum: restoration.checksum
      ) { message.append(sql) }
    }
    for row in takenRows { message.append(insertion(row)) }
    message.append(insertion(begin))
    message.append("commit")
    do throws(Diagnostic) {
      try await send(message, guardPart: 1)
    } catch {
      // Nothing has gone, so nothing has to come back.
      restoration = ViewRestoration()
      takenRows = []
      throw error
    }
    viewParts = [:]
    countTakenRows()
    sequence += 1
  }

  /// Says that so many statements are done; views that were dropped are there again with it.
  private mutating func end(
    _ step: HistoryEvent.Step,
    done: Int,
    keepsBody: Bool,
    since start: ContinuousClock.Instant
  ) async throws(Diagnostic) {
    var message = opening
    for sql in restoration.statements { message.append(sql) }
    if !restoration.statements.isEmpty, database.warehouse.translates {
      try await bindLateViews(&message, 1)
    }
    if step == event.step, let watch {
      for sql in database.schemaQuery(watch.names) { message.append(sql) }
      take(try await send(message, guardPart: 1))
      message = StatementMessage()
    }
    var end = row(step, done: done)
    end.milliseconds = start.duration(to: ContinuousClock().now).milliseconds
    message.append(insertion(end))
    if keepsBody {
      let bytes = database.buffers.bytes(of: text.source)
      for statement in database.history.insertions(
        ofBody: bytes,
        checksum: event.normalizedChecksum
      ) { message.append(statement) }
    }
    if end.schemaAfter != nil {
      for statement in schemaRows { message.append(statement) }
    }
    message.append("commit")
    try await send(message, guardPart: 1)
  }

  /// Says that a file is done whose last statement ran alone, when its verify script agrees.
  mutating func finish(since start: ContinuousClock.Instant) async throws(Diagnostic) {
    if let verification {
      try await VerifyScript(text: verification).run(database.runner(session))
    }
    try await end(event.step, done: text.statements.count, keepsBody: false, since: start)
    sequence += 1
  }

  private var opening: StatementMessage {
    var message = StatementMessage()
    message.append("begin")
    message.append(fence)
    return message
  }

  private func insertion(_ event: HistoryEvent) -> String {
    database.history.insertion(
      of: event,
      project: database.settings.project,
      origin: database.settings.origin
    )
  }

  /// What makes views again behind a statement that runs alone.
  private mutating func restoration(
    of kept: KeptViews,
    _ runner: StatementRunner
  ) throws(Diagnostic) -> ViewRestoration {
    var restoration = ViewRestoration()
    for view in kept.views {
      switch view.choices.first {
      case .sql(let sql)?:
        restoration.makers[restoration.statements.count] = view.key
        restoration.statements.append(sql)
      case .statement(let statement)?:
        for step in try runner.prepare([statement]) {
          guard step.isReady else {
            if view.choices.count > 1 { failedView = view.key }
            throw .viewsAroundLoneStatement(kept.views.map(\.key), at: kept.start)
          }
          restoration.makers[restoration.statements.count] = view.key
          restoration.statements.append(step.text.string)
        }
      case .leave?, nil: continue
      }
      restoration.statements += view.restoring
    }
    if !restoration.statements.isEmpty, database.warehouse.translates {
      restoration.statements.append(PostgresShims.bindLateViews)
    }
    return restoration
  }
}
