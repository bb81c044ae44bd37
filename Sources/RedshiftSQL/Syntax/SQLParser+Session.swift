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
    while token.kind == .word || token.kind == .comma {
      guard token.kind == .comma || SQLParser.transactionModes.contains(word(token)) else {
        throw failure("ISOLATION LEVEL, READ WRITE or READ ONLY")
      }
      advance()
    }
    return .transaction(.begin)
  }

  private static let transactionModes: Set<String> = [
    "isolation", "level", "serializable", "repeatable", "read", "committed", "uncommitted",
    "snapshot", "write", "only",
  ]

  /// SET, RESET and SHOW.
  mutating func parseParameter() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    let action: Parameter.Action = at(.set) ? .set : at(.reset) ? .reset : .show
    advance()
    if action == .show { return try parseShow(from: start) }
    var isSession = false
    if action == .set {
      if at(.session), peek().kind == .word, !isValueStart(peek()) {
        advance()
        isSession = true
      } else {
        _ = take(.local)
      }
    }
    if at(.authorization) || atWord("characteristics") || at(.session, .authorization) {
      return parseOpaque(from: start)
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
    _ = isSession
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
        guard takeOperator("-") else { throw failure("a value") }
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

  private mutating func parseShow(from start: Int) throws(SyntaxFailure) -> Statement.Kind {
    let nameStart = index
    guard token.kind == .word else { throw failure("the name of a parameter") }
    if at(.time, .zone) {
      advance()
      advance()
    } else if at(.all) {
      advance()
    } else {
      _ = try parseObjectName("the name of a parameter")
    }
    guard token.kind == .semicolon || token.kind == .endOfText else {
      return parseOpaque(from: start)
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
    return Lock(tables: tables)
  }

  mutating func parseProcedureCall() throws(SyntaxFailure) -> Call {
    advance()
    let name = try parseObjectName("a procedure")
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
    if takeWord("sort") || atWord("delete") {
      if at(.delete) { advance() }
      try expect(.only)
    } else if !take(.full), !takeWord("reindex") {
      _ = takeWord("recluster")
    }
    var table: ObjectName?
    if atName, !atWord("boost") { table = try parseObjectName("a table") }
    if take(.to) {
      _ = try parseInteger("a percentage")
      try expect(.percent)
    }
    _ = takeWord("boost")
    return Vacuum(table: table)
  }

  mutating func parseRemark() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    advance()
    try expect(.on)
    guard token.kind == .word else { throw failure("TABLE, COLUMN, VIEW or SCHEMA") }
    let kind = word(token)
    advance()
    if kind == "constraint" || kind == "function" || kind == "procedure" || kind == "materialized" {
      return parseOpaque(from: start)
    }
    let name = try parseObjectName("a name")
    try expect(.is)
    if take(.null) { return .remark(Remark(objectKind: kind, object: name, text: nil)) }
    let text = try parseString("a string or NULL")
    return .remark(Remark(objectKind: kind, object: name, text: text))
  }

  // MARK: GRANT and REVOKE

  mutating func parseGrant() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    let revokes = at(.revoke)
    advance()
    if takeWord("grant") {
      guard takeWord("option") else { throw failure("OPTION FOR") }
      try expect(.for)
    }
    var privileges: [(name: String, range: TextRange)] = []
    while token.kind == .word, !at(.on), !at(.to), !at(.from) {
      let range = textRange(token)
      let name = word(token)
      advance()
      if at(.openParenthesis) { _ = try parseIdentifierList("a column") }
      privileges.append((name, range))
      if !take(.comma), name == "all" { _ = takeWord("privileges") }
    }
    // Roles and everything of the newer statement forms are left to the server.
    guard at(.on), !privileges.isEmpty else { return parseOpaque(from: start) }
    if privileges.contains(where: { !SQLParser.privileges.contains($0.name) }) {
      return parseOpaque(from: start)
    }
    advance()
    let objectStart = index
    let kind = token.kind == .word ? word(token) : ""
    while !at(revokes ? .from : .to) {
      guard token.kind != .semicolon, token.kind != .endOfText else {
        throw failure(revokes ? "FROM" : "TO")
      }
      advance()
    }
    let object = textRange(from: objectStart)
    advance()
    var grantees: [Grant.Grantee] = []
    repeat { grantees.append(try parseGrantee()) } while take(.comma)
    if take(.with) {
      guard take(.grant), take(.option) else { throw failure("GRANT OPTION") }
    }
    if !take(.cascade) { _ = take(.restrict) }
    return .grant(
      Grant(
        revokes: revokes,
        privileges: privileges,
        object: object,
        objectKind: kind,
        grantees: grantees
      )
    )
  }

  private static let privileges: Set<String> = [
    "select", "insert", "update", "delete", "drop", "references", "alter", "truncate", "all",
    "create", "usage", "temp", "temporary", "execute",
  ]

  private mutating func parseGrantee() throws(SyntaxFailure) -> Grant.Grantee {
    let start = index
    var kind = Grant.Grantee.Kind.user
    if at(.group) {
      advance()
      kind = .group
    } else if at(.role), isName(peek()) {
      advance()
      kind = .role
    } else if takeWord("public") {
      return Grant.Grantee(range: textRange(from: start), kind: .everybody, name: nil)
    }
    let name = try parseIdentifier("a user, ROLE, GROUP or PUBLIC")
    return Grant.Grantee(range: textRange(from: start), kind: kind, name: name)
  }
}
