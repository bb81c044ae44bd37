package import Diagnostics
package import RedshiftSQL

/// What redstart does for COPY and UNLOAD where the server needs help; see the protocols below.
package protocol CopySupport: Sendable {}

/// Finds out why a COPY that the server itself performed has failed.
package protocol CopyExplaining: CopySupport {
  /// Reads what the server noted about the records that it could not load.
  ///
  /// - Parameters:
  ///   - error: what the server answered.
  ///   - copy: the statement.
  ///   - session: the session that it failed in, whose transaction is lost.
  /// - Returns: one diagnostic for the first record and notes for others; nil where the error is
  ///   about something else, or nothing could be read.
  func explanation(
    of error: WarehouseError,
    _ copy: CopyStatement,
    session: any WarehouseSession
  ) async -> Diagnostic?
}

/// Performs Redshift's COPY on a server that has no such thing.
package protocol CopyLoading: CopySupport {
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
