import AWSClient
import Diagnostics
import Execution
import Glibc
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// One command at work: its arguments, its console, and what every command needs from them.
struct CommandSession: Sendable {
  let arguments: Arguments
  let command: Command
  let console: Console
  let buffers: Buffers
  let invocationID: String
  /// Nil where there is nobody at a terminal.
  let secondFactor: SecondFactor?
  /// The deprecations that were met.
  let deprecations = DeprecationLedger()
  /// The run that is done again.
  let retry: RetriedRun?
  /// Where everything is written, where the program is called dbt.
  let logFile: DbtLogFile?
  let began = Moment.now()
  var startedAt: String { began.iso8601 }

  /// `buffers` holds the texts; what was read by another session can be used with its own.
  init(
    arguments: Arguments,
    command: Command,
    console: Console,
    buffers: Buffers = Buffers(),
    retry: RetriedRun? = nil,
    invocationID: String = Self.makeIdentifier(),
    logFile: DbtLogFile? = nil
  ) {
    self.retry = retry
    self.logFile = logFile
    self.invocationID = invocationID
    self.arguments = arguments
    self.command = command
    self.console = console
    self.buffers = buffers
    secondFactor =
      console.isInteractive ? SecondFactor { await TerminalPrompt.ask($0) } : nil
  }

  var isQuiet: Bool {
    arguments.has("quiet") || ["error", "none"].contains(arguments.value("log-level"))
  }
  var logsJSON: Bool { arguments.value("log-format") == "json" }
  /// Whether everything that is done is told, SQL included.
  var isDebug: Bool { arguments.has("debug") || arguments.value("log-level") == "debug" }
  var style: TextStyle {
    // Asked for in so many words, colours go into files and pipes, too.
    if arguments.ofDbt.contains("use-colors") { return .ansi }
    return arguments.has("no-color") ? .plain : console.style
  }

  func perform() async throws -> ExitCode {
    // Before anything is read that may hold one.
    for (name, value) in console.environment where name.hasPrefix("DBT_ENV_SECRET") {
      console.protect(value)
    }
    protectVariables(try readVars())
    return switch command.name {
    case "init": try initialize()
    case "debug": try await debug()
    case "parse": try parse()
    case "compile": try await compile()
    case "check": try check()
    case "lineage": try lineage()
    case "diff": try diff()
    case "sql": try sql()
    case "source" where arguments.subcommand == "freshness": try await sourceFreshness()
    case "source": try await source()
    case "clone": try await clone()
    case "run", "seed", "snapshot", "test", "build": try await execute()
    case "show": try await show()
    case "advise": try await advise()
    case "docs": try await docs()
    case "ls": try list()
    case "migrate": try await migrate()
    case "local": try await local()
    case "s3": try await s3()
    case "cluster": try await cluster()
    case "clean": try clean()
    case "deps": try await installPackages()
    case "retry": try await retry()
    case "run-operation": try await runOperation()
    case "explain": try explain()
    default: throw Diagnostic.unknownCommand(command.name, known: [])
    }
  }

  // MARK: Output

  /// Prints diagnostics in the format asked for.
  func report(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    protectSecretsInSQL()
    let diagnostics = diagnostics.map { diagnostic in
      guard let call = BuiltinFiles.call(leadingTo: diagnostic, in: buffers) else {
        return diagnostic
      }
      // The macros that come with the program are nobody's files.
      var moved = diagnostic
      moved.labels[0].range = call
      return moved
    }
    if let dbtLog {
      if let error = diagnostics.first, diagnostics.count == 1, error.code == "usage" {
        console.output(DbtUsage.text(of: error, command: command.name))
        return
      }
      dbtLog.report(diagnostics, from: buffers, style: style)
      return
    }
    let chosen = arguments.value("diagnostics").flatMap(DiagnosticFormat.init(rawValue:))
    let format = chosen ?? (logsJSON ? .json : .full)
    console.error(text(of: diagnostics, in: format))
    if format == .full, diagnostics.count > 1 {
      let errors = diagnostics.filter(\.isError).count
      if errors > 1 { console.error("\n\(errors) errors\n") }
    }
  }

