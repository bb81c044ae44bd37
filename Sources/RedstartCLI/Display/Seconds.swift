import Glibc

/// Durations as people read them.
enum Seconds {
  static func of(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  }

  /// `0.12s`, `75.3s`, `12m 05s`.
  static func text(_ seconds: Double) -> String {
    if seconds >= 600 {
      let whole = Int(seconds)
      let rest = whole % 60
      return "\(whole / 60)m \(rest < 10 ? "0" : "")\(rest)s"
    }
    let isLong = seconds >= 10
    let scaled = Int((seconds * (isLong ? 10 : 100)).rounded())
    let base = isLong ? 10 : 100
    let fraction = String(scaled % base)
    let padding = String(repeating: "0", count: (isLong ? 1 : 2) - fraction.count)
    return "\(scaled / base).\(padding)\(fraction)s"
  }
}

/// The name of this machine.
enum HostName {
  static var current: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The account that this process runs as.
enum SystemUser {
  static var name: String? {
    guard let entry = getpwuid(geteuid()) else { return nil }
    return String(cString: entry.pointee.pw_name)
  }
}
