/// A decimal number as Python's `decimal.Decimal` has it: digits and a place for the point, so
/// that `1.50` stays `1.50`.
///
/// Finite numbers only, in Python's standard context: 28 digits, ties to even.
struct DecimalNumber: Sendable {
  /// Digits that arithmetic keeps.
  static let precision = 28
  /// The bound on exponents, far beyond what databases have.
  static let exponentLimit = 6_000

  private(set) var isNegative: Bool
  /// The digits as a whole number, never negative.
  private(set) var coefficient: BigInteger
  private(set) var exponent: Int

  init(isNegative: Bool, _ coefficient: BigInteger, exponent: Int) {
    self.isNegative = isNegative
    self.coefficient = coefficient
    self.exponent = exponent
  }

  init(_ integer: BigInteger) {
    self.init(
      isNegative: integer.isNegative,
      integer.isNegative ? -integer : integer,
      exponent: 0
    )
  }

  /// The exact value of a finite float.
  init?(_ number: Double) {
    guard number.isFinite else { return nil }
    var magnitude = number.magnitude
    var twos = 0
    while magnitude != magnitude.rounded(.towardZero) {
      magnitude *= 2
      twos += 1
    }
    let whole = BigInteger(magnitude)
    guard let fives = BigInteger(5).power(twos) else { return nil }
    self.init(isNegative: number.sign == .minus, whole * fives, exponent: -twos)
  }

