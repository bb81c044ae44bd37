import Diagnostics
package import ProjectModel
package import RedshiftSQL
import Templating

/// Where nodes live: schema, database and alias, by dbt's rules or the project's own macros.
struct NameGenerator {
  let environment: ContextEnvironment

  /// Names of the macros with which a project replaces the rules.
  static let macroNames = [
    "generate_schema_name", "generate_database_name", "generate_alias_name",
  ]

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
      try custom("generate_alias_name", customAlias, node) ?? customAlias.map(trimmed) ?? node.name
    guard node.kind == .snapshot else { return }
    // The older way: such a place is meant as it is, whatever the rules say.
    if let schema = node.config["target_schema"]?.string, !schema.isEmpty { node.schema = schema }
    if let database = node.config["target_database"]?.string, !database.isEmpty {
      node.database = database
    }
  }

  /// The result of the project's own macro, if it has one.
  private func custom(
    _ macro: String,
    _ custom: String?,
    _ node: Node
  ) throws(Diagnostic) -> String? {
    guard environment.macros.entries[macro] != nil else { return nil }
    let buffer = environment.buffers.add(
      name: macro,
      text: "{{ \(macro)(__custom_name, __node) }}"
    )
    let template = try Template(parsing: buffer, in: environment.buffers)
    let context = NodeContext(
      environment: environment,
      phase: .parse,
      node: node,
      this: nil,
      config: ConfigObject(final: node.config)
    )
    context.extra["__custom_name"] = custom.map { .text($0) } ?? Value.none
    context.extra["__node"] = Value(.dictionary(node.templateValue))
    let renderer = Renderer(context: context, buffers: environment.buffers, undefined: .standard)
    return try renderer.render(template).trimmed().string
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
}
