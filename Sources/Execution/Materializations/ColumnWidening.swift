import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// Makes room in a table's columns for longer texts, as dbt does (`expand_target_column_types`).
struct ColumnWidening {
  let run: NodeRun

  /// A column and the type that it gets.
  private struct Change {
    var column: RelationColumn
    var type: String
  }

  /// Widens the columns whose values may be longer in `written`.
  ///
  /// A migration owns the columns of its table. Views that stand on the table are made anew around
  /// it: servers do not change a column that a view reads.
  func perform(
    _ stored: RelationColumns,
    for written: [RelationColumn]
  ) async throws(Diagnostic) {
    guard !run.compiled.isMigrated else { return }
    let changes = written.compactMap { change($0, stored) }
    guard !changes.isEmpty else { return }
    let dependents = try await Dependents.read(of: run.relation, run)
    // A view may stand on two tables that get wider at the same moment. Whoever waits here must not
    // hold locks that others wait for.
    guard !dependents.isEmpty, !run.transaction.isOpen else {
      return try await widen(changes, under: dependents)
    }
    let gate = run.state.dependentsGate
    await gate.enter()
    let outcome: Result<Void, Diagnostic>
    do throws(Diagnostic) {
      try await widen(changes, under: try await Dependents.read(of: run.relation, run))
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await gate.leave()
    try outcome.get()
  }

  private func widen(
    _ changes: [Change],
    under dependents: [DependentView]
  ) async throws(Diagnostic) {
    let drops: [SQLText] = dependents.reversed().map { view -> SQLText in
      "drop \(view.kind.keyword) \(view.name)"
    }
    let creations: [SQLText] = dependents.map { view -> SQLText in
      "create \(view.kind.keyword) \(view.name) as \(verbatim: view.definition)"
    }
    let purpose = "making room for longer values in \(run.relation.description)"
    // Redshift changes types outside of transactions only.
    if run.session.dialect == .postgres || run.transaction.isOpen {
      let isOpen = run.transaction.isOpen
      let alterations: [SQLText] = changes.flatMap { statements($0, isOpen: isOpen) }
      var batch = isOpen ? [] : ["begin"] as [SQLText]
      // Views that are bound by name only stand on the table all the same here.
      if run.session.translates {
        batch.append("\(verbatim: PostgresShims.releaseLateViews(run.relation.sql))")
      }
      batch += drops + alterations + creations
      do throws(WarehouseError) {
        if run.session.translates {
          batch.append("\(verbatim: PostgresShims.bindLateViews)")
          batch.append("\(verbatim: PostgresShims.outdatedLateViews)")
          try await run.session.renewLateViews(try await run.session.attempt(batch))
          batch = []
        }
        if !isOpen { batch.append("commit") }
        if !batch.isEmpty { _ = try await run.session.attempt(batch) }
      } catch {
        throw .statementFailed(error, purpose: purpose)
      }
      return
    }
    var dropped = 0
    var failure: Diagnostic?
    do throws(Diagnostic) {
      for statement in drops {
        try await run.session.send(statement, to: purpose)
        dropped += 1
      }
      for statement in changes.flatMap({ statements($0, isOpen: false) }) {
        try await run.session.send(statement, to: purpose)
      }
    } catch {
      failure = error
    }
    // They were dropped from the last to the first, and each that is gone comes back if it can.
    for statement in creations.suffix(dropped) {
      do throws(Diagnostic) {
        try await run.session.send(statement, to: purpose)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private func statements(_ change: Change, isOpen: Bool) -> [SQLText] {
    let table = run.relation
    let name = change.column.name
    guard isOpen, run.session.dialect == .redshift else {
      return [
        "alter table \(table) alter column \(identifier: name) type \(verbatim: change.type)"
      ]
    }
    let copy = name + "__redstart_wider"
    return [
      "alter table \(table) add column \(identifier: copy) \(verbatim: change.type)",
      "update \(table) set \(identifier: copy) = \(identifier: name)",
      "alter table \(table) drop column \(identifier: name)",
      "alter table \(table) rename column \(identifier: copy) to \(identifier: name)",
    ]
  }

  private func change(_ column: RelationColumn, _ stored: RelationColumns) -> Change? {
    let name = column.name.lowercased()
    guard let old = stored.columns.first(where: { $0.name.lowercased() == name }),
      let oldLength = Self.length(old.type)
    else { return nil }
    if let length = Self.length(column.type), length > oldLength {
      return Change(column: old, type: "varchar(\(length))")
    }
    guard run.session.isPlainPostgres, Self.endless.contains(column.type) else { return nil }
    return Change(column: old, type: column.type)
  }

  /// PostgreSQL's types of texts of any length.
  private static let endless = ["text", "character varying"]

  /// `character varying(20)` → 20.
  private static func length(_ type: String) -> Int? {
    let prefix = "character varying("
    guard type.hasPrefix(prefix), type.hasSuffix(")") else { return nil }
    return Int(type.dropFirst(prefix.count).dropLast())
  }
}
