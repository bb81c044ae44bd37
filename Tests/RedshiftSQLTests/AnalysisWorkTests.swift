import Diagnostics
import Testing

@testable import RedshiftSQL

/// How much the analysis looks at, counted in expressions: twice the text is twice the work.
@Suite struct AnalysisWorkTests {
  private func work(_ text: String) throws -> Int {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    let statement = try #require(parsed.statements.first)
    var walker = QueryWalker(
      catalog: SymbolicCatalog(),
      bytes: buffers.bytes(of: statement.range.buffer)
    )
    walker.meanings = Meanings()
    _ = walker.follow(statement)
    return walker.expressionCount
  }

  private func grouped(_ count: Int, by keys: (Int) -> String) -> String {
    let items = (0..<count).map { "nvl(c\($0), c0) || '-' as x\($0)" }.joined(separator: ", ")
    return "select \(items), count(*) as n from t group by \(keys(count))"
  }

  @Test(arguments: ["all", "numbers", "names", "backwards"])
  func keysOfWideQueriesAreLookedUpOnce(kind: String) throws {
    func keys(_ count: Int) -> String {
      switch kind {
      case "all": "all"
      case "numbers": (1...count).map(String.init).joined(separator: ", ")
      case "names": (0..<count).map { "x\($0)" }.joined(separator: ", ")
      default: (1...count).reversed().map(String.init).joined(separator: ", ")
      }
    }
    let some = try work(grouped(200, by: keys))
    let many = try work(grouped(400, by: keys))
    #expect(some > 800)
    #expect(many <= 2 * some)
  }
}
