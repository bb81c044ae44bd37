/// Cuts Redshift SQL into tokens without losing a byte.
///
/// Redshift's lexer is that of PostgreSQL 8.0: block comments nest, backslashes escape in every
/// string literal, `$tag$` quotes, and `#name` is a temporary table.
package struct SQLLexer {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let keywords: WordTable<SQLKeyword>
  private var position = 0
  /// The last token that is no trivia.
  private var previous: SQLToken?

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    keywords = SQLKeyword.byWord
  }

  /// All tokens of a text, trivia included; their ranges cover it without gaps.
  package static func tokens(of bytes: [UInt8]) -> [SQLToken] {
    bytes.withUnsafeBufferPointer { buffer in
      var lexer = SQLLexer(buffer)
      var tokens: [SQLToken] = []
      tokens.reserveCapacity(buffer.count / 4 + 4)
      while let token = lexer.next() { tokens.append(token) }
      return tokens
    }
  }

  /// The tokens that mean something, and an `end` token behind them.
  package static func significantTokens(of bytes: [UInt8]) -> [SQLToken] {
    significantTokens(of: bytes, in: 0..<bytes.count)
  }

  /// The tokens that mean something in a part of a text, as if the text were no longer.
  static func significantTokens(of bytes: [UInt8], in range: Range<Int>) -> [SQLToken] {
    bytes.withUnsafeBufferPointer { whole in
      let buffer = UnsafeBufferPointer(rebasing: whole[..<range.upperBound])
      var lexer = SQLLexer(buffer)
      lexer.position = range.lowerBound
      var tokens: [SQLToken] = []
      tokens.reserveCapacity(range.count / 4 + 4)
      lexer.skipWhitespace()
      while let token = lexer.next() {
        if !token.isTrivia { tokens.append(token) }
        lexer.skipWhitespace()
      }
      tokens.append(SQLToken(.endOfText, buffer.count, buffer.count))
      return tokens
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

  private mutating func next() -> SQLToken? {
    guard position < bytes.count else { return nil }
    let start = position
    var token = read(from: start)
    if token.stop <= start { token = SQLToken(.unknownByte, start, start + 1) }
    position = token.stop
    if !token.isTrivia { previous = token }
    return token
  }

  private func read(from start: Int) -> SQLToken {
    let first = bytes[start]
    switch CharacterClass.of(first) {
    case .space: return SQLToken(.whitespace, start, whitespaceEnd(start))
    case .letter: return word(start)
    case .digit: return number(start)
    case .quote: return quoted(start, UInt8(ascii: "'"), .string, .unterminatedString)
    case .operator: return operatorOrComment(start)
    case .other: return other(first, start)
    }
  }

  private func other(_ first: UInt8, _ start: Int) -> SQLToken {
    switch first {
    case UInt8(ascii: "("): return SQLToken(.openParenthesis, start, start + 1)
    case UInt8(ascii: ")"): return SQLToken(.closeParenthesis, start, start + 1)
    case UInt8(ascii: "["): return SQLToken(.openBracket, start, start + 1)
    case UInt8(ascii: "]"): return SQLToken(.closeBracket, start, start + 1)
    case UInt8(ascii: ","): return SQLToken(.comma, start, start + 1)
    case UInt8(ascii: ";"): return SQLToken(.semicolon, start, start + 1)
    case UInt8(ascii: "?"): return SQLToken(.parameter, start, start + 1)
    case UInt8(ascii: "."):
      // `1..10` has two dots between two numbers.
      let isSecond = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
      if CharacterClass.of(byte(start + 1)) == .digit, !isSecond { return number(start) }
      return SQLToken(.dot, start, start + 1)
    case UInt8(ascii: ":"):
      if byte(start + 1) == first { return SQLToken(.doubleColon, start, start + 2) }
      return SQLToken(.colon, start, start + 1)
    case UInt8(ascii: "\""):
      return quoted(start, first, .quotedIdentifier, .unterminatedIdentifier)
    case UInt8(ascii: "$"): return dollar(start)
    default: return SQLToken(.unknownByte, start, start + 1)
    }
  }

  private func whitespaceEnd(_ start: Int) -> Int {
    var index = start
    while index < bytes.count, CharacterClass.of(bytes[index]) == .space { index += 1 }
    return index
  }

  /// Goes on to what is no white space, without a token for it.
  private mutating func skipWhitespace() { position = whitespaceEnd(position) }

  private func wordEnd(_ start: Int) -> Int {
    var index = start
    while index + 8 <= bytes.count {
      let count = WordBytes.count(in: bytes, from: index)
      index += count
      if count < 8 { return index }
    }
    while index < bytes.count, CharacterClass.continuesWord(bytes[index]) { index += 1 }
    return index
  }

  private func word(_ start: Int) -> SQLToken {
    // A byte order mark is no part of the first word.
    if start == 0, bytes[0] == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF {
      return SQLToken(.whitespace, 0, 3)
    }
    let end = wordEnd(start + 1)
    return SQLToken(.word, start, end, keyword: keywords.value(in: bytes, start..<end) ?? .none)
  }

  private func digitsEnd(_ start: Int) -> Int {
    var index = start
    while index < bytes.count, CharacterClass.of(bytes[index]) == .digit { index += 1 }
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
    if CharacterClass.of(byte(start + 1)) == .digit {
      return SQLToken(.parameter, start, digitsEnd(start + 1))
    }
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "$") {
      let kind = CharacterClass.of(bytes[index])
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

  private func operatorOrComment(_ start: Int) -> SQLToken {
    let first = bytes[start]
    let second = byte(start + 1)
    if first == UInt8(ascii: "-"), second == first { return lineComment(start) }
    if first == UInt8(ascii: "/"), second == UInt8(ascii: "*") { return blockComment(start) }
    if first == UInt8(ascii: "#"), CharacterClass.of(second) == .letter,
      startsName(start)
    {
      // `copy #t` names a table; `a # b` and `1 #b` are operators.
      return SQLToken(.temporaryName, start, wordEnd(start + 1))
    }
    var index = start + 1
    var canEndInSign = isRareOperator(first)
    while index < bytes.count, CharacterClass.of(bytes[index]) == .operator {
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
  private func startsName(_ start: Int) -> Bool {
    guard let previous, previous.endsOperand else { return true }
    return previous.kind == .word && CharacterClass.of(bytes[start - 1]) == .space
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
private enum CharacterClass: UInt8 {
  case other, space, letter, digit, quote, `operator`

  @inline(__always)
  static func of(_ byte: UInt8) -> CharacterClass {
    switch byte {
    case 97...122, 65...90, 95, 128...255: .letter
    case 48...57: .digit
    case 32, 9...13: .space
    case 39: .quote
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"),
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"),
      UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "%"),
      UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "`"):
      .operator
    default: .other
    }
  }

  /// Whether a word goes on with the byte; `WordBytes` says the same of eight.
  @inline(__always)
  static func continuesWord(_ byte: UInt8) -> Bool {
    let kind = of(byte)
    return kind == .letter || kind == .digit || byte == UInt8(ascii: "$")
  }
}
