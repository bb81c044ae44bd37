import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

@Suite struct DocsCommandTests {
  /// A picture shows so many nodes at most; the one that the page is about is always among them.
  @Test func aNodeIsInItsPictureWhateverItsName() async throws {
    var files = [
      "project.yml": ProjectErrorTests.projectFile, "models/zebra.sql": "select 1 as id\n",
    ]
    for number in 0..<130 {
      files["models/animal_\(number).sql"] = "select id from {{ ref('zebra') }}\n"
    }
    let harness = try CommandLineHarness(files)
    let outcome = await harness.run("docs", "generate", "--empty-catalog")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("131 pages"))
    let page = try harness.folder.read("target/docs/model.shop.zebra.html")
    #expect(page.contains("class=\"model central\""))
    #expect(page.components(separatedBy: "class=\"model").count == 121)
  }
}
