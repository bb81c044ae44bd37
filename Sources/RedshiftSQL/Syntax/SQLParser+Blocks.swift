import Diagnostics

/// PL/pgSQL: the source of procedures.
///
/// A statement that cannot be read is told and left out, and reading goes on behind its semicolon.
/// Whatever is wrong is a warning: the server has the last word on its own language.
extension SQLParser {
  /// Reads the source of a routine, with the places that it has in the text around it.
  mutating func readBlock(of routine: inout CreateRoutine) {
    guard let body = routine.body else { return }
    let contents = body.contents.bytes
    // Of what has quotes in quotes the places are not those of the source.
    if !body.isDollarQuoted, bytes[contents].contains(where: { $0 == 0x27 || $0 == 0x5C }) {
      return
    }
    var parser = SQLParser(block: contents, of: self)
    routine.body?.block = parser.parseWholeBlock()
    routine.body?.problems = parser.diagnostics.map(\.ofProcedure)
  }

  private mutating func parseWholeBlock() -> ProcedureBlock? {
    do throws(SyntaxFailure) {
      let start = index
      let label = try parseBlockLabel()
      let block = try parseBlock(label, from: start)
      while take(.semicolon) {}
      guard at(.endOfText) else { throw failure("the end of the source", help: missingOpener) }
      return block
    } catch {
      diagnostics.append(diagnostic(for: error))
      return nil
    }
  }

  /// What is missing where END closes a block too early.
  private var missingOpener: String? {
    at(.end) || at(.else)
      ? "one more block ends here than has begun: is an IF, LOOP or BEGIN missing?" : nil
  }

  /// `<<label>>`.
  mutating func parseBlockLabel() throws(SyntaxFailure) -> Identifier? {
    guard takeOperator("<<") else { return nil }
    let label = try parseLabel("a label")
    guard takeOperator(">>") else { throw failure("\">>\"") }
    return label
  }

  /// From DECLARE or BEGIN to END.
  mutating func parseBlock(
    _ label: Identifier?,
    from first: Int
  ) throws(SyntaxFailure) -> ProcedureBlock {
    try enter()
    defer { leave() }
    var declarations: [ProcedureDeclaration] = []
    while takeWord("declare") {
      while !at(.begin), !atWord("declare"), !at(.endOfText) {
        if let declaration = parseDeclaration() { declarations.append(declaration) }
      }
    }
    guard at(.begin) else {
      throw failure("DECLARE or BEGIN", help: suggestion([.begin]))
    }
    let start = textRange(token)
    advance()
    var nonatomic: TextRange?
    if atWord("nonatomic") {
      nonatomic = textRange(token)
      advance()
    }
    let statements = try parseBlockStatements()
    var exception: TextRange?
    var handlers: [ProcedureBlock.Handler] = []
    if atWord("exception") {
      exception = textRange(token)
      advance()
      while at(.when) { handlers.append(try parseHandler()) }
      if handlers.isEmpty { throw failure("WHEN OTHERS THEN", help: suggestion([.when])) }
    }
    let end = try expectEnd(of: "BEGIN", opened: start)
    if atLabel { _ = takeIdentifier() }
    return ProcedureBlock(
      range: textRange(from: first),
      label: label,
      declarations: declarations,
      start: start,
      nonatomic: nonatomic,
      statements: statements,
      exception: exception,
      handlers: handlers,
      end: end
    )
  }

  /// Whether the name of a block or a loop stands here, which may be a reserved word.
  var atLabel: Bool {
    switch token.keyword {
    case .if, .case, .when: false
    default: (token.kind == .word || token.kind == .quotedIdentifier) && !atWord("loop")
    }
  }

  func expectedEnd(of opener: String, opened: TextRange) -> SyntaxFailure {
    let line = bytes[..<min(opened.bytes.lowerBound, bytes.count)].count { $0 == 10 } + 1
    return failure("END for the \(opener) in line \(line)")
  }

  mutating func expectEnd(
    of opener: String,
    opened: TextRange
  ) throws(SyntaxFailure) -> TextRange {
    guard at(.end) else { throw expectedEnd(of: opener, opened: opened) }
    let end = textRange(token)
    advance()
    return end
  }

