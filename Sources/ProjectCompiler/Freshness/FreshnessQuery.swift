package import Diagnostics
package import ProjectModel
import RedshiftSQL
import Templating

/// Asks the database when a source was loaded last, by dbt's macros or the project's own.
package struct FreshnessQuery {
  private let parsed: ParsedProject
  private let environment: ContextEnvironment

  /// What the database says.
  package struct Answer: Sendable {
    package var loadedAt: EventTime
    /// Whether there are no rows.
    package var isEmpty: Bool
    package var askedAt: EventTime
    package var logs: [TemplateLog]
    /// What the macros warn of, and how they do it in a former way.
    package var warnings: [Diagnostic]
  }

  package init(_ parsed: ParsedProject, existing: ExistingRelations, live: any LiveDatabase) {
    self.parsed = parsed
    environment = parsed.environment(existing: existing, live: live)
  }

  /// Asks for one table.
  ///
  /// - Throws: `freshness-unknown` when there is nothing to ask by, or the answer is no time; what
  ///   the template or the server says.
  package func ask(_ node: Node) throws(Diagnostic) -> Answer {
    let context = NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: node,
      this: node.relationName,
      config: ConfigObject(final: node.config)
    )
    context.extra["source_node"] = context.value(named: "model")
    let buffers = environment.buffers
    let place =
      node.declaration ?? TextRange(buffer: buffers.add(name: node.name, text: ""), bytes: 0..<0)
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    let arguments = Arguments(range: place, renderer: renderer)
    let source = Value.object(relation(of: node))
    let answer: Value
    let asked: String
    if let query = node.config["loaded_at_query"]?.string {
      asked = "loaded_at_query"
      let buffer = buffers.add(name: "loaded_at_query of \(node.name)", text: query)
      let text = try renderer.render(try Template(parsing: buffer, in: buffers)).trimmed()
      answer = try context.callMacro(
        "collect_freshness_custom_sql",
        [source, .string(TemplateString(text))],
        arguments
      )
    } else if let field = node.config["loaded_at_field"]?.string {
      asked = field
      let filter = node.config["freshness"]?.dictionary?["filter"]?.string
      answer = try context.callMacro(
        "collect_freshness",
        [source, .text(field), filter.map { .text($0) } ?? Value.none],
        arguments
      )
    } else if environment.live?.isPostgres == false {
      // What the cluster keeps is about the database of the connection.
      let connected = environment.project.target.database.lowercased()
      guard (node.database ?? connected).lowercased() == connected else {
        throw .freshnessUnknown(
          node,
          "it has no `loaded_at_field`, and its table is in another database"
        )
      }
      asked = "sys_query_detail"
      answer = try context.callMacro(
        "get_relation_last_modified",
        [.none, .list([source])],
        arguments
      )
    } else {
      var problem = Diagnostic.freshnessUnknown(
        node,
        "it has no `loaded_at_field`, and its table does not know when it was loaded"
      )
      if environment.project.isWrittenForDbt {
        problem.message =
          "Could not compute freshness for source \(node.name): no 'loaded_at_field' provided and "
          + "\(environment.adapterType) adapter does not support metadata-based freshness checks."
      }
      throw problem
    }
    let row = try Self.row(of: answer, node)
    var warnings = context.captured.warnings
    if case .object = answer { warnings.append(.formerFreshnessMacro(node)) }
    return Answer(
      loadedAt: row[0].isNone
        // As in dbt, what has no rows was loaded in the year 1.
        ? EventTime(year: 1, month: 1, day: 1) : try Self.time(row[0], asked, node),
      isEmpty: row[0].isNone,
      askedAt: try Self.time(row[1], asked, node),
      logs: context.captured.logs,
      warnings: warnings
    )
  }

  private func relation(of node: Node) -> RelationObject {
    RelationObject(
      node.relationName,
      kind: .table,
      quoted: RelationObject.Parts(environment.relations[node.uniqueID]?.quoting ?? [:]),
      className: environment.relationClass
    )
  }

  /// The one row of two values that the macros give.
  private static func row(of answer: Value, _ node: Node) throws(Diagnostic) -> [Value] {
    var table = answer
    if case .dictionary(let result) = answer { table = result["table"] ?? .none }
    guard case .object(let object) = table, let found = object as? TableObject else {
      throw .freshnessUnknown(node, "the macro gives no table")
    }
    let names = found.names.map { $0.lowercased() }
    if let modified = names.firstIndex(of: "last_modified"),
      let asked = names.firstIndex(of: "snapshotted_at")
    {
      guard let row = found.rows.first else {
        throw .freshnessUnknown(
          node,
          "it has no `loaded_at_field`, and the cluster knows of no statement that wrote to it "
            + "(sys_query_detail keeps a week)"
        )
      }
      return [row[modified], row[asked]]
    }
    guard found.rows.count == 1, let row = found.rows.first, row.count == 2 else {
      throw .freshnessUnknown(node, "the macro gives no row of two times")
    }
    return row
  }

  private static func time(
    _ value: Value,
    _ asked: String,
    _ node: Node
  ) throws(Diagnostic) -> EventTime {
    let text = value.rendered
    // A date says too little.
    guard text.utf8.count > 10, let time = EventTime(text) else {
      throw .freshnessUnknown(node, "\"\(asked)\" gives \"\(text)\", which is no timestamp")
    }
    return time
  }
}

extension Diagnostic {
  fileprivate static func formerFreshnessMacro(_ node: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "former-freshness-macro",
      "the macro that asks how fresh \(node.sourceName ?? "").\(node.name) is gives a table, where dbt "
        + "wants the whole result",
      help: ["return load_result('collect_freshness'), without .table"]
    )
  }

  static func freshnessUnknown(_ node: Node, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "freshness-unknown",
      "cannot tell how fresh \(node.sourceName ?? "").\(node.name) is: \(reason)",
      at: node.declaration,
      help: ["write loaded_at_field: a column, or an expression, of type timestamp"]
    )
  }
}
