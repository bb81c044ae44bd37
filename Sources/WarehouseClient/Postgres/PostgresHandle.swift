import CLibPQ
import Dispatch
import Glibc

/// One libpq connection; every call blocks, so it is used on a queue that may.
final class PostgresHandle {
  private let connection: OpaquePointer
  private let notices = NoticeCollector()
  /// Statements of the last message that were done before its last result.
  private var completed = 0
  /// The server's process for this session, as the server told it at the start; libpq forgets it
  /// when the connection breaks.
  private(set) var processIdentifier: Int?
  /// What the last statement of the session's setup returned.
  private(set) var greeting = StatementResult()

  /// Connects, and gives up at the settings' timeout or when `isCancelled` says so.
  init(
    _ settings: PostgresConnectionSettings,
    isCancelled: () -> Bool = { false }
  ) throws(WarehouseError) {
    guard let connection = Self.start(settings.parameters, settings.usesUnixSocket) else {
      throw WarehouseError(kind: .unreachable, message: "out of memory")
    }
    // Verbose errors carry the SQLSTATE, which libpq does not give for a refused connection.
    _ = PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    notices.attach(to: connection)
    let deadline = DispatchTime.now() + .seconds(max(settings.connectTimeout, 1))
    do {
      try Self.finish(connection, deadline, settings.connectTimeout, isCancelled)
    } catch {
      let authorities = settings.sslRootCertificate
      let address = PQhostaddr(connection).map { String(cString: $0) } ?? ""
      PQfinish(connection)
      guard let authorities, !address.isEmpty,
        error.message.contains("certificate verify failed")
      else { throw error }
      var explained = error
      // What is left of the time: the look is part of the attempt to connect.
      explained.certificate = withoutActuallyEscaping(isCancelled) { isCancelled in
        CertificateProbe(
          host: settings.host,
          address: address,
          port: settings.port,
          authorities: authorities,
          deadline: deadline,
          isCancelled: isCancelled
        ).finding()
      }
      throw explained
    }
    _ = PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
    self.connection = connection
    let process = PQbackendPID(connection)
    processIdentifier = process > 0 ? Int(process) : nil
    if !settings.sessionSetup.isEmpty {
      greeting = try execute(settings.sessionSetup.joined(separator: ";\n"))
    }
  }

  deinit { PQfinish(connection) }

  var cancelRequest: CancelRequest? { CancelRequest(connection) }

  var isBroken: Bool { PQstatus(connection) == CONNECTION_BAD }