  private mutating func parseHandler() throws(SyntaxFailure) -> ProcedureBlock.Handler {
    let start = index
    advance()
    repeat {
      if takeWord("sqlstate") {
        _ = try parseString("a code in quotes")
      } else {
        _ = try parseIdentifier("OTHERS")
      }
    } while take(.or)
    try expect(.then)
    let range = textRange(from: start)
    return ProcedureBlock.Handler(range: range, statements: try parseBlockStatements())
  }

  // MARK: Declarations

  private mutating func parseDeclaration() -> ProcedureDeclaration? {
    if take(.semicolon) { return nil }
    let start = index
    do throws(SyntaxFailure) {
      let declaration = try readDeclaration()
      guard at(.semicolon) else { throw failure("\";\" behind the declaration") }
      advance()
      return declaration
    } catch {
      recover(from: error, start)
      return nil
    }
  }

  private mutating func readDeclaration() throws(SyntaxFailure) -> ProcedureDeclaration {
    let start = index
    let name = try parseIdentifier("the name of a variable, or BEGIN")
    var declaration = ProcedureDeclaration(
      range: name.range,
      name: name,
      isConstant: takeWord("constant"),
      kind: .alias(name.range),
      isRequired: false
    )
    declaration.kind = try parseVariableKind()
    if at(.not), peek().keyword == .null {
      advance()
      advance()
      declaration.isRequired = true
    }
    if take(.default) || takeAssignment() || takeOperator("=") {
      declaration.defaultValue = try parseExpr()
    }
    declaration.range = textRange(from: start)
    return declaration
  }

  private mutating func parseVariableKind() throws(SyntaxFailure) -> ProcedureDeclaration.Kind {
    if atWord("alias"), peek().keyword == .for {
      advance()
      advance()
      let start = index
      if at(.parameter) { advance() } else { _ = try parseIdentifier("$1 or a name") }
      return .alias(textRange(from: start))
    }
    let isUnscrollable = at(.no) && isWord(peek(), "scroll")
    if atWord("cursor") || atWord("scroll") || isUnscrollable {
      if isUnscrollable { advance() }
      _ = takeWord("scroll")
      guard takeWord("cursor") else { throw failure("CURSOR") }
      var arguments: [RoutineArgument] = []
      if at(.openParenthesis) { arguments = try parseRoutineArguments() }
      guard take(.for) || take(.is) else { throw failure("FOR and a query") }
      return .cursor(arguments, try parseQuery())
    }
    let start = index
    if atName {
      // `table.column%TYPE` looks like a type as long as the sign is not seen.
      var distance = 0
      while peek(distance + 1).kind == .dot { distance += 2 }
      let sign = peek(distance + 1)
      if sign.kind == .operator, bytes[sign.range].elementsEqual("%".utf8) {
        let name = try parseObjectName("a table or a column")
        advance()
        if take(.type) { return .typeOfColumn(name) }
        guard takeWord("rowtype") else { throw failure("TYPE or ROWTYPE") }
        return .rowOfTable(name)
      }
    }
    rewind(to: start)
    return .variable(try parseDataType())
  }

  /// `:=`.
  mutating func takeAssignment() -> Bool {
    guard at(.colon), peek().kind == .operator, bytes[peek().range].elementsEqual("=".utf8) else {
      return false
    }
    advance()
    advance()
    return true
  }

  // MARK: Recovery

  /// Tells what is wrong with a statement and goes behind its semicolon.
  ///
  /// - Returns: what was told.
  @discardableResult
  mutating func recover(from failure: SyntaxFailure, _ start: Int) -> Diagnostic {
    let problem = diagnostic(for: failure)
    diagnostics.append(problem)
    while !at(.semicolon), !at(.endOfText) { advance() }
    _ = take(.semicolon)
    return problem
  }
}

extension Diagnostic {
  /// A syntax error in the source of a procedure.
  fileprivate var ofProcedure: Diagnostic {
    var warning = self
    warning.severity = .warning
    warning.code = "procedure-syntax"
    if warning.message.hasPrefix("syntax error: ") {
      warning.message.removeFirst("syntax error: ".count)
    }
    warning.message = "this is no PL/pgSQL that redstart can read: \(warning.message)"
    return warning
  }
}
