/// Reads the many forms of dates that `'auto'` recognizes.
///
/// Month comes before day where only the order tells them apart, as with DateStyle MDY.
struct AutomaticDateTime {
  private var cursor: DigitCursor
  private var parts = DateTimeParts()
  private var year: (value: Int, digits: Int)?
  private var month: Int?
  private var day: Int?
  private var dayNumber: Int?
  private var hasTime = false
  private var isAfternoon: Bool?
  private var isBeforeChrist = false

  static func read(_ text: UnsafeBufferPointer<UInt8>) -> DateTimeParts? {
    guard text.count <= 128 else { return nil }
    var reader = AutomaticDateTime(cursor: DigitCursor(text))
    return reader.run()
  }

  private init(cursor: DigitCursor) {
    self.cursor = cursor
  }

  private mutating func run() -> DateTimeParts? {
    while !cursor.isAtEnd {
      let byte = cursor.current
      let isRead: Bool
      switch byte {
      case 32, 9, UInt8(ascii: ","):
        cursor.index += 1
        isRead = true
      case 48...57: isRead = number()
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        guard hasTime, parts.offset == nil, let offset = cursor.offset() else { return nil }
        parts.offset = offset
        isRead = true
      default: isRead = word()
      }
      guard isRead else { return nil }
    }
    return finish()
  }

  private mutating func finish() -> DateTimeParts? {
    if let dayNumber {
      guard year == nil, month == nil, day == nil else { return nil }
      parts.setDate(dayNumber: dayNumber)
    } else {
      guard let year, let month, let day else { return nil }
      parts.year = expanded(year)
      parts.month = month
      parts.day = day
    }
    if let isAfternoon {
      guard (1...12).contains(parts.hour), hasTime else { return nil }
      parts.hour = parts.hour % 12 + (isAfternoon ? 12 : 0)
    }
    return parts.isValid ? parts : nil
  }

  private func expanded(_ year: (value: Int, digits: Int)) -> Int {
    if isBeforeChrist { return 1 - year.value }
    guard year.digits <= 2 else { return year.value }
    return year.value + (year.value < 70 ? 2000 : 1900)
  }

  // MARK: fields that start with a digit

  private mutating func number() -> Bool {
    let start = cursor.index
    guard let value = cursor.digits(1, 18) else { return false }
    let digits = cursor.index - start
    switch cursor.current {
    case UInt8(ascii: ":"):
      guard !hasTime else { return false }
      hasTime = true
      cursor.index = start
      return DateTimeReader.clock(&cursor, &parts, dropsExcess: true)
    case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."):
      return date(firstDigits: digits, value)
    default:
      return plain(value, digits)
    }
  }

  /// A date with separators, or `1996.008`.
  private mutating func date(firstDigits digits: Int, _ first: Int) -> Bool {
    let separator = cursor.current
    cursor.index += 1
    if (65...90).contains(cursor.current & 0xDF) {
      guard month == nil, let name = Self.monthName(&cursor), cursor.take(separator) else {
        return false
      }
      let start = cursor.index
      guard let last = cursor.digits(1, 6) else { return false }
      month = name
      return digits >= 3
        ? set(year: first, digits, day: last)
        : set(year: last, cursor.index - start, day: first)
    }
    let secondStart = cursor.index
    guard let second = cursor.digits(1, 6) else { return false }
    let secondDigits = cursor.index - secondStart
    guard cursor.take(separator) else {
      // The day of the year.
      guard digits == 4, secondDigits == 3, dayNumber == nil, first > 0 else { return false }
      var newYear = DateTimeParts()
      newYear.year = first
      let length = 337 + DateTimeParts.days(in: 2, of: first)
      guard (1...length).contains(second) else { return false }
      dayNumber = newYear.dayNumber + second - 1
      return true
    }
    let thirdStart = cursor.index
    guard let third = cursor.digits(1, 6) else { return false }
    guard month == nil else { return false }
    if digits >= 3 {
      month = second
      return set(year: first, digits, day: third)
    }
    month = first
    return set(year: third, cursor.index - thirdStart, day: second)
  }

  private mutating func set(year value: Int, _ digits: Int, day newDay: Int) -> Bool {
    guard year == nil, day == nil, dayNumber == nil, value > 0 || digits == 2 else { return false }
    year = (value, digits)
    day = newDay
    return true
  }

  /// A number that stands alone: what it means depends on its length and on what came before.
  private mutating func plain(_ value: Int, _ digits: Int) -> Bool {
    let hasDate = dayNumber != nil || (year != nil && month != nil && day != nil)
    if hasDate {
      guard !hasTime, digits == 6 || digits == 4 else { return false }
      hasTime = true
      parts.hour = digits == 6 ? value / 10_000 : value / 100
      parts.minute = digits == 6 ? value / 100 % 100 : value % 100
      parts.second = digits == 6 ? value % 100 : 0
      if digits == 6, cursor.take(UInt8(ascii: ".")) {
        guard let fraction = cursor.fraction(dropsExcess: true) else { return false }
        parts.microsecond = fraction
      }
      return true
    }
    if month == nil, day == nil, year == nil, digits == 8 || digits == 6 {
      month = value / 100 % 100
      return set(year: value / 10_000, digits - 4, day: value % 100)
    }
    if digits <= 2, day == nil {
      day = value
      return true
    }
    guard year == nil, digits <= 4, value > 0 || digits == 2 else { return false }
    year = (value, digits)
    return true
  }

