package import Diagnostics
package import ProjectModel
import RedshiftSQL
import Templating

/// A project whose nodes, names and dependencies are known; nothing is compiled to SQL yet.
package struct ParsedProject: Sendable {
  package var project: Project
  package var graph: Graph
  /// Nodes that are configured `enabled: false`.
  package var disabled: [Node]
  /// The hooks of the project file and of packages, as nodes of the manifest.
  package var operations: [Node]
  package var macros: MacroTable
  /// In the order in which they apply.
  package var migrations: [MigrationScript]
  package var migrationCallbacks: MigrationCallbacks
  /// Warnings.
  package var diagnostics: [Diagnostic]

  var templates: [String: Template]
  var resolver: ReferenceResolver
  var environment: ContextEnvironment
  /// unique_ids of nodes whose relation a migration creates.
  var migrated: Set<String>

  /// The environment of renderings that know what the database holds, or may ask it.
  func environment(
    existing: ExistingRelations?,
    live: (any LiveDatabase)?,
    selected: Set<String> = []
  ) -> ContextEnvironment {
    var environment = environment
    environment.existing = existing
    environment.live = live
    environment.selected = selected.sorted()
    return environment
  }

  /// Whose turn it is to render templates while nodes run.
  package var renderingTurn: RenderingTurn? { environment.graph?.turn }

  /// A node as templates and the manifest see it.
  package func value(of node: Node) -> PlainDictionary {
    let entries = NodeEntry(project: project, buffers: environment.buffers)
    return switch node.kind {
    case .source: entries.source(node)
    case .exposure: entries.exposure(node)
    case .unitTest: entries.unitTest(node)
    case .semanticModel, .metric, .savedQuery: entries.semantic(node)
    default: entries.entry(node)
    }
  }

  /// The checksum of a node's text, as the manifest has it.
  package func checksum(of node: Node) -> String? {
    NodeEntry(project: project, buffers: environment.buffers).checksum(node)
      .dictionary?["checksum"]?.string
  }

  /// The groups as logs of dbt tell of them, by the ids of their members.
  package var groupRecords: [String: PlainDictionary] {
    let declared = Declarations(project: project, buffers: environment.buffers).groups
    guard !declared.isEmpty else { return [:] }
    var records: [String: PlainDictionary] = [:]
    for group in declared.pairs.compactMap(\.value.dictionary) {
      let owner = (group["owner"]?.dictionary?.pairs ?? []).filter { !$0.value.isNull }.map {
        ($0.key, PlainValue.string(Value($0.value).rendered))
      }
      records[group["name"]?.string ?? ""] = [
        "name": group["name"] ?? .null, "package_name": group["package_name"] ?? .null,
        "owner": .dictionary(PlainDictionary(owner)),
      ]
    }
    var members: [String: PlainDictionary] = [:]
    for node in graph.nodes.values {
      guard let name = node.group ?? node.config["group"]?.string else { continue }
      members[node.uniqueID] = records[name]
    }
    return members
  }

  /// The schemas in which the relations of nodes are, and the target's own, in order.
  package var schemas: [String] {
    var schemas = Set(graph.nodes.values.compactMap { $0.kind == .test ? nil : $0.schema })
    schemas.insert(project.target.schema)
    return schemas.sorted()
  }

  /// The relations that models, seeds and snapshots make, as `schema.name`.
  package var builtRelations: Set<String> {
    Set(
      environment.relations.compactMap { id, relation in
        relation.isSource || relation.isEphemeral || migrated.contains(id)
          ? nil : MigrationScript.key(relation.name)
      }
    )
  }

  /// The same project, whose data tests warn where they would fail.
  package var withLenientTests: ParsedProject {
    var copy = self
    copy.graph = Graph(
      nodes: graph.nodes.values.map { node in
        guard node.kind == .test else { return node }
        var lenient = node
        lenient.config["severity"] = "warn"
        return lenient
      }
    )
    return copy
  }

  /// Whether a migration creates the node's relation.
  package func isMigrated(_ id: String) -> Bool { migrated.contains(id) }

  /// What hazards of migrations are judged by.
  package func hazardPolicy(levels: CheckLevels?) -> HazardPolicy {
    HazardPolicy(
      defaultSchema: project.configuration.migrationsSchema ?? project.target.schema,
      declaresSchema: project.configuration.migrationsSchema != nil,
      levels: levels
    )
  }
}
