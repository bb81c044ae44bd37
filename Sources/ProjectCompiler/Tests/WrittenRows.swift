import Diagnostics
import ProjectModel

/// Rows that a unit test gives or expects, in whatever form they are written.
struct WrittenRows {
  let test: Node
  /// The package of the test, in whose folders its fixtures are.
  let package: Project
  let buffers: Buffers
  let place: TextRange?

  /// Rows in the form of mappings, from YAML, CSV in YAML, or a file.
  func dictionaries(_ given: PlainDictionary) throws(Diagnostic) -> [PlainDictionary] {
    if let rows = given["rows"]?.list { return rows.compactMap(\.dictionary) }
    guard let csv = try text(of: given, format: "csv"), !csv.allSatisfy(\.isWhitespace) else {
      return []
    }
    let buffer = buffers.add(name: "rows of \(test.name)", text: csv)
    let table = try CSVTable(buffer, delimiter: UInt8(ascii: ","), in: buffers)
    return (0..<table.rowCount).map { row in
      PlainDictionary(
        table.header.enumerated().map { column, name in
          let text = table.text(row: row, column: column)
          let isNull = text.map { $0.isEmpty || $0.lowercased() == "null" } ?? true
          return (name, isNull ? .null : .string(text ?? ""))
        }
      )
    }
  }

  /// The text of rows in a format other than mappings: beside the test, or in a fixture's file.
  func text(of given: PlainDictionary, format: String) throws(Diagnostic) -> String? {
    guard given["format"]?.string?.lowercased() == format else { return nil }
    if let text = given["rows"]?.string { return text }
    guard let name = given["fixture"]?.string else { return nil }
    let fixtures = UnitTestFixtures(package: package)
    if let file = fixtures.file(named: name, format: format) {
      return buffers.text(of: buffers.wholeRange(of: file.buffer))
    }
    throw .unitTestInput("fixture \(name).\(format)", test.name, at: place)
  }
}
