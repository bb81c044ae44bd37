import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension CommandSession {
  /// `redstart show`.
  func show() async throws -> ExitCode {
    guard arguments.value("inline") == nil || arguments.value("inline-direct") == nil else {
      throw Diagnostic(code: "usage", "--inline and --inline-direct exclude each other")
    }
    let format = arguments.value("output") ?? "text"
    let formats = ["text", "json", "csv"]
    guard formats.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: formats)
    }
    let limit = try rowLimit()
    greet()
    let project = try loadProject()
    let read = try parseProject(project)
    if !isQuiet { greet(read) }
    if console.speaksDbt { try writeManifest(project, read, nil) }
    try checkShown(read)
    let shown =
      inlineText == nil && !arguments.list("select").isEmpty
      ? try selectNodes(
        in: read,
        kinds: [.model, .seed, .snapshot, .test, .analysis, .function],
        indirect: .empty
      ) : []
    let parsed = try deferring(read, selected: shown, builds: false)
    return try await withWarehouse(project) { connection in
      let existing = try await introspect(parsed, connection)
      let compiler = Compiler(parsed, existing: existing)
      let queries = try queries(compiler, parsed)
      do throws(Diagnostic) {
        try await connection.withSession { session throws(Diagnostic) in
          let runner = StatementRunner(
            session: session,
            dialect: connection.warehouse.dialect,
            isVerbatim: project.target.speaksPostgres,
            buffers: buffers,
            loader: nil,
            log: nil
          )
          for query in queries {
            let sql = limited(query, limit, project)
            let result = try await runner.run(sql)
            if let dbtLog {
              tell(result, of: query, format: format, dbtLog)
              try writeShown(query, sql, parsed)
            } else {
              print(result, name: queries.count > 1 ? query.name : nil, format: format)
            }
          }
        }
        return .success
      } catch {
        report([error])
        // For dbt a query of the command line that fails is a failure of the command.
        return console.speaksDbt && inlineText != nil ? .usage : .failure
      }
    }
  }

  /// The query of the command line, if there is one.
  private var inlineText: String? { arguments.value("inline") ?? arguments.value("inline-direct") }

  /// Checks what will be shown, before a connection is opened.
  private func checkShown(_ parsed: ParsedProject) throws {
    guard checksSQL(parsed), arguments.value("inline-direct") == nil else { return }
    if let inline = arguments.value("inline") {
      do {
        return try requireSoundQuery(inline, parsed)
      } catch {
        throw inlineProblem(error)
      }
    }
    guard !arguments.list("select").isEmpty else { return }
    let selected = try selectNodes(
      in: parsed,
      kinds: [.model, .seed, .snapshot, .test, .analysis, .function],
      indirect: .empty
    )
    let compilation = Compiler(parsed).compile(selected)
    guard !compilation.diagnostics.contains(where: \.isError) else { return }
    try requireSoundSQL(compilation, parsed, of: selected)
  }

  private func rowLimit() throws(Diagnostic) -> Int? {
    guard let text = arguments.value("limit") else { return 5 }
    guard let number = Int(text), number >= -1 else {
      throw Diagnostic(
        code: "usage",
        "--limit must be a number, not \"\(text)\"",
        help: ["write --limit -1 for all rows"]
      )
    }
    return number == -1 ? nil : number
  }

  /// The query of `--inline`, or those of the selected nodes.
  func queries(_ compiler: Compiler, _ parsed: ParsedProject) throws -> [ShownQuery] {
    if inlineText != nil {
      let buffer: BufferID
      if let inline = arguments.value("inline") {
        let (compiled, logs) = try parsingInline { () throws(Diagnostic) in
          try compiler.compileInline(inline)
        }
        for log in logs where log.isShown || isDebug { note(log.message) }
        buffer = compiled
      } else {
        buffer = buffers.add(name: "<inline>", text: arguments.value("inline-direct") ?? "")
      }
      let result = SQLParser.parse(buffer, in: buffers)
      let errors = result.diagnostics.filter(\.isError)
      if !errors.isEmpty {
        // For dbt, it is the database that says what it takes.
        guard console.speaksDbt else { throw DiagnosticList(errors) }
        return [ShownQuery(name: "inline", sql: buffer)]
      }
      do throws(Diagnostic) {
        _ = try result.singleQuery(in: buffers)
      } catch {
        throw Diagnostic.notShowable(at: error.primary?.range)
      }
      return [ShownQuery(name: "inline", sql: buffer)]
    }
    guard !arguments.list("select").isEmpty else {
      throw Diagnostic(
        code: "usage",
        console.speaksDbt
          ? "Either --select or --inline must be passed to \(command.name)"
          : "`redstart \(command.name)` needs --select or --inline",
        help: ["write redstart \(command.name) --select users, or --inline \"select …\""]
      )
    }
    let selected = try selectNodes(
      in: parsed,
      kinds: [.model, .seed, .snapshot, .test, .analysis, .function],
      indirect: .empty
    )
    let compilation = compiler.compile(selected)
    let errors = compilation.diagnostics.filter(\.isError)
    if !errors.isEmpty { throw DiagnosticList(errors) }
    var queries: [ShownQuery] = []
    for id in parsed.graph.order where selected.contains(id) {
      guard let compiled = compilation.compiled[id] else { continue }
      // Nodes whose text is no query are shown from their relation.
      let materialized = compiled.node.config["materialized"]?.string
      if compiled.node.kind == .seed || materialized == Materialization.copy.rawValue,
        let relation = compiled.relation
      {
        let text = "select * from \(relation.sql)"
        let buffer = buffers.add(name: compiled.node.name, text: text)
        queries.append(
          ShownQuery(
            name: compiled.node.name,
            node: compiled.node,
            sql: buffer,
            header: compiled.header
          )
        )
      } else {
        queries.append(
          ShownQuery(
            name: compiled.node.name,
            node: compiled.node,
            sql: compiled.sql,
            header: compiled.header
          )
        )
      }
    }
    return queries
  }

  /// The query with a limit around it, mapped back to the file.
  private func limited(_ shown: ShownQuery, _ limit: Int?, _ project: Project) -> BufferID {
    let buffer = shown.sql
    var text = MappedText()
    if let header = shown.header {
      text.append(header)
      text.append(generated: "\n".utf8, origin: nil)
    }
    guard let limit else {
      guard !text.bytes.isEmpty else { return buffer }
      text.append(copying: buffers.bytes(of: buffer), range: buffers.wholeRange(of: buffer))
      return buffers.add(generated: "query", text)
    }
    // Up to the semicolon, if there is one.
    let query = SQLParser.parse(buffer, in: buffers).statements.first?.range
    // What the server says of the whole is said of the query.
    let start = query?.bytes.lowerBound ?? 0
    let place = TextRange(buffer: buffer, bytes: start..<start)
    if console.speaksDbt, project.target.speaksPostgres {
      // As dbt does it: behind the query, which keeps its order.
      text.append(
        copying: buffers.bytes(of: buffer),
        range: query ?? buffers.wholeRange(of: buffer)
      )
      text.append(generated: "\nlimit \(limit)\n".utf8, origin: place)
      return buffers.add(generated: "query", text)
    }
    text.append(generated: "select * from (\n".utf8, origin: place)
    text.append(
      copying: buffers.bytes(of: buffer),
      range: query ?? buffers.wholeRange(of: buffer)
    )
    text.append(generated: "\n) as shown limit \(limit)".utf8, origin: place)
    return buffers.add(generated: "query", text)
  }

  /// What is wrong with the template of `--inline`, told with dbt's words where it is called dbt.
  private func parsingInline<Result>(
    _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    do throws(Diagnostic) {
      return try body()
    } catch {
      guard error.code != Diagnostic.needsDatabaseCode else { throw error }
      throw inlineProblem(error)
    }
  }

  private func print(_ result: StatementResult, name: String?, format: String) {
    switch format {
    case "json":
      console.output(ResultValue.json(of: result, isIndented: true) + "\n")
    case "csv":
      var lines = [result.columns.map { ResultValue.csv($0.name) }.joined(separator: ",")]
      lines += result.rows.map { $0.map(ResultValue.csv).joined(separator: ",") }
      console.output(lines.joined(separator: "\n") + "\n")
    default:
      var table = TextTable(columns: result.columns.map(\.name))
      table.rightAligned = Set(
        result.columns.indices.filter { ResultValue.isNumber(result.columns[$0].typeName) }
      )
      for row in result.rows { table.add(row.map { $0 ?? "NULL" }) }
      if let name { console.output("\(name)\n") }
      console.output(table.text)
      note("\(result.rows.count) row\(result.rows.count == 1 ? "" : "s")")
    }
  }
}

