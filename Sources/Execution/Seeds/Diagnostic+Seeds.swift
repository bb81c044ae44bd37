import Diagnostics
import ProjectModel
import WarehouseClient

extension Diagnostic {
  static func seedEncoding(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-encoding",
      "the file is not UTF-8 text",
      at: range,
      label: "the first line with other bytes",
      help: ["save it as UTF-8"]
    )
  }

  static func seedHeader(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-header",
      message,
      at: range,
      help: ["the first line of a seed names its columns"]
    )
  }

  static func seedRowTooLong(found: Int, expected: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-csv",
      "the row has \(found) fields, the header \(expected)",
      at: range,
      label: "no column for this",
      help: ["put quotes around values that hold the delimiter"]
    )
  }

  static func seedOpenQuote(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-csv",
      "the quote is never closed",
      at: range,
      label: "opened here",
      help: ["write a quote inside of a quoted value twice"]
    )
  }

  static func seedTextAfterQuote(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-csv",
      "text follows the closing quote",
      at: range,
      label: "expected the delimiter or the end of the line",
      help: ["write a quote inside of a quoted value twice"]
    )
  }

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
