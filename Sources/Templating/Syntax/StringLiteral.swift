/// The text that a string in a template, or in Python, stands for, with Python's escapes.
package enum StringLiteral {
  /// The text of a string that is still in its quotes.
  static func text(of literal: ArraySlice<UInt8>) -> String {
    text(within: literal.dropFirst().dropLast())
  }

  /// The text of what stands between the quotes.
  package static func text(within inner: ArraySlice<UInt8>) -> String {
    guard inner.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\r") }) else {
      return String(decoding: inner, as: UTF8.self)
    }
    var result: [UInt8] = []
    result.reserveCapacity(inner.count)
    var index = inner.startIndex
    while index < inner.endIndex {
      let byte = inner[index]
      if byte == UInt8(ascii: "\r") {
        result.append(UInt8(ascii: "\n"))
        index += 1
        if index < inner.endIndex, inner[index] == UInt8(ascii: "\n") { index += 1 }
      } else if byte == UInt8(ascii: "\\"), index + 1 < inner.endIndex {
        index = appendEscape(inner, at: index + 1, to: &result)
      } else {
        result.append(byte)
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends what the escape means, and returns the index after it.
  private static func appendEscape(
    _ bytes: ArraySlice<UInt8>,
    at index: Int,
    to result: inout [UInt8]
  ) -> Int {
    let next = index + 1
    switch bytes[index] {
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "a"): result.append(7)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "v"): result.append(11)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(bytes[index])
    case UInt8(ascii: "\n"): break
    case 48...55:
      var end = index
      while end < bytes.endIndex, end < index + 3, (48...55).contains(bytes[end]) { end += 1 }
      appendScalar(bytes[index..<end], radix: 8, to: &result)
      return end
    case UInt8(ascii: "x"): return appendHex(bytes, at: index, count: 2, to: &result)
    case UInt8(ascii: "u"): return appendHex(bytes, at: index, count: 4, to: &result)
    case UInt8(ascii: "U"): return appendHex(bytes, at: index, count: 8, to: &result)
    default: result.append(contentsOf: [UInt8(ascii: "\\"), bytes[index]])
    }
    return next
  }

  private static func appendHex(
    _ bytes: ArraySlice<UInt8>,
    at index: Int,
    count: Int,
    to result: inout [UInt8]
  ) -> Int {
    let end = index + 1 + count
    if end <= bytes.endIndex, appendScalar(bytes[index + 1..<end], radix: 16, to: &result) {
      return end
    }
    result.append(contentsOf: [UInt8(ascii: "\\"), bytes[index]])
    return index + 1
  }

  @discardableResult
  private static func appendScalar(
    _ digits: ArraySlice<UInt8>,
    radix: Int,
    to result: inout [UInt8]
  ) -> Bool {
    guard let number = UInt32(String(decoding: digits, as: UTF8.self), radix: radix),
      let scalar = Unicode.Scalar(number)
    else { return false }
    result.append(contentsOf: String(scalar).utf8)
    return true
  }
}
