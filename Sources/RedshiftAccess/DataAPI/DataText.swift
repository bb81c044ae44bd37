import AWSClient
import Glibc
import WarehouseClient

/// Values of the Data API as libpq would have them in text.
enum DataText {
  static func text(_ field: ResultField, _ column: ResultColumn) -> String? {
    switch field {
    case .null: nil
    case .boolean(let flag): flag ? "t" : "f"
    case .integer(let number): String(number)
    case .double(let number): text(number, isSingle: column.typeName == "float4")
    case .string(let text): self.text(text, typeName: column.typeName)
    case .binary(let encoded): hexadecimal(encoded) ?? encoded
    }
  }

  static func column(_ column: ResultColumn) -> StatementResult.Column {
    StatementResult.Column(
      name: column.label.isEmpty ? column.name : column.label,
      typeName: column.typeName.lowercased()
    )
  }

  /// As the server writes it with `extra_float_digits = 0`.
  private static func text(_ number: Double, isSingle: Bool) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([number]) {
      vsnprintf(&buffer, buffer.count, isSingle ? "%.6g" : "%.15g", $0)
    }
    let bytes = buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func text(_ text: String, typeName: String) -> String {
    switch typeName.lowercased() {
    case "timestamp", "timestamptz", "time", "timetz": withoutTrailingZeros(text)
    case "bool":
      switch text {
      case "true": "t"
      case "false": "f"
      default: text
      }
    default: text
    }
  }

  /// Drivers write fractions that are zero, and their last zeros; the server does not.
  private static func withoutTrailingZeros(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard let point = bytes.firstIndex(of: UInt8(ascii: ".")) else { return text }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let rest = bytes[(point + 1)...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    var end = rest
    while end > point + 1, bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
    if end == point + 1 { end = point }
    return String(decoding: bytes[..<end] + bytes[rest...], as: UTF8.self)
  }

  /// Base64 as the digits in which Redshift shows VARBYTE; nil for what is no Base64.
  static func hexadecimal(_ encoded: String) -> String? {
    let digits = Array("0123456789abcdef")
    var text = ""
    var bits = 0
    var held = 0
    for byte in encoded.utf8 where byte != UInt8(ascii: "=") {
      guard let value = sixBits(byte) else { return nil }
      held = (held << 6 | value) & 0xFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        let whole = held >> bits & 0xFF
        text.append(digits[whole >> 4])
        text.append(digits[whole & 15])
      }
    }
    return text
  }

  private static func sixBits(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
