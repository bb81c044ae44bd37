package import Diagnostics
package import RedshiftSQL

/// Runs Redshift SQL on a session of either dialect.
package struct StatementRunner: Sendable {
  private let session: any WarehouseSession
  private let dialect: SQLQuoting.Dialect
  private let isVerbatim: Bool
  private let buffers: Buffers
  private let loader: (any CopySupport)?
  private let log: SQLLog?
  private let report: (@Sendable (Diagnostic) -> Void)?

  /// - Parameters:
  ///   - session: Where the statements go.
  ///   - dialect: What the session's server speaks.
  ///   - isVerbatim: Whether the text is the server's own SQL, to be sent whole as it is.
  ///   - buffers: Holds the statements' text, and takes what was sent when a server points into it.
  ///   - loader: Performs COPY on PostgreSQL; on Redshift, finds out why one failed.
  ///   - log: Receives what is sent.
  ///   - report: Receives notices and warnings of the translation.
  package init(
    session: any WarehouseSession,
    dialect: SQLQuoting.Dialect,
    isVerbatim: Bool = false,
    buffers: Buffers,
    loader: (any CopySupport)?,
    log: SQLLog?,
    report: (@Sendable (Diagnostic) -> Void)? = nil
  ) {
    self.session = session
    self.dialect = dialect
    self.isVerbatim = isVerbatim
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
    if isVerbatim {
      let range = buffers.wholeRange(of: buffer)
      var text = MappedText()
      text.append(copying: buffers.bytes(of: buffer), range: range)
      return try await send(SentText(statement: range, text: text), copy: nil)
    }
    let steps = try prepare(SQLParser.parse(buffer, in: buffers))
    var result = StatementResult()
    var notices: [String] = []
    for step in steps {
      notices += result.notices
      result.notices = []
      result = try await run(step, after: result)
    }
    result.notices = notices + result.notices
    return dialect == .postgres ? result.withPlainBytes : result
  }

  /// Runs one statement that was prepared.
  package func run(_ step: PreparedStatement) async throws(Diagnostic) -> StatementResult {
    try await run(step, after: StatementResult())
  }

  private func run(
    _ step: PreparedStatement,
    after former: StatementResult
  ) async throws(Diagnostic) -> StatementResult {
    let sent = SentText(statement: step.range, text: step.text)
    switch step.action {
    case .send:
      var result = try await send(sent, copy: step.copy)
      // Late-binding views that waited for it, and what there is to say of them.
      if step.makesRelation { result.notices += try await bindLateViews(sent) }
      return result
    case .load(let copy): return try await load(copy, sent)
    case .unload(let statement, let unload): return try await run(unload, of: statement)
    case .translate(let statement):
      guard let known = try await retranslated(statement) else { return former }
      return try await run(known, after: former)
    }
  }

  /// A statement translated with the columns that the server says its tables have.
  private func retranslated(_ statement: Statement) async throws(Diagnostic) -> PreparedStatement? {
    try step(try await translation(of: statement), of: statement)
  }

  func translation(of statement: Statement) async throws(Diagnostic) -> PostgresTranslation {
    // Names without a schema are looked up by the server, so they have a schema of their own here.
    var catalog = SymbolicCatalog(defaultSchema: "")
    var asked: Set<RelationName> = []
    var translation = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
    // What becomes known may show that more has to be: the columns of a table behind another.
    while true {
      let missing = translation.wantedRelations.subtracting(asked)
      if missing.isEmpty { return translation }
      asked.formUnion(missing)
      do throws(WarehouseError) {
        for (name, columns) in try await CatalogColumns.read(missing, session: session).columns {
          catalog.add(CatalogRelation(name: name, kind: .table, columns: columns))
        }
      } catch {
        throw .database(
          error,
          at: SentText(statement: statement.range, text: verbatim(statement)).range(
            of: nil,
            in: buffers
          )
        )
      }
      translation = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
    }
  }

  private func step(
    _ translation: PostgresTranslation,
    of statement: Statement
  ) throws(Diagnostic) -> PreparedStatement? {
    for diagnostic in translation.diagnostics {
      if diagnostic.isError { throw diagnostic }
      report?(diagnostic)
    }
    // A statement that means nothing here translates to nothing.
    if translation.text.isEmpty { return nil }
    return PreparedStatement(
      range: statement.range,
      text: translation.text,
      action: .send,
      makesRelation: statement.makesRelation,
      readsViews: statement.readsViews
    )
  }

  private func bindLateViews(_ sent: SentText) async throws(Diagnostic) -> [String] {
    do throws(WarehouseError) {
      let message = [PostgresShims.bindLateViews, PostgresShims.outdatedLateViews]
      let bound = try await session.execute(message.joined(separator: "; "))
      let outdated = LateViewTranslation(session: session, buffers: buffers)
      return bound.notices + (try await outdated.renew(bound))
    } catch {
      throw .database(error, at: sent.range(of: nil, in: buffers))
    }
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
      return statements.map {
        PreparedStatement(range: $0.range, text: verbatim($0), action: .send, copy: $0.copy)
      }
    }
    var steps: [PreparedStatement] = []
    for statement in statements {
      if let action = PreparedStatement.Action(statement) {
        steps.append(
          PreparedStatement(range: statement.range, text: verbatim(statement), action: action)
        )
        continue
      }
      let translation = PostgresTranslator.translate(statement, in: buffers)
      guard translation.wantedRelations.isEmpty else {
        // Problems that no knowledge of columns mends are told before anything is sent.
        if let problem = translation.diagnostics.first(where: \.isCertain) { throw problem }
        steps.append(later(statement))
        continue
      }
      if let step = try step(translation, of: statement) { steps.append(step) }
    }
    return steps
  }

  /// Writes statements that are to be sent together: what translation has to know of the columns
  /// that are there is asked for once, before any of them runs.
  ///
  /// - Parameter statements: in the order in which they will run, with nothing in between.
  /// - Returns: steps that are ready, but for those that only the moment can tell how to write.
  /// - Throws: what cannot be translated, or an error of the database.
  package func prepareTogether(
    _ statements: [Statement]
  ) async throws(Diagnostic) -> [PreparedStatement] {
    let steps = try prepare(statements)
    guard steps.contains(where: \.isTranslatedLate) else { return steps }
    var forecast = ColumnForecast(statements, in: buffers)
    while !forecast.missing.isEmpty {
      do throws(WarehouseError) {
        forecast.learn(try await CatalogColumns.read(forecast.missing, session: session))
      } catch {
        throw .database(error, at: statements.first?.range)
      }
    }
    return try settled(steps, forecast.translations)
  }

  /// The same without a database: what the statements say of the columns that they make is known,
  /// and steps that need more are left to be written later.
  ///
  /// - Parameters:
  ///   - statements: in the order in which they will run.
  ///   - columns: what those that run before them make of the columns that are there; it follows
  ///     the statements, whatever comes of them here.
  /// - Returns: steps, ready as far as the text tells.
  /// - Throws: what cannot be translated.
  package func prepareAlone(
    _ statements: [Statement],
    following columns: inout FollowedColumns
  ) throws(Diagnostic) -> [PreparedStatement] {
    let steps: [PreparedStatement]
    do throws(Diagnostic) {
      steps = try prepare(statements)
    } catch {
      columns.follow(statements, in: buffers)
      throw error
    }
    guard steps.contains(where: \.isTranslatedLate) else {
      columns.follow(statements, in: buffers)
      return steps
    }
    let known = ColumnForecast.translations(of: statements, in: buffers, following: &columns)
    return try known.map { translations throws(Diagnostic) in
      try settled(steps, translations)
    } ?? steps
  }

  /// Puts translations in the place of the steps that waited for them.
  private func settled(
    _ steps: [PreparedStatement],
    _ translations: [TextRange: PostgresTranslation]
  ) throws(Diagnostic) -> [PreparedStatement] {
    var known: [PreparedStatement] = []
    for prepared in steps {
      guard case .translate(let statement) = prepared.action,
        let translation = translations[statement.range]
      else {
        known.append(prepared)
        continue
      }
      if let step = try step(translation, of: statement) { known.append(step) }
    }
    return known
  }

  private func later(_ statement: Statement) -> PreparedStatement {
    PreparedStatement(
      range: statement.range,
      text: verbatim(statement),
      action: .translate(statement)
    )
  }

  private func send(
    _ sent: SentText,
    copy: CopyStatement?
  ) async throws(Diagnostic) -> StatementResult {
    let sql = sent.text.string
    log?.record(sql)
    do {
      return try await session.execute(sql)
    } catch {
      if let copy, let explainer = loader as? any CopyExplaining,
        let known = await explainer.explanation(of: error, copy, session: session)
      {
        throw known
      }
      let range = sent.range(of: error.position, in: buffers)
      if dialect == .postgres, !isVerbatim, error.namesOtherDatabase {
        throw .otherDatabase(error, at: range)
      }
      throw .database(error, at: range)
    }
  }

  private func load(
    _ copy: CopyStatement,
    _ sent: SentText
  ) async throws(Diagnostic) -> StatementResult {
    guard let loader = loader as? any CopyLoading else {
      throw .copyUnavailable(at: sent.range(of: nil, in: buffers))
    }
    log?.record(sent.text.string)
    let result = try await loader.load(copy, session: session, buffers: buffers)
    do throws(WarehouseError) {
      let count = result.rowCount ?? 0
      _ = try await session.execute(PostgresShims.remembering("last_copy_count", count))
    } catch {
      throw .database(error, at: sent.range(of: nil, in: buffers))
    }
    return result
  }

  /// UNLOAD: its query is translated by itself, and the rows go to files.
  private func run(
    _ unload: Unload,
    of statement: Statement
  ) async throws(Diagnostic) -> StatementResult {
    let bytes = buffers.bytes(of: statement.range.buffer)
    guard let writer = loader as? any Unloading else {
      throw .unloadUnavailable(at: statement.range)
    }
    var text = MappedText()
    if let literal = unload.queryText {
      text.append(generated: literal.value.utf8, origin: literal.range)
    } else if let query = unload.query {
      text.append(copying: bytes, range: query.range)
    }
    let buffer = buffers.add(generated: "the query of UNLOAD", text)
    let parsed = SQLParser.parse(buffer, in: buffers)
    if let problem = parsed.diagnostics.first(where: \.isError) { throw problem }
    guard let inner = parsed.statements.first, parsed.statements.count == 1,
      case .query(let query) = inner.kind
    else { throw .unloadWithoutQuery(at: unload.destination.range) }
    if unload.queryText != nil, let limit = query.limitRange, query.limit?.count != nil {
      throw .unloadLimit(at: limit)
    }
    guard let known = try await retranslated(inner) else { return StatementResult() }
    log?.record(known.text.string)
    return try await writer.unload(
      known.text.string,
      by: unload,
      session: session
    )
  }

  private func verbatim(_ statement: Statement) -> MappedText {
    var text = MappedText()
    text.append(copying: buffers.bytes(of: statement.range.buffer), range: statement.range)
    return text
  }
}

