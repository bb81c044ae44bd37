import Diagnostics
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// The checks of `debug`, told as dbt tells them.
  ///
  /// One that fails is no wrong use of the command, so the exit code is 1.
  func debug(as log: DbtLog) async throws -> ExitCode {
    func say(_ text: String) { log.fire("DebugCmdOut", "Z047", text) }
    if let folder = arguments.value("project-dir"), !FileSystem.isDirectory(absolute(folder)) {
      throw Diagnostic(
        code: "usage",
        "--project-dir names no folder: \(folder)",
        help: ["name the folder that holds dbt_project.yml"]
      )
    }
    if arguments.has("config-dir") {
      let folder = arguments.value("profiles-dir").map(absolute) ?? absolute(".")
      say("To view your profiles.yml file, run:\n\nxdg-open \(folder)")
      return .success
    }
    say("dbt version: \(Invocation.dbtVersion) (redstart \(Redstart.version))")
    let folder = absolute(arguments.value("project-dir") ?? ".")
    let profiles = profilesFolder(of: folder)
    say("Using profiles dir at \(profiles)")
    say("Using profiles.yml file at \(FilePath.joining(profiles, "profiles.yml"))")
    say("Using dbt_project.yml file at \(FilePath.joining(folder, "dbt_project.yml"))")
    let onlyConnection = arguments.has("connection")
    if onlyConnection {
      say("Skipping steps before connection verification")
    }
    var failures: [String] = []
    let project: Project
    do {
      project = try loadProject()
    } catch let list as DiagnosticList {
      let errors = list.diagnostics.filter(\.isError)
      // As in dbt, templates of the project file that have no value are no matter of a check, nor are warnings.
      let isNoCheck = errors.contains {
        $0.code == "unknown-variable" || $0.notes.contains(WarningPolicy.promotion)
      }
      if isNoCheck { throw list }
      let ofProfile = errors.filter { Self.profileCodes.contains($0.code) }
      if !ofProfile.isEmpty {
        say("Profile loading failed for the following reason:")
        ofProfile.forEach { say("Runtime Error\n  \(profileWords($0))\n") }
      }
      if !onlyConnection {
        say("Configuration:")
        let file = ofProfile.isEmpty ? "OK found and valid" : "ERROR invalid"
        say("  profiles.yml file [\(file)]")
        let isProjectSound = ofProfile.count == errors.count
        say("  dbt_project.yml file [\(isProjectSound ? "OK found and valid" : "ERROR invalid")]")
      }
      failures = errors.map { Self.profileCodes.contains($0.code) ? profileWords($0) : $0.message }
      report(errors.filter { !Self.profileCodes.contains($0.code) })
      return conclude(failures, log)
    }
    let target = project.target
    if !onlyConnection {
      say("adapter type: \(target.kind.rawValue)")
      say("Configuration:")
      say("  profiles.yml file [OK found and valid]")
      say("  dbt_project.yml file [OK found and valid]")
    }
    say("Connection:")
    for (name, value) in [
      ("host", target.host), ("port", target.port.map(String.init)), ("user", target.user),
      ("database", target.database), ("schema", target.schema),
    ] {
      if let value { say("  \(name): \(value)") }
    }
    do {
      try await withWarehouse(project) { connection in
        _ = try await connection.withSession { session throws(Diagnostic) in
          do throws(WarehouseError) {
            return try await session.execute("select 1 as id")
          } catch {
            throw .database(error, at: nil)
          }
        }
      }
      say("  Connection test: [OK connection ok]")
    } catch let diagnostic as Diagnostic {
      say("  Connection test: [ERROR]")
      report([diagnostic])
      failures.append(diagnostic.message)
    }
    return conclude(failures, log)
  }

  /// Where dbt looks for profiles.yml.
  private func profilesFolder(of project: String) -> String {
    let named = arguments.value("profiles-dir") ?? console.environment["DBT_PROFILES_DIR"] ?? ""
    if !named.isEmpty { return absolute(named) }
    let isThere = FileSystem.isFile(FilePath.joining(project, "profiles.yml"))
    return isThere ? project : FilePath.joining(console.environment["HOME"] ?? "", ".dbt")
  }

  private func conclude(_ failures: [String], _ log: DbtLog) -> ExitCode {
    guard !failures.isEmpty else {
      log.fire("DebugCmdResult", "Z048", "All checks passed!")
      return .success
    }
    let count = "\(failures.count) check\(failures.count == 1 ? "" : "s") failed:"
    log.fire(
      "DebugCmdResult",
      "Z048",
      "\(count)\n\(failures.joined(separator: "\n"))",
      level: .error
    )
    return .failure
  }

  private static let profileCodes: Set<String> = [
    "unknown-target", "unknown-profile", "missing-profiles-file",
  ]

  /// What is wrong with the profile, in dbt's sentences.
  private func profileWords(_ problem: Diagnostic) -> String {
    // The names stand between quotes.
    let parts = problem.message.split(separator: "\"", omittingEmptySubsequences: false)
    func name(_ index: Int) -> String {
      parts.indices.contains(index) ? String(parts[index]) : ""
    }
    return switch problem.code {
    case "unknown-target":
      "The profile '\(name(3))' does not have a target named '\(name(1))'."
    case "unknown-profile": "Could not find profile named '\(name(1))'"
    case "missing-profiles-file":
      "dbt looked for a profiles.yml file in \(arguments.value("profiles-dir") ?? ".") "
        + "but did not find one."
    default: problem.message
    }
  }
}
