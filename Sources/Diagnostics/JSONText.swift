extension PlainValue {
  /// This value as JSON.
  ///
  /// - Parameter indent: spaces for each level; nil writes one line without spaces.
  /// - Returns: UTF-8 bytes.
  package func json(indent: Int? = nil) -> [UInt8] {
    var writer = JSONWriter(indent: indent)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// An object as JSON on one line, of values that are JSON already.
  ///
  /// - Parameter pairs: the keys, and their values as UTF-8 bytes.
  /// - Returns: UTF-8 bytes.
  package static func json(object pairs: [(key: String, json: [UInt8])]) -> [UInt8] {
    var writer = JSONWriter(indent: nil)
    writer.bytes.reserveCapacity(pairs.reduce(2) { $0 + $1.key.utf8.count + $1.json.count + 8 })
    writer.writeObject(pairs)
    return writer.bytes
  }

  /// This value as JSON on one line.
  package var jsonString: String { String(decoding: json(), as: UTF8.self) }
}

/// Writes JSON (RFC 8259) as UTF-8 bytes.
struct JSONWriter {
  var bytes: [UInt8] = []
  let indent: Int?

  init(indent: Int?) {
    self.indent = indent
  }

  mutating func write(_ value: PlainValue, level: Int) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .boolean(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let number): bytes.append(contentsOf: String(number).utf8)
    case .double(let number):
      // JSON has no notation for infinities and NaN.
      bytes.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
    case .string(let text): write(text)
    case .list(let items):
      write(open: "[", close: "]", count: items.count, level: level) { writer, index in
        writer.write(items[index], level: level + 1)
      }
    case .dictionary(let dictionary):
      write(open: "{", close: "}", count: dictionary.count, level: level) { writer, index in
        let (key, value) = dictionary.pair(at: index)
        writer.write(key)
        writer.bytes.append(UInt8(ascii: ":"))
        if writer.indent != nil { writer.bytes.append(UInt8(ascii: " ")) }
        writer.write(value, level: level + 1)
      }
    }
  }

  mutating func writeObject(_ pairs: [(key: String, json: [UInt8])]) {
    write(open: "{", close: "}", count: pairs.count, level: 0) { writer, index in
      writer.write(pairs[index].key)
      writer.bytes.append(UInt8(ascii: ":"))
      writer.bytes.append(contentsOf: pairs[index].json)
    }
  }

  mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      // Runs of bytes that need no escape are copied whole.
      var start = 0
      for index in utf8.indices where Self.needsEscape(utf8[index]) {
        bytes.append(contentsOf: utf8[start..<index])
        escape(utf8[index])
        start = index + 1
      }
      bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
    case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }

  private mutating func write(
    open: Unicode.Scalar,
    close: Unicode.Scalar,
    count: Int,
    level: Int,
    item: (inout JSONWriter, Int) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for index in 0..<count {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(level + 1)
      item(&self, index)
    }
    if count > 0 { newLine(level) }
    bytes.append(UInt8(ascii: close))
  }

  private mutating func newLine(_ level: Int) {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(32, count: indent * level))
  }
}
