import Diagnostics
import Execution
import Glibc
import Migrations
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart migrate [SUBCOMMAND]`.
  func migrate() async throws -> ExitCode {
    let subcommand = arguments.subcommand ?? "up"
    if let word = arguments.positional.first, !["new", "undo", "rebuild"].contains(subcommand) {
      throw Diagnostic.unexpectedArgument(word, command: "migrate \(subcommand)")
    }
    let format = arguments.value("output") ?? "table"
    guard command.outputs.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: command.outputs)
    }
    if subcommand == "up", arguments.value("output") != nil, !arguments.has("dry-run") {
      throw Diagnostic(
        code: "usage",
        "`redstart migrate up` has --output with --dry-run alone",
        help: ["--log-format json writes progress as JSON"]
      )
    }
    let project = try loadProject()
    if subcommand == "new" { return try newMigration(project) }
    switch subcommand {
    case "test": return try await testMigrations(project, try parseProject(project))
    case "rehearse": return try await rehearse(project, try parseProject(project))
    case "squash": return try await squash(project, try parseProject(project))
    case "dump": return try await dumpSchema(project, try parseProject(project))
    default: break
    }
    return try await withWarehouse(
      project,
      preparing: {
        let parsed = try parseProject(project)
        ProcessMemory.keepToTheEnd(parsed)
        return parsed
      },
      glancing: { connection -> MigrationLog? in
        guard subcommand == "up", !arguments.has("dry-run") else { return nil }
        return await MigrationLog.glance(
          at: connection.warehouse,
          project: project.name,
          metadataSchema: project.configuration.metadataSchema
        )
      }
    ) { connection, parsed, glance in
      var migrator = try migrator(parsed, connection)
      migrator.glance = glance
      switch subcommand {
      case "status": return try await showStatus(migrator)
      case "validate": return try await validate(migrator, parsed)
      case "plan":
        let breakages =
          arguments.has("allow-breaking") ? [] : try await breakages(migrator, parsed)
        return try await showPlan(migrator, project, breakages: breakages)
      case "history": return try await showHistory(migrator)
      case "verify": return try await verifyMigrations(migrator)
      case "undo", "redo": return try await undo(migrator, reapplies: subcommand == "redo")
      case "repair": return try await repair(migrator)
      case "baseline": return try await baseline(migrator)
      case "import": return try await importHistory(migrator)
      case "rebuild": return try await rebuild(migrator)
      case "diff": return try await showDrift(migrator)
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
        if arguments.has("dry-run") { return try await showPlan(migrator, project) }
        return try await apply(migrator, project, parsed.migrations)
      }
    }
  }

  func migrator(
    _ parsed: ParsedProject,
    _ connection: Connection
  ) throws(Diagnostic) -> Migrator {
    let project = parsed.project
    var settings = MigrationSettings(
      project: project.name,
      runID: invocationID,
      metadataSchema: project.configuration.metadataSchema,
      defaultSchema: project.target.schema,
      origin: origin(project),
      connectionProblem: connection.problem,
      now: { Moment.now().sqlTimestamp }
    )
    settings.callbacks = parsed.migrationCallbacks
    settings.hazards = parsed.hazardPolicy(levels: CheckLevels(project.configuration))
    if checksSQL(parsed) {
      settings.errors = { [buffers] scripts, contents in
        ProjectAnalyzer(parsed, buffers: buffers).errors(in: scripts, of: contents)
      }
    }
    settings.isStrict = arguments.has("strict") || project.configuration.migrationsAreStrict
    settings.modelViews = { [buffers] in ModelViews.read(parsed, buffers) }
    settings.builtRelations = { parsed.builtRelations }
    settings.processIdentifier = Int(getpid())
    settings.redact = { [console] in console.redacted($0) }
    settings.crashes = try crashPlan()
    settings.lockWait = try arguments.value("lock-wait").map { text throws(Diagnostic) in
      try Self.duration(
        text,
        orElse: Diagnostic(
          code: "usage",
          "--lock-wait cannot be \"\(text)\"",
          help: ["write a number with ms, s, min or h: --lock-wait 30s"]
        )
      )
    }
    settings.lockTimeout = try project.configuration.migrationsLockTimeout.map {
      text throws(Diagnostic) in
      try Self.duration(
        text,
        orElse: Diagnostic(
          code: "invalid-value",
          "`lock-timeout: \(text)` under \"migrations\" is no duration",
          help: ["write a number with ms, s, min or h: lock-timeout: 5s"]
        )
      )
    }
    settings.lockRetries = project.configuration.migrationsLockRetries ?? 0
    settings.locking = try project.configuration.migrationsLock.map { text throws(Diagnostic) in
      guard let locking = MigrationLocking(rawValue: text) else {
        throw Diagnostic(
          code: "invalid-value",
          "`lock: \(text)` under \"migrations\" is not known",
          help: ["choose one of session, lease; without it the server's best is used"]
        )
      }
      return locking
    }
    return Migrator(
      scripts: parsed.migrations,
      settings: settings,
      warehouse: connection.warehouse,
      loader: connection.loader,
      buffers: buffers
    )
  }

  private static func duration(
    _ text: String,
    orElse problem: @autoclosure () -> Diagnostic
  ) throws(Diagnostic) -> Duration {
    guard let wait = MigrationDirectives.milliseconds(text) else { throw problem() }
    return .milliseconds(wait)
  }

  private func origin(_ project: Project) -> Origin {
    Origin(
      userName: SystemUser.name ?? console.environment["USER"] ?? "unknown",
      hostName: HostName.current,
      toolVersion: Redstart.version,
      gitCommit: console.environment["GITHUB_SHA"] ?? GitCommit.current(from: project.root)
    )
  }

  private func crashPlan() throws(Diagnostic) -> CrashPlan {
    guard let text = arguments.value("crash-at") else { return .never }
    let request = try CrashRequest(option: text, steps: CrashPoint.allCases.map(\.rawValue))
    return CrashPlan { request.reach($0.rawValue) }
  }

  /// Models that migrations which are not applied yet would break; their states are asked for where
  /// they are not known.
  private func breakages(
    _ migrator: Migrator,
    _ parsed: ParsedProject,
    _ states: [MigrationState]? = nil
  ) async throws -> [Diagnostic] {
    let analyzer = ProjectAnalyzer(parsed, buffers: buffers)
    guard checksSQL(parsed), analyzer.hasDestructiveMigrations else { return [] }
    try validateChecks(parsed.project)
    guard let states else {
      return try breakages(try await migrator.status(), migrator, parsed, analyzer)
    }
    return try breakages(states, migrator, parsed, analyzer)
  }

  /// The same, once the states are known.
  private func breakages(
    _ states: [MigrationState],
    _ migrator: Migrator,
    _ parsed: ParsedProject,
    _ analyzer: ProjectAnalyzer
  ) throws -> [Diagnostic] {
    let pending = try migrator.pendingVersions(states, to: arguments.value("to"))
    guard !pending.isEmpty else { return [] }
    let nodes = parsed.graph.nodes.filter {
      [.model, .seed, .snapshot, .test].contains($0.value.kind)
    }
    let compilation = Compiler(parsed).compile(Set(nodes.keys))
    return analyzer.breakages(compilation, pending: pending)
  }

  // MARK: Applying

  private func apply(
    _ migrator: Migrator,
    _ project: Project,
    _ scripts: [MigrationScript]
  ) async throws -> ExitCode {
    let plan = try arguments.value("plan").map { try readPlan($0, scripts) }
    let clock = ContinuousClock()
    let start = clock.now
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let applied = try await migrator.migrate(
        to: arguments.value("to"),
        following: plan,
        observe: { observe($0, notes) }
      )
      for text in notes.lines { note(style.paint("note: \(text)", .faint)) }
      if applied.isEmpty {
        note("nothing to apply: \(project.target.name) is up to date")
      } else {
        let elapsed = Seconds.text(Seconds.of(start.duration(to: clock.now)))
        note("applied \(applied.count) migration\(applied.count == 1 ? "" : "s") in \(elapsed)")
      }
      return .success
    } catch {
      return failure(error)
    }
  }

  func failure(_ error: DiagnosticList) -> ExitCode {
    report(error.diagnostics)
    if Migrator.isRefusal(error.diagnostics) { return .usage }
    return Task.isCancelled ? .interrupted : .failure
  }

  func observe(_ event: MigrationEvent, _ notes: NoteSummary) {
    switch event {
    case .waitingForLock(let holder):
      let since = holder.since.map { " since \($0) UTC" } ?? ""
      note("waiting for \(holder.description), which has been applying migrations\(since)")
    case .applying: break
    case .warning(let diagnostics): report(diagnostics)
    case .note(let diagnostic): notes.add(diagnostic)
    case .retrying(let diagnostic, let attempt):
      note("try \(attempt) was given up by the server (\(diagnostic.message)); trying again")
      for holder in diagnostic.notes where holder.contains(" holds ") { note("  \(holder)") }
    case .undone(let version, let name, let milliseconds):
      let seconds = Seconds.text(Double(milliseconds) / 1000)
      note("\(style.paint("undone ", .success)) \(version)  \(name)  \(seconds)")
    case .applied(let script, let milliseconds):
      let took = milliseconds.map { "  " + Seconds.text(Double($0) / 1000) } ?? ""
      let label = script.version.isEmpty ? "R" : script.version
      note("\(style.paint("applied", .success)) \(label)  \(script.name)\(took)")
    }
  }

  private func validate(_ migrator: Migrator, _ parsed: ParsedProject) async throws -> ExitCode {
    let (_, _, states, found) = try await migrator.plan(to: nil)
    let problems = try await found + breakages(migrator, parsed, states)
    report(problems)
    guard problems.contains(where: \.isError) else {
      note("\(states.count) migrations are sound")
      return .success
    }
    return Migrator.isRefusal(problems) ? .usage : .failure
  }
}

extension Moment {
  /// `2026-11-24 03:38:00.123456`, in UTC.
  fileprivate var sqlTimestamp: String {
    String(iso8601.map { $0 == "T" ? " " : $0 }.dropLast())
  }
}
