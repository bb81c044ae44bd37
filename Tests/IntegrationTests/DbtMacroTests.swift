import Diagnostics
import TestSupport
import Testing

/// What projects and packages put in the place of dbt's own macros, seen through the program `dbt`.
@Suite(.scenarioServer) struct DbtMacroTests {
  @Test func `a project's get_columns_in_relation answers the adapter, and can ask the original`()
    throws
  {
    let project = try DbtProgramProject([
      "models/a.sql": "{{ config(materialized='table') }} select 1 as id, 2 as number",
      "models/b.sql": """
      -- depends_on: {{ ref('a') }}
      {% set columns = adapter.get_columns_in_relation(ref('a')) %}
      select '{{ columns | map(attribute='name') | join('+') }}' as names
      """,
      "macros/columns.sql": """
      {% macro get_columns_in_relation(relation) %}
        {{ return(dbt.get_columns_in_relation(relation)[1:]) }}
      {% endmacro %}
      """,
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(try project.rows("select names from dev.b") == ["number"])
  }

  @Test func `a column of the same name but another type is compared by what it can grow to`()
    throws
  {
    let project = try DbtProgramProject([
      "models/m.sql": """
      {{ config(materialized='incremental', on_schema_change='append_new_columns',
                contract={'enforced': true}) }}
      select 1 as id, {{ "'longer than ten'" if is_incremental() else "'short'" }}::varchar(20) as name
      """,
      "models/m.yml": """
      models:
        - name: m
          columns: [{name: id, data_type: int}, {name: name, data_type: character varying(10)}]
      """,
    ])
    #expect(try project.dbt("run").code == 0)
    let again = try project.dbt("run")
    #expect(!again.output.contains("can_expand_to"), "\(again.output)")
  }

  @Test func `a package replaces dbt's materializations only where the project says so`() throws {
    let override = """
      {% materialization view, adapter='postgres' %}
        {{ exceptions.raise_compiler_error('of the package') }}
      {% endmaterialization %}
      """
    let files = [
      "models/m.sql": "select 1 as id",
      "dbt_packages/tools/dbt_project.yml": "name: tools\nversion: '1.0'\n",
      "dbt_packages/tools/macros/view.sql": override,
    ]
    #expect(try DbtProgramProject(files).dbt("run").code == 0)
    let allowed = try DbtProgramProject(
      files,
      settings: "flags: {require_explicit_package_overrides_for_builtin_materializations: false}"
    )
    let run = try allowed.dbt("run")
    #expect(run.code == 1 && run.output.contains("of the package"), "\(run.output)")
  }

  @Test func `materializations say what they made, and which languages they take`() throws {
    func materialization(_ head: String, _ end: String) -> String {
      """
      {% materialization made, default\(head) %}
        {% call statement('main') %}select 1 as id{% endcall %}
        \(end)
      {% endmaterialization %}
      """
    }
    let end = "{{ return({'relations': [this.incorporate(type='table')]}) }}"
    let sql = ["models/m.sql": "{{ config(materialized='made') }} select 1 as id"]
    let python = [
      "models/m.py": "def model(dbt, session):\n    dbt.config(materialized='made')\n    return\n"
    ]
    for (model, head, end, word) in [
      (sql, "", "", "did not explicitly return a list of relations"),
      (
        sql, ", supported_languages=['python']", end,
        "only supports languages ['python']; got \"sql\""
      ),
      (python, "", end, "only supports languages ['sql']; got \"python\""),
      (sql, ", supported_languages=['sql', 'python']", end, nil),
      (python, ", supported_languages=['sql', 'python']", end, nil),
    ] {
      var files = model
      files["macros/made.sql"] = materialization(head, end)
      let run = try DbtProgramProject(files).dbt("run")
      #expect(run.code == (word == nil ? 0 : 1), "\(run.output)")
      if let word { #expect(run.output.contains(word), "\(run.output)") }
    }
  }

  @Test func `a test of a package finds its own implementations, whoever uses it`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": "select 1 as id",
      "models/m.yml": "models: [{name: m, data_tests: [tools.has_rows]}]",
      "dbt_packages/tools/dbt_project.yml": "name: tools\nversion: '1.0'\n",
      "dbt_packages/tools/macros/has_rows.sql": """
      {% test has_rows(model) %}{{ return(adapter.dispatch('test_has_rows')(model)) }}{% endtest %}
      {% macro default__test_has_rows(model) %}
      select 1 from (select count(*) as n from {{ model }}) as counted where n = 0
      {% endmacro %}
      """,
    ])
    let built = try project.dbt("build")
    #expect(built.code == 0 && built.output.contains("PASS=2"), "\(built.output)")
  }

  @Test func `seeds and snapshots get their indexes, and a wrong one is refused in dbt's words`()
    throws
  {
    let project = try DbtProgramProject([
      "seeds/countries.csv": "code,name\nnl,Netherlands\n",
      "seeds/countries.yml": """
      seeds:
        - name: countries
          config: {indexes: [{columns: [code], type: hash}, {columns: [code, name], unique: true}]}
      """,
      "snapshots/history.sql": """
      {% snapshot history %}{{ config(unique_key='code', strategy='check', check_cols='all',
        target_schema='dev', indexes=[{'columns': ['code']}]) }}
      select * from {{ ref('countries') }}{% endsnapshot %}
      """,
      "models/wrong.sql": """
      {{ config(materialized='table', indexes=[{'columns': 'id'}]) }} select 1 as id
      """,
    ])
    #expect(try project.dbt("build", "--exclude", "wrong").code == 0)
    let query = """
      select count(*) from pg_indexes where schemaname = 'dev' and tablename =
      """
    #expect(try project.rows("\(query) 'countries'") == ["2"])
    #expect(try project.rows("\(query) 'history'") == ["1"])
    #expect(try project.dbt("snapshot").code == 0)
    #expect(try project.rows("\(query) 'history'") == ["1"])
    let wrong = try project.dbt("run")
    #expect(wrong.output.contains("'id' is not of type 'array'"), "\(wrong.output)")
  }

