import Diagnostics

/// YAML as PyYAML's `safe_dump` writes it.
struct YAMLWriter {
  private let sortsKeys: Bool
  private let range: TextRange
  private var result = ""

  private static let width = 80

  static func text(
    _ value: Value,
    sortsKeys: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    var writer = YAMLWriter(sortsKeys: sortsKeys, range: range)
    if isCollection(value) {
      try writer.writeBlock(value, indent: 0, depth: 0)
      return writer.result
    }
    try writer.writeInline(value, column: 0, indent: 0, isKey: false)
    // A lone plain scalar ends with the mark of a document's end.
    let isPlain = !(writer.result.hasPrefix("'") || writer.result.hasPrefix("\""))
    return writer.result + (isPlain ? "\n...\n" : "\n")
  }

  private init(sortsKeys: Bool, range: TextRange) {
    self.sortsKeys = sortsKeys
    self.range = range
  }

  private static func isCollection(_ value: Value) -> Bool {
    switch value {
    case .list(let list): !list.elements.isEmpty
    case .tuple(let tuple): !tuple.elements.isEmpty
    case .dictionary(let dictionary): dictionary.count > 0
    case .object(let object as SetObject): object.isTrue
    default: false
    }
  }

  private mutating func writeBlock(
    _ value: Value,
    indent: Int,
    depth: Int,
    isInline: Bool = false
  ) throws(Diagnostic) {
    guard depth < 100 else {
      throw .invalidValue("the value is nested too deeply for YAML", at: range)
    }
    let margin = String(repeating: " ", count: indent)
    var isFirst = true
    func lead() -> String {
      defer { isFirst = false }
      return isFirst && isInline ? "" : margin
    }
    switch value {
    case .dictionary(let dictionary):
      var entries = dictionary.entries.map { (key: $0.key, value: $0.value) }
      if sortsKeys {
        let keyed = entries.map { (key: $0.key, value: Value.tuple([$0.key, $0.value])) }
        entries = try Value.sorted(keyed, reversed: false, at: range).map {
          let pair = $0.elements ?? []
          return (pair[0], pair[1])
        }
      }
      for entry in entries {
        result += lead()
        try writeInline(entry.key, column: indent, indent: indent, isKey: true)
        result += ":"
        try writeValue(entry.value, indent: indent, depth: depth, isInMapping: true)
      }
    case .object(let set as SetObject):
      result += "!!set\n"
      for element in set.elements ?? [] {
        result += margin
        try writeInline(element, column: indent, indent: indent, isKey: true)
        result += ": null\n"
      }
    default:
      for element in value.elements ?? [] {
        result += lead() + "-"
        try writeValue(element, indent: indent, depth: depth, isInMapping: false)
      }
    }
    try Value.checkText(result.utf8.count, at: range)
  }

  /// The value after `key:` or `-`, and the end of its line.
  private mutating func writeValue(
    _ value: Value,
    indent: Int,
    depth: Int,
    isInMapping: Bool
  ) throws(Diagnostic) {
    guard Self.isCollection(value) else {
      result += " "
      let lineStart = result.utf8.lastIndex(of: 10).map { result.utf8.index(after: $0) }
      let column = result.utf8.distance(from: lineStart ?? result.startIndex, to: result.endIndex)
      try writeInline(value, column: column, indent: indent + 2, isKey: false)
      result += "\n"
      return
    }
    if case .dictionary = value {
      result += isInMapping ? "\n" : " "
      try writeBlock(value, indent: indent + 2, depth: depth + 1, isInline: !isInMapping)
    } else if case .object = value {
      result += " "
      try writeBlock(value, indent: indent + 2, depth: depth + 1)
    } else {
      // Lists in mappings are not indented further, lists in lists are.
      result += isInMapping ? "\n" : " "
      try writeBlock(
        value,
        indent: isInMapping ? indent : indent + 2,
        depth: depth + 1,
        isInline: !isInMapping
      )
    }
  }

