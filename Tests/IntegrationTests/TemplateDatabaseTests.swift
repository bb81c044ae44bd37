import Foundation
import TestSupport
import Testing

/// Templates that ask and change the database: while they are compiled, as materializations, as
/// hooks and as operations.
@Suite struct TemplateDatabaseTests {
  private static let macros = """
    {% materialization plain_table, default %}
      {%- set wanted = this.incorporate(type='table') -%}
      {{ run_hooks(pre_hooks) }}
      {% call statement('drop') %}drop table if exists {{ wanted }}{% endcall %}
      {% call statement('main') %}create table {{ wanted }} as {{ sql }}{% endcall %}
      {{ run_hooks(post_hooks) }}
      {{ adapter.commit() }}
      {{ return({'relations': [wanted]}) }}
    {% endmaterialization %}

    {% macro say_results(results) %}
    {%- for result in results %}
    {%- do log(result.node.name ~ ' is ' ~ result.status, info=true) %}
    {#- What a configuration does not have is none, whatever is asked. #}
    {%- if result.node.config.not_there is not none or result.node.config.get('x', 1) != 1 %}
    {%- do exceptions.raise_compiler_error('configuration of ' ~ result.node.name) %}
    {%- endif %}
    {%- if result.node.resource_type == 'model' and result.status == 'success'
        and 'select' not in result.node.compiled_code | lower %}
    {%- do exceptions.raise_compiler_error('text of ' ~ result.node.name) %}
    {%- endif %}
    {%- endfor -%}
    {% endmacro %}

    {% macro count_rows(table) %}
    {%- set rows = run_query('select count(*) as n from ' ~ ref(table)) -%}
    {% do log(table ~ ' has ' ~ rows.columns[0].values()[0] ~ ' rows', info=true) %}
    {% endmacro %}

    {% macro say_numbers() %}
    {%- set table = run_query('select 1.50::numeric(4, 2) as a, 2.5::float8 as b, 3 as c') -%}
    {%- set rows = table.rows -%}
    {% do log(table.columns[0].data_type.jsonify(rows[0]['a']), info=true) %}
    {% do log([rows[0]['a']] ~ ' ' ~ (rows[0]['a'] + 1) ~ ' ' ~ rows[0]['b'] ~ ' ' ~ rows[0]['c'],
              info=true) %}
    {% endmacro %}

    {% macro get_incremental_newest_sql(arg_dict) %}
    delete from {{ arg_dict['target_relation'] }};
    insert into {{ arg_dict['target_relation'] }} (select * from {{ arg_dict['temp_relation'] }})
    {% endmacro %}
    """

  private static let properties = """
    models:
      - name: newest
        columns:
          - name: code
            data_tests:
              - accepted_values:
                  arguments: {values: [a]}
                  config: {store_failures: true, severity: warn, alias: strange_codes}
    unit_tests:
      - name: doubles
        model: doubled
        given:
          - input: ref('orders')
            rows: [{code: x, amount: 3}, {code: y}]
        expect:
          rows: [{code: x, amount: 6}, {code: y, amount: null}]
      - name: triples
        model: doubled
        given:
          - input: ref('orders')
            format: csv
            rows: |
              code,amount
              x,3
        expect:
          rows: [{code: x, amount: 9}]
        config: {tags: [wrong]}
    """

  private func project() throws -> ProgramHarness {
    try ProgramHarness.project([
      "project.yml": "name: shop\non-run-end: \"{{ say_results(results) }}\"\n",
      "macros/all.sql": Self.macros,
      "models/schema.yml": Self.properties,
      "seeds/orders.csv": "code,amount\na,1\nb,2\n",
      "models/doubled.sql": "select code, amount * 2 as amount from {{ ref('orders') }}\n",
      "models/newest.sql": """
      {{ config(materialized='incremental', incremental_strategy='newest') }}
      select code, amount from {{ ref('orders') }}
      {% if is_incremental() %}where code = 'b'{% endif %}
      """,
      "models/pivoted.sql": """
      {{ config(materialized='plain_table', post_hook="insert into {{ this }} values (9, 9)") }}
      {%- set codes = run_query('select code from ' ~ ref('orders') ~ ' order by 1') -%}
      {%- set names = codes.columns[0].values() if execute else [] %}
      select {% for name in names -%}
        sum(case when code = '{{ name }}' then amount end) as {{ name }}{{ ', ' if not loop.last }}
      {%- endfor %}
      from {{ ref('orders') }}
      """,
    ])
  }

  @Test func `a view with grants is built again and again`() throws {
    let project = try ProgramHarness.project([
      "project.yml": "name: shop\nmodels: { shop: { +grants: { select: [reader] } } }\n",
      "models/seen.sql": "select 1 as id\n",
    ])
    defer { project.stopServer() }
    for _ in 1...3 {
      let built = try project.run("run")
      #expect(built.code == 0, "\(built.error)")
    }
  }

