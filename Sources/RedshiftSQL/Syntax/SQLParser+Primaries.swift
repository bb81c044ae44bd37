import Diagnostics

extension SQLParser {
  @inline(__always)
  mutating func parsePrimary() throws(SyntaxFailure) -> Expr {
    let start = index
    let token = token
    switch token.kind {
    case .number:
      advance()
      return Expr(range: textRange(token), kind: .literal(.number))
    case .string, .dollarString: return try parseStringLiteral()
    case .parameter:
      advance()
      return Expr(range: textRange(token), kind: .parameter)
    case .openParenthesis: return try parseParenthesized()
    case .operator:
      guard atOperator("*"), canBeStar else { throw failure("a value") }
      advance()
      return Expr(range: textRange(token), kind: .star(qualifier: []))
    case .word:
      if atPlainColumn {
        let column = NameParts(takeIdentifier())
        return Expr(range: textRange(token), kind: .column(column))
      }
      return try parseWord()
    case .quotedIdentifier, .temporaryName: return try parseReference(start)
    default: throw failure("a value")
    }
  }

  /// Whether the word is no more than the name of a column, as most words are.
  @inline(__always)
  private var atPlainColumn: Bool {
    guard token.keyword == .none else { return false }
    switch peek().kind {
    case .openParenthesis, .dot, .string: return false
    default: return true
    }
  }

  /// Whether `*` means all columns here: behind SELECT, a comma, a parenthesis or `TOP n`.
  private var canBeStar: Bool {
    guard index > 0 else { return false }
    if index == firstItem { return true }
    let previous = peek(-1)
    switch previous.kind {
    case .openParenthesis, .comma, .number, .closeParenthesis, .parameter: return true
    default:
      return previous.keyword == .select || previous.keyword == .distinct
        || previous.keyword == .all || previous.keyword == .returning
    }
  }

  private mutating func parseStringLiteral() throws(SyntaxFailure) -> Expr {
    let start = index
    var text = try parseString("a string").value
    // Two literals with a line break between them are one.
    while token.kind == .string, start < index, hasLineBreakBefore {
      text += try parseString("a string").value
    }
    return Expr(range: textRange(from: start), kind: .literal(.string(text)))
  }

  private var hasLineBreakBefore: Bool {
    var position = token.start - 1
    while position >= 0, bytes[position] != UInt8(ascii: "'") {
      if bytes[position] == UInt8(ascii: "\n") { return true }
      position -= 1
    }
    return false
  }

  // MARK: Parentheses

  func startsQuery(_ token: SQLToken) -> Bool {
    switch token.keyword {
    case .select, .with, .values: true
    default: false
    }
  }

  /// Whether the parenthesis that opens here holds a query, rather than an expression or a table.
  ///
  /// `((select 1))` and `((select 1) union …)` hold queries, `((select 1) + 1)` an expression. What
  /// stands behind each inner parenthesis tells, so that nothing has to be read twice.
  var queryAhead: Bool {
    guard at(.openParenthesis) else { return false }
    var distance = 1
    while peek(distance).kind == .openParenthesis { distance += 1 }
    guard startsQuery(peek(distance)) else { return false }
    // From the innermost but one outwards, the query must be followed by what continues a query.
    var position = distance
    for _ in 1..<distance {
      position = closing(from: position)
      guard continuesQuery(peek(position + 1)) else { return false }
      position += 1
    }
    return true
  }

  /// How far ahead the parenthesis closes in which the token at a distance stands.
  private func closing(from distance: Int) -> Int {
    var position = distance
    var depth = 0
    while true {
      switch peek(position).kind {
      case .openParenthesis: depth += 1
      case .closeParenthesis:
        if depth == 0 { return position }
        depth -= 1
      case .semicolon, .endOfText: return position
      default: break
      }
      position += 1
    }
  }

  private func continuesQuery(_ token: SQLToken) -> Bool {
    switch token.keyword {
    case .union, .intersect, .except, .minus, .order, .limit, .offset, .fetch: true
    default:
      token.kind == .closeParenthesis || token.kind == .semicolon || token.kind == .endOfText
    }
  }

