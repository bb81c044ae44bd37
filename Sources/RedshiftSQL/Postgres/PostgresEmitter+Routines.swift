import Diagnostics

/// Procedures and functions: their types, and the SQL in their bodies.
extension PostgresEmitter {
  mutating func emit(_ routine: CreateRoutine, in range: TextRange) {
    if routine.kind == .externalFunction {
      return fail("CREATE EXTERNAL FUNCTION", at: range, help: PostgresEmitter.substitute)
    }
    if routine.language == "plpythonu" {
      return fail(
        "a Python function",
        at: range,
        help: "Redshift retires them: use SQL, or a Lambda function"
      )
    }
    guard let body = routine.body else { return copy(range) }
    check(routine)
    var position = routine.name.range.bytes.upperBound
    copy(range.bytes.lowerBound..<position)
    for argument in routine.arguments {
      copy(position..<argument.range.bytes.lowerBound)
      emit(argument, of: routine)
      position = argument.range.bytes.upperBound
    }
    emitParts(of: routine, body, position..<range.bytes.upperBound)
  }

  /// An argument; OUT of a procedure is left out by its callers in Redshift.
  private mutating func emit(_ argument: RoutineArgument, of routine: CreateRoutine) {
    let isOut = argument.mode == .out && routine.kind == .procedure
    if isOut {
      write("INOUT ", for: argument.range)
    } else if let mode = argument.mode {
      write("\(mode.rawValue.uppercased()) ", for: argument.range)
    }
    if let name = argument.name {
      copy(name.range)
      write(" ", for: name.range)
    }
    emit(argument.type, isColumn: false)
    if isOut { write(" DEFAULT NULL", for: argument.range) }
  }

  /// What Redshift does not have, and an OUT argument before others, which callers leave out.
  private mutating func check(_ routine: CreateRoutine) {
    for argument in routine.arguments where argument.defaultValue != nil {
      reject("defaults of arguments", at: argument.range, help: "give every argument a value")
    }
    if let result = routine.result, result.name == "table" {
      reject("RETURNS TABLE", at: result.range, help: "return one value, or use a view")
    }
    for option in routine.options where PostgresEmitter.foreignOptions.contains(option.name) {
      reject(option.name.uppercased(), at: option.range, help: "leave it out")
    }
    guard routine.kind == .procedure,
      let out = routine.arguments.firstIndex(where: { $0.mode == .out }),
      routine.arguments[out...].contains(where: { $0.mode != .out })
    else { return }
    fail(
      "an OUT argument before others",
      at: routine.arguments[out].range,
      help: "put OUT arguments at the end"
    )
  }

  private static let foreignOptions: Set<String> = [
    "strict", "called on null input", "returns null on null input", "cost", "rows", "parallel",
    "leakproof",
  ]

  /// What follows the arguments: the type of the result, options and the body, in any order.
  private mutating func emitParts(
    of routine: CreateRoutine,
    _ body: CreateRoutine.Body,
    _ range: Range<Int>
  ) {
    var patches = [Patch(range: body.range.bytes) { $0.emit(body, of: routine) }]
    if let result = routine.result {
      patches.append(Patch(range: result.range.bytes) { $0.emit(result, isColumn: false) })
    }
    for option in routine.options {
      if option.name.hasPrefix("set ") {
        patches.append(Patch(range: option.range.bytes) { $0.emitSetting(option) })
      } else if option.name == "nonatomic" {
        patches.append(Patch(range: option.range.bytes) { _ in })
      }
    }
    emit(range, children: [], patches: patches)
  }

  /// The source, in which SQL is Redshift's.
  ///
  /// The tree has no nodes for PL/pgSQL, so its statements are found by their first words.
  private mutating func emit(_ body: CreateRoutine.Body, of routine: CreateRoutine) {
    let contents = body.contents.bytes
    if !body.isDollarQuoted, bytes[contents].contains(where: { $0 == 0x27 || $0 == 0x5C }) {
      return fail("source with quotes in quotes", at: body.range, help: "write it in dollar quotes")
    }
    // Translated SQL may have quotes of its own.
    let quote = body.isDollarQuoted ? nil : "$body$"
    if let quote {
      write(quote, for: body.range)
    } else {
      copy(body.range.bytes.lowerBound..<contents.lowerBound)
    }
    respell(within: contents)
    if routine.language == "plpgsql" {
      isInBlock = true
      emitBlock(contents)
      isInBlock = false
    } else if !emitSlice(contents) {
      copy(contents)
    }
    if let quote {
      write(quote, for: body.range)
    } else {
      copy(contents.upperBound..<body.range.bytes.upperBound)
    }
  }

  /// A statement that is part of another one.
  mutating func emitSlice(_ slice: Range<Int>) -> Bool {
    let parsed = SQLParser.parse(slice, of: bytes, buffer: statement.buffer)
    guard let inner = parsed.statements.first, parsed.statements.count == 1 else { return false }
    let outer = meanings
    analyze(inner)
    emit(inner)
    meanings = outer
    return true
  }

  private func lowerText(_ token: SQLToken, _ shift: Int) -> String {
    guard token.kind == .word else { return "" }
    let text = bytes[shift + token.start..<shift + token.stop]
    return String(decoding: text.map(asciiLowercased), as: UTF8.self)
  }

