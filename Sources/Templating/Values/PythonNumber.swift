/// Numbers as Python reads and writes them.
enum PythonNumber {
  /// `repr()` of a float: the shortest digits that mean it, with an exponent below 1e-4 and from
  /// 1e16 on.
  static func text(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    let sign = number.sign == .minus ? "-" : ""
    if number == 0 { return sign + "0.0" }
    let (digits, exponent) = shortestDigits(abs(number))
    if exponent < -4 || exponent >= 16 {
      return sign + scientific(digits, exponent: exponent)
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
    }
    let split = digits.index(digits.startIndex, offsetBy: exponent + 1)
    return sign + digits[..<split] + "." + digits[split...]
  }

  /// `d.ddde±XX`.
  static func scientific(_ digits: String, exponent: Int) -> String {
    let rest = digits.dropFirst()
    let mantissa = rest.isEmpty ? digits : "\(digits.prefix(1)).\(rest)"
    let size = abs(exponent)
    return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
  }

  /// The shortest decimal digits of a positive finite number, and the exponent of the first one.
  static func shortestDigits(_ number: Double) -> (digits: String, exponent: Int) {
    var digits: [UInt8] = []
    var pointAt: Int?
    var exponent = 0
    let description = Array(number.description.utf8)
    for (index, byte) in description.enumerated() {
      if byte == UInt8(ascii: ".") {
        pointAt = digits.count
      } else if byte == UInt8(ascii: "e") {
        exponent = Int(String(decoding: description[(index + 1)...], as: UTF8.self)) ?? 0
        break
      } else {
        digits.append(byte)
      }
    }
    var first = (pointAt ?? digits.count) - 1 + exponent
    while digits.count > 1, digits[0] == 48 {
      digits.removeFirst()
      first -= 1
    }
    while digits.count > 1, digits.last == 48 { digits.removeLast() }
    return (String(decoding: digits, as: UTF8.self), first)
  }

  /// `int(text)`; nil when the text is no integer.
  static func integer(_ text: some StringProtocol, radix: Int = 10) -> Value? {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    if radix != 10, bytes.count > 2, bytes.first == 48 {
      let letter = bytes[bytes.startIndex + 1] | 32
      let wanted: UInt8? = radix == 16 ? 120 : radix == 8 ? 111 : radix == 2 ? 98 : nil
      if letter == wanted { bytes = bytes.dropFirst(2) }
    }
    guard let digits = withoutUnderscores(bytes), let first = digits.first,
      first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    let number = (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    if let integer = Int(number, radix: radix) { return .integer(integer) }
    return BigInteger(number, radix: radix).map { Value($0) }
  }

  /// `float(text)`; nil when the text is no number.
  static func float(_ text: some StringProtocol) -> Double? {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    guard let digits = withoutUnderscores(bytes), !digits.isEmpty else { return nil }
    let lowered = String(decoding: digits, as: UTF8.self).lowercased()
    switch lowered {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: break
    }
    let allowed = digits.allSatisfy {
      (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0)
    }
    guard allowed else { return nil }
    if let number = Double(lowered) { return number }
    // Python allows a bare point at either end.
    if lowered.hasSuffix("."), let number = Double(lowered + "0") { return number }
    return nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// Python allows single underscores between digits.
  private static func withoutUnderscores(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var previous: UInt8 = 95
    for byte in bytes {
      if byte == 95 {
        guard (48...57).contains(previous) || (97...102).contains(previous | 32) else {
          return nil
        }
      } else {
        result.append(byte)
      }
      previous = byte
    }
    return previous == 95 ? nil : result
  }
}
