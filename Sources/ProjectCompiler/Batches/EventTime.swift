import Templating

/// A point in time in UTC, to the microsecond: what batches, samples and freshness reckon with.
package struct EventTime: Hashable, Comparable, Sendable {
  /// Since 1970.
  package var microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Reads what Python's `isoformat()` and PostgreSQL write.
  ///
  /// That is a date, or a date and a time with an offset or without one, which means UTC; nil for
  /// anything else.
  package init?(_ text: String) {
    var reader = Reader(text)
    guard let year = reader.number(digits: 4), reader.take("-"),
      let month = reader.number(digits: 2), (1...12).contains(month), reader.take("-"),
      let day = reader.number(digits: 2), (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    var seconds = Self.daysSince1970(year, month, day) * 86_400
    var fraction: Int64 = 0
    if !reader.isAtEnd {
      guard reader.take("T") || reader.take("t") || reader.take(" "),
        let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
        let minute = reader.number(digits: 2), minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if reader.take(":") {
        guard let second = reader.number(digits: 2), second < 60 else { return nil }
        seconds += second
        if reader.take(".") {
          guard let digits = reader.fraction() else { return nil }
          fraction = digits
        }
      }
      guard let offset = reader.offset(), reader.isAtEnd else { return nil }
      seconds -= offset
    }
    microseconds = seconds * 1_000_000 + fraction
  }

  package static func < (a: EventTime, b: EventTime) -> Bool { a.microseconds < b.microseconds }

  /// As Python's `str()` prints it: `2024-09-17 00:00:00+00:00`.
  package var text: String { written(separator: " ") }

  /// As Python's `isoformat()` prints it: `2024-09-17T00:00:00+00:00`.
  package var iso8601: String { written(separator: "T") }

  /// As templates see it: a datetime.
  var value: Value {
    let text = String(iso8601.dropLast(6)) + "Z"
    return YAMLTimestamp.value(of: text) ?? .text(text)
  }

  private func written(separator: String) -> String {
    let parts = parts
    let date = [
      Self.padded(parts.year, 4), Self.padded(parts.month, 2), Self.padded(parts.day, 2),
    ].joined(separator: "-")
    let clock = [parts.second / 3600, parts.second / 60 % 60, parts.second % 60]
      .map { Self.padded($0, 2) }.joined(separator: ":")
    let rest = microseconds - Self.floorDivide(microseconds, 1_000_000) * 1_000_000
    let fraction = rest == 0 ? "" : ".\(Self.padded(rest, 6))"
    return "\(date)\(separator)\(clock)\(fraction)+00:00"
  }

  // MARK: Calendar

  /// The date, and the seconds since its midnight.
  package var parts: (year: Int64, month: Int64, day: Int64, second: Int64) {
    let seconds = Self.floorDivide(microseconds, 1_000_000)
    let days = Self.floorDivide(seconds, 86_400)
    let (year, month, day) = Self.date(daysSince1970: days)
    return (year, month, day, seconds - days * 86_400)
  }

  package init(year: Int64, month: Int64, day: Int64, second: Int64 = 0) {
    microseconds = (Self.daysSince1970(year, month, day) * 86_400 + second) * 1_000_000
  }

  /// So many months later, on the same day or the last one of the month.
  package func adding(months: Int64) -> EventTime {
    let parts = parts
    let count = parts.year * 12 + parts.month - 1 + months
    let year = Self.floorDivide(count, 12)
    let month = count - year * 12 + 1
    let day = min(parts.day, Self.days(inMonth: month, of: year))
    let rest = microseconds - Self.floorDivide(microseconds, 1_000_000) * 1_000_000
    var result = EventTime(year: year, month: month, day: day, second: parts.second)
    result.microseconds += rest
    return result
  }

  package func adding(seconds: Int64) -> EventTime {
    EventTime(microseconds: microseconds + seconds * 1_000_000)
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// Days in eras of 400 years that begin in March, so that the leap day comes last.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(
    daysSince1970: Int64
  ) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSince1970 + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    a >= 0 ? a / b : (a - b + 1) / b
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Reads digits and signs, one after the other.
  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
      bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    private var digit: Int64? {
      guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
      return Int64(bytes[position] - 48)
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
      position += 1
      return true
    }

    mutating func number(digits: Int) -> Int64? {
      var number: Int64 = 0
      for _ in 0..<digits {
        guard let digit else { return nil }
        number = number * 10 + digit
        position += 1
      }
      return number
    }

    /// Microseconds; digits beyond them are dropped.
    mutating func fraction() -> Int64? {
      guard digit != nil else { return nil }
      var number: Int64 = 0
      var count = 0
      while let digit {
        if count < 6 { number = number * 10 + digit }
        count += 1
        position += 1
      }
      for _ in min(count, 6)..<6 { number *= 10 }
      return number
    }

    /// Seconds east of UTC: `Z`, `+00`, `+0530`, `-03:00`, ` UTC` or nothing.
    mutating func offset() -> Int64? {
      if isAtEnd || take("Z") || take("z") { return 0 }
      let isEast = take("+")
      guard isEast || take("-"), let hours = number(digits: 2) else { return nil }
      var seconds = hours * 3600
      if !isAtEnd {
        _ = take(":")
        guard let minutes = number(digits: 2) else { return nil }
        seconds += minutes * 60
      }
      return isEast ? seconds : -seconds
    }
  }
}

/// From a point in time up to another one, which is not part of it.
package struct EventTimeWindow: Hashable, Sendable {
  package var start: EventTime
  package var end: EventTime

  package init(start: EventTime, end: EventTime) {
    self.start = start
    self.end = end
  }

  /// What both have in common.
  package func clamped(to other: EventTimeWindow) -> EventTimeWindow {
    EventTimeWindow(start: max(start, other.start), end: min(end, other.end))
  }
}
