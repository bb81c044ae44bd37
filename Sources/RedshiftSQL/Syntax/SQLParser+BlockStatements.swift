import Diagnostics

/// The statements of PL/pgSQL.
extension SQLParser {
  /// Statements up to what ends their list: END, ELSE, EXCEPTION and the like.
  mutating func parseBlockStatements() throws(SyntaxFailure) -> [ProcedureStatement] {
    try enter()
    defer { leave() }
    var statements: [ProcedureStatement] = []
    while !atEndOfBlockPart {
      if take(.semicolon) { continue }
      statements.append(parseBlockStatement())
    }
    return statements
  }

  private var atEndOfBlockPart: Bool {
    switch token.keyword {
    case .end, .else, .when: true
    default:
      at(.endOfText) || atWord("elsif") || atWord("elseif")
        || atWord("exception") && peek().keyword == .when
    }
  }

  private mutating func parseBlockStatement() -> ProcedureStatement {
    let start = index
    do throws(SyntaxFailure) {
      let label = try parseBlockLabel()
      var statement = ProcedureStatement(range: textRange(token), label: label, kind: .nothing)
      statement.kind = try readBlockStatement(label, from: start, end: &statement.end)
      statement.range = textRange(from: start)
      guard at(.semicolon) else {
        throw failure("\";\" behind the statement")
      }
      advance()
      return statement
    } catch {
      let problem = recover(from: error, start)
      return ProcedureStatement(range: textRange(from: start), kind: .invalid(problem))
    }
  }

  private mutating func readBlockStatement(
    _ label: Identifier?,
    from start: Int,
    end: inout TextRange?
  ) throws(SyntaxFailure) -> ProcedureStatement.Kind {
    if let target = assignmentTarget() {
      let value = try parseExpr()
      return .assignment(target: target, value)
    }
    switch token.keyword {
    case .begin: return .block(try parseBlock(label, from: start))
    case .if: return try parseCondition(&end)
    case .case: return try parseChoice(&end)
    case .for: return .loop(try parseFor())
    case .null:
      advance()
      return .nothing
    case .execute: return .dynamic(try parseDynamic())
    case .fetch: return .cursor(try parseFetchInto())
    case .commit, .rollback, .abort:
      let isCommit = at(.commit)
      advance()
      if !take(.work) { _ = take(.transaction) }
      return .transaction(isCommit ? .commit : .rollback)
    default: break
    }
    return try readRarerBlockStatement(label, from: start)
  }

  private mutating func readRarerBlockStatement(
    _ label: Identifier?,
    from start: Int
  ) throws(SyntaxFailure) -> ProcedureStatement.Kind {
    if atWord("declare") { return .block(try parseBlock(label, from: start)) }
    if atWord("loop") { return .loop(try parseLoop(.endless)) }
    if atWord("while") {
      advance()
      return .loop(try parseLoop(.condition(try parseValue(before: "loop"))))
    }
    if takeWord("exit") { return .exit(try parseLeave()) }
    if takeWord("continue") { return .continue(try parseLeave()) }
    if takeWord("return") {
      if take(.next) { return .giveBack(try parseExpr()) }
      if at(.semicolon) { return .giveBack(nil) }
      return .giveBack(try parseExpr())
    }
    if takeWord("raise") { return .raise(try parseRaise()) }
    if takeWord("perform") {
      var values = [try parseExpr()]
      while take(.comma) { values.append(try parseExpr()) }
      return .perform(values)
    }
    if takeWord("open") { return .cursor(try parseOpen()) }
    if takeWord("close") {
      return .cursor(.close(try parseIdentifier("the name of a cursor")))
    }
    if takeWord("move") {
      while !atStatementEnd, peek().kind != .semicolon { advance() }
      return .cursor(.move(try parseIdentifier("the name of a cursor")))
    }
    if atWord("get"), isWord(peek(), "diagnostics") {
      advance()
      advance()
      let target = index
      while !atStatementEnd { advance() }
      return .diagnostics(textRange(from: target))
    }
    return .sql(try parseStatementInBlock())
  }

  private mutating func parseStatementInBlock() throws(SyntaxFailure) -> Statement {
    let start = index
    let known = diagnostics.count
    let kind = try parseStatementKind()
    let range = textRange(from: start)
    // What options of COPY have wrong is told, and the statement is as good as none.
    if let problem = diagnostics[known...].first(where: \.isError) {
      return Statement(range: range, kind: .invalid(problem))
    }
    return Statement(range: range, kind: kind)
  }