  private mutating func writeInline(
    _ value: Value,
    column: Int,
    indent: Int,
    isKey: Bool
  ) throws(Diagnostic) {
    switch value {
    case .none: result += "null"
    case .boolean(let flag): result += flag ? "true" : "false"
    case .integer, .object(is LongInteger): result += value.rendered
    case .float(let number):
      if number.isNaN {
        result += ".nan"
      } else if number.isInfinite {
        result += number < 0 ? "-.inf" : ".inf"
      } else {
        let text = PythonNumber.text(of: number)
        // A point makes it a float again when it is read.
        if let exponent = text.firstIndex(of: "e"), !text.contains(".") {
          result += text[..<exponent] + ".0" + text[exponent...]
        } else {
          result += text
        }
      }
    case .string(let string): write(string.text, column: column, indent: indent, isKey: isKey)
    case .list, .tuple: result += "[]"
    case .dictionary: result += "{}"
    case .object(let date as DateTimeObject): result += date.rendered
    case .object(let date as DateObject): result += date.rendered
    case .object(is SetObject): result += "!!set {}"
    default:
      throw .typeMismatch("a \(value.typeName) cannot be written as YAML", at: range)
    }
  }

  private mutating func write(_ text: String, column: Int, indent: Int, isKey: Bool) {
    let isPlainASCII = text.unicodeScalars.allSatisfy {
      $0 == "\n" || ($0.isASCII && $0.value >= 32 && $0.value != 127)
    }
    let hasSpaceBreak = text.contains(" \n") || text.contains("\n ")
    if !isPlainASCII || hasSpaceBreak || (isKey && text.contains("\n")) {
      writeDouble(text, column: column, indent: indent, isKey: isKey)
    } else if Self.isPlain(text) {
      writeFolded(text, column: column, indent: indent, isKey: isKey)
    } else {
      result += "'"
      let escaped = PythonText.replace(text, "'", "''")
      writeFolded(escaped, column: column + 1, indent: indent, isKey: isKey)
      result += "'"
    }
  }

