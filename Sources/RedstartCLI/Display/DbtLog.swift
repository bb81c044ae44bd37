import Diagnostics
import Execution
import Glibc
import ProjectCompiler
import ProjectModel

/// The log as dbt writes it: lines with the time, or JSON objects with dbt's names of events.
///
/// Programs that run dbt read this; the names and the fields of `info` are theirs to rely on.
struct DbtLog: Sendable {
  enum Level: String, Comparable {
    case debug, info, warn, error, none

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warn: 2
      case .error: 3
      case .none: 4
      }
    }

    static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
  }

  let console: Console
  let isJSON: Bool
  let threshold: Level
  let invocationID: String
  /// What is written besides.
  let file: DbtLogFile?

  /// Events that are what a command was called for.
  private static let printed: Set<String> = ["ShowNode", "CompiledNode", "PrintEvent"]

  /// Whether what belongs to events is written anywhere.
  var keepsData: Bool { isJSON || file?.format == .json }

  /// Writes an event, if it is important enough.
  ///
  /// - Parameters:
  ///   - name: dbt's name of the event.
  ///   - code: dbt's code of it.
  ///   - message: what people read.
  ///   - level: how important it is.
  ///   - data: what belongs to the event.
  ///   - said: what programs read, where it is not what people read.
  ///   - thread: who worked.
  func fire(
    _ name: String,
    _ code: String,
    _ message: String,
    level: Level = .info,
    data: PlainDictionary = PlainDictionary(),
    said: String? = nil,
    thread: String = "MainThread"
  ) {
    let isTold = level >= threshold
    let isKept = file.map { level >= $0.threshold } ?? false
    guard isTold || isKept else { return }
    let now = Moment.now()
    if isTold, !isJSON {
      // What a command was called for stands alone: scripts read it.
      let clock = Self.printed.contains(name) ? "" : now.iso8601.dropFirst(11).prefix(8) + "  "
      let isEnded = message.hasSuffix("\n")
      console.output("\(clock)\(message)\(isEnded && !message.isEmpty ? "" : "\n")")
    }
    if isKept, let file, file.format != .json {
      file.write(message, level: level, thread: thread, at: now, to: console)
    }
    let isKeptAsJSON = isKept && file?.format == .json
    guard isTold && isJSON || isKeptAsJSON else { return }
    var data = data
    if data["msg"] == nil, data.isEmpty { data["msg"] = .string(message) }
    let event: PlainValue = [
      "data": .dictionary(data),
      "info": [
        "category": "", "code": .string(code),
        "extra": .dictionary(Invocation.metadata(of: console.environment)),
        "invocation_id": .string(invocationID), "level": .string(level.rawValue),
        "msg": .string(said ?? message), "name": .string(name), "pid": .integer(Int(getpid())),
        "thread": .string(thread), "ts": .string(now.iso8601),
      ],
    ]
    let line = event.jsonString + "\n"
    if isTold, isJSON { console.output(line) }
    if isKeptAsJSON { file?.write(line: line, at: now, to: console) }
  }

  /// An empty line.
  func space() { fire("Formatting", "Z017", "") }

  /// A warning of a criterion that matches nothing, in dbt's words.
  static func worded(_ warning: Diagnostic) -> Diagnostic {
    guard let criterion = criterion(of: warning) else { return warning }
    var worded = warning
    worded.message = "The selection criterion '\(criterion)' does not match any enabled nodes"
    return worded
  }

  /// The criterion that a warning of a selection quotes.
  private static func criterion(of warning: Diagnostic) -> String? {
    guard warning.code == "nothing-selected" else { return nil }
    for mark in ["\"", "'"] as [Character] {
      let parts = warning.message.split(separator: mark, omittingEmptySubsequences: false)
      if parts.count == 3 { return String(parts[1]) }
    }
    return nil
  }

  /// The unique_id that a warning of a name quotes.
  private static func quotedName(in warning: Diagnostic) -> String? {
    let parts = warning.message.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[1]) : nil
  }

  /// Warnings about a selection; of criteria that match nothing, in dbt's words.
  func report(unmatched warnings: [Diagnostic], from buffers: Buffers, style: TextStyle) {
    for warning in warnings {
      guard let criterion = Self.criterion(of: warning) else {
        report([warning], from: buffers, style: style)
        continue
      }
      fire(
        "NoNodesForSelectionCriteria",
        "M030",
        Self.worded(warning).message,
        level: .warn,
        data: ["spec_raw": .string(criterion)]
      )
    }
  }

  /// Errors and warnings that belong to no node.
  func report(_ diagnostics: [Diagnostic], from buffers: Buffers, style: TextStyle) {
    for original in diagnostics {
      let diagnostic = DbtSentences.adding(to: original, from: buffers)
      let text = DiagnosticFormat.full.render([diagnostic], from: buffers, style: style)
      switch diagnostic.severity {
      case .error:
        if diagnostic.code == "semantic-layer" {
          let words = diagnostic.message
          fire(
            "SemanticValidationFailure",
            "I070",
            words,
            level: .warn,
            data: ["msg": .string(words)]
          )
        }
        fire(
          "MainEncounteredError",
          "Z002",
          "Encountered an error:\n\(DbtWords.kind(of: diagnostic)) Error\n\(text)",
          level: .error,
          data: ["exc": .string(diagnostic.message)]
        )
      case .warning:
        var event = DbtEventRecord(original)
        event.data["msg"] = .string(diagnostic.message)
        if diagnostic.code == "name-with-spaces", let place = Self.quotedName(in: diagnostic) {
          fire(
            "SpacesInResourceNameDeprecation",
            "D014",
            "Found spaces in the name of `\(place)`",
            level: .warn,
            data: ["unique_id": .string(place), "level": "warn"]
          )
        }
        guard event.isDeprecation else {
          event.data["diagnostic"] = .string(diagnostic.code)
          // Programs look for dbt's words at the beginning.
          let said = text.firstRange(of: diagnostic.message)
            .map { String(text[$0.lowerBound...]) }
          fire(event.name, event.code, text, level: .warn, data: event.data, said: said)
          continue
        }
        let head = "[WARNING][\(event.name)]: Deprecated functionality\n"
        fire(event.name, event.code, head + text, level: .warn, data: event.data)
      case .note:
        fire("Note", "Z050", text, level: .debug)
      }
    }
  }
}

