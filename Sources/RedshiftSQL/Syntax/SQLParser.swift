package import Diagnostics

/// Reads Redshift SQL into a tree.
///
/// Recursive descent, one extension for each class of statement; expressions by precedence
/// climbing. A function that is `mutating` consumes tokens. A statement with an error becomes
/// `Statement.Kind.invalid`, and reading goes on behind its semicolon, so that one run shows the
/// errors of all statements. Statements of kinds that need no understanding become `opaque`.
///
/// What the server would reject for what it means is accepted here; this is about form only.
///
/// There are no copies of a parser, and so none are made for calls: that takes a tenth of the time.
package struct SQLParser: ~Copyable {
  /// Levels of nesting that are read; more is an error rather than an exhausted stack.
  static let maximumDepth = 150

  let buffer: BufferID
  let bytes: [UInt8]
  /// An empty range of the buffer, of which the others are made.
  private let origin: TextRange
  private let tokens: [SQLToken]
  private(set) var index = 0
  /// The token at hand: the one at `index`.
  private(set) var token: SQLToken
  private(set) var depth = 0
  /// Whether this is the source of a procedure, where LOOP ends a query, and INTO names variables.
  private(set) var isInBlock = false
  /// Where the first item of a select list stands behind INTO and its variables.
  var firstItem = -1
  /// Problems that do not stop the reading of a statement.
  var diagnostics: [Diagnostic] = []

  /// Reads all statements of a buffer.
  package static func parse(_ buffer: BufferID, in buffers: Buffers) -> ParsedSQL {
    var parser = SQLParser(buffer, bytes: buffers.bytes(of: buffer))
    return parser.parseAll()
  }

  /// Reads the statements of a buffer one after the other, keeping none.
  ///
  /// - Parameters:
  ///   - buffer: the text.
  ///   - buffers: the store that has it.
  ///   - body: gets each statement as soon as it is read.
  /// - Returns: the problems in all of them.
  package static func read(
    _ buffer: BufferID,
    in buffers: Buffers,
    _ body: (Statement) -> Void
  ) -> [Diagnostic] {
    var parser = SQLParser(buffer, bytes: buffers.bytes(of: buffer))
    while let statement = parser.parseNext() { body(statement) }
    return parser.diagnostics
  }

  init(_ buffer: BufferID, bytes: [UInt8]) {
    self.buffer = buffer
    self.bytes = bytes
    origin = TextRange(buffer: buffer, bytes: 0..<0)
    tokens = SQLLexer.significantTokens(of: bytes)
    token = tokens[0]
  }

  /// Reads the source of a procedure, which is a part of another text.
  init(block range: Range<Int>, of outer: borrowing SQLParser) {
    buffer = outer.buffer
    bytes = outer.bytes
    origin = outer.origin
    depth = outer.depth
    isInBlock = true
    tokens = SQLLexer.significantTokens(of: bytes, in: range)
    token = tokens[0]
  }

  mutating func parseAll() -> ParsedSQL {
    guard let first = parseNext() else {
      return ParsedSQL(buffer: buffer, statements: [], diagnostics: diagnostics)
    }
    // Most texts are one statement, for which the array has just the room.
    var statements = [first]
    while let statement = parseNext() { statements.append(statement) }
    return ParsedSQL(buffer: buffer, statements: statements, diagnostics: diagnostics)
  }

  /// The next statement; nil at the end of the text.
  private mutating func parseNext() -> Statement? {
    while token.kind == .semicolon { advance() }
    return token.kind == .endOfText ? nil : parseStatement()
  }

  private mutating func parseStatement() -> Statement {
    let start = index
    depth = 0
    let known = diagnostics.count
    do throws(SyntaxFailure) {
      let kind = try parseToEnd()
      let range = textRange(from: start)
      // A statement whose words are right but whose options are not (COPY) must not run either.
      if diagnostics.count > known, let problem = diagnostics[known...].first(where: \.isError) {
        return Statement(range: range, kind: .invalid(problem))
      }
      return Statement(range: range, kind: kind)
    } catch {
      let problem = diagnostic(for: error)
      diagnostics.append(problem)
      while !atEnd { advance() }
      return Statement(range: textRange(from: start), kind: .invalid(problem))
    }
  }

  private mutating func parseToEnd() throws(SyntaxFailure) -> Statement.Kind {
    let kind = try parseStatementKind()
    try checkTermination()
    guard atEnd else { throw failure("the end of the statement", help: misspeltClause) }
    return kind
  }

  private var atEnd: Bool { token.kind == .semicolon || token.kind == .endOfText }

  /// What is read without being looked at may end in a string that does not end.
  private func checkTermination() throws(SyntaxFailure) {
    guard index > 0, index == tokens.count - 1 else { return }
    let token = tokens[index - 1]
    switch token.kind {
    case .unterminatedString, .unterminatedIdentifier, .unterminatedComment,
      .unterminatedDollarString:
      throw SyntaxFailure(token: token, expected: "the end of it")
    default: break
    }
  }

  func diagnostic(for failure: SyntaxFailure) -> Diagnostic {
    let range = TextRange(buffer: buffer, bytes: failure.token.range)
    switch failure.token.kind {
    case .unterminatedString:
      return .unterminated("string", at: range, closing: "'")
    case .unterminatedIdentifier:
      return .unterminated("quoted name", at: range, closing: "\"")
    case .unterminatedComment:
      return .unterminated("comment", at: range, closing: "*/")
    case .unterminatedDollarString:
      return .unterminated("dollar-quoted string", at: range, closing: "the same tag")
    default: break
    }
    if failure.expected == SQLParser.lessNesting { return .nestedTooDeeply(at: range) }
    let help = failure.help.map { [$0] } ?? []
    if failure.expected == SQLParser.statementStart, failure.token.kind == .word {
      return .unknownStatement(
        string(failure.token),
        at: range,
        help: failure.help ?? "statements start with words such as SELECT, CREATE or INSERT"
      )
    }
    return .syntax(
      expected: failure.expected,
      found: description(of: failure.token),
      at: placed(range, failure.token),
      help: help
    )
  }

  /// A missing token at the end is reported just behind the last one, not after the blank lines.
  private func placed(_ range: TextRange, _ token: SQLToken) -> TextRange {
    guard token.kind == .endOfText, let last = tokens.dropLast().last else { return range }
    return TextRange(buffer: buffer, bytes: last.stop..<last.stop)
  }

  private func description(of token: SQLToken) -> String {
    switch token.kind {
    case .endOfText: "the end of the text"
    case .semicolon: "the end of the statement"
    default: "\"\(string(token, limit: 40))\""
    }
  }

  static let statementStart = "a statement"
  static let lessNesting = "less nesting"
}

