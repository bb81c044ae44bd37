import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// Does on a cluster what a node's policy asks for after its table has changed.
///
/// The rows are in place by then, and that is what was asked for first: what the cluster refuses is
/// a warning.
struct ClusterUpkeep {
  let run: NodeRun
  let policy: MaintenancePolicy
  /// Hears of what the cluster refuses.
  let warn: (Diagnostic) -> Void

  /// Analyses and vacuums the table as the policy has it; nothing for a relation without rows.
  func perform() async throws(Diagnostic) {
    guard run.session.dialect == .redshift, !policy.isEmpty, run.existing == .table else { return }
    var health: TableHealth?
    if policy.asksForHealth {
      let purpose = "reading the state of \(run.relation.description)"
      let rows = try await attempt(purpose) { () async throws(WarehouseError) in
        try await run.session.attempt([TableHealth.query(run.relation)]).rows
      }
      guard let rows else { return }
      health = rows.first.flatMap(TableHealth.init)
    }
    try await clean(health)
    for statement in policy.analysis(of: run.relation, health) {
      try await send(statement, "ANALYZE of \(run.relation.description)")
    }
  }

  /// Sorted and cleared before it is analysed, as Redshift's documentation has it.
  private func clean(_ health: TableHealth?) async throws(Diagnostic) {
    let statements = policy.cleaning(of: run.relation, health)
    guard !statements.isEmpty else { return }
    // A cluster takes one VACUUM at a time.
    await run.state.vacuumGate.enter()
    do throws(Diagnostic) {
      for statement in statements {
        try await send(statement, "VACUUM of \(run.relation.description)")
      }
    } catch {
      await run.state.vacuumGate.leave()
      throw error
    }
    await run.state.vacuumGate.leave()
  }

  private func send(_ statement: SQLText, _ purpose: String) async throws(Diagnostic) {
    _ = try await attempt(purpose) { () async throws(WarehouseError) in
      try await run.session.attempt([statement])
    }
  }

  /// What a call gives; nil when the server refused it.
  private func attempt<Value: Sendable>(
    _ purpose: String,
    _ call: () async throws(WarehouseError) -> Value
  ) async throws(Diagnostic) -> Value? {
    do throws(WarehouseError) {
      return try await call()
    } catch {
      guard error.kind == .statement else { throw .statementFailed(error, purpose: purpose) }
      warn(.notMaintained(error, purpose: purpose, node: run.compiled.node))
      return nil
    }
  }
}
