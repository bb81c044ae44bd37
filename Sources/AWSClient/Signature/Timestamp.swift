import Glibc

/// A moment in UTC, as AWS writes it.
package struct Timestamp: Hashable, Sendable, Comparable {
  /// Seconds since 1970.
  package var seconds: Double

  /// A moment, in seconds since 1970.
  package init(_ seconds: Double) {
    self.seconds = seconds
  }

  /// The clock of this machine.
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

  /// `20130524T000000Z`, as signatures have it.
  var compact: String {
    let parts = parts
    return "\(date)T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
  }

  /// `20130524`.
  var date: String {
    let parts = parts
    return "\(Int(parts.tm_year) + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
  }

  /// `2013-05-24T00:00:00Z`.
  package var iso8601: String {
    let parts = parts
    let date = "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  private var parts: tm {
    var time = time_t(seconds.rounded(.down))
    var parts = tm()
    gmtime_r(&time, &parts)
    return parts
  }

  private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Reads ISO 8601 (`2013-05-24T00:00:00[.123][Z|+00:00|UTC]`); nil for other texts.
  package init?(iso8601 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84 || bytes[10] == 32,
      bytes[13] == 58, bytes[16] == 58
    else { return nil }
    func number(_ range: Range<Int>) -> Int? { Int(String(decoding: bytes[range], as: UTF8.self)) }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
    else { return nil }
    var rest = bytes[19...]
    var fraction = 0.0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      var scale = 0.1
      while let digit = rest.first, (48...57).contains(digit) {
        fraction += Double(digit - 48) * scale
        scale /= 10
        rest.removeFirst()
      }
    }
    var shift = 0
    switch String(decoding: rest, as: UTF8.self) {
    case "", "Z", "z", "UTC": break
    case let zone where zone.hasPrefix("+") || zone.hasPrefix("-"):
      let digits = zone.dropFirst().filter { $0 != ":" }
      guard digits.count == 4, let hours = Int(digits.prefix(2)),
        let minutes = Int(digits.suffix(2))
      else { return nil }
      shift = (hours * 60 + minutes) * 60 * (zone.hasPrefix("+") ? 1 : -1)
    default: return nil
    }
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    self.init(Double(timegm(&parts) - shift) + fraction)
  }

  /// Reads the date of an HTTP header (`Fri, 24 May 2013 00:00:00 GMT`); nil for other texts.
  package init?(http text: String) {
    let words = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard words.count == 6, let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3])
    else { return nil }
    let date = "\(year)-\(month < 9 ? "0" : "")\(month + 1)-\(day < 10 ? "0" : "")\(day)"
    self.init(iso8601: "\(date)T\(words[4])Z")
  }
}
