import Diagnostics
import TestSupport
import Testing

/// What a project puts in the place of dbt's own, and what commands say of tests and keys.
@Suite(.scenarioServer) struct DbtOverrideTests {
  @Test func `a macro of the project reads the catalogue`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 as id",
      "macros/catalog.sql": """
      {% macro get_catalog_relations(information_schema, relations) %}
        {% call statement('c', fetch_result=True) %}
          {% for relation in relations %}
          select '{{ information_schema.database }}' as table_database,
            '{{ relation.schema }}' as table_schema, '{{ relation.identifier }}' as table_name,
            'VIEW' as table_type, null as table_comment, 'somebody' as table_owner,
            'id' as column_name, 1 as column_index, 'made up' as column_type,
            null as column_comment, 'Size' as "stats:size:label", 7 as "stats:size:value",
            'how much' as "stats:size:description", true as "stats:size:include"
          {% endfor %}
        {% endcall %}
        {{ return(load_result('c').table) }}
      {% endmacro %}
      """,
    ])
    #expect(try project.dbt("run").code == 0)
    let docs = try project.dbt("docs", "generate")
    #expect(docs.code == 0, "\(docs.output)")
    let catalog = try PlainValue(json: Array(project.read("target/catalog.json").utf8)).dictionary
    let entry = catalog?["nodes"]?.dictionary?["model.shop.a"]?.dictionary
    #expect(entry?["columns"]?.dictionary?["id"]?.dictionary?["type"] == "made up")
    #expect(entry?["metadata"]?.dictionary?["owner"] == "somebody")
    let size = entry?["stats"]?.dictionary?["size"]?.dictionary
    #expect(size?["value"] == 7 && size?["label"] == "Size", "\(size ?? [:])")
    // Without the nodes, dbt asks for whole schemas, by another macro.
    #expect(try project.dbt("docs", "generate", "--no-compile").code == 0)
    #expect(try project.read("target/catalog.json").contains("made up") == false)
    try project.write(
      "macros/catalog.sql",
      "{% macro get_catalog_relations(information_schema, relations) %}"
        + "{% do exceptions.raise_compiler_error('rejected') %}{% endmacro %}"
    )
    let refused = try project.dbt("--warn-error", "docs", "generate")
    #expect(refused.code == 2 && refused.output.contains("rejected"), "\(refused.output)")
    try project.write(
      "macros/catalog.sql",
      "{% macro postgres__get_catalog_relations(information_schema, relations) %}"
        + "{{ return('no table') }}{% endmacro %}"
    )
    let word = try project.dbt("docs", "generate")
    #expect(word.code == 2 && word.output.contains("no table"), "\(word.output)")
  }

  @Test func `tests have a relation where the command keeps their failures`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 as id",
      "models/s.yml": "models: [{name: a, columns: [{name: id, data_tests: [not_null]}]}]",
    ])
    func relation() throws -> PlainValue? {
      let manifest = try PlainValue(json: Array(project.read("target/manifest.json").utf8))
        .dictionary
      let test = manifest?["nodes"]?.dictionary?.pairs.first { $0.key.hasPrefix("test.") }
      return test?.value.dictionary?["relation_name"]
    }
    #expect(try project.dbt("run").code == 0)
    #expect(try relation() == .null)
    #expect(try project.dbt("test", "--store-failures").code == 0)
    #expect(try relation()?.string?.hasSuffix("\"not_null_a_id\"") == true)
  }

  @Test func `a foreign key leads where references lead`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "{{ config(materialized='table') }} select 1 as id",
      "models/b.sql": "{{ config(materialized='table') }} select 1 as id",
      "models/s.yml": """
      models:
        - name: b
          constraints: [{type: primary_key, columns: [id]}]
          config: {contract: {enforced: true}}
          columns: [{name: id, data_type: integer}]
        - name: a
          config: {contract: {enforced: true}}
          constraints: [{type: foreign_key, columns: [id], to: ref('b'), to_columns: [id]}]
          columns: [{name: id, data_type: integer}]
      """,
      "macros/alias.sql": """
      {% macro generate_alias_name(custom_alias_name, node) %}\
      {{ return(node.name ~ '_' ~ var('state', 'dev')) }}{% endmacro %}
      """,
    ])
    func target() throws -> String? {
      let manifest = try PlainValue(json: Array(project.read("target/manifest.json").utf8))
        .dictionary
      let model = manifest?["nodes"]?.dictionary?["model.shop.a"]?.dictionary
      return model?["constraints"]?.list?.first?.dictionary?["to"]?.string
    }
    let first = try project.dbt("run", "--vars", "state: prod")
    #expect(first.code == 0, "\(first.output)")
    try project.write("state/manifest.json", project.read("target/manifest.json"))
    #expect(try project.dbt("compile", "--defer", "--state", "state").code == 0)
    #expect(try target()?.hasSuffix("\"b_prod\"") == true)
    #expect(try project.dbt("run").code == 0)
    #expect(try project.dbt("compile", "--defer", "--state", "state").code == 0)
    #expect(try target()?.hasSuffix("\"b_dev\"") == true)
  }

  @Test func `a query of the command line that is wrong is told in dbt's words`() throws {
    let project = try DbtProgramProject(["models/a.sql": "select 1 as id"])
    let broken = try project.dbt("show", "--inline", "select * from {{ ref('nope') }}")
    #expect(broken.output.contains("Error parsing inline query: "), "\(broken.output)")
    #expect(broken.code == 2)
    let wrong = try project.dbt("show", "--inline", "slect nonsense")
    #expect(wrong.code == 2 && wrong.output.contains("Database Error"), "\(wrong.output)")
  }

  @Test func `what a macro logs is an event where events are asked for`() throws {
    let project = try DbtProgramProject([
      "macros/m.sql": "{% macro m() %}{% do log('said this', info=true) %}{% endmacro %}"
    ])
    let events = try project.events("--log-format", "json", "run-operation", "m")
    #expect(
      events.contains { $0.info?["name"] == "JinjaLogInfo" && $0.data?["msg"] == "said this" }
    )
    #expect(try project.dbt("run-operation", "m").output.contains("said this\n"))
  }
}