  // MARK: fields that start with a letter

  private mutating func word() -> Bool {
    let start = cursor.index
    while (65...90).contains(cursor.current & 0xDF) { cursor.index += 1 }
    let length = cursor.index - start
    guard length > 0, length <= 9 else { return false }
    let name = Self.packed(cursor.text, start..<cursor.index)
    switch name {
    case Self.packed("j"):
      guard dayNumber == nil, let days = cursor.digits(1, 7) else { return false }
      dayNumber = days - 2_440_588
      return true
    case Self.packed("t"):
      return cursor.current &- 48 < 10
    case Self.packed("am"), Self.packed("pm"):
      guard isAfternoon == nil else { return false }
      isAfternoon = name == Self.packed("pm")
      return true
    case Self.packed("bc"):
      isBeforeChrist = true
      return true
    case Self.packed("ad"):
      return true
    default:
      break
    }
    if let number = Self.month(name, length) {
      guard month == nil else { return false }
      month = number
      let separator = cursor.current
      guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") else { return true }
      cursor.index += 1
      guard let second = cursor.digits(1, 2), cursor.take(separator) else { return false }
      let yearStart = cursor.index
      guard let third = cursor.digits(1, 6) else { return false }
      return set(year: third, cursor.index - yearStart, day: second)
    }
    if Self.weekdays.contains(name & 0xFF_FFFF), length >= 3, length <= 9 {
      _ = cursor.take(UInt8(ascii: "."))
      return true
    }
    let zone = UnsafeBufferPointer(rebasing: cursor.text[start..<cursor.index])
    guard let offset = Self.zone(zone), parts.offset == nil else { return false }
    parts.offset = offset
    return true
  }

  /// Lower-case letters, the first in the lowest byte; letters after the eighth are left out.
  private static func packed(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
    var word: UInt64 = 0
    for (position, index) in range.prefix(8).enumerated() {
      word |= UInt64(text[index] | 0x20) << UInt64(position * 8)
    }
    return word
  }

  private static func packed(_ text: StaticString) -> UInt64 {
    var word: UInt64 = 0
    for position in 0..<min(text.utf8CodeUnitCount, 8) {
      word |= UInt64(text.utf8Start[position]) << UInt64(position * 8)
    }
    return word
  }

  private static let months: [UInt64] = [
    packed("january"), packed("february"), packed("march"), packed("april"), packed("may"),
    packed("june"), packed("july"), packed("august"), packed("september"), packed("october"),
    packed("november"), packed("december"),
  ]

  private static let weekdays: [UInt64] = [
    packed("mon"), packed("tue"), packed("wed"), packed("thu"), packed("fri"), packed("sat"),
    packed("sun"),
  ]

  private static let zones: [(UInt64, Int)] = [
    (packed("z"), 0), (packed("utc"), 0), (packed("gmt"), 0), (packed("ut"), 0),
    (packed("wet"), 0), (packed("west"), 1), (packed("bst"), 1), (packed("cet"), 1),
    (packed("cest"), 2), (packed("eet"), 2), (packed("eest"), 3), (packed("msk"), 3),
    (packed("jst"), 9), (packed("kst"), 9), (packed("est"), -5), (packed("edt"), -4),
    (packed("cst"), -6), (packed("cdt"), -5), (packed("mst"), -7), (packed("mdt"), -6),
    (packed("pst"), -8), (packed("pdt"), -7), (packed("akst"), -9), (packed("akdt"), -8),
    (packed("hst"), -10),
  ]

  private static func month(_ name: UInt64, _ length: Int) -> Int? {
    for (index, full) in months.enumerated() {
      let isShort = length == 3 && full & 0xFF_FFFF == name
      let isSept = length == 4 && index == 8 && full & 0xFFFF_FFFF == name
      if isShort || isSept || full == name { return index + 1 }
    }
    return nil
  }

  /// Reads the name of a month.
  static func monthName(_ cursor: inout DigitCursor) -> Int? {
    let start = cursor.index
    while (65...90).contains(cursor.current & 0xDF) { cursor.index += 1 }
    return month(packed(cursor.text, start..<cursor.index), cursor.index - start)
  }

  /// Seconds east of UTC of a zone's abbreviation.
  static func zone(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard (1...4).contains(text.count) else { return nil }
    let name = packed(text, 0..<text.count)
    return zones.first { $0.0 == name }.map { $0.1 * 3600 }
  }
}
