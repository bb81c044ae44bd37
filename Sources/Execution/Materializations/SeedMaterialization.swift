import WarehouseClient
import ProjectCompiler
import ProjectModel
import Diagnostics
import RedshiftSQL

/// Loads a CSV file of the project into a table, built aside and swapped in.
struct SeedMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    let delimiter = try delimiter()
    let table = try CSVTable(run.compiled.sql, delimiter: delimiter, in: run.buffers)
    try table.requireDelimiter(delimiter)
    // Nothing is begun that could not end well.
    if !run.session.isPlainPostgres,
      let misfit = SeedDeclarations(run.settings.node.config).misfits(in: table).first
    {
      throw misfit
    }
    let rows = try SeedRows(
      table,
      declared: try run.settings.dictionary("column_types"),
      dialect: run.session.dialect,
      isPlainPostgres: run.session.isPlainPostgres,
      settings: run.settings
    )
    let count = run.isEmpty ? 0 : table.rowCount
    // As dbt tells of it.
    let isFullRefresh = try run.settings.boolean("full_refresh") ?? run.isFullRefresh
    let built = Built(message: "\(isFullRefresh ? "CREATE" : "INSERT") \(count)", rows: count)
    if run.compiled.isMigrated {
      try await MigratedTable(run: run).fill(columns: table.header) {
        (target) async throws(Diagnostic) in
        try await load(rows, into: target)
      }
      return built
    }
    if try await canRefill(rows) {
      let purpose = "loading \(run.relation.description)"
      // Whoever reads it at the same time sees the former rows; TRUNCATE would show none.
      try await run.begin("delete from \(run.relation)", to: purpose)
      try await load(rows, into: run.relation)
      try await run.end(to: purpose)
      return Built(message: built.message, rows: built.rows, isInPlace: true)
    }
    let attributes = try TableAttributes(of: run)
    try await run.clearLeftovers()
    let isNew = run.existing == nil
    let name = isNew ? run.relation : run.shadow(.new)
    if !isNew { run.scratch.add(name, .table) }
    let purpose = "loading \(run.relation.description)"
    try await run.begin(to: purpose)
    try await run.session.run(
      "create table \(name) (\n  \(rows.definitions)\n)\(attributes.sql)"
    )
    try await load(rows, into: name)
    if isNew {
      try await run.end(to: purpose)
      run.stands(.table)
    } else {
      try await run.endAside(to: purpose)
      try await Publication(run: run, kind: .table).publish()
    }
    return built
  }

  /// Whether the rows can go into the table that stands, as dbt has it.
  ///
  /// What is granted and built on it stays then. On Redshift a new table is as good.
  private func canRefill(_ rows: SeedRows) async throws(Diagnostic) -> Bool {
    let isFullRefresh = try run.settings.boolean("full_refresh") ?? run.isFullRefresh
    guard run.session.isPlainPostgres, run.existing == .table, !isFullRefresh else { return false }
    let temporary = run.shadow(.temporary)
    try await run.session.run("create temporary table \(temporary) (\n  \(rows.definitions)\n)")
    let wanted = try await RelationColumns.readTemporary(temporary, run.session)
    try await run.session.send("drop table \(temporary)", to: "comparing columns")
    let standing = try await RelationColumns.read(run.relation, run.session)
    func columns(_ read: RelationColumns) -> [[String]] { read.columns.map { [$0.name, $0.type] } }
    return columns(wanted) == columns(standing)
  }

  /// Inserts all rows.
  private func load(_ rows: SeedRows, into relation: RelationName) async throws(Diagnostic) {
    guard !run.isEmpty else { return }
    var row = 0
    while let batch = rows.batch(into: relation, from: row) {
      do {
        _ = try await run.session.attempt([batch.sql])
      } catch {
        throw .seedRejected(error, batch, of: rows.table, run.session)
      }
      row = batch.rows.upperBound
    }
  }

  private func delimiter() throws(Diagnostic) -> UInt8 {
    _ = try run.settings.string("delimiter")
    guard let byte = CSVTable.delimiter(of: run.settings.node.config) else {
      throw run.settings.wrong("delimiter", "one ASCII character")
    }
    return byte
  }
}
