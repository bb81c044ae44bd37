import Diagnostics

extension SQLParser {
  // MARK: Signatures

  /// `name` or `name (types)`.
  mutating func parseSignature(_ expected: String) throws(SyntaxFailure) -> RoutineSignature {
    let start = index
    let name = try parseObjectName(expected)
    var arguments: [RoutineArgument]?
    if at(.openParenthesis) { arguments = try parseRoutineArguments() }
    return RoutineSignature(range: textRange(from: start), name: name, arguments: arguments)
  }

  mutating func parseRoutineArguments() throws(SyntaxFailure) -> [RoutineArgument] {
    try expect(.openParenthesis, "\"(\"")
    if take(.closeParenthesis) { return [] }
    var arguments = [try parseRoutineArgument()]
    while take(.comma) { arguments.append(try parseRoutineArgument()) }
    try expect(.closeParenthesis, "\",\" or \")\"")
    return arguments
  }

  private mutating func parseRoutineArgument() throws(SyntaxFailure) -> RoutineArgument {
    let start = index
    var mode = takeArgumentMode()
    var name: Identifier?
    if startsArgumentName { name = try parseLabel("a name or a type") }
    if mode == nil { mode = takeArgumentMode() }
    let type = try parseDataType()
    var value: Expr?
    if take(.default) || takeOperator("=") { value = try parseExpr() }
    return RoutineArgument(
      range: textRange(from: start),
      name: name,
      mode: mode,
      type: type,
      defaultValue: value
    )
  }

  private mutating func takeArgumentMode() -> RoutineArgument.Mode? {
    if take(.in) { return .in }
    if at(.out), peek().kind == .word || peek().kind == .quotedIdentifier {
      advance()
      return .out
    }
    if takeWord("inout") { return .both }
    return nil
  }

  /// Whether a name and then a mode or a type follow, rather than a type of two words.
  private var startsArgumentName: Bool {
    let next = peek()
    guard token.kind == .word || token.kind == .quotedIdentifier else { return false }
    guard next.kind == .word || next.kind == .quotedIdentifier else { return false }
    switch next.keyword {
    case .precision, .varying, .with, .without, .default, .to, .year: return false
    default: break
    }
    if at(.interval) { return !isIntervalUnit(next) }
    return true
  }

  // MARK: CREATE PROCEDURE, CREATE FUNCTION

  mutating func parseCreateRoutine(
    _ kind: CreateRoutine.Kind,
    replaces: Bool
  ) throws(SyntaxFailure) -> Statement.Kind {
    advance()
    if kind == .externalFunction { advance() }
    let name = try parseObjectName("the name of the \(kind.rawValue)")
    guard at(.openParenthesis) else { throw failure("\"(\" and the arguments") }
    var routine = CreateRoutine(
      kind: kind,
      replaces: replaces,
      name: name,
      arguments: try parseRoutineArguments(),
      result: nil,
      options: [],
      body: nil
    )
    while !atStatementEnd {
      if takeWord("returns") {
        _ = takeWord("setof")
        routine.result = try parseResultType()
      } else if at(.as), peek().kind == .dollarString || peek().kind == .string {
        advance()
        routine.body = takeBody()
      } else if at(.set) {
        routine.options.append(try parseRoutineSetting())
      } else if let option = try parseOption(SQLParser.routineOptions) {
        routine.options.append(option)
      } else {
        // A source that does not end is told where it starts.
        if take(.as) { throw failure("the source in dollar quotes") }
        throw failure(
          "AS, LANGUAGE or another part of the \(kind.rawValue)",
          help: token.kind == .word
            ? Suggestion.sentence(
              for: string(token).uppercased(),
              among: SQLParser.routineOptions.map { $0.name.uppercased() } + ["RETURNS", "AS"]
            ) : nil
        )
      }
    }
    if kind != .externalFunction, routine.body == nil {
      throw failure("AS and the source of the \(kind.rawValue) in dollar quotes")
    }
    if routine.language == "plpgsql" { readBlock(of: &routine) }
    return .createRoutine(routine)
  }

  /// A type, or the columns of RETURNS TABLE, which Redshift does not have.
  private mutating func parseResultType() throws(SyntaxFailure) -> DataType {
    guard at(.table) else { return try parseDataType() }
    let start = index
    advance()
    _ = try parseRoutineArguments()
    return DataType(range: textRange(from: start), kind: .other, name: "table")
  }

  private mutating func takeBody() -> CreateRoutine.Body {
    let token = token
    advance()
    var contents = token.start + 1..<max(token.start + 1, token.stop - 1)
    if token.kind == .dollarString {
      let rest = bytes[token.start + 1..<token.stop]
      let tag = (rest.firstIndex(of: UInt8(ascii: "$")) ?? token.start) + 1 - token.start
      contents = token.start + tag..<max(token.start + tag, token.stop - tag)
    }
    return CreateRoutine.Body(
      range: textRange(token),
      contents: TextRange(buffer: buffer, bytes: contents),
      isDollarQuoted: token.kind == .dollarString
    )
  }

