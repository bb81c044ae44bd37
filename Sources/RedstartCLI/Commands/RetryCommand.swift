import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel

/// What `retry` knows of the run that it does again.
struct RetriedRun: Sendable {
  /// When it began: batches up to "now" are those up to then.
  var startedAt: EventTime?
  /// Batches of models of which some went well.
  var batches: [String: BatchResults] = [:]

  init(_ artifact: PlainDictionary) {
    let metadata = artifact["metadata"]?.dictionary
    startedAt = (metadata?["invocation_started_at"]?.string ?? metadata?["generated_at"]?.string)
      .flatMap(EventTime.init)
    for result in artifact["results"]?.list?.compactMap(\.dictionary) ?? [] {
      guard let id = result["unique_id"]?.string,
        let batches = result["batch_results"]?.dictionary
      else { continue }
      let results = BatchResults(
        successful: Self.windows(batches["successful"]),
        failed: Self.windows(batches["failed"])
      )
      // Where none went well, there may be no table: all is done again.
      guard !results.successful.isEmpty, !results.failed.isEmpty else { continue }
      self.batches[id] = results
    }
  }

  private static func windows(_ value: PlainValue?) -> [EventTimeWindow] {
    (value?.list ?? []).compactMap { pair in
      guard let times = pair.list, times.count == 2,
        let start = times[0].string.flatMap(EventTime.init),
        let end = times[1].string.flatMap(EventTime.init)
      else { return nil }
      return EventTimeWindow(start: start, end: end)
    }
  }
}

extension CommandSession {
  /// `redstart retry`.
  func retry() async throws -> ExitCode {
    let project = try loadProject()
    let path = try retriedResults(project)
    guard FileSystem.isFile(path) else {
      throw Diagnostic(
        code: "nothing-to-retry",
        "Could not find previous run in '\(retriedFolder(project))' target directory",
        notes: ["there is no \(path)"],
        help: ["run something first: redstart build"]
      )
    }
    let bytes = try FileSystem.read(path)
    let artifact: PlainDictionary
    do throws(PlainValue.JSONProblem) {
      artifact = try PlainValue(json: bytes).dictionary ?? PlainDictionary()
    } catch {
      throw Diagnostic(code: "nothing-to-retry", "\(path) is no JSON")
    }
    let given = artifact["args"]?.dictionary ?? PlainDictionary()
    let name = given["which"]?.string ?? "build"
    for key in ["vars", "args"]
    where arguments.value(key) == nil && given[key]?.jsonString.contains(Console.mask) == true {
      throw Diagnostic(
        code: "nothing-to-retry",
        "the `--\(key)` of the last command held secrets, which are not written down",
        help: ["give them again: --\(key) '{…}'"]
      )
    }
    if name == "run-operation" { return try await retryOperation(artifact) }
    guard ["run", "seed", "test", "build", "snapshot", "clone"].contains(name),
      let command = CommandTable.command(named: name)
    else {
      throw Diagnostic(
        code: "nothing-to-retry",
        "the last command was `\(name)`, which cannot be done again for a part"
      )
    }
    let ids = (artifact["results"]?.list ?? []).compactMap { result -> String? in
      let status = result.dictionary?["status"]?.string ?? ""
      let isWarning = status == "warn" && arguments.has("warn-error")
      guard isWarning || Self.undone.contains(status) else { return nil }
      return result.dictionary?["unique_id"]?.string
    }
    guard !ids.isEmpty else {
      note("nothing to do: everything succeeded")
      return .success
    }
    let session = CommandSession(
      arguments: arguments.completed(from: given, for: command),
      command: command,
      console: console,
      buffers: buffers,
      retry: RetriedRun(artifact),
      invocationID: invocationID,
      logFile: logFile
    )
    let retried =
      session.arguments.forProject == arguments.forProject ? project : try session.loadProject()
    if name == "clone" { return try await session.clone(only: Set(ids), in: retried) }
    return try await session.execute(only: Set(ids), in: retried)
  }

  /// What nodes come to that are done again.
  private static let undone: Set<String> = [
    "error", "fail", "skipped", "runtime error", "partial success",
  ]

