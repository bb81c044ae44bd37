import Foundation
import TestSupport

/// Random expressions of numbers, with the value and the type that Redshift's documentation gives
/// them (Amazon Redshift Database Developer Guide, Computations with numeric values).
struct DecimalGenerator {
  /// A type of numbers; digits before and behind the point for those that are no DECIMAL, too.
  struct NumberType: Hashable {
    var precision: Int
    var scale: Int
    var isWhole = false

    static let smallint = NumberType(precision: 5, scale: 0, isWhole: true)
    static let int = NumberType(precision: 10, scale: 0, isWhole: true)
    static let bigint = NumberType(precision: 19, scale: 0, isWhole: true)

    /// As PostgreSQL's catalog writes it.
    var name: String {
      guard isWhole else { return "numeric(\(precision),\(scale))" }
      return precision == 5 ? "smallint" : precision == 10 ? "integer" : "bigint"
    }

    /// The type of a column that has values of both.
    func common(with other: NumberType) -> NumberType {
      if isWhole, other.isWhole { return precision > other.precision ? self : other }
      let scale = max(scale, other.scale)
      let whole = max(precision - self.scale, other.precision - other.scale)
      return NumberType(precision: min(38, whole + scale), scale: scale)
    }
  }

  struct Term {
    var sql: String
    var value: Decimal?
    var type: NumberType
    /// Whether the value may be shown with fewer digits than its type has, as that of ROUND.
    var isLoose = false
  }

  /// The columns of the one row that expressions are about.
  static let setUp = """
    create table n (a decimal(6,2), b decimal(8,4), c decimal(5,0), d decimal(6,2), s smallint, i int, g bigint, h int);
    insert into n values (12.34, 3.0625, 17, null, 7, -41, 100003, null)
    """

  private static let columns = [
    Term(sql: "a", value: Decimal(string: "12.34"), type: NumberType(precision: 6, scale: 2)),
    Term(sql: "b", value: Decimal(string: "3.0625"), type: NumberType(precision: 8, scale: 4)),
    Term(sql: "c", value: 17, type: NumberType(precision: 5, scale: 0)),
    Term(sql: "d", value: nil, type: NumberType(precision: 6, scale: 2)),
    Term(sql: "s", value: 7, type: .smallint), Term(sql: "i", value: -41, type: .int),
    Term(sql: "g", value: 100_003, type: .bigint), Term(sql: "h", value: nil, type: .int),
  ]

  private var random: SeededRandom

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  mutating func term() -> Term { term(depth: 3) }

  private mutating func term(depth: Int) -> Term {
    guard depth > 0, random.percent(80) else { return leaf() }
    switch random.below(12) {
    case 0...4: return operation(term(depth: depth - 1), term(depth: depth - 1))
    case 5:
      var result = term(depth: depth - 1)
      result.sql = "(- \(result.sql))"
      result.value = result.value.map { -$0 }
      return result
    case 6: return cast(term(depth: depth - 1))
    case 7...9: return choice(term(depth: depth - 1), term(depth: depth - 1))
    case 10: return function(of: term(depth: depth - 1))
    default: return window(over: term(depth: depth - 1))
    }
  }

  private mutating func leaf() -> Term {
    switch random.below(4) {
    case 0:
      let number = random.below(40)
      return Term(sql: "\(number)", value: Decimal(number), type: .int)
    case 1:
      let text = random.pick(["0.5", "1.25", "20.0", "3.125", "0.10"])
      let digits = text.split(separator: ".").map(\.count)
      return Term(
        sql: text,
        value: Decimal(string: text),
        type: NumberType(precision: digits[0] + digits[1], scale: digits[1])
      )
    default: return random.pick(Self.columns, or: Self.columns[0])
    }
  }

  // MARK: Operators

  private mutating func operation(_ left: Term, _ right: Term) -> Term {
    var sign = random.pick(["+", "-", "*", "/"])
    if sign == "/", right.value == 0 { sign = "*" }
    let type = Self.type(of: sign, left.type, right.type)
    var value: Decimal?
    if let one = left.value, let two = right.value {
      switch sign {
      case "+": value = one + two
      case "-": value = one - two
      case "*": value = one * two
      default: value = one / two
      }
      value = value.map { Self.rounded($0, type.scale, type.isWhole ? nil : .plain) }
    }
    // Whole numbers must not leave the range of their types.
    if type.isWhole, let value, abs(value) > 30_000 { return left }
    return Term(
      sql: "(\(left.sql) \(sign) \(right.sql))",
      value: value,
      type: type,
      isLoose: (left.isLoose || right.isLoose) && sign != "/"
    )
  }

