package import Diagnostics
package import RedshiftSQL

/// A database that redstart can open sessions on: the one seam between redstart and a server.
package protocol Warehouse: Sendable {
  /// Which SQL the server speaks; on `.postgres`, Redshift SQL is translated before it is sent.
  var dialect: SQLQuoting.Dialect { get }

  /// Whether the project's SQL is translated before it is sent; it is sent as it is otherwise.
  var translates: Bool { get }

  /// Opens a session, or hands out one that was given back.
  func connect() async throws(WarehouseError) -> any WarehouseSession

  /// Takes back a session in which nothing was changed: no setting, no lock, no open transaction.
  ///
  /// The next `connect` may return it, which saves the round trips of another one.
  func giveBack(_ session: any WarehouseSession) async

  /// Closes a session that was given back and is not wanted any more.
  func closeIdle() async
}

extension Warehouse {
  package func giveBack(_ session: any WarehouseSession) async { await session.close() }

  package func closeIdle() async {}
}

extension Warehouse {
  package var translates: Bool { dialect == .postgres }
}

/// One open connection.
///
/// Calls run one at a time, in order; `cancel` may come at any moment.
package protocol WarehouseSession: Sendable {
  /// Sends SQL (simple protocol, possibly several statements) as it is and returns the last result.
  func execute(_ sql: String) async throws(WarehouseError) -> StatementResult

  /// Runs `COPY … FROM STDIN`, feeding it what `next` returns until nil.
  ///
  /// If `next` throws, the copy is aborted on the server and the error is thrown on.
  func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult

  /// Asks the server to cancel the running statement; safe from any thread.
  func cancel() async

  func close() async

  /// Runs `body` where this session's statements run, which saves a change of threads for each.
  ///
  /// Nothing in it may wait for long in any other way than for a statement.
  func nearby<Result: Sendable>(_ body: () async -> Result) async -> Result

  /// The server's number of this session, which its system tables call a process; nil where that
  /// is not known.
  var processIdentifier: Int? { get async }
}

extension WarehouseSession {
  package var processIdentifier: Int? { get async { nil } }

  package func nearby<Result: Sendable>(_ body: () async -> Result) async -> Result {
    await body()
  }

  /// Runs `body` with this session, and closes the session whatever comes of it.
  package func closing<Result, Failure: Error>(
    after body: (any WarehouseSession) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    do throws(Failure) {
      let result = try await body(self)
      await close()
      return result
    } catch {
      await close()
      throw error
    }
  }
}

/// What one statement returned.
package struct StatementResult: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package var name: String
    /// The server's type name, as `int4` or `varchar`.
    package var typeName: String

    package init(name: String, typeName: String) {
      self.name = name
      self.typeName = typeName
    }
  }

  package var columns: [Column] = []
  /// Text values; nil is NULL.
  package var rows: [[String?]] = []
  /// The command tag, as `INSERT 0 5`.
  package var tag = ""
  /// Rows affected or returned, when the server says.
  package var rowCount: Int?
  /// Notices, warnings and infos that came with it.
  package var notices: [String] = []

  package init() {}
}

/// What a server, or the way to it, said went wrong.
///
/// Never carries a password.
package struct WarehouseError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No server answered, or the network failed while connecting.
    case unreachable
    /// The server refused the user.
    case authentication
    /// The connection broke in the middle; the outcome of an open COMMIT is unknown.
    case connectionLost
    /// The statement was cancelled on request.
    case cancelled
    /// The server rejected the statement.
    case statement
  }

  package var kind: Kind
  package var message: String
  package var sqlState: String?
  package var detail: String?
  package var hint: String?
  /// Character (not byte) position in the SQL sent, from 1.
  package var position: Int?
  package var context: String?
  /// How many statements of the same message were done before; nil where that is not known.
  package var completedStatements: Int?
  /// What to tell the user, where whoever failed on the way has words of its own.
  package var cause: Diagnostic?
  /// What is wrong with the server's certificate, where that kept us from it and is known.
  package var certificate: CertificateFinding?

  package init(
    kind: Kind,
    message: String,
    sqlState: String? = nil,
    detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil,
    context: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.sqlState = sqlState
    self.detail = detail
    self.hint = hint
    self.position = position
    self.context = context
  }
}

extension WarehouseError {
  /// Whether the transaction lost against another one, so that doing it all again may help.
  ///
  /// The words are Redshift's (errors 1023 and 1018 and their kin).
  package var isConcurrencyConflict: Bool {
    switch sqlState {
    case "40001", "40P01": return true
    default: break
    }
    // Redshift has XX000 for these, so only the words tell.
    let words = [
      "conflict with concurrent transaction", "Serializable isolation violation",
      "dropped by concurrent transaction", "could not open relation with OID",
      "cache lookup failed",
    ]
    let text = message + (detail ?? "")
    return words.contains { text.contains($0) }
  }
}