  @Test func `what templates do to the database is done`() throws {
    let project = try project()
    defer { project.stopServer() }
    let built = try project.run("build", "--exclude", "tag:wrong")
    #expect(built.code == 0, "\(built.error)")
    #expect(built.error.contains("doubles is pass"), "\(built.error)")
    #expect(built.error.contains("pivoted is success"), "\(built.error)")
    func rows(_ sql: String) throws -> String {
      let shown = try project.run("show", "-q", "--output", "csv", "--inline", sql)
      return shown.output + shown.error
    }
    #expect(try rows("select * from {{ ref('pivoted') }} order by 1") == "a,b\n1,2\n9,9\n")
    #expect(try rows("select * from {{ ref('newest') }} order by 1") == "code,amount\na,1\nb,2\n")
    #expect(
      try rows("select value_field from shop_dbt_test__audit.strange_codes")
        == "value_field\nb\n"
    )
    let again = try project.run("run", "-s", "newest")
    #expect(again.code == 0, "\(again.error)")
    #expect(try rows("select * from {{ ref('newest') }}") == "code,amount\nb,2\n")
    let counted = try project.run("run-operation", "count_rows", "--args", "{table: newest}")
    #expect(counted.code == 0 && counted.output == "newest has 1 rows\n", "\(counted.error)")
    let numbers = try project.run("run-operation", "say_numbers")
    #expect(numbers.output == "1.5\n[Decimal('1.50')] 2.50 2.5 3\n", "\(numbers.error)")
  }

  @Test func `what the template of a model writes is kept with its data`() throws {
    let project = try ProgramHarness.project([
      "project.yml": "name: shop\n",
      "models/notes.sql": "{{ config(materialized='table') }}select 1 as id\n",
      "models/noting.sql": """
      -- depends_on: {{ ref('notes') }}
      {% call statement('first') %}select id from {{ ref('notes') }}{% endcall %}
      {%- if execute %}{% do run_query('insert into ' ~ ref('notes') ~ ' values (7)') %}{% endif %}
      select 2 as id
      """,
    ])
    defer { project.stopServer() }
    let built = try project.run("run")
    #expect(built.code == 0, "\(built.error)")
    let shown = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select id from {{ ref('notes') }} order by 1"
    )
    #expect(shown.output == "id\n1\n7\n", "\(shown.error)")
  }

  @Test func `a unit test that fails keeps its model from being built`() throws {
    let project = try project()
    defer { project.stopServer() }
    let built = try project.run("build", "-s", "+doubled")
    #expect(built.code == 1, "\(built.error)")
    #expect(built.error.contains("triples is fail"), "\(built.error)")
    #expect(built.error.contains("doubled is skipped"), "\(built.error)")
    try project.folder.write("models/more.yml", "modles: []\n")
    let retried = try project.run("retry")
    #expect(retried.code == 1 && retried.error.contains("triples"), "\(retried.error)")
    // The project is read once.
    #expect(retried.error.components(separatedBy: "warning[").count == 2, "\(retried.error)")
  }

  @Test(arguments: ["merge", "delete+insert"])
  func `keys of text match whatever blanks end them`(strategy: String) throws {
    let project = try ProgramHarness.project([
      "project.yml": "name: shop\ntargets: { local: { type: local } }\n",
      "models/source.sql": "select '{{ var('key', 'A') }}'::varchar(5) as k, 1 as n\n",
      "models/kept.sql": """
      {{ config(materialized='incremental', unique_key='k', incremental_strategy='\(strategy)') }}
      select * from {{ ref('source') }}

      """,
      // Both kinds of tests have files below the name of this one.
      "models/schema.yml": """
      models: [{ name: source, columns: [{ name: k, data_tests: [not_null] }] }]
      unit_tests: [{ name: one, model: source, given: [], expect: { rows: [{ k: A, n: 1 }] } }]

      """,
    ])
    defer { project.stopServer() }
    let built = try project.run("build")
    #expect(built.code == 0 && !built.error.contains("error["), "\(built.error)")
    let again = try project.run("run", "--vars", "{key: 'A '}")
    #expect(again.code == 0, "\(again.error)")
    let count = "select count(*) as n from {{ ref('kept') }}"
    let shown = try project.run("show", "-q", "--output", "csv", "--inline", count)
    #expect(shown.output == "n\n1\n", "\(shown.error)")
  }

  @Test func `hooks of a package are in its own terms`() throws {
    let table = "create table {{ target.schema }}.{{ named"
    let project = try ProgramHarness.project([
      "project.yml": "name: shop\ntargets: { local: { type: local } }\nvars: { word: mine }\n",
      "models/one.sql": "select 1 as id\n",
      "macros/named.sql": "{% macro named(name) %}wrong_{{ name }}{% endmacro %}\n",
      "dbt_packages/pk/dbt_project.yml": """
      name: pk
      version: '1.0'
      vars: { greeting: hello }
      on-run-start: "\(table)('begun') }} as select '{{ var('greeting') }}'::varchar as word"
      on-run-end: "\(table)('ended') }} as select '{{ var('greeting') }}'::varchar as word"

      """,
      "dbt_packages/pk/macros/named.sql": "{% macro named(name) %}its_{{ name }}{% endmacro %}\n",
    ])
    defer { project.stopServer() }
    let outcome = try project.run("run")
    #expect(outcome.code == 0, "\(outcome.error)")
    for name in ["begun", "ended"] {
      let shown = try project.run(
        "show",
        "-q",
        "--output",
        "csv",
        "--inline",
        "select word from {{ target.schema }}.its_\(name)"
      )
      #expect(shown.output == "word\nhello\n", "\(shown.error)")
    }
  }
}
