package import Diagnostics
package import ProjectModel
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
  struct Outcome: Sendable {
    var node: Node
    var template: Template?
    var references: [Captured.Reference] = []
    var sources: [Captured.SourceReference] = []
    var functions: [Captured.FunctionReference] = []
    /// What `config()` was called with in the macro of a generic test.
    var macroConfig = PlainDictionary()
    /// How that is written in the test itself, where that is what is compared.
    var writtenConfig: PlainDictionary?
    var diagnostic: Diagnostic?
    /// Calls of what is on its way out.
    var former: [TextRange] = []
    /// What is wrong with what `config()` was called with.
    var settingProblems: [Diagnostic] = []

    /// The node with what it refers to, as it is written.
    var nodeWithReferences: Node {
      var node = node
      node.references = references.map {
        Node.Reference(name: $0.name, package: $0.package, version: $0.version)
      }
      node.sourceReferences = sources.map { [$0.source, $0.table] }
      node.functionReferences = functions.map(\.words)
      return node
    }

    /// Works out a test's configuration again, now that its macro has had its say.
    ///
    /// What the properties file declares comes after that and, as in dbt, before it as well.
    mutating func configure(over declared: PlainDictionary?, in parser: ProjectParser) {
      guard !macroConfig.isEmpty else { return }
      let said = ConfigResolver.combining(declared ?? PlainDictionary(), with: macroConfig)
      parser.settle(
        &node,
        patch: PlainDictionary(),
        inFile: said,
        writtenInFile: writtenConfig
      )
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
      packagesReplaceMaterializations: packagesReplaceMaterializations,
      dispatchPrefixes: project.target.speaksPostgres
        ? ["postgres", "default"] : ["redshift", "postgres", "default"],
      builtins: BuiltinMacros(
        adapterType: project.target.speaksPostgres ? "postgres" : "redshift",
        buffers: buffers
      )
    )
    problems += addMacros(to: &macros)
    var environment = ContextEnvironment(
      project: project,
      macros: macros,
      invocation: invocation,
      buffers: buffers,
      record: invocation.record(for: project)
    )
    let shared = environment
    let snapshots = SnapshotNodes(project, buffers)
    problems += snapshots.problems
    var outcomes = parallelMap(templatedNodes() + snapshots.nodes) {
      first(rendering: $0, in: shared)
    }
    problems += outcomes.compactMap(\.diagnostic)
    problems += outcomes.flatMap(\.settingProblems)

    var nodes: [Node] = []
    var disabled: [Node] = []
    let configured = parallelMap(outcomes) { outcome in
      var outcome = outcome
      var problems: [Diagnostic] = []
      configure(&outcome.node, in: shared, &problems)
      addReferencesOfHooks(to: &outcome, in: shared)
      return (outcome, problems)
    }
    problems += configured.flatMap(\.1)
    disabled += configured.map(\.0).filter { !$0.node.isEnabled }.map(\.nodeWithReferences)
    outcomes = configured.map(\.0).filter(\.node.isEnabled)
    var others = sourceNodes() + seedNodes()
    for index in others.indices where others[index].kind == .seed {
      configure(&others[index], in: environment, &problems)
      problems += settleHooks(ofSeed: &others[index], in: environment)
      problems += columnTypeProblems(ofSeed: others[index])
    }
    disabled += others.filter { !$0.isEnabled }
    others.removeAll { !$0.isEnabled }
    nodes = outcomes.map(\.node) + others

    problems += duplicateNames(in: nodes)
    problems += unusedPatches(nodes + disabled)
    let resolver = ReferenceResolver(nodes: nodes, disabled: disabled, project: project)
    environment.relations = relations(of: nodes)
    environment.functions = functions(of: nodes)

    outcomes += testOutcomes(
      on: nodes,
      besides: stranded(disabled, beside: nodes + disabled),
      environment,
      resolver,
      &disabled,
      &problems
    )
    for index in outcomes.indices {
      resolve(&outcomes[index], with: resolver, &problems)
      leaveOutRepeatedSources(of: &outcomes[index].node, macros)
    }
    // A test of what is not there is left out, as dbt leaves it out.
    disabled += outcomes.map(\.node).filter { !$0.isEnabled }
    outcomes.removeAll { !$0.node.isEnabled }
    nodes = outcomes.map(\.node) + others
    problems += namesWithSpaces(in: nodes)

    let catalogue = MigrationCatalogue(environment: environment)
    let migrations = catalogue.contents()
    problems += migrations.diagnostics
    let migrated = attachMigrations(migrations.scripts, to: &nodes)
    problems += MigratedFunctions(
      migrations.scripts,
      defaultSchema: project.configuration.migrationsSchema ?? project.target.schema
    ).problems(with: nodes)

    var templates: [String: Template] = [:]
    for outcome in outcomes { templates[outcome.node.uniqueID] = outcome.template }
    let declarations = Declarations(project: project, buffers: buffers)
    problems += declarations.unknownGroups(of: nodes)
    problems += declarations.repeated
    var semantics = semanticLayer(on: nodes, environment, resolver)
    disabled += semantics.disabled
    let dashboards = exposures(environment, resolver, &semantics, &disabled, &problems)
    for index in nodes.indices where !nodes[index].metricReferences.isEmpty {
      semantics.joinMetrics(of: &nodes[index])
    }
    problems += semantics.problems
    nodes += semantics.nodes
    nodes += dashboards
    declarations.renderDescriptions(of: &nodes, &problems)
    let unitTests = unitTests(of: nodes, &disabled, environment, resolver, &problems)
    problems += repeatedDeclarations(among: dashboards + unitTests)
    nodes += unitTests
    let graph = Graph(nodes: nodes)
    problems += missingTimeSpine(in: graph, of: semantics.models)
    problems += brokenTimeSpines(in: graph)
    problems += idleMicrobatchSettings(in: graph)
    let operations = operations(shared, resolver, &problems)
    environment.graph = GraphSource(
      graph: graph,
      project: project,
      buffers: buffers,
      operations: operations,
      sections: ["groups": .dictionary(declarations.groups)]
    )
    if let cycle = graph.cycle {
      problems.append(cycleDiagnostic(cycle, graph: graph, outcomes: outcomes, resolver: resolver))
    }
    problems += macroArgumentProblems(macros)
    problems += undatedSources(nodes)
    problems += DeprecatedModels(graph: graph, now: invocation.startedAt).problems
    problems += formerWays(nodes, macros, semantics)
    if isWrittenForDbt {
      problems +=
        UnusedConfigPaths(
          project: project,
          nodes: Array(graph.nodes.values),
          disabled: disabled
        )
        .problems
      problems += outcomes.flatMap(\.former).map { .formerModule(at: $0) }
      problems += formerTimeSpine(in: graph, of: semantics.models)
    }
    // What is wrong in a macro that many nodes use is told once.
    var told: Set<Diagnostic> = []
    problems.removeAll { !told.insert($0).inserted }
    if problems.contains(where: \.isError) { throw DiagnosticList(problems) }
    return ParsedProject(
      project: project,
      graph: graph,
      disabled: disabled,
      operations: operations,
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

  /// The project, then its packages.
  var packages: [Project] { [project] + project.packages }
}