  // MARK: Values and targets

  /// Takes `name.part[1] :=` or `=`, if that stands here; the place of the target.
  private mutating func assignmentTarget() -> TextRange? {
    guard token.kind == .word || token.kind == .quotedIdentifier || token.kind == .parameter else {
      return nil
    }
    let start = index
    advance()
    while true {
      if at(.dot), peek().kind == .word || peek().kind == .quotedIdentifier {
        advance()
        advance()
      } else if at(.openBracket) {
        while !at(.closeBracket), !atStatementEnd { advance() }
        _ = take(.closeBracket)
      } else {
        break
      }
    }
    let target = textRange(from: start)
    if takeAssignment() || takeOperator("=") { return target }
    rewind(to: start)
    return nil
  }

  /// A value up to a word that ends it.
  ///
  /// Where it cannot be read, reading goes on behind that word, so that the statements which
  /// follow are still those of the same list.
  private mutating func parseValue(before word: StaticString) throws(SyntaxFailure) -> Expr {
    let start = index
    do throws(SyntaxFailure) {
      let value = try parseExpr()
      guard atWord(word) else { throw failure("\(word)".uppercased()) }
      return value
    } catch {
      var ahead = 0
      while peek(ahead).kind != .endOfText, peek(ahead).kind != .semicolon {
        if isWord(peek(ahead), word) {
          diagnostics.append(diagnostic(for: error))
          for _ in 0..<ahead { advance() }
          return Expr(range: textRange(from: start), kind: .defaultValue)
        }
        ahead += 1
      }
      throw error
    }
  }

  mutating func parseTargetNames() throws(SyntaxFailure) -> [ObjectName] {
    var names = [try parseTargetName()]
    while take(.comma) { names.append(try parseTargetName()) }
    return names
  }

  private mutating func parseTargetName() throws(SyntaxFailure) -> ObjectName {
    let start = index
    if take(.parameter) {
      let name = textRange(from: start)
      let part = Identifier(
        text: String(decoding: bytes[name.bytes], as: UTF8.self),
        range: name,
        isQuoted: false
      )
      return ObjectName(parts: [part], range: name)
    }
    return try parseObjectName("a variable")
  }

  // MARK: IF and CASE

  private mutating func parseCondition(
    _ end: inout TextRange?
  ) throws(SyntaxFailure) -> ProcedureStatement.Kind {
    let opened = textRange(token)
    var branches: [ProcedureStatement.Branch] = []
    repeat { branches.append(try parseBranch()) } while atWord("elsif") || atWord("elseif")
    let otherwise = try parseOtherwise()
    end = try expectEnd(of: "IF", opened: opened)
    guard take(.if) else { throw failure("IF behind END") }
    return .condition(branches, otherwise: otherwise)
  }

  /// IF, ELSIF or WHEN with its statements.
  private mutating func parseBranch() throws(SyntaxFailure) -> ProcedureStatement.Branch {
    let start = index
    let isRow = at(.when)
    advance()
    var conditions: [Expr] = []
    if isRow {
      conditions.append(try parseExpr())
      while take(.comma) { conditions.append(try parseExpr()) }
    } else {
      conditions.append(try parseValue(before: "then"))
    }
    try expect(.then)
    let range = textRange(from: start)
    return ProcedureStatement.Branch(
      range: range,
      conditions: conditions,
      statements: try parseBlockStatements()
    )
  }

  private mutating func parseOtherwise() throws(SyntaxFailure) -> ProcedureStatement.Otherwise? {
    guard at(.else) else { return nil }
    let range = textRange(token)
    advance()
    return ProcedureStatement.Otherwise(range: range, statements: try parseBlockStatements())
  }

  private mutating func parseChoice(
    _ end: inout TextRange?
  ) throws(SyntaxFailure) -> ProcedureStatement.Kind {
    let opened = textRange(token)
    advance()
    let value = at(.when) ? nil : try parseExpr()
    var branches: [ProcedureStatement.Branch] = []
    while at(.when) { branches.append(try parseBranch()) }
    if branches.isEmpty { throw failure("WHEN", help: suggestion([.when])) }
    let otherwise = try parseOtherwise()
    end = try expectEnd(of: "CASE", opened: opened)
    guard take(.case) else { throw failure("CASE behind END") }
    return .choice(value, branches, otherwise: otherwise)
  }

  // MARK: Loops

