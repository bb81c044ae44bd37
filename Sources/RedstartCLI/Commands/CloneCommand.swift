import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart clone`: the relations of another state, as views in the target.
  ///
  /// `only` is what to clone in place of what the options select.
  func clone(only: Set<String>? = nil, in project: Project? = nil) async throws -> ExitCode {
    let project = try project ?? loadProject()
    let parsed = try parseProject(project)
    let selected = try (only ?? selectNodes(in: parsed, kinds: [.model, .seed, .snapshot])).filter {
      parsed.graph.nodes[$0]?.config["materialized"]?.string != Materialization.ephemeral.rawValue
    }
    if selected.isEmpty {
      try noteNothingToDo(in: project)
      return .success
    }
    let manifest = try deferredManifest(project, for: "clone")
    let deferral = Deferral(to: manifest, graph: parsed.graph, selected: selected, builds: false)
    return try await withWarehouse(project) { connection in
      let turn = try await RunTurn.take(on: connection, project: project) {
        note("waiting for another command that builds \(project.name)")
      }
      do {
        let code = try await clone(selected, deferral, parsed, project, connection)
        await turn?.end()
        return code
      } catch {
        await turn?.end()
        throw error
      }
    }
  }

  private func clone(
    _ selected: Set<String>,
    _ deferral: Deferral,
    _ parsed: ParsedProject,
    _ project: Project,
    _ connection: Connection
  ) async throws -> ExitCode {
    let existing = try await introspect(parsed, connection)
    let compiler = Compiler(parsed, existing: existing, selected: selected)
    let clones = Clones(
      of: selected,
      from: deferral,
      existing: existing,
      isFullRefresh: arguments.has("full-refresh"),
      compiler: compiler
    )
    if !clones.problems.isEmpty { throw DiagnosticList(clones.problems) }
    if !console.speaksDbt, !clones.failures.isEmpty {
      throw DiagnosticList(clones.failures.sorted { $0.key < $1.key }.flatMap(\.value))
    }
    var compilation = Compilation(
      project: project,
      graph: parsed.graph,
      compiled: clones.compiled,
      diagnostics: []
    )
    compilation.failures = clones.failures
    let files = RunFiles(session: self, project: project)
    var settings = try settings(project, parsed, compiler, files, selected)
    settings.isIndependent = true
    settings.untouched = clones.untouched
    var made = try MadeViews(project)
    settings.formerViews = made.standing(in: existing, of: parsed.schemas)
    // The commands of the project belong to its builds.
    settings.onRunStart = []
    settings.onRunEnd = []
    let runner = runner(compilation, selected, existing, parsed, connection, files, settings)
    let report = try await runner.run()
    self.report(files.problems)
    try writeManifest(project, parsed, nil)
    try writeRunResults(project, report, compilation)
    try made.note(
      report,
      standing: settings.formerViews,
      clones: Set(clones.compiled.keys)
    )
    return report.wasCancelled ? .interrupted : ExitCode(rawValue: report.exitCode)
  }
}
