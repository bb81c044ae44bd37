import Diagnostics
import Glibc

/// `modules.datetime` and `modules.pytz`.
enum DateModule {
  static let dateParts = ["year", "month", "day"]
  static let timeParts = ["hour", "minute", "second", "microsecond"]

  static var datetime: DictionaryReference {
    let first = DateFields(total: 0)
    let last = DateFields(total: CalendarDay.lastOrdinal * 86_400_000_000 - 1)
    return DictionaryReference([
      ("date", date(first, last)), ("datetime", dateTime(first, last)), ("time", time),
      (
        "timedelta",
        .object(
          ClassObject("datetime.timedelta") { (arguments) throws(Diagnostic) in
            try TimeDelta.make(arguments)
          }
        )
      ),
      (
        "tzinfo",
        .object(
          ClassObject("datetime.tzinfo") { (arguments) throws(Diagnostic) in
            throw .typeMismatch(
              "tzinfo cannot be used by itself; see modules.pytz",
              at: arguments.range
            )
          }
        )
      ),
    ])
  }

  static var pytz: DictionaryReference {
    let utc = Value.object(TimeZoneObject(.utc))
    return DictionaryReference([
      (
        "timezone",
        .function(
          NativeFunction("timezone") { (arguments) throws(Diagnostic) in
            let name = try arguments.string(0, "zone", of: "timezone")
            guard let zone = TimeZoneObject.named(name) else {
              throw .invalidValue("there is no time zone '\(name)'", at: arguments.range)
            }
            return .object(zone)
          }
        )
      ),
      ("utc", utc), ("UTC", utc),
      (
        "FixedOffset",
        .function(
          NativeFunction("FixedOffset") { (arguments) throws(Diagnostic) in
            let minutes = try Methods.integer(arguments, 0, "minutes", of: "FixedOffset")
            guard abs(minutes) < 1440 else {
              throw .invalidValue("the offset must be below a day", at: arguments.range)
            }
            return minutes == 0 ? utc : .object(TimeZoneObject(.fixed(minutes * 60)))
          }
        )
      ),
    ])
  }

  /// Takes over the parts that were given, and checks the whole.
  static func set(
    _ fields: inout DateFields,
    _ given: [Value?],
    _ names: [String],
    _ arguments: Arguments
  ) throws(Diagnostic) {
    for (value, name) in zip(given, names) {
      guard let value else { continue }
      if case .undefined(let undefined) = value {
        throw arguments.renderer.undefinedUse(undefined, at: arguments.range)
      }
      guard let number = value.integerValue else {
        throw .argumentType(
          name,
          of: "date",
          expected: "an integer",
          given: value,
          at: arguments.range
        )
      }
      switch name {
      case "year": fields.year = number
      case "month": fields.month = number
      case "day": fields.day = number
      case "hour": fields.hour = number
      case "minute": fields.minute = number
      case "second": fields.second = number
      default: fields.microsecond = number
      }
    }
    func check(_ isValid: Bool, _ message: String) throws(Diagnostic) {
      if !isValid { throw .invalidValue(message, at: arguments.range) }
    }
    try check((1...9999).contains(fields.year), "year \(fields.year) is out of range")
    try check((1...12).contains(fields.month), "month must be in 1..12")
    let length = CalendarDay.length(of: fields.month, fields.year)
    try check((1...length).contains(fields.day), "day is out of range for month")
    try check((0..<24).contains(fields.hour), "hour must be in 0..23")
    try check((0..<60).contains(fields.minute), "minute must be in 0..59")
    try check((0..<60).contains(fields.second), "second must be in 0..59")
    try check((0..<1_000_000).contains(fields.microsecond), "microsecond must be in 0..999999")
  }

  static func zone(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> TimeZoneObject? {
    if value.isNone { return nil }
    guard case .object(let zone as TimeZoneObject) = value else {
      throw .typeMismatch("tzinfo must be a time zone", at: arguments.range)
    }
    return zone
  }

  /// `now()`, `utcnow()` and `today()`: the moment that the host names, or the time of day.
  private static func clock(_ name: String, isDate: Bool = false) -> Value {
    .function(
      NativeFunction(name) { (arguments) throws(Diagnostic) in
        var moment = timespec()
        if let now = arguments.renderer.context.now {
          moment.tv_sec = now.floorDivided(by: 1_000_000)
          moment.tv_nsec = (now - moment.tv_sec * 1_000_000) * 1_000
        } else {
          clock_gettime(CLOCK_REALTIME, &moment)
        }
        var seconds = moment.tv_sec
        var zone: TimeZoneObject?
        if let value = arguments.value(0, "tz") { zone = try Self.zone(value, arguments) }
        if name != "utcnow", zone == nil {
          var local = tm()
          localtime_r(&seconds, &local)
          seconds += local.tm_gmtoff
        }
        let total = (seconds + 62_135_596_800) * 1_000_000 + moment.tv_nsec / 1_000
        let fields = DateFields(total: max(0, total))
        if isDate {
          var day = DateFields()
          (day.year, day.month, day.day) = (fields.year, fields.month, fields.day)
          return .object(DateObject(day))
        }
        guard let zone else { return .object(DateTimeObject(fields, nil)) }
        return .object(DateTimeObject(fields, TimeZoneObject(.utc)).moved(to: zone))
      }
    )
  }

  private static func date(_ first: DateFields, _ last: DateFields) -> Value {
    let result = ClassObject("datetime.date") { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: dateParts, of: "date")
      for (value, name) in zip(given, dateParts) where value == nil {
        throw .missingArgument(name, of: "date", at: arguments.range)
      }
      var fields = DateFields()
      try set(&fields, given, dateParts, arguments)
      return .object(DateObject(fields))
    }
    result.members["min"] = .object(DateObject(first))
    result.members["max"] = .object(DateObject(last))
    result.members["today"] = clock("today", isDate: true)
    result.add("fromisoformat") { (arguments) throws(Diagnostic) in
      let text = try arguments.string(0, "date_string", of: "fromisoformat")
      guard let fields = DateFormat.parse(text, "%Y-%m-%d") else {
        throw .invalidValue("'\(text)' is no date as YYYY-MM-DD", at: arguments.range)
      }
      return .object(DateObject(fields))
    }
    result.add("fromordinal") { (arguments) throws(Diagnostic) in
      let ordinal = try Methods.integer(arguments, 0, "ordinal", of: "fromordinal")
      return try DateObject.date(ordinal: ordinal, at: arguments.range)
    }
    return .object(result)
  }

