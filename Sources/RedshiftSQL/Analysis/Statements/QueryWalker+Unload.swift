import Diagnostics

/// The query of UNLOAD, which may stand in quotes.
extension QueryWalker {
  mutating func follow(_ unload: Unload) -> DerivedTable {
    if let query = unload.query { return derive(query, parent: nil) }
    // What translates has the text read by itself.
    guard meanings == nil, let text = unload.queryText, let contents = contents(of: text.range)
    else { return DerivedTable() }
    let parsed = SQLParser.parse(contents.range, of: contents.bytes, buffer: text.range.buffer)
    for problem in parsed.diagnostics where problem.isError { report(problem) }
    guard case .query(let query)? = parsed.statements.first?.kind else { return DerivedTable() }
    return derive(query, parent: nil)
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
