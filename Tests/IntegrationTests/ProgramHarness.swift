import Foundation
import TestSupport

/// Runs the built program as a process, as users do.
final class ProgramHarness: Sendable {
  struct Outcome: Sendable {
    var code: Int32
    var output: String
    var error: String
  }

  let folder: TemporaryFolder
  let environment: [String: String]

  init(_ folder: TemporaryFolder, environment: [String: String] = [:]) {
    self.folder = folder
    var merged = ProcessInfo.processInfo.environment
    for name in merged.keys where name.hasPrefix("PG") || name.hasPrefix("SPARKIFY") {
      merged[name] = nil
    }
    merged.merge(environment) { $1 }
    self.environment = merged
  }

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program beside this test bundle, or the one that `REDSTART_PROGRAM` names.
  static let program: URL = {
    if let path = ProcessInfo.processInfo.environment["REDSTART_PROGRAM"] {
      return URL(fileURLWithPath: path)
    }
    let builds = repository.appendingPathComponent(".build")
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for folder in [beside, builds.appendingPathComponent("debug")] {
      let candidate = folder.appendingPathComponent("redstart")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
    }
    return builds.appendingPathComponent("debug/redstart")
  }()

  /// A snapshot of the example's users, which it has none of.
  static let levelsSnapshot = """
    {% snapshot levels %}
    {{ config(target_schema='sparkify', unique_key='user_id', strategy='check',
              check_cols=['level']) }}
    select user_id, level from {{ ref('users') }}
    {% endsnapshot %}
    """

  /// A copy of the example project in a folder of its own.
  static func example(
    named name: String = "project",
    environment: [String: String] = [:]
  ) throws -> ProgramHarness {
    let folder = try TemporaryFolder(named: name)
    for item in ["project.yml", "models", "migrations", "seeds", "checks", "macros", "data"] {
      try FileManager.default.copyItem(
        at: repository.appendingPathComponent(item),
        to: URL(fileURLWithPath: folder.path).appendingPathComponent(item)
      )
    }
    return ProgramHarness(folder, environment: environment)
  }

  /// A project of the given files.
  static func project(
    _ files: [String: String],
    named name: String = "project",
    environment: [String: String] = [:]
  ) throws -> ProgramHarness {
    let folder = try TemporaryFolder(named: name)
    try folder.write(files)
    return ProgramHarness(folder, environment: environment)
  }

  /// Starts the program without waiting for it.
  func start(_ words: [String], errors: FileHandle = .nullDevice) throws -> Process {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    return process
  }

  func run(_ words: String...) throws -> Outcome { try run(words) }

  /// Runs the program by the name of dbt.
  func dbt(_ words: [String]) throws -> Outcome {
    let link = URL(fileURLWithPath: folder.path + "-bin/dbt")
    if !FileManager.default.fileExists(atPath: link.path) {
      try FileManager.default.createDirectory(
        at: link.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Self.program)
    }
    return try run(words, program: link)
  }

  func run(_ words: [String], program: URL = ProgramHarness.program) throws -> Outcome {
    // Its local warehouse lies elsewhere, and would stay there for ever.
    folder.beforeRemoval { [path = folder.path, environment] in
      let process = Process()
      process.executableURL = Self.program
      process.arguments = ["local", "reset", "-q"]
      process.currentDirectoryURL = URL(fileURLWithPath: path)
      process.environment = environment
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return }
      process.waitUntilExit()
    }
    let process = Process()
    process.executableURL = program
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a server that outlives the command must not keep a pipe open.
    let outputPath = folder.path + "-output-\(UUID().uuidString)"
    let errorPath = folder.path + "-error-\(UUID().uuidString)"
    for path in [outputPath, errorPath] {
      try Data().write(to: URL(fileURLWithPath: path))
    }
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationReason == .uncaughtSignal
        ? 128 + process.terminationStatus : process.terminationStatus,
      output: try String(contentsOfFile: outputPath, encoding: .utf8),
      error: try String(contentsOfFile: errorPath, encoding: .utf8)
    )
  }

  /// Removes the project's server with its data.
  func stopServer() {
    // The folder goes away anyway; what cannot be stopped is reported by the next start.
    _ = try? run("local", "reset", "-q")
  }
}
