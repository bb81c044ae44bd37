/// One piece of SQL text; the pieces of a text together are the text.
package struct SQLToken: Sendable {
  package enum Kind: UInt8, Sendable {
    case whitespace
    case lineComment
    case blockComment
    case word
    case quotedIdentifier
    /// `#name`.
    case temporaryName
    case string
    /// `$$…$$` or `$tag$…$tag$`.
    case dollarString
    case number
    /// `$1` or `?`.
    case parameter
    case `operator`
    case openParenthesis
    case closeParenthesis
    case openBracket
    case closeBracket
    case comma
    case dot
    case colon
    case doubleColon
    case semicolon
    /// A byte that starts nothing in SQL.
    case unknownByte
    case unterminatedString
    case unterminatedIdentifier
    case unterminatedComment
    case unterminatedDollarString
    /// What the parser sees after the last token.
    case endOfText
  }

  package var kind: Kind
  package var keyword: SQLKeyword
  /// Where the token begins and ends, as ranges of text have it.
  let lower: Int32
  let upper: Int32

  package var start: Int { Int(lower) }
  package var stop: Int { Int(upper) }

  init(_ kind: Kind, _ start: Int, _ stop: Int, keyword: SQLKeyword = .none) {
    self.kind = kind
    self.keyword = keyword
    lower = Int32(truncatingIfNeeded: start)
    upper = Int32(truncatingIfNeeded: stop)
  }

  package var range: Range<Int> { start..<max(start, stop) }

  /// Whether the token is white space or a comment.
  package var isTrivia: Bool {
    switch kind {
    case .whitespace, .lineComment, .blockComment: true
    default: false
    }
  }

  /// Whether a value can end with this token, so that an operator may follow.
  var endsOperand: Bool {
    switch kind {
    case .word: !keyword.isReserved || keyword == .end || keyword == .null
    case .quotedIdentifier, .temporaryName, .string, .dollarString, .number, .parameter,
      .closeParenthesis, .closeBracket:
      true
    default: false
    }
  }
}
