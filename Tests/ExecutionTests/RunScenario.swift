import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization
import WarehouseClient

@testable import Execution

/// A small project, run against the fake warehouse.
struct RunScenario: Sendable {
  var name = "m"
  var kind = Node.Kind.model
  var sql = "select 1 as id"
  var config: PlainDictionary = [:]
  var isMigrated = false
  var existing: [String: ExistingRelations.Kind] = [:]
  var isFullRefresh = false
  var answers: [FakeWarehouse.Answer] = []
  /// More models: names with the ones they depend on.
  var others: [(name: String, parents: [String], config: PlainDictionary)] = []
  var threads = 1
  var isFailFast = false
  var preHooks: [String] = []
  var postHooks: [String] = []
  /// Snapshots: how a row is found to have changed.
  var change: SnapshotDefinition.Change?

  struct Outcome: Sendable {
    var sent: [String]
    var report: RunReport
    var events: [String]
    var buffers: Buffers
    var compilation: Compilation
    var sessions: Int

    var first: NodeResult { report.results[0] }
    var error: Diagnostic? { report.results.lazy.flatMap(\.diagnostics).first }
  }

  func run() async throws -> Outcome {
    let scene = try prepare()
    let report = try await scene.runner.run()
    return scene.outcome(report)
  }

  struct Scene: Sendable {
    let runner: Runner
    let warehouse: FakeWarehouse
    let events: EventLog
    let buffers: Buffers
    let compilation: Compilation

    func outcome(_ report: RunReport) -> Outcome {
      // The look for schemas is the same in every run.
      Outcome(
        sent: warehouse.sent.filter { !$0.contains("pg_namespace\nwhere lower(nspname)") },
        report: report,
        events: events.lines,
        buffers: buffers,
        compilation: compilation,
        sessions: warehouse.sessions
      )
    }
  }

  /// Prepares a run on the fake warehouse, or on a real one.
  func prepare(on real: (any Warehouse)? = nil) throws -> Scene {
    let buffers = Buffers()
    var compiled: [String: CompiledNode] = [:]
    var nodes: [Node] = []
    func add(
      _ name: String,
      _ kind: Node.Kind,
      _ sql: String,
      _ parents: [String],
      _ config: PlainDictionary
    ) throws {
      let id = "\(kind.rawValue).p.\(name)"
      let path = kind == .seed ? "seeds/\(name).csv" : "models/\(name).sql"
      var node = Node(
        uniqueID: id,
        kind: kind,
        name: name,
        packageName: "p",
        path: path,
        originalFilePath: path,
        fqn: ["p", name]
      )
      node.buffer = buffers.add(name: path, text: sql)
      node.config = config
      node.schema = "s"
      node.alias = name
      node.dependencies = parents.map { "model.p.\($0)" }
      let relation = RelationName(database: "dwh", schema: "s", identifier: name)
      var entry = CompiledNode(
        node: node,
        relation: kind == .test ? nil : relation,
        sql: node.buffer ?? BufferID(index: 0)
      )
      if name == self.name, let change {
        let definition = try definition(of: node, change)
        entry.snapshot = definition
        entry.firstVersion = buffers.add(name: path, text: "select 'first' as version")
      }
      if name == self.name {
        entry.isMigrated = isMigrated
        entry.preHooks = preHooks.map {
          NodeHook(text: .rendered(buffers.add(name: "hook", text: $0)))
        }
        entry.postHooks = postHooks.map {
          NodeHook(text: .rendered(buffers.add(name: "hook", text: $0)))
        }
      }
      compiled[id] = entry
      nodes.append(node)
    }
    try add(name, kind, sql, [], config)
    for other in others {
      try add(other.name, .model, "select 1 as id", other.parents, other.config)
    }
    let target = TargetConfiguration(
      name: "dev",
      kind: .redshift,
      profileName: "p",
      database: "dwh",
      schema: "s",
      threads: 1
    )
    let project = Project(
      root: "/p",
      name: "p",
      version: "1",
      configuration: ProjectConfiguration(),
      target: target,
      vars: [:]
    )
    let compilation = Compilation(
      project: project,
      graph: Graph(nodes: nodes),
      compiled: compiled,
      diagnostics: []
    )
    var known = ExistingRelations()
    for (name, kind) in existing { known[RelationName(schema: "s", identifier: name)] = kind }
    let warehouse = FakeWarehouse(
      answers: answers + [.rows("pg_namespace\nwhere lower(nspname)", [["s"]])]
    )
    let events = EventLog()
    let ticks = Mutex<Int64>(0)
    var settings = RunSettings(threads: threads)
    settings.isFullRefresh = isFullRefresh
    settings.isFailFast = isFailFast
    settings.compiledPath = { "target/compiled/\($0.node.name).sql" }
    settings.clock = {
      ticks.withLock { ticks in
        ticks += 1
        return Moment(nanoseconds: 1_795_000_000_000_000_000 + ticks * 500_000_000)
      }
    }
    let runner = Runner(
      compilation,
      selected: Set(nodes.map(\.uniqueID)),
      existing: known,
      warehouse: real ?? warehouse,
      buffers: buffers,
      loader: nil,
      settings: settings,
      emit: events.take
    )
    return Scene(
      runner: runner,
      warehouse: warehouse,
      events: events,
      buffers: buffers,
      compilation: compilation
    )
  }
}

extension RunScenario {
  private func definition(
    of node: Node,
    _ change: SnapshotDefinition.Change
  ) throws -> SnapshotDefinition {
    let settings = try SnapshotSettings(node)
    let now = "cast(getdate() as timestamp)"
    return SnapshotDefinition(
      settings: settings,
      updatedAt: settings.updatedAt ?? now,
      scdID: "md5(id)",
      change: change,
      now: now,
      deletionID: "md5(\(settings.names.scdID))"
    )
  }
}

/// The events of a run as lines.
final class EventLog: Sendable {
  private let state = Mutex<[String]>([])

  var lines: [String] { state.withLock { $0 } }

  func take(_ event: ExecutionEvent) {
    let line =
      switch event {
      case .runStarted(let total, let threads): "run of \(total) on \(threads)"
      case .nodeStarted(let id, let index, let total): "start \(id) \(index)/\(total)"
      case .nodeFinished(let result): "\(result.status) \(result.id)"
      case .hookStarted(let id, _, let index, let total): "start \(id) \(index)/\(total)"
      case .batchStarted(let id, let batch): "start \(id) \(batch.label)"
      case .batchFinished(_, let batch): "log \(batch.line)"
      case .notice(_, let message): "notice \(message)"
      case .log(_, let message): "log \(message)"
      case .detail(_, let message): "detail \(message)"
      case .statement(let id, _): "statement of \(id)"
      case .diagnostic(let diagnostic): "diagnostic \(diagnostic.code)"
      case .runFinished: "finished"
      }
    state.withLock { $0.append(line) }
  }
}
