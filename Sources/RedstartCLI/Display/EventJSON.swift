import Diagnostics
import Execution

/// Events of a run as JSON, one object a line.
enum EventJSON {
  static func line(for event: ExecutionEvent, buffers: Buffers) -> String {
    var fields = PlainDictionary()
    fields["timestamp"] = .string(Moment.now().iso8601)
    fields["level"] = "info"
    switch event {
    case .runStarted(let total, let threads):
      fields["event"] = "run_started"
      fields["total"] = .integer(total)
      fields["threads"] = .integer(threads)
    case .nodeStarted(let id, let index, let total),
      .hookStarted(let id, _, let index, let total):
      fields["event"] = "node_started"
      fields["unique_id"] = .string(id)
      fields["index"] = .integer(index)
      fields["total"] = .integer(total)
    case .nodeFinished(let result):
      fields["event"] = "node_finished"
      if result.status.isFailure { fields["level"] = "error" }
      fields["unique_id"] = .string(result.id)
      fields["status"] = .string(result.status.rawValue)
      fields["seconds"] = .double(result.execute.seconds)
      fields["rows_affected"] = result.rowsAffected.map { .integer($0) } ?? .null
      fields["failures"] = result.failures.map { .integer($0) } ?? .null
      fields["message"] = result.message.map { .string($0) } ?? .null
      fields["diagnostics"] = .list(result.diagnostics.map { $0.plain(from: buffers) })
    case .batchStarted(let id, let batch), .batchFinished(let id, let batch):
      fields["event"] = batch.outcome == nil ? "batch_started" : "batch_finished"
      fields["unique_id"] = .string(id)
      fields["batch"] = .string(batch.label)
      fields["index"] = .integer(batch.index)
      fields["total"] = .integer(batch.total)
      if let outcome = batch.outcome {
        fields["status"] = .string(outcome.rawValue)
        fields["message"] = .string(batch.message)
        fields["seconds"] = .double(batch.seconds)
      }
    case .notice(let id, let message):
      fields["event"] = "notice"
      fields["unique_id"] = id.map { .string($0) } ?? .null
      fields["message"] = .string(message)
    case .log(let id, let message), .detail(let id, let message):
      fields["event"] = "log"
      fields["unique_id"] = id.map { .string($0) } ?? .null
      fields["message"] = .string(message)
    case .statement(let id, let sql):
      fields["event"] = "statement"
      fields["level"] = "debug"
      fields["unique_id"] = .string(id)
      fields["sql"] = .string(sql)
    case .diagnostic(let diagnostic):
      fields["event"] = "diagnostic"
      fields["level"] = .string(diagnostic.severity.rawValue)
      fields["diagnostic"] = diagnostic.plain(from: buffers)
    case .runFinished(let report):
      fields["event"] = "run_finished"
      fields["level"] = report.exitCode == 0 ? "info" : "error"
      fields["seconds"] = .double(report.elapsed)
      fields["pass"] = .integer(report.counts.passed)
      fields["warn"] = .integer(report.counts.warned)
      fields["error"] = .integer(report.counts.failed)
      fields["skip"] = .integer(report.counts.skipped)
    }
    return PlainValue.dictionary(fields).jsonString
  }
}
