import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart run`, `seed`, `snapshot`, `test` and `build`: one plan, other kinds of nodes.
  ///
  /// `only` is what to run in place of what the options select, `project` the project if it was
  /// read before.
  func execute(only: Set<String>? = nil, in project: Project? = nil) async throws -> ExitCode {
    greet()
    let project = try project ?? loadProject()
    let read = try parseProject(project)
    greet(read)
    if let only { try requireKnown(only, in: read) }
    let selected = (try only ?? selectNodes(in: read, kinds: kinds))
      .filter { !isLeftOut(read.graph.nodes[$0]) }
    if selected.isEmpty {
      try noteNothingToDo(in: project)
      if console.speaksDbt { try writeNothing(project, read) }
      return .success
    }
    tellOfNewerVersions(selected, in: read)
    let parsed = try deferring(read, selected: selected, builds: command.name != "test")
    // Everything is compiled once without a database, so that nothing starts when something is
    // broken; what depends on existing relations is compiled again below.
    let offline = Compiler(parsed, selected: selected).compile(selected)
    do {
      try requireCompiled(offline)
    } catch {
      // As in dbt: what was read is known, whatever does not compile.
      try writeManifest(project, parsed, nil)
      throw error
    }
    let lineage =
      command.name == "seed" ? nil : try requireSoundSQL(offline, parsed, of: selected)
    return try await withWarehouse(project) { connection in
      let turn =
        command.name == "test"
        ? nil
        : try await RunTurn.take(on: connection, project: project) {
          note("waiting for another command that builds \(project.name)")
        }
      do {
        let code = try await execute(selected, offline, lineage, parsed, project, connection)
        await turn?.end()
        return code
      } catch {
        await turn?.end()
        throw error
      }
    }
  }

  /// A run does not begin with what is broken.
  ///
  /// Called dbt it does, as dbt does: what does not compile is the result of its node, and the
  /// others run.
  private func requireCompiled(_ compilation: Compilation) throws(DiagnosticList) {
    let errors = compilation.diagnostics.filter(\.isError)
    let hasBrokenNodes = !compilation.failures.isEmpty || !compilation.ephemeralFailures.isEmpty
    guard !errors.isEmpty, !console.speaksDbt || !hasBrokenNodes else { return }
    throw DiagnosticList(errors)
  }

  /// Called dbt, models without text are left out as dbt leaves them out; else they are errors.
  private func isLeftOut(_ node: Node?) -> Bool {
    guard console.speaksDbt, let node, node.kind == .model, let buffer = node.buffer else {
      return false
    }
    return buffers.bytes(of: buffer).allSatisfy(\.isBlank)
  }

  /// The artifacts of a run without nodes: programs around dbt look for them.
  private func writeNothing(_ project: Project, _ parsed: ParsedProject) throws(Diagnostic) {
    try writeManifest(project, parsed, nil)
    try writeCompiledResults(
      project,
      parsed,
      Compilation(project: project, graph: parsed.graph, compiled: [:], diagnostics: [])
    )
  }

  /// run_results.json of nodes that were compiled and not run, as dbt leaves it.
  func writeCompiledResults(
    _ project: Project,
    _ parsed: ParsedProject,
    _ compilation: Compilation
  ) throws(Diagnostic) {
    let now = Moment.now()
    let instant = NodeResult.Timing(started: now, completed: now)
    let results = parsed.graph.order.compactMap { id -> NodeResult? in
      guard let compiled = compilation.compiled[id],
        compiled.node.config["materialized"]?.string != Materialization.ephemeral.rawValue
      else { return nil }
      var result = NodeResult(
        id: id,
        name: compiled.node.name,
        kind: compiled.node.kind,
        relation: compiled.relation,
        status: .success,
        compile: instant,
        execute: instant,
        index: 0,
        total: 0
      )
      result.thread = 0
      return result
    }
    try writeRunResults(
      project,
      RunReport(results: results, started: began, completed: now),
      compilation
    )
  }

  /// Tests change nothing; called dbt, hooks run before them as before everything else.
  private var runsHooks: Bool { command.name != "test" || console.speaksDbt }

  private var kinds: Set<Node.Kind> {
    switch command.name {
    case "run": return [.model]
    case "seed": return [.seed]
    case "snapshot": return [.snapshot]
    case "test": return [.test, .unitTest]
    default:
      let built: Set<Node.Kind> = [.model, .seed, .test, .unitTest, .snapshot, .function]
      // For dbt, exposures and saved queries are built by doing nothing.
      return console.speaksDbt ? built.union([.exposure, .savedQuery]) : built
    }
  }

  /// Builds and tests nodes on a connection, and writes the artifacts.
  func execute(
    _ selected: Set<String>,
    _ offline: Compilation,
    _ lineage: ProjectLineage?,
    _ parsed: ParsedProject,
    _ project: Project,
    _ connection: Connection
  ) async throws -> ExitCode {
    let existing = try await introspect(parsed, connection)
    let compiler = Compiler(parsed, existing: existing, selected: selected)
    var compilation = compiler.compile(selected, reusing: offline)
    if runsHooks { compilation.operations = compiler.operations }
    try requireCompiled(compilation)
    try reportCompileNotes(compilation, after: parsed)
    try writeCompiled(project, compilation)
    try writeManifest(project, parsed, compilation, lineage)
    // What is built is the state that later ones are compared with.
    if command.name == "build", arguments.list("select").isEmpty,
      arguments.list("exclude").isEmpty
    {
      try writeLineage(project, lineage)
    }
    let files = RunFiles(session: self, project: project)
    var settings = try settings(project, parsed, compiler, files, selected)
    var made = try MadeViews(project)
    settings.formerViews = made.standing(in: existing, of: parsed.schemas)
    let runner = runner(compilation, selected, existing, parsed, connection, files, settings)
    let report = try await runner.run()
    self.report(files.problems)
    try writeRunResults(project, report, compilation)
    try made.note(report, standing: settings.formerViews)
    if report.results.contains(where: { $0.status == .error }) {
      await notePendingMigrations(parsed, connection)
    }
    if arguments.has("show") { try showSeeds(report, compilation) }
    // For dbt a template that fails before anything runs is a failure of the command.
    if console.speaksDbt,
      report.results.contains(where: { $0.isUnrendered && $0.name.contains("on-run-start") })
    {
      return .usage
    }
    return report.wasCancelled ? .interrupted : ExitCode(rawValue: report.exitCode)
  }

  /// Says which migrations are pending: what they bring may be what models failed for.
  private func notePendingMigrations(_ parsed: ParsedProject, _ connection: Connection) async {
    guard !parsed.migrations.isEmpty else { return }
    let pending: [MigrationState]
    do throws(Diagnostic) {
      pending = try await migrator(parsed, connection).status().filter { $0.kind == .pending }
    } catch {
      // The run has told what is wrong; this would only have added to it.
      return
    }
    guard let first = pending.first else { return }
    let name = first.version.isEmpty ? first.name : first.version
    note(
      pending.count == 1
        ? "migration \(name) is pending: redstart migrate"
        : "\(pending.count) migrations are pending, \(name) the first of them: redstart migrate"
    )
  }

  /// What runs nodes on a connection, shows how they fare and keeps their statements, if `files` is
  /// there to keep them.
  func runner(
    _ compilation: Compilation,
    _ selected: Set<String>,
    _ existing: ExistingRelations,
    _ parsed: ParsedProject,
    _ connection: Connection,
    _ files: RunFiles?,
    _ settings: RunSettings
  ) -> Runner {
    let display = RunDisplay(session: self, parsed: parsed)
    return Runner(
      compilation,
      selected: selected,
      existing: existing,
      warehouse: connection.warehouse,
      buffers: buffers,
      loader: connection.loader,
      settings: settings,
      emit: { event in
        if let files, case .nodeFinished(let result) = event,
          let node = parsed.graph.nodes[result.id]
        {
          files.finish(node)
        }
        display.show(event)
      }
    )
  }

  func writeRunResults(
    _ project: Project,
    _ report: RunReport,
    _ compilation: Compilation
  ) throws(Diagnostic) {
    let artifact = RunResultsArtifact.value(
      report,
      compilation: compilation,
      buffers: buffers,
      metadata: metadata(of: report, project)
    )
    try writeTarget(project, "run_results.json", artifact.json())
  }

  func metadata(of report: RunReport, _ project: Project) -> RunResultsArtifact.Metadata {
    RunResultsArtifact.Metadata(
      generatedAt: Moment.now(),
      invocationID: invocationID,
      startedAt: report.started,
      version: Redstart.version,
      arguments: invocation.record(for: project).withoutSecretVariables(by: Console.mask),
      environment: invocation.metadataEnvironment
    )
  }

  /// What every run is told; hooks are rendered, or left to be rendered in their turn.
  func settings(
    _ project: Project,
    _ parsed: ParsedProject,
    _ compiler: Compiler,
    _ files: RunFiles,
    _ selected: Set<String>
  ) throws(Diagnostic) -> RunSettings {
    var settings = RunSettings(threads: project.target.threads)
    if console.speaksDbt {
      settings.precedence = .levels
      settings.saysWhySkipped = false
    }
    settings.isFailFast = arguments.has("fail-fast")
    settings.isFullRefresh = arguments.has("full-refresh")
    if project.target.kind == .redshift { settings.queryGroup = queryGroup(of: project.target) }
    settings.testsGate = command.name == "build"
    let sampled = try sample
    settings.eventTimes = sampled == nil ? try eventTimes : sampled
    settings.batchesUntil = retry?.startedAt ?? now
    settings.retriedBatches = retry?.batches ?? [:]
    settings.tellsStatements = isDebug || logFile?.threshold == .debug
    settings.failsOnWarnings = try warningPolicy(project).treatment(of: "test-failed") == .error
    settings.storesFailures = arguments.has("store-failures")
    settings.dropsViewsOnSeeds = console.speaksDbt && project.target.speaksPostgres
    settings.remakesForeignViews = console.speaksDbt
    settings.queryComment = try queryComment(project, parsed, compiler, selected)
    settings.isEmpty = arguments.has("empty")
    settings.parsed = parsed
    settings.onCompiled = { compiled in files.keep(compiled) }
    settings.onBatch = { files.finishBatch($0) }
    settings.onMainStatement = { files.keepMain($1, of: $0) }
    settings.log = { files.log(for: $0.node) }
    let folder = project.configuration.targetPath
    settings.sentPath = { "\(folder)/\($0.runFilePath)" }
    settings.compiledPath = { "\(folder)/\($0.node.compiledFilePath)" }
    // Called dbt, nodes run though a hook before them has failed, unless the project forbids it.
    let skips = project.configuration.flags["skip_nodes_if_on_run_start_fails"]?.boolean == true
    settings.runsDespiteFailedStart = console.speaksDbt && !skips
    if runsHooks {
      // As in dbt: the project's own, then those of packages, by name.
      for package in [project] + project.packages.sorted(by: { $0.name < $1.name }) {
        settings.onRunStart += try hooks(
          package.configuration.onRunStart,
          "on-run-start",
          package.name,
          compiler
        )
        settings.onRunEnd += package.configuration.onRunEnd.enumerated().map {
          RunSettings.Hook(.template($1), package: package.name, index: $0)
        }
      }
    }
    return settings
  }

  private func hooks(
    _ texts: [String],
    _ name: String,
    _ package: String,
    _ compiler: Compiler
  ) throws(Diagnostic) -> [RunSettings.Hook] {
    var hooks: [RunSettings.Hook] = []
    for (index, text) in texts.enumerated() {
      let sql = try compiler.compileEarly(hook: text, name: name, package: package)
      let hook = sql.map(RunSettings.Hook.Text.rendered) ?? .template(text)
      hooks.append(RunSettings.Hook(hook, package: package, index: index))
    }
    return hooks
  }

  /// What the database holds in the schemas of the project's nodes.
  func introspect(
    _ parsed: ParsedProject,
    _ connection: Connection
  ) async throws(Diagnostic) -> ExistingRelations {
    try await connection.withSession { session throws(Diagnostic) in
      try await RelationSnapshot.introspect(
        schemas: parsed.schemas,
        on: session,
        dialect: connection.warehouse.dialect,
        includesFunctions: parsed.defersFunctions
      )
    }
  }
}
