import Diagnostics
import Glibc

/// Bounds on what one expression may build.
enum TemplateLimits {
  static let textBytes = 64 << 20
  static let elements = 4_000_000
  static let rangeLength = 100_000
  static let callDepth = 200
  static let steps = 20_000_000
  /// Bytes that one template may hold on to; what other threads make meanwhile counts as well.
  static let memory = 2 << 30
  /// Bytes that one template may make in all, most of which it lets go again: lists that grow by
  /// `+` are made anew with each element.
  static let work = 32 << 30
  /// How many bytes are made between two looks at the memory.
  static let workBetweenLooks = 256 << 20
}

extension Value {
  static func arithmetic(
    _ symbol: ArithmeticOperator,
    _ left: Value,
    _ right: Value,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): return try integers(symbol, a, b, at: range)
    case (.undefined(let undefined), _), (_, .undefined(let undefined)):
      if case .string = left, symbol == .remainder { break }
      throw .undefinedUse(undefined, at: range)
    default: break
    }
    if let a = left.integerValue, let b = right.integerValue {
      return try integers(symbol, a, b, at: range)
    }
    if case .object = left, let result = try objects(symbol, left, right, at: range) {
      return result
    }
    if case .object = right, let result = try objects(symbol, left, right, at: range) {
      return result
    }
    if let a = left.doubleValue, let b = right.doubleValue, !left.isDecimal, !right.isDecimal {
      return try floats(symbol, a, b, at: range)
    }
    switch (symbol, left, right) {
    case (.add, .string(let a), .string(let b)): return try joined(a, b, at: range)
    case (.add, .list(let a), .list(let b)):
      try checkCount(a.elements.count + b.elements.count, at: range)
      return .list(a.elements + b.elements)
    case (.add, .tuple(let a), .tuple(let b)):
      try checkCount(a.elements.count + b.elements.count, at: range)
      return .tuple(a.elements + b.elements)
    case (.multiply, .string(let text), _):
      if let count = right.integerValue { return try repeated(text, count, at: range) }
    case (.multiply, _, .string(let text)):
      if let count = left.integerValue { return try repeated(text, count, at: range) }
    case (.multiply, .list(let list), _):
      if let count = right.integerValue {
        return .list(try repeated(list.elements, count, at: range))
      }
    case (.multiply, _, .list(let list)):
      if let count = left.integerValue {
        return .list(try repeated(list.elements, count, at: range))
      }
    case (.multiply, .tuple(let tuple), _):
      if let count = right.integerValue {
        return .tuple(try repeated(tuple.elements, count, at: range))
      }
    case (.multiply, _, .tuple(let tuple)):
      if let count = left.integerValue {
        return .tuple(try repeated(tuple.elements, count, at: range))
      }
    case (.remainder, .string(let format), _):
      let values: [Value]
      if case .tuple(let tuple) = right { values = tuple.elements } else { values = [right] }
      return .text(try PercentFormat.format(format.text, values, whole: right, at: range))
    default: break
    }
    throw .unsupportedOperation(symbol.rawValue, left, right, at: range)
  }

  /// Operators on integers that need no care: no overflow, no zero divisor; nil for the rest.
  @inline(__always)
  static func smallIntegers(_ symbol: ArithmeticOperator, _ a: Int, _ b: Int) -> Int? {
    let result: (partialValue: Int, overflow: Bool)
    switch symbol {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .remainder where b > 0:
      let rest = a % b
      return rest < 0 ? rest + b : rest
    default: return nil
    }
    return result.overflow ? nil : result.partialValue
  }

  static func negated(_ value: Value, at range: TextRange) throws(Diagnostic) -> Value {
    if case .float(let number) = value { return .float(-number) }
    if case .undefined(let undefined) = value { throw .undefinedUse(undefined, at: range) }
    if case .object(let object as any PythonObject) = value, let result = object.negated {
      return result
    }
    guard let number = value.integerValue else {
      throw .unsupportedOperation("-", value, nil, at: range)
    }
    let (result, overflows) = (0).subtractingReportingOverflow(number)
    return overflows ? Value(-BigInteger(number)) : .integer(result)
  }

  static func positive(_ value: Value, at range: TextRange) throws(Diagnostic) -> Value {
    if case .float = value { return value }
    if case .object(let object as DecimalObject) = value { return .decimal(object.number.fixed) }
    if case .undefined(let undefined) = value { throw .undefinedUse(undefined, at: range) }
    if case .object(let object as any PythonObject) = value, object.negated != nil { return value }
    guard let number = value.integerValue else {
      throw .unsupportedOperation("+", value, nil, at: range)
    }
    return .integer(number)
  }

  static func checkText(_ count: Int, at range: TextRange) throws(Diagnostic) {
    guard count <= TemplateLimits.textBytes else { throw textLimit(at: range) }
  }

  static func textLimit(at range: TextRange) -> Diagnostic {
    .sizeLimit("the text is longer than 64 MB", at: range)
  }

  static func checkCount(_ count: Int, at range: TextRange) throws(Diagnostic) {
    guard count <= TemplateLimits.elements else {
      throw .sizeLimit("the list has more than 4 million elements", at: range)
    }
  }

  /// Text after text, keeping the origins of both.
  private static func joined(
    _ left: TemplateString,
    _ right: TemplateString,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    try checkText(left.byteCount + right.byteCount, at: range)
    if left.isSafe || right.isSafe {
      // Safe text escapes what is added to it.
      func safe(_ part: TemplateString) -> String {
        part.isSafe ? part.text : HTMLText.escape(part.text)
      }
      return .string(TemplateString(safe: safe(left) + safe(right)))
    }
    guard left.mapped != nil || right.mapped != nil else {
      return .text(left.text + right.text)
    }
    var result = MappedText()
    for part in [left, right] {
      if let mapped = part.mapped {
        result.append(mapped)
      } else {
        result.append(generated: part.text.utf8, origin: range)
      }
    }
    return .string(TemplateString(result))
  }

  private static func repeated(
    _ text: TemplateString,
    _ count: Int,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let count = max(0, count)
    let (size, overflows) = text.byteCount.multipliedReportingOverflow(by: count)
    try checkText(overflows ? .max : size, at: range)
    // An empty text repeated is empty, however often.
    return .text(size == 0 ? "" : String(repeating: text.text, count: count))
  }

  private static func repeated(
    _ elements: [Value],
    _ count: Int,
    at range: TextRange
  ) throws(Diagnostic) -> [Value] {
    let (size, overflows) = elements.count.multipliedReportingOverflow(by: max(0, count))
    try checkCount(overflows ? .max : size, at: range)
    var result: [Value] = []
    if size > 0 {
      result.reserveCapacity(size)
      for _ in 0..<count { result += elements }
    }
    return result
  }

  private static func integers(
    _ symbol: ArithmeticOperator,
    _ a: Int,
    _ b: Int,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let result: (partialValue: Int, overflow: Bool)
    switch symbol {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .divide:
      if b == 0 { throw .divisionByZero(at: range) }
      if a.magnitude >> 53 != 0 || b.magnitude >> 53 != 0 {
        return try longIntegers(symbol, BigInteger(a), BigInteger(b), at: range)
      }
      return .float(Double(a) / Double(b))
    case .floorDivide:
      if b == 0 { throw .divisionByZero(at: range) }
      result = a.dividedReportingOverflow(by: b)
      if !result.overflow, a % b != 0, (a < 0) != (b < 0) {
        return .integer(result.partialValue - 1)
      }
    case .remainder:
      if b == 0 { throw .divisionByZero(at: range) }
      let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
      let isOpposite = remainder != 0 && (remainder < 0) != (b < 0)
      return .integer(isOpposite ? remainder + b : remainder)
    case .power:
      if b < 0 {
        if a == 0 { throw .divisionByZero(at: range) }
        return .float(pow(Double(a), Double(b)))
      }
      result = power(a, b)
    }
    if result.overflow {
      return try longIntegers(symbol, BigInteger(a), BigInteger(b), at: range)
    }
    return .integer(result.partialValue)
  }

  /// Operators of Python's own types; nil where there is none for these two.
  private static func objects(
    _ symbol: ArithmeticOperator,
    _ left: Value,
    _ right: Value,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    if let a = left.bigInteger, let b = right.bigInteger {
      return try longIntegers(symbol, a, b, at: range)
    }
    if case .object(let object as any PythonObject) = left,
      let result = try object.arithmetic(symbol, right, isLeft: true, at: range)
    {
      return result
    }
    if case .object(let object as any PythonObject) = right {
      return try object.arithmetic(symbol, left, isLeft: false, at: range)
    }
    return nil
  }

  private static func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    var result = 1
    var factor = base
    var rest = exponent
    var factorOverflows = false
    while rest > 0 {
      if rest & 1 == 1 {
        if factorOverflows { return (0, true) }
        let (product, overflows) = result.multipliedReportingOverflow(by: factor)
        if overflows { return (0, true) }
        result = product
      }
      rest >>= 1
      if rest > 0 {
        let (square, overflows) = factor.multipliedReportingOverflow(by: factor)
        factor = square
        factorOverflows = factorOverflows || overflows
      }
    }
    return (result, false)
  }

  private static func floats(
    _ symbol: ArithmeticOperator,
    _ a: Double,
    _ b: Double,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    switch symbol {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide:
      if b == 0 { throw .divisionByZero(at: range) }
      return .float(a / b)
    case .floorDivide:
      if b == 0 { throw .divisionByZero(at: range) }
      let remainder = remainder(a, b)
      return .float(((a - remainder) / b).rounded())
    case .remainder:
      if b == 0 { throw .divisionByZero(at: range) }
      return .float(remainder(a, b))
    case .power:
      if a == 0, b < 0 { throw .divisionByZero(at: range) }
      let result = pow(a, b)
      if result.isInfinite, a.isFinite, b.isFinite {
        throw .invalidValue("the result is too large for a number", at: range)
      }
      if result.isNaN, !a.isNaN, !b.isNaN {
        throw .invalidValue("the result is not a real number", at: range)
      }
      return .float(result)
    }
  }

  /// The remainder with the sign of the divisor.
  private static func remainder(_ a: Double, _ b: Double) -> Double {
    let remainder = fmod(a, b)
    if remainder == 0 { return b < 0 ? -0.0 : 0.0 }
    return (remainder < 0) != (b < 0) ? remainder + b : remainder
  }
}
