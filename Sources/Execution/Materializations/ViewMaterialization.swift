import WarehouseClient
import ProjectCompiler
import Diagnostics
import RedshiftSQL

/// Makes a view.
///
/// Aside and swapped, since CREATE OR REPLACE VIEW needs identical columns on Redshift; replaced where
/// it stands only when views that redstart did not make are bound to it, which may not be dropped.
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
    if isNew, run.transaction.isHeld {
      try await run.begin(to: "making \(run.relation.description)")
    }
    let ending: SQLText = isBound ? "" : " with no schema binding"
    _ = try await run.make(
      "\(header)create view \(run.spelled(name)) as (\n\(run.query)\n)\(ending)"
    )
    if isNew {
      run.stands(.view)
      return Built(message: "CREATE VIEW", rows: nil)
    }
    let publication = Publication(run: run, kind: .view)
    do throws(Diagnostic) {
      try await publication.publish()
    } catch {
      guard error.code == Diagnostic.foreignDependentsCode, run.existing == .view, isBound else {
        throw error
      }
      let statement: SQLText =
        "\(header)create or replace view \(run.relation) as (\n\(run.query)\n)"
      try await publication.replaceInPlace(statement, insteadOf: error)
      return Built(message: "CREATE VIEW", rows: nil, isInPlace: true)
    }
    return Built(message: "CREATE VIEW", rows: nil)
  }
}
