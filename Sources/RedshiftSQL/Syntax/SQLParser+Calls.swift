import Diagnostics

extension SQLParser {
  /// The parentheses and what may follow them; the name has been read.
  ///
  /// `keyword` is the name where it is one: the arguments of some have a form of their own.
  mutating func parseCall(
    _ name: consuming ObjectName,
    _ keyword: SQLKeyword = .none
  ) throws(SyntaxFailure) -> Expr {
    let open = index
    let start = name.range
    advance()
    var call = FunctionCall(
      name: name,
      syntax: .ordinary,
      arguments: [],
      argumentsRange: start
    )
    if !at(.closeParenthesis) {
      switch keyword {
      case .extract: try parseExtract(&call)
      case .position: try parsePosition(&call)
      case .trim: try parseTrim(&call)
      default: try parseArguments(&call)
      }
    }
    try expect(.closeParenthesis, "an operator, \",\" or \")\"")
    call.argumentsRange = textRange(from: open)
    try parseCallSuffixes(&call)
    return Expr(range: textRange(start), kind: .call(call))
  }

  private mutating func parseArguments(_ call: inout FunctionCall) throws(SyntaxFailure) {
    if at(.distinct) {
      call.distinct = textRange(token)
      advance()
      if atOperator("*") {
        throw failure("a value", help: "DISTINCT counts values: name the columns")
      }
    } else if at(.all), peek().kind != .closeParenthesis {
      advance()
    }
    // `exists`-like calls with a bare query, as `array(select …)`.
    if startsQuery(token) {
      let start = index
      let query = try parseQuery()
      call.arguments.append(Expr(range: textRange(from: start), kind: .subquery(query)))
      return
    }
    let first = try parseExpr()
    if at(.from), call.name.last == "substring" {
      call.syntax = .substring
      advance()
      call.arguments = [first, try parseExpr()]
      if take(.for) { call.arguments.append(try parseExpr()) }
      return
    }
    call.arguments = try parseExprList(after: first)
    if at(.set) || atWord("keep"), call.name.last == "object_transform" {
      // `KEEP path, … SET path, value, …` behind the object.
      while takeWord("keep") || take(.set) || take(.comma) {
        call.arguments.append(try parseExpr())
      }
    }
    if at(.order, .by) { call.order = try parseOrder() }
    if at(.ignore, .nulls) || at(.respect, .nulls) {
      call.nullTreatment = parseNullTreatment()
    }
  }

  private mutating func parseExtract(_ call: inout FunctionCall) throws(SyntaxFailure) {
    let field: Identifier
    if at(.string) {
      let literal = try parseString("a date part")
      field = Identifier(text: literal.value.lowercased(), range: literal.range, isQuoted: false)
    } else {
      field = try parseLabel("a date part")
    }
    call.syntax = .extract(field: field)
    try expect(.from)
    call.arguments = [try parseExpr()]
  }

  private mutating func parsePosition(_ call: inout FunctionCall) throws(SyntaxFailure) {
    call.arguments = [try parseOperand()]
    if take(.comma) {
      call.arguments.append(try parseExpr())
      return
    }
    try expect(.in)
    call.syntax = .position
    call.arguments.append(try parseExpr())
  }

  private mutating func parseTrim(_ call: inout FunctionCall) throws(SyntaxFailure) {
    if at(.both) || at(.leading) || at(.trailing) {
      call.syntax = .trim(at(.leading) ? .leading : at(.trailing) ? .trailing : .both)
      advance()
      if !at(.from) { call.arguments.append(try parseExpr()) }
      if take(.from) { call.arguments.append(try parseExpr()) }
      return
    }
    if take(.from) {
      call.syntax = .trim(.both)
      call.arguments = [try parseExpr()]
      return
    }
    call.arguments = [try parseExpr()]
    if take(.from) {
      call.syntax = .trim(.both)
      call.arguments.append(try parseExpr())
      return
    }
    while take(.comma) { call.arguments.append(try parseExpr()) }
  }

  private mutating func parseNullTreatment() -> FunctionCall.NullTreatment {
    let start = index
    let ignores = at(.ignore)
    advance()
    advance()
    return FunctionCall.NullTreatment(ignoresNulls: ignores, range: textRange(from: start))
  }

