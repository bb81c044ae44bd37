import Glibc

/// How fields are told apart in text that is not JSON.
struct SeparatedLayout: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case csv(delimiter: UInt8, quote: UInt8)
    case delimited(delimiter: UInt8)
    /// Widths in characters.
    case fixedWidth([Int])
  }

  var kind: Kind
  /// The field that stands for NULL.
  var nullText: [UInt8]
  var escapes = false
  var removesQuotes = false
  var fillsRecord = false
  var ignoresBlankLines = false
  var emptyAsNull = false
}

/// Reads CSV, delimited text and text in columns of fixed width.
struct SeparatedRecords: RecordFormat, ~Copyable {
  private struct Field: BitwiseCopyable {
    var start = 0
    var end = 0
    /// Neither control characters, nor backslashes, nor letters beyond ASCII.
    var isPlain = false
    /// A quote written twice, or a backslash, is to be resolved.
    var isEncoded = false
  }

  static let recordLimit = 4 << 20

  private let layout: SeparatedLayout
  private let delimiter: UInt8
  private let quote: UInt8
  private let widths: [Int]
  private var converter: ValueConverter
  private let columnCount: Int
  private let fields: PlainStorage<Field>
  /// For each byte: 1 ends an unquoted field, 2 is not plain.
  private let classes: PlainStorage<UInt8>
  private var decoded = ByteWriter(capacity: 4096)

  let isLineOriented = true
  var neverPresent: [Int] { [] }

  init(layout: SeparatedLayout, converter: consuming ValueConverter) {
    self.layout = layout
    columnCount = converter.columnCount
    self.converter = converter
    fields = PlainStorage([Field](repeating: Field(), count: columnCount))
    var classes = [UInt8](repeating: 0, count: 256)
    for byte in 0..<256 where byte < 32 || byte >= 128 { classes[byte] = 2 }
    classes[Int(UInt8(ascii: "\\"))] = 2
    classes[10] |= 1
    switch layout.kind {
    case .csv(let delimiter, let quote):
      self.delimiter = delimiter
      self.quote = quote
      widths = []
      classes[Int(quote)] |= 1
      classes[Int(delimiter)] |= 1
    case .delimited(let delimiter):
      self.delimiter = delimiter
      quote = 0
      widths = []
      classes[Int(delimiter)] |= 1
      if layout.escapes { classes[Int(UInt8(ascii: "\\"))] |= 1 }
    case .fixedWidth(let widths):
      delimiter = 0
      quote = 0
      self.widths = widths
    }
    self.classes = PlainStorage(classes)
  }

  mutating func next(
    _ base: UnsafePointer<UInt8>,
    from start: Int,
    to end: Int,
    isLast: Bool,
    into out: inout ByteWriter
  ) throws(RecordFailure) -> RecordStep {
    if start >= end { return .nothing(end: end) }
    let isBareReturn = base[start] == 13
    if isBareReturn, start + 1 >= end, !isLast { return .incomplete }
    if base[start] == 10 || (isBareReturn && base[start + 1] == 10 && start + 1 < end) {
      let after = start + (isBareReturn ? 2 : 1)
      if layout.ignoresBlankLines { return .nothing(end: after) }
      if columnCount > 1, !layout.fillsRecord {
        throw failure(1211, "Line is empty", field: start..<start, record: start..<start, at: after)
      }
    }
    var input = Input(base: base, end: end, isLast: isLast, start: start, offset: start)
    let count: Int?
    switch layout.kind {
    case .csv: count = try splitCSV(&input)
    case .delimited: count = try splitDelimited(&input)
    case .fixedWidth: count = try splitFixedWidth(&input)
    }
    guard let count else { return .incomplete }
    if input.offset - start > Self.recordLimit {
      throw tooLong(start..<input.offset)
    }
    try writeRow(input, count: count, into: &out)
    return .row(end: input.offset)
  }

  /// The bytes at hand and how far they are read.
  private struct Input {
    let base: UnsafePointer<UInt8>
    let end: Int
    let isLast: Bool
    let start: Int
    var offset: Int
  }

  // MARK: splitting

