import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// selectors.yml and what else chooses nodes; the expectations are what `dbt ls` of dbt 1.11 prints.
@Suite struct SelectorTests {
  private static let selectors = """
    selectors:
      - name: nightly
        description: what runs at night
        definition: "tag:nightly"
      - name: with_parents
        definition:
          method: fqn
          value: totals
          parents: true
          parents_depth: 1
          exclude: [{method: resource_type, value: seed}]
      - name: both
        default: true
        definition:
          union:
            - method: selector
              value: nightly
            - intersection: ["config.materialized:ephemeral", {path: models}]
            - exclude: [{method: fqn, value: large_count}]
      - name: careful
        definition: {method: fqn, value: orders, indirect_selection: cautious}
      - name: careful_union
        definition:
          union:
            - {method: fqn, value: orders, indirect_selection: cautious}
            - {method: fqn, value: totals, indirect_selection: cautious}
      - name: spread
        definition: {method: fqn, value: raw_orders, childrens_parents: true}
      - name: kids
        definition:
          {method: fqn, value: orders, children: true, children_depth: 1, indirect_selection: empty}
    """

  private static let relationships = "relationships_orders_customer__customer__ref_totals_"

  private func harness(_ change: (inout [String: String]) -> Void = { _ in }) throws
    -> CommandLineHarness
  {
    var files = try StateTests.files()
    files["selectors.yml"] = Self.selectors
    change(&files)
    return try CommandLineHarness(files)
  }

  private static let rows: [(words: String, expected: String)] = [
    ("--selector nightly", "marts.large_count marts.totals no_negative R"),
    (
      "--selector with_parents",
      "marts.totals no_negative not_null_orders_id orders R unique_orders_id"
    ),
    ("--selector both", "large marts.totals no_negative R"),
    ("", "large marts.totals no_negative R"),
    ("-s orders", "not_null_orders_id orders R unique_orders_id"),
    ("--selector careful", "not_null_orders_id orders unique_orders_id"),
    (
      "--selector careful_union",
      "marts.totals no_negative not_null_orders_id orders unique_orders_id"
    ),
    (
      "--selector spread",
      """
      exposure:board cents large marts.large_count marts.totals no_negative not_null_orders_id \
      orders orders_history.orders_history raw_orders R unique_orders_id unit_test:cents_are_cents
      """
    ),
    (
      "--selector kids -s totals",
      "cents large marts.totals not_null_orders_id orders orders_history.orders_history R unique_orders_id"
    ),
    ("--selector careful --indirect-selection empty", "not_null_orders_id orders unique_orders_id"),
    (
      "-s orders totals --exclude totals --indirect-selection cautious",
      "not_null_orders_id orders R unique_orders_id"
    ),
    (
      "-s orders totals --exclude totals --indirect-selection buildable",
      "not_null_orders_id orders unique_orders_id"
    ),
    ("-s orders totals --exclude totals --indirect-selection empty", "orders"),
    (
      "-s +totals --indirect-selection buildable",
      "marts.totals no_negative not_null_orders_id orders raw_orders R unique_orders_id"
    ),
    (
      "-s orders+ --exclude-resource-type test unit_test",
      """
      exposure:board cents large marts.large_count marts.totals orders \
      orders_history.orders_history
      """
    ),
    ("-s orders --resource-type model", "orders"),
  ]

  @Test func `selectors choose what they choose in dbt`() async throws {
    let harness = try harness()
    for (words, expected) in Self.rows {
      let outcome = await harness.run(
        ["ls", "-q", "--profiles-dir", "."] + words.split(separator: " ").map(String.init)
      )
      #expect(outcome.code == 0, "\(words): \(outcome.error)")
      let wanted = expected.split(separator: " ").map { word -> String in
        if word == "R" { return "shop.\(Self.relationships)" }
        let parts = word.split(separator: ":").map(String.init)
        return parts.count == 2 ? "\(parts[0]):shop.\(parts[1])" : "shop.\(word)"
      }
      let found = outcome.output.split(separator: "\n").map(String.init)
      #expect(found.sorted() == wanted.sorted(), "\(words)")
    }
  }

