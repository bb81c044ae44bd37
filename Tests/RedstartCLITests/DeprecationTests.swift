import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// dbt's deprecations: by their names, each kind told once, and under control.
@Suite struct DeprecationTests {
  private static let project = [
    "dbt_project.yml": "name: shop\nprofile: none\n",
    "models/a.sql": "select 1 as id",
    "models/s.yml": """
    models:
      - name: a
        columns:
          - name: id
            data_tests:
              - accepted_values: {values: [1]}
              - relationships: {to: ref('a'), field: id}
              - unique: {severity: warn}
    """,
  ]

  private func run(
    _ words: String...,
    adding files: [String: String] = [:],
    environment: [String: String] = [:]
  ) async throws -> CommandLineHarness.Outcome {
    let all = Self.project.merging(files) { $1 }
    return await (try CommandLineHarness(all, environment: environment)).run(words)
  }

  @Test func `the first of a kind is told, and how many more there are`() async throws {
    let told = try await run("parse")
    #expect(told.code == 0)
    #expect(told.error.split(separator: "[loose-test-arguments]").count == 2)
    #expect(told.error.contains("[moved-to-config]"))
    #expect(told.error.contains("1 more warning of the kinds above"), "\(told.error)")
    let all = try await run("parse", "--show-all-deprecations")
    #expect(all.error.split(separator: "[loose-test-arguments]").count == 3)
    #expect(!all.error.contains("more warning"))
  }

  @Test func `options for warnings speak of them by dbt's names`() async throws {
    let name = "MissingArgumentsPropertyInGenericTestDeprecation"
    let silent = try await run("parse", "--warn-error-options", "{silence: [\(name)]}")
    #expect(silent.code == 0 && !silent.error.contains("loose-test-arguments"))
    let error = try await run("parse", "--warn-error-options", "{error: [\(name)]}")
    #expect(error.code == 2 && error.error.contains("error[loose-test-arguments]"))
    let group = try await run("parse", "--warn-error-options", "{error: [Deprecations]}")
    #expect(group.code == 2)
  }

  @Test func `the flag for arguments says which way is the former one`() async throws {
    let outcome = try await run(
      "parse",
      adding: [
        "dbt_project.yml": """
        name: shop
        profile: none
        flags: {require_generic_test_arguments_property: false}
        """,
        "models/t.yml": "models: [{name: a, data_tests: [{mine: {arguments: {x: 1}}}]}]",
        "models/s.yml": "",
        "macros/m.sql": "{% test mine(model, x) %}select 1{% endtest %}",
      ]
    )
    #expect(outcome.error.contains("[arguments-without-flag]"), "\(outcome.error)")
  }

  @Test func `former words of the command line and the environment are told`() async throws {
    let outcome = try await run(
      "ls",
      "-m",
      "a",
      "--warn-error-options",
      "{exclude: [NothingToDo], include: all}",
      adding: ["models/s.yml": ""],
      environment: ["DBT_ENGINE_MINE": "1", "DBT_ENGINE_TARGET": "local"]
    )
    // What `include: all` makes of them.
    for code in ["former-select-option", "unknown-engine-variable", "former-warning-options"] {
      #expect(outcome.error.contains("[\(code)]"), "\(code): \(outcome.error)")
    }
    #expect(!outcome.error.contains("DBT_ENGINE_TARGET"))
  }

  @Test func `a seed and a model may have one name`() async throws {
    let files = [
      "models/s.yml": "", "seeds/a.csv": "id\n1\n",
      "models/a.sql": "{{ config(alias='other') }} select 1",
    ]
    let outcome = try await run("parse", adding: files)
    #expect(outcome.code == 0 && outcome.error.contains("[same-name]"), "\(outcome.error)")
    let listed = try await run(
      "ls",
      "-q",
      "-s",
      "+z",
      "--resource-type",
      "seed",
      "model",
      adding: files.merging(["models/z.sql": "select * from {{ ref('a') }}"]) { $1 }
    )
    // As in dbt, the seed is meant.
    #expect(Set(listed.output.split(separator: "\n")) == ["shop.a", "shop.z"], "\(listed.output)")
    let strict = try await run(
      "parse",
      adding: files.merging([
        "dbt_project.yml": """
        name: shop
        profile: none
        flags: {require_unique_project_resource_names: true}
        """
      ]) { $1 }
    )
    #expect(strict.code == 2 && strict.error.contains("[duplicate-name]"), "\(strict.error)")
  }

  @Test func `a source that overrides another is told to be one of its own`() async throws {
    let outcome = try await run(
      "parse",
      adding: ["models/src.yml": "sources: [{name: raw, overrides: inner, tables: [{name: t}]}]"]
    )
    #expect(outcome.code == 0 && outcome.error.contains("[source-override]"), "\(outcome.error)")
  }
}
