/// What the values of a seed's column are taken for.
///
/// Inferred as dbt does: the first type that fits every value of the column; empty fields and
/// `null` fit all. A column without values is an integer, and numbers lose leading zeros. dbt has
/// INTEGER for all whole numbers; here longer ones get BIGINT or NUMERIC, or stay text.
package enum SeedType: Hashable, Sendable {
  case integer
  case bigInteger
  /// Whole numbers that are too long for eight bytes.
  case numeric
  case double
  case date
  case timestamp
  case boolean
  /// With the length in bytes of the longest value.
  case text(length: Int)
  /// Given by `column_types`.
  case declared(String)

  /// What NUMERIC and VARCHAR hold at most.
  package static let mostDigits = 38
  package static let longestText = 65_535

  /// Redshift's name for it.
  package var sql: String {
    switch self {
    case .integer: "integer"
    case .bigInteger: "bigint"
    case .numeric: "numeric(\(Self.mostDigits),0)"
    case .double: "float8"
    case .date: "date"
    case .timestamp: "timestamp without time zone"
    case .boolean: "boolean"
    case .text(let length): "varchar(\(length))"
    case .declared(let type): type
    }
  }

  /// Whether a field stands for NULL, in columns of declared types as well.
  package static func isNull(_ text: String) -> Bool {
    let trimmed = text.trimmingSpaces
    return trimmed.isEmpty || trimmed.lowercased() == "null"
  }

  /// The type that fits all values.
  package static func infer(_ values: some Sequence<String>) -> SeedType {
    var candidates = Candidates()
    for value in values where !isNull(value) { candidates.test(value) }
    return candidates.best
  }

  private struct Candidates {
    private var isNumber = true
    private var hasFraction = false
    private var largest = SeedNumber.Size.integer
    private var isDate = true
    private var isTimestamp = true
    private var isISOTimestamp = true
    private var isBoolean = true
    private var longest = 0

    mutating func test(_ value: String) {
      longest = max(longest, value.utf8.count)
      let trimmed = value.trimmingSpaces
      if isNumber {
        if let number = SeedNumber(trimmed) {
          hasFraction = hasFraction || !number.isWhole
          largest = max(largest, number.size)
        } else {
          isNumber = false
        }
      }
      if isDate { isDate = SeedDate.isDate(trimmed) }
      if isTimestamp { isTimestamp = SeedDate.isTimestamp(trimmed) }
      if isISOTimestamp { isISOTimestamp = SeedDate.isISOTimestamp(trimmed) }
      if isBoolean { isBoolean = ["true", "false"].contains(trimmed.lowercased()) }
    }

    var best: SeedType {
      if isNumber {
        if hasFraction { return .double }
        switch largest {
        case .integer: return .integer
        case .bigInteger: return .bigInteger
        case .numeric: return .numeric
        // An identifier, most likely: a floating-point number would change it.
        case .beyond: return .text(length: longest)
        }
      }
      if isDate { return .date }
      if isTimestamp || isISOTimestamp { return .timestamp }
      if isBoolean { return .boolean }
      return .text(length: longest)
    }
  }
}

