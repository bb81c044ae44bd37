import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension CommandSession {
  /// `redstart advise`: the state of the tables, or the plans of queries.
  func advise() async throws -> ExitCode {
    let format = arguments.value("output") ?? "text"
    let formats = ["text", "json", "sql"]
    guard formats.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: formats)
    }
    let project = try loadProject()
    guard project.target.kind == .redshift else { throw Diagnostic.adviceNeedsRedshift(project) }
    let parsed = try parseProject(project)
    let isAboutQueries = arguments.value("inline") != nil || !arguments.list("select").isEmpty
    return try await withWarehouse(project) { connection in
      if isAboutQueries {
        try await advise(queriesOf: parsed, connection, format)
      } else {
        try await advise(tablesOf: parsed, connection, format)
      }
      return .success
    }
  }

  // MARK: - Tables

  private func advise(
    tablesOf parsed: ParsedProject,
    _ connection: Connection,
    _ format: String
  ) async throws {
    let tables = try await connection.withSession { session throws(Diagnostic) in
      try await TableHealth.read(schemas: parsed.schemas, on: session)
    }
    switch format {
    case "json":
      let list = tables.map(\.plain)
      console.output(String(decoding: PlainValue.list(list).json(indent: 2), as: UTF8.self) + "\n")
    case "sql":
      for statement in tables.flatMap(\.advice).compactMap(\.sql) {
        console.output(statement + "\n")
      }
    default: show(tables)
    }
  }

  private func show(_ tables: [TableHealth]) {
    guard !tables.isEmpty else { return note("no table of the project holds rows") }
    var table = TextTable(columns: ["table", "rows", "MB", "distribution", "sort key"])
    table.rightAligned = [1, 2]
    for health in tables {
      table.add([
        health.name.description, "\(Int(min(health.rows, 1e18)))", "\(health.megabytes)",
        health.distribution, health.sortKey ?? "",
      ])
    }
    console.output(table.text)
    var count = 0
    for health in tables where !health.advice.isEmpty {
      console.output("\n\(health.name.description)\n")
      for advice in health.advice {
        count += 1
        console.output("  \(advice.message) [\(advice.kind)]\n")
        if let sql = advice.sql { console.output("    \(sql)\n") }
        if let hint = advice.hint { console.output("    \(hint)\n") }
      }
    }
    note(count == 0 ? "nothing to improve" : "\(count) thing\(count == 1 ? "" : "s") to improve")
  }

  // MARK: - Queries

  private func advise(
    queriesOf parsed: ParsedProject,
    _ connection: Connection,
    _ format: String
  ) async throws {
    let existing = try await introspect(parsed, connection)
    let queries = try queries(Compiler(parsed, existing: existing), parsed)
    var found: [PlainValue] = []
    for shown in queries {
      let (name, buffer) = (shown.name, shown.sql)
      guard let query = SQLParser.parse(buffer, in: buffers).statements.first,
        case .query = query.kind
      else {
        note("\(name) is no query: there is no plan")
        continue
      }
      var text = MappedText()
      text.append(generated: "explain\n".utf8, origin: nil)
      text.append(copying: buffers.bytes(of: buffer), range: query.range)
      let explained = buffers.add(generated: "the plan of \(name)", text)
      let result = try await connection.withSession { session throws(Diagnostic) in
        try await StatementRunner(
          session: session,
          dialect: .redshift,
          buffers: buffers,
          loader: nil,
          log: nil
        ).run(explained)
      }
      let lines = result.rows.compactMap { $0.first.flatMap { $0 } }
      let plan = QueryPlan(lines: lines)
      switch format {
      case "json": found.append(plan.plain(name: name, lines: lines))
      case "sql":
        for statement in plan.remarks.compactMap(\.sql) { console.output(statement + "\n") }
      default: show(plan, name, lines)
      }
    }
    if format == "json" {
      console.output(String(decoding: PlainValue.list(found).json(indent: 2), as: UTF8.self) + "\n")
    }
  }

  private func show(_ plan: QueryPlan, _ name: String, _ lines: [String]) {
    console.output("\(name)\n\n" + lines.map { "  \($0)\n" }.joined() + "\n")
    for remark in plan.remarks {
      let attribute = remark.attribute.map { " (\($0))" } ?? ""
      console.output("\(remark.isCostly ? "costly" : "note"): \(remark.message)\(attribute)\n")
      if let help = remark.help { console.output("  \(help)\n") }
      if let sql = remark.sql { console.output("  \(sql)\n") }
    }
    if plan.remarks.isEmpty { note("no step of \(name) moves data between nodes") }
  }
}

extension TableHealth {
  fileprivate var plain: PlainValue {
    func number(_ value: Double?) -> PlainValue { value.map { .double($0) } ?? .null }
    return .dictionary(
      PlainDictionary([
        ("schema", .string(schema)), ("table", .string(table)), ("rows", number(rows)),
        ("megabytes", .integer(megabytes)), ("distribution", .string(distribution)),
        ("sort_key", sortKey.map { .string($0) } ?? .null), ("unsorted", number(unsorted)),
        ("stale_statistics", number(staleStatistics)), ("skew", number(skew)),
        (
          "advice",
          .list(
            advice.map { advice in
              .dictionary(
                PlainDictionary([
                  ("kind", .string(advice.kind)), ("message", .string(advice.message)),
                  ("sql", advice.sql.map { .string($0) } ?? .null),
                  ("hint", advice.hint.map { .string($0) } ?? .null),
                ])
              )
            }
          )
        ),
      ])
    )
  }
}

extension QueryPlan {
  fileprivate func plain(name: String, lines: [String]) -> PlainValue {
    .dictionary(
      PlainDictionary([
        ("name", .string(name)), ("plan", .list(lines.map { .string($0) })),
        (
          "remarks",
          .list(
            remarks.map { remark in
              .dictionary(
                PlainDictionary([
                  ("kind", .string(remark.kind)),
                  ("attribute", remark.attribute.map { .string($0) } ?? .null),
                  ("message", .string(remark.message)), ("is_costly", .boolean(remark.isCostly)),
                  ("help", remark.help.map { .string($0) } ?? .null),
                  ("sql", remark.sql.map { .string($0) } ?? .null),
                ])
              )
            }
          )
        ),
      ])
    )
  }
}

extension Diagnostic {
  fileprivate static func adviceNeedsRedshift(_ project: Project) -> Diagnostic {
    Diagnostic(
      code: "needs-redshift",
      "target \"\(project.target.name)\" is no Redshift: distribution, sorting and compression "
        + "exist on a cluster only",
      help: ["choose a target of type redshift with --target"]
    )
  }
}
