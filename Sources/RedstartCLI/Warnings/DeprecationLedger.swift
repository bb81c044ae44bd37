import Diagnostics
import ProjectCompiler
import ProjectModel
import Synchronization

/// The deprecations that a command meets: of each kind the first is told, and in the end how many
/// there were.
final class DeprecationLedger: Sendable {
  private let counts = Mutex<[(name: String, count: Int)]>([])

  /// Counts a deprecation, and says whether it is the first of its kind.
  func note(_ name: String) -> Bool {
    counts.withLock { counts in
      if let index = counts.firstIndex(where: { $0.name == name }) {
        counts[index].count += 1
        return false
      }
      counts.append((name, 1))
      return true
    }
  }

  var all: [(name: String, count: Int)] { counts.withLock { $0 } }
}

extension CommandSession {
  private var showsAllDeprecations: Bool { arguments.ofDbt.contains("show-all-deprecations") }

  /// Leaves out deprecations of which one of the same kind was told.
  ///
  /// Called redstart, what dbt has no other word for is counted alone: a misspelt key is no
  /// deprecation here.
  func withoutRepeated(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.filter { diagnostic in
      guard diagnostic.severity == .warning,
        let event = DbtEvents.deprecation(of: diagnostic),
        console.speaksDbt || !DbtEvents.isOwnFinding(diagnostic.code)
      else { return true }
      return deprecations.note(event.name) || showsAllDeprecations
    }
  }

  /// How many deprecations there were, when the command is done.
  func summarizeDeprecations() {
    let all = deprecations.all
    let hidden = all.reduce(0) { $0 + $1.count - 1 }
    guard !all.isEmpty, !isQuiet || logFile != nil else { return }
    guard let dbtLog else {
      if hidden > 0, !showsAllDeprecations {
        console.error(
          "\(hidden) more warning\(hidden == 1 ? "" : "s") of the kinds above; "
            + "--show-all-deprecations tells them all\n"
        )
      }
      return
    }
    var text = "[WARNING][DeprecationsSummary]: Deprecated functionality\n"
    text += "Summary of encountered deprecations:"
    for (name, count) in all {
      text += "\n\n- \(name): \(count) occurrence\(count == 1 ? "" : "s")"
    }
    if !showsAllDeprecations {
      text +=
        "\n\nTo see all deprecation instances instead of just the first occurrence of each, run "
        + "command again with the `--show-all-deprecations` flag."
    }
    dbtLog.fire(
      "DeprecationsSummary",
      "D028",
      text,
      level: .warn,
      data: [
        "show_all_hint": .boolean(!showsAllDeprecations),
        "summaries": .list(
          all.map { name, count in
            [
              "event_name": .string(name), "occurrences": .integer(count),
              "event_code": .optional(DbtEvents.code(ofDeprecation: name)),
            ]
          }
        ),
      ]
    )
  }

  /// Variables that dbt calls otherwise by now.
  private static let formerVariables = [
    ("DEFER_TO_STATE", "DEFER"), ("FAVOR_STATE_MODE", "FAVOR_STATE"), ("NO_PRINT", "PRINT"),
    ("ARTIFACT_STATE_PATH", "STATE"),
  ]

  /// Deprecations of the command line and the environment.
  ///
  /// - Throws: those that are errors.
  func tellOfFormerOptions(_ project: Project) throws {
    var found: [Diagnostic] = []
    if arguments.usesFormerSelect { found.append(.formerSelectOption) }
    let known = Set(DbtOptions.variables)
    for name in console.environment.keys.sorted()
    where name.hasPrefix("DBT_ENGINE_") && !known.contains(String(name.dropFirst(11))) {
      found.append(.unknownEngineVariable(name))
    }
    for (former, name) in Self.formerVariables {
      for variable in ["DBT_\(former)", "DBT_ENGINE_\(former)"]
      where console.environment[variable] != nil {
        found.append(.formerVariable(variable, now: "DBT_ENGINE_\(name)"))
        break
      }
    }
    if command.name == "source", arguments.value("output") != nil {
      found.append(.freshnessOutput)
    }
    let options = [
      try givenWarningOptions, project.configuration.flags["warn_error_options"]?.dictionary,
    ]
    let keys = options.compactMap { $0 }.flatMap(\.keys).filter {
      ["include", "exclude"].contains($0)
    }
    if !keys.isEmpty { found.append(.formerWarningOptions(keys)) }
    let targets = project.configuration.cleanTargets
    if command.name == "clean", targets.contains("dbt_modules"), !targets.contains("dbt_packages") {
      found.append(.formerCleanTarget)
    }
    try tell(found, in: project)
  }
}

extension Diagnostic {
  fileprivate static let formerSelectOption = Diagnostic(
    .warning,
    code: "former-select-option",
    "--models, --model and -m are former names of --select",
    help: ["write --select or -s"]
  )

  fileprivate static let freshnessOutput = Diagnostic(
    .warning,
    code: "freshness-output",
    "--output of `source freshness` is going away in dbt",
    help: ["name a folder for all artifacts with --target-path"]
  )

  static let freshnessWithoutHooks = Diagnostic(
    .warning,
    code: "freshness-without-hooks",
    "`source freshness` leaves out the hooks of the project, as a flag of it has it",
    help: ["set the flag `source_freshness_run_project_hooks`, or take it out"]
  )

  fileprivate static let formerCleanTarget = Diagnostic(
    .warning,
    code: "former-clean-target",
    "clean-targets names dbt_modules, where packages are no longer",
    help: ["name dbt_packages"]
  )

  fileprivate static func formerVariable(_ name: String, now: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "former-variable",
      "The environment variable `\(name)` has been renamed as `\(now)`",
      help: ["set \(now)"]
    )
  }

  fileprivate static func unknownEngineVariable(_ name: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "unknown-engine-variable",
      "\(name) is set, which means nothing: names that begin with DBT_ENGINE_ are dbt's own",
      help: ["give a variable of your own another name"]
    )
  }
}
