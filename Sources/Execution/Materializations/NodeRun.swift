import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization
import WarehouseClient

/// What all nodes of a run share and change.
final class RunState: Sendable {
  private let relations: Mutex<ExistingRelations>
  /// Lets one node at a time replace a relation that views depend on: two such replacements
  /// could want the same views in opposite orders.
  let dependentsGate = AsyncGate()
  /// Lets one node at a time send VACUUM: a cluster refuses a second one.
  let vacuumGate = AsyncGate()
  /// Relations of the project's models, as `schema.name` in lower case, with the model's id.
  let models: [String: String]
  /// Ids of the nodes that this run builds and has not begun yet.
  private let waiting: Mutex<Set<String>>
  /// Views that earlier runs have made, as `schema.name` in lower case.
  private let formerViews: Set<String>

  init(
    existing: ExistingRelations,
    graph: Graph,
    selected: Set<String>,
    formerViews: Set<String> = []
  ) {
    self.formerViews = formerViews
    relations = Mutex(existing)
    var models: [String: String] = [:]
    for (id, node) in graph.nodes where node.kind == .model {
      let name = RelationName(schema: node.schema, identifier: node.alias ?? node.name)
      models[Self.key(name)] = id
    }
    self.models = models
    waiting = Mutex(selected)
  }

  subscript(relation: RelationName) -> ExistingRelations.Kind? {
    get { relations.withLock { $0[relation] } }
    set { relations.withLock { $0[relation] = newValue } }
  }

  /// What stands in the database, as far as this run knows.
  var snapshot: ExistingRelations { relations.withLock { $0 } }

  /// The id of the model that owns a relation.
  func model(of relation: RelationName) -> String? { models[Self.key(relation)] }

  /// Whether a relation is a view that an earlier run has made.
  func isFormerView(_ relation: RelationName) -> Bool {
    formerViews.contains(Self.key(relation))
  }

  func begin(_ id: String) { waiting.withLock { _ = $0.remove(id) } }

  /// Whether the run will still build a node.
  func willBuild(_ id: String) -> Bool { waiting.withLock { $0.contains(id) } }

  private static func key(_ name: RelationName) -> String {
    "\(name.schema ?? "").\(name.identifier)".lowercased()
  }
}

/// One task at a time, in order of arrival.
actor AsyncGate {
  private let turns = Turns()

  func enter() async { await turns.take() }

  func leave() { turns.pass() }
}

/// Relations that must go when their node fails half-way.
final class Scratch: Sendable {
  struct Entry: Hashable, Sendable {
    var relation: RelationName
    var kind: ExistingRelations.Kind
  }

  private let entries = Mutex<[Entry]>([])

  func add(_ relation: RelationName, _ kind: ExistingRelations.Kind) {
    entries.withLock { $0.append(Entry(relation: relation, kind: kind)) }
  }

  /// Forgets a relation that is no scratch any more.
  func remove(_ relation: RelationName) {
    entries.withLock { $0.removeAll { $0.relation == relation } }
  }

  var all: [Entry] { entries.withLock { $0 } }

  /// The statements that remove all of it.
  var drops: [SQLText] {
    all.map { "drop \($0.kind.keyword) if exists \($0.relation)" }
  }

  func clear() { entries.withLock { $0 = [] } }
}

/// One node at work: what it is, where it goes, and the session it uses.
struct NodeRun: Sendable {
  let compiled: CompiledNode
  /// The target, without the database when that is the connection's own.
  let relation: RelationName
  let session: NodeSession
  let state: RunState
  let scratch: Scratch
  let transaction: NodeTransaction
  let isFullRefresh: Bool
  /// Whether a seed is made without its rows.
  let isEmpty: Bool
  let settings: NodeSettings
  /// Whether the project's views on the relation go with it when it is replaced, as they do for dbt
  /// when a seed is refreshed in full; else they are made anew.
  let dropsViewsOnIt: Bool
  /// Whether views that the project does not make are made anew with what they stand on.
  let remakesForeignViews: Bool
  /// Takes the statement that makes the node's data.
  let keepMain: @Sendable (String) -> Void
  /// Tells the user something about how the work is done.
  let say: @Sendable (String) -> Void

