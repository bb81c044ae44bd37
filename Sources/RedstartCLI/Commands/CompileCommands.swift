import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart parse`.
  func parse() throws -> ExitCode {
    let project = try loadProject()
    let parsed = try parseProject(project)
    try writeManifest(project, parsed, nil)
    note("\(parsed.summary) in \(project.name)")
    return .success
  }

  /// `redstart compile`.
  func compile() async throws -> ExitCode {
    let project = try loadProject()
    let read = try parseProject(project)
    let inline = arguments.value("inline")
    let selected =
      inline == nil
      ? try selectNodes(in: read, kinds: [.model, .test, .seed, .snapshot, .analysis]) : []
    let parsed = try deferring(read, selected: selected, builds: false)
    let compiler = Compiler(parsed, cache: checksSQL(parsed) ? readCache(project) : nil)
    if let inline {
      let compiled = try await compileInline(inline, compiler, parsed)
      for line in compiled.logs { note(line) }
      console.output(text(of: compiled.sql))
      return .success
    }
    let offline = compiler.compile(selected)
    let errors = offline.diagnostics.filter(\.isError)
    if !errors.isEmpty { throw DiagnosticList(errors) }
    let compilation = try await completing(offline, parsed, selected)
    reportCompileNotes(compilation, after: parsed)
    let lineage = try requireSoundSQL(compilation, parsed, of: selected)
    try writeCompiled(project, compilation)
    try writeManifest(project, parsed, compilation, lineage)
    if arguments.list("select").isEmpty { try writeLineage(project, lineage) }
    if arguments.list("select").isEmpty {
      let nodes = "\(selected.count) node\(selected.count == 1 ? "" : "s")"
      note("compiled \(nodes) to \(project.configuration.targetPath)/compiled")
      return .success
    }
    let printed = parsed.graph.order.filter {
      selected.contains($0) && parsed.graph.nodes[$0]?.kind != .seed
        && (parsed.graph.nodes[$0]?.kind != .test || arguments.list("resource-type") == ["test"])
    }
    if printed.isEmpty { note("nothing selected") }
    for (index, id) in printed.enumerated() {
      guard let compiled = compilation.compiled[id] else { continue }
      if !isQuiet {
        note(
          "\(style.paint("-- \(compiled.node.name)", .faint)) (\(compiled.node.originalFilePath))"
        )
      }
      console.output((index > 0 && isQuiet ? "\n" : "") + text(of: compiled.sql))
    }
    return .success
  }

  /// Warnings and logged lines that compiling added to those of parsing.
  func reportCompileNotes(_ compilation: Compilation, after parsed: ParsedProject) {
    guard !isQuiet else { return }
    let added = compilation.diagnostics.dropFirst(parsed.diagnostics.count)
    for diagnostic in added where diagnostic.code == "log" {
      if let dbtLog {
        dbtLog.fire("JinjaLogInfo", "I062", diagnostic.message)
      } else {
        note(diagnostic.message)
      }
    }
    report(added.filter { $0.code != "log" })
  }

  func text(of buffer: BufferID) -> String {
    var text = String(decoding: buffers.bytes(of: buffer), as: UTF8.self)
    if !text.hasSuffix("\n") { text += "\n" }
    return text
  }
}

extension ParsedProject {
  /// `8 models, 2 seeds, 41 tests, 2 migrations`.
  var summary: String {
    var counts: [(Node.Kind, String)] = [
      (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.source, "source"),
      (.test, "test"), (.analysis, "analysis"),
    ]
    counts.removeAll { kind, _ in !graph.nodes.values.contains { $0.kind == kind } }
    var parts = counts.map { kind, word in
      let count = graph.nodes.values.filter { $0.kind == kind }.count
      return "\(count) \(count == 1 ? word : (word == "analysis" ? "analyses" : word + "s"))"
    }
    if !migrations.isEmpty {
      parts.append("\(migrations.count) migration\(migrations.count == 1 ? "" : "s")")
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }
}
