import Diagnostics
import Foundation
import TestSupport
import Testing

/// What the manifest says of snapshots, beside dbt's; `Oracle/generate.py` asked dbt.
@Suite struct SnapshotDeclarationTests {
  /// What redstart does not have for models either.
  static let unknownConfigs: Set<String> = [
    "static_analysis", "batch_size", "lookback", "begin", "event_time", "concurrent_batches",
  ]

  @Test func theManifestSaysWhatThatOfDbtSays() throws {
    let oracle = try Self.json(
      String(
        contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
          .appendingPathComponent("Oracle/cases.json"),
        encoding: .utf8
      )
    )
    let declared = try #require(oracle.dictionary?["declared"]?.dictionary)
    var files: [String: String] = [:]
    for (path, text) in declared["files"]?.dictionary?.pairs ?? [] { files[path] = text.string }
    files["profiles.yml"] = """
      shop:
        target: dev
        outputs:
          dev: { type: postgres, host: localhost, user: postgres, password: x, dbname: postgres, \
      schema: hist }
      """
    let project = try ProgramHarness.project(files)
    let outcome = try project.run("parse", "--profiles-dir", ".")
    try #require(outcome.code == 0, "\(outcome.error)")
    let manifest = try Self.json(project.folder.read("target/manifest.json")).dictionary
    let nodes = try #require(manifest?["nodes"]?.dictionary)
    let expected = try #require(declared["nodes"]?.dictionary)
    #expect(expected.pairs.filter { $0.key.hasPrefix("snapshot.") }.count == 3)
    for (id, node) in expected.pairs {
      let found = try #require(nodes[id]?.dictionary, "\(id) is missing")
      for (key, value) in node.dictionary?.pairs ?? [] {
        compare(key, value, found[key], of: id)
      }
    }
    let parents = declared["parents"]?.dictionary
    for (id, value) in parents?.pairs ?? [] where !id.hasPrefix("test.") {
      #expect(manifest?["parent_map"]?.dictionary?[id] == value, "parents of \(id)")
    }
  }

  private func compare(_ key: String, _ value: PlainValue, _ found: PlainValue?, of id: String) {
    let isTest = id.hasPrefix("test.")
    switch key {
    case "config":
      for (name, value) in value.dictionary?.pairs ?? [] where !Self.unknownConfigs.contains(name) {
        #expect(found?.dictionary?[name] == value, "config \(name) of \(id)")
      }
    case "columns":
      #expect(found?.dictionary?.keys == value.dictionary?.keys, "columns of \(id)")
      for (name, column) in value.dictionary?.pairs ?? [] {
        let description = found?.dictionary?[name]?.dictionary?["description"]
        #expect(description == column.dictionary?["description"], "\(name) of \(id)")
      }
    case "depends_on":
      #expect(found?.dictionary?["nodes"] == value.dictionary?["nodes"], "parents of \(id)")
    case "file_key_name" where isTest: break
    default: #expect(found == value, "\(key) of \(id)")
    }
  }

  private static func json(_ text: String) throws -> PlainValue {
    try PlainValue(json: Array(text.utf8))
  }
}