  var buffers: Buffers { session.buffers }
  var query: QueryText { QueryText(compiled.sql, in: buffers) }

  /// `sql_header`: SQL of the user that goes before the statement that makes the data.
  func header() throws(Diagnostic) -> SQLText {
    guard let text = try settings.string("sql_header") else { return "" }
    // A materialization may have changed it since the node was compiled.
    guard let written = compiled.header, written.string == text else {
      return "\(verbatim: text)\n"
    }
    return SQLText(written) + "\n"
  }

  /// What stands where the relation goes, as far as this run knows.
  var existing: ExistingRelations.Kind? { state[relation] }

  func shadow(_ role: ShadowName.Role) -> RelationName {
    ShadowName.of(relation, role, isPlainPostgres: session.isPlainPostgres)
  }

  /// Whether the relation is built under another name first.
  ///
  /// On PostgreSQL it always is, as dbt does it there.
  var isBuiltAside: Bool { existing != nil || session.isPlainPostgres }

  /// A relation's name with the database, in projects that are written for PostgreSQL: what is
  /// written to target/run has it.
  func spelled(_ name: RelationName) -> RelationName {
    guard session.isPlainPostgres else { return name }
    var name = name
    name.database = name.database ?? compiled.relation?.database
    return name
  }

  /// Sends the statement that makes the node's data.
  func make(_ sql: SQLText) async throws(Diagnostic) -> StatementResult {
    if session.isPlainPostgres { keepMain(sql.string + ";") }
    return try await session.run(sql)
  }

  /// Begins the transaction of the node's data, if it is not open, and sends what comes first in it.
  func begin(_ statements: SQLText..., to purpose: String) async throws(Diagnostic) {
    let batch = transaction.beginning() + statements
    if !batch.isEmpty { try await session.send(batch.joined(separator: ";\n"), to: purpose) }
  }

  /// Sends what comes last in the transaction of the node's data, and ends it unless hooks follow.
  func end(_ statements: SQLText..., to purpose: String) async throws(Diagnostic) {
    let batch = statements + transaction.ending()
    if !batch.isEmpty { try await session.send(batch.joined(separator: ";\n"), to: purpose) }
  }

  /// Keeps what was built aside, unless hooks that came before it are to be undone with it.
  func endAside(to purpose: String) async throws(Diagnostic) {
    let batch = transaction.endingAside()
    if !batch.isEmpty { try await session.send(batch.joined(separator: ";\n"), to: purpose) }
  }

  /// Does what may be done once all is committed: at once, unless hooks follow.
  func cleanUp(_ cleanup: NodeTransaction.Cleanup) async throws(Diagnostic) {
    if transaction.isHeld { return transaction.afterCommit(cleanup) }
    try await session.send(cleanup.sql, to: cleanup.purpose)
    cleanup.isDone()
  }

  /// Notes what stands where the relation goes once that is committed.
  func stands(_ kind: ExistingRelations.Kind) {
    let state = state
    let relation = relation
    transaction.whenCommitted { state[relation] = kind }
  }

  /// Forgets scratch relations once their end is committed.
  func isDone(with relations: RelationName...) {
    let scratch = scratch
    transaction.whenCommitted {
      for relation in relations { scratch.remove(relation) }
    }
  }

  /// Drops shadow relations that an interrupted run has left.
  func clearLeftovers() async throws(Diagnostic) {
    for role in [ShadowName.Role.new, .old] {
      let name = shadow(role)
      guard let kind = state[name] else { continue }
      try await session.send(
        "drop \(kind.keyword) if exists \(name)",
        to: "dropping \(name.description), which an interrupted run has left"
      )
      state[name] = nil
    }
  }
}

/// What building a node came to.
struct Built: Hashable, Sendable {
  /// The server's answer, as `SELECT 12`.
  var message: String
  var rows: Int?
  /// Whether the relation that stood before is still the same, with what is granted on it.
  var isInPlace = false
}

extension ExistingRelations.Kind {
  /// The word for it in SQL.
  var keyword: SQLText {
    switch self {
    case .table: "table"
    case .view: "view"
    case .materializedView: "materialized view"
    }
  }
}
