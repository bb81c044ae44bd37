import WarehouseClient
import ProjectCompiler
import Diagnostics
import RedshiftSQL

/// Runs the node's COPY statement into a table that a migration has created.
///
/// Emptying and loading are one transaction, so a failed load leaves the table as it was.
struct CopyMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    let mode = try run.settings.choice("load", ["replace", "append"]) ?? "replace"
    guard run.existing == .table else {
      throw .copyTargetMissing(run.relation, found: run.existing, node: run.compiled.node)
    }
    let purpose = "loading \(run.relation.description)"
    if mode == "replace" {
      // TRUNCATE would commit on Redshift.
      let empties: SQLText =
        run.session.translates
        ? "\(verbatim: PostgresShims.emptying(run.relation.sql))" : "delete from \(run.relation)"
      try await run.begin(empties, to: purpose)
    } else {
      try await run.begin(to: purpose)
    }
    let result = try await run.session.run(run.compiled.sql)
    try await run.end(to: purpose)
    // The first says what the result line says anyway; the others tell of records left out.
    for notice in result.notices.dropFirst() { run.say("note: \(notice)") }
    return Built(message: result.tag.isEmpty ? "COPY" : result.tag, rows: result.rowCount)
  }
}
