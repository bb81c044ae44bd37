package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL
package import WarehouseClient

/// What happens while migrations are applied.
package enum MigrationEvent: Sendable {
  case waitingForLock
  case applying(MigrationScript, index: Int, total: Int)
  case applied(MigrationScript, milliseconds: Int)
  /// Something in a statement means nothing to this server, and was left out.
  case note(Diagnostic)
}

/// Applies a project's migrations to a database, each exactly once.
///
/// Every migration runs in one transaction together with the row that says it is done, so the
/// history is true whenever the process or the server stops. A lock that lives as long as its
/// connection keeps other runs out, also while the history itself is created.
package struct Migrator: Sendable {
  private let scripts: [MigrationScript]
  private let project: String
  private let runID: String
  private let warehouse: any Warehouse
  private let buffers: Buffers
  private let loader: (any CopyLoading)?
  private let history: MigrationHistory
  private let origin: Origin
  /// What to say when no session can be opened.
  private let connectionProblem: @Sendable (WarehouseError) -> Diagnostic
  /// UTC now, as `2026-11-24 03:38:00.000000`.
  private let now: @Sendable () -> String

  package init(
    scripts: [MigrationScript],
    project: String,
    runID: String,
    metadataSchema: String,
    warehouse: any Warehouse,
    loader: (any CopyLoading)?,
    buffers: Buffers,
    origin: Origin,
    connectionProblem: @escaping @Sendable (WarehouseError) -> Diagnostic,
    now: @escaping @Sendable () -> String
  ) {
    self.connectionProblem = connectionProblem
    self.scripts = scripts
    self.project = project
    self.runID = runID
    self.warehouse = warehouse
    self.loader = loader
    self.buffers = buffers
    self.origin = origin
    self.now = now
    history = MigrationHistory(schema: metadataSchema, dialect: warehouse.dialect)
  }

  /// Problems that are visible without a database.
  package var offlineProblems: [Diagnostic] {
    var problems: [Diagnostic] = []
    for script in scripts {
      if script.statements.isEmpty { problems.append(.emptyMigration(script)) }
      for statement in script.statements {
        switch statement.transactionBehaviour {
        case .transactional: break
        case .outside: problems.append(.notTransactional(false, at: statement.range))
        case .control: problems.append(.transactionControl(statement.noun, at: statement.range))
        case .commits: problems.append(.notTransactional(true, at: statement.range))
        }
      }
    }
    return problems
  }

  /// Every migration, known from files or from the database, with its state.
  ///
  /// - Returns: states in the order of versions; all pending when there is no history yet.
  /// - Throws: errors of the database.
  package func status() async throws(Diagnostic) -> [MigrationState] {
    let session = try await connect()
    do throws(Diagnostic) {
      let states = try await states(session)
      await session.close()
      return states
    } catch {
      await session.close()
      throw error
    }
  }

  /// What forbids applying: changed, missing and out-of-order migrations.
  package static func problems(of states: [MigrationState]) -> [Diagnostic] {
    states.compactMap { state in
      switch state.kind {
      case .pending, .applied: nil
      case .changed: .migrationChanged(state)
      case .missing: .migrationMissing(state)
      case .outOfOrder: .migrationOutOfOrder(state)
      }
    }
  }

  /// Applies what is pending, in order.
  ///
  /// - Returns: the migrations applied now.
  /// - Throws: problems that forbid applying (nothing was done then), or the error of the first
  ///   migration that failed (those before it stay applied, it left nothing behind).
  package func migrate(
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> [MigrationScript] {
    let offline = offlineProblems
    if offline.contains(where: \.isError) { throw DiagnosticList(offline) }
    let result: Result<[MigrationScript], DiagnosticList>
    do throws(Diagnostic) {
      let lock = try await connect()
      let session: any WarehouseSession
      do throws(Diagnostic) {
        session = try await connect()
      } catch {
        await lock.close()
        throw error
      }
      result = await locked(lock, session, observe)
      await session.close()
      await lock.close()
    } catch {
      throw DiagnosticList([error])
    }
    return try result.get()
  }

  // MARK: The run

  private func locked(
    _ lock: any WarehouseSession,
    _ session: any WarehouseSession,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async -> Result<[MigrationScript], DiagnosticList> {
    do throws(Diagnostic) {
      try await acquire(lock, session, observe)
      let states = try await states(session)
      let problems = Self.problems(of: states)
      guard problems.isEmpty else { return .failure(DiagnosticList(problems)) }
      let pending = states.compactMap { $0.kind == .pending ? $0.script : nil }
      for (index, script) in pending.enumerated() {
        observe(.applying(script, index: index, total: pending.count))
        let milliseconds = try await apply(script, session, observe)
        observe(.applied(script, milliseconds: milliseconds))
      }
      return .success(pending)
    } catch {
      return .failure(DiagnosticList([error]))
    }
  }

  /// Takes the lock, and makes sure that the history exists.
  private func acquire(
    _ lock: any WarehouseSession,
    _ session: any WarehouseSession,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(Diagnostic) {
    switch history.dialect {
    case .postgres:
      // One lock for a metadata schema, whatever the project: it guards its creation as well.
      let key =
        "('x' || substr(md5('redstart:' || '\(Checksum.md5(Array(history.schema.utf8)))'), 1, 16))::bit(64)::bigint"
      let tried = try await execute("select pg_try_advisory_lock(\(key))", lock)
      if tried.rows.first?.first != "t" {
        observe(.waitingForLock)
        _ = try await execute("select pg_advisory_lock(\(key))", lock)
      }
      try await createHistory(session)
    case .redshift:
      // Redshift has no advisory locks; LOCK must be the first statement of its transaction.
      try await createHistory(session)
      _ = try await execute("begin", lock)
      observe(.waitingForLock)
      _ = try await execute("lock \(history.lockTable)", lock)
    }
  }

  private func createHistory(_ session: any WarehouseSession) async throws(Diagnostic) {
    let existing = try await execute(history.existenceQuery, session)
    guard existing.rows.first?.first != "3" else { return }
    for statement in history.creation { try await runOwn(statement, session) }
  }

  private func states(_ session: any WarehouseSession) async throws(Diagnostic) -> [MigrationState]
  {
    let existing = try await execute(history.existenceQuery, session)
    var applied: [AppliedMigration] = []
    if existing.rows.first?.first == "3" {
      let result = try await execute(history.appliedQuery(project: project), session)
      applied = result.rows.map { row in
        func text(_ index: Int) -> String { row.indices.contains(index) ? row[index] ?? "" : "" }
        return AppliedMigration(
          version: text(1),
          name: text(2),
          path: text(3),
          sourceChecksum: text(4),
          normalizedChecksum: text(5),
          appliedAt: text(6),
          milliseconds: Int(text(7)) ?? 0,
          appliedBy: "\(text(9))@\(text(10)) (database user \(text(8)))"
        )
      }
    }
    return MigrationComparison.states(scripts: scripts, applied: applied) {
      MigrationComparison.normalizedChecksum(buffers.bytes(of: $0.source))
    }
  }

  /// Runs one migration with its history row in one transaction; returns milliseconds.
  private func apply(
    _ script: MigrationScript,
    _ session: any WarehouseSession,
    _ observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(Diagnostic) -> Int {
    let runner = StatementRunner(
      session: session,
      dialect: warehouse.dialect,
      buffers: buffers,
      loader: loader,
      log: nil,
      report: { observe(.note($0)) }
    )
    let clock = ContinuousClock()
    let start = clock.now
    var event = event(for: script)
    do throws(Diagnostic) {
      _ = try await execute("begin", session)
      _ = try await runner.run(script.sql)
      let next = try await execute(history.nextSequenceQuery, session)
      event.sequence = next.rows.first?.first.flatMap { $0 }.flatMap(Int.init) ?? 1
      event.milliseconds = start.duration(to: clock.now).milliseconds
      _ = try await execute(
        history.insertion(of: event, origin: origin, endedAt: now()),
        session
      )
      let body = buffers.bytes(of: script.source)
      for statement in history.insertions(ofBody: body, checksum: event.normalizedChecksum) {
        _ = try await execute(statement, session)
      }
      _ = try await execute("commit", session)
    } catch {
      throw await recorded(error, of: event, session)
    }
    return event.milliseconds
  }

  private func event(for script: MigrationScript) -> MigrationHistory.Event {
    let source = buffers.bytes(of: script.source)
    return MigrationHistory.Event(
      sequence: 0,
      runID: runID,
      project: project,
      version: script.version,
      name: script.name,
      kind: .done,
      path: script.path,
      sourceChecksum: Checksum.sha256(source),
      normalizedChecksum: MigrationComparison.normalizedChecksum(source),
      renderedChecksum: Checksum.sha256(buffers.bytes(of: script.sql)),
      statementCount: script.statements.count,
      startedAt: now(),
      milliseconds: 0,
      failure: nil
    )
  }

  /// Rolls back, and notes the failure in the history in a transaction of its own.
  ///
  /// A failed attempt never blocks the next one; the row is there for people.
  private func recorded(
    _ error: Diagnostic,
    of event: MigrationHistory.Event,
    _ session: any WarehouseSession
  ) async -> Diagnostic {
    var error = error
    var event = event
    event.kind = .fail
    event.failure = MigrationHistory.WarehouseFailure(
      message: error.message,
      line: error.primary.map { buffers.position(of: buffers.origin(of: $0.range).range).line }
    )
    do throws(Diagnostic) {
      _ = try await execute("rollback", session)
      let next = try await execute(history.nextSequenceQuery, session)
      event.sequence = next.rows.first?.first.flatMap { $0 }.flatMap(Int.init) ?? 1
      _ = try await execute(
        history.insertion(of: event, origin: origin, endedAt: now()),
        session
      )
      error.notes.append("the migration was rolled back; nothing of it remains")
    } catch let second {
      error.notes.append("the failure could not be recorded: \(second.message)")
    }
    return error
  }

  // MARK: Statements of redstart's own

  private func connect() async throws(Diagnostic) -> any WarehouseSession {
    do throws(WarehouseError) {
      return try await warehouse.connect()
    } catch {
      throw connectionProblem(error)
    }
  }

  /// Sends a statement that means the same to both kinds of server.
  private func execute(
    _ sql: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> StatementResult {
    do throws(WarehouseError) {
      return try await session.execute(sql)
    } catch {
      throw .database(error, at: nil)
    }
  }

  /// Runs a statement written in Redshift's SQL.
  private func runOwn(
    _ sql: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let buffer = buffers.add(name: "<redstart metadata>", text: sql)
    let runner = StatementRunner(
      session: session,
      dialect: warehouse.dialect,
      buffers: buffers,
      loader: nil,
      log: nil
    )
    _ = try await runner.run(buffer)
  }
}

extension Duration {
  fileprivate var milliseconds: Int {
    let parts = components
    return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
  }
}