/// A number as a seed may write it: `1,200.50`, `$5`, `12%`, `1e3`.
package struct SeedNumber: Hashable, Sendable {
  /// The number in SQL's notation.
  package let sql: String
  let isWhole: Bool
  /// What a whole number fits into.
  let size: Size

  enum Size: Int, Comparable {
    case integer
    case bigInteger
    case numeric
    case beyond

    static func < (one: Size, other: Size) -> Bool { one.rawValue < other.rawValue }
  }

  package init?(_ text: String) {
    var rest = Substring(text)
    while rest.last == "%" { rest.removeLast() }
    while rest.first == "%" { rest.removeFirst() }
    var sql = ""
    if let sign = rest.first, sign == "-" || sign == "+" {
      if sign == "-" { sql = "-" }
      rest.removeFirst()
    }
    if let symbol = rest.first, symbol.isCurrencySymbol { rest.removeFirst() }
    var whole = ""
    var fraction = ""
    var exponent = 0
    while let digit = rest.first, digit.isASCIIDigit || digit == "," && !whole.isEmpty {
      if digit != "," { whole.append(digit) }
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      while let digit = rest.first, digit.isASCIIDigit {
        fraction.append(digit)
        rest.removeFirst()
      }
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      guard let value = Int(rest), abs(value) <= 300 else { return nil }
      exponent = value
      rest = ""
    }
    guard rest.isEmpty else { return nil }
    while fraction.last == "0" { fraction.removeLast() }
    while whole.count > 1, whole.first == "0" { whole.removeFirst() }
    if whole.isEmpty { whole = "0" }
    // The decimal point, moved by the exponent, falls among or behind the digits.
    let digits = (whole + fraction).reversed().drop { $0 == "0" }.count
    let trailingZeros = (whole + fraction).count - digits
    isWhole = fraction.count - exponent - trailingZeros <= 0
    sql += whole
    if !fraction.isEmpty { sql += "." + fraction }
    if exponent != 0 { sql += "e\(exponent)" }
    self.sql = sql
    size = Self.size(whole: whole, fraction: fraction, exponent: exponent)
  }

  /// Of the digits before the point, once the exponent has moved it.
  private static func size(whole: String, fraction: String, exponent: Int) -> Size {
    let all = Array((whole + fraction).utf8)
    let count = whole.utf8.count + exponent
    guard count > 0 else { return .integer }
    let written = all.prefix(count).drop { $0 == 48 }
    let length = written.isEmpty ? 0 : written.count + max(0, count - all.count)
    if length > SeedType.mostDigits { return .beyond }
    let zeros = String(repeating: "0", count: length - written.count)
    guard let number = Int64("0" + String(decoding: written, as: UTF8.self) + zeros) else {
      return .numeric
    }
    return number <= 2_147_483_647 ? .integer : .bigInteger
  }
}

/// Recognises the dates that dbt recognises in seeds.
enum SeedDate {
  /// `2024-01-31`, zeros optional.
  static func isDate(_ text: String) -> Bool {
    var scanner = Scanner(text)
    return scanner.date(padded: false) && scanner.isAtEnd
  }

  /// `2024-01-31 12:00:00`, zeros optional.
  static func isTimestamp(_ text: String) -> Bool {
    var scanner = Scanner(text)
    return scanner.date(padded: false) && scanner.skip(" ")
      && scanner.number(1...2, in: 0...23) != nil && scanner.skip(":")
      && scanner.number(1...2, in: 0...59) != nil && scanner.skip(":")
      && scanner.number(1...2, in: 0...61) != nil && scanner.isAtEnd
  }

  /// `2024-01-31T12:00:00.5Z`.
  static func isISOTimestamp(_ text: String) -> Bool {
    var scanner = Scanner(text)
    guard scanner.date(padded: true), scanner.skip("T"),
      scanner.number(2...2, in: 0...23) != nil, scanner.skip(":"),
      scanner.number(2...2, in: 0...59) != nil
    else { return false }
    if scanner.skip(":") {
      guard scanner.number(2...2, in: 0...60) != nil else { return false }
      if scanner.skip(".") || scanner.skip(",") {
        guard scanner.number(1...9, in: 0...999_999_999) != nil else { return false }
      }
    }
    if scanner.skip("Z") { return scanner.isAtEnd }
    if scanner.skip("+") || scanner.skip("-") {
      guard scanner.number(2...2, in: 0...23) != nil else { return false }
      if !scanner.isAtEnd {
        _ = scanner.skip(":")
        guard scanner.number(2...2, in: 0...59) != nil else { return false }
      }
    }
    return scanner.isAtEnd
  }

  private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: scalar) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ digits: ClosedRange<Int>, in allowed: ClosedRange<Int>) -> Int? {
      var value = 0
      var count = 0
      while count < digits.upperBound, let byte = rest.first, (48...57).contains(byte) {
        value = value * 10 + Int(byte - 48)
        count += 1
        rest.removeFirst()
      }
      return count >= digits.lowerBound && allowed.contains(value) ? value : nil
    }

    mutating func date(padded: Bool) -> Bool {
      let width = padded ? 2...2 : 1...2
      guard let year = number(4...4, in: 1...9999), skip("-"),
        let month = number(width, in: 1...12), skip("-"),
        let day = number(width, in: 1...31)
      else { return false }
      let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
      switch month {
      case 4, 6, 9, 11: return day <= 30
      case 2: return day <= (isLeap ? 29 : 28)
      default: return true
      }
    }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && utf8.count == 1 }
}

extension String {
  /// Without white space at both ends.
  var trimmingSpaces: String {
    var rest = Substring(self)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
