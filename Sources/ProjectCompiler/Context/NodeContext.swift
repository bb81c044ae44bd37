import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// The names a template of one node can use.
///
/// While parsing (`execute` false), `ref` and `source` only record what they were asked; while
/// compiling they resolve against the graph.
final class NodeContext: TemplateContext {
  enum Phase {
    case parse
    case compile(resolver: ReferenceResolver)
    /// A migration: no nodes, and the reason is told.
    case migration
  }

  let environment: ContextEnvironment
  let phase: Phase
  /// Whether a variable that nobody set is an error while the project is read, too.
  var demandsVariables = false
  let node: Node?
  let thisRelation: RelationName?
  let configObject: ConfigObject
  let statements = StatementResults()
  var captured = Captured()
  /// Values only this rendering has, such as a generic test's arguments.
  var extra: [String: Value] = [:]
  private var cache: [String: Value] = [:]
  /// Macros that are being called, the outermost first.
  private var macroStack: [String] = []

  init(
    environment: ContextEnvironment,
    phase: Phase,
    node: Node?,
    this: RelationName?,
    config: ConfigObject
  ) {
    self.environment = environment
    self.phase = phase
    self.node = node
    thisRelation = this
    configObject = config
  }

  var isExecuting: Bool {
    if case .compile = phase { return true }
    return false
  }

  /// The package whose macros and variables come first.
  var packageName: String { node?.packageName ?? environment.project.name }
  var adapterType: String { environment.adapterType }
  var relationClass: String { environment.relationClass }

  /// Names buffers of statements that templates make.
  var statementName: String { "statement of \(node?.name ?? "a template")" }

  func noteFormer(_ name: String, at range: TextRange) { captured.former.append(range) }

  func value(named name: String) -> Value? {
    if let value = extra[name] ?? cache[name] { return value }
    if let override = environment.macroOverrides.function(name) {
      var isCalled = environment.macros.lookup(name, from: packageName) != nil
      if !isCalled, case .function? = makeValue(named: name) { isCalled = true }
      // What is no macro, as `invocation_id`, is replaced by the value itself.
      return isCalled ? override : environment.macroOverrides.value(name)
    }
    if let macro = environment.macros.lookup(name, from: packageName), !isNative(macro) {
      let value = Value.object(MacroObject(macro, context: self))
      cache[name] = value
      return value
    }
    guard let value = makeValue(named: name) else { return nil }
    cache[name] = value
    return value
  }

  /// Whether a macro of redstart's is answered without rendering it: what is there was asked once,
  /// and needs no connection.
  func isNative(_ macro: MacroTable.Entry) -> Bool {
    ["is_incremental", "should_full_refresh"].contains(macro.name)
      && MacroTable.isBuiltin(macro.packageName)
  }

  /// Whether the template has put something into `graph` beside what is of the project.
  var hasKeptInGraph: Bool {
    guard captured.asksGraph, case .dictionary(let graph)? = cache["graph"] else { return false }
    return graph.entries.count != environment.graph?.value.count
  }

  /// What a name means when no macro replaces it: `builtins.ref`.
  func builtin(named name: String) -> Value? { makeValue(named: name) }

  var readYAML: ((String) throws(Diagnostic) -> Value)? { YAML.templateValue(of:) }

  /// Names for suggestions.
  var names: [String] {
    [
      "ref", "source", "function", "config", "var", "env_var", "this", "target", "execute", "log",
      "print",
      "exceptions", "adapter", "api", "model", "schema", "database", "project_name", "graph",
      "invocation_id", "run_started_at", "flags", "return", "fromjson", "tojson", "modules",
    ] + environment.macros.names(from: packageName)
  }

  // MARK: Macros

  func enter(_ entry: MacroTable.Entry) {
    if macroStack.isEmpty, !captured.macros.contains(entry.uniqueID) {
      captured.macros.append(entry.uniqueID)
    }
    macroStack.append(entry.uniqueID)
  }

  /// Writes down that the template calls one of the macros that are answered without rendering.
  private func noteUse(of name: String) {
    guard let entry = environment.macros.lookup(name, from: packageName) else { return }
    enter(entry)
    leaveMacro()
  }

  /// The package of the macro that is being rendered.
  var callingPackage: String? {
    macroStack.last.flatMap { id in
      environment.macros.entry(withID: id)?.packageName
    }
  }

