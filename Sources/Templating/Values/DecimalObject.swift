import Diagnostics

/// A value of Python's `decimal.Decimal`, as databases give for their exact numbers.
final class DecimalObject: PythonObject {
  let number: DecimalNumber

  init(_ number: DecimalNumber) {
    self.number = number
  }

  var typeName: String { "decimal.Decimal" }
  var rendered: String { number.text }
  var represented: String { "Decimal('\(number.text)')" }
  var isTrue: Bool { !number.isZero }
  var negated: Value? { .decimal(-number) }

  var hashKey: DictionaryKey? {
    let normal = number.normalized
    // Whole numbers are as good as integers, and what a float can be exactly as floats.
    if normal.exponent >= 0 { return DictionaryKey(Value(normal.integer)) }
    let double = number.double
    if let exact = DecimalNumber(double), exact.compared(with: number) == 0 {
      return .float(double)
    }
    let digits = normal.digits.utf8.map { Int($0) }
    return .data(kind: "Decimal", [normal.isNegative ? 1 : 0, normal.exponent] + digits)
  }

  func isLess(than other: Value) -> Bool? {
    other.comparableDecimal.map { number.compared(with: $0) < 0 }
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = Value.object(other).comparableDecimal else { return false }
    return number.compared(with: other) == 0
  }

  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    // As in Python, floats and decimals do not mix.
    guard let other = other.decimal else { return nil }
    let (left, right) = isLeft ? (number, other) : (other, number)
    let result = try Self.result(symbol, left, right, at: range)
    guard abs(result.exponent) <= DecimalNumber.exponentLimit else {
      throw .numberLimit(at: range)
    }
    return .decimal(result)
  }

  private static func result(
    _ symbol: ArithmeticOperator,
    _ left: DecimalNumber,
    _ right: DecimalNumber,
    at range: TextRange
  ) throws(Diagnostic) -> DecimalNumber {
    switch symbol {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .divide:
      guard let quotient = left.divided(by: right) else { throw .divisionByZero(at: range) }
      return quotient
    case .floorDivide, .remainder:
      if right.isZero { throw .divisionByZero(at: range) }
      guard let (quotient, remainder) = left.dividedWhole(by: right) else {
        throw .invalidValue(
          "the quotient has more than \(DecimalNumber.precision) digits",
          at: range
        )
      }
      return symbol == .floorDivide ? quotient : remainder
    case .power:
      guard right.compared(with: right.rescaled(to: 0)) == 0, let exponent = right.integer.integer
      else {
        throw .invalidValue("a decimal number is raised to whole powers only", at: range)
      }
      if left.isZero, exponent < 0 { throw .divisionByZero(at: range) }
      if left.isZero, exponent == 0 {
        throw .invalidValue("zero to the power of zero is not defined for decimals", at: range)
      }
      guard abs(exponent) <= DecimalNumber.exponentLimit, let power = left.power(exponent) else {
        throw .numberLimit(at: range)
      }
      return power
    }
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "real": .object(self)
    case "imag": .decimal(DecimalNumber(BigInteger(0)))
    case "quantize":
      method(name) { [number] (arguments) throws(Diagnostic) in
        try Self.quantized(number, arguments)
      }
    case "normalize": method(name) { [number] _ in .decimal(number.normalized) }
    case "to_integral_value", "to_integral":
      method(name) { [number] (arguments) throws(Diagnostic) in
        let rounding = try Self.rounding(arguments.value(0, "rounding"), at: arguments.range)
        return .decimal(number.exponent >= 0 ? number : number.rescaled(to: 0, rounding))
      }
    case "adjusted": method(name) { [number] _ in .integer(number.isZero ? 0 : number.adjusted) }
    case "copy_abs": method(name) { [number] _ in .decimal(number.magnitude) }
    case "conjugate": method(name) { [self] _ in .object(self) }
    case "is_zero": method(name) { [number] _ in .boolean(number.isZero) }
    case "is_signed": method(name) { [number] _ in .boolean(number.isNegative) }
    case "is_finite": method(name) { _ in .boolean(true) }
    case "is_nan", "is_infinite": method(name) { _ in .boolean(false) }
    default: nil
    }
  }

  /// The number with the exponent of another one.
  private static func quantized(
    _ number: DecimalNumber,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let pattern = try arguments.required(0, "exp", of: "quantize")
    guard let exponent = pattern.decimal?.exponent else {
      throw .argumentType(
        "exp",
        of: "quantize",
        expected: "a decimal number",
        given: pattern,
        at: arguments.range
      )
    }
    let rounding = try rounding(arguments.value(1, "rounding"), at: arguments.range)
    return try .decimal(number.quantized(to: exponent, rounding, at: arguments.range))
  }

  private static func rounding(
    _ value: Value?,
    at range: TextRange
  ) throws(Diagnostic) -> DecimalNumber.Rounding {
    guard let value, !value.isNone else { return .halfEven }
    switch value.rendered {
    case "ROUND_HALF_EVEN": return .halfEven
    case "ROUND_HALF_UP": return .halfUp
    case "ROUND_HALF_DOWN": return .halfDown
    case "ROUND_UP": return .up
    case "ROUND_DOWN": return .down
    case "ROUND_FLOOR": return .floor
    case "ROUND_CEILING": return .ceiling
    default: throw .invalidValue("\"\(value.rendered)\" is no way of rounding", at: range)
    }
  }
}

