import CLibCurl
import Diagnostics
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart debug`.
  func debug() async throws -> ExitCode {
    if let dbtLog { return try await debug(as: dbtLog) }
    show("redstart", Redstart.version)
    show("libraries", String(cString: curl_version()))
    let project = try loadProject()
    let target = project.target
    show("project", "\(project.name) \(project.version)")
    show("folder", project.root)
    show("target", "\(target.name) (\(target.kind.rawValue))")
    show("schema", target.schema)
    show("threads", String(target.threads))
    if target.kind != .local {
      if target.kind == .redshift {
        show("method", target.extra["method"]?.string ?? "database")
      }
      show("host", target.host ?? (target.kind == .redshift ? "asked of AWS" : "localhost"))
      if let port = target.port { show("port", String(port)) }
      show("database", target.database)
      // Temporary keys belong to whoever AWS says.
      let isOfAWS = target.kind == .redshift && usesAWSLogin(target)
      show("user", target.user ?? (isOfAWS ? "asked of AWS" : "(the system's)"))
      show("password", isOfAWS ? "asked of AWS" : target.password == nil ? "none" : "set")
    }
    for mapping in target.storage {
      let isThere = FileSystem.isDirectory(mapping.folder)
      show("storage", "\(mapping.prefix) is \(mapping.folder)\(isThere ? "" : "  (missing)")")
    }
    let parsed = try parseProject(project)
    show("nodes", parsed.summary)
    if target.kind == .redshift { return try await debugRedshift(project) }
    do {
      return try await withWarehouse(project) { connection in
        let version = try await connection.withSession { session throws(Diagnostic) in
          do throws(WarehouseError) {
            return try await session.execute("select version()").rows.first?.first ?? nil
          } catch {
            throw .database(error, at: nil)
          }
        }
        show("server", version ?? "unknown")
        show("connection", style.paint("ok", .success))
        return .success
      }
    } catch let diagnostic as Diagnostic {
      show("connection", style.paint("failed", .error))
      report([diagnostic])
      return .failure
    }
  }

  /// Whether AWS says who logs in, and with what.
  private func usesAWSLogin(_ target: TargetConfiguration) -> Bool {
    let method = target.extra["method"]?.string ?? "database"
    return method != "database" || target.extra["secret_arn"] != nil
  }

  func show(_ name: String, _ value: String) {
    let padding = String(repeating: " ", count: max(1, 12 - name.count))
    console.output("\(name)\(padding)\(value)\n")
  }
}
