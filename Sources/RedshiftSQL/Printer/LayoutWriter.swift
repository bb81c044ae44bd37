/// Writes tokens as a layout says.
struct LayoutWriter {
  private let layout: Layout
  private let style: SQLPrinter.Style
  private let bytes: [UInt8]
  private var output: [UInt8] = []
  /// Width of all tokens up to the start of each, on one line.
  private var widths: [Int] = []
  /// The same up to the end of each, without the comment behind it.
  private var ends: [Int] = []
  /// Number of enforced line breaks up to each token.
  private var breaks: [Int] = []
  /// The first token at or behind each before which a line may break.
  private var nextBreak: [Int] = []

  private var column = 0
  private var level = 0
  private var isBroken: [Bool] = []
  private enum Pending {
    case none, space, line
  }
  private var pending = Pending.none
  private var isAtStart = true

  init(_ layout: Layout, _ style: SQLPrinter.Style) {
    self.layout = layout
    self.style = style
    bytes = layout.tokens.bytes
    output.reserveCapacity(bytes.count + bytes.count / 4)
    measure()
  }

  // MARK: Widths

  private mutating func measure() {
    let pieces = layout.pieces
    let spacing = Spacing(layout)
    var width = 0
    var count = 0
    for index in pieces.indices {
      let piece = pieces[index]
      if index > 0, spacing.isApart(index) { width += 1 }
      for comment in piece.above {
        width += comment.range.count + 1
        count += 1
      }
      for operation in layout.before[index] { if case .hard = operation { count += 1 } }
      // What begins a group in front of this token must count what is enforced behind it.
      widths.append(width)
      breaks.append(count)
      width += piece.range.count
      ends.append(width)
      if piece.hasLineBreaks { count += 1 }
      for comment in piece.behind {
        width += comment.range.count + 2
        if comment.isLine || comment.hasLineBreaks { count += 1 }
      }
      for operation in layout.behind[index] { if case .hard = operation { count += 1 } }
    }
    nextBreak = Array(repeating: pieces.count, count: pieces.count + 1)
    for index in pieces.indices.reversed() {
      nextBreak[index] = mayBreak(before: index) ? index : nextBreak[index + 1]
    }
  }

  private func mayBreak(before index: Int) -> Bool {
    let earlier = index > 0 ? layout.behind[index - 1] : []
    if !layout.pieces[index].above.isEmpty { return true }
    if index > 0, layout.pieces[index - 1].behind.contains(where: \.isLine) { return true }
    return (earlier + layout.before[index]).contains {
      switch $0 {
      case .soft, .hard: true
      default: false
      }
    }
  }

  /// Whether a group fits on the line that has been begun.
  private func fits(_ group: Layout.Group) -> Bool {
    // Breaks in front of the first token and behind the last are those of the groups around.
    var enforced = breaks[group.last] - breaks[group.first]
    if group.first < group.last, layout.pieces[group.last].hasLineBreaks { enforced += 1 }
    guard enforced == 0 else { return false }
    let start =
      switch pending {
      case .none: column
      case .space: column + 1
      case .line: level * style.indentation
      }
    let end = ends[max(group.last, nextBreak[group.last + 1] - 1)]
    return start + end - widths[group.first] <= style.width
  }

  // MARK: Writing

  mutating func write() -> [UInt8] {
    let spacing = Spacing(layout)
    for index in layout.pieces.indices {
      let piece = layout.pieces[index]
      if index > 0, pending == .none, spacing.isApart(index) { pending = .space }
      let isCloser = piece.kind == .closeParenthesis
      if isCloser { writeAbove(piece) }
      for operation in layout.before[index] { perform(operation) }
      if !isCloser { writeAbove(piece) }
      writePending(blank: piece.hasBlankBefore)
      append(piece)
      for comment in piece.behind { write(behind: comment) }
      for operation in layout.behind[index] { perform(operation) }
    }
    for comment in layout.tokens.tail {
      pending = .line
      level = 0
      writePending(blank: comment.hasBlankBefore)
      append(comment)
    }
    if !output.isEmpty, output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
    return output
  }

  private mutating func perform(_ operation: Layout.Operation) {
    switch operation {
    case .open(let index): isBroken.append(!fits(layout.groups[index]))
    case .close: _ = isBroken.popLast()
    case .indent: level += 1
    case .dedent: level = max(0, level - 1)
    case .soft: if isBroken.last ?? true { pending = .line }
    case .hard: pending = .line
    }
  }

  private mutating func writePending(blank: Bool) {
    defer {
      pending = .none
      isAtStart = false
    }
    if isAtStart { return }
    switch pending {
    case .none: break
    case .space:
      output.append(UInt8(ascii: " "))
      column += 1
    case .line:
      output.append(UInt8(ascii: "\n"))
      if blank { output.append(UInt8(ascii: "\n")) }
      let width = level * style.indentation
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width))
      column = width
    }
  }

  private mutating func append(_ piece: PrintedTokens.Piece) {
    switch piece.kind {
    case .word, .temporaryName:
      if piece.isCopied { fallthrough }
      for byte in bytes[piece.range] { output.append(asciiLowercased(byte)) }
      column += piece.range.count
    default:
      output.append(contentsOf: bytes[piece.range])
      column += piece.range.count
      if piece.hasLineBreaks, let last = bytes[piece.range].lastIndex(of: UInt8(ascii: "\n")) {
        column = piece.range.upperBound - last - 1
      }
    }
  }

  private mutating func append(_ comment: PrintedTokens.Comment) {
    output.append(contentsOf: bytes[comment.range])
    column += comment.range.count
  }

  private mutating func writeAbove(_ piece: PrintedTokens.Piece) {
    for comment in piece.above {
      pending = .line
      writePending(blank: comment.hasBlankBefore)
      append(comment)
      pending = .line
    }
  }

  private mutating func write(behind comment: PrintedTokens.Comment) {
    output.append(UInt8(ascii: " "))
    column += 1
    append(comment)
    if comment.isLine { pending = .line }
  }
}
