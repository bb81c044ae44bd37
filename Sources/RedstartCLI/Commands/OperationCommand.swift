import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart run-operation`.
  func runOperation() async throws -> ExitCode {
    guard let name = arguments.positional.first else {
      throw Diagnostic(
        code: "usage",
        "`redstart run-operation` needs the name of a macro",
        help: ["write redstart run-operation my_macro --args '{name: value}'"]
      )
    }
    let values = try operationArguments()
    let project = try loadProject()
    let parsed = try parseProject(project)
    guard Operation.exists(name, in: parsed) else {
      throw Diagnostic(
        code: "unknown-macro",
        "there is no macro \"\(name)\"",
        help: [Suggestion.sentence(for: name, among: parsed.macros.allNames)]
          .compactMap { $0 }
      )
    }
    let started = Moment.now()
    do {
      let logs = try await withTemplateDatabase(parsed, purpose: [name]) {
        (existing, live) throws(DiagnosticList) in
        do throws(Diagnostic) {
          // A macro that fails half-way leaves nothing of what it did.
          live.holdTogether()
          let logs = try Operation(parsed, existing: existing, live: live)
            .run(name, arguments: values)
          try live.commit()
          return logs
        } catch {
          throw DiagnosticList([error])
        }
      }
      for line in logs { console.output(line + "\n") }
      try recordOperation(name, .success, since: started, parsed)
      return .success
    } catch let list as DiagnosticList {
      report(list.diagnostics)
      try recordOperation(name, .error, since: started, parsed)
      return .failure
    }
  }

  /// Leaves what dbt leaves: the macro as the one result of the run.
  private func recordOperation(
    _ name: String,
    _ status: NodeResult.Status,
    since started: Moment,
    _ parsed: ParsedProject
  ) throws(Diagnostic) {
    guard console.speaksDbt, let id = Operation.identifier(of: name, in: parsed) else { return }
    let now = Moment.now()
    var result = NodeResult(
      id: id,
      name: name,
      kind: .operation,
      status: status,
      compile: NodeResult.Timing(started: started, completed: started),
      execute: NodeResult.Timing(started: started, completed: now),
      index: 1,
      total: 1
    )
    result.failures = status == .error ? 1 : 0
    try writeManifest(parsed.project, parsed, nil)
    try writeRunResults(
      parsed.project,
      RunReport(results: [result], started: started, completed: now),
      Compilation(project: parsed.project, graph: parsed.graph, compiled: [:], diagnostics: [])
    )
  }

  private func operationArguments() throws(Diagnostic) -> PlainDictionary {
    guard let text = arguments.value("args") else { return PlainDictionary() }
    let value = try YAML.parseValue(text, name: "--args", in: buffers)
    if value.isNull { return PlainDictionary() }
    guard let dictionary = value.dictionary else {
      throw Diagnostic(
        code: "usage",
        "--args must be a mapping, not \(value.typeWithArticle)",
        help: ["write --args '{name: value}'"]
      )
    }
    return dictionary
  }
}
