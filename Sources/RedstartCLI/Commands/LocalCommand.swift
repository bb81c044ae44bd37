import Diagnostics
import Glibc
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart local status|start|stop|reset|psql`.
  func local() async throws -> ExitCode {
    let project = try loadProject()
    let server = try localServer(for: project)
    switch arguments.subcommand {
    case "start":
      try await server.start()
      note("the local warehouse is up, and stays up until `redstart local stop`")
    case "stop":
      let wasRunning = try await server.stop()
      note(wasRunning ? "stopped" : "it was not running")
    case "reset":
      try await server.reset()
      note("deleted; the next command makes a new, empty warehouse")
    case "psql":
      return try await psql(server, project)
    case "status":
      try await showLocalStatus(server)
    default:
      console.error(HelpText.page(for: command))
      return .usage
    }
    return .success
  }

  func localServer(for project: Project) throws(Diagnostic) -> LocalServer {
    try LocalServer(projectRoot: project.root, environment: console.environment)
  }

  private func showLocalStatus(_ server: LocalServer) async throws {
    let status = try await server.status()
    var lines: [(String, String)] = [("state", status.summary)]
    lines.append(("data", status.dataDirectory))
    lines.append(("socket", status.socketDirectory))
    if let version = status.serverVersion { lines.append(("PostgreSQL", version)) }
    if let size = status.sizeInBytes { lines.append(("size", ByteCount.text(size))) }
    for (name, value) in lines {
      let padding = String(repeating: " ", count: max(0, 12 - name.count))
      console.output("\(name)\(padding)\(value)\n")
    }
  }

  /// Runs psql on the local warehouse; it stays up until psql ends.
  private func psql(_ server: LocalServer, _ project: Project) async throws -> ExitCode {
    let lease = try await server.acquire()
    let command = server.psqlCommand(for: lease, schema: project.target.schema)
    let code = await ChildProgram.run(command + arguments.rest, console.environment)
    await lease.release()
    return ExitCode(rawValue: code)
  }
}

/// Sizes as people read them.
enum ByteCount {
  static func text(_ bytes: Int) -> String {
    var value = Double(bytes)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 1000 || unit == "GB" {
        let rounded = unit == "bytes" ? String(Int(value)) : String((value * 10).rounded() / 10)
        return "\(rounded) \(unit)"
      }
      value /= 1000
    }
    return "\(bytes) bytes"
  }
}
