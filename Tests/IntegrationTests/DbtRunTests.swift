import Diagnostics
import Foundation
import TestSupport
import Testing

/// How the program that is called dbt tells of hooks, batches and tests.
///
/// Also what macros of packages rely on while nodes run. The lines are dbt's own, as it wrote them for
/// the same projects.
@Suite(.scenarioServer) struct DbtRunTests {
  /// As dbt 1.11 has it on PostgreSQL, where everything is in a transaction that somebody must commit.
  @Test func `what a template writes is kept or undone with its node`() throws {
    func writing(_ word: String, _ sql: String, _ kind: String = "table") -> String {
      """
      {{ config(materialized='\(kind)') }}
      {% if execute %}{% do run_query("insert into kept values ('\(word)')") %}{% endif %}
      \(sql)
      """
    }
    let project = try DbtProgramProject(
      [
        "models/a.sql": writing("failed", "select 1 / 0 as id"),
        "models/b.sql": writing("made", "select 1 as id"),
        "models/c.sql": writing("failed_view", "select gone as id", "view"),
        "models/d.sql": writing("made_view", "select 1 as id", "view"),
        "models/e.sql": writing(
          "raised",
          "{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %}"
        ),
        "models/f.sql": """
        {{ config(materialized='table') }}
        {% if execute %}{% do run_query("select keep('called')") %}{% endif %}
        select 1 / 0 as id
        """,
        "tests/t.sql": """
        {% if execute %}{% do run_query("insert into kept values ('test')") %}{% endif %}
        select 1 where false
        """,
      ],
      settings: """
        on-run-start:
          - "create table if not exists kept (word text)"
          - "create or replace function keep(text) returns text language sql as 'insert into kept \\
            values ($1) returning word'"

        """
    )
    // Twice: over nothing, and over what stands.
    for _ in 1...2 {
      let built = try project.dbt("build", "--threads", "1")
      #expect(built.code == 1, "\(built.output)")
    }
    let shown = try project.dbt(
      "show",
      "-q",
      "--output",
      "json",
      "--inline",
      "select word, count(*) as times from kept group by 1 order by 1"
    )
    #expect(
      shown.output.contains("\"made\"") && shown.output.contains("\"made_view\""),
      "\(shown.output)"
    )
    for word in ["failed", "raised", "test", "called"] {
      #expect(!shown.output.contains("\"\(word)"), "\(shown.output)")
    }
  }

  @Test func `a Python model fails alone, and its children are skipped`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 as id",
      "models/py.py": "def model(dbt, session):\n    return dbt.ref('a')\n",
      "models/child.sql": "select * from {{ ref('py') }}",
    ])
    let built = try project.dbt("build")
    #expect(built.code == 1)
    #expect(built.output.contains("Done. PASS=1 WARN=0 ERROR=1 SKIP=1"), "\(built.output)")
    #expect(built.output.contains("Runtime Error in model py (models/py.py)"))
    let compiled = try project.dbt("compile", "-s", "py")
    #expect(compiled.code == 0 && compiled.output.contains("def model(dbt, session)"))
  }

  @Test func `hooks are numbered apart, the project's own first, and skipped after a failure`()
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
      "1 of 3 START hook: shop.on-run-start.0 ......................................... [RUN]",
      "1 of 3 OK hook: shop.on-run-start.0 ............................................ [OK in ",
      "3 of 3 OK hook: tools.on-run-start.2 ........................................... [OK in ",
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
        "operation.shop.shop-on-run-start-0", "operation.tools.tools-on-run-start-0",
        "operation.tools.tools-on-run-start-1", "model.shop.one",
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

  @Test func `without profiles nothing runs, and a wrong name is told with its place`() throws {
    let project = try DbtProgramProject(["models/orders.sql": "select 1 as id"])
    let nowhere = project.program.folder.path + "/nowhere"
    try FileManager.default.createDirectory(atPath: nowhere, withIntermediateDirectories: true)
    let none = try project.dbt("run", "--profiles-dir", nowhere)
    #expect(none.code == 2 && none.output.contains("error[missing-profiles-file]"))
    #expect(none.output.contains("Runtime Error") && none.output.contains("--target local"))
    // Installing packages needs no connection.
    #expect(try project.dbt("deps", "--profiles-dir", nowhere).code == 0)
    let profile = try project.dbt("run", "--profile", "nope")
    #expect(profile.code == 2 && profile.output.contains("there is no profile \"nope\""))
    let target = try project.dbt("run", "--target", "nope")
    #expect(target.code == 2 && target.output.contains("there is no target \"nope\""))
    #expect(target.output.contains("profiles.yml:2:3"), "\(target.output)")
  }

  @Test func `one bad column fails its node alone, where dbt is called`() throws {
    let project = try ProgramHarness.project([
      "dbt_project.yml": "name: shop\nprofile: shop\n",
      "profiles.yml": "shop: { target: x, outputs: { x: { type: local, schema: dev } } }\n",
      "models/orders.sql": "select 1 as id",
      "models/bad.sql": "select nothing_there from {{ ref('orders') }}",
      "models/child.sql": "select * from {{ ref('bad') }}",
    ])
    let refused = try project.run(["run"])
    #expect(refused.code == 2 && refused.error.contains("error[unknown-column]"))
    let run = try project.dbt(["run"])
    #expect(run.code == 1, "\(run.output)")
    #expect(run.output.contains("OK created sql view model dev.orders"), "\(run.output)")
    #expect(run.output.contains("ERROR creating sql view model dev.bad"), "\(run.output)")
    #expect(run.output.contains("PASS=1 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=3"))
    #expect(run.output.contains("models/bad.sql:1:8"), "\(run.output)")
    let unchecked = try project.run(["run", "--no-check"])
    #expect(unchecked.code == 1, "\(unchecked.error)")
  }

  @Test func `the version is told as scripts take it apart`() throws {
    let project = try DbtProgramProject([:])
    for word in ["--version", "-v", "-V"] {
      let version = try project.dbt(word)
      #expect(version.code == 0)
      #expect(version.output.hasPrefix("Core:\n  - installed: 1.11.16\n"), "\(version.output)")
      #expect(version.output.contains("\nPlugins:\n  - postgres: 1.11.16"))
    }
  }

  @Test func `tests that warn fail with --warn-error, and macros that warn stop what calls them`()
    throws
  {
    let project = try DbtProgramProject([
      "models/orders.sql": """
      select 1 as id {{ exceptions.warn('careful') if var('careful', false) }}
      """,
      "models/late.sql": """
      select 1 as id {{ exceptions.warn('late') if execute and var('late', false) }}
      """,
      "models/child.sql": "select * from {{ ref('orders') }}",
      "models/schema.yml": """
      models:
        - name: orders
          columns:
            - name: id
              data_tests:
                - accepted_values: { arguments: { values: [2] }, config: { severity: warn } }
      """,
    ])
    let plain = try project.dbt("build")
    #expect(plain.code == 0 && plain.output.contains("Completed with 1 warning:"))
    let strict = try project.dbt("build", "--warn-error")
    #expect(strict.code == 1, "\(strict.output)")
    for words in [
      "FAIL 1 accepted_values_orders_id__2",
      "Got 1 result, configured to fail if != 0",
      "Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=4",
    ] {
      #expect(strict.output.contains(words), "\(words)\n\(strict.output)")
    }
    // As in dbt, whether warnings are errors is said anew.
    let retried = try project.dbt("--warn-error", "retry")
    #expect(retried.code == 1 && retried.output.contains("ERROR=1"), "\(retried.output)")
    #expect(try project.dbt("retry").code == 0)
    let options = "{error: [LogTestResult]}"
    #expect(try project.dbt("test", "--warn-error-options", options).code == 1)
    let warned = "{error: all, warn: [LogTestResult]}"
    #expect(try project.dbt("test", "--warn-error-options", warned).code == 0)
    let careful = try project.dbt("run", "--warn-error", "--vars", "{careful: true}")
    #expect(careful.code == 2 && careful.output.contains("careful"), "\(careful.output)")
    let late = try project.dbt("run", "--warn-error", "--vars", "{late: true}")
    #expect(late.code == 1, "\(late.output)")
    #expect(try project.results()["late"]?["status"] == "error")
    #expect(try project.results()["orders"]?["status"] == "success")
    let silenced = try project.dbt(
      "run",
      "--vars",
      "{late: true}",
      "--warn-error-options",
      "{silence: [JinjaLogWarning]}"
    )
    #expect(silenced.code == 0 && !silenced.output.contains("late'"), "\(silenced.output)")
    #expect(!silenced.output.contains("warned-by-template"))
    let none = try project.dbt("run", "-s", "tag:none", "--warn-error")
    #expect(none.code == 2, "\(none.output)")
    #expect(
      none.output.contains("The selection criterion 'tag:none' does not match any enabled nodes")
    )
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
