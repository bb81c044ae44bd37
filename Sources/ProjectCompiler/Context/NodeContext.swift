import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// What a template asked for while it was rendered.
struct Captured {
  struct Reference {
    var package: String?
    var name: String
    var range: TextRange
  }

  struct SourceReference {
    var source: String
    var table: String
    var range: TextRange
  }

  var references: [Reference] = []
  var sources: [SourceReference] = []
  var macros: [String] = []
  var logs: [String] = []
  /// Whether the text depends on what the database holds.
  var readsDatabase = false
}

/// Facts shared by every rendering of one compilation.
struct ContextEnvironment: Sendable {
  var project: Project
  var macros: MacroTable
  var invocation: Invocation
  var buffers: Buffers
  /// The target's relations by unique_id, once names are known.
  var relations: [String: ResolvedRelation] = [:]
  /// What the database holds; nil when compiling without one.
  var existing: ExistingRelations?
}

/// A node's relation with how its parts are quoted.
struct ResolvedRelation: Sendable {
  var name: RelationName
  var isEphemeral = false
  var isView = false
}

/// The names a template of one node can use.
///
/// While parsing (`execute` false), `ref` and `source` only record what they were asked; while
/// compiling they resolve against the graph.
final class NodeContext: TemplateContext {
  enum Phase {
    case parse
    case compile(resolver: ReferenceResolver)
    /// Configuration-like text (variables): no nodes.
    case text
    /// A migration: no nodes, and the reason is told.
    case migration
  }

  let environment: ContextEnvironment
  let phase: Phase
  let node: Node?
  let thisRelation: RelationName?
  let configObject: ConfigObject
  var captured = Captured()
  /// Values only this rendering has, such as a generic test's arguments.
  var extra: [String: Value] = [:]
  private var cache: [String: Value] = [:]

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

  func value(named name: String) -> Value? {
    if let value = extra[name] ?? cache[name] { return value }
    if let macro = environment.macros.entries[name] {
      captured.macros.append(macro.uniqueID)
      let value = Value.macro(macro.definition)
      cache[name] = value
      return value
    }
    guard let value = makeValue(named: name) else { return nil }
    cache[name] = value
    return value
  }

  var readYAML: ((String) throws(Diagnostic) -> Value)? { YAML.templateValue(of:) }

  /// Names for suggestions.
  var names: [String] {
    [
      "ref", "source", "config", "var", "env_var", "this", "target", "is_incremental", "execute",
      "log", "print", "exceptions", "adapter", "model", "schema", "database", "project_name",
      "invocation_id", "run_started_at", "flags",
    ] + environment.macros.entries.keys
  }

  private func makeValue(named name: String) -> Value? {
    switch name {
    case "ref": .function(referenceFunction)
    case "source": .function(sourceFunction)
    case "config": .object(configObject)
    case "var": .function(variableFunction)
    case "env_var": .function(environmentFunction)
    case "this":
      thisRelation.map { .object(thisObject($0)) } ?? Value.none
    case "target", "env": Value(.dictionary(environment.project.target.templateValue))
    case "is_incremental": .function(incrementalFunction)
    case "should_full_refresh":
      .function(NativeFunction(name) { [self] _ throws(Diagnostic) in .boolean(isFullRefresh) })
    case "execute": .boolean(isExecuting)
    case "log", "print": .function(logFunction(name))
    case "exceptions": .object(ExceptionsObject())
    case "adapter": .object(AdapterObject(macros: environment.macros))
    case "model":
      node.map { Value(.dictionary($0.templateValue)) } ?? Value.none
    case "schema": (node?.schema ?? environment.project.target.schema).templateText
    case "database": (node?.database ?? environment.project.target.database).templateText
    case "project_name": .text(environment.project.name)
    case "invocation_id": .text(environment.invocation.identifier)
    case "run_started_at": .text(environment.invocation.startedAt)
    case "dbt_version": .text("1.11.16")
    case "redstart_version": .text(environment.invocation.version)
    case "flags": Value(.dictionary(flags))
    case "invocation_args_dict": Value(.dictionary(environment.invocation.arguments))
    case "builtins": .object(PackageObject(name: "builtins", context: self))
    case environment.project.name, "dbt":
      .object(PackageObject(name: name, context: self))
    default: nil
    }
  }

  private var isFullRefresh: Bool {
    node?.config["full_refresh"]?.boolean ?? environment.invocation.isFullRefresh
  }

  private var flags: PlainDictionary {
    var flags = PlainDictionary()
    for (key, value) in environment.project.configuration.flags.pairs {
      flags[key.uppercased()] = value
    }
    flags["FULL_REFRESH"] = .boolean(environment.invocation.isFullRefresh)
    flags["WHICH"] = .string(environment.invocation.command)
    return flags
  }

  /// `this`, whose kind is looked up only when a template asks for it.
  private func thisObject(_ name: RelationName) -> RelationObject {
    RelationObject(name, kind: nil, findKind: { [unowned self] in existingKind(of: name) })
  }

