import Diagnostics

/// Python's `date`.
class DateObject: PythonObject {
  let fields: DateFields

  init(_ fields: DateFields) {
    self.fields = fields
  }

  var typeName: String { "datetime.date" }
  var rendered: String { fields.isoDate }
  /// What `isoformat()` gives.
  var isoText: String { fields.isoDate }
  var represented: String { "datetime.date(\(fields.year), \(fields.month), \(fields.day))" }
  var hashKey: DictionaryKey? { .data(kind: "date", [fields.ordinal]) }
  var isTrue: Bool { true }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? DateObject, !(other is DateTimeObject) else { return false }
    return fields.ordinal == other.fields.ordinal
  }

  func isLess(than other: Value) -> Bool? {
    guard case .object(let other as DateObject) = other, !(other is DateTimeObject) else {
      return nil
    }
    return fields.ordinal < other.fields.ordinal
  }

  func formatted(_ specification: String) -> String? {
    specification.isEmpty ? rendered : DateFormat.text(fields, specification)
  }

  func contains(_ element: Value) -> Bool? { nil }
  var negated: Value? { nil }
  func slice(_ indices: [Int]) -> Value? { nil }

  /// A date a number of days away.
  static func date(ordinal: Int, at range: TextRange) throws(Diagnostic) -> Value {
    guard (1...CalendarDay.lastOrdinal).contains(ordinal) else {
      throw .invalidValue("the date is out of range", at: range)
    }
    return .object(DateObject(DateFields(total: (ordinal - 1) * 86_400_000_000)))
  }

  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    switch (symbol, other) {
    case (.add, .object(let delta as TimeDelta)):
      return try Self.date(ordinal: fields.ordinal + delta.days, at: range)
    case (.subtract, .object(let delta as TimeDelta)) where isLeft:
      return try Self.date(ordinal: fields.ordinal - delta.days, at: range)
    case (.subtract, .object(let date as DateObject)) where isLeft && !(date is DateTimeObject):
      return .object(TimeDelta((fields.ordinal - date.fields.ordinal) * 86_400_000_000))
    default: return nil
    }
  }

  func item(_ key: Value) -> Value? { nil }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "year": return .integer(fields.year)
    case "month": return .integer(fields.month)
    case "day": return .integer(fields.day)
    case "isoformat": return method(name) { _ in .text(self.fields.isoDate) }
    case "strftime":
      return method(name) { (arguments) throws(Diagnostic) in
        .text(DateFormat.text(self.fields, try arguments.string(0, "format", of: name)))
      }
    case "ctime":
      return method(name) { _ in .text(DateFormat.text(self.fields, "%a %b %e %H:%M:%S %Y")) }
    case "weekday": return method(name) { _ in .integer(self.fields.weekday) }
    case "isoweekday": return method(name) { _ in .integer(self.fields.weekday + 1) }
    case "toordinal": return method(name) { _ in .integer(self.fields.ordinal) }
    case "isocalendar":
      return method(name) { _ in
        let iso = self.fields.isoCalendar
        let names = ["year", "week", "weekday"]
        let values: [Value] = [.integer(iso.year), .integer(iso.week), .integer(iso.day)]
        return .object(NamedTuple("datetime.IsoCalendarDate", names, values))
      }
    case "timetuple":
      return method(name) { _ in
        let fields = self.fields
        let numbers = [
          fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second,
          fields.weekday, fields.dayOfYear, -1,
        ]
        let names = [
          "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday",
          "tm_isdst",
        ]
        return .object(NamedTuple("time.struct_time", names, numbers.map { .integer($0) }))
      }
    case "replace":
      return method(name) { (arguments) throws(Diagnostic) in
        let given = try arguments.matched(to: ["year", "month", "day"], of: name)
        var fields = self.fields
        try DateModule.set(&fields, given, DateModule.dateParts, arguments)
        return .object(DateObject(fields))
      }
    default: return nil
    }
  }
}

/// Python's `datetime`.
final class DateTimeObject: DateObject {
  let zone: TimeZoneObject?

  init(_ fields: DateFields, _ zone: TimeZoneObject?) {
    self.zone = zone
    var fields = fields
    fields.offset = zone?.period.offset
    fields.zoneName = zone?.period.name ?? ""
    super.init(fields)
  }

