import Diagnostics
import RedshiftSQL
import TestSupport
import Testing

@Suite struct AnalysisTests {
  /// The catalog of the fixtures, schema `s` known whole.
  static func catalog(_ buffers: Buffers) throws -> SymbolicCatalog {
    let buffer = buffers.add(name: "catalog.sql", text: try Fixtures.text("analysis/catalog.sql"))
    var catalog = SymbolicCatalog()
    for statement in SQLParser.parse(buffer, in: buffers).statements {
      catalog.apply(statement, buffers: buffers)
    }
    catalog.closedSchemas = ["s"]
    return catalog
  }

  private func analyze(_ text: String, _ buffers: Buffers, _ catalog: SymbolicCatalog)
    -> [QueryAnalysis]
  {
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    var first = QueryAnalysis()
    first.diagnostics = parsed.diagnostics
    let analyzer = SQLAnalyzer(catalog: catalog, buffers: buffers)
    return [first] + parsed.statements.map { analyzer.analyze($0) }
  }

  @Test func nothingIsSaidAgainstValidStatements() throws {
    let buffers = Buffers()
    let catalog = try Self.catalog(buffers)
    // What is doubtful, but right, and what is meant to be told.
    let allowed: Set<String> = [
      "undeclared-relation", "join-redistributes", "undeclared-function", "local-unsupported",
    ]
    var problems: [String] = []
    let statements = try Fixtures.statements("analysis/valid.sql")
    for statement in statements {
      let found = analyze(statement, buffers, catalog).flatMap(\.diagnostics)
        .filter { !allowed.contains($0.code) }
      for diagnostic in found {
        problems.append("\(statement)\n    \(diagnostic.code): \(diagnostic.message)")
      }
    }
    #expect(statements.count > 100)
    #expect(problems == [])
  }

  @Test func mistakesAreFoundWhereTheyAre() throws {
    let buffers = Buffers()
    let catalog = try Self.catalog(buffers)
    var problems: [String] = []
    var count = 0
    for line in try Fixtures.text("analysis/invalid.txt").split(separator: "\n") {
      guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
      count += 1
      let code = String(line[..<colon])
      let marked = MarkedText(String(line[line.index(colon, offsetBy: 2)...]))
      let found = analyze(marked.text, buffers, catalog).flatMap(\.diagnostics)
      let places = found.map { "\($0.code) \($0.primary?.range.bytes ?? 0..<0)" }
      let wanted = marked.ranges.map { "\(code) \($0)" }
      // Advice beside a mistake is no surprise.
      let relevant = places.filter { code == "join-redistributes" || !$0.hasPrefix("join-red") }
      if relevant != wanted {
        problems.append(
          "\(line)\n    \(found.map { "\($0.code) \(buffers.text(of: $0.primary?.range ?? buffers.wholeRange(of: BufferID(index: 0))))" })"
        )
      }
    }
    #expect(count > 80)
    #expect(problems == [])
  }

  /// The corpus is of SQL that Redshift takes.
  @Test func nothingIsSaidAgainstTypesAndAttributesOfTheCorpus() throws {
    let codes: Set<String> = [
      "unknown-type", "type-limit", "unknown-encoding", "key-type", "distribution-key-missing",
      "order-needed", "not-navigable", "window-not-allowed", "aggregate-not-allowed",
      "frame-order", "top-with-limit", "prior-without-connect-by", "distribution-conflict",
      "impossible-cast", "argument-type", "type-mismatch", "redshift-unsupported",
      "resize-refused",
      "append-columns", "relation-kind",
      "undeclared-variable", "unknown-label", "outside-of-loop", "result-of-procedure",
      "raise-arguments",
    ]
    let buffers = Buffers()
    let analyzer = SQLAnalyzer(catalog: SymbolicCatalog(), buffers: buffers)
    var problems: [String] = []
    for text in try Corpus.statements() {
      let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
      for statement in parsed.statements {
        var found = analyzer.analyze(statement).diagnostics
        if case .createRoutine(let routine) = statement.kind {
          found += analyzer.findings(inSourceOf: routine, named: routine.name.relation)
        }
        for finding in found where codes.contains(finding.code) {
          problems.append("\(text)\n    \(finding.code): \(finding.message)")
        }
      }
    }
    #expect(problems == [])
  }

  @Test func columnsAndOriginsAreTraced() throws {
    let buffers = Buffers()
    let catalog = try Self.catalog(buffers)
    var text = ""
    for statement in try Fixtures.statements("analysis/lineage.sql") {
      guard let analysis = analyze(statement, buffers, catalog).last else { continue }
      text += statement + ";\n"
      for column in analysis.columns {
        let null = column.isNullable ? "" : " not null"
        text += "  \(column.name): \(column.type.spelling)\(null)"
        text += list(column.origins, prefix: " <- ") + "\n"
      }
      if !analysis.isComplete { text += "  and others\n" }
      text += list(analysis.influences, prefix: "  decided by ") + "\n\n"
    }
    #expect(Golden.problem(text, file: "lineage.txt") == nil)
  }

  private func list(_ origins: [ColumnOrigin], prefix: String) -> String {
    guard !origins.isEmpty else { return "" }
    let words = origins.map { origin in
      let kinds = origin.kinds.words.filter { $0 != "value" }.joined(separator: "+")
      return "\(origin.relation.identifier).\(origin.column)\(kinds.isEmpty ? "" : "[\(kinds)]")"
    }
    return prefix + words.joined(separator: ", ")
  }
}
