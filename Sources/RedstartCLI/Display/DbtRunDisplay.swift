import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Tells of a run as dbt does.
struct DbtRunDisplay: Sendable {
  private let log: DbtLog
  private let session: CommandSession
  private let graph: Graph

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
  private func info(_ id: String, _ result: NodeResult? = nil) -> PlainValue {
    log.keepsData ? nodes.info(id, result) : [:]
  }

  /// What is told of a node with the owner of its group, where it has one.
  private func withGroup(_ data: PlainDictionary, of id: String) -> PlainDictionary {
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
  private static func seconds(_ seconds: Double) -> String {
    "\(fixed(seconds, digits: 2))s"
  }

  private static func fixed(_ number: Double, digits: Int) -> String {
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

  private func end(_ report: RunReport) {
    let counts = report.counts
    log.space()
    if session.command.name != "clone" {
      let execution = Self.execution(report.elapsed)
      let stats = statistics(report.results)
      log.fire(
        "FinishedRunningStats",
        "E047",
        "Finished running \(stats)\(execution) (\(Self.seconds(report.elapsed))).",
        data: [
          "stat_line": .string(stats), "execution": .string(execution),
          "execution_time": .double(report.elapsed),
        ]
      )
    }
    if session.command.name == "source" {
      report.results.filter { $0.status == .error }.forEach(tell)
      log.fire("FreshnessCheckComplete", "Q003", "Done.")
      return
    }
    log.space()
    // Neither good nor bad for dbt, which counts them apart.
    let partial = report.results.count { $0.status == .partialSuccess }
    let partly = "\(partial) partial success\(partial == 1 ? "" : "es")"
    let errors = counts.failed - partial + report.results.count(where: \.isBroken)
    let failed = "\(errors) error\(errors == 1 ? "" : "s")"
    let warned = "\(counts.warned) warning\(counts.warned == 1 ? "" : "s")"
    let isGood = report.exitCode == 0
    let summary =
      if report.wasCancelled {
        "Exited because of keyboard interrupt"
      } else if errors > 0 {
        "Completed with \(failed), \(partly), and \(warned):"
      } else if partial > 0 {
        "Completed with \(partly) and \(warned)"
      } else if counts.warned > 0 {
        "Completed with \(warned):"
      } else {
        "Completed successfully"
      }
    log.fire(
      "EndOfRunSummary",
      "Z030",
      summary,
      level: isGood ? .info : .error,
      data: [
        "num_errors": .integer(counts.failed), "num_warnings": .integer(counts.warned),
        "keyboard_interrupt": .boolean(report.wasCancelled),
      ]
    )
    let isError = { (result: NodeResult) in result.status.isFailure || result.isBroken }
    report.results.filter(isError).forEach(tell)
    report.results.filter { $0.status == .warn }.forEach(tell)
    log.space()
    let totals = [
      "PASS=\(counts.passed)", "WARN=\(counts.warned)", "ERROR=\(counts.failed)",
      "SKIP=\(counts.skipped)", "NO-OP=\(counts.idle)", "TOTAL=\(counts.total)",
    ].joined(separator: " ")
    log.fire(
      "StatsLine",
      "Z023",
      "Done. \(totals)",
      data: [
        "stats": [
          "pass": .integer(counts.passed), "warn": .integer(counts.warned),
          "error": .integer(counts.failed), "skip": .integer(counts.skipped),
          "noop": .integer(counts.idle), "total": .integer(counts.total),
        ]
      ]
    )
  }

  /// What went wrong with a node, at the end where it is not overlooked.
  private func tell(_ result: NodeResult) {
    let node = graph.nodes[result.id]
    let file = node?.originalFilePath
    let data = withGroup(
      [
        "node_info": info(result.id, result), "resource_type": .string(result.kind.rawValue),
        "node_name": .string(result.name), "path": .string(file ?? ""),
      ],
      of: result.id
    )
    let subject = "\(DbtWords.word(for: result.kind)) \(result.name) (\(file ?? ""))"
    log.space()
    if result.status == .warn {
      log.fire("RunResultWarning", "Z021", "Warning in \(subject)", level: .warn, data: data)
      let message = result.message ?? ""
      log.fire(
        "RunResultWarningMessage",
        "Z046",
        message,
        level: .warn,
        data: ["msg": .string(message)]
      )
    } else {
      if !result.isBroken {
        log.fire("RunResultFailure", "Z022", "Failure in \(subject)", level: .error, data: data)
      }
      var message = DbtWords.error(of: result, file: file) ?? result.message ?? ""
      // Of a test that found something, the message says everything.
      let problems = result.status == .fail ? [] : result.diagnostics
      if !problems.isEmpty {
        let format = DiagnosticFormat.full
        message += "\n" + format.render(problems, from: session.buffers, style: session.style)
      }
      log.fire(
        "RunResultError",
        "Z024",
        "  \(message)",
        level: .error,
        data: withGroup(
          ["msg": .string(message), "node_info": info(result.id, result)],
          of: result.id
        )
      )
    }
    if let path = result.compiledPath {
      log.space()
      log.fire(
        "SQLCompiledPath",
        "Z026",
        "  compiled code at \(path)",
        data: ["path": .string(path)]
      )
    }
    if let relation = storedFailures(of: result) {
      let query = "select * from \(relation)"
      let border = String(repeating: "-", count: query.count)
      log.space()
      log.fire(
        "CheckNodeTestFailure",
        "Z027",
        "  See test failures:\n  \(border)\n  \(query)\n  \(border)",
        data: ["relation_name": .string(relation), "node_info": info(result.id, result)]
      )
    }
  }

  /// Where the rows are that a test has kept.
  private func storedFailures(of result: NodeResult) -> String? {
    result.kind == .test ? result.relation?.sql : nil
  }

  /// `2 table models, 5 data tests`: what ran, as dbt counts it.
  private func statistics(_ results: [NodeResult]) -> String {
    var counts: [String: Int] = [:]
    for result in results {
      let kind =
        switch result.kind {
        case .model: "\(result.materialization ?? "view") model"
        case .operation: "project hook"
        default: result.kind.rawValue
        }
      counts[kind, default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map { DbtWords.count($0.value, of: $0.key) }
      .joined(separator: ", ")
  }

  /// ` in 0 hours 0 minutes and 1.23 seconds`.
  private static func execution(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds)) / 60
    let rest = max(0, seconds) - Double(whole * 60)
    return " in \(whole / 60) hours \(whole % 60) minutes and \(fixed(rest, digits: 2)) seconds"
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
