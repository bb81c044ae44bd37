import Diagnostics
import ProjectModel

/// Which warnings are errors, and which are not told: `--warn-error` and `--warn-error-options`.
///
/// Named wins over `Deprecations`, and that over `all`; `silence` wins over `warn`, and that over
/// `error`. So it is in dbt.
struct WarningPolicy: Sendable {
  enum Treatment: Sendable {
    case told, error, silent
  }

  /// Where the options come from, as messages name it.
  enum Source {
    case commandLine
    case projectFile(String)
  }

  private var promotesAll = false
  private var errors: Set<String> = []
  private var warnings: Set<String> = []
  private var silenced: Set<String> = []
  /// Whether warnings that dbt does not have belong to `all`.
  private let countsOwn: Bool
  private let isRedshift: Bool

  /// Warnings stay warnings.
  init(countsOwn: Bool, isRedshift: Bool) {
    self.countsOwn = countsOwn
    self.isRedshift = isRedshift
  }

  /// Whether options reach every warning, which they do not where the program is called dbt and the
  /// project does not set `require_all_warnings_handled_by_warn_error`.
  var handlesAll = true

  /// `--warn-error`.
  mutating func promoteAll() { promotesAll = true }

  /// Reads `error`, `warn` and `silence`, by dbt's names of events or by codes.
  ///
  /// - Parameters:
  ///   - options: the mapping.
  ///   - source: where it stands.
  /// - Throws: what is wrong with it.
  mutating func read(_ options: PlainDictionary, from source: Source) throws(Diagnostic) {
    let keys = [("error", "include"), ("warn", "exclude"), ("silence", "silence")]
    let known = keys.flatMap { [$0.0, $0.1] }
    for key in options.keys where !known.contains(key) {
      throw .warningOptions(
        "there is no \"\(key)\"",
        source,
        help: Suggestion.sentence(for: key, among: known) ?? "there are error, warn and silence"
      )
    }
    var lists: [[String]] = []
    for (key, former) in keys {
      let given = options[key] ?? .null
      let older = key == former ? .null : options[former] ?? .null
      if !Self.isEmpty(given), !Self.isEmpty(older) {
        throw .warningOptions(
          "Only `\(former)` or `\(key)` can be specified: the former is the older name of the latter",
          source,
          help: "keep \"\(key)\""
        )
      }
      lists.append(try names(Self.isEmpty(given) ? older : given, key, source))
    }
    errors = Set(lists[0])
    warnings = Set(lists[1])
    silenced = Set(lists[2])
    let hasGroup = errors.union(silenced).contains(DbtEvents.deprecations)
    guard warnings.isEmpty || promotesAll || hasGroup else {
      throw .warningOptions(
        "\"warn\" takes nothing away from a list",
        source,
        help: "write error: all beside it"
      )
    }
  }

  private static func isEmpty(_ value: PlainValue) -> Bool {
    value.isNull || value.list?.isEmpty == true
  }

  private mutating func names(
    _ value: PlainValue,
    _ key: String,
    _ source: Source
  ) throws(Diagnostic) -> [String] {
    if value.isNull { return [] }
    if key == "error", let word = value.string, ["all", "*"].contains(word) {
      promotesAll = true
      return []
    }
    let names = value.list?.compactMap(\.string) ?? []
    guard let list = value.list, names.count == list.count else {
      let choice = key == "error" ? "all, or a list of names" : "a list of names"
      throw .warningOptions("\"\(key)\" must be \(choice), not \(value.jsonString)", source)
    }
    let codes = Set(Explanation.all.map(\.code))
    for name in names where !DbtEvents.all.contains(name) && !codes.contains(name) {
      throw .warningOptions(
        "\"\(name)\" in \"\(key)\" is no name of a warning",
        source,
        help: Suggestion.sentence(for: name, among: DbtEvents.all.union(codes))
          ?? "names are those of dbt's events, or codes, which `redstart explain` lists"
      )
    }
    return names
  }

  // MARK: Use

  /// What is noted at a warning that has become an error.
  static let promotion = "a warning, which --warn-error makes an error"

  /// What becomes of a warning.
  func treatment(of code: String) -> Treatment {
    let events = DbtEvents.names(of: code, isRedshift: isRedshift)
    // As in dbt, options for warnings do not reach these unless a flag says so.
    if !handlesAll, events.contains(where: DbtEvents.isUnhandled) { return .told }
    let names = events + [code]
    if names.contains(where: silenced.contains) { return .silent }
    if names.contains(where: warnings.contains) { return .told }
    if names.contains(where: errors.contains) { return .error }
    let belongsToGroup = !events.isEmpty && events.allSatisfy(DbtEvents.isDeprecation)
    if belongsToGroup {
      if silenced.contains(DbtEvents.deprecations) { return .silent }
      if warnings.contains(DbtEvents.deprecations) { return .told }
      if errors.contains(DbtEvents.deprecations) { return .error }
    }
    return promotesAll && (countsOwn || !events.isEmpty) ? .error : .told
  }

