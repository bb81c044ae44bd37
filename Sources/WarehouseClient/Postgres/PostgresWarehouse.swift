package import RedshiftSQL

/// A server reached through libpq: PostgreSQL, the embedded server, or Redshift.
package final class PostgresWarehouse: Warehouse {
  package let dialect: SQLQuoting.Dialect
  package let settings: PostgresConnectionSettings

  /// On `.postgres` every session gets the clock and the formats that Redshift has.
  package init(settings: PostgresConnectionSettings, dialect: SQLQuoting.Dialect) {
    var settings = settings
    if dialect == .postgres { settings.sessionSetup.insert(contentsOf: Self.likeRedshift, at: 0) }
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
