package import Diagnostics
package import ProjectModel
import RedshiftSQL
import Templating

/// Finds a project's nodes and their dependencies by rendering every template once.
///
/// As in dbt, `ref` and `source` calls are found by rendering with `execute` false, so a
/// dependency may come from a macro or a loop.
package struct ProjectParser {
  package let project: Project
  package let buffers: Buffers
  package let invocation: Invocation

  package init(project: Project, buffers: Buffers, invocation: Invocation) {
    self.project = project
    self.buffers = buffers
    self.invocation = invocation
  }

  /// What the first rendering of one node found.
  private struct Outcome: Sendable {
    var node: Node
    var template: Template?
    var references: [Captured.Reference] = []
    var sources: [Captured.SourceReference] = []
    /// What `config()` was called with in the macro of a generic test.
    var macroConfig = PlainDictionary()
    var diagnostic: Diagnostic?

    /// Works out a test's configuration again, now that its macro has had its say; what the
    /// properties file declares comes after that.
    mutating func configure(over declared: PlainDictionary?, _ resolver: ConfigResolver) {
      guard !macroConfig.isEmpty else { return }
      node.config = resolver.resolve(
        kind: .test,
        fqn: node.fqn,
        patch: PlainDictionary(),
        inFile: ConfigResolver.combining(macroConfig, with: declared ?? PlainDictionary())
      )
      node.tags = node.config["tags"].map(ProjectParser.strings) ?? []
      node.meta = node.config["meta"]?.dictionary ?? PlainDictionary()
    }
  }

  /// Reads every template of the project.
  ///
  /// - Returns: the parsed project, warnings included.
  /// - Throws: every error found, so that one command shows them all.
  package func parse() throws(DiagnosticList) -> ParsedProject {
    var problems: [Diagnostic] = []
    var macros = MacroTable(
      projectName: project.name,
      packageNames: project.packages.map(\.name),
      searchOrders: searchOrders,
      dispatchPrefixes: project.target.speaksPostgres
        ? ["postgres", "default"] : ["redshift", "postgres", "default"]
    )
    problems += addMacros(to: &macros)
    var environment = ContextEnvironment(
      project: project,
      macros: macros,
      invocation: invocation,
      buffers: buffers
    )
    let shared = environment
    let snapshots = SnapshotNodes(project, buffers)
    problems += snapshots.problems
    var outcomes = parallelMap(templatedNodes() + snapshots.nodes) {
      first(rendering: $0, in: shared)
    }
    problems += outcomes.compactMap(\.diagnostic)

    var nodes: [Node] = []
    var disabled: [Node] = []
    for index in outcomes.indices {
      configure(&outcomes[index].node, in: environment, &problems)
      let isEnabled = outcomes[index].node.config["enabled"]?.boolean ?? true
      if !isEnabled { disabled.append(outcomes[index].node) }
    }
    outcomes.removeAll { $0.node.config["enabled"]?.boolean == false }
    var others = sourceNodes() + seedNodes()
    for index in others.indices where others[index].kind == .seed {
      configure(&others[index], in: environment, &problems)
    }
    disabled += others.filter { $0.config["enabled"]?.boolean == false }
    others.removeAll { $0.config["enabled"]?.boolean == false }
    nodes = outcomes.map(\.node) + others

    problems += duplicateNames(in: nodes)
    problems += unusedPatches(nodes + disabled)
    let resolver = ReferenceResolver(nodes: nodes, disabled: disabled, project: project)
    environment.relations = relations(of: nodes)

    outcomes += testOutcomes(on: nodes, environment, resolver, &disabled, &problems)
    for index in outcomes.indices { resolve(&outcomes[index], with: resolver, &problems) }
    // A test of what is not there is left out, as dbt leaves it out.
    disabled += outcomes.filter { $0.node.config["enabled"]?.boolean == false }.map(\.node)
    outcomes.removeAll { $0.node.config["enabled"]?.boolean == false }
    nodes = outcomes.map(\.node) + others

    let catalogue = MigrationCatalogue(environment: environment)
    let migrations = catalogue.contents()
    problems += migrations.diagnostics
    let migrated = attachMigrations(migrations.scripts, to: &nodes)

    var templates: [String: Template] = [:]
    for outcome in outcomes { templates[outcome.node.uniqueID] = outcome.template }
    let declarations = Declarations(project: project, buffers: buffers)
    declarations.renderDescriptions(of: &nodes, &problems)
    nodes += exposures(environment, resolver, &problems)
    let graph = Graph(nodes: nodes)
    environment.graph = GraphSource(
      graph: graph,
      project: project,
      buffers: buffers,
      sections: ["groups": .dictionary(declarations.groups)]
    )
    if let cycle = graph.cycle {
      problems.append(cycleDiagnostic(cycle, graph: graph, outcomes: outcomes, resolver: resolver))
    }
    if problems.contains(where: \.isError) { throw DiagnosticList(problems) }
    return ParsedProject(
      project: project,
      graph: graph,
      disabled: disabled,
      macros: macros,
      migrations: migrations.scripts,
      migrationCallbacks: migrations.callbacks,
      diagnostics: problems,
      templates: templates,
      resolver: resolver,
      environment: environment,
      migrated: migrated
    )
  }

  // MARK: Macros and nodes

  /// The project, then its packages.
  private var packages: [Project] { [project] + project.packages }

  /// `dispatch:` of the project file.
  private var searchOrders: [String: [String]] {
    var orders: [String: [String]] = [:]
    for entry in project.configuration.dispatch {
      guard let namespace = entry["macro_namespace"]?.string else { continue }
      orders[namespace] = entry["search_order"].map(Self.strings) ?? []
    }
    return orders
  }

  private func addMacros(to macros: inout MacroTable) -> [Diagnostic] {
    var problems = BuiltinMacros.add(
      to: &macros,
      adapterType: project.target.speaksPostgres ? "postgres" : "redshift",
      buffers: buffers
    )
    for package in packages {
      for file in package.macroFiles {
        do throws(Diagnostic) {
          let parsed = try MacroFile(parsing: file.buffer, in: buffers)
          problems += macros.add(parsed, packageName: package.name, path: file.path)
        } catch {
          problems.append(error)
        }
      }
    }
    return problems
  }

  /// Models, singular tests and analyses: nodes whose file is a template.
  private func templatedNodes() -> [Node] {
    packages.flatMap { package in
      let groups: [(Node.Kind, [Project.File])] = [
        (.model, package.modelFiles), (.test, package.testFiles),
        (.analysis, package.analysisFiles),
      ]
      let nodes = groups.flatMap { kind, files in files.map { node(kind, $0, package) } }
      return ModelVersions(package.properties).applied(to: nodes)
    }
  }

  private func node(_ kind: Node.Kind, _ file: Project.File, _ package: Project) -> Node {
    let inner = file.path.dropFirst(file.resourcePath.count).drop { $0 == "/" }
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    let fqnFolders = kind == .analysis ? ["analysis"] + folders : folders
    var node = Node(
      uniqueID: "\(kind.rawValue).\(package.name).\(file.name)",
      kind: kind,
      name: file.name,
      packageName: package.name,
      path: kind == .analysis ? "analysis/\(inner)" : String(inner),
      originalFilePath: file.path,
      fqn: [package.name] + fqnFolders + [file.name]
    )
    node.buffer = file.buffer
    node.hasByteOrderMark = file.hadByteOrderMark
    node.declaration = TextRange(buffer: file.buffer, bytes: 0..<0)
    return node
  }

  private func seedNodes() -> [Node] {
    packages.flatMap { package in package.seedFiles.map { node(.seed, $0, package) } }
  }

  private func sourceNodes() -> [Node] {
    packages.flatMap { package in package.properties.sources.map { source($0, package) } }
  }

  private func source(_ table: Properties.SourceTable, _ package: Project) -> Node {
    let folders = package.resourceFolders(of: table.file)
    var node = Node(
      uniqueID: "source.\(package.name).\(table.sourceName).\(table.name)",
      kind: .source,
      name: table.name,
      packageName: package.name,
      path: table.file,
      originalFilePath: table.file,
      fqn: [package.name] + folders + [table.sourceName, table.name]
    )
    node.sourceName = table.sourceName
    node.declaration = table.range
    node.description = table.description
    node.columns = table.columns
    node.config = configResolver(for: package.name).resolve(
      kind: .source,
      fqn: node.fqn,
      patch: table.config,
      inFile: PlainDictionary()
    )
    node.tags = node.config["tags"].map(Self.strings) ?? table.tags
    node.meta = node.config["meta"]?.dictionary ?? table.meta
    node.database = table.database ?? project.target.database
    node.schema = table.schema
    node.alias = table.identifier
    node.extra = table.extra
    if !table.sourceDescription.isEmpty {
      node.extra["source_description"] = .string(table.sourceDescription)
    }
    return node
  }

  private func configResolver(for packageName: String) -> ConfigResolver {
    let package = project.package(named: packageName) ?? project
    return ConfigResolver(
      configuration: package.configuration,
      packageName: packageName,
      overriding: packageName == project.name ? nil : project.configuration
    )
  }

  private func properties(of node: Node) -> Properties {
    (project.package(named: node.packageName) ?? project).properties
  }

  /// What properties files say of a node.
  private func patch(of node: Node) -> Properties.Patch? {
    guard let patch = properties(of: node).patches[node.kind]?[node.name] else { return nil }
    return node.version.map { ModelVersions.patch(patch, version: $0) } ?? patch
  }

  /// Renders a node's template as dbt does while parsing.
  private func first(rendering node: Node, in environment: ContextEnvironment) -> Outcome {
    var outcome = Outcome(node: node)
    guard let buffer = node.buffer else { return outcome }
    do throws(Diagnostic) {
      let template = try Template(parsing: buffer, in: buffers)
      outcome.template = template
      guard !template.isStatic else { return outcome }
      let target = project.target
      let context = NodeContext(
        environment: environment,
        phase: .parse,
        node: node,
        this: RelationName(
          database: target.database,
          schema: target.schema,
          identifier: node.name
        ),
        config: ConfigObject(gathering: ())
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(template)
      outcome.node.config = context.configObject.values
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.node.macroDependencies = context.captured.macros
    } catch {
      outcome.diagnostic = error
    }
    return outcome
  }

  /// Merges configuration and assigns names; `node.config` holds the in-file values before.
  private func configure(
    _ node: inout Node,
    in environment: ContextEnvironment,
    _ problems: inout [Diagnostic]
  ) {
    let patch = patch(of: node)
    node.config = configResolver(for: node.packageName).resolve(
      kind: node.kind,
      fqn: node.fqn,
      patch: patch?.config ?? PlainDictionary(),
      inFile: node.config
    )
    if let patch {
      node.description = patch.description
      node.columns = patch.columns
      node.patchPath = patch.file
      node.extra = patch.extra
    }
    node.tags = node.config["tags"].map(Self.strings) ?? []
    node.meta = node.config["meta"]?.dictionary ?? PlainDictionary()
    problems += Self.settleEnabled(of: &node)
    if node.kind == .snapshot { problems += Self.settleSnapshot(&node) }
    if node.kind == .model, let name = node.config["materialized"]?.string,
      Materialization(rawValue: name) == nil,
      environment.macros.materialization(name, from: node.packageName) == nil
    {
      problems.append(
        .unknownMaterialization(name, node: node.name, file: node.originalFilePath)
      )
    }
    guard node.kind != .source else { return }
    do throws(Diagnostic) {
      try NameGenerator(environment: environment).assignNames(to: &node)
    } catch {
      problems.append(error)
    }
  }

  /// Whether the node is there must be certain: what is neither true nor false is an error.
  private static func settleEnabled(of node: inout Node) -> [Diagnostic] {
    let value = node.config["enabled"] ?? .boolean(true)
    node.config["enabled"] = .boolean(value.flag ?? true)
    return value.flag == nil ? [.wrongEnabled(value, node)] : []
  }

  /// Fills in what a snapshot leaves unsaid, and says what it must say and does not.
  private static func settleSnapshot(_ node: inout Node) -> [Diagnostic] {
    if let names = node.config["snapshot_meta_column_names"]?.dictionary {
      var all = PlainDictionary(SnapshotSettings.ColumnNames.keys.map { ($0, .null) })
      all.merge(names)
      node.config["snapshot_meta_column_names"] = .dictionary(all)
    }
    guard node.config["enabled"]?.boolean != false else { return [] }
    do throws(Diagnostic) {
      _ = try SnapshotSettings(node)
      return []
    } catch {
      return [error]
    }
  }

  fileprivate static func strings(_ value: PlainValue) -> [String] {
    switch value {
    case .list(let items): items.compactMap(\.string)
    case .string(let text): [text]
    default: []
    }
  }

  // MARK: Exposures

  /// What others make of the models: dashboards, notebooks …
  private func exposures(
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var nodes: [Node] = []
    for package in packages {
      for entry in package.properties.others["exposures"] ?? [] {
        var node = Node(
          uniqueID: "exposure.\(package.name).\(entry.name)",
          kind: .exposure,
          name: entry.name,
          packageName: package.name,
          path: package.resourcePath(of: entry.file),
          originalFilePath: entry.file,
          fqn: [package.name] + package.resourceFolders(of: entry.file) + [entry.name]
        )
        node.declaration = entry.range
        node.description = entry.value["description"]?.string ?? ""
        node.extra = entry.value
        var patch = entry.value["config"]?.dictionary ?? PlainDictionary()
        for key in ["tags", "meta"] {
          if let value = entry.value[key] { patch[key] = value }
        }
        node.config = configResolver(for: package.name).resolve(
          kind: .exposure,
          fqn: node.fqn,
          patch: patch,
          inFile: PlainDictionary()
        )
        node.tags = node.config["tags"].map(Self.strings) ?? []
        node.meta = node.config["meta"]?.dictionary ?? PlainDictionary()
        guard node.config["enabled"]?.boolean != false else { continue }
        var outcome = Outcome(node: node)
        do throws(Diagnostic) {
          // `ref('orders')`, as it would stand in a template.
          let calls = entry.value["depends_on"].map(Self.strings) ?? []
          var text = MappedText()
          for call in calls { text.append(generated: "{{ \(call) }}".utf8, origin: entry.range) }
          let buffer = buffers.add(generated: "exposure \(entry.name)", text)
          let context = NodeContext(
            environment: environment,
            phase: .parse,
            node: node,
            this: nil,
            config: ConfigObject(gathering: ())
          )
          let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
          _ = try renderer.render(try Template(parsing: buffer, in: buffers))
          outcome.references = context.captured.references
          outcome.sources = context.captured.sources
        } catch {
          outcome.diagnostic = error
          problems.append(error)
        }
        resolve(&outcome, with: resolver, &problems)
        nodes.append(outcome.node)
      }
    }
    return nodes
  }

  // MARK: Tests

  private func testOutcomes(
    on nodes: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ disabled: inout [Node],
    _ problems: inout [Diagnostic]
  ) -> [Outcome] {
    let builder = GenericTestBuilder(project: project, macros: environment.macros, buffers: buffers)
    var tests: [Node] = []
    let sourceTests = declarationsOfSources()
    for node in nodes {
      let declarations =
        node.kind == .source
        ? sourceTests[node.uniqueID] ?? []
        : patch(of: node)?.tests ?? []
      for declaration in declarations {
        do throws(Diagnostic) {
          tests.append(try builder.node(for: declaration, on: node))
        } catch {
          problems.append(error)
        }
      }
    }
    var seen: [String: Node] = [:]
    for test in tests {
      if let other = seen.updateValue(test, forKey: test.uniqueID) {
        problems.append(
          .duplicateName(
            "test",
            test.name,
            at: test.declaration,
            other: other.declaration,
            otherFile: other.originalFilePath
          )
        )
      }
    }
    let declared = Dictionary(
      tests.map { ($0.uniqueID, $0.config) },
      uniquingKeysWith: { first, _ in first }
    )
    for index in tests.indices {
      tests[index].config = configResolver(for: tests[index].packageName).resolve(
        kind: .test,
        fqn: tests[index].fqn,
        patch: tests[index].config,
        inFile: PlainDictionary()
      )
      tests[index].tags = tests[index].config["tags"].map(Self.strings) ?? []
      tests[index].meta = tests[index].config["meta"]?.dictionary ?? PlainDictionary()
      problems += Self.settleEnabled(of: &tests[index])
      guard tests[index].config["enabled"]?.boolean != false else { continue }
      do throws(Diagnostic) {
        let alias = tests[index].alias
        try NameGenerator(environment: environment).assignNames(to: &tests[index])
        if tests[index].config["alias"] == nil || tests[index].config["alias"]?.isNull == true {
          tests[index].alias = alias
        }
      } catch {
        problems.append(error)
      }
    }
    disabled += tests.filter { $0.config["enabled"]?.boolean == false }
    tests.removeAll { $0.config["enabled"]?.boolean == false }
    let byID = Dictionary(nodes.map { ($0.uniqueID, $0) }, uniquingKeysWith: { first, _ in first })
    return parallelMap(tests) { test in
      var outcome = first(renderingTest: test, byID: byID, resolver: resolver, in: environment)
      outcome.configure(over: declared[test.uniqueID], configResolver(for: test.packageName))
      return outcome
    }
  }

  private func declarationsOfSources() -> [String: [Properties.TestDeclaration]] {
    var result: [String: [Properties.TestDeclaration]] = [:]
    for package in packages {
      for table in package.properties.sources where !table.tests.isEmpty {
        result["source.\(package.name).\(table.sourceName).\(table.name)"] = table.tests
      }
    }
    return result
  }

  private func first(
    renderingTest test: Node,
    byID: [String: Node],
    resolver: ReferenceResolver,
    in environment: ContextEnvironment
  ) -> Outcome {
    var outcome = Outcome(node: test)
    guard let buffer = test.buffer, let generic = test.genericTest else { return outcome }
    do throws(Diagnostic) {
      let template = try Template(parsing: buffer, in: buffers)
      outcome.template = template
      let context = NodeContext(
        environment: environment,
        phase: .parse,
        node: test,
        this: nil,
        config: ConfigObject(gathering: ())
      )
      // As in dbt, the bare name is looked up, whatever the test's namespace.
      let macro = environment.macros.lookup("test_\(generic.name)", from: test.packageName)
      if let macro { context.captured.macros.append(macro.uniqueID) }
      // What these two refer to is known without rendering them.
      if let macro, generic.namespace == nil, GenericTestBuilder.isSimple(macro),
        let attached = byID[generic.attachedNode]
      {
        outcome.node.macroDependencies = context.captured.macros
        let place = test.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
        if attached.kind == .source {
          outcome.sources = [
            Captured.SourceReference(
              source: attached.sourceName ?? "",
              table: attached.name,
              range: place
            )
          ]
        } else {
          outcome.references = [
            Captured.Reference(
              package: nil,
              name: attached.name,
              version: attached.version,
              range: place
            )
          ]
        }
        return outcome
      }
      let arguments = GenericTestArguments(test: generic)
      try arguments.install(
        in: context,
        attached: byID[generic.attachedNode],
        at: test.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(template)
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.node.macroDependencies = context.captured.macros
      outcome.macroConfig = context.configObject.values
    } catch {
      outcome.diagnostic = error
    }
    return outcome
  }

  // MARK: Dependencies

  private func resolve(
    _ outcome: inout Outcome,
    with resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) {
    if outcome.node.genericTest != nil, let diagnostic = outcome.diagnostic {
      problems.append(diagnostic)
    }
    outcome.node.references = outcome.references.map {
      Node.Reference(name: $0.name, package: $0.package, version: $0.version)
    }
    outcome.node.sourceReferences = outcome.sources.map { [$0.source, $0.table] }
    let isTest = outcome.node.kind == .test
    var missing: [Diagnostic] = []
    // Sources first, as in dbt.
    for reference in outcome.sources {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        missing.append(error)
      }
    }
    for reference in outcome.references {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        missing.append(error)
      }
    }
    for var problem in missing {
      // A test may speak of what is switched off.
      if isTest, outcome.references.contains(where: { resolver.isDisabled($0) }) {
        outcome.node.config["enabled"] = false
        continue
      }
      if isTest, outcome.node.packageName != project.name {
        outcome.node.config["enabled"] = false
        problem.severity = .warning
      }
      if !problems.contains(problem) { problems.append(problem) }
    }
  }

  private func relations(of nodes: [Node]) -> [String: ResolvedRelation] {
    var relations: [String: ResolvedRelation] = [:]
    for node in nodes {
      guard let name = node.relationName else { continue }
      let materialized = node.config["materialized"]?.string
      if node.kind == .model, materialized == Materialization.ephemeral.rawValue {
        relations[node.uniqueID] = ResolvedRelation(
          name: RelationName(identifier: EphemeralInjection.prefix + (node.alias ?? node.name)),
          isEphemeral: true
        )
      } else {
        relations[node.uniqueID] = ResolvedRelation(
          name: name,
          isView: node.kind == .model && materialized == Materialization.view.rawValue,
          isSource: node.kind == .source,
          quoting: (node.kind == .source ? node.extra : node.config)["quoting"]?.dictionary ?? [:]
        )
      }
    }
    return relations
  }

  /// Hangs the nodes whose relations migrations create from one migration root.
  private func attachMigrations(
    _ scripts: [MigrationScript],
    to nodes: inout [Node]
  ) -> Set<String> {
    guard !scripts.isEmpty else { return [] }
    let canBeMigrated: Set<Node.Kind> = [.model, .seed, .source, .snapshot]
    let defined: Set<String> =
      nodes.contains { canBeMigrated.contains($0.kind) }
      ? Set(
        DefinedRelations(scripts.flatMap(\.statements)).definitions.map {
          MigrationScript.key($0.name)
        }
      ) : []
    let path = project.configuration.migrationsPath
    let root = Node(
      uniqueID: "migration.\(project.name).migrations",
      kind: .migration,
      name: "migrations",
      packageName: project.name,
      path: path,
      originalFilePath: path,
      fqn: [project.name, "migrations"]
    )
    var migrated: Set<String> = []
    for index in nodes.indices {
      let node = nodes[index]
      guard canBeMigrated.contains(node.kind), let name = node.relationName,
        defined.contains(MigrationScript.key(name))
      else { continue }
      nodes[index].dependencies.append(root.uniqueID)
      migrated.insert(node.uniqueID)
    }
    nodes.append(root)
    return migrated
  }
}