  /// What was not done in the last run must still be there: nothing is guessed of what is gone.
  func requireKnown(_ ids: Set<String>, in parsed: ParsedProject) throws(Diagnostic) {
    let gone = ids.sorted().first {
      parsed.graph.nodes[$0] == nil && !$0.hasPrefix("operation.")
    }
    guard let gone else { return }
    let kind = gone.split(separator: ".").first.map(String.init) ?? "node"
    throw Diagnostic(
      code: "nothing-to-retry",
      "Couldn't find \(kind) '\(gone)'",
      notes: ["it was not done in the last run, and is not in the project any more"],
      help: ["run what is left by name, or all of it: redstart build"]
    )
  }

  /// Runs the macro of the last command again, if it failed.
  private func retryOperation(_ artifact: PlainDictionary) async throws -> ExitCode {
    let results = (artifact["results"]?.list ?? []).compactMap(\.dictionary)
    guard results.contains(where: { $0["status"]?.string != "success" }) else {
      note("nothing to do: everything succeeded")
      return .success
    }
    let given = artifact["args"]?.dictionary ?? PlainDictionary()
    guard let macro = given["macro"]?.string,
      let command = CommandTable.command(named: "run-operation")
    else {
      throw Diagnostic(code: "nothing-to-retry", "the last command does not say which macro it ran")
    }
    var arguments = arguments.completed(from: given, for: command)
    arguments.positional = [macro]
    if let values = given["args"], arguments.values["args"] == nil {
      arguments.values["args"] = [values.string ?? values.jsonString]
    }
    return try await CommandSession(
      arguments: arguments,
      command: command,
      console: console,
      buffers: buffers,
      invocationID: invocationID,
      logFile: logFile
    ).runOperation()
  }

  /// The folder in which the results of the run to do again are looked for, as it was given.
  private func retriedFolder(_ project: Project) -> String {
    arguments.value("state") ?? project.configuration.targetPath
  }

  /// The results of the run to do again: those of `--state`, or of the target folder.
  private func retriedResults(_ project: Project) throws(Diagnostic) -> String {
    guard let folder = arguments.value("state") else {
      return targetPath(project, "run_results.json")
    }
    let path = folder.hasPrefix("/") ? folder : FilePath.joining(project.root, folder)
    return FilePath.joining(path, "run_results.json")
  }
}

extension Arguments {
  /// Options that shape what a run does, which doing it again takes over.
  private static let repeated: [(option: String, isSwitch: Bool)] = [
    ("full-refresh", true), ("empty", true), ("store-failures", true), ("defer", true),
    ("favor-state", true), ("state", false), ("defer-state", false), ("sample", false),
    ("event-time-start", false), ("event-time-end", false), ("vars", false),
    ("warn-error-options", false), ("fail-fast", true), ("threads", false), ("target", false),
    ("profile", false),
  ]

  /// Of these, those that make another project of what was read.
  var forProject: [[String]] {
    ["vars", "threads", "target", "profile"].map { values[$0] ?? [] }
  }

  /// Takes over what an earlier run was told.
  ///
  /// - Parameters:
  ///   - earlier: `args` of its artifact.
  ///   - command: the command that is done again.
  /// - Returns: the arguments of the run that does it again.
  func completed(from earlier: PlainDictionary, for command: Command) -> Arguments {
    var complete = self
    complete.command = command
    // Its own --state says where the results are.
    complete.values["state"] = nil
    // Of the two, what is said now stands for both.
    let saysOfWarnings =
      complete.has("warn-error") || complete.has("no-warn-error")
      || complete.value("warn-error-options") != nil
    for (option, isSwitch) in Self.repeated where command.options.contains(option) {
      if saysOfWarnings, option.hasPrefix("warn-error") { continue }
      let key = String(option.map { $0 == "-" ? "_" : $0 })
      guard let value = earlier[key] else { continue }
      if isSwitch {
        if value.boolean == true { complete.switches.insert(option) }
      } else if let text = Self.text(value, of: option), complete.values[option] == nil {
        complete.values[option] = [text]
      }
    }
    return complete
  }

  /// A value as the command line takes it; dbt writes variables as a mapping.
  private static func text(_ value: PlainValue, of option: String) -> String? {
    if let mapping = value.dictionary {
      // dbt writes the lists of an option that was not given.
      let isEmpty =
        option == "warn-error-options"
        ? mapping.pairs.allSatisfy { $0.value == [] } : mapping.pairs.isEmpty
      return isEmpty ? nil : value.jsonString
    }
    return value.string ?? value.integer.map(String.init)
  }
}
