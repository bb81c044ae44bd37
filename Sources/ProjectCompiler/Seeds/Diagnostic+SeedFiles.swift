package import Diagnostics
import ProjectModel

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

  static func seedNul(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-encoding",
      "the file holds a NUL byte, which no text of a database can hold",
      at: range,
      help: ["take it out; a file that is full of them is UTF-16: save it as UTF-8"]
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

  static func seedColumnRenamed(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "seed-header",
      range.bytes.isEmpty ? "a column has no name" : "the name is that of a column before",
      at: range,
      label: "the column is named \"\(name)\"",
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

  package static func seedDelimiter(
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

  package static func seedValueTooLong(_ length: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "seed-value-too-long",
      "a value of \(length) bytes is too long for a column",
      at: range,
      label: "in this column",
      help: ["VARCHAR holds 65535 bytes at most"]
    )
  }

  static func seedValue(
    _ reason: String,
    column: String,
    type: String,
    others: Int,
    at range: TextRange
  ) -> Diagnostic {
    let more = others == 1 ? "value of the column does" : "values of the column do"
    return Diagnostic(
      code: "seed-value",
      "a value of column \"\(column)\" is not of its type, \(type)",
      at: range,
      label: reason,
      notes: others == 0 ? [] : ["\(others) more \(more) not fit"],
      help: ["mend the value, or give the column another type under `column_types`"]
    )
  }
}

// What `column_types` says.
extension Diagnostic {
  static func seedUnknownColumn(
    _ name: String,
    columns: [String],
    node: Node,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "seed-column-type",
      "`column_types` of \(node.name) names \"\(name)\", which the file does not have",
      at: range,
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: name, among: columns)
          ?? "its columns are " + columns.joined(separator: ", ")
      ]
    )
  }

  static func seedTypeName(
    _ value: PlainValue,
    column: String,
    node: Node,
    at range: TextRange?
  ) -> Diagnostic {
    Diagnostic(
      code: "seed-column-type",
      "the type of column \"\(column)\" of \(node.name) has to be a type's name, not "
        + value.typeWithArticle,
      at: range,
      file: node.originalFilePath,
      help: ["write it as \"\(column): varchar(20)\""]
    )
  }

  /// `problem` is what is wrong with the type as SQL.
  static func seedType(
    _ problem: Diagnostic,
    _ type: String,
    column: String,
    node: Node,
    at range: TextRange?
  ) -> Diagnostic {
    Diagnostic(
      code: "seed-column-type",
      "column \"\(column)\" of \(node.name) cannot be of type \(type): \(problem.message)",
      at: range,
      file: node.originalFilePath,
      help: problem.help
    )
  }
}