  /// Seconds since 1970 by the clock on the wall.
  var unixSeconds: Int { (fields.total / 1_000_000) - 62_135_596_800 }
  private var utcTotal: Int { fields.total - (fields.offset ?? 0) * 1_000_000 }

  override var typeName: String { "datetime.datetime" }
  override var rendered: String { fields.isoDate + " " + fields.isoTime + fields.isoOffset() }
  override var isoText: String { fields.isoDate + "T" + fields.isoTime + fields.isoOffset() }

  override var represented: String {
    var parts = [fields.year, fields.month, fields.day, fields.hour, fields.minute]
    if fields.second != 0 || fields.microsecond != 0 { parts.append(fields.second) }
    if fields.microsecond != 0 { parts.append(fields.microsecond) }
    let zone = zone.map { ", tzinfo=" + $0.represented } ?? ""
    return "datetime.datetime(\(parts.map(String.init).joined(separator: ", "))\(zone))"
  }

  override var hashKey: DictionaryKey? {
    .data(kind: zone == nil ? "datetime" : "aware", [utcTotal])
  }

  override func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? DateTimeObject, (other.zone == nil) == (zone == nil) else {
      return false
    }
    return utcTotal == other.utcTotal
  }

  override func isLess(than other: Value) -> Bool? {
    guard case .object(let other as DateTimeObject) = other, (other.zone == nil) == (zone == nil)
    else { return nil }
    return utcTotal < other.utcTotal
  }

  /// The same moment in another zone.
  func moved(to other: TimeZoneObject) -> DateTimeObject {
    let there = other.at(utc: utcTotal / 1_000_000 - 62_135_596_800)
    return DateTimeObject(DateFields(total: utcTotal + there.period.offset * 1_000_000), there)
  }

  private func shifted(_ microseconds: Int, at range: TextRange) throws(Diagnostic) -> Value {
    let total = fields.total + microseconds
    guard total >= 0, total < CalendarDay.lastOrdinal * 86_400_000_000 else {
      throw .invalidValue("the date is out of range", at: range)
    }
    return .object(DateTimeObject(DateFields(total: total), zone))
  }

  override func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    switch (symbol, other) {
    case (.add, .object(let delta as TimeDelta)):
      return try shifted(delta.microseconds, at: range)
    case (.subtract, .object(let delta as TimeDelta)) where isLeft:
      return try shifted(-delta.microseconds, at: range)
    case (.subtract, .object(let time as DateTimeObject)) where isLeft:
      guard (time.zone == nil) == (zone == nil) else {
        throw .typeMismatch("one datetime has a time zone, the other has none", at: range)
      }
      return .object(TimeDelta(utcTotal - time.utcTotal))
    default: return nil
    }
  }

  override func attribute(_ name: String) -> Value? {
    switch name {
    case "hour": return .integer(fields.hour)
    case "minute": return .integer(fields.minute)
    case "second": return .integer(fields.second)
    case "microsecond": return .integer(fields.microsecond)
    case "tzinfo": return zone.map { .object($0) } ?? Value.none
    case "date":
      return method(name) { _ in
        var fields = DateFields()
        (fields.year, fields.month, fields.day) = (
          self.fields.year, self.fields.month, self.fields.day
        )
        return .object(DateObject(fields))
      }
    case "time", "timetz":
      return method(name) { _ in .object(TimeObject(self.fields)) }
    case "isoformat":
      return method(name) { (arguments) throws(Diagnostic) in
        let given = try arguments.matched(to: ["sep", "timespec"], of: name)
        let separator = given[0]?.stringValue ?? "T"
        var fields = self.fields
        switch given[1]?.stringValue {
        case "seconds": fields.microsecond = 0
        case "milliseconds":
          let short = DateFields.padded(fields.microsecond / 1000, 3)
          fields.microsecond = 0
          return .text(
            "\(fields.isoDate)\(separator)\(fields.isoTime).\(short)\(fields.isoOffset())"
          )
        case "minutes":
          let time = fields.isoTime.prefix(5)
          return .text("\(fields.isoDate)\(separator)\(time)\(fields.isoOffset())")
        default: break
        }
        return .text(fields.isoDate + separator + fields.isoTime + fields.isoOffset())
      }
    case "timestamp":
      return method(name) { _ in
        .float(Double(self.utcTotal - 62_135_596_800_000_000) / 1_000_000)
      }
    case "utcoffset", "dst", "tzname":
      return method(name) { _ in
        guard let period = self.zone?.period else { return .none }
        if name == "tzname" { return .text(period.name) }
        let seconds = name == "dst" ? period.daylight : period.offset
        return .object(TimeDelta(seconds * 1_000_000))
      }
    case "astimezone":
      return method(name) { (arguments) throws(Diagnostic) in
        let value = try arguments.required(0, "tz", of: name)
        guard case .object(let zone as TimeZoneObject) = value else {
          throw .typeMismatch("astimezone needs a time zone", at: arguments.range)
        }
        guard self.zone != nil else {
          return .object(DateTimeObject(self.fields, TimeZoneObject(.utc)).moved(to: zone))
        }
        return .object(self.moved(to: zone))
      }
    case "replace":
      return method(name) { (arguments) throws(Diagnostic) in
        let parts = DateModule.dateParts + DateModule.timeParts
        let given = try arguments.matched(to: parts + ["tzinfo"], of: name)
        var fields = self.fields
        try DateModule.set(&fields, given, parts, arguments)
        var zone = self.zone
        if let value = given[parts.count] {
          zone = try DateModule.zone(value, arguments)
        }
        return .object(DateTimeObject(fields, zone))
      }
    default: return super.attribute(name)
    }
  }
}

