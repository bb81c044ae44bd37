/// Reads JSON as Python's `json.loads` does: with `NaN`, `Infinity` and integers of any size.
struct PythonJSONReader {
  /// Where a text stops being JSON.
  struct Problem: Error {
    var offset: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  static func value(_ text: String) throws(Problem) -> Value {
    var reader = PythonJSONReader(bytes: Array(text.utf8))
    let value = try reader.value()
    reader.skipSpace()
    guard reader.position == reader.bytes.count else { throw reader.problem }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var problem: Problem { Problem(offset: position) }
  private var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpace() {
    while [32, 9, 10, 13].contains(byte), position < bytes.count { position += 1 }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count,
      word.withUTF8Buffer({ bytes[position..<position + length].elementsEqual($0) })
    else { return false }
    position += length
    return true
  }

  private mutating func value() throws(Problem) -> Value {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return try nested { (reader) throws(Problem) in try reader.object() }
    case UInt8(ascii: "["): return try nested { (reader) throws(Problem) in try reader.array() }
    case UInt8(ascii: "\""): return .text(try string())
    default: break
    }
    if take("true") { return .boolean(true) }
    if take("false") { return .boolean(false) }
    if take("null") { return .none }
    if take("NaN") { return .float(.nan) }
    if take("Infinity") { return .float(.infinity) }
    if take("-Infinity") { return .float(-.infinity) }
    return try number()
  }

  private mutating func nested(
    _ body: (inout PythonJSONReader) throws(Problem) -> Value
  ) throws(Problem) -> Value {
    guard depth < 100 else { throw problem }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func object() throws(Problem) -> Value {
    let result = DictionaryReference()
    skipSpace()
    if take("}") { return .dictionary(result) }
    while true {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw problem }
      let key = try string()
      skipSpace()
      guard take(":") else { throw problem }
      result[key] = try value()
      skipSpace()
      if take("}") { return .dictionary(result) }
      guard take(",") else { throw problem }
    }
  }

  private mutating func array() throws(Problem) -> Value {
    var result: [Value] = []
    skipSpace()
    if take("]") { return .list(result) }
    while true {
      result.append(try value())
      skipSpace()
      if take("]") { return .list(result) }
      guard take(",") else { throw problem }
    }
  }

  private mutating func digits() -> Bool {
    let start = position
    while (48...57).contains(byte) { position += 1 }
    return position > start
  }

  private mutating func number() throws(Problem) -> Value {
    let start = position
    _ = take("-")
    if !take("0"), !digits() { throw problem }
    var isFloat = false
    let whole = position
    if take(".") {
      if digits() { isFloat = true } else { position = whole }
    }
    let beforeExponent = position
    if byte | 32 == UInt8(ascii: "e") {
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      if digits() { isFloat = true } else { position = beforeExponent }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isFloat { return .float(Double(text) ?? 0) }
    guard let value = PythonNumber.integer(text) else { throw problem }
    return value
  }

  private mutating func hexadecimal() throws(Problem) -> UInt16 {
    guard position + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw problem }
    position += 4
    return unit
  }

  private mutating func string() throws(Problem) -> String {
    position += 1
    var result: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let letter = self.byte
        position += 1
        switch letter {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "u"):
          var units = [try hexadecimal()]
          if UTF16.isLeadSurrogate(units[0]), take("\\u") { units.append(try hexadecimal()) }
          result += String(decoding: units, as: UTF16.self).utf8
        default: throw problem
        }
      case 0..<32: throw problem
      default: result.append(byte)
      }
    }
    throw problem
  }
}
