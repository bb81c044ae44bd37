import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// What the manifest says of what is switched off, and of what comes from columns and macros.
@Suite struct ManifestDisabledTests {
  @Test func `everything that is switched off is told in its own shape`() async throws {
    let manifest = try await manifest([
      "models/m.sql": "select 1 as id",
      "models/m.yml": """
      models:
        - name: m
          columns: [{name: id, data_tests: [{unique: {config: {enabled: false}}}]}]
      exposures:
        - {name: e, type: dashboard, owner: {name: x}, depends_on: [ref('m')], config: {enabled: false}}
      unit_tests:
        - {name: u, model: m, given: [], expect: {rows: [{id: 1}]}, config: {enabled: false}}
      semantic_models:
        - name: sm
          model: ref('m')
          defaults: {agg_time_dimension: d}
          entities: [{name: id, type: primary}]
          dimensions: [{name: d, type: time, type_params: {time_granularity: day}}]
          measures: [{name: c, agg: count, expr: id}]
          config: {enabled: false}
      metrics:
        - {name: me, label: me, type: simple, type_params: {measure: c}, config: {enabled: false}}
      saved_queries:
        - {name: sq, query_params: {metrics: [me]}, exports: [], config: {enabled: false}}
      """,
    ])
    let disabled = manifest["disabled"]?.dictionary ?? [:]
    func entry(_ id: String) -> PlainDictionary? { disabled[id]?.list?.first?.dictionary }
    let reference: PlainValue = [["name": "m", "package": nil, "version": nil]]
    for id in ["exposure.rich.e", "semantic_model.rich.sm"] {
      #expect(entry(id)?["refs"] == reference, "\(id) \(disabled)")
      #expect(entry(id)?["depends_on"] == ["macros": [], "nodes": []], "\(id) \(disabled)")
    }
    let test = disabled.pairs.first { $0.key.hasPrefix("test.rich.unique_m_id.") }
    let unique = test?.value.list?.first?.dictionary
    #expect(unique?["refs"] == reference)
    #expect(unique?["depends_on"] == ["macros": ["macro.dbt.test_unique"], "nodes": []])
    #expect(entry("unit_test.rich.m.u")?["model"] == "m")
    #expect(entry("metric.rich.me")?["type_params"]?.dictionary?["input_measures"] == [])
    #expect(entry("saved_query.rich.sq")?["query_params"]?.dictionary?["metrics"] == ["me"])
    let model = manifest["nodes"]?.dictionary?["model.rich.m"]?.dictionary
    #expect(model?["primary_key"] == ["id"])
  }

  @Test func `a column's tags are those of its tests too`() async throws {
    let manifest = try await manifest([
      "models/m.sql": "select 1 as id",
      "models/m.yml": """
      models:
        - name: m
          columns:
            - name: id
              tags: [nightly]
              data_tests: [{not_null: {config: {tags: early}}}]
            - {name: name, config: {tags: [late]}, data_tests: [not_null]}
      """,
    ])
    let tags = (manifest["nodes"]?.dictionary?.pairs ?? []).filter { $0.key.hasPrefix("test.") }
      .compactMap { $0.value.dictionary?["tags"] }
    #expect(tags.contains(["early", "nightly"]) && tags.contains(["late"]), "\(tags)")
  }

  @Test
  func `macros have the settings from beside and under config, and arguments if they are held`()
    async throws
  {
    let manifest = try await manifest(
      [
        "macros/a.sql":
          "{% macro a(first, second=1) %}1{% endmacro %}{% macro b(x) %}1{% endmacro %}",
        "macros/a.yml": """
        macros:
          - {name: b, meta: {top: 1}, config: {meta: {own: 2}}, arguments: [{name: x, type: string}]}
        """,
      ],
      settings: "flags: {validate_macro_args: true}\n"
    )
    let macros = manifest["macros"]?.dictionary
    let names = macros?["macro.rich.a"]?.dictionary?["arguments"]?.list?
      .compactMap { $0.dictionary?["name"]?.string }
    #expect(names == ["first", "second"])
    #expect(macros?["macro.rich.b"]?.dictionary?["meta"] == ["top": 1, "own": 2])
  }

