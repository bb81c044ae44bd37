import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// One client, from its first byte to its last.
actor ClientSession {
  private let server: StandInServer
  private let socket: ClientSocket
  /// Nil refuses to encrypt.
  private let encryption: Encryption?
  private var session: ObservedSession?
  private var state = TransactionState.idle
  private var process = 0

  init(_ server: StandInServer, _ socket: ClientSocket, _ encryption: Encryption?) {
    self.server = server
    self.socket = socket
    self.encryption = encryption
  }

  func serve() async {
    do throws(WireError) {
      guard let parameters = try await startUp() else { return }
      try await connect(parameters)
    } catch {
      var writer = WireWriter()
      writer.error(error)
      socket.write(writer.bytes)
      return
    }
    while let message = await socket.message() {
      var isOver = false
      switch message.kind {
      case "Q":
        var reader = WireReader(message.body)
        isOver = await answer(reader.text())
      case "X": isOver = true
      case "S":
        var writer = WireWriter()
        writer.readyForQuery(state)
        socket.write(writer.bytes)
      case "P", "B", "D", "E", "C", "F":
        // redstart sends what users wrote by the simple protocol, for Redshift's sake.
        var writer = WireWriter()
        writer.error(WireError("the extended protocol is not spoken here", sqlState: "0A000"))
        socket.write(writer.bytes)
      case "d", "c", "f": break
      default: isOver = true
      }
      if isOver { break }
    }
    await server.forget(process)
    await session?.close()
  }

  // MARK: - Start

  private func startUp() async throws(WireError) -> [String: String]? {
    while true {
      guard let head = await socket.read(4) else { return nil }
      var length = WireReader(head)
      let size = length.int32()
      guard (8...10_000).contains(size), let body = await socket.read(size - 4) else { return nil }
      var reader = WireReader(body)
      switch reader.int32() {
      case 80_877_103:  // SSLRequest
        guard let encryption else {
          socket.write([UInt8(ascii: "N")])
          continue
        }
        socket.write([UInt8(ascii: "S")])
        guard await socket.encrypt(encryption) else { return nil }
      case 80_877_104:  // GSSENCRequest
        socket.write([UInt8(ascii: "N")])
      case 80_877_102:  // CancelRequest
        let process = reader.int32()
        await server.cancel(process)
        return nil
      case 196_608:
        var parameters: [String: String] = [:]
        while !reader.isAtEnd {
          let name = reader.text()
          if name.isEmpty { break }
          parameters[name] = reader.text()
        }
        try RedshiftRules.check(startup: parameters)
        return parameters
      default:
        throw WireError("unsupported frontend protocol", sqlState: "0A000", severity: "FATAL")
      }
    }
  }

  private func connect(_ parameters: [String: String]) async throws(WireError) {
    let user = parameters["user"] ?? ""
    try await authenticate(user)
    let opened: (session: any WarehouseSession, process: Int)
    do {
      opened = try await server.open()
    } catch {
      throw WireError("\(error)", sqlState: "08006", severity: "FATAL")
    }
    session = ObservedSession(opened.session)
    process = opened.process
    await server.remember(self, process)
    var writer = WireWriter()
    writer.message("R") { $0.append(int32: 0) }
    for (name, value) in [
      ("client_encoding", "UNICODE"), ("server_encoding", "UNICODE"), ("server_version", "8.0.2"),
      ("DateStyle", "ISO, MDY"), ("TimeZone", "UTC"), ("is_superuser", "on"),
      ("session_authorization", user), ("integer_datetimes", "on"),
    ] {
      writer.parameterStatus(name, value)
    }
    writer.message("K") { writer in
      writer.append(int32: process)
      writer.append(int32: 0)
    }
    writer.readyForQuery(state)
    socket.write(writer.bytes)
  }

  private func authenticate(_ user: String) async throws(WireError) {
    guard let password = server.password else { return }
    let salt: [UInt8] = (0..<4).map { _ in UInt8.random(in: 1...255) }
    var writer = WireWriter()
    writer.message("R") { writer in
      writer.append(int32: 5)
      writer.append(bytes: salt)
    }
    socket.write(writer.bytes)
    guard let message = await socket.message(), message.kind == "p" else {
      throw WireError("no password was sent", sqlState: "28000", severity: "FATAL")
    }
    var reader = WireReader(message.body)
    let inner = Checksum.md5(Array((password + user).utf8))
    let expected = "md5" + Checksum.md5(Array(inner.utf8) + salt)
    guard reader.text() == expected else {
      throw WireError(
        "password authentication failed for user \"\(user)\"",
        sqlState: "28000",
        severity: "FATAL"
      )
    }
  }

  // MARK: - Statements

  /// Answers one message of statements; says whether the connection is over.
  private func answer(_ text: String) async -> Bool {
    var writer = WireWriter()
    let before = state
    do throws(WireError) {
      try await run(text, &writer)
    } catch {
      if error.isLoss { return true }
      if state != .idle { state = .failed }
      writer.error(error)
      if before == .idle, opensImplicitly { await end("ROLLBACK") }
    }
    opensImplicitly = false
    writer.readyForQuery(state)
    socket.write(writer.bytes)
    return false
  }

  /// Whether the open transaction is a message's own.
  private var opensImplicitly = false

  private func end(_ word: String) async {
    // A transaction that is gone has nothing to end.
    _ = try? await session?.execute(word)
    state = .idle
  }

  private func run(_ text: String, _ writer: inout WireWriter) async throws(WireError) {
    let redirected = RedshiftCatalog.redirected(text)
    let buffers = Buffers()
    let buffer = buffers.add(name: "statement", text: redirected)
    let statements = SQLParser.parse(buffer, in: buffers).statements
    if statements.isEmpty {
      writer.message("I") { _ in }
      return
    }
    // Several statements of one message are one transaction, unless they say otherwise.
    let isAlone = statements.count == 1
    for statement in statements {
      let own = buffers.text(of: statement.range)
      if state == .failed, !statement.endsTransaction {
        throw WireError(
          "current transaction is aborted, commands ignored until end of transaction block",
          sqlState: "25P02"
        )
      }
      try RedshiftRules.check(statement, text: own, state: state, inMessageOfSeveral: !isAlone)
      await server.record(process, own)
      if !isAlone, state == .idle, !opensImplicitly, !statement.isControl {
        try await send("BEGIN")
        opensImplicitly = true
      }
      try await perform(statement, own, buffers, &writer)
    }
    if opensImplicitly { try await send("COMMIT") }
  }

  private func send(_ word: String) async throws(WireError) {
    do {
      _ = try await session?.execute(word)
    } catch {
      throw WireError(error)
    }
  }

  private func perform(
    _ statement: Statement,
    _ text: String,
    _ buffers: Buffers,
    _ writer: inout WireWriter
  ) async throws(WireError) {
    guard let session else { throw WireError("there is no session", sqlState: "08003") }
    let fault: Faults.Kind?
    do { fault = try await server.faults.next(for: text) } catch { throw WireError("\(error)") }
    switch fault {
    case .conflict: throw .conflict
    case .oid: throw .droppedRelation
    case .refuse: throw .vacuumIsRunning
    case .loseBefore:
      socket.drop()
      throw .lostConnection
    case .loseAfter, nil: break
    }
    if statement.isTruncate, state == .inBlock || opensImplicitly {
      // TRUNCATE commits what came before it.
      try await send("COMMIT")
      opensImplicitly = false
      state = .idle
    }
    let runner = StatementRunner(
      session: session,
      dialect: .postgres,
      buffers: buffers,
      loader: server.loader(for: process),
      log: nil
    )
    var result = StatementResult()
    do throws(Diagnostic) {
      for step in try runner.prepare([statement]) { result = try await runner.run(step) }
    } catch {
      throw WireError(
        error,
        session.takeFailure(),
        statement,
        text,
        buffers,
        isServerless: server.isServerless
      )
    }
    switch statement.kind {
    case .transaction(.begin):
      if opensImplicitly { opensImplicitly = false }
      state = .inBlock
    case .transaction:
      state = .idle
      opensImplicitly = false
    default: break
    }
    if fault == .loseAfter {
      socket.drop()
      throw .lostConnection
    }
    if case .explain = statement.kind {
      let lines = RedshiftPlan.lines(result.rows.compactMap { $0.first.flatMap { $0 } })
      result.rows = lines.map { [$0] }
    }
    write(result, of: statement, &writer)
  }

  // MARK: - Results

  private func write(
    _ result: StatementResult,
    of statement: Statement,
    _ writer: inout WireWriter
  ) {
    for notice in result.notices { writer.notice(notice) }
    // A translation may select where the statement does not.
    if !result.columns.isEmpty, statement.returnsRows {
      writer.message("T") { writer in
        writer.append(int16: result.columns.count)
        for column in result.columns {
          writer.append(text: column.name)
          writer.append(int32: 0)
          writer.append(int16: 0)
          writer.append(int32: TypeNumber.of(column.typeName))
          writer.append(int16: -1)
          writer.append(int32: -1)
          writer.append(int16: 0)
        }
      }
      for row in result.rows {
        writer.message("D") { writer in
          writer.append(int16: row.count)
          for value in row {
            guard let value else {
              writer.append(int32: -1)
              continue
            }
            writer.append(int32: value.utf8.count)
            writer.append(bytes: value.utf8)
          }
        }
      }
    }
    writer.commandComplete(tag(of: result, statement))
  }

  private func tag(of result: StatementResult, _ statement: Statement) -> String {
    switch statement.kind {
    // Redshift counts neither what it selects nor what it copies.
    case .query: "SELECT"
    case .copy: "COPY"
    case .unload: "UNLOAD"
    case .insert, .update, .delete, .merge: result.tag
    default: statement.noun
    }
  }

  func cancel() async { await session?.cancel() }
}

extension Statement {
  fileprivate var isControl: Bool {
    if case .transaction = kind { return true }
    return false
  }

  fileprivate var endsTransaction: Bool {
    switch kind {
    case .transaction(.commit), .transaction(.rollback): true
    default: false
    }
  }

  fileprivate var isTruncate: Bool {
    if case .truncate = kind { return true }
    return false
  }
}
