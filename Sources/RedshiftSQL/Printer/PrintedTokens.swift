import Diagnostics

/// The tokens of a text with the comments between them attached to them.
struct PrintedTokens {
  struct Comment {
    var range: Range<Int>
    var isLine: Bool
    /// Whether an empty line stands in front of it.
    var hasBlankBefore: Bool
    var hasLineBreaks: Bool
    /// Whether a line break follows it.
    var endsLine: Bool
  }

  struct Piece {
    var range: Range<Int>
    var kind: SQLToken.Kind
    var keyword: SQLKeyword
    /// Comments on lines of their own in front of the token.
    var above: [Comment] = []
    /// Comments behind the token on its line.
    var behind: [Comment] = []
    /// Whether an empty line stands in front of the token, behind the comments above it.
    var hasBlankBefore = false
    /// Whether white space stands in front of the token.
    var hasSpaceBefore = false
    /// Whether the token has line breaks in it.
    var hasLineBreaks = false
    /// Whether the text is written as it is, white space and comments included.
    var isCopied = false
  }

  let bytes: [UInt8]
  private(set) var pieces: [Piece] = []

  /// Cuts the text and attaches its comments.
  ///
  /// - Parameters:
  ///   - bytes: the whole buffer.
  ///   - range: what to print of it.
  ///   - copied: ranges that are printed as they are.
  ///   - bodies: sources in dollar quotes whose tokens are printed like all others.
  init(
    _ bytes: [UInt8],
    within range: Range<Int>,
    copying copied: [Range<Int>],
    opening bodies: [CreateRoutine.Body] = []
  ) {
    self.bytes = bytes
    let tokens = SQLLexer.tokens(of: bytes).filter { range.contains($0.start) }
    attach(open(bodies, in: tokens), copied)
    hoistSeparators()
  }

  /// Puts the tokens of sources in the place of the sources.
  private func open(_ bodies: [CreateRoutine.Body], in tokens: [SQLToken]) -> [SQLToken] {
    guard !bodies.isEmpty else { return tokens }
    var contents: [Int: Range<Int>] = [:]
    for body in bodies { contents[body.range.bytes.lowerBound] = body.contents.bytes }
    return tokens.flatMap { token -> [SQLToken] in
      guard token.kind == .dollarString, let inner = contents[token.start] else { return [token] }
      let start = inner.lowerBound
      return [SQLToken(.dollarString, token.start, start)]
        + SQLLexer.tokens(of: Array(bytes[inner])).map {
          SQLToken($0.kind, $0.start + start, $0.stop + start, keyword: $0.keyword)
        }
        + [SQLToken(.dollarString, inner.upperBound, token.stop)]
    }
  }

  /// The comments behind the last token that are on lines of their own.
  private(set) var tail: [Comment] = []

  private mutating func attach(_ tokens: [SQLToken], _ copied: [Range<Int>]) {
    var comments: [Comment] = []
    var lineBreaks = 0
    var hasSpace = false
    var nextCopied = 0
    for token in tokens {
      while nextCopied < copied.count, copied[nextCopied].upperBound <= token.start {
        nextCopied += 1
      }
      if nextCopied < copied.count, copied[nextCopied].contains(token.start) {
        guard copied[nextCopied].lowerBound == token.start else { continue }
        let range = copied[nextCopied]
        var piece = Piece(range: range, kind: .word, keyword: .none)
        piece.isCopied = true
        piece.hasLineBreaks = containsLineBreak(range)
        append(piece, &comments, &lineBreaks, &hasSpace)
        continue
      }
      switch token.kind {
      case .whitespace:
        lineBreaks += bytes[token.range].count { $0 == UInt8(ascii: "\n") }
        hasSpace = true
      case .lineComment, .blockComment:
        note(token, &comments, &lineBreaks)
        hasSpace = true
      default:
        var piece = Piece(range: token.range, kind: token.kind, keyword: token.keyword)
        switch token.kind {
        case .string, .dollarString, .quotedIdentifier:
          piece.hasLineBreaks = containsLineBreak(token.range)
        default: break
        }
        append(piece, &comments, &lineBreaks, &hasSpace)
      }
    }
    tail = comments
  }

  private func containsLineBreak(_ range: Range<Int>) -> Bool {
    bytes[range].contains(UInt8(ascii: "\n"))
  }

  private mutating func note(
    _ token: SQLToken,
    _ comments: inout [Comment],
    _ lineBreaks: inout Int
  ) {
    var range = token.range
    // Blanks and carriage returns at the end of a line are no part of what is said.
    while token.kind == .lineComment, let last = bytes[range].last, last == 32 || last == 13 {
      range = range.lowerBound..<range.upperBound - 1
    }
    let comment = Comment(
      range: range,
      isLine: token.kind == .lineComment,
      hasBlankBefore: lineBreaks > 1,
      hasLineBreaks: containsLineBreak(range),
      endsLine: false
    )
    if lineBreaks > 0, var last = comments.popLast() {
      last.endsLine = true
      comments.append(last)
    }
    if lineBreaks == 0, comments.isEmpty, !pieces.isEmpty {
      pieces[pieces.count - 1].behind.append(comment)
    } else {
      comments.append(comment)
    }
    lineBreaks = 0
  }

  private mutating func append(
    _ piece: Piece,
    _ comments: inout [Comment],
    _ lineBreaks: inout Int,
    _ hasSpace: inout Bool
  ) {
    var piece = piece
    if lineBreaks > 0, var last = comments.popLast() {
      last.endsLine = true
      comments.append(last)
    }
    piece.above = comments
    piece.hasBlankBefore = lineBreaks > 1
    piece.hasSpaceBefore = hasSpace
    pieces.append(piece)
    comments = []
    lineBreaks = 0
    hasSpace = false
  }

  /// Moves commas and semicolons in front of the comments before them.
  private mutating func hoistSeparators() {
    var carried: [Comment] = []
    for index in pieces.indices {
      pieces[index].above = carried + pieces[index].above
      carried = []
      guard index > 0, pieces[index].kind == .comma || pieces[index].kind == .semicolon,
        !pieces[index - 1].isCopied
      else { continue }
      pieces[index].behind = pieces[index - 1].behind + pieces[index].behind
      pieces[index - 1].behind = []
      carried = pieces[index].above
      pieces[index].above = []
      pieces[index].hasBlankBefore = false
    }
    tail = carried + tail
  }

  /// The index of the first piece that starts at or behind a position.
  func index(from position: Int) -> Int {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].range.lowerBound < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The indexes of the pieces in a range.
  func indexes(of range: Range<Int>) -> Range<Int> {
    let first = index(from: range.lowerBound)
    return first..<max(first, index(from: range.upperBound))
  }
}
