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
  /// Ids of the nodes whose failure is that of an ephemeral model in them.
  package var failedByOthers: Set<String> = []
  /// Why ephemeral models did not compile, by id; it matters to what reads them, if anything does.
  package var ephemeralFailures: [String: [Diagnostic]] = [:]
  /// The SQL of the project's hooks by id, as far as it is known before they run.
  package var operations: [String: BufferID] = [:]
  package var diagnostics: [Diagnostic]
  /// What the target held when it was compiled, where that was asked for.
  var existing: ExistingRelations?

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

/// A hook of a node.
package struct NodeHook: Sendable {
  package enum Text: Sendable {
    /// Its SQL, which depends on nothing that a database holds.
    case rendered(BufferID)
    /// Its template, which asks the database or may change it: rendered just before its SQL runs.
    case template(BufferID)
  }

  package var text: Text
  /// Whether it runs in the transaction of the node's data.
  package var isInTransaction: Bool

  package init(text: Text, isInTransaction: Bool = true) {
    self.text = text
    self.isInTransaction = isInTransaction
  }

  /// The SQL, where it is known before the node runs.
  package var sql: BufferID? {
    if case .rendered(let sql) = text { sql } else { nil }
  }
}

/// A node with its SQL for the target.
package struct CompiledNode: Sendable {
  package var node: Node
  /// Where the node's data lives; nil for ephemeral models, tests and analyses.
  package var relation: RelationName?
  /// Redshift SQL rendered from the template, in a generated buffer that maps back to the file.
  package var sql: BufferID
  /// Hooks of this node, in order.
  package var preHooks: [NodeHook] = []
  package var postHooks: [NodeHook] = []
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
  /// Whether `sql` is what will run, or a model in Python that never does.
  package var isReadable: Bool { !isDeferred || node.language == .python }
  /// The batch it was rendered for, of a microbatch model.
  package var batch: Batch?
  /// Whether what its template wrote waits in a transaction for the node's data.
  package var leavesTransaction = false
  /// The ephemeral models whose SQL is in this node's, in their order, each with its own text.
  var ephemerals: [(id: String, text: MappedText)] = []
  /// What `log(…, info=true)` said while the node was rendered.
  package var logs: [TemplateLog] = []
  /// What `exceptions.warn()` said while the node was rendered.
  package var warnings: [Diagnostic] = []

  package init(node: Node, relation: RelationName?, sql: BufferID) {
    self.node = node
    self.relation = relation
    self.sql = sql
  }
}
