/// An integer of any size, for what does not fit into 64 bits.
struct BigInteger: Hashable, Sendable {
  private(set) var isNegative: Bool
  /// Base 2³², the lowest part first, without leading zeros; empty is zero.
  private(set) var parts: [UInt32]

  /// The largest number that arithmetic makes.
  static let bitLimit = 1 << 17

  init(_ number: Int) {
    isNegative = number < 0
    let magnitude = number.magnitude
    parts = [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)]
    trim()
  }

  private init(isNegative: Bool, parts: [UInt32]) {
    self.isNegative = isNegative
    self.parts = parts
    trim()
  }

  /// Digits of a base up to 36; nil for anything else.
  init?(_ digits: some StringProtocol, radix: Int = 10) {
    var bytes = Array(digits.utf8)[...]
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    guard !bytes.isEmpty, bytes.count < 40_000 else { return nil }
    self.init(0)
    for byte in bytes {
      let digit: Int
      switch byte {
      case 48...57: digit = Int(byte) - 48
      case 65...90: digit = Int(byte) - 55
      case 97...122: digit = Int(byte) - 87
      default: return nil
      }
      guard digit < radix else { return nil }
      multiplyAdd(UInt32(radix), UInt32(digit))
    }
    self.isNegative = isNegative && !parts.isEmpty
  }

  /// The whole part of a finite number.
  init(_ number: Double) {
    let whole = number.rounded(.towardZero).magnitude
    self.init(0)
    guard whole >= 1 else { return }
    var exponent = Int(whole.exponent) - 52
    var bits = UInt64(whole.significandBitPattern) | 1 << 52
    if exponent < 0 {
      bits >>= UInt64(-exponent)
      exponent = 0
    }
    parts = [UInt32](repeating: 0, count: exponent / 32)
    let shift = UInt64(exponent % 32)
    let low = bits << shift
    let high = shift == 0 ? 0 : bits >> (64 - shift)
    parts += [
      UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
      UInt32(truncatingIfNeeded: high),
    ]
    isNegative = number < 0
    trim()
  }

  private mutating func trim() {
    while parts.last == 0 { parts.removeLast() }
    if parts.isEmpty { isNegative = false }
  }

  /// The number in 64 bits, if it fits.
  var integer: Int? {
    guard parts.count <= 2 else { return nil }
    var magnitude: UInt = 0
    for part in parts.reversed() { magnitude = magnitude << 32 | UInt(part) }
    if isNegative {
      return magnitude <= Int.min.magnitude ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int(exactly: magnitude)
  }

  var bitCount: Int {
    guard let last = parts.last else { return 0 }
    return parts.count * 32 - last.leadingZeroBitCount
  }

  var isEven: Bool { (parts.first ?? 0) & 1 == 0 }

  /// The nearest double, ties to even; infinite when there is none.
  var double: Double {
    let bits = bitCount
    guard bits > 64 else {
      var magnitude: UInt64 = 0
      for part in parts.reversed() { magnitude = magnitude << 32 | UInt64(part) }
      return isNegative ? -Double(magnitude) : Double(magnitude)
    }
    guard bits <= 1024 else { return isNegative ? -.infinity : .infinity }
    // The highest 64 bits decide, with a mark for anything below them.
    let shift = bits - 64
    let top = shiftedRight(shift)
    var magnitude: UInt64 = 0
    for part in top.parts.reversed() { magnitude = magnitude << 32 | UInt64(part) }
    if trailingZeros < shift { magnitude |= 1 }
    let result = Double(sign: .plus, exponent: shift, significand: Double(magnitude))
    return isNegative ? -result : result
  }

  private var trailingZeros: Int {
    for (index, part) in parts.enumerated() where part != 0 {
      return index * 32 + part.trailingZeroBitCount
    }
    return 0
  }

  private func shiftedRight(_ count: Int) -> BigInteger {
    let whole = count / 32
    let rest = UInt32(count % 32)
    guard whole < parts.count else { return BigInteger(0) }
    var result = Array(parts[whole...])
    if rest > 0 {
      for index in result.indices {
        let next = index + 1 < result.count ? result[index + 1] << (32 - rest) : 0
        result[index] = result[index] >> rest | next
      }
    }
    return BigInteger(isNegative: false, parts: result)
  }

  private mutating func multiplyAdd(_ factor: UInt32, _ term: UInt32) {
    var carry = UInt64(term)
    for index in parts.indices {
      let product = UInt64(parts[index]) * UInt64(factor) + carry
      parts[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry > 0 { parts.append(UInt32(carry)) }
  }

  /// Divides in place by a small number and gives the remainder.
  private mutating func divide(bySmall divisor: UInt32) -> UInt32 {
    var rest: UInt64 = 0
    for index in parts.indices.reversed() {
      let current = rest << 32 | UInt64(parts[index])
      parts[index] = UInt32(current / UInt64(divisor))
      rest = current % UInt64(divisor)
    }
    trim()
    return UInt32(rest)
  }

  /// The digits, with a sign if it is negative.
  func text(radix: Int = 10, uppercase: Bool = false) -> String {
    if parts.isEmpty { return "0" }
    var chunk = UInt32(radix)
    var width = 1
    while UInt64(chunk) * UInt64(radix) < 1 << 32 {
      chunk *= UInt32(radix)
      width += 1
    }
    var rest = BigInteger(isNegative: false, parts: parts)
    var groups: [String] = []
    while !rest.parts.isEmpty {
      let digits = String(rest.divide(bySmall: chunk), radix: radix, uppercase: uppercase)
      let padding = rest.parts.isEmpty ? 0 : width - digits.utf8.count
      groups.append(String(repeating: "0", count: padding) + digits)
    }
    return (isNegative ? "-" : "") + groups.reversed().joined()
  }

  static func < (left: BigInteger, right: BigInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let order = compareMagnitude(left.parts, right.parts)
    return left.isNegative ? order > 0 : order < 0
  }

  private static func compareMagnitude(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return 0
  }

  static prefix func - (number: BigInteger) -> BigInteger {
    BigInteger(isNegative: !number.isNegative, parts: number.parts)
  }

  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(isNegative: left.isNegative, parts: sum(left.parts, right.parts))
    }
    if compareMagnitude(left.parts, right.parts) >= 0 {
      return BigInteger(isNegative: left.isNegative, parts: difference(left.parts, right.parts))
    }
    return BigInteger(isNegative: right.isNegative, parts: difference(right.parts, left.parts))
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + -right }

  private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(left.count, right.count) {
      let a = index < left.count ? UInt64(left[index]) : 0
      let b = index < right.count ? UInt64(right[index]) : 0
      result.append(UInt32(truncatingIfNeeded: a + b + carry))
      carry = (a + b + carry) >> 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    return result
  }

  /// `left - right`, where `left` is not the smaller one.
  private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result = left
    var borrow: Int64 = 0
    for index in result.indices {
      var value = Int64(result[index]) - borrow - (index < right.count ? Int64(right[index]) : 0)
      borrow = value < 0 ? 1 : 0
      if value < 0 { value += 1 << 32 }
      result[index] = UInt32(value)
    }
    return result
  }

  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    guard !left.parts.isEmpty, !right.parts.isEmpty else { return BigInteger(0) }
    var result = [UInt32](repeating: 0, count: left.parts.count + right.parts.count)
    for (i, a) in left.parts.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in right.parts.enumerated() {
        let product = UInt64(a) * UInt64(b) + UInt64(result[i + j]) + carry
        result[i + j] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      result[i + right.parts.count] = UInt32(carry)
    }
    return BigInteger(isNegative: left.isNegative != right.isNegative, parts: result)
  }

  /// Quotient and remainder as Python has them: the remainder has the divisor's sign.
  ///
  /// Nil for a divisor of zero.
  func dividedFloor(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger)? {
    guard !divisor.parts.isEmpty else { return nil }
    let (magnitude, restParts) = Self.divide(parts, divisor.parts)
    var quotient = BigInteger(isNegative: isNegative != divisor.isNegative, parts: magnitude)
    var remainder = BigInteger(isNegative: isNegative, parts: restParts)
    if !remainder.parts.isEmpty, remainder.isNegative != divisor.isNegative {
      quotient = quotient - BigInteger(1)
      remainder = remainder + divisor
    }
    return (quotient, remainder)
  }

  /// Long division, bit by bit where the divisor is long: numbers are bounded, so that is enough.
  private static func divide(
    _ dividend: [UInt32],
    _ divisor: [UInt32]
  ) -> (quotient: [UInt32], remainder: [UInt32]) {
    if compareMagnitude(dividend, divisor) < 0 { return ([], dividend) }
    if divisor.count == 1 {
      var quotient = BigInteger(isNegative: false, parts: dividend)
      let rest = quotient.divide(bySmall: divisor[0])
      return (quotient.parts, rest == 0 ? [] : [rest])
    }
    // Knuth's algorithm D, with the divisor shifted until its highest bit is set.
    let shift = divisor[divisor.count - 1].leadingZeroBitCount
    let v = shiftedLeft(divisor, shift)
    var u = shiftedLeft(dividend, shift)
    if u.count == dividend.count { u.append(0) }
    let n = v.count
    var quotient = [UInt32](repeating: 0, count: u.count - n)
    for j in (0..<(u.count - n)).reversed() {
      let numerator = UInt64(u[j + n]) << 32 | UInt64(u[j + n - 1])
      var estimate = numerator / UInt64(v[n - 1])
      var rest = numerator % UInt64(v[n - 1])
      while estimate >> 32 != 0 || estimate * UInt64(v[n - 2]) > rest << 32 | UInt64(u[j + n - 2]) {
        estimate -= 1
        rest += UInt64(v[n - 1])
        if rest >> 32 != 0 { break }
      }
      var borrow: Int64 = 0
      var carry: UInt64 = 0
      for i in 0..<n {
        let product = estimate * UInt64(v[i]) + carry
        carry = product >> 32
        let value = Int64(u[i + j]) - borrow - Int64(product & 0xFFFF_FFFF)
        u[i + j] = UInt32(truncatingIfNeeded: value)
        borrow = value < 0 ? 1 : 0
      }
      let value = Int64(u[j + n]) - borrow - Int64(carry)
      u[j + n] = UInt32(truncatingIfNeeded: value)
      if value < 0 {
        estimate -= 1
        var addCarry: UInt64 = 0
        for i in 0..<n {
          let total = UInt64(u[i + j]) + UInt64(v[i]) + addCarry
          u[i + j] = UInt32(truncatingIfNeeded: total)
          addCarry = total >> 32
        }
        u[j + n] = UInt32(truncatingIfNeeded: UInt64(u[j + n]) + addCarry)
      }
      quotient[j] = UInt32(truncatingIfNeeded: estimate)
    }
    let rest = BigInteger(isNegative: false, parts: Array(u.prefix(n))).shiftedRight(shift)
    return (quotient, rest.parts)
  }

  private static func shiftedLeft(_ parts: [UInt32], _ count: Int) -> [UInt32] {
    guard count > 0 else { return parts }
    var result: [UInt32] = []
    var carry: UInt32 = 0
    for part in parts {
      result.append(part << UInt32(count) | carry)
      carry = part >> UInt32(32 - count)
    }
    if carry > 0 { result.append(carry) }
    return result
  }

  /// The power; nil when it would have more than `bitLimit` bits.
  func power(_ exponent: Int) -> BigInteger? {
    if exponent > 0, bitCount > 1 {
      let (bits, overflows) = (bitCount - 1).multipliedReportingOverflow(by: exponent)
      guard !overflows, bits <= Self.bitLimit else { return nil }
    }
    var result = BigInteger(1)
    var factor = self
    var rest = bitCount > 1 ? exponent : (exponent == 0 ? 0 : 2 - exponent % 2)
    while rest > 0 {
      if rest & 1 == 1 { result = result * factor }
      rest >>= 1
      if rest > 0 { factor = factor * factor }
    }
    return result
  }

  /// The quotient as the nearest double; nil when that is infinite, or for a divisor of zero.
  func trueDivided(by divisor: BigInteger) -> Double? {
    guard !divisor.parts.isEmpty else { return nil }
    // Enough bits for a correct rounding: 64 of quotient, and a mark for the rest.
    let shift = max(0, divisor.bitCount - bitCount + 66)
    var numerator = BigInteger(isNegative: false, parts: parts)
    numerator = numerator * (BigInteger(2).power(shift) ?? BigInteger(1))
    let (quotient, rest) = Self.divide(numerator.parts, divisor.parts)
    var value = BigInteger(isNegative: false, parts: quotient)
    if !BigInteger(isNegative: false, parts: rest).parts.isEmpty, value.isEven {
      value = value + BigInteger(1)
    }
    let scaled = Double(sign: .plus, exponent: -shift, significand: value.double)
    guard scaled.isFinite else { return nil }
    return isNegative != divisor.isNegative ? -scaled : scaled
  }
}
