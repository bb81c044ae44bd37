import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Entries of the manifest as dbt 1.11.16 writes them for the same project.
@Suite struct ManifestEntryTests {
  private static let project = [
    "dbt_project.yml": """
    name: rich
    profile: none
    quoting: {database: false, schema: false}
    flags: {validate_macro_args: true}
    docs-paths: [docs]
    on-run-start: ["select 1\\n"]
    on-run-end: ["select 2", "select 3"]
    data_tests: {rich: {+severity: warn}}
    """,
    "models/m.sql": "{{ config(tags='nightly', post_hook='select 1') }} select 1 as id",
    "models/off.sql": """
    {{ config(enabled=false) }} select * from {{ ref('m') }} join {{ source('raw', 'a') }}
    """,
    "models/plain.sql": """
    {# as in 2023 #}{{ config(materialized='table', meta={'a': ['b', True]}) }}
    select * from {{ source('raw', 'a') }} union all select * from {{ source("raw", "a") }}
    """,
    "models/rendered.sql": """
    {% set x = 1 %}
    select * from {{ source('raw', 'a') }} union all select * from {{ source("raw", "a") }}
    """,
    "models/batch.sql": """
    {{ config(materialized='incremental', incremental_strategy='microbatch', event_time='t',
              batch_size='day', begin='2024-01-02') }}
    select * from {{ ref('m') }}
    """,
    "models/days.sql": "select current_date as day",
    "models/y.yml": """
    sources: [{name: raw, tables: [{name: a}]}]
    models:
      - name: m
        columns: [{name: id, owner: me}]
        data_tests:
          - unique: {column_name: "(id || '-')"}
          - graded:
              column_name: id
              arguments:
                values: ["a long value that makes a long name of a test", "another long value"]
              config: {owner: [x], tags: [own]}
          - graded: {column_name: id, arguments: {values: [1]}, config: {enabled: false}}
      - name: days
        time_spine: {standard_granularity_column: day}
        columns: [{name: day, granularity: day}]
    groups: [{name: g, owner: {name: x}, config: {channel: data}}]
    seeds:
      - name: codes
        config:
          tags: coded
          column_types: {description: "{{ 'varchar(' ~ 256 ~ ')' }}", code: varchar(8)}
        meta: {description: "{{ 1 }}"}
    unit_tests: [{name: u, model: own, given: [], expect: {rows: [{id: 1}]}}]
    """,
    "models/own.sql": "{{ config(schema='mart') }} select 1 as id",
    "seeds/codes.csv": "code,description\na,b\n",
    "docs/read.md": "{% docs about %}x{% enddocs %}",
    "tests/generic/graded.sql": """
    {% test graded(model, column_name, values) %}
    {{ config(fail_calc='sum(n)', tags=['macro']) }} select 1 as n
    {% endtest %}
    """,
    "macros/a.sql": """
    {% macro b(s) %}{{ return(s
      .replace('a', 'b')) }}{{ log('x') }}{% endmacro %}
    {% macro log(x) %}{{ c() }}{% endmacro %}
    {% macro c() %}1{% endmacro %}
    {% macro d() %}{{ adapter.dispatch('c')() }}{% endmacro %}
    {% macro default__c() %}1{% endmacro %}
    """,
    "dbt_packages/pkg/dbt_project.yml": "name: pkg\n",
    "dbt_packages/pkg/macros/m.sql": """
    {% macro e() %}{{ adapter.dispatch('c')() }}{% endmacro %}
    {% macro default__c() %}2{% endmacro %}
    """,
  ]

  private func manifest(_ files: [String: String] = project) async throws -> PlainDictionary {
    let harness = try CommandLineHarness(files)
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    return try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }

  private func node(_ id: String, in manifest: PlainDictionary) -> PlainDictionary? {
    manifest["nodes"]?.dictionary?.pairs.first { $0.key.hasPrefix(id) }?.value.dictionary
  }

  @Test func `what one call of config says is kept as it is written`() async throws {
    let model = node("model.rich.m", in: try await manifest())
    #expect(model?["unrendered_config"] == ["tags": "nightly", "post-hook": "select 1"])
    #expect(model?["config"]?.dictionary?["tags"] == ["nightly"])
    #expect(model?["config"]?.dictionary?["post-hook"]?.list?.count == 1)
  }

  @Test func `what is switched off tells what it refers to`() async throws {
    let manifest = try await manifest()
    let disabled = manifest["disabled"]?.dictionary
    let model = disabled?["model.rich.off"]?.list?.first?.dictionary
    #expect(model?["refs"] == [["name": "m", "package": nil, "version": nil]])
    #expect(model?["sources"] == [["raw", "a"]])
    let test = disabled?.pairs.first { $0.key.hasPrefix("test.rich.graded_m_id__1.") }
    let entry = test?.value.list?.first?.dictionary
    #expect(entry?["config"]?.dictionary?["fail_calc"] == "sum(n)", "\(String(describing: entry))")
  }