  private static var time: Value {
    .object(
      ClassObject("datetime.time") { (arguments) throws(Diagnostic) in
        let given = try arguments.matched(to: timeParts, of: "time")
        var fields = DateFields()
        try set(&fields, given, timeParts, arguments)
        return .object(TimeObject(fields))
      }
    )
  }

  private static func dateTime(_ first: DateFields, _ last: DateFields) -> Value {
    let parts = dateParts + timeParts
    let result = ClassObject("datetime.datetime") { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: parts + ["tzinfo"], of: "datetime")
      for (value, name) in zip(given, dateParts) where value == nil {
        throw .missingArgument(name, of: "datetime", at: arguments.range)
      }
      var fields = DateFields()
      try set(&fields, given, parts, arguments)
      var zone: TimeZoneObject?
      if let value = given[parts.count] { zone = try Self.zone(value, arguments) }
      return .object(DateTimeObject(fields, zone))
    }
    result.members["min"] = .object(DateTimeObject(first, nil))
    result.members["max"] = .object(DateTimeObject(last, nil))
    for name in ["now", "utcnow", "today"] { result.members[name] = clock(name) }
    result.add("strptime") { (arguments) throws(Diagnostic) in
      let text = try arguments.string(0, "date_string", of: "strptime")
      let format = try arguments.string(1, "format", of: "strptime")
      guard let fields = DateFormat.parse(text, format) else {
        throw .invalidValue(
          "time data '\(text)' does not match format '\(format)'",
          at: arguments.range
        )
      }
      return .object(DateTimeObject(fields, fields.offset.map { TimeZoneObject(.fixed($0)) }))
    }
    result.add("fromisoformat") { (arguments) throws(Diagnostic) in
      let text = try arguments.string(0, "date_string", of: "fromisoformat")
      for day in ["%Y-%m-%d", "%Y%m%d"] {
        for time in [
          "", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M", "T%H", "T%H:%M:%S%z", "T%H:%M:%S.%f%z",
          "T%H:%M%z", "T%H%M%S", "T%H%M",
        ] {
          for separator in ["T", " "] {
            let format = day + (time.isEmpty ? "" : separator + time.dropFirst())
            guard let fields = DateFormat.parse(text, format) else { continue }
            return .object(DateTimeObject(fields, fields.offset.map { TimeZoneObject(.fixed($0)) }))
          }
        }
      }
      throw .invalidValue("Invalid isoformat string: '\(text)'", at: arguments.range)
    }
    result.add("combine") { (arguments) throws(Diagnostic) in
      guard case .object(let date as DateObject) = try arguments.required(0, "date", of: "combine"),
        case .object(let time as TimeObject) = try arguments.required(1, "time", of: "combine")
      else {
        throw .typeMismatch("combine needs a date and a time", at: arguments.range)
      }
      var fields = time.fields
      (fields.year, fields.month, fields.day) = (
        date.fields.year, date.fields.month, date.fields.day
      )
      return .object(DateTimeObject(fields, nil))
    }
    for name in ["fromtimestamp", "utcfromtimestamp"] {
      result.add(name) { (arguments) throws(Diagnostic) in
        let value = try arguments.required(0, "timestamp", of: name)
        guard let seconds = value.doubleValue, seconds.magnitude < 2.5e11 else {
          throw .argumentType(
            "timestamp",
            of: name,
            expected: "a number of seconds",
            given: value,
            at: arguments.range
          )
        }
        let total = 62_135_596_800_000_000 + Int((seconds * 1_000_000).rounded(.toNearestOrEven))
        guard total >= 0 else {
          throw .invalidValue("the date is out of range", at: arguments.range)
        }
        let time = DateTimeObject(DateFields(total: total), nil)
        guard let value = arguments.value(1, "tz"), let zone = try Self.zone(value, arguments)
        else { return .object(time) }
        return .object(DateTimeObject(time.fields, TimeZoneObject(.utc)).moved(to: zone))
      }
    }
    return .object(result)
  }
}

/// A class of Python: called to make a value, with members of its own.
final class ClassObject: TemplateObject {
  let name: String
  var members: [String: Value] = [:]
  private let make: (Arguments) throws(Diagnostic) -> Value

  init(_ name: String, _ make: @escaping (Arguments) throws(Diagnostic) -> Value) {
    self.name = name
    self.make = make
  }

  func add(_ name: String, _ body: @escaping (Arguments) throws(Diagnostic) -> Value) {
    members[name] = .function(NativeFunction(name, body))
  }

  var typeName: String { "type" }
  var rendered: String { "<class '\(name)'>" }
  var isCallable: Bool { true }
  func attribute(_ name: String) -> Value? { members[name] }
  func call(_ arguments: Arguments) throws(Diagnostic) -> Value { try make(arguments) }
}
