import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Adds the changes of a query's rows to the table that keeps their history.
///
/// What is to be done is worked out beside the table, and done in one transaction that begins with
/// a lock and does nothing when another run came first. The table is never replaced, whatever the
/// command line says: it is the only copy of what it holds.
struct SnapshotMaterialization {
  let run: NodeRun
  let definition: SnapshotDefinition
  private let sql: SnapshotSQL

  /// How often changes are worked out anew because another run came first.
  private static let attempts = 4

  init(run: NodeRun, definition: SnapshotDefinition) {
    self.run = run
    self.definition = definition
    sql = SnapshotSQL(
      definition: definition,
      target: run.relation,
      source: run.shadow(.temporary),
      changes: run.shadow(.changes)
    )
  }

  func build() async throws(Diagnostic) -> Built {
    switch run.existing {
    case .table?: return try await addChanges()
    case let kind?: throw .snapshotTargetKind(run.relation, kind, run.compiled.node)
    case nil:
      if run.compiled.isMigrated {
        throw .notMigratedYet(run.relation, found: nil, node: run.compiled.node)
      }
      return try await begin()
    }
  }

  // MARK: The first run

  private func begin() async throws(Diagnostic) -> Built {
    guard let firstVersion = run.compiled.firstVersion else {
      throw .notCompiled(run.compiled.node)
    }
    let attributes = try TableAttributes(of: run)
    let header = try run.header()
    let purpose = "making \(run.relation.description)"
    try await run.begin(to: purpose)
    let result = try await run.session.run(
      """
      \(header)create table \(run.relation)\(attributes.sql)
      as (
      \(QueryText(firstVersion, in: run.buffers))
      )
      """
    )
    try await checkKeys(of: run.relation)
    try await run.end(to: purpose)
    run.stands(.table)
    return Built(message: result.tag, rows: result.rowCount)
  }

  // MARK: Later runs

  private func addChanges() async throws(Diagnostic) -> Built {
    // Behind hooks there is no way back but all of it, so that nobody may come in between.
    if run.transaction.isOpen {
      try await run.session.send(lock, to: "locking \(run.relation.description)")
    }
    let stored = try await RelationColumns.read(run.relation, run.session)
    try requireSnapshotTable(stored)
    run.scratch.add(sql.source, .table)
    let header = try run.header()
    try await run.session.run(
      "\(header)create temporary table \(sql.source) as (\n\(run.query)\n)"
    )
    let columns = try await RelationColumns.readTemporary(sql.source, run.session).columns
    try requireFreeNames(columns)
    try await checkKeys(of: sql.source)
    try await tellOfRowsWithoutTime()
    let repeated = try await run.session.run(sql.repeatedKeys(in: run.relation, onlyCurrent: true))
    guard repeated.rows.isEmpty else {
      throw .snapshotRepeatedVersions(
        definition.settings,
        repeated.rows,
        run.relation,
        run.compiled.node
      )
    }
    let names = Set(stored.names)
    let checked = try checkedColumns(columns.map(\.name), names)
    run.scratch.add(sql.changes, .table)
    for _ in 0..<Self.attempts {
      let standing = try await run.session.run(sql.standing).rows
      try await run.session.run(
        sql.stage(columns: columns.map(\.name), stored: names, checked: checked)
      )
      let endless = try await run.session.send(sql.endless, to: "looking at the changes").rows
      if let count = endless.first?.first ?? nil, count != "0" {
        throw .snapshotWithoutTime(definition, count: count, run.compiled.node)
      }
      if let built = try await write(stored, ifStill: standing) { return built }
    }
    throw .snapshotBusy(run.relation, run.compiled.node)
  }

