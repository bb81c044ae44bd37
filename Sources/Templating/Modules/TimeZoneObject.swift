import Diagnostics
import Glibc

/// A time zone as `pytz` has it.
final class TimeZoneObject: PythonObject {
  /// How far a zone is from UTC at some time.
  struct Period {
    var offset: Int
    var daylight: Int
    var name: String
  }

  enum Kind {
    /// `pytz.utc`.
    case utc
    /// Python's own `timezone.utc` and `timezone(offset)`.
    case fixed(Int)
    /// A zone with its rules, and the period that a localized time fixed.
    case rules(ZoneRules, Period)
  }

  let kind: Kind

  init(_ kind: Kind) {
    self.kind = kind
  }

  static func named(_ name: String) -> TimeZoneObject? {
    if ["UTC", "utc"].contains(name) { return TimeZoneObject(.utc) }
    guard let rules = ZoneRules.load(name) else { return nil }
    return TimeZoneObject(.rules(rules, rules.first))
  }

  var typeName: String { "tzinfo" }
  var hashKey: DictionaryKey? { .string("tz " + represented) }

  var rendered: String {
    switch kind {
    case .utc: "UTC"
    case .fixed(let offset): Self.fixedName(offset)
    case .rules(let rules, _): rules.name
    }
  }

  static func fixedName(_ offset: Int) -> String {
    var fields = DateFields()
    fields.offset = offset
    return offset == 0 ? "UTC" : "UTC" + fields.isoOffset()
  }

  var represented: String {
    switch kind {
    case .utc: return "<UTC>"
    case .fixed(let offset):
      guard offset != 0 else { return "datetime.timezone.utc" }
      return "datetime.timezone(\(TimeDelta(offset * 1_000_000).represented))"
    case .rules(let rules, let period):
      let sign = period.offset >= 0 ? "+" : ""
      let shown = TimeDelta(period.offset * 1_000_000).rendered
      let kind = period.daylight != 0 ? "DST" : "STD"
      if rules.isStatic { return "<StaticTzInfo '\(rules.name)'>" }
      return "<DstTzInfo '\(rules.name)' \(period.name)\(sign)\(shown) \(kind)>"
    }
  }

  var period: Period {
    switch kind {
    case .utc: Period(offset: 0, daylight: 0, name: "UTC")
    case .fixed(let offset): Period(offset: offset, daylight: 0, name: Self.fixedName(offset))
    case .rules(_, let period): period
    }
  }

  /// The zone as it is at a time in UTC (seconds since 1970).
  func at(utc seconds: Int) -> TimeZoneObject {
    guard case .rules(let rules, _) = kind else { return self }
    return TimeZoneObject(.rules(rules, rules.period(utc: seconds)))
  }

  /// The zone as it is at a local time; where there are two, the one without daylight saving.
  func at(local seconds: Int) -> TimeZoneObject {
    guard case .rules(let rules, _) = kind else { return self }
    var candidates: [Period] = []
    for guess in [seconds - 86_400, seconds, seconds + 86_400] {
      let period = rules.period(utc: guess)
      let actual = rules.period(utc: seconds - period.offset)
      if actual.offset == period.offset { candidates.append(actual) }
    }
    let chosen =
      candidates.first { $0.daylight == 0 } ?? candidates.first
      ?? [seconds - 86_400, seconds + 86_400].map(rules.period(utc:)).first { $0.daylight == 0 }
    return TimeZoneObject(.rules(rules, chosen ?? rules.first))
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    (other as? TimeZoneObject)?.represented == represented
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "zone": rendered.isEmpty ? nil : .text(rendered)
    case "localize":
      method(name) { (arguments) throws(Diagnostic) in
        let value = try arguments.required(0, "dt", of: name)
        guard case .object(let time as DateTimeObject) = value, time.zone == nil else {
          throw .invalidValue("localize needs a datetime without a time zone", at: arguments.range)
        }
        return .object(DateTimeObject(time.fields, self.at(local: time.unixSeconds)))
      }
    case "normalize":
      method(name) { (arguments) throws(Diagnostic) in
        let value = try arguments.required(0, "dt", of: name)
        guard case .object(let time as DateTimeObject) = value, time.zone != nil else {
          throw .invalidValue("normalize needs a datetime with a time zone", at: arguments.range)
        }
        return .object(time.moved(to: self))
      }
    case "utcoffset", "dst":
      method(name) { _ in
        let period = self.period
        let seconds = name == "dst" ? period.daylight : period.offset
        return .object(TimeDelta(seconds * 1_000_000))
      }
    case "tzname": method(name) { _ in .text(self.period.name) }
    default: nil
    }
  }
}

/// The rules of one zone, out of the system's time zone files.
final class ZoneRules {
  let name: String
  private var times: [Int] = []
  private var kinds: [Int] = []
  private var periods: [TimeZoneObject.Period] = []
  /// The rule for the years after the table, as POSIX writes it.
  private var footer = ""

  var isStatic: Bool { times.isEmpty }
  var first: TimeZoneObject.Period {
    periods.first ?? TimeZoneObject.Period(offset: 0, daylight: 0, name: "UTC")
  }

  private init(_ name: String) {
    self.name = name
  }

