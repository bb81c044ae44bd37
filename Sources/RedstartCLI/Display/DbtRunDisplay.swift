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

  init(_ log: DbtLog, session: CommandSession, graph: Graph) {
    self.log = log
    self.session = session
    self.graph = graph
  }

  /// Takes one event; safe from any thread.
  func show(_ event: ExecutionEvent) {
    switch event {
    case .runStarted(let total, let threads): begin(total, threads)
    case .nodeStarted(let id, let index, let total): start(id, index, total)
    case .nodeFinished(let result): finish(result)
    case .notice(_, let message):
      log.fire("AdapterEventDebug", "E001", message, level: .debug)
    case .log(_, let message):
      log.fire("JinjaLogInfo", "I062", message)
    case .statement(let id, let sql):
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

  private func begin(_ total: Int, _ threads: Int) {
    let target = session.arguments.value("target") ?? "default"
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

  private func start(_ id: String, _ index: Int, _ total: Int) {
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
    let text = description(of: result)
    let node = info(result.id, result)
    var data: PlainDictionary = [
      "index": .integer(result.index), "total": .integer(result.total),
      "execution_time": .double(result.execute.seconds), "status": .string(status(of: result)),
      "node_info": node, "description": .string(text),
    ]
    let name: (event: String, code: String)
    let words: String
    switch result.status {
    case .skipped, .cancelled:
      name = ("SkippingDetails", "Q034")
      words = "SKIP \(result.kind == .test ? "test" : "relation") \(place(of: result))"
    case _ where result.freshness != nil:
      name = ("LogFreshnessResult", "Q018")
      words = "\(status(of: result)) \(text)"
    case .pass, .warn, .fail:
      name = ("LogTestResult", "Q007")
      let count = result.status == .pass ? "" : "\(result.failures ?? 0) "
      words = "\(result.status.rawValue.uppercased()) \(count)\(result.name)"
      data["name"] = .string(result.name)
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
        case .model: isGood ? "created" : "creating"
        default: nil
        }
      words = "\(isGood ? "OK" : "ERROR")\(verb.map { " \($0)" } ?? "") \(text)"
    }
    let shown =
      result.status == .skipped
      ? "SKIP"
      : "\(status(of: result)) in \(Seconds.text(result.execute.seconds))"
    log.fire(
      name.event,
      name.code,
      line("\(result.index) of \(result.total) \(words)", status: shown),
      level: result.status.isFailure ? .error : result.status == .warn ? .warn : .info,
      data: data,
      thread: thread(of: result)
    )
    log.fire(
      "NodeFinished",
      "Q025",
      "Finished running node \(result.id)",
      level: .debug,
      data: ["node_info": node, "run_result": ["status": .string(result.status.rawValue)]],
      thread: thread(of: result)
    )
  }

  private func end(_ report: RunReport) {
    let counts = report.counts
    log.space()
    let elapsed = Seconds.text(report.elapsed)
    log.fire(
      "FinishedRunningStats",
      "E047",
      "Finished running \(counts.total) node\(counts.total == 1 ? "" : "s") in \(elapsed).",
      data: ["execution_time": .double(report.elapsed), "execution": .string(elapsed)]
    )
    log.space()
    // Neither good nor bad for dbt, which counts them apart.
    let partial = report.results.count { $0.status == .partialSuccess }
    let partly = "\(partial) partial success\(partial == 1 ? "" : "es")"
    let errors = counts.failed - partial
    let failed = "\(errors) error\(errors == 1 ? "" : "s")"
    let warned = "\(counts.warned) warning\(counts.warned == 1 ? "" : "s")"
    let isGood = report.exitCode == 0
    log.fire(
      "EndOfRunSummary",
      "Z030",
      isGood
        ? "Completed successfully"
        : "Completed with \(failed), \(partly), and \(warned):",
      level: isGood ? .info : .error,
      data: [
        "num_errors": .integer(counts.failed), "num_warnings": .integer(counts.warned),
        "keyboard_interrupt": .boolean(report.wasCancelled),
      ]
    )
    for result in report.results where result.status.isFailure || result.status == .warn {
      tell(result)
    }
    log.space()
    let totals = [
      "PASS=\(counts.passed)", "WARN=\(counts.warned)", "ERROR=\(counts.failed)",
      "SKIP=\(counts.skipped)", "NO-OP=0", "TOTAL=\(counts.total)",
    ].joined(separator: " ")
    log.fire(
      "StatsLine",
      "Z023",
      "Done. \(totals)",
      data: [
        "stats": [
          "pass": .integer(counts.passed), "warn": .integer(counts.warned),
          "error": .integer(counts.failed), "skip": .integer(counts.skipped),
          "noop": 0, "total": .integer(counts.total),
        ]
      ]
    )
  }

  /// What went wrong with a node, at the end where it is not overlooked.
  private func tell(_ result: NodeResult) {
    let node = graph.nodes[result.id]
    let data: PlainDictionary = ["node_info": info(result.id, result)]
    let full = DiagnosticFormat.full.render(
      result.diagnostics,
      from: session.buffers,
      style: session.style
    )
    switch result.status {
    case .error:
      let words = DbtWords.error(of: result, file: node?.originalFilePath) ?? result.message ?? ""
      log.fire("RunResultError", "Z024", "\(words)\n\(full)", level: .error, data: data)
    case .warn:
      log.fire(
        "RunResultWarning",
        "Z021",
        "Warning in test \(result.name) (\(node?.originalFilePath ?? ""))\n\(full)",
        level: .warn,
        data: data
      )
    default:
      log.fire(
        "RunResultFailure",
        "Z022",
        "Failure in \(DbtWords.word(for: result.kind)) \(result.name) "
          + "(\(node?.originalFilePath ?? ""))\n  \(result.message ?? "")\n\(full)",
        level: .error,
        data: data
      )
      if let path = result.compiledPath {
        log.fire("CompiledNode", "Z026", "  compiled code at \(path)")
      }
    }
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
      name: node.name,
      place: node.relationName.map(Self.place) ?? node.name,
      materialization: node.config["materialized"]?.string ?? "view"
    )
  }

  private func description(of result: NodeResult) -> String {
    description(
      kind: result.kind,
      name: result.name,
      place: place(of: result),
      materialization: result.materialization ?? "view"
    )
  }

  private func description(
    kind: Node.Kind,
    name: String,
    place: String,
    materialization: String
  ) -> String {
    switch kind {
    case .model: "sql \(materialization) model \(place)"
    case .seed: "seed file \(place)"
    case .snapshot: "snapshot \(place)"
    case .operation: "hook: \(name)"
    case .source: "freshness of \(name)"
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
    case .success: result.message ?? "OK"
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
    default: ("LogModelResult", "Q012")
    }
  }

  /// A line with dots up to a status, as dbt lays it out.
  private func line(_ text: String, status: String) -> String {
    let words = text + " "
    let dots = String(repeating: ".", count: max(0, 80 - words.count))
    return "\(words)\(dots) [\(status)]"
  }

  /// `node_info` of an event.
  private func info(_ id: String, _ result: NodeResult? = nil) -> PlainValue {
    guard let node = graph.nodes[id] else {
      return ["unique_id": .string(id), "node_name": .string(result?.name ?? id)]
    }
    let relation = node.relationName
    return [
      "materialized": .string(node.config["materialized"]?.string ?? ""),
      "meta": node.config["meta"] ?? [:],
      "node_name": .string(node.name),
      "node_path": .string(node.path),
      "node_relation": [
        "alias": .string(node.alias ?? node.name), "database": .string(node.database ?? ""),
        "relation_name": .string(relation?.sql ?? ""), "schema": .string(node.schema ?? ""),
      ],
      "node_started_at": .string(result?.execute.started.iso8601 ?? ""),
      "node_finished_at": .string(result?.execute.completed.iso8601 ?? ""),
      "node_status": .string(result?.status.rawValue ?? "started"),
      "resource_type": .string(node.kind.rawValue),
      "unique_id": .string(id),
    ]
  }
}
