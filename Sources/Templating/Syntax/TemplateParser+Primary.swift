import Diagnostics

extension TemplateParser {
  mutating func parsePrimary() throws(Diagnostic) -> ExpressionNode {
    let token = current
    let start = token.range.lowerBound
    switch token.kind {
    case .name:
      advance()
      return try node(nameOrConstant(token), from: start)
    case .string:
      var text = ""
      while kind == .string {
        text += StringLiteral.text(of: source.bytes[current.range])
        advance()
      }
      return try node(.literal(.string(text)), from: start)
    case .integer:
      advance()
      guard let number = integer(token.range) else {
        throw .numberLimit(at: source.range(token.range))
      }
      return try node(.literal(number), from: start)
    case .float:
      advance()
      let digits = text(of: token).filter { $0 != "_" }
      return try node(.literal(.float(Double(digits) ?? .infinity)), from: start)
    case .leftParenthesis:
      advance()
      let inner = try parseTuple(inParentheses: true)
      try expect(.rightParenthesis)
      return ExpressionNode(range: range(from: start), height: inner.height, kind: inner.kind)
    case .leftBracket:
      advance()
      var elements: [ExpressionNode] = []
      while kind != .rightBracket {
        elements.append(try parseExpression())
        guard take(.comma) else { break }
      }
      try expect(.rightBracket)
      let height = elements.lazy.map(\.height).max() ?? 0
      return try node(.list(elements), from: start, over: height)
    case .leftBrace:
      return try parseDictionary(from: start)
    default:
      throw unexpected("an expression")
    }
  }

  private mutating func parseDictionary(from start: Int) throws(Diagnostic) -> ExpressionNode {
    advance()
    var pairs: [(key: ExpressionNode, value: ExpressionNode)] = []
    var height = 0
    while kind != .rightBrace {
      let key = try parseExpression()
      try expect(.colon)
      let value = try parseExpression()
      pairs.append((key, value))
      height = max(height, key.height, value.height)
      guard take(.comma) else { break }
    }
    try expect(.rightBrace)
    return try node(.dictionary(pairs), from: start, over: height)
  }

  private mutating func nameOrConstant(_ token: TemplateToken) -> ExpressionNode.Kind {
    let name = name(of: token)
    // All words with a meaning have four to seven letters.
    guard (4...7).contains(token.range.count) else { return .name(name) }
    switch name.text {
    case "true", "True": return .literal(.boolean(true))
    case "false", "False": return .literal(.boolean(false))
    case "none", "None": return .literal(.none)
    case "loop": mentions.loop = name
    case "caller": mentions.caller = name
    case "varargs": mentions.varargs = name
    case "kwargs": mentions.kwargs = name
    default: break
    }
    return .name(name)
  }

  private func integer(_ range: Range<Int>) -> LiteralValue? {
    var digits = source.bytes[range].filter { $0 != UInt8(ascii: "_") }[...]
    var radix = 10
    if digits.count > 2, digits.first == UInt8(ascii: "0") {
      switch digits[digits.startIndex + 1] | 32 {
      case UInt8(ascii: "x"): radix = 16
      case UInt8(ascii: "o"): radix = 8
      case UInt8(ascii: "b"): radix = 2
      default: break
      }
      if radix != 10 { digits = digits.dropFirst(2) }
    }
    let text = String(decoding: digits, as: UTF8.self)
    if let number = Int(text, radix: radix) { return .integer(number) }
    return BigInteger(text, radix: radix).map { .long($0) }
  }
}