  /// Diagnostics written out; of very many, people see the first.
  func text(of diagnostics: [Diagnostic], in format: DiagnosticFormat) -> String {
    guard format == .full else { return format.render(diagnostics, from: buffers, style: style) }
    let excerpt = DiagnosticExcerpt(of: diagnostics)
    let text = format.render(excerpt.shown, from: buffers, style: style)
    guard let rest = excerpt.rest else { return text }
    return text
      + "\n\(rest): `--diagnostics concise` shows them all in a line each, `json` in full\n"
  }

  /// Prints a line of progress, unless --quiet.
  func note(_ text: String) {
    if let dbtLog { return dbtLog.fire("Note", "Z050", text) }
    guard !isQuiet else { return }
    if logsJSON {
      let event: PlainValue = [
        "timestamp": .string(Moment.now().iso8601), "level": "info", "event": "note",
        "message": .string(text),
      ]
      console.error(event.jsonString + "\n")
    } else {
      console.error(text + "\n")
    }
  }

  // MARK: The project

  /// Whether `--profile` is one of AWS for this command, and not one of dbt.
  var namesAWSProfile: Bool {
    CommandTable.option(named: "profile", of: command)?.command != nil
  }

  /// Reads the project; warnings are printed.
  ///
  /// A command that `connects` needs a complete target.
  func loadProject(connects: Bool = true) throws -> Project {
    let vars = try readVars()
    let threads: Int? = try arguments.value("threads").map { text throws(Diagnostic) in
      guard let number = Int(text), (1...256).contains(number) else {
        throw Diagnostic(code: "usage", "--threads must be a number from 1 to 256, not \"\(text)\"")
      }
      return number
    }
    protectVariables(vars)
    var options = ProjectOptions(projectDirectory: absolute(arguments.value("project-dir") ?? "."))
    options.searchesUpwards = arguments.value("project-dir") == nil
    options.profilesDirectory = arguments.value("profiles-dir").map(absolute)
    options.target = arguments.value("target")
    options.profile = namesAWSProfile ? nil : arguments.value("profile")
    options.vars = vars
    options.targetPath = arguments.value("target-path")
    options.threads = threads
    options.environment = console.environment
    options.connects = connects
    options.homeDirectory = console.environment["HOME"]
    // These do without a connection.
    options.requiresProfile = console.speaksDbt && !["deps", "clean"].contains(command.name)
    if !arguments.ofDbt.contains("no-version-check") {
      options.checkedVersion = Invocation.dbtVersion
    }
    options.readsProjectFileOnly = command.name == "clean"
    let loaded = try ProjectLoader.load(options, into: buffers)
    console.protect(loaded.project.target.password)
    // Wrong options for warnings are told even where nothing warns.
    _ = try warningPolicy(loaded.project)
    try tell(loaded.diagnostics, in: loaded.project)
    try tellOfFormerOptions(loaded.project)
    return loaded.project
  }

  /// Reads the project and finds its nodes.
  func parseProject(_ project: Project) throws(DiagnosticList) -> ParsedProject {
    var invocation = invocation
    do throws(Diagnostic) {
      _ = try eventTimes
      invocation.sample = try sample
      switch try warningPolicy(project).treatment(of: "warned-by-template") {
      case .told: break
      case .error: invocation.templateWarnings = .raised
      case .silent: invocation.templateWarnings = .dropped
      }
    } catch {
      throw DiagnosticList([error])
    }
    let parser = ProjectParser(project: project, buffers: buffers, invocation: invocation)
    let parsed = try parser.parse()
    // Whatever prints SQL later must not print keys.
    protectSecretsInSQL()
    try tell(parsed.diagnostics, in: project)
    return parsed
  }

