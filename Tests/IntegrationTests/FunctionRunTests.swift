import Diagnostics
import Foundation
import TestSupport
import Testing

/// Functions that are nodes, made on PostgreSQL under dbt's name.
@Suite(.scenarioServer) struct FunctionRunTests {
  private static let properties = """
    functions:
      - name: with_tax
        arguments:
          - {name: amount, data_type: numeric}
          - {name: rate, data_type: numeric, default_value: 0.5}
        returns: {data_type: numeric}
      - name: twice
        arguments: [{name: x, data_type: numeric}]
        returns: {data_type: numeric}
    """

  private static let files = [
    "functions/f.yml": properties,
    "functions/with_tax.sql":
      "{{ config(volatility='deterministic') }}\nselect amount * (1 + rate)",
    "functions/twice.sql": "select {{ function('with_tax') }}(x, 1)",
    "models/priced.sql":
      "{{ config(materialized='table') }} select {{ function('twice') }}(2) as a, "
      + "{{ function('with_tax') }}(2) as b",
  ]

  private func results(_ project: DbtProgramProject) throws -> [String: PlainDictionary] {
    let text = try project.read("target/run_results.json")
    let list = try PlainValue(json: Array(text.utf8)).dictionary?["results"]?.list ?? []
    var results: [String: PlainDictionary] = [:]
    for result in list.compactMap(\.dictionary) {
      results[result["unique_id"]?.string ?? ""] = result
    }
    return results
  }

