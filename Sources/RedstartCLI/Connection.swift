import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// A way to the target's database, open for the length of one command.
struct Connection: Sendable {
  let warehouse: any Warehouse
  /// Loads COPY statements where the server cannot; nil on Redshift.
  let loader: (any CopyLoading)?
}

extension CommandSession {
  /// Runs `body` with a way to the target's database; the local warehouse is started for it, and
  /// stopped afterwards when nobody else uses it.
  func withWarehouse<Result: Sendable>(
    _ project: Project,
    _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    guard project.target.kind == .local else {
      return try await body(try await remoteConnection(project))
    }
    let server = try localServer(for: project)
    let lease = try await server.acquire()
    do {
      let result = try await body(connection(lease.settings, .postgres, project))
      await lease.release()
      return result
    } catch {
      await lease.release()
      throw error
    }
  }

  private func remoteConnection(_ project: Project) async throws -> Connection {
    let target = project.target
    let isRedshift = target.kind == .redshift
    var settings = PostgresConnectionSettings(
      host: target.host ?? "localhost",
      port: target.port ?? (isRedshift ? 5439 : 5432),
      database: target.database,
      user: target.user
    )
    settings.password = target.password
    settings.sslMode = target.sslMode
    settings.sslRootCertificate = target.sslRootCertificate
    settings.connectTimeout = target.connectTimeout ?? 10
    guard !isRedshift else { return connection(settings, .redshift, project) }
    settings.sessionSetup = PostgresShims.sessionSetup
    let connection = connection(settings, .postgres, project)
    // A PostgreSQL of the user's own gets the functions that make it speak Redshift's SQL.
    try await PostgresShims.install(on: connection.warehouse)
    return connection
  }

  private func connection(
    _ settings: PostgresConnectionSettings,
    _ dialect: SQLQuoting.Dialect,
    _ project: Project
  ) -> Connection {
    let warehouse = PostgresWarehouse(settings: settings, dialect: dialect)
    guard dialect == .postgres else { return Connection(warehouse: warehouse, loader: nil) }
    let storage = S3Mapping(project.target.storage.map { ($0.prefix, $0.folder) })
    return Connection(
      warehouse: warehouse,
      loader: CopyLoader(
        storage: storage,
        metadataSchema: project.configuration.metadataSchema,
        errorSession: { () async throws(WarehouseError) in try await warehouse.connect() }
      )
    )
  }
}