  private mutating func parseLoop(
    _ kind: ProcedureStatement.Loop.Kind
  ) throws(SyntaxFailure) -> ProcedureStatement.Loop {
    let start = textRange(token)
    guard takeWord("loop") else { throw failure("LOOP") }
    let statements = try parseBlockStatements()
    let end = try expectEnd(of: "LOOP", opened: start)
    guard takeWord("loop") else { throw failure("LOOP behind END") }
    if atLabel { _ = takeIdentifier() }
    return ProcedureStatement.Loop(kind: kind, start: start, statements: statements, end: end)
  }

  private mutating func parseFor() throws(SyntaxFailure) -> ProcedureStatement.Loop {
    advance()
    let targets = try parseTargetNames()
    try expect(.in)
    if at(.execute) { return try parseLoop(.dynamic(targets, try parseDynamic())) }
    if at(.select) || at(.with) || at(.openParenthesis) && queryAhead {
      return try parseLoop(.rows(targets, try parseQuery()))
    }
    let isReversed = takeWord("reverse")
    let low = try parseExpr()
    guard at(.dot), peek().kind == .dot else {
      if atWord("loop") { return try parseLoop(.cursor(targets, low)) }
      throw failure("\"..\", or a query behind IN")
    }
    advance()
    advance()
    guard targets.count == 1, let variable = targets.first?.parts.first else {
      throw failure("one variable in front of IN")
    }
    let high = try parseExpr()
    let step = take(.by) ? try parseExpr() : nil
    return try parseLoop(
      .numbers(variable, isReversed: isReversed, from: low, to: high, step: step)
    )
  }

  private mutating func parseLeave() throws(SyntaxFailure) -> ProcedureStatement.Leave {
    var leave = ProcedureStatement.Leave()
    if atLabel { leave.label = takeIdentifier() }
    if take(.when) { leave.condition = try parseExpr() }
    return leave
  }

  // MARK: RAISE, EXECUTE and cursors

  private mutating func parseRaise() throws(SyntaxFailure) -> ProcedureStatement.Raise {
    var raise = ProcedureStatement.Raise(level: nil, message: nil, arguments: [])
    if token.kind == .word, SQLParser.raiseLevels.contains(word(token)) {
      raise.level = word(token)
      advance()
    } else if token.kind == .word, !at(.using) {
      throw failure(
        "INFO, NOTICE, WARNING, LOG or EXCEPTION",
        help: Suggestion.sentence(
          for: string(token).uppercased(),
          among: SQLParser.raiseLevels.map { $0.uppercased() }.sorted()
        )
      )
    }
    if at(.string) {
      raise.message = try parseString("a message")
      while take(.comma) { raise.arguments.append(try parseExpr()) }
    }
    if take(.using) {
      repeat {
        _ = try parseLabel("MESSAGE, DETAIL, HINT or ERRCODE")
        guard takeAssignment() || takeOperator("=") else { throw failure("\"=\"") }
        raise.arguments.append(try parseExpr())
      } while take(.comma)
    }
    return raise
  }

  private static let raiseLevels: Set<String> = [
    "debug", "log", "info", "notice", "warning", "exception",
  ]

  private mutating func parseDynamic() throws(SyntaxFailure) -> ProcedureStatement.Dynamic {
    let start = index
    advance()
    var dynamic = ProcedureStatement.Dynamic(
      range: textRange(from: start),
      text: try parseExpr(),
      targets: [],
      arguments: []
    )
    while true {
      if take(.into) {
        _ = takeWord("strict")
        dynamic.targets = try parseTargetNames()
      } else if take(.using) {
        dynamic.arguments = try parseExprList()
      } else {
        dynamic.range = textRange(from: start)
        return dynamic
      }
    }
  }

  private mutating func parseOpen() throws(SyntaxFailure) -> ProcedureStatement.Cursor {
    let name = try parseIdentifier("the name of a cursor")
    if at(.no) { advance() }
    _ = takeWord("scroll")
    if take(.for) {
      if take(.execute) { return .openDynamic(name, try parseExpr()) }
      return .openQuery(name, try parseQuery())
    }
    var arguments: [Expr] = []
    if take(.openParenthesis) {
      if !at(.closeParenthesis) { arguments = try parseExprList() }
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    return .open(name, arguments: arguments)
  }

  private mutating func parseFetchInto() throws(SyntaxFailure) -> ProcedureStatement.Cursor {
    let command = try parseFetch()
    guard let name = command.name else { throw failure("the name of a cursor") }
    guard take(.into) else { throw failure("INTO and a variable") }
    return .fetch(name, targets: try parseTargetNames())
  }
}
