import Diagnostics
package import ProjectModel
package import RedshiftSQL
import Templating

/// Where nodes live: schema, database and alias, by dbt's rules or the project's own macros.
struct NameGenerator {
  let environment: ContextEnvironment

  /// Fills in a node's database, schema and alias from its configuration.
  func assignNames(to node: inout Node) throws(Diagnostic) {
    let target = environment.project.target
    let customSchema = node.config["schema"]?.string
    let customDatabase = node.config["database"]?.string
    let customAlias = node.config["alias"]?.string
    node.schema =
      try custom("generate_schema_name", customSchema, node)
      ?? customSchema.map { "\(target.schema)_\(trimmed($0))" } ?? target.schema
    node.database =
      try custom("generate_database_name", customDatabase, node)
      ?? customDatabase.map(trimmed) ?? target.database
    node.alias =
      try custom("generate_alias_name", customAlias, node) ?? customAlias.map(trimmed)
      ?? Self.alias(of: node)
    guard node.kind == .snapshot else { return }
    // The older way: such a place is meant as it is, whatever the rules say.
    if let schema = node.config["target_schema"]?.string, !schema.isEmpty { node.schema = schema }
    if let database = node.config["target_database"]?.string, !database.isEmpty {
      node.database = database
    }
  }

  /// The result of a macro of the project, or of the node's package, if there is one.
  ///
  /// A package's macro is for its own nodes only; the project's is for all.
  private func custom(
    _ macro: String,
    _ custom: String?,
    _ node: Node
  ) throws(Diagnostic) -> String? {
    let macros = environment.macros
    guard let entry = macros.custom(macro, from: node.packageName) ?? implementation(of: macro)
    else { return nil }
    let buffer = environment.buffers.add(name: macro, text: "{{ __macro(__custom_name, __node) }}")
    let template = try Template(parsing: buffer, in: environment.buffers)
    let context = NodeContext(
      environment: environment,
      phase: .parse,
      node: node,
      this: nil,
      config: ConfigObject(final: node.config)
    )
    // A name made of nothing would be the wrong place.
    context.demandsVariables = true
    context.extra["__macro"] = .object(MacroObject(entry, context: context))
    context.extra["__custom_name"] = custom.map { .text($0) } ?? Value.none
    context.extra["__node"] = Value(
      .dictionary(NodeEntry(project: environment.project, buffers: environment.buffers).entry(node))
    )
    let renderer = Renderer(context: context, buffers: environment.buffers, undefined: .standard)
    return try renderer.render(template).trimmed().string
  }

  /// redstart's own macro, when the project has another implementation for it to dispatch to.
  private func implementation(of macro: String) -> MacroTable.Entry? {
    let macros = environment.macros
    let isReplaced = macros.dispatchPrefixes.contains {
      macros.lookup("\($0)__\(macro)", in: environment.project.name) != nil
    }
    return isReplaced ? macros.builtin(macro) : nil
  }

  private static func alias(of node: Node) -> String {
    guard let version = node.version else { return node.name }
    let text = ReferenceResolver.text(version)
    return "\(node.name)_v\(String(text.map { $0 == "." ? "_" : $0 }))"
  }

  private func trimmed(_ text: String) -> String {
    var bytes = MappedText()
    bytes.append(generated: text.utf8, origin: nil)
    return bytes.trimmed().string
  }
}

extension Node {
  /// The relation that the node's data lives in.
  package var relationName: RelationName? {
    guard let schema else { return nil }
    return RelationName(database: database, schema: schema, identifier: alias ?? name)
  }

  /// The name by which SQL calls it; nil for all but functions.
  package var functionName: RelationName? { kind == .function ? relationName : nil }
}
