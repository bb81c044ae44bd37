package import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Writes `manifest.json` in dbt's schema, version 12.
package struct Manifest {
  private let parsed: ParsedProject
  private let compilation: Compilation?
  private let buffers: Buffers
  private let generatedAt: String
  private let lineage: LineageArtifact?

  package init(
    _ parsed: ParsedProject,
    compilation: Compilation? = nil,
    lineage: ProjectLineage? = nil,
    buffers: Buffers,
    generatedAt: String
  ) {
    self.lineage = lineage.map { LineageArtifact($0, projectName: parsed.project.name) }
    self.parsed = parsed
    self.compilation = compilation
    self.buffers = buffers
    self.generatedAt = generatedAt
  }

  /// The artifact as data.
  package var plain: PlainValue {
    var nodes = PlainDictionary()
    var sources = PlainDictionary()
    var parentMap = PlainDictionary()
    var childMap = PlainDictionary()
    let graph = parsed.graph
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id], node.kind != .migration else { continue }
      parentMap[id] = ids(graph.parents[id] ?? [])
      childMap[id] = ids(graph.children[id] ?? [])
      if node.kind == .source {
        sources[id] = .dictionary(source(node))
      } else {
        nodes[id] = .dictionary(entry(node))
      }
    }
    var macros = PlainDictionary()
    for entry in parsed.macros.entries.values.sorted(by: { $0.uniqueID < $1.uniqueID }) {
      macros[entry.uniqueID] = .dictionary(macro(entry))
    }
    var disabled = PlainDictionary()
    for node in parsed.disabled.sorted(by: { $0.uniqueID < $1.uniqueID }) {
      disabled[node.uniqueID] = [.dictionary(entry(node))]
    }
    return [
      "metadata": .dictionary(metadata),
      "nodes": .dictionary(nodes),
      "sources": .dictionary(sources),
      "macros": .dictionary(macros),
      "docs": [:],
      "exposures": [:],
      "metrics": [:],
      "groups": [:],
      "selectors": [:],
      "disabled": .dictionary(disabled),
      "parent_map": .dictionary(parentMap),
      "child_map": .dictionary(childMap),
      "group_map": [:],
      "saved_queries": [:],
      "semantic_models": [:],
      "unit_tests": [:],
      "functions": [:],
    ]
  }

  private var metadata: PlainDictionary {
    let invocation = parsed.environment.invocation
    return [
      "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
      "dbt_version": "1.11.16",
      "generated_at": .string(generatedAt),
      "invocation_id": .string(invocation.identifier),
      "invocation_started_at": .string(invocation.startedAt),
      // dbt's schema has no room for more keys, but for this one's.
      "env": ["redstart_version": .string(invocation.version)],
      "project_name": .string(parsed.project.name),
      "project_id": .string(Checksum.md5(Array(parsed.project.name.utf8))),
      "user_id": nil,
      "send_anonymous_usage_stats": false,
      "adapter_type": .string(parsed.project.target.kind == .postgres ? "postgres" : "redshift"),
      "quoting": ["database": true, "schema": true, "identifier": true, "column": nil],
      "run_started_at": .string(invocation.startedAt),
    ]
  }

  private func ids(_ ids: [String]) -> PlainValue {
    .list(ids.filter { parsed.graph.nodes[$0]?.kind != .migration }.map { .string($0) })
  }

  private func entry(_ node: Node) -> PlainDictionary {
    var entry: PlainDictionary = [
      "database": .optional(node.database ?? parsed.project.target.database),
      "schema": .optional(node.schema ?? testSchema(of: node)),
      "name": .string(node.name),
      "resource_type": .string(node.kind.rawValue),
      "package_name": .string(node.packageName),
      "path": .string(node.path),
      "original_file_path": .string(node.originalFilePath),
      "unique_id": .string(node.uniqueID),
      "fqn": .list(node.fqn.map { .string($0) }),
      "alias": .string(node.alias ?? node.name),
      "checksum": checksum(node),
      "config": .dictionary(config(of: node)),
      "tags": .list(node.tags.map { .string($0) }),
      "description": .string(node.description),
      "columns": .dictionary(columns(node)),
      "meta": .dictionary(node.meta),
      "group": nil,
      "docs": ["show": true, "node_color": nil],
      "patch_path": .optional(
        node.patchPath.map { "\(parsed.project.name)://\($0)" }
      ),
      "build_path": nil,
      "unrendered_config": [:],
      "created_at": 0,
      "relation_name": relationName(node),
      "raw_code": .string(node.kind == .seed ? "" : rawCode(node)),
    ]
    guard node.kind != .seed else {
      entry["root_path"] = .string(parsed.project.root)
      entry["depends_on"] = ["macros": []]
      return entry
    }
    entry["doc_blocks"] = []
    entry["language"] = "sql"
    entry["refs"] = .list(references(node))
    entry["sources"] = .list(sourceReferences(node))
    entry["metrics"] = []
    entry["functions"] = []
    entry["depends_on"] = [
      "macros": .list(node.macroDependencies.map { .string($0) }),
      "nodes": ids(node.dependencies),
    ]
    entry["contract"] = ["enforced": false, "alias_types": true, "checksum": nil]
    if let compiled = compilation?.compiled[node.uniqueID] {
      entry["compiled"] = true
      entry["compiled_code"] = .string(
        String(decoding: buffers.bytes(of: compiled.sql), as: UTF8.self)
      )
      entry["compiled_path"] = .string(compiledPath(node))
      entry["extra_ctes_injected"] = true
    } else {
      entry["compiled"] = false
      entry["compiled_path"] = nil
      entry["extra_ctes_injected"] = false
    }
    entry["extra_ctes"] = []
    if node.kind == .model {
      entry["access"] = node.config["access"] ?? "protected"
      entry["constraints"] = []
      entry["version"] = nil
      entry["latest_version"] = nil
      entry["deprecation_date"] = nil
      entry["primary_key"] = []
      entry["time_spine"] = nil
    }
    if let test = node.genericTest {
      entry["column_name"] = .optional(test.columnName)
      entry["file_key_name"] = nil
      entry["attached_node"] = .string(test.attachedNode)
      entry["test_metadata"] = [
        "name": .string(test.name),
        "kwargs": .dictionary(keywordArguments(test)),
        "namespace": .optional(test.namespace),
      ]
    }
    return entry
  }

  /// Described columns; what each depends on stands beside what the properties file says.
  private func columns(_ node: Node) -> PlainDictionary {
    PlainDictionary(
      node.columns.map { column in
        var entry = column.manifestValue
        if let lineage {
          let place = ProjectLineage.Place(
            relation: node.uniqueID,
            column: column.name.lowercased()
          )
          entry["lineage"] = lineage.steps(to: place)
        }
        return (column.name, .dictionary(entry))
      }
    )
  }

  private func keywordArguments(_ test: Node.GenericTest) -> PlainDictionary {
    var arguments = PlainDictionary()
    if let column = test.columnName { arguments["column_name"] = .string(column) }
    arguments.merge(test.arguments)
    if let attached = parsed.graph.nodes[test.attachedNode] {
      arguments["model"] = .string("{{ get_where_subquery(\(attached.referenceCall)) }}")
    }
    return arguments
  }

  private func source(_ node: Node) -> PlainDictionary {
    let name = node.sourceName ?? ""
    var entry: PlainDictionary = [
      "database": .optional(node.database),
      "schema": .optional(node.schema),
      "name": .string(node.name),
      "resource_type": "source",
      "package_name": .string(node.packageName),
      "path": .string(node.path),
      "original_file_path": .string(node.originalFilePath),
      "unique_id": .string(node.uniqueID),
      "fqn": .list(node.fqn.map { .string($0) }),
      "source_name": .string(name),
      "source_description": node.extra["source_description"] ?? "",
      "loader": node.extra["loader"] ?? "",
      "identifier": .string(node.alias ?? node.name),
      "quoting": ["database": nil, "schema": nil, "identifier": nil, "column": nil],
      "loaded_at_field": node.extra["loaded_at_field"] ?? .null,
      "loaded_at_query": nil,
      "freshness": node.extra["freshness"] ?? .null,
      "external": nil,
      "description": .string(node.description),
      "columns": .dictionary(
        PlainDictionary(node.columns.map { ($0.name, .dictionary($0.manifestValue)) })
      ),
      "meta": .dictionary(node.meta),
      "source_meta": [:],
      "tags": .list(node.tags.map { .string($0) }),
      "config": .dictionary(node.config),
      "patch_path": nil,
      "unrendered_config": [:],
      "relation_name": relationName(node),
      "created_at": 0,
      "unrendered_database": nil,
      "unrendered_schema": nil,
    ]
    entry["doc_blocks"] = []
    return entry
  }

  private func macro(_ entry: MacroTable.Entry) -> PlainDictionary {
    [
      "name": .string(entry.definition.name),
      "resource_type": "macro",
      "package_name": .string(entry.packageName),
      "path": .string(entry.path),
      "original_file_path": .string(entry.path),
      "unique_id": .string(entry.uniqueID),
      "macro_sql": .string(buffers.text(of: entry.definition.range)),
      "depends_on": ["macros": []],
      "description": "",
      "meta": [:],
      "docs": ["show": true, "node_color": nil],
      "config": ["meta": [:], "docs": ["show": true, "node_color": nil]],
      "patch_path": nil,
      "arguments": [],
      "created_at": 0,
      "supported_languages": nil,
    ]
  }

  private func rawCode(_ node: Node) -> String {
    guard let buffer = node.buffer else { return "" }
    return String(decoding: buffers.bytes(of: buffer), as: UTF8.self)
  }

  private func checksum(_ node: Node) -> PlainValue {
    guard node.genericTest == nil, let buffer = node.buffer else {
      return ["name": "none", "checksum": ""]
    }
    var text = MappedText()
    text.append(generated: buffers.bytes(of: buffer), origin: nil)
    return [
      "name": "sha256",
      "checksum": .string(Checksum.sha256(text.trimmed().bytes)),
    ]
  }

  private func relationName(_ node: Node) -> PlainValue {
    let isEphemeral = node.config["materialized"]?.string == Materialization.ephemeral.rawValue
    guard [.model, .seed, .source].contains(node.kind), !isEphemeral else { return .null }
    return .optional(node.relationName?.sql)
  }

  /// The schema of nodes that have no relation.
  private func testSchema(of node: Node) -> String {
    let schema = parsed.project.target.schema
    return node.kind == .test ? "\(schema)_dbt_test__audit" : schema
  }

  /// The configuration in dbt's form, where a hook is a mapping.
  private func config(of node: Node) -> PlainDictionary {
    var config = node.config
    for key in ["pre-hook", "post-hook"] {
      guard let hooks = config[key]?.list else { continue }
      config[key] = .list(
        hooks.map { hook in
          let mapping = hook.dictionary
          return [
            "sql": mapping?["sql"] ?? hook, "transaction": mapping?["transaction"] ?? true,
            "index": mapping?["index"] ?? .null,
          ]
        }
      )
    }
    return config
  }

  private func references(_ node: Node) -> [PlainValue] {
    node.dependencies.compactMap { id in
      guard let parent = parsed.graph.nodes[id],
        [.model, .seed, .snapshot].contains(parent.kind)
      else { return nil }
      return ["name": .string(parent.name), "package": nil, "version": nil]
    }
  }

  private func sourceReferences(_ node: Node) -> [PlainValue] {
    node.dependencies.compactMap { id in
      guard let parent = parsed.graph.nodes[id], parent.kind == .source else { return nil }
      return [.string(parent.sourceName ?? ""), .string(parent.name)]
    }
  }

  private func compiledPath(_ node: Node) -> String {
    "\(parsed.project.configuration.targetPath)/\(node.compiledFilePath)"
  }
}

extension Node {
  /// Where compiled SQL of this node goes, below the target folder.
  package var compiledFilePath: String { "compiled/\(packageName)/\(artifactPath)" }

  /// Where the statements that were really sent go, below the target folder.
  package var runFilePath: String { "run/\(packageName)/\(artifactPath)" }

  /// A generic test's file lies in a folder named as the properties file that declares it.
  private var artifactPath: String {
    genericTest == nil ? originalFilePath : "\(originalFilePath)/\(path)"
  }
}

extension PlainValue {
  /// The text, or null.
  package static func optional(_ text: String?) -> PlainValue {
    text.map { .string($0) } ?? .null
  }
}