  var invocation: Invocation {
    Invocation(
      identifier: invocationID,
      startedAt: startedAt,
      command: command.name,
      isFullRefresh: arguments.has("full-refresh"),
      environment: console.environment,
      arguments: invocationArguments,
      version: Redstart.version
    )
  }

  /// Options as given, for artifacts; secrets in --vars are the user's own words.
  var invocationArguments: PlainDictionary {
    let program = console.speaksDbt ? "dbt" : "redstart"
    let line = ([program] + arguments.words).joined(separator: " ")
    var result: PlainDictionary = [
      "which": .string(command.name), "invocation_command": .string(line),
    ]
    for name in arguments.ofDbt.sorted() where DbtOptions.ignored[name] == false {
      let isNegated = name.hasPrefix("no-")
      result[underscored(isNegated ? String(name.dropFirst(3)) : name)] = .boolean(!isNegated)
    }
    for name in arguments.negated { result[underscored(name)] = false }
    for (name, value) in arguments.valuesOfDbt {
      result[underscored(name)] = Int(value).map { .integer($0) } ?? .string(value)
    }
    for name in arguments.switches.sorted() { result[underscored(name)] = true }
    for (name, values) in arguments.values.sorted(by: { $0.key < $1.key }) {
      result[underscored(name)] =
        Self.numericOptions.contains(name)
        ? values.last.flatMap { Int($0) }.map { .integer($0) } ?? .null
        : name == "vars" || name == "args"
          ? mapping(values)
          : name == "warn-error-options"
            ? warningOptions(values)
            : values.count == 1 ? .string(values[0]) : .list(values.map { .string($0) })
    }
    if command.name == "run-operation" {
      result["macro"] = arguments.positional.first.map(PlainValue.string)
    }
    return result
  }

  /// The mapping that an option was given, as dbt writes it; a broken one is refused elsewhere.
  private func mapping(_ values: [String]) -> PlainValue {
    let text = values.last ?? ""
    do throws(Diagnostic) {
      return try YAML.parseValue(text, name: "--vars", in: Buffers())
    } catch {
      return .string(text)
    }
  }

  /// The mapping itself, as dbt writes it; what cannot be read is refused elsewhere.
  private func warningOptions(_ values: [String]) -> PlainValue {
    do throws(Diagnostic) {
      return .dictionary(try givenWarningOptions ?? [:])
    } catch {
      return .string(values.last ?? "")
    }
  }

  private static let numericOptions: Set<String> = ["limit", "threads", "port"]

  private func underscored(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// Of these names they are secret wherever they come from, as in dbt.
  private func protectVariables(_ vars: PlainDictionary) {
    for (name, value) in vars.pairs where name.hasPrefix("DBT_ENV_SECRET") {
      console.protect(value.string ?? value.jsonString)
    }
  }

  func readVars() throws(Diagnostic) -> PlainDictionary {
    guard let text = arguments.value("vars") else { return PlainDictionary() }
    let value = try YAML.parseValue(text, name: "--vars", in: buffers)
    guard let dictionary = value.dictionary else {
      throw Diagnostic(
        code: "usage",
        "--vars must be a mapping, not \(value.typeWithArticle)",
        help: ["write --vars '{name: value}'"]
      )
    }
    return dictionary
  }

  func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(console.workingDirectory)/\(path)"
  }

  // MARK: Files

  /// Absolute path of a file below the target folder.
  func targetPath(_ project: Project, _ path: String) -> String {
    let folder = project.configuration.targetPath
    let base = folder.hasPrefix("/") ? folder : "\(project.root)/\(folder)"
    return "\(base)/\(path)"
  }