/// A query whose rows are shown.
struct ShownQuery: Sendable {
  var name: String
  /// The node whose query it is; nil for that of the command line.
  var node: Node?
  var sql: BufferID
  /// What goes before the query.
  var header: MappedText?
}

extension Diagnostic {
  fileprivate static func notShowable(at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "inline-not-a-query",
      "--inline takes one query",
      at: range,
      help: ["write one SELECT; a migration or a hook is the place for changes"]
    )
  }
}

/// Values of a result in other formats.
enum ResultValue {
  /// The rows as JSON: a list of objects, in which numbers keep all their digits.
  ///
  /// - Parameters:
  ///   - result: what a query gave.
  ///   - isIndented: whether each value has a line of its own.
  ///   - depth: how deep the list stands where it is indented.
  /// - Returns: the text.
  static func json(of result: StatementResult, isIndented: Bool, depth: Int = 0) -> String {
    let names = keys(of: result)
    let colon = isIndented ? ": " : ":"
    let rows = result.rows.map { row in
      let members = zip(names, zip(result.columns, row)).map { name, cell in
        PlainValue.string(name).jsonString + colon + json(cell.1, type: cell.0.typeName)
      }
      return list(members, "{", "}", depth: isIndented ? depth + 1 : nil)
    }
    return list(rows, "[", "]", depth: isIndented ? depth : nil)
  }

