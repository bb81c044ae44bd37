package import Diagnostics
package import ProjectModel
package import RedshiftSQL

/// A project compiled for one target: every node, how they depend on each other, and their SQL.
///
/// Immutable once made; everything that runs reads from it.
package struct Compilation: Sendable {
  package var project: Project
  package var graph: Graph
  /// By unique_id, for nodes that were compiled (selected nodes and the ephemeral models they use).
  package var compiled: [String: CompiledNode]
  /// Why nodes did not compile, by id; with ephemeral models in them, that of those.
  package var failures: [String: [Diagnostic]] = [:]
  package var diagnostics: [Diagnostic]

  package init(
    project: Project,
    graph: Graph,
    compiled: [String: CompiledNode],
    diagnostics: [Diagnostic]
  ) {
    self.project = project
    self.graph = graph
    self.compiled = compiled
    self.diagnostics = diagnostics
  }
}

/// A node with its SQL for the target.
package struct CompiledNode: Sendable {
  package var node: Node
  /// Where the node's data lives; nil for ephemeral models, tests and analyses.
  package var relation: RelationName?
  /// Redshift SQL rendered from the template, in a generated buffer that maps back to the file.
  package var sql: BufferID
  /// Hooks rendered for this node, in order.
  package var preHooks: [BufferID] = []
  package var postHooks: [BufferID] = []
  /// Those of the hooks that run outside of the transaction of the node's data: `transaction: false`.
  package var hooksOutside: Set<BufferID> = []
  /// `sql_header`, which goes before the statement that makes the relation, with its origin.
  package var header: MappedText?
  /// The same in a buffer of its own.
  package var headerSQL: BufferID?
  /// Whether a migration creates this node's relation, and so owns its columns and keys.
  package var isMigrated = false
  /// Snapshots only: how versions are told apart.
  package var snapshot: SnapshotDefinition?
  /// Snapshots only: what the table holds after the first run, as a query.
  package var firstVersion: BufferID?
  /// Whether the SQL depends on what the database holds, as `is_incremental()` does.
  package var readsDatabase = false
  /// Whether the template asks the database, so that `sql` will be known when the node runs; until
  /// then it is the template's own text.
  package var isDeferred = false
  /// The batch it was rendered for, of a microbatch model.
  package var batch: Batch?
  /// What `log(…, info=true)` said while the node was rendered.
  package var logs: [String] = []

  package init(node: Node, relation: RelationName?, sql: BufferID) {
    self.node = node
    self.relation = relation
    self.sql = sql
  }
}