  /// Splits a record; nil when it goes on behind the bytes at hand.
  private func splitCSV(_ input: inout Input) throws(RecordFailure) -> Int? {
    let base = input.base
    let end = input.end
    var count = 0
    while true {
      var field = Field()
      var offset = input.offset
      while offset < end, base[offset] == 32 || base[offset] == 9, base[offset] != delimiter {
        offset += 1
      }
      if offset < end, base[offset] == quote {
        field.start = offset + 1
        offset += 1
        while true {
          guard let found = memchr(base + offset, Int32(quote), end - offset) else {
            guard input.isLast else { return nil }
            throw badQuote(input, field.start - 1, "a quoted field has no closing quote")
          }
          offset = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
          if offset + 1 >= end, !input.isLast { return nil }
          guard offset + 1 < end, base[offset + 1] == quote else { break }
          field.isEncoded = true
          offset += 2
        }
        field.end = offset
        offset += 1
        while offset < end, base[offset] == 32 || base[offset] == 9, base[offset] != delimiter {
          offset += 1
        }
        if offset < end, base[offset] == 13, offset + 1 >= end || base[offset + 1] == 10 {
          offset += 1
        }
        if offset < end, base[offset] != delimiter, base[offset] != 10 {
          throw badQuote(input, offset, "text follows the closing quote of a field")
        }
      } else {
        offset = input.offset
        field.start = offset
        var seen: UInt8 = 0
        while offset < end {
          let kind = classes.pointer[Int(base[offset])]
          if kind & 1 != 0 {
            guard base[offset] == quote else { break }
            throw badQuote(input, offset, "a quote stands in a field that is not quoted")
          }
          seen |= kind
          offset += 1
        }
        field.end = offset
        field.isPlain = seen == 0
        if offset >= end || base[offset] == 10, field.end > field.start, base[field.end - 1] == 13 {
          field.end -= 1
        }
      }
      if offset >= end, !input.isLast { return nil }
      if count < columnCount { fields.pointer[count] = field }
      count += 1
      if offset >= end {
        input.offset = end
        return count
      }
      input.offset = offset + 1
      if base[offset] == 10 { return count }
    }
  }

  private func splitDelimited(_ input: inout Input) throws(RecordFailure) -> Int? {
    let base = input.base
    let end = input.end
    var count = 0
    while true {
      var offset = input.offset
      var field = Field(start: offset, end: offset)
      let opening = offset < end ? base[offset] : 0
      let isQuoted =
        layout.removesQuotes && (opening == UInt8(ascii: "'") || opening == UInt8(ascii: "\""))
      if isQuoted { offset += 1 }
      var seen: UInt8 = 0
      while offset < end {
        let byte = base[offset]
        let kind = classes.pointer[Int(byte)]
        if kind & 1 != 0, !isQuoted || byte == 10 || byte == UInt8(ascii: "\\") {
          guard byte == UInt8(ascii: "\\"), layout.escapes else { break }
          field.isEncoded = true
          offset += 2
          continue
        }
        if isQuoted, byte == opening, offset + 1 >= end || isFieldEnd(base, offset + 1, end) {
          break
        }
        seen |= kind & 2
        offset += 1
      }
      if offset >= end, !input.isLast { return nil }
      // The last quote seen may be followed by bytes not read yet.
      if isQuoted, offset + 2 >= end, !input.isLast { return nil }
      offset = min(offset, end)
      if isQuoted {
        guard offset < end, base[offset] == opening else {
          throw failure(
            1214,
            "Delimiter not found",
            explanation: "the field starts with a quotation mark that is not closed",
            field: field.start..<offset,
            record: input.start..<offset,
            at: nil
          )
        }
        field.start += 1
        field.end = offset
        offset += 1
        if offset < end, base[offset] == 13 { offset += 1 }
      } else {
        field.end = offset
        let atLineEnd = offset >= end || base[offset] == 10
        if atLineEnd, field.end > field.start, base[field.end - 1] == 13 { field.end -= 1 }
      }
      field.isPlain = seen == 0 && !field.isEncoded
      if offset >= end, !input.isLast { return nil }
      if count < columnCount { fields.pointer[count] = field }
      count += 1
      let isLineEnd = offset >= end || base[offset] == 10
      input.offset = min(offset + 1, end)
      if isLineEnd {
        // A delimiter at the end of the line adds no field.
        if count == columnCount + 1, field.start == field.end, !isQuoted { count -= 1 }
        return count
      }
    }
  }

  private func isFieldEnd(_ base: UnsafePointer<UInt8>, _ offset: Int, _ end: Int) -> Bool {
    base[offset] == delimiter || base[offset] == 10
      || (base[offset] == 13 && (offset + 1 >= end || base[offset + 1] == 10))
  }

