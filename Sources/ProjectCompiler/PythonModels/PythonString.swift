/// What is within the quotes of Python's strings.
enum PythonString {
  /// The text that stands for itself or, behind a backslash, for something else.
  static func text(of inner: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(inner.count)
    var index = inner.startIndex
    while index < inner.endIndex {
      let byte = inner[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < inner.endIndex else {
        result.append(byte)
        index += 1
        continue
      }
      index += 2
      switch inner[index - 1] {
      case UInt8(ascii: "\n"): break
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
        result.append(inner[index - 1])
      case UInt8(ascii: "x"): index = append(inner, at: index, count: 2, to: &result)
      case UInt8(ascii: "u"): index = append(inner, at: index, count: 4, to: &result)
      case UInt8(ascii: "U"): index = append(inner, at: index, count: 8, to: &result)
      default: result += [UInt8(ascii: "\\"), inner[index - 1]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func append(
    _ bytes: ArraySlice<UInt8>,
    at start: Int,
    count: Int,
    to result: inout [UInt8]
  ) -> Int {
    let end = start + count
    guard end <= bytes.endIndex,
      let number = UInt32(String(decoding: bytes[start..<end], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(number)
    else {
      result += [UInt8(ascii: "\\"), bytes[start - 1]]
      return start
    }
    result += Array(String(scalar).utf8)
    return end
  }

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
