import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart check`.
  func check() throws -> ExitCode {
    let format = try findingsFormat()
    let project = try loadProject()
    let parsed = try parseProject(project)
    try validateChecks(project)
    let selected = try selectNodes(
      in: parsed,
      kinds: [.model, .test, .seed, .snapshot, .analysis, .function]
    )
    let cache = readCache(project)
    let compilation = Compiler(parsed, cache: cache).compile(selected)
    let isWhole = arguments.list("select").isEmpty && arguments.list("exclude").isEmpty
    let analysis = ProjectAnalyzer(parsed, buffers: buffers, cache: cache)
      .analyze(compilation, reporting: isWhole ? nil : selected)
    writeCache(project, analysis)
    let added = compilation.diagnostics.dropFirst(parsed.diagnostics.count)
    var findings = added.filter { !Compiler.isLog($0) } + analysis.diagnostics
    if isWhole {
      findings += unknownAllowances(project)
      findings += Migrator.offlineProblems(of: parsed.migrations, parsed.migrationCallbacks)
    }
    findings += settingsProblems(of: compilation, parsed, analysis)
    findings += UnitTestColumns(parsed, analysis).problems(of: isWhole ? nil : selected)
    if arguments.has("allow-breaking") {
      for place in findings.indices where findings[place].code == "migration-breaks-models" {
        findings[place].severity = .warning
      }
    }
    let policy = try warningPolicy(project)
    findings = policy.applied(to: findings)
    protectSecretsInSQL()
    console.output(text(of: findings, in: format))
    let errors = findings.filter(\.isError).count
    // Those of files that are no SQL were shown when they were read.
    let shown = policy.applied(to: parsed.diagnostics) + findings
    let warnings = shown.filter { $0.severity == .warning }.count
    let nodes = "\(selected.count) node\(selected.count == 1 ? "" : "s")"
    if errors + warnings == 0 {
      note("checked \(nodes): nothing is wrong")
    } else {
      if format == .full, !isQuiet { console.error("\n") }
      note("checked \(nodes): \(Self.count(errors, "error")), \(Self.count(warnings, "warning"))")
    }
    return errors == 0 ? .success : .usage
  }

  /// Settings of the compiled nodes that a run would stumble over.
  private func settingsProblems(
    of compilation: Compilation,
    _ parsed: ParsedProject,
    _ analysis: ProjectAnalysis
  ) -> [Diagnostic] {
    let check = SettingsCheck(parsed, buffers: buffers)
    return compilation.compiled.sorted { $0.key < $1.key }.flatMap { id, node in
      let known = analysis.nodes[id].flatMap { $0.isComplete ? $0.columns.map(\.name) : nil }
      return check.problems(of: node, columns: known)
    }
  }

  /// Comments that allow what no finding is called.
  private func unknownAllowances(_ project: Project) -> [Diagnostic] {
    let codes = Explanation.all.map(\.code)
    let files =
      project.migrationFiles + project.modelFiles + project.testFiles + project.macroFiles
      + project.analysisFiles + project.snapshotFiles + project.functionFiles
    return files.filter { $0.path.hasSuffix(".sql") }.flatMap {
      AllowComments.unknownCodes(in: $0.buffer, known: codes, buffers)
    }
  }

  private func findingsFormat() throws(Diagnostic) -> DiagnosticFormat {
    let name = arguments.value("output") ?? arguments.value("diagnostics") ?? "text"
    let known = ["text", "json", "concise", "github"]
    if name == "text" || name == "full" { return .full }
    guard known.contains(name), let format = DiagnosticFormat(rawValue: name) else {
      throw Diagnostic.optionValue("--output", name, allowed: known)
    }
    return format
  }

  // MARK: Within other commands

  /// Whether this command checks SQL at all.
  func checksSQL(_ parsed: ParsedProject) -> Bool {
    !arguments.has("no-check") && !parsed.project.configuration.isUnchecked
      // PostgreSQL's own SQL is not what these checks know.
      && !parsed.project.target.speaksPostgres
  }

  /// Checks what was compiled; warnings are counted, not shown.
  ///
  /// - Returns: where columns come from; nil when nothing is checked.
  /// - Throws: the errors found.
  @discardableResult
  func requireSoundSQL(
    _ compilation: Compilation,
    _ parsed: ParsedProject,
    of selected: Set<String>,
    cache: AnalysisCache? = nil
  ) throws -> ProjectLineage? {
    guard checksSQL(parsed) else { return nil }
    try validateChecks(parsed.project)
    let cache = cache ?? readCache(parsed.project)
    let analysis = ProjectAnalyzer(parsed, buffers: buffers, cache: cache)
      .analyze(compilation, reporting: selected)
    writeCache(parsed.project, analysis)
    let errors = analysis.errors
    // For dbt what is wrong with a node is its own affair: the database says it, and others run.
    if !console.speaksDbt, !errors.isEmpty { throw DiagnosticList(errors) }
    if !errors.isEmpty {
      note("\(Self.count(errors.count, "error")) in the SQL: `redstart check` shows where")
    }
    let warnings = analysis.warnings.count
    if warnings > 0 {
      note("\(Self.count(warnings, "warning")) about the SQL: `redstart check` shows them")
    }
    return ProjectLineage(parsed, analysis, buffers: buffers)
  }

  /// Checks a query given on the command line, against the whole project.
  ///
  /// - Throws: the errors found.
  func requireSoundQuery(_ text: String, _ parsed: ParsedProject) throws {
    let compiler = Compiler(parsed)
    let query = try compiler.compileInline(text).sql
    let models = parsed.graph.nodes.filter { [.model, .seed, .snapshot].contains($0.value.kind) }
    let analyzer = ProjectAnalyzer(parsed, buffers: buffers)
    let analysis = analyzer.analyze(compiler.compile(Set(models.keys)), reporting: [])
    let errors = analyzer.findings(in: query, against: analysis).filter(\.isError)
    if !console.speaksDbt, !errors.isEmpty { throw DiagnosticList(errors) }
  }

  // MARK: Cache

  /// The program that finds things out; one built anew under the same version may find others.
  private var analyzerVersion: String {
    "\(Redstart.version) \(FileSystem.stamp(of: "/proc/self/exe"))"
  }

  /// What the last analysis found out; empty when there is none that can be used.
  func readCache(_ project: Project) -> AnalysisCache {
    let path = targetPath(project, AnalysisCache.fileName)
    guard FileSystem.isFile(path) else { return AnalysisCache() }
    do {
      return AnalysisCache(reading: try FileSystem.read(path), version: analyzerVersion)
    } catch {
      return AnalysisCache()
    }
  }

  /// Keeps what was found out; without it the next analysis only takes longer.
  func writeCache(_ project: Project, _ analysis: ProjectAnalysis) {
    guard let cache = analysis.cache, cache.isChanged else { return }
    do {
      let bytes = cache.bytes(version: analyzerVersion)
      try writeTarget(project, AnalysisCache.fileName, bytes)
    } catch {
      var warning = error
      warning.severity = .warning
      report([warning])
    }
  }

  /// Refuses codes under `checks:` that do not exist.
  func validateChecks(_ project: Project) throws {
    guard !project.configuration.checks.isEmpty else { return }
    let problems = CheckLevels.problems(
      in: project.configuration,
      known: Explanation.all.map(\.code)
    )
    if !problems.isEmpty { throw DiagnosticList(problems) }
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
