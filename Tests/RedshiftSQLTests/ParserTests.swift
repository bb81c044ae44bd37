import Diagnostics
import RedshiftSQL
import TestSupport
import Testing

@Suite struct ParserTests {
  private func parse(_ text: String) -> (ParsedSQL, Buffers) {
    let buffers = Buffers()
    let buffer = buffers.add(name: "test.sql", text: text)
    return (SQLParser.parse(buffer, in: buffers), buffers)
  }

  @Test func lexerKeepsEveryByte() throws {
    var texts = try Fixtures.statements("statements.sql")
    texts += [
      "'open", "\"open", "/* open /* */", "$$ open", "$tag$ open $", "\u{FEFF}select 1", "a\\b",
    ]
    let broken = texts.filter { text in
      let bytes = Array(text.utf8)
      return SQLLexer.tokens(of: bytes).flatMap { Array(bytes[$0.range]) } != bytes
    }
    #expect(broken == [])
  }

  /// Words are read eight bytes at a time, where the text has so many.
  @Test(arguments: ["Ab_9$", "AZaz[@`{", "ÄbÉ", "Z"])
  func wordsOfEveryLengthAreLowered(pattern: String) throws {
    for length in 1...40 {
      let bytes = Array("A".utf8) + Array(repeated(pattern).utf8).prefix(length - 1)
      let word = String(decoding: bytes, as: UTF8.self)
      let name = String(word.prefix { $0.isLetter || $0.isNumber || "_$".contains($0) })
      for rest in ["", " from t where a = 'enough bytes behind it'"] {
        let (parsed, _) = parse("select \(name)\(rest)")
        guard case .query(let query) = parsed.statements.first?.kind,
          case .select(let select) = query.body.kind,
          case .column(let parts) = select.items.first?.value.kind
        else {
          Issue.record("not read: \(name)")
          continue
        }
        let expected = String(name.map { $0.isASCII ? Character($0.lowercased()) : $0 })
        #expect(parts.map(\.text) == [expected])
      }
    }
  }

  private func repeated(_ pattern: String) -> String { String(repeating: pattern, count: 12) }

  @Test func namesAreAlikeHoweverTheyAreMade() throws {
    let range = TextRange(buffer: BufferID(index: 0), bytes: 0..<1)
    let names = ["a", "b", "c"].map { Identifier(text: $0, range: range, isQuoted: false) }
    for count in 0...3 {
      let whole = NameParts(names.prefix(count))
      var grown: NameParts = []
      for name in names.prefix(count) { grown.append(name) }
      #expect(whole == grown)
      #expect(whole.hashValue == grown.hashValue)
      #expect(Array(whole) == Array(names.prefix(count)))
      #expect(whole + NameParts(names.suffix(3 - count)) == NameParts(names))
    }
  }

  @Test func everyStatementOfTheCorpusIsRead() throws {
    var problems: [String] = []
    for text in try Fixtures.statements("statements.sql") {
      let (parsed, _) = parse(text)
      if parsed.statements.count != 1 { problems.append("\(parsed.statements.count): \(text)") }
      problems += parsed.diagnostics.map { "\($0.message): \(text)" }
    }
    #expect(problems == [])
  }

  /// Children lie in their parents, in order and without overlap.
  @Test func rangesNest() throws {
    var problems: [String] = []
    for text in try Fixtures.statements("statements.sql") {
      for statement in parse(text).0.statements {
        SyntaxNode.statement(statement).walk { node in
          var position = node.range.bytes.lowerBound
          for child in node.children {
            if child.range.bytes.lowerBound < position { problems.append(text) }
            position = child.range.bytes.upperBound
          }
          if position > node.range.bytes.upperBound { problems.append(text) }
          return true
        }
      }
    }
    #expect(problems == [])
  }