/// Python's `time`.
final class TimeObject: PythonObject {
  let fields: DateFields

  init(_ fields: DateFields) {
    var fields = fields
    (fields.year, fields.month, fields.day) = (1900, 1, 1)
    (fields.offset, fields.zoneName) = (nil, "")
    self.fields = fields
  }

  var typeName: String { "datetime.time" }
  var rendered: String { fields.isoTime }
  var hashKey: DictionaryKey? { .data(kind: "time", [fields.total]) }

  var represented: String {
    var parts = [fields.hour, fields.minute]
    if fields.second != 0 || fields.microsecond != 0 { parts.append(fields.second) }
    if fields.microsecond != 0 { parts.append(fields.microsecond) }
    return "datetime.time(\(parts.map(String.init).joined(separator: ", ")))"
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    (other as? TimeObject)?.fields.total == fields.total
  }

  func isLess(than other: Value) -> Bool? {
    guard case .object(let other as TimeObject) = other else { return nil }
    return fields.total < other.fields.total
  }

  func formatted(_ specification: String) -> String? {
    specification.isEmpty ? rendered : DateFormat.text(fields, specification)
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "hour": .integer(fields.hour)
    case "minute": .integer(fields.minute)
    case "second": .integer(fields.second)
    case "microsecond": .integer(fields.microsecond)
    case "tzinfo": Value.none
    case "isoformat": method(name) { _ in .text(self.fields.isoTime) }
    case "strftime":
      method(name) { (arguments) throws(Diagnostic) in
        .text(DateFormat.text(self.fields, try arguments.string(0, "format", of: name)))
      }
    case "replace":
      method(name) { (arguments) throws(Diagnostic) in
        let given = try arguments.matched(to: DateModule.timeParts, of: name)
        var fields = self.fields
        try DateModule.set(&fields, given, DateModule.timeParts, arguments)
        return .object(TimeObject(fields))
      }
    default: nil
    }
  }
}

/// A tuple whose parts have names.
final class NamedTuple: PlainSequence {
  private let name: String
  private let names: [String]
  private let values: [Value]

  init(_ name: String, _ names: [String], _ values: [Value]) {
    self.name = name
    self.names = names
    self.values = values
  }

  var typeName: String { name }
  var elements: [Value]? { values }
  var count: Int? { values.count }

  var rendered: String {
    let parts = zip(names, values).map { "\($0)=\($1.represented)" }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  func attribute(_ name: String) -> Value? {
    zip(names, values).first { $0.0 == name }?.1
  }

  func item(_ key: Value) -> Value? {
    guard let index = key.integerValue else { return nil }
    let position = index < 0 ? index + values.count : index
    return values.indices.contains(position) ? values[position] : nil
  }
}
