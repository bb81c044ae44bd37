/// Cuts Redshift SQL into tokens without losing a byte.
///
/// Redshift's lexer is that of PostgreSQL 8.0: block comments nest, backslashes escape in every
/// string literal, `$tag$` quotes, and `#name` is a temporary table.
package struct SQLLexer {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let keywords: WordTable<SQLKeyword>
  private let facts: [ByteFacts]

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    keywords = SQLKeyword.byWord
    facts = ByteFacts.table
  }

  /// All tokens of a text, trivia included; their ranges cover it without gaps.
  package static func tokens(of bytes: [UInt8]) -> [SQLToken] {
    bytes.withUnsafeBufferPointer { buffer in
      let lexer = SQLLexer(buffer)
      var tokens: [SQLToken] = []
      tokens.reserveCapacity(buffer.count / 4 + 4)
      var position = lexer.byteOrderMarkEnd
      if position > 0 { tokens.append(SQLToken(.whitespace, 0, position)) }
      var previous = SQLToken(.whitespace, 0, position)
      while position < buffer.count {
        let token = lexer.token(at: position, behind: previous)
        tokens.append(token)
        if !token.isTrivia { previous = token }
        position = token.stop
      }
      return tokens
    }
  }

  /// The tokens that mean something, and an `end` token behind them.
  package static func significantTokens(of bytes: [UInt8]) -> [SQLToken] {
    significantTokens(of: bytes, in: 0..<bytes.count)
  }

  /// The tokens that mean something in a part of a text, as if the text were no longer.
  ///
  /// They are collected on the stack and moved from there in runs, so that a short statement takes
  /// one array of the right size.
  static func significantTokens(of bytes: [UInt8], in range: Range<Int>) -> [SQLToken] {
    bytes.withUnsafeBufferPointer { whole in
      let buffer = UnsafeBufferPointer(rebasing: whole[..<range.upperBound])
      let lexer = SQLLexer(buffer)
      return withUnsafeTemporaryAllocation(of: SQLToken.self, capacity: 80) { run in
        var tokens: [SQLToken] = []
        var count = 0
        var previous = SQLToken(.whitespace, 0, 0)
        var position = lexer.whitespaceEnd(max(range.lowerBound, lexer.byteOrderMarkEnd))
        while position < buffer.count {
          let token = lexer.token(at: position, behind: previous)
          position = lexer.whitespaceEnd(token.stop)
          if token.isTrivia { continue }
          run.initializeElement(at: count, to: token)
          previous = token
          count += 1
          guard count == run.count else { continue }
          if tokens.isEmpty { tokens.reserveCapacity(range.count / 4 + 2 * count) }
          tokens.append(contentsOf: run)
          count = 0
        }
        run.initializeElement(at: count, to: SQLToken(.endOfText, buffer.count, buffer.count))
        let rest = UnsafeBufferPointer(rebasing: run[...count])
        if tokens.isEmpty { return Array(rest) }
        tokens.append(contentsOf: rest)
        return tokens
      }
    }
  }

  /// The words, signs and literals of a text as they stand, without what is between them.
  package static func words(of bytes: [UInt8]) -> [String] {
    significantTokens(of: bytes).dropLast().map { String(decoding: bytes[$0.range], as: UTF8.self) }
  }

  /// Where the text ends when semicolons, and comments behind them, are left off.
  package static func endWithoutSemicolon(of bytes: [UInt8]) -> Int {
    let tokens = significantTokens(of: bytes).dropLast()
    guard tokens.last?.kind == .semicolon else { return bytes.count }
    return tokens.last { $0.kind != .semicolon }?.stop ?? 0
  }

  private func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// Where a byte order mark ends, which is no part of the first word.
  private var byteOrderMarkEnd: Int {
    byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF ? 3 : 0
  }

  /// The token that begins at a place; `previous` is the last one before it that is no trivia.
  @inline(__always)
  private func token(at start: Int, behind previous: SQLToken) -> SQLToken {
    let facts = facts[Int(bytes[start])]
    switch facts.start {
    case .letter: return word(start)
    case .single: return SQLToken(facts.token, start, start + 1)
    default: return other(facts.start, start, previous)
    }
  }

  private func other(_ kind: ByteFacts.Start, _ start: Int, _ previous: SQLToken) -> SQLToken {
    switch kind {
    case .digit: return number(start)
    case .space: return SQLToken(.whitespace, start, whitespaceEnd(start))
    case .operator: return operatorOrComment(start, previous)
    default: break
    }
    let first = bytes[start]
    switch first {
    case UInt8(ascii: "'"): return quoted(start, first, .string, .unterminatedString)
    case UInt8(ascii: "\""):
      return quoted(start, first, .quotedIdentifier, .unterminatedIdentifier)
    case UInt8(ascii: "."):
      // `1..10` has two dots between two numbers.
      let isSecond = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
      if isDigit(start + 1), !isSecond { return number(start) }
      return SQLToken(.dot, start, start + 1)
    case UInt8(ascii: ":"):
      if byte(start + 1) == first { return SQLToken(.doubleColon, start, start + 2) }
      return SQLToken(.colon, start, start + 1)
    case UInt8(ascii: "$"): return dollar(start)
    default: return SQLToken(.unknownByte, start, start + 1)
    }
  }

  @inline(__always)
  private func whitespaceEnd(_ start: Int) -> Int {
    var index = start
    while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    return index
  }

  @inline(__always)
  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 < 5 }

  private func isDigit(_ index: Int) -> Bool { byte(index) &- UInt8(ascii: "0") < 10 }

  private func start(_ index: Int) -> ByteFacts.Start {
    index < bytes.count ? facts[Int(bytes[index])].start : .other
  }

  private func wordEnd(_ start: Int) -> Int {
    var index = start
    while index + 8 <= bytes.count {
      let count = WordBytes.count(WordBytes.load(bytes, index))
      index += count
      if count < 8 { return index }
    }
    while index < bytes.count, continuesWord(bytes[index]) { index += 1 }
    return index
  }

  /// Whether a word goes on with the byte; `WordBytes` says the same of eight.
  private func continuesWord(_ byte: UInt8) -> Bool {
    let start = facts[Int(byte)].start
    return start == .letter || start == .digit || byte == UInt8(ascii: "$")
  }

  @inline(__always)
  private func word(_ start: Int) -> SQLToken {
    // Most words have less than eight bytes, which are loaded once for all there is to know.
    guard start + 8 <= bytes.count else { return longWord(start, start + 1) }
    let eight = WordBytes.load(bytes, start)
    let count = WordBytes.count(eight)
    guard count < 8 else { return longWord(start, start + 8) }
    let keyword = keywords.value(of: PackedWord(eight, count: count))
    return SQLToken(.word, start, start + count, keyword: keyword ?? .none)
  }

  /// A word of which the bytes before `known` have been looked at.
  private func longWord(_ start: Int, _ known: Int) -> SQLToken {
    let end = wordEnd(known)
    return SQLToken(.word, start, end, keyword: keywords.value(in: bytes, start..<end) ?? .none)
  }

  private func digitsEnd(_ start: Int) -> Int {
    var index = start
    while isDigit(index) { index += 1 }
    return index
  }

  private func number(_ start: Int) -> SQLToken {
    var index = digitsEnd(start)
    if byte(index) == UInt8(ascii: "."), byte(index + 1) != UInt8(ascii: ".") {
      index = digitsEnd(index + 1)
    }
    if asciiLowercased(byte(index)) == UInt8(ascii: "e") {
      var exponent = index + 1
      if byte(exponent) == UInt8(ascii: "+") || byte(exponent) == UInt8(ascii: "-") {
        exponent += 1
      }
      let end = digitsEnd(exponent)
      if end > exponent { index = end }
    }
    return SQLToken(.number, start, index)
  }

  private func quoted(
    _ start: Int,
    _ quote: UInt8,
    _ kind: SQLToken.Kind,
    _ unterminated: SQLToken.Kind
  ) -> SQLToken {
    let escapes = kind == .string
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote {
        guard self.byte(index + 1) == quote, index + 1 < bytes.count else {
          return SQLToken(kind, start, index + 1)
        }
        index += 2
      } else if escapes, byte == UInt8(ascii: "\\") {
        index += 2
      } else {
        index += 1
      }
    }
    return SQLToken(unterminated, start, bytes.count)
  }

  /// `$1`, `$$…$$`, `$tag$…$tag$`.
  private func dollar(_ start: Int) -> SQLToken {
    if isDigit(start + 1) {
      return SQLToken(.parameter, start, digitsEnd(start + 1))
    }
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "$") {
      let kind = self.start(index)
      guard kind == .letter || kind == .digit else {
        return SQLToken(.unknownByte, start, start + 1)
      }
      index += 1
    }
    guard index < bytes.count else { return SQLToken(.unknownByte, start, start + 1) }
    let length = index + 1 - start
    index += 1
    while index + length <= bytes.count {
      if bytes[index] == UInt8(ascii: "$"),
        (0..<length).allSatisfy({ bytes[index + $0] == bytes[start + $0] })
      {
        return SQLToken(.dollarString, start, index + length)
      }
      index += 1
    }
    return SQLToken(.unterminatedDollarString, start, bytes.count)
  }

  private func operatorOrComment(_ start: Int, _ previous: SQLToken) -> SQLToken {
    let first = bytes[start]
    let second = byte(start + 1)
    if first == UInt8(ascii: "-"), second == first { return lineComment(start) }
    if first == UInt8(ascii: "/"), second == UInt8(ascii: "*") { return blockComment(start) }
    if first == UInt8(ascii: "#"), self.start(start + 1) == .letter,
      startsName(start, behind: previous)
    {
      // `copy #t` names a table; `a # b` and `1 #b` are operators.
      return SQLToken(.temporaryName, start, wordEnd(start + 1))
    }
    var index = start + 1
    var canEndInSign = isRareOperator(first)
    while self.start(index) == .operator {
      let byte = bytes[index]
      let following = self.byte(index + 1)
      if byte == UInt8(ascii: "-"), following == byte { break }
      if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") { break }
      if isRareOperator(byte) { canEndInSign = true }
      index += 1
    }
    // `a=-1` is `a = -1`: an operator of common characters does not end in a sign.
    while index > start + 1, !canEndInSign,
      bytes[index - 1] == UInt8(ascii: "-") || bytes[index - 1] == UInt8(ascii: "+")
    {
      index -= 1
    }
    return SQLToken(.operator, start, index)
  }

  /// Whether `#` begins a name here, as it does where no operator can stand.
  private func startsName(_ start: Int, behind previous: SQLToken) -> Bool {
    guard previous.endsOperand else { return true }
    return previous.kind == .word && start > 0 && isSpace(bytes[start - 1])
  }

  private func isRareOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"),
      UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"),
      UInt8(ascii: "`"):
      true
    default: false
    }
  }

  private func lineComment(_ start: Int) -> SQLToken {
    var index = start + 2
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    return SQLToken(.lineComment, start, index)
  }

  private func blockComment(_ start: Int) -> SQLToken {
    var depth = 1
    var index = start + 2
    while index < bytes.count {
      let byte = bytes[index]
      let following = self.byte(index + 1)
      if byte == UInt8(ascii: "*"), following == UInt8(ascii: "/") {
        depth -= 1
        index += 2
        if depth == 0 { return SQLToken(.blockComment, start, index) }
      } else if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else {
        index += 1
      }
    }
    return SQLToken(.unterminatedComment, start, bytes.count)
  }
}

/// What a byte can begin.
private struct ByteFacts {
  enum Start: UInt8 {
    case other, space, letter, digit, `operator`
    /// A byte that is a token.
    case single
  }

  var start: Start
  /// What a single byte is.
  var token: SQLToken.Kind

  /// For each byte, so that a look-up takes the place of comparisons that go now one way, now the
  /// other.
  static let table = (0...255).map { ByteFacts(UInt8($0)) }

  private init(_ byte: UInt8) {
    start = .single
    token = .unknownByte
    switch byte {
    case UInt8(ascii: "("): token = .openParenthesis
    case UInt8(ascii: ")"): token = .closeParenthesis
    case UInt8(ascii: "["): token = .openBracket
    case UInt8(ascii: "]"): token = .closeBracket
    case UInt8(ascii: ","): token = .comma
    case UInt8(ascii: ";"): token = .semicolon
    case UInt8(ascii: "?"): token = .parameter
    case 97...122, 65...90, 95, 128...255: start = .letter
    case 48...57: start = .digit
    case 32, 9...13: start = .space
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"),
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"),
      UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "%"),
      UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "`"):
      start = .operator
    default: start = .other
    }
  }
}
