import Diagnostics

/// Takes Python's text apart: words, numbers, strings and signs, and where logical lines begin.
struct PythonLexer {
  struct Token {
    enum Kind {
      case name, number, sign
      /// A string without its quotes; the prefix is in lower case.
      case string(prefix: String, inner: Range<Int>)
      /// The end of a logical line.
      case newline
    }

    var kind: Kind
    var range: Range<Int>
    /// How far the token's line is indented, where it is the first of a logical line.
    var indentation: Int?
  }

  /// What keeps a text from being Python.
  struct Problem: Error {
    var message: String
    var range: Range<Int>
  }

  private let bytes: [UInt8]
  private let end: Int
  private var index: Int
  private var tokens: [Token] = []
  /// The brackets that are open, with their places.
  private var open: [(sign: UInt8, at: Int)] = []

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
  }

  /// The tokens of a whole file.
  static func tokens(of bytes: [UInt8]) throws(Problem) -> [Token] {
    try tokens(of: bytes, in: 0..<bytes.count)
  }

  /// The tokens of an expression within a formatted string.
  static func tokens(of bytes: [UInt8], in range: Range<Int>) throws(Problem) -> [Token] {
    var lexer = PythonLexer(bytes, range)
    try lexer.read()
    return lexer.tokens
  }

  private mutating func read() throws(Problem) {
    var indentation: Int? = measureIndentation()
    while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        let start = index
        index += 1
        if open.isEmpty {
          if let last = tokens.last, !Self.isNewline(last) {
            tokens.append(Token(kind: .newline, range: start..<index))
          }
          indentation = measureIndentation()
        }
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 12: index += 1
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "\\"): try continueLine()
      default:
        var token = try next()
        token.indentation = indentation
        indentation = nil
        tokens.append(token)
      }
    }
    if let unclosed = open.last {
      let sign = Character(Unicode.Scalar(unclosed.sign))
      throw Problem(message: "'\(sign)' was never closed", range: unclosed.at..<unclosed.at + 1)
    }
    if let last = tokens.last, !Self.isNewline(last) {
      tokens.append(Token(kind: .newline, range: end..<end))
    }
  }

  private static func isNewline(_ token: Token) -> Bool {
    if case .newline = token.kind { true } else { false }
  }

  /// The width of the space before a line's first word, as Python counts it.
  private mutating func measureIndentation() -> Int {
    var width = 0
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: " "): width += 1
      case UInt8(ascii: "\t"): width += 8 - width % 8
      case 12: width = 0
      default: return width
      }
      index += 1
    }
    return width
  }

  private mutating func skipComment() {
    while index < end, bytes[index] != UInt8(ascii: "\n"), bytes[index] != UInt8(ascii: "\r") {
      index += 1
    }
  }

  private mutating func continueLine() throws(Problem) {
    let start = index
    index += 1
    if index < end, bytes[index] == UInt8(ascii: "\r") { index += 1 }
    if index < end, bytes[index] == UInt8(ascii: "\n") {
      index += 1
    } else if index < end, bytes[index - 1] != UInt8(ascii: "\r") {
      throw Problem(
        message: "unexpected character after line continuation character",
        range: start..<start + 1
      )
    }
  }

  private mutating func next() throws(Problem) -> Token {
    let start = index
    let byte = bytes[index]
    if Self.isQuote(byte) { return try string(prefix: "", from: start) }
    if Self.beginsName(byte) {
      while index < end, Self.continuesName(bytes[index]) { index += 1 }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      if index < end, Self.isQuote(bytes[index]), Self.prefixes.contains(word.lowercased()) {
        return try string(prefix: word.lowercased(), from: start)
      }
      return Token(kind: .name, range: start..<index)
    }
    let isFraction = byte == UInt8(ascii: ".") && index + 1 < end && Self.isDigit(bytes[index + 1])
    if Self.isDigit(byte) || isFraction { return number(from: start) }
    return try sign(from: start)
  }

  private mutating func number(from start: Int) -> Token {
    while index < end {
      let byte = bytes[index]
      let isSigned = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      let isHexadecimal =
        index > start + 1 && (bytes[start + 1] | 32) == UInt8(ascii: "x")
      let followsExponent =
        index > start && (bytes[index - 1] | 32) == UInt8(ascii: "e") && !isHexadecimal
      guard Self.continuesName(byte) || byte == UInt8(ascii: ".") || (isSigned && followsExponent)
      else { break }
      index += 1
    }
    return Token(kind: .number, range: start..<index)
  }

  private mutating func sign(from start: Int) throws(Problem) -> Token {
    let byte = bytes[index]
    for length in [3, 2] where index + length <= end {
      let text = String(decoding: bytes[index..<index + length], as: UTF8.self)
      if Self.longSigns.contains(text) {
        index += length
        return Token(kind: .sign, range: start..<index)
      }
    }
    index += 1
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append((byte, start))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      let character = Character(Unicode.Scalar(byte))
      guard let last = open.popLast() else {
        throw Problem(message: "unmatched '\(character)'", range: start..<index)
      }
      // The closing bracket of each kind comes one or two places after its opening one.
      guard byte == last.sign + 1 || byte == last.sign + 2 else {
        let opened = Character(Unicode.Scalar(last.sign))
        throw Problem(
          message: "closing '\(character)' does not match opening '\(opened)'",
          range: start..<index
        )
      }
    default:
      guard Self.signs.contains(byte) else {
        throw Problem(message: "a character that Python does not know", range: start..<index)
      }
    }
    return Token(kind: .sign, range: start..<index)
  }

  /// Reads a string from its first quote on.
  private mutating func string(prefix: String, from start: Int) throws(Problem) -> Token {
    let quote = bytes[index]
    let isTriple = index + 2 < end && bytes[index + 1] == quote && bytes[index + 2] == quote
    let width = isTriple ? 3 : 1
    index += width
    let inner = index
    let isFormatted = prefix.contains("f")
    var depth = 0
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\") {
        index = min(index + 2, end)
      } else if byte == UInt8(ascii: "\n"), !isTriple, depth == 0 {
        break
      } else if isFormatted, byte == UInt8(ascii: "{") {
        // Two of them stand for one, outside of what is put in.
        let isDoubled = depth == 0 && index + 1 < end && bytes[index + 1] == byte
        depth += isDoubled ? 0 : 1
        index += isDoubled ? 2 : 1
      } else if isFormatted, byte == UInt8(ascii: "}"), depth > 0 {
        depth -= 1
        index += 1
      } else if byte == quote, !isTriple || isQuoted(by: quote, at: index) {
        if depth > 0, !isTriple, hasQuoteLater(quote) {
          // Since Python 3.12 the same quotes may stand within what is put in.
          _ = try string(prefix: "", from: index)
          continue
        }
        let closed = index
        index += width
        return Token(kind: .string(prefix: prefix, inner: inner..<closed), range: start..<index)
      } else {
        index += 1
      }
    }
    throw Problem(message: "unterminated string literal", range: start..<inner)
  }

  private func isQuoted(by quote: UInt8, at place: Int) -> Bool {
    place + 2 < end && bytes[place + 1] == quote && bytes[place + 2] == quote
  }

  private func hasQuoteLater(_ quote: UInt8) -> Bool {
    bytes[(index + 1)..<end].prefix { $0 != UInt8(ascii: "\n") }.contains(quote)
  }

  private static let prefixes: Set<String> = [
    "r", "b", "u", "f", "rb", "br", "fr", "rf", "t", "tr", "rt",
  ]
  private static let longSigns: Set<String> = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
  ]
  private static let signs = Set("+-*/%@&|^~<>.,:;=!".utf8)

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static func beginsName(_ byte: UInt8) -> Bool {
    byte >= 128 || byte == UInt8(ascii: "_") || (97...122).contains(byte | 32)
  }

  private static func continuesName(_ byte: UInt8) -> Bool { beginsName(byte) || isDigit(byte) }
}
