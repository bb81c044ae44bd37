import Glibc

extension ValueConverter {
  @inline(__always)
  private func badDigit(
    _ text: UnsafeBufferPointer<UInt8>,
    _ index: Int,
    shift: Int,
    _ type: ColumnType
  ) -> ConversionFailure {
    let byte = index < text.count ? text[index] : 32
    let shown = byte >= 32 && byte < 127 ? String(UnicodeScalar(byte)) : "."
    return ConversionFailure(
      1207,
      "Invalid digit, Value '\(shown)', Pos \(index + shift), Type: \(type.digitWord)",
      position: index + shift
    )
  }

  func writeInteger(
    _ text: UnsafeBufferPointer<UInt8>,
    shift: Int,
    type: ColumnType,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    var index = 0
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
    let first = index
    var value: UInt64 = 0
    var overflows = false
    while index < text.count {
      let digit = text[index] &- 48
      guard digit < 10 else { throw badDigit(text, index, shift: shift, type) }
      if value > 922_337_203_685_477_580 { overflows = true }
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    guard index > first else { throw badDigit(text, index, shift: shift, type) }
    let limit: UInt64 =
      switch type {
      case .smallInteger: 0x7FFF
      case .integer: 0x7FFF_FFFF
      default: 0x7FFF_FFFF_FFFF_FFFF
      }
    if overflows || value > limit + (isNegative ? 1 : 0) {
      throw ConversionFailure(1222, "Overflow, Column type: \(type.digitWord)")
    }
    out.reserve(text.count)
    if isNegative { out.appendUnchecked(UInt8(ascii: "-")) }
    out.append(UnsafeBufferPointer(rebasing: text[first...]))
  }

  /// The parts of a number's text.
  private struct Number {
    var isNegative = false
    var whole = 0..<0
    var fraction = 0..<0
    var exponent = 0
  }

  private func scan(
    _ text: UnsafeBufferPointer<UInt8>,
    shift: Int,
    type: ColumnType
  ) throws(ConversionFailure) -> Number {
    var number = Number()
    var index = 0
    number.isNegative = text[0] == UInt8(ascii: "-")
    if number.isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
    let wholeStart = index
    while index < text.count, text[index] &- 48 < 10 { index += 1 }
    number.whole = wholeStart..<index
    number.fraction = index..<index
    if index < text.count, text[index] == UInt8(ascii: ".") {
      let start = index + 1
      index = start
      while index < text.count, text[index] &- 48 < 10 { index += 1 }
      number.fraction = start..<index
    }
    if number.whole.isEmpty, number.fraction.isEmpty {
      throw badDigit(text, index, shift: shift, type)
    }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      var isNegative = false
      if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        isNegative = text[index] == UInt8(ascii: "-")
        index += 1
      }
      let start = index
      var value = 0
      while index < text.count, text[index] &- 48 < 10 {
        value = min(value * 10 + Int(text[index] - 48), 100_000)
        index += 1
      }
      guard index > start else { throw badDigit(text, index, shift: shift, type) }
      number.exponent = isNegative ? -value : value
    }
    guard index == text.count else { throw badDigit(text, index, shift: shift, type) }
    return number
  }

  func writeDecimal(
    _ text: UnsafeBufferPointer<UInt8>,
    shift: Int,
    precision: Int,
    scale: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    let type = ColumnType.decimal(precision: precision, scale: scale)
    let number = try scan(text, shift: shift, type: type)
    // Digit i of the number, counted from the first of `whole`; the point stands before `point`.
    let digitCount = number.whole.count + number.fraction.count
    func digit(_ index: Int) -> UInt8 {
      if index < 0 || index >= digitCount { return 48 }
      return index < number.whole.count
        ? text[number.whole.lowerBound + index]
        : text[number.fraction.lowerBound + index - number.whole.count]
    }
    let point = number.whole.count + number.exponent
    var first = 0
    while first < digitCount, digit(first) == 48 { first += 1 }
    let isZero = first == digitCount
    if scale < 0 {
      guard number.exponent.magnitude < 1000 else { throw Self.decimalOverflow }
      out.append(text)
      return
    }
    guard isZero || point - first <= precision - scale else { throw Self.decimalOverflow }
    let start = out.count
    if number.isNegative { out.append(UInt8(ascii: "-")) }
    let digitsStart = out.count
    if isZero || first >= point {
      out.append(48)
    } else {
      for index in first..<point { out.append(digit(index)) }
    }
    if scale > 0 {
      out.append(UInt8(ascii: "."))
      for index in point..<point + scale { out.append(digit(index)) }
    }
    guard rules.roundsDecimals, !isZero, digit(point + scale) >= 53 else { return }
    // Adds one to the last digit kept; a carry out of the first makes the number longer.
    var index = out.count - 1
    while index >= digitsStart {
      let byte = out.base[index]
      if byte != UInt8(ascii: ".") {
        if byte < 57 {
          out.replace(at: index, with: byte + 1)
          return
        }
        out.replace(at: index, with: 48)
      }
      index -= 1
    }
    let digits = Array(
      UnsafeBufferPointer(start: out.base + digitsStart, count: out.count - digitsStart)
    )
    guard point - first < precision - scale || first >= point else {
      out.truncate(to: start)
      throw Self.decimalOverflow
    }
    out.truncate(to: digitsStart)
    out.append(49)
    out.append(digits)
  }

  private static var decimalOverflow: ConversionFailure {
    ConversionFailure(1204, "Numeric data overflow (result precision)")
  }

  func writeFloat(
    _ text: UnsafeBufferPointer<UInt8>,
    shift: Int,
    type: ColumnType,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    if text[text.count - 1] &- 48 >= 10, isSpecialFloat(text) {
      out.append(text)
      return
    }
    let number = try scan(text, shift: shift, type: type)
    // Few digits and no exponent cannot leave the range; anything else is measured.
    if number.exponent != 0 || text.count > 30 {
      guard text.count < 1000 else { throw ConversionFailure(1208, "Invalid float format") }
      var terminated = text.map { CChar(bitPattern: $0) }
      terminated.append(0)
      let isReal = type == .real
      let value = isReal ? Double(strtof(terminated, nil)) : strtod(terminated, nil)
      var hasDigits = false
      for index in number.whole where text[index] != 48 { hasDigits = true }
      for index in number.fraction where text[index] != 48 { hasDigits = true }
      guard value.isFinite, value != 0 || !hasDigits else {
        throw ConversionFailure(1204, "Value out of range for \(isReal ? "4" : "8") byte float")
      }
    }
    out.append(text)
  }

  /// `nan`, `inf` or `infinity`, with a sign.
  private func isSpecialFloat(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= 9 else { return false }
    var word = String(decoding: text, as: UTF8.self).lowercased()
    if word.hasPrefix("-") || word.hasPrefix("+") { word.removeFirst() }
    return word == "nan" && text.count == 3 || word == "inf" || word == "infinity"
  }
}
