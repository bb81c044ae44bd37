package import Diagnostics
package import ProjectModel
import RedshiftSQL
import Templating

/// Grants, comments and indexes of a relation that redstart has built itself, by the macros that a
/// project can replace: `apply_grants`, `persist_docs` and `create_indexes`.
package struct RelationUpkeep {
  private let parsed: ParsedProject
  private let environment: ContextEnvironment
  private let node: Node

  package init(
    _ parsed: ParsedProject,
    node: Node,
    existing: ExistingRelations,
    live: any LiveDatabase,
    selected: Set<String>
  ) {
    self.parsed = parsed
    self.node = node
    environment = parsed.environment(existing: existing, live: live, selected: selected)
  }

  /// Whether a node's configuration asks for any of it.
  package static func isNeeded(for node: Node) -> Bool {
    let docs = node.config["persist_docs"]?.dictionary
    return docs?["relation"]?.boolean == true || docs?["columns"]?.boolean == true
      || node.config["grants"]?.dictionary?.isEmpty == false
      || node.config["indexes"]?.list?.isEmpty == false
  }

  /// Runs the macros.
  ///
  /// - Parameter hasOldGrants: whether the relation stood before, with its indexes and with grants
  ///   that the configuration may not name any more.
  /// - Returns: what the macros said.
  /// - Throws: any error of a macro or the database.
  package func run(hasOldGrants: Bool) throws(Diagnostic) -> (
    logs: [TemplateLog], warnings: [Diagnostic]
  ) {
    let context = NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: node,
      this: node.relationName,
      config: ConfigObject(final: node.config)
    )
    context.extra["relation"] = .object(
      RelationObject(
        node.relationName,
        kind: .table,
        quoted: RelationObject.Parts(environment.project.configuration.quoting),
        className: environment.relationClass
      )
    )
    context.extra["has_old_grants"] = .boolean(hasOldGrants)
    let buffers = environment.buffers
    let buffer = buffers.add(name: "grants and comments of \(node.name)", text: Self.text)
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    _ = try renderer.render(try Template(parsing: buffer, in: buffers))
    return (context.captured.logs, context.captured.warnings)
  }

  private static let text = """
    {%- do apply_grants(relation, config.get('grants'), should_revoke=has_old_grants) -%}
    {%- do persist_docs(relation, model) -%}
    {%- if not has_old_grants -%}{%- do create_indexes(relation) -%}{%- endif -%}
    """
}
