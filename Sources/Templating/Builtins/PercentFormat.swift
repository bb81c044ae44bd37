import Diagnostics
import Glibc

/// Python's `format % values`.
struct PercentFormat {
  private let format: [UInt8]
  private let values: [Value]
  private let whole: Value
  private let range: TextRange
  private var position = 0
  private var next = 0
  private var usesNames = false
  private var result: [UInt8] = []

  private struct Conversion {
    var leftAligned = false
    var zeroPadded = false
    var sign = ""
    var alternate = false
    var width = 0
    var precision: Int?
  }

  static func format(
    _ format: String,
    _ values: [Value],
    whole: Value,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    var formatter = PercentFormat(
      format: Array(format.utf8),
      values: values,
      whole: whole,
      range: range
    )
    return try formatter.run()
  }

  private init(format: [UInt8], values: [Value], whole: Value, range: TextRange) {
    self.format = format
    self.values = values
    self.whole = whole
    self.range = range
  }

  private var current: UInt8 { position < format.count ? format[position] : 0 }

  private mutating func run() throws(Diagnostic) -> String {
    while position < format.count {
      let byte = format[position]
      position += 1
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      try convert()
      try Value.checkText(result.count, at: range)
    }
    if next < values.count, !usesNames {
      if case .dictionary = whole { return String(decoding: result, as: UTF8.self) }
      throw .typeMismatch(
        "not all values were used: the format has fewer placeholders than there are values",
        at: range
      )
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func convert() throws(Diagnostic) {
    var conversion = Conversion()
    var named: Value?
    if current == UInt8(ascii: "(") {
      guard let close = format[position...].firstIndex(of: UInt8(ascii: ")")) else {
        throw .invalidValue("the format has a \"(\" without a \")\"", at: range)
      }
      let name = String(decoding: format[position + 1..<close], as: UTF8.self)
      position = close + 1
      usesNames = true
      guard case .dictionary(let dictionary) = whole else {
        throw .typeMismatch("the format needs a dictionary", at: range)
      }
      guard let value = dictionary[name] else {
        throw .invalidValue("the dictionary has no key '\(name)'", at: range)
      }
      named = value
    }
    flags: while true {
      switch current {
      case UInt8(ascii: "-"): conversion.leftAligned = true
      case UInt8(ascii: "0"): conversion.zeroPadded = true
      case UInt8(ascii: "+"): conversion.sign = "+"
      case UInt8(ascii: " "): if conversion.sign.isEmpty { conversion.sign = " " }
      case UInt8(ascii: "#"): conversion.alternate = true
      default: break flags
      }
      position += 1
    }
    conversion.width = try number() ?? 0
    if conversion.width < 0 {
      conversion.leftAligned = true
      conversion.width = -conversion.width
    }
    if current == UInt8(ascii: ".") {
      position += 1
      conversion.precision = max(0, try number() ?? 0)
    }
    while [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains(current) {
      position += 1
    }
    let letter = current
    position += 1
    if letter == UInt8(ascii: "%") {
      result.append(letter)
      return
    }
    let value: Value
    if let named { value = named } else { value = try take() }
    try write(value, letter, conversion)
  }

  private mutating func take() throws(Diagnostic) -> Value {
    guard next < values.count else {
      throw .typeMismatch("the format has more placeholders than there are values", at: range)
    }
    next += 1
    return values[next - 1]
  }

  private mutating func number() throws(Diagnostic) -> Int? {
    if current == UInt8(ascii: "*") {
      position += 1
      guard let number = try take().integerValue, abs(number.clampedForWidth) == abs(number) else {
        throw .typeMismatch("\"*\" in a format needs a small integer", at: range)
      }
      return number
    }
    var result: Int?
    while (48...57).contains(current) {
      result = min((result ?? 0) * 10 + Int(current - 48), 100_000_000)
      position += 1
    }
    if let result { try Value.checkText(result, at: range) }
    return result
  }

  private mutating func write(
    _ value: Value,
    _ letter: UInt8,
    _ conversion: Conversion
  ) throws(Diagnostic) {
    switch letter {
    case UInt8(ascii: "s"), UInt8(ascii: "r"), UInt8(ascii: "a"):
      var text = letter == UInt8(ascii: "s") ? value.rendered : value.represented
      if letter == UInt8(ascii: "a") { text = RepresentationWriter.ascii(text) }
      let cut = conversion.precision.map { PythonText.text(text.unicodeScalars.prefix($0)) }
      pad(cut ?? text, sign: "", conversion, zeros: false)
    case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "x"),
      UInt8(ascii: "X"), UInt8(ascii: "o"):
      let isDecimal = [UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u")].contains(letter)
      let number: BigInteger
      if let integer = value.bigInteger {
        number = integer
      } else if isDecimal, case .object(let object as DecimalObject) = value {
        number = object.number.integer
      } else if isDecimal, case .float(let double) = value {
        guard double.isFinite else {
          throw .invalidValue("cannot convert \(value.rendered) to an integer", at: range)
        }
        number = BigInteger(double)
      } else {
        throw mismatch(letter, "a number", value)
      }
      let radix = isDecimal ? 10 : letter == UInt8(ascii: "o") ? 8 : 16
      var digits = (number.isNegative ? -number : number).text(
        radix: radix,
        uppercase: letter == UInt8(ascii: "X")
      )
      if let precision = conversion.precision {
        digits = PythonText.pad(digits, to: precision, .right, with: "0")
      }
      var sign = number.isNegative ? "-" : conversion.sign
      if conversion.alternate, !isDecimal { sign += "0\(Unicode.Scalar(letter))" }
      pad(digits, sign: sign, conversion, zeros: true)
    case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "g"), UInt8(ascii: "G"):
      if case .undefined(let undefined) = value { throw .undefinedUse(undefined, at: range) }
      guard let number = value.doubleValue else { throw mismatch(letter, "a number", value) }
      let digits = FloatFormat.text(
        abs(number),
        letter,
        precision: conversion.precision ?? 6,
        alternate: conversion.alternate
      )
      let isNegative = number.sign == .minus && !number.isNaN
      pad(digits, sign: isNegative ? "-" : conversion.sign, conversion, zeros: number.isFinite)
    case UInt8(ascii: "c"):
      if let number = value.integerValue, let code = UInt32(exactly: number),
        let scalar = Unicode.Scalar(code)
      {
        pad(String(scalar), sign: "", conversion, zeros: false)
      } else if let text = value.stringValue, text.unicodeScalars.count == 1 {
        pad(text, sign: "", conversion, zeros: false)
      } else {
        throw mismatch(letter, "one character", value)
      }
    case 0: throw .invalidValue("the format ends inside of a placeholder", at: range)
    default:
      throw .invalidValue(
        "unsupported placeholder \"%\(Unicode.Scalar(letter))\" in a format",
        at: range
      )
    }
  }

  private func mismatch(_ letter: UInt8, _ expected: String, _ value: Value) -> Diagnostic {
    .typeMismatch(
      "\"%\(Unicode.Scalar(letter))\" needs \(expected), not '\(value.typeName)'",
      at: range
    )
  }

  private mutating func pad(
    _ text: String,
    sign: String,
    _ conversion: Conversion,
    zeros: Bool
  ) {
    let width = conversion.width
    if conversion.leftAligned {
      result += PythonText.pad(sign + text, to: width, .left).utf8
    } else if conversion.zeroPadded, zeros {
      result += sign.utf8
      result += PythonText.pad(text, to: width - sign.utf8.count, .right, with: "0").utf8
    } else {
      result += PythonText.pad(sign + text, to: width, .right).utf8
    }
  }
}

extension Int {
  /// Within what padding may reach.
  fileprivate var clampedForWidth: Int { Swift.min(Swift.max(self, -1_000_000), 1_000_000) }
}

/// Floats with a given precision, through C's own formatting.
enum FloatFormat {
  /// A number in the style of a letter: `f`, `e` or `g`, or one of them as a capital.
  static func text(
    _ number: Double,
    _ letter: UInt8,
    precision: Int,
    alternate: Bool = false
  ) -> String {
    if !number.isFinite {
      let word = number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
      return (65...90).contains(letter) ? word.uppercased() : word
    }
    let flag = alternate ? "#" : ""
    let format = "%\(flag).\(min(precision, 1_000))\(Unicode.Scalar(letter))"
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_500) { buffer in
      let count = withVaList([number]) {
        vsnprintf(buffer.baseAddress, buffer.count, format, $0)
      }
      let bytes = buffer.prefix(max(0, min(Int(count), buffer.count - 1)))
      return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