  /// Breaks lines at single spaces once they are too long.
  private mutating func writeFolded(_ text: String, column: Int, indent: Int, isKey: Bool) {
    var column = column
    let margin = String(repeating: " ", count: indent)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if index > 0 {
        // One line break is written as two; the reader folds them back.
        if index == 1 || !lines[index - 1].isEmpty { result += "\n" }
        result += "\n"
        if !line.isEmpty { result += margin }
        column = indent
      }
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      for (position, word) in words.enumerated() {
        if position > 0 {
          let isSingle = !word.isEmpty && !words[position - 1].isEmpty
          if !isKey, isSingle, column > Self.width {
            result += "\n" + margin
            column = indent
          } else {
            result += " "
            column += 1
          }
        }
        result += word
        column += word.unicodeScalars.count
      }
    }
  }

  private mutating func writeDouble(_ text: String, column: Int, indent: Int, isKey: Bool) {
    var column = column + 1
    result += "\""
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      var piece: String
      switch scalar {
      case "\"": piece = "\\\""
      case "\\": piece = "\\\\"
      case "\n": piece = "\\n"
      case "\t": piece = "\\t"
      case "\r": piece = "\\r"
      case "\0": piece = "\\0"
      case "\u{7}": piece = "\\a"
      case "\u{8}": piece = "\\b"
      case "\u{B}": piece = "\\v"
      case "\u{C}": piece = "\\f"
      case "\u{1B}": piece = "\\e"
      case "\u{85}": piece = "\\N"
      case "\u{A0}": piece = "\\_"
      case "\u{2028}": piece = "\\L"
      case "\u{2029}": piece = "\\P"
      case " "..<"\u{7F}": piece = String(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) =
          scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        piece = "\\" + letter + String(repeating: "0", count: width - digits.utf8.count) + digits
      }
      if !isKey, scalar == " ", index > 0, index < scalars.count - 1, column > Self.width {
        result += "\\\n" + String(repeating: " ", count: indent)
        column = indent
        piece = scalars[index + 1] == " " ? "\\ " : " "
        if piece == " " {
          // The break stands for the space.
          result.removeLast(indent + 2)
          result += " \\\n" + String(repeating: " ", count: indent)
          continue
        }
      }
      result += piece
      column += piece.utf8.count
    }
    result += "\""
  }

  /// Whether a text means itself without quotes.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
      first != " ", last != " ", first != "\n", last != "\n", !text.contains("\n")
    else { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") { return false }
    let scalars = Array(text.unicodeScalars)
    let isFollowedBySpace = scalars.count == 1 || scalars[1] == " "
    if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(first) { return false }
    if first == "-" || first == "?" || first == ":", isFollowedBySpace { return false }
    if first == "=" && scalars.count == 1 { return false }
    for (index, scalar) in scalars.enumerated() {
      let endsWord = index + 1 == scalars.count || scalars[index + 1] == " "
      if scalar == ":", endsWord { return false }
      if scalar == "#", index > 0, scalars[index - 1] == " " { return false }
    }
    return !isSpecial(text)
  }

  /// Whether YAML 1.1 would read the word as something else than text.
  private static func isSpecial(_ text: String) -> Bool {
    switch text {
    case "~", "null", "Null", "NULL", "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE",
      "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF", "<<", "=",
      ".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN":
      return true
    default: break
    }
    guard let first = text.utf8.first,
      (48...57).contains(first) || [43, 45, 46].contains(first)
    else { return false }
    return YAMLTimestamp.value(of: text) != nil || isNumber(Array(text.utf8))
  }

  private static func isNumber(_ bytes: [UInt8]) -> Bool {
    var digits = bytes[...]
    if let sign = digits.first, sign == 43 || sign == 45 { digits = digits.dropFirst() }
    guard let first = digits.first else { return false }
    let text = String(decoding: digits, as: UTF8.self)
    func all(_ slice: ArraySlice<UInt8>, _ check: (UInt8) -> Bool) -> Bool {
      !slice.isEmpty && slice.allSatisfy { check($0) || $0 == 95 }
    }
    let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
    if text.hasPrefix("0b") { return all(digits.dropFirst(2)) { $0 == 48 || $0 == 49 } }
    if text.hasPrefix("0x") {
      return all(digits.dropFirst(2)) { isDigit($0) || (97...102).contains($0 | 32) }
    }
    if all(digits, isDigit), isDigit(first) {
      return first != 48 || digits.count == 1 || all(digits) { (48...55).contains($0) }
    }
    let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    if parts.count > 1, isDigit(first) {
      return parts.dropFirst().allSatisfy { part in
        let whole = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)[0]
        return (1...2).contains(whole.count) && whole.allSatisfy(isDigit)
          && (whole.count == 1 || (whole.first ?? 57) < 54)
      }
    }
    guard let dot = digits.firstIndex(of: 46) else { return false }
    let whole = digits[..<dot]
    var rest = digits[(dot + 1)...]
    guard
      whole.isEmpty ? isDigit(rest.first ?? 0) && digits.count == bytes.count : all(whole, isDigit)
    else { return false }
    rest = rest.drop { isDigit($0) || $0 == 95 }
    guard let letter = rest.first else { return true }
    guard letter | 32 == 101, rest.count > 2 else { return false }
    let sign = rest[rest.startIndex + 1]
    return (sign == 43 || sign == 45) && rest.dropFirst(2).allSatisfy(isDigit)
  }
}

/// The dates of YAML 1.1.
package enum YAMLTimestamp {
  /// The date or time that a scalar without quotes means; nil when it is neither.
  package static func value(of text: String) -> Value? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8, bytes.prefix(4).allSatisfy({ (48...57).contains($0) }),
      bytes[4] == UInt8(ascii: "-")
    else { return nil }
    if bytes.count == 10 {
      return DateFormat.parse(text, "%Y-%m-%d").map { .object(DateObject($0)) }
    }
    let zones = ["", "%z", " %z"]
    for separator in ["T", "t", " "] {
      for fraction in ["", ".%f"] {
        for zone in zones {
          let format = "%Y-%m-%d" + separator + "%H:%M:%S" + fraction + zone
          guard text.contains(separator == " " ? " " : separator),
            let fields = DateFormat.parse(text, format)
          else { continue }
          let offset = fields.offset.map { TimeZoneObject(.fixed($0)) }
          return .object(DateTimeObject(fields, offset))
        }
      }
    }
    return nil
  }
}