  @Test func `a snapshot's strategy with a package's name is looked for there alone`() throws {
    func project(_ strategy: String) throws -> DbtProgramProject {
      try DbtProgramProject([
        "snapshots/s.sql": """
        {% snapshot s %}{{ config(target_schema='dev', unique_key='id', strategy='\(strategy)') }}
        select 1 as id{% endsnapshot %}
        """,
        "macros/newest.sql": """
        {% macro snapshot_newest_strategy(node, snapshotted_rel, current_rel, config, exists) %}
          {{ return({'unique_key': 'id', 'updated_at': 'current_timestamp',
                     'row_changed': 'false', 'scd_id': 'md5(id::text)'}) }}
        {% endmacro %}
        """,
      ])
    }
    #expect(try project("newest").dbt("snapshot").code == 0)
    #expect(try project("shop.newest").dbt("snapshot").code == 0)
    let missing = try project("dbt.newest").dbt("snapshot")
    #expect(missing.code != 0 && missing.output.contains("dbt.newest"), "\(missing.output)")
  }

  @Test func `a query of the command line may look into a private model`() throws {
    let project = try DbtProgramProject([
      "models/hidden.sql": "select 5 as five",
      "models/hidden.yml": """
      groups: [{name: g, owner: {name: me}}]
      models: [{name: hidden, config: {access: private, group: g}}]
      """,
    ])
    #expect(try project.dbt("run").code == 0)
    let shown = try project.dbt("show", "--inline", "select * from {{ ref('hidden') }}")
    #expect(shown.code == 0 && shown.output.contains("five"), "\(shown.output)")
  }

  @Test func `a table has its rows by number, as agate's has`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": """
      {% set found = run_query("select 7 as n union all select 8 order by 1") %}
      {% if execute %}select {{ found[0]['n'] }} as first, {{ found[-1][0] }} as last{% endif %}
      """
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(try project.rows("select first || '+' || last from dev.m") == ["7+8"])
  }

  @Test func `unit tests choose versions, replace plain names and read seeds that say no rows`()
    throws
  {
    let project = try DbtProgramProject([
      "models/m_v1.sql": "select id, '{{ invocation_id }}' as run from {{ ref('s') }}",
      "models/m_v2.sql": "select id, '{{ invocation_id }}' as run from {{ ref('s') }}",
      "seeds/s.csv": "id\n4\n",
      "models/m.yml": """
      models: [{name: m, latest_version: 2, versions: [{v: 1}, {v: 2}]}]
      unit_tests:
        - name: t
          model: m
          versions: {include: [2]}
          overrides: {macros: {invocation_id: here}}
          given: [{input: ref('s')}]
          expect: {rows: [{id: 4, run: here}]}
      """,
    ])
    let built = try project.dbt("build")
    #expect(built.code == 0, "\(built.output)")
    #expect(
      try project.resultIDs().filter { $0.hasPrefix("unit_test.") } == ["unit_test.shop.m.t_v2"]
    )
  }

  @Test func `a unit test of an incremental model says whether there is a table, and its rows`()
    throws
  {
    func parsed(_ overrides: String) throws -> ProgramHarness.Outcome {
      try DbtProgramProject([
        "models/m.sql": """
        {{ config(materialized='incremental') }} select 1 as id
        {% if is_incremental() %}where 1 > (select max(id) from {{ this }}){% endif %}
        """,
        "models/m.yml": """
        unit_tests:
          - {name: t, model: m, \(overrides)given: [], expect: {rows: [{id: 1}]}}
        """,
      ]).dbt("parse")
    }
    #expect(try parsed("overrides: {macros: {is_incremental: false}}, ").code == 0)
    let unsaid = try parsed("")
    #expect(unsaid.code == 2 && unsaid.output.contains("Boolean override for 'is_incremental'"))
    let empty = try parsed("overrides: {macros: {is_incremental: true}}, ")
    #expect(empty.code == 2 && empty.output.contains("must have a 'this' input"), "\(empty.output)")
  }

  @Test func `contracts take dbt's word for text`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": "{{ config(materialized='table') }} select 'a'::text as name",
      "models/m.yml": """
      models:
        - {name: m, config: {contract: {enforced: true}}, columns: [{name: name, data_type: string}]}
      """,
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
  }

  @Test func `test with other kinds builds nothing, and fixtures are part of the state`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": "select id from {{ ref('s') }}",
      "seeds/s.csv": "id\n4\n",
      "tests/fixtures/four.csv": "id\n4\n",
      "models/m.yml": """
      unit_tests:
        - name: t
          model: m
          given: [{input: ref('s'), rows: [{id: 4}]}]
          expect: {format: csv, fixture: four}
      """,
    ])
    #expect(try project.dbt("seed").code == 0)
    let tested = try project.dbt("test", "--resource-type", "model")
    #expect(tested.code == 0 && !tested.output.contains("OK created"), "\(tested.output)")
    #expect(try project.dbt("parse", "--target-path", "state").code == 0)
    #expect(try project.read("state/manifest.json").contains("\"rows\":[{\"id\":\"4\"}]"))
    let same = try project.dbt("test", "-s", "state:modified", "--state", "state")
    #expect(same.output.contains("Nothing to do"), "\(same.output)")
    try project.write("tests/fixtures/four.csv", "id\n5\n")
    let changed = try project.dbt("test", "-s", "state:modified", "--state", "state")
    #expect(changed.code == 1 && changed.output.contains("TOTAL=1"), "\(changed.output)")
  }
}
