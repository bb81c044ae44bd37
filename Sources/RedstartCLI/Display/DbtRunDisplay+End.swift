import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL

// What dbt says when a run is over.
extension DbtRunDisplay {
  func end(_ report: RunReport) {
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
}
