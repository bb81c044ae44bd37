package import Diagnostics

/// Finds where the statements of a text begin and end.
package enum SQLStatementSplitter {
  /// The ranges of the statements of a buffer, each from its first to its last token.
  ///
  /// Semicolons and comments around a statement are left out, and so are empty statements.
  /// Semicolons in strings, comments and dollar quotes do not split.
  package static func split(_ buffer: BufferID, in buffers: Buffers) -> [TextRange] {
    var ranges: [TextRange] = []
    var current: Range<Int>?
    for token in SQLLexer.significantTokens(of: buffers.bytes(of: buffer)) {
      if token.kind == .semicolon || token.kind == .endOfText {
        if let range = current { ranges.append(TextRange(buffer: buffer, bytes: range)) }
        current = nil
      } else {
        current = (current?.lowerBound ?? token.start)..<token.stop
      }
    }
    return ranges
  }
}
