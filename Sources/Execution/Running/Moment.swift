import Glibc

/// A point in time, in nanoseconds since 1970 in UTC.
package struct Moment: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// What the machine's clock says.
  package static func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Seconds that passed since `earlier`; never negative, even when the clock was set back.
  package func seconds(since earlier: Moment) -> Double {
    max(0, Double(nanoseconds - earlier.nanoseconds) / 1_000_000_000)
  }

  /// `2026-11-24T03:38:00.123456Z`.
  package var iso8601: String {
    let totalMicroseconds = Self.floorDivide(nanoseconds, 1000)
    let totalSeconds = Self.floorDivide(totalMicroseconds, 1_000_000)
    let days = Self.floorDivide(totalSeconds, 86_400)
    let second = totalSeconds - days * 86_400
    let (year, month, day) = Self.date(daysSince1970: days)
    let clock = [second / 3600, second / 60 % 60, second % 60]
      .map { Self.padded($0, 2) }.joined(separator: ":")
    let fraction = Self.padded(totalMicroseconds - totalSeconds * 1_000_000, 6)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
      + "T\(clock).\(fraction)Z"
  }

  /// The Gregorian date of a day number (Howard Hinnant's algorithm: eras of 400 years that start
  /// in March, so that the leap day comes last).
  private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
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
}
