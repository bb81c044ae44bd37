import Diagnostics
import RedshiftSQL
import Testing

/// The analyser on statements of all kinds, whose tables it mostly does not know.
@Suite struct AnalysisRobustnessTests {
  @Test func nothingIsWrongWithTheCorpus() throws {
    var problems: [String] = []
    var count = 0
    for file in try Corpus.files() where file.name != "postgres.sql" {
      let buffers = Buffers()
      let parsed = SQLParser.parse(buffers.add(name: file.name, text: file.text), in: buffers)
      var catalog = SymbolicCatalog()
      for statement in parsed.statements {
        count += 1
        let analysis = SQLAnalyzer(catalog: catalog, buffers: buffers).analyze(statement)
        for diagnostic in analysis.diagnostics where diagnostic.isError {
          problems.append(
            "\(diagnostic.code): \(diagnostic.message)\n  \(buffers.text(of: statement.range))"
          )
        }
        problems += Self.rangeProblems(analysis, buffers)
        // Each file is a collection: what is dropped is used again further down.
        if case .drop = statement.kind { continue }
        catalog.apply(statement, buffers: buffers)
      }
    }
    #expect(count > 500)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  /// Ranges that lie outside of the text, or are the wrong way round.
  static func rangeProblems(_ analysis: QueryAnalysis, _ buffers: Buffers) -> [String] {
    let ranges =
      analysis.diagnostics.flatMap { $0.labels.map(\.range) } + analysis.columns.map(\.range)
    return ranges.compactMap { range in
      let count = buffers.bytes(of: range.buffer).count
      return range.bytes.upperBound > count ? "a range ends at \(range.bytes.upperBound)" : nil
    }
  }

  /// What is wrong with the analysis of a text, however damaged.
  static func problems(with parsed: ParsedSQL, in buffers: Buffers) -> [String] {
    var problems: [String] = []
    var catalog = SymbolicCatalog()
    for statement in parsed.statements {
      let analyzer = SQLAnalyzer(catalog: catalog, buffers: buffers)
      problems += rangeProblems(analyzer.analyze(statement), buffers)
      _ = PostgresTranslator.translate(statement, in: buffers)
      catalog.apply(statement, buffers: buffers)
    }
    return problems
  }
}
