import Diagnostics

/// Procedures and functions: their types, and the SQL in their bodies.
extension PostgresEmitter {
  /// CREATE [OR REPLACE] PROCEDURE or FUNCTION.
  mutating func emitRoutine(_ tokens: [SQLToken], _ range: TextRange) -> Bool {
    let shift = range.bytes.lowerBound
    let words = tokens.map { lowerText($0, shift) }
    guard words.contains("procedure") || words.contains("function") else { return false }
    if words.contains("plpythonu") {
      fail(
        "a Python function",
        at: range,
        help: "Redshift retires them: use SQL, or a Lambda function"
      )
      return true
    }
    guard let body = tokens.indices.first(where: { tokens[$0].kind == .dollarString }) else {
      copy(range)
      return true
    }
    emitTypes(Array(tokens[..<body]), from: shift, to: shift + tokens[body].start, shift)
    let text = bytes[shift + tokens[body].start..<shift + tokens[body].stop]
    let inner = SQLStrings.dollarValue(of: text)
    copy(text.startIndex..<inner.startIndex)
    if words.contains("plpgsql") {
      emitBlock(inner.startIndex..<inner.endIndex)
    } else if !emitSlice(inner.startIndex..<inner.endIndex) {
      copy(inner.startIndex..<inner.endIndex)
    }
    copy(inner.endIndex..<text.endIndex)
    let rest = Array(tokens[(body + 1)...])
    emitTypes(rest, from: shift + tokens[body].stop, to: range.bytes.upperBound, shift)
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
    guard case .query(let query) = parsed.statements.first?.kind,
      case .select(let select) = query.body.kind, select.items.count == 1, select.from.isEmpty,
      let item = select.items.first, item.range.bytes == start..<place.upperBound
    else { return copy(start..<place.upperBound) }
    emit(item.value)
  }
}
