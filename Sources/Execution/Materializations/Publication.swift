import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// Puts a relation that was built aside into its place, in one short transaction.
///
/// Readers see the old one until then, and a failure leaves it. Redshift and PostgreSQL bind a view
/// to the table itself, not to its name: views on the old relation would keep showing the old rows
/// and hold it in place. So the project's own views on it are dropped and recreated in the same
/// transaction from the definition that the server has; never CASCADE.
struct Publication {
  let run: NodeRun
  let kind: ExistingRelations.Kind

  private static let attempts = 4

  /// Replaces the relation by its shadow and drops what was there.
  func publish() async throws(Diagnostic) {
    let shadow = run.shadow(.new)
    let purpose = "replacing \(run.relation.description)"
    guard let old = run.existing else {
      try await run.session.send(rename(shadow, to: run.relation), to: purpose)
      finish(shadow)
      return
    }
    try await swap(old, purpose: purpose)
    finish(shadow)
    if old != .materializedView {
      let left = run.shadow(.old)
      run.state[left] = old
      try await run.session.send(
        "drop \(old.keyword) \(left)",
        to: "dropping the former \(run.relation.description)"
      )
      run.state[left] = nil
    }
  }

  private func finish(_ shadow: RelationName) {
    run.scratch.remove(shadow)
    run.state[shadow] = nil
    run.state[run.relation] = kind
  }

  private func swap(_ old: ExistingRelations.Kind, purpose: String) async throws(Diagnostic) {
    var mayDropDoomed = false
    var attempt = 1
    while true {
      let dependents = try await Dependents.read(of: run.relation, run)
      let isGated = !dependents.isEmpty
      if isGated { await run.state.dependentsGate.enter() }
      let outcome = await swapOnce(old, dependents, droppingDoomed: mayDropDoomed)
      if isGated { await run.state.dependentsGate.leave() }
      guard case .failure(let error) = outcome else { return }
      guard error.kind == .statement else {
        throw .statementFailed(error, purpose: purpose)
      }
      try await run.session.send("rollback", to: "rolling back")
      if error.isConcurrencyConflict, attempt < Self.attempts {
        attempt += 1
      } else if dependents.contains(where: \.isRebuiltLater), !mayDropDoomed {
        // An old definition may not fit the new columns; its own node makes it anew.
        mayDropDoomed = true
      } else {
        throw .swapFailed(error, run.relation, dependents: dependents.map(\.name))
      }
    }
  }

  private func swapOnce(
    _ old: ExistingRelations.Kind,
    _ dependents: [DependentView],
    droppingDoomed: Bool
  ) async -> Result<Void, WarehouseError> {
    var batch: [SQLText] = ["begin"]
    // What stands on the old relation by name only comes to stand on the new one.
    let hasLateViews = run.session.translates
    if hasLateViews {
      batch.append("\(verbatim: PostgresShims.releaseLateViews(run.relation.sql))")
    }
    for view in dependents.reversed() {
      batch.append("drop \(view.kind.keyword) \(view.name)")
    }
    if old == .materializedView {
      // Redshift cannot rename one.
      batch.append("drop materialized view \(run.relation)")
    } else {
      batch.append(rename(run.relation, to: run.shadow(.old)))
    }
    batch.append(rename(run.shadow(.new), to: run.relation))
    var lost: [DependentView] = []
    for view in dependents where !ShadowName.isShadow(view.name.identifier) {
      // One that holds rows of its own is filled by its model, with its indexes.
      let isDoomed = droppingDoomed || view.kind == .materializedView
      if run.dropsViewsOnIt || isDoomed && view.isRebuiltLater {
        lost.append(view)
      } else {
        batch.append("create \(view.kind.keyword) \(view.name) as \(verbatim: view.definition)")
      }
    }
    if hasLateViews { batch.append("\(verbatim: PostgresShims.bindLateViews)") }
    do {
      if hasLateViews {
        batch.append("\(verbatim: PostgresShims.outdatedLateViews)")
        try await run.session.renewLateViews(try await run.session.attempt(batch))
        batch = []
      }
      batch.append("commit")
      _ = try await run.session.attempt(batch)
    } catch {
      return .failure(error)
    }
    for view in lost {
      run.state[view.name] = nil
      guard run.dropsViewsOnIt || view.kind == .view else { continue }
      run.say(
        "\(view.name.description) was dropped with the former \(run.relation.description), "
          + (run.dropsViewsOnIt ? "as dbt does it" : "whose columns it needs")
          + "; its model makes it anew"
      )
    }
    return .success(())
  }

  private func rename(_ relation: RelationName, to other: RelationName) -> SQLText {
    "alter table \(relation) rename to \(identifier: other.identifier)"
  }
}
