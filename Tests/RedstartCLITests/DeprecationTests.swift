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

  @Test func `overrides of what is not there are told`() async throws {
    let outcome = try await run(
      "parse",
      adding: ["models/src.yml": "sources: [{name: raw, overrides: inner, tables: [{name: t}]}]"]
    )
    #expect(outcome.code == 0 && outcome.error.contains("[source-override]"), "\(outcome.error)")
    #expect(outcome.error.contains("[unused-override]"))
    let twice = try await run(
      "parse",
      adding: ["models/src.yml": "sources: [{name: a, overrides: b}, {name: a, overrides: b}]"]
    )
    #expect(twice.code == 2 && twice.error.contains("error[described-twice]"))
  }

  @Test func `keys beside config are told for Redshift, as dbt looks for them there`() async throws
  {
    let files = [
      "dbt_project.yml": "name: shop\nprofile: shop\n",
      "profiles.yml": """
      shop:
        outputs:
          dev: {type: redshift, host: h, user: u, password: pass1, dbname: d, schema: s}
        target: dev
      """,
      "models/s.yml": """
      models: [{name: a, tags: [x], access: public, columns: [{name: id, meta: {a: 1}}]}]
      sources: [{name: raw, freshness: null, tables: [{name: t, tags: [a]}]}]
      exposures: [{name: e, type: dashboard, owner: {name: me}, meta: {}}]
      """,
    ]
    let told = try await run(
      "parse",
      "--profiles-dir",
      ".",
      "--show-all-deprecations",
      adding: files
    )
    #expect(told.error.split(separator: "[moved-to-config]").count == 7, "\(told.error)")
    let silent = try await run("parse", adding: ["models/s.yml": files["models/s.yml"] ?? ""])
    #expect(!silent.error.contains("[moved-to-config]"), "\(silent.error)")
  }

  @Test func `tags beside macros, and a module on its way out`() async throws {
    let outcome = try await run(
      "parse",
      "--show-all-deprecations",
      adding: [
        "models/s.yml": "",
        "models/b.sql": "select {{ modules.itertools.chain([1], [2]) | list | length }}",
        "macros/m.sql": "{% macro m() %}{% set a = 1 %}{% endmacro %}{% set x = 1 %}{# {% do %} #}",
      ]
    )
    #expect(outcome.error.split(separator: "[loose-block]").count == 2, "\(outcome.error)")
    #expect(outcome.error.split(separator: "[former-module]").count == 2, "\(outcome.error)")
  }

  @Test func `a package replaces dbt's own materializations only where a flag lets it`()
    async throws
  {
    let files = [
      "models/s.yml": "", "packages.yml": "packages: [{local: inner}]",
      "dbt_packages/inner/dbt_project.yml": "name: inner\n",
      "dbt_packages/inner/macros/m.sql": """
      {% materialization view, default %}{{ return({'relations': []}) }}{% endmaterialization %}
      """,
    ]
    let name = "require_explicit_package_overrides_for_builtin_materializations"
    let kept = try await run("parse", adding: files)
    #expect(kept.code == 0 && !kept.error.contains("[replaced-materialization]"), "\(kept.error)")
    let project = "name: shop\nprofile: none\nflags: {\(name): false}\n"
    let told = try await run("parse", adding: files.merging(["dbt_project.yml": project]) { $1 })
    #expect(told.error.contains("[replaced-materialization]"), "\(told.error)")
  }

  @Test func `a model of days by its name alone is told`() async throws {
    let files = [
      "models/metricflow_time_spine.sql": "select cast('2026-01-01' as date) as date_day",
      "models/s.yml": """
      semantic_models:
        - name: sa
          model: ref('a')
          defaults: {agg_time_dimension: day}
          entities: [{name: id, type: primary}]
          dimensions: [{name: day, type: time, type_params: {time_granularity: day}}]
      """,
    ]
    let outcome = try await run("parse", adding: files)
    #expect(outcome.error.contains("[former-time-spine]"), "\(outcome.error)")
  }

  @Test func `a package that moved is called by its new name`() {
    #expect(PackageRegistry.newName(of: ["name": "a", "namespace": "b"]) == nil)
    #expect(
      PackageRegistry.newName(of: ["name": "a", "namespace": "b", "redirectnamespace": "c"])
        == "c/a"
    )
    #expect(
      PackageRegistry.newName(of: ["name": "a", "namespace": "b", "redirectname": "d"]) == "b/d"
    )
  }
}
