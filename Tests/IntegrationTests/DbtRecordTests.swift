import Diagnostics
import TestSupport
import Testing

/// What the program that is called dbt leaves behind it, and rows that its keys find again.
@Suite(.scenarioServer) struct DbtRecordTests {
  @Test func `compile, show, operations and lists leave the artifacts that dbt leaves`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 as id",
      "models/e.sql": "{{ config(materialized='ephemeral') }} select 1 as id",
      "seeds/s.csv": "id\n1\n",
      "tests/t.sql": "select 1 where false",
      "macros/op.sql": "{% macro op(x=1) %}{% do run_query('select 1') %}{% endmacro %}"
        + "{% macro bad() %}{% do run_query('select nope') %}{% endmacro %}",
    ])
    #expect(try project.dbt("ls", "-s", "a").code == 0)
    #expect(try project.read("target/manifest.json").contains("model.shop.a"))
    #expect(try project.dbt("compile", "--vars", "{x: 1}").code == 0)
    #expect(try project.resultIDs().sorted() == ["model.shop.a", "seed.shop.s", "test.shop.t"])
    let results = try project.results()
    #expect(results["a"]?["compiled"] == true && results["s"]?["compiled"] == .null)
    let arguments = try PlainValue(json: Array(project.read("target/run_results.json").utf8))
      .dictionary?["args"]?.dictionary
    #expect(arguments?["which"] == "compile" && arguments?["select"] == [])
    #expect(arguments?["vars"] == ["x": 1] && arguments?["write_json"] == true)
    #expect(arguments?["invocation_command"]?.string?.hasPrefix("dbt compile --vars") == true)
    #expect(try project.dbt("compile", "--inline", "select 2").code == 0)
    #expect(try project.resultIDs() == ["sql_operation.shop.inline_query"])
    #expect(try project.dbt("run-operation", "op").code == 0)
    #expect(try project.resultIDs() == ["macro.shop.op"])
    #expect(try project.results()["op"]?["status"] == "success")
    #expect(try project.dbt("run-operation", "bad").code == 1)
    #expect(try project.results()["bad"]?["status"] == "error")
  }

  @Test func `secrets among variables are written nowhere`() throws {
    let project = try DbtProgramProject(["models/a.sql": "select 1 as id"])
    let run = try project.dbt("run", "--vars", "{DBT_ENV_SECRET_KEY: hush-hush, other: known}")
    #expect(run.code == 0, "\(run.output)")
    let written = try project.read("target/run_results.json")
    #expect(!written.contains("hush-hush") && written.contains("known"))
    let told = try project.dbt("run", "--debug", "--vars", "{DBT_ENV_SECRET_KEY: hush-hush}")
    #expect(told.code == 0 && !told.output.contains("hush-hush"), "\(told.output)")
    let log = try project.read("logs/dbt.log")
    #expect(log.contains("Running with dbt=") && !log.contains("hush-hush"))
    #expect(!log.contains("known"), "what is handed over is not told at all")
  }

  @Test func `secrets of statements that are made while nodes run stay out of the log`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": """
      {{ config(post_hook="comment on view {{ this }} is 'x'; alter role redstart password '{{ 'wo' ~ 'rd-of-9' }}'") }}
      select 1 as id
      """
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    let log = try project.read("logs/dbt.log")
    #expect(log.contains("alter role redstart password") && !log.contains("word-of-9"))
  }

  @Test func `what was masked is not run again, and an operation is, on its target`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select 1 / 0 as id",
      "models/b.sql": "{{ config(materialized='table') }} select 1 / 0 as id",
      "macros/op.sql": "{% macro op() %}{% do run_query('select nope') %}{% endmacro %}",
    ])
    #expect(try project.dbt("run", "--vars", "{DBT_ENV_SECRET_KEY: hush-hush}").code == 1)
    let masked = try project.dbt("retry")
    #expect(masked.code == 2 && masked.output.contains("held secrets"), "\(masked.output)")
    #expect(try project.dbt("retry", "--vars", "{DBT_ENV_SECRET_KEY: hush-hush}").code == 1)
    #expect(try project.dbt("run-operation", "op", "--target", "dev", "--threads", "1").code == 1)
    let again = try project.dbt("retry")
    #expect(again.code == 1 && again.output.contains("nope"), "\(again.output)")
    #expect(try project.resultIDs() == ["macro.shop.op"])
    let arguments = try PlainValue(json: Array(project.read("target/run_results.json").utf8))
      .dictionary?["args"]?.dictionary
    #expect(arguments?["target"] == "dev" && arguments?["threads"] == 1)
  }

  @Test func `rows are found again by quoted keys, by expressions, and not at all without a key`()
    throws
  {
    func model(_ config: String) -> String {
      """
      {{ config(materialized='incremental', \(config)) }}
      select 1 as "col_A", 'x' as part, {{ 1 if is_incremental() else 0 }} as run
      """
    }
    let project = try DbtProgramProject([
      "models/quoted.sql": model("unique_key='\"col_A\"'"),
      "models/worked.sql": model("unique_key=\"part || '-x'\""),
      "models/keyless.sql": model("incremental_strategy='delete+insert'"),
    ])
    for _ in 1...2 {
      let run = try project.dbt("run")
      #expect(run.code == 0, "\(run.output)")
    }
    for (name, rows) in [("quoted", 1), ("worked", 1), ("keyless", 2)] {
      let shown = try project.dbt(
        "show",
        "-q",
        "--output",
        "json",
        "--inline",
        "select count(*) as rows, max(run) as last from {{ ref('\(name)') }}"
      )
      #expect(shown.output.contains("\"rows\": \(rows)"), "\(name) \(shown.output)")
      #expect(shown.output.contains("\"last\": 1"), "\(name) \(shown.output)")
    }
  }

  @Test func `types of a contract may be dbt's own words, and must be there`() throws {
    func contract(_ columns: String) -> String {
      "models: [{name: m, config: {contract: {enforced: true}}, columns: [\(columns)]}]"
    }
    let project = try DbtProgramProject([
      "models/m.sql": "{{ config(materialized='table') }} select 'a'::text as name, 1.5 as n",
      "models/s.yml": contract("{name: name, data_type: string}, {name: n, data_type: numeric}"),
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(
      run.output.contains(
        "Detected columns with numeric type and unspecified precision/scale, this can lead to "
          + "unintended rounding: ['n']"
      )
    )
    try project.write("models/s.yml", contract("{name: name, data_type: string}, {name: n}"))
    let untyped = try project.dbt("run")
    #expect(untyped.code == 1)
    #expect(
      untyped.output.contains(
        "the column name and data_type are defined within the YAML configuration for the ['n']"
      ),
      "\(untyped.output)"
    )
  }

  @Test func `what is wrong is told in the words that people look for`() throws {
    let project = try DbtProgramProject([
      "models/a.sql": "select * from {{ ref('gone') }}"
    ])
    let missing = try project.dbt("parse")
    #expect(missing.code == 2)
    #expect(missing.output.contains("depends on a node named 'gone' which was not found"))
    try project.write("models/gone.sql", "{{ config(enabled=false) }} select 1 as id")
    let disabled = try project.dbt("parse")
    #expect(disabled.output.contains("depends on a node named 'gone' which is disabled"))
  }
}
