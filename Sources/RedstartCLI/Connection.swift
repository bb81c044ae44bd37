import AWSClient
import Diagnostics
import ProjectModel
import RedshiftSQL
import S3Storage
import WarehouseClient

/// A way to the target's database, open for the length of one command.
struct Connection: Sendable {
  let warehouse: any Warehouse
  /// Loads COPY statements where the server cannot, and says on Redshift why one failed.
  let loader: (any CopySupport)?
  /// What to say when no session can be opened.
  let problem: @Sendable (WarehouseError) -> Diagnostic

  /// Opens a session.
  func session() async throws(Diagnostic) -> any WarehouseSession {
    do throws(WarehouseError) {
      return try await warehouse.connect()
    } catch {
      throw problem(error)
    }
  }

  /// Runs `body` with a session that is closed afterwards.
  func withSession<Result>(
    _ body: (any WarehouseSession) async throws(Diagnostic) -> Result
  ) async throws(Diagnostic) -> Result {
    try await session().closing(after: body)
  }
}

extension CommandSession {
  /// Runs `body` with a way to the target's database; the local warehouse is started for it, and
  /// stopped afterwards when nobody else uses it.
  func withWarehouse<Result: Sendable>(
    _ project: Project,
    _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    guard project.target.kind == .local else {
      let connection = try await remoteConnection(project)
      do {
        let result = try await body(connection)
        await connection.warehouse.closeIdle()
        return result
      } catch {
        await connection.warehouse.closeIdle()
        throw error
      }
    }
    let lease = try await localServer(for: project).acquire()
    return try await using(lease, connection(to: lease, project), body)
  }

  /// The same for work with something to prepare that needs no database: a local server that is up
  /// is asked meanwhile, also what `glance` wants to know of it.
  ///
  /// - Parameters:
  ///   - project: whose target is meant.
  ///   - prepare: what needs no database.
  ///   - glance: asks what the work begins with; nil where it learnt nothing.
  ///   - body: the work, with what was prepared and learnt.
  /// - Returns: what `body` returns.
  /// - Throws: what `prepare` and `body` throw, or what keeps the server from being used.
  func withWarehouse<Prepared: Sendable, Glance: Sendable, Result: Sendable>(
    _ project: Project,
    preparing prepare: () throws -> Prepared,
    glancing glance: @escaping @Sendable (Connection) async -> Glance?,
    _ body: (Connection, Prepared, Glance?) async throws -> Result
  ) async throws -> Result {
    // To start one takes longer than a mistake in the project should wait to be told.
    guard project.target.kind == .local, case let server = try localServer(for: project),
      server.seemsUp
    else {
      let prepared = try prepare()
      return try await withWarehouse(project) { try await body($0, prepared, nil) }
    }
    let opening = Task { [self] in await self.opened(server, project, glance) }
    let prepared: Prepared
    do {
      prepared = try prepare()
    } catch {
      // The server may wait for somebody's lock: nobody wants its answer any more.
      opening.cancel()
      if case .success(let unused) = await opening.value {
        await unused.connection.warehouse.closeIdle()
        if let problem = await unused.lease.release() { report([problem]) }
      }
      throw error
    }
    let use = try await withTaskCancellationHandler {
      await opening.value
    } onCancel: {
      opening.cancel()
    }.get()
    return try await using(use.lease, use.connection) {
      try await body($0, prepared, use.glance)
    }
  }

  /// A local server in use, and what was learnt of it.
  private struct OpenedServer<Glance: Sendable>: Sendable {
    var lease: LocalServerLease
    var connection: Connection
    var glance: Glance?
  }

  private func opened<Glance: Sendable>(
    _ server: LocalServer,
    _ project: Project,
    _ glance: @Sendable (Connection) async -> Glance?
  ) async -> Result<OpenedServer<Glance>, Diagnostic> {
    do throws(Diagnostic) {
      let lease = try await server.acquire()
      let connection = connection(to: lease, project)
      return .success(
        OpenedServer(lease: lease, connection: connection, glance: await glance(connection))
      )
    } catch {
      return .failure(error)
    }
  }

  private func connection(to lease: LocalServerLease, _ project: Project) -> Connection {
    connection(lease.settings.withSchema(project.target.schema), .postgres, project)
  }

  private func using<Result: Sendable>(
    _ lease: LocalServerLease,
    _ connection: Connection,
    _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    do {
      let result = try await body(connection)
      await connection.warehouse.closeIdle()
      if let problem = await lease.release() { report([problem]) }
      return result
    } catch {
      if let problem = await lease.release() { report([problem]) }
      throw error
    }
  }

