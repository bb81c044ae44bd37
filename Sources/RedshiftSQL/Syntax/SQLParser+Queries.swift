import Diagnostics

extension SQLParser {
  /// A query with its WITH, ORDER BY and LIMIT.
  mutating func parseQuery() throws(SyntaxFailure) -> Query {
    try enter()
    defer { leave() }
    let start = index
    var with: With?
    if at(.with) { with = try parseWith() }
    return try parseQuery(with: with, from: start)
  }

  /// The rest of a query whose WITH clause, if any, has been read.
  mutating func parseQuery(with: With?, from start: Int) throws(SyntaxFailure) -> Query {
    let body = try parseQueryBody()
    let orderStart = index
    let order = at(.order) ? try parseOrder() : []
    let orderRange = order.isEmpty ? nil : textRange(from: orderStart)
    let limitStart = index
    let limit = try parseLimit()
    let limitRange = limit == nil ? nil : textRange(from: limitStart)
    return Query(
      range: textRange(from: start),
      with: with,
      body: body,
      order: order,
      orderRange: orderRange,
      limit: limit,
      limitRange: limitRange
    )
  }

  mutating func parseWith() throws(SyntaxFailure) -> With {
    let start = index
    advance()
    let isRecursive = take(.recursive)
    var tables = [try parseCommonTable()]
    while take(.comma) { tables.append(try parseCommonTable()) }
    return With(range: textRange(from: start), isRecursive: isRecursive, tables: tables)
  }

  private mutating func parseCommonTable() throws(SyntaxFailure) -> CommonTable {
    let start = index
    let name = try parseIdentifier("the name of a common table expression")
    var columns: [Identifier] = []
    if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
    try expect(.as)
    try expect(.openParenthesis, "\"(\"")
    let query = try parseQuery()
    try expect(.closeParenthesis, "\")\"")
    return CommonTable(
      range: textRange(from: start),
      name: name,
      columns: columns,
      query: query
    )
  }

  private mutating func parseLimit() throws(SyntaxFailure) -> Limit? {
    guard at(.limit) || at(.offset) || at(.fetch) else { return nil }
    var limit = Limit()
    var found = false
    while true {
      if take(.limit) {
        if !take(.all) { limit.count = try parseExpr() }
      } else if at(.offset) {
        advance()
        limit.offset = try parseExpr()
        if !take(.rows) { _ = take(.row) }
      } else if at(.fetch, .first) || at(.fetch, .next) {
        advance()
        advance()
        if !at(.row), !at(.rows) { limit.count = try parseOperand() }
        if !take(.rows) { try expect(.row) }
        try expect(.only)
      } else {
        return found ? limit : nil
      }
      found = true
    }
  }

  // MARK: Set operations

  private mutating func parseQueryBody() throws(SyntaxFailure) -> QueryBody {
    let start = index
    let first = try parseIntersection()
    var terms: [QueryBody.SetTerm] = []
    while at(.union) || at(.except) || at(.minus) {
      let (kind, range) = takeSetOperator()
      let keeps = takeSetQuantifier()
      terms.append(
        QueryBody.SetTerm(
          operator: kind,
          operatorRange: range,
          keepsDuplicates: keeps,
          right: try parseIntersection()
        )
      )
    }
    if terms.isEmpty { return first }
    return QueryBody(range: textRange(from: start), kind: .combined(first, terms))
  }

  private mutating func parseIntersection() throws(SyntaxFailure) -> QueryBody {
    let start = index
    let first = try parseQueryPrimary()
    var terms: [QueryBody.SetTerm] = []
    while at(.intersect) {
      let (kind, range) = takeSetOperator()
      let keeps = takeSetQuantifier()
      terms.append(
        QueryBody.SetTerm(
          operator: kind,
          operatorRange: range,
          keepsDuplicates: keeps,
          right: try parseQueryPrimary()
        )
      )
    }
    if terms.isEmpty { return first }
    return QueryBody(range: textRange(from: start), kind: .combined(first, terms))
  }

  private mutating func takeSetOperator() -> (QueryBody.SetTerm.Operator, TextRange) {
    let keyword = token.keyword
    let range = textRange(token)
    advance()
    switch keyword {
    case .union: return (.union, range)
    case .intersect: return (.intersect, range)
    case .except: return (.except, range)
    default: return (.minus, range)
    }
  }

  private mutating func takeSetQuantifier() -> Bool {
    if take(.all) { return true }
    _ = take(.distinct)
    return false
  }

