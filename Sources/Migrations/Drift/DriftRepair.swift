import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Runs the SQL that takes back what was changed by hand, and tells the history.
///
/// All of it is one transaction together with its row, but for what Redshift refuses in one: such a
/// statement stands between two rows.
struct DriftRepair {
  let database: MigrationDatabase
  let session: any WarehouseSession
  let fence: String
  let observe: @Sendable (MigrationEvent) -> Void
  let statements: [Statement]
  /// What all rows have in common.
  private var event: HistoryEvent
  /// The SQL as the history keeps it.
  private let body: [UInt8]
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// - Parameters:
  ///   - drift: what was found.
  ///   - statements: its repair, read.
  ///   - log: where the history ends.
  ///   - sequence: the number of its last row.
  ///   - database: what is repaired.
  ///   - session: where.
  ///   - fence: refuses what comes after the lock was lost.
  ///   - observe: told what happens.
  init(
    _ drift: SchemaDrift,
    _ statements: [Statement],
    after log: MigrationLog,
    sequence: Int,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession,
    fence: String,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) {
    self.database = database
    self.session = session
    self.fence = fence
    self.observe = observe
    self.statements = statements
    start = clock.now
    body = Array(database.settings.redact(drift.repair.joined(separator: "\n")).utf8)
    let objects = Set(drift.differences.filter { !$0.repair.isEmpty }.map(\.relation.description))
      .sorted()
    let rest = objects.count > 10 ? " and \(objects.count - 10) more" : ""
    event = HistoryEvent()
    event.sequence = sequence
    event.runID = database.settings.runID
    event.name = "changed by hand"
    event.kind = .drift
    event.step = .repaired
    event.startedAt = database.settings.now()
    event.note = "taken back: \(objects.prefix(10).joined(separator: ", "))\(rest)"
    event.previousChecksum = log.lastChecksum
    event.schemaBefore = log.schema?.fingerprint
    event.sourceChecksum = Checksum.sha256(body)
    event.normalizedChecksum = MigrationChecksum.normalized(body)
    event.renderedChecksum = event.sourceChecksum
    event.statementCount = statements.count
  }

  mutating func run() async throws(Diagnostic) {
    var segments = [MigrationSegment(mode: .transaction, statements: statements, start: 0)]
    if database.warehouse.dialect == .redshift {
      segments = MigrationSegment.segments(of: statements)
    }
    event.transactionMode = segments.count == 1 ? "file" : "segments"
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      do throws(Diagnostic) {
        switch segment.mode {
        case .transaction: try await transact(segment, isLast: isLast)
        case .alone, .commits: try await runAlone(segment, isLast: isLast)
        }
      } catch {
        // What runs alone may be done all the same.
        let isUndone = segment.start == 0 && segment.mode == .transaction
        throw await recorded(error, done: segment.start, isUndone: isUndone)
      }
    }
  }

  private mutating func transact(
    _ segment: MigrationSegment,
    isLast: Bool
  ) async throws(Diagnostic) {
    database.settings.crashes.reach(.beforeTransaction)
    try await database.execute("begin", session)
    try await database.execute(fence, session)
    if database.history.dialect == .postgres {
      // Whoever waits for a table to change it keeps its readers waiting, too.
      try await database.execute("set local lock_timeout = '5s'", session)
    }
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    for statement in segment.statements { try await run(statement, runner) }
    let rows = rows(isLast ? .repaired : .progress, done: segment.end)
    try await database.execute((rows + ["commit"]).joined(separator: ";\n"), session)
    database.settings.crashes.reach(.afterTransaction)
  }

  private mutating func runAlone(
    _ segment: MigrationSegment,
    isLast: Bool
  ) async throws(Diagnostic) {
    try await record(.begin, done: segment.start)
    database.settings.crashes.reach(.afterBegin)
    let runner = database.runner(session, report: { [observe] in observe(.note($0)) })
    for statement in segment.statements { try await run(statement, runner) }
    database.settings.crashes.reach(.afterStatement)
    try await record(isLast ? .repaired : .progress, done: segment.end)
  }

  private func run(
    _ statement: Statement,
    _ runner: StatementRunner
  ) async throws(Diagnostic) {
    // A form of ALTER TABLE that only PostgreSQL has, as for a default.
    if case .alterTable(let table) = statement.kind, case .other = table.action {
      try await database.execute(database.buffers.text(of: statement.range), session)
      return
    }
    for step in try runner.prepare([statement]) { _ = try await runner.run(step) }
  }

  // MARK: The history

  private mutating func rows(_ step: HistoryEvent.Step, done: Int) -> [String] {
    event.sequence += 1
    var row = event
    row.step = step
    row.statementsDone = done
    row.milliseconds = start.duration(to: clock.now).milliseconds
    let settings = database.settings
    let insertion = database.history.insertion(
      of: row,
      project: settings.project,
      origin: settings.origin
    )
    guard step == .repaired else { return [insertion] }
    return [insertion]
      + database.history.insertions(ofBody: body, checksum: event.normalizedChecksum)
  }

  private mutating func record(
    _ step: HistoryEvent.Step,
    done: Int
  ) async throws(Diagnostic) {
    let statements = ["begin", fence] + rows(step, done: done) + ["commit"]
    try await database.execute(statements.joined(separator: ";\n"), session)
  }

  /// Rolls back, and notes the failure in a transaction of its own.
  private mutating func recorded(
    _ error: Diagnostic,
    done: Int,
    isUndone: Bool
  ) async -> Diagnostic {
    guard error.code != "connection-lost" else { return error }
    var error = error
    event.failure = HistoryEvent.Failure(
      sqlState: error.sqlState,
      message: database.settings.redact(error.message),
      line: nil
    )
    do throws(Diagnostic) {
      try await database.execute("rollback", session)
      try await record(.fail, done: done)
    } catch let second {
      error.notes.append("the failure could not be recorded: \(second.message)")
    }
    if isUndone { error.notes.append("the repair was rolled back; nothing of it remains") }
    return error
  }
}