  private mutating func parseCallSuffixes(_ call: inout FunctionCall) throws(SyntaxFailure) {
    if at(.within, .group) {
      let start = index
      advance()
      advance()
      try expect(.openParenthesis, "\"(\"")
      guard at(.order, .by) else { throw failure("ORDER BY") }
      call.withinGroup = try parseOrder()
      try expect(.closeParenthesis, "\",\" or \")\"")
      call.withinGroupRange = textRange(from: start)
    }
    if at(.filter), peek().kind == .openParenthesis {
      advance()
      advance()
      try expect(.where)
      call.filter = try parseExpr()
      try expect(.closeParenthesis, "\")\"")
    }
    if at(.ignore, .nulls) || at(.respect, .nulls) {
      call.nullTreatment = parseNullTreatment()
    }
    if at(.over) {
      guard peek().kind == .openParenthesis || isName(peek()) else { return }
      let start = index
      advance()
      if at(.openParenthesis) {
        let definition = try parseWindowDefinition()
        call.over = WindowReference(range: textRange(from: start), kind: .inline(definition))
      } else {
        let name = try parseIdentifier("a window")
        call.over = WindowReference(range: textRange(from: start), kind: .named(name))
      }
    }
  }

  /// `(PARTITION BY … ORDER BY … ROWS …)`.
  mutating func parseWindowDefinition() throws(SyntaxFailure) -> WindowDefinition {
    let start = index
    try expect(.openParenthesis, "\"(\"")
    var window = WindowDefinition(
      range: textRange(token),
      existing: nil,
      partition: [],
      order: [],
      frame: nil
    )
    if atName, !at(.partition), !at(.rows), !at(.range), !at(.groups) {
      window.existing = takeIdentifier()
    }
    if at(.partition) {
      advance()
      try expect(.by)
      window.partition = try parseExprList()
    }
    if at(.order) { window.order = try parseOrder() }
    if at(.rows) || at(.range) || at(.groups) { window.frame = try parseFrame() }
    guard at(.closeParenthesis) else {
      throw failure(
        "PARTITION BY, ORDER BY, ROWS or \")\"",
        help: suggestion([.partition, .order, .rows])
      )
    }
    advance()
    window.range = textRange(from: start)
    return window
  }

  private mutating func parseFrame() throws(SyntaxFailure) -> WindowFrame {
    let start = index
    let unit: WindowFrame.Unit = at(.rows) ? .rows : at(.range) ? .range : .groups
    advance()
    let first: WindowFrame.Bound
    var last: WindowFrame.Bound?
    if take(.between) {
      first = try parseFrameBound()
      try expect(.and)
      last = try parseFrameBound()
    } else {
      first = try parseFrameBound()
    }
    return WindowFrame(range: textRange(from: start), unit: unit, start: first, end: last)
  }

  private mutating func parseFrameBound() throws(SyntaxFailure) -> WindowFrame.Bound {
    if take(.unbounded) {
      if take(.preceding) { return .unboundedPreceding }
      if take(.following) { return .unboundedFollowing }
      throw failure("PRECEDING or FOLLOWING", help: suggestion([.preceding, .following]))
    }
    if take(.current, .row) { return .currentRow }
    let value = try parseOperand()
    if take(.preceding) { return .preceding(value) }
    if take(.following) { return .following(value) }
    throw failure("PRECEDING or FOLLOWING", help: suggestion([.preceding, .following]))
  }

  /// `ORDER BY a, b DESC NULLS LAST`.
  mutating func parseOrder() throws(SyntaxFailure) -> [SortItem] {
    try expect(.order)
    try expect(.by)
    var list = [try parseSortItem()]
    while take(.comma) { list.append(try parseSortItem()) }
    return list
  }

  private mutating func parseSortItem() throws(SyntaxFailure) -> SortItem {
    let start = index
    let value = try parseExpr()
    let isDescending = take(.desc)
    if !isDescending { _ = take(.asc) }
    var nullsFirst: Bool?
    if take(.nulls) {
      if take(.first) {
        nullsFirst = true
      } else if take(.last) {
        nullsFirst = false
      } else {
        throw failure("FIRST or LAST")
      }
    }
    return SortItem(
      range: textRange(from: start),
      value: value,
      isDescending: isDescending,
      putsNullsFirst: nullsFirst
    )
  }
}