  /// Writes a file below the target folder, unless it holds the same already.
  func writeTarget(_ project: Project, _ path: String, _ bytes: [UInt8]) throws(Diagnostic) {
    if Self.optionalArtifacts.contains(path), !writesArtifacts(of: project) { return }
    protectSecretsInSQL()
    let bytes = console.redacted(bytes)
    let file = targetPath(project, path)
    if FileSystem.isFile(file) {
      if try FileSystem.read(file) == bytes { return }
    } else {
      let folder = FilePath.parent(of: file)
      if !FileSystem.isDirectory(folder) { try FileSystem.makeDirectories(folder) }
    }
    try FileSystem.write(bytes, to: file, isFlushed: false)
  }

  /// What `--no-write-json` leaves out.
  private static let optionalArtifacts: Set<String> = [
    "manifest.json", "run_results.json", "semantic_manifest.json",
  ]

  private func writesArtifacts(of project: Project) -> Bool {
    if arguments.ofDbt.contains("no-write-json") { return false }
    return arguments.ofDbt.contains("write-json")
      || project.configuration.flags["write_json"]?.flag != false
  }

  /// Keeps keys and passwords of a statement that was made while nodes run out of what is printed.
  func protectSecrets(in sql: String) {
    for finding in SQLSecrets.findings(in: Array(sql.utf8)) {
      finding.values.forEach(console.protect)
    }
  }

  /// Keeps keys and passwords that stand in SQL out of everything that is printed or written.
  func protectSecretsInSQL() {
    for index in console.textsToSearch(upTo: buffers.count) {
      let buffer = BufferID(index: index)
      let findings = SQLSecrets.findings(in: buffers.bytes(of: buffer))
      buffers.hide(findings.map(\.range), in: buffer)
      for finding in findings { finding.values.forEach(console.protect) }
    }
  }

  func writeManifest(
    _ project: Project,
    _ parsed: ParsedProject,
    _ compilation: Compilation?,
    _ lineage: ProjectLineage? = nil
  ) throws(Diagnostic) {
    let manifest = Manifest(
      parsed,
      compilation: compilation,
      lineage: lineage,
      buffers: buffers,
      generatedAt: Moment.now().iso8601
    )
    try writeTarget(project, "manifest.json", manifest.json())
    let semantics = SemanticManifest(parsed, entries: manifest)
    if semantics.isWanted { try writeTarget(project, "semantic_manifest.json", semantics.json()) }
  }

  /// Writes target/lineage.json.
  func writeLineage(_ project: Project, _ lineage: ProjectLineage?) throws(Diagnostic) {
    guard let lineage else { return }
    let artifact = LineageArtifact(lineage, projectName: project.name)
    try writeTarget(project, LineageArtifact.fileName, artifact.json())
  }

  /// Writes target/compiled of every node that was compiled.
  func writeCompiled(_ project: Project, _ compilation: Compilation) throws(Diagnostic) {
    let written = compilation.compiled.values.filter { $0.node.kind != .seed && $0.isReadable }
    // All secrets are known before the first file is written.
    protectSecretsInSQL()
    let failures = parallelMap(written) { compiled -> Diagnostic? in
      do throws(Diagnostic) {
        try writeTarget(project, compiled.node.compiledFilePath, buffers.bytes(of: compiled.sql))
        return nil
      } catch {
        return error
      }
    }
    if let failure = failures.compactMap(\.self).first { throw failure }
    for (id, sql) in compilation.operations.sorted(by: { $0.key < $1.key }) {
      let bytes = buffers.bytes(of: sql)
      // `operation.PACKAGE.NAME`; names of packages have no dots.
      let parts = id.split(separator: ".", maxSplits: 2).map(String.init)
      guard !bytes.isEmpty, parts.count == 3 else { continue }
      let file = project.package(named: parts[1])?.fileName ?? project.fileName
      try writeTarget(project, "compiled/\(parts[1])/\(file)/hooks/\(parts[2]).sql", bytes)
    }
  }

  /// A random UUID (RFC 9562, version 4).
  static func makeIdentifier() -> String {
    var generator = SystemRandomNumberGenerator()
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef")
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append("-") }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }
}
