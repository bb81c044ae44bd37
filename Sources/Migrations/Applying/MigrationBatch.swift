import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// Several files, each a transaction of its own, in one message.
///
/// A server works through a message in order and leaves the rest of it alone when a statement fails.
/// So no file can take effect whose predecessor did not, just as if each had been sent by itself;
/// but between them the server waits for nobody. It is a shorter way for what goes well: what does
/// not is left to the long one, which does the file again and tells what is wrong with it.
struct MigrationBatch {
  struct Item {
    var script: MigrationScript
    var performer: SegmentPerformer
  }

  /// What a server has to read before it begins.
  private static let largest = 400_000

  private(set) var items: [Item] = []
  private(set) var message = StatementMessage()

  var isEmpty: Bool { items.isEmpty }
  /// As many as are prepared at once, or as much as the server may have to read.
  var isFull: Bool {
    items.count >= MigrationForecast.batch || message.byteCount >= Self.largest
  }

  /// Adds a file that `fitsBatch`.
  mutating func add(_ script: MigrationScript, _ performer: SegmentPerformer) {
    performer.append(to: &message)
    items.append(Item(script: script, performer: performer))
  }
}

/// What of a run goes in batches: one is put together while the server works on the one before.
struct MigrationBatches {
  /// A batch that was sent.
  struct Sent {
    var batch: MigrationBatch
    /// How many of its files are committed.
    var done: Task<Result<Int, Diagnostic>, Never>

    /// Whether all of its files are committed.
    var isWhole: Bool {
      get async {
        guard case .success(let count) = await done.value else { return false }
        return count == batch.items.count
      }
    }
  }

  /// What is being put together.
  var open = MigrationBatch()
  /// What the server works on, and what goes to it as soon as it is done with that.
  var sent: [Sent] = []
  /// All files that are applied, in order.
  var applied: [MigrationScript] = []
}

extension SegmentPerformer {
  /// Whether the file is one transaction of which nothing has to be found out while it runs.
  ///
  /// Redshift has not been seen with several transactions in one message; late-binding views have to
  /// be translated again between statements.
  func fitsBatch() async throws(Diagnostic) -> Bool {
    guard database.history.dialect == .postgres, let steps = prepared?.steps, verification == nil,
      carried.isEmpty
    else { return false }
    let altered = AlteredRelations(
      text.statements,
      database.settings.defaultSchema,
      includesDrops: false
    )
    guard altered.isEmpty else { return false }
    return !(try await hasLateViews(wholeFile, steps))
  }

  /// Whether `fitsBatch` asks the database.
  var asksForLateViews: Bool {
    guard let steps = prepared?.steps else { return false }
    return knownLateViews(wholeFile, steps) == nil
  }

  /// The one transaction of a file whose steps are prepared.
  private var wholeFile: MigrationSegment {
    MigrationSegment(mode: .transaction, statements: text.statements, start: 0)
  }

  /// What is new in a message when the file is in it: its transaction, the row in the history
  /// included.
  fileprivate func append(to message: inout StatementMessage) {
    var performer = self
    performer.event.transactionMode = "file"
    performer.event.statementCount = text.statements.count
    message.bindsAtEnd = database.lateViews.areNone
    message.append("begin")
    message.append(MigrationHistory.withClock(fence))
    for setting in timeouts(isLocal: true) { message.append(setting) }
    for step in prepared?.steps ?? [] { message.append(step) }
    for statement in performer.records(wholeFile, isLast: true, hasClock: true) {
      message.append(statement)
    }
    message.append("commit")
  }
}

extension MigrationRun {
  /// Sends what has been put together, as soon as the server is done with what was sent before: that
  /// is looked at while it works on this.
  mutating func send(_ batches: inout MigrationBatches) async throws(Diagnostic) {
    guard !batches.open.isEmpty else { return }
    let batch = batches.open
    batches.open = MigrationBatch()
    while batches.sent.count > 1 { try await landFirst(of: &batches) }
    let run = self
    let before = batches.sent.last
    batches.sent.append(
      MigrationBatches.Sent(
        batch: batch,
        done: Task { () async -> Result<Int, Diagnostic> in
          // Nothing of it may run whose predecessor did not.
          if let before, !(await before.isWhole) { return .success(0) }
          // One file alone goes the long way.
          guard batch.items.count > 1 else { return .success(0) }
          do throws(Diagnostic) {
            return .success(try await run.reached(batch))
          } catch {
            return .failure(error)
          }
        }
      )
    )
  }

