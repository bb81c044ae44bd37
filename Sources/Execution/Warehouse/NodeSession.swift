import Diagnostics
import RedshiftSQL
import WarehouseClient

/// How one node talks to its session.
///
/// `run` takes Redshift SQL, which is translated where the server is not Redshift, and whose errors
/// point into the user's file. `send` takes what every server understands as it is, several
/// statements in one round trip.
struct NodeSession: Sendable {
  let observed: ObservedSession
  let dialect: SQLQuoting.Dialect
  /// Whether Redshift SQL is translated; otherwise the project's SQL is the server's own.
  let translates: Bool
  /// Whether the project's SQL is PostgreSQL's own.
  let isPlainPostgres: Bool
  let buffers: Buffers
  /// Names the buffers of generated SQL: `target/run/models/a.sql`.
  let name: String
  private let statements: StatementRunner

  init(
    _ observed: ObservedSession,
    dialect: SQLQuoting.Dialect,
    translates: Bool,
    buffers: Buffers,
    name: String,
    loader: (any CopySupport)?,
    report: @escaping @Sendable (Diagnostic) -> Void
  ) {
    self.observed = observed
    self.dialect = dialect
    self.translates = translates
    isPlainPostgres = dialect == .postgres && !translates
    self.buffers = buffers
    self.name = name
    statements = StatementRunner(
      session: observed,
      dialect: dialect,
      isVerbatim: isPlainPostgres,
      buffers: buffers,
      loader: loader,
      // The observed session keeps what is really sent.
      log: nil,
      report: report
    )
  }

  @discardableResult
  func run(_ sql: SQLText) async throws(Diagnostic) -> StatementResult {
    try await run(buffers.add(generated: name, sql.text))
  }

  @discardableResult
  func run(_ buffer: BufferID) async throws(Diagnostic) -> StatementResult {
    try await statements.run(buffer)
  }

  /// Sends statements as they are; `purpose` says in an error what was being done.
  @discardableResult
  func send(_ sql: SQLText..., to purpose: String) async throws(Diagnostic) -> StatementResult {
    do {
      return try await attempt(sql)
    } catch {
      throw .statementFailed(error, purpose: purpose)
    }
  }

  /// Translates late-binding views again that stand on other columns now.
  ///
  /// - Parameter outdated: which, as the server says.
  /// - Throws: an error of the server.
  func renewLateViews(_ outdated: StatementResult) async throws(WarehouseError) {
    try await LateViewTranslation(session: observed, buffers: buffers).renew(outdated)
  }

  /// Sends statements as they are, leaving the server's error as it is.
  func attempt(_ sql: [SQLText]) async throws(WarehouseError) -> StatementResult {
    try await observed.execute(sql.map(\.string).joined(separator: ";\n"))
  }
}
