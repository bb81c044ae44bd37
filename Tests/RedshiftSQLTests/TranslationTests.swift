import Diagnostics
import RedshiftSQL
import Testing

@Suite struct TranslationTests {
  private func translate(_ text: String) -> PostgresTranslation {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    return PostgresTranslator.translate(parsed.statements[0], in: buffers)
  }

  /// Redshift's statement, then PostgreSQL's, then the next pair.
  @Test func statementsBecomePostgres() throws {
    let texts = try Fixtures.statements("translate.sql")
    var result = ""
    var wrong: [String] = []
    for index in stride(from: 0, to: texts.count - 1, by: 2) {
      let translation = translate(texts[index])
      var found = translation.text.isEmpty ? "NOTHING" : translation.text.string
      for diagnostic in translation.diagnostics where diagnostic.isError {
        found = "ERROR \(diagnostic.message)"
      }
      if found != texts[index + 1] { wrong.append("\(texts[index])\n  → \(found)") }
      result += "\(texts[index]);\n\(found);\n\n"
    }
    if Fixtures.isRecording { try Fixtures.write(result, to: "translate.sql") }
    #expect(wrong == [])
  }

  /// What needs no rewriting keeps comments and layout.
  @Test func commentsAndLayoutStay() {
    let text = "select  a , /* one */ b -- two\n  from s . t\twhere  a  =  'x'"
    #expect(translate(text).text.string == text)
  }

  @Test func positionsLeadBack() throws {
    let buffers = Buffers()
    let text = "select nvl(a, 'x'), missing from s.t"
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    let statement = try #require(parsed.statements.first)
    let translated = PostgresTranslator.translate(statement, in: buffers).text
    let sent = buffers.add(generated: "sent.sql", translated)
    let output = Array(translated.bytes)
    for word in ["missing", "COALESCE"] {
      let start = try #require(
        output.indices.first { output[$0...].starts(with: word.utf8) }
      )
      let range = TextRange(buffer: sent, bytes: start..<start + word.utf8.count)
      let found = buffers.text(of: buffers.origin(of: range).range)
      #expect(found == (word == "missing" ? "missing" : "nvl"))
    }
  }

  @Test func ignoredAttributesAreNoted() {
    let notes = translate("create table s.t (a int encode az64 distkey primary key) sortkey (a)")
      .diagnostics
    #expect(notes.map(\.code) == Array(repeating: "local-ignored", count: 4))
    #expect(notes.allSatisfy { $0.severity == .note })
  }

  @Test func laterAliasesUseKnownColumns() throws {
    let buffers = Buffers()
    let text = "select a + 1 as b, b * 2 as c, id as d, d from s.t"
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    let statement = try #require(parsed.statements.first)
    var catalog = SymbolicCatalog()
    catalog.add(
      CatalogRelation(
        name: RelationName(schema: "s", identifier: "t"),
        kind: .table,
        columns: ["id", "a", "d"].map { CatalogColumn(name: $0) }
      )
    )
    let result = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
    #expect(result.text.string == "select a + 1 as b, (a + 1) * 2 as c, id as d, d from s.t")
  }

  /// Items that name one another neither take exponential time nor all of the stack.
  @Test(arguments: ["select", "where"]) func rowsOfNamesAreBounded(place: String) {
    var items = ["1 as a0"]
    for index in 1...3000 { items.append("a\(index - 1) + a\(index - 1) as a\(index)") }
    let list = items.joined(separator: ", ")
    let text =
      place == "where"
      ? "select \(list) from (select 1 as x) t where a3000 > 1" : "select \(list)"
    let translation = translate(text)
    #expect(translation.diagnostics.contains { $0.message.contains("a long row of names") })
    #expect(translation.text.bytes.count < 10_000_000)
  }
}
