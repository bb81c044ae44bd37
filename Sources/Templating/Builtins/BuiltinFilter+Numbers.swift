import Diagnostics
import Glibc

extension BuiltinFilter {
  static let numberFilters: [String: Body] = [
    "abs": { (value, arguments) throws(Diagnostic) in
      if case .float(let number) = value { return .float(abs(number)) }
      if let number = value.bigInteger, value.isLong {
        return Value(number.isNegative ? -number : number)
      }
      if case .object(let object as TimeDelta) = value { return .object(object.absolute) }
      if case .object(let object as DecimalObject) = value {
        return .decimal(object.number.magnitude.fixed)
      }
      if case .undefined(let name) = value {
        throw arguments.renderer.undefinedUse(name, at: arguments.range)
      }
      guard let number = value.integerValue else {
        throw .typeMismatch("abs needs a number, not '\(value.typeName)'", at: arguments.range)
      }
      return number < 0
        ? try Value.negated(.integer(number), at: arguments.range) : .integer(number)
    },
    "int": int,
    "float": float,
    "round": round,
    "filesizeformat": fileSize,
    "as_bool": marking(.boolean),
    "as_number": marking(.number),
    "as_native": marking(.native),
  ]

  /// As in dbt, what these filters give is a text still, and is read only when it is all that the
  /// template gives: `target.type == 'redshift' | as_bool` compares two texts.
  private static func marking(_ kind: ValueMark.Kind) -> Body {
    { (value, arguments) throws(Diagnostic) in
      guard arguments.renderer.isNative else { return value }
      let mark = ValueMark(kind: kind, range: arguments.range)
      return .string(TemplateString(text(value), readAs: mark))
    }
  }

  @Sendable
  private static func int(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["default", "base"], of: "int")
    let standard = given[0] ?? .integer(0)
    switch value {
    case .undefined(let name):
      throw arguments.renderer.undefinedUse(name, at: arguments.range)
    case .float(let number):
      if !number.isFinite { return standard }
      return Value(BigInteger(number))
    case .string(let string):
      let base = try integer(given[1], 10, "base", of: "int", at: arguments.range)
      guard (2...36).contains(base) else {
        throw .invalidValue("the base must be between 2 and 36", at: arguments.range)
      }
      if let number = PythonNumber.integer(string.text, radix: base) { return number }
      if let number = PythonNumber.float(string.text), number.isFinite {
        return Value(BigInteger(number))
      }
      return standard
    case .object(let object as DecimalObject): return Value(object.number.integer)
    default: return value.bigInteger.map { Value($0) } ?? standard
    }
  }

  @Sendable
  private static func float(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let standard = try arguments.matched(to: ["default"], of: "float")[0] ?? .float(0)
    switch value {
    case .undefined(let name):
      throw arguments.renderer.undefinedUse(name, at: arguments.range)
    case .string(let string):
      return PythonNumber.float(string.text).map { .float($0) } ?? standard
    default: return value.doubleValue.map { .float($0) } ?? standard
    }
  }

  @Sendable
  private static func round(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["precision", "method"], of: "round")
    let precision = try integer(given[0], 0, "precision", of: "round", at: arguments.range)
    let method = given[1].map(text) ?? "common"
    if case .undefined(let name) = value {
      throw arguments.renderer.undefinedUse(name, at: arguments.range)
    }
    if case .object(let object as DecimalObject) = value {
      return try object.number.rounded(precision, method, at: arguments.range)
    }
    guard let number = value.doubleValue else {
      throw .typeMismatch("round needs a number, not '\(value.typeName)'", at: arguments.range)
    }
    switch method {
    case "common":
      if value.isLong || precision < -18, let integer = value.bigInteger {
        guard precision < 0 else { return value }
        guard precision > -5_000, let unit = BigInteger(10).power(-precision),
          let (quotient, rest) = integer.dividedFloor(by: unit)
        else { return .integer(0) }
        let twice = rest + rest
        let isUp = unit < twice || (unit == twice && !quotient.isEven)
        return Value((isUp ? quotient + BigInteger(1) : quotient) * unit)
      }
      if let integer = value.integerValue {
        // Integers stay integers in Python's round().
        guard precision < 0 else { return .integer(integer) }
        guard precision > -19 else { return .integer(0) }
        let unit = Int(pow(10, Double(-precision)))
        let rest = integer % unit
        var result = integer - rest
        let twice = abs(rest).multipliedReportingOverflow(by: 2)
        let isUp = twice.overflow || twice.partialValue > unit
        let isTie = !twice.overflow && twice.partialValue == unit
        if isUp || (isTie && (result / unit) % 2 != 0) {
          let (sum, overflows) = result.addingReportingOverflow(integer < 0 ? -unit : unit)
          if overflows { throw .numberLimit(at: arguments.range) }
          result = sum
        }
        return .integer(result)
      }
      guard number.isFinite else { return .float(number) }
      if precision > 300 { return .float(number) }
      if precision < 0 {
        let unit = pow(10, Double(min(-precision, 400)))
        return .float(unit.isFinite ? (number / unit).rounded(.toNearestOrEven) * unit : 0)
      }
      // Correct rounding of the exact decimal value, as Python does it.
      let text = FloatFormat.text(number, UInt8(ascii: "f"), precision: precision)
      return .float(PythonNumber.float(text) ?? number)
    case "ceil", "floor":
      let unit = pow(10, Double(min(max(precision, -400), 400)))
      let scaled = method == "ceil" ? ceil(number * unit) : floor(number * unit)
      return .float(scaled / unit)
    default: throw .unknownRounding(method, at: arguments.range)
    }
  }

  @Sendable
  private static func fileSize(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let binary = try arguments.matched(to: ["binary"], of: "filesizeformat")[0]?.isTrue ?? false
    guard let bytes = value.doubleValue ?? PythonNumber.float(text(value)) else {
      throw .typeMismatch("filesizeformat needs a number", at: arguments.range)
    }
    let base: Double = binary ? 1024 : 1000
    let prefixes =
      binary
      ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
      : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    if bytes == 1 { return .text("1 Byte") }
    if bytes < base {
      return .text("\(Int(exactly: bytes.rounded(.towardZero)) ?? 0) Bytes")
    }
    var unit = base
    for prefix in prefixes {
      unit *= base
      if bytes < unit || prefix == prefixes.last {
        let digits = FloatFormat.text(base * bytes / unit, UInt8(ascii: "f"), precision: 1)
        return .text("\(digits) \(prefix)")
      }
    }
    return .none
  }
}
