/// The name of a table or view: `database.schema.identifier`, each part as stored (unquoted).
package struct RelationName: Hashable, Sendable {
  package var database: String?
  package var schema: String?
  package var identifier: String

  package init(database: String? = nil, schema: String? = nil, identifier: String) {
    self.database = database
    self.schema = schema
    self.identifier = identifier
  }

  /// The parts that are present, quoted, joined by dots.
  package var sql: String {
    [database, schema, identifier].compactMap { $0 }.map(SQLQuoting.identifier)
      .joined(separator: ".")
  }

  /// The parts that are present as plain words, for messages.
  package var description: String {
    [database, schema, identifier].compactMap { $0 }.joined(separator: ".")
  }
}