  private mutating func parseParenthesized() throws(SyntaxFailure) -> Expr {
    let start = index
    if queryAhead {
      advance()
      let query = try parseQuery()
      try expect(.closeParenthesis, "\")\"")
      return Expr(range: textRange(from: start), kind: .subquery(query))
    }
    advance()
    let first = try parseExpr()
    if at(.comma) {
      let values = try parseExprList(after: first)
      try expect(.closeParenthesis, "\",\" or \")\"")
      return Expr(range: textRange(from: start), kind: .row(values, hasKeyword: false))
    }
    try expect(.closeParenthesis, "an operator or \")\"")
    return Expr(range: textRange(from: start), kind: .parenthesized(first))
  }

  // MARK: Words

  private mutating func parseWord() throws(SyntaxFailure) -> Expr {
    let start = index
    let token = token
    let next = peek().kind
    switch token.keyword {
    case .null: return literal(.null)
    case .true: return literal(.boolean(true))
    case .false: return literal(.boolean(false))
    case .default:
      advance()
      return Expr(range: textRange(token), kind: .defaultValue)
    case .case: return try parseCase()
    case .cast, .try_cast:
      if next == .openParenthesis { return try parseCast() }
    case .convert:
      if next == .openParenthesis { return try parseConvert() }
    case .exists:
      if next == .openParenthesis { return try parseExists() }
    case .row:
      if next == .openParenthesis {
        advance()
        advance()
        let values = try parseExprList()
        try expect(.closeParenthesis, "\",\" or \")\"")
        return Expr(range: textRange(from: start), kind: .row(values, hasKeyword: true))
      }
    case .array:
      if next == .openBracket { return try parseArray() }
    case .interval:
      if next == .string {
        advance()
        let value = try parseStringLiteral()
        let qualifier = try parseIntervalQualifier()
        return Expr(
          range: textRange(from: start),
          kind: .interval(value, qualifier: qualifier)
        )
      }
    case .timestamp, .time:
      let isZoned =
        at(.timestamp, .with) || at(.timestamp, .without)
        || at(.time, .with) || at(.time, .without)
      if next == .string || (isZoned && peek(2).keyword == .time) { return try parseTypedLiteral() }
    case .approximate:
      if isName(peek()) { return try parseApproximate() }
    case .sysdate, .current_date, .current_time, .current_timestamp, .localtime, .localtimestamp,
      .current_user, .session_user, .user, .current_user_id, .current_aws_account,
      .current_namespace:
      if next != .openParenthesis, next != .dot { return parseBareCall() }
    case .left, .right, .all, .any, .some, .isnull, .collate:
      if next == .openParenthesis {
        return try parseCall(takeFunctionName(), token.keyword)
      }
    default: break
    }
    if next == .string, !token.keyword.isReserved { return try parseTypedLiteral() }
    guard atName else {
      throw failure("a value", help: reservedHelp)
    }
    return try parseReference(start)
  }

  private var reservedHelp: String? {
    switch token.keyword {
    case .from, .where, .group, .order, .having, .limit, .union:
      "is there a comma or an operator too many in front of \(token.keyword.spelling.uppercased())?"
    default: nil
    }
  }

  private mutating func literal(_ value: Expr.Literal) -> Expr {
    let range = textRange(token)
    advance()
    return Expr(range: range, kind: .literal(value))
  }

  private mutating func parseTypedLiteral() throws(SyntaxFailure) -> Expr {
    let start = index
    if meaning(of: token, in: SQLParser.typeKinds) == nil {
      var help: String?
      if atWord("e") {
        help = "Redshift has no E'…' strings: backslashes are escapes in every string"
      }
      throw failure("a type, a comma or an operator in front of the string", help: help)
    }
    let type = try parseDataType()
    let value = try parseString("a string")
    return Expr(
      range: textRange(from: start),
      kind: .typedLiteral(type, .string(value.value))
    )
  }