// MARK: - Tokens

extension SQLParser {
  /// The token `distance` ahead, or the end.
  func peek(_ distance: Int = 1) -> SQLToken {
    index + distance < tokens.count ? tokens[index + distance] : tokens[tokens.count - 1]
  }

  mutating func advance() {
    guard index + 1 < tokens.count else { return }
    index += 1
    token = tokens[index]
  }

  /// Returns to an earlier token, for the few places that must look far ahead.
  mutating func rewind(to earlier: Int) {
    index = earlier
    token = tokens[index]
  }

  @inline(__always)
  func at(_ keyword: SQLKeyword) -> Bool { token.keyword == keyword }

  @inline(__always)
  func at(_ first: SQLKeyword, _ second: SQLKeyword) -> Bool {
    token.keyword == first && peek().keyword == second
  }

  @inline(__always)
  func at(_ kind: SQLToken.Kind) -> Bool { token.kind == kind }

  /// Whether the token is the word, which is no keyword of the parser.
  func atWord(_ word: StaticString) -> Bool { isWord(token, word) }

  func isWord(_ token: SQLToken, _ word: StaticString) -> Bool {
    guard token.kind == .word, token.stop - token.start == word.utf8CodeUnitCount else {
      return false
    }
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for (offset, letter) in letters.enumerated()
    where asciiLowercased(bytes[token.start + offset]) != letter { return false }
    return true
  }

  /// Whether the next tokens are the words, which are in lower case.
  func areAhead(_ words: [String], from distance: Int = 0) -> Bool {
    words.indices.allSatisfy { isWord(peek(distance + $0), words[$0]) }
  }

  private func isWord(_ token: SQLToken, _ word: String) -> Bool {
    token.kind == .word && token.stop - token.start == word.utf8.count
      && word.utf8.elementsEqual(bytes[token.range].lazy.map(asciiLowercased))
  }

