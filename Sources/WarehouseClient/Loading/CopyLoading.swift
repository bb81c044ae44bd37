package import Diagnostics
package import RedshiftSQL

/// Performs a COPY statement on a server that cannot read from S3 itself.
package protocol CopyLoading: Sendable {
  /// Reads the files that the statement names and streams their rows to the session.
  func load(
    _ copy: CopyStatement,
    session: any WarehouseSession,
    buffers: Buffers
  ) async throws(Diagnostic) -> StatementResult
}