  @Test func `metric() gives a name while the project is read, and the metric after`() async throws
  {
    let folder = [
      "models/m.sql": """
      {% set found = metric('orders') %}
      {{ config(meta={'metric': found.metric_name}) }}
      select '{{ found }} {{ found.label }}' as text
      """,
      "models/orders_base.sql": "select 1 as id, current_date as made_on",
      "models/spine.sql": "select current_date as date_day",
      "models/m.yml": """
      models:
        - name: spine
          time_spine: {standard_granularity_column: date_day}
          columns: [{name: date_day, granularity: day}]
      semantic_models:
        - name: sm
          model: ref('orders_base')
          defaults: {agg_time_dimension: made_on}
          entities: [{name: id, type: primary}]
          dimensions: [{name: made_on, type: time, type_params: {time_granularity: day}}]
          measures: [{name: amount, agg: count, expr: id}]
      metrics: [{name: orders, label: All orders, type: simple, type_params: {measure: amount}}]
      """,
    ]
    let harness = try CommandLineHarness(
      folder.merging(["dbt_project.yml": "name: rich\nprofile: none\n"]) { first, _ in first }
    )
    let compiled = await harness.run("compile")
    #expect(compiled.code == 0, "\(compiled.error)")
    let text = try harness.folder.read("target/compiled/rich/models/m.sql")
    #expect(text.contains("select 'orders All orders'"), "\(text)")
    let manifest = try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
    let model = manifest["nodes"]?.dictionary?["model.rich.m"]?.dictionary
    #expect(model?["metrics"] == [["orders"]])
    #expect(model?["depends_on"]?.dictionary?["nodes"] == ["metric.rich.orders"])
    #expect(model?["meta"] == ["metric": "orders"])
  }

  @Test func `a table's own column of freshness takes the place of its source's query`()
    async throws
  {
    let manifest = try await manifest([
      "models/s.yml": """
      sources:
        - name: raw
          config: {loaded_at_query: select 1}
          tables:
            - {name: own, config: {loaded_at_field: loaded}}
            - {name: other}
      """
    ])
    func source(_ name: String) -> PlainDictionary? {
      manifest["sources"]?.dictionary?["source.rich.raw.\(name)"]?.dictionary
    }
    #expect(source("own")?["loaded_at_field"] == "loaded")
    #expect(source("own")?["loaded_at_query"]?.isNull != false)
    #expect(source("other")?["loaded_at_query"] == "select 1")
  }

  @Test func `time spines and names of metrics are held to dbt's rules`() async throws {
    func output(_ spine: String, metric: String) async throws -> String {
      let harness = try CommandLineHarness([
        "dbt_project.yml": "name: rich\nprofile: none\n",
        "models/spine.sql": "select current_date as date_day",
        "models/base.sql": "select 1 as id, current_date as made_on",
        "models/m.yml": """
        models:
          - name: spine
            time_spine: \(spine)
            columns: [{name: date_day, granularity: day}, {name: bare}]
        semantic_models:
          - name: sm
            model: ref('base')
            defaults: {agg_time_dimension: made_on}
            entities: [{name: id, type: primary}]
            dimensions:
              - {name: made_on, type: time, description: "{{ doc('d') }}", type_params: {time_granularity: day}}
            measures: [{name: amount, agg: count, expr: id}]
        metrics: [{name: '\(metric)', label: All, type: simple, type_params: {measure: amount}}]
        """,
        "models/d.md": "{% docs d %}the day{% enddocs %}",
      ])
      let parsed = await harness.run("parse")
      guard parsed.code == 0 else { return parsed.error }
      return try harness.folder.read("target/manifest.json")
    }
    let good = "{standard_granularity_column: date_day}"
    #expect(try await output(good, metric: "orders").contains("\"description\":\"the day\""))
    for (spine, words) in [
      ("{standard_granularity_column: gone}", "Got invalid column name 'gone' for model 'spine'"),
      ("{standard_granularity_column: bare}", "must have a granularity defined"),
      (
        "{standard_granularity_column: date_day, custom_granularities: [{name: era}]}",
        "Columns not found: ['era']"
      ),
    ] {
      let text = try await output(spine, metric: "orders")
      #expect(text.contains(words), "\(text)")
    }
    for (name, words) in [
      ("all orders", "cannot contain spaces"), ("1st", "must begin with a letter"),
      ("orders!", "must contain only letters, numbers and underscores"),
    ] {
      let text = try await output(good, metric: name)
      #expect(text.contains(words), "\(text)")
    }
  }

  @Test func `a password that only looks like a template stays as it is`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: rich\nprofile: shop\n",
      "profiles.yml": """
      shop:
        target: dev
        outputs:
          dev: {type: postgres, host: localhost, port: 5432, user: me, dbname: d, schema: s,
                password: 'no{{jinja{%re{#ndering'}
      """,
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
  }

  private func manifest(
    _ files: [String: String],
    settings: String = ""
  ) async throws -> PlainDictionary {
    let project = "name: rich\nprofile: none\n\(settings)"
    let harness = try CommandLineHarness(
      files.merging(["dbt_project.yml": project]) { first, _ in first }
    )
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    return try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }
}
