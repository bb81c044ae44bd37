import Diagnostics
import Documentation
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart docs generate` and `redstart docs serve`.
  func docs() async throws -> ExitCode {
    switch arguments.subcommand {
    case "generate": return try await generateDocs()
    case "serve": return try await serveDocs()
    default:
      throw Diagnostic(
        code: "usage",
        "`redstart docs` needs to be told what to do",
        help: ["write redstart docs generate or redstart docs serve"]
      )
    }
  }

  private func generateDocs() async throws -> ExitCode {
    let project = try loadProject()
    let read = try parseProject(project)
    let kinds: Set<Node.Kind> = [
      .model, .seed, .test, .analysis, .snapshot, .source, .function,
    ]
    let isSelecting = ["select", "exclude", "selector"].contains { !arguments.list($0).isEmpty }
    let nodes =
      isSelecting
      ? try selectNodes(in: read, kinds: kinds)
      : Set(read.graph.nodes.filter { kinds.contains($0.value.kind) }.keys)
    let parsed = try deferring(read, selected: nodes, builds: false)
    var contents = CatalogContents()
    var existing: ExistingRelations?
    if !arguments.has("empty-catalog") {
      let catalogued = nodes.filter {
        parsed.graph.nodes[$0].map { [.model, .seed, .snapshot, .source].contains($0.kind) } == true
      }
      let isOfAll = arguments.has("no-compile")
      if let macro = CatalogMacro(parsed, relations: isOfAll ? nil : catalogued.count) {
        (contents, existing) = try await withTemplateDatabase(parsed, purpose: ["the catalogue"]) {
          (existing, live) throws(DiagnosticList) in
          do throws(Diagnostic) {
            let rows = try macro.rows(of: catalogued, existing: existing, live: live)
            return (try CatalogContents(rows: rows), existing)
          } catch {
            throw DiagnosticList([error])
          }
        }
      } else {
        (contents, existing) = try await withWarehouse(project) { connection in
          (try await catalog(parsed, connection), try await introspect(parsed, connection))
        }
      }
    }
    try copyAssets(of: project)
    let now = Moment.now().iso8601
    let artifact = CatalogArtifact(
      contents,
      graph: isSelecting ? part(nodes, of: parsed.graph) : parsed.graph,
      database: project.target.database
    )
    try writeTarget(
      project,
      "catalog.json",
      artifact.plain(
        generatedAt: now,
        invocationID: invocationID,
        startedAt: startedAt,
        environment: invocation.metadataEnvironment
      ).json()
    )
    if arguments.has("no-compile") {
      note("catalog.json in \(project.configuration.targetPath)")
      return .success
    }
    let cache = readCache(project)
    let compiler =
      if let existing {
        Compiler(parsed, existing: existing)
      } else {
        Compiler(parsed, cache: cache)
      }
    let compilation = compiler.compile(nodes)
    let errors = compilation.diagnostics.filter(\.isError)
    if !errors.isEmpty { throw DiagnosticList(errors) }
    try reportCompileNotes(compilation, after: parsed)
    let analysis = ProjectAnalyzer(parsed, buffers: buffers, cache: cache).analyze(compilation)
    let lineage = ProjectLineage(parsed, analysis, buffers: buffers)
    try writeManifest(project, parsed, compilation, lineage)
    try writeLineage(project, lineage)
    if console.speaksDbt {
      try writeCompiled(project, compilation)
      try writeCompiledResults(project, parsed, compilation)
    }
    let site = DocumentationSite(
      parsed,
      compilation,
      lineage: lineage,
      buffers: buffers,
      stored: artifact.tables.mapValues(DocumentationSite.StoredRelation.init),
      generatedAt: now
    )
    for file in site.files { try writeTarget(project, file.path, file.bytes) }
    let folder = project.configuration.targetPath
    note("\(site.nodes.count) pages and catalog.json in \(folder); open \(folder)/index.html")
    return .success
  }

  /// The nodes that were chosen: what the catalogue is about then.
  ///
  /// As in dbt, sources are among them only if they were chosen themselves.
  private func part(_ nodes: Set<String>, of graph: Graph) -> Graph {
    Graph(nodes: nodes.compactMap { graph.nodes[$0] })
  }

  /// Copies the folders of `asset-paths`, which descriptions may show pictures from.
  private func copyAssets(of project: Project) throws(Diagnostic) {
    for folder in project.configuration.extra["asset-paths"]?.words ?? []
    where !folder.hasPrefix("/") && !folder.split(separator: "/").contains("..") {
      let root = FilePath.joining(project.root, folder)
      for file in try FileSystem.files(below: root) {
        let bytes = try FileSystem.read(FilePath.joining(root, file.path))
        try writeTarget(project, FilePath.joining(folder, file.path), bytes)
      }
    }
  }

  private func catalog(
    _ parsed: ParsedProject,
    _ connection: Connection
  ) async throws(Diagnostic) -> CatalogContents {
    try await connection.withSession { session throws(Diagnostic) in
      try await CatalogContents.read(
        schemas: parsed.schemas,
        on: session,
        dialect: connection.warehouse.dialect
      )
    }
  }

  private func serveDocs() async throws -> ExitCode {
    let text = arguments.value("port") ?? "8080"
    guard let port = Int(text), (0...65_535).contains(port) else {
      throw Diagnostic(code: "usage", "--port must be a number up to 65535, not \"\(text)\"")
    }
    let host = arguments.value("host") ?? "127.0.0.1"
    guard ["127.0.0.1", "localhost"].contains(host) else { throw Diagnostic.servedHereAlone(host) }
    let project = try loadProject()
    let folder = targetPath(project, ".")
    guard FileSystem.isFile(FilePath.joining(folder, "index.html")) else {
      throw Diagnostic.noDocumentation(project.configuration.targetPath)
    }
    let server: StaticServer
    do throws(StaticServer.Failure) {
      server = try StaticServer(folder: folder, port: port)
    } catch {
      throw Diagnostic.portUnavailable(port, error.message)
    }
    note("http://\(host):\(server.port)  (Ctrl-C ends it)")
    await server.run()
    return .success
  }
}

extension DocumentationSite.StoredRelation {
  fileprivate init(_ table: CatalogContents.Table) {
    var facts: [(name: String, value: String)] = []
    if let health = table.health {
      facts.append(("rows", "\(Int(min(health.rows, 1e18)))"))
      facts.append(("size", "\(health.megabytes) MB"))
      facts.append(("distribution", health.distribution))
      if let key = health.sortKey { facts.append(("sort key", key)) }
    }
    self.init(
      kind: table.kind,
      owner: table.owner,
      columns: table.columns.map { .init(name: $0.name, type: $0.type) },
      facts: facts
    )
  }
}

extension Diagnostic {
  fileprivate static func noDocumentation(_ folder: String) -> Diagnostic {
    Diagnostic(
      code: "no-documentation",
      "there is no documentation in \(folder)",
      help: ["`redstart docs generate` writes it"]
    )
  }

  fileprivate static func servedHereAlone(_ host: String) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "--host cannot be \"\(host)\": the pages are served at 127.0.0.1 alone",
      help: ["to show them to others, let a web server of yours serve the target folder"]
    )
  }

  fileprivate static func portUnavailable(_ port: Int, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "port-unavailable",
      "port \(port) cannot be had: \(reason)",
      help: ["choose another one with --port, or --port 0 for any that is free"]
    )
  }
}
