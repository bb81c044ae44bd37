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
    guard let id = Operation.identifier(of: name, in: parsed) else {
      throw Diagnostic(
        code: "unknown-macro",
        "there is no macro \"\(name)\"",
        notes: console.speaksDbt
          ? ["dbt could not find a macro with the name '\(name)' in any package"] : [],
        help: [Suggestion.sentence(for: name, among: parsed.macros.allNames)]
          .compactMap { $0 }
      )
    }
    let began = Moment.now()
    do {
      let (console, dbtLog, isDebug, logsJSON) = (console, dbtLog, isDebug, logsJSON)
      try await withTemplateDatabase(parsed, purpose: [name]) {
        (existing, live) throws(DiagnosticList) in
        do throws(Diagnostic) {
          // A macro that fails half-way leaves nothing of what it did.
          live.holdTogether()
          try Operation(parsed, existing: existing, live: live)
            .run(name, arguments: values) { log in
              if log.isShown, logsJSON, let dbtLog {
                dbtLog.fire("JinjaLogInfo", "I062", log.message)
              } else if log.isShown || isDebug && dbtLog == nil {
                console.output(log.message + "\n")
              } else {
                dbtLog?.fire("JinjaLogDebug", "I063", log.message, level: .debug)
              }
            }
          try live.commit()
        } catch {
          throw DiagnosticList([error])
        }
      }
      try writeOperation(name, id, .success, began, parsed)
      return .success
    } catch let list as DiagnosticList {
      report(list.diagnostics)
      try writeOperation(name, id, .error, began, parsed)
      return .failure
    } catch let diagnostic as Diagnostic {
      // Nothing could be asked of the database: what `retry` finds is this, and no earlier run.
      try writeOperation(name, id, .error, began, parsed)
      throw diagnostic
    }
  }

  /// Called dbt, what became of the macro is kept as dbt keeps it: `retry` looks there.
  private func writeOperation(
    _ name: String,
    _ id: String,
    _ status: NodeResult.Status,
    _ began: Moment,
    _ parsed: ParsedProject
  ) throws(Diagnostic) {
    guard console.speaksDbt else { return }
    let ended = Moment.now()
    var result = NodeResult(
      id: id,
      name: name,
      kind: .operation,
      status: status,
      compile: NodeResult.Timing(started: began, completed: began),
      execute: NodeResult.Timing(started: began, completed: ended),
      index: 1,
      total: 1
    )
    result.failures = status == .success ? 0 : 1
    let project = parsed.project
    try writeManifest(project, parsed, nil)
    try writeRunResults(
      project,
      RunReport(results: [result], started: began, completed: ended),
      Compilation(project: project, graph: parsed.graph, compiled: [:], diagnostics: [])
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
