/// A format as `DD.MM.YYYY HH24:MI:SS`, compiled.
struct DateTimePattern: Hashable, Sendable {
  enum Element: Hashable, Sendable {
    case year4
    case year2
    case month
    case monthName
    case day
    case hour24
    case hour12
    case minute
    case second
    case fraction
    case halfDay
    case literal(UInt8)
  }

  /// What in a pattern cannot be read.
  struct Fault: Error {
    var text: String
    var isZone: Bool
  }

  let text: String
  let elements: [Element]

  init(_ text: String) throws(Fault) {
    let words: [(String, Element)] = [
      ("YYYY", .year4), ("YY", .year2), ("MON", .monthName), ("MM", .month), ("MI", .minute),
      ("DD", .day), ("HH24", .hour24), ("HH12", .hour12), ("HH", .hour24), ("SS", .second),
      ("AM", .halfDay), ("PM", .halfDay),
    ]
    var elements: [Element] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if let (word, element) = words.first(where: { Self.starts(rest, with: $0.0) }) {
        elements.append(element)
        rest = rest.dropFirst(word.utf8.count)
      } else if byte == UInt8(ascii: "."), elements.last == .second,
        rest.dropFirst().first.map({ $0 | 0x20 == UInt8(ascii: "s") }) == true
      {
        elements.append(.fraction)
        rest = rest.dropFirst().drop { $0 | 0x20 == UInt8(ascii: "s") }
      } else {
        let isZone = Self.starts(rest, with: "TZ") || Self.starts(rest, with: "OF")
        let isLetter = (65...90).contains(byte & 0xDF)
        if isZone || (isLetter && byte != UInt8(ascii: "T") && byte != UInt8(ascii: "Z")) {
          throw Fault(
            text: String(decoding: rest.prefix { (65...90).contains($0 & 0xDF) }, as: UTF8.self),
            isZone: isZone
          )
        }
        elements.append(.literal(byte))
        rest = rest.dropFirst()
      }
    }
    self.text = text
    self.elements = elements
  }

  private static func starts(_ bytes: ArraySlice<UInt8>, with word: String) -> Bool {
    var index = bytes.startIndex
    for wanted in word.utf8 {
      guard index < bytes.endIndex else { return false }
      let byte = bytes[index]
      guard byte == wanted || ((97...122).contains(byte) && byte - 32 == wanted) else {
        return false
      }
      index += 1
    }
    return true
  }

  /// Reads a text that follows the pattern.
  ///
  /// - Parameters:
  ///   - text: without blanks around it.
  ///   - allowsMore: whether a time may follow a date, to be dropped.
  /// - Returns: nil when the text is something else.
  func read(_ text: UnsafeBufferPointer<UInt8>, allowsMore: Bool) -> DateTimeParts? {
    var cursor = DigitCursor(text)
    var parts = DateTimeParts()
    var isAfternoon: Bool?
    for (position, element) in elements.enumerated() {
      var value: Int?
      switch element {
      case .year4:
        value = cursor.digits(4, 4)
        parts.year = value ?? 0
      case .year2:
        value = cursor.digits(2, 2)
        parts.year = (value ?? 0) + ((value ?? 0) < 70 ? 2000 : 1900)
      case .month:
        value = cursor.digits(1, 2)
        parts.month = value ?? 0
      case .monthName:
        value = AutomaticDateTime.monthName(&cursor)
        parts.month = value ?? 0
      case .day:
        value = cursor.digits(1, 2)
        parts.day = value ?? 0
      case .hour24, .hour12:
        value = cursor.digits(1, 2)
        parts.hour = value ?? 0
      case .minute:
        value = cursor.digits(1, 2)
        parts.minute = value ?? 0
      case .second:
        value = cursor.digits(1, 2)
        parts.second = value ?? 0
        let hasPattern =
          elements.indices.contains(position + 1)
          && elements[position + 1] == .fraction
        if !hasPattern, value != nil, cursor.take(UInt8(ascii: ".")) {
          value = cursor.fraction()
          parts.microsecond = value ?? 0
        }
      case .fraction:
        value = 0
        if cursor.take(UInt8(ascii: ".")) {
          value = cursor.fraction()
          parts.microsecond = value ?? 0
        }
      case .halfDay:
        let letter = cursor.current | 0x20
        if letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") {
          cursor.index += 1
          if cursor.current | 0x20 == UInt8(ascii: "m") {
            cursor.index += 1
            value = 0
            isAfternoon = letter == UInt8(ascii: "p")
          }
        }
      case .literal(let byte):
        if cursor.take(byte) { value = 0 }
      }
      guard value != nil else { return nil }
    }
    if let isAfternoon {
      guard (1...12).contains(parts.hour) else { return nil }
      parts.hour = parts.hour % 12 + (isAfternoon ? 12 : 0)
    } else if elements.contains(.hour12) {
      guard (1...12).contains(parts.hour) else { return nil }
      parts.hour %= 12
    }
    if allowsMore, !cursor.isAtEnd {
      guard cursor.current == 32 || cursor.current == UInt8(ascii: "T") else { return nil }
      cursor.index += 1
      var dropped = DateTimeParts()
      guard DateTimeReader.clock(&cursor, &dropped, dropsExcess: true) else { return nil }
      if !cursor.isAtEnd { cursor.index = text.count }
    }
    return cursor.isAtEnd && parts.isValid ? parts : nil
  }
}