  @Test func `build makes functions before what calls them`() throws {
    let project = try DbtProgramProject(Self.files)
    let built = try project.dbt("build")
    #expect(built.code == 0, "\(built.output)")
    for words in [
      "1 of 3 START function dev.with_tax ...", "OK created function dev.twice ...",
      "[SUCCESS in", "2 functions, 1 table model in", "Done. PASS=3",
    ] {
      #expect(built.output.contains(words), "\(words)\n\(built.output)")
    }
    #expect(!built.output.contains("Found 2 functions"))
    let results = try results(project)
    let made = try #require(results["function.shop.with_tax"])
    #expect(made["status"] == "success" && made["message"] == "CREATE FUNCTION")
    #expect(made["relation_name"] == .null && made["failures"] == .null)
    #expect(
      made["adapter_response"]
        == ["_message": "CREATE FUNCTION", "code": "CREATE FUNCTION", "rows_affected": -1]
    )
    let shown = try project.dbt("show", "--inline", "select * from {{ ref('priced') }}")
    #expect(shown.output.contains("| 4 | 3.0 |"), "\(shown.output)")
    // The definition that stands, default and all.
    let sent = try project.read("target/run/shop/functions/with_tax.sql")
    #expect(sent.contains("rate numeric DEFAULT 0.5") && sent.contains("IMMUTABLE"), "\(sent)")
    // What is only run, is models.
    let run = try project.dbt("run")
    #expect(run.output.contains("Done. PASS=1") && !run.output.contains("function dev"))
    let again = try project.dbt("build", "--resource-type", "function")
    #expect(again.output.contains("Done. PASS=2"), "\(again.output)")
  }

  @Test func `events of functions have dbt's name and code`() throws {
    let project = try DbtProgramProject(Self.files)
    let events = try project.events("build", "-s", "with_tax", "--log-format", "json")
    let result = try #require(events.first { $0.info?["name"] == "LogFunctionResult" })
    #expect(result.info?["code"] == "Q047" && result.data?["status"] == "success")
    #expect(result.data?["description"] == "function dev.with_tax")
    let node = result.data?["node_info"]?.dictionary
    #expect(node?["materialized"] == "function" && node?["resource_type"] == "function")
    #expect(node?["node_relation"]?.dictionary?["relation_name"] == "")
  }

  @Test func `what cannot be made fails at its turn, with what reads it`() throws {
    var files = Self.files
    files["functions/bare.sql"] = "select 1"
    files["functions/py.py"] = "def main(x):\n  return x"
    files["functions/sums.sql"] = "sum(x)"
    files["functions/lacking.py"] = "def main(x):\n  return x"
    files["functions/g.yml"] = """
      functions:
        - name: py
          config: {runtime_version: "3.11", entry_point: main}
          returns: {data_type: int}
        - {name: sums, config: {type: aggregate}, returns: {data_type: int}}
        - {name: lacking, returns: {data_type: int}, config: {entry_point: main}}
      """
    files["functions/above.sql"] = "select {{ function('bare') }}()"
    files["functions/h.yml"] = "functions: [{name: above, returns: {data_type: int}}]"
    files["models/reader.sql"] = "select {{ function('bare') }}() as a"
    let project = try DbtProgramProject(files)
    let built = try project.dbt("build")
    #expect(built.code == 1)
    let results = try results(project)
    func message(_ name: String) -> String {
      results["function.shop.\(name)"]?["message"]?.string ?? ""
    }
    #expect(
      message("py").contains("No macro named 'scalar_function_python' found within namespace")
    )
    #expect(message("sums").contains("No macro named 'aggregate_function_sql' found"))
    #expect(message("lacking").contains("A `runtime_version` is required for python functions"))
    #expect(message("bare").contains("nothing says what function bare returns"))
    #expect(results["model.shop.reader"]?["status"] == "skipped")
    #expect(results["function.shop.above"]?["status"] == "skipped")
    #expect(built.output.contains("SKIP function above ..."), "\(built.output)")
    #expect(results["model.shop.priced"]?["status"] == "success")
    #expect(built.output.contains("ERROR creating function dev.py ..."), "\(built.output)")
    #expect(built.output.contains("Failure in function py (functions/py.py)"))
  }

  @Test func `macros of the project make what redstart's do not, and replace those`() throws {
    var files = Self.files
    files["functions/py.py"] = "def main(x):\n  return x"
    files["functions/g.yml"] = """
      functions:
        - name: py
          config: {runtime_version: "3.11", entry_point: main}
          arguments: [{name: x, data_type: int}]
          returns: {data_type: int}
      """
    files["macros/m.sql"] = """
      {% macro postgres__scalar_function_python(target_relation) %}
      create or replace function {{ target_relation }} (x int) returns int language sql
      as $$ select {{ model.compiled_code | length }} $$
      {% endmacro %}
      {% macro default__scalar_function_volatility_sql() %}STABLE{% endmacro %}
      """
    files["models/priced.sql"] = "select {{ function('py') }}(1) as a"
    let project = try DbtProgramProject(files)
    let built = try project.dbt("build")
    #expect(built.code == 0, "\(built.output)")
    let sent = try project.read("target/run/shop/functions/with_tax.sql")
    #expect(sent.contains("STABLE") && !sent.contains("IMMUTABLE"))
    let shown = try project.dbt("show", "--inline", "select * from {{ ref('priced') }}")
    #expect(shown.output.contains("| 23 |"), "\(shown.output)")
  }

  @Test func `hooks, comments and rights go with a function`() throws {
    var files = Self.files
    let settings = """
      functions:
        +pre-hook: "create table if not exists {{ target.schema }}.log (t text)"
        +post-hook: "insert into {{ target.schema }}.log values ('{{ this.identifier }}')"
        +persist_docs: {relation: true}
        +grants: {execute: [public]}
      """
    files["functions/f.yml"] = Self.properties.replacing(
      "- name: twice",
      with: "- name: twice\n    description: two times"
    )
    let project = try DbtProgramProject(files, settings: settings)
    let built = try project.dbt("build", "-s", "with_tax", "twice", "--threads", "1")
    #expect(built.code == 0, "\(built.output)")
    let shown = try project.dbt(
      "show",
      "--inline",
      """
      select string_agg(t, ' ' order by t) as t, \
      (select obj_description(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.proname = 'twice' and n.nspname = '{{ target.schema }}') as d, \
      (select p.proacl::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.proname = 'twice' and n.nspname = '{{ target.schema }}') as g \
      from {{ target.schema }}.log
      """,
      "--output",
      "json"
    )
    #expect(shown.output.contains("twice with_tax"), "\(shown.output)")
    #expect(shown.output.contains("two times") && shown.output.contains("{=X/"))
  }

  @Test func `retry makes again what failed, and a deferred call means the other function`() throws
  {
    var files = Self.files
    files["functions/twice.sql"] = "select {{ function('with_tax') }}(y, 1)"
    let project = try DbtProgramProject(files)
    let failed = try project.dbt("build")
    #expect(failed.code == 1 && failed.output.contains("SKIP relation dev.priced"))
    try project.write("functions/twice.sql", "select {{ function('with_tax') }}(x, 1)")
    let retried = try project.dbt("retry")
    #expect(retried.code == 0 && retried.output.contains("Done. PASS=2"), "\(retried.output)")
    // Of the state there is a function in another schema; the target has its own.
    let manifest = try project.read("target/manifest.json")
      .replacing("\"schema\":\"dev\"", with: "\"schema\":\"prod\"")
    try project.write("state/manifest.json", manifest)
    let own = try project.dbt("compile", "-s", "priced", "--defer", "--state", "state", "-q")
    #expect(own.output.contains("\"dev\".\"twice\""), "\(own.output)")
    let other = try project.dbt(
      "compile",
      "-s",
      "priced",
      "--defer",
      "--favor-state",
      "--state",
      "state",
      "-q"
    )
    #expect(other.output.contains("\"prod\".\"twice\""), "\(other.output)")
  }

  @Test func `a unit test of a model that calls functions has its rows under --empty`() throws {
    var files = Self.files
    files["models/orders.sql"] = "select 1 as id"
    files["models/priced.sql"] = "select {{ function('twice') }}(id) as a from {{ ref('orders') }}"
    files["models/m.yml"] = """
      unit_tests:
        - name: doubles
          model: priced
          given: [{input: ref('orders'), rows: [{id: 3}]}]
          expect: {rows: [{a: 6}]}
      """
    let project = try DbtProgramProject(files)
    let built = try project.dbt("build")
    #expect(built.output.contains("PASS priced::doubles"), "\(built.output)")
    let empty = try project.dbt("build", "--empty")
    #expect(empty.output.contains("PASS priced::doubles"), "\(empty.output)")
  }

  @Test func `templates find functions among the relations of a schema, and can drop them`() throws
  {
    var files = Self.files
    files["macros/m.sql"] = """
      {% macro drop_functions() %}
      {%- for relation in adapter.list_relations(target.database, target.schema) | sort(attribute='name') %}
      {%- do log(relation.name ~ ' ' ~ relation.type, info=true) %}
      {%- if relation.is_function %}{% do adapter.drop_relation(relation) %}{% endif %}
      {%- endfor %}
      {%- set left = list_relations_without_caching(api.Relation.create(database=target.database, schema=target.schema)) %}
      {%- do log('left: ' ~ left.columns['name'].values() | join(' '), info=true) %}
      {% endmacro %}
      """
    let project = try DbtProgramProject(files)
    let built = try project.dbt("build")
    #expect(built.code == 0, "\(built.output)")
    let dropped = try project.dbt("run-operation", "drop_functions")
    for words in ["priced table", "twice function", "with_tax function", "left: priced"] {
      #expect(dropped.output.contains(words), "\(words)\n\(dropped.output)")
    }
  }

  @Test func `a function's mistake is shown in its file`() throws {
    var files = Self.files
    files["functions/twice.sql"] = "select\n  {{ function('with_tax') }}(nowhere, 1)"
    let project = try DbtProgramProject(files)
    let built = try project.program.run(["build"])
    #expect(built.code == 1)
    let text = built.output + built.error
    #expect(text.contains("functions/twice.sql:2"), "\(text)")
  }
}

