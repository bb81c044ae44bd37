import Foundation
import RedshiftSQL
import Testing

@testable import WarehouseClient

@Suite struct SeparatedRecordTests {
  private static let csv = CopyStatement.Format.csv(delimiter: 44, quote: 34)
  private static let pipes = CopyStatement.Format.delimited(delimiter: 124)

  typealias Change = @Sendable (inout CopyStatement) -> Void

  /// Text, format, options, and the rows of two VARCHAR columns or the first error.
  static let rows: [(String, CopyStatement.Format, Change, String)] = [
    ("a,b\nc,d", csv, { _ in }, "a\tb\nc\td\n"),
    ("a,b\r\nc,d\r\n", csv, { _ in }, "a\tb\nc\td\n"),
    ("\"x, \"\"y\"\"\", \"1\n2\" \n", csv, { _ in }, "x, \"y\"\t1\\n2\n"),
    ("a, b\n", csv, { _ in }, "a\t b\n"),
    ("h1,h2\na,b\n", csv, { $0.ignoredHeaderLines = 1 }, "a\tb\n"),
    ("a,b\n\n\nc,d\n", csv, { $0.ignoresBlankLines = true }, "a\tb\nc\td\n"),
    ("a,b\n\n", csv, { _ in }, "2:1: Line is empty (error 1211)"),
    ("a\n", csv, { $0.fillsRecord = true }, "a\t\n"),
    (
      "a\n", csv,
      {
        $0.fillsRecord = true
        $0.emptyAsNull = true
      }, "a\t\\N\n"
    ),
    ("a\n", csv, { _ in }, "1:2: column \"y\": Delimiter not found (error 1214)"),
    ("a,b,c\n", csv, { _ in }, "1:6: Extra column(s) found (error 1202)"),
    ("a,\"b\n", csv, { _ in }, "1:3: Invalid quote formatting for CSV (error 1216)"),
    ("a,\"b\"c\n", csv, { _ in }, "1:6: Invalid quote formatting for CSV (error 1216)"),
    ("a,5\" x\n", csv, { _ in }, "1:4: Invalid quote formatting for CSV (error 1216)"),
    ("a;'b;''c'\n", .csv(delimiter: 59, quote: 39), { _ in }, "a\tb;'c\n"),
    ("a|b\nc|\n", pipes, { _ in }, "a\tb\nc\t\n"),
    ("a|b|\n", pipes, { _ in }, "a\tb\n"),
    ("a|b|c\n", pipes, { _ in }, "1:6: Extra column(s) found (error 1202)"),
    ("a\\|x|b\\\nc\n", pipes, { $0.escape = true }, "a|x\tb\\nc\n"),
    ("a\\n|\\N\n", pipes, { $0.escape = true }, "an\t\\N\n"),
    ("a\\n|b\n", pipes, { _ in }, "a\\\\n\tb\n"),
    ("\"a|b\"|''c''\n", pipes, { $0.removesQuotes = true }, "a|b\t'c'\n"),
    ("a'|\"b\"", pipes, { $0.removesQuotes = true }, "a'\tb\n"),
    ("'a|b\n", pipes, { $0.removesQuotes = true }, "1:1: Delimiter not found (error 1214)"),
    ("NULL|b\n", pipes, { $0.nullText = "NULL" }, "\\N\tb\n"),
    ("abé1234\nxyz12  \n", .fixedWidth([3, 4]), { _ in }, "abé\t1234\nxyz\t12  \n"),
    (
      "abc\n", .fixedWidth([3, 4]), { _ in }, "1:4: column \"y\": Delimiter not found (error 1214)"
    ),
  ]

  @Test func linesBecomeRowsOrErrors() async throws {
    var wrong: [String] = []
    for (text, format, change, expected) in Self.rows {
      let got = try await LoadFixture.rows(
        of: Array(text.utf8),
        "x varchar 20,y varchar 20",
        format,
        change
      )
      if got != expected { wrong.append("\(text): \(got)") }
    }
    #expect(wrong == [])
  }

  @Test func agreesWithPythonOnCSV() async throws {
    let got = try await LoadFixture.rows(
      of: try LoadFixture.fixture("oracle.csv"),
      "a varchar 99,b varchar 99,c varchar 99",
      Self.csv
    )
    #expect(got == String(decoding: try LoadFixture.fixture("oracle.csv.rows"), as: UTF8.self))
  }

  @Test func utf16IsDecoded() async throws {
    let text = "é,😀\n"
    var bytes: [UInt8] = [0xFE, 0xFF]
    for unit in text.utf16 { bytes += [UInt8(unit >> 8), UInt8(unit & 255)] }
    let got = try await LoadFixture.rows(of: bytes, "x varchar 20,y varchar 20", Self.csv) {
      $0.encoding = .utf16
    }
    #expect(got == "é\t😀\n")
  }
}