  private func remoteConnection(_ project: Project) async throws -> Connection {
    let target = project.target
    guard target.kind == .postgres else { return try await redshiftConnection(project) }
    let sslMode = try sslMode(of: target)
    let user = target.user ?? console.environment["USER"] ?? "postgres"
    var settings = PostgresConnectionSettings(
      host: target.host ?? "localhost",
      port: target.port ?? 5432,
      database: target.database,
      user: user,
      password: target.password,
      sslMode: sslMode ?? .prefer,
      sslRootCertificate: target.sslRootCertificate,
      connectTimeout: target.connectTimeout ?? 10
    )
    if !target.speaksPostgres { settings = settings.withSchema(target.schema) }
    settings.keepaliveIdle = target.keepaliveIdle ?? settings.keepaliveIdle
    // A PostgreSQL of the user's own gets the functions that make it speak Redshift's SQL.
    let isVerbatim = target.speaksPostgres
    let warehouse = PostgresWarehouse(
      settings: settings,
      dialect: .postgres,
      isVerbatim: isVerbatim
    )
    do throws(WarehouseError) {
      if isVerbatim {
        await (try warehouse.connect()).close()
      } else {
        try await PostgresShims().install(on: warehouse)
      }
    } catch {
      throw Diagnostic.connection(error, settings: settings)
    }
    return connection(warehouse, project)
  }

  /// The label of a run's queries on a cluster; of a longer one, 30 characters count.
  func queryGroup(of target: TargetConfiguration) -> String {
    let group = target.extra["query_group"]?.string ?? "redstart:\(invocationID.prefix(8))"
    return String(group.prefix(30))
  }

  /// What each session with a cluster begins with.
  ///
  /// The query group chooses a queue of the workload manager, and labels the run's queries in
  /// SYS_QUERY_HISTORY.
  func redshiftSetup(_ target: TargetConfiguration) -> [String] {
    func literal(_ text: String) -> String { SQLQuoting.literal(text, for: .redshift) }
    var setup = ["SET query_group TO \(literal(queryGroup(of: target)))"]
    if let role = target.extra["role"]?.string {
      setup.append("SET ROLE \(SQLQuoting.identifier(role))")
    }
    if let path = target.extra["search_path"]?.string {
      let names = path.split(separator: ",").map { part in
        var name = part.drop(while: \.isWhitespace)
        while name.last?.isWhitespace == true { name.removeLast() }
        return SQLQuoting.identifier(String(name))
      }
      setup.append("SET search_path TO \(names.joined(separator: ", "))")
    }
    return setup
  }

  func sslMode(
    of target: TargetConfiguration
  ) throws(Diagnostic) -> PostgresConnectionSettings.SSLMode? {
    guard let text = target.sslMode else { return nil }
    guard let mode = PostgresConnectionSettings.SSLMode(rawValue: text) else {
      let known = PostgresConnectionSettings.SSLMode.allCases.map(\.rawValue)
      throw Diagnostic(
        code: "invalid-value",
        "target \"\(target.name)\" has sslmode \"\(text)\", which does not exist",
        help: ["choose one of \(known.joined(separator: ", "))"]
      )
    }
    return mode
  }

  func connection(
    _ settings: PostgresConnectionSettings,
    _ dialect: SQLQuoting.Dialect,
    _ project: Project
  ) -> Connection {
    connection(
      PostgresWarehouse(
        settings: settings,
        dialect: dialect,
        isVerbatim: project.target.speaksPostgres
      ),
      project
    )
  }

  func connection(
    _ warehouse: PostgresWarehouse,
    _ project: Project
  ) -> Connection {
    let settings = warehouse.settings
    let problem: @Sendable (WarehouseError) -> Diagnostic = { .connection($0, settings: settings) }
    guard warehouse.dialect == .postgres else {
      return Connection(
        warehouse: warehouse,
        loader: RedshiftLoadErrors { () async throws(WarehouseError) in
          try await warehouse.connect()
        },
        problem: problem
      )
    }
    let storage = S3Mapping(project.target.storage.map { ($0.prefix, $0.folder) })
    return Connection(
      warehouse: warehouse,
      loader: CopyLoader(
        storage: storage,
        store: S3ObjectStore { (region) async throws(AWSError) in
          try await awsClient(region: region)
        },
        metadataSchema: project.configuration.metadataSchema,
        invocation: invocationID,
        errorSession: { () async throws(WarehouseError) in try await warehouse.connect() }
      ),
      problem: problem
    )
  }
}
