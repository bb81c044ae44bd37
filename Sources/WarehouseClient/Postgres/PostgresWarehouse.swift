package import RedshiftSQL

/// A server reached through libpq: PostgreSQL, the embedded server, or Redshift.
package final class PostgresWarehouse: Warehouse {
  package let dialect: SQLQuoting.Dialect
  package let settings: PostgresConnectionSettings
  package let translates: Bool
  private let idle = IdleSession<PostgresConnection>()
  private let login: (@Sendable () async throws(WarehouseError) -> PostgresLogin)?

  /// Where SQL is translated, every session gets the clock and the formats that Redshift has.
  ///
  /// - Parameters:
  ///   - settings: where the server is.
  ///   - dialect: what it speaks.
  ///   - isVerbatim: whether the project's SQL is PostgreSQL's own.
  ///   - login: gives user and password for each new session, where they do not last.
  package init(
    settings: PostgresConnectionSettings,
    dialect: SQLQuoting.Dialect,
    isVerbatim: Bool = false,
    login: (@Sendable () async throws(WarehouseError) -> PostgresLogin)? = nil
  ) {
    self.login = login
    var settings = settings
    translates = dialect == .postgres && !isVerbatim
    if translates { settings.sessionSetup.insert(contentsOf: Self.likeRedshift, at: 0) }
    if dialect == .postgres { settings.sessionSetup += settings.serverKeepalives }
    self.settings = settings
    self.dialect = dialect
  }

  package func connect() async throws(WarehouseError) -> any WarehouseSession {
    if let kept = idle.take() { return kept }
    return try await PostgresConnection.open(try await currentSettings())
  }

  private func currentSettings() async throws(WarehouseError) -> PostgresConnectionSettings {
    guard let login else { return settings }
    let current = try await login()
    var settings = settings
    settings.user = current.user
    settings.password = current.password
    return settings
  }

  /// Opens a session and asks something in the same message that sets it up.
  func connect(
    asking query: String
  ) async throws(WarehouseError) -> (session: PostgresConnection, answer: StatementResult) {
    var settings = try await currentSettings()
    settings.sessionSetup.append(query)
    let session = try await PostgresConnection.open(settings)
    return (session, await session.greeting)
  }

  package func giveBack(_ session: any WarehouseSession) async { await idle.keep(session) }

  package func closeIdle() async { await idle.close() }

  private static let likeRedshift = [
    "SET timezone = 'UTC'", "SET datestyle = 'ISO, MDY'", "SET extra_float_digits = 0",
  ]
}

/// Who logs in; no description of it shows the password.
package struct PostgresLogin: Sendable, CustomStringConvertible, CustomReflectable {
  package var user: String
  package var password: String

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  package var description: String { user }
  package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
