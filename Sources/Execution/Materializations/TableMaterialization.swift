import WarehouseClient
import ProjectCompiler
import Diagnostics
import RedshiftSQL

/// Builds a table aside and swaps it in.
struct TableMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    if run.compiled.isMigrated {
      return try await MigratedTable(run: run).fill()
    }
    let attributes = try TableAttributes(of: run)
    let header = try run.header()
    try await run.clearLeftovers()
    // One CREATE TABLE AS is atomic: where nothing stands, there is nothing to swap.
    let isNew = !run.isBuiltAside
    let name = isNew ? run.relation : run.shadow(.new)
    if !isNew { run.scratch.add(name, .table) }
    if isNew, run.transaction.isHeld {
      try await run.begin(to: "making \(run.relation.description)")
    }
    let result = try await run.make(
      """
      \(header)create table \(run.spelled(name))\(attributes.sql)
      as (
      \(run.query)
      )
      """
    )
    if isNew {
      run.stands(.table)
    } else {
      try await Publication(run: run, kind: .table).publish()
    }
    return Built(message: result.tag, rows: result.rowCount)
  }
}
