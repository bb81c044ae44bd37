import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Tells of a run as dbt does.
struct DbtRunDisplay: Sendable {
  let log: DbtLog
  let session: CommandSession
  let graph: Graph

  /// The name of the target that the run is for.
  private let target: String

  private let nodes: DbtNodeInfo

  init(_ log: DbtLog, session: CommandSession, parsed: ParsedProject) {
    nodes = DbtNodeInfo(parsed)
    target = parsed.project.target.name
    graph = parsed.graph
    self.log = log
    self.session = session
  }

  /// Takes one event; safe from any thread.
  func show(_ event: ExecutionEvent) {
    switch event {
    case .runStarted(let total, let threads): begin(total, threads)
    case .nodeStarted(let id, let index, let total): start(id, index, total)
    case .nodeFinished(let result): finish(result)
    case .hookStarted(let id, let name, let index, let total):
      log.fire(
        "LogHookStartLine",
        "Q032",
        line("\(index) of \(total) START hook: \(name)", status: "RUN"),
        data: [
          "statement": .string(name), "index": .integer(index), "total": .integer(total),
          "node_info": info(id),
        ]
      )
    case .batchStarted(let id, let batch), .batchFinished(let id, let batch): tell(batch, of: id)
    case .notice(_, let message):
      log.fire("AdapterEventDebug", "E001", message, level: .debug)
    case .log(let id, let message):
      log.fire("JinjaLogInfo", "I062", message, data: said(message, by: id))
    case .detail(let id, let message):
      log.fire("JinjaLogDebug", "I063", message, level: .debug, data: said(message, by: id))
    case .statement(let id, let sql):
      session.protectSecrets(in: sql)
      log.fire(
        "SQLQuery",
        "E016",
        "On \(id): \(sql)",
        level: .debug,
        data: ["conn_name": .string(id), "sql": .string(sql), "node_info": info(id)]
      )
    case .diagnostic(let diagnostic):
      log.report([diagnostic], from: session.buffers, style: session.style)
    case .runFinished(let report): end(report)
    }
  }

  // MARK: Events

  /// What an event says of a node; nothing where nobody reads it.
  func info(_ id: String, _ result: NodeResult? = nil) -> PlainValue {
    log.keepsData ? nodes.info(id, result) : [:]
  }

  /// What is told of a node with the owner of its group, where it has one.
  func withGroup(_ data: PlainDictionary, of id: String) -> PlainDictionary {
    guard log.keepsData, let group = nodes.group(of: id) else { return data }
    var data = data
    data["group"] = .dictionary(group)
    return data
  }

  private func said(_ message: String, by id: String?) -> PlainDictionary {
    var data: PlainDictionary = ["msg": .string(message)]
    if let id { data["node_info"] = info(id) }
    return data
  }

  private func begin(_ total: Int, _ threads: Int) {
    log.space()
    log.fire(
      "ConcurrencyLine",
      "Q026",
      "Concurrency: \(threads) thread\(threads == 1 ? "" : "s") (target='\(target)')",
      data: [
        "num_threads": .integer(threads), "target_name": .string(target),
        "node_count": .integer(total),
      ]
    )
    log.space()
  }

  private func tell(_ batch: BatchProgress, of id: String) {
    let place = graph.nodes[id]?.relationName.map(Self.place) ?? batch.name
    let text = "batch \(batch.label) of \(place)"
    var data: PlainDictionary = [
      "description": .string(text), "batch_index": .integer(batch.index),
      "total_batches": .integer(batch.total), "node_info": info(id),
    ]
    let head = "\(batch.index) of \(batch.total)"
    guard let outcome = batch.outcome else {
      let words = line("\(head) START \(text)", status: "RUN")
      log.fire("LogStartBatch", "Q045", "Batch \(words)", data: data)
      return
    }
    let (word, status): (String, String) =
      switch outcome {
      case .success: ("OK created", batch.message)
      case .error: ("ERROR creating", "ERROR")
      case .skipped: ("SKIP", "SKIPPED")
      }
    data["status"] = .string(outcome == .success ? batch.message : outcome.rawValue)
    data["execution_time"] = .double(batch.seconds)
    if let problem = batch.problem {
      let error = "Exception on worker thread. \(problem.message)"
      log.fire(
        "GenericExceptionOnRun",
        "W004",
        "Unhandled error while executing \(id)\n\(error)",
        level: .error,
        data: ["exc": .string(error), "unique_id": .string(id), "node_info": info(id)]
      )
    }
    let shown = outcome == .skipped ? status : "\(status) in \(Self.seconds(batch.seconds))"
    log.fire(
      "LogBatchResult",
      "Q046",
      "Batch \(line("\(head) \(word) \(text)", status: shown))",
      level: outcome == .error ? .error : .info,
      data: data
    )
  }