extension DecimalNumber {
  /// The number with a given exponent, which must leave room for all its digits.
  func quantized(
    to exponent: Int,
    _ rounding: Rounding = .halfEven,
    at range: TextRange
  ) throws(Diagnostic) -> DecimalNumber {
    let isTooLong = !isZero && adjusted - exponent + 1 > Self.precision
    let result = isTooLong ? self : rescaled(to: exponent, rounding)
    guard !isTooLong, result.digits.utf8.count <= Self.precision else {
      throw .invalidValue(
        "the rounded number has more than \(Self.precision) digits",
        at: range
      )
    }
    return result
  }
}

extension DecimalNumber {
  /// What the filter `round` makes of the number.
  func rounded(
    _ precision: Int,
    _ method: String,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    guard abs(precision) <= Self.exponentLimit else { throw .numberLimit(at: range) }
    switch method {
    case "common": return .decimal(try quantized(to: -precision, at: range))
    case "ceil", "floor":
      // Python multiplies by a power of ten, which for places before the point is a float.
      guard precision >= 0 else {
        throw .unsupportedOperation("*", .object(DecimalObject(self)), .float(0), at: range)
      }
      let unit = Self.powerOfTen(precision)
      let scaled = self * DecimalNumber(unit)
      let whole = scaled.rescaled(to: 0, method == "ceil" ? .ceiling : .floor).integer
      return try Value.longIntegers(.divide, whole, unit, at: range)
    default: throw .unknownRounding(method, at: range)
    }
  }
}

extension Value {
  static func decimal(_ number: DecimalNumber) -> Value { .object(DecimalObject(number)) }

  /// The exact number that a text like `12.50` stands for, as Python's `Decimal`.
  ///
  /// Nil for what is no finite number.
  package static func decimal(_ text: String) -> Value? {
    DecimalNumber(text).map { .decimal($0) }
  }

  /// The number of a decimal or of an integer of any size.
  var decimal: DecimalNumber? {
    switch self {
    case .integer(let number): DecimalNumber(BigInteger(number))
    case .boolean(let flag): DecimalNumber(BigInteger(flag ? 1 : 0))
    case .object(let object as DecimalObject): object.number
    case .object(let object as LongInteger): DecimalNumber(object.number)
    default: nil
    }
  }

  /// The same, and the exact value of floats, which compare with decimals.
  var comparableDecimal: DecimalNumber? {
    if case .float(let number) = self { return DecimalNumber(number) }
    return decimal
  }

  var isDecimal: Bool {
    if case .object(let object) = self { return object is DecimalObject }
    return false
  }
}
