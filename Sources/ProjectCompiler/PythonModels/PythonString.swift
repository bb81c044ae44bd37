/// What is within the quotes of Python's strings.
enum PythonString {
  /// What stands between the braces of a formatted string: the expression, and how it is formatted.
  static func replacement(
    in bytes: [UInt8],
    from start: Int,
    to end: Int
  ) -> (expression: Range<Int>, format: Range<Int>?, end: Int) {
    var index = start
    var depth = 0
    var quote: UInt8?
    var expressionEnd: Int?
    var formatStart: Int?
    while index < end {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if formatStart == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if [UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{")].contains(byte) {
        depth += 1
      } else if byte == UInt8(ascii: "}"), depth == 0 {
        break
      } else if [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(byte) {
        depth -= 1
      } else if depth == 0, formatStart == nil, byte == UInt8(ascii: ":") {
        expressionEnd = expressionEnd ?? index
        formatStart = index + 1
      } else if depth == 0, formatStart == nil, byte == UInt8(ascii: "!"),
        index + 1 < end, bytes[index + 1] != UInt8(ascii: "=")
      {
        expressionEnd = expressionEnd ?? index
      }
      index += 1
    }
    let expression = start..<max(start, expressionEnd ?? index)
    return (expression, formatStart.map { $0..<max($0, index) }, min(index + 1, end))
  }
}
