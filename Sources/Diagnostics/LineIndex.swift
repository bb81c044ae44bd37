/// Where the lines of a text begin, so that thousands of positions are found quickly.
///
/// A line ends in LF, in CR LF, or in CR alone.
package struct LineIndex: Sendable {
  private let starts: [Int]
  private let isASCII: Bool

  /// Finds the lines of a text.
  ///
  /// - Parameter bytes: the text.
  package init(_ bytes: [UInt8]) {
    var starts = [0]
    var isASCII = true
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") {
        starts.append(index + 1)
      } else if byte == UInt8(ascii: "\r") {
        let next = index + 1
        if next == bytes.count || bytes[next] != UInt8(ascii: "\n") { starts.append(next) }
      }
      if byte > 0x7F { isASCII = false }
    }
    self.starts = starts
    self.isASCII = isASCII
  }

  /// The line and the column of a place, both from one.
  ///
  /// - Parameters:
  ///   - offset: the place; beyond the end of the text, its end.
  ///   - bytes: the text whose lines these are.
  /// - Returns: where people find it.
  package func position(of offset: Int, in bytes: [UInt8]) -> Position {
    let end = min(max(offset, 0), bytes.count)
    // The last line that begins at `end` or before it.
    var (lower, upper) = (0, starts.count)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if starts[middle] <= end { lower = middle } else { upper = middle }
    }
    let start = starts[lower]
    let column =
      isASCII ? end - start : String(decoding: bytes[start..<end], as: UTF8.self).count
    return Position(line: lower + 1, column: column + 1)
  }
}