  private mutating func parseQueryPrimary() throws(SyntaxFailure) -> QueryBody {
    let start = index
    if at(.select) {
      let select = try parseSelect()
      return QueryBody(range: textRange(from: start), kind: .select(select))
    }
    if at(.values) {
      let rows = try parseValues()
      return QueryBody(range: textRange(from: start), kind: .values(rows))
    }
    guard at(.openParenthesis) else {
      throw failure("SELECT", help: suggestion([.select, .values, .with]))
    }
    advance()
    let query = try parseQuery()
    try expect(.closeParenthesis, "\")\"")
    return QueryBody(range: textRange(from: start), kind: .parenthesized(query))
  }

  mutating func parseValues() throws(SyntaxFailure) -> [ValuesRow] {
    try expect(.values)
    var rows = [try parseValuesRow()]
    while take(.comma) { rows.append(try parseValuesRow()) }
    return rows
  }

  private mutating func parseValuesRow() throws(SyntaxFailure) -> ValuesRow {
    let start = index
    try expect(.openParenthesis, "\"(\"")
    let values = try parseExprList()
    try expect(.closeParenthesis, "\",\" or \")\"")
    return ValuesRow(range: textRange(from: start), values: values)
  }

  // MARK: SELECT

  private mutating func parseSelect() throws(SyntaxFailure) -> Select {
    let start = index
    try expect(.select)
    var select = Select(range: textRange(token))
    select.top = try parseTop()
    try parseQuantifier(&select)
    if select.top == nil { select.top = try parseTop() }
    if isInBlock, at(.into) {
      try parseTargets(&select)
      firstItem = index
    }
    try parseSelectItems(&select)
    if at(.into) { try parseInto(&select) }
    try parseFrom(&select)
    if isInBlock, select.into == nil, at(.into) { try parseTargets(&select) }
    if take(.where) { select.condition = try parseExpr() }
    try parseHierarchy(&select)
    if at(.group) { select.grouping = try parseGrouping() }
    if take(.having) { select.having = try parseExpr() }
    if at(.qualify) {
      let qualifyStart = index
      advance()
      let condition = try parseExpr()
      select.qualify = Qualify(range: textRange(from: qualifyStart), condition: condition)
    }
    if take(.window) { try parseWindows(&select) }
    select.range = textRange(from: start)
    return select
  }

  private mutating func parseTop() throws(SyntaxFailure) -> Select.Top? {
    guard at(.top) else { return nil }
    switch peek().kind {
    case .number, .parameter: break
    case .openParenthesis where peek(2).kind == .number: break
    default: return nil
    }
    let start = index
    advance()
    let count = try parsePrimary()
    return Select.Top(range: textRange(from: start), count: count)
  }

  private mutating func parseQuantifier(_ select: inout Select) throws(SyntaxFailure) {
    if at(.distinct) {
      let range = textRange(token)
      advance()
      select.quantifier = .distinct(range)
      if at(.on), peek().kind == .openParenthesis {
        advance()
        advance()
        select.quantifier = .distinctOn(try parseExprList())
        try expect(.closeParenthesis, "\",\" or \")\"")
      }
    } else {
      _ = take(.all)
    }
  }

  private mutating func parseSelectItems(_ select: inout Select) throws(SyntaxFailure) {
    let first = try parseSelectItem()
    if at(.comma) { select.items.reserveCapacity(4) }
    select.items.append(first)
    while take(.comma) { select.items.append(try parseSelectItem()) }
    if at(.exclude), startsExclusion {
      let start = index
      advance()
      let columns: [Identifier]
      if at(.openParenthesis) {
        columns = try parseIdentifierList("a column")
      } else {
        columns = [try parseIdentifier("a column")]
      }
      select.exclusion = Select.Exclusion(range: textRange(from: start), columns: columns)
      // The server takes EXCLUDE behind the whole list only, some people write it behind a star.
      while take(.comma) { select.items.append(try parseSelectItem()) }
    }
  }

  mutating func parseSelectItem() throws(SyntaxFailure) -> SelectItem {
    let start = index
    let value = try parseExpr()
    var alias: Identifier?
    if take(.as) {
      if token.kind == .string {
        throw failure("an alias", help: "aliases stand in double quotes, not in single quotes")
      }
      alias = try parseLabel("an alias")
    } else if canTakeBareAlias {
      alias = takeIdentifier()
    }
    if let alias { try expectNoFurtherValue(after: alias) }
    return SelectItem(range: textRange(from: start), value: value, alias: alias)
  }

  /// Finds the comma that is missing where an alias is followed by what cannot follow it.
  private func expectNoFurtherValue(after alias: Identifier) throws(SyntaxFailure) {
    switch token.kind {
    case .openParenthesis, .dot:
      throw failure(
        "\",\" or FROM",
        help: "\"\(alias.text)\" was read as an alias; is there a comma missing in front of it?"
      )
    case .quotedIdentifier, .number, .string: throw failure("\",\" or FROM", help: missingComma)
    case .word:
      let isClause =
        !token.keyword.canBeBareAlias || at(.start, .with) || at(.connect, .by)
        || at(.exclude)
      guard !isClause else { return }
      let keyword = alias.isQuoted ? nil : misspelling(of: [.from, .where], alias.text)
      throw failure("\",\" or FROM", help: keyword ?? missingComma)
    default: return
    }
  }

