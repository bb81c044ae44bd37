import Diagnostics

/// Reads a small JSON file (a manifest, a JSONPaths file) into plain data.
struct PlainJSON {
  /// What is wrong and where.
  struct Fault: Error, Hashable {
    var offset: Int
    var message: String
  }

  private let bytes: [UInt8]
  private var index = 0
  private static let depthLimit = 64

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// The one value that the text holds.
  static func parse(_ bytes: [UInt8]) throws(Fault) -> PlainValue {
    var parser = PlainJSON(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == bytes.count else {
      throw parser.fault("text follows the end of the JSON value")
    }
    return value
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func fault(_ message: String) -> Fault {
    Fault(offset: index, message: index >= bytes.count ? "the file ends too early" : message)
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 32 || byte == 9 || byte == 10 || byte == 13 { index += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(Fault) {
    guard current == byte else {
      throw fault("expected \"\(Character(UnicodeScalar(byte)))\"")
    }
    index += 1
  }

  private mutating func value(depth: Int) throws(Fault) -> PlainValue {
    guard depth < Self.depthLimit else { throw fault("values are nested too deep") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: PlainValue) throws(Fault) -> PlainValue {
    guard bytes[index...].starts(with: text.utf8) else { throw fault("this is no JSON value") }
    index += text.utf8.count
    return value
  }

  private mutating func number() throws(Fault) -> PlainValue {
    let start = index
    while let byte = current, "+-.eE0123456789".utf8.contains(byte) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if let integer = Int(text) { return .integer(integer) }
    guard let double = Double(text) else {
      index = start
      throw fault("this is no JSON value")
    }
    return .double(double)
  }

  private mutating func object(depth: Int) throws(Fault) -> PlainValue {
    index += 1
    var pairs = PlainDictionary()
    skipSpace()
    if current == UInt8(ascii: "}") {
      index += 1
      return .dictionary(pairs)
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw fault("expected a key in quotes") }
      let key = try string()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      pairs[key] = try value(depth: depth + 1)
      skipSpace()
      if current == UInt8(ascii: "}") {
        index += 1
        return .dictionary(pairs)
      }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func array(depth: Int) throws(Fault) -> PlainValue {
    index += 1
    var items: [PlainValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      index += 1
      return .list(items)
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if current == UInt8(ascii: "]") {
        index += 1
        return .list(items)
      }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func string() throws(Fault) -> String {
    let start = index + 1
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      guard bytes[end] >= 32 else {
        index = end
        throw fault("a control character in a string must be written as an escape")
      }
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < bytes.count else {
      index = bytes.count
      throw fault("")
    }
    var writer = ByteWriter(capacity: end - start + 8)
    let isSound = bytes[start..<end].withUnsafeBufferPointer {
      JSONScanner.decode($0, into: &writer)
    }
    guard isSound else { throw fault("a string has a damaged escape") }
    index = end + 1
    return String(decoding: writer.takeBlock(), as: UTF8.self)
  }
}
