package import Diagnostics
package import ProjectModel
package import RedshiftSQL
import Templating

/// Makes a node's data by a materialization that is written as a template.
package struct TemplateMaterialization {
  private let parsed: ParsedProject
  private let environment: ContextEnvironment
  private let compiled: CompiledNode

  /// What a materialization came to.
  package struct Outcome: Sendable {
    /// The relations it says it made; the kind is nil when it does not say.
    package var relations: [(name: RelationName, kind: ExistingRelations.Kind?)]
    /// What the server answered to the statement `main`.
    package var message: String?
    package var rows: Int?
    /// The SQL of the statement `main`.
    package var mainSQL: String?
    /// The first row that `main` gave, for tests.
    package var firstRow: [PlainValue]?
    package var logs: [TemplateLog]
    package var warnings: [Diagnostic]
  }

  package init(
    _ parsed: ParsedProject,
    compiled: CompiledNode,
    existing: ExistingRelations,
    live: any LiveDatabase,
    selected: Set<String>
  ) {
    self.parsed = parsed
    self.compiled = compiled
    var environment = parsed.environment(existing: existing, live: live, selected: selected)
    environment.batch = compiled.batch
    environment.isMaterializing = true
    self.environment = environment
  }

  /// The materialization's name in a node's configuration.
  package static func name(of node: Node) -> String {
    switch node.kind {
    case .seed: "seed"
    case .test: "test"
    case .snapshot: node.config["materialized"]?.string ?? "snapshot"
    case .function: node.config["materialized"]?.string ?? "function"
    default: node.config["materialized"]?.string ?? "view"
    }
  }

  /// Whether a node needs this: its materialization, or something that redstart's own would call,
  /// is the project's or a package's.
  package static func isNeeded(for node: Node, in parsed: ParsedProject) -> Bool {
    if node.kind == .function { return true }
    let name = name(of: node)
    let macros = parsed.macros
    guard let entry = macros.materialization(name, from: node.packageName) else { return false }
    if !MacroTable.isBuiltin(entry.packageName) || name == Materialization.materializedView.rawValue
    {
      return true
    }
    if name == "incremental",
      let strategy = node.config["incremental_strategy"]?.string, !ownStrategies.contains(strategy)
    {
      return true
    }
    if asksMore(node.config, of: name) { return true }
    return (helpers[name] ?? []).contains { helper in
      if macros.custom(helper, from: node.packageName) != nil { return true }
      let found = macros.dispatched(helper, namespace: "dbt", from: node.packageName)
      return found.map { !MacroTable.isBuiltin($0.packageName) } ?? false
    }
  }

  /// Whether a model in Python is left to a materialization of the project's, which says that it
  /// takes them.
  package static func takesPython(_ node: Node, in parsed: ParsedProject) -> Bool {
    let entry = parsed.macros.materialization(name(of: node), from: node.packageName)
    return entry.map {
      !MacroTable.isBuiltin($0.packageName) && $0.languages?.contains("python") == true
    } ?? false
  }

  /// Whether a configuration asks for what only the templates do: grants, comments, contracts that
  /// are enforced, indexes.
  private static func asksMore(_ config: PlainDictionary, of materialization: String) -> Bool {
    guard ["table", "view", "incremental"].contains(materialization) else { return false }
    let docs = config["persist_docs"]?.dictionary
    if docs?["relation"]?.boolean == true || docs?["columns"]?.boolean == true { return true }
    if config["contract"]?.dictionary?["enforced"]?.boolean == true { return true }
    if config["unlogged"]?.boolean == true { return true }
    return config["grants"]?.dictionary?.isEmpty == false
      || config["indexes"]?.list?.isEmpty == false
  }

  private static let ownStrategies: Set<String> = [
    "append", "delete+insert", "merge", "microbatch", "default",
  ]

  private static let common = [
    "run_hooks", "apply_grants", "rename_relation", "drop_relation", "drop_relation_if_exists",
    "make_intermediate_relation", "make_backup_relation", "statement", "load_cached_relation",
    "load_relation",
  ]

  /// Macros whose replacement a project expects to take effect.
  private static let helpers: [String: [String]] = [
    "table": common + ["create_table_as", "get_create_table_as_sql", "create_indexes"],
    "view": common + ["create_view_as", "get_create_view_as_sql"],
    "incremental": common + [
      "create_table_as", "get_create_table_as_sql", "make_temp_relation", "is_incremental",
      "should_full_refresh", "process_schema_changes", "check_for_schema_changes",
      "sync_column_schemas", "get_incremental_default_sql", "get_incremental_append_sql",
      "get_incremental_merge_sql", "get_incremental_delete_insert_sql", "get_merge_sql",
      "get_delete_insert_merge_sql", "get_incremental_microbatch_sql", "get_merge_update_columns",
      "get_insert_into_sql",
      "incremental_validate_on_schema_change",
    ],
    "test": ["get_test_sql", "statement"],
  ]

  /// Runs the materialization.
  ///
  /// - Throws: any error of the template or the database.
  package func run() throws(Diagnostic) -> Outcome {
    let node = compiled.node
    let name = Self.name(of: node)
    if node.kind == .function,
      let missing = FunctionStatement.missingResult(of: node, in: parsed.macros)
    {
      throw missing
    }
    guard let entry = parsed.macros.materialization(name, from: node.packageName) else {
      throw .unknownMaterialization(name, node)
    }
    let language = node.language == .python ? "python" : "sql"
    let languages = entry.languages ?? ["sql"]
    guard languages.contains(language) else {
      throw .materializationLanguage(name, takes: languages, language, node)
    }
    let context = NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: node,
      this: node.relationName,
      config: ConfigObject(final: node.config)
    )
    let buffers = environment.buffers
    var text = MappedText()
    text.append(
      copying: buffers.bytes(of: compiled.sql),
      range: buffers.wholeRange(of: compiled.sql)
    )
    let sql = Value.string(TemplateString(text))
    context.extra["sql"] = sql
    context.extra["compiled_code"] = sql
    let place = TextRange(buffer: node.buffer ?? compiled.sql, bytes: 0..<0)
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    let result: Value
    do throws(Diagnostic) {
      result = try MacroObject(entry, context: context)
        .call(Arguments(range: place, renderer: renderer))
    } catch {
      throw error.explained(for: node)
    }
    let main = context.statements.message(of: "main")
    guard main != nil || node.kind == .test else {
      throw .materializationWithoutMain(name, node, at: entry.definition.range)
    }
    if case .dictionary = result {
    } else if node.kind != .test {
      throw .materializationWithoutRelations(name, node, at: entry.definition.range)
    }
    return Outcome(
      relations: Self.relations(in: result),
      message: main?.message,
      rows: main?.rows,
      mainSQL: context.statements.mainSQL,
      firstRow: context.statements.firstRow(of: "main"),
      logs: context.captured.logs,
      warnings: context.captured.warnings
    )
  }

  private static func relations(
    in value: Value
  ) -> [(name: RelationName, kind: ExistingRelations.Kind?)] {
    guard case .dictionary(let dictionary) = value,
      let elements = dictionary["relations"]?.elements
    else { return [] }
    return elements.compactMap { element in
      guard case .object(let object) = element, let relation = object as? RelationObject else {
        return nil
      }
      // A function's name is none among those of relations.
      if relation.kind == .function { return nil }
      let kind: ExistingRelations.Kind? =
        switch relation.kind {
        case .table: .table
        case .view: .view
        case .materializedView: .materializedView
        default: nil
        }
      return (relation.name, kind)
    }
  }
}