  /// Sends SQL as it is and waits for its last result.
  func execute(_ sql: String) throws(WarehouseError) -> StatementResult {
    let result = try send(sql)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE:
      return statementResult(result, notices: notices.take())
    case PGRES_COPY_IN, PGRES_COPY_BOTH:
      abortCopy("no data was given")
      throw WarehouseError(kind: .statement, message: "COPY FROM STDIN has no data here")
    case PGRES_COPY_OUT:
      discardCopyOutput()
      throw WarehouseError(kind: .statement, message: "COPY TO STDOUT has no reader here")
    default:
      var error = statementError(result, connectionLost: isBroken)
      error.completedStatements = completed
      throw error
    }
  }

  /// Sends a `COPY … FROM STDIN` and leaves the connection waiting for its data.
  func beginCopy(_ sql: String) throws(WarehouseError) {
    let result = try send(sql)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COPY_IN: return
    case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
      throw statementError(result, connectionLost: isBroken)
    case PGRES_COPY_OUT:
      discardCopyOutput()
      fallthrough
    default:
      throw WarehouseError(kind: .statement, message: "not a COPY FROM STDIN statement")
    }
  }

  func putCopyData(_ bytes: [UInt8]) throws(WarehouseError) {
    // The length is a 32-bit number, and libpq copies what it is given into its own buffer.
    let largest = 1 << 20
    var start = 0
    while start < bytes.count {
      let end = min(start + largest, bytes.count)
      let outcome = bytes.withUnsafeBytes { all in
        PQputCopyData(
          connection,
          UnsafeRawBufferPointer(rebasing: all[start..<end])
            .bindMemory(to: CChar.self).baseAddress,
          Int32(end - start)
        )
      }
      guard outcome == 1 else { throw lostConnection() }
      start = end
    }
  }

  /// Ends the data and waits for the server's word on it.
  func endCopy() throws(WarehouseError) -> StatementResult {
    guard PQputCopyEnd(connection, nil) == 1 else { throw lostConnection() }
    return try drain()
  }

  /// Runs a `COPY … TO STDOUT` and hands out its rows.
  func readCopy(_ sql: String, row: ([UInt8]) throws -> Void) throws -> StatementResult {
    let result = try send(sql)
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_COPY_OUT else {
      throw statementError(result, connectionLost: isBroken)
    }
    var failure: (any Error)?
    while true {
      var line: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(connection, &line, 0)
      guard count > 0, let line else { break }
      defer { PQfreemem(line) }
      guard failure == nil else { continue }
      let bytes = UnsafeRawBufferPointer(start: line, count: Int(count))
      do {
        try row(Array(bytes))
      } catch {
        failure = error
        // The server need not send what nobody takes.
        if let cancel = PQgetCancel(connection) {
          PQcancel(cancel, nil, 0)
          PQfreeCancel(cancel)
        }
      }
    }
    if let failure {
      while let rest = PQgetResult(connection) {
        PQclear(rest)
        if isBroken { break }
      }
      throw failure
    }
    return try drain()
  }

  /// Makes the server give up the copy; its answer, an error by intent, is dropped.
  func abortCopy(_ reason: String) {
    guard PQputCopyEnd(connection, reason) == 1 else { return }
    while let result = PQgetResult(connection) {
      PQclear(result)
      if isBroken { break }
    }
    _ = notices.take()
  }

  private func send(_ sql: String) throws(WarehouseError) -> OpaquePointer {
    _ = notices.take()
    guard !sql.utf8.contains(0) else {
      // C's strings end there: the server would run only the part before.
      throw WarehouseError(kind: .statement, message: "the SQL contains a NUL character")
    }
    guard PQsendQuery(connection, sql) == 1 else { throw lostConnection() }
    return try lastResult()
  }

  /// Waits for the results of what was sent, and keeps the last one, as PQexec does; but counts
  /// those before it, so that an error tells which statement of several it is about.
  private func lastResult() throws(WarehouseError) -> OpaquePointer {
    completed = 0
    var last: OpaquePointer?
    while let result = PQgetResult(connection) {
      if let last {
        // Behind its last words the server closes the connection, which libpq tells as an error,
        // too; it is no result of a statement.
        if PQresultStatus(last) == PGRES_FATAL_ERROR {
          PQclear(result)
          if isBroken { break }
          continue
        }
        PQclear(last)
        completed += 1
      }
      last = result
      switch PQresultStatus(result) {
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: return result
      default: break
      }
      if isBroken { break }
    }
    guard let last else { throw lostConnection() }
    return last
  }

  private func drain() throws(WarehouseError) -> StatementResult {
    var failure: WarehouseError?
    var outcome = StatementResult()
    while let result = PQgetResult(connection) {
      defer { PQclear(result) }
      if PQresultStatus(result) == PGRES_COMMAND_OK {
        outcome = statementResult(result, notices: [])
      } else if failure == nil {
        failure = statementError(result, connectionLost: isBroken)
      }
      if isBroken { break }
    }
    if let failure { throw failure }
    outcome.notices = notices.take()
    return outcome
  }

  private func discardCopyOutput() {
    var line: UnsafeMutablePointer<CChar>?
    while PQgetCopyData(connection, &line, 0) > 0 {
      PQfreemem(line)
      line = nil
    }
    while let result = PQgetResult(connection) {
      PQclear(result)
      if isBroken { break }
    }
  }

  private func lostConnection() -> WarehouseError {
    let message = withoutTrailingWhitespace(String(cString: PQerrorMessage(connection)))
    return WarehouseError(
      kind: isBroken ? .connectionLost : .statement,
      message: message.isEmpty ? "the connection was lost" : message
    )
  }
}

// MARK: Connecting