  /// Writes what was staged; nil, and nothing is written, when the table is not as it was.
  private func write(
    _ stored: RelationColumns,
    ifStill standing: [[String?]]
  ) async throws(Diagnostic) -> Built? {
    let purpose = "adding versions to \(run.relation.description)"
    let staged = try await RelationColumns.readTemporary(sql.changes, run.session)
    let written = sql.written(staged.columns)
    try await ColumnWidening(run: run).perform(stored, for: written)
    let missing = ColumnAlignment(query: written, target: stored.columns).extra
    if run.compiled.isMigrated, !missing.isEmpty {
      throw .columnMismatch(
        extra: missing.map(\.name),
        missing: [],
        relation: run.relation,
        node: run.compiled.node
      )
    }
    if !run.transaction.isOpen {
      try await run.begin(lock, to: purpose)
      guard try await run.session.run(sql.standing).rows == standing else {
        try await run.session.send("rollback", "drop table \(sql.changes)", to: purpose)
        run.transaction.wasRolledBack()
        return nil
      }
    }
    // Redshift adds one column per statement.
    for column in missing {
      try await run.session.send(
        """
        alter table \(run.relation) add column \(identifier: column.name) \(verbatim: column.type)
        """,
        to: purpose
      )
    }
    if sql.isPlain {
      try await run.session.send(sql.close, to: purpose)
    } else {
      try await run.session.run(sql.close)
    }
    let result = try await run.session.send(sql.insert(written.map(\.name)), to: purpose)
    try await run.end("drop table \(sql.changes)", "drop table \(sql.source)", to: purpose)
    run.isDone(with: sql.changes, sql.source)
    return Built(message: result.tag, rows: result.rowCount)
  }

  /// Keeps other writers out; readers too on Redshift, which knows no other lock.
  private var lock: SQLText {
    let mode: SQLText =
      run.session.dialect == .postgres ? " in share row exclusive mode" : ""
    return "lock table \(run.relation)\(mode)"
  }

  // MARK: Checks

  private func requireSnapshotTable(_ stored: RelationColumns) throws(Diagnostic) {
    let names = definition.settings.names
    var needed = [names.scdID, names.validFrom, names.validTo]
    if definition.settings.hardDeletes == .newRecord { needed.append(names.isDeleted) }
    let missing = needed.filter { !stored.names.contains($0) }
    guard missing.isEmpty else {
      throw .notASnapshotTable(
        run.relation,
        missing: missing,
        isDeletedName: names.isDeleted,
        run.compiled.node
      )
    }
  }

  private func requireFreeNames(_ columns: [RelationColumn]) throws(Diagnostic) {
    let taken = columns.map(\.name).filter(definition.settings.addedColumns.contains)
    guard taken.isEmpty else { throw .snapshotColumnsTaken(taken, run.compiled.node) }
  }

  private func checkKeys(of relation: RelationName) async throws(Diagnostic) {
    let settings = definition.settings
    let missing = try await run.session.run(sql.withoutKey(in: relation))
    if let count = missing.rows.first?.first ?? nil, count != "0" {
      throw .snapshotWithoutKey(settings, count: count, run.compiled.node)
    }
    let repeated = try await run.session.run(sql.repeatedKeys(in: relation, onlyCurrent: false))
    guard repeated.rows.isEmpty else {
      throw .snapshotRepeatedKeys(settings, repeated.rows, run.compiled.node)
    }
  }

  /// What has no time is never newer: whoever relies on the history should know.
  private func tellOfRowsWithoutTime() async throws(Diagnostic) {
    guard let query = sql.withoutTime else { return }
    let answer = try await run.session.run(query).rows.first?.first ?? nil
    guard let count = answer, count != "0" else { return }
    run.say(
      "\(count) row\(count == "1" ? "" : "s") of snapshot \(run.compiled.node.name) without a time "
        + "(\(definition.updatedAt) is NULL): whether they changed cannot be told"
    )
  }

  /// The columns to compare; nil when one of them is new, so that every row has changed.
  private func checkedColumns(
    _ columns: [String],
    _ stored: Set<String>
  ) throws(Diagnostic) -> [String]? {
    guard case .checked(let wanted) = definition.change else { return [] }
    guard case .some(let list) = wanted else {
      return columns.allSatisfy(stored.contains) ? columns : nil
    }
    var names: [String] = []
    for text in list {
      let bare = text.filter { $0 != "\"" }.lowercased()
      guard let name = columns.first(where: { $0.lowercased() == bare }) else {
        throw .snapshotColumn(text, of: "check_cols", known: columns, run.compiled.node)
      }
      names.append(name)
    }
    return names.allSatisfy(stored.contains) ? names : nil
  }
}
