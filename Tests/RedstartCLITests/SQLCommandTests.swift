import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// SQL that is in no project.
@Suite struct SQLCommandTests {
  static let query = "SELECT nvl(a,0) AS b FROM t -- why\nWHERE a>1;\n"

  @Test func filesAreFormattedAndTranslated() async throws {
    let text = try await CommandLineHarness([
      "q.sql": Self.query, "bad.sql": "select from", "one.sql": "select 1;;selct",
    ])
    .transcript([
      ["sql", "format", "q.sql"], ["sql", "translate", "q.sql"],
      ["sql", "format", "q.sql", "--check"], ["sql", "format", "q.sql", "--write"],
      ["sql", "format", "q.sql", "--check"], ["sql", "format", "bad.sql"],
      ["sql", "format", "none.sql"], ["sql", "format", "-", "--write"],
      ["sql", "parse", "one.sql", "--output", "json"],
      ["sql", "parse", "one.sql", "--output", "xml"], ["sql"],
    ])
    #expect(Golden.problem(text, file: "commands/sql.txt") == nil)
  }

  @Test(arguments: ["format", "translate", "parse"])
  func whatIsNotTextIsRefused(command: String) async throws {
    let harness = try CommandLineHarness(["q.sql": Self.query])
    let bytes = Data("select '".utf8) + [0xFF, 0x27]
    try bytes.write(to: URL(fileURLWithPath: harness.folder.path + "/q.sql"))
    let outcome = await harness.run("sql", command, "q.sql")
    #expect(outcome.code == 2 && outcome.output.isEmpty)
    #expect(outcome.error.contains("error[not-utf8]"), "\(outcome.error)")
  }
}
