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
      if run.transaction.isHeld { try await run.begin(to: purpose) }
      try await run.session.send(rename(shadow, to: run.relation), to: purpose)
      finish(shadow)
      return
    }
    try await swap(old, purpose: purpose)
    finish(shadow)
    if old != .materializedView {
      let left = run.shadow(.old)
      let state = run.state
      run.transaction.whenCommitted { state[left] = old }
      try await run.cleanUp(
        NodeTransaction.Cleanup(
          sql: "drop \(old.keyword) \(left)",
          purpose: "dropping the former \(run.relation.description)",
          isDone: { state[left] = nil }
        )
      )
    }
  }

  /// Gives a view another query where it stands, so that views of others that read it live on.
  ///
  /// The server takes that for a query with the same columns only.
  /// - Parameters:
  ///   - statement: CREATE OR REPLACE VIEW.
  ///   - refusal: why the view cannot be swapped.
  /// - Throws: `refusal`, if it cannot be replaced either.
  func replaceInPlace(
    _ statement: SQLText,
    insteadOf refusal: Diagnostic
  ) async throws(Diagnostic) {
    let shadow = run.shadow(.new)
    let isPartOfMore = run.transaction.isOpen
    var batch = run.transaction.beginning() + [statement, "drop view \(shadow)"]
    do throws(WarehouseError) {
      try await send(&batch, renewingLateViews: run.session.translates)
    } catch {
      var refusal = refusal
      refusal.notes.append("it cannot be replaced where it stands either: \(error.message)")
      guard !isPartOfMore else { throw refusal }
      try await run.session.send("rollback", to: "rolling back")
      run.transaction.wasRolledBack()
      throw refusal
    }
    finish(shadow)
  }

  /// Sends what changes the relation, makes views anew that are bound late to what is there no more,
  /// and ends the transaction.
  private func send(
    _ batch: inout [SQLText],
    renewingLateViews: Bool
  ) async throws(WarehouseError) {
    if renewingLateViews {
      batch.append("\(verbatim: PostgresShims.outdatedLateViews)")
      try await run.session.renewLateViews(try await run.session.attempt(batch))
      batch = []
    }
    batch += run.transaction.ending()
    if !batch.isEmpty { _ = try await run.session.attempt(batch) }
  }

  private func finish(_ shadow: RelationName) {
    let state = run.state
    run.isDone(with: shadow)
    run.transaction.whenCommitted { state[shadow] = nil }
    run.stands(kind)
  }

  private func swap(_ old: ExistingRelations.Kind, purpose: String) async throws(Diagnostic) {
    let transaction = run.transaction
    // Rolling back would undo hooks, too, and what was built: then all of it is done again.
    let isPartOfMore = transaction.isOpen
    var attempt = 1
    while true {
      let dependents = try await Dependents.read(of: run.relation, run)
      // Whoever waits here must not hold locks that others wait for.
      let isGated = !dependents.isEmpty && !isPartOfMore
      if isGated { await run.state.dependentsGate.enter() }
      let outcome = await swapOnce(old, dependents, droppingDoomed: transaction.mayDropDoomed)
      if isGated { await run.state.dependentsGate.leave() }
      guard case .failure(let error) = outcome else { return }
      guard error.kind == .statement else {
        throw .statementFailed(error, purpose: purpose)
      }
      let mayDrop =
        dependents.contains(where: \.isDispensable) && !transaction.mayDropDoomed
      if isPartOfMore {
        if mayDrop, !error.isConcurrencyConflict { transaction.tryAgainDroppingDoomed() }
        throw .swapFailed(error, run.relation, dependents: dependents.map(\.name))
      }
      try await run.session.send("rollback", to: "rolling back")
      transaction.wasRolledBack()
      if error.isConcurrencyConflict, attempt < Self.attempts {
        attempt += 1
      } else if mayDrop {
        // An old definition may not fit the new columns; its own node makes it anew.
        transaction.mayDropDoomed = true
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
    var batch = run.transaction.beginning()
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
    var kept: [DependentView] = []
    for view in dependents where !ShadowName.isShadow(view.name.identifier) {
      // One that holds rows of its own is filled by its model, with its indexes.
      let isDoomed = droppingDoomed || view.kind == .materializedView
      let isGivenUp = droppingDoomed && (view.isOrphan || view.isForeign)
      if run.dropsViewsOnIt || isDoomed && view.isRebuiltLater || isGivenUp {
        lost.append(view)
      } else {
        batch.append("create \(view.kind.keyword) \(view.name) as \(verbatim: view.definition)")
        kept.append(view)
      }
    }
    if hasLateViews { batch.append("\(verbatim: PostgresShims.bindLateViews)") }
    do {
      try await send(&batch, renewingLateViews: hasLateViews)
    } catch {
      return .failure(error)
    }
    tell(lost: lost, kept: kept)
    return .success(())
  }

  private func tell(lost: [DependentView], kept: [DependentView]) {
    let state = run.state
    for view in lost {
      run.transaction.whenCommitted { state[view.name] = nil }
      guard run.dropsViewsOnIt || view.kind == .view else { continue }
      let reason = run.dropsViewsOnIt ? "as dbt does it" : "whose columns it needs"
      let rest =
        view.isForeign
        ? "no model makes it" : view.isOrphan ? "its model is gone" : "its model makes it anew"
      run.say(
        "\(view.name.description) was dropped with the former \(run.relation.description), "
          + "\(reason); \(rest)"
      )
    }
    for view in kept where view.isForeign {
      run.say(
        "\(view.name.description), which no model makes, stands on \(run.relation.description) and was "
          + "made anew"
      )
    }
    for view in kept where view.isOrphan {
      run.say(
        "\(view.name.description) stands on \(run.relation.description) and was made anew, though "
          + "its model is gone: drop view \(view.name.sql)"
      )
    }
  }

  private func rename(_ relation: RelationName, to other: RelationName) -> SQLText {
    "alter table \(relation) rename to \(identifier: other.identifier)"
  }
}