  /// What a word that was taken for a name may have been meant to be.
  func misspelling(of keywords: [SQLKeyword], _ word: String) -> String? {
    let near = Suggestion.nearest(
      to: word.uppercased(),
      among: keywords.map { $0.spelling.uppercased() },
      limit: 1
    )
    return near.first.map { "did you mean \($0) instead of \"\(word)\"?" }
  }

  private var missingComma: String { "is there a comma missing in front of it?" }

  /// Whether EXCLUDE is followed by columns; otherwise it is a name.
  private var startsExclusion: Bool { peek().kind == .openParenthesis || isName(peek()) }

  private var canTakeBareAlias: Bool {
    switch token.kind {
    case .quotedIdentifier: return true
    case .word: break
    default: return false
    }
    if at(.exclude), !startsExclusion { return true }
    guard token.keyword.canBeBareAlias else { return false }
    if at(.start, .with) || at(.connect, .by) { return false }
    return !atEndOfQueryInBlock
  }

  /// Whether LOOP stands here, which ends the query of a loop and is no alias in it.
  var atEndOfQueryInBlock: Bool { isInBlock && atWord("loop") }

  private mutating func parseInto(_ select: inout Select) throws(SyntaxFailure) {
    let start = index
    let makesTable = peek().keyword == .temp || peek().keyword == .temporary
    if isInBlock, !makesTable, peek().keyword != .table, peek().kind != .temporaryName {
      return try parseTargets(&select)
    }
    advance()
    let isTemporary = take(.temp) || take(.temporary)
    _ = take(.table)
    let name = try parseObjectName("the name of a table")
    select.into = Select.Into(
      range: textRange(from: start),
      name: name,
      isTemporary: isTemporary || name.parts.last?.isTemporary == true
    )
  }

  /// INTO and the variables that a query of a procedure fills.
  private mutating func parseTargets(_ select: inout Select) throws(SyntaxFailure) {
    let start = index
    advance()
    _ = takeWord("strict")
    select.targets = Select.Targets(
      range: textRange(from: start),
      names: try parseTargetNames()
    )
    select.targets?.range = textRange(from: start)
  }

  private mutating func parseHierarchy(_ select: inout Select) throws(SyntaxFailure) {
    guard at(.start, .with) || at(.connect, .by) else { return }
    let begin = index
    var start: Expr?
    if take(.start, .with) { start = try parseExpr() }
    guard take(.connect, .by) else { throw failure("CONNECT BY") }
    _ = take(.nocycle)
    let connection = try parseExpr()
    if start == nil, take(.start, .with) { start = try parseExpr() }
    select.hierarchy = Select.Hierarchy(
      range: textRange(from: begin),
      start: start,
      connection: connection
    )
  }

  private mutating func parseGrouping() throws(SyntaxFailure) -> Grouping {
    let start = index
    advance()
    try expect(.by)
    if at(.all), peek().kind != .openParenthesis {
      advance()
      return Grouping(range: textRange(from: start), isAll: true, elements: [])
    }
    var elements = [try parseGroupingElement()]
    while take(.comma) { elements.append(try parseGroupingElement()) }
    return Grouping(range: textRange(from: start), isAll: false, elements: elements)
  }

  private mutating func parseGroupingElement() throws(SyntaxFailure) -> Grouping.Element {
    try enter()
    defer { leave() }
    if at(.openParenthesis), peek().kind == .closeParenthesis {
      advance()
      advance()
      return .empty
    }
    if at(.grouping, .sets) {
      advance()
      advance()
      try expect(.openParenthesis, "\"(\"")
      var elements = [try parseGroupingElement()]
      while take(.comma) { elements.append(try parseGroupingElement()) }
      try expect(.closeParenthesis, "\",\" or \")\"")
      return .sets(elements)
    }
    if at(.rollup) || at(.cube), peek().kind == .openParenthesis {
      let isRollup = at(.rollup)
      advance()
      advance()
      let values = try parseExprList()
      try expect(.closeParenthesis, "\",\" or \")\"")
      return isRollup ? .rollup(values) : .cube(values)
    }
    return .value(try parseExpr())
  }

  private mutating func parseWindows(_ select: inout Select) throws(SyntaxFailure) {
    repeat {
      let start = index
      let name = try parseIdentifier("the name of a window")
      try expect(.as)
      let definition = try parseWindowDefinition()
      select.windows.append(
        NamedWindow(range: textRange(from: start), name: name, definition: definition)
      )
    } while take(.comma)
  }
}
