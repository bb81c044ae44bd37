import Diagnostics
import TestSupport
import Testing

/// What the program that is called dbt tells programs around it, and what it leaves for them.
@Suite(.scenarioServer) struct DbtEventTests {
  @Test func `events say what became of a node, and whose it is`() throws {
    let project = try DbtProgramProject([
      "models/good.sql": "{% do exceptions.warn('take care') %} select 1 as id",
      "models/bad.sql": "{{ config(group='sales') }} select gone as id",
      "models/old.sql": "select 1 as id", "models/new.sql": "select 2 as id",
      "models/reader.sql": "select * from {{ ref('m') }}",
      "models/s.yml": """
      groups: [{name: sales, owner: {name: me, email: [a@b.de, c@d.de]}}]
      models:
        - name: m
          latest_version: 1
          versions: [{v: 1, defined_in: old}, {v: 2, defined_in: new}]
      """,
    ])
    let events = try project.events("run", "--log-level", "debug", "--log-format", "json")
    func event(_ name: PlainValue, _ id: PlainValue) -> PlainDictionary? {
      events.first {
        $0.info?["name"] == name && $0.data?["node_info"]?.dictionary?["unique_id"] == id
      }?.data
    }
    let finished = event("NodeFinished", "model.shop.good")?["run_result"]?.dictionary
    #expect(finished?["adapter_response"]?.dictionary?["_message"] == "CREATE VIEW")
    #expect(finished?["timing_info"]?.list?.count == 2)
    let info = event("NodeFinished", "model.shop.good")?["node_info"]?.dictionary
    #expect(info?["node_checksum"]?.string?.count == 64)
    let group: PlainValue = [
      "name": "sales", "package_name": "shop",
      "owner": ["email": "['a@b.de', 'c@d.de']", "name": "me"],
    ]
    for name in ["LogModelResult", "RunResultFailure", "RunResultError"] {
      #expect(event(.string(name), "model.shop.bad")?["group"] == group, "\(name)")
    }
    #expect(event("LogModelResult", "model.shop.good")?["group"] == nil)
    let warned = events.filter { $0.info?["name"] == "JinjaLogWarning" }
    #expect(warned.compactMap { $0.data?["msg"]?.string } == ["take care"])
    let newer = event("UnpinnedRefNewVersionAvailable", "model.shop.reader")
    #expect(newer?["ref_node_version"] == "1" && newer?["ref_max_version"] == "2")
  }

  @Test func `each batch has a file of what was sent for it, and its failure an event`() throws {
    let config =
      "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', "
      + "unique_key='id', batch_size='day', begin='2024-01-01', concurrent_batches=true, "
      + "pre_hook='{{ log(\"before \" ~ model.batch.id) if execute }}', "
      + "post_hook='{{ log(\"after \" ~ model.batch.id) if execute }}') }}"
    let project = try DbtProgramProject([
      "models/mb.sql": """
      \(config) select 1 as id, timestamp '2024-01-02' as at
      {% if model.batch and model.batch.id == '20240103' %} oops {% endif %}
      """
    ])
    let events = try project.events(
      "run",
      "--debug",
      "--log-format",
      "json",
      "--event-time-start",
      "2024-01-01",
      "--event-time-end",
      "2024-01-04"
    )
    let names = events.compactMap { $0.info?["name"]?.string }
    #expect(names.contains("MicrobatchModelNoEventTimeInputs"))
    #expect(names.contains("InvalidConcurrentBatchesConfig"))
    let failures = events.filter { $0.info?["name"] == "GenericExceptionOnRun" }
    #expect(failures.count == 1 && failures.first?.data?["node_info"] != nil)
    let said = events.filter { $0.info?["name"] == "JinjaLogDebug" }
    #expect(said.compactMap { $0.data?["msg"]?.string } == ["before 20240101", "after 20240103"])
    for day in ["2024-01-01", "2024-01-02"] {
      let sent = try project.read("target/run/shop/models/mb/mb_\(day).sql")
      #expect(sent.contains("insert into") || sent.contains("create"), "\(day): \(sent)")
    }
  }

