extension SQLType {
  /// The type that a column gets which stores such values.
  package var stored: SQLType {
    switch self {
    case .null, .literalText: .characterVarying(nil)
    default: self
    }
  }

  /// Whether values of the two types can be compared, joined or combined without a cast.
  ///
  /// Redshift converts between numbers and text by itself in comparisons, and reads text as dates
  /// (Amazon Redshift Database Developer Guide, Type compatibility and conversion), so only pairs
  /// are refused that no version of it accepts.
  package func isComparable(with other: SQLType) -> Bool {
    let (first, second) = (family, other.family)
    if first == second { return true }
    if first == .unknown || second == .unknown { return true }
    if first == .super || second == .super { return true }
    if first == .catalog || second == .catalog || first == .row || second == .row { return true }
    // What is text can be read as most things.
    if first == .text || second == .text {
      let rest = first == .text ? second : first
      return rest != .boolean && rest != .spatial && rest != .sketch
    }
    // Whole numbers become BOOLEAN by themselves.
    return (self == .boolean && other.isInteger) || (other == .boolean && isInteger)
  }

  /// The type that values of both have in one column, as of CASE, COALESCE and UNION; nil where
  /// there is none.
  package func common(with other: SQLType) -> SQLType? {
    if self == other { return self }
    switch (self, other) {
    case (.unknown, _), (_, .unknown): return .unknown
    case (.null, let type), (let type, .null): return type
    case (.literalText, let type), (let type, .literalText): return type
    case (.super, _), (_, .super): return .super
    default: break
    }
    let (first, second) = (family, other.family)
    guard first == second else {
      if first == .catalog || second == .catalog || first == .row || second == .row {
        return .unknown
      }
      // Text of no known length may be a literal from below, which becomes what is wanted.
      if (first == .text && second != .boolean) || (second == .text && first != .boolean) {
        return hasLength || other.hasLength ? nil : .unknown
      }
      return nil
    }
    switch first {
    case .number: return SQLType.number(self, other)
    case .text: return SQLType.text(self, other)
    case .moment:
      if self == .timestampWithZone || other == .timestampWithZone { return .timestampWithZone }
      return .timestamp
    case .timeOfDay: return .timeWithZone
    default: return .unknown
    }
  }

  /// Whether values of several types have to be given the digits of the DECIMAL that they have in
  /// common: PostgreSQL leaves each its own.
  static func needsDigits(_ common: SQLType, of types: [SQLType]) -> Bool {
    guard case .decimal(.some, let scale?) = common else { return false }
    return types.contains { type in
      switch type {
      case .null: false
      case .decimal(_, let other): other != scale
      default: true
      }
    }
  }

  var isFloating: Bool { self == .real || self == .double }

  /// Whether `&`, `~` and their kin certainly mean nothing.
  var hasNoBits: Bool {
    switch family {
    case .boolean, .moment, .timeOfDay, .interval: true
    default: false
    }
  }

  /// Whether an operator certainly is none for values of which one is a date, time or interval.
  ///
  /// A time of day may become an interval by itself.
  static func refuses(_ kind: Expr.Operator.Kind, _ first: SQLType, _ second: SQLType) -> Bool {
    let families = [first.family, second.family]
    let known: Set<Family> = [.number, .moment, .timeOfDay, .interval]
    guard known.isSuperset(of: families) else { return false }
    let (one, two) = (families[0], families[1])
    switch kind {
    case .times: return one == .moment || two == .moment || (one != .number && two != .number)
    case .divide: return one == .moment || two != .number
    case .modulo, .power: return true
    case .plus:
      if one == two { return one != .interval }
      guard families.contains(.number) else { return false }
      return !families.contains(.moment)
    case .minus:
      if one == .number { return true }
      if two == .number { return one != .moment }
      return two == .moment && one != .moment
    default: return false
    }
  }

  /// Whether a string literal can become a value of the type; only what certainly cannot is
  /// refused.
  package func reads(_ text: String) -> Bool {
    let word = text.lowercased().filter { !$0.isWhitespace }
    switch family {
    case .number: return Double(word) != nil
    case .moment:
      if SQLType.isNoDate(word) { return false }
      // Dates have too many spellings to read here, but all have digits.
      return word.contains(where: \.isNumber)
        || SQLType.namedMoments.contains(word.filter { $0.isLetter || $0 == "_" })
    case .boolean:
      return ["1", "0"].contains(word)
        || ["true", "false", "yes", "no", "on", "off"].contains { $0.hasPrefix(word) }
    case .interval: return SQLType.readsInterval(text)
    default: return true
    }
  }

