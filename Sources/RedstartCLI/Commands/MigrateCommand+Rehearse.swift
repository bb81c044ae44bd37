import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart migrate rehearse [--to VERSION] [--sample N] [--from-database]`.
  ///
  /// The target is only read, its tables in one transaction that cannot write; everything else
  /// happens on a scratch database of the local warehouse.
  func rehearse(_ project: Project, _ parsed: ParsedProject) async throws -> ExitCode {
    let sample = try arguments.value("sample").map { text throws(Diagnostic) in
      guard let count = Int(text), count > 0 else {
        throw Diagnostic(code: "usage", "--sample must be a number of rows, not \"\(text)\"")
      }
      return count
    }
    let rehearsal: Rehearsal
    do {
      rehearsal = try await withWarehouse(project) { connection in
        try await migrator(parsed, connection).rehearsal(
          to: arguments.value("to"),
          sample: sample,
          readsCatalogue: arguments.has("from-database")
        )
      }
    } catch let list as DiagnosticList {
      return failure(list)
    }
    guard !rehearsal.pending.isEmpty else {
      note("nothing to rehearse: \(project.target.name) is up to date")
      return .success
    }
    report(rehearsal.problems)
    return try await withScratchDatabase("rehearsal", project) { connection in
      try await perform(rehearsal, project, parsed, connection)
    }
  }

  private func perform(
    _ rehearsal: Rehearsal,
    _ project: Project,
    _ parsed: ParsedProject,
    _ connection: Connection
  ) async throws -> ExitCode {
    // Names with a database mean the scratch one here.
    var project = project
    project.target.database = scratchName("rehearsal")
    project.configuration.targetPath = FilePath.joining(
      project.configuration.targetPath,
      "rehearsal"
    )
    var parsed = try parseProject(project)
    // What a sum over no rows is says nothing of the migrations.
    if !rehearsal.hasRows { parsed = parsed.withLenientTests }
    let migrator = try migrator(parsed, connection)
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      try await migrator.prepare(rehearsal)
      let source = rehearsal.isFromDatabase ? "the catalogue" : "the files"
      let made = Self.count(rehearsal.applied.count, "applied migration")
      note("\(made) made again from \(source)")
      let applied = try await migrator.migrate(to: arguments.value("to")) { observe($0, notes) }
      let verb = applied.count == 1 ? "works" : "work"
      note("\(Self.count(applied.count, "pending migration")) \(verb)")
    } catch {
      note(style.paint("the pending migrations fail", .error))
      return failure(error)
    }
    if !rehearsal.isFromDatabase {
      let drift = try await migrator.drift()
      guard drift.differences.isEmpty else {
        show(drift)
        note("the scratch database is not what the text of the migrations says")
        return .failure
      }
    }
    let (touched, needed) = readers(of: rehearsal, parsed)
    guard !touched.isEmpty else {
      note("no model reads what they change")
      return .success
    }
    note("building \(touched.count) models and tests that the migrations touch …")
    if !rehearsal.hasRows, touched.contains(where: { parsed.graph.nodes[$0]?.kind == .test }) {
      note(
        "tables have no rows, so tests that find something only warn: --sample N takes rows along"
      )
    }
    let offline = Compiler(parsed).compile(needed)
    let errors = offline.diagnostics.filter(\.isError)
    if !errors.isEmpty {
      report(errors)
      return .failure
    }
    let code = try await execute(needed, offline, nil, parsed, project, connection)
    note(
      code == .success
        ? "\(style.paint("rehearsed", .success))  migrations, models and tests work"
        : style.paint("models or tests fail behind the migrations", .error)
    )
    return code
  }

  /// Nodes that read what pending migrations change, directly or not, and those that have to be
  /// there for them.
  private func readers(
    of rehearsal: Rehearsal,
    _ parsed: ParsedProject
  ) -> (touched: Set<String>, needed: Set<String>) {
    let changed = rehearsal.changes(defaultSchema: parsed.project.target.schema)
    let nodes = parsed.graph.nodes.filter { [.model, .seed, .test].contains($0.value.kind) }
    let compilation = Compiler(parsed).compile(Set(nodes.keys))
    var touched: Set<String> = []
    for (id, compiled) in compilation.compiled where nodes[id] != nil {
      var names = compiled.relation.map { [$0] } ?? []
      let parsedSQL =
        compiled.node.kind == .seed ? nil : SQLParser.parse(compiled.sql, in: buffers)
      for statement in parsedSQL?.statements ?? [] {
        SyntaxNode.statement(statement).walk { node in
          if case .relation(let name) = node { names.append(name.relation) }
          return true
        }
      }
      let schema = parsed.project.target.schema
      let isTouched = names.contains {
        changed.contains(OwnedRelations.key($0, defaultSchema: schema))
      }
      guard isTouched else { continue }
      touched.insert(id)
      touched.formUnion(parsed.graph.descendants(of: id))
    }
    touched.formIntersection(nodes.keys)
    var needed = touched
    for id in touched {
      needed.formUnion(
        parsed.graph.ancestors(of: id).filter {
          [.model, .seed].contains(parsed.graph.nodes[$0]?.kind)
        }
      )
    }
    return (touched, needed)
  }
}
