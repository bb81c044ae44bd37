import Diagnostics
import Glibc

/// `deprecation_date` as dbt writes it: with a time of day, and where the system is.
enum DeprecationDate {
  static func written(_ value: PlainValue) -> PlainValue {
    guard let text = value.string else { return value }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, text.utf8.count == 10, let year = Int32(parts[0]),
      let month = Int32(parts[1]), let day = Int32(parts[2])
    else { return .string(moment(text)) }
    var midnight = tm()
    midnight.tm_year = year - 1900
    midnight.tm_mon = month - 1
    midnight.tm_mday = day
    midnight.tm_isdst = -1
    _ = mktime(&midnight)
    let minutes = midnight.tm_gmtoff / 60
    let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
    return .string(
      "\(text)T00:00:00\(minutes < 0 ? "-" : "+")\(padded(hours)):\(padded(rest))"
    )
  }

  /// A day with a time, as YAML has it, in the form of ISO 8601.
  private static func moment(_ text: String) -> String {
    guard text.utf8.count > 11,
      text.utf8.dropFirst(10).first.map({ " tT".utf8.contains($0) }) == true
    else { return text }
    let day = text.prefix(10)
    var rest = text.dropFirst(11).filter { $0 != " " }
    if rest.hasSuffix("Z") || rest.hasSuffix("z") { rest = rest.dropLast() + "+00:00" }
    // The minutes of a zone may be left out.
    if let sign = rest.lastIndex(where: { "+-".contains($0) }), rest[sign...].count == 3 {
      rest += ":00"
    }
    return "\(day)T\(rest)"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
