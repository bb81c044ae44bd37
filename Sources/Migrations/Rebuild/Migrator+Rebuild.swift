package import Diagnostics
import ProjectModel
package import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What a deep copy would do, statement by statement, in the server's own SQL.
  ///
  /// - Throws: `rebuild-no-table`, `rebuild-no-column`, `rebuild-identity` or `rebuild-refused`.
  package func rebuildStatements(
    of table: RelationName,
    layout: TableLayout
  ) async throws(Diagnostic) -> [String] {
    try await database.withSession { session throws(Diagnostic) in
      try await TableRebuild(of: full(table), layout: layout, database, session).statements
    }
  }

  /// Copies a table into a new one with another layout, which takes its place.
  ///
  /// One transaction: whenever it ends, there is the old table or the new one, whole.
  ///
  /// - Parameters:
  ///   - table: its name; without a schema, that of the target.
  ///   - layout: what is to change.
  ///   - observe: told what happens.
  /// - Returns: how many rows there are.
  /// - Throws: what stands in the way; the table is as it was.
  package func rebuild(
    _ table: RelationName,
    layout: TableLayout,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> Int {
    let name = full(table)
    return try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        return .success(try await rebuild(name, layout, session, fence))
      } catch {
        do throws(WarehouseError) {
          _ = try await session.execute("rollback")
        } catch let second {
          var error = error
          error.notes.append("the session ended as well: \(second.message)")
          return .failure(DiagnosticList([error]))
        }
        return .failure(DiagnosticList([error]))
      }
    }
  }

  private func full(_ table: RelationName) -> RelationName {
    RelationName(
      schema: table.schema ?? settings.defaultSchema,
      identifier: table.identifier
    )
  }

  private func rebuild(
    _ name: RelationName,
    _ layout: TableLayout,
    _ session: any WarehouseSession,
    _ fence: String
  ) async throws(Diagnostic) -> Int {
    let standing = try await states(session)
    let isPostgres = database.warehouse.dialect == .postgres
    settings.crashes.reach(.beforeTransaction)
    let started = settings.now()
    let clock = ContinuousClock()
    let start = clock.now
    // What is locked cannot change between reading and copying.
    let first = TableRebuild(
      dialect: database.warehouse.dialect,
      name: name,
      definition: TableDefinition(),
      layout: layout
    )
    try await database.execute("begin", session)
    try await database.execute(fence, session)
    do throws(Diagnostic) {
      for statement in first.locking { try await database.execute(statement, session) }
    } catch {
      guard ["unknown-relation", "undefined-table"].contains(error.code) else { throw error }
      throw .rebuildNoTable(name)
    }
    if isPostgres {
      try await database.execute(PostgresShims.releaseLateViews(name.sql), session)
    }
    let rebuild = try await TableRebuild(of: name, layout: layout, database, session)
    for statement in rebuild.copying { try await database.execute(statement, session) }
    settings.crashes.reach(.afterCopy)
    let rows = try await database.execute(rebuild.comparison, session).rows
    guard rows.count == 2, rows[0] == rows[1] else {
      throw .rebuildDiffers(name, rows.map { $0.map { $0 ?? "null" }.joined(separator: ", ") })
    }
    for statement in rebuild.swapping { try await database.execute(statement, session) }
    if isPostgres {
      try await renameIndexes(of: rebuild, session)
      try await renameSequences(of: rebuild, session)
      try await database.execute(PostgresShims.bindLateViews, session)
    }
    settings.crashes.reach(.afterSwap)
    let count = rows[0].first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    var event = HistoryEvent()
    event.sequence = try await database.lastSequence(session) + 1
    event.runID = settings.runID
    event.name = name.description
    event.kind = .rebuild
    event.startedAt = started
    event.milliseconds = start.duration(to: clock.now).milliseconds
    event.note = "\(layout.summary); \(count) rows"
    event.previousChecksum = standing.log.lastChecksum
    let body = Array(rebuild.statements.joined(separator: ";\n").utf8)
    event.sourceChecksum = Checksum.sha256(body)
    event.normalizedChecksum = MigrationChecksum.normalized(body)
    event.renderedChecksum = event.sourceChecksum
    event.statementCount = rebuild.statements.count
    event.statementsDone = event.statementCount
    var record = [
      database.history.insertion(of: event, project: settings.project, origin: settings.origin)
    ]
    record += database.history.insertions(ofBody: body, checksum: event.normalizedChecksum)
    record.append("commit")
    try await database.execute(record.joined(separator: ";\n"), session)
    settings.crashes.reach(.afterTransaction)
    return count
  }

  /// Sequences behind identities get the names of those that went with the old table.
  private func renameSequences(
    of rebuild: TableRebuild,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let table = SQLQuoting.literal(rebuild.name.sql, for: .postgres)
    for (name, column, type) in rebuild.extras.identities {
      let literal = SQLQuoting.literal(column, for: .postgres)
      let found = try await database.execute(
        "select pg_get_serial_sequence(\(table), \(literal))",
        session
      )
      guard let made = found.rows.first?.first.flatMap({ $0 }) else { continue }
      // LIKE makes all of them of one type.
      try await database.execute("alter sequence \(made) as \(type)", session)
      try await database.execute(
        "alter sequence \(made) rename to \(SQLQuoting.identifier(name))",
        session
      )
    }
  }

  /// Copies of indexes get the names of what they were copied from.
  private func renameIndexes(
    of rebuild: TableRebuild,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    guard !rebuild.extras.indexes.isEmpty else { return }
    let literal = SQLQuoting.literal(rebuild.name.sql, for: .postgres)
    let found = try await database.execute(
      """
      select c.relname from pg_catalog.pg_index i join pg_catalog.pg_class c \
      on c.oid = i.indexrelid where i.indrelid = \(literal)::regclass order by i.indexrelid
      """,
      session
    )
    let made = found.rows.compactMap { $0.first.flatMap { $0 } }
    guard made.count == rebuild.extras.indexes.count else {
      throw .rebuildRefused(rebuild.name, ["indexes that were not copied"])
    }
    for (new, old) in zip(made, rebuild.extras.indexes) where new != old {
      let index = RelationName(schema: rebuild.name.schema, identifier: new)
      try await database.execute(
        "alter index \(index.sql) rename to \(SQLQuoting.identifier(old))",
        session
      )
    }
  }
}
