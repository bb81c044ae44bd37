import Diagnostics
import Testing

/// JSON as RFC 8259 has it, and nothing else.
@Suite struct JSONReaderTests {
  @Test(arguments: [
    "null", "true", "[1,-2.5,\"a\"]", "{\"a\":{\"b\":[]},\"c\":{}}", "\"\\\"\\\\\\n\\u0001é\"",
  ])
  func readsWhatIsWritten(text: String) throws {
    #expect(try PlainValue(json: Array(text.utf8)).jsonString == text)
  }

  @Test(arguments: [
    (" { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}"), ("\"\\ud83d\\ude00\\/\"", "\"😀/\""),
    ("\"\\ud83d\"", "\"\u{FFFD}\""), ("1e3", "1000.0"),
  ])
  func readsOtherSpellings(_ row: (String, String)) throws {
    #expect(try PlainValue(json: Array(row.0.utf8)).jsonString == row.1)
  }

  @Test(arguments: [
    "", "[", "[1,]", "{\"a\"}", "{a:1}", "tru", "\"a", "\"\\x\"", "1 2", "\"\\u12\"", "-",
    "\"a\nb\"",
  ])
  func refusesOtherText(text: String) {
    #expect(throws: PlainValue.JSONProblem.self) { try PlainValue(json: Array(text.utf8)) }
  }

  @Test func refusesToExhaustTheStack() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: PlainValue.JSONProblem.self) { try PlainValue(json: Array(text.utf8)) }
  }
}
