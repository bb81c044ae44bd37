/// Percent-encoding as AWS wants it (RFC 3986): letters, digits and `-._~` stay, everything else
/// becomes `%XX` in capitals.
package enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// A name or value of a query, or one segment of a path.
  package static func encode(_ text: String) -> String { encode(text, keeping: []) }

  /// A path: slashes stay as they are.
  static func encodePath(_ text: String) -> String { encode(text, keeping: [UInt8(ascii: "/")]) }

  /// Names and values with `=` and `&` between them, in the order given.
  static func query(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  /// Text with its `%XX` resolved; what is no such sequence stays.
  static func decode(_ text: String) -> String {
    var bytes: [UInt8] = []
    let input = Array(text.utf8)
    var index = 0
    while index < input.count {
      if input[index] == UInt8(ascii: "%"), index + 2 < input.count,
        let high = Character(Unicode.Scalar(input[index + 1])).hexDigitValue,
        let low = Character(Unicode.Scalar(input[index + 2])).hexDigitValue
      {
        bytes.append(UInt8(high << 4 | low))
        index += 3
      } else {
        bytes.append(input[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func encode(_ text: String, keeping kept: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) || kept.contains(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }
}
