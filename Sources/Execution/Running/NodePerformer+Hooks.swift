import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

// A node's data and the hooks around it.
extension NodePerformer {
  /// Builds a node; what its hooks do in the transaction of the data stays or goes with it.
  func perform(
    _ run: NodeRun,
    _ hooks: NodeHooks,
    _ policy: MaintenancePolicy
  ) async throws(Diagnostic) -> Finding {
    let node = run.compiled.node
    if !hooks.before.isEmpty, run.transaction.isOpen {
      // Hooks outside of the transaction begin with its end, as dbt's do.
      try await run.session.send("commit", to: "committing")
      run.transaction.wasCommitted()
    }
    for hook in hooks.before {
      _ = try await perform(hook, run, isInTransaction: false, built: nil)
    }
    let stood = run.existing
    let built = try await retrying(run) { run throws(Diagnostic) in
      try await performInTransaction(run, hooks, stood: stood)
    }
    for cleanup in run.transaction.takeCleanups() {
      try await run.session.send(cleanup.sql, to: cleanup.purpose)
      cleanup.isDone()
    }
    if state[run.relation] == .table {
      // Only these write into a table that stays; all others swap in a new one.
      let isKept = ["copy", "incremental", "snapshot"].contains(Self.materialization(node))
      try await TableUpkeep(run: run)
        .perform(rows: built.rows, replacedRows: isKept && stood == .table)
      if run.compiled.batch?.isFollowed != true {
        try await ClusterUpkeep(run: run, policy: policy) { emit(.diagnostic($0)) }.perform()
      }
    }
    for hook in hooks.after {
      _ = try await perform(hook, run, isInTransaction: false, built: Self.kind(of: run))
    }
    return Finding(status: .success, message: built.message, rows: built.rows)
  }

  private func performInTransaction(
    _ run: NodeRun,
    _ hooks: NodeHooks,
    stood: ExistingRelations.Kind?
  ) async throws(Diagnostic) -> Built {
    let node = run.compiled.node
    let transaction = run.transaction
    if !hooks.early.isEmpty { try await run.begin(to: "beginning a transaction") }
    for hook in hooks.early { try await perform(hook, of: hooks, run, built: nil) }
    let built = try await build(run)
    try await upkeep(
      run.compiled,
      run.session,
      hasOldGrants: stood == .table && (built.isInPlace || node.kind == .snapshot),
      isInTransaction: transaction.isOpen
    )
    if !hooks.late.isEmpty { try await run.begin(to: "beginning a transaction") }
    for hook in hooks.late { try await perform(hook, of: hooks, run, built: Self.kind(of: run)) }
    if transaction.isOpen { try await run.session.send("commit", to: "committing") }
    transaction.wasCommitted()
    return built
  }

  private func perform(
    _ hook: NodeHook,
    of hooks: NodeHooks,
    _ run: NodeRun,
    built: ExistingRelations.Kind?
  ) async throws(Diagnostic) {
    let sql = try await perform(hook, run, isInTransaction: true, built: built)
    // TRUNCATE commits on Redshift.
    if run.session.dialect == .redshift, hooks.commits(sql) { run.transaction.wasCommitted() }
  }

  /// What a node's relation is once it is built.
  private static func kind(of run: NodeRun) -> ExistingRelations.Kind {
    switch materialization(run.compiled.node) {
    case "view": .view
    case "materialized_view": .materializedView
    default: .table
    }
  }

  /// Runs a hook, and renders it before if it was not rendered yet.
  ///
  /// - Returns: its SQL.
  private func perform(
    _ hook: NodeHook,
    _ run: NodeRun,
    isInTransaction: Bool,
    built: ExistingRelations.Kind?
  ) async throws(Diagnostic) -> BufferID {
    let sql: BufferID
    switch hook.text {
    case .rendered(let known): sql = known
    case .template(let template):
      let answer = try await rendered(
        template,
        of: run.compiled,
        run.session,
        isInTransaction: isInTransaction,
        built: built
      )
      if answer.endsTransaction { run.transaction.wasCommitted() }
      sql = answer.sql
    }
    // A hook whose condition does not hold renders to nothing.
    if !QueryText(sql, in: buffers).isEmpty { try await run.session.run(sql) }
    return sql
  }
}
