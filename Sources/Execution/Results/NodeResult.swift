package import Diagnostics
package import ProjectModel
package import RedshiftSQL

/// What became of one node in a run.
package struct NodeResult: Sendable {
  package enum Status: String, Hashable, Sendable {
    case success
    /// Some batches of a microbatch model went well, and some did not.
    case partialSuccess = "partial success"
    case error
    case skipped
    /// Begun, then stopped by Ctrl-C or `--fail-fast`.
    case cancelled
    case pass
    case fail
    case warn
    /// There was nothing to do for it.
    case noOp = "no-op"

    /// Whether the run as a whole has failed because of it.
    package var isFailure: Bool {
      self == .error || self == .fail || self == .partialSuccess
    }
  }

  /// When a stage began and ended.
  package struct Timing: Hashable, Sendable {
    package var started: Moment
    package var completed: Moment

    package init(started: Moment, completed: Moment) {
      self.started = started
      self.completed = completed
    }

    /// Length in seconds.
    package var seconds: Double { completed.seconds(since: started) }
  }

  /// Rows that a test found, to be shown on a terminal and nowhere else: they are the user's data.
  package struct Sample: Hashable, Sendable {
    package var columns: [String]
    package var rows: [[String?]]

    package init(columns: [String], rows: [[String?]]) {
      self.columns = columns
      self.rows = rows
    }
  }

  package var id: String
  package var name: String
  package var kind: Node.Kind
  /// `table`, `view`, `seed` …; nil for tests and hooks.
  package var materialization: String?
  /// Where its data is; of a function, its name.
  package var relation: RelationName?
  package var status: Status
  /// The node's SQL, when it was compiled only when it ran.
  package var compiledSQL: BufferID?
  package var compile: Timing
  package var execute: Timing
  /// Rows written, when the server says.
  package var rowsAffected: Int?
  /// The server's answer (`SELECT 12`), the verdict of a test, or why it was skipped.
  package var message: String?
  /// Tests: the number of failing rows.
  package var failures: Int?
  package var diagnostics: [Diagnostic] = []
  /// Microbatch models: what became of each batch.
  package var batches: BatchResults?
  /// Sources: how old the data is.
  package var freshness: Freshness?
  package var sample: Sample?
  /// Tests that fail: where their compiled SQL can be read.
  package var compiledPath: String?
  /// Where what was sent can be read, of a node that failed while it ran.
  package var sentPath: String?
  /// unique_id of the failed node because of which this one was skipped.
  package var skippedBecauseOf: String?
  /// Hooks: whether the template failed, before there was a statement to send.
  package var isUnrendered = false
  /// The connection it ran on, from 0; nil when it never ran.
  package var thread: Int?
  /// Place in the order of starting, from 1, of `total`.
  package var index: Int
  package var total: Int

  /// Whether it was skipped since something in it does not compile.
  package var isBroken: Bool { status == .skipped && diagnostics.contains(where: \.isError) }

  package init(
    id: String,
    name: String,
    kind: Node.Kind,
    materialization: String? = nil,
    relation: RelationName? = nil,
    status: Status,
    compile: Timing,
    execute: Timing,
    thread: Int? = nil,
    index: Int,
    total: Int
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.materialization = materialization
    self.relation = relation
    self.status = status
    self.compile = compile
    self.execute = execute
    self.thread = thread
    self.index = index
    self.total = total
  }
}
