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
      let kind = QueryBody.Kind.select(try parseSelect())
      return QueryBody(range: textRange(from: start), kind: kind)
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
    var top = try parseTop()
    let quantifier = try parseQuantifier()
    if top == nil { top = try parseTop() }
    var targets: Select.Targets?
    if isInBlock, at(.into) {
      targets = try parseTargets()
      firstItem = index
    }
    let (items, exclusion) = try parseSelectItems()
    var into: Select.Into?
    if at(.into) {
      if intoNamesVariables { targets = try parseTargets() } else { into = try parseInto() }
    }
    let fromStart = index
    let from = take(.from) ? try parseTableList() : []
    let fromRange = from.isEmpty ? nil : textRange(from: fromStart)
    if isInBlock, into == nil, at(.into) { targets = try parseTargets() }
    let condition = take(.where) ? try parseExpr() : nil
    let hierarchy = try parseHierarchy()
    let grouping = at(.group) ? try parseGrouping() : nil
    let having = take(.having) ? try parseExpr() : nil
    let qualify = at(.qualify) ? try parseQualify() : nil
    let windows = take(.window) ? try parseWindows() : []
    return Select(
      range: textRange(from: start),
      quantifier: quantifier,
      top: top,
      items: items,
      exclusion: exclusion,
      into: into,
      targets: targets,
      from: from,
      fromRange: fromRange,
      condition: condition,
      hierarchy: hierarchy,
      grouping: grouping,
      having: having,
      qualify: qualify,
      windows: windows
    )
  }

  private mutating func parseQualify() throws(SyntaxFailure) -> Qualify {
    let start = index
    advance()
    let condition = try parseExpr()
    return Qualify(range: textRange(from: start), condition: condition)
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

  private mutating func parseQuantifier() throws(SyntaxFailure) -> Select.Quantifier {
    guard at(.distinct) else {
      _ = take(.all)
      return .all
    }
    let range = textRange(token)
    advance()
    guard at(.on), peek().kind == .openParenthesis else { return .distinct(range) }
    advance()
    advance()
    let values = try parseExprList()
    try expect(.closeParenthesis, "\",\" or \")\"")
    return .distinctOn(values)
  }

  private mutating func parseSelectItems() throws(SyntaxFailure) -> (
    items: [SelectItem], exclusion: Select.Exclusion?
  ) {
    var items = [try parseSelectItem()]
    if at(.comma) { items.reserveCapacity(4) }
    while take(.comma) { items.append(try parseSelectItem()) }
    guard at(.exclude), startsExclusion else { return (items, nil) }
    let start = index
    advance()
    let columns: [Identifier]
    if at(.openParenthesis) {
      columns = try parseIdentifierList("a column")
    } else {
      columns = [try parseIdentifier("a column")]
    }
    let exclusion = Select.Exclusion(range: textRange(from: start), columns: columns)
    // The server takes EXCLUDE behind the whole list only, some people write it behind a star.
    while take(.comma) { items.append(try parseSelectItem()) }
    return (items, exclusion)
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

  /// Whether INTO here is that of a procedure, which fills variables.
  private var intoNamesVariables: Bool {
    let next = peek()
    let makesTable = next.keyword == .temp || next.keyword == .temporary || next.keyword == .table
    return isInBlock && !makesTable && next.kind != .temporaryName
  }

  private mutating func parseInto() throws(SyntaxFailure) -> Select.Into {
    let start = index
    advance()
    let isTemporary = take(.temp) || take(.temporary)
    _ = take(.table)
    let name = try parseObjectName("the name of a table")
    return Select.Into(
      range: textRange(from: start),
      name: name,
      isTemporary: isTemporary || name.parts.last?.isTemporary == true
    )
  }

  /// INTO and the variables that a query of a procedure fills.
  private mutating func parseTargets() throws(SyntaxFailure) -> Select.Targets {
    let start = index
    advance()
    _ = takeWord("strict")
    let names = try parseTargetNames()
    return Select.Targets(range: textRange(from: start), names: names)
  }

  private mutating func parseHierarchy() throws(SyntaxFailure) -> Select.Hierarchy? {
    guard at(.start, .with) || at(.connect, .by) else { return nil }
    let begin = index
    var start: Expr?
    if take(.start, .with) { start = try parseExpr() }
    guard take(.connect, .by) else { throw failure("CONNECT BY") }
    _ = take(.nocycle)
    let connection = try parseExpr()
    if start == nil, take(.start, .with) { start = try parseExpr() }
    return Select.Hierarchy(
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

  private mutating func parseWindows() throws(SyntaxFailure) -> [NamedWindow] {
    var windows: [NamedWindow] = []
    repeat {
      let start = index
      let name = try parseIdentifier("the name of a window")
      try expect(.as)
      let definition = try parseWindowDefinition()
      windows.append(
        NamedWindow(range: textRange(from: start), name: name, definition: definition)
      )
    } while take(.comma)
    return windows
  }
}
