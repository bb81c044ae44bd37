import Diagnostics
import RedshiftSQL
import Testing

@Suite struct PrinterTests {
  private func printed(_ text: String) -> String {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    return String(decoding: SQLPrinter.print(parsed, in: buffers), as: UTF8.self)
  }

  /// The tokens in order: words in lower case, all others as they stand; comments apart.
  static func tokens(_ text: String) -> (code: [String], comments: [String]) {
    let bytes = Array(text.utf8)
    var code: [String] = []
    var comments: [String] = []
    for token in SQLLexer.tokens(of: bytes) {
      let piece = String(decoding: bytes[token.range], as: UTF8.self)
      switch token.kind {
      case .whitespace: break
      case .lineComment, .blockComment: comments.append(piece.trimmed)
      case .word, .temporaryName: code.append(piece.lowercased())
      case .dollarString:
        // The source of a procedure, whose tokens are printed like all others.
        let tag = piece.prefix(2 + piece.dropFirst().prefix { $0 != "$" }.count)
        let inner = tokens(String(piece.dropFirst(tag.count).dropLast(tag.count)))
        code += [String(tag)] + inner.code + [String(tag)]
        comments += inner.comments
      default: code.append(piece)
      }
    }
    return (code, comments)
  }

  @Test func printingKeepsTokensAndIsAFixedPoint() throws {
    var problems: [String] = []
    for text in try Corpus.texts() {
      let once = printed(text)
      let source = PrinterTests.tokens(text)
      let result = PrinterTests.tokens(once)
      if source.code != result.code { problems.append("tokens changed: \(text)\n\(once)") }
      if source.comments != result.comments { problems.append("comments changed: \(text)") }
      let twice = printed(once)
      if twice != once { problems.append("not a fixed point: \(once)\n\(twice)") }
    }
    #expect(problems.prefix(5) == [])
  }

  /// What `unprinted.sql` becomes is in `printed.sql`.
  @Test func layoutIsAsRecorded() throws {
    let result = printed(try Fixtures.text("unprinted.sql"))
    if Fixtures.isRecording { try Fixtures.write(result, to: "printed.sql") }
    #expect(try Fixtures.text("printed.sql") == result)
  }

  @Test func oneStatementIsPrintedByItself() throws {
    let buffers = Buffers()
    let text = "-- before\nSELECT  1 ; SELECT A,B /* all */ FROM T -- behind\n"
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    let result = parsed.statements.map { SQLPrinter.print($0, in: buffers) }
    #expect(result == ["select 1", "select\n  a,\n  b /* all */\nfrom t"])
  }

  @Test func whatIsNotReadStaysAsItIs() {
    let text = "Selct  1,   2;\n\nCREATE   INDEX i\n   ON t (a)\n"
    #expect(printed(text) == "Selct  1,   2;\n\nCREATE   INDEX i\n   ON t (a)\n")
  }

  @Test func nothingIsPrintedForNothing() {
    #expect(printed("") == "" && printed("  \n") == "" && printed("-- a") == "-- a\n")
  }
}
