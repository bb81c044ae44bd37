import Diagnostics

/// Python's `timedelta`.
final class TimeDelta: PythonObject {
  let microseconds: Int

  init(_ microseconds: Int) {
    self.microseconds = microseconds
  }

  private static let day = 86_400_000_000
  /// Enough for the distance of any two dates, several times over.
  private static let limit = 20_000_000 * day

  static func checked(_ microseconds: Int, at range: TextRange) throws(Diagnostic) -> Value {
    guard microseconds.magnitude < limit else {
      throw .invalidValue("the timedelta is out of range", at: range)
    }
    return .object(TimeDelta(microseconds))
  }

  static func checked(_ microseconds: Double, at range: TextRange) throws(Diagnostic) -> Value {
    guard microseconds.magnitude < Double(limit) else {
      throw .invalidValue("the timedelta is out of range", at: range)
    }
    return .object(TimeDelta(Int(microseconds.rounded(.toNearestOrEven))))
  }

  static func make(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let units: [(name: String, size: Int)] = [
      ("days", day), ("seconds", 1_000_000), ("microseconds", 1), ("milliseconds", 1000),
      ("minutes", 60_000_000), ("hours", 3_600_000_000), ("weeks", 7 * day),
    ]
    let given = try arguments.matched(to: units.map(\.name), of: "timedelta")
    var whole = 0
    var fraction = 0.0
    for (value, unit) in zip(given, units) {
      guard let value else { continue }
      if let integer = value.integerValue {
        let (product, overflows) = integer.multipliedReportingOverflow(by: unit.size)
        let (sum, carries) = whole.addingReportingOverflow(product)
        guard !overflows, !carries, sum.magnitude < limit.magnitude else {
          throw .invalidValue("the timedelta is out of range", at: arguments.range)
        }
        whole = sum
      } else if let number = value.doubleValue {
        fraction += number * Double(unit.size)
      } else {
        throw .argumentType(
          unit.name,
          of: "timedelta",
          expected: "a number",
          given: value,
          at: arguments.range
        )
      }
    }
    if fraction == 0 { return try checked(whole, at: arguments.range) }
    return try checked(Double(whole) + fraction, at: arguments.range)
  }

  var days: Int { microseconds.floorDivided(by: Self.day) }
  var seconds: Int { (microseconds - days * Self.day) / 1_000_000 }
  var rest: Int { (microseconds - days * Self.day) % 1_000_000 }
  var absolute: TimeDelta { TimeDelta(abs(microseconds)) }

  var typeName: String { "datetime.timedelta" }
  var isTrue: Bool { microseconds != 0 }
  var hashKey: DictionaryKey? { .data(kind: "timedelta", [microseconds]) }
  var negated: Value? { .object(TimeDelta(-microseconds)) }

  var rendered: String {
    let time = "\(seconds / 3600):\(DateFields.padded(seconds / 60 % 60))"
    var result = "\(time):\(DateFields.padded(seconds % 60))"
    if rest != 0 { result += ".\(DateFields.padded(rest, 6))" }
    return days == 0 ? result : "\(days) day\(abs(days) == 1 ? "" : "s"), \(result)"
  }

  var represented: String {
    var parts: [String] = []
    if days != 0 { parts.append("days=\(days)") }
    if seconds != 0 { parts.append("seconds=\(seconds)") }
    if rest != 0 { parts.append("microseconds=\(rest)") }
    return "datetime.timedelta(\(parts.isEmpty ? "0" : parts.joined(separator: ", ")))"
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    (other as? TimeDelta)?.microseconds == microseconds
  }

  func isLess(than other: Value) -> Bool? {
    guard case .object(let other as TimeDelta) = other else { return nil }
    return microseconds < other.microseconds
  }

  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    if case .object(let other as TimeDelta) = other {
      guard isLeft else { return nil }
      switch symbol {
      case .add: return try Self.checked(microseconds + other.microseconds, at: range)
      case .subtract: return try Self.checked(microseconds - other.microseconds, at: range)
      case .divide, .floorDivide:
        let a = Value.integer(microseconds)
        return try Value.arithmetic(symbol, a, .integer(other.microseconds), at: range)
      case .remainder:
        let a = Value.integer(microseconds)
        let rest = try Value.arithmetic(symbol, a, .integer(other.microseconds), at: range)
        return .object(TimeDelta(rest.integerValue ?? 0))
      default: return nil
      }
    }
    guard let number = other.doubleValue, isLeft || symbol == .multiply else { return nil }
    switch symbol {
    case .multiply: return try Self.checked(Double(microseconds) * number, at: range)
    case .divide:
      if number == 0 { throw .divisionByZero(at: range) }
      return try Self.checked(Double(microseconds) / number, at: range)
    case .floorDivide:
      guard let divisor = other.integerValue else { return nil }
      let quotient = try Value.arithmetic(
        symbol,
        .integer(microseconds),
        .integer(divisor),
        at: range
      )
      return .object(TimeDelta(quotient.integerValue ?? 0))
    default: return nil
    }
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "days": .integer(days)
    case "seconds": .integer(seconds)
    case "microseconds": .integer(rest)
    case "total_seconds": method(name) { _ in .float(Double(self.microseconds) / 1_000_000) }
    default: nil
    }
  }
}