extension CommandSession {
  /// Where the program is called `dbt`, its log.
  var dbtLog: DbtLog? {
    guard console.speaksDbt else { return nil }
    let level: DbtLog.Level =
      arguments.has("quiet")
      ? .error
      : isDebug ? .debug : arguments.value("log-level").flatMap(DbtLog.Level.init) ?? .info
    return DbtLog(
      console: console,
      isJSON: logsJSON,
      threshold: level,
      invocationID: invocationID,
      file: logFile
    )
  }

  /// Says that a selection is empty.
  ///
  /// - Parameter project: what `flags:` may make an error of it.
  /// - Throws: the same as an error, where warnings are errors.
  func noteNothingToDo(in project: Project) throws {
    let words = "Nothing to do. Try checking your model configs and model specification args"
    guard try isToldOfNothing("nothing-to-do", words, in: project) else { return }
    guard let dbtLog else { return note("nothing selected") }
    dbtLog.fire("NothingToDo", "Q035", words)
  }

  /// The same of a list.
  func noteNothingListed(in project: Project) throws {
    let words = "No nodes selected!"
    guard try isToldOfNothing("nothing-listed", words, in: project) else { return }
    guard let dbtLog else { return note("nothing selected") }
    dbtLog.fire("NoNodesSelected", "Q038", words, level: .warn)
  }

  private func isToldOfNothing(
    _ event: String,
    _ words: String,
    in project: Project
  ) throws -> Bool {
    switch try warningPolicy(project).treatment(of: event) {
    case .told: return true
    case .silent: return false
    case .error:
      throw Diagnostic(
        code: "nothing-selected",
        console.speaksDbt ? words : "nothing is selected",
        notes: ["--warn-error makes an error of it"]
      )
    }
  }

  /// What dbt says first.
  func greet() {
    dbtLog?.fire(
      "MainReportVersion",
      "A001",
      "Running with dbt=\(Invocation.dbtVersion) (redstart \(Redstart.version))",
      data: ["version": .string("=\(Invocation.dbtVersion)"), "log_version": 3]
    )
    // What people hand over may be secret.
    let handedOver: Set<String> = ["vars", "args", "invocation_command"]
    let given = invocationArguments.pairs.filter { !handedOver.contains($0.key) }
    let words = given.map { "'\($0.key)': '\($0.value.string ?? $0.value.jsonString)'" }
    dbtLog?.fire(
      "MainReportArgs",
      "A002",
      "running dbt with arguments {\(words.joined(separator: ", "))}",
      level: .debug
    )
  }

  /// What dbt says last.
  func bidFarewell(_ code: ExitCode) {
    guard let dbtLog, logFile != nil || isDebug else { return }
    let name = ["dbt", command.name, arguments.subcommand].compactMap { $0 }.joined(separator: " ")
    let now = Moment.now()
    let took = now.seconds(since: began)
    dbtLog.fire(
      "CommandCompleted",
      "Q039",
      "Command `\(name)` \(code == .success ? "succeeded" : "failed") at "
        + "\(now.iso8601.dropFirst(11).prefix(15)) after \(Int(took)).\(Int(took * 100) % 100 / 10)"
        + "\(Int(took * 100) % 10) seconds",
      level: .debug,
      data: [
        "command": .string(name), "success": .boolean(code == .success),
        "completed_at": .string(now.iso8601), "elapsed": .double(took),
      ]
    )
  }

  /// What dbt says of the project.
  func greet(_ parsed: ParsedProject) {
    guard let dbtLog else { return }
    let adapter = parsed.project.target.speaksPostgres ? "postgres" : "redshift"
    dbtLog.fire(
      "AdapterRegistered",
      "E034",
      "Registered adapter: \(adapter)=\(Redstart.version)",
      data: ["adapter_name": .string(adapter), "adapter_version": .string("=\(Redstart.version)")]
    )
    let found = parsed.dbtSummary
    dbtLog.fire("FoundStats", "W006", "Found \(found)", data: ["stat_line": .string(found)])
  }
}
