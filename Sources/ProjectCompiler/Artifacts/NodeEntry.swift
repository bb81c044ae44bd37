import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// A node as the manifest, and templates' `model` and `graph`, have it.
struct NodeEntry {
  let project: Project
  let buffers: Buffers
  /// Whether failures of tests are kept that say nothing of it themselves.
  var storesFailures = false

  func entry(_ node: Node) -> PlainDictionary {
    var entry: PlainDictionary = [
      "database": .optional(node.database ?? project.target.database),
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
      "columns": .dictionary(
        PlainDictionary(node.columns.map { ($0.name, .dictionary($0.manifestValue)) })
      ),
      "meta": .dictionary(node.meta),
      // A generic test is in the group of what it tests, whatever it is configured to be.
      "group": node.group.map { .string($0) }
        ?? (node.genericTest == nil ? node.config["group"] : nil) ?? .null,
      "docs": node.config["docs"] ?? ["show": true, "node_color": nil],
      "patch_path": .optional(
        node.patchPath.map { "\(node.patchPackage ?? node.packageName)://\($0)" }
      ),
      "build_path": nil,
      "unrendered_config": .dictionary(node.unrenderedConfig),
      "created_at": 0,
      "relation_name": relationName(node),
      "raw_code": .string(node.kind == .seed ? "" : rawCode(node)),
    ]
    guard node.kind != .seed else {
      entry.add(
        "root_path",
        .string(project.package(named: node.packageName)?.root ?? project.root)
      )
      entry.add("depends_on", ["macros": .list(node.macroDependencies.map { .string($0) })])
      entry.add("doc_blocks", .list(node.documentation.map { .string($0) }))
      return entry
    }
    entry.add("doc_blocks", .list(node.documentation.map { .string($0) }))
    entry.add("language", .string(node.language.rawValue))
    entry.add(
      "refs",
      .list(
        node.references.map { reference in
          [
            "name": .string(reference.name), "package": .optional(reference.package),
            "version": reference.version ?? .null,
          ]
        }
      )
    )
    entry.add("sources", .list(node.sourceReferences.map { .list($0.map { .string($0) }) }))
    entry.add(
      "metrics",
      .list(
        node.metricReferences.map { .list($0.map { .string($0) }) }
      )
    )
    entry.add(
      "functions",
      .list(node.functionReferences.map { .list($0.map { .string($0) }) })
    )
    entry.add("depends_on", dependencies(of: node))
    entry.add("contract", contract(node))
    entry.add("compiled", false)
    entry.add("compiled_path", .null)
    entry.add("extra_ctes_injected", false)
    entry.add("extra_ctes", [])
    if let test = node.genericTest {
      entry.add("column_name", .optional(test.columnArgument))
      entry.add("file_key_name", .optional(test.fileKey))
      entry.add("attached_node", .optional(test.manifestNode))
      entry.add(
        "test_metadata",
        [
          "name": .string(test.name),
          "kwargs": .dictionary(keywordArguments(of: test)),
          "namespace": .optional(test.namespace),
        ]
      )
    }
    if node.kind == .function {
      let declaration = FunctionDeclaration(node)
      entry.add("arguments", declaration.manifestArguments)
      entry.add("returns", declaration.manifestResult)
    }
    if node.kind == .operation { entry.add("index", node.extra["index"] ?? .null) }
    if node.kind == .model {
      entry.add("access", node.config["access"] ?? "protected")
      entry.add(
        "constraints",
        .list(
          (node.extra["constraints"]?.list ?? []).map { Self.constraint($0, ofColumn: false) }
        )
      )
      entry.add("version", node.version ?? .null)
      entry.add("latest_version", node.latestVersion ?? .null)
      entry.add(
        "deprecation_date",
        DeprecationDate.written(node.extra["deprecation_date"] ?? .null)
      )
      entry.add("primary_key", [])
      var spine = node.extra["time_spine"] ?? .null
      if case .dictionary(var settings) = spine, settings["custom_granularities"] == nil {
        settings["custom_granularities"] = []
        spine = .dictionary(settings)
      }
      entry.add("time_spine", spine)
    }
    return entry
  }

  /// What a node needs, as far as others know it.
  func dependencies(of node: Node) -> PlainValue {
    [
      "macros": .list(node.macroDependencies.map { .string($0) }),
      "nodes": .list(
        node.dependencies.filter { !$0.hasPrefix("migration.") }.map { .string($0) }
      ),
    ]
  }

  private func keywordArguments(of test: Node.GenericTest) -> PlainDictionary {
    var arguments = test.argumentsWithColumn
    arguments["model"] = .string("{{ get_where_subquery(\(test.modelCall)) }}")
    return arguments
  }