  @Test func `a plain model keeps each source once, and one that is rendered each call`()
    async throws
  {
    let plain = try await manifest()
    #expect(node("model.rich.plain", in: plain)?["sources"] == [["raw", "a"]])
    #expect(node("model.rich.rendered", in: plain)?["sources"] == [["raw", "a"], ["raw", "a"]])
    var files = Self.project
    files["macros/source.sql"] =
      "{% macro source(a, b) %}{{ return(builtins.source(a, b)) }}{% endmacro %}"
    let overridden = try await manifest(files)
    #expect(node("model.rich.plain", in: overridden)?["sources"] == [["raw", "a"], ["raw", "a"]])
  }

  @Test func `a test is configured before its macro and after it`() async throws {
    let test = node("test.rich.graded_m_id__a_long", in: try await manifest())
    #expect(test?["config"]?.dictionary?["tags"] == ["own", "macro", "own"])
    let alias = test?["alias"]?.string ?? ""
    #expect(
      test?["raw_code"]?.string
        == "{{ test_graded(**_dbt_generic_test_kwargs) }}"
        + "{{ config(tags=['own'],owner=['x'],alias=\"\(alias)\") }}"
    )
  }

  @Test func `keys and columns that dbt reads and keeps are there`() async throws {
    let manifest = try await manifest()
    let model = node("model.rich.m", in: manifest)
    #expect(model?["columns"]?.dictionary?["id"]?.dictionary?["owner"] == "me")
    #expect(model?["primary_key"] == ["(id || '-')"])
    #expect(
      node("model.rich.batch", in: manifest)?["config"]?.dictionary?["begin"]
        == "2024-01-02T00:00:00"
    )
    #expect(
      node("model.rich.days", in: manifest)?["time_spine"]
        == ["standard_granularity_column": "day", "custom_granularities": []]
    )
    #expect(
      manifest["metadata"]?.dictionary?["quoting"]
        == ["database": false, "schema": false, "identifier": true, "column": nil]
    )
    let group = manifest["groups"]?.dictionary?["group.rich.g"]?.dictionary
    #expect(group?["config"] == ["meta": [:], "channel": "data"])
  }

  @Test func `only what is a description is left as it is written`() async throws {
    let manifest = try await manifest()
    let seed = node("seed.rich.codes", in: manifest)
    #expect(
      seed?["config"]?.dictionary?["column_types"]
        == ["description": "varchar(256)", "code": "varchar(8)"]
    )
    #expect(seed?["unrendered_config"]?.dictionary?["tags"] == "coded")
  }

  @Test func `a unit test has the schema of its model, and a block its path below its folder`()
    async throws
  {
    let manifest = try await manifest()
    let schemas = [
      node("model.rich.own", in: manifest)?["schema"],
      manifest["unit_tests"]?.dictionary?["unit_test.rich.own.u"]?.dictionary?["schema"],
    ]
    #expect(schemas[0]?.string?.hasSuffix("_mart") == true && schemas[0] == schemas[1])
    #expect(manifest["docs"]?.dictionary?["doc.rich.about"]?.dictionary?["path"] == "read.md")
    #expect(node("operation.rich.rich-on-run-start-0", in: manifest)?["raw_code"] == "select 1\n")
  }

  @Test func `hooks are numbered from 0 where none runs`() async throws {
    let manifest = try await manifest()
    #expect(node("operation.rich.rich-on-run-end-0", in: manifest)?["index"] == 0)
    #expect(node("operation.rich.rich-on-run-end-1", in: manifest)?["index"] == 1)
  }

  @Test func `macros tell their arguments and calls as dbt finds them`() async throws {
    let macros = try await manifest()["macros"]?.dictionary
    func calls(_ name: String) -> PlainValue? {
      macros?["macro.rich.\(name)"]?.dictionary?["depends_on"]?.dictionary?["macros"]
    }
    // A method is taken for a macro of the name, and `log` for dbt's own.
    #expect(calls("b") == ["macro.dbt.replace"])
    #expect(calls("log") == ["macro.rich.c"])
    #expect(calls("d") == ["macro.rich.c", "macro.rich.default__c"])
    let foreign = macros?["macro.pkg.e"]?.dictionary?["depends_on"]?.dictionary?["macros"]
    #expect(foreign == ["macro.rich.c", "macro.rich.default__c"])
    #expect(macros?["macro.rich.b"]?.dictionary?["arguments"]?.list?.count == 1)
    #expect(macros?["macro.rich.test_graded"]?.dictionary?["arguments"] == [])
  }
}
