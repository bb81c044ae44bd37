import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart lineage MODEL[.COLUMN]`.
  func lineage() throws -> ExitCode {
    let format = arguments.value("output") ?? "text"
    let known = ["text", "json", "dot"]
    guard known.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: known)
    }
    guard let name = arguments.positional.first else {
      throw Diagnostic(
        code: "usage",
        "`redstart lineage` needs the name of a model",
        help: ["write redstart lineage orders, or orders.amount for one column"]
      )
    }
    let project = try loadProject()
    let parsed = try parseProject(project)
    let lineage = wholeLineage(parsed)
    let places = try LineageSubject(lineage).places(named: name)
    let isBoth = arguments.has("upstream") == arguments.has("downstream")
    let view = LineageView(
      lineage: lineage,
      places: places,
      showsUpstream: isBoth || arguments.has("upstream"),
      showsDownstream: isBoth || arguments.has("downstream")
    )
    switch format {
    case "json": console.output(view.json)
    case "dot": console.output(view.dot)
    default: console.output(view.text)
    }
    return .success
  }

  /// The lineage of the project as its files are now; what does not compile is left out.
  func wholeLineage(_ parsed: ParsedProject) -> ProjectLineage {
    let kinds: Set<Node.Kind> = [.model, .seed, .snapshot, .test, .analysis, .function]
    let nodes = parsed.graph.nodes.filter { kinds.contains($0.value.kind) }
    let cache = readCache(parsed.project)
    let compilation = Compiler(parsed, cache: cache).compile(Set(nodes.keys))
    let analysis = ProjectAnalyzer(parsed, buffers: buffers, cache: cache).analyze(compilation)
    writeCache(parsed.project, analysis)
    return ProjectLineage(parsed, analysis, buffers: buffers)
  }
}

/// Finds what a word on the command line means: a relation, or a column of one.
struct LineageSubject {
  let lineage: ProjectLineage

  init(_ lineage: ProjectLineage) {
    self.lineage = lineage
  }

  /// The columns and the rows of a relation, or the one column that is named.
  ///
  /// - Parameter name: `orders`, `orders.amount`, `source.table.column`, `schema.table`.
  /// - Returns: where to begin.
  /// - Throws: `usage` with the nearest names.
  func places(named name: String) throws(Diagnostic) -> [ProjectLineage.Place] {
    if let relation = relation(named: name) {
      return relation.columns.map {
        ProjectLineage.Place(relation: relation.id, column: $0.name)
      } + [ProjectLineage.Place(relation: relation.id, column: nil)]
    }
    let parts = name.split(separator: ".").map(String.init)
    let owner = parts.dropLast().joined(separator: ".")
    guard parts.count > 1, let column = parts.last?.lowercased(),
      let relation = relation(named: owner)
    else {
      let names = lineage.relations.values.filter { $0.kind != "test" }.map(\.name)
      throw unknown("nothing is named \"\(name)\"", name, names)
    }
    guard relation.columns.contains(where: { $0.name == column }) else {
      if !relation.isComplete {
        throw unknown(
          "it is not known whether \(relation.name) has a column \"\(column)\"",
          column,
          relation.columns.map(\.name)
        )
      }
      throw unknown(
        "\(relation.name) has no column \"\(column)\"",
        column,
        relation.columns.map(\.name)
      )
    }
    return [ProjectLineage.Place(relation: relation.id, column: column)]
  }

  private func relation(named name: String) -> ProjectLineage.Relation? {
    let found = lineage.relations.values.filter {
      ($0.name == name || $0.id == name) && $0.kind != "test"
    }
    return found.min { $0.id < $1.id }
  }

  private func unknown(_ message: String, _ name: String, _ known: [String]) -> Diagnostic {
    Diagnostic(
      code: "usage",
      message,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? (known.count <= 30
            ? "there are \(known.sorted().joined(separator: ", "))"
            : "`redstart ls` lists the nodes")
      ]
    )
  }
}