  /// Each line is `code | message | text`, with the place marked.
  @Test func errorsSayWhatWasExpectedAtTheRightPlace() throws {
    var result: [String] = []
    let lines = try Fixtures.text("errors.txt").split(separator: "\n").map(String.init)
    for line in lines {
      let parts = line.split(separator: "|", maxSplits: 2).map { $0.trimmed }
      guard parts.count == 3 else { continue }
      let marked = MarkedText(parts[2])
      let text = marked.text
      let (parsed, _) = parse(text)
      guard let found = parsed.diagnostics.first, let range = found.primary?.range.bytes else {
        result.append("none | no error | \(text)")
        continue
      }
      let bytes = Array(text.utf8)
      func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
      let shown =
        part(0..<range.lowerBound) + "«" + part(range) + "»"
        + part(range.upperBound..<bytes.count)
      let help = found.help.first.map { " (\($0))" } ?? ""
      result.append("\(found.code) | \(found.message)\(help) | \(shown)")
    }
    if Fixtures.isRecording {
      try Fixtures.write(result.joined(separator: "\n") + "\n", to: "errors.txt")
    }
    #expect(result == lines)
  }

  @Test func readingGoesOnBehindAnError() {
    let (parsed, _) = parse("selct 1; select 2; create tabel x; select 3")
    #expect(parsed.statements.count == 4)
    #expect(parsed.diagnostics.count == 2)
  }

  @Test func splitterFindsStatements() {
    let text =
      "select ';' ; -- a; b\n/* ; */ select \"a;b\"; create procedure p() as $$ a; b $$;;\n"
    let buffers = Buffers()
    let ranges = SQLStatementSplitter.split(buffers.add(name: "a", text: text), in: buffers)
    #expect(
      ranges.map(buffers.text) == [
        "select ';'", "select \"a;b\"", "create procedure p() as $$ a; b $$",
      ]
    )
  }

  @Test func deepNestingIsAnErrorAndLongChainsAreNot() {
    let deep = "select " + String(repeating: "(", count: 5000) + "1"
    let nested = "select * from " + String(repeating: "(select * from ", count: 5000) + "t"
    let cases = "select " + String(repeating: "case when ", count: 5000)
    let signs = "select " + String(repeating: "- ", count: 5000) + "1"
    let casts = "select 1" + String(repeating: "::int", count: 5000)
    for text in [deep, nested, cases, signs, casts] {
      #expect(parse(text).0.diagnostics.count == 1)
    }
    let terms = "select true" + String(repeating: " or a = 1 + 2", count: 5000)
    let unions = "select 1" + String(repeating: " union all select 1", count: 5000)
    let joins = "select 1 from a" + String(repeating: " join b on true", count: 5000)
    for text in [terms, unions, joins] {
      let (parsed, buffers) = parse(text)
      #expect(parsed.diagnostics.isEmpty)
      let translation = PostgresTranslator.translate(parsed.statements[0], in: buffers)
      #expect(translation.text.string == text)
    }
  }

  /// Whatever is done to the text, the lexer loses nothing and nothing crashes.
  @Test func mutatedTextDoesNoHarm() throws {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(bound, 1)
    }
    let pieces = [
      "'", "\"", "(", ")", ";", "--", "/*", "*/", "$$", ",", ".", "::", "[", " as ", "\\",
    ]
    var lost = 0
    for text in try Fixtures.statements("statements.sql") {
      for _ in 0..<20 {
        var bytes = Array(text.utf8)
        for _ in 0...random(3) {
          let position = random(bytes.count)
          switch random(4) {
          case 0: bytes.removeSubrange(position..<min(bytes.count, position + 1 + random(12)))
          case 1: bytes.insert(contentsOf: pieces[random(pieces.count)].utf8, at: position)
          case 2: bytes.insert(UInt8(random(256)), at: position)
          default: bytes = Array(bytes.prefix(position + 1))
          }
          if bytes.isEmpty { bytes = [32] }
        }
        if SQLLexer.tokens(of: bytes).flatMap({ Array(bytes[$0.range]) }) != bytes { lost += 1 }
        let buffers = Buffers()
        let parsed = SQLParser.parse(buffers.add(name: "fuzz", bytes: bytes), in: buffers)
        for statement in parsed.statements {
          _ = PostgresTranslator.translate(statement, in: buffers)
        }
      }
    }
    #expect(lost == 0)
  }
}

extension StringProtocol {
  var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
