import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Nodes whose configuration dbt refuses, or warns of, before anything runs.
@Suite struct NodeCheckTests {
  private static func parse(
    _ files: [String: String],
    native: Bool = false
  ) async throws -> CommandLineHarness.Outcome {
    var files = files
    if files["dbt_project.yml"] == nil {
      files[native ? "project.yml" : "dbt_project.yml"] =
        native ? "name: shop\n" : "name: shop\nprofile: none\n"
    }
    return await (try CommandLineHarness(files)).run("parse")
  }

  @Test(arguments: [
    ("access: unsupported", "has an invalid value (unsupported) for the access field"),
    (
      "access: public, config: {materialized: ephemeral}",
      "Node model.shop.a with 'ephemeral' materialization has an invalid value (public)"
    ),
    ("access: private", nil), ("access: public", nil), ("config: {access: public}", nil),
  ])
  func `models say who may read them`(properties: String, problem: String?) async throws {
    let outcome = try await Self.parse([
      "models/a.sql": "select 1 as id", "models/s.yml": "models: [{name: a, \(properties)}]",
    ])
    #expect(outcome.code == (problem == nil ? 0 : 2), "\(outcome.error)")
    #expect(problem.map(outcome.error.contains) != false, "\(outcome.error)")
  }

  @Test func `seeds and tests are of one kind each`() async throws {
    let files = ["seeds/s.csv": "id\n1\n", "tests/t.sql": "select 1 where false"]
    for key in ["seeds", "data_tests"] {
      let project = "name: shop\nprofile: none\n\(key): {+materialized: table}\n"
      let outcome = try await Self.parse(files.merging(["dbt_project.yml": project]) { $1 })
      let kind = key == "seeds" ? "seed" : "test"
      #expect(outcome.code == 2)
      #expect(
        outcome.error.contains("A \(kind) must have a materialized value of '\(kind)'"),
        "\(outcome.error)"
      )
    }
    let described = ["seeds/y.yml": "seeds: [{name: s, config: {materialized: table}}]"]
    #expect(try await Self.parse(files.merging(described) { $1 }).code == 2)
    let generic = [
      "models/a.sql": "select 1 as id",
      "models/s.yml": """
      models: [{name: a, columns: [{name: id, data_tests: [unique: {config: {materialized: table}}]}]}]
      """,
    ]
    #expect(try await Self.parse(generic).code == 2)
    let same = "name: shop\nprofile: none\nseeds: {+materialized: seed}\n"
    #expect(try await Self.parse(files.merging(["dbt_project.yml": same]) { $1 }).code == 0)
  }

  @Test func `one of several disabled models cannot be switched on from outside`() async throws {
    let off = "{{ config(enabled=false) }} select 1 as id"
    let yaml = "models: [{name: b, config: {enabled: true}}]"
    let several = try await Self.parse([
      "models/one/b.sql": off, "models/two/b.sql": off, "models/s.yml": yaml,
    ])
    #expect(several.code == 2)
    #expect(
      several.error.contains("Found 2 matching disabled nodes for model 'b'"),
      "\(several.error)"
    )
    #expect(several.error.contains("models/one/b.sql, models/two/b.sql"), "\(several.error)")
    #expect(try await Self.parse(["models/one/b.sql": off, "models/s.yml": yaml]).code == 0)
    let oneIsOn = try await Self.parse([
      "models/one/b.sql": off, "models/two/b.sql": "select 1 as id", "models/s.yml": yaml,
    ])
    #expect(oneIsOn.code == 0, "\(oneIsOn.error)")
  }

  private static func constraint(_ text: String, materialized: String) -> [String: String] {
    [
      "models/a.sql": "{{ config(materialized='\(materialized)') }} select 1 as id",
      "models/b.sql": "select 1 as id",
      "models/s.yml": """
      models:
        - name: a
          config: {contract: {enforced: true}}
          columns: [{name: id, data_type: integer, constraints: [{\(text)}]}]
      """,
    ]
  }

  @Test(arguments: [
    ("type: not_null", "view", true), ("type: not_null", "table", false),
    ("type: not_null, warn_unsupported: false", "view", false),
  ])
  func `constraints of views are told to be ignored`(
    text: String,
    kind: String,
    isTold: Bool
  ) async throws {
    let outcome = try await Self.parse(Self.constraint(text, materialized: kind))
    #expect(outcome.code == 0, "\(outcome.error)")
    let sentence = "Constraint types are not supported for view materializations"
    #expect(outcome.error.contains(sentence) == isTold, "\(outcome.error)")
  }

  @Test(arguments: [("ref('b')", false), ("invalid", true), ("shop.b (id)", true)])
  func `a foreign key leads to a node`(target: String, isRefused: Bool) async throws {
    let files = Self.constraint(
      "type: foreign_key, to: \"\(target)\", to_columns: [id]",
      materialized: "table"
    )
    let outcome = try await Self.parse(files)
    #expect(outcome.code == (isRefused ? 2 : 0), "\(outcome.error)")
    let sentence =
      "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model a: \(target)"
    #expect(outcome.error.contains(sentence) == isRefused, "\(outcome.error)")
    #expect(try await Self.parse(files, native: true).code == 0, "a name is enough for redstart")
  }

  @Test func `properties of nothing are told in dbt's words, too`() async throws {
    let outcome = try await Self.parse([
      "tests/t.sql": "select 1 where false",
      "tests/s.yml": "data_tests: [{name: u, description: none}]",
    ])
    #expect(
      outcome.error.contains(
        "Did not find matching node for patch with name 'u' in the 'data_tests' section of file "
          + "'tests/s.yml': no test is named \"u\""
      ),
      "\(outcome.error)"
    )
  }

  @Test func `a flag that is none is shown`() async throws {
    let outcome = try await Self.parse([
      "models/a.sql": "select 1 as id",
      "models/s.yml": "models: [{name: a, config: {enabled: True and False}}]",
    ])
    #expect(outcome.error.contains("'True and False' is not of type 'boolean'"), "\(outcome.error)")
  }
}
