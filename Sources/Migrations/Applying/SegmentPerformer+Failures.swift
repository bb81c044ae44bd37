import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension SegmentPerformer {
  /// Tries a transaction again as a whole when the server ended it for the sake of another one, and,
  /// if that is wanted, when it waited for a lock in vain.
  ///
  /// Between such tries nobody waits behind it: those who only read go on.
  mutating func retrying(
    _ transaction: (inout SegmentPerformer) async throws(Diagnostic) -> Void
  ) async throws(Diagnostic) {
    var conflicts = 0
    var waits = 0
    while true {
      do throws(Diagnostic) {
        return try await transaction(&self)
      } catch {
        let again: Set<String> = ["serialization-conflict", "deadlock"]
        if again.contains(error.code), conflicts + 1 < database.settings.tries {
          conflicts += 1
          try await database.execute("rollback", session)
          observe(.retrying(error, attempt: conflicts))
          try await pause(50, factor: 4, conflicts, longest: 5000)
        } else if wasWaiting(error), waits < lockRetries {
          waits += 1
          try await waitForLock(error, waits)
        } else {
          throw error
        }
      }
    }
  }

  /// Rolls back, says who is in the way, and gives them time.
  mutating func waitForLock(_ error: Diagnostic, _ attempt: Int) async throws(Diagnostic) {
    var error = error
    try await database.execute("rollback", session)
    await database.nameHolders(
      of: TouchedObjects(text.statements, defaultSchema: database.settings.defaultSchema),
      in: &error,
      session
    )
    observe(.retrying(error, attempt: attempt))
    try await pause(max(lockTimeout ?? 0, 100), factor: 2, attempt, longest: 30_000)
  }

  /// Whether a statement failed for want of a lock; Redshift, which has one limit for all, says only
  /// that it took too long.
  func wasWaiting(_ error: Diagnostic) -> Bool {
    if error.code == "lock-not-available" { return true }
    return database.history.dialect == .redshift && error.sqlState == "57014"
      && directives.statementTimeout == nil && lockTimeout != nil && !Task.isCancelled
  }

  private func pause(
    _ first: Int,
    factor: Int,
    _ attempt: Int,
    longest: Int
  ) async throws(Diagnostic) {
    var pause = first
    for _ in 1..<max(attempt, 1) where pause < longest { pause *= factor }
    pause = min(pause, longest)
    do {
      try await Task.sleep(for: .milliseconds(Int.random(in: pause / 2...pause)))
    } catch {
      throw .migrationsInterrupted()
    }
  }

  /// Finds out what became of a transaction whose end was not heard.
  func settled(
    _ error: Diagnostic,
    _ segment: MigrationSegment,
    isLast: Bool
  ) async -> Diagnostic {
    guard error.code == "connection-lost" else { return error }
    var error = error
    await database.endSilentSession(session, &error)
    var wanted = event
    wanted.step = isLast ? event.step : .progress
    wanted.statementsDone = segment.end
    let row = wanted
    let database = database
    // In a task of its own, since nothing is sent from one that was cancelled.
    let outcome = await Task { () async -> Result<Bool, Diagnostic> in
      do throws(Diagnostic) {
        return .success(
          try await database.withSession { session throws(Diagnostic) in
            let found = try await database.execute(
              database.history.outcomeQuery(of: row, project: database.settings.project),
              session
            )
            return found.rows.first?.first != "0"
          }
        )
      } catch {
        return .failure(error)
      }
    }.value
    error.notes.removeAll { $0.hasPrefix("whether the statement") }
    switch outcome {
    case .success(true):
      error.notes.append("the history says that it was committed before the connection broke")
      error.help.append("`redstart migrate` goes on behind it")
    case .success(false):
      // A session that lives may still commit.
      guard error.notes.contains(where: { $0.hasPrefix(MigrationDatabase.liveSession) }) else {
        error.notes.append("the history says that it was not committed")
        break
      }
    case .failure:
      error.notes.append("whether it was committed is not known; the next run looks")
    }
    return error
  }

  /// Rolls back, and notes the failure in the history in a transaction of its own.
  ///
  /// A failed attempt never blocks the next one; the row is there for people.
  func recorded(_ error: Diagnostic, done: Int) async -> Diagnostic {
    var error = error
    await database.nameHolders(
      of: TouchedObjects(text.statements, defaultSchema: database.settings.defaultSchema),
      in: &error,
      session
    )
    explainModels(&error)
    var failure = event
    failure.step = .fail
    failure.schemaAfter = nil
    failure.sequence = sequence + 1
    failure.statementsDone = done
    failure.milliseconds = 0
    if done > 0 {
      failure.prefixChecksum = MigrationChecksum.prefix(done, of: text, in: database.buffers)
    }
    let buffers = database.buffers
    failure.failure = HistoryEvent.Failure(
      sqlState: error.sqlState,
      message: database.settings.redact(error.message),
      line: error.primary.map { buffers.position(of: buffers.origin(of: $0.range).range).line }
    )
    let isLost = error.code == "connection-lost" || isUntold
    let isSegmented = event.transactionMode != "file"
    // What is known to have failed is told to the log; what is not known stays begun.
    if !isLost {
      do throws(Diagnostic) {
        try await write(failure)
      } catch let second {
        error.notes.append("the failure could not be recorded: \(second.message)")
      }
    }
    if !isSegmented {
      if !error.notes.contains(where: { $0.contains("committed") }) {
        error.notes.append("the migration was rolled back; nothing of it remains")
      }
    } else if done > 0 {
      error.notes.append("statements 1 to \(done) of this file are done and stay")
      error.help.append(
        done < text.statements.count
          ? "mend the statement: `redstart migrate` goes on with it"
          : "mend what the verify script finds: `redstart migrate` runs it again"
      )
      if done == text.statements.count, event.kind != .undo, hasUndo {
        error.help.append("or take it back: `redstart migrate undo \(event.version)`")
      }
    }
    return error
  }

  /// Says where a relation comes from that is not there and that a model makes.
  private func explainModels(_ error: inout Diagnostic) {
    guard error.code == "unknown-relation" else { return }
    let read = TouchedObjects(text.statements, defaultSchema: database.settings.defaultSchema).read
    // The server names the one that it misses, in whatever words.
    let made = read.intersection(database.settings.builtRelations()).filter { key in
      key.split(separator: ".").last.map { error.message.lowercased().contains($0) } ?? false
    }
    guard let first = made.sorted().first else { return }
    error.notes.append(
      "\(first) is made by a model, seed or snapshot, and migrations run before those"
    )
    error.help.append(
      "make what reads \(first) a model as well; or, for a view, write WITH NO SCHEMA BINDING, "
        + "which reads what is there when it is asked"
    )
  }

  private func write(_ failure: HistoryEvent) async throws(Diagnostic) {
    let (database, session) = (database, session)
    let insertion = database.history.insertion(
      of: failure,
      project: database.settings.project,
      origin: database.settings.origin
    )
    let statement =
      restoration.statements.isEmpty
      ? insertion
      : (["begin", fence] + restoration.statements + [insertion, "commit"])
        .joined(separator: ";\n")
    let outcome = await Task { () async -> Result<Void, Diagnostic> in
      do throws(Diagnostic) {
        try await database.execute("rollback", session)
        database.settings.crashes.reach(.afterFailure)
        try await database.execute(statement, session)
        return .success(())
      } catch {
        return .failure(error)
      }
    }.value
    try outcome.get()
  }
}

extension Diagnostic {
  /// The server's code, as a diagnostic of a database notes it.
  var sqlState: String? {
    notes.first { $0.hasPrefix("SQLSTATE ") }.map { String($0.dropFirst(9)) }
  }
}
