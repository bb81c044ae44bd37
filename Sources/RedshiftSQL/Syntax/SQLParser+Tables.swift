import Diagnostics

extension SQLParser {
  mutating func parseTableList() throws(SyntaxFailure) -> [TableReference] {
    var tables = [try parseTableReference()]
    while take(.comma) { tables.append(try parseTableReference()) }
    return tables
  }

  /// A table and everything that is joined to it.
  mutating func parseTableReference() throws(SyntaxFailure) -> TableReference {
    try enter()
    defer { leave() }
    let start = index
    let first = try parseTablePrimary()
    var joins: [Join] = []
    while startsJoin { joins.append(try parseJoin()) }
    if joins.isEmpty { return first }
    return TableReference(range: textRange(from: start), kind: .joined(first, joins))
  }

  private mutating func parseJoin() throws(SyntaxFailure) -> Join {
    let start = index
    let isNatural = at(.natural)
    let first = isNatural ? peek() : token
    let kind: Join.Kind
    switch first.keyword {
    case .join, .inner: kind = .inner
    case .left: kind = .left
    case .right: kind = .right
    case .full: kind = .full
    case .cross: kind = .cross
    default:
      if isNatural { advance() }
      throw failure("JOIN")
    }
    if isNatural { advance() }
    if !at(.join) {
      advance()
      if kind == .left || kind == .right || kind == .full { _ = take(.outer) }
    }
    try expect(.join)
    let rightStart = index
    var right = try parseTablePrimary()
    var condition = Join.Condition.none
    if isNatural {
      condition = .natural
    } else if kind != .cross {
      right = try parseNestedJoins(right, from: rightStart)
      condition = try parseJoinCondition()
    }
    return Join(
      range: textRange(from: start),
      kind: kind,
      right: right,
      condition: condition
    )
  }

  /// `a JOIN b JOIN c ON … ON …`: b and c are joined first.
  private mutating func parseNestedJoins(
    _ table: consuming TableReference,
    from start: Int
  ) throws(SyntaxFailure) -> TableReference {
    guard startsJoin else { return table }
    try enter()
    defer { leave() }
    var joins: [Join] = []
    while startsJoin { joins.append(try parseJoin()) }
    return TableReference(range: textRange(from: start), kind: .joined(table, joins))
  }

  private var startsJoin: Bool {
    switch token.keyword {
    case .join, .inner, .left, .right, .full, .cross, .natural: true
    default: false
    }
  }

  private mutating func parseJoinCondition() throws(SyntaxFailure) -> Join.Condition {
    if take(.on) { return .on(try parseExpr()) }
    if at(.using) {
      advance()
      return .using(try parseIdentifierList("a column"))
    }
    throw failure("ON or USING", help: suggestion([.on, .using]))
  }

  @inline(__always)
  private mutating func parseTablePrimary() throws(SyntaxFailure) -> TableReference {
    try enter()
    defer { leave() }
    let start = index
    var kind = try parseTableWithoutAlias()
    while true {
      let alias = try parseTableAlias()
      let table = TableReference(range: textRange(from: start), kind: kind, alias: alias)
      if at(.pivot), peek().kind == .openParenthesis {
        kind = .pivot(table, try parsePivot())
      } else if at(.unpivot),
        peek().kind == .openParenthesis || peek().keyword == .include
          || peek().keyword == .exclude
      {
        kind = .unpivot(table, try parseUnpivot())
      } else {
        return table
      }
    }
  }

  private mutating func parseTableWithoutAlias() throws(SyntaxFailure) -> TableReference.Kind {
    let start = index
    var lateral: TextRange?
    if at(.lateral), peek().kind == .openParenthesis || isName(peek()) {
      lateral = textRange(token)
      advance()
    }
    if at(.openParenthesis) { return try parseParenthesizedTable(lateral: lateral) }
    if at(.unpivot), isName(peek()) {
      advance()
      return .attributes(try parseOperand())
    }
    if atWord("unnest"), peek().kind == .openParenthesis { return try parseUnnest() }
    if at(.only), isName(peek()) { advance() }
    guard atName else {
      throw failure("a table, a view or a subquery", help: reservedTableHelp)
    }
    let name = try parseObjectName("a table")
    if at(.openParenthesis) {
      return .function(try parseCall(name), lateral: lateral)
    }
    // `t.items[0]`, an array inside of a SUPER value.
    if at(.openBracket) {
      let base = Expr(range: name.range, kind: .column(name.parts))
      var steps: [Expr.PathStep] = []
      while true {
        if take(.openBracket) {
          steps.append(.element(try parseExpr()))
          try expect(.closeBracket, "\"]\"")
        } else if take(.dot) {
          steps.append(.attribute(try parseLabel("the name of an attribute")))
        } else {
          break
        }
      }
      let value = Expr(range: textRange(from: start), kind: .navigation(base, steps))
      return .function(value, lateral: lateral)
    }
    return .named(name)
  }

