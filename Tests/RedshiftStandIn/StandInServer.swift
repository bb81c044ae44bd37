import AWSClient
import Diagnostics
import Dispatch
import Foundation
import RedshiftSQL
import S3Storage
import WarehouseClient

/// What the clients of one stand-in share.
actor StandInServer {
  nonisolated let faults: Faults
  nonisolated let password: String?
  /// Whether it is a workgroup rather than a cluster, which shows in the names of system tables.
  nonisolated let isServerless: Bool
  private nonisolated let warehouse: PostgresWarehouse
  private nonisolated let storage: S3Mapping
  /// S3 at an address of the tests' own; nil where only folders stand for buckets.
  private nonisolated let store: S3ObjectStore?
  private let log: FileHandle?
  private var clients: [Int: ClientSession] = [:]

  init(
    postgres: PostgresConnectionSettings,
    storage: [(prefix: String, folder: String)],
    endpoint: String?,
    password: String?,
    isServerless: Bool,
    faults: String?,
    log: FileHandle?
  ) {
    var settings = postgres
    settings.sessionSetup.removeAll { $0.hasPrefix("SET search_path") }
    settings.sessionSetup.append(RedshiftCatalog.searchPath)
    warehouse = PostgresWarehouse(settings: settings, dialect: .postgres)
    self.storage = S3Mapping(storage)
    store = endpoint.map { Self.store(at: $0) }
    self.password = password
    self.isServerless = isServerless
    self.faults = Faults(path: faults)
    self.log = log
  }

  /// S3 as a cluster reaches it, with keys of its own.
  private static func store(at endpoint: String) -> S3ObjectStore {
    S3ObjectStore { (region) async throws(AWSError) in
      let environment = [
        "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_ACCESS_KEY_ID": "AKIDSTANDIN", "AWS_SECRET_ACCESS_KEY": "of-the-stand-in",
      ]
      do throws(Diagnostic) {
        return try AWSClient(
          AWSOptions(region: region ?? "us-west-2"),
          surroundings: AWSSurroundings(environment: environment)
        )
      } catch {
        throw .problem(error)
      }
    }
  }

  /// Makes the catalogue that Redshift has.
  func prepare() async throws {
    try await PostgresShims().install(on: warehouse)
    let session = try await warehouse.connect()
    _ = try await session.execute(RedshiftCatalog.installation)
    // Whether a table was analysed must depend on what it is sent alone.
    _ = try await session.execute("ALTER SYSTEM SET autovacuum = off")
    _ = try await session.execute("SELECT pg_reload_conf()")
    await session.close()
  }

  nonisolated func open() async throws -> (session: any WarehouseSession, process: Int) {
    let session = try await warehouse.connect()
    let result = try await session.execute("SELECT pg_backend_pid()")
    guard let text = result.rows.first?.first ?? nil, let process = Int(text) else {
      throw WireError("the server has no process number")
    }
    return (session, process)
  }

  nonisolated func loader(for process: Int) -> CopyLoader {
    let warehouse = warehouse
    return CopyLoader(
      storage: storage,
      store: store,
      metadataSchema: RedshiftCatalog.schema,
      invocation: "\(process):\(DispatchTime.now().uptimeNanoseconds / 1000)",
      errorSession: { () async throws(WarehouseError) in try await warehouse.connect() }
    )
  }

  func remember(_ client: ClientSession, _ process: Int) { clients[process] = client }
  func forget(_ process: Int) { clients[process] = nil }
  func cancel(_ process: Int) async { await clients[process]?.cancel() }

  /// Notes what a client sent, for tests to read.
  func record(_ process: Int, _ statement: String) {
    guard let log else { return }
    let line = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    log.write(Data("\(process)\t\(line)\n".utf8))
  }
}