  /// A constraint with what is left unsaid.
  static func constraint(_ value: PlainValue, ofColumn isOfColumn: Bool) -> PlainValue {
    guard let given = value.dictionary else { return value }
    var constraint: PlainDictionary = [
      "type": nil, "name": nil, "expression": nil, "warn_unenforced": true,
      "warn_unsupported": true, "to": nil, "to_columns": [],
    ]
    if !isOfColumn { constraint["columns"] = [] }
    for (key, value) in given.pairs { constraint[key] = value }
    return .dictionary(constraint)
  }

  private func contract(_ node: Node) -> PlainValue {
    let contract = node.config["contract"]?.dictionary
    return [
      "enforced": contract?["enforced"] ?? false,
      "alias_types": contract?["alias_types"] ?? true,
      "checksum": .optional(ContractChecksum.of(node)),
    ]
  }

  func unitTest(_ node: Node) -> PlainDictionary {
    let nodeEntry = entry(node)
    var result = PlainDictionary()
    for key in [
      "name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
      "description", "config", "depends_on", "created_at",
    ] {
      result[key] = nodeEntry[key] ?? .null
    }
    for key in ["model", "overrides", "versions"] { result[key] = node.extra[key] ?? .null }
    if let given = node.extra["overrides"]?.dictionary {
      var overrides: PlainDictionary = ["macros": [:], "vars": [:], "env_vars": [:]]
      overrides.merge(given)
      result["overrides"] = .dictionary(overrides)
    }
    let settled = node.extra["settled"]?.dictionary ?? [:]
    result["given"] = settled["given"] ?? []
    result["expect"] = settled["expect"] ?? [:]
    result["checksum"] = settled["checksum"] ?? .null
    result["schema"] = settled["schema"] ?? .string(project.target.schema)
    result["version"] = .null
    return result
  }

  func exposure(_ node: Node) -> PlainDictionary {
    let nodeEntry = entry(node)
    var result = PlainDictionary()
    for key in [
      "name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
      "description", "tags", "meta", "config", "unrendered_config", "depends_on", "refs",
      "sources", "metrics", "created_at",
    ] {
      result[key] = nodeEntry[key] ?? .null
    }
    for key in ["type", "label", "maturity", "url"] { result[key] = node.extra[key] ?? .null }
    var owner: PlainDictionary = ["email": nil, "name": nil]
    owner.merge(node.extra["owner"]?.dictionary ?? [:])
    result["owner"] = .dictionary(owner)
    return result
  }

  /// A semantic model, metric or saved query.
  func semantic(_ node: Node) -> PlainDictionary {
    let nodeEntry = entry(node)
    var result = PlainDictionary()
    var keys = [
      "name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
      "description", "unrendered_config", "group", "depends_on", "refs", "created_at",
    ]
    switch node.kind {
    case .metric: keys += ["meta", "tags", "sources", "metrics"]
    case .savedQuery: keys.append("tags")
    default: result["node_relation"] = .null
    }
    for key in keys { result[key] = nodeEntry[key] ?? .null }
    result["config"] = .dictionary(node.config)
    result["metadata"] = .null
    result.merge(node.extra)
    return result
  }

