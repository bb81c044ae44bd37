package import RedshiftSQL
import Synchronization

/// A server reached through libpq: PostgreSQL, the embedded server, or Redshift.
package final class PostgresWarehouse: Warehouse {
  package let dialect: SQLQuoting.Dialect
  package let settings: PostgresConnectionSettings
  package let translates: Bool
  private let idle = Mutex<PostgresConnection?>(nil)

  /// Where SQL is translated, every session gets the clock and the formats that Redshift has.
  ///
  /// - Parameters:
  ///   - settings: where the server is.
  ///   - dialect: what it speaks.
  ///   - isVerbatim: whether the project's SQL is PostgreSQL's own.
  package init(
    settings: PostgresConnectionSettings,
    dialect: SQLQuoting.Dialect,
    isVerbatim: Bool = false
  ) {
    var settings = settings
    translates = dialect == .postgres && !isVerbatim
    if translates { settings.sessionSetup.insert(contentsOf: Self.likeRedshift, at: 0) }
    if dialect == .postgres { settings.sessionSetup += settings.serverKeepalives }
    self.settings = settings
    self.dialect = dialect
  }

  package func connect() async throws(WarehouseError) -> any WarehouseSession {
    let kept = idle.withLock { kept in
      defer { kept = nil }
      return kept
    }
    if let kept { return kept }
    return try await PostgresConnection.open(settings)
  }

  /// Opens a session and asks something in the same message that sets it up.
  func connect(
    asking query: String
  ) async throws(WarehouseError) -> (session: PostgresConnection, answer: StatementResult) {
    var settings = settings
    settings.sessionSetup.append(query)
    let session = try await PostgresConnection.open(settings)
    return (session, await session.greeting)
  }

  package func giveBack(_ session: any WarehouseSession) async {
    guard let session = session as? PostgresConnection else { return await session.close() }
    let former = idle.withLock { kept in
      defer { kept = session }
      return kept
    }
    await former?.close()
  }

  package func closeIdle() async {
    let kept = idle.withLock { kept in
      defer { kept = nil }
      return kept
    }
    await kept?.close()
  }

  private static let likeRedshift = [
    "SET timezone = 'UTC'", "SET datestyle = 'ISO, MDY'", "SET extra_float_digits = 0",
  ]
}
