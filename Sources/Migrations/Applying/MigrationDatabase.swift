import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// The database of one migrator: sessions, the lock and the history in it.
struct MigrationDatabase: Sendable {
  let warehouse: any Warehouse
  let history: MigrationHistory
  let settings: MigrationSettings
  let buffers: Buffers
  let loader: (any CopySupport)?
  let lateViews = LateViewKnowledge()

  init(
    warehouse: any Warehouse,
    settings: MigrationSettings,
    buffers: Buffers,
    loader: (any CopySupport)?
  ) {
    self.warehouse = warehouse
    self.settings = settings
    self.buffers = buffers
    self.loader = loader
    history = MigrationHistory(schema: settings.metadataSchema, dialect: warehouse.dialect)
  }

  // MARK: Sessions and statements

  func connect() async throws(Diagnostic) -> any WarehouseSession {
    do throws(WarehouseError) {
      let session = try await warehouse.connect()
      settings.crashes.reach(.connected)
      return session
    } catch {
      throw settings.connectionProblem(error)
    }
  }

  /// Runs `body`, which leaves nothing behind in its session, so that the next one may have it.
  func withSession<Result: Sendable>(
    _ body: @Sendable (any WarehouseSession) async throws(Diagnostic) -> Result
  ) async throws(Diagnostic) -> Result {
    let session = try await connect()
    do throws(Diagnostic) {
      let result = try await body(session)
      await warehouse.giveBack(session)
      return result
    } catch {
      await session.close()
      throw error
    }
  }

  /// Sends a statement that means the same to both kinds of server.
  @discardableResult
  func execute(
    _ sql: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> StatementResult {
    do throws(WarehouseError) {
      return try await session.execute(sql)
    } catch {
      throw .database(error, at: nil)
    }
  }

  /// Runs a statement of redstart's own that is written in Redshift's SQL.
  func runOwn(_ sql: String, _ session: any WarehouseSession) async throws(Diagnostic) {
    let buffer = buffers.add(name: "<redstart metadata>", text: sql)
    _ = try await runner(session).run(buffer)
  }

  func runner(
    _ session: any WarehouseSession,
    report: (@Sendable (Diagnostic) -> Void)? = nil
  ) -> StatementRunner {
    StatementRunner(
      session: session,
      dialect: warehouse.dialect,
      buffers: buffers,
      loader: loader,
      log: nil,
      report: report
    )
  }

  // MARK: The history

  /// What the database remembers; empty when it has no history yet.
  ///
  /// - Parameters:
  ///   - session: where to ask.
  ///   - isWhole: whether errors, notes and commits are wanted as well.
  /// - Returns: the log of this project.
  /// - Throws: `history-newer`, or an error of the database.
  func log(
    _ session: any WarehouseSession,
    isWhole: Bool = false
  ) async throws(Diagnostic) -> MigrationLog {
    if !isWhole, let log = try await presentLog(session) { return log }
    let present = try await tables(session)
    guard present.contains("migration_event") else { return MigrationLog() }
    guard !isWhole else {
      _ = try await layout(present, session)
      let result = try await execute(history.eventsQuery(project: settings.project), session)
      return MigrationLog(result.rows.compactMap(MigrationHistory.event))
    }
    let query = history.stateQuery(
      project: settings.project,
      hasLayout: present.contains("migration_meta")
    )
    return try read(try await execute(query, session))
  }

  /// The log, asked for without a look whether it is there; nil when it is not, or incomplete.
  private func presentLog(
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> MigrationLog? {
    let query = history.stateQuery(project: settings.project, hasLayout: true)
    let result: StatementResult
    do throws(WarehouseError) {
      result = try await session.execute(query)
    } catch {
      // No such table, or no such schema.
      if error.sqlState == "42P01" || error.sqlState == "3F000" { return nil }
      throw .database(error, at: nil)
    }
    return try read(result)
  }

  private func read(_ state: StatementResult) throws(Diagnostic) -> MigrationLog {
    try check(layout: MigrationHistory.layoutTold(by: state))
    return MigrationLog(state.rows.compactMap(MigrationHistory.event))
  }

  private func check(layout: Int?) throws(Diagnostic) {
    guard let layout, layout > MigrationHistory.layout else { return }
    throw .historyIsNewer(layout, known: MigrationHistory.layout)
  }

  func tables(_ session: any WarehouseSession) async throws(Diagnostic) -> Set<String> {
    let found = try await execute(history.existenceQuery, session)
    return Set(found.rows.compactMap { $0.first.flatMap { $0 } })
  }

  /// The layout of the tables that are there; nil for that of the first version.
  private func layout(
    _ present: Set<String>,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> Int? {
    guard present.contains("migration_meta") else { return nil }
    let result = try await execute(history.layoutQuery, session)
    let layout = result.rows.first?.first.flatMap { $0 }.flatMap { Int($0) }
    try check(layout: layout)
    return layout
  }

  /// Makes what is missing of the history; called under the lock.
  func prepareHistory(_ session: any WarehouseSession) async throws(Diagnostic) {
    let present = try await tables(session)
    let layout = try await layout(present, session)
    let upgrades = history.upgrades(present: present, layout: layout)
    guard !upgrades.isEmpty else { return }
    if present.isEmpty { try await runOwn(history.schemaCreation, session) }
    // In one transaction, so that a run that dies leaves the layout as it was.
    var message = StatementMessage()
    message.append("begin")
    var columns = FollowedColumns()
    for statement in upgrades {
      let buffer = buffers.add(name: "<redstart metadata>", text: statement)
      let parsed = SQLParser.parse(buffer, in: buffers)
      let runner = runner(session)
      for step in try runner.prepareAlone(parsed.statements, following: &columns) {
        message.append(step)
      }
    }
    message.append("commit")
    do throws(StatementMessage.Failure) {
      try await message.send(on: session, buffers: buffers)
    } catch {
      let problem = Diagnostic.database(error.error, at: error.range)
      if problem.code != "connection-lost" { try await execute("rollback", session) }
      throw problem
    }
  }

  func lastSequence(_ session: any WarehouseSession) async throws(Diagnostic) -> Int {
    let result = try await execute(history.lastSequenceQuery, session)
    return result.rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
  }

  /// The text that was applied under a checksum; nil where it was not kept.
  func body(
    _ checksum: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> String? {
    let result = try await execute(history.bodyQuery(checksum: checksum), session)
    var parts: [Int: String] = [:]
    for row in result.rows where row.count == 2 {
      if let part = row[0].flatMap({ Int($0) }) { parts[part] = row[1] ?? "" }
    }
    guard !parts.isEmpty else { return nil }
    return parts.sorted { $0.key < $1.key }.map(\.value).joined()
  }
}
