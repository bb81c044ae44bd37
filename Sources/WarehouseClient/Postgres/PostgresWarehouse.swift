package import RedshiftSQL

/// A server reached through libpq: PostgreSQL, the embedded server, or Redshift.
package final class PostgresWarehouse: Warehouse {
  package let dialect: SQLQuoting.Dialect
  package let settings: PostgresConnectionSettings
  package let translates: Bool

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
    self.settings = settings
    self.dialect = dialect
  }

  package func connect() async throws(WarehouseError) -> any WarehouseSession {
    try await PostgresConnection.open(settings)
  }

  private static let likeRedshift = [
    "SET timezone = 'UTC'", "SET datestyle = 'ISO, MDY'", "SET extra_float_digits = 0",
  ]
}