  @Test func `a freshness macro that gives a table is of a former kind`() throws {
    let project = try DbtProgramProject([
      "seeds/raw.csv": "id,at\n1,2024-01-01\n",
      "models/s.yml": """
      sources:
        - name: dev
          loaded_at_field: at::timestamp
          freshness: {warn_after: {count: 1, period: day}}
          tables: [{name: raw}]
      """,
      "macros/f.sql": """
      {% macro collect_freshness(source, loaded_at_field, filter) %}
        {% call statement('f', fetch_result=True, auto_begin=False) -%}
          select max({{ loaded_at_field }}), {{ current_timestamp() }} from {{ source }}
        {% endcall %}
        {{ return(load_result('f').table) }}
      {% endmacro %}
      """,
    ])
    #expect(try project.dbt("seed").code == 0)
    let events = try project.events("source", "freshness", "--log-format", "json")
    let names = events.compactMap { $0.info?["name"]?.string }
    #expect(names.contains("CollectFreshnessReturnSignature"), "\(names)")
    let sources = try PlainValue(json: Array(project.read("target/sources.json").utf8)).dictionary
    #expect(sources?["results"]?.list?.first?.dictionary?["status"] == "warn")
  }

  @Test func `foreign views are made anew with what they stand on, or go with it`() throws {
    let project = try DbtProgramProject([
      "models/t.sql": "{{ config(materialized='table') }} select 1 as id, 2 as other"
    ])
    #expect(try project.dbt("run").code == 0)
    try project.rows("create view dev.foreign_view as select other from dev.t")
    let again = try project.dbt("run")
    #expect(again.code == 0 && again.output.contains("foreign_view, which no model makes"))
    #expect(try project.rows("select other from dev.foreign_view") == ["2"])
    try project.write("models/t.sql", "{{ config(materialized='table') }} select 1 as id")
    let changed = try project.dbt("run")
    #expect(changed.code == 0, "\(changed.output)")
    #expect(try project.rows("select to_regclass('dev.foreign_view') is null") == ["t"])
  }

  @Test func `a query of the command line that nobody can read is the database's to refuse`()
    throws
  {
    let project = try DbtProgramProject(["models/orders.sql": "select 1 as id"])
    let broken = try project.dbt("show", "--inline", "slect 1")
    #expect(broken.code != 0 && broken.output.contains("Database Error"), "\(broken.output)")
    let missing = try project.dbt("show", "--inline", "select * from {{ ref('gone') }}")
    #expect(missing.code != 0 && missing.output.contains("Error parsing inline query"))
  }

  @Test func `a unit test knows of nothing but what it is given, in the state it defers to`()
    throws
  {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 as id", "models/b.sql": "select 1 as id",
      "models/m.sql": "select id from {{ ref('a') }}",
      "models/n.sql": "select a.id from {{ ref('a') }} as a join {{ ref('b') }} using (id)",
      "models/u.yml": """
      unit_tests:
        - name: good
          model: m
          given: [{input: ref('a'), rows: [{id: 7}]}]
          expect: {rows: [{id: 7}]}
        - name: lacking
          model: n
          given: [{input: ref('a'), rows: [{id: 7}]}]
          expect: {rows: []}
      """,
    ])
    #expect(try project.dbt("run").code == 0)
    let tested = try project.dbt("test")
    #expect(tested.code == 1)
    let results = try project.results()
    #expect(results["good"]?["status"] == "pass", "\(tested.output)")
    #expect(
      results["lacking"]?["status"] == "error"
        && results["lacking"]?["message"]?.string?.contains("gives no rows for \"b\"") == true,
      "\(tested.output)"
    )
    let path = "target/compiled/shop/models/u.yml/models/good.sql"
    #expect(try project.read(path).contains("7"))
    // The relation whose columns rows are given for may be that of an earlier run.
    try project.write("state/manifest.json", try project.read("target/manifest.json"))
    let profiles = try project.read("profiles.yml").split(separator: "schema: dev")
    try project.write("profiles.yml", profiles.joined(separator: "schema: other"))
    let deferred = try project.dbt("test", "-s", "m", "--defer", "--state", "state")
    #expect(deferred.code == 0, "\(deferred.output)")
  }
}
