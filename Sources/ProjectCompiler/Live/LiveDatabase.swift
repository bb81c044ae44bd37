package import Diagnostics

/// A database that templates may ask while they are rendered.
///
/// Rendering is synchronous, so every call waits; it must not be made on a thread of Swift's own
/// pool, whose tasks do the work.
package protocol LiveDatabase: AnyObject, Sendable {
  /// Runs SQL that templates made, as the project's SQL is run: translated where it must be.
  ///
  /// - Parameters:
  ///   - sql: the statements; the last one's result is given.
  ///   - name: names the buffer that errors point into.
  /// - Returns: the result of the last statement.
  /// - Throws: what the translation or the server says.
  func run(_ sql: MappedText, name: String) throws(Diagnostic) -> QueryAnswer

  /// Runs redstart's own SQL as it is.
  func ask(_ sql: String, purpose: String) throws(Diagnostic) -> QueryAnswer

  /// Whether a transaction was begun by `begin` and not ended.
  var isInTransaction: Bool { get }

  /// Makes what is run from now on one transaction, but for statements that Redshift does not let
  /// into one: those run by themselves, if nothing was written before.
  func holdTogether()

  func begin() throws(Diagnostic)
  func commit() throws(Diagnostic)
  func rollBack() throws(Diagnostic)

  /// Whether the server is PostgreSQL rather than Redshift.
  var isPostgres: Bool { get }

  /// Whether SQL is Redshift's although the server is PostgreSQL.
  var translates: Bool { get }
}

/// What one statement returned.
package struct QueryAnswer: Sendable {
  package struct Column: Sendable {
    package var name: String
    /// The server's type name, as `int4` or `varchar`.
    package var typeName: String

    package init(name: String, typeName: String) {
      self.name = name
      self.typeName = typeName
    }
  }

  package var columns: [Column]
  /// Text values; nil is NULL.
  package var rows: [[String?]]
  /// The command tag, as `INSERT 0 5`.
  package var tag: String
  package var rowCount: Int?

  package init(columns: [Column], rows: [[String?]], tag: String, rowCount: Int?) {
    self.columns = columns
    self.rows = rows
    self.tag = tag
    self.rowCount = rowCount
  }
}
