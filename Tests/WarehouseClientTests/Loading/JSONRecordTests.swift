import Diagnostics
import Foundation
import RedshiftSQL
import Testing

@testable import WarehouseClient

@Suite struct JSONRecordTests {
  /// Documents, the table, and the rows or the first error.
  static let automatic: [(String, String, String)] = [
    (#"{"a":1,"b":"x"}{"b":"y","a":2}"#, "a int4,b varchar 9", "1\tx\n2\ty\n"),
    ("{\"a\":\n1\n}\n\t {\"a\":2}", "a int4", "1\n2\n"),
    ("\u{FEFF}{\"a\":1}", "a int4", "1\n"),
    (" \n ", "a int4", ""),
    (#"{"A":1}"#, "a int4", "\\N\n"),
    (#"{"a":1,"a":2}"#, "a int4", "2\n"),
    (#"{"\u0061":3}"#, "a int4", "3\n"),
    (#"{"a":null}"#, "a int4", "\\N\n"),
    (#"{"a":"12"}"#, "a int4", "12\n"),
    (#"{"a":""}"#, "a int4", "\\N\n"),
    (#"{"a":""}"#, "a varchar 9", "\n"),
    (#"{"a":1.50,"b":true}"#, "a varchar 9,b varchar 9", "1.50\ttrue\n"),
    (#"{"a":true}"#, "a bool", "t\n"),
    (#"{"a":{"b" : [1, "é"]}}"#, "a varchar 50", #"{"b" : [1, "é"]}"# + "\n"),
    (#"{"a":[1,"\n"]}"#, "a jsonb", #"[1,"\\n"]"# + "\n"),
    (#"{"a":"text"}"#, "a jsonb", "\"text\"\n"),
    (#"{"a":"\u00e9\ud83d\ude00\n\t\\\"\/"}"#, "a varchar 20", "é😀\\n\\t\\\\\"/\n"),
    (#"{"a":12345678901234567890.123456789}"#, "a numeric -5", "12345678901234567890.123456789\n"),
    (
      #"{"a":"\ud83d x"}"#, "a varchar 20",
      "1:7: column \"a\": String contains invalid or unsupported UTF-8 codepoints. "
        + "Bad UTF-8 hex sequence: ed a0 bd (error 4) (error 1220)"
    ),
    (
      #"{"a":"\u0000"}"#, "a varchar 20",
      "1:7: column \"a\": Invalid null byte - field longer than 1 byte (error 1218)"
    ),
    (
      "{\"a\":1}\n{\"a\":1540919166796.0}", "a int8",
      "2:6: column \"a\": Invalid digit, Value '.', Pos 13, Type: Long (error 1207)"
    ),
    (
      "{\"b\":\"é\",\n \"a\":\"x\"}", "a int4",
      "2:7: column \"a\": Invalid digit, Value 'x', Pos 0, Type: Integer (error 1207)"
    ),
    ("{\"é\":1}  x {}", "a int4", "1:10: Invalid value. (error 1216)"),
    (#"{"a":1},{"a":2}"#, "a int4", "1:8: Invalid value. (error 1216)"),
    (#"[{"a":1}]"#, "a int4", "1:1: Invalid value. (error 1216)"),
    (#"{"a":1"#, "a int4", "1:7: Invalid value. (error 1216)"),
    (#"{"a":"x"#, "a int4", "1:8: Invalid value. (error 1216)"),
    (#"{"a":01}"#, "a int4", "1:7: Invalid value. (error 1216)"),
    (#"{"a":tru}"#, "a int4", "1:9: Invalid value. (error 1216)"),
    (#"{"a":"\x"}"#, "a int4", "1:8: Invalid value. (error 1216)"),
    ("{\"a\":\"x\ty\"}", "a varchar 9", "1:8: Invalid value. (error 1216)"),
    (#"{"a":1,}"#, "a int4", "1:8: Invalid value. (error 1216)"),
    (
      "{\"x\":" + String(repeating: "[", count: 2000) + "}", "a int4",
      "1:1030: Invalid value. (error 1216)"
    ),
    (
      #"{"b":1}"#, "a int4 notnull",
      "1:1: column \"a\": Missing data for not-null field (error 1213)"
    ),
    (#"{"b":1}"#, "a varchar 20 notnull default", "the default\n"),
    (#"{"id":7,"a":1}"#, "id int8 identity,a int4", "1\n"),
  ]

  @Test func documentsBecomeRowsOrErrors() async throws {
    var wrong: [String] = []
    for (text, columns, expected) in Self.automatic {
      let got = try await LoadFixture.rows(of: Array(text.utf8), columns)
      if got != expected { wrong.append("\(text.prefix(60)): \(got)") }
    }
    #expect(wrong == [])
  }

  /// Paths, document, row or error; columns are all texts.
  static let paths: [(String, String, String)] = [
    (#"["$.a","$.b.c"]"#, #"{"a":1,"b":{"c":[2]}}"#, "1\t[2]\n"),
    (#"["$['a b']['c'][1]"]"#, #"{"a b":{"c":[1,{"d":2},3]}}"#, "{\"d\":2}\n"),
    (#"["$","$.a"]"#, #"{"a": 1}"#, "{\"a\": 1}\t1\n"),
    (#"["$[0]","$[2]"]"#, #"[1,2,"x"]"#, "1\tx\n"),
    (#"["$.a.b"]"#, #"{}"#, "\\N\n"),
    (#"["$.a.b"]"#, #"{"a":null}"#, "\\N\n"),
    (#"["$.a.b"]"#, #"{"a":{"b":1},"a":{}}"#, "\\N\n"),
    (
      #"["$.a[2]"]"#, #"{"a":[1]}"#,
      "1:1: column \"c0\": Invalid JSONPath format: Not an array or index out of range. (error 1216)"
    ),
    (
      #"["$.a.b"]"#, #"{"a":1}"#,
      "1:1: column \"c0\": Invalid JSONPath format: Member is not an object. (error 1216)"
    ),
    (
      #"["$.a","$['b']"]"#, "{}",
      "Invalid JSONPath format: dot and bracket notation are mixed (\"$['b']\")"
    ),
    (
      #"[]"#, "{}",
      "the JSONPaths file cannot be used: \"jsonpaths\" must be a list of paths, not empty"
    ),
    (
      #"["$.*"]"#, "{}",
      "Invalid JSONPath format: a name in dot notation cannot have ' ] or * in \"$.*\""
    ),
    (#"["a"]"#, "{}", "Invalid JSONPath format: a path must start with $ in \"a\""),
  ]

  @Test func pathsPickValues() async throws {
    var wrong: [String] = []
    for (paths, document, expected) in Self.paths {
      let count = max(paths.split(separator: "$").count - 1, 1)
      let columns = (0..<count).map { "c\($0) varchar 99" }.joined(separator: ",")
      let file = "{\"jsonpaths\":" + paths + "}"
      let fixture = try LoadFixture(
        columns,
        files: ["in": Array(document.utf8), "paths": Array(file.utf8)]
      )
      defer { fixture.remove() }
      let format = CopyStatement.Format.json(.file(fixture.literal("s3://bucket/paths")))
      let (rows, _, diagnostic) = await fixture.load(fixture.copy(format))
      let got = (diagnostic?.message ?? rows)
        .replacingOccurrences(of: fixture.root + "/in:", with: "")
      if got != expected { wrong.append("\(paths): \(got)") }
    }
    #expect(wrong == [])
  }

  @Test func pathsFileWithoutItsKeyIsRefused() async throws {
    let fixture = try LoadFixture(
      "a int4",
      files: ["in": Array("{}".utf8), "paths": Array(#"{"paths":["$.a"]}"#.utf8)]
    )
    defer { fixture.remove() }
    let format = CopyStatement.Format.json(.file(fixture.literal("s3://bucket/paths")))
    let diagnostic = await fixture.load(fixture.copy(format)).diagnostic
    #expect(diagnostic?.code == "copy-jsonpaths")
    #expect(diagnostic?.help.first?.contains("ignore such a file silently") == true)
  }

  @Test func agreesWithPythonOnJSON() async throws {
    let got = try await LoadFixture.rows(
      of: try LoadFixture.fixture("oracle.json"),
      "text varchar 500,number int8,any varchar 5000"
    )
    #expect(got == String(decoding: try LoadFixture.fixture("oracle.json.rows"), as: UTF8.self))
  }

  @Test func badRecordsAreSkippedUpToTheLimit() async throws {
    let text = "{\"a\":1}\n{\"a\":\"x\"}\njunk here\n{\"a\":tru}\n{\"a\":2}\n"
    let fixture = try LoadFixture("a int4", files: ["in": Array(text.utf8)])
    defer { fixture.remove() }
    var copy = fixture.copy(.json(.automatic))
    copy.maximumErrors = 10
    let errors = FakeLoadSession([])
    let (rows, result, _) = await fixture.load(copy, errors: errors)
    #expect(rows == "1\n2\n")
    #expect(
      result?.notices == [
        "Load into table 't' completed, 2 record(s) loaded successfully.",
        "Load into table 't' completed, 4 record(s) could not be loaded.  "
          + "Check 'redstart.load_errors' for details.",
      ]
    )
    let insert = errors.statements.last { $0.contains("load_errors") } ?? ""
    #expect(insert.contains(", 2, 'a', 'int4', '', 0, 1207, 'Invalid digit, Value ''x''"))
    copy.maximumErrors = 2
    let failed = FakeLoadSession(fixture.catalog)
    let diagnostic = await fixture.load(copy, session: failed, errors: errors).diagnostic
    #expect(diagnostic?.file == fixture.root + "/in:2:7")
    #expect(failed.wasAborted)
  }

  @Test func keysInAnotherCaseAreRemarkedOn() async throws {
    let fixture = try LoadFixture("userid int4", files: ["in": Array(#"{"userId":1}"#.utf8)])
    defer { fixture.remove() }
    let (rows, result, _) = await fixture.load(fixture.copy(.json(.automatic)))
    #expect(rows == "\\N\n")
    #expect(result?.notices.last?.contains("\"userId\"") == true)
    let ignoring = await fixture.load(fixture.copy(.json(.automaticIgnoringCase)))
    #expect(ignoring.rows == "1\n")
  }

  @Test func damageNeverCrashes() async throws {
    let seed = Array(try LoadFixture.fixture("oracle.json").prefix(3000))
    var random = SystemRandomNumberGenerator()
    let alphabet = Array(#"{}[]",:\u0e-+.1tfn "#.utf8) + [0, 10, 0xC3, 0xED, 0xFF]
    for _ in 0..<60 {
      var text = seed
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        text[place] = alphabet.randomElement(using: &random) ?? 0
      }
      if Bool.random(using: &random) { text.removeLast(Int.random(in: 0..<200, using: &random)) }
      _ = try await LoadFixture.rows(of: text, "text varchar 50,number int8,any jsonb") {
        $0.ignoresAllErrors = true
      }
      _ = try await LoadFixture.rows(
        of: text,
        "text varchar 50,number int8,any jsonb",
        .csv(delimiter: UInt8(ascii: ","), quote: UInt8(ascii: "\""))
      ) { $0.ignoresAllErrors = true }
    }
  }
}
