import RedshiftSQL

/// Turns rows of `COPY … TO STDOUT` into lines of files.
struct UnloadFormat: Sendable {
  let unload: Unload
  let columns: [StatementResult.Column]
  /// The places of the columns that are written.
  let written: [Int]
  private let delimiter: UInt8

  init(unload: Unload, columns: [StatementResult.Column]) {
    self.unload = unload
    self.columns = columns
    switch unload.format {
    case .delimited(let delimiter), .csv(let delimiter): self.delimiter = delimiter
    case .fixedWidth, .json, .parquet: delimiter = UInt8(ascii: ",")
    }
    let keepsAll = unload.partition?.keepsColumns ?? true
    let partition = Set(keepsAll ? [] : unload.partitionNames)
    written = columns.indices.filter { !partition.contains(columns[$0].name) }
  }

  /// The line of names; nil when none is wanted.
  var header: [UInt8]? {
    guard unload.hasHeader, unload.format != .json else { return nil }
    let names = written.map { Optional(Array(columns[$0].name.utf8)) }
    return separated(names)
  }

  /// The fields of a row in PostgreSQL's text format; nil for NULL.
  static func fields(of row: [UInt8]) -> [[UInt8]?] {
    var fields: [[UInt8]?] = []
    var field: [UInt8] = []
    var isNull = false
    var index = 0
    while index < row.count {
      let byte = row[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\t"):
        fields.append(isNull ? nil : field)
        field = []
        isNull = false
      case UInt8(ascii: "\n") where index == row.count: break
      case UInt8(ascii: "\\") where index < row.count:
        switch row[index] {
        case UInt8(ascii: "N") where field.isEmpty: isNull = true
        case UInt8(ascii: "n"): field.append(10)
        case UInt8(ascii: "t"): field.append(9)
        case UInt8(ascii: "r"): field.append(13)
        case UInt8(ascii: "b"): field.append(8)
        case UInt8(ascii: "f"): field.append(12)
        case UInt8(ascii: "v"): field.append(11)
        default: field.append(row[index])
        }
        index += 1
      default: field.append(byte)
      }
    }
    fields.append(isNull ? nil : field)
    return fields
  }

  func line(_ fields: [[UInt8]?]) -> [UInt8] {
    let values = written.map { index -> [UInt8]? in
      guard fields.indices.contains(index), let field = fields[index] else { return nil }
      // Bytes are written as plain hexadecimal digits.
      let isBinary = columns[index].typeName == "bytea" && field.starts(with: "\\x".utf8)
      return isBinary ? Array(field.dropFirst(2)) : field
    }
    return unload.format == .json ? object(values) : separated(values)
  }

  // MARK: Text and CSV

  private func separated(_ values: [[UInt8]?]) -> [UInt8] {
    var line: [UInt8] = []
    for (index, value) in values.enumerated() {
      if index > 0 { line.append(delimiter) }
      guard let value else {
        line.append(contentsOf: unload.nullText.utf8)
        continue
      }
      if case .csv = unload.format {
        appendQuoted(value, to: &line)
      } else {
        append(value, to: &line)
      }
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  private func appendQuoted(_ value: [UInt8], to line: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = value.contains {
      $0 == delimiter || $0 == quote || $0 == 10 || $0 == 13
    }
    guard needsQuotes || unload.addsQuotes else { return line.append(contentsOf: value) }
    line.append(quote)
    for byte in value {
      if byte == quote { line.append(quote) }
      line.append(byte)
    }
    line.append(quote)
  }

  private func append(_ value: [UInt8], to line: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let backslash = UInt8(ascii: "\\")
    if unload.addsQuotes { line.append(quote) }
    for byte in value {
      let isSpecial =
        byte == delimiter || byte == backslash || byte == 10 || byte == 13
        || byte == quote || byte == UInt8(ascii: "'")
      if unload.escapes, isSpecial { line.append(backslash) }
      line.append(byte)
    }
    if unload.addsQuotes { line.append(quote) }
  }

  // MARK: JSON

  private func object(_ values: [[UInt8]?]) -> [UInt8] {
    var line = Array("{".utf8)
    for (place, value) in zip(written, values) {
      if line.count > 1 { line.append(UInt8(ascii: ",")) }
      append(string: Array(columns[place].name.utf8), to: &line)
      line.append(UInt8(ascii: ":"))
      guard let value else {
        line.append(contentsOf: "null".utf8)
        continue
      }
      switch columns[place].typeName {
      case "int2", "int4", "int8", "numeric", "float4", "float8", "jsonb": line += value
      case "bool": line += value == Array("t".utf8) ? "true".utf8 : "false".utf8
      default: append(string: value, to: &line)
      }
    }
    line.append(contentsOf: "}\n".utf8)
    return line
  }

  private func append(string: [UInt8], to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    for byte in string {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        line.append(UInt8(ascii: "\\"))
        line.append(byte)
      case 10: line.append(contentsOf: "\\n".utf8)
      case 13: line.append(contentsOf: "\\r".utf8)
      case 9: line.append(contentsOf: "\\t".utf8)
      case 0..<32:
        let digits = String(byte, radix: 16)
        line.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
      default: line.append(byte)
      }
    }
    line.append(UInt8(ascii: "\""))
  }
}

extension Unload {
  /// The columns by which files are laid out in folders.
  var partitionNames: [String] { partition?.columns.map(\.text) ?? [] }
}
