import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart parse`.
  func parse() throws -> ExitCode {
    let project = try loadProject()
    let parsed = try parseProject(project)
    ProcessMemory.keepToTheEnd(parsed)
    try writeManifest(project, parsed, nil)
    if !console.speaksDbt { note("\(parsed.summary) in \(project.name)") }
    return .success
  }

  /// `redstart compile`.
  func compile() async throws -> ExitCode {
    greet()
    let project = try loadProject()
    let read = try parseProject(project)
    let inline = arguments.value("inline")
    if inline != nil,
      let other = ["select", "selector"].first(where: { !arguments.list($0).isEmpty })
    {
      throw Diagnostic(code: "usage", "inline: not allowed with argument \(other)")
    }
    if !isQuiet { greet(read) }
    let selected =
      inline == nil
      ? try selectNodes(in: read, kinds: [.model, .test, .seed, .snapshot, .analysis, .function])
      : []
    let parsed = try deferring(read, selected: selected, builds: false)
    let cache = checksSQL(parsed) ? readCache(project) : nil
    let compiler = Compiler(parsed, cache: cache)
    if let inline {
      let compiled = try await compileInline(inline, compiler, parsed)
      for log in compiled.logs where log.isShown || isDebug { note(log.message) }
      show(compiled.sql, "Compiled inline node is:", node: nil)
      if console.speaksDbt {
        try writeManifest(project, parsed, nil)
        try writeShown(ShownQuery(name: "inline", sql: compiled.sql), compiled.sql, parsed)
      }
      return .success
    }
    let offline = compiler.compile(selected)
    var compilation: Compilation
    do {
      let errors = offline.diagnostics.filter(\.isError)
      if !errors.isEmpty { throw DiagnosticList(errors) }
      compilation = try await completing(offline, parsed, selected)
    } catch {
      // As in dbt: what was read is known, whatever does not compile.
      try writeManifest(project, parsed, nil)
      throw error
    }
    try reportCompileNotes(compilation, after: parsed)
    if arguments.list("select").isEmpty {
      compilation.operations = compiler.operations
    }
    let lineage = try requireSoundSQL(compilation, parsed, of: selected, cache: cache)
    ProcessMemory.keepToTheEnd((parsed, compiler, compilation, lineage))
    try writeCompiled(project, compilation)
    try writeManifest(project, parsed, compilation, lineage)
    if console.speaksDbt { try writeCompiledResults(project, parsed, compilation) }
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
      if console.speaksDbt {
        show(compiled.sql, "Compiled node '\(compiled.node.name)' is:", node: compiled.node)
        continue
      }
      if printsJSON {
        console.output(jsonText(compiled.sql, compiled.node) + "\n")
        continue
      }
      if !isQuiet {
        note(
          "\(style.paint("-- \(compiled.node.name)", .faint)) (\(compiled.node.originalFilePath))"
        )
      }
      console.output((index > 0 && isQuiet ? "\n" : "") + text(of: compiled.sql))
    }
    return .success
  }

  /// Prints compiled SQL; called dbt, with a title.
  private func show(_ sql: BufferID, _ title: String, node: Node?) {
    guard let dbtLog, !isQuiet else {
      return console.output(printsJSON ? jsonText(sql, node) + "\n" : text(of: sql))
    }
    let text = text(of: sql)
    var data: PlainDictionary = [
      "compiled": .string(text), "is_inline": .boolean(node == nil),
      "output_format": .string(printsJSON ? "json" : "text"),
    ]
    if let node {
      data["node_name"] = .string(node.name)
      data["unique_id"] = .string(node.uniqueID)
    }
    dbtLog.fire(
      "CompiledNode",
      "Q042",
      printsJSON ? jsonText(sql, node) : "\(title)\n\(text)",
      data: data
    )
  }

  private var printsJSON: Bool { arguments.value("output") == "json" }

  /// `{"node": "orders", "compiled": "select …"}`, as dbt prints it.
  private func jsonText(_ sql: BufferID, _ node: Node?) -> String {
    var parts: [String] = []
    if let node { parts.append("  \"node\": \(PlainValue.string(node.name).jsonString)") }
    let compiled = PlainValue.string(String(decoding: buffers.bytes(of: sql), as: UTF8.self))
    parts.append("  \"compiled\": \(compiled.jsonString)")
    return "{\n\(parts.joined(separator: ",\n"))\n}"
  }

  /// Warnings and logged lines that compiling added to those of parsing.
  ///
  /// - Throws: those that are errors.
  func reportCompileNotes(
    _ compilation: Compilation,
    after parsed: ParsedProject
  ) throws(DiagnosticList) {
    let added = compilation.diagnostics.dropFirst(parsed.diagnostics.count)
    for diagnostic in added where diagnostic.code == Compiler.logCode && !isQuiet {
      if let dbtLog {
        dbtLog.fire("JinjaLogInfo", "I062", diagnostic.message)
      } else {
        note(diagnostic.message)
      }
    }
    for diagnostic in added where diagnostic.code == Compiler.debugLogCode {
      if let dbtLog {
        dbtLog.fire("JinjaLogDebug", "I063", diagnostic.message, level: .debug)
      } else if isDebug {
        note(diagnostic.message)
      }
    }
    // Errors that are left are the results of their nodes.
    try tell(added.filter { !Compiler.isLog($0) && !$0.isError }, in: parsed.project)
  }

  func text(of buffer: BufferID) -> String {
    var text = String(decoding: buffers.bytes(of: buffer), as: UTF8.self)
    if !text.hasSuffix("\n") { text += "\n" }
    return text
  }
}

extension ParsedProject {
  /// `8 models, 41 data tests, 2 seeds, 477 macros`: what there is, as dbt counts it.
  var dbtSummary: String {
    func count(_ kind: Node.Kind) -> Int { graph.nodes.values.count { $0.kind == kind } }
    let groups = ([project] + project.packages).map { $0.properties.others["groups"]?.count ?? 0 }
    let counts: [(String, Int)] = [
      ("model", count(.model)), ("snapshot", count(.snapshot)), ("analysis", count(.analysis)),
      ("test", count(.test)), ("seed", count(.seed)), ("operation", operations.count),
      ("source", count(.source)), ("exposure", count(.exposure)), ("metric", count(.metric)),
      ("macro", macros.allNames.count), ("group", groups.reduce(0, +)),
      ("semantic_model", count(.semanticModel)), ("saved_query", count(.savedQuery)),
      ("unit_test", count(.unitTest)),
    ]
    return counts.filter { $0.1 > 0 }.map { DbtWords.count($0.1, of: $0.0) }
      .joined(separator: ", ")
  }

  /// `8 models, 2 seeds, 41 tests, 2 migrations`.
  var summary: String {
    var counts: [(Node.Kind, String)] = [
      (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.source, "source"),
      (.function, "function"), (.test, "test"), (.analysis, "analysis"),
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
