import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel

extension CommandSession {
  func showStatus(_ migrator: Migrator) async throws -> ExitCode {
    let (states, found) = try await migrator.statusWithSchema()
    let pending = states.filter(\.isPending).count
    let problems = Migrator.problems(of: states)
    let isDone = pending == 0 && problems.isEmpty && found.isEmpty
    report(found)
    let code: ExitCode = arguments.has("exit-code") && !isDone ? .failure : .success
    if arguments.value("output") == "json" {
      let rows = states.map { state -> PlainValue in
        [
          "version": .string(state.version),
          "name": .string(state.name),
          "path": .string(state.path),
          "kind": .string(state.version.isEmpty ? "repeatable" : "versioned"),
          "state": .string(state.kind.rawValue),
          "applied_at": state.applied.map { .string($0.appliedAt) } ?? .null,
          "applied_by": state.applied.map { .string($0.appliedBy) } ?? .null,
          "milliseconds": state.applied.map { .integer($0.milliseconds) } ?? .null,
          "statements_done": state.partial.map { .integer($0.statementsDone) } ?? .null,
          "tags": .list((state.script?.directives.tags ?? []).map { .string($0) }),
        ]
      }
      console.output(String(decoding: PlainValue.list(rows).json(indent: 2), as: UTF8.self) + "\n")
      return code
    }
    var table = TextTable(columns: ["version", "name", "state", "applied at", "took"])
    for state in states {
      var kind = state.kind.rawValue
      if let partial = state.partial {
        kind += " (\(partial.statementsDone) of \(partial.statementCount) statements)"
      }
      table.add([
        state.version.isEmpty ? "R" : state.version, state.name, kind,
        state.applied?.appliedAt ?? "",
        state.applied.map { Seconds.text(Double($0.milliseconds) / 1000) } ?? "",
      ])
    }
    console.output(table.text)
    if !problems.isEmpty {
      let verb = problems.count == 1 ? "needs" : "need"
      note("\(problems.count) \(verb) attention: `redstart migrate validate` says why")
    } else {
      note(pending == 0 ? "nothing pending" : "\(pending) pending: `redstart migrate` applies them")
    }
    return code
  }

  func showHistory(_ migrator: Migrator) async throws -> ExitCode {
    let log = try await migrator.history()
    if arguments.value("output") == "json" {
      let rows = log.events.map { event -> PlainValue in
        [
          "seq": .integer(event.sequence), "run_id": .string(event.runID),
          "version": .string(event.version), "name": .string(event.name),
          "kind": .string(event.kind.rawValue), "event": .string(event.step.rawValue),
          "path": .string(event.path), "statements_done": .integer(event.statementsDone),
          "statements": .integer(event.statementCount), "at": .string(event.startedAt),
          "milliseconds": event.milliseconds.map { .integer($0) } ?? .null,
          "by": .string("\(event.systemUser)@\(event.host)"),
          "database_user": .string(event.databaseUser),
          "git_commit": event.gitCommit.map { .string($0) } ?? .null,
          "sqlstate": event.failure?.sqlState.map { .string($0) } ?? .null,
          "error": event.failure.map { .string($0.message) } ?? .null,
          "error_line": event.failure?.line.map { .integer($0) } ?? .null,
          "note": event.note.map { .string($0) } ?? .null,
        ]
      }
      console.output(String(decoding: PlainValue.list(rows).json(indent: 2), as: UTF8.self) + "\n")
      return .success
    }
    var table = TextTable(columns: ["seq", "version", "name", "event", "at", "by", "what"])
    for event in log.events {
      var what = event.note ?? ""
      if let failure = event.failure {
        what = (failure.line.map { "line \($0): " } ?? "") + failure.message
      } else if event.step == .begin || event.step == .progress {
        what = "\(event.statementsDone) of \(event.statementCount) statements"
      }
      table.add([
        String(event.sequence), event.label, event.name,
        event.step.rawValue, String(event.startedAt.prefix(19)),
        "\(event.systemUser)@\(event.host)", what,
      ])
    }
    console.output(table.text)
    if log.duplicates > 0 {
      note("\(log.duplicates) rows say what others say already; they count once")
    }
    return .success
  }
}

extension HistoryEvent {
  /// The version, `R` of what is repeatable, nothing of what is no migration.
  fileprivate var label: String {
    guard version.isEmpty else { return version }
    switch kind {
    case .callback, .rebuild, .drift: return ""
    case .versioned, .repeatable, .baseline, .undo, .squash, .imported: return "R"
    }
  }
}
