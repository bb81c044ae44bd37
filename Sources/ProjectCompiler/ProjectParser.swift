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
    var diagnostic: Diagnostic?
  }

  /// Reads every template of the project.
  ///
  /// - Returns: the parsed project, warnings included.
  /// - Throws: every error found, so that one command shows them all.
  package func parse() throws(DiagnosticList) -> ParsedProject {
    var problems: [Diagnostic] = []
    var macros = MacroTable()
    problems += addMacros(to: &macros)
    var environment = ContextEnvironment(
      project: project,
      macros: macros,
      invocation: invocation,
      buffers: buffers
    )
    let shared = environment
    var outcomes = parallelMap(templatedNodes()) { first(rendering: $0, in: shared) }
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
    let resolver = ReferenceResolver(nodes: nodes, disabled: disabled)
    environment.relations = relations(of: nodes)

    outcomes += testOutcomes(on: nodes, environment, resolver, &problems)
    for index in outcomes.indices { resolve(&outcomes[index], with: resolver, &problems) }
    nodes = outcomes.map(\.node) + others

    let catalogue = MigrationCatalogue(environment: environment)
    let migrations = catalogue.contents()
    problems += migrations.diagnostics
    let migrated = attachMigrations(migrations.scripts, to: &nodes)

    var templates: [String: Template] = [:]
    for outcome in outcomes { templates[outcome.node.uniqueID] = outcome.template }
    let graph = Graph(nodes: nodes)
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

  private func addMacros(to macros: inout MacroTable) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let builtin = buffers.add(
      name: "<built-in>/generic_tests.sql",
      bytes: PackageResources.generic_tests_sql
    )
    var files = [(builtin, "<built-in>/generic_tests.sql", "redstart", true)]
    files += project.macroFiles.map { ($0.buffer, $0.path, project.name, false) }
    for (buffer, path, package, isBuiltin) in files {
      do throws(Diagnostic) {
        let template = try Template(parsing: buffer, in: buffers)
        problems += macros.add(template, packageName: package, path: path, isBuiltin: isBuiltin)
      } catch {
        problems.append(error)
      }
    }
    return problems
  }

  /// Models, singular tests and analyses: nodes whose file is a template.
  private func templatedNodes() -> [Node] {
    let groups: [(Node.Kind, [Project.File])] = [
      (.model, project.modelFiles), (.test, project.testFiles), (.analysis, project.analysisFiles),
    ]
    return groups.flatMap { kind, files in files.map { node(kind, $0) } }
  }

  private func node(_ kind: Node.Kind, _ file: Project.File) -> Node {
    let inner = file.path.dropFirst(file.resourcePath.count).drop { $0 == "/" }
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    let fqnFolders = kind == .analysis ? ["analysis"] + folders : folders
    var node = Node(
      uniqueID: "\(kind.rawValue).\(project.name).\(file.name)",
      kind: kind,
      name: file.name,
      packageName: project.name,
      path: String(inner),
      originalFilePath: file.path,
      fqn: [project.name] + fqnFolders + [file.name]
    )
    node.buffer = file.buffer
    node.declaration = TextRange(buffer: file.buffer, bytes: 0..<0)
    return node
  }

  private func seedNodes() -> [Node] {
    project.seedFiles.map { node(.seed, $0) }
  }

  private func sourceNodes() -> [Node] {
    project.properties.sources.map { table in
      var node = Node(
        uniqueID: "source.\(project.name).\(table.sourceName).\(table.name)",
        kind: .source,
        name: table.name,
        packageName: project.name,
        path: table.file,
        originalFilePath: table.file,
        fqn: [project.name, table.sourceName, table.name]
      )
      node.sourceName = table.sourceName
      node.declaration = table.range
      node.description = table.description
      node.columns = table.columns
      node.config = table.config
      node.tags = table.tags
      node.meta = table.meta
      node.database = table.database ?? project.target.database
      node.schema = table.schema
      node.alias = table.identifier
      node.extra = table.extra
      return node
    }
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
      outcome.node.macroDependencies = unique(context.captured.macros)
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
    let patch = project.properties.patches[node.kind]?[node.name]
    let configResolver = ConfigResolver(
      configuration: project.configuration,
      packageName: node.packageName
    )
    node.config = configResolver.resolve(
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
    if node.kind == .model, let name = node.config["materialized"]?.string,
      Materialization(rawValue: name) == nil
    {
      problems.append(
        .unknownMaterialization(name, node: node.name, file: node.originalFilePath)
      )
    }
    guard node.kind == .model || node.kind == .seed else { return }
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

  private static func strings(_ value: PlainValue) -> [String] {
    switch value {
    case .list(let items): items.compactMap(\.string)
    case .string(let text): [text]
    default: []
    }
  }

  // MARK: Tests

  private func testOutcomes(
    on nodes: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) -> [Outcome] {
    let builder = GenericTestBuilder(project: project, macros: environment.macros, buffers: buffers)
    var tests: [Node] = []
    for node in nodes {
      for declaration in declarations(for: node) {
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
    let configResolver = ConfigResolver(
      configuration: project.configuration,
      packageName: project.name
    )
    for index in tests.indices {
      tests[index].config = configResolver.resolve(
        kind: .test,
        fqn: tests[index].fqn,
        patch: tests[index].config,
        inFile: PlainDictionary()
      )
      tests[index].tags = tests[index].config["tags"].map(Self.strings) ?? []
      problems += Self.settleEnabled(of: &tests[index])
    }
    tests.removeAll { $0.config["enabled"]?.boolean == false }
    let byID = Dictionary(nodes.map { ($0.uniqueID, $0) }, uniquingKeysWith: { first, _ in first })
    return parallelMap(tests) { test in
      first(renderingTest: test, byID: byID, resolver: resolver, in: environment)
    }
  }

  private func declarations(for node: Node) -> [Properties.TestDeclaration] {
    if node.kind == .source {
      return project.properties.sources.first {
        $0.sourceName == node.sourceName && $0.name == node.name
      }?.tests ?? []
    }
    return project.properties.patches[node.kind]?[node.name]?.tests ?? []
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
      let arguments = try GenericTestArguments(test: generic, config: test.config)
      try arguments.install(
        in: context,
        attached: byID[generic.attachedNode],
        at: test.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(template)
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.node.macroDependencies = unique(context.captured.macros)
      // The node a test is attached to comes first among its parents.
      outcome.node.dependencies = [generic.attachedNode]
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
    for reference in outcome.references {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        if !problems.contains(error) { problems.append(error) }
      }
    }
    for reference in outcome.sources {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        if !problems.contains(error) { problems.append(error) }
      }
    }
  }

  private func relations(of nodes: [Node]) -> [String: ResolvedRelation] {
    var relations: [String: ResolvedRelation] = [:]
    for node in nodes {
      guard let name = node.relationName else { continue }
      let materialized = node.config["materialized"]?.string
      if node.kind == .model, materialized == Materialization.ephemeral.rawValue {
        relations[node.uniqueID] = ResolvedRelation(
          name: RelationName(identifier: EphemeralInjection.prefix + node.name),
          isEphemeral: true
        )
      } else {
        relations[node.uniqueID] = ResolvedRelation(
          name: name,
          isView: node.kind == .model && materialized == Materialization.view.rawValue
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
    let canBeMigrated: Set<Node.Kind> = [.model, .seed, .source]
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

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
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
      let key = isReferable ? "ref \(node.packageName).\(node.name)" : node.uniqueID
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