  /// `UNNEST(value) [WITH OFFSET]`; the alias that names its columns follows.
  private mutating func parseUnnest() throws(SyntaxFailure) -> TableReference.Kind {
    advance()
    try expect(.openParenthesis, "\"(\"")
    let value = try parseExpr()
    try expect(.closeParenthesis, "\")\"")
    var withOffset = false
    if at(.with), isWord(peek(), "offset") {
      advance()
      advance()
      withOffset = true
    }
    return .unnested(value, withOffset: withOffset)
  }

  private var reservedTableHelp: String? {
    guard token.kind == .word else { return nil }
    return "\"\(string(token))\" is a reserved word: put it in double quotes to use it as a name"
  }

  private mutating func parseParenthesizedTable(
    lateral: TextRange?
  ) throws(SyntaxFailure) -> TableReference.Kind {
    if queryAhead {
      advance()
      let query = try parseQuery()
      try expect(.closeParenthesis, "\")\"")
      return .subquery(query, lateral: lateral)
    }
    advance()
    let inner = try parseTableReference()
    try expect(.closeParenthesis, "\")\"")
    return .parenthesized(inner)
  }

  private mutating func parseTableAlias() throws(SyntaxFailure) -> TableAlias? {
    let start = index
    let name: Identifier
    if take(.as) {
      name = try parseLabel("an alias")
    } else if token.kind == .quotedIdentifier || token.kind == .temporaryName {
      name = takeIdentifier()
    } else if token.kind == .word, token.keyword.canBeBareAlias, !at(.start, .with),
      !at(.connect, .by), !atEndOfQueryInBlock
    {
      name = takeIdentifier()
    } else {
      return nil
    }
    var columns: [Identifier] = []
    if at(.openParenthesis) { columns = try parseAliasColumns() }
    var position: Identifier?
    if at(.at), isName(peek()) {
      advance()
      position = takeIdentifier()
    }
    return TableAlias(
      range: textRange(from: start),
      name: name,
      columns: columns,
      position: position
    )
  }

  /// `(a, b)`, or `(a int, b text)` behind a table function.
  private mutating func parseAliasColumns() throws(SyntaxFailure) -> [Identifier] {
    try expect(.openParenthesis, "\"(\"")
    var columns: [Identifier] = []
    repeat {
      columns.append(try parseIdentifier("a column"))
      if !at(.comma), !at(.closeParenthesis) { _ = try parseDataType() }
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return columns
  }

  // MARK: PIVOT and UNPIVOT

  private mutating func parsePivot() throws(SyntaxFailure) -> Pivot {
    let start = index
    advance()
    try expect(.openParenthesis, "\"(\"")
    var aggregates = [try parsePivotItem()]
    while take(.comma) { aggregates.append(try parsePivotItem()) }
    try expect(.for)
    let column = try parsePrimary()
    let values = try parsePivotValues()
    return Pivot(
      range: textRange(from: start),
      aggregates: aggregates,
      column: column,
      values: values
    )
  }

  private mutating func parseUnpivot() throws(SyntaxFailure) -> Unpivot {
    let start = index
    advance()
    let includesNulls = take(.include)
    if includesNulls || take(.exclude) { try expect(.nulls) }
    try expect(.openParenthesis, "\"(\"")
    let value = try parseIdentifier("the column for the values")
    try expect(.for)
    let name = try parseIdentifier("the column for the names")
    let columns = try parsePivotValues()
    return Unpivot(
      range: textRange(from: start),
      includesNulls: includesNulls,
      value: value,
      name: name,
      columns: columns
    )
  }

  /// `IN (a [AS b], …))`.
  private mutating func parsePivotValues() throws(SyntaxFailure) -> [SelectItem] {
    try expect(.in)
    try expect(.openParenthesis, "\"(\"")
    var values = [try parsePivotItem()]
    while take(.comma) { values.append(try parsePivotItem()) }
    try expect(.closeParenthesis, "\",\" or \")\"")
    try expect(.closeParenthesis, "\")\"")
    return values
  }

  private mutating func parsePivotItem() throws(SyntaxFailure) -> SelectItem {
    let start = index
    let value = try parseExpr()
    var alias: Identifier?
    if take(.as) {
      if at(.string) {
        let literal = try parseString("an alias")
        alias = Identifier(text: literal.value, range: literal.range, isQuoted: true)
      } else {
        alias = try parseLabel("an alias")
      }
    } else if atName {
      alias = takeIdentifier()
    }
    return SelectItem(range: textRange(from: start), value: value, alias: alias)
  }
}