  /// `0.05s`, as dbt writes it.
  static func seconds(_ seconds: Double) -> String {
    "\(fixed(seconds, digits: 2))s"
  }

  static func fixed(_ number: Double, digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let units = Int((max(0, number) * Double(scale)).rounded())
    let rest = String(units % scale)
    return "\(units / scale)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  private func start(_ id: String, _ index: Int, _ total: Int) {
    // dbt passes over exposures without a word until it is done with them.
    let isPassedOver = [.exposure, .savedQuery].contains(graph.nodes[id]?.kind)
    if isPassedOver || session.command.name == "clone" { return }
    let node = info(id)
    let text = description(of: id)
    log.fire(
      "NodeStart",
      "Q024",
      "Began running node \(id)",
      level: .debug,
      data: ["node_info": node]
    )
    log.fire(
      "LogStartLine",
      "Q011",
      line("\(index) of \(total) START \(text)", status: "RUN"),
      data: [
        "description": .string(text), "index": .integer(index), "total": .integer(total),
        "node_info": node,
      ]
    )
  }

  private func finish(_ result: NodeResult) {
    if session.command.name == "clone" { return }
    let text = description(of: result)
    let node = info(result.id, result)
    var data: PlainDictionary = [
      "index": .integer(result.index), "total": .integer(result.total),
      "execution_time": .double(result.execute.seconds), "status": .string(status(of: result)),
      "node_info": node, "description": .string(text),
    ]
    if result.kind == .function { data["status"] = .string(result.status.rawValue) }
    let name: (event: String, code: String)
    let words: String
    switch result.status {
    case .skipped where result.kind == .operation:
      name = ("LogHookEndLine", "Q033")
      words = "SKIP \(text)"
    case .skipped where result.isBroken:
      name = ("LogSkipBecauseError", "Z034")
      words = "SKIP relation \(place(of: result)) due to ephemeral model status 'error'"
    case .skipped, .cancelled:
      name = ("SkippingDetails", "Q034")
      let isRelation = [.model, .seed, .snapshot].contains(result.kind)
      let place = result.kind == .function ? result.name : place(of: result)
      words = "SKIP \(isRelation ? "relation" : result.kind.rawValue) \(place)"
    case .noOp:
      name = ("LogNodeNoOpResult", "Q019")
      words = "NO-OP \(text)"
    case _ where result.freshness != nil:
      name = ("LogFreshnessResult", "Q018")
      words = "\(status(of: result)) \(text)"
    case .pass, .warn, .fail:
      name = ("LogTestResult", "Q007")
      let count = result.status == .pass ? "" : "\(result.failures ?? 0) "
      words = "\(result.status.rawValue.uppercased()) \(count)\(testName(of: result))"
      data["name"] = .string(testName(of: result))
      data["num_failures"] = .integer(result.failures ?? 0)
    case .partialSuccess:
      name = Self.event(for: result.kind)
      words = "PARTIALLY created \(text)"
    case .success, .error:
      name = Self.event(for: result.kind)
      let isGood = result.status == .success
      let verb: String? =
        switch result.kind {
        case .seed: isGood ? "loaded" : "loading"
        case .snapshot: isGood ? "snapshotted" : "snapshotting"
        case .model, .function: isGood ? "created" : "creating"
        default: nil
        }
      // Of a snapshot that is done, dbt says only where it is.
      let what = result.kind == .snapshot ? place(of: result) : text
      words = "\(isGood ? "OK" : "ERROR")\(verb.map { " \($0)" } ?? "") \(what)"
    }
    let shown =
      switch result.status {
      case .skipped where result.isBroken: "ERROR SKIP"
      case .skipped, .cancelled: "SKIP"
      default: "\(status(of: result)) in \(Self.seconds(result.execute.seconds))"
      }
    log.fire(
      name.event,
      name.code,
      line("\(result.index) of \(result.total) \(words)", status: shown),
      level: result.status.isFailure ? .error : result.status == .warn ? .warn : .info,
      data: withGroup(data, of: result.id),
      thread: thread(of: result)
    )
    log.fire(
      "NodeFinished",
      "Q025",
      "Finished running node \(result.id)",
      level: .debug,
      data: ["node_info": node, "run_result": runResult(result)],
      thread: thread(of: result)
    )
  }

