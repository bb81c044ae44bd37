import Diagnostics

/// A value of one of Python's own types that takes part in operators.
protocol PythonObject: TemplateObject {
  /// The value as a key of dictionaries and sets; nil for what cannot be one.
  var hashKey: DictionaryKey? { get }

  /// Python's `<` with this on the left; nil where the two have no order.
  func isLess(than other: Value) -> Bool?

  /// An operator with this on the left or on the right; nil where there is none.
  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value?

  /// Unary minus; nil where there is none.
  var negated: Value? { get }

  /// Python's `in`; nil to go by the elements.
  func contains(_ element: Value) -> Bool?

  /// What `"{:…}".format()` makes of it; nil where only the empty format fits.
  func formatted(_ specification: String) -> String?

  /// What a slice gives; nil to make a list of it.
  func slice(_ indices: [Int]) -> Value?
}

extension PythonObject {
  var hashKey: DictionaryKey? { .object(ObjectIdentifier(self)) }
  func isLess(than other: Value) -> Bool? { nil }
  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? { nil }
  var negated: Value? { nil }
  func contains(_ element: Value) -> Bool? { nil }
  func formatted(_ specification: String) -> String? { nil }
  func slice(_ indices: [Int]) -> Value? { nil }

  /// A method as a value.
  func method(
    _ name: String,
    _ body: @escaping (Arguments) throws(Diagnostic) -> Value
  ) -> Value { .function(NativeFunction(name, body)) }
}

/// An integer beyond 64 bits.
final class LongInteger: PythonObject {
  let number: BigInteger

  init(_ number: BigInteger) {
    self.number = number
  }

  var typeName: String { "int" }
  var rendered: String { number.text() }
  var isTrue: Bool { true }
  var hashKey: DictionaryKey? { .long(number) }
  var negated: Value? { Value(-number) }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "real", "numerator": .object(self)
    case "imag": .integer(0)
    case "denominator": .integer(1)
    case "bit_length": method(name) { [number] _ in .integer(number.bitCount) }
    default: nil
    }
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    (other as? LongInteger)?.number == number
  }
}

extension Value {
  /// The smallest form of an integer.
  init(_ number: BigInteger) {
    if let integer = number.integer {
      self = .integer(integer)
    } else {
      self = .object(LongInteger(number))
    }
  }

  /// The integer of any size, if this is one.
  var bigInteger: BigInteger? {
    switch self {
    case .integer(let number): BigInteger(number)
    case .boolean(let flag): BigInteger(flag ? 1 : 0)
    case .object(let object as LongInteger): object.number
    default: nil
    }
  }

  /// Whether the value is an integer beyond 64 bits.
  var isLong: Bool {
    if case .object(let object) = self { return object is LongInteger }
    return false
  }

  /// Operators on integers of which one, or the result, is beyond 64 bits.
  static func longIntegers(
    _ symbol: ArithmeticOperator,
    _ a: BigInteger,
    _ b: BigInteger,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let result: BigInteger
    switch symbol {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply:
      guard a.bitCount + b.bitCount <= BigInteger.bitLimit else { throw .numberLimit(at: range) }
      result = a * b
    case .divide:
      if b.parts.isEmpty { throw .divisionByZero(at: range) }
      guard let quotient = a.trueDivided(by: b) else {
        throw .invalidValue("the result is too large for a float", at: range)
      }
      return .float(quotient)
    case .floorDivide, .remainder:
      guard let (quotient, remainder) = a.dividedFloor(by: b) else {
        throw .divisionByZero(at: range)
      }
      result = symbol == .remainder ? remainder : quotient
    case .power:
      if b.isNegative {
        return try arithmetic(.power, .float(a.double), .float(b.double), at: range)
      }
      guard let exponent = b.integer ?? (a.bitCount <= 1 ? 2 + (b.isEven ? 0 : 1) : nil),
        let power = a.power(exponent)
      else { throw .numberLimit(at: range) }
      result = power
    }
    return Value(result)
  }
}
