import Diagnostics
import TestSupport
import Testing

/// What packages do that dbt lets them, by the program that is called dbt.
@Suite(.scenarioServer) struct DbtPackageTests {
  @Test func `a materialization that sends nothing hands its text on`() throws {
    let project = try DbtProgramProject([
      "macros/m.sql": """
      {% materialization column, default %}
        {% call noop_statement('main', 'made ' ~ model.name) %}{{ sql }}{% endcall %}
        {{ return({'relations': []}) }}
      {% endmaterialization %}
      """,
      "models/a.sql": "{{ config(materialized='column') }} select 1 as id",
      "models/b.sql": "{{ config(materialized='table') }} -- {{ ref('a') }}\nselect 1 as id",
    ])
    let built = try project.dbt("run")
    #expect(built.code == 0 && built.output.contains("Done. PASS=2 "), "\(built.output)")
  }

  @Test func `a macro equals itself, and random picks one of many`() throws {
    let project = try DbtProgramProject([
      "macros/m.sql": """
      {% macro sum(x) %}sum({{ x }}){% endmacro %}
      {% macro count(x) %}count({{ x }}){% endmacro %}
      {% macro known() %}{{ return([shop.sum, shop.count]) }}{% endmacro %}
      """,
      "models/a.sql": """
      select {{ (shop.sum in known()) | int }} as first, {{ (shop.sum == shop.count) | int }} as other,
             {{ [7] | random }} as picked, {{ (range(100) | random) < 100 }} as fits
      """,
    ])
    let shown = try project.dbt("show", "-q", "--output", "json", "-s", "a")
    for part in ["\"first\": 1", "\"other\": 0", "\"picked\": 7", "\"fits\": true"] {
      #expect(shown.output.contains(part), "\(shown.output)")
    }
  }

  @Test
  func `models that cannot be made here fail alone, and results of skipped nodes say nothing`()
    throws
  {
    let project = try DbtProgramProject([
      "models/a.sql": "{{ config(materialized='dynamic_table') }} select 1 as id",
      "models/b.sql": "select * from {{ ref('a') }}",
      "models/c.sql": "select 1 as id",
    ])
    let built = try project.dbt("build")
    #expect(built.code == 1)
    #expect(built.output.contains("Done. PASS=1 WARN=0 ERROR=1 SKIP=1"), "\(built.output)")
    let text = try project.read("target/run_results.json")
    let results = try PlainValue(json: Array(text.utf8)).dictionary?["results"]?.list ?? []
    let skipped = try #require(results.first { $0.dictionary?["status"] == "skipped" }?.dictionary)
    #expect(skipped["unique_id"] == "model.shop.b" && skipped["message"] == .null)
    #expect(skipped["compiled"] == false && skipped["compiled_code"] == .null)
  }
}