  private static func list(
    _ items: [String],
    _ open: String,
    _ close: String,
    depth: Int?
  ) -> String {
    guard let depth, !items.isEmpty else { return open + items.joined(separator: ",") + close }
    let line = "\n" + String(repeating: "  ", count: depth)
    return open + items.map { line + "  " + $0 }.joined(separator: ",") + line + close
  }

  /// The columns' names, each once: a repeated one gets a number, as dbt does it.
  private static func keys(of result: StatementResult) -> [String] {
    var taken: Set<String> = []
    return result.columns.map { column in
      var name = column.name
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(column.name)_\(number)"
        number += 1
      }
      return name
    }
  }

  static func isNumber(_ type: String) -> Bool {
    ["int2", "int4", "int8", "numeric", "float4", "float8", "oid"].contains(type)
  }

  private static func json(_ text: String?, type: String) -> String {
    guard let text else { return "null" }
    if isNumber(type), isNumber(inJSON: text) {
      // A number with a fraction is one where it has none.
      let isWhole = text.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) }
      return isWhole && type.hasPrefix("float") ? text + ".0" : text
    }
    if type == "bool" { return text == "t" ? "true" : "false" }
    return PlainValue.string(text).jsonString
  }

  /// Whether a number of the server's is one of JSON's: NaN and infinities are not.
  private static func isNumber(inJSON text: String) -> Bool {
    do throws(PlainValue.JSONProblem) {
      switch try PlainValue(json: Array(text.utf8)) {
      case .integer, .double: return true
      default: return false
      }
    } catch {
      return false
    }
  }

  /// A CSV field (RFC 4180); NULL is empty.
  static func csv(_ text: String?) -> String {
    guard let text else { return "" }
    let needsQuotes = text.isEmpty || text.contains { "\",\n\r".contains($0) }
    guard needsQuotes else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
