import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Parts of the manifest that catalogues read, as dbt 1.11.16 writes them for the same project.
@Suite struct ManifestDetailTests {
  @Test func `contracts, groups and macros are described`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: rich\nprofile: none\n",
      "models/m.sql": "{{ config(group='g') }} select 1 as id",
      "models/c.sql": """
      {{ config(contract={'enforced': true}, materialized='incremental', unique_key='id',
                on_schema_change='fail') }}
      select 1 as id, 'a' as name
      """,
      "models/y.yml": """
      groups: [{name: g, owner: {name: me}}]
      models:
        - name: c
          constraints: [{type: primary_key, columns: [id]}]
          columns:
            - {name: id, data_type: integer, constraints: [{type: not_null}]}
            - {name: name, data_type: text}
      macros: [{name: mm, description: mac, arguments: [{name: a, type: string, description: x}]}]
      """,
      "macros/mm.sql": "{% macro mm(a) %}1{% endmacro %}",
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let manifest = try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
    let model = manifest["nodes"]?.dictionary?["model.rich.c"]?.dictionary
    #expect(
      model?["contract"]?.dictionary?["checksum"]
        == "1bd89f4bfb9e4a715b1365ad4b65bb90accbc7a1e6b48bb88ad46ea1bafacb57"
    )
    #expect(manifest["group_map"] == ["g": ["model.rich.m"]])
    let macro = manifest["macros"]?.dictionary?["macro.rich.mm"]?.dictionary
    #expect(macro?["description"] == "mac" && macro?["patch_path"] == "rich://models/y.yml")
    #expect(macro?["arguments"] == [["name": "a", "type": "string", "description": "x"]])
  }

  private func manifest(_ files: [String: String]) async throws -> PlainDictionary {
    let harness = try CommandLineHarness(files)
    let parsed = await harness.run("compile", "--target", "local", "--no-introspect")
    let text = try? harness.folder.read("target/manifest.json")
    #expect(text != nil, "\(parsed.error)")
    return try #require(try PlainValue(json: Array((text ?? "{}").utf8)).dictionary)
  }

  @Test func `unit tests have their rows, wherever those stand, and dbt's checksum`() async throws {
    let harness = try CommandLineHarness(Self.unitTested)
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let manifest = try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
    let tests = manifest["unit_tests"]?.dictionary
    let first = tests?["unit_test.shop.b.ut"]?.dictionary
    #expect(
      first?["checksum"] == "7f760dcd4fff53ae372bfd2c2135af347be6eb6f5c4bc614134badf8013f180c"
    )
    #expect(first?["given"]?.list?.last?.dictionary?["rows"] == [["id": "1", "v": "a"]])
    #expect(
      first?["expect"]?.dictionary?["rows"]
        == [["id": "1", "name": "q"], ["id": "2", "name": nil]]
    )
    let second = tests?["unit_test.shop.b.ut2"]?.dictionary
    #expect(
      second?["checksum"] == "b55cc135b2fa817170a3e883f0fe4ff0f8ab0e8d8e03dfeb1b1ca2c487774b43"
    )
    #expect(
      second?["given"]?.list?.first?.dictionary?["rows"] == "select 1 as id, 'fromsql' as name"
    )
  }

  private static let unitTested = [
    "dbt_project.yml": "name: shop\nprofile: none\n",
    "models/a.sql": "select 1 as id, 'b' as name",
    "models/b.sql": """
    {{ config(materialized='incremental') }} {% if is_incremental() %}select 1 as id
    {% else %} select id, name from {{ ref('a') }} join {{ ref('s') }} using (id) {% endif %}
    """,
    "seeds/s.csv": "id,v\n1,a\n",
    "tests/fixtures/fx.csv": "id,name\n1,q\n2,\n",
    "tests/fixtures/fsql.sql": "select 1 as id, 'fromsql' as name",
    "models/y.yml": """
    unit_tests:
      - name: ut
        model: b
        description: d
        overrides: {macros: {is_incremental: false}}
        given:
          - input: ref('a')
            rows: [{id: 1, name: q}]
          - input: ref('s')
            format: csv
            rows: |
              id,v
              1,a
        expect: {format: csv, fixture: fx}
      - name: ut2
        model: b
        config: {tags: [q], meta: {a: 1}}
        overrides: {macros: {is_incremental: true}, vars: {a: 1}}
        given:
          - {input: ref('a'), format: sql, fixture: fsql}
          - {input: this, rows: []}
          - {input: ref('s'), format: csv, fixture: fx}
        expect: {format: sql, rows: "select 1 as id"}
    """,
  ]

  @Test func `unit tests of incremental models must say what is_incremental is`() async throws {
    func outcome(_ overrides: String) async throws -> CommandLineHarness.Outcome {
      var files = Self.unitTested
      files["models/y.yml"] = """
        unit_tests: [{name: u, model: b, \(overrides)given: [], expect: {rows: [{id: 1}]}}]
        """
      return await (try CommandLineHarness(files)).run("parse")
    }
    let silent = try await outcome("")
    #expect(silent.code == 2 && silent.error.contains("Boolean override for 'is_incremental'"))
    let alone = try await outcome("overrides: {macros: {is_incremental: true}}, ")
    #expect(alone.code == 2 && alone.error.contains("must have a 'this' input"))
  }

  @Test func `hooks are compiled, and the overview is there`() async throws {
    let manifest = try await manifest([
      "dbt_project.yml": """
      name: shop
      profile: none
      on-run-start: ["select 1 as x", "{{ '' }}"]
      """,
      "models/a.sql": "select 1 as id",
      "snapshots/sn.yml": """
      snapshots:
        - name: sn
          relation: ref('a')
          config: {strategy: check, check_cols: all, unique_key: id}
      """,
    ])
    let nodes = manifest["nodes"]?.dictionary
    let first = nodes?["operation.shop.shop-on-run-start-0"]?.dictionary
    #expect(first?["compiled"] == true && first?["compiled_code"] == "select 1 as x")
    #expect(
      first?["compiled_path"]
        == "target/compiled/shop/./dbt_project.yml/hooks/shop-on-run-start-0.sql"
    )
    #expect(first?["index"] == 1)
    let second = nodes?["operation.shop.shop-on-run-start-1"]?.dictionary
    #expect(second?["compiled_code"] == "" && second?["compiled_path"] == .null)
    #expect(nodes?["snapshot.shop.sn"]?.dictionary?["compiled_path"] == .null)
    #expect(manifest["docs"]?.dictionary?["doc.dbt.__overview__"] != nil)
  }

  @Test func `tests of a name that a model and a seed share are of what ref means`() async throws {
    let manifest = try await manifest([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "models/a.sql": "{{ config(alias='other') }} select 1 as id", "seeds/a.csv": "id\n1\n",
      "models/s.yml": "models: [{name: a, columns: [{name: id, data_tests: [not_null]}]}]",
    ])
    let tests = manifest["nodes"]?.dictionary?.pairs.filter { $0.key.hasPrefix("test.") } ?? []
    #expect(tests.count == 1)
    let test = tests.first?.value.dictionary
    #expect(test?["attached_node"] == "seed.shop.a" && test?["file_key_name"] == "models.a")
    #expect(test?["depends_on"]?.dictionary?["nodes"] == ["seed.shop.a"])
  }

  @Test func `incremental models with a contract must answer changes of columns`() async throws {
    func outcome(_ config: String, _ properties: String = "") async throws
      -> CommandLineHarness.Outcome
    {
      await
        (try CommandLineHarness([
          "dbt_project.yml": "name: shop\nprofile: none\n",
          "models/a.sql": "{{ config(\(config)) }} select 1 as id",
          "models/y.yml": """
          models: [{name: a, \(properties)columns: [{name: id, data_type: integer}]}]
          """,
        ])).run("parse")
    }
    let both = "materialized='incremental', contract={'enforced': true}"
    let silent = try await outcome(both)
    #expect(silent.code == 2 && silent.error.contains("error[contract-on-schema-change]"))
    #expect(silent.error.contains("models/a.sql:1:"), "\(silent.error)")
    #expect(try await outcome("\(both), on_schema_change='sync_all_columns'").code == 2)
    #expect(try await outcome("\(both), on_schema_change='fail'").code == 0)
    // dbt judges the file before it reads the properties.
    #expect(try await outcome(both, "config: {on_schema_change: fail}, ").code == 2)
    #expect(
      try await outcome("on_schema_change='fail'", "config: {materialized: incremental}, ").code
        == 0
    )
  }
}
