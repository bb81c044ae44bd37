import Diagnostics
import ProjectModel
import TestSupport
import Testing

@testable import RedstartCLI

/// What the manifest says of texts in projects of others, as dbt 1.11.16 writes it.
@Suite struct ManifestTextTests {
  @Test func `macros are recorded with the blanks that their blocks take away`() async throws {
    let manifest = try await manifest([
      "macros/m.sql": """
      {# first #}

      {%- macro first() -%}
        1
      {%- endmacro -%}

      {%- macro second() %}2{% endmacro -%}

      """
    ])
    let macros = try #require(manifest["macros"]?.dictionary)
    #expect(
      macros["macro.shop.first"]?.dictionary?["macro_sql"]
        == "\n\n{%- macro first() -%}\n  1\n{%- endmacro -%}\n\n"
    )
    #expect(
      macros["macro.shop.second"]?.dictionary?["macro_sql"]
        == "{%- macro second() %}2{% endmacro -%}"
    )
  }

  @Test func `filters and methods are no macros`() async throws {
    let manifest = try await manifest([
      "macros/m.sql": """
      {% macro m(x) %}{{ x | replace('a', 'b') | length() }}{{ "a".replace('a', 'b') }}
      {{ x[0].length() }}{{ adapter.get_relation(x) }}{{ dbt.type_string() }}{{ n(x) }}{% endmacro %}
      {% macro n(x) %}{{ x }}{% endmacro %}
      """
    ])
    let macros = try #require(manifest["macros"]?.dictionary)
    #expect(
      macros["macro.shop.m"]?.dictionary?["depends_on"]
        == ["macros": ["macro.dbt.type_string", "macro.shop.n"]]
    )
  }

  @Test func `macros depend on what dbt takes their names to mean`() async throws {
    let manifest = try await manifest([
      "macros/m.sql": """
      {% macro ref(name) %}{{ return(builtins.ref(name)) }}{% endmacro %}
      {% macro cents() %}{{ return(adapter.dispatch('cents', 'shop')()) }}{% endmacro %}
      {% macro default__cents() %}1{% endmacro %}
      {% macro other() %}{{ return(adapter.dispatch('cents')()) }}{% endmacro %}
      """
    ])
    let macros = try #require(manifest["macros"]?.dictionary)
    for (name, expected) in [
      ("ref", ["macro.shop.ref"]), ("cents", ["macro.shop.default__cents"]),
      ("other", ["macro.shop.cents", "macro.shop.default__cents"]),
    ] {
      let found = macros["macro.shop.\(name)"]?.dictionary?["depends_on"]?.dictionary?["macros"]
      #expect(found?.words == expected, "\(name)")
    }
  }

  @Test func `configuration among the arguments of a test is configuration`() async throws {
    let manifest = try await manifest([
      "models/a.sql": "select 1 as id",
      "models/y.yml": """
      models:
        - name: a
          columns:
            - name: id
              data_tests:
                - accepted_values:
                    arguments: {values: [1], name: one, error_if: ">10", config: {where: id > 0}}
      """,
    ])
    let nodes = try #require(manifest["nodes"]?.dictionary)
    let test = try #require(nodes.pairs.first { $0.key.hasPrefix("test.shop.one.") }?.value)
    let config = test.dictionary?["config"]?.dictionary
    #expect(config?["where"] == "id > 0" && config?["error_if"] == ">10")
    let kwargs = test.dictionary?["test_metadata"]?.dictionary?["kwargs"]?.dictionary
    #expect(kwargs?["values"] == [1] && kwargs?["name"] == nil && kwargs?["config"] == nil)
  }

  @Test func `tests are given the column's name between loose and nested arguments`() async throws {
    let manifest = try await manifest([
      "models/a.sql": "select 1 as id",
      "models/y.yml": """
      models:
        - name: a
          columns:
            - name: id
              data_tests:
                - accepted_values: {values: [1], quote: false}
                - relationships: {arguments: {to: ref('a'), field: id}}
      """,
    ])
    let nodes = try #require(manifest["nodes"]?.dictionary)
    for (test, expected) in [
      ("accepted_values", ["values", "quote", "column_name", "model"]),
      ("relationships", ["column_name", "to", "field", "model"]),
    ] {
      let node = nodes.pairs.first { $0.key.hasPrefix("test.shop.\(test)_") }?.value.dictionary
      let kwargs = node?["test_metadata"]?.dictionary?["kwargs"]?.dictionary
      #expect(kwargs?.pairs.map(\.key) == expected)
    }
  }

  @Test func `a query prints nothing while the project is read`() async throws {
    let manifest = try await manifest([
      "macros/m.sql": "{% macro m() %}<{{ run_query('select 1') }}>{% endmacro %}",
      "models/a.sql": "{{ config(pre_hook=m(), alias='a' ~ run_query('x')) }} select 1",
    ])
    let node = manifest["nodes"]?.dictionary?["model.shop.a"]?.dictionary
    let hooks = node?["config"]?.dictionary?["pre-hook"]?.list
    #expect(hooks?.first?.dictionary?["sql"] == "<>" && node?["alias"] == "a")
  }

  @Test func `texts of properties files lose one line end, and unit tests are rendered`()
    async throws
  {
    let manifest = try await manifest([
      "models/a.sql": "select 1 as id, 'x' as name",
      "models/m.sql": "select id, name from {{ ref('a') }}",
      "models/y.yml": """
      models:
        - name: a
          meta:
            text: |
              one
              two
      unit_tests:
        - name: u
          model: m
          config: {tags: "{{ 'no' if target.type == 'postgres' else 'yes' }}"}
          given:
            - input: ref('a')
              rows: [{id: 1, name: null}, {id: 2, name: b}]
          expect: {rows: [{id: null, name: b}, {id: "{{ var('id', 2) }}", name: b}]}
      """,
    ])
    let model = manifest["nodes"]?.dictionary?["model.shop.a"]?.dictionary
    #expect(model?["meta"] == ["text": "one\ntwo"])
    let test = manifest["unit_tests"]?.dictionary?["unit_test.shop.m.u"]?.dictionary
    #expect(test?["config"]?.dictionary?["tags"] == ["yes"])
    // The first row without nulls stands first.
    let given = test?["given"]?.list?.first?.dictionary
    #expect(given?["rows"] == [["id": 2, "name": "b"], ["id": 1, "name": nil]])
    let expected = test?["expect"]?.dictionary
    #expect(expected?["rows"] == [["id": 2, "name": "b"], ["id": nil, "name": "b"]])
  }

  @Test func `sources are listed by both of their names`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "models/a.sql": "select 1 as id",
      "models/y.yml": "sources: [{name: raw, tables: [{name: orders}]}]\n",
    ])
    let listed = await harness.run("ls", "--output", "name")
    #expect(listed.output == "a\nraw.orders\n", "\(listed)")
  }

  private func manifest(_ files: [String: String]) async throws -> PlainDictionary {
    var files = files
    files["dbt_project.yml"] = "name: shop\nprofile: none\n"
    let harness = try CommandLineHarness(files)
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    return try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }
}