  func leaveMacro() { if !macroStack.isEmpty { macroStack.removeLast() } }

  /// Calls a macro by the rules of names, as templates would.
  @discardableResult
  func callMacro(
    _ name: String,
    _ positional: [Value],
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    guard let entry = environment.macros.lookup(name, from: packageName) else {
      throw .unknownMacro(name, at: arguments.range)
    }
    var inner = Arguments(range: arguments.range, renderer: arguments.renderer)
    inner.positional = positional
    return try MacroObject(entry, context: self).call(inner)
  }

  /// The database, for a function that cannot do without.
  func database(_ function: String, at range: TextRange) throws(Diagnostic) -> any LiveDatabase {
    captured.readsDatabase = true
    guard let live = environment.live else { throw .needsDatabase(function, at: range) }
    return live
  }

  func warn(_ text: String, at range: TextRange) throws(Diagnostic) {
    switch environment.invocation.templateWarnings {
    case .told: break
    case .raised: throw .raisedByTemplate(text, at: range)
    case .dropped: return
    }
    guard isExecuting else { return }
    captured.warnings.append(.warnedByTemplate(text, at: range))
  }

  /// A value's text with the way back to where it was written.
  func mapped(_ value: Value) -> MappedText {
    if case .string(let string) = value, let mapped = string.mapped { return mapped }
    var text = MappedText()
    text.append(generated: value.rendered.utf8, origin: nil)
    return text
  }

  // MARK: Values

  private func makeValue(named name: String) -> Value? {
    nodeValue(named: name) ?? worldValue(named: name) ?? functionValue(named: name)
      ?? packageValue(named: name)
  }

  private func nodeValue(named name: String) -> Value? {
    switch name {
    case "ref": .function(referenceFunction)
    case "source": .function(sourceFunction)
    case "metric":
      .function(
        NativeFunction(name) { [unowned self] arguments throws(Diagnostic) in
          let words = arguments.positional.map(\.rendered)
          if !captured.metrics.contains(words) { captured.metrics.append(words) }
          return .object(
            MetricObject(words, graph: isExecuting ? environment.graph : nil)
          )
        }
      )
    case "function":
      .function(functionFunction)
    case "config": .object(configObject)
    case "this":
      thisRelation.map { .object(thisObject($0)) } ?? Value.none
    case "model": node.map(modelReference) ?? Value.none
    case "schema": .text(node?.schema ?? environment.project.target.schema)
    case "database": .text(node?.database ?? environment.project.target.database)
    case "sql", "compiled_code", "defer_relation": Value.none
    case "pre_hooks": .list(hooks("pre-hook"))
    case "post_hooks": .list(hooks("post-hook"))
    case "is_incremental": .function(incrementalFunction)
    case "should_full_refresh":
      .function(
        NativeFunction(name) { [unowned self] _ throws(Diagnostic) in
          noteUse(of: name)
          return .boolean(isFullRefresh)
        }
      )
    default: nil
    }
  }

  private func worldValue(named name: String) -> Value? {
    let invocation = environment.invocation
    switch name {
    case "target", "env": return Value(.dictionary(environment.project.target.templateValue))
    case "execute": return .boolean(isExecuting)
    case "exceptions": return .object(ExceptionsObject(context: self))
    case "adapter": return .object(AdapterObject(context: self))
    case "api": return .object(ApiObject(className: relationClass))
    case "column": return .object(ColumnClass())
    case "validation": return .object(ValidationObject())
    case "graph":
      guard isExecuting, let graph = environment.graph else {
        return .dictionary(DictionaryReference())
      }
      captured.asksGraph = true
      return environment.live == nil
        ? Value(.dictionary(graph.value)) : graph.shared(with: self)
    case "project_name": return .text(environment.project.name)
    case "invocation_id": return .text(invocation.identifier)
    case "run_started_at":
      return YAMLTimestamp.value(of: invocation.startedAt) ?? .text(invocation.startedAt)
    case "thread_id": return .text("Thread-1")
    case "dbt_version": return .text(Invocation.dbtVersion)
    case "redstart_version": return .text(invocation.version)
    case "flags": return Value(.dictionary(flags))
    case "invocation_args_dict":
      return Value(.dictionary(environment.record))
    case "selected_resources": return .list(environment.selected.map { .text($0) })
    case "context_macro_stack": return .list(macroStack.map { .text($0) })
    case "_sql_results": return statements.value
    case "dbt_metadata_envs":
      return Value(.dictionary(invocation.metadataEnvironment))
    default: return nil
    }
  }

