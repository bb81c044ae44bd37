import ProjectModel
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
      let day = reader.number(digits: 2),
      (1...GregorianCalendar.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    var seconds = GregorianCalendar.daysSince1970(year, month, day) * 86_400
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

  /// Reads what the command line of dbt takes: a date, or a date and a time to the second, in UTC.
  package static func ofCommandLine(_ text: String) -> EventTime? {
    let length = text.utf8.count
    guard length == 10 || length == 19 && !text.contains("t") else { return nil }
    return EventTime(text)
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
      GregorianCalendar.padded(parts.year, 4), GregorianCalendar.padded(parts.month, 2),
      GregorianCalendar.padded(parts.day, 2),
    ].joined(separator: "-")
    let clock = [parts.second / 3600, parts.second / 60 % 60, parts.second % 60]
      .map { GregorianCalendar.padded($0, 2) }.joined(separator: ":")
    let rest = microseconds - GregorianCalendar.floorDivide(microseconds, 1_000_000) * 1_000_000
    let fraction = rest == 0 ? "" : ".\(GregorianCalendar.padded(rest, 6))"
    return "\(date)\(separator)\(clock)\(fraction)+00:00"
  }

  // MARK: Calendar

  /// The date, and the seconds since its midnight.
  package var parts: (year: Int64, month: Int64, day: Int64, second: Int64) {
    let seconds = GregorianCalendar.floorDivide(microseconds, 1_000_000)
    let days = GregorianCalendar.floorDivide(seconds, 86_400)
    let (year, month, day) = GregorianCalendar.date(daysSince1970: days)
    return (year, month, day, seconds - days * 86_400)
  }

  package init(year: Int64, month: Int64, day: Int64, second: Int64 = 0) {
    microseconds = (GregorianCalendar.daysSince1970(year, month, day) * 86_400 + second) * 1_000_000
  }

  /// So many months later, on the same day or the last one of the month.
  package func adding(months: Int64) -> EventTime {
    let parts = parts
    let count = parts.year * 12 + parts.month - 1 + months
    let year = GregorianCalendar.floorDivide(count, 12)
    let month = count - year * 12 + 1
    let day = min(parts.day, GregorianCalendar.days(inMonth: month, of: year))
    let rest = microseconds - GregorianCalendar.floorDivide(microseconds, 1_000_000) * 1_000_000
    var result = EventTime(year: year, month: month, day: day, second: parts.second)
    result.microseconds += rest
    return result
  }

  package func adding(seconds: Int64) -> EventTime {
    EventTime(microseconds: microseconds + seconds * 1_000_000)
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
