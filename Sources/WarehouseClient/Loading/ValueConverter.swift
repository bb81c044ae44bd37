/// What a COPY's options say about values.
struct ConversionRules: Sendable {
  var dates = DateTimeReader.standard
  var times = DateTimeReader.standard
  var acceptsAnyDate = false
  var blanksAsNull = false
  var emptyAsNull = false
  var trimsBlanks = false
  var truncatesColumns = false
  var roundsDecimals = false
  /// Stands in for bytes that are no UTF-8; nil when they are an error.
  var invalidCharacterReplacement: UInt8?
}

/// Turns values into fields of COPY's text format, checking what Redshift checks.
struct ValueConverter: ~Copyable {
  let types: PlainStorage<ColumnType>
  private let notNull: PlainStorage<Bool>
  /// Fields to write where a NOT NULL column would get NULL.
  private let defaults: [[UInt8]?]
  let rules: ConversionRules
  private var scratch = ByteWriter(capacity: 1024)
  private let brackets: PlainStorage<UInt8>

  init(columns: [TargetColumn], rules: ConversionRules) {
    self.rules = rules
    types = PlainStorage(columns.map(\.type))
    notNull = PlainStorage(columns.map(\.isNotNull))
    defaults = columns.map { column in
      column.defaultValue.map { value in
        var writer = ByteWriter()
        var bytes = Array(value.utf8)
        bytes.withUnsafeMutableBufferPointer { writer.append(escaping: UnsafeBufferPointer($0)) }
        return writer.takeBlock()
      }
    }
    brackets = PlainStorage([UInt8](repeating: 0, count: JSONScanner.depthLimit))
  }

  var columnCount: Int { types.count }

  @inline(__always)
  func isSemistructured(_ column: Int) -> Bool {
    if case .semistructured = types.pointer[column] { return true }
    return false
  }

  func isText(_ column: Int) -> Bool { types.pointer[column].isText }

  @inline(__always)
  func writeNull(column: Int, into out: inout ByteWriter) throws(ConversionFailure) {
    if notNull.pointer[column] {
      guard let field = defaults[column] else {
        throw ConversionFailure(1213, "Missing data for not-null field")
      }
      out.append(field)
      return
    }
    out.reserve(2)
    out.appendUnchecked(UInt8(ascii: "\\"))
    out.appendUnchecked(UInt8(ascii: "N"))
  }

  /// Writes a value given as text.
  ///
  /// - Parameters:
  ///   - text: decoded; what is left to do is the column's own conversion.
  ///   - column: index of the column.
  ///   - isPlain: whether the text is known to be ASCII without control characters and backslashes.
  ///   - out: where the field goes.
  /// - Throws: Redshift's error number and words.
  @inline(__always)
  mutating func write(
    _ text: UnsafeBufferPointer<UInt8>,
    column: Int,
    isPlain: Bool,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    let type = types.pointer[column]
    if case .varying(let limit) = type {
      if isPlain, text.count <= limit, !text.isEmpty, !rules.blanksAsNull, !rules.trimsBlanks {
        out.append(text)
        return
      }
      return try writeVarying(text, limit: limit, column: column, into: &out)
    }
    try writeOther(text, type: type, column: column, into: &out)
  }

