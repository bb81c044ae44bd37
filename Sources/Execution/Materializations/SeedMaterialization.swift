import WarehouseClient
import ProjectCompiler
import Diagnostics
import RedshiftSQL

/// Loads a CSV file of the project into a table, built aside and swapped in.
struct SeedMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    let delimiter = try delimiter()
    let table = try CSVTable(run.compiled.sql, delimiter: delimiter, in: run.buffers)
    let rows = try SeedRows(
      table,
      declared: try run.settings.dictionary("column_types"),
      dialect: run.session.dialect,
      isPlainPostgres: run.session.isPlainPostgres,
      settings: run.settings
    )
    let built = Built(message: "INSERT 0 \(table.rowCount)", rows: table.rowCount)
    if run.compiled.isMigrated {
      try await MigratedTable(run: run).fill(columns: table.header) {
        (target) async throws(Diagnostic) in
        try await load(rows, into: target)
      }
      return built
    }
    let attributes = try TableAttributes(of: run)
    try await run.clearLeftovers()
    let isNew = run.existing == nil
    let name = isNew ? run.relation : run.shadow(.new)
    if !isNew { run.scratch.add(name, .table) }
    try await run.session.send("begin", to: "loading \(run.relation.description)")
    try await run.session.run(
      "create table \(name) (\n  \(rows.definitions)\n)\(attributes.sql)"
    )
    try await load(rows, into: name)
    try await run.session.send("commit", to: "loading \(run.relation.description)")
    if isNew {
      run.state[run.relation] = .table
    } else {
      try await Publication(run: run, kind: .table).publish()
    }
    return built
  }

  /// Inserts all rows.
  private func load(_ rows: SeedRows, into relation: RelationName) async throws(Diagnostic) {
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
    guard let text = try run.settings.string("delimiter") else { return UInt8(ascii: ",") }
    let character = text == "\\t" ? "\t" : text
    guard let byte = character.utf8.first, character.utf8.count == 1, byte != 34, byte != 10,
      byte != 13
    else { throw run.settings.wrong("delimiter", "one ASCII character") }
    return byte
  }
}
