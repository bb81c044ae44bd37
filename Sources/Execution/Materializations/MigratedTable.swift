import ProjectCompiler
import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Fills a table that a migration has created, and which therefore keeps its columns, types and
/// keys.
///
/// The new rows go into a table of the same shape, which is swapped in. Where the table itself must
/// stay (identity columns go on counting, foreign keys of other tables point at it), its rows are
/// replaced in one transaction instead.
struct MigratedTable {
  let run: NodeRun

  /// Replaces the table's rows by the query's.
  func fill() async throws(Diagnostic) -> Built {
    let target = try await readTarget()
    try await run.clearLeftovers()
    guard target.hasIdentity || !target.referrers.isEmpty else {
      let columns = try await queryColumns()
      let names = try align(columns, target)
      return try await swapIn(target) { (shadow) async throws(Diagnostic) in
        try await run.session.run(
          """
          insert into \(shadow) (\(identifiers: names))
          select \(identifiers: names)
          from (
          \(run.query)
          ) as redstart_query
          """
        )
      }
    }
    let temporary = run.shadow(.temporary)
    run.scratch.add(temporary, .table)
    try await run.session.run("create temporary table \(temporary) as (\n\(run.query)\n)")
    let columns = try await RelationColumns.readTemporary(temporary, run.session)
    let names = try align(columns.columns, target)
    let purpose = "replacing the rows of \(run.relation.description)"
    try await run.begin("delete from \(run.relation)", to: purpose)
    let result = try await run.session.send(
      """
      insert into \(run.relation) (\(identifiers: names))
      select \(identifiers: names) from \(temporary)
      """,
      to: purpose
    )
    try await run.end("drop table \(temporary)", to: purpose)
    run.isDone(with: temporary)
    return Built(message: result.tag, rows: result.rowCount)
  }

  /// Replaces the table's rows by those that `load` inserts into the relation it is given.
  func fill(
    columns: [String],
    load: (RelationName) async throws(Diagnostic) -> Void
  ) async throws(Diagnostic) {
    let target = try await readTarget()
    try await run.clearLeftovers()
    let given = columns.map {
      RelationColumn(name: $0, type: "", isIdentity: false, hasDefault: false)
    }
    _ = try align(given, target)
    let purpose = "replacing the rows of \(run.relation.description)"
    if target.hasIdentity || !target.referrers.isEmpty {
      try await run.begin("delete from \(run.relation)", to: purpose)
      try await load(run.relation)
      try await run.end(to: purpose)
    } else {
      _ = try await swapIn(target) { (shadow) async throws(Diagnostic) in
        try await run.begin(to: purpose)
        try await load(shadow)
        try await run.endAside(to: purpose)
        return StatementResult()
      }
    }
  }

  private func readTarget() async throws(Diagnostic) -> RelationColumns {
    guard run.existing == .table else {
      throw .notMigratedYet(run.relation, found: run.existing, node: run.compiled.node)
    }
    let target = try await RelationColumns.read(run.relation, run.session)
    guard !target.columns.isEmpty else {
      throw .notMigratedYet(run.relation, found: nil, node: run.compiled.node)
    }
    return target
  }

  private func queryColumns() async throws(Diagnostic) -> [RelationColumn] {
    let result = try await run.session.run(
      "select * from (\n\(run.query)\n) as redstart_query limit 0"
    )
    return result.columns.map {
      RelationColumn(name: $0.name, type: $0.typeName, isIdentity: false, hasDefault: false)
    }
  }

  private func align(
    _ columns: [RelationColumn],
    _ target: RelationColumns
  ) throws(Diagnostic) -> [String] {
    let alignment = ColumnAlignment(query: columns, target: target.columns)
    guard alignment.extra.isEmpty, alignment.required.isEmpty else {
      throw .columnMismatch(
        extra: alignment.extra.map(\.name),
        missing: alignment.required.map(\.name),
        relation: run.relation,
        node: run.compiled.node
      )
    }
    return alignment.shared
  }

  private func swapIn(
    _ target: RelationColumns,
    load: (RelationName) async throws(Diagnostic) -> StatementResult
  ) async throws(Diagnostic) -> Built {
    let shadow = run.shadow(.new)
    run.scratch.add(shadow, .table)
    let purpose = "building \(run.relation.description) aside"
    try await run.session.send(
      "create table \(shadow) (like \(run.relation) including defaults)",
      to: purpose
    )
    let result = try await load(shadow)
    if !target.constraints.isEmpty {
      // LIKE brings NOT NULL and the physical design along, but no keys.
      let keys = target.constraints.map { constraint -> SQLText in
        "alter table \(shadow) add \(verbatim: constraint)"
      }
      try await run.session.send(keys.joined(separator: ";\n"), to: purpose)
    }
    try await Publication(run: run, kind: .table).publish()
    return Built(message: result.tag, rows: result.rowCount)
  }
}
