import Foundation
import Testing

@testable import Migrations

/// The manual says of each state what it means and how to leave it.
@Suite struct StateManualTests {
  @Test(arguments: MigrationState.Kind.allCases)
  func eachStateHasItsRow(kind: MigrationState.Kind) throws {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let manual = try String(
      contentsOf: repository.appendingPathComponent("docs/migrations.md"),
      encoding: .utf8
    )
    let row = try #require(
      manual.split(separator: "\n").first { $0.hasPrefix("| `\(kind.rawValue)` |") },
      "docs/migrations.md does not tell of the state \(kind.rawValue)"
    )
    #expect(row.split(separator: "|").count == 3)
  }
}