extension PostgresHandle {
  private static func start(
    _ parameters: [(keyword: String, value: String)],
    _ usesUnixSocket: Bool
  ) -> OpaquePointer? {
    var parameters = parameters
    if usesUnixSocket, getenv("PGHOSTADDR").map({ $0.pointee != 0 }) == true {
      // An address in the environment would win over the socket. Listing the socket twice with
      // two empty addresses is the one way to overrule it.
      parameters = parameters.map {
        $0.keyword == "host" ? ("host", "\($0.value),\($0.value)") : $0
      }
      parameters.append(("hostaddr", ","))
    }
    var keywords = parameters.map { strdup($0.keyword) }
    var values = parameters.map { strdup($0.value) }
    defer { for pointer in keywords + values { free(pointer) } }
    keywords.append(nil)
    values.append(nil)
    let constantKeywords = keywords.map { UnsafePointer($0) }
    let constantValues = values.map { UnsafePointer($0) }
    return PQconnectStartParams(constantKeywords, constantValues, 0)
  }

  private static func finish(
    _ connection: OpaquePointer,
    _ deadline: DispatchTime,
    _ timeout: Int,
    _ isCancelled: () -> Bool
  ) throws(WarehouseError) {
    var wanted = PGRES_POLLING_WRITING
    while PQstatus(connection) != CONNECTION_BAD {
      if wanted == PGRES_POLLING_OK { return }
      if wanted == PGRES_POLLING_FAILED { break }
      var waiting = pollfd(
        fd: PQsocket(connection),
        events: Int16(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
        revents: 0
      )
      // Short slices, so that a cancelled task does not wait for a silent host.
      let ready = poll(&waiting, 1, 100)
      if isCancelled() {
        throw WarehouseError(kind: .cancelled, message: "cancelled while connecting")
      }
      if ready > 0 {
        wanted = PQconnectPoll(connection)
      } else if DispatchTime.now() >= deadline {
        let host = PQhost(connection).map { String(cString: $0) } ?? "the server"
        throw WarehouseError(
          kind: .unreachable,
          message: "no answer from \(host) within \(max(timeout, 1)) s"
        )
      }
    }
    throw connectionError(String(cString: PQerrorMessage(connection)))
  }

  /// Reads libpq's verbose message, the only form in which a refusal's SQLSTATE is told.
  static func connectionError(_ text: String) -> WarehouseError {
    var message = ""
    var error = WarehouseError(kind: .unreachable, message: "")
    for line in text.split(separator: "\n") {
      if line.hasPrefix("LOCATION:") { continue }
      if let detail = field("DETAIL:", of: line) {
        error.detail = detail
      } else if let hint = field("HINT:", of: line) {
        error.hint = hint
      } else if let (state, rest) = serverRefusal(line) {
        // The server's words are the reason; which address was tried first is not.
        error.sqlState = state
        message = rest
      } else {
        message += message.isEmpty ? String(line) : "\n" + String(line)
      }
    }
    error.message = message.isEmpty ? "the connection failed" : message
    switch error.sqlState?.prefix(2) {
    case "28": error.kind = .authentication
    case "57", "53", "08", nil: break
    default: error.kind = .statement
    }
    if error.sqlState == nil, isAboutAuthentication(message) { error.kind = .authentication }
    return error
  }

  private static func field(_ name: String, of line: Substring) -> String? {
    guard line.hasPrefix(name) else { return nil }
    return String(line.dropFirst(name.count).drop { $0 == " " })
  }

  /// Splits `… FATAL:  28P01: password authentication failed` at its SQLSTATE.
  private static func serverRefusal(_ line: Substring) -> (state: String, message: String)? {
    let bytes = Array(line.utf8)
    let space = UInt8(ascii: " ")
    let colon = UInt8(ascii: ":")
    guard bytes.count > 9 else { return nil }
    for index in 0..<bytes.count - 9
    where bytes[index] == colon && bytes[index + 1] == space && bytes[index + 2] == space {
      let state = bytes[index + 3..<index + 8]
      let isState = state.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
      }
      guard isState, bytes[index + 8] == colon else { continue }
      let message = String(decoding: bytes[(index + 9)...], as: UTF8.self)
      return (String(decoding: state, as: UTF8.self), String(message.drop { $0 == " " }))
    }
    return nil
  }

  private static func isAboutAuthentication(_ message: String) -> Bool {
    message.contains("authentication method") || message.contains("no password supplied")
  }
}
