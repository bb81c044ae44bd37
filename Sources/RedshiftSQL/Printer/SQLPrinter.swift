package import Diagnostics

/// Gives back canonical SQL: the same tokens with words in lower case, laid out anew.
///
/// The tree says where lines may break, the tokens say what is written. Since tokens are neither
/// added nor left out, printing cannot change what a statement means, and comments stay where
/// they stand (only a comma or semicolon behind a comment moves in front of it). Printing what
/// was printed changes nothing.
///
/// ```sql
/// select
///   s.artist_id,
///   count(*) as songs -- all of them
/// from staging.songs s
/// left join staging.artists a
///   on a.id = s.artist_id
/// where s.duration > 0
/// group by s.artist_id
/// ```
///
/// Statements with syntax errors, and those that are not read further, are copied as they are, and
/// so are the sources of functions. Those of procedures are laid out.
package struct SQLPrinter {
  /// How the text is laid out.
  package struct Style: Sendable {
    /// Columns that a line should not exceed.
    package var width = 100
    /// Blanks of one level of indentation.
    package var indentation = 2

    package init() {}
  }

  /// Prints a whole text with its comments and semicolons.
  ///
  /// - Parameters:
  ///   - parsed: what the parser made of the text.
  ///   - buffers: the store that has the text.
  ///   - style: how it is laid out.
  /// - Returns: the text with a line break at its end, or nothing for an empty text.
  package static func print(
    _ parsed: ParsedSQL,
    in buffers: Buffers,
    style: Style = Style()
  ) -> [UInt8] {
    let bytes = buffers.bytes(of: parsed.buffer)
    return print(parsed.statements, bytes, within: 0..<bytes.count, style)
  }

  /// Prints one statement with the comments in it.
  package static func print(
    _ statement: Statement,
    in buffers: Buffers,
    style: Style = Style()
  ) -> String {
    let bytes = buffers.bytes(of: statement.range.buffer)
    let range = statement.range.bytes.clamped(to: 0..<bytes.count)
    var printed = print([statement], bytes, within: range, style)
    if printed.last == UInt8(ascii: "\n") { printed.removeLast() }
    return String(decoding: printed, as: UTF8.self)
  }

  private static func print(
    _ statements: [Statement],
    _ bytes: [UInt8],
    within range: Range<Int>,
    _ style: Style
  ) -> [UInt8] {
    let copied = statements.filter(\.isCopied).map(\.range.bytes)
    let bodies = statements.compactMap(\.printedBody)
    var layout = Layout(
      PrintedTokens(bytes, within: range, copying: copied, opening: bodies)
    )
    for (position, statement) in statements.enumerated() {
      layout.mark(statement, isFirst: position == 0)
    }
    layout.markParentheses()
    var writer = LayoutWriter(layout, style)
    return writer.write()
  }
}

extension Statement {
  /// Whether the statement is printed as it stands.
  fileprivate var isCopied: Bool {
    switch kind {
    case .invalid, .opaque: true
    default: false
    }
  }

  /// The source of a procedure whose statements are laid out.
  fileprivate var printedBody: CreateRoutine.Body? {
    guard case .createRoutine(let routine) = kind else { return nil }
    return routine.printedBody
  }
}

extension CreateRoutine {
  /// The source, if it is read whole and printed as what it says.
  var printedBody: Body? {
    guard let body, body.isDollarQuoted, body.block != nil, body.problems.isEmpty else {
      return nil
    }
    return body
  }
}
