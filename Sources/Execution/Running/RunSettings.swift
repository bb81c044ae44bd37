package import Diagnostics
package import ProjectCompiler
package import ProjectModel
package import WarehouseClient

/// What a run is told from outside.
package struct RunSettings: Sendable {
  /// Nodes at once, each with a session of its own.
  package var threads: Int
  package var isFailFast = false
  /// Whether nodes run though a hook of `on-run-start` has failed.
  package var runsDespiteFailedStart = false
  /// Which of the nodes that can start does.
  package var precedence = Scheduler.Precedence.longestPath
  /// `--full-refresh`.
  package var isFullRefresh = false
  /// Whether results of skipped nodes say why; dbt's do not, and packages keep what they say.
  package var saysWhySkipped = true
  /// Whether nodes wait for the tests of what they read (`build`).
  package var testsGate = false
  /// Whether nodes run in any order, and none is skipped because of another (`clone`).
  package var isIndependent = false
  /// Why nodes are left as they are, by id; they succeed.
  package var untouched: [String: String] = [:]
  /// Whether sources among the nodes are asked how old their data is.
  package var checksFreshness = false
  /// The stretch of time to cut into batches: `--event-time-start` and `--event-time-end`.
  package var eventTimes: EventTimeWindow?
  /// Up to when there are batches otherwise.
  package var batchesUntil = EventTime(microseconds: 0)
  /// What became of batches in the run that is done again, by id.
  package var retriedBatches: [String: BatchResults] = [:]
  /// How many failing rows of a test are fetched for people to look at.
  package var sampledRows = 5
  /// Whether a test that would warn fails: `--warn-error`.
  package var failsOnWarnings = false
  /// Whether failing rows are kept where a test does not say: `--store-failures`.
  package var storesFailures = false
  /// A hook of the project or of a package, whose names mean what they mean there.
  package struct Hook: Sendable {
    package enum Text: Sendable {
      case rendered(BufferID)
      /// Rendered when it is its turn: it asks the database, or for the results.
      case template(String)
    }

    package var text: Text
    package var package: String
    /// Its place among those of its package, from 0.
    package var index: Int

    package init(_ text: Text, package: String, index: Int) {
      self.text = text
      self.package = package
      self.index = index
    }
  }

  package var onRunStart: [Hook] = []
  package var onRunEnd: [Hook] = []
  /// The project as it was read, for templates that are rendered during the run; without it there
  /// must be none.
  package var parsed: ParsedProject?
  /// Takes the SQL of nodes that are compiled only when they run.
  package var onCompiled: @Sendable (CompiledNode) -> Void = { _ in }
  /// Takes the statement that makes a node's data, where a template says which one it is: what dbt
  /// has in target/run.
  package var onMainStatement: @Sendable (CompiledNode, String) -> Void = { _, _ in }
  /// Takes each batch of a model when it has run, well or not.
  package var onBatch: @Sendable (CompiledNode) -> Void = { _ in }
  /// The query group that sessions with a cluster begin with.
  package var queryGroup: String?
  /// How long the nodes took to compile, by id.
  package var compileTimings: [String: NodeResult.Timing] = [:]
  /// Where what was sent for a node can be read, for messages.
  package var sentPath: @Sendable (CompiledNode) -> String = { "target/\($0.runFilePath)" }
  /// Where a node's compiled SQL can be read, for messages.
  package var compiledPath: @Sendable (CompiledNode) -> String? = { _ in nil }
  /// Takes what is really sent for a node.
  package var log: @Sendable (CompiledNode) -> SQLLog? = { _ in nil }
  /// Whether seeds are made without their rows: `--empty`.
  package var isEmpty = false
  /// Whether a full refresh of a seed drops the project's views on it, as dbt does it.
  package var dropsViewsOnSeeds = false
  /// Whether views that the project does not make are made anew with what they stand on, rather than
  /// keep it from being replaced: dbt would drop them.
  package var remakesForeignViews = false
  /// Whether every statement is told as an event.
  package var tellsStatements = false
  /// The comment that marks a node's statements for those who look at the server's log.
  package var queryComment: @Sendable (Node) -> QueryComment? = { _ in nil }
  /// Views that earlier runs have made, as `schema.name` in lower case: those of models that are gone
  /// are made anew with what they stand on.
  package var formerViews: Set<String> = []
  package var clock: @Sendable () -> Moment = { Moment.now() }

  package init(threads: Int) {
    self.threads = threads
  }
}