  /// Whether a text begins as `2020-02-30` does, with a day that no calendar has.
  private static func isNoDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(11))
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes.count == 10 || !(48...57).contains(bytes[10]),
      let year = Int(String(decoding: bytes[..<4], as: UTF8.self)),
      let month = Int(String(decoding: bytes[5..<7], as: UTF8.self)),
      let day = Int(String(decoding: bytes[8..<10], as: UTF8.self))
    else { return false }
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard days.indices.contains(month - 1), day > 0, day <= days[month - 1] else { return true }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 && day == 29 && !isLeap
  }

  /// Whether a text may be an interval: only numbers with words that are no units are refused.
  private static func readsInterval(_ text: String) -> Bool {
    var expectsUnit = false
    for word in text.lowercased().split(separator: " ") {
      if expectsUnit, word.allSatisfy(\.isLetter) {
        let part = DateParts.canonical(String(word)) ?? ""
        guard DateParts.units[part] != nil, part != "dow", part != "doy" else { return false }
        expectsUnit = false
      } else {
        expectsUnit = !word.isEmpty && word.allSatisfy { $0.isNumber }
      }
    }
    return true
  }

  private static let namedMoments: Set<String> = [
    "now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs", "current", "sysdate",
    "getdate", "current_date", "current_timestamp",
  ]

  /// Whether this is text as a column or a cast declares it.
  var hasLength: Bool {
    switch self {
    case .character(let length), .characterVarying(let length): length != nil
    default: false
    }
  }

  private static func text(_ first: SQLType, _ second: SQLType) -> SQLType {
    func length(_ type: SQLType) -> Int? {
      switch type {
      case .character(let length), .characterVarying(let length): length
      default: nil
      }
    }
    guard let one = length(first), let two = length(second) else { return .characterVarying(nil) }
    return .characterVarying(max(one, two))
  }

  private static func number(_ first: SQLType, _ second: SQLType) -> SQLType {
    if first == .double || second == .double { return .double }
    if first == .real || second == .real {
      return first.isInteger || second.isInteger ? .double : .real
    }
    switch (first, second) {
    case (.decimal(let p1?, let s1?), .decimal(let p2?, let s2?)):
      let scale = max(s1, s2)
      return .decimal(precision: min(38, max(p1 - s1, p2 - s2) + scale), scale: scale)
    case (.decimal(let precision?, let scale?), let whole) where whole.isInteger,
      (let whole, .decimal(let precision?, let scale?)) where whole.isInteger:
      return .decimal(
        precision: min(38, max(precision - scale, whole.digits) + scale),
        scale: scale
      )
    case (.decimal, _), (_, .decimal): return .decimal(precision: nil, scale: nil)
    default:
      if first == .bigInteger || second == .bigInteger { return .bigInteger }
      if first == .integer || second == .integer { return .integer }
      return .smallInteger
    }
  }

  /// Decimal digits of an integer type.
  var digits: Int {
    switch self {
    case .smallInteger: 5
    case .integer: 10
    default: 19
    }
  }

  /// The type of `a / b` and its kin.
  ///
  /// Precision and scale follow the Amazon Redshift Database Developer Guide, Computations with
  /// numeric values.
  static func arithmetic(_ kind: Expr.Operator.Kind, _ first: SQLType, _ second: SQLType)
    -> SQLType
  {
    let (a, b) = (first, second)
    if a == .super || b == .super { return .super }
    if kind == .power { return .double }
    guard a.family == .number, b.family == .number else {
      // A literal beside a number may be a date just as well.
      if a.family == .number, b == .null { return a }
      if b.family == .number, a == .null { return b }
      return .unknown
    }
    if a == .double || b == .double || a == .real || b == .real {
      return a == .real && b == .real ? .real : .double
    }
    if a.isInteger, b.isInteger { return number(a, b) }
    func parts(_ type: SQLType) -> (Int, Int)? {
      switch type {
      case .decimal(let precision?, let scale?): (precision, scale)
      case .decimal: nil
      default: (type.digits, 0)
      }
    }
    guard let (p1, s1) = parts(a), let (p2, s2) = parts(b) else {
      return .decimal(precision: nil, scale: nil)
    }
    let scale: Int
    let precision: Int
    switch kind {
    case .plus, .minus:
      scale = max(s1, s2)
      precision = max(p1 - s1, p2 - s2) + scale + 1
    case .times:
      scale = s1 + s2
      precision = p1 + p2 + 1
    case .divide:
      scale = max(4, s1 + p2 - s2 + 1)
      precision = p1 - s1 + s2 + scale
      guard precision > 38 else { break }
      return .decimal(precision: 38, scale: max(38 + scale - precision, min(4, max(s1, s2))))
    default:
      scale = max(s1, s2)
      precision = min(p1 - s1, p2 - s2) + scale
    }
    guard precision > 38 else { return .decimal(precision: precision, scale: scale) }
    return .decimal(precision: 38, scale: max(min(scale, 4), scale - (precision - 38)))
  }
}
