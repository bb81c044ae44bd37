import Diagnostics
import ProjectCompiler
import RedshiftSQL
import Synchronization
import WarehouseClient

extension SegmentPerformer {
  /// Runs a transaction anew with another text for a view that could not be made again.
  mutating func keepingViews(
    _ transaction: (inout SegmentPerformer) async throws(Diagnostic) -> Void
  ) async throws(Diagnostic) {
    while true {
      failedView = nil
      do throws(Diagnostic) {
        try await transaction(&self)
        noteLeftViews()
        return
      } catch {
        guard let view = failedView, let start = kept?.start, error.code != "connection-lost" else {
          throw error
        }
        guard kept?.giveUp(view) == true else { throw .viewNotKept(view, error, at: start) }
        try await database.execute("rollback", session)
      }
    }
  }

  /// Says which views stay away, once they are gone for certain.
  mutating func noteLeftViews() {
    for view in kept?.views ?? [] where !view.returns {
      observe(.note(.viewLeft(view.key, isModel: view.isModel)))
      if !view.isModel { carried[view.key] = view.restoring }
    }
    kept = nil
  }

  /// The views that a segment has in its way.
  func keptViews(_ segment: MigrationSegment) async throws(Diagnostic) -> KeptViews? {
    try await views?.views(
      for: segment.statements,
      before: Array(text.statements.dropFirst(segment.end)),
      of: text.path,
      session
    )
  }

  // MARK: Repeatable migrations whose views go

  /// Puts together the rows that take repeatable migrations back, since views of theirs stay away.
  mutating func noteTakenRows() {
    takenRows = []
    for (path, views) in (kept?.lost ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard var row = takenBack?(path, views) else { continue }
      row.sequence = sequence + takenRows.count + 1
      takenRows.append(row)
    }
  }

  /// The rows are there: what is written next comes behind them.
  mutating func countTakenRows() {
    sequence += takenRows.count
    takenKeys.formUnion(takenRows.map(\.key))
    takenRows = []
  }

  /// Makes the views again that were dropped for this transaction, as they were.
  mutating func remakeViews(
    _ segment: MigrationSegment,
    _ runner: StatementRunner,
    _ message: inout StatementMessage,
    _ guardPart: Int
  ) async throws(Diagnostic) {
    for view in kept?.views ?? [] where view.returns {
      if !view.isMadeHere {
        switch view.choices.first {
        case .sql(let sql)?:
          message.append(sql)
          // What stands in front of it may have been appended with it.
          viewParts[message.count - 1] = view.key
        case .statement(let statement)?:
          for step in try runner.prepare([statement]) {
            if step.isReady {
              let first = message.count
              message.append(step)
              for part in first..<message.count { viewParts[part] = view.key }
              continue
            }
            try await send(message, guardPart: guardPart)
            message = StatementMessage()
            viewParts = [:]
            failedView = view.key
            _ = try await runner.run(step)
            failedView = nil
          }
        case .leave?, nil: break
        }
      }
      for sql in view.restoring { message.append(sql) }
    }
    if kept != nil, database.warehouse.translates { message.append(PostgresShims.bindLateViews) }
    for name in carriedViews(madeBy: segment) {
      for sql in carried[name] ?? [] { message.append(sql) }
    }
  }

  // MARK: Late-binding views

  /// Whether there may be late-binding views whose text has to follow the columns under them.
  func hasLateViews(
    _ segment: MigrationSegment,
    _ steps: [PreparedStatement]
  ) async throws(Diagnostic) -> Bool {
    if let known = knownLateViews(segment, steps) {
      if makesLateViews(segment) { database.lateViews.areThere = true }
      // Nobody knows what a procedure makes: whoever comes next asks.
      if calls(segment) {
        if database.lateViews.areThere == false { database.lateViews.areThere = nil }
        database.lateViews.areNone = false
      }
      if namesLateViews(segment) { database.lateViews.areNone = false }
      return known
    }
    let found = try await database.execute(PostgresShims.hasLateViews, session)
    let areThere = found.rows.first?.first == "t"
    database.lateViews.areThere = areThere
    database.lateViews.areNone = found.rows.first?.last == "f"
    return areThere
  }

  /// The same without asking the database; nil where it has to be asked.
  func knownLateViews(_ segment: MigrationSegment, _ steps: [PreparedStatement]) -> Bool? {
    guard database.warehouse.translates else { return false }
    if makesLateViews(segment) || calls(segment) { return true }
    guard steps.contains(where: \.makesRelation) else { return false }
    return database.lateViews.areThere
  }

  /// A segment's statements, and those around each file.
  private func all(_ segment: MigrationSegment) -> [Statement] {
    beforeEach.flatMap(\.statements) + segment.statements + afterEach.flatMap(\.statements)
  }

  private func calls(_ segment: MigrationSegment) -> Bool {
    all(segment).contains { statement in
      guard case .call = statement.kind else { return false }
      return true
    }
  }

  /// Whether a segment makes late-binding views of any kind.
  private func namesLateViews(_ segment: MigrationSegment) -> Bool {
    all(segment).contains { statement in
      guard case .createView(let view) = statement.kind else { return false }
      return view.withoutBinding != nil
    }
  }

  private func makesLateViews(_ segment: MigrationSegment) -> Bool {
    all(segment).contains { statement in
      guard case .createView(let view) = statement.kind, view.withoutBinding != nil else {
        return false
      }
      return !PostgresTranslator.translate(statement, in: database.buffers).wantedRelations.isEmpty
    }
  }

  /// Sends what there is, and has late-binding views translated for the columns that are there now.
  mutating func bindLateViews(
    _ message: inout StatementMessage,
    _ guardPart: Int
  ) async throws(Diagnostic) {
    message.append(PostgresShims.outdatedLateViews)
    let outdated = try await send(message, guardPart: guardPart)
    message = StatementMessage()
    viewParts = [:]
    do throws(WarehouseError) {
      try await LateViewTranslation(session: session, buffers: database.buffers).renew(outdated)
    } catch {
      throw .database(error, at: nil)
    }
  }

  /// Views that an earlier file, or an earlier part of this one, dropped and a segment makes.
  private func carriedViews(madeBy segment: MigrationSegment) -> [String] {
    guard !carried.isEmpty else { return [] }
    let schema = database.settings.defaultSchema
    let made = segment.statements.compactMap { statement -> String? in
      guard case .createView(let view) = statement.kind else { return nil }
      return OwnedRelations.key(view.name, defaultSchema: schema)
    }
    return made.filter { carried[$0] != nil }
  }
}

extension KeptViews {
  /// Whether a statement is the one that the views are dropped before, or stands behind it.
  func isReached(by range: TextRange) -> Bool {
    range.buffer == start.buffer && range.bytes.lowerBound >= start.bytes.lowerBound
  }
}

/// Whether a database has late-binding views that are translated again for other columns, so that
/// most files need not ask.
final class LateViewKnowledge: Sendable {
  private struct Known {
    var areThere: Bool?
    var areNone = false
  }

  private let known = Mutex(Known())

  /// Nil while nobody has asked.
  var areThere: Bool? {
    get { known.withLock { $0.areThere } }
    set { known.withLock { $0.areThere = newValue } }
  }

  /// Whether it is known that there are no late-binding views of any kind.
  var areNone: Bool {
    get { known.withLock { $0.areNone } }
    set { known.withLock { $0.areNone = newValue } }
  }
}