  @Test func `the manifest holds the selectors`() async throws {
    let harness = try harness()
    let outcome = await harness.run("parse", "-q", "--profiles-dir", ".")
    #expect(outcome.code == 0, "\(outcome.error)")
    let bytes = try Data(
      contentsOf: URL(fileURLWithPath: harness.folder.path + "/target/manifest.json")
    )
    let selectors = try PlainValue(json: Array(bytes)).dictionary?["selectors"]?.dictionary
    #expect(selectors?.keys.contains("careful_union") == true)
    #expect(
      selectors?["nightly"] == [
        "name": "nightly", "description": "what runs at night",
        "definition": ["method": "tag", "value": "nightly"],
      ]
    )
  }

  @Test func `keys of JSON can be chosen`() async throws {
    let harness = try harness()
    let outcome = await harness.run(
      "ls",
      "-q",
      "--profiles-dir",
      ".",
      "-s",
      "totals",
      "--resource-type",
      "model",
      "--output",
      "json",
      "--output-keys",
      "name",
      "config.materialized",
      "tags",
      "nothing"
    )
    #expect(
      outcome.output
        == #"{"name":"totals","config.materialized":"view","tags":["nightly"]}"# + "\n",
      "\(outcome.error)"
    )
    let all = await harness.run(
      "ls",
      "-q",
      "--profiles-dir",
      ".",
      "-s",
      "source:*",
      "--output",
      "json"
    )
    let entry = try PlainValue(json: Array(all.output.utf8)).dictionary
    #expect(
      Set(entry?.keys ?? []) == [
        "name", "resource_type", "package_name", "original_file_path", "unique_id", "source_name",
        "tags", "config",
      ]
    )
    let names = await harness.run(
      "ls",
      "-q",
      "--profiles-dir",
      ".",
      "-s",
      "*",
      "source:*",
      "--output",
      "name"
    )
    #expect(names.output.contains("raw_orders\n") && names.output.contains("board\n"))
  }

  @Test(arguments: [
    ("[{name: a, definition: {union: [x], intersection: [y]}}]", "no other key"),
    ("[{name: a, definition: {union: [{exclude: [x]}, {exclude: [y]}]}}]", "more than one"),
    ("[{name: a, definition: {method: selector, value: b}}]", "before it"),
    ("[{name: a, definition: {method: tag}}]", "\\\"method\\\" and \\\"value\\\""),
    ("[{name: a, definition: 'tagg:x'}]", "tagg"),
    (
      "[{name: a, default: true, definition: x}, {name: b, default: true, definition: y}]",
      "default"
    ),
    ("[{name: a}]", "no definition"),
    ("[{name: a, definition: {method: tag, value: x, indirect_selection: bold}}]", "eager"),
  ])
  func `selectors that cannot be read are told`(selectors: String, reason: String) async throws {
    let harness = try harness { $0["selectors.yml"] = "selectors: \(selectors)\n" }
    let outcome = await harness.run("ls", "--profiles-dir", ".", "--diagnostics", "json")
    #expect(outcome.code == 2 && outcome.error.contains(reason), "\(outcome.error)")
    #expect(outcome.error.contains("selectors.yml"))
  }

  @Test func `a selector that is not there is told, with the nearest`() async throws {
    let outcome = try await harness().run("ls", "--profiles-dir", ".", "--selector", "nightli")
    #expect(outcome.code == 2 && outcome.error.contains("error[unknown-selector]"))
    #expect(outcome.error.contains("did you mean \"nightly\"?"), "\(outcome.error)")
  }

  @Test(arguments: [
    (["DBT_INDIRECT_SELECTION": "empty"], "shop.orders\n"),
    (["DBT_ENGINE_RESOURCE_TYPES": "model"], "shop.orders\n"),
    (
      ["DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test"], "shop.orders\n"
    ),
  ])
  func `the environment says it too`(environment: [String: String], expected: String) async throws {
    let harness = try CommandLineHarness(try StateTests.files(), environment: environment)
    let outcome = await harness.run("ls", "-q", "--profiles-dir", ".", "-s", "orders")
    #expect(outcome.output == expected, "\(outcome.error)")
  }

  @Test func `a value that the environment cannot have is told`() async throws {
    let harness = try CommandLineHarness(
      try StateTests.files(),
      environment: ["DBT_INDIRECT_SELECTION": "bold"]
    )
    let outcome = await harness.run("ls", "--profiles-dir", ".")
    #expect(outcome.code == 2 && outcome.error.contains("DBT_INDIRECT_SELECTION"))
  }
}
