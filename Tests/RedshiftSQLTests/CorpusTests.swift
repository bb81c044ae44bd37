import Diagnostics
import RedshiftSQL
import Testing

@Suite struct CorpusTests {
  private func parse(_ text: String) -> (ParsedSQL, Buffers) {
    let buffers = Buffers()
    return (SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers), buffers)
  }

  @Test func everyStatementIsRead() throws {
    var problems: [String] = []
    var distinct: Set<String> = []
    for file in try Corpus.files() {
      let (parsed, buffers) = parse(file.text)
      for diagnostic in parsed.diagnostics {
        let line = diagnostic.primary.map { buffers.position(of: $0.range).line } ?? 0
        problems.append("\(file.name):\(line): \(diagnostic.message)")
      }
      for statement in parsed.statements {
        let text = buffers.text(of: statement.range)
        distinct.insert(PrinterTests.tokens(text).code.joined(separator: " "))
        if case .opaque = statement.kind, file.name != "postgres.sql" {
          problems.append("not read further: \(text)")
        }
      }
    }
    #expect(problems == [])
    #expect(distinct.count >= 1000)
  }

  @Test func invalidStatementsAreRefused() throws {
    let accepted = try Fixtures.statements("invalid.sql").filter { text in
      parse(text).0.diagnostics.isEmpty
    }
    #expect(accepted == [])
  }

  /// Children lie in their parents, in order and without overlap.
  @Test func rangesNest() throws {
    var problems: [String] = []
    for file in try Corpus.files() {
      let (parsed, buffers) = parse(file.text)
      problems += parsed.statements.flatMap { Ranges.problems($0, in: buffers) }
    }
    #expect(problems.prefix(5) == [])
  }

  @Test func treesBecomeJSON() throws {
    let (parsed, buffers) = parse("select a.b, -1 as n\nfrom t where ü is null")
    var writer = SyntaxTreeWriter(buffers.bytes(of: parsed.buffer))
    let text = parsed.statements.map { String(decoding: writer.json($0), as: UTF8.self) + "\n" }
      .joined()
    if Fixtures.isRecording { try Fixtures.write(text, to: "tree.json") }
    #expect(try Fixtures.text("tree.json") == text)
    for file in try Corpus.files() {
      let (parsed, buffers) = parse(file.text)
      var writer = SyntaxTreeWriter(buffers.bytes(of: parsed.buffer))
      var size = 0
      for statement in parsed.statements {
        let json = writer.json(statement)
        size += json.count
        let value = try PlainValue(json: json)
        #expect(value.dictionary?["range"]?.list?.count == 4)
        #expect(value.dictionary?["keywords"]?.string != nil)
      }
      let input = file.text.utf8.count
      #expect(size < 60 * input, "\(file.name): \(size / max(1, input)) times the text")
    }
  }
}

/// What must hold for the ranges of any tree.
enum Ranges {
  static func problems(_ statement: Statement, in buffers: Buffers) -> [String] {
    var problems: [String] = []
    SyntaxNode.statement(statement).walk { node in
      var position = node.range.bytes.lowerBound
      for child in node.children {
        if child.range.bytes.lowerBound < position {
          problems.append("overlap: \(buffers.text(of: child.range))")
        }
        position = child.range.bytes.upperBound
      }
      if position > node.range.bytes.upperBound {
        problems.append("outside: \(buffers.text(of: node.range))")
      }
      return true
    }
    return problems
  }
}
