import Diagnostics

extension SQLParser {
  /// Reads statements that are part of a text, with ranges in the whole of it.
  ///
  /// - Parameters:
  ///   - range: where the statements are.
  ///   - bytes: the whole text.
  ///   - buffer: the buffer that has the text.
  ///   - prefix: words to read before them, in place of what the text has there.
  /// - Returns: the statements, and the problems in them.
  static func parse(
    _ range: Range<Int>,
    of bytes: [UInt8],
    buffer: BufferID,
    after prefix: String = ""
  ) -> ParsedSQL {
    var masked = [UInt8](repeating: UInt8(ascii: " "), count: range.lowerBound)
    if prefix.utf8.count <= range.lowerBound {
      masked.replaceSubrange(
        range.lowerBound - prefix.utf8.count..<range.lowerBound,
        with: prefix.utf8
      )
    }
    masked += bytes[range]
    var parser = SQLParser(buffer, bytes: masked)
    return parser.parseAll()
  }
}
