/// A date and time taken apart, before any zone is applied.
struct DateTimeParts: Hashable, BitwiseCopyable {
  /// Astronomical: 0 is 1 BC.
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  var microsecond = 0
  /// Seconds east of UTC, when the text names a zone.
  var offset: Int?

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// Whether such a date and time exist, within what the server stores.
  var isValid: Bool {
    (-4712...294_276).contains(year) && (1...12).contains(month) && day >= 1
      && day <= Self.days(in: month, of: year) && isTimeValid
  }

  var isTimeValid: Bool {
    (0...23).contains(hour) && (0...59).contains(minute) && (0...59).contains(second)
      && (0...999_999).contains(microsecond) && abs(offset ?? 0) < 16 * 3600
  }

  /// Days since 1970-01-01 in the Gregorian calendar carried backwards.
  var dayNumber: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Sets the date from days since 1970-01-01.
  mutating func setDate(dayNumber: Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The moment so many microseconds after 1970-01-01 00:00; nil when out of range.
  init?(microseconds: Int) {
    let perDay = 86_400_000_000
    var days = microseconds / perDay
    var rest = microseconds % perDay
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    setDate(dayNumber: days)
    microsecond = rest % 1_000_000
    second = rest / 1_000_000 % 60
    minute = rest / 60_000_000 % 60
    hour = rest / 3_600_000_000
    guard isValid else { return nil }
  }

  init() {}

  func writeDate(into out: inout ByteWriter) {
    out.append(number: year > 0 ? year : 1 - year, width: 4)
    out.append(UInt8(ascii: "-"))
    out.append(number: month, width: 2)
    out.append(UInt8(ascii: "-"))
    out.append(number: day, width: 2)
  }

  func writeTime(into out: inout ByteWriter) {
    out.append(number: hour, width: 2)
    out.append(UInt8(ascii: ":"))
    out.append(number: minute, width: 2)
    out.append(UInt8(ascii: ":"))
    out.append(number: second, width: 2)
    if microsecond > 0 {
      out.append(UInt8(ascii: "."))
      out.append(number: microsecond, width: 6)
    }
  }

  /// Writes the offset, `+00` when the text named none.
  func writeOffset(into out: inout ByteWriter) {
    let offset = offset ?? 0
    let size = abs(offset)
    out.append(UInt8(ascii: offset < 0 ? "-" : "+"))
    out.append(number: size / 3600, width: 2)
    if size % 3600 != 0 {
      out.append(UInt8(ascii: ":"))
      out.append(number: size / 60 % 60, width: 2)
      if size % 60 != 0 {
        out.append(UInt8(ascii: ":"))
        out.append(number: size % 60, width: 2)
      }
    }
  }

  func writeEra(into out: inout ByteWriter) {
    guard year <= 0 else { return }
    out.append(UInt8(ascii: " "))
    out.append(UInt8(ascii: "B"))
    out.append(UInt8(ascii: "C"))
  }
}

/// Reads digits off the front of a text.
struct DigitCursor {
  let text: UnsafeBufferPointer<UInt8>
  var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>, at index: Int = 0) {
    self.text = text
    self.index = index
  }

  var isAtEnd: Bool { index >= text.count }
  /// The byte at the cursor, 0 at the end.
  var current: UInt8 { index < text.count ? text[index] : 0 }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte, !isAtEnd else { return false }
    index += 1
    return true
  }

  /// Between `least` and `most` digits as a number.
  mutating func digits(_ least: Int, _ most: Int) -> Int? {
    var value = 0
    var count = 0
    while count < most, index < text.count, text[index] &- 48 < 10 {
      value = value * 10 + Int(text[index] - 48)
      index += 1
      count += 1
    }
    return count >= least ? value : nil
  }

  /// The digits of a fraction as microseconds.
  ///
  /// More than six are refused, or rounded away when `dropsExcess`.
  mutating func fraction(dropsExcess: Bool = false) -> Int? {
    var value = 0
    var count = 0
    while index < text.count, text[index] &- 48 < 10 {
      let digit = Int(text[index] - 48)
      if count < 6 {
        value = value * 10 + digit
      } else if count == 6, digit >= 5, value < 999_999 {
        value += 1
      }
      index += 1
      count += 1
    }
    guard count > 0, count <= 6 || dropsExcess else { return nil }
    for _ in count..<max(count, 6) { value *= 10 }
    return value
  }

  /// `+HH`, `-HHMM`, `+HH:MM` or `+HH:MM:SS` as seconds.
  mutating func offset() -> Int? {
    let isNegative = current == UInt8(ascii: "-")
    guard isNegative || current == UInt8(ascii: "+") else { return nil }
    index += 1
    guard let hours = digits(1, 2) else { return nil }
    var seconds = hours * 3600
    let hasColon = take(UInt8(ascii: ":"))
    if hasColon || current &- 48 < 10 {
      guard let minutes = digits(2, 2), minutes < 60 else { return nil }
      seconds += minutes * 60
      if take(UInt8(ascii: ":")) {
        guard let more = digits(2, 2), more < 60 else { return nil }
        seconds += more
      }
    }
    return isNegative ? -seconds : seconds
  }
}
