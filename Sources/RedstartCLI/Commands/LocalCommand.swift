import Diagnostics
import Glibc
import ProjectModel
import RedshiftSQL
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
      switch try await server.stop() {
      case .stopped: note("stopped")
      case .wasNotRunning: note("it was not running")
      case .stopsAfterUse: note("other commands use it; it stops with the last of them")
      }
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
    LocalServer(
      projectRoot: project.root,
      home: console.environment["HOME"],
      environment: console.environment,
      // As Redshift folds the names of databases.
      database: project.target.kind == .local ? project.target.database.lowercased() : "dev"
    )
  }

  private func showLocalStatus(_ server: LocalServer) async throws {
    let status = try await server.status()
    var state = status.isRunning ? "running" : "stopped"
    if status.isKeptUp { state += ", kept up until `redstart local stop`" }
    if status.isInUse { state += ", in use" }
    var lines: [(String, String)] = [("state", state), ("files", status.folder)]
    lines.append(("database", status.database))
    lines.append(("socket", status.socketFolder))
    lines.append(("log", status.log))
    if let version = status.version { lines.append(("PostgreSQL", version)) }
    if let process = status.processIdentifier { lines.append(("process", String(process))) }
    for (name, value) in lines {
      let padding = String(repeating: " ", count: max(0, 12 - name.count))
      console.output("\(name)\(padding)\(value)\n")
    }
  }

  /// Runs psql on the local warehouse; it stays up until psql ends.
  private func psql(_ server: LocalServer, _ project: Project) async throws -> ExitCode {
    let lease = try await server.acquire()
    let code: Int32
    do throws(Diagnostic) {
      let command = try server.psqlArguments(schema: project.target.schema)
      code = await ChildProgram.run(command + arguments.rest, console.environment)
    } catch {
      if let problem = await lease.release() { report([problem]) }
      throw error
    }
    if let problem = await lease.release() { report([problem]) }
    return ExitCode(rawValue: code)
  }
}
