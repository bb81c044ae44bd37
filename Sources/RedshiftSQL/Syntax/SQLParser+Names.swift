import Diagnostics

extension SQLParser {
  /// Whether a name can start here.
  var atName: Bool { isName(token) }

  func isName(_ token: SQLToken) -> Bool {
    switch token.kind {
    case .word: !token.keyword.isReserved
    case .quotedIdentifier, .temporaryName: true
    default: false
    }
  }

  mutating func parseIdentifier(_ expected: String) throws(SyntaxFailure) -> Identifier {
    guard atName else {
      let help =
        token.kind == .word
        ? "\"\(string(token))\" is a reserved word: put it in double quotes to use it as a name"
        : nil
      throw failure(expected, help: help)
    }
    return takeIdentifier()
  }

  /// A name behind a dot or AS, where even reserved words are read.
  mutating func parseLabel(_ expected: String) throws(SyntaxFailure) -> Identifier {
    guard token.kind == .word || atName else { throw failure(expected) }
    return takeIdentifier()
  }

  mutating func takeIdentifier() -> Identifier {
    let token = token
    advance()
    let text =
      token.kind == .quotedIdentifier
      ? SQLStrings.name(of: bytes[token.range]) : word(token)
    return Identifier(
      text: text,
      range: textRange(token),
      isQuoted: token.kind == .quotedIdentifier
    )
  }

  mutating func parseObjectName(_ expected: String) throws(SyntaxFailure) -> ObjectName {
    let start = index
    var parts = NameParts(try parseIdentifier(expected))
    while take(.dot) { parts.append(try parseLabel("a name after the dot")) }
    return ObjectName(parts: parts, range: textRange(from: start))
  }

  /// A user or role, which may come from an identity provider or be Redshift's own: `aad:bob`,
  /// `sys:dba`.
  mutating func parseAccount(_ expected: String) throws(SyntaxFailure) -> Identifier {
    let first = try parseIdentifier(expected)
    guard at(.colon), isName(peek()), token.start == first.range.bytes.upperBound else {
      return first
    }
    advance()
    let second = takeIdentifier()
    return Identifier(
      text: "\(first.text):\(second.text)",
      range: first.range.union(second.range),
      isQuoted: true
    )
  }

  /// `(a, b, …)`.
  mutating func parseIdentifierList(_ expected: String) throws(SyntaxFailure) -> [Identifier] {
    try expect(.openParenthesis, "\"(\"")
    var names = [try parseIdentifier(expected)]
    while take(.comma) { names.append(try parseIdentifier(expected)) }
    try expect(.closeParenthesis, "\",\" or \")\"")
    return names
  }

  /// The meaning of the string literal at hand.
  mutating func parseString(_ expected: String) throws(SyntaxFailure) -> CopyStatement.Literal {
    let token = token
    switch token.kind {
    case .string:
      advance()
      return CopyStatement.Literal(
        value: SQLStrings.text(of: bytes[token.range]),
        range: textRange(token)
      )
    case .dollarString:
      advance()
      let value = String(decoding: SQLStrings.dollarValue(of: bytes[token.range]), as: UTF8.self)
      return CopyStatement.Literal(value: value, range: textRange(token))
    default: throw failure(expected)
    }
  }

  mutating func parseInteger(_ expected: String) throws(SyntaxFailure) -> Int {
    let isNegative = takeOperator("-")
    guard token.kind == .number, let value = Int(string(token)) else { throw failure(expected) }
    advance()
    return isNegative ? -value : value
  }
}
