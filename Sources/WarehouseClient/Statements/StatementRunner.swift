package import Diagnostics
package import RedshiftSQL

/// Runs Redshift SQL on a session of either dialect.
package struct StatementRunner: Sendable {
  private let session: any WarehouseSession
  private let dialect: SQLQuoting.Dialect
  private let buffers: Buffers
  private let loader: (any CopyLoading)?
  private let log: SQLLog?
  private let report: (@Sendable (Diagnostic) -> Void)?

  /// - Parameters:
  ///   - session: Where the statements go.
  ///   - dialect: What the session's server speaks.
  ///   - buffers: Holds the statements' text, and takes what was sent when a server points into it.
  ///   - loader: Performs COPY on PostgreSQL.
  ///   - log: Receives what is sent.
  ///   - report: Receives notices and warnings of the translation.
  package init(
    session: any WarehouseSession,
    dialect: SQLQuoting.Dialect,
    buffers: Buffers,
    loader: (any CopyLoading)?,
    log: SQLLog?,
    report: (@Sendable (Diagnostic) -> Void)? = nil
  ) {
    self.session = session
    self.dialect = dialect
    self.buffers = buffers
    self.loader = loader
    self.log = log
    self.report = report
  }

  /// Runs every statement of the buffer, in order, and returns what the last one returned.
  ///
  /// On Redshift each statement's own text is sent as it is. On PostgreSQL it is translated, and a
  /// COPY goes to the loader. Nothing is sent of a buffer that cannot be translated whole.
  package func run(_ buffer: BufferID) async throws(Diagnostic) -> StatementResult {
    let steps = try prepare(SQLParser.parse(buffer, in: buffers))
    var result = StatementResult()
    for step in steps {
      result = try await run(step)
    }
    return result
  }

  /// Runs one statement that was prepared.
  package func run(_ step: PreparedStatement) async throws(Diagnostic) -> StatementResult {
    let sent = SentText(statement: step.range, text: step.text)
    guard let copy = step.copy else { return try await send(sent) }
    return try await load(copy, sent)
  }

  private func prepare(_ parsed: ParsedSQL) throws(Diagnostic) -> [PreparedStatement] {
    if dialect == .postgres, let failure = parsed.diagnostics.first(where: \.isError) {
      throw failure
    }
    return try prepare(parsed.statements)
  }

  /// Writes statements in the server's own SQL; those that mean nothing there are left out.
  package func prepare(_ statements: [Statement]) throws(Diagnostic) -> [PreparedStatement] {
    guard dialect == .postgres else {
      // What the parser does not know Redshift may well: the server is the judge there.
      return statements.map { PreparedStatement(range: $0.range, text: verbatim($0)) }
    }
    var steps: [PreparedStatement] = []
    for statement in statements {
      if case .copy(let copy) = statement.kind {
        steps.append(
          PreparedStatement(range: statement.range, text: verbatim(statement), copy: copy)
        )
        continue
      }
      let translation = PostgresTranslator.translate(statement, in: buffers)
      for diagnostic in translation.diagnostics {
        if diagnostic.isError { throw diagnostic }
        report?(diagnostic)
      }
      // A statement that means nothing here translates to nothing.
      if !translation.text.isEmpty {
        steps.append(PreparedStatement(range: statement.range, text: translation.text))
      }
    }
    return steps
  }

  private func send(_ sent: SentText) async throws(Diagnostic) -> StatementResult {
    let sql = sent.text.string
    log?.record(sql)
    do {
      return try await session.execute(sql)
    } catch {
      throw .database(error, at: sent.range(of: error.position, in: buffers))
    }
  }

  private func load(
    _ copy: CopyStatement,
    _ sent: SentText
  ) async throws(Diagnostic) -> StatementResult {
    guard let loader else {
      throw .copyUnavailable(at: sent.range(of: nil, in: buffers))
    }
    log?.record(sent.text.string)
    return try await loader.load(copy, session: session, buffers: buffers)
  }

  private func verbatim(_ statement: Statement) -> MappedText {
    var text = MappedText()
    text.append(copying: buffers.bytes(of: statement.range.buffer), range: statement.range)
    return text
  }
}
