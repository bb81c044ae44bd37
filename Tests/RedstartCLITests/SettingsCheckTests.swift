import TestSupport
import Testing

@testable import RedstartCLI

/// What would be refused later is told by `check`.
@Suite struct SettingsCheckTests {
  /// What `migrate` and `run` would refuse is told before.
  @Test func whatWouldBeRefusedLaterIsToldByCheck() async throws {
    let harness = try CommandLineHarness([
      "project.yml": CheckTests.projectFile,
      "migrations/V1__create.sql":
        "create schema shop; create table shop.orders (id int);\nbegin; select 1; commit;\n",
      "migrations/V2__empty.sql": "-- nothing\n",
      "models/orders.sql": "{{ config(materialized='view', schema='shop') }} select 1 as id\n",
      "macros/names.sql":
        "{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}\n",
    ])
    let outcome = await harness.run("check", "--output", "concise")
    #expect(outcome.code == 2)
    for code in [
      "error[transaction-in-migration]", "warning[empty-migration]", "error[migrated-view]",
    ] { #expect(outcome.output.contains(code), "\(outcome.output)") }
  }

  private static func output(_ config: String, _ query: String = "select 1 as id, 2 as n")
    async throws
    -> String
  {
    let harness = try CommandLineHarness([
      "project.yml": CheckTests.projectFile,
      "models/m.sql": "{{ config(\(config)) }} \(query)\n",
      "macros/own.sql":
        "{% macro get_incremental_upsert_sql(arg_dict) %}select 1{% endmacro %}\n",
    ])
    return await harness.run("check", "--output", "concise").output
  }

  @Test(arguments: [
    ("materialized='incremental', incremental_strategy='upsart'", "`incremental_strategy` of m"),
    ("materialized='incremental', incremental_strategy='upsert'", ""),
    ("materialized='incremental', incremental_strategy='merge'", "unique-key"),
    ("materialized='incremental', unique_key='nope'", "names \"nope\""),
    ("materialized='incremental', unique_key=['id', 'N']", ""),
    ("materialized='incremental', incremental_strategy='append', unique_key='nope'", ""),
    ("materialized='incremental', on_schema_change='fial'", "`on_schema_change` of m"),
    ("materialized='table', unique_key='nope'", ""),
  ])
  func settingsOfIncrementalModels(config: String, words: String) async throws {
    let output = try await Self.output(config)
    #expect(output.contains(words) || words.isEmpty, "\(output)")
    #expect(output.contains("error[") != words.isEmpty, "\(output)")
  }

  /// Where columns are not known, no key is wrong.
  @Test func keysOfUnknownColumnsAreNotJudged() async throws {
    let output = try await Self.output(
      "materialized='incremental', unique_key='nope'",
      "select * from other.place"
    )
    #expect(!output.contains("unknown-unique-key"), "\(output)")
  }

  @Test(arguments: [
    ("severity: wanr", "`severity` of not_null_m_id"), ("severity: WARN", ""),
    ("limit: x", "`limit` of not_null_m_id"), ("limit: 5", ""),
    ("fail_calc: 'cnt(*)'", "`fail_calc` of not_null_m_id"), ("fail_calc: 'sum(n)'", ""),
    ("fail_calc: \"case when count(*) > 0 then sum(n_failed) else 0 end\"", ""),
    ("fail_calc: 'count(*'", "`fail_calc` of not_null_m_id"),
    ("warn_if: '> abc'", "`warn_if` of not_null_m_id"), ("warn_if: '> 10'", ""),
    ("warn_if: 'between 5 and 10'", ""), ("warn_if: '=0'", ""),
    ("error_if: '+ 5'", "`error_if` of not_null_m_id"),
    ("error_if: '5'", "`error_if` of not_null_m_id"), ("error_if: '>= 5 -- many'", ""),
  ])
  func settingsOfTests(setting: String, words: String) async throws {
    let harness = try CommandLineHarness([
      "project.yml": CheckTests.projectFile,
      "models/m.sql": "select 1 as id, 2 as n\n",
      "models/m.yml": """
      models:
        - name: m
          columns:
            - name: id
              data_tests: [{not_null: {config: {\(setting)}}}]

      """,
    ])
    let output = await harness.run("check", "--output", "concise").output
    #expect(output.contains(words) || words.isEmpty, "\(output)")
    #expect(output.contains("error[") != words.isEmpty, "\(output)")
  }
}
