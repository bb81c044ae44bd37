/// Where lines may break between the tokens of a text.
///
/// Operations stand before and behind tokens. A group is written on one line where it fits;
/// otherwise all of its soft breaks become line breaks.
struct Layout {
  enum Operation {
    case open(Int)
    case close
    case indent
    case dedent
    /// A line break where the group around it is broken.
    case soft
    /// A line break that is always there.
    case hard
  }

  struct Group {
    var first: Int
    var last: Int
  }

  let tokens: PrintedTokens
  private(set) var before: [[Operation]]
  private(set) var behind: [[Operation]]
  private(set) var groups: [Group] = []
  /// Tokens that stand close to the one before them.
  private(set) var close: [Bool]
  /// Tokens that keep the distance they have in the source.
  private(set) var kept: [Bool]
  /// Tokens with a blank in front of them that others of their kind do not have.
  private(set) var apart: [Bool]
  /// Parentheses whose commas break no line.
  private(set) var plain: [Bool]

  init(_ tokens: PrintedTokens) {
    self.tokens = tokens
    let count = tokens.pieces.count
    before = Array(repeating: [], count: count)
    behind = Array(repeating: [], count: count)
    close = Array(repeating: false, count: count)
    kept = Array(repeating: false, count: count)
    apart = Array(repeating: false, count: count)
    plain = Array(repeating: false, count: count)
  }

  var pieces: [PrintedTokens.Piece] { tokens.pieces }

  // MARK: Marks

  mutating func add(_ operation: Operation, before index: Int) {
    guard before.indices.contains(index) else { return }
    before[index].append(operation)
  }

  mutating func add(_ operation: Operation, behind index: Int) {
    guard behind.indices.contains(index) else { return }
    behind[index].append(operation)
  }

  /// Puts what `body` marks into a group over the tokens, which must not be empty.
  mutating func group(_ range: Range<Int>, _ body: (inout Layout) -> Void) {
    guard !range.isEmpty, range.upperBound <= pieces.count else { return body(&self) }
    groups.append(Group(first: range.lowerBound, last: range.upperBound - 1))
    add(.open(groups.count - 1), before: range.lowerBound)
    body(&self)
    add(.close, behind: range.upperBound - 1)
  }

  /// Indents the tokens, with a break in front of them if one is given.
  mutating func indent(
    _ range: Range<Int>,
    _ operation: Operation? = nil,
    _ body: (inout Layout) -> Void
  ) {
    guard !range.isEmpty, range.upperBound <= pieces.count else { return body(&self) }
    add(.indent, before: range.lowerBound)
    if let operation { add(operation, before: range.lowerBound) }
    body(&self)
    add(.dedent, behind: range.upperBound - 1)
  }

  mutating func setClose(_ index: Int) {
    if close.indices.contains(index) { close[index] = true }
  }

  mutating func setKept(_ range: Range<Int>) {
    for index in range where kept.indices.contains(index) { kept[index] = true }
  }

  mutating func setApart(_ index: Int) {
    if apart.indices.contains(index) { apart[index] = true }
  }

  mutating func setPlain(_ index: Int) {
    if plain.indices.contains(index) { plain[index] = true }
  }

  /// Adds a break before each token that follows a comma outside of inner parentheses.
  mutating func breakBehindCommas(_ range: Range<Int>, _ operation: Operation) {
    var depth = 0
    for index in range where pieces.indices.contains(index) {
      switch pieces[index].kind {
      case .openParenthesis, .openBracket: depth += 1
      case .closeParenthesis, .closeBracket: depth -= 1
      case .comma where depth == 0: add(operation, behind: index)
      default: break
      }
    }
  }

  /// The first token in the range with the keyword, outside of inner parentheses.
  func index(of keyword: SQLKeyword, in range: Range<Int>) -> Int? {
    var depth = 0
    for index in range where pieces.indices.contains(index) {
      switch pieces[index].kind {
      case .openParenthesis: depth += 1
      case .closeParenthesis: depth -= 1
      default: if depth == 0, pieces[index].keyword == keyword { return index }
      }
    }
    return nil
  }

  // MARK: Parentheses

  /// Makes a group of each pair of parentheses, with breaks behind its commas.
  mutating func markParentheses() {
    var open: [(index: Int, commas: [Int])] = []
    for index in pieces.indices {
      switch pieces[index].kind {
      case .openParenthesis, .openBracket: open.append((index, []))
      case .comma: if !open.isEmpty { open[open.count - 1].commas.append(index) }
      case .semicolon: open = []
      case .closeParenthesis, .closeBracket:
        guard let pair = open.popLast() else { continue }
        markParentheses(pair.index, index, commas: pair.commas)
      default: break
      }
    }
  }

  private mutating func markParentheses(_ first: Int, _ last: Int, commas: [Int]) {
    guard last > first + 1, pieces[first].kind == .openParenthesis else { return }
    groups.append(Group(first: first, last: last))
    // These groups are the innermost of those that begin or end here.
    before[first].append(.open(groups.count - 1))
    behind[last].insert(.close, at: 0)
    behind[first].insert(contentsOf: [.indent, .soft], at: 0)
    before[last] += [.dedent, .soft]
    switch pieces[first + 1].keyword {
    case .select, .with: return
    default: break
    }
    if plain[first] { return }
    for comma in commas { behind[comma].append(.soft) }
  }
}
