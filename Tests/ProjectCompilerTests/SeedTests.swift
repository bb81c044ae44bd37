import Diagnostics
import Testing
import TestSupport

@testable import ProjectCompiler

@Suite struct SeedTypeTests {
  @Test(arguments: [
    (["1", "2"], "integer"),
    (["01234"], "integer"),
    ([], "integer"),
    (["", "null", " NULL "], "integer"),
    (["2147483648"], "bigint"),
    (["-2147483648000"], "bigint"),
    (["9223372036854775807"], "bigint"),
    (["9223372036854775808"], "numeric(38,0)"),
    (["1", "12345678901234567890"], "numeric(38,0)"),
    (["1e25"], "numeric(38,0)"),
    (["00000000000000000000000000000000000000001"], "integer"),
    (["1" + String(repeating: "0", count: 37)], "numeric(38,0)"),
    (["1" + String(repeating: "0", count: 38)], "varchar(39)"),
    (["12345678901234567890", "1.5"], "float8"),
    (["1.0", "2"], "integer"),
    (["1.5", "2"], "float8"),
    (["1e3"], "integer"),
    (["1.25e1"], "float8"),
    (["1,200", "$5", "12%"], "integer"),
    (["1", "x"], "varchar(1)"),
    (["2024-01-31"], "date"),
    (["2024-1-5"], "date"),
    (["2020-02-30"], "varchar(10)"),
    (["2024-02-29", "2023-02-29"], "varchar(10)"),
    (["2024-01-31 10:20:30"], "timestamp without time zone"),
    (["2024-01-31T10:20:30Z"], "timestamp without time zone"),
    (["2024-01-31T10:20:30.5+02:00"], "timestamp without time zone"),
    (["2024-01-31 10:20:30", "2024-01-31T10:20:30"], "varchar(19)"),
    (["2024-01-31 10:20:30.5"], "varchar(21)"),
    (["2024-01-31", "2024-01-31 10:20:30"], "varchar(19)"),
    (["true", "FALSE", ""], "boolean"),
    (["yes"], "varchar(3)"),
    (["é", "ab"], "varchar(2)"),
    (["-"], "varchar(1)"),
    (["nan"], "varchar(3)"),
    (["1-2"], "varchar(3)"),
  ])
  func fitsAllValues(_ row: ([String], String)) {
    #expect(SeedType.infer(row.0).sql == row.1, "\(row.0)")
  }
}

@Suite struct CSVTableTests {
  @Test(arguments: [
    ("a,b\n1,2\n", "a|b 1|2"),
    ("\u{FEFF}a,b\r\n1,2\r\n", "a|b 1|2"),
    ("a,b\n\"x,\ny\",\"say \"\"hi\"\"\"", "a|b x,\ny|say \"hi\""),
    ("a,b\n\n1\n\n", "a|b ~|~ 1|~ ~|~"),
    ("a,b\n,\n", "a|b |"),
    ("a\n\"\"\n", "a "),
    ("a;b\n1;2", "a;b 1;2"),
    ("a\rb", "a b"),
    ("\"\"\"from\"\"\",b\n1,2", "from|b 1|2"),
    (",b,,\n", "a|b|c|d"),
    ("a,A\n", "a|A"),
    ("b,,b,b,b_2\n", "b|b_2|b_3|b_4|b_2_2"),
  ])
  func readsFields(_ row: (String, String)) throws {
    let buffers = Buffers()
    let table = try CSVTable(buffers.add(name: "a.csv", text: row.0), delimiter: 44, in: buffers)
    var shown = [table.header.joined(separator: "|")]
    for line in 0..<table.rowCount {
      let values = (0..<table.columnCount).map { table.text(row: line, column: $0) ?? "~" }
      shown.append(values.joined(separator: "|"))
    }
    #expect(shown.joined(separator: " ") == row.1)
  }

  @Test(arguments: [
    ("a,b\n1,2,«3»\n", "seed-csv"),
    ("a,b\n1,«\"»x\n2,3", "seed-csv"),
    ("a\n\"x\"«y»\n", "seed-csv"),
    ("«»", "seed-header"),
    ("a\nb\nx«\u{0}»\n", "seed-encoding"),
  ])
  func refusesBrokenText(_ row: (String, String)) {
    let marked = MarkedText(row.0)
    let buffers = Buffers()
    let buffer = buffers.add(name: "a.csv", text: marked.text)
    let error = #expect(throws: Diagnostic.self) {
      try CSVTable(buffer, delimiter: 44, in: buffers)
    }
    #expect(error?.code == row.1)
    #expect(error?.primary?.range.bytes == marked.ranges.first)
  }

  /// As dbt names them; told, for nobody would guess it.
  @Test func `a repeated or missing name of a column is replaced with a warning`() throws {
    let buffers = Buffers()
    let buffer = buffers.add(name: "a.csv", text: "id,id,,B,b\n")
    let table = try CSVTable(buffer, delimiter: 44, in: buffers)
    #expect(table.header == ["id", "id_2", "c", "B", "b"])
    #expect(table.renamings.map(\.severity) == [.warning, .warning])
    #expect(
      table.renamings.map { $0.labels.first?.message } == [
        "the column is named \"id_2\"", "the column is named \"c\"",
      ]
    )
    // Redshift folds names, and so does PostgreSQL where they are not quoted.
    #expect(throws: Diagnostic.self) { try table.requireNamesThatFold() }
  }
}
