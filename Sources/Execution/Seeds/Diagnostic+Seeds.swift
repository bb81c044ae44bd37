import Diagnostics
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension Diagnostic {
  static func seedUnknownColumn(_ name: String, columns: [String], node: Node) -> Diagnostic {
    Diagnostic(
      code: "seed-column-type",
      "`column_types` of \(node.name) names \"\(name)\", which the file does not have",
      at: node.place,
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: name, among: columns)
          ?? "its columns are " + columns.joined(separator: ", ")
      ]
    )
  }

  static func seedDelimiter(
    _ delimiter: Character,
    other: Character,
    at range: TextRange
  ) -> Diagnostic {
    func shown(_ character: Character) -> String {
      character == "\t" ? "a tab" : "\"\(character)\""
    }
    return Diagnostic(
      code: "seed-header",
      "syntax error in the header: it is one column, with \(shown(other)) in its name",
      at: range,
      help: ["`delimiter` is \(shown(delimiter)): is \(shown(other)) meant?"]
    )
  }

  static func seedValueTooLong(_ length: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-value-too-long",
      "a value of \(length) bytes is too long for a column",
      at: range,
      label: "in this column",
      help: ["VARCHAR holds 65535 bytes at most"]
    )
  }

  /// The server refused rows; its position, if it gave one, leads to the value.
  static func seedRejected(
    _ error: WarehouseError,
    _ batch: SeedRows.Batch,
    of table: CSVTable,
    _ session: NodeSession
  ) -> Diagnostic {
    guard error.kind == .statement else {
      return statementFailed(error, purpose: "loading \(session.buffers.name(of: table.buffer))")
    }
    var range = table.range(row: batch.rows.lowerBound, column: 0)
    var label = ""
    if let position = error.position, position > 0 {
      let buffer = session.buffers.add(generated: session.name, batch.sql.text)
      let offset = batch.sql.string.unicodeScalars.prefix(position - 1).reduce(0) {
        $0 + UTF8.width($1)
      }
      let place = TextRange(buffer: buffer, bytes: offset..<offset)
      let origin = session.buffers.origin(of: place).range
      if origin.buffer == table.buffer { range = origin }
    } else if let last = table.range(row: batch.rows.upperBound - 1, column: 0) {
      label = "in one of the \(batch.rows.count) rows from here"
      let end = session.buffers.position(of: last).line
      return rejection(error, at: range, label: label + " to line \(end)")
    }
    return rejection(error, at: range, label: label)
  }

  private static func rejection(
    _ error: WarehouseError,
    at range: TextRange?,
    label: String
  ) -> Diagnostic {
    Diagnostic(
      code: "seed-rejected",
      "the server refused a value: \(error.message)",
      at: range,
      label: label,
      notes: error.detail.map { [$0] } ?? [],
      help: ["`column_types` sets the types of columns"]
    )
  }
}
