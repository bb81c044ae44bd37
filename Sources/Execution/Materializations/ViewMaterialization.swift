import WarehouseClient
import ProjectCompiler
import Diagnostics
import RedshiftSQL

/// Makes a view.
///
/// Always aside and swapped: CREATE OR REPLACE VIEW needs identical columns on Redshift.
struct ViewMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    guard !run.compiled.isMigrated else { throw .migratedView(run.compiled.node) }
    let bind = try run.settings.boolean("bind") ?? true
    // PostgreSQL has no late binding; a project that is written for it means nothing by it.
    let isBound = run.session.isPlainPostgres || bind
    let header = try run.header()
    try await run.clearLeftovers()
    let isNew = !run.isBuiltAside
    let name = isNew ? run.relation : run.shadow(.new)
    if !isNew { run.scratch.add(name, .view) }
    let ending: SQLText = isBound ? "" : " with no schema binding"
    _ = try await run.make(
      "\(header)create view \(run.spelled(name)) as (\n\(run.query)\n)\(ending)"
    )
    if isNew {
      run.state[run.relation] = .view
    } else {
      try await Publication(run: run, kind: .view).publish()
    }
    return Built(message: "CREATE VIEW", rows: nil)
  }
}
