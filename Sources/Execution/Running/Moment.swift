import Glibc
import ProjectModel

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
    let totalMicroseconds = GregorianCalendar.floorDivide(nanoseconds, 1000)
    let totalSeconds = GregorianCalendar.floorDivide(totalMicroseconds, 1_000_000)
    let days = GregorianCalendar.floorDivide(totalSeconds, 86_400)
    let second = totalSeconds - days * 86_400
    let (year, month, day) = GregorianCalendar.date(daysSince1970: days)
    let clock = [second / 3600, second / 60 % 60, second % 60]
      .map { GregorianCalendar.padded($0, 2) }.joined(separator: ":")
    let fraction = GregorianCalendar.padded(totalMicroseconds - totalSeconds * 1_000_000, 6)
    return
      "\(GregorianCalendar.padded(year, 4))-\(GregorianCalendar.padded(month, 2))-\(GregorianCalendar.padded(day, 2))"
      + "T\(clock).\(fraction)Z"
  }
}
