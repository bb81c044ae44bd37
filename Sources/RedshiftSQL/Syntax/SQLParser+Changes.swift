import Diagnostics

extension SQLParser {
  mutating func parseInsert(with: With?) throws(SyntaxFailure) -> Insert {
    advance()
    guard at(.into) else { throw failure("INTO", help: suggestion([.into])) }
    advance()
    let table = try parseObjectName("a table")
    var columns: [Identifier] = []
    if at(.openParenthesis), !queryAhead { columns = try parseIdentifierList("a column") }
    if take(.default) {
      try expect(.values)
      return Insert(table: table, columns: columns, source: .defaultValues)
    }
    if atWord("overriding") { throw failure("VALUES, SELECT or DEFAULT VALUES") }
    guard startsQuery(token) || at(.openParenthesis) else {
      throw failure(
        "VALUES, SELECT or DEFAULT VALUES",
        help: suggestion([.values, .select, .default])
      )
    }
    let query: Query
    if let with {
      query = try parseQuery(with: with, from: index)
    } else {
      query = try parseQuery()
    }
    var insert = Insert(table: table, columns: columns, source: .query(query))
    if at(.on), isWord(peek(), "conflict") { insert.conflict = try parseConflict() }
    insert.returning = try parseReturning()
    return insert
  }

  /// `ON CONFLICT …`, which is PostgreSQL's; what it says is not read further.
  private mutating func parseConflict() throws(SyntaxFailure) -> TextRange {
    let start = index
    var depth = 0
    while !atStatementEnd, depth > 0 || !at(.returning) {
      if at(.openParenthesis) { depth += 1 }
      if at(.closeParenthesis) { depth -= 1 }
      guard depth >= 0 else { throw failure("the end of the statement") }
      advance()
    }
    return textRange(from: start)
  }

  private mutating func parseReturning() throws(SyntaxFailure) -> Returning? {
    guard at(.returning) else { return nil }
    let start = index
    advance()
    var items: [SelectItem] = []
    repeat { items.append(try parseSelectItem()) } while take(.comma)
    return Returning(range: textRange(from: start), items: items)
  }

  mutating func parseUpdate(with: With?) throws(SyntaxFailure) -> Update {
    advance()
    let table = try parseObjectName("a table")
    var alias: Identifier?
    if take(.as) {
      alias = try parseIdentifier("an alias")
    } else if atName, !at(.set) {
      alias = takeIdentifier()
    }
    guard at(.set) else { throw failure("SET", help: suggestion([.set])) }
    advance()
    let assignments = try parseAssignments()
    var from: [TableReference] = []
    if take(.from) { from = try parseTableList() }
    var condition: Expr?
    if take(.where) { condition = try parseExpr() }
    return Update(
      with: with,
      table: table,
      alias: alias,
      assignments: assignments,
      from: from,
      condition: condition,
      returning: try parseReturning()
    )
  }

  mutating func parseAssignments() throws(SyntaxFailure) -> [Assignment] {
    var assignments: [Assignment] = []
    repeat {
      let start = index
      let target = try parseObjectName("a column")
      guard takeOperator("=") else { throw failure("\"=\"") }
      let value = try parseExpr()
      assignments.append(
        Assignment(range: textRange(from: start), target: target, value: value)
      )
    } while take(.comma)
    return assignments
  }

  mutating func parseDelete(with: With?) throws(SyntaxFailure) -> Delete {
    let keyword = textRange(token)
    advance()
    let hasFrom = take(.from)
    let table = try parseObjectName("a table")
    var alias: Identifier?
    if take(.as) {
      alias = try parseIdentifier("an alias")
    } else if atName {
      alias = takeIdentifier()
    }
    var using: [TableReference] = []
    if take(.using) { using = try parseTableList() }
    var condition: Expr?
    if take(.where) { condition = try parseExpr() }
    return Delete(
      with: with,
      keyword: keyword,
      hasFrom: hasFrom,
      table: table,
      alias: alias,
      using: using,
      condition: condition,
      returning: try parseReturning()
    )
  }

  mutating func parseTruncate() throws(SyntaxFailure) -> Truncate {
    advance()
    _ = take(.table)
    let table = try parseObjectName("a table")
    if at(.comma) {
      throw failure("the end of the statement", help: "Redshift truncates one table per statement")
    }
    if at(.cascade) || at(.restrict) || atWord("restart") || atWord("continue") {
      throw failure(
        "the end of the statement",
        help: "TRUNCATE takes the name of a table and nothing else"
      )
    }
    return Truncate(table: table)
  }

  // MARK: MERGE

  mutating func parseMerge() throws(SyntaxFailure) -> Merge {
    advance()
    try expect(.into)
    let target = try parseObjectName("a table")
    var alias: Identifier?
    if take(.as) {
      alias = try parseIdentifier("an alias")
    } else if atName {
      alias = takeIdentifier()
    }
    try expect(.using)
    let source = try parseTableReference()
    try expect(.on)
    let condition = try parseExpr()
    var merge = Merge(
      target: target,
      alias: alias,
      source: source,
      condition: condition,
      branches: [],
      removesDuplicates: nil
    )
    if at(.remove) {
      let start = index
      advance()
      try expect(.duplicates)
      merge.removesDuplicates = textRange(from: start)
      return merge
    }
    while at(.when) { merge.branches.append(try parseMergeBranch()) }
    if merge.branches.isEmpty {
      throw failure("WHEN or REMOVE DUPLICATES", help: suggestion([.when, .remove]))
    }
    return merge
  }

  private mutating func parseMergeBranch() throws(SyntaxFailure) -> Merge.Branch {
    let start = index
    try expect(.when)
    let isMatched = !take(.not)
    try expect(.matched)
    var condition: Expr?
    if take(.and) { condition = try parseExpr() }
    try expect(.then)
    let action: Merge.Branch.Action
    if isMatched, take(.update) {
      try expect(.set)
      action = .update(try parseAssignments())
    } else if isMatched, take(.delete) {
      action = .delete
    } else if !isMatched, take(.insert) {
      var columns: [Identifier] = []
      if at(.openParenthesis) { columns = try parseMergeColumns() }
      try expect(.values)
      try expect(.openParenthesis, "\"(\"")
      let values = try parseExprList()
      try expect(.closeParenthesis, "\",\" or \")\"")
      action = .insert(columns: columns, values: values)
    } else {
      throw failure(isMatched ? "UPDATE or DELETE" : "INSERT")
    }
    return Merge.Branch(
      range: textRange(from: start),
      isMatched: isMatched,
      condition: condition,
      action: action
    )
  }

  /// `(a, t.b)`; the innermost part counts.
  private mutating func parseMergeColumns() throws(SyntaxFailure) -> [Identifier] {
    try expect(.openParenthesis, "\"(\"")
    var columns: [Identifier] = []
    repeat {
      let name = try parseObjectName("a column")
      guard var column = name.parts.last else { throw failure("a column") }
      column.range = name.range
      columns.append(column)
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return columns
  }
}
