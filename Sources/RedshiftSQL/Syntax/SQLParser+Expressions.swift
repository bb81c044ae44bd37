import Diagnostics

/// How tightly operators bind, loosest first.
private enum Rank {
  static let or = 1
  static let and = 2
  static let not = 3
  static let test = 4
  static let comparison = 5
  static let membership = 6
  static let other = 7
  static let sum = 8
  static let product = 9
  static let power = 10
  static let zone = 11
  static let sign = 12
}

extension SQLParser {
  mutating func parseExpr() throws(SyntaxFailure) -> Expr { try parseExpr(0) }

  /// An expression without a comparison at its top, as in `BETWEEN a AND b`.
  mutating func parseOperand() throws(SyntaxFailure) -> Expr { try parseExpr(Rank.other) }

  mutating func parseExprList() throws(SyntaxFailure) -> [Expr] {
    try parseExprList(after: try parseExpr())
  }

  /// The rest of a list of which the first expression has been read.
  mutating func parseExprList(after first: consuming Expr) throws(SyntaxFailure) -> [Expr] {
    var list = [first]
    if at(.comma) { list.reserveCapacity(4) }
    while take(.comma) { list.append(try parseExpr()) }
    return list
  }

  // Not inlined: a copy in each of its callers would take several times the stack for each level of
  // nesting.
  @inline(never)
  private mutating func parseExpr(_ minimum: Int) throws(SyntaxFailure) -> Expr {
    try enter()
    defer { leave() }
    let first = try parsePrefixed()
    guard mayBeInfix, let next = infix, next.rank >= minimum else { return first }
    var left = try parseInfix(first, next)
    while let next = infix, next.rank >= minimum {
      left = try parseInfix(left, next)
    }
    return left
  }

  @inline(__always)
  private var mayBeInfix: Bool { token.kind == .operator || token.keyword != .none }

  // MARK: Operators

  private enum InfixKind {
    case `operator`(Expr.Operator.Kind)
    case test
    case nullTest(isNegated: Bool)
    case between, membership, like, similar
    case zone
  }

  /// The infix operator at hand, if any, and how tightly it binds.
  private var infix: (rank: Int, kind: InfixKind)? {
    let token = token
    if token.kind == .operator { return infixOperator(token) }
    guard token.kind == .word, token.keyword != .none else { return nil }
    switch token.keyword {
    case .or: return (Rank.or, .operator(.or))
    case .and: return (Rank.and, .operator(.and))
    case .is: return (Rank.test, .test)
    case .isnull: return (Rank.test, .nullTest(isNegated: false))
    case .notnull: return (Rank.test, .nullTest(isNegated: true))
    case .between: return (Rank.membership, .between)
    case .in: return (Rank.membership, .membership)
    case .like, .ilike: return (Rank.membership, .like)
    case .similar: return (Rank.membership, .similar)
    case .at: return peek().keyword == .time ? (Rank.zone, .zone) : nil
    case .not:
      switch peek().keyword {
      case .between: return (Rank.membership, .between)
      case .in: return (Rank.membership, .membership)
      case .like, .ilike: return (Rank.membership, .like)
      case .similar: return (Rank.membership, .similar)
      default: return nil
      }
    default: return nil
    }
  }

  private func infixOperator(_ token: SQLToken) -> (rank: Int, kind: InfixKind) {
    let first = bytes[token.start]
    if token.stop - token.start == 1 {
      switch first {
      case UInt8(ascii: "="): return (Rank.comparison, .operator(.equal))
      case UInt8(ascii: "<"): return (Rank.comparison, .operator(.less))
      case UInt8(ascii: ">"): return (Rank.comparison, .operator(.greater))
      case UInt8(ascii: "+"): return (Rank.sum, .operator(.plus))
      case UInt8(ascii: "-"): return (Rank.sum, .operator(.minus))
      case UInt8(ascii: "*"): return (Rank.product, .operator(.times))
      case UInt8(ascii: "/"): return (Rank.product, .operator(.divide))
      case UInt8(ascii: "%"): return (Rank.product, .operator(.modulo))
      case UInt8(ascii: "^"): return (Rank.power, .operator(.power))
      default: return (Rank.other, .operator(.other))
      }
    }
    if token.stop - token.start == 2 {
      switch (first, bytes[token.start + 1]) {
      case (UInt8(ascii: "<"), UInt8(ascii: "=")):
        return (Rank.comparison, .operator(.lessOrEqual))
      case (UInt8(ascii: ">"), UInt8(ascii: "=")):
        return (Rank.comparison, .operator(.greaterOrEqual))
      case (UInt8(ascii: "<"), UInt8(ascii: ">")), (UInt8(ascii: "!"), UInt8(ascii: "=")):
        return (Rank.comparison, .operator(.notEqual))
      case (UInt8(ascii: "|"), UInt8(ascii: "|")): return (Rank.other, .operator(.concatenate))
      default: break
      }
    }
    return (Rank.other, .operator(.other))
  }