// MARK: Problems of the whole project

extension ProjectParser {
  private func duplicateNames(in nodes: [Node]) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var names: [String: Node] = [:]
    var relations: [String: Node] = [:]
    for node in nodes {
      let isReferable = node.kind == .model || node.kind == .seed || node.kind == .snapshot
      let version = node.version.map(ReferenceResolver.text) ?? ""
      let key =
        isReferable ? "ref \(node.packageName).\(node.name).\(version)" : node.uniqueID
      if let other = names.updateValue(node, forKey: key) {
        problems.append(
          .duplicateName(
            node.kind == other.kind ? node.kind.rawValue : "node",
            node.name,
            at: node.declaration,
            other: other.declaration,
            otherFile: other.originalFilePath
          )
        )
        continue
      }
      guard isReferable, let relation = node.relationName,
        node.config["materialized"]?.string != Materialization.ephemeral.rawValue
      else { continue }
      let relationKey = relation.description.lowercased()
      if let other = relations.updateValue(node, forKey: relationKey) {
        problems.append(
          .duplicateRelation(
            relation.description,
            at: node.declaration,
            file: node.originalFilePath,
            otherFile: other.originalFilePath
          )
        )
      }
    }
    return problems
  }

  private func unusedPatches(_ nodes: [Node]) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for (kind, patches) in project.properties.patches.sorted(by: {
      $0.key.rawValue < $1.key.rawValue
    }) {
      let known = nodes.filter { $0.kind == kind }.map(\.name)
      for (name, patch) in patches.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
        problems.append(.unusedPatch(kind.rawValue, name, known: known, at: patch.range))
      }
    }
    return problems
  }

  private func cycleDiagnostic(
    _ cycle: [String],
    graph: Graph,
    outcomes: [Outcome],
    resolver: ReferenceResolver
  ) -> Diagnostic {
    // `cycle` walks from child to parent; people read it in the direction of the references.
    let byID = Dictionary(
      outcomes.map { ($0.node.uniqueID, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    var labels: [Diagnostic.Label] = []
    for (child, parent) in zip(cycle, cycle.dropFirst()) {
      let outcome = byID[child]
      for reference in outcome?.references ?? [] {
        let found = (try? resolver.identifier(of: reference, from: outcome?.node)) == parent
        guard found else { continue }
        let parentName = graph.nodes[parent]?.name ?? parent
        labels.append(
          Diagnostic.Label(
            reference.range,
            "\(graph.nodes[child]?.name ?? child) reads \(parentName)"
          )
        )
        break
      }
    }
    return .dependencyCycle(
      cycle.map { graph.nodes[$0]?.name ?? $0 },
      labels: labels,
      file: graph.nodes[cycle.first ?? ""]?.originalFilePath ?? ""
    )
  }
}
