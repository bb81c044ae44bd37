import Diagnostics
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension Diagnostic {
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
