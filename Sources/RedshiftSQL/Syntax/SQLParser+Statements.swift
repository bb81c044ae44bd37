import Diagnostics

extension SQLParser {
  mutating func parseStatementKind() throws(SyntaxFailure) -> Statement.Kind {
    try enter()
    defer { leave() }
    switch token.keyword {
    case .select, .values: return .query(try parseQuery())
    case .with: return try parseWithStatement()
    case .create: return try parseCreate()
    case .drop: return try parseDrop()
    case .alter: return try parseAlter()
    case .insert: return .insert(try parseInsert(with: nil))
    case .update: return .update(try parseUpdate(with: nil))
    case .delete: return .delete(try parseDelete(with: nil))
    case .merge: return .merge(try parseMerge())
    case .truncate: return .truncate(try parseTruncate())
    case .copy: return try parseCopy()
    case .unload: return .unload(try parseUnload())
    case .grant, .revoke: return try parseGrant()
    case .comment: return try parseRemark()
    case .analyze: return .analyze(try parseAnalyze())
    case .vacuum: return .vacuum(try parseVacuum())
    case .set, .reset, .show: return try parseParameter()
    case .begin, .start, .commit, .end, .rollback, .abort: return try parseTransaction()
    case .lock: return .lock(try parseLock())
    case .call: return .call(try parseProcedureCall())
    case .explain: return .explain(try parseExplain())
    case .refresh: return try parseRefresh()
    default: break
    }
    if at(.openParenthesis) { return .query(try parseQuery()) }
    if let kind = try parseRarer() { return kind }
    guard token.kind == .word else {
      throw failure(unterminated ? "the end of it" : SQLParser.statementStart)
    }
    guard SQLParser.opaqueStarts.contains(word(token)) else {
      throw failure(
        SQLParser.statementStart,
        help: Suggestion.sentence(
          for: string(token).uppercased(),
          among: SQLParser.statementStarts
        )
      )
    }
    return parseOpaque(from: index)
  }

  /// Statements that start with words which are no keywords elsewhere.
  private mutating func parseRarer() throws(SyntaxFailure) -> Statement.Kind? {
    switch token.keyword {
    case .execute: return .execute(try parseExecute())
    case .fetch: return .cursor(try parseFetch())
    case .desc:
      let start = index
      advance()
      if let show = try parseShowObjects(describes: true) { return .show(show) }
      rewind(to: start)
      return nil
    case .none: break
    default: return nil
    }
    guard token.kind == .word else { return nil }
    if atWord("prepare") { return .prepare(try parsePrepare()) }
    if atWord("deallocate") { return .deallocate(try parseDeallocate()) }
    if atWord("declare") { return .cursor(try parseDeclare()) }
    if atWord("close") { return .cursor(try parseClose()) }
    if atWord("cancel") { return .cancel(try parseCancel()) }
    if atWord("analyse") { return .analyze(try parseAnalyze()) }
    if atWord("use") { return .use(try parseUse()) }
    if atWord("attach") || atWord("detach") { return try parsePolicyAttachment() }
    return nil
  }

  private var unterminated: Bool {
    switch token.kind {
    case .unterminatedString, .unterminatedIdentifier, .unterminatedComment,
      .unterminatedDollarString:
      true
    default: false
    }
  }

  /// Statements that Redshift has and that need no understanding here.
  private static let opaqueStarts: Set<String> = [
    "desc", "describe", "move", "notify", "listen", "unlisten", "load", "reindex",
    "cluster", "checkpoint", "savepoint", "release", "do", "security", "import", "discard",
    "reassign",
  ]

  private static let statementStarts: [String] = [
    "SELECT", "WITH", "VALUES", "CREATE", "DROP", "ALTER", "INSERT", "UPDATE", "DELETE", "MERGE",
    "TRUNCATE", "COPY", "UNLOAD", "GRANT", "REVOKE", "COMMENT", "ANALYZE", "VACUUM", "SET", "RESET",
    "SHOW", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "LOCK", "CALL", "EXPLAIN",
    "REFRESH", "PREPARE", "EXECUTE", "DEALLOCATE", "DECLARE", "FETCH", "CLOSE", "CANCEL",
  ]

  /// Takes the rest of the statement as it is; its first words say what it is.
  mutating func parseOpaque(from start: Int) -> Statement.Kind {
    rewind(to: start)
    var keywords: [String] = []
    while token.kind == .word, keywords.count < 4 {
      keywords.append(word(token))
      advance()
    }
    while token.kind != .semicolon, token.kind != .endOfText { advance() }
    return .opaque(Opaque(keywords: keywords))
  }

  private mutating func parseWithStatement() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    let with = try parseWith()
    switch token.keyword {
    case .insert: return .insert(try parseInsert(with: with))
    case .update: return .update(try parseUpdate(with: with))
    case .delete: return .delete(try parseDelete(with: with))
    case .select, .values: return .query(try parseQuery(with: with, from: start))
    default:
      guard at(.openParenthesis) else {
        throw failure("\",\" or SELECT", help: suggestion([.select, .insert, .update, .delete]))
      }
      return .query(try parseQuery(with: with, from: start))
    }
  }

  private mutating func parseExplain() throws(SyntaxFailure) -> Explain {
    advance()
    let isVerbose = take(.verbose)
    let start = index
    let kind = try parseStatementKind()
    return Explain(
      isVerbose: isVerbose,
      statement: Statement(range: textRange(from: start), kind: kind)
    )
  }

  private mutating func parseRefresh() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    try expect(.materialized)
    try expect(.view)
    let name = try parseObjectName("a materialized view")
    if !take(.cascade) { _ = take(.restrict) }
    return .refresh(Refresh(name: name))
  }
}