  /// What the word means in a table; nil for tokens that are no words, and words it does not have.
  func meaning<Meaning>(of token: SQLToken, in table: WordTable<Meaning>) -> Meaning? {
    guard token.kind == .word else { return nil }
    return bytes.withUnsafeBufferPointer { table.value(in: $0, token.range) }
  }

  func atOperator(_ text: StaticString) -> Bool {
    guard token.kind == .operator, token.stop - token.start == text.utf8CodeUnitCount else {
      return false
    }
    let letters = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for (offset, letter) in letters.enumerated() where bytes[token.start + offset] != letter {
      return false
    }
    return true
  }

  @inline(__always)
  mutating func take(_ keyword: SQLKeyword) -> Bool {
    guard token.keyword == keyword else { return false }
    advance()
    return true
  }

  mutating func take(_ first: SQLKeyword, _ second: SQLKeyword) -> Bool {
    guard at(first, second) else { return false }
    advance()
    advance()
    return true
  }

  @inline(__always)
  mutating func take(_ kind: SQLToken.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  mutating func takeWord(_ word: StaticString) -> Bool {
    guard atWord(word) else { return false }
    advance()
    return true
  }

  mutating func takeOperator(_ text: StaticString) -> Bool {
    guard atOperator(text) else { return false }
    advance()
    return true
  }

  mutating func expect(_ keyword: SQLKeyword) throws(SyntaxFailure) {
    guard token.keyword == keyword else {
      throw failure(keyword.spelling.uppercased(), help: suggestion([keyword]))
    }
    advance()
  }

  mutating func expect(_ kind: SQLToken.Kind, _ expected: String) throws(SyntaxFailure) {
    guard token.kind == kind else { throw failure(expected) }
    advance()
  }

  /// A word at hand or before it that was meant to begin a clause and was taken for an alias.
  private var misspeltClause: String? {
    let clauses: [SQLKeyword] = [
      .where, .group, .order, .having, .limit, .join, .left, .inner, .union, .qualify,
    ]
    for place in [index - 1, index] where tokens.indices.contains(place) {
      let token = tokens[place]
      guard token.kind == .word, !token.keyword.isReserved, token.keyword != .by else { continue }
      if let help = misspelling(of: clauses, string(token)) { return help }
    }
    return nil
  }

  func failure(_ expected: String, help: String? = nil) -> SyntaxFailure {
    SyntaxFailure(token: token, expected: expected, help: help)
  }

  /// `did you mean …?` for the word at hand.
  func suggestion(_ keywords: [SQLKeyword]) -> String? {
    guard token.kind == .word else { return nil }
    return Suggestion.sentence(
      for: string(token).uppercased(),
      among: keywords.map { $0.spelling.uppercased() }
    )
  }

  /// Counts a level of nesting; `leave` undoes it.
  mutating func enter() throws(SyntaxFailure) {
    depth += 1
    if depth > SQLParser.maximumDepth {
      throw SyntaxFailure(token: token, expected: SQLParser.lessNesting)
    }
  }

  mutating func leave() { depth -= 1 }
}

// MARK: - Ranges and text

extension SQLParser {
  /// From the token at `start` to the last one consumed.
  func textRange(from start: Int) -> TextRange {
    let first = tokens[start]
    return textRange(first.lower, index > start ? tokens[index - 1].upper : first.lower)
  }

  /// From the start of a range to the last token consumed.
  func textRange(_ first: TextRange) -> TextRange {
    index > 0 ? textRange(first.lower, tokens[index - 1].upper) : first
  }

  func textRange(_ token: SQLToken) -> TextRange { textRange(token.lower, token.upper) }

  /// There are more ranges than nodes, so they are made without a call of another module, which
  /// would be the larger part of the work.
  @inline(__always)
  private func textRange(_ lower: Int32, _ upper: Int32) -> TextRange {
    var range = origin
    range.lower = lower
    range.upper = max(lower, upper)
    return range
  }

  func string(_ token: SQLToken, limit: Int = .max) -> String {
    let slice = bytes[token.range]
    if slice.count > limit { return String(decoding: slice.prefix(limit), as: UTF8.self) + "…" }
    return String(decoding: slice, as: UTF8.self)
  }

  /// The word in lower case.
  func word(_ token: SQLToken) -> String {
    if token.keyword != .none { return token.keyword.spelling }
    return bytes.withUnsafeBufferPointer { WordBytes.lowercased($0, token.range) }
  }
}
