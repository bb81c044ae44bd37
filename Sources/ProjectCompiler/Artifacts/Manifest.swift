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
  /// Generic tests that are switched off, by the node that they are attached to.
  private let disabledTests: [String: [Node]]

  package init(
    _ parsed: ParsedProject,
    compilation: Compilation? = nil,
    lineage: ProjectLineage? = nil,
    buffers: Buffers,
    generatedAt: String
  ) {
    disabledTests = Dictionary(
      grouping: parsed.disabled.filter { $0.kind == .test && !$0.isStranded }
    ) { $0.genericTest?.attachedNode ?? "" }
    self.lineage = lineage.map { LineageArtifact($0, projectName: parsed.project.name) }
    self.parsed = parsed
    self.compilation = compilation
    self.buffers = buffers
    self.generatedAt = generatedAt
  }

  /// The artifact as data.
  package var plain: PlainValue {
    let nodes = nodes
    let entries = parallelMap(nodes) { PlainValue.dictionary(entry($0)) }
    var artifact = PlainDictionary()
    for (name, section) in sections {
      artifact[name] =
        section ?? .dictionary(PlainDictionary(zip(nodes, entries).map { ($0.uniqueID, $1) }))
    }
    return .dictionary(artifact)
  }

  /// The artifact as JSON on one line.
  ///
  /// The entries of nodes, which are nearly all of it, are made, written and let go on all cores.
  package func json() -> [UInt8] {
    let nodes = nodes
    let entries = parallelMap(nodes) { PlainValue.dictionary(entry($0)).json() }
    return PlainValue.json(
      object: sections.map { name, section in
        if let section { return (name, section.json()) }
        return (name, PlainValue.json(object: zip(nodes, entries).map { ($0.uniqueID, $1) }))
      }
    )
  }

  /// The entries of semantic models, metrics or saved queries.
  func semantic(_ kind: Node.Kind) -> [PlainDictionary] {
    parsed.graph.nodes.keys.sorted().compactMap { id in
      parsed.graph.nodes[id].flatMap { $0.kind == kind ? entries.semantic($0) : nil }
    }
  }

  /// What stands in the section of nodes, in its order.
  private var nodes: [Node] {
    let listed = parsed.graph.nodes.keys.sorted().compactMap { parsed.graph.nodes[$0] }
      .filter {
        ![.migration, .unitTest, .exposure, .source, .function].contains($0.kind)
          && !$0.kind.isSemantic
      }
    return listed + others.filter { parsed.graph.nodes[$0.uniqueID] == nil }
  }

  /// Nodes that no graph has.
  private var others: [Node] { parsed.operations + parsed.disabled.filter(\.isStranded) }

  /// The parts of the artifact in their order; nil for the nodes.
  private var sections: [(name: String, section: PlainValue?)] {
    var sources = PlainDictionary()
    var exposures = PlainDictionary()
    var unitTests = PlainDictionary()
    var functions = PlainDictionary()
    var semantics: [Node.Kind: PlainDictionary] = [:]
    let declarations = Declarations(project: parsed.project, buffers: buffers)
    var parentMap = PlainDictionary()
    var childMap = PlainDictionary()
    let graph = parsed.graph
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id], node.kind != .migration else { continue }
      parentMap[id] = ids(graph.parents[id] ?? [])
      childMap[id] = ids(graph.children[id] ?? [])
      switch node.kind {
      case .unitTest: unitTests[id] = .dictionary(entryOfKind(node))
      case .exposure: exposures[id] = .dictionary(entryOfKind(node))
      case .source: sources[id] = .dictionary(entryOfKind(node))
      case .function: functions[id] = .dictionary(entryOfKind(node))
      case let kind where kind.isSemantic:
        semantics[kind, default: [:]][id] = .dictionary(entryOfKind(node))
      default: break
      }
    }
    for node in others {
      let parents = node.dependencies.filter { parentMap[$0] != nil }
      parentMap[node.uniqueID] = ids(parents)
      childMap[node.uniqueID] = []
      for parent in parents {
        let others = childMap[parent]?.words ?? []
        childMap[parent] = .list((others + [node.uniqueID]).sorted().map { .string($0) })
      }
    }
    var macros = PlainDictionary()
    // Of redstart's own, those that nodes use.
    var used: [String: MacroTable.Entry] = [:]
    for node in graph.nodes.values {
      for id in compilation?.compiled[node.uniqueID]?.node.macroDependencies
        ?? node.macroDependencies
      where used[id] == nil {
        used[id] = parsed.macros.entry(withID: id)
      }
    }
    for entry in parsed.macros.all { used[entry.uniqueID] = entry }
    let patches = declarations.macros
    for entry in used.values.sorted(by: { $0.uniqueID < $1.uniqueID }) {
      var described = macro(entry)
      if let patch = patches[entry.uniqueID] { described.merge(patch) }
      macros[entry.uniqueID] = .dictionary(described)
    }
    var disabled = PlainDictionary()
    let order = parsed.disabled.filter { !$0.isStranded }
      .sorted { ($0.uniqueID, $0.originalFilePath) < ($1.uniqueID, $1.originalFilePath) }
    for node in order {
      let others = disabled[node.uniqueID]?.list ?? []
      disabled[node.uniqueID] = .list(others + [.dictionary(entryOfKind(node))])
    }
    return [
      ("metadata", .dictionary(metadata)),
      ("nodes", nil),
      ("sources", .dictionary(sources)),
      ("macros", .dictionary(macros)),
      ("docs", .dictionary(declarations.docs)),
      ("exposures", .dictionary(exposures)),
      ("metrics", .dictionary(semantics[.metric] ?? [:])),
      ("groups", .dictionary(declarations.groups)),
      ("selectors", .dictionary(selectors)),
      ("disabled", .dictionary(disabled)),
      ("parent_map", .dictionary(parentMap)),
      ("child_map", .dictionary(childMap)),
      ("group_map", .dictionary(groupMap)),
      ("saved_queries", .dictionary(semantics[.savedQuery] ?? [:])),
      ("semantic_models", .dictionary(semantics[.semanticModel] ?? [:])),
      ("unit_tests", .dictionary(unitTests)),
      ("functions", .dictionary(functions)),
    ]
  }

  /// The members of each group, by its name; a group may have none.
  private var groupMap: PlainDictionary {
    var map = PlainDictionary()
    for package in [parsed.project] + parsed.project.packages {
      for entry in package.properties.others["groups"] ?? [] { map[entry.name] = [] }
    }
    for id in parsed.graph.nodes.keys.sorted() {
      // As in dbt, functions are in no group's list.
      guard let node = parsed.graph.nodes[id], node.kind != .function,
        let group = node.group ?? node.config["group"]?.string
      else { continue }
      map[group] = .list((map[group]?.list ?? []) + [.string(id)])
    }
    return map
  }

  /// dbt's schema has no room for more keys, but for those of `env`.
  private var environment: PlainDictionary {
    let invocation = parsed.environment.invocation
    var environment = invocation.metadataEnvironment
    // Called dbt, the program adds nothing to what dbt has there.
    let command = invocation.arguments["invocation_command"]?.string ?? ""
    if !command.hasPrefix("dbt ") { environment["redstart_version"] = .string(invocation.version) }
    return environment
  }

  private var metadata: PlainDictionary {
    let invocation = parsed.environment.invocation
    return [
      "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
      "dbt_version": .string(Invocation.dbtVersion),
      "generated_at": .string(generatedAt),
      "invocation_id": .string(invocation.identifier),
      "invocation_started_at": .string(invocation.startedAt),
      "env": .dictionary(environment),
      "project_name": .string(parsed.project.name),
      "project_id": .string(Checksum.md5(Array(parsed.project.name.utf8))),
      "user_id": nil,
      "send_anonymous_usage_stats": false,
      "adapter_type": .string(parsed.environment.adapterType),
      "quoting": .dictionary(quoting),
      "run_started_at": .string(invocation.startedAt),
    ]
  }

  /// How the project writes names: quoted, unless it says otherwise.
  private var quoting: PlainDictionary {
    var quoting: PlainDictionary = [
      "database": true, "schema": true, "identifier": true, "column": nil,
    ]
    let said = parsed.project.configuration.quoting
    for key in ["database", "schema", "identifier", "column"] {
      if let value = said[key] ?? (key == "database" ? said["project"] : nil), !value.isNull {
        quoting[key] = value
      }
    }
    return quoting
  }

  private var selectors: PlainDictionary {
    PlainDictionary(
      parsed.project.selectors.map { selector in
        var entry: PlainDictionary = ["name": .string(selector.name)]
        if let description = selector.description { entry["description"] = .string(description) }
        if selector.isDefault { entry["default"] = true }
        entry["definition"] = selector.manifestDefinition
        return (selector.name, .dictionary(entry))
      }
    )
  }

  private var entries: NodeEntry {
    let invocation = parsed.environment.invocation
    return NodeEntry(
      project: parsed.project,
      buffers: buffers,
      storesFailures: invocation.storesFailures
    )
  }

  private func ids(_ ids: [String]) -> PlainValue {
    .list(ids.filter { parsed.graph.nodes[$0]?.kind != .migration }.sorted().map { .string($0) })
  }

  /// A node in the shape of its kind, whatever section it stands in.
  private func entryOfKind(_ node: Node) -> PlainDictionary {
    let hasOwnShape = [.source, .exposure, .unitTest].contains(node.kind) || node.kind.isSemantic
    return hasOwnShape ? parsed.value(of: node) : entry(node)
  }

  private func entry(_ node: Node) -> PlainDictionary {
    var entry = entries.entry(node)
    guard node.kind != .seed else { return entry }
    if lineage != nil { entry["columns"] = .dictionary(columns(node)) }
    if let sql = compilation?.operations[node.uniqueID] {
      let text = String(decoding: buffers.bytes(of: sql), as: UTF8.self)
      entry["compiled"] = true
      entry["compiled_code"] = .string(text)
      if !text.isEmpty {
        let file = "\(node.packageName)/\(node.originalFilePath)/\(node.path)"
        let folder = parsed.project.configuration.targetPath
        entry["compiled_path"] = .string("\(folder)/compiled/\(file)")
      }
      entry["extra_ctes_injected"] = true
      entry["index"] = .integer(turn(of: node))
    }
    if let compiled = compilation?.compiled[node.uniqueID], compiled.isReadable {
      entry["compiled"] = true
      entry["depends_on"] = entries.dependencies(of: compiled.node)
      entry["compiled_code"] = .string(
        String(decoding: buffers.bytes(of: compiled.sql), as: UTF8.self)
      )
      // dbt tells of no file of a snapshot.
      if node.kind != .snapshot { entry["compiled_path"] = .string(compiledPath(node)) }
      entry["extra_ctes_injected"] = true
      entry["extra_ctes"] = .list(compiled.ephemerals.map(expression))
      if node.kind == .model {
        ForeignKeyTargets(parsed: parsed, existing: compilation?.existing)
          .resolve(in: &entry, of: node)
      }
    }
    if node.kind == .model { entry["primary_key"] = .list(primaryKey(of: node)) }
    if entry["compiled"] == false {
      for key in ["compiled", "extra_ctes", "extra_ctes_injected"] { entry[key] = nil }
    }
    return entry
  }

  /// The turn of a hook that a command runs, from 1.
  ///
  /// The project's own come first, then those of packages, by name. dbt-core gives
  /// hooks their turns in the place of their indices as it runs.
  private func turn(of hook: Node) -> Int {
    let together = parsed.operations.filter { $0.tags.first == hook.tags.first }
    let own = together.filter { $0.packageName == parsed.project.name }
    let others = Dictionary(grouping: together, by: \.packageName)
      .filter { $0.key != parsed.project.name }.sorted { $0.key < $1.key }.flatMap(\.value)
    return 1 + ((own + others).firstIndex { $0.uniqueID == hook.uniqueID } ?? 0)
  }

  /// An ephemeral model in another node's SQL, as dbt notes it.
  private func expression(_ id: String, _ text: MappedText) -> PlainValue {
    let name = parsed.graph.nodes[id].map { $0.alias ?? $0.name } ?? id
    return [
      "id": .string(id),
      "sql": .string(" \(EphemeralInjection.prefix)\(name) as (\n\(text.string)\n)"),
    ]
  }

  /// The columns that identify a model's rows, as dbt infers them: from constraints, else from tests.
  private func primaryKey(of node: Node) -> [PlainValue] {
    for constraint in (node.extra["constraints"]?.list ?? []).compactMap(\.dictionary)
    where constraint["type"] == "primary_key" {
      return constraint["columns"]?.list ?? []
    }
    for column in node.columns {
      let constraints = column.extra["constraints"]?.list ?? []
      if constraints.contains(where: { $0.dictionary?["type"] == "primary_key" }) {
        return [.string(column.name)]
      }
    }
    var unique: [Bool: Set<String>] = [true: [], false: []]
    var present: Set<String> = []
    // As in dbt, what a test that is switched off says of a column counts where no other does.
    for test in tests(of: node.uniqueID) + (disabledTests[node.uniqueID] ?? []) {
      guard let generic = test.genericTest else { continue }
      let column = generic.columnArgument ?? generic.arguments["column_name"]?.string
      let columns =
        column.map { [$0] } ?? generic.arguments["combination_of_columns"]?.words ?? []
      switch generic.name {
      case "unique", "unique_combination_of_columns":
        unique[test.isEnabled, default: []].formUnion(columns)
      case "not_null": present.formUnion(columns)
      default: break
      }
    }
    let enabled = unique[true] ?? []
    let disabled = unique[false] ?? []
    let sure = present.intersection(enabled.union(disabled))
    let key = !sure.isEmpty ? sure : !enabled.isEmpty ? enabled : disabled
    return key.sorted().map { .string($0) }
  }

  private func tests(of id: String) -> [Node] {
    (parsed.graph.children[id] ?? []).compactMap { parsed.graph.nodes[$0] }
      .filter { $0.kind == .test }
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

  private func macro(_ entry: MacroTable.Entry) -> PlainDictionary {
    let text = entry.text(in: buffers)
    return [
      "name": .string(entry.definition.name),
      "resource_type": "macro",
      "package_name": .string(entry.packageName),
      "path": .string(entry.path),
      "original_file_path": .string(entry.path),
      "unique_id": .string(entry.uniqueID),
      "macro_sql": .string(text),
      "depends_on": [
        "macros": .list(
          MacroCalls.dependencies(
            of: Array(text.utf8),
            named: entry.definition.name,
            packageName: entry.packageName,
            in: parsed.macros
          ).map { .string($0) }
        )
      ],
      "description": "",
      "meta": [:],
      "docs": ["show": true, "node_color": nil],
      "config": ["meta": [:], "docs": ["show": true, "node_color": nil]],
      "patch_path": nil,
      "arguments": .list(
        tellsArguments(entry) ? entry.definition.parameterNames.map(Self.argument) : []
      ),
      "created_at": 0,
      "supported_languages": entry.languages.map { .list($0.map { .string($0) }) } ?? .null,
    ]
  }

  /// Whether macros are held to what properties files say of their arguments; those that have none
  /// there are told from the macro itself.
  private var validatesArguments: Bool {
    parsed.project.configuration.flags["validate_macro_args"]?.boolean == true
  }

  /// As in dbt, tests that stand among tests have arguments only where a properties file tells them.
  private func tellsArguments(_ entry: MacroTable.Entry) -> Bool {
    guard validatesArguments else { return false }
    let package = parsed.project.package(named: entry.packageName) ?? parsed.project
    return !package.configuration.testPaths.contains { entry.path.hasPrefix("\($0)/") }
  }

  private static func argument(_ name: String) -> PlainValue {
    ["name": .string(name), "type": nil, "description": ""]
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

  /// The folder of its properties file again, and its name with the version of its model, as dbt has it.
  private var unitTestPath: String {
    let head = "unit_test.\(packageName).\(extra["model"]?.string ?? "")."
    let file = uniqueID.hasPrefix(head) ? String(uniqueID.dropFirst(head.count)) : name
    let folder = FilePath.parent(of: originalFilePath)
    return "\(folder)/\(file).sql"
  }

  /// The file of a generic test or a unit test lies in a folder named as the properties file that
  /// declares it, and so does that of a snapshot, which may share its file with others.
  private var artifactPath: String {
    if genericTest != nil { return "\(originalFilePath)/\(path)" }
    if kind == .unitTest { return "\(originalFilePath)/\(unitTestPath)" }
    guard kind == .snapshot else { return originalFilePath }
    // dbt writes a file of the whole name, in whose place no folder can be.
    let isSQL = originalFilePath.hasSuffix(".sql")
    return "\(isSQL ? String(originalFilePath.dropLast(4)) : originalFilePath)/\(name).sql"
  }
}

extension CompiledNode {
  /// Where its SQL goes, below the target folder; each batch has a file of its own.
  package var compiledFilePath: String { ofBatch(node.compiledFilePath) }

  /// Where the statement that was really sent goes, in the same way.
  package var runFilePath: String { ofBatch(node.runFilePath) }

  private func ofBatch(_ path: String) -> String {
    guard let batch, path.hasSuffix(".sql") else { return path }
    return "\(path.dropLast(4))/\(node.name)_\(batch.label).sql"
  }
}

extension PlainValue {
  /// The text, or null.
  package static func optional(_ text: String?) -> PlainValue {
    text.map { .string($0) } ?? .null
  }
}
