import Diagnostics
import Foundation
import TestSupport
import Testing

/// How the program that is called dbt tells of hooks, batches and tests.
///
/// Also what macros of packages rely on while nodes run. The lines are dbt's own, as it wrote them for
/// the same projects.
@Suite(.scenarioServer) struct DbtRunTests {
  @Test func `hooks are numbered apart, those of packages first, and skipped after a failure`()
    throws
  {
    let project = try DbtProgramProject(
      [
        "models/one.sql": "select 1 as id",
        "dbt_packages/tools/dbt_project.yml": """
        name: tools
        version: '1.0'
        on-run-start: ["select 1", "{{ log('of tools', info=true) }}"]
        """,
      ],
      settings: """
        on-run-start: "select 2"
        on-run-end: ["select 1 / 0", "select 3"]
        """
    )
    let run = try project.dbt("run")
    for line in [
      "1 of 3 START hook: tools.on-run-start.0 ........................................ [RUN]",
      "1 of 3 OK hook: tools.on-run-start.0 ........................................... [OK in ",
      "3 of 3 OK hook: shop.on-run-start.2 ............................................ [OK in ",
      "1 of 1 START sql view model dev.one ............................................ [RUN]",
      "1 of 2 ERROR hook: shop.on-run-end.0 ........................................... [ERROR in ",
      "2 of 2 SKIP hook: shop.on-run-end.1 ............................................ [SKIP]",
      "Finished running 5 project hooks, 1 view model in 0 hours 0 minutes and ",
      "Done. PASS=4 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=6",
    ] {
      #expect(run.output.contains(line), "\(line)\n\(run.output)")
    }
    #expect(run.code == 1)
    let ids = try project.resultIDs()
    #expect(
      ids == [
        "operation.tools.tools-on-run-start-0", "operation.tools.tools-on-run-start-1",
        "operation.shop.shop-on-run-start-0", "model.shop.one",
        "operation.shop.shop-on-run-end-0", "operation.shop.shop-on-run-end-1",
      ]
    )
  }

  @Test func `macros keep things in graph from hook to node to hook`() throws {
    let project = try DbtProgramProject(
      [
        "models/a.sql": "select 1 as id {% do seen('a') %}",
        "models/b.sql": "{{ config(materialized='table') }} select 2 as id {% do seen('b') %}",
        "macros/seen.sql": """
        {% macro open() %}{% do graph.setdefault('notes', {'names': []}) %}{% endmacro %}
        {% macro seen(name) %}{% if execute %}
          {%- do graph['notes']['names'].append(name) -%}
        {% endif %}{% endmacro %}
        {% macro tell(results) %}
          {%- do log('kept ' ~ graph['notes']['names'] | sort | join('+'), info=true) -%}
          {%- for result in results -%}
            {%- do log(result.to_dict()['node']['name'] ~ ' took '
                       ~ (result.timing[0].to_dict()['name']), info=true) -%}
          {%- endfor -%}
        {% endmacro %}
        """,
      ],
      settings: """
        on-run-start: "{{ open() }}"
        on-run-end: "{{ tell(results) }}"
        """
    )
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.contains("kept a+b"), "\(run.output)")
    #expect(run.output.contains("a took compile"), "\(run.output)")
  }

  @Test func `a hook whose template changes the database does so when it is its turn`() throws {
    let project = try DbtProgramProject([
      "models/filled.sql": """
      {{ config(materialized='table', post_hook="{{ fill(this) }}") }} select 1 as id where false
      """,
      "models/gone.sql": """
      {{ config(materialized='table', post_hook="{% do adapter.drop_relation(this) %}") }} select 1 as id
      """,
      "macros/fill.sql": """
      {% macro fill(relation) %}{% if execute %}
        {%- call statement('fill') %}insert into {{ relation }} values (7){% endcall -%}
        {%- do adapter.commit() -%}
      {% endif %}{% endmacro %}
      """,
    ])
    // Compiling runs no hooks.
    let compiled = try project.dbt("compile")
    #expect(compiled.code == 0, "\(compiled.output)")
    for _ in 1...2 {
      let run = try project.dbt("run")
      #expect(run.code == 0, "\(run.output)")
      #expect(try project.rows("select id from dev.filled") == ["7"])
      #expect(try project.rows("select to_regclass('dev.gone') is null") == ["t"])
    }
  }

  @Test func `batches and what ran are told as dbt tells of them`() throws {
    let config =
      "materialized='incremental', incremental_strategy='microbatch', event_time='at', "
      + "begin='2024-01-01', batch_size='day', unique_key='id'"
    let project = try DbtProgramProject([
      "seeds/raw.csv": "id,at\n1,2024-01-01\n2,2024-01-02\n",
      "models/mb.sql": """
      {{ config(\(config)) }} select id, at::timestamp as at from {{ ref('raw') }}
      {% if model.batch.id == '20240102' %} where 1 / (id - 1) > 0 {% endif %}
      """,
      "models/shown.yml": """
      exposures:
        - {name: board, type: dashboard, owner: {name: me}, depends_on: [ref('mb')]}
        - {name: file, type: analysis, owner: {name: me}, depends_on: [ref('raw')]}
      """,
    ])
    let run = try project.dbt(
      "build",
      "--event-time-start",
      "2024-01-01",
      "--event-time-end",
      "2024-01-03"
    )
    for line in [
      "1 of 4 OK loaded seed file dev.raw ............................................. [INSERT 2 in ",
      "START sql microbatch model dev.mb ....................................... [RUN]",
      "Batch 1 of 2 START batch 2024-01-01 of dev.mb ........................................ [RUN]",
      "Batch 1 of 2 OK created batch 2024-01-01 of dev.mb ................................... [SELECT 2 in ",
      "Batch 2 of 2 ERROR creating batch 2024-01-02 of dev.mb ............................... [ERROR in ",
      "PARTIALLY created sql microbatch model dev.mb ........................... [PARTIAL SUCCESS (1/2) in ",
      "NO-OP exposure file ..................................................... [NO-OP in ",
      "SKIP exposure board ..................................................... [SKIP]",
      "Finished running 2 exposures, 1 incremental model, 1 seed in 0 hours 0 minutes and ",
      "Done. PASS=1 WARN=0 ERROR=1 SKIP=1 NO-OP=1 TOTAL=4",
    ] {
      #expect(run.output.contains(line), "\(line)\n\(run.output)")
    }
  }

  @Test func `a unit test that fails shows the rows that differ`() throws {
    let project = try DbtProgramProject([
      "models/raw.sql": "select 1 as id",
      "models/doubled.sql": "select {{ tools.factor() }} * id as id from {{ ref('raw') }}",
      "dbt_packages/tools/dbt_project.yml": "name: tools\nversion: '1.0'\n",
      "dbt_packages/tools/macros/factor.sql": "{% macro factor() %}2{% endmacro %}",
      "models/schema.yml": """
      unit_tests:
        - name: doubles
          model: doubled
          given: [{input: ref('raw'), rows: [{id: 1}]}]
          expect: {rows: [{id: 3}]}
        - name: triples
          model: doubled
          overrides: {macros: {tools.factor: 3}}
          given: [{input: ref('raw'), rows: [{id: 1}]}]
          expect: {rows: [{id: 3}]}
      """,
    ])
    _ = try project.dbt("run")
    let test = try project.dbt("test")
    #expect(test.output.contains("FAIL 1 doubled::doubles"), "\(test.output)")
    #expect(test.output.contains("PASS doubled::triples"), "\(test.output)")
    #expect(test.output.contains("actual differs from expected:"))
    #expect(test.output.contains("+++,2") && test.output.contains("---,3"), "\(test.output)")
  }

  @Test func `wrong command lines are refused in the words of dbt`() throws {
    let project = try DbtProgramProject(["models/one.sql": "select 1 as id"])
    let option = try project.dbt("run", "--nonsense")
    #expect(option.code == 2)
    #expect(
      option.output.contains(
        "Usage: dbt run [OPTIONS]\nTry 'dbt run --help' for help.\n\nError: No such option '--nonsense'."
      ),
      "\(option.output)"
    )
    let both = try project.dbt("compile", "-s", "one", "--inline", "select 1")
    #expect(both.code == 2 && both.output.contains("inline: not allowed with argument select"))
    let nothing = try project.dbt("test", "-s", "nosuch")
    #expect(
      nothing.output.contains("The selection criterion 'nosuch' does not match any enabled nodes")
    )
    _ = try project.dbt("run")
    let same = try project.dbt("run", "-s", "state:modified", "--state", "target")
    #expect(same.output.contains("The state and target directories are the same: 'target'"))
    let shown = try project.dbt("show", "--inline", "select 1 as a, 'x' as name")
    #expect(shown.output.contains("| a | name |\n| - | ---- |\n| 1 | x    |"), "\(shown.output)")
  }
}
