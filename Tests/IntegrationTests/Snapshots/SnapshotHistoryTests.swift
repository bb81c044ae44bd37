import Foundation
import ProjectModel
import TestSupport
import Testing

/// Histories as dbt keeps them; `Oracle/generate.py` made them with dbt.
@Suite(.scenarioServer) struct SnapshotHistoryTests {
  struct Oracle: Decodable {
    struct Case: Decodable {
      var name: String
      /// Of the sorted rows, after each step.
      var digests: [String]
      /// The rows after the last step.
      var final: [String]
    }

    /// The project.
    var files: [String: String]
    /// Gives every row of every history as text.
    var probe: String
    /// What happens to the sources before each run.
    var steps: [String]
    var cases: [Case]

    static func read() throws -> Oracle {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Oracle/cases.json")
      return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    }
  }

  @Test func historiesAreThoseOfDbt() throws {
    let oracle = try Oracle.read()
    #expect(oracle.cases.count >= 80 && oracle.steps.count >= 7)
    let scenario = try Scenario([:])
    try scenario.project.folder.write(oracle.files)
    try scenario.psql("create schema src")
    var found: [String: [String]] = [:]
    var wrong: Set<String> = []
    for (number, changes) in oracle.steps.enumerated() {
      let problem = try scenario.psql(changes)
      #expect(!problem.contains("ERROR"), "\(problem)")
      let outcome = try scenario.project.run("snapshot", "-q", "--threads", "4")
      try #require(outcome.code == 0, "step \(number): \(outcome.error)")
      found = [:]
      for line in try scenario.psql(oracle.probe).split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        found[String(parts[0]), default: []].append(String(parts[1].dropFirst()))
      }
      for history in oracle.cases where !wrong.contains(history.name) {
        let rows = found[history.name] ?? []
        let digest = Checksum.md5(Array(rows.joined(separator: "\n").utf8))
        guard digest != history.digests[number] else { continue }
        wrong.insert(history.name)
        let text = rows.joined(separator: "\n")
        Issue.record("\(history.name) differs after step \(number); it is\n\(text)")
      }
    }
    for history in oracle.cases { #expect(found[history.name] == history.final) }
  }
}