  private mutating func writeOther(
    _ text: UnsafeBufferPointer<UInt8>,
    type: ColumnType,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    if case .character(let limit) = type {
      return try writeCharacter(text, limit: limit, column: column, into: &out)
    }
    var lower = 0
    var upper = text.count
    while lower < upper, Self.isBlank(text[lower]) { lower += 1 }
    while upper > lower, Self.isBlank(text[upper - 1]) { upper -= 1 }
    if lower == upper { return try writeNull(column: column, into: &out) }
    let value = UnsafeBufferPointer(rebasing: text[lower..<upper])
    switch type {
    case .smallInteger, .integer, .bigInteger:
      try writeInteger(value, shift: lower, type: type, into: &out)
    case .decimal(let precision, let scale):
      try writeDecimal(value, shift: lower, precision: precision, scale: scale, into: &out)
    case .real, .double:
      try writeFloat(value, shift: lower, type: type, into: &out)
    case .boolean:
      try writeBoolean(value, into: &out)
    case .date, .timestamp, .timestampWithZone, .time, .timeWithZone:
      try writeDateTime(value, type: type, column: column, into: &out)
    case .semistructured:
      try writeSemistructured(value, into: &out)
    case .binary:
      try writeBinary(value, into: &out)
    case .other, .varying, .character:
      try checkUnicode(text)
      out.append(escaping: text)
    }
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

  // MARK: text

  private mutating func writeVarying(
    _ original: UnsafeBufferPointer<UInt8>,
    limit: Int,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    var text = original
    if text.isEmpty {
      if rules.emptyAsNull { try writeNull(column: column, into: &out) }
      return
    }
    if rules.blanksAsNull, text.allSatisfy(Self.isBlank) {
      return try writeNull(column: column, into: &out)
    }
    if rules.trimsBlanks { text = Self.withoutTrailingBlanks(text, downTo: 0) }
    if !UTF8Check.isASCII(text) {
      if let fault = UTF8Check.firstFault(in: text) {
        guard let replacement = rules.invalidCharacterReplacement else {
          throw Self.badUnicode(text, fault)
        }
        replaceFaults(in: text, by: replacement)
        // The scratch stays untouched until the field is written.
        text = scratch.bytes
      }
    }
    if text.contains(0) { throw Self.nullByte(text) }
    try writeFitting(text, limit: limit, into: &out)
  }

  private func writeCharacter(
    _ original: UnsafeBufferPointer<UInt8>,
    limit: Int,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    if original.isEmpty, rules.emptyAsNull { return try writeNull(column: column, into: &out) }
    if rules.blanksAsNull, !original.isEmpty, original.allSatisfy(Self.isBlank) {
      return try writeNull(column: column, into: &out)
    }
    if let index = original.firstIndex(where: { $0 >= 0x80 }) {
      let length = max(UTF8Check.length(startingWith: original[index]), 1)
      let bad = original[index..<min(index + length, original.count)]
      throw ConversionFailure(
        1220,
        "Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: "
          + Self.hex(bad),
        position: index
      )
    }
    if original.contains(0) { throw Self.nullByte(original) }
    try writeFitting(original, limit: limit, into: &out)
  }

  private func writeFitting(
    _ original: UnsafeBufferPointer<UInt8>,
    limit: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    var text = original
    if text.count > limit {
      // Blanks that do not fit are dropped silently.
      text = Self.withoutTrailingBlanks(text, downTo: limit)
      if text.count > limit {
        guard rules.truncatesColumns else {
          throw ConversionFailure(
            1204,
            "String length exceeds DDL length",
            explanation: "the value has \(original.count) bytes, the column takes \(limit)"
          )
        }
        let length = UTF8Check.prefixLength(of: text, limit: limit)
        text = UnsafeBufferPointer(rebasing: text[..<length])
      }
    }
    out.append(escaping: text)
  }

  private static func withoutTrailingBlanks(
    _ text: UnsafeBufferPointer<UInt8>,
    downTo limit: Int
  ) -> UnsafeBufferPointer<UInt8> {
    var count = text.count
    while count > limit, text[count - 1] == 32 { count -= 1 }
    return UnsafeBufferPointer(rebasing: text[..<count])
  }

  private mutating func replaceFaults(
    in text: UnsafeBufferPointer<UInt8>,
    by replacement: UInt8
  ) {
    scratch.truncate(to: 0)
    scratch.append(text)
    var start = 0
    while let fault = UTF8Check.firstFault(in: scratch.bytes, from: start) {
      for index in fault.range { scratch.replace(at: index, with: replacement) }
      start = fault.range.upperBound
    }
  }

  private static func badUnicode(
    _ text: UnsafeBufferPointer<UInt8>,
    _ fault: UTF8Check.Fault
  ) -> ConversionFailure {
    ConversionFailure(
      1220,
      "String contains invalid or unsupported UTF-8 codepoints. Bad UTF-8 hex sequence: "
        + "\(hex(text[fault.range])) (error \(fault.number))",
      position: fault.range.lowerBound
    )
  }

  private static func nullByte(_ text: UnsafeBufferPointer<UInt8>) -> ConversionFailure {
    ConversionFailure(
      1218,
      "Invalid null byte - field longer than 1 byte",
      position: text.firstIndex(of: 0) ?? 0
    )
  }

  private static func hex(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
  }

  private func checkUnicode(_ text: UnsafeBufferPointer<UInt8>) throws(ConversionFailure) {
    if let fault = UTF8Check.firstFault(in: text) { throw Self.badUnicode(text, fault) }
    if text.contains(0) { throw Self.nullByte(text) }
  }

  // MARK: other types

  private func writeBoolean(
    _ text: UnsafeBufferPointer<UInt8>,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    var word: UInt64 = 0
    if text.count <= 5 {
      for byte in text {
        let isLetter = byte >= 65 && byte <= 90
        word = word << 8 | UInt64(isLetter ? byte + 32 : byte)
      }
    }
    switch word {
    // t, 1, y, yes, true
    case 0x74, 0x31, 0x79, 0x79_6573, 0x7472_7565: out.append(UInt8(ascii: "t"))
    // f, 0, n, no, false
    case 0x66, 0x30, 0x6E, 0x6E6F, 0x66_616C_7365: out.append(UInt8(ascii: "f"))
    default: throw ConversionFailure(1210, "Unknown boolean format")
    }
  }

  private func writeDateTime(
    _ text: UnsafeBufferPointer<UInt8>,
    type: ColumnType,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    switch type {
    case .date:
      guard let parts = rules.dates.date(text) else {
        if rules.acceptsAnyDate { return try writeNull(column: column, into: &out) }
        if case .standard = rules.dates, text.count < 10 {
          throw ConversionFailure(1205, "Invalid Date Format - length must be 10 or more")
        }
        let name = rules.dates.formatName(isDate: true)
        throw ConversionFailure(1205, "Invalid date format or value [\(name)]")
      }
      parts.writeDate(into: &out)
      parts.writeEra(into: &out)
    case .timestamp, .timestampWithZone:
      guard let parts = rules.times.timestamp(text) else {
        if rules.acceptsAnyDate { return try writeNull(column: column, into: &out) }
        let name = rules.times.formatName(isDate: false)
        throw ConversionFailure(1206, "Invalid timestamp format or value [\(name)]")
      }
      parts.writeDate(into: &out)
      out.append(32)
      parts.writeTime(into: &out)
      if case .timestampWithZone = type { parts.writeOffset(into: &out) }
      parts.writeEra(into: &out)
    default:
      guard let parts = DateTimeReader.time(text) else {
        throw ConversionFailure(1206, "Invalid time format or value [HH24:MI:SS]")
      }
      parts.writeTime(into: &out)
      if case .timeWithZone = type { parts.writeOffset(into: &out) }
    }
  }

  /// Checks what the server would refuse, so that the error names its place.
  private mutating func writeSemistructured(
    _ text: UnsafeBufferPointer<UInt8>,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    scratch.truncate(to: 0)
    scratch.append(text)
    // The scanner wants a number to be followed by something, and room to read ahead.
    for _ in 0..<16 { scratch.append(0) }
    scratch.replace(at: text.count, with: 32)
    let scanner = JSONScanner(base: scratch.base, end: text.count + 1)
    do throws(JSONScanner.Stop) {
      let end = try scanner.value(0, open: brackets.pointer)
      if scanner.skipSpace(end) < scanner.end {
        throw JSONScanner.Stop(offset: end, problem: .unexpected)
      }
    } catch {
      throw ConversionFailure(1224, "Invalid JSON format for SUPER", position: error.offset)
    }
    if let fault = UTF8Check.firstFault(in: text) { throw Self.badUnicode(text, fault) }
    if let position = Self.unstorableEscape(in: text) {
      throw ConversionFailure(
        1224,
        "Invalid JSON format for SUPER",
        position: position,
        explanation: "\\u0000 and surrogates that stand alone cannot be stored"
      )
    }
    out.append(escaping: text)
  }

  private static func unstorableEscape(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard text.contains(UInt8(ascii: "\\")) else { return nil }
    func unit(_ start: Int) -> Int? {
      guard start + 6 <= text.count, text[start] == UInt8(ascii: "\\"),
        text[start + 1] == UInt8(ascii: "u")
      else { return nil }
      var code = 0
      for index in start + 2..<start + 6 {
        code = code << 4 | (JSONScanner.hexDigit(text[index]) ?? 0)
      }
      return code
    }
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      guard let code = unit(index) else {
        index += 2
        continue
      }
      if code == 0 || (0xDC00..<0xE000).contains(code) { return index }
      if (0xD800..<0xDC00).contains(code) {
        guard let low = unit(index + 6), (0xDC00..<0xE000).contains(low) else { return index }
        index += 6
      }
      index += 6
    }
    return nil
  }

  private func writeBinary(
    _ text: UnsafeBufferPointer<UInt8>,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    if let bad = text.firstIndex(where: { JSONScanner.hexDigit($0) == nil }) {
      throw ConversionFailure(1219, "Invalid hex digit in VARBYTE", position: bad)
    }
    guard text.count % 2 == 0 else {
      throw ConversionFailure(1219, "Odd number of hex digits in VARBYTE", position: text.count)
    }
    out.append(UInt8(ascii: "\\"))
    out.append(UInt8(ascii: "\\"))
    out.append(UInt8(ascii: "x"))
    out.append(text)
  }
}
