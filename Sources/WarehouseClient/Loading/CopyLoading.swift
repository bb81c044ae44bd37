package import Diagnostics
package import RedshiftSQL

/// Performs Redshift's COPY on a server that has no such thing.
package protocol CopyLoading: Sendable {
  /// Loads what `copy` names into its table, inside the session's transaction if there is one.
  ///
  /// - Parameters:
  ///   - copy: the statement.
  ///   - session: where the rows go.
  ///   - buffers: where the statement's text is, for diagnostics.
  /// - Returns: the tag `COPY n`, the number of rows, and Redshift's notices.
  /// - Throws: a diagnostic; the statement has then been aborted on the server.
  func load(
    _ copy: CopyStatement,
    session: any WarehouseSession,
    buffers: Buffers
  ) async throws(Diagnostic) -> StatementResult
}