  private mutating func parseInfix(
    _ left: consuming Expr,
    _ next: (rank: Int, kind: InfixKind)
  ) throws(SyntaxFailure) -> Expr {
    let start = left.range
    switch next.kind {
    case .operator: return try parseOperators(left, rank: next.rank)
    case .test: return try parseTest(left)
    case .nullTest(let isNegated):
      advance()
      return made(start, .test(left, Expr.Test(kind: .null, isNegated: isNegated)))
    case .between:
      let isNegated = take(.not)
      advance()
      _ = take(.symmetric)
      let low = try parseOperand()
      try expect(.and)
      let high = try parseOperand()
      return made(start, .between(left, low: low, high: high, isNegated: isNegated))
    case .membership:
      let isNegated = take(.not)
      advance()
      let set = try parseMemberSet()
      return made(start, .membership(left, set, isNegated: isNegated))
    case .like, .similar: return try parseMatch(left)
    case .zone:
      advance()
      advance()
      try expect(.zone)
      let zone = try parseExpr(Rank.sign)
      return made(start, .timeZone(left, zone: zone))
    }
  }

  /// An expression that begins with another and ends here.
  private func made(_ start: TextRange, _ kind: consuming Expr.Kind) -> Expr {
    Expr(range: textRange(start), kind: kind)
  }

  private mutating func parseOperators(
    _ left: consuming Expr,
    rank: Int
  ) throws(SyntaxFailure) -> Expr {
    let start = left.range
    var terms: [Expr.InfixTerm] = []
    while let next = infix, next.rank == rank, case .operator(let kind) = next.kind {
      let symbol = Expr.Operator(kind: kind, range: textRange(token))
      let range = textRange(start)
      advance()
      if rank == Rank.comparison || rank == Rank.other,
        at(.any) || at(.some) || at(.all), peek().kind == .openParenthesis
      {
        advance()
        let set = try parseMemberSet()
        let first = terms.isEmpty ? left : Expr(range: range, kind: .infix(left, terms))
        return made(start, .quantified(first, symbol, set))
      }
      terms.append(Expr.InfixTerm(operator: symbol, right: try parseExpr(rank + 1)))
    }
    return made(start, .infix(left, terms))
  }

  /// What stands in the parentheses of IN and ANY.
  private mutating func parseMemberSet() throws(SyntaxFailure) -> Expr.MemberSet {
    guard at(.openParenthesis) else { throw failure("\"(\"") }
    if queryAhead {
      advance()
      let query = try parseQuery()
      try expect(.closeParenthesis, "\")\"")
      return .query(query)
    }
    advance()
    let list = try parseExprList()
    try expect(.closeParenthesis, "\",\" or \")\"")
    return .list(list)
  }

  private mutating func parseTest(_ left: consuming Expr) throws(SyntaxFailure) -> Expr {
    let start = left.range
    advance()
    let isNegated = take(.not)
    let kind: Expr.Test.Kind
    if take(.null) {
      kind = .null
    } else if take(.true) {
      kind = .boolean(true)
    } else if take(.false) {
      kind = .boolean(false)
    } else if take(.unknown) {
      kind = .unknown
    } else if take(.distinct) {
      try expect(.from)
      kind = .distinctFrom(try parseExpr(Rank.membership))
    } else {
      throw failure(isNegated ? "NULL" : "NULL or NOT NULL")
    }
    return made(start, .test(left, Expr.Test(kind: kind, isNegated: isNegated)))
  }

