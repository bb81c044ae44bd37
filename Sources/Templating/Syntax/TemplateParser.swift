import Diagnostics

/// Turns tokens into the tree of a template, by recursive descent.
///
/// The grammar is Jinja's, including its oddities: `**` binds to the left, a colon may end the head
/// of a block, neighbouring strings are one. A tag is one entry in `parseStatement`. Blocks of
/// a host that are templates of their own (`snapshot`) are cut out before: `NamedBlock`.
struct TemplateParser {
  /// What a template consists of, for those who only look at it.
  static func statements(of source: TemplateSource) throws(Diagnostic) -> [StatementNode] {
    var lexer = TemplateLexer(source)
    var parser = TemplateParser(source: source, tokens: try lexer.tokens())
    return try parser.parseTemplate()
  }

  /// Special names that the code read so far has spoken of.
  struct Mentions {
    var loop: TemplateName?
    var caller: TemplateName?
    var varargs: TemplateName?
    var kwargs: TemplateName?

    mutating func merge(_ other: Mentions) {
      loop = loop ?? other.loop
      caller = caller ?? other.caller
      varargs = varargs ?? other.varargs
      kwargs = kwargs ?? other.kwargs
    }
  }

  /// Levels of blocks and brackets.
  static let nestingLimit = 100
  /// Levels of nodes in one expression.
  static let heightLimit = 250

  let source: TemplateSource
  let tokens: [TemplateToken]
  var position = 0
  var depth = 0
  var loopDepth = 0
  var blockNames: Set<String> = []
  var docsNames: Set<String> = []
  /// Whether some filter or test is not there.
  var hasUnknownWords = false
  var mentions = Mentions()
  private var names = NameTable()

  init(source: TemplateSource, tokens: [TemplateToken]) {
    self.source = source
    self.tokens = tokens
  }

  mutating func parseTemplate() throws(Diagnostic) -> [StatementNode] {
    let (body, _) = try parseStatements(until: [], block: nil)
    return body
  }

  var current: TemplateToken { tokens[position] }
  var kind: TemplateToken.Kind { tokens[position].kind }

  var nextKind: TemplateToken.Kind {
    position + 1 < tokens.count ? tokens[position + 1].kind : .end
  }

  mutating func advance() {
    if position + 1 < tokens.count { position += 1 }
  }

  mutating func take(_ wanted: TemplateToken.Kind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  func isName(_ word: StaticString) -> Bool {
    let token = current
    guard token.kind == .name, token.range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { source.bytes[token.range].elementsEqual($0) }
  }

  mutating func take(name word: StaticString) -> Bool {
    guard isName(word) else { return false }
    advance()
    return true
  }

  func text(of token: TemplateToken) -> String { source.text(token.range) }

  /// The token in the words of a message: what was written, where that is short.
  func describe(_ token: TemplateToken) -> String {
    switch token.kind {
    case .name, .integer, .float: "\"\(text(of: token))\""
    default: token.kind.words
    }
  }

  func unexpected(_ expected: String) -> Diagnostic {
    .unexpectedToken(describe(current), expected: expected, at: source.range(current.range))
  }

  @discardableResult
  mutating func expect(_ wanted: TemplateToken.Kind) throws(Diagnostic) -> TemplateToken {
    guard kind == wanted else { throw unexpected(wanted.words) }
    let token = current
    advance()
    return token
  }

  mutating func expectName() throws(Diagnostic) -> (name: TemplateName, range: TextRange) {
    let token = try expect(.name)
    return (name(of: token), source.range(token.range))
  }

  /// From a start to the end of the last token taken.
  func range(from start: Int) -> TextRange {
    let end = position > 0 ? tokens[position - 1].range.upperBound : start
    return source.range(start..<max(start, end))
  }

  mutating func name(_ text: String) -> TemplateName { names.name(text) }

  mutating func name(of token: TemplateToken) -> TemplateName {
    source.bytes.withUnsafeBufferPointer {
      names.name(UnsafeBufferPointer(rebasing: $0[token.range]))
    }
  }

  /// Whether a lone variable, string or number stands here: nothing that goes on follows it.
  var isLone: Bool {
    switch kind {
    case .string, .integer, .float: break
    case .name: if isName("not") { return false }
    default: return false
    }
    switch nextKind {
    case .variableEnd, .blockEnd, .comma, .rightParenthesis, .rightBracket, .rightBrace: return true
    default: return false
    }
  }

  /// Calls `body` one level deeper.
  mutating func nested<Result>(
    _ body: (inout TemplateParser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    guard depth < Self.nestingLimit else {
      throw .nestedTooDeeply(at: source.range(current.range))
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// Reads until a tag named in `ends`, which becomes the current token, or the end of the text.
  mutating func parseStatements(
    until ends: [StaticString],
    block: (name: String, range: TextRange)?
  ) throws(Diagnostic) -> (body: [StatementNode], end: String) {
    guard depth < Self.nestingLimit else {
      throw .nestedTooDeeply(at: source.range(current.range))
    }
    depth += 1
    defer { depth -= 1 }
    var body: [StatementNode] = []
    body.reserveCapacity(6)
    while true {
      let token = current
      switch token.kind {
      case .text:
        advance()
        appendText(token.range, to: &body)
      case .variableBegin:
        advance()
        let expression = try parseTuple()
        try expect(.variableEnd)
        body.append(StatementNode(.output(expression)))
      case .blockBegin:
        advance()
        for end in ends where isName(end) { return (body, end.description) }
        try body.append(StatementNode(parseStatement(from: token.range.lowerBound)))
        try expect(.blockEnd)
      default:
        if let block { throw .unclosedBlock(block.name, at: block.range, found: nil) }
        return (body, "")
      }
    }
  }

  /// Reads the body of a block and its end tag's name.
  mutating func parseBody(
    until ends: [StaticString],
    of block: String,
    from start: Int
  ) throws(Diagnostic) -> (body: [StatementNode], end: String) {
    // As in Python, a colon may end the head.
    _ = take(.colon)
    let end = try expect(.blockEnd).range.upperBound
    let result = try parseStatements(
      until: ends,
      block: (block, source.range(start..<end))
    )
    advance()
    return result
  }

  /// Appends text to copy; line ends become `\n`, as in Jinja.
  private func appendText(_ range: Range<Int>, to body: inout [StatementNode]) {
    let bytes = source.bytes
    guard bytes[range].contains(UInt8(ascii: "\r")) else {
      body.append(StatementNode(.text(source.range(range))))
      return
    }
    var start = range.lowerBound
    for index in range where bytes[index] == UInt8(ascii: "\r") {
      if start < index { body.append(StatementNode(.text(source.range(start..<index)))) }
      start = index + 1
      if start < bytes.count, bytes[start] == UInt8(ascii: "\n") { continue }
      body.append(StatementNode(.lineEnd(source.range(index..<index + 1))))
    }
    if start < range.upperBound {
      body.append(StatementNode(.text(source.range(start..<range.upperBound))))
    }
  }
}
