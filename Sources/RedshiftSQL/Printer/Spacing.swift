/// Whether neighbouring tokens stand apart.
struct Spacing {
  private let layout: Layout

  init(_ layout: Layout) { self.layout = layout }

  /// Whether a blank stands in front of the token.
  func isApart(_ index: Int) -> Bool {
    let pieces = layout.pieces
    let next = pieces[index]
    let previous = pieces[index - 1]
    if layout.kept[index] { return next.hasSpaceBefore }
    if layout.apart[index] { return true }
    switch previous.kind {
    // A dot and a number would become one.
    case .dot where next.kind == .number: return true
    case .openParenthesis, .openBracket, .dot, .doubleColon, .colon: return false
    default: break
    }
    switch next.kind {
    case .closeParenthesis, .closeBracket, .comma, .semicolon, .doubleColon, .colon:
      return false
    case .dot: return previous.kind == .number
    case .openBracket: return previous.kind == .operator || previous.keyword.isReserved
    case .openParenthesis: return !layout.close[index]
    case .operator:
      // Two operators in a row would become one.
      return !layout.close[index] || previous.kind == .operator
    default: return !layout.close[index]
    }
  }
}