  /// Copies declarations with PostgreSQL's words for types; NONATOMIC is left out.
  private mutating func emitTypes(
    _ tokens: [SQLToken],
    from start: Int,
    to end: Int,
    _ shift: Int
  ) {
    var position = start
    for (index, token) in tokens.enumerated() {
      let place = shift + token.start..<shift + token.stop
      let origin = TextRange(buffer: statement.buffer, bytes: place)
      let replacement: String
      switch lowerText(token, shift) {
      case "super": replacement = "jsonb"
      case "varbyte", "varbinary": replacement = "bytea"
      case "nonatomic": replacement = ""
      case "max" where index > 0 && tokens[index - 1].kind == .openParenthesis:
        replacement = "65535"
      default: continue
      }
      copy(position..<place.lowerBound)
      write(replacement, for: origin)
      position = place.upperBound
    }
    copy(position..<end)
  }

  // MARK: PL/pgSQL

  /// Words after which a statement of a block begins.
  private static let openers: Set<String> = ["begin", "then", "else", "loop", "declare"]

  private static let statements: Set<String> = [
    "select", "insert", "update", "delete", "merge", "create", "drop", "alter", "with", "grant",
    "revoke", "analyze", "refresh", "call", "lock",
  ]

  private mutating func emitBlock(_ range: Range<Int>) {
    let tokens = SQLLexer.significantTokens(of: Array(bytes[range]))
    let shift = range.lowerBound
    variables = Set(tokens.map { lowerText($0, shift) })
    var position = range.lowerBound
    var index = 0
    var isDeclaring = false
    while index < tokens.count {
      let word = lowerText(tokens[index], shift)
      if PostgresEmitter.openers.contains(word) {
        isDeclaring = word == "declare" || (isDeclaring && word != "begin")
        index += 1
        continue
      }
      let stop = statementEnd(tokens, from: index, shift)
      let place = shift + tokens[index].start..<shift + tokens[max(index, stop - 1)].stop
      copy(position..<place.lowerBound)
      position = place.upperBound
      let part = Array(tokens[index..<max(stop, index + 1)])
      if isDeclaring {
        emitTypes(part, from: place.lowerBound, to: place.upperBound, shift)
      } else {
        emitStep(part, word, place, shift)
      }
      index = max(stop, index + 1)
      if index < tokens.count, tokens[index].kind == .semicolon { index += 1 }
    }
    copy(position..<range.upperBound)
    variables = []
  }

  /// Where a step of a block ends: before its semicolon, THEN or LOOP.
  private func statementEnd(_ tokens: [SQLToken], from start: Int, _ shift: Int) -> Int {
    var depth = 0
    var cases = 0
    for index in start..<tokens.count {
      switch tokens[index].kind {
      case .openParenthesis: depth += 1
      case .closeParenthesis: depth -= 1
      case .semicolon: return index
      case .word where depth <= 0:
        switch lowerText(tokens[index], shift) {
        case "case": cases += 1
        case "end" where cases > 0: cases -= 1
        case "then" where cases == 0, "loop" where cases == 0: return index
        case "begin" where index > start, "declare" where index > start: return index
        default: break
        }
      default: break
      }
    }
    return tokens.count
  }

  private mutating func emitStep(
    _ tokens: [SQLToken],
    _ word: String,
    _ place: Range<Int>,
    _ shift: Int
  ) {
    let origin = TextRange(buffer: statement.buffer, bytes: place)
    switch word {
    case "truncate":
      note("the commit of TRUNCATE", at: origin, why: "inside of a procedure it is not made here")
      copy(place)
    case "exception":
      note(
        "raising an error again behind EXCEPTION",
        at: origin,
        why: "PostgreSQL swallows what a handler has handled"
      )
      copy(place)
    case "execute":
      note("translation of EXECUTE", at: origin, why: "its text is sent as it is")
      copy(place)
    case "if", "elsif", "elseif", "while", "return", "perform":
      emitValueStep(tokens, from: 1, place, shift)
    case "for":
      guard let keyword = tokens.firstIndex(where: { $0.keyword == .in }) else {
        return copy(place)
      }
      emitRest(tokens, from: keyword + 1, place, shift)
    case _ where PostgresEmitter.statements.contains(word):
      if !emitSlice(place) { copy(place) }
    default:
      // `:=` is two tokens.
      let assignment = tokens.indices.first {
        tokens[$0].kind == .colon && $0 + 1 < tokens.count && tokens[$0 + 1].kind == .operator
      }
      guard let assignment else { return copy(place) }
      emitValueStep(tokens, from: assignment + 2, place, shift)
    }
  }

  /// A query behind some words.
  private mutating func emitRest(
    _ tokens: [SQLToken],
    from index: Int,
    _ place: Range<Int>,
    _ shift: Int
  ) {
    guard index < tokens.count else { return copy(place) }
    let start = shift + tokens[index].start
    copy(place.lowerBound..<start)
    let isQuery = ["select", "with"].contains(lowerText(tokens[index], shift))
    if !isQuery || !emitSlice(start..<place.upperBound) { copy(start..<place.upperBound) }
  }

  /// A value behind some words.
  private mutating func emitValueStep(
    _ tokens: [SQLToken],
    from index: Int,
    _ place: Range<Int>,
    _ shift: Int
  ) {
    guard index < tokens.count else { return copy(place) }
    let start = shift + tokens[index].start
    copy(place.lowerBound..<start)
    let parsed = SQLParser.parse(
      start..<place.upperBound,
      of: bytes,
      buffer: statement.buffer,
      after: "select "
    )
    guard let whole = parsed.statements.first, case .query(let query) = whole.kind,
      case .select(let select) = query.body.kind, select.items.count == 1, select.from.isEmpty,
      let item = select.items.first, item.range.bytes == start..<place.upperBound
    else { return copy(start..<place.upperBound) }
    let outer = meanings
    analyze(whole)
    emit(item.value)
    meanings = outer
  }
}
