package import Diagnostics
package import RedshiftSQL

/// Performs Redshift's UNLOAD on a server that has no such thing.
package protocol Unloading: Sendable {
  /// Writes the rows of a query to where an UNLOAD wants them.
  ///
  /// - Parameters:
  ///   - query: the query in the server's own SQL.
  ///   - unload: where the files go and how they look.
  ///   - session: where the query runs.
  /// - Returns: the tag `UNLOAD`, the number of rows, and Redshift's notice.
  /// - Throws: a diagnostic; files that were written until then may be left.
  func unload(
    _ query: String,
    by unload: Unload,
    session: any WarehouseSession
  ) async throws(Diagnostic) -> StatementResult
}

extension WarehouseSession {
  /// Runs `COPY … TO STDOUT` and hands out one row after the other.
  package func copyOut(
    _ sql: String,
    row: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> StatementResult {
    guard let reader = self as? any CopyOutSession else {
      throw WarehouseError(kind: .statement, message: "this connection cannot COPY TO STDOUT")
    }
    return try await reader.readCopy(sql, row: row)
  }
}

/// A session that can hand out what `COPY … TO STDOUT` gives.
package protocol CopyOutSession: Sendable {
  func readCopy(
    _ sql: String,
    row: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> StatementResult
}