  private mutating func parseCase() throws(SyntaxFailure) -> Expr {
    let start = index
    advance()
    var operand: Expr?
    if !at(.when) { operand = try parseExpr() }
    var branches: [Expr.CaseExpr.Branch] = []
    while take(.when) {
      let condition = try parseExpr()
      try expect(.then)
      branches.append(Expr.CaseExpr.Branch(condition: condition, result: try parseExpr()))
    }
    guard !branches.isEmpty else { throw failure("WHEN", help: suggestion([.when])) }
    var otherwise: Expr?
    if take(.else) { otherwise = try parseExpr() }
    guard at(.end) else {
      throw failure("WHEN, ELSE or END", help: suggestion([.when, .else, .end]))
    }
    advance()
    return Expr(
      range: textRange(from: start),
      kind: .conditional(
        Expr.CaseExpr(operand: operand, branches: branches, otherwise: otherwise)
      )
    )
  }

  private mutating func parseCast() throws(SyntaxFailure) -> Expr {
    let start = index
    let syntax: Expr.CastSyntax = at(.cast) ? .cast : .tryCast
    advance()
    advance()
    let value = try parseExpr()
    try expect(.as)
    let type = try parseDataType()
    try expect(.closeParenthesis, "\")\"")
    return Expr(range: textRange(from: start), kind: .cast(value, type, syntax))
  }

  private mutating func parseConvert() throws(SyntaxFailure) -> Expr {
    let start = index
    advance()
    advance()
    let type = try parseDataType()
    try expect(.comma, "\",\"")
    let value = try parseExpr()
    try expect(.closeParenthesis, "\")\"")
    return Expr(range: textRange(from: start), kind: .cast(value, type, .convert))
  }

  private mutating func parseExists() throws(SyntaxFailure) -> Expr {
    let start = index
    advance()
    advance()
    let query = try parseQuery()
    try expect(.closeParenthesis, "\")\"")
    return Expr(range: textRange(from: start), kind: .exists(query))
  }

  private mutating func parseArray() throws(SyntaxFailure) -> Expr {
    let start = index
    advance()
    advance()
    var values: [Expr] = []
    if !at(.closeBracket) { values = try parseExprList() }
    try expect(.closeBracket, "\",\" or \"]\"")
    return Expr(range: textRange(from: start), kind: .array(values))
  }

  private mutating func parseApproximate() throws(SyntaxFailure) -> Expr {
    let start = index
    let range = textRange(token)
    advance()
    var call = try parseReference(index)
    guard case .call(var function) = call.kind else { throw failure("an aggregate function") }
    function.approximate = range
    call = Expr(range: textRange(from: start), kind: .call(function))
    return call
  }

  private mutating func parseBareCall() -> Expr {
    let name = takeFunctionName()
    let end = name.range.bytes.upperBound
    let call = FunctionCall(
      name: name,
      syntax: .bare,
      arguments: [],
      argumentsRange: TextRange(buffer: buffer, bytes: end..<end)
    )
    return Expr(range: name.range, kind: .call(call))
  }

  private mutating func takeFunctionName() -> ObjectName {
    let name = takeIdentifier()
    return ObjectName(parts: NameParts(name), range: name.range)
  }

  // MARK: Names and calls

  /// A column, `table.*` or a call.
  private mutating func parseReference(_ start: Int) throws(SyntaxFailure) -> Expr {
    let keyword = token.keyword
    var parts = NameParts(takeIdentifier())
    // Two dots stand between the bounds of a loop.
    while at(.dot), peek().kind != .dot {
      advance()
      if at(.operator), bytes[token.start] == UInt8(ascii: "*") {
        advance()
        return Expr(range: textRange(from: start), kind: .star(qualifier: parts))
      }
      parts.append(try parseLabel("a name after the dot"))
    }
    let range = textRange(from: start)
    if at(.openParenthesis),
      !(peek().kind == .operator && peek(2).kind == .closeParenthesis
        && bytes[peek().start] == UInt8(ascii: "+"))
    {
      let form = parts.count == 1 ? keyword : .none
      return try parseCall(ObjectName(parts: parts, range: range), form)
    }
    return Expr(range: range, kind: .column(parts))
  }
}