  func source(_ node: Node) -> PlainDictionary {
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
      "quoting": Self.filled(
        ["database", "schema", "identifier", "column"],
        from: node.extra["quoting"]
      ),
      "loaded_at_field": node.config["loaded_at_field"] ?? .null,
      "loaded_at_query": node.config["loaded_at_query"] ?? .null,
      "freshness": FreshnessCriteria.settled(node.config["freshness"]),
      "external": node.extra["external"].map { external in
        external.isNull
          ? .null
          : Self.filled(
            ["location", "file_format", "row_format", "tbl_properties", "partitions"],
            from: external
          )
      } ?? .null,
      "description": .string(node.description),
      "columns": .dictionary(
        PlainDictionary(node.columns.map { ($0.name, .dictionary($0.manifestValue)) })
      ),
      "meta": .dictionary(node.meta),
      "source_meta": node.extra["source_meta"] ?? [:],
      "tags": .list(node.tags.map { .string($0) }),
      "config": .dictionary(config(ofSource: node)),
      "patch_path": nil,
      "unrendered_config": .dictionary(node.unrenderedConfig),
      "relation_name": relationName(node),
      "created_at": 0,
      "unrendered_database": node.extra["unrendered_database"] ?? .null,
      "unrendered_schema": node.extra["unrendered_schema"] ?? .null,
    ]
    entry["doc_blocks"] = .list(node.documentation.map { .string($0) })
    return entry
  }

  /// A mapping with null for those of its keys that are not there.
  private static func filled(_ keys: [String], from given: PlainValue?) -> PlainValue {
    var all = PlainDictionary(keys.map { ($0, .null) })
    all.merge(given?.dictionary ?? [:])
    return .dictionary(all)
  }

  /// The configuration with what the criteria of freshness leave unsaid.
  private func config(ofSource node: Node) -> PlainDictionary {
    var config = node.config
    if let freshness = config["freshness"] {
      config["freshness"] = FreshnessCriteria.settled(freshness)
    }
    config["static_analysis"] = config["static_analysis"] ?? .null
    return config
  }

  private func rawCode(_ node: Node) -> String {
    guard let buffer = node.buffer else { return "" }
    // As dbt has it, which compares these texts: without the space around it where it is a whole
    // file, and as it stands in the block of a snapshot or in a hook.
    if node.kind == .snapshot || node.kind == .operation {
      return buffers.text(of: buffers.wholeRange(of: buffer))
    }
    var text = MappedText()
    text.append(generated: buffers.bytes(of: buffer), origin: nil)
    return text.trimmed().string
  }

  func checksum(_ node: Node) -> PlainValue {
    // dbt takes the project file for the text of a hook.
    if node.kind == .operation {
      let file = project.package(named: node.packageName)?.fileBuffer
      var text = MappedText()
      if let file { text.append(generated: buffers.bytes(of: file), origin: nil) }
      return ["name": "sha256", "checksum": .string(Checksum.sha256(text.trimmed().bytes))]
    }
    // A snapshot's text is a part of its file, or an entry of one.
    let buffer = node.kind == .snapshot ? node.declaration?.buffer : node.buffer
    guard node.genericTest == nil, let buffer else {
      return ["name": "none", "checksum": ""]
    }
    // dbt compares large seeds by their path.
    if node.kind == .seed, buffers.bytes(of: buffer).count > 1 << 20 {
      return ["name": "path", "checksum": .string(node.originalFilePath)]
    }
    var text = MappedText()
    text.append(generated: buffers.bytes(of: buffer), origin: nil)
    return [
      "name": "sha256",
      "checksum": .string(
        Checksum.sha256((node.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []) + text.trimmed().bytes)
      ),
    ]
  }

  private func relationName(_ node: Node) -> PlainValue {
    let isEphemeral = node.config["materialized"]?.string == Materialization.ephemeral.rawValue
    if node.kind == .test {
      let isStored = node.config["store_failures"]?.boolean ?? storesFailures
      return isStored ? .optional(rendered(node)) : .null
    }
    guard [.model, .seed, .source, .snapshot].contains(node.kind), !isEphemeral else {
      return .null
    }
    return .optional(rendered(node))
  }

  /// The relation as templates print it: with the quotes that are configured.
  private func rendered(_ node: Node) -> String? {
    guard let name = node.relationName else { return nil }
    var quoting = project.configuration.quoting
    quoting.merge((node.kind == .source ? node.extra : node.config)["quoting"]?.dictionary ?? [:])
    return RelationObject(name, kind: nil, quoted: RelationObject.Parts(quoting)).rendered
  }

  /// The schema of nodes that have no relation.
  private func testSchema(of node: Node) -> String {
    let schema = project.target.schema
    return node.kind == .test ? "\(schema)_dbt_test__audit" : schema
  }

  /// What dbt's manifest has of a kind's configuration though nobody has configured it.
  private static func unsaid(of kind: Node.Kind) -> [String] {
    switch kind {
    case .model: relations + ["freshness"]
    case .seed, .snapshot, .analysis, .operation, .function: relations
    case .test, .unitTest: ["static_analysis"]
    default: []
    }
  }

  private static let relations = [
    "static_analysis", "batch_size", "begin", "event_time", "concurrent_batches",
  ]

  /// The configuration in dbt's form, where a hook is a mapping.
  private func config(of node: Node) -> PlainDictionary {
    var config = node.config
    for key in Self.unsaid(of: node.kind) where config[key] == nil { config[key] = .null }
    // As in dbt, a time however it is written.
    if config["incremental_strategy"] == "microbatch", let text = config["begin"]?.string,
      text.utf8.count <= 26, !text.contains("+"), !text.contains("Z"), let begin = EventTime(text)
    {
      config["begin"] = .string(String(begin.iso8601.dropLast(6)))
    }
    if let contract = config["contract"]?.dictionary {
      // dbt knows of no other keys, and drops them.
      config["contract"] = .dictionary(
        PlainDictionary(contract.pairs.filter { ["enforced", "alias_types"].contains($0.key) })
      )
    }
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
}