/// The same in Redshift's words: on the local warehouse, and as it is sent to Redshift.
@Suite struct RedshiftFunctionTests {
  private static let files = [
    "functions/f.yml": """
    functions:
      - name: with_tax
        arguments:
          - {name: amount, data_type: "decimal(12,2)"}
          - {name: rate, data_type: "decimal(4,2)"}
        returns: {data_type: "decimal(12,2)"}
      - name: level_of
        description: How far one has come.
        arguments: [{name: level, data_type: varchar}]
        returns: {data_type: "varchar(10)"}
        config: {volatility: deterministic, schema: words, persist_docs: {relation: true}}
    """,
    "functions/with_tax.sql": "select $1 * (1 + $2)",
    "functions/level_of.sql": "select nvl2($1, upper($1), 'none')",
    "models/priced.sql": """
    {{ config(materialized='table') }}
    select {{ function('with_tax') }}(10.00, 0.20) as a, {{ function('level_of') }}('x') as b,
      {{ function('level_of') }}(null) as c
    """,
    "checks/t.sql": "select 1 where {{ function('level_of') }}('y') <> 'Y'",
  ]

  private func expectPriced(_ project: ProgramHarness) throws {
    let built = try project.run(["build"])
    #expect(built.code == 0, "\(built.output)\(built.error)")
    #expect((built.output + built.error).contains("dev.with_tax"))
    let shown = try project.run(["show", "--inline", "select * from {{ ref('priced') }}"])
    #expect(shown.output.contains("12.00") && shown.output.contains("none"), "\(shown.output)")
    let again = try project.run(["build"])
    #expect(again.code == 0, "\(again.output)\(again.error)")
  }

  @Test func `functions are made and called on the local warehouse`() throws {
    var files = Self.files
    files["project.yml"] = "name: shop\ntargets: {dev: {type: local, schema: dev}}\n"
    let project = try ProgramHarness.project(files)
    defer { project.stopServer() }
    try expectPriced(project)
  }

  @Test func `functions are made and called on Redshift`() throws {
    let server = try RedshiftStandIn()
    var files = Self.files
    files["project.yml"] = """
      name: shop
      targets:
        dev:
          \(server.target)
          schema: dev
      """
    try expectPriced(try ProgramHarness.project(files))
    let statements = try server.statements.map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let made = statements.filter { $0.hasPrefix("CREATE OR REPLACE FUNCTION") }
    #expect(
      made.contains {
        $0.contains(
          "\"with_tax\" (decimal(12,2), decimal(4,2)) RETURNS decimal(12,2) VOLATILE AS $$"
        )
      },
      "\(made)"
    )
    #expect(
      made.contains { $0.contains("\"level_of\" (varchar) RETURNS varchar(10) IMMUTABLE AS") }
    )
    // Redshift has no comments on functions.
    #expect(!statements.contains { $0.lowercased().hasPrefix("comment") })
    try server.stop()
  }
}