  /// Sends what has been put together, and waits until all of it is applied.
  mutating func finish(_ batches: inout MigrationBatches) async throws(Diagnostic) {
    try await send(&batches)
    while !batches.sent.isEmpty { try await landFirst(of: &batches) }
  }

  /// Waits for what was sent first, and does what was not reached the long way.
  private mutating func landFirst(
    of batches: inout MigrationBatches
  ) async throws(Diagnostic) {
    guard !batches.sent.isEmpty else { return }
    let sent = batches.sent.removeFirst()
    let done = try await withTaskCancellationHandler {
      await sent.done.value
    } onCancel: {
      sent.done.cancel()
    }.get()
    for (position, item) in sent.batch.items.enumerated() {
      var took: Int?
      if position < done {
        for note in item.performer.prepared?.notes ?? [] { observe(.note(note)) }
        migrator.settings.crashes.reach(.afterTransaction)
      } else {
        var performer = item.performer
        took = try await performer.perform(after: 0).milliseconds
      }
      batches.applied.append(item.script)
      observe(.applied(item.script, milliseconds: took))
    }
  }

  /// Sends a batch.
  ///
  /// - Parameter batch: at least two files.
  /// - Returns: how many of them are committed; the next one failed, or was not begun.
  /// - Throws: when the connection is lost, or nobody can tell.
  private func reached(_ batch: MigrationBatch) async throws(Diagnostic) -> Int {
    let database = migrator.database
    for _ in batch.items { migrator.settings.crashes.reach(.beforeTransaction) }
    let failure: StatementMessage.Failure
    do throws(StatementMessage.Failure) {
      try await batch.message.send(on: session, buffers: database.buffers)
      return batch.items.count
    } catch {
      failure = error
    }
    var error = Diagnostic.database(failure.error, at: failure.range)
    let isLost = error.code == "connection-lost"
    if isLost { await database.endSilentSession(session, &error) }
    let first = batch.items.first?.performer.sequence ?? 0
    // The rows tell; each file has one. In a task of its own, since nothing is sent from one that
    // was cancelled.
    let last = await Task { [session] () async -> Result<Int, Diagnostic> in
      do throws(Diagnostic) {
        guard isLost else {
          try await database.execute("rollback", session)
          return .success(try await database.lastSequence(session))
        }
        return .success(
          try await database.withSession { session throws(Diagnostic) in
            try await database.lastSequence(session)
          }
        )
      } catch {
        return .failure(error)
      }
    }.value
    guard isLost else {
      return min(max(try last.get() - first, 0), batch.items.count)
    }
    throw lost(batch, error, last: last, first: first)
  }

  /// The error of a connection that broke while a batch ran, with what became of it.
  private func lost(
    _ batch: MigrationBatch,
    _ error: Diagnostic,
    last: Result<Int, Diagnostic>,
    first: Int
  ) -> Diagnostic {
    var error = error
    error.notes.removeAll { $0.hasPrefix("whether the statement") }
    let paths = batch.items.map(\.script.path)
    let all =
      "\(paths.count) migrations were sent together, \(paths[0]) to \(paths[paths.count - 1])"
    switch last {
    case .success(let last):
      let done = min(max(last - first, 0), paths.count)
      // A session that lives may still commit.
      let isAlive = error.notes.contains { $0.hasPrefix(MigrationDatabase.liveSession) }
      guard done == paths.count || !isAlive else {
        error.notes.append(all)
        break
      }
      error.notes.append(
        done == 0
          ? "\(all): the history says that none was committed"
          : "\(all): the history says that they were committed up to \(paths[done - 1])"
      )
      error.help.append("`redstart migrate` goes on behind that")
    case .failure:
      error.notes.append("\(all): what was committed is not known; the next run looks")
    }
    return error
  }
}
