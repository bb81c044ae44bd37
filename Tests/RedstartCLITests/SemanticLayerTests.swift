import Diagnostics
import Foundation
import ProjectModel
import TestSupport
import Testing

@testable import RedstartCLI

/// Semantic models, metrics and saved queries in the manifest, as dbt 1.11 writes them.
@Suite struct SemanticLayerTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Fixtures/semantics")

  private static func files() throws -> [String: String] {
    let root = fixtures.appendingPathComponent("project")
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      let url = root.appendingPathComponent(path)
      if url.pathExtension.isEmpty { continue }
      files[path] = try String(contentsOf: url, encoding: .utf8)
    }
    return files
  }

  /// What differs, by place.
  private static func differences(
    _ expected: PlainValue,
    _ found: PlainValue,
    at place: String
  ) -> [String] {
    switch (expected, found) {
    case (.dictionary(let a), .dictionary(let b)):
      return Set(a.keys).union(b.keys).sorted().flatMap { key in
        differences(a[key] ?? "(missing)", b[key] ?? "(missing)", at: "\(place).\(key)")
      }
    case (.list(let a), .list(let b)) where a.count == b.count:
      return zip(a, b).enumerated().flatMap {
        differences($1.0, $1.1, at: "\(place)[\($0)]")
      }
    default:
      return expected == found
        ? [] : ["\(place): dbt \(expected.jsonString), redstart \(found.jsonString)"]
    }
  }

  /// The expectations are dbt's own, recorded with scripts/record_semantics_with_dbt.py.
  @Test func `the manifest has what dbt's has`() async throws {
    let harness = try CommandLineHarness(try Self.files())
    let parsed = await harness.run("parse", "--profiles-dir", ".")
    #expect(parsed.code == 0 && !parsed.error.contains("warning"), "\(parsed.error)")
    let manifest = try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
    let expected = try #require(
      try PlainValue(
        json: Array(Data(contentsOf: Self.fixtures.appendingPathComponent("expected.json")))
      ).dictionary
    )
    var counts: [String: Int] = [:]
    for section in ["semantic_models", "metrics", "saved_queries", "exposures"] {
      var found = manifest[section]?.dictionary ?? PlainDictionary()
      for (id, entry) in found.pairs {
        var entry = entry.dictionary ?? PlainDictionary()
        entry["created_at"] = nil
        found[id] = .dictionary(entry)
      }
      counts[section] = found.keys.count
      let differences = Self.differences(
        expected[section] ?? .null,
        .dictionary(found),
        at: section
      )
      #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }
    #expect(
      counts == ["semantic_models": 2, "metrics": 7, "saved_queries": 2, "exposures": 2]
    )
    for map in ["parent_map", "child_map"] {
      let found = manifest[map]?.dictionary ?? PlainDictionary()
      for (id, ids) in expected[map]?.dictionary?.pairs ?? [] {
        #expect(found[id]?.words.sorted() == ids.words, "\(map) of \(id)")
      }
    }
    let written = try PlainValue(
      json: Array(harness.folder.read("target/semantic_manifest.json").utf8)
    )
    var semantics = try #require(written.dictionary)
    for section in ["semantic_models", "metrics", "saved_queries"] {
      semantics[section] = .list(
        (semantics[section]?.list ?? []).sorted {
          ($0.dictionary?["name"]?.string ?? "") < ($1.dictionary?["name"]?.string ?? "")
        }
      )
    }
    let differences = Self.differences(
      expected["semantic_manifest"] ?? .null,
      .dictionary(semantics),
      at: "semantic_manifest"
    )
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    let listed = await harness.run("ls", "-q", "--profiles-dir", ".")
    #expect(
      listed.output.split(separator: "\n").map(String.init).sorted() == expected["ls"]?.words
    )
  }

  @Test func `semantic models need a model of days`() async throws {
    var files = try Self.files()
    files["models/time_spine.sql"] = nil
    files["models/sem.yml"] = files["models/sem.yml"]?.replacingOccurrences(
      of: "    time_spine: {standard_granularity_column: date_day}\n",
      with: ""
    )
    let parsed = await (try CommandLineHarness(files)).run("parse", "--profiles-dir", ".")
    #expect(parsed.code == 2, "\(parsed.error)")
    #expect(parsed.error.contains("requires a time spine model"), "\(parsed.error)")
  }

  @Test(arguments: [
    (
      ["+metric:ratio"],
      "metric:shop.big_orders metric:shop.orders_made metric:shop.ratio semantic_model:shop.orders shop.orders"
    ),
    (["saved_query:weekly"], "saved_query:shop.weekly"),
    (["tag:q"], "saved_query:shop.weekly"),
    (["tag:m"], ""),
    (["semantic_model:*"], "semantic_model:shop.customers semantic_model:shop.orders"),
    (["resource_type:saved_query"], "saved_query:shop.plain saved_query:shop.weekly"),
  ])
  func `they are selected as dbt selects them`(words: [String], expected: String) async throws {
    let harness = try CommandLineHarness(try Self.files())
    let listed = await harness.run(["ls", "-q", "--profiles-dir", ".", "-s"] + words)
    #expect(
      listed.output.split(separator: "\n").map(String.init).sorted().joined(separator: " ")
        == expected,
      "\(listed.error)"
    )
  }

  @Test(arguments: [
    ("{name: m, label: M, type: simple, type_params: {measure: ordr_count}}", "order_count"),
    (
      "{name: m, label: M, type: sum, type_params: {measure: order_count}}",
      "\"type\" must be one of"
    ),
    ("{name: m, label: M, type: simple, type_params: {}}", "it names no measure"),
    (
      "{name: m, label: M, type: derived, type_params: {expr: x, metrics: [gone]}}",
      "no metric is named \"gone\""
    ),
    (
      "{name: m, label: M, type: ratio, type_params: {numerator: ratio}}",
      "a numerator and a denominator"
    ),
    (
      "{name: m, label: M, type: derived, type_params: {expr: x, metrics: [{name: ratio, offset_window: soon}]}}",
      "is no window"
    ),
  ])
  func `what cannot be is told with its place`(metric: String, reason: String) async throws {
    var files = try Self.files()
    files["models/more.yml"] = "metrics:\n  - \(metric)\n"
    let outcome = await (try CommandLineHarness(files)).run("parse", "--profiles-dir", ".")
    #expect(outcome.code == 2 && outcome.error.contains("error[semantic-layer]"))
    #expect(outcome.error.contains(reason), "\(outcome.error)")
    #expect(outcome.error.contains("models/more.yml:2:"), "\(outcome.error)")
  }

  @Test func `a circle of metrics is told`() async throws {
    var files = try Self.files()
    files["models/more.yml"] = """
      metrics:
        - {name: aa, label: A, type: derived, type_params: {expr: x, metrics: [bb]}}
        - {name: bb, label: B, type: derived, type_params: {expr: x, metrics: [aa]}}
      """
    let outcome = await (try CommandLineHarness(files)).run("parse", "--profiles-dir", ".")
    #expect(outcome.code == 2 && outcome.error.contains("error[dependency-cycle]"))
  }

  @Test func `what is switched off is left out`() async throws {
    var files = try Self.files()
    files["dbt_project.yml"] = """
      name: shop
      profile: shop
      saved-queries: { shop: { +enabled: false } }
      """
    let harness = try CommandLineHarness(files)
    let listed = await harness.run("ls", "-q", "--profiles-dir", ".", "-s", "saved_query:*")
    #expect(listed.code == 0 && listed.output.isEmpty, "\(listed.output)")
  }
}