  private func existingKind(of name: RelationName) -> RelationObject.Kind? {
    captured.readsDatabase = true
    return switch environment.existing?[name] {
    case .table?: .table
    case .view?, .materializedView?: .view
    case nil: nil
    }
  }

  private var referenceFunction: NativeFunction {
    NativeFunction("ref") { [unowned self] arguments throws(Diagnostic) in
      guard (1...2).contains(arguments.positional.count) else {
        throw .referenceArguments(at: arguments.range)
      }
      var names: [String] = []
      for value in arguments.positional {
        guard let text = value.stringValue else { throw .referenceArguments(at: arguments.range) }
        names.append(text)
      }
      let reference = Captured.Reference(
        package: names.count == 2 ? names[0] : nil,
        name: names[names.count - 1],
        range: arguments.range
      )
      switch phase {
      case .text: throw .unavailableFunction("ref", at: arguments.range)
      case .migration: throw .nodeInMigration("ref", reference.name, at: arguments.range)
      case .parse:
        captured.references.append(reference)
        let target = environment.project.target
        let name = RelationName(
          database: target.database,
          schema: target.schema,
          identifier: reference.name
        )
        return .object(RelationObject(name, kind: nil))
      case .compile(let resolver):
        captured.references.append(reference)
        return .object(try resolver.relation(for: reference, from: node, in: environment))
      }
    }
  }

  private var sourceFunction: NativeFunction {
    NativeFunction("source") { [unowned self] arguments throws(Diagnostic) in
      guard arguments.positional.count == 2, arguments.named.isEmpty,
        let source = arguments.positional[0].stringValue,
        let table = arguments.positional[1].stringValue
      else { throw .sourceArguments(at: arguments.range) }
      let reference = Captured.SourceReference(
        source: source,
        table: table,
        range: arguments.range
      )
      switch phase {
      case .text: throw .unavailableFunction("source", at: arguments.range)
      case .migration:
        throw .nodeInMigration("source", "\(source).\(table)", at: arguments.range)
      case .parse:
        captured.sources.append(reference)
        return .object(RelationObject(RelationName(schema: source, identifier: table), kind: nil))
      case .compile(let resolver):
        captured.sources.append(reference)
        return .object(try resolver.relation(for: reference, from: node, in: environment))
      }
    }
  }

  private var incrementalFunction: NativeFunction {
    NativeFunction("is_incremental") { [unowned self] _ throws(Diagnostic) in
      guard let node, isExecuting, let relation = thisRelation,
        node.config["materialized"]?.string == "incremental"
      else { return .boolean(false) }
      captured.readsDatabase = true
      return .boolean(environment.existing?[relation] == .table && !isFullRefresh)
    }
  }

  private func logFunction(_ name: String) -> NativeFunction {
    NativeFunction(name) { [unowned self] arguments throws(Diagnostic) in
      let message = arguments.value(0, "msg")?.rendered ?? ""
      let isShown = name == "print" || arguments.value(1, "info")?.isTrue == true
      if isShown, isExecuting { captured.logs.append(message) }
      return .text("")
    }
  }

  private var environmentFunction: NativeFunction {
    NativeFunction("env_var") { [unowned self] arguments throws(Diagnostic) in
      let name = try arguments.string(0, "var", of: "env_var")
      if name.hasPrefix("DBT_ENV_SECRET") {
        throw .secretVariable(name, at: arguments.range)
      }
      if let value = environment.invocation.environment[name] { return .text(value) }
      if let value = arguments.value(1, "default") { return .text(value.rendered) }
      throw .missingEnvironmentVariable(name, at: arguments.range)
    }
  }

  private var variableFunction: NativeFunction {
    NativeFunction("var") { [unowned self] arguments throws(Diagnostic) in
      // `var.has_var` and calling `var()` bare are rare; the name is required here.
      let name = try arguments.string(0, "name", of: "var")
      if let value = variable(name) { return try render(value, variable: name) }
      if let value = arguments.value(1, "default") { return value }
      if case .parse = phase { return .none }
      throw .missingVariable(
        name,
        known: environment.project.vars.keys,
        at: arguments.range
      )
    }
  }

  /// A package's own block of variables wins over global ones.
  private func variable(_ name: String) -> PlainValue? {
    let vars = environment.project.vars
    let package = node?.packageName ?? environment.project.name
    return vars[package]?.dictionary?[name] ?? vars[name]
  }

  /// Strings in variables may hold templates themselves.
  private func render(_ value: PlainValue, variable name: String) throws(Diagnostic) -> Value {
    guard case .string(let text) = value, text.contains("{{") || text.contains("{%") else {
      return Value(value)
    }
    let buffer = environment.buffers.add(name: "variable \"\(name)\"", text: text)
    let template = try Template(parsing: buffer, in: environment.buffers)
    let context = NodeContext(
      environment: environment,
      phase: .text,
      node: node,
      this: nil,
      config: ConfigObject(final: PlainDictionary())
    )
    let renderer = Renderer(context: context, buffers: environment.buffers, undefined: .standard)
    return .text(try renderer.render(template).string)
  }
}

extension String {
  fileprivate var templateText: Value { .text(self) }
}