  /// Diagnostics as they are to be told: warnings that are errors as such, and without those that
  /// nobody wants to hear of.
  func applied(to diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.compactMap { diagnostic in
      guard diagnostic.severity == .warning else { return diagnostic }
      switch treatment(of: diagnostic.code) {
      case .told: return diagnostic
      case .silent: return nil
      case .error:
        var error = diagnostic
        error.severity = .error
        error.notes.append(Self.promotion)
        return error
      }
    }
  }
}

extension CommandSession {
  /// What the command line, the environment and `flags:` of the project file say of warnings.
  ///
  /// - Parameter project: the project, where it has been read.
  /// - Returns: what becomes of warnings.
  /// - Throws: `usage` and `invalid-value`.
  func warningPolicy(_ project: Project?) throws(Diagnostic) -> WarningPolicy {
    var policy = WarningPolicy(
      countsOwn: !console.speaksDbt,
      isRedshift: project?.target.speaksPostgres == false
    )
    let flags = project?.configuration.flags ?? [:]
    policy.handlesAll =
      !console.speaksDbt || flags["require_all_warnings_handled_by_warn_error"]?.flag == true
    let isOn =
      !arguments.has("no-warn-error")
      && (arguments.has("warn-error") || flags["warn_error"]?.flag == true)
    let options = try givenWarningOptions
    let ofProject = flags["warn_error_options"]
    if isOn, options != nil || ofProject.map({ !$0.isNull }) == true {
      throw Diagnostic(
        code: "usage",
        "--warn-error and --warn-error-options exclude each other",
        notes: ["both count wherever they stand: here, in the environment, or in `flags:`"],
        help: ["write --warn-error-options '{error: all}' for both"]
      )
    }
    if isOn { policy.promoteAll() }
    if let options {
      try policy.read(options, from: .commandLine)
    } else if let project, let ofProject, !ofProject.isNull {
      guard let options = ofProject.dictionary else {
        throw .warningOptions(
          "it must be a mapping, not \(ofProject.typeWithArticle)",
          .projectFile(project.fileName)
        )
      }
      try policy.read(options, from: .projectFile(project.fileName))
    }
    return policy
  }

  /// `--warn-error-options`, where it is given.
  var givenWarningOptions: PlainDictionary? {
    get throws(Diagnostic) {
      guard let text = arguments.value("warn-error-options") else { return nil }
      let value = try YAML.parseValue(text, name: "--warn-error-options", in: buffers)
      if value.isNull { return nil }
      guard let options = value.dictionary else {
        throw .warningOptions("it must be a mapping, not \(value.typeWithArticle)", .commandLine)
      }
      return options.isEmpty ? nil : options
    }
  }

  /// Tells of problems, as the options for warnings have it.
  ///
  /// - Parameters:
  ///   - diagnostics: what was found.
  ///   - project: the project, where it has been read.
  /// - Throws: warnings that are errors, and what is wrong with the options.
  func tell(_ diagnostics: [Diagnostic], in project: Project?) throws(DiagnosticList) {
    guard !diagnostics.isEmpty else { return }
    let policy: WarningPolicy
    do throws(Diagnostic) {
      policy = try warningPolicy(project)
    } catch {
      throw DiagnosticList([error])
    }
    let settled = policy.applied(to: diagnostics)
    if settled.contains(where: \.isError) {
      throw DiagnosticList(settled.filter { !isQuiet || $0.isError })
    }
    let told = withoutRepeated(settled)
    // The file has them all the same.
    if !isQuiet || dbtLog != nil { report(told) }
  }
}

extension Diagnostic {
  fileprivate static func warningOptions(
    _ problem: String,
    _ source: WarningPolicy.Source,
    help: String? = nil
  ) -> Diagnostic {
    switch source {
    case .commandLine:
      Diagnostic(
        code: "usage",
        "--warn-error-options: \(problem)",
        help: [help ?? "write --warn-error-options '{error: all, warn: [NothingToDo]}'"]
      )
    case .projectFile(let file):
      Diagnostic(
        code: "invalid-value",
        "\"warn_error_options\" of \"flags\": \(problem)",
        file: file,
        help: [help].compactMap { $0 }
      )
    }
  }
}
