import RedshiftSQL

/// A table of redstart's own about loads, made when it is first needed.
struct LoadTable: Sendable {
  let schema: String
  let identifier: String
  /// The columns as CREATE TABLE has them.
  let columns: String

  /// As people write it.
  var name: String { "\(schema).\(identifier)" }

  var quotedName: String {
    SQLQuoting.identifier(schema) + "." + SQLQuoting.identifier(identifier)
  }

  private var definition: String {
    """
    CREATE SCHEMA IF NOT EXISTS \(SQLQuoting.identifier(schema));
    CREATE TABLE IF NOT EXISTS \(quotedName) (
    \(columns)
    )
    """
  }

  /// Makes the table and its schema, unless they are there.
  func create(on session: any WarehouseSession) async throws(WarehouseError) {
    do throws(WarehouseError) {
      _ = try await session.execute(definition)
    } catch {
      // Two sessions that create the same thing at once collide in the catalog; it exists then.
      guard error.sqlState == "23505" || error.sqlState == "42P06" || error.sqlState == "42P07"
      else { throw error }
      _ = try await session.execute(definition)
    }
  }

  /// A text literal, or NULL.
  func literal(_ text: String?) -> String {
    text.map { SQLQuoting.literal($0, for: .postgres) } ?? "NULL"
  }
}
