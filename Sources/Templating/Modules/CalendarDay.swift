/// Days of the proleptic Gregorian calendar.
enum CalendarDay {
  /// Python's ordinal: 1 is the first of January of the year 1.
  static func ordinal(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400
    return before * 365 + leapDays + daysBefore(month, of: year) + day
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func length(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func daysBefore(_ month: Int, of year: Int) -> Int {
    var days = 0
    for earlier in 1..<max(month, 1) { days += length(of: earlier, year) }
    return days
  }

  static let lastOrdinal = 3_652_059

  static func date(ordinal: Int) -> (year: Int, month: Int, day: Int) {
    var rest = ordinal - 1
    let eras = rest / 146_097
    rest %= 146_097
    let centuries = min(rest / 36_524, 3)
    rest -= centuries * 36_524
    let quads = rest / 1_461
    rest %= 1_461
    let years = min(rest / 365, 3)
    rest -= years * 365
    let year = eras * 400 + centuries * 100 + quads * 4 + years + 1
    var month = 1
    while rest >= length(of: month, year) {
      rest -= length(of: month, year)
      month += 1
    }
    return (year, month, rest + 1)
  }

  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let dayNames = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
}

/// The fields of a date and a time of day, as formats see them.
struct DateFields {
  var year = 1900
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  var microsecond = 0
  /// Seconds east of UTC; nil without a time zone.
  var offset: Int?
  var zoneName = ""

  var ordinal: Int { CalendarDay.ordinal(year, month, day) }
  /// 0 is Monday.
  var weekday: Int { (ordinal + 6) % 7 }
  var dayOfYear: Int { CalendarDay.daysBefore(month, of: year) + day }

  /// Microseconds since the start of the year 1.
  var total: Int {
    (((ordinal - 1) * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + microsecond
  }

  init() {}

  init(total: Int) {
    let days = total.floorDivided(by: 86_400_000_000)
    var rest = total - days * 86_400_000_000
    (year, month, day) = CalendarDay.date(ordinal: days + 1)
    microsecond = rest % 1_000_000
    rest /= 1_000_000
    second = rest % 60
    minute = rest / 60 % 60
    hour = rest / 3600
  }

  /// The ISO year, week and day of the week.
  var isoCalendar: (year: Int, week: Int, day: Int) {
    func firstMonday(_ year: Int) -> Int {
      let first = CalendarDay.ordinal(year, 1, 1)
      let weekday = (first + 6) % 7
      return weekday > 3 ? first - weekday + 7 : first - weekday
    }
    var isoYear = year
    var start = firstMonday(year)
    if ordinal < start {
      isoYear -= 1
      start = firstMonday(isoYear)
    } else if ordinal >= firstMonday(year + 1) {
      isoYear += 1
      start = firstMonday(isoYear)
    }
    return (isoYear, (ordinal - start) / 7 + 1, weekday + 1)
  }

  var isoDate: String { "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))" }

  var isoTime: String {
    let whole = "\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))"
    return microsecond == 0 ? whole : "\(whole).\(Self.padded(microsecond, 6))"
  }

  /// `+01:00`, with seconds where there are some.
  func isoOffset(separator: String = ":") -> String {
    guard let offset else { return "" }
    let size = abs(offset)
    let seconds = size % 60 == 0 ? "" : separator + Self.padded(size % 60)
    let sign = offset < 0 ? "-" : "+"
    return "\(sign)\(Self.padded(size / 3600))\(separator)\(Self.padded(size / 60 % 60))\(seconds)"
  }

  static func padded(_ number: Int, _ width: Int = 2, with fill: String = "0") -> String {
    let digits = String(number)
    return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Int {
  /// The quotient rounded down; the divisor is above zero.
  func floorDivided(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// `strftime` and `strptime`, as the C locale has them.
enum DateFormat {
  static func text(_ fields: DateFields, _ format: String) -> String {
    var result = ""
    var scalars = Array(format.unicodeScalars)[...]
    let padded = { (number: Int, width: Int) in DateFields.padded(number, width) }
    while let scalar = scalars.popFirst() {
      guard scalar == "%", var letter = scalars.popFirst() else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var isBare = false
      if letter == "-", let next = scalars.popFirst() {
        isBare = true
        letter = next
      }
      let number = { (value: Int, width: Int) in isBare ? String(value) : padded(value, width) }
      switch letter {
      case "Y": result += String(fields.year)
      case "G": result += String(fields.isoCalendar.year)
      case "y": result += number(fields.year % 100, 2)
      case "C": result += number(fields.year / 100, 2)
      case "m": result += number(fields.month, 2)
      case "d": result += number(fields.day, 2)
      case "e": result += isBare ? String(fields.day) : DateFields.padded(fields.day, with: " ")
      case "H": result += number(fields.hour, 2)
      case "I": result += number((fields.hour + 11) % 12 + 1, 2)
      case "k": result += isBare ? String(fields.hour) : DateFields.padded(fields.hour, with: " ")
      case "l": result += DateFields.padded((fields.hour + 11) % 12 + 1, with: " ")
      case "M": result += number(fields.minute, 2)
      case "S": result += number(fields.second, 2)
      case "f": result += padded(fields.microsecond, 6)
      case "j": result += number(fields.dayOfYear, 3)
      case "p": result += fields.hour < 12 ? "AM" : "PM"
      case "P": result += fields.hour < 12 ? "am" : "pm"
      case "A": result += CalendarDay.dayNames[fields.weekday]
      case "a": result += CalendarDay.dayNames[fields.weekday].prefix(3)
      case "B": result += CalendarDay.monthNames[fields.month - 1]
      case "b", "h": result += CalendarDay.monthNames[fields.month - 1].prefix(3)
      case "w": result += String((fields.weekday + 1) % 7)
      case "u": result += String(fields.weekday + 1)
      case "U": result += number((fields.dayOfYear + 6 - (fields.weekday + 1) % 7) / 7, 2)
      case "W": result += number((fields.dayOfYear + 6 - fields.weekday) / 7, 2)
      case "V": result += number(fields.isoCalendar.week, 2)
      case "D": result += text(fields, "%m/%d/%y")
      case "F": result += text(fields, "%Y-%m-%d")
      case "T": result += text(fields, "%H:%M:%S")
      case "R": result += text(fields, "%H:%M")
      case "r": result += text(fields, "%I:%M:%S %p")
      case "c": result += text(fields, "%a %b %e %H:%M:%S %Y")
      case "x": result += text(fields, "%m/%d/%y")
      case "X": result += text(fields, "%H:%M:%S")
      case "z": result += fields.isoOffset(separator: "")
      case "Z": result += fields.zoneName
      case "s":
        result += String((fields.total - 62_135_596_800_000_000) / 1_000_000 - (fields.offset ?? 0))
      case "n": result += "\n"
      case "t": result += "\t"
      case "%": result += "%"
      default:
        result += "%" + (isBare ? "-" : "")
        result.unicodeScalars.append(letter)
      }
    }
    return result
  }

  /// The fields that a text has under a format; nil where it does not fit.
  static func parse(_ text: String, _ format: String) -> DateFields? {
    var fields = DateFields()
    var rest = Array(text.unicodeScalars)[...]
    var scalars = Array(format.unicodeScalars)[...]
    var isAfternoon: Bool?
    var dayOfYear: Int?
    func digits(_ most: Int) -> Int? {
      var value: Int?
      var count = 0
      while count < most, let digit = rest.first, ("0"..."9").contains(digit) {
        value = (value ?? 0) * 10 + Int(digit.value - 48)
        rest.removeFirst()
        count += 1
      }
      return value
    }
    func name(_ names: [String], _ length: Int?) -> Int? {
      for (index, name) in names.enumerated() {
        let wanted = length.map { String(name.prefix($0)) } ?? name
        let given = PythonText.text(rest.prefix(wanted.unicodeScalars.count))
        if given.lowercased() == wanted.lowercased() {
          rest = rest.dropFirst(wanted.unicodeScalars.count)
          return index
        }
      }
      return nil
    }
    func skipSpace() {
      while let scalar = rest.first, PythonText.isSpace(scalar) { rest.removeFirst() }
    }
    while let scalar = scalars.popFirst() {
      if PythonText.isSpace(scalar) {
        guard let first = rest.first, PythonText.isSpace(first) else { return nil }
        skipSpace()
        continue
      }
      guard scalar == "%" else {
        guard let first = rest.popFirst(),
          String(first).lowercased() == String(scalar).lowercased()
        else { return nil }
        continue
      }
      guard let letter = scalars.popFirst() else { return nil }
      switch letter {
      case "Y":
        let before = rest.count
        guard let value = digits(4), before - rest.count == 4 else { return nil }
        fields.year = value
      case "y":
        let before = rest.count
        guard let value = digits(2), before - rest.count == 2 else { return nil }
        fields.year = value < 69 ? 2000 + value : 1900 + value
      case "m":
        guard let value = digits(2) else { return nil }
        fields.month = value
      case "d":
        guard let value = digits(2) else { return nil }
        fields.day = value
      case "H":
        guard let value = digits(2), value < 24 else { return nil }
        fields.hour = value
      case "I":
        guard let value = digits(2), (1...12).contains(value) else { return nil }
        fields.hour = value
        if isAfternoon == nil { isAfternoon = false }
      case "M":
        guard let value = digits(2), value < 60 else { return nil }
        fields.minute = value
      case "S":
        guard let value = digits(2), value < 62 else { return nil }
        fields.second = value
      case "j":
        guard let value = digits(3) else { return nil }
        dayOfYear = value
      case "f":
        let before = rest.count
        guard var value = digits(6) else { return nil }
        for _ in 0..<(6 - (before - rest.count)) { value *= 10 }
        fields.microsecond = value
      case "p":
        guard let index = name(["AM", "PM"], nil) else { return nil }
        isAfternoon = index == 1
      case "B":
        guard let index = name(CalendarDay.monthNames, nil) else { return nil }
        fields.month = index + 1
      case "b", "h":
        guard let index = name(CalendarDay.monthNames, 3) else { return nil }
        fields.month = index + 1
      case "A": if name(CalendarDay.dayNames, nil) == nil { return nil }
      case "a": if name(CalendarDay.dayNames, 3) == nil { return nil }
      case "z":
        if rest.first == "Z" {
          rest.removeFirst()
          fields.offset = 0
          continue
        }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-", let hours = digits(2) else {
          return nil
        }
        if rest.first == ":" { rest.removeFirst() }
        guard let minutes = digits(2) else { return nil }
        fields.offset = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
      case "%": if rest.popFirst() != "%" { return nil }
      default: return nil
      }
    }
    guard rest.isEmpty else { return nil }
    if let isAfternoon { fields.hour = fields.hour % 12 + (isAfternoon ? 12 : 0) }
    if let dayOfYear, dayOfYear > 0 {
      let date = CalendarDay.date(ordinal: CalendarDay.ordinal(fields.year, 1, 1) + dayOfYear - 1)
      (fields.month, fields.day) = (date.month, date.day)
    }
    guard (1...12).contains(fields.month), fields.year > 0,
      (1...CalendarDay.length(of: fields.month, fields.year)).contains(fields.day)
    else { return nil }
    return fields
  }
}
