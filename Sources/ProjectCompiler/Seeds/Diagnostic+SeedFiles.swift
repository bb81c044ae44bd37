import Diagnostics

// How a seed's file has to look.
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
}
