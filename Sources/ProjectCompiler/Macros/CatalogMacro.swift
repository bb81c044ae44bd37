package import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// A project's own macro in the place of dbt's that reads the database's catalogue for
/// `docs generate`.
package struct CatalogMacro {
  private let parsed: ParsedProject
  private let entry: MacroTable.Entry
  private let asksByRelation: Bool

  /// The most relations that dbt asks for one by one.
  private static let mostRelations = 100

  /// Finds the macro; there is none where nobody has put anything in the place of dbt's.
  ///
  /// - Parameters:
  ///   - parsed: the project with its packages.
  ///   - relations: how many relations are asked for; nil where all of the schemas are.
  package init?(_ parsed: ParsedProject, relations: Int?) {
    asksByRelation = relations.map { $0 <= Self.mostRelations } ?? false
    let name = asksByRelation ? "get_catalog_relations" : "get_catalog"
    guard let entry = parsed.macros.replacement(for: name) else { return nil }
    self.parsed = parsed
    self.entry = entry
  }

  /// Runs the macro.
  ///
  /// - Parameters:
  ///   - nodes: ids of what is in the catalogue.
  ///   - existing: what the database holds.
  ///   - live: the database.
  /// - Returns: a row for each column of each relation, by the names that dbt has for its parts.
  /// - Throws: what the macro or the server says; `catalog-macro` where it gives no table.
  package func rows(
    of nodes: Set<String>,
    existing: ExistingRelations,
    live: any LiveDatabase
  ) throws(Diagnostic) -> [PlainDictionary] {
    let environment = parsed.environment(existing: existing, live: live)
    let name = entry.definition.name
    let context = Operation.context(name, parsed, environment)
    let buffers = environment.buffers
    let place = TextRange(
      buffer: buffers.add(name: "docs generate", text: name),
      bytes: 0..<name.utf8.count
    )
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    let relations = nodes.sorted().compactMap { id in
      environment.relations[id].flatMap { $0.isEphemeral ? nil : $0.name }
    }
    let database = RelationObject(
      RelationName(database: parsed.project.target.database, identifier: ""),
      kind: nil,
      className: environment.relationClass
    )
    var call = Arguments(range: place, renderer: renderer)
    call.named = [("information_schema", .object(database.informationSchema(nil)))]
    if asksByRelation {
      let objects = relations.map {
        Value.object(RelationObject($0, kind: nil, className: environment.relationClass))
      }
      call.named.append(("relations", .list(objects)))
    } else {
      let schemas = Set(relations.compactMap { $0.schema?.lowercased() }).sorted()
      call.named.append(("schemas", .list(schemas.map { .text($0) })))
    }
    let answer = try MacroObject(entry, context: context).call(call)
    guard case .object(let object) = answer, let table = object as? TableObject else {
      throw Diagnostic(
        code: "catalog-macro",
        "\(name) gives \(answer.typeName), and no table",
        at: entry.source,
        help: ["return what run_query() or a statement gives"]
      )
    }
    return table.rows.map { row in
      PlainDictionary(
        zip(table.names, row).map { ($0.lowercased(), $1.plain ?? .string($1.rendered)) }
      )
    }
  }
}