  private mutating func parseMatch(_ left: consuming Expr) throws(SyntaxFailure) -> Expr {
    let start = left.range
    let isNegated = take(.not)
    let kind: Expr.PatternMatch.Kind
    switch token.keyword {
    case .like: kind = .like
    case .ilike: kind = .likeIgnoringCase
    default: kind = .similarTo
    }
    advance()
    if kind == .similarTo { try expect(.to) }
    let pattern = try parseOperand()
    var escape: Expr?
    if take(.escape) { escape = try parseOperand() }
    return made(
      start,
      .match(
        Expr.PatternMatch(
          kind: kind,
          value: left,
          pattern: pattern,
          escape: escape,
          isNegated: isNegated
        )
      )
    )
  }

  // MARK: Prefixes and suffixes

  // Inlined, as `parsePrimary` is: each function between moves the expression once more.
  @inline(__always)
  private mutating func parsePrefixed() throws(SyntaxFailure) -> Expr {
    if token.kind == .operator || at(.not) || at(.prior), let prefixed = try parsePrefix() {
      return prefixed
    }
    let primary = try parsePrimary()
    return atSuffix ? try parseSuffixes(primary) : primary
  }

  /// NOT, PRIOR or a sign with what follows; nil where none of them begins an expression.
  @inline(never)
  private mutating func parsePrefix() throws(SyntaxFailure) -> Expr? {
    let start = index
    if at(.not) {
      let symbol = Expr.Operator(kind: .not, range: textRange(token))
      advance()
      let operand = try parseExpr(Rank.test)
      return Expr(range: textRange(from: start), kind: .prefix(symbol, operand))
    }
    if at(.prior) {
      guard isName(peek()) else { return nil }
      advance()
      let operand = try parseExpr(Rank.sign)
      return Expr(range: textRange(from: start), kind: .prior(operand))
    }
    guard !atOperator("*") else { return nil }
    let isSign = atOperator("-") || atOperator("+")
    let kind: Expr.Operator.Kind = atOperator("-") ? .minus : atOperator("+") ? .plus : .other
    let symbol = Expr.Operator(kind: kind, range: textRange(token))
    guard canPrefix(token) else { throw failure("a value") }
    advance()
    let operand = try parseExpr(isSign ? Rank.sign : Rank.sum)
    return Expr(range: textRange(from: start), kind: .prefix(symbol, operand))
  }

  /// `-`, `+`, `~`, `@`, `|/`, `||/`, `!!`.
  private func canPrefix(_ token: SQLToken) -> Bool {
    let first = bytes[token.start]
    switch token.stop - token.start {
    case 1:
      return first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        || first == UInt8(ascii: "~") || first == UInt8(ascii: "@")
    case 2: return atOperator("|/") || atOperator("!!")
    default: return atOperator("||/")
    }
  }

  /// Whether something may follow a value that belongs to it: a cast, a step into it, a mark.
  private var atSuffix: Bool {
    switch token.kind {
    case .doubleColon, .openBracket, .dot, .openParenthesis: true
    default: at(.collate)
    }
  }

  private mutating func parseSuffixes(_ first: consuming Expr) throws(SyntaxFailure) -> Expr {
    let start = first.range
    var value = first
    var count = 0
    while true {
      count += 1
      if count > 64 { throw SyntaxFailure(token: token, expected: SQLParser.lessNesting) }
      switch token.kind {
      case .doubleColon:
        advance()
        let type = try parseDataType()
        value = made(start, .cast(value, type, .suffix))
      case .openBracket:
        value = try parseNavigation(value)
      case .dot:
        switch value.kind {
        case .parenthesized, .call: value = try parseNavigation(value)
        default: return value
        }
      case .openParenthesis:
        guard isOuterJoinMark else { return value }
        advance()
        advance()
        advance()
        value = made(start, .outerJoinMark(value))
      default:
        guard take(.collate) else { return value }
        value = made(start, .collation(value, try parseObjectName("a collation")))
      }
    }
  }

  private var isOuterJoinMark: Bool {
    let plus = peek()
    return peek(2).kind == .closeParenthesis && plus.kind == .operator
      && bytes[plus.range].elementsEqual("+".utf8)
  }

  private mutating func parseNavigation(_ base: consuming Expr) throws(SyntaxFailure) -> Expr {
    let start = base.range
    var steps: [Expr.PathStep] = []
    while true {
      if take(.openBracket) {
        steps.append(.element(try parseExpr()))
        try expect(.closeBracket, "\"]\"")
      } else if take(.dot) {
        steps.append(.attribute(try parseLabel("the name of an attribute")))
      } else {
        return made(start, .navigation(base, steps))
      }
    }
  }
}
