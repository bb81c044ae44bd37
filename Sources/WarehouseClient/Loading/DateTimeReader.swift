/// Reads dates and times as DATEFORMAT and TIMEFORMAT say.
enum DateTimeReader: Sendable {
  case standard
  case automatic
  case epochSeconds
  case epochMilliseconds
  case pattern(DateTimePattern)

  /// The format as error 1206 names it.
  func formatName(isDate: Bool) -> String {
    switch self {
    case .standard: isDate ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS"
    case .automatic: "auto"
    case .epochSeconds: "epochsecs"
    case .epochMilliseconds: "epochmillisecs"
    case .pattern(let pattern): pattern.text
    }
  }

  /// Reads a date, or a date with a time; nil when the text is none.
  func date(_ text: UnsafeBufferPointer<UInt8>) -> DateTimeParts? {
    switch self {
    case .standard: Self.iso(text, isLenient: true)
    case .automatic: Self.iso(text, isLenient: true) ?? AutomaticDateTime.read(text)
    case .epochSeconds: Self.epoch(text, perUnit: 1_000_000, allowsFraction: false)
    case .epochMilliseconds: Self.epoch(text, perUnit: 1000, allowsFraction: true)
    case .pattern(let pattern): pattern.read(text, allowsMore: true)
    }
  }

  /// Reads a timestamp; nil when the text is none.
  func timestamp(_ text: UnsafeBufferPointer<UInt8>) -> DateTimeParts? {
    switch self {
    case .standard: Self.iso(text, isLenient: false)
    case .pattern(let pattern): pattern.read(text, allowsMore: false)
    default: date(text)
    }
  }

  /// Reads a time of day, with a zone or without.
  static func time(_ text: UnsafeBufferPointer<UInt8>) -> DateTimeParts? {
    var cursor = DigitCursor(text)
    var parts = DateTimeParts()
    guard clock(&cursor, &parts, dropsExcess: true) else { return nil }
    while cursor.take(32) {}
    let letter = cursor.current | 0x20
    if letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") {
      cursor.index += 1
      guard cursor.current | 0x20 == UInt8(ascii: "m"), (1...12).contains(parts.hour) else {
        return nil
      }
      cursor.index += 1
      parts.hour = parts.hour % 12 + (letter == UInt8(ascii: "p") ? 12 : 0)
      while cursor.take(32) {}
    }
    if !cursor.isAtEnd {
      let rest = UnsafeBufferPointer(rebasing: text[cursor.index...])
      if let offset = AutomaticDateTime.zone(rest) {
        parts.offset = offset
      } else {
        guard let offset = cursor.offset(), cursor.isAtEnd else { return nil }
        parts.offset = offset
      }
    }
    return parts.isTimeValid ? parts : nil
  }

  /// Reads `HH:MI[:SS[.fraction]]`.
  static func clock(_ cursor: inout DigitCursor, _ parts: inout DateTimeParts, dropsExcess: Bool)
    -> Bool
  {
    guard let hour = cursor.digits(1, 2), cursor.take(UInt8(ascii: ":")),
      let minute = cursor.digits(2, 2)
    else { return false }
    parts.hour = hour
    parts.minute = minute
    guard cursor.take(UInt8(ascii: ":")) else { return true }
    guard let second = cursor.digits(2, 2) else { return false }
    parts.second = second
    if cursor.take(UInt8(ascii: ".")) {
      guard let fraction = cursor.fraction(dropsExcess: dropsExcess) else { return false }
      parts.microsecond = fraction
    }
    return true
  }

  /// Reads `YYYY-MM-DD[ HH:MI[:SS[.ffffff]]][offset]`.
  ///
  /// - Parameters:
  ///   - text: without blanks around it.
  ///   - isLenient: also takes `T` between date and time, and `Z` for the zone.
  /// - Returns: nil when the text is something else.
  static func iso(_ text: UnsafeBufferPointer<UInt8>, isLenient: Bool) -> DateTimeParts? {
    var cursor = DigitCursor(text)
    var parts = DateTimeParts()
    guard let year = cursor.digits(4, 4), cursor.take(UInt8(ascii: "-")),
      let month = cursor.digits(2, 2), cursor.take(UInt8(ascii: "-")),
      let day = cursor.digits(2, 2)
    else { return nil }
    parts.year = year
    parts.month = month
    parts.day = day
    guard year > 0 else { return nil }
    if !cursor.isAtEnd {
      guard cursor.take(32) || (isLenient && cursor.take(UInt8(ascii: "T"))) else { return nil }
      guard clock(&cursor, &parts, dropsExcess: false) else { return nil }
    }
    if !cursor.isAtEnd {
      if isLenient, cursor.take(UInt8(ascii: "Z")) {
        parts.offset = 0
      } else {
        _ = cursor.take(32)
        guard let offset = cursor.offset() else { return nil }
        parts.offset = offset
      }
    }
    return cursor.isAtEnd && parts.isValid ? parts : nil
  }

  private static func epoch(
    _ text: UnsafeBufferPointer<UInt8>,
    perUnit: Int,
    allowsFraction: Bool
  ) -> DateTimeParts? {
    var cursor = DigitCursor(text)
    let isNegative = cursor.take(UInt8(ascii: "-"))
    if !isNegative { _ = cursor.take(UInt8(ascii: "+")) }
    guard let units = cursor.digits(1, 17) else { return nil }
    let (whole, overflow) = units.multipliedReportingOverflow(by: perUnit)
    guard !overflow else { return nil }
    var total = whole
    if allowsFraction, cursor.take(UInt8(ascii: ".")) {
      guard let fraction = cursor.fraction(dropsExcess: true) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(fraction / 1000)
      guard !overflow else { return nil }
      total = sum
    }
    guard cursor.isAtEnd else { return nil }
    return DateTimeParts(microseconds: isNegative ? -total : total)
  }
}
