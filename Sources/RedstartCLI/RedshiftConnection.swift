import AWSClient
import Diagnostics
import ProjectModel
import RedshiftAccess
import RedshiftSQL
import WarehouseClient

/// What there is to know of a target of Redshift before a session is opened.
struct RedshiftRoute: Sendable {
  var settings: AccessSettings
  /// Nil where AWS has no part in it: a host, a user and a password.
  var client: AWSClient?
  /// Where the warehouse is, if it was asked for.
  var location: Location?
}

extension CommandSession {
  /// A connection by the target's method.
  func redshiftConnection(_ project: Project) async throws -> Connection {
    var route = try await redshiftRoute(project.target)
    if let problem = route.settings.missing(target: project.target.name) { throw problem }
    if route.settings.method != .dataAPI, route.settings.host == nil {
      try await locate(&route)
    }
    return try redshiftConnection(project, route)
  }

  /// A connection by a route that is known.
  func redshiftConnection(
    _ project: Project,
    _ route: RedshiftRoute
  ) throws(Diagnostic) -> Connection {
    let target = project.target
    let settings = route.settings
    let setup = redshiftSetup(target)
    if settings.method == .dataAPI, let client = route.client {
      let warehouse = DataWarehouse(
        settings,
        client,
        setup: setup,
        surroundings: AWSSurroundings(environment: console.environment)
      )
      return Connection(
        warehouse: warehouse,
        loader: RedshiftLoadErrors { () async throws(WarehouseError) in
          try await warehouse.connect()
        },
        problem: { .database($0, at: nil) }
      )
    }
    var connection = PostgresConnectionSettings.redshift(
      host: settings.host ?? "localhost",
      port: settings.port ?? 5439,
      database: target.database,
      user: settings.user ?? console.environment["USER"] ?? "postgres",
      password: target.password,
      sslMode: try sslMode(of: target) ?? .verifyFull,
      sslRootCertificate: target.sslRootCertificate
    )
    connection.connectTimeout = target.connectTimeout ?? 10
    connection.keepaliveIdle = target.keepaliveIdle ?? connection.keepaliveIdle
    connection.sessionSetup = setup
    guard let client = route.client, settings.method != .database || settings.secret != nil else {
      return self.connection(connection, .redshift, project)
    }
    return self.connection(
      PostgresWarehouse(
        settings: connection,
        dialect: .redshift,
        login: temporaryLogin(settings, client)
      ),
      project
    )
  }

  /// What the target's keys say, and a client of AWS where AWS has a part in it.
  func redshiftRoute(_ target: TargetConfiguration) async throws -> RedshiftRoute {
    let settings = try accessSettings(of: target)
    guard settings.method != .database || settings.secret != nil else {
      return RedshiftRoute(settings: settings)
    }
    var options = AWSOptions(
      profile: target.extra["iam_profile"]?.string,
      region: settings.region
    )
    if let key = target.secrets["access_key_id"]?.string,
      let secret = target.secrets["secret_access_key"]?.string
    {
      options.credentials = AWSCredentials(
        accessKeyID: key,
        secretAccessKey: Secret(secret),
        source: "the target \"\(target.name)\""
      )
    }
    do throws(AWSError) {
      return RedshiftRoute(settings: settings, client: try await awsClient(options))
    } catch {
      throw error.orInterruption
    }
  }

  /// Asks AWS for host and port.
  func locate(_ route: inout RedshiftRoute) async throws {
    guard let client = route.client, let place = route.settings.place else { return }
    do throws(AWSError) {
      let location = try await Location.find(place, client)
      route.location = location
      if route.settings.host == nil {
        route.settings.host = location.host
        route.settings.port = route.settings.port ?? location.port
      }
      if let problem = location.problem { throw .problem(problem) }
    } catch {
      throw error.orInterruption
    }
  }

  private func accessSettings(
    of target: TargetConfiguration
  ) throws(Diagnostic) -> AccessSettings {
    let word = target.extra["method"]?.string ?? AccessSettings.Method.database.rawValue
    guard let method = AccessSettings.Method(rawValue: word) else {
      throw .unknownMethod(word, target: target.name)
    }
    var settings = AccessSettings(method: method, database: target.database)
    settings.host = target.host
    settings.port = target.port
    settings.user = target.user
    settings.secret = target.extra["secret_arn"]?.string
    settings.region = target.extra["region"]?.string
    settings.groups = (target.extra["db_groups"]?.list ?? []).compactMap(\.string)
    settings.createsUser = target.extra["autocreate"]?.boolean ?? false
    if let workgroup = target.extra["serverless_work_group"]?.string {
      settings.place = .workgroup(workgroup)
    } else if let cluster = target.extra["cluster_id"]?.string {
      settings.place = .cluster(cluster)
    }
    settings.complete()
    return settings
  }

  /// Gives user and password for each new session; the password appears in no output.
  private func temporaryLogin(
    _ settings: AccessSettings,
    _ client: AWSClient
  ) -> @Sendable () async throws(WarehouseError) -> PostgresLogin {
    let login = DatabaseLogin(settings, client)
    let console = console
    let password = TemporaryPassword { () async throws(AWSError) in
      let found = try await login.credentials()
      console.protect(found.password.revealed)
      return found
    }
    return { () async throws(WarehouseError) in
      do throws(AWSError) {
        let current = try await password.current()
        return PostgresLogin(user: current.user, password: current.password.revealed)
      } catch {
        throw WarehouseError(error, kind: .authentication)
      }
    }
  }
}