extension Diagnostic {
  /// Whether this is an error whatever the server knows.
  fileprivate var isCertain: Bool { isError && code != "local-unsupported" }
}

extension Statement {
  fileprivate var copy: CopyStatement? {
    if case .copy(let copy) = kind { return copy }
    return nil
  }

  fileprivate var readsViews: Bool {
    switch kind {
    case .createTable, .alterTable, .alterSchema: false
    default: true
    }
  }

  /// Whether a view may be waiting for what this makes.
  fileprivate var makesRelation: Bool {
    switch kind {
    case .createTable(let table): !table.isTemporary
    case .createTableAs(let table): !table.isTemporary
    case .createView(let view): view.withoutBinding == nil
    case .alterTable(let table):
      switch table.action {
      case .rename, .addColumn, .renameColumn, .dropColumn, .changeType: true
      default: false
      }
    // Its views are there again under the new name.
    case .alterSchema(let schema):
      if case .rename = schema.action { true } else { false }
    case .alterObject(let object): object.kind == .externalSchema
    case .createRoutine, .createExternalTable, .call: true
    default: false
    }
  }
}

extension WarehouseError {
  /// Whether a name of three parts has another database than the connection's.
  fileprivate var namesOtherDatabase: Bool {
    sqlState == "0A000" && message.hasPrefix("cross-database references")
  }
}

extension StatementResult {
  /// The same with VARBYTE as Redshift shows it: plain hexadecimal digits.
  fileprivate var withPlainBytes: StatementResult {
    let places = columns.indices.filter { columns[$0].typeName == "bytea" }
    guard !places.isEmpty else { return self }
    var result = self
    for row in result.rows.indices {
      for place in places {
        guard let value = result.rows[row][place], value.hasPrefix("\\x") else { continue }
        result.rows[row][place] = String(value.dropFirst(2))
      }
    }
    return result
  }
}