  private static func type(of sign: String, _ a: NumberType, _ b: NumberType) -> NumberType {
    if a.isWhole, b.isWhole { return a.common(with: b) }
    var scale: Int
    var precision: Int
    switch sign {
    case "*":
      scale = a.scale + b.scale
      precision = a.precision + b.precision + 1
    case "/":
      scale = max(4, a.scale + b.precision - b.scale + 1)
      precision = a.precision - a.scale + b.scale + scale
      if precision > 38 { scale = max(38 + scale - precision, min(4, max(a.scale, b.scale))) }
      return NumberType(precision: min(38, precision), scale: scale)
    default:
      scale = max(a.scale, b.scale)
      precision = max(a.precision - a.scale, b.precision - b.scale) + scale + 1
    }
    if precision > 38 {
      scale = max(min(scale, 4), scale - (precision - 38))
      precision = 38
    }
    return NumberType(precision: precision, scale: scale)
  }

  // MARK: Other values

  private mutating func cast(_ inner: Term) -> Term {
    let type = NumberType(precision: 18, scale: random.below(5))
    guard let value = inner.value, abs(value) > 100_000_000 else {
      return Term(
        sql: "\(inner.sql)::decimal(\(type.precision),\(type.scale))",
        value: inner.value.map { Self.rounded($0, type.scale, .plain) },
        type: type
      )
    }
    return inner
  }

  private mutating func choice(_ left: Term, _ right: Term) -> Term {
    var result = Term(
      sql: "",
      value: nil,
      type: left.type.common(with: right.type),
      isLoose: left.isLoose || right.isLoose
    )
    let (one, two) = (left.sql, right.sql)
    let both = [left.value, right.value].compactMap { $0 }
    switch random.below(8) {
    case 0: (result.sql, result.value) = ("nvl(\(one), \(two))", left.value ?? right.value)
    case 1:
      (result.sql, result.value) = ("coalesce(null, \(one), \(two))", left.value ?? right.value)
    case 2:
      (result.sql, result.value) = ("case when s = 7 then \(one) else \(two) end", left.value)
    case 3: (result.sql, result.value) = ("case s when 5 then \(one) else \(two) end", right.value)
    case 4: (result.sql, result.value) = ("greatest(\(one), \(two))", both.max())
    case 5: (result.sql, result.value) = ("least(\(one), \(two))", both.min())
    case 6: (result.sql, result.value) = ("nvl2(h, \(one), \(two))", right.value)
    default: (result.sql, result.value) = ("decode(i, -41, \(one), \(two))", left.value)
    }
    return result
  }

  private mutating func function(of inner: Term) -> Term {
    var result = inner
    switch random.below(4) {
    case 0:
      result.sql = "abs(\(inner.sql))"
      result.value = inner.value.map { abs($0) }
    case 1 where !inner.type.isWhole:
      result.sql = "round(\(inner.sql), 1)"
      result.value = inner.value.map { Self.rounded($0, 1, .plain) }
      result.isLoose = true
    case 2 where !inner.type.isWhole:
      result.sql = "trunc(\(inner.sql))"
      result.value = inner.value.map { Self.rounded($0, 0, nil) }
      result.isLoose = true
    case 3 where !inner.type.isWhole:
      result.sql = "sign(\(inner.sql))"
      result.value = inner.value.map { $0 == 0 ? 0 : $0 < 0 ? -1 : 1 }
      result.type = NumberType(precision: 1, scale: 0)
    default:
      result.sql = "nullif(\(inner.sql), 999)"
    }
    return result
  }

  private mutating func window(over inner: Term) -> Term {
    var result = inner
    // No window stands in another one.
    if inner.sql.contains("over ()") { return inner }
    switch random.below(3) {
    case 0: result.sql = "max(\(inner.sql)) over ()"
    case 1 where !inner.type.isWhole: result.sql = "first_value(\(inner.sql)) over ()"
    default:
      result.sql = "sum(\(inner.sql)) over ()"
      result.type =
        inner.type.isWhole
        ? (inner.type == .bigint ? NumberType(precision: 38, scale: 0) : .bigint)
        : NumberType(precision: 38, scale: inner.type.scale)
    }
    return result
  }

  /// A value with so many digits behind the point; without a mode the others are cut off.
  private static func rounded(
    _ value: Decimal,
    _ scale: Int,
    _ mode: NSDecimalNumber.RoundingMode?
  ) -> Decimal {
    var (source, result) = (value, Decimal())
    NSDecimalRound(&result, &source, scale, mode ?? (value < 0 ? .up : .down))
    return result
  }

  /// A value as its type shows it.
  static func text(_ value: Decimal?, _ type: NumberType) -> String? {
    guard let value else { return nil }
    var text = "\(rounded(value, type.scale, .plain))"
    guard type.scale > 0 else { return text }
    if !text.contains(".") { text += "." }
    let digits = text.distance(from: text.firstIndex(of: ".") ?? text.endIndex, to: text.endIndex)
    return text + String(repeating: "0", count: type.scale + 1 - digits)
  }
}
