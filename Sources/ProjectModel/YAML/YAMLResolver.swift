import Diagnostics

/// The meaning of plain scalars under YAML 1.1, as PyYAML has it.
enum YAMLResolver {
  /// What a scalar without quotes and tag means.
  static func value(of text: String) -> PlainValue {
    let bytes = Array(text.utf8)
    guard let first = bytes.first else { return .null }
    switch first {
    case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "y"),
      UInt8(ascii: "Y"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"),
      UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
      return word(text) ?? .string(text)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      return float(bytes) ?? integer(bytes) ?? .string(text)
    default:
      return .string(text)
    }
  }

  static func word(_ text: String) -> PlainValue? {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .boolean(true)
    case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .boolean(false)
    default: nil
    }
  }

  /// Binary, octal, decimal, hexadecimal or base 60; numbers beyond 64 bits stay text.
  static func integer(_ bytes: [UInt8]) -> PlainValue? {
    let (isNegative, digits) = sign(of: bytes)
    guard let first = digits.first, isDigit(first) else { return nil }
    let value: Int?
    if digits.count > 2, first == 0x30, digits[1] == UInt8(ascii: "b") {
      value = number(digits.dropFirst(2), radix: 2)
    } else if digits.count > 2, first == 0x30, digits[1] == UInt8(ascii: "x") {
      value = number(digits.dropFirst(2), radix: 16)
    } else if first == 0x30 {
      value = digits.count == 1 ? 0 : zeroLed(digits)
    } else if digits.contains(UInt8(ascii: ":")) {
      value = sexagesimal(digits)
    } else {
      value = number(digits[...], radix: 10)
    }
    return value.map { .integer(isNegative ? -$0 : $0) }
  }

  static func float(_ bytes: [UInt8]) -> PlainValue? {
    let (isNegative, digits) = sign(of: bytes)
    let isSigned = digits.count < bytes.count
    switch String(decoding: digits, as: UTF8.self) {
    case ".inf", ".Inf", ".INF": return .double(isNegative ? -.infinity : .infinity)
    case ".nan", ".NaN", ".NAN": return isSigned ? nil : .double(.nan)
    default: break
    }
    guard let dot = digits.firstIndex(of: UInt8(ascii: ".")), let first = digits.first else {
      return nil
    }
    let whole = digits[..<dot]
    let rest = digits[(dot + 1)...]
    if whole.contains(UInt8(ascii: ":")) {
      guard isDigit(first), rest.allSatisfy(isDigitOrUnderscore),
        let value = sexagesimalParts(Array(whole))
      else { return nil }
      let seconds = decimal("0." + text(of: rest)) ?? 0
      let total = value.reduce(0.0) { $0 * 60 + Double($1) } + seconds
      return .double(isNegative ? -total : total)
    }
    // Python's pattern allows no sign before a leading dot.
    if whole.isEmpty {
      guard !isSigned, let next = rest.first, isDigit(next) else { return nil }
    } else {
      guard isDigit(first), whole.allSatisfy(isDigitOrUnderscore) else { return nil }
    }
    let fraction = rest.prefix(while: isDigitOrUnderscore)
    let exponent = rest.dropFirst(fraction.count)
    guard exponent.isEmpty || isExponent(exponent) else { return nil }
    let literal = "0" + text(of: whole) + "." + text(of: fraction) + "0" + text(of: exponent)
    return decimal(literal).map { .double(isNegative ? -$0 : $0) }
  }

  /// `e+10`: the sign is required.
  private static func isExponent(_ bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(bytes)
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "e") || bytes[0] == UInt8(ascii: "E"),
      bytes[1] == UInt8(ascii: "+") || bytes[1] == UInt8(ascii: "-")
    else { return false }
    return bytes[2...].allSatisfy(isDigit)
  }

  private static func sign(of bytes: [UInt8]) -> (isNegative: Bool, digits: [UInt8]) {
    guard let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else {
      return (false, bytes)
    }
    return (first == UInt8(ascii: "-"), Array(bytes.dropFirst()))
  }

  /// `010` is octal; `08` is no number.
  private static func zeroLed(_ digits: [UInt8]) -> Int? { number(digits[...], radix: 8) }

  private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int? {
    guard digits.allSatisfy({ $0 == UInt8(ascii: "_") || isDigit($0, radix: radix) }) else {
      return nil
    }
    return Int(text(of: digits), radix: radix)
  }

  private static func sexagesimal(_ digits: [UInt8]) -> Int? {
    guard let parts = sexagesimalParts(digits) else { return nil }
    var total = 0
    for part in parts {
      let (scaled, overflow) = total.multipliedReportingOverflow(by: 60)
      let (sum, carry) = scaled.addingReportingOverflow(part)
      if overflow || carry { return nil }
      total = sum
    }
    return total
  }

  /// `190:20:30` → `[190, 20, 30]`; all but the first below 60.
  private static func sexagesimalParts(_ digits: [UInt8]) -> [Int]? {
    let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count > 1 else { return nil }
    var values: [Int] = []
    for (index, part) in parts.enumerated() {
      guard let first = part.first, isDigit(first),
        part.allSatisfy(index == 0 ? isDigitOrUnderscore : isDigitOnly),
        let value = Int(text(of: part)), index == 0 || (value < 60 && part.count <= 2)
      else { return nil }
      values.append(value)
    }
    return values
  }

  private static func isDigitOnly(_ byte: UInt8) -> Bool { isDigit(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
    guard radix == 16 else { return byte >= 0x30 && byte < 0x30 + UInt8(radix) }
    return isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_")
  }

  private static func text(of bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  private static func decimal(_ text: String) -> Double? { Double(text) }
}