  private func packageValue(named name: String) -> Value? {
    switch name {
    case "builtins": return .object(ContextObject(context: self, onlyBuiltins: true))
    case "context": return .object(ContextObject(context: self, onlyBuiltins: false))
    default:
      guard environment.macros.hasPackage(name) else { return nil }
      return .object(PackageObject(name: name, context: self))
    }
  }

  /// `model`: the node as the manifest has it.
  private func modelValue(_ node: Node) -> PlainDictionary {
    var value = NodeEntry(project: environment.project, buffers: environment.buffers).entry(node)
    for (key, entry) in value.pairs where entry.isNull { value[key] = nil }
    value["raw_sql"] = value["raw_code"]
    if node.config["contract"]?.dictionary?["alias_types"]?.boolean != false,
      let columns = value["columns"]?.dictionary
    {
      value["columns"] = .dictionary(Self.translatingTypes(columns))
    }
    return value
  }

  /// Types of the field's own words become those of the database, as dbt has it: `string`.
  private static func translatingTypes(_ columns: PlainDictionary) -> PlainDictionary {
    var columns = columns
    for (name, column) in columns.pairs {
      guard var entry = column.dictionary, let type = entry["data_type"]?.string else { continue }
      entry["data_type"] = .string(ColumnObject.translated(type))
      columns[name] = .dictionary(entry)
    }
    return columns
  }

  private func modelReference(_ node: Node) -> Value {
    let value = Value(.dictionary(modelValue(node)))
    if node.kind == .function, let code = extra["compiled_code"],
      case .dictionary(let model) = value
    {
      model["compiled_code"] = code
    }
    guard let batch = environment.batch, case .dictionary(let model) = value else { return value }
    model["batch"] = .dictionary(
      DictionaryReference([
        ("id", .text(batch.identifier)), ("event_time_start", batch.window.start.value),
        ("event_time_end", batch.window.end.value),
      ])
    )
    // Strategies written before there was `model.batch` ask here.
    if case .dictionary(let config)? = model["config"] {
      config["__dbt_internal_microbatch_event_time_start"] = batch.window.start.value
      config["__dbt_internal_microbatch_event_time_end"] = batch.window.end.value
    }
    return value
  }

  private func hooks(_ key: String) -> [Value] {
    (configObject.values[key]?.list ?? []).map { Value(.dictionary(HookEntry.entry($0))) }
  }

  private var isFullRefresh: Bool {
    if environment.isMaterializing, let batch = environment.batch { return !batch.isIncremental }
    return node?.config["full_refresh"]?.boolean ?? environment.invocation.isFullRefresh
  }

  private var flags: PlainDictionary {
    var flags: PlainDictionary = [
      "EMPTY": false, "STORE_FAILURES": false, "FAIL_FAST": false, "DEBUG": false,
      "WARN_ERROR": nil, "TARGET_PATH": nil, "LOG_CACHE_EVENTS": false, "SINGLE_THREADED": false,
      "USE_EXPERIMENTAL_PARSER": false,
    ]
    for (key, value) in environment.record.pairs {
      flags[key.uppercased()] = value
    }
    flags["FULL_REFRESH"] = .boolean(environment.invocation.isFullRefresh)
    flags["WHICH"] = .string(environment.invocation.command)
    return flags
  }

  /// `this`, whose kind is looked up only when a template asks for it.
  private func thisObject(_ name: RelationName) -> RelationObject {
    RelationObject(
      name,
      kind: nil,
      findKind: { [unowned self] in existingKind(of: name) },
      className: relationClass
    )
  }

  private func existingKind(of name: RelationName) -> RelationObject.Kind? {
    captured.readsDatabase = true
    return switch environment.existing?[name] {
    case .table?: .table
    case .view?: .view
    case .materializedView?: .materializedView
    case nil: nil
    }
  }

  private var incrementalFunction: NativeFunction {
    NativeFunction("is_incremental") { [unowned self] _ throws(Diagnostic) in
      noteUse(of: "is_incremental")
      guard let node, isExecuting, let relation = thisRelation,
        node.config["materialized"]?.string == "incremental"
      else { return .boolean(false) }
      captured.readsDatabase = true
      return .boolean(environment.existing?[relation] == .table && !isFullRefresh)
    }
  }
}
