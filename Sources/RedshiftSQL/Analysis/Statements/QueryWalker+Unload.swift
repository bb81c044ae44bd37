import Diagnostics

/// The query of UNLOAD, which may stand in quotes.
extension QueryWalker {
  mutating func follow(_ unload: Unload) -> DerivedTable {
    if let query = unload.query { return derive(query, parent: nil) }
    guard let quoted = quotedQuery(of: unload) else { return DerivedTable() }
    for problem in quoted.problems { report(problem) }
    guard case .query(let query)? = quoted.statement?.kind else { return DerivedTable() }
    // What translates reads the text by itself.
    let noted = meanings
    meanings = nil
    defer { meanings = noted }
    return derive(query, parent: nil)
  }

  /// What stands in quotes, read in place.
  func quotedQuery(of unload: Unload) -> QuotedQuery? {
    guard unload.query == nil, let text = unload.queryText,
      let contents = contents(of: text.range)
    else { return nil }
    let parsed = SQLParser.parse(contents.range, of: contents.bytes, buffer: text.range.buffer)
    return QuotedQuery(
      bytes: contents.bytes,
      statement: parsed.statements.first,
      problems: parsed.diagnostics.filter(\.isError)
    )
  }

  /// The text within quotes in place, each quote of two written as one and a blank, so that all
  /// stands where it stood.
  ///
  /// - Parameter range: a literal with its quotes.
  /// - Returns: nil where escapes make it another text.
  private func contents(of range: TextRange) -> (bytes: [UInt8], range: Range<Int>)? {
    let quote = UInt8(ascii: "'")
    let blank = UInt8(ascii: " ")
    var text = Array(bytes[..<range.bytes.upperBound])
    let start = range.bytes.lowerBound
    guard range.bytes.count > 1, let first = text[range.bytes].first else { return nil }
    if first == UInt8(ascii: "$") {
      let tag = (text[(start + 1)...].firstIndex(of: first) ?? start) + 1 - start
      guard range.bytes.count >= 2 * tag else { return nil }
      return (text, start + tag..<range.bytes.upperBound - tag)
    }
    guard first == quote else { return nil }
    let inner = start + 1..<range.bytes.upperBound - 1
    var isText = false
    var position = inner.lowerBound
    while position < inner.upperBound {
      let byte = text[position]
      guard byte == quote || byte == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      guard position + 1 < inner.upperBound, text[position + 1] == quote else { return nil }
      let next = position + 2..<position + 4
      if isText, next.upperBound <= inner.upperBound, text[next].allSatisfy({ $0 == quote }) {
        // A quote within a text.
        text[next.lowerBound] = blank
        text[next.lowerBound + 1] = blank
        text[position] = quote
        position += 4
        continue
      }
      text[position] = isText ? quote : blank
      text[position + 1] = isText ? blank : quote
      isText.toggle()
      position += 2
    }
    return (text, inner)
  }
}

/// The query of UNLOAD that stood in quotes.
struct QuotedQuery {
  /// The text of the buffer up to the closing quote, each quote of two written as one.
  var bytes: [UInt8]
  var statement: Statement?
  var problems: [Diagnostic]
}
