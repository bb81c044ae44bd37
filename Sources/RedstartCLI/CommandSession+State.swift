import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// The earlier run that `--state` names, if it does.
  func previousState(_ project: Project) throws -> PreviousState? {
    try arguments.value("state").map { folder in
      let state = try state(in: folder, project)
      let path = folder.hasPrefix("/") ? folder : FilePath.joining(project.root, folder)
      let target = FilePath.normalized(targetPath(project, ""))
      if FilePath.normalized(path) == target { try warnOfTarget(folder, project) }
      return state
    }
  }

  /// A command that compares with its own target folder writes over what it compares with.
  private func warnOfTarget(_ folder: String, _ project: Project) throws {
    let message =
      "The state and target directories are the same: '\(folder)'. This could lead to missing "
      + "changes due to overwritten state including non-idempotent retries."
    let warning = Diagnostic(
      .warning,
      code: "same-state",
      message,
      help: ["copy the folder, and name the copy"]
    )
    switch try warningPolicy(project).treatment(of: warning.code) {
    case .silent: return
    case .error: return try tell([warning], in: project)
    case .told: break
    }
    guard let dbtLog else { return try tell([warning], in: project) }
    dbtLog.fire("WarnStateTargetEqual", "I072", "Warning: \(message)", level: .warn)
  }

  /// The artifacts of a folder; a path that is not absolute counts from the project, as in dbt.
  private func state(in folder: String, _ project: Project) throws(Diagnostic) -> PreviousState {
    let path = folder.hasPrefix("/") ? folder : FilePath.joining(project.root, folder)
    return try PreviousState(
      folder: FilePath.normalized(path),
      shown: folder,
      target: targetPath(project, "")
    )
  }

  /// The manifest that `--defer` reads from.
  func deferredManifest(
    _ project: Project,
    for purpose: String
  ) throws(Diagnostic) -> PlainDictionary {
    guard let folder = arguments.value("defer-state") ?? arguments.value("state") else {
      var problem = Diagnostic.stateNotNamed(purpose)
      if console.speaksDbt {
        problem.message =
          "--state or --defer-state are required for deferral, but neither was provided"
      }
      throw problem
    }
    return try state(in: folder, project).requiredManifest(for: purpose)
  }

  /// The project with its references deferred, if `--defer` says so.
  ///
  /// - Parameters:
  ///   - parsed: the project.
  ///   - selected: what the command works on.
  ///   - builds: whether it makes relations.
  /// - Returns: the project, whose references may mean the earlier run's relations.
  /// - Throws: `state-not-found` and its kin.
  func deferring(
    _ parsed: ParsedProject,
    selected: Set<String>,
    builds: Bool
  ) throws(Diagnostic) -> ParsedProject {
    guard arguments.isOn("defer") else { return parsed }
    var deferring = parsed
    deferring.defer(
      to: Deferral(
        to: try deferredManifest(parsed.project, for: "--defer"),
        graph: parsed.graph,
        favorsState: arguments.isOn("favor-state"),
        selected: selected,
        builds: builds
      )
    )
    return deferring
  }

  /// The nodes that --select and --exclude, or a selector, choose, of the given kinds.
  func selectNodes(
    in parsed: ParsedProject,
    kinds: Set<Node.Kind>,
    indirect: IndirectSelection = .eager
  ) throws -> Set<String> {
    let project = parsed.project
    let history = try previousState(project).map {
      StateComparison(parsed, previous: $0, buffers: buffers)
    }
    let mode =
      (arguments.value("indirect-selection")
      ?? project.configuration.flags["indirect_selection"]?.string)
      .flatMap(IndirectSelection.init(rawValue:))
    let kinds = chosenKinds(among: kinds)
    let selection: Selection
    if let selector = try selector(project) {
      selection = Selection(
        selector: selector,
        resourceTypes: kinds,
        indirect: mode ?? indirect,
        projectName: project.name,
        history: history
      )
    } else {
      selection = Selection(
        select: arguments.list("select"),
        exclude: arguments.list("exclude"),
        resourceTypes: kinds,
        indirect: mode ?? indirect,
        projectName: project.name,
        history: history
      )
    }
    let result = try selection.resolve(in: parsed.graph)
    if let dbtLog {
      let policy = try warningPolicy(project)
      let warnings = policy.applied(to: result.warnings.map(DbtLog.worded))
      if warnings.contains(where: \.isError) { throw DiagnosticList(warnings) }
      dbtLog.report(unmatched: warnings, from: buffers, style: style)
    } else {
      try tell(result.warnings, in: project)
    }
    return result.nodes
  }

  /// The kinds that `--resource-type` and `--exclude-resource-type` leave.
  private func chosenKinds(among kinds: Set<Node.Kind>) -> Set<Node.Kind> {
    var chosen = kinds
    // As in dbt, where --models of a list is a choice of kinds, too.
    if console.speaksDbt, command.name == "ls", arguments.usesFormerSelect { chosen = [.model] }
    let types = arguments.list("resource-type")
    if types.contains("all") {
      if command.name == "ls" { chosen.formUnion([.analysis]) }
    } else if !types.isEmpty, types != ["default"] {
      chosen = Set(types.compactMap(Node.Kind.init(rawValue:)))
      // `test --resource-type model` tests nothing, and builds nothing.
      if ["test", "build", "clone"].contains(command.name) { chosen.formIntersection(kinds) }
      if types.contains("default") { chosen.formUnion(kinds) }
    }
    chosen.subtract(
      arguments.list("exclude-resource-type").compactMap(Node.Kind.init(rawValue:))
    )
    return chosen
  }

  /// The selector that is named, or the default one where nothing is said.
  private func selector(_ project: Project) throws(Diagnostic) -> NamedSelector? {
    if let name = arguments.value("selector") {
      guard let found = project.selectors.first(where: { $0.name == name }) else {
        throw .unknownSelector(name, known: project.selectors.map(\.name))
      }
      return found
    }
    guard arguments.list("select").isEmpty, arguments.list("exclude").isEmpty,
      command.options.contains("selector")
    else { return nil }
    let chosen = project.selectors.first(where: \.isDefault)
    if let chosen { note("using the default selector \(chosen.name)") }
    return chosen
  }
}
