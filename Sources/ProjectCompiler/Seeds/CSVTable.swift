package import Diagnostics

/// A CSV file as rows of fields that know where they stand.
///
/// Follows what Python's `csv` reads (RFC 4180 with any line ending): quotes only at the start of a
/// field, doubled inside; quoted fields keep their line breaks. Empty lines are skipped.
package struct CSVTable: Sendable {
  /// Where a field stands in the file.
  package struct Field: Hashable, Sendable {
    /// Byte range of the content, without the quotes around it.
    package var bytes: Range<Int>
    /// Whether quotes inside are doubled.
    var hasDoubledQuotes: Bool
  }

  package let buffer: BufferID
  private let bytes: [UInt8]
  /// The names of the columns.
  package private(set) var header: [String] = []
  package private(set) var headerRanges: [TextRange] = []
  /// The columns that the file names badly: not at all, or as one before them.
  private var renamed: [Int] = []
  /// Every field after the header, row by row; rows that were too short are filled up with nil.
  private var fields: [Field?] = []
  package private(set) var rowCount = 0

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Reads a file.
  ///
  /// - Throws: `seed-csv` where the text breaks the rules of CSV, `seed-encoding` when it is not
  ///   UTF-8, `seed-header` for missing, empty or repeated column names.
  package init(_ buffer: BufferID, delimiter: UInt8, in buffers: Buffers) throws(Diagnostic) {
    try self.init(buffer, delimiter: delimiter, isHeaderOnly: false, in: buffers)
  }

  /// The names of a file's columns, without reading its rows.
  static func header(
    of buffer: BufferID,
    delimiter: UInt8,
    in buffers: Buffers
  ) throws(Diagnostic) -> [String] {
    try CSVTable(buffer, delimiter: delimiter, isHeaderOnly: true, in: buffers).header
  }

  /// The delimiter that a seed's configuration names; nil where it is no single character.
  package static func delimiter(of config: PlainDictionary) -> UInt8? {
    let text = config["delimiter"]?.string ?? ","
    let character = text == "\\t" ? "\t" : text
    guard let byte = character.utf8.first, character.utf8.count == 1, byte != quote,
      byte != lineFeed, byte != carriageReturn
    else { return nil }
    return byte
  }

  /// One column whose name holds another delimiter was split by the wrong one.
  package func requireDelimiter(_ delimiter: UInt8) throws(Diagnostic) {
    guard header.count == 1, let name = header.first, let range = headerRanges.first,
      let other = ",;|\t".first(where: { $0.asciiValue != delimiter && name.contains($0) })
    else { return }
    throw .seedDelimiter(Character(Unicode.Scalar(delimiter)), other: other, at: range)
  }

  private init(
    _ buffer: BufferID,
    delimiter: UInt8,
    isHeaderOnly: Bool,
    in buffers: Buffers
  ) throws(Diagnostic) {
    self.buffer = buffer
    bytes = buffers.bytes(of: buffer)
    if !isHeaderOnly {
      if let place = bytes.firstIndex(of: 0) {
        throw .seedNul(at: TextRange(buffer: buffer, bytes: place..<place + 1))
      }
      if String(validating: bytes, as: UTF8.self) == nil {
        throw .seedEncoding(at: Self.firstBadLine(bytes, buffer))
      }
    }
    let hasByteOrderMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var position = hasByteOrderMark ? 3 : 0
    var row: [Field] = []
    while try readRow(&row, from: &position, delimiter: delimiter) {
      if header.isEmpty { takeHeader(row) } else { try take(row) }
      if isHeaderOnly { break }
    }
    if header.isEmpty {
      throw .seedHeader("the file has no header line", at: buffers.wholeRange(of: buffer))
    }
  }

  package var columnCount: Int { header.count }

  /// A field; nil where the row was too short.
  package func field(row: Int, column: Int) -> Field? {
    fields[row * columnCount + column]
  }

  package func range(row: Int, column: Int) -> TextRange? {
    field(row: row, column: column).map { TextRange(buffer: buffer, bytes: $0.bytes) }
  }

  /// The content of a field.
  package func text(row: Int, column: Int) -> String? {
    field(row: row, column: column).map { text($0) }
  }

  private func text(_ field: Field) -> String {
    guard field.hasDoubledQuotes else { return String(decoding: bytes[field.bytes], as: UTF8.self) }
    var content: [UInt8] = []
    var isSecond = false
    for byte in bytes[field.bytes] {
      if byte == Self.quote, !isSecond {
        isSecond = true
        content.append(byte)
        continue
      }
      if !isSecond || byte != Self.quote { content.append(byte) }
      isSecond = false
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// dbt writes names into its statements as they stand, where quotes within a name are SQL's:
  /// `"""from"""` is a column named from.
  private static func columnName(_ text: String) -> String {
    guard text.utf8.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    let inner = text.dropFirst().dropLast()
    return inner.contains("\"") ? text : String(inner)
  }

  private mutating func takeHeader(_ row: [Field]) {
    var known: Set<String> = []
    for field in row {
      let written = Self.columnName(text(field))
      let name = Self.unused(written.isEmpty ? Self.letters(header.count) : written, known)
      known.insert(name)
      if name != written { renamed.append(header.count) }
      header.append(name)
      headerRanges.append(TextRange(buffer: buffer, bytes: field.bytes))
    }
  }

  /// dbt numbers the repetitions of a name: `a`, `a_2`, `a_3`.
  private static func unused(_ name: String, _ known: Set<String>) -> String {
    var candidate = name
    var repetition = 2
    while known.contains(candidate) {
      candidate = "\(name)_\(repetition)"
      repetition += 1
    }
    return candidate
  }

  /// What dbt calls a column without a name: `a` to `z`, then `aa` to `zz`.
  private static func letters(_ column: Int) -> String {
    let letter = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(column % 26)))
    return String(repeating: letter, count: column / 26 + 1)
  }

  /// - Throws: `seed-header` where two names are one once they are folded.
  package func requireNamesThatFold() throws(Diagnostic) {
    var known: Set<String> = []
    for (name, range) in zip(header, headerRanges) where !known.insert(name.lowercased()).inserted {
      throw .seedHeader("two columns are named \"\(name)\"", at: range)
    }
  }

  /// Warnings for columns that have another name than the file gives them.
  package var renamings: [Diagnostic] {
    renamed.map { .seedColumnRenamed(header[$0], at: headerRanges[$0]) }
  }

  private mutating func take(_ row: [Field]) throws(Diagnostic) {
    guard row.count <= columnCount else {
      let extra = row[columnCount].bytes.lowerBound..<row[row.count - 1].bytes.upperBound
      throw .seedRowTooLong(
        found: row.count,
        expected: columnCount,
        at: TextRange(buffer: buffer, bytes: extra)
      )
    }
    fields += row
    fields += repeatElement(nil, count: columnCount - row.count)
    rowCount += 1
  }

  /// Reads the next line; false at the end.
  ///
  /// A line that is empty has no fields: in front of the header it is left out, and behind it is a
  /// row of NULLs, as dbt has it.
  private func readRow(
    _ row: inout [Field],
    from position: inout Int,
    delimiter: UInt8
  ) throws(Diagnostic) -> Bool {
    row = []
    while header.isEmpty, position < bytes.count, isLineEnd(bytes[position]) { position += 1 }
    guard position < bytes.count else { return false }
    if isLineEnd(bytes[position]) {
      passLineEnd(at: &position)
      return true
    }
    while true {
      row.append(try readField(from: &position, delimiter: delimiter))
      guard position < bytes.count else { return true }
      if bytes[position] == delimiter {
        position += 1
        continue
      }
      passLineEnd(at: &position)
      return true
    }
  }

  private func passLineEnd(at position: inout Int) {
    let isFirstOfTwo = bytes[position] == Self.carriageReturn
    position += 1
    if isFirstOfTwo, position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
  }

  /// Leaves `position` at the delimiter or line end behind the field.
  private func readField(
    from position: inout Int,
    delimiter: UInt8
  ) throws(Diagnostic) -> Field {
    let start = position
    guard position < bytes.count, bytes[position] == Self.quote else {
      while position < bytes.count, bytes[position] != delimiter, !isLineEnd(bytes[position]) {
        position += 1
      }
      return Field(bytes: start..<position, hasDoubledQuotes: false)
    }
    position += 1
    var hasDoubledQuotes = false
    while position < bytes.count {
      guard bytes[position] == Self.quote else {
        position += 1
        continue
      }
      if position + 1 < bytes.count, bytes[position + 1] == Self.quote {
        hasDoubledQuotes = true
        position += 2
        continue
      }
      let field = Field(bytes: start + 1..<position, hasDoubledQuotes: hasDoubledQuotes)
      position += 1
      if position < bytes.count, bytes[position] != delimiter, !isLineEnd(bytes[position]) {
        throw .seedTextAfterQuote(
          at: TextRange(buffer: buffer, bytes: position..<position + 1)
        )
      }
      return field
    }
    throw .seedOpenQuote(at: TextRange(buffer: buffer, bytes: start..<start + 1))
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == Self.lineFeed || byte == Self.carriageReturn
  }

  private static func firstBadLine(_ bytes: [UInt8], _ buffer: BufferID) -> TextRange {
    var offset = 0
    for line in bytes.split(separator: lineFeed, omittingEmptySubsequences: false) {
      if String(validating: line, as: UTF8.self) == nil {
        return TextRange(buffer: buffer, bytes: offset..<offset + line.count)
      }
      offset += line.count + 1
    }
    return TextRange(buffer: buffer, bytes: 0..<bytes.count)
  }
}