  /// The rules of a zone; nil when there is no such zone.
  static func load(_ name: String) -> ZoneRules? {
    // The name becomes a path: letters and the few other signs of zone names, no dots.
    let isPlain = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/")].contains($0)
    }
    guard isPlain, !name.isEmpty, name.utf8.count < 64, !name.hasPrefix("/") else { return nil }
    guard let file = fopen("/usr/share/zoneinfo/" + name, "rb") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    let rules = ZoneRules(name)
    return rules.read(Array(bytes.prefix(count))) ? rules : nil
  }

  private func read(_ bytes: [UInt8]) -> Bool {
    func number(_ offset: Int, _ width: Int) -> Int? {
      guard offset >= 0, offset + width <= bytes.count else { return nil }
      var value = Int(Int8(bitPattern: bytes[offset]))
      for byte in bytes[(offset + 1)..<(offset + width)] { value = value << 8 | Int(byte) }
      return value
    }
    func header(_ start: Int) -> [Int]? {
      guard start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
        return nil
      }
      var counts: [Int] = []
      for index in 0..<6 {
        guard let count = number(start + 20 + index * 4, 4), (0...10_000).contains(count) else {
          return nil
        }
        counts.append(count)
      }
      return counts
    }
    // The first block has 32-bit times; the second, which counts, has 64-bit ones.
    guard let old = header(0) else { return false }
    let start = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
    guard let counts = header(start) else { return false }
    let (timeCount, typeCount, charCount) = (counts[3], counts[4], counts[5])
    let base = start + 44
    let typeBase = base + timeCount * 9
    let nameBase = typeBase + typeCount * 6
    guard nameBase + charCount <= bytes.count else { return false }
    for index in 0..<timeCount {
      guard let time = number(base + index * 8, 8) else { return false }
      let kind = Int(bytes[base + timeCount * 8 + index])
      guard kind < typeCount else { return false }
      times.append(time)
      kinds.append(kind)
    }
    for index in 0..<typeCount {
      let offset = typeBase + index * 6
      guard let seconds = number(offset, 4) else { return false }
      let names = bytes[nameBase..<nameBase + charCount].dropFirst(Int(bytes[offset + 5]))
      let name = String(decoding: names.prefix { $0 != 0 }, as: UTF8.self)
      periods.append(
        .init(
          offset: Self.wholeMinutes(seconds),
          daylight: bytes[offset + 4] == 1 ? 3600 : 0,
          name: name
        )
      )
    }
    let end = nameBase + charCount + counts[2] * 12 + counts[1] + counts[0]
    if end < bytes.count {
      footer = String(decoding: bytes[(end + 1)...].prefix { $0 != 10 }, as: UTF8.self)
    }
    return !periods.isEmpty
  }

  /// pytz rounds what was kept to the second, as local mean times, to minutes.
  private static func wholeMinutes(_ seconds: Int) -> Int {
    let shifted = seconds + 30
    return (shifted >= 0 ? shifted / 60 : -((59 - shifted) / 60)) * 60
  }

  func period(utc seconds: Int) -> TimeZoneObject.Period {
    guard let last = times.last else { return first }
    if seconds >= last, let period = PosixRule(footer)?.period(utc: seconds) { return period }
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : periods[kinds[low - 1]]
  }
}

/// A rule as `EST5EDT,M3.2.0,M11.1.0`.
private struct PosixRule {
  private struct Change {
    var month: Int
    var week: Int
    var day: Int
    var seconds: Int
  }

  private var standard: TimeZoneObject.Period
  private var summer: TimeZoneObject.Period?
  private var start: Change?
  private var end: Change?

  init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let head = parts.first, !head.isEmpty else { return nil }
    var rest = Array(head.utf8)[...]
    func name() -> String? {
      if rest.first == UInt8(ascii: "<") {
        guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        defer { rest = rest[(close + 1)...] }
        return String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
      }
      let letters = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
      rest = rest.dropFirst(letters.count)
      return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
    }
    func offset() -> Int? {
      let digits = rest.prefix { (43...58).contains($0) && $0 != 44 && $0 != 47 }
      rest = rest.dropFirst(digits.count)
      return Self.seconds(String(decoding: digits, as: UTF8.self))
    }
    guard let standardName = name(), let west = offset() else { return nil }
    standard = .init(offset: -west, daylight: 0, name: standardName)
    guard let summerName = name() else { return }
    summer = .init(offset: -(offset() ?? west - 3600), daylight: 3600, name: summerName)
    guard parts.count == 3, let from = Self.change(parts[1]), let to = Self.change(parts[2]) else {
      return nil
    }
    start = from
    end = to
  }

  private static func seconds(_ text: String) -> Int? {
    guard !text.isEmpty else { return nil }
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":").compactMap { Int($0) }
    guard let hours = parts.first else { return nil }
    var total = hours * 3600
    if parts.count > 1 { total += parts[1] * 60 }
    if parts.count > 2 { total += parts[2] }
    return isNegative ? -total : total
  }

  private static func change(_ text: String) -> Change? {
    let halves = text.split(separator: "/").map(String.init)
    guard let date = halves.first, date.hasPrefix("M") else { return nil }
    let numbers = date.dropFirst().split(separator: ".").compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    let time = halves.count > 1 ? seconds(halves[1]) : 7200
    return time.map { Change(month: numbers[0], week: numbers[1], day: numbers[2], seconds: $0) }
  }

  /// Local seconds since 1970 at which a change happens.
  private func moment(_ change: Change, year: Int) -> Int {
    let first = CalendarDay.ordinal(year, change.month, 1)
    var day = 1 + (change.day - first % 7 + 7) % 7 + (change.week - 1) * 7
    while day > CalendarDay.length(of: change.month, year) { day -= 7 }
    return (first + day - 1 - 719_163) * 86_400 + change.seconds
  }

  func period(utc seconds: Int) -> TimeZoneObject.Period {
    guard let summer, let start, let end else { return standard }
    let days = (seconds + standard.offset).floorDivided(by: 86_400)
    let year = CalendarDay.date(ordinal: min(max(days + 719_163, 1), CalendarDay.lastOrdinal)).year
    let from = moment(start, year: year) - standard.offset
    let to = moment(end, year: year) - summer.offset
    let isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to
    return isSummer ? summer : standard
  }
}
