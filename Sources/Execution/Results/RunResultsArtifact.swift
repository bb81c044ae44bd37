package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// `target/run_results.json` in dbt's schema, version 6.
package enum RunResultsArtifact {
  /// Facts about the command that go into the file's metadata.
  package struct Metadata: Sendable {
    package var generatedAt: Moment
    package var invocationID: String
    package var startedAt: Moment
    package var version: String
    /// The command's arguments, for `args`.
    package var arguments: PlainDictionary
    /// Environment variables that metadata carries along.
    package var environment: PlainDictionary

    package init(
      generatedAt: Moment,
      invocationID: String,
      startedAt: Moment,
      version: String,
      arguments: PlainDictionary,
      environment: PlainDictionary = PlainDictionary()
    ) {
      self.generatedAt = generatedAt
      self.invocationID = invocationID
      self.startedAt = startedAt
      self.version = version
      self.arguments = arguments
      self.environment = environment
    }
  }

  /// The whole artifact.
  package static func value(
    _ report: RunReport,
    compilation: Compilation,
    buffers: Buffers,
    metadata: Metadata
  ) -> PlainValue {
    [
      "metadata": [
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
        "dbt_version": .string(Invocation.dbtVersion),
        "generated_at": .string(metadata.generatedAt.iso8601),
        "invocation_id": .string(metadata.invocationID),
        "invocation_started_at": .string(metadata.startedAt.iso8601),
        "env": .dictionary(metadata.environment),
      ],
      "results": .list(
        report.results.map { result in
          let node = compilation.graph.nodes[result.id]
          return value(
            result,
            compiled: compilation.compiled[result.id],
            file: node?.originalFilePath,
            relation: node?.relationName?.sql,
            buffers: buffers
          )
        }
      ),
      "elapsed_time": .double(report.elapsed),
      "args": .dictionary(metadata.arguments),
    ]
  }

  /// A result as `on-run-end` hooks see it.
  static func hookValue(
    _ result: NodeResult,
    node: PlainDictionary?,
    compiled: CompiledNode?,
    buffers: Buffers
  ) -> PlainValue {
    let file = node?["original_file_path"]?.string
    guard
      var entry = value(
        result,
        compiled: compiled,
        file: file,
        relation: node?["relation_name"]?.string,
        buffers: buffers
      ).dictionary
    else { return [:] }
    entry["node"] =
      node.map { node in
        var node = node
        // The node has been compiled by now, as in dbt.
        if let code = entry["compiled_code"], code.string != nil {
          node["compiled"] = true
          node["compiled_code"] = code
        } else {
          node["compiled_code"] = .null
        }
        return .dictionary(node)
      } ?? .null
    return .dictionary(entry)
  }

  /// What the server said, as dbt's adapters put it.
  package static func response(to result: NodeResult) -> PlainDictionary {
    var response = PlainDictionary()
    if result.kind == .operation {
      // As in dbt, nothing is told of what the server said to a hook.
    } else if result.status == .success, result.batches == nil, let message = result.message {
      response["_message"] = .string(message)
      response["code"] = .string(code(of: message))
      // dbt's word for what has no count.
      response["rows_affected"] = .integer(result.rowsAffected ?? -1)
    } else if result.status == .pass || result.status == .warn || result.status == .fail {
      response["_message"] = "SELECT 1"
      response["code"] = "SELECT"
      response["rows_affected"] = 1
    }
    return response
  }

  private static func value(
    _ result: NodeResult,
    compiled: CompiledNode?,
    file: String?,
    relation: String?,
    buffers: Buffers
  ) -> PlainValue {
    // A seed's text is data, not code; what was skipped counts as not compiled.
    let hasNoCode = compiled == nil && (result.kind == .model || result.kind == .snapshot)
    let isUncompiled =
      hasNoCode || result.status == .skipped && result.thread == nil && !result.isBroken
    let sql =
      result.kind == .seed || isUncompiled ? nil : result.compiledSQL ?? compiled?.sql
    let code = sql.map { PlainValue.string(String(decoding: buffers.bytes(of: $0), as: UTF8.self)) }
    // A macro that was called runs on no connection of the nodes'.
    let isMacro = result.id.hasPrefix("macro.")
    let hasRun = result.thread != nil || isMacro
    return [
      "status": .string(status(result.status)),
      "timing": hasRun
        ? [timing("compile", result.compile), timing("execute", result.execute)] : [],
      "thread_id": .string(
        result.kind == .operation
          ? "main" : result.thread.map { "Thread-\($0 + 1)" } ?? "MainThread"
      ),
      "execution_time": .double(hasRun ? result.execute.seconds : 0),
      "adapter_response": .dictionary(response(to: result)),
      "message": message(result, file: file)
        .map(PlainValue.string) ?? .null,
      "failures": result.failures.map(PlainValue.integer) ?? .null,
      "unique_id": .string(result.id),
      "compiled": isMacro || isUncompiled && result.kind != .seed
        ? false : code == nil ? .null : true,
      "compiled_code": code ?? .null,
      // A function is no relation.
      "relation_name": result.kind == .seed || result.kind == .function
        ? .null
        : result.relation.map { .string($0.sql) }
          ?? (hasNoCode ? relation.map { .string($0) } : nil) ?? .null,
      "batch_results": result.batches.map(batches) ?? .null,
    ]
  }

  /// dbt's word; it has none for cancelled nodes.
  private static func status(_ status: NodeResult.Status) -> String {
    status == .cancelled ? "skipped" : status.rawValue
  }

  private static func message(_ result: NodeResult, file: String?) -> String? {
    if let message = result.message { return message }
    return DbtWords.error(of: result, file: file)
      ?? result.diagnostics.first(where: \.isError)?.message
  }

  private static func batches(_ results: BatchResults) -> PlainValue {
    func list(_ windows: [EventTimeWindow]) -> PlainValue {
      .list(windows.map { [.string($0.start.iso8601), .string($0.end.iso8601)] })
    }
    return ["successful": list(results.successful), "failed": list(results.failed)]
  }

  package static func timing(_ name: String, _ timing: NodeResult.Timing) -> PlainValue {
    [
      "name": .string(name),
      "started_at": .string(timing.started.iso8601),
      "completed_at": .string(timing.completed.iso8601),
    ]
  }

  /// The words of a command tag without its numbers: `INSERT 0 5` is `INSERT`.
  private static func code(of tag: String) -> String {
    tag.split(separator: " ").prefix { !($0.first?.isNumber ?? true) }.joined(separator: " ")
  }
}