  /// `SET parameter TO value`.
  private mutating func parseRoutineSetting() throws(SyntaxFailure) -> StatementOption {
    let start = index
    advance()
    let name = try parseObjectName("the name of a parameter")
    guard take(.to) || takeOperator("=") else { throw failure("TO or \"=\"") }
    var values: [Expr] = []
    repeat {
      guard token.kind == .word, token.keyword.isReserved else {
        values.append(try parseExpr())
        continue
      }
      let word = try parseLabel("a value")
      values.append(Expr(range: word.range, kind: .column([word])))
    } while take(.comma)
    let range = textRange(from: start)
    let value =
      values.count == 1
      ? values[0] : Expr(range: range, kind: .row(values, hasKeyword: false))
    return StatementOption(range: range, name: "set \(name.last)", value: .value(value))
  }

  private static let routineOptions: [OptionForm] = [
    OptionForm("language", .word), OptionForm("volatile"), OptionForm("stable"),
    OptionForm("immutable"), OptionForm("nonatomic"), OptionForm("security", .word),
    OptionForm("lambda", .text), OptionForm("sagemaker", .text),
    OptionForm("iam_role", .textOrWord), OptionForm("retry_timeout", .number),
    OptionForm("max_batch_rows", .number), OptionForm("max_batch_size", .number),
    OptionForm("kb"), OptionForm("mb"),
    // PostgreSQL's, which are for the rules to refuse.
    OptionForm("strict"), OptionForm("called on null input"),
    OptionForm("returns null on null input"), OptionForm("cost", .number),
    OptionForm("rows", .number), OptionForm("parallel", .word), OptionForm("leakproof"),
  ]

  // MARK: Prepared statements

  mutating func parsePrepare() throws(SyntaxFailure) -> Prepare {
    advance()
    let name = try parseIdentifier("the name of the statement")
    var types: [DataType] = []
    if take(.openParenthesis) {
      repeat { types.append(try parseDataType()) } while take(.comma)
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    try expect(.as)
    let start = index
    let kind = try parseStatementKind()
    return Prepare(
      name: name,
      types: types,
      statement: Statement(range: textRange(from: start), kind: kind)
    )
  }

  mutating func parseExecute() throws(SyntaxFailure) -> ExecutePrepared {
    advance()
    let name = try parseIdentifier("the name of a prepared statement")
    var arguments: [Expr] = []
    if take(.openParenthesis) {
      if !at(.closeParenthesis) { arguments = try parseExprList() }
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    return ExecutePrepared(name: name, arguments: arguments)
  }

  mutating func parseDeallocate() throws(SyntaxFailure) -> Deallocate {
    advance()
    _ = takeWord("prepare")
    if take(.all) { return Deallocate(name: nil) }
    return Deallocate(name: try parseIdentifier("the name of a prepared statement"))
  }

  // MARK: Cursors

  mutating func parseDeclare() throws(SyntaxFailure) -> CursorCommand {
    advance()
    let name = try parseIdentifier("the name of the cursor")
    while !atWord("cursor") {
      guard takeWord("binary") || takeWord("insensitive") || takeWord("scroll") || take(.no) else {
        throw failure("CURSOR")
      }
    }
    advance()
    if take(.with) || take(.without) {
      guard takeWord("hold") else { throw failure("HOLD") }
    }
    try expect(.for)
    return CursorCommand(name: name, action: .declare(try parseQuery()))
  }

  mutating func parseFetch() throws(SyntaxFailure) -> CursorCommand {
    advance()
    var words: [String] = []
    var count: Int?
    while !at(.from), !at(.in), !atStatementEnd {
      if at(.number) || atOperator("-") {
        if words.isEmpty { words.append("forward") }
        count = try parseInteger("a number of rows")
      } else if token.kind == .word, SQLParser.fetchDirections.contains(word(token)) {
        words.append(word(token))
        advance()
      } else {
        break
      }
    }
    if !take(.from) { _ = take(.in) }
    let name = try parseIdentifier("FROM and the name of a cursor")
    return CursorCommand(
      name: name,
      action: .fetch(direction: words.joined(separator: " "), count: count)
    )
  }

  private static let fetchDirections: Set<String> = [
    "next", "prior", "first", "last", "absolute", "relative", "all", "forward", "backward",
  ]

  mutating func parseClose() throws(SyntaxFailure) -> CursorCommand {
    advance()
    if take(.all) { return CursorCommand(name: nil, action: .close) }
    return CursorCommand(name: try parseIdentifier("the name of a cursor"), action: .close)
  }
}