  /// Reads `-12.50` or `1.5E+3`; nil for anything else.
  init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    var digits: [UInt8] = []
    var scale = 0
    var hasPoint = false
    var exponent = 0
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits.append(byte)
        if hasPoint { scale += 1 }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let number = Int(String(decoding: bytes, as: UTF8.self)) else { return nil }
        exponent = number
        bytes = []
      default: return nil
      }
    }
    guard !digits.isEmpty, abs(exponent) <= Self.exponentLimit, scale <= Self.exponentLimit,
      let coefficient = BigInteger(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.init(isNegative: isNegative, coefficient, exponent: exponent - scale)
  }

  var isZero: Bool { coefficient.parts.isEmpty }
  var digits: String { coefficient.text() }
  private var digitCount: Int { digits.utf8.count }
  /// The exponent of the first digit.
  var adjusted: Int { exponent + digitCount - 1 }

  static func powerOfTen(_ exponent: Int) -> BigInteger {
    BigInteger(10).power(max(0, exponent)) ?? BigInteger(1)
  }

  // MARK: Text

  /// Python's `str()`.
  var text: String {
    let digits = digits
    let leftDigits = exponent + digits.utf8.count
    let point = exponent <= 0 && leftDigits > -6 ? leftDigits : 1
    let mantissa: String
    if point <= 0 {
      mantissa = "0." + String(repeating: "0", count: -point) + digits
    } else if point >= digits.utf8.count {
      mantissa = digits + String(repeating: "0", count: point - digits.utf8.count)
    } else {
      mantissa = "\(digits.prefix(point)).\(digits.dropFirst(point))"
    }
    let power = leftDigits - point
    let tail = power == 0 ? "" : "E\(power < 0 ? "" : "+")\(power)"
    return (isNegative ? "-" : "") + mantissa + tail
  }

  /// The digits without an exponent: `format(x, 'f')`.
  var plainText: String {
    let digits = digits
    let sign = isNegative ? "-" : ""
    guard exponent < 0 else {
      return sign + digits + (isZero ? "" : String(repeating: "0", count: exponent))
    }
    let missing = max(0, 1 - exponent - digits.utf8.count)
    let padded = String(repeating: "0", count: missing) + digits
    let point = padded.utf8.count + exponent
    return "\(sign)\(padded.prefix(point)).\(padded.dropFirst(point))"
  }

  // MARK: Rounding

  /// How a number is cut to fewer digits.
  enum Rounding {
    case halfEven, halfUp, halfDown, up, down, floor, ceiling
  }

  /// The number with a given exponent.
  func rescaled(to exponent: Int, _ rounding: Rounding = .halfEven) -> DecimalNumber {
    var result = self
    result.exponent = exponent
    guard self.exponent < exponent else {
      result.coefficient = coefficient * Self.powerOfTen(self.exponent - exponent)
      return result
    }
    guard !isZero else { return result }
    // What is far below the last digit kept is only more than nothing.
    let dropped = min(exponent - self.exponent, digitCount + 1)
    let unit = Self.powerOfTen(dropped)
    guard let (quotient, rest) = coefficient.dividedFloor(by: unit) else { return result }
    let twice = rest + rest
    let isTie = twice == unit
    let isMore = unit < twice
    let isInexact = !rest.parts.isEmpty
    let goesUp: Bool =
      switch rounding {
      case .halfEven: isMore || (isTie && !quotient.isEven)
      case .halfUp: isMore || isTie
      case .halfDown: isMore
      case .up: isInexact
      case .down: false
      case .floor: isInexact && isNegative
      case .ceiling: isInexact && !isNegative
      }
    result.coefficient = goesUp ? quotient + BigInteger(1) : quotient
    return result
  }

  /// The number with no more digits than arithmetic keeps.
  var fixed: DecimalNumber {
    let count = digitCount
    guard count > Self.precision else { return self }
    let result = rescaled(to: exponent + count - Self.precision)
    // Rounding up may have made one digit more.
    return result.digitCount > Self.precision ? result.rescaled(to: result.exponent + 1) : result
  }

  // MARK: Arithmetic

  static prefix func - (number: DecimalNumber) -> DecimalNumber {
    var result = number
    result.isNegative = number.isZero ? false : !number.isNegative
    return result.fixed
  }

  var magnitude: DecimalNumber {
    var result = self
    result.isNegative = false
    return result
  }

  private var opposite: DecimalNumber {
    var result = self
    result.isNegative.toggle()
    return result
  }

  static func + (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
    let exponent = min(left.exponent, right.exponent)
    if left.isZero, right.isZero {
      return DecimalNumber(
        isNegative: left.isNegative && right.isNegative,
        BigInteger(0),
        exponent: exponent
      )
    }
    if left.isZero {
      return right.rescaled(to: max(exponent, right.exponent - precision - 1)).fixed
    }
    if right.isZero {
      return left.rescaled(to: max(exponent, left.exponent - precision - 1)).fixed
    }
    let (a, b) = aligned(left, right)
    var sum = a.signed + b.signed
    let isNegative = sum.isNegative
    if isNegative { sum = -sum }
    return DecimalNumber(isNegative: isNegative, sum, exponent: a.exponent).fixed
  }

  static func - (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
    left + right.opposite
  }

  static func * (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
    DecimalNumber(
      isNegative: left.isNegative != right.isNegative,
      left.coefficient * right.coefficient,
      exponent: left.exponent + right.exponent
    ).fixed
  }

  private var signed: BigInteger { isNegative ? -coefficient : coefficient }

  /// Both with the same exponent; one that is far too small to matter becomes as small as counts.
  private static func aligned(
    _ left: DecimalNumber,
    _ right: DecimalNumber
  ) -> (DecimalNumber, DecimalNumber) {
    let leftIsHigher = left.exponent >= right.exponent
    var (high, low) = leftIsHigher ? (left, right) : (right, left)
    let least = high.exponent + min(-1, high.digitCount - precision - 2)
    if low.digitCount + low.exponent - 1 < least {
      low.coefficient = BigInteger(1)
      low.exponent = least
    }
    high = high.rescaled(to: low.exponent)
    return leftIsHigher ? (high, low) : (low, high)
  }

  /// The quotient; nil for a divisor of zero.
  func divided(by other: DecimalNumber) -> DecimalNumber? {
    guard !other.isZero else { return nil }
    let isNegative = isNegative != other.isNegative
    guard !isZero else {
      return DecimalNumber(
        isNegative: isNegative,
        BigInteger(0),
        exponent: exponent - other.exponent
      )
    }
    let shift = other.digitCount - digitCount + Self.precision + 1
    var exponent = exponent - other.exponent - shift
    let numerator = shift >= 0 ? coefficient * Self.powerOfTen(shift) : coefficient
    let divisor =
      shift >= 0 ? other.coefficient : other.coefficient * Self.powerOfTen(-shift)
    guard let (whole, rest) = numerator.dividedFloor(by: divisor) else { return nil }
    var quotient = whole
    if !rest.parts.isEmpty {
      // A last digit that is not zero or five tells the rounding that something follows.
      if let (_, five) = quotient.dividedFloor(by: BigInteger(5)), five.parts.isEmpty {
        quotient = quotient + BigInteger(1)
      }
    } else {
      let ideal = self.exponent - other.exponent
      while exponent < ideal, let (shorter, digit) = quotient.dividedFloor(by: BigInteger(10)),
        digit.parts.isEmpty
      {
        quotient = shorter
        exponent += 1
      }
    }
    return DecimalNumber(isNegative: isNegative, quotient, exponent: exponent).fixed
  }

  /// The quotient without its fraction, and what is left, which has the sign of this number.
  ///
  /// Nil where the quotient has more digits than arithmetic keeps; the divisor is not zero.
  func dividedWhole(
    by other: DecimalNumber
  ) -> (quotient: DecimalNumber, remainder: DecimalNumber)? {
    let sign = isNegative != other.isNegative
    let ideal = min(exponent, other.exponent)
    let distance = adjusted - other.adjusted
    if isZero || distance <= -2 {
      return (
        DecimalNumber(isNegative: sign, BigInteger(0), exponent: 0),
        rescaled(to: ideal).fixed
      )
    }
    guard distance <= Self.precision else { return nil }
    let numerator = coefficient * Self.powerOfTen(exponent - ideal)
    let divisor = other.coefficient * Self.powerOfTen(other.exponent - ideal)
    guard let (quotient, rest) = numerator.dividedFloor(by: divisor),
      quotient < Self.powerOfTen(Self.precision)
    else { return nil }
    return (
      DecimalNumber(isNegative: sign, quotient, exponent: 0),
      DecimalNumber(isNegative: isNegative, rest, exponent: ideal).fixed
    )
  }

  /// The power with a whole exponent; nil where that has no result.
  func power(_ exponent: Int) -> DecimalNumber? {
    guard exponent >= 0 else {
      guard let power = magnitudePower(-exponent) else { return nil }
      return DecimalNumber(BigInteger(1)).divided(by: power)
    }
    return magnitudePower(exponent)?.fixed
  }

  private func magnitudePower(_ exponent: Int) -> DecimalNumber? {
    guard abs(self.exponent) * max(1, exponent) <= Self.exponentLimit,
      let power = coefficient.power(exponent)
    else { return nil }
    return DecimalNumber(
      isNegative: isNegative && exponent % 2 == 1,
      power,
      exponent: self.exponent * exponent
    )
  }

  // MARK: Comparison

  /// Below zero where this number is the smaller one.
  func compared(with other: DecimalNumber) -> Int {
    if isZero || other.isZero || isNegative != other.isNegative {
      let a = isZero ? 0 : isNegative ? -1 : 1
      let b = other.isZero ? 0 : other.isNegative ? -1 : 1
      return a - b
    }
    let sign = isNegative ? -1 : 1
    if adjusted != other.adjusted { return adjusted < other.adjusted ? -sign : sign }
    let lowest = min(exponent, other.exponent)
    let a = coefficient * Self.powerOfTen(exponent - lowest)
    let b = other.coefficient * Self.powerOfTen(other.exponent - lowest)
    return a == b ? 0 : a < b ? -sign : sign
  }

  /// The whole part.
  var integer: BigInteger {
    exponent >= 0
      ? signed * Self.powerOfTen(exponent) : rescaled(to: 0, .down).signed
  }

  /// The nearest float.
  var double: Double { Double(text) ?? .nan }

  /// The same value with as few digits as it needs.
  var normalized: DecimalNumber {
    guard !isZero else {
      return DecimalNumber(isNegative: isNegative, BigInteger(0), exponent: 0)
    }
    var result = fixed
    while let (shorter, digit) = result.coefficient.dividedFloor(by: BigInteger(10)),
      digit.parts.isEmpty
    {
      result.coefficient = shorter
      result.exponent += 1
    }
    return result
  }
}