  /// `run_result` of an event.
  private func runResult(_ result: NodeResult) -> PlainValue {
    guard log.keepsData else { return [:] }
    return [
      "status": .string(result.status.rawValue), "message": .string(result.message ?? ""),
      "thread": .string(thread(of: result)), "execution_time": .double(result.execute.seconds),
      "num_failures": .integer(result.failures ?? 0),
      "timing_info": [
        RunResultsArtifact.timing("compile", result.compile),
        RunResultsArtifact.timing("execute", result.execute),
      ],
      "adapter_response": .dictionary(RunResultsArtifact.response(to: result)),
    ]
  }

  // MARK: Words

  private func thread(of result: NodeResult) -> String {
    result.thread.map { "Thread-\($0 + 1)" } ?? "MainThread"
  }

  /// `sql table model sales.orders`.
  private func description(of id: String) -> String {
    guard let node = graph.nodes[id] else { return id }
    return description(
      kind: node.kind,
      name: Self.testName(of: node)
        ?? node.sourceName.map { "\($0).\(node.name)" } ?? node.name,
      place: node.relationName.map(Self.place) ?? node.name,
      materialization: Self.materialization(of: node),
      language: node.language
    )
  }

  /// `orders::adds_up`: a unit test with the name of its model.
  private static func testName(of node: Node) -> String? {
    guard node.kind == .unitTest, let model = node.extra["model"]?.string else { return nil }
    return "\(model)::\(node.name)"
  }

  private func testName(of result: NodeResult) -> String {
    graph.nodes[result.id].flatMap(Self.testName) ?? result.name
  }

  /// A model's materialization, as dbt speaks of it.
  private static func materialization(of node: Node) -> String {
    MicrobatchSettings.isMicrobatch(node)
      ? "microbatch" : node.config["materialized"]?.string ?? "view"
  }

  private func description(of result: NodeResult) -> String {
    description(
      kind: result.kind,
      name: testName(of: result),
      place: place(of: result),
      materialization: graph.nodes[result.id].map(Self.materialization)
        ?? result.materialization ?? "view",
      language: graph.nodes[result.id]?.language ?? .sql
    )
  }

  private func description(
    kind: Node.Kind,
    name: String,
    place: String,
    materialization: String,
    language: Node.Language
  ) -> String {
    switch kind {
    case .model: "\(language.rawValue) \(materialization) model \(place)"
    case .seed: "seed file \(place)"
    case .snapshot: "snapshot \(place)"
    case .function: "function \(place)"
    case .operation: "hook: \(name)"
    case .source: "freshness of \(name)"
    case .savedQuery: "saved query \(name)"
    default: "\(kind.rawValue) \(name)"
    }
  }

  private func place(of result: NodeResult) -> String {
    result.relation.map(Self.place) ?? result.name
  }

  private static func place(_ relation: RelationName) -> String {
    (relation.schema.map { "\($0)." } ?? "") + relation.identifier
  }

  private func status(of result: NodeResult) -> String {
    switch result.status {
    case _ where result.kind == .operation: result.status == .success ? "OK" : "ERROR"
    case .success where result.kind == .function: "SUCCESS"
    case .success: result.message ?? "OK"
    case .noOp: "NO-OP"
    case .partialSuccess: result.message ?? "PARTIAL SUCCESS"
    case .pass where result.freshness != nil: "PASS"
    case .warn where result.freshness != nil: "WARN"
    case .fail where result.freshness != nil: "ERROR STALE"
    case .fail, .warn: "\(result.status.rawValue.uppercased()) \(result.failures ?? 0)"
    default: result.status.rawValue.uppercased()
    }
  }

  private static func event(for kind: Node.Kind) -> (event: String, code: String) {
    switch kind {
    case .seed: ("LogSeedResult", "Q016")
    case .snapshot: ("LogSnapshotResult", "Q015")
    case .test, .unitTest: ("LogTestResult", "Q007")
    case .operation: ("LogHookEndLine", "Q033")
    case .function: ("LogFunctionResult", "Q047")
    default: ("LogModelResult", "Q012")
    }
  }

  /// A line with dots up to a status, as dbt lays it out.
  private func line(_ text: String, status: String) -> String {
    let words = text + " "
    let dots = String(repeating: ".", count: max(0, 80 - words.count))
    return "\(words)\(dots) [\(status)]"
  }
}