  private func splitFixedWidth(_ input: inout Input) throws(RecordFailure) -> Int? {
    let base = input.base
    var lineEnd = input.end
    if let found = memchr(base + input.start, 10, input.end - input.start) {
      lineEnd = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
      input.offset = lineEnd + 1
    } else {
      guard input.isLast else { return nil }
      input.offset = input.end
    }
    if lineEnd > input.start, base[lineEnd - 1] == 13 { lineEnd -= 1 }
    var offset = input.start
    var count = 0
    for width in widths {
      if offset >= lineEnd { break }
      var field = Field(start: offset, end: offset)
      var characters = 0
      while offset < lineEnd, characters < width {
        offset += 1
        while offset < lineEnd, base[offset] & 0xC0 == 0x80 { offset += 1 }
        characters += 1
      }
      field.end = offset
      if count < columnCount { fields.pointer[count] = field }
      count += 1
    }
    if offset < lineEnd { count = columnCount + 1 }
    return count
  }

  // MARK: writing

  private mutating func writeRow(
    _ input: Input,
    count: Int,
    into out: inout ByteWriter
  ) throws(RecordFailure) {
    var recordEnd = input.offset
    if recordEnd > input.start, input.base[recordEnd - 1] == 10 { recordEnd -= 1 }
    let record = input.start..<recordEnd
    if count > columnCount {
      throw failure(
        1202,
        "Extra column(s) found",
        field: recordEnd..<recordEnd,
        record: record,
        at: input.offset
      )
    }
    if count < columnCount, !layout.fillsRecord {
      var failure = failure(
        1214,
        "Delimiter not found",
        explanation: "the line has \(count) of \(columnCount) fields",
        field: recordEnd..<recordEnd,
        record: record,
        at: input.offset
      )
      failure.column = count
      throw failure
    }
    for column in 0..<columnCount {
      if column > 0 { out.append(9) }
      let field = column < count ? fields.pointer[column] : Field(start: recordEnd, end: recordEnd)
      do throws(ConversionFailure) {
        if column < count {
          try write(field, input.base, column: column, into: &out)
        } else if converter.isText(column), !layout.emptyAsNull {
          // Redshift fills VARCHAR columns with empty text, which is nothing to write.
        } else {
          try converter.writeNull(column: column, into: &out)
        }
      } catch {
        throw RecordFailure(
          code: error.code,
          reason: error.reason,
          explanation: error.explanation,
          column: column,
          position: error.position,
          field: field.start..<field.end,
          record: record,
          resumption: .at(input.offset)
        )
      }
    }
    out.append(10)
  }

  @inline(__always)
  private mutating func write(
    _ field: Field,
    _ base: UnsafePointer<UInt8>,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    let raw = UnsafeBufferPointer(start: base + field.start, count: field.end - field.start)
    if isNull(raw) { return try converter.writeNull(column: column, into: &out) }
    guard field.isEncoded else {
      return try converter.write(raw, column: column, isPlain: field.isPlain, into: &out)
    }
    decoded.truncate(to: 0)
    var index = 0
    let mark = layout.escapes ? UInt8(ascii: "\\") : quote
    while index < raw.count {
      // The mark itself goes, whatever follows stays.
      if raw[index] == mark, index + 1 < raw.count { index += 1 }
      decoded.append(raw[index])
      index += 1
    }
    try converter.write(decoded.bytes, column: column, isPlain: false, into: &out)
  }

  @inline(__always)
  private func isNull(_ raw: UnsafeBufferPointer<UInt8>) -> Bool {
    guard raw.count == layout.nullText.count else { return false }
    for index in 0..<raw.count where raw[index] != layout.nullText[index] { return false }
    return true
  }

  // MARK: failures

  private func failure(
    _ code: Int,
    _ reason: String,
    explanation: String? = nil,
    field: Range<Int>,
    record: Range<Int>,
    at next: Int?
  ) -> RecordFailure {
    RecordFailure(
      code: code,
      reason: reason,
      explanation: explanation,
      field: field,
      record: record,
      resumption: next.map { .at($0) } ?? .afterLine(record.lowerBound)
    )
  }

  private func badQuote(_ input: Input, _ offset: Int, _ explanation: String) -> RecordFailure {
    failure(
      1216,
      "Invalid quote formatting for CSV",
      explanation: explanation,
      field: offset..<min(offset + 1, input.end),
      record: input.start..<offset,
      at: nil
    )
  }

  private func tooLong(_ record: Range<Int>) -> RecordFailure {
    failure(
      1216,
      "Input record exceeds the maximum of 4 MB",
      field: record.lowerBound..<record.lowerBound,
      record: record,
      at: record.upperBound
    )
  }
}
