import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

// What `dbt show` says, and leaves in run_results.json.
extension CommandSession {
  func tell(
    _ result: StatementResult,
    of query: ShownQuery,
    format: String,
    _ log: DbtLog
  ) {
    let preview: String
    if format == "json" || log.isJSON {
      preview = ResultValue.json(of: result, isIndented: false)
    } else {
      preview = Self.table(of: result)
    }
    let name = query.node.map(Self.versionedName) ?? "inline_query"
    let title = query.node == nil ? "Previewing inline node:" : "Previewing node '\(name)':"
    var shown = isQuiet ? preview : "\(title)\n\(preview)"
    if format == "json" {
      let rows = ResultValue.json(of: result, isIndented: true, depth: 1)
      let node = query.node == nil ? "" : "  \"node\": \(PlainValue.string(name).jsonString),\n"
      shown = "{\n\(node)  \"show\": \(rows)\n}"
    }
    log.fire(
      "ShowNode",
      "Q041",
      shown,
      // Rows are what the command is for; --quiet leaves out the rest.
      level: isQuiet ? .error : .info,
      data: [
        "node_name": .string(name), "preview": .string(preview),
        "is_inline": .boolean(query.node == nil), "output_format": .string(format),
        "unique_id": .string(identifier(of: query)), "quiet": .boolean(isQuiet),
      ]
    )
  }

  /// `orders.v2`, as dbt calls a version of a model.
  private static func versionedName(_ node: Node) -> String {
    node.version.map { "\(node.name).v\($0.string ?? $0.jsonString)" } ?? node.name
  }

  /// Rows as dbt lays them out: `| id | name |`, numbers at the right, and no more than twenty
  /// characters of a value.
  private static func table(of result: StatementResult) -> String {
    func cut(_ text: String) -> String { text.count > 20 ? text.prefix(17) + "..." : text }
    let isNumber = result.columns.map { ResultValue.isNumber($0.typeName) }
    let lines =
      [result.columns.map { cut($0.name) }]
      + result.rows.map { row in row.map { cut($0 ?? "") } }
    var widths = result.columns.map { _ in 0 }
    for line in lines {
      for (index, cell) in line.enumerated() where index < widths.count {
        widths[index] = max(widths[index], cell.count)
      }
    }
    func row(_ cells: [String]) -> String {
      let padded = zip(zip(cells, widths), isNumber).map { pair, isRight in
        let padding = String(repeating: " ", count: max(0, pair.1 - pair.0.count))
        return isRight ? padding + pair.0 : pair.0 + padding
      }
      return "| \(padded.joined(separator: " | ")) |"
    }
    let rule = row(widths.map { String(repeating: "-", count: $0) })
    return ([row(lines.first ?? []), rule] + lines.dropFirst().map(row)).joined(separator: "\n")
      + "\n"
  }

  /// Writes run_results.json of a query that was shown.
  func writeShown(
    _ query: ShownQuery,
    _ sql: BufferID,
    _ parsed: ParsedProject
  ) throws(Diagnostic) {
    let project = parsed.project
    let now = Moment.now()
    let instant = NodeResult.Timing(started: now, completed: now)
    let id = query.node?.uniqueID ?? "sql_operation.\(project.name).inline_query"
    let node =
      query.node
      ?? Node(
        uniqueID: id,
        kind: .operation,
        name: "inline_query",
        packageName: project.name,
        path: "inline_query",
        originalFilePath: "inline_query",
        fqn: [project.name, "inline_query"]
      )
    var result = NodeResult(
      id: id,
      name: node.name,
      kind: node.kind,
      status: .success,
      compile: instant,
      execute: instant,
      index: 1,
      total: 1
    )
    result.thread = 0
    try writeRunResults(
      project,
      RunReport(results: [result], started: began, completed: now),
      Compilation(
        project: project,
        graph: parsed.graph,
        compiled: [id: CompiledNode(node: node, relation: nil, sql: sql)],
        diagnostics: []
      )
    )
  }

  private func identifier(of query: ShownQuery) -> String {
    query.node?.uniqueID ?? "sql_operation.inline_query"
  }
}
