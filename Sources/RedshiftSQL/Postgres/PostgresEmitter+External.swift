import Diagnostics

/// External schemas are plain schemas locally, and external tables are tables to be filled.
extension PostgresEmitter {
  mutating func emitExternal(
    _ found: [String],
    _ tokens: [SQLToken],
    _ range: TextRange
  ) -> Bool {
    let kind = found.count > 2 ? found[2] : ""
    switch kind {
    case "schema": return emitExternalSchema(tokens, range)
    case "table": return emitExternalTable(tokens, range)
    default: return false
    }
  }

  /// CREATE, ALTER and DROP EXTERNAL SCHEMA.
  mutating func emitExternalSchema(_ tokens: [SQLToken], _ range: TextRange) -> Bool {
    let shift = range.bytes.lowerBound
    func text(_ token: SQLToken) -> String {
      String(decoding: bytes[shift + token.start..<shift + token.stop], as: UTF8.self).lowercased()
    }
    guard tokens.count > 3, text(tokens[2]) == "schema" else { return false }
    var index = 3
    let allowsExisting = text(tokens[3]) == "if"
    while index < tokens.count, ["if", "not", "exists"].contains(text(tokens[index])) { index += 1 }
    guard let name = names(tokens[index...].prefix(1), range).first?.first else { return false }
    note(
      "EXTERNAL SCHEMA",
      at: range,
      why: "it is a plain schema here: create tables with the same names in it"
    )
    guard text(tokens[0]) == "create" else { return true }
    let condition = allowsExisting ? "IF NOT EXISTS " : ""
    write("CREATE SCHEMA \(condition)\(SQLQuoting.identifier(name))", for: range)
    return true
  }

  /// The columns, and those that the rows are partitioned by.
  private mutating func emitExternalTable(_ tokens: [SQLToken], _ range: TextRange) -> Bool {
    let shift = range.bytes.lowerBound
    guard let open = tokens.firstIndex(where: { $0.kind == .openParenthesis }),
      let columns = group(tokens, from: open),
      let name = names(tokens[3..<open], range).first
    else { return false }
    var groups = [columns]
    if let partitioned = tokens.indices.first(where: { isWord(tokens[$0], "partitioned", shift) }),
      let first = tokens[partitioned...].firstIndex(where: { $0.kind == .openParenthesis }),
      let more = group(tokens, from: first)
    {
      groups.append(more)
    }
    note("EXTERNAL TABLE", at: range, why: "it is an empty table here: fill it with sample rows")
    write("CREATE TABLE \(name.map(SQLQuoting.identifier).joined(separator: ".")) (", for: range)
    for (index, group) in groups.enumerated() {
      if index > 0 { write(", ", for: range) }
      let place = shift + tokens[group.lowerBound].start
      let end = shift + tokens[group.upperBound].stop
      guard let table = columnList(place..<end) else { return false }
      for (number, column) in table.columns.enumerated() {
        if number > 0 { write(", ", for: column.range) }
        emit(column, required: false)
      }
    }
    write(")", for: range)
    return true
  }

  private func isWord(_ token: SQLToken, _ word: String, _ shift: Int) -> Bool {
    bytes[shift + token.start..<shift + token.stop].map(asciiLowercased)
      .elementsEqual(word.utf8)
  }

  /// From an opening parenthesis to the one that closes it.
  func group(_ tokens: [SQLToken], from open: Int) -> ClosedRange<Int>? {
    var depth = 0
    for index in open..<tokens.count {
      if tokens[index].kind == .openParenthesis { depth += 1 }
      if tokens[index].kind == .closeParenthesis {
        depth -= 1
        if depth == 0 { return open...index }
      }
    }
    return nil
  }

  /// `(a int, b text)` read as the columns of a table.
  private func columnList(_ range: Range<Int>) -> CreateTable? {
    let parsed = SQLParser.parse(
      range,
      of: bytes,
      buffer: statement.buffer,
      after: "create table t"
    )
    guard case .createTable(let table) = parsed.statements.first?.kind else { return nil }
    return table
  }
}
