import AWSClient
import Diagnostics
import ProjectModel
import RedshiftAccess
import WarehouseClient

extension CommandSession {
  /// Checks the way to a cluster step by step; the first step that fails says what to do.
  func debugRedshift(_ project: Project) async throws -> ExitCode {
    var step = "target"
    do {
      var route = try await checkAWS(project, &step)
      let settings = route.settings
      if settings.method != .dataAPI, let host = settings.host {
        try await checkNetwork(&route, host, &step)
      }
      try await checkLogin(project, route, &step)
      show("connection", style.paint("ok", .success))
      return .success
    } catch let problem as Diagnostic {
      show(Self.step(of: problem) ?? step, style.paint("failed", .error))
      show("connection", style.paint("failed", .error))
      report([problem])
      return .failure
    }
  }

  private func passed(_ step: String, _ words: String) {
    show(step, "\(style.paint("ok", .success)): \(words)")
  }

  // MARK: Steps

  /// Who the keys belong to, where, and whether the warehouse is there.
  private func checkAWS(_ project: Project, _ step: inout String) async throws -> RedshiftRoute {
    step = "credentials"
    var route = try await redshiftRoute(project.target)
    if let problem = route.settings.missing(target: project.target.name) {
      step = "target"
      throw problem
    }
    guard let client = route.client else { return route }
    do throws(AWSError) {
      let identity = try await client.sts.callerIdentity()
      let source = try await client.credentials().source
      passed("credentials", "\(identity.arn), from \(source)")
      step = "region"
      passed("region", try await client.region())
    } catch {
      throw error.orInterruption
    }
    guard let place = route.settings.place else { return route }
    step = place.isWorkgroup ? "workgroup" : "cluster"
    do {
      try await locate(&route)
    } catch let problem as Diagnostic
      where problem.code == "access-denied"
      && (route.settings.host != nil || route.settings.method == .dataAPI)
    {
      // Not needed for the connection, only for these words.
      show(step, "not known: \(problem.message)")
      return route
    }
    passed(step, "\(place.words) is available")
    return route
  }

  /// Whether the port answers, and if not, what AWS says about who may reach it.
  private func checkNetwork(
    _ route: inout RedshiftRoute,
    _ host: String,
    _ step: inout String
  ) async throws {
    step = "network"
    let port = route.settings.port ?? 5439
    if let failure = await NetworkProbe(host: host, port: port).failure() {
      var help: [String] = []
      if let location = route.location, let client = route.client {
        help = await NetworkAdvice(location, port: port).help(client)
      }
      throw Diagnostic.networkBlocked(failure, host: host, port: port, help: help)
    }
    passed("network", "\(host):\(port) answers")
  }

  private func checkLogin(
    _ project: Project,
    _ route: RedshiftRoute,
    _ step: inout String
  ) async throws {
    step = "login"
    let connection = try redshiftConnection(project, route)
    let answer = try await connection.withSession { session throws(Diagnostic) in
      do throws(WarehouseError) {
        let who = try await session.execute("select current_user, current_database()")
        let version = try await session.execute("select version()")
        return (who.rows.first ?? []) + (version.rows.first ?? [])
      } catch {
        throw .database(error, at: nil)
      }
    }
    await connection.warehouse.closeIdle()
    guard answer.count == 3 else { return }
    passed("tls", route.settings.method == .dataAPI ? "HTTPS" : tlsWords(project.target))
    passed("login", answer[0] ?? "")
    passed("database", answer[1] ?? "")
    show("server", answer[2] ?? "unknown")
  }

  private func tlsWords(_ target: TargetConfiguration) -> String {
    switch target.sslMode ?? "verify-full" {
    case "verify-full": "the certificate and its name are verified"
    // With a file of authorities, libpq verifies for `require` as well.
    case "verify-ca", "require": "the certificate is verified, its name is not"
    case "disable": "off (`sslmode: disable`)"
    default: "not certain: plain text if the server does not encrypt or its certificate is refused"
    }
  }

  /// The step that a problem of the connection belongs to.
  private static func step(of problem: Diagnostic) -> String? {
    switch problem.code {
    case "tls-failed": "tls"
    case "authentication-failed", "authentication-unsupported": "login"
    case "unknown-database": "database"
    case "no-region": "region"
    default: nil
    }
  }
}
