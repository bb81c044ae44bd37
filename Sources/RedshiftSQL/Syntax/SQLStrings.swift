/// Reads what string literals and quoted names mean.
enum SQLStrings {
  /// The text of a `'…'` literal as a string; bytes that are no UTF-8 are replaced.
  static func text(of bytes: ArraySlice<UInt8>) -> String {
    let inner = bytes.dropFirst().dropLast()
    let isPlain = inner.allSatisfy { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "'") }
    return isPlain
      ? String(decoding: inner, as: UTF8.self) : String(decoding: value(of: bytes), as: UTF8.self)
  }

  /// The text of a `'…'` literal, quotes and escapes resolved.
  ///
  /// `\n \t \r \b \f` and up to three octal digits have their meaning; any other escaped byte stands
  /// for itself.
  static func value(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex + 1
    let end = bytes.endIndex - 1
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "'") {
        // The second of a doubled quote.
        index += 1
      }
      guard byte == UInt8(ascii: "\\"), index + 1 < end else {
        result.append(byte)
        index += 1
        continue
      }
      index += 1
      switch bytes[index] {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "f"): result.append(12)
      case 48...55:
        var code = 0
        var digits = 0
        while digits < 3, index < end, (48...55).contains(bytes[index]) {
          code = code * 8 + Int(bytes[index] - 48)
          index += 1
          digits += 1
        }
        result.append(UInt8(truncatingIfNeeded: code))
        index -= 1
      default: result.append(bytes[index])
      }
      index += 1
    }
    return result
  }

  /// The text of a `$tag$…$tag$` literal.
  static func dollarValue(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let dollar = UInt8(ascii: "$")
    guard let tagEnd = bytes.dropFirst().firstIndex(of: dollar) else { return [] }
    let length = tagEnd + 1 - bytes.startIndex
    guard bytes.count >= 2 * length else { return [] }
    return bytes[bytes.startIndex + length..<bytes.endIndex - length]
  }

  /// The name in a `"…"` token, quotes resolved, in lower case.
  static func name(of bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var index = bytes.startIndex + 1
    let end = bytes.endIndex - 1
    while index < end {
      result.append(asciiLowercased(bytes[index]))
      if bytes[index] == UInt8(ascii: "\"") { index += 1 }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `text` as a literal in PostgreSQL with standard strings.
  static func postgresLiteral(_ text: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "'")]
    for byte in text {
      if byte == UInt8(ascii: "'") { result.append(byte) }
      result.append(byte)
    }
    result.append(UInt8(ascii: "'"))
    return result
  }
}
