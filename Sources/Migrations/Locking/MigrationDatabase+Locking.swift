import Diagnostics
import RedshiftSQL
import WarehouseClient

extension MigrationDatabase {
  var lock: any MigrationLock {
    let origin = settings.origin
    switch settings.locking ?? (warehouse.dialect == .postgres ? .session : .lease) {
    case .session:
      return AdvisoryLock(
        schema: history.schema,
        applicationName: LockHolder.applicationName(
          origin,
          process: settings.processIdentifier,
          since: settings.now()
        )
      )
    case .lease:
      return LeaseLock(
        history: history,
        token: settings.runID,
        holder: "\(origin.userName)@\(origin.hostName), process \(settings.processIdentifier)",
        now: settings.now
      )
    }
  }

  /// Runs `body` as the only one who changes the history.
  ///
  /// The history's tables are there and up to date when `body` begins; its session holds the lock.
  func locked<Value: Sendable>(
    waiting: @Sendable (LockHolder) -> Void,
    _ body: (any WarehouseSession, _ fence: String) async -> Result<Value, DiagnosticList>
  ) async throws(DiagnosticList) -> Value {
    let session: any WarehouseSession
    let fence: String
    let lock = lock
    do throws(Diagnostic) {
      (session, fence) = try await begin(lock, waiting)
    } catch {
      throw DiagnosticList([error])
    }
    let outcome = await session.nearby { await body(session, fence) }
    settings.crashes.reach(.beforeRelease)
    if case .failure(let list) = outcome, var lost = list.diagnostics.first {
      await endSilentSession(session, &lost)
    }
    do throws(WarehouseError) {
      try await lock.release(session)
    } catch {
      // A session that cannot say so gives the lock back by its end.
      await session.close()
      return try outcome.get()
    }
    await session.close()
    return try outcome.get()
  }

  private func begin(
    _ lock: any MigrationLock,
    _ waiting: @Sendable (LockHolder) -> Void
  ) async throws(Diagnostic) -> (any WarehouseSession, fence: String) {
    let session = try await connect()
    do throws(Diagnostic) {
      if lock is LeaseLock { try await prepareLease(session) }
      let fence = try await acquire(lock, session, waiting)
      settings.crashes.reach(.locked)
      try await prepareHistory(session)
      settings.crashes.reach(.prepared)
      return (session, fence)
    } catch {
      var error = error
      await endSilentSession(session, &error)
      await session.close()
      throw error
    }
  }

  private func acquire(
    _ lock: any MigrationLock,
    _ session: any WarehouseSession,
    _ waiting: @Sendable (LockHolder) -> Void
  ) async throws(Diagnostic) -> String {
    let clock = ContinuousClock()
    let start = clock.now
    var shown: LockHolder?
    var pause = Duration.milliseconds(50)
    while true {
      let holder: LockHolder
      switch try await attempt(lock, session) {
      case .held(let fence): return fence
      case .taken(let other): holder = other
      }
      if shown != holder {
        waiting(holder)
        shown = holder
      }
      if let limit = settings.lockWait, start.duration(to: clock.now) + pause > limit {
        throw .migrationsLocked(holder, waited: limit)
      }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw .migrationsInterrupted()
      }
      pause = min(pause * 2, .milliseconds(500))
    }
  }

  private func attempt(
    _ lock: any MigrationLock,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> LockAttempt {
    do throws(WarehouseError) {
      return try await lock.attempt(session)
    } catch {
      if error.sqlState == AdvisoryLock.pooledState { throw .connectionIsPooled() }
      // Two who take the lease at the same moment: one of them is told to try again.
      if error.isConflict {
        return .taken(LockHolder(description: "another session", since: nil, backend: nil))
      }
      throw .database(error, at: nil)
    }
  }

  /// Makes the table of leases, which many may try at once.
  private func prepareLease(_ session: any WarehouseSession) async throws(Diagnostic) {
    var problem: Diagnostic?
    for _ in 0..<20 {
      if try await tables(session).contains("migration_lease") { return }
      do throws(Diagnostic) {
        try await runOwn(history.schemaCreation, session)
        try await runOwn(history.leaseCreation, session)
        return
      } catch {
        // Somebody else made it at the same moment, or it cannot be made: the next look tells.
        problem = error
      }
    }
    if let problem { throw problem }
  }
}

extension WarehouseError {
  /// Whether the server gave up this transaction for the sake of another one, so that the same may
  /// work when it is tried again.
  var isConflict: Bool {
    guard kind == .statement else { return false }
    if sqlState == "40001" || sqlState == "40P01" { return true }
    // Redshift says XX000 and tells the rest in words.
    let texts = [message, detail ?? ""]
    return ["Serializable isolation violation", "conflict with concurrent transaction"]
      .contains { phrase in texts.contains { $0.contains(phrase) } }
  }
}
