import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart migrate [status|validate]`.
  func migrate() async throws -> ExitCode {
    let project = try loadProject()
    let parsed = try parseProject(project)
    return try await withWarehouse(project) { connection in
      let migrator = Migrator(
        scripts: parsed.migrations,
        project: project.name,
        runID: invocationID,
        metadataSchema: project.configuration.metadataSchema,
        warehouse: connection.warehouse,
        loader: connection.loader,
        buffers: buffers,
        origin: origin,
        connectionProblem: connection.problem,
        now: { Moment.now().sqlTimestamp }
      )
      switch arguments.subcommand {
      case "status": return try await showStatus(migrator)
      case "validate": return try await validate(migrator, parsed)
      default:
        let breakages =
          arguments.has("allow-breaking") ? [] : try await breakages(migrator, parsed)
        guard !breakages.contains(where: \.isError) else {
          report(
            breakages.map { diagnostic in
              var diagnostic = diagnostic
              diagnostic.help.append("`redstart migrate --allow-breaking` applies it all the same")
              return diagnostic
            }
          )
          return .usage
        }
        return try await apply(migrator, project)
      }
    }
  }

  private var origin: Origin {
    Origin(
      userName: SystemUser.name ?? console.environment["USER"] ?? "unknown",
      hostName: HostName.current,
      toolVersion: Redstart.version,
      gitCommit: console.environment["GITHUB_SHA"]
    )
  }

  /// Models that migrations which are not applied yet would break.
  private func breakages(_ migrator: Migrator, _ parsed: ParsedProject) async throws
    -> [Diagnostic]
  {
    let analyzer = ProjectAnalyzer(parsed, buffers: buffers)
    guard checksSQL(parsed), analyzer.hasDestructiveMigrations else { return [] }
    try validateChecks(parsed.project)
    let pending = try await migrator.status().filter { $0.kind == .pending }.map(\.version)
    guard !pending.isEmpty else { return [] }
    let nodes = parsed.graph.nodes.filter { [.model, .seed, .test].contains($0.value.kind) }
    let compilation = Compiler(parsed).compile(Set(nodes.keys))
    return analyzer.breakages(compilation, pending: Set(pending))
  }

  private func apply(_ migrator: Migrator, _ project: Project) async throws -> ExitCode {
    let clock = ContinuousClock()
    let start = clock.now
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let applied = try await migrator.migrate { event in
        switch event {
        case .waitingForLock: note("waiting for another redstart to finish its migrations")
        case .applying: break
        case .note(let diagnostic): notes.add(diagnostic)
        case .applied(let script, let milliseconds):
          let seconds = Seconds.text(Double(milliseconds) / 1000)
          note("\(style.paint("applied", .success)) \(script.version)  \(script.name)  \(seconds)")
        }
      }
      for text in notes.lines { note(style.paint("note: \(text)", .faint)) }
      if applied.isEmpty {
        note("nothing to apply: \(project.target.name) is up to date")
      } else {
        let elapsed = Seconds.text(Seconds.of(start.duration(to: clock.now)))
        note("applied \(applied.count) migration\(applied.count == 1 ? "" : "s") in \(elapsed)")
      }
      return .success
    } catch {
      report(error.diagnostics)
      return .failure
    }
  }

  private func showStatus(_ migrator: Migrator) async throws -> ExitCode {
    let states = try await migrator.status()
    if arguments.value("output") == "json" {
      let rows = states.map { state -> PlainValue in
        [
          "version": .string(state.version),
          "name": .string(state.name),
          "path": .string(state.path),
          "state": .string(state.kind.rawValue),
          "applied_at": state.applied.map { .string($0.appliedAt) } ?? .null,
          "applied_by": state.applied.map { .string($0.appliedBy) } ?? .null,
          "milliseconds": state.applied.map { .integer($0.milliseconds) } ?? .null,
        ]
      }
      console.output(String(decoding: PlainValue.list(rows).json(indent: 2), as: UTF8.self) + "\n")
      return .success
    }
    var table = TextTable(columns: ["version", "name", "state", "applied at", "took"])
    for state in states {
      table.add([
        state.version, state.name, state.kind.rawValue, state.applied?.appliedAt ?? "",
        state.applied.map { Seconds.text(Double($0.milliseconds) / 1000) } ?? "",
      ])
    }
    console.output(table.text)
    let pending = states.filter { $0.kind == .pending }.count
    let broken = Migrator.problems(of: states).count
    if broken > 0 {
      note("\(broken) need attention: `redstart migrate validate` says why")
    } else {
      note(pending == 0 ? "nothing pending" : "\(pending) pending: `redstart migrate` applies them")
    }
    return .success
  }

  private func validate(_ migrator: Migrator, _ parsed: ParsedProject) async throws -> ExitCode {
    let states = try await migrator.status()
    let problems =
      migrator.offlineProblems + Migrator.problems(of: states)
      + (try await breakages(migrator, parsed))
    report(problems)
    guard problems.contains(where: \.isError) else {
      note("\(states.count) migrations are sound")
      return .success
    }
    return .failure
  }
}

extension Moment {
  /// `2026-11-24 03:38:00.123456`, in UTC.
  fileprivate var sqlTimestamp: String {
    String(iso8601.map { $0 == "T" ? " " : $0 }.dropLast())
  }
}
