import Diagnostics
import ProjectModel
import RedshiftSQL

/// What a template asked for while it was rendered.
struct Captured {
  struct Reference: Equatable {
    var package: String?
    var name: String
    var version: PlainValue?
    var range: TextRange
  }

  struct SourceReference: Equatable {
    var source: String
    var table: String
    var range: TextRange
  }

  struct FunctionReference: Equatable {
    var package: String?
    var name: String
    var range: TextRange

    /// As the manifest has it: the package first where it was named.
    var words: [String] { (package.map { [$0] } ?? []) + [name] }
  }

  var references: [Reference] = []
  var functions: [FunctionReference] = []
  var sources: [SourceReference] = []
  var macros: [String] = []
  /// What `metric()` was called with.
  var metrics: [[String]] = []
  var logs: [TemplateLog] = []
  var warnings: [Diagnostic] = []
  /// Calls of what is on its way out.
  var former: [TextRange] = []
  /// Whether the text depends on what the database holds.
  var readsDatabase = false
  /// Whether `graph` was asked for, in which macros may keep things from node to node.
  var asksGraph = false
}

/// Facts shared by every rendering of one compilation.
struct ContextEnvironment: Sendable {
  var project: Project
  var macros: MacroTable
  var invocation: Invocation
  var buffers: Buffers
  /// Everything that the command goes by, put together once.
  var record = PlainDictionary()
  /// The target's relations by unique_id, once names are known.
  var relations: [String: ResolvedRelation] = [:]
  /// Where functions of the user's are, by unique_id.
  var functions: [String: ResolvedRelation] = [:]
  /// What the database holds; nil when compiling without one.
  var existing: ExistingRelations?
  /// Where nodes are read from that this command does not build.
  var deferral: Deferral?
  /// The batch of a microbatch model that is rendered.
  var batch: Batch?
  /// Whether a materialization runs, rather than a model's own text: to it a batch that adds to the
  /// table is incremental also within a full refresh.
  var isMaterializing = false
  /// Whether a model is rendered for a unit test, whose rows `--empty` leaves there, as in dbt.
  var readsGivenRows = false
  /// The database itself, for templates that ask it while they render.
  var live: (any LiveDatabase)?
  /// `graph`, once the project is read.
  var graph: GraphSource?
  /// What a unit test gives in the place of macros.
  var macroOverrides = MacroOverrides()
  /// unique_ids of what the command works on, for `selected_resources`.
  var selected: [String] = []

  /// The configuration and variables of a node's package.
  func package(_ name: String) -> Project { project.package(named: name) ?? project }

  /// dbt's name of the adapter: whose macros are picked, and what relations are called.
  var adapterType: String { project.target.speaksPostgres ? "postgres" : "redshift" }

  /// The name of dbt's class of relations.
  var relationClass: String {
    project.target.speaksPostgres ? "PostgresRelation" : "RedshiftRelation"
  }
}

/// A node's relation with how its parts are quoted.
struct ResolvedRelation: Sendable {
  var name: RelationName
  var isEphemeral = false
  var isView = false
  var isSource = false
  /// The column that says when a row happened, as it is written in SQL.
  var eventTime: String?
  /// What the node's own `quoting:` says.
  var quoting = PlainDictionary()
}
