import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart migrate plan [--sql] [-o FILE]`, and `--dry-run`.
  ///
  /// - Parameters:
  ///   - migrator: what plans.
  ///   - project: its project.
  ///   - breakages: what pending migrations break, unless that has been looked at.
  /// - Returns: `usage` when a run would be refused.
  /// - Throws: errors of the database and of files.
  func showPlan(
    _ migrator: Migrator,
    _ project: Project,
    breakages: [Diagnostic] = []
  ) async throws -> ExitCode {
    let (plan, migrations, _, problems) = try await migrator.plan(to: arguments.value("to"))
    report(problems)
    if Migrator.isRefusal(problems) { return .usage }
    if problems.contains(where: \.isError) { return .failure }
    let isJSON = arguments.value("output") == "json"
    let outlook = migrations.isEmpty ? nil : try await migrator.outlook(of: migrations)
    let json = self.json(of: plan, migrations, outlook, problems + breakages)
    if let file = arguments.value("out") {
      try FileSystem.write(Array(json.utf8), to: absolute(file))
      note("wrote \(file): `redstart migrate up --plan \(file)` applies it")
    }
    if isJSON { console.output(json) }
    guard let outlook else {
      note("nothing to apply: \(project.target.name) is up to date")
      return .success
    }
    if !isJSON {
      for planned in migrations {
        console.output(text(of: planned, views: outlook.views[planned.script.path] ?? []))
      }
    }
    for holder in outlook.holders ?? [] { note("in the way now: \(holder.sentence)") }
    if outlook.holders == nil { note("who holds locks now is not for this user to see") }
    let refused = breakages + outlook.problems
    report(refused)
    let commits = migrations.reduce(0) { $0 + $1.commits }
    note(
      "\(migrations.count) pending, \(commits) commit\(commits == 1 ? "" : "s"): "
        + (refused.contains(where: \.isError)
          ? "`redstart migrate` refuses them" : "`redstart migrate` applies them")
    )
    return refused.contains(where: \.isError) ? .usage : .success
  }

  private func text(of planned: PlannedMigration, views: [String]) -> String {
    let script = planned.script
    let label = script.version.isEmpty ? "R" : script.version
    var lines = ["\(style.paint(label, .success))  \(script.name)  (\(script.path))"]
    lines += self.lines(of: planned.segments)
    if !views.isEmpty {
      lines.append("  views dropped and made again: \(views.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line for each part that takes effect by itself, with its SQL where that is wanted.
  func lines(of segments: [MigrationSegment]) -> [String] {
    var lines: [String] = []
    for segment in segments {
      let first = segment.start + 1
      let numbers = segment.statements.count > 1 ? "\(first)–\(segment.end)" : "\(first)"
      let nouns = segment.statements.map(\.noun)
      let shown = nouns.prefix(4).joined(separator: ", ")
      let what = nouns.count > 4 ? "\(shown) and \(nouns.count - 4) more" : shown
      switch segment.mode {
      case .transaction:
        lines.append(
          segment.statements.isEmpty
            ? "  no statement" : "  one transaction  \(numbers): \(what)"
        )
      case .alone: lines.append("  alone            \(numbers): \(what)")
      case .commits:
        lines.append(
          "  commits at once  \(numbers): \(what); what came before stays, whatever follows"
        )
      }
      guard arguments.has("sql") else { continue }
      for statement in segment.statements {
        let sql = buffers.text(of: statement.range) + ";"
        lines += sql.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
      }
    }
    return lines
  }

  /// The plan as `-o` writes it: what is held against the database, and the SQL for who reviews it,
  /// without secrets.
  private func json(
    of plan: MigrationPlan,
    _ migrations: [PlannedMigration],
    _ outlook: PlanOutlook?,
    _ problems: [Diagnostic]
  ) -> String {
    protectSecretsInSQL()
    var value = plan.plain.dictionary ?? PlainDictionary()
    value["migrations"] = .list(
      migrations.map { planned -> PlainValue in
        [
          "version": .string(planned.script.version), "name": .string(planned.script.name),
          "path": .string(planned.script.path), "commits": .integer(planned.commits),
          "segments": .list(planned.segments.map(plain)),
          "views": .list((outlook?.views[planned.script.path] ?? []).map { .string($0) }),
        ]
      }
    )
    let holders = outlook?.holders.map { $0.map { PlainValue.string($0.sentence) } }
    value["in_the_way"] = holders.map { PlainValue.list($0) } ?? .null
    value["findings"] = .list(
      (problems + (outlook?.problems ?? [])).map { problem -> PlainValue in
        [
          "code": .string(problem.code), "severity": .string(problem.severity.rawValue),
          "message": .string(console.redacted(problem.message)),
        ]
      }
    )
    let text = PlainValue.dictionary(value).json(indent: 2)
    return String(decoding: text, as: UTF8.self) + "\n"
  }

  private func plain(_ segment: MigrationSegment) -> PlainValue {
    [
      "mode": .string(segment.mode.rawValue), "first": .integer(segment.start + 1),
      "last": .integer(segment.end),
      "statements": .list(
        segment.statements.map { statement -> PlainValue in
          [
            "what": .string(statement.noun),
            "sql": .string(console.redacted(buffers.text(of: statement.range))),
          ]
        }
      ),
    ]
  }

  /// Reads what `plan -o` wrote.
  ///
  /// - Parameters:
  ///   - file: its path.
  ///   - scripts: the project's migrations.
  /// - Returns: what is held against the database.
  /// - Throws: `invalid-plan` also where it shows other SQL than it would run.
  func readPlan(_ file: String, _ scripts: [MigrationScript]) throws -> MigrationPlan {
    let text = String(decoding: try FileSystem.read(absolute(file)), as: UTF8.self)
    let value = try YAML.parseValue(text, name: file, in: buffers)
    guard let plan = MigrationPlan(value) else {
      throw Diagnostic(
        code: "invalid-plan",
        "\(file) is no plan of migrations",
        file: file,
        help: ["write one with `redstart migrate plan -o \(file)`"]
      )
    }
    if let path = pathOfOtherSQL(in: value, plan, scripts) {
      throw Diagnostic(
        code: "invalid-plan",
        "the SQL that \(file) shows of \(path) is not what it would run",
        file: file,
        notes: ["a plan is for reading: what runs is in the migrations"],
        help: ["change the migration and write the plan anew: `redstart migrate plan -o \(file)`"]
      )
    }
    return plan
  }

  /// The first file of which a plan shows other statements than the file has, though it was planned
  /// as it is; secrets, which it does not show, are not compared.
  private func pathOfOtherSQL(
    in value: PlainValue,
    _ plan: MigrationPlan,
    _ scripts: [MigrationScript]
  ) -> String? {
    protectSecretsInSQL()
    for migration in value.dictionary?["migrations"]?.list ?? [] {
      guard let path = migration.dictionary?["path"]?.string,
        let step = plan.steps.first(where: { $0.path == path }),
        let script = scripts.first(where: { $0.path == path }),
        step.renderedChecksum == Checksum.sha256(buffers.bytes(of: script.sql))
      else { continue }
      for segment in migration.dictionary?["segments"]?.list ?? [] {
        let first = segment.dictionary?["first"]?.integer ?? 1
        for (offset, shown) in (segment.dictionary?["statements"]?.list ?? []).enumerated() {
          let index = first - 1 + offset
          guard let sql = shown.dictionary?["sql"]?.string,
            script.statements.indices.contains(index)
          else { return path }
          let own = console.redacted(buffers.text(of: script.statements[index].range))
          if own != sql, !own.contains(Console.mask), !sql.contains(Console.mask) { return path }
        }
      }
    }
    return nil
  }
}

extension PlannedMigration {
  /// How often applying it commits: a lone statement is bracketed by two rows.
  fileprivate var commits: Int {
    segments.reduce(0) { $0 + ($1.mode == .transaction ? 1 : 3) }
  }
}
