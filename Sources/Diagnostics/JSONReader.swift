extension PlainValue {
  /// Where a text stops being JSON.
  package struct JSONProblem: Error, Hashable, Sendable {
    /// Offset of the first byte that does not fit.
    package var offset: Int
  }

  /// Reads JSON (RFC 8259).
  ///
  /// - Parameter bytes: UTF-8 text of one value.
  /// - Throws: where the text is no JSON, or is nested more than 500 levels deep.
  package init(json bytes: [UInt8]) throws(JSONProblem) {
    var reader = JSONReader(bytes)
    self = try reader.document()
  }
}

/// Reads JSON, byte by byte.
private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private static let deepest = 500

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(PlainValue.JSONProblem) -> PlainValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw problem }
    return value
  }

  private var problem: PlainValue.JSONProblem { PlainValue.JSONProblem(offset: position) }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(PlainValue.JSONProblem) -> PlainValue {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return .dictionary(try object())
    case UInt8(ascii: "["): return .list(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(
    _ word: String,
    _ value: PlainValue
  ) throws(PlainValue.JSONProblem) -> PlainValue {
    guard bytes[position...].starts(with: word.utf8) else { throw problem }
    position += word.utf8.count
    return value
  }

  private mutating func descend() throws(PlainValue.JSONProblem) {
    depth += 1
    guard depth <= Self.deepest else { throw problem }
    position += 1
    skipSpace()
  }

  private mutating func object() throws(PlainValue.JSONProblem) -> PlainDictionary {
    try descend()
    defer { depth -= 1 }
    var object = PlainDictionary()
    if take("}") { return object }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw problem }
      let key = try string()
      skipSpace()
      guard take(":") else { throw problem }
      object[key] = try value()
      skipSpace()
    } while take(",")
    guard take("}") else { throw problem }
    return object
  }

  private mutating func array() throws(PlainValue.JSONProblem) -> [PlainValue] {
    try descend()
    defer { depth -= 1 }
    var array: [PlainValue] = []
    if take("]") { return array }
    repeat {
      array.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw problem }
    return array
  }

  private mutating func number() throws(PlainValue.JSONProblem) -> PlainValue {
    let start = position
    while let byte, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(text) { return .integer(integer) }
    guard let double = Double(text) else {
      position = start
      throw problem
    }
    return .double(double)
  }

  private mutating func string() throws(PlainValue.JSONProblem) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw problem }
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        content.append(byte)
        continue
      }
      try escape(into: &content)
    }
    guard take("\"") else { throw problem }
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func escape(into content: inout [UInt8]) throws(PlainValue.JSONProblem) {
    guard let letter = byte else { throw problem }
    position += 1
    switch Unicode.Scalar(letter) {
    case "\"", "\\", "/": content.append(letter)
    case "b": content.append(8)
    case "f": content.append(12)
    case "n": content.append(10)
    case "r": content.append(13)
    case "t": content.append(9)
    case "u":
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), take("\\") {
        guard take("u") else { throw problem }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw problem }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      // Half of a pair stands for nothing.
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      content.append(contentsOf: String(Character(scalar)).utf8)
    default: throw problem
    }
  }

  private mutating func hexadecimal() throws(PlainValue.JSONProblem) -> UInt32 {
    guard bytes.count - position >= 4,
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw problem }
    position += 4
    return code
  }
}
