import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart source freshness`.
  func sourceFreshness() async throws -> ExitCode {
    let project = try loadProject()
    let parsed = try parseProject(project)
    if console.speaksDbt { try writeManifest(project, parsed, nil) }
    var sources: [Node] = []
    for id in try selectNodes(in: parsed, kinds: [.source]).sorted() {
      guard let node = parsed.graph.nodes[id], try FreshnessCriteria(node) != nil else { continue }
      sources.append(node)
    }
    if sources.isEmpty {
      note(console.speaksDbt ? "Nothing to do." : "no source says how fresh it should be")
    }
    let selected = Set(sources.map(\.uniqueID))
    let empty = buffers.add(name: "<freshness>", text: "")
    let compilation = Compilation(
      project: project,
      graph: parsed.graph,
      compiled: sources.reduce(into: [:]) { compiled, node in
        compiled[node.uniqueID] = CompiledNode(node: node, relation: nil, sql: empty)
      },
      diagnostics: []
    )
    let report = try await withWarehouse(project) { connection in
      let existing = ExistingRelations()
      let files = RunFiles(session: self, project: project)
      var settings = try settings(
        project,
        parsed,
        Compiler(parsed, existing: existing, selected: selected),
        files,
        selected
      )
      settings.checksFreshness = true
      if project.configuration.flags["source_freshness_run_project_hooks"]?.boolean == false {
        if !settings.onRunStart.isEmpty || !settings.onRunEnd.isEmpty {
          try tell([.freshnessWithoutHooks], in: project)
        }
        settings.onRunStart = []
        settings.onRunEnd = []
      }
      let runner = runner(compilation, selected, existing, parsed, connection, nil, settings)
      return try await runner.run()
    }
    let artifact = SourcesArtifact.value(report, metadata: metadata(of: report, project))
    if let path = arguments.value("output") ?? arguments.value("out") {
      let file = absolute(path)
      let folder = FilePath.parent(of: file)
      if !FileSystem.isDirectory(folder) { try FileSystem.makeDirectories(folder) }
      try FileSystem.write(console.redacted(artifact.json()), to: file)
    } else {
      try writeTarget(project, "sources.json", artifact.json())
    }
    return report.wasCancelled ? .interrupted : ExitCode(rawValue: report.exitCode)
  }
}
