import Diagnostics

extension SQLParser {
  mutating func parseTransaction() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    let keyword = token.keyword
    advance()
    switch keyword {
    case .start:
      try expect(.transaction)
    case .rollback where at(.to): return parseOpaque(from: start)
    default:
      if !take(.work) { _ = take(.transaction) }
    }
    guard keyword == .begin || keyword == .start else {
      return .transaction(
        keyword == .commit || keyword == .end ? .commit : .rollback
      )
    }
    try skipTransactionModes()
    return .transaction(.begin)
  }

  private mutating func skipTransactionModes() throws(SyntaxFailure) {
    while token.kind == .word || token.kind == .comma {
      guard token.kind == .comma || SQLParser.transactionModes.contains(word(token)) else {
        throw failure("ISOLATION LEVEL, READ WRITE or READ ONLY")
      }
      advance()
    }
  }

  private static let transactionModes: Set<String> = [
    "isolation", "level", "serializable", "repeatable", "read", "committed", "uncommitted",
    "snapshot", "write", "only",
  ]

  /// SET, RESET and SHOW.
  mutating func parseParameter() throws(SyntaxFailure) -> Statement.Kind {
    let action: Parameter.Action = at(.set) ? .set : at(.reset) ? .reset : .show
    advance()
    if action == .show { return try parseShow() }
    if action == .set {
      if at(.session), peek().kind == .word, !isValueStart(peek()) {
        advance()
      } else {
        _ = take(.local)
      }
    }
    if at(.authorization) || atWord("characteristics") || at(.session, .authorization) {
      return .session(try parseSessionCommand(isReset: action == .reset))
    }
    let nameStart = index
    let name: String
    if at(.time, .zone) {
      advance()
      advance()
      name = "timezone"
    } else if take(.all) {
      name = "all"
    } else {
      name = try parseObjectName("the name of a parameter").parts.map(\.text)
        .joined(separator: ".")
    }
    let nameRange = textRange(from: nameStart)
    guard action == .set else {
      return .parameter(
        Parameter(action: action, name: name, nameRange: nameRange, value: nil)
      )
    }
    if !take(.to), !takeOperator("="), name != "timezone" {
      throw failure("TO or \"=\"", help: suggestion([.to]))
    }
    let valueStart = index
    guard token.kind != .semicolon, token.kind != .endOfText else { throw failure("a value") }
    while token.kind != .semicolon, token.kind != .endOfText {
      switch token.kind {
      case .word, .string, .number, .comma, .quotedIdentifier, .parameter, .dot: advance()
      default:
        guard
          takeOperator("-") || takeOperator("+") || at(.openParenthesis) || at(.closeParenthesis)
        else { throw failure("a value") }
        if at(.openParenthesis) || at(.closeParenthesis) { advance() }
      }
    }
    return .parameter(
      Parameter(
        action: action,
        name: name,
        nameRange: nameRange,
        value: textRange(from: valueStart)
      )
    )
  }

  private func isValueStart(_ token: SQLToken) -> Bool { token.keyword == .to }

  private mutating func parseShow() throws(SyntaxFailure) -> Statement.Kind {
    if let show = try parseShowObjects(describes: false) { return .show(show) }
    let nameStart = index
    guard token.kind == .word || token.kind == .quotedIdentifier else {
      throw failure("the name of a parameter")
    }
    if at(.time, .zone) {
      advance()
      advance()
    } else if !take(.all) {
      _ = try parseObjectName("the name of a parameter")
    }
    let range = textRange(from: nameStart)
    let name = String(decoding: bytes[range.bytes], as: UTF8.self).lowercased()
    return .parameter(Parameter(action: .show, name: name, nameRange: range, value: nil))
  }

  mutating func parseLock() throws(SyntaxFailure) -> Lock {
    advance()
    _ = take(.table)
    var tables = [try parseObjectName("a table")]
    while take(.comma) { tables.append(try parseObjectName("a table")) }
    if at(.in) || atWord("nowait") {
      throw failure(
        "\",\" or the end of the statement",
        help: "Redshift's LOCK has no modes: it always takes the table for itself, and waits for it"
      )
    }
    return Lock(tables: tables)
  }

  mutating func parseProcedureCall() throws(SyntaxFailure) -> Call {
    advance()
    let name = try parseObjectName("a procedure")
    guard at(.openParenthesis) else { throw failure("\"(\" and the arguments") }
    let call = try parseCall(name)
    guard case .call(let function) = call.kind else { throw failure("\"(\"") }
    return Call(name: name, arguments: function.arguments)
  }

  mutating func parseAnalyze() throws(SyntaxFailure) -> Analyze {
    advance()
    var analyze = Analyze(
      isVerbose: take(.verbose),
      isCompression: false,
      table: nil,
      columns: [],
      option: nil
    )
    analyze.isCompression = take(.compression)
    if atName, !at(.predicate) {
      analyze.table = try parseObjectName("a table")
      if at(.openParenthesis) { analyze.columns = try parseIdentifierList("a column") }
    }
    let start = index
    if at(.predicate) || at(.all) {
      advance()
      guard takeWord("columns") else { throw failure("COLUMNS") }
      analyze.option = textRange(from: start)
    } else if takeWord("comprows") {
      _ = try parseInteger("a number of rows")
      analyze.option = textRange(from: start)
    }
    return analyze
  }

  mutating func parseVacuum() throws(SyntaxFailure) -> Vacuum {
    advance()
    var mode = Vacuum.Mode.full
    if at(.delete), peek().keyword == .only {
      mode = .deleteOnly
      advance()
      advance()
    } else if atWord("sort"), peek().keyword == .only {
      mode = .sortOnly
      advance()
      advance()
    } else if takeWord("reindex") {
      mode = .reindex
    } else if takeWord("recluster") {
      mode = .recluster
    } else {
      _ = take(.full)
    }
    var vacuum = Vacuum(mode: mode, table: nil, threshold: nil, isBoosted: false)
    _ = take(.verbose)
    _ = take(.table)
    if atName, !atWord("boost") { vacuum.table = try parseObjectName("a table") }
    if take(.to) {
      vacuum.threshold = try parseInteger("a percentage")
      try expect(.percent)
    }
    vacuum.isBoosted = takeWord("boost")
    return vacuum
  }

  mutating func parseRemark() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    try expect(.on)
    guard token.kind == .word else { throw failure("TABLE, COLUMN, VIEW or SCHEMA") }
    var kind = word(token)
    advance()
    if kind == "materialized" || kind == "external" {
      guard token.kind == .word else { throw failure("VIEW or TABLE") }
      kind += " " + word(token)
      advance()
    }
    var arguments: [RoutineArgument]?
    var table: ObjectName?
    let name = try parseObjectName("a name")
    if at(.openParenthesis) { arguments = try parseRoutineArguments() }
    if take(.on) { table = try parseObjectName("a table") }
    guard at(.is) else { throw failure("IS", help: suggestion([.is])) }
    advance()
    var text: CopyStatement.Literal?
    if !take(.null) { text = try parseString("a string or NULL") }
    return .remark(
      Remark(objectKind: kind, object: name, arguments: arguments, table: table, text: text)
    )
  }

  mutating func parseCancel() throws(SyntaxFailure) -> Cancel {
    advance()
    let process = try parseExpr()
    var message: CopyStatement.Literal?
    if at(.string) { message = try parseString("a message") }
    return Cancel(process: process, message: message)
  }

  mutating func parseUse() throws(SyntaxFailure) -> Use {
    advance()
    return Use(database: try parseIdentifier("a database"))
  }

  /// `[SESSION] AUTHORIZATION u` and `SESSION CHARACTERISTICS AS TRANSACTION …` behind SET.
  private mutating func parseSessionCommand(
    isReset: Bool
  ) throws(SyntaxFailure) -> SessionCommand {
    _ = take(.session)
    if take(.authorization) {
      if isReset || take(.default) { return .authorization(nil) }
      if at(.string) {
        let text = try parseString("a user")
        return .authorization(Identifier(text: text.value, range: text.range, isQuoted: true))
      }
      return .authorization(try parseAccount("a user or DEFAULT"))
    }
    guard takeWord("characteristics") else { throw failure("AUTHORIZATION or CHARACTERISTICS") }
    try expect(.as)
    try expect(.transaction)
    let start = index
    try skipTransactionModes()
    return .characteristics(textRange(from: start))
  }
}
