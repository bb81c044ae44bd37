import Diagnostics
import RedshiftSQL
import Testing

@Suite struct RobustnessTests {
  private func parse(_ bytes: [UInt8]) -> (ParsedSQL, Buffers) {
    let buffers = Buffers()
    return (SQLParser.parse(buffers.add(name: "test.sql", bytes: bytes), in: buffers), buffers)
  }

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test func bytesThatAreNoTextAreErrorsInTheirPlace() {
    let texts: [[UInt8]] = [
      Array("select \0".utf8), Array("select a\0b from t".utf8), [0xFF, 0xFE],
      Array("select ".utf8) + [0xC0] + Array("\0 from t".utf8), Array("select {a}".utf8),
      Array("select \\ from t; select 1".utf8), [0],
    ]
    for bytes in texts {
      let (parsed, buffers) = parse(bytes)
      #expect(!parsed.diagnostics.isEmpty)
      #expect(SQLPrinter.print(parsed, in: buffers).count >= bytes.count - 1)
    }
    // Text in other encodings is taken where names and literals may hold anything.
    let (parsed, _) = parse(Array("select '".utf8) + [0xE9] + Array("' from ".utf8) + [0xE9])
    #expect(parsed.diagnostics.isEmpty)
  }

  @Test func whatDoesNotEndIsAnErrorWhereItStarts() {
    let texts = [
      "select 'a", "select \"a", "select /* a", "select $$ a", "select $x$ a $$",
      "create index i on t 'a", "alter table t alter column a set default 'x",
      "insert into t values (1) on conflict 'x", "listen /* x", "copy t from 's3://b",
    ]
    for text in texts {
      let (parsed, _) = parse(Array(text.utf8))
      #expect(parsed.diagnostics.map(\.message).allSatisfy { $0.hasSuffix("does not end") })
      #expect(parsed.diagnostics.count == 1)
    }
  }

  /// Each text is far longer than what a reader that tries and goes back could do in time.
  @Test func timeIsLinear() {
    let texts = [
      "select " + repeated("((select ", 24) + "1" + repeated(")+1)", 24),
      "select * from " + repeated("((select * from ", 18) + "t" + repeated(") x cross join y)", 18),
      "select a in " + repeated("((select a in ", 24) + "(1)" + repeated("), 2)", 24),
      "select " + repeated("(", 2_000) + "select",
      "select " + repeated("((select 1) + ", 3_000),
      repeated("select '", 5_000), repeated("$a", 5_000), repeated("/*", 5_000),
      repeated("'\\", 5_000), repeated("-", 10_000), repeated("a.", 5_000),
      "select " + repeated("'a'\n", 5_000), "select " + repeated("a, ", 5_000) + "a",
      "select " + repeated("9", 10_000) + " + '" + repeated("x", 200_000) + "'",
      repeated("select 1;\n", 2_000), repeated("selct 1;\n", 2_000),
      "select 1 " + repeated("/* c */ ", 2_000),
      "select case " + repeated("when a then b ", 2_000) + "end",
      "insert into t values " + repeated("(1, 'x', null), ", 2_000) + "(1, 2, 3)",
    ]
    let clock = ContinuousClock()
    for text in texts {
      let spent = clock.measure {
        let (parsed, buffers) = parse(Array(text.utf8))
        _ = SQLPrinter.print(parsed, in: buffers)
      }
      #expect(spent < .seconds(20), "\(text.prefix(40))")
    }
  }

  @Test func nestingIsBounded() {
    let texts = [
      "explain " + repeated("explain ", 1000), repeated("prepare p as ", 1000) + "select 1",
      "select a" + repeated("[1", 1000), "select " + repeated("f(", 1000),
      "select 1 group by " + repeated("grouping sets (", 1000),
      "select * from " + repeated("(a cross join ", 1000),
      repeated("with a as (", 1000), "select " + repeated("not ", 1000) + "a",
      "select " + repeated("array[", 1000), "create model m settings " + repeated("(a ", 20_000),
      "select " + repeated("case when ", 1000), "select " + repeated("a between ", 1000),
      "create table t (a int default " + repeated("(", 1000),
      "select sum(a) over (order by " + repeated("sum(a) over (order by ", 1000),
    ]
    for text in texts {
      let (parsed, buffers) = parse(Array(text.utf8))
      #expect(!parsed.diagnostics.isEmpty)
      _ = SQLPrinter.print(parsed, in: buffers)
    }
  }
}
