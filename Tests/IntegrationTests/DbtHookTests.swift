import Diagnostics
import TestSupport
import Testing

/// Hooks of the project and operations as dbt runs them, seen through the program `dbt`.
@Suite(.scenarioServer) struct DbtHookTests {
  @Test func `nodes run after a failed hook unless the project forbids it`() throws {
    let files = ["models/m.sql": "select 1 as id"]
    let hooks = "on-run-start: [\"select 1 / 0\", \"select 2\"]\n"
    let project = try DbtProgramProject(files, settings: hooks)
    let run = try project.dbt("run")
    #expect(run.code == 1, "\(run.output)")
    #expect(run.output.contains("PASS=1 WARN=0 ERROR=1 SKIP=1"), "\(run.output)")
    #expect(try project.rows("select id from dev.m") == ["1"])
    let careful = try DbtProgramProject(
      files,
      settings: hooks + "flags: {skip_nodes_if_on_run_start_fails: true}\n"
    )
    let skipped = try careful.dbt("run")
    #expect(skipped.code == 1, "\(skipped.output)")
    #expect(skipped.output.contains("PASS=0 WARN=0 ERROR=1 SKIP=2"), "\(skipped.output)")
  }

  @Test func `a hook whose template fails before anything runs ends the command`() throws {
    let project = try DbtProgramProject(
      [
        "models/m.sql": "select 1 as id",
        "macros/ask.sql": "{% macro ask() %}{% do run_query('select nope') %}{% endmacro %}",
      ],
      settings: "on-run-start: \"{{ ask() }}\"\n"
    )
    let run = try project.dbt("run")
    #expect(run.code == 2, "\(run.output)")
    #expect(try project.results()["m"]?["status"] == "skipped")
  }

  @Test func `hooks run for tests as well, and are among the results`() throws {
    let project = try DbtProgramProject(
      [
        "models/m.sql": "select 1 as id",
        "models/m.yml": "models: [{name: m, columns: [{name: id, data_tests: [unique]}]}]",
      ],
      settings: """
        on-run-start: "create table if not exists {{ target.schema }}.seen (command text)"
        on-run-end: "insert into {{ target.schema }}.seen values ('{{ flags.WHICH }}')"
        """
    )
    #expect(try project.dbt("run").code == 0)
    let tested = try project.dbt("test")
    #expect(tested.code == 0, "\(tested.output)")
    #expect(try project.resultIDs().count == 3)
    #expect(try project.rows("select command from dev.seen order by 1") == ["run", "test"])
  }

  @Test func `what became of an operation is kept, and retry does it again if it failed`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": "select 1 as id",
      "macros/made.sql": """
      {% macro made(table) %}
        {% do log('making ' ~ table, info=true) %}
        {% do run_query('insert into ' ~ target.schema ~ '.' ~ table ~ ' values (1)') %}
      {% endmacro %}
      """,
    ])
    #expect(try project.dbt("run").code == 0)
    let failed = try project.dbt("run-operation", "made", "--args", "{table: kept}")
    #expect(failed.code == 1 && failed.output.contains("making kept"), "\(failed.output)")
    #expect(try project.results()["made"]?["status"] == "error")
    try project.rows("create table dev.kept (id int)")
    let again = try project.dbt("retry")
    #expect(again.code == 0 && again.output.contains("making kept"), "\(again.output)")
    #expect(try project.rows("select id from dev.kept") == ["1"])
    let done = try project.dbt("retry")
    #expect(done.code == 0 && !done.output.contains("making kept"), "\(done.output)")
  }

  @Test func `retry says what it does not find`() throws {
    let project = try DbtProgramProject([
      "models/kept.sql": "select 1 as id", "models/gone.sql": "select nothing as id",
    ])
    let first = try project.dbt("retry")
    #expect(
      first.code == 2
        && first.output.contains("Could not find previous run in 'target' target directory")
    )
    #expect(try project.dbt("run").code == 1)
    try project.program.folder.remove("models/gone.sql")
    let gone = try project.dbt("retry")
    #expect(
      gone.code == 2 && gone.output.contains("Couldn't find model 'model.shop.gone'"),
      "\(gone.output)"
    )
  }

  @Test func `schemas keep their case on PostgreSQL, where names are told apart by it`() throws {
    let project = try DbtProgramProject([
      "models/m.sql": "select 1 as id",
      "macros/schema.sql": """
      {% macro generate_schema_name(custom_schema_name, node) %}Mixed_{{ target.schema }}{% endmacro %}
      """,
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(try project.rows("select id from \"Mixed_dev\".m") == ["1"])
  }
}

/// What `dbt retry` takes over from the run before.
@Suite(.scenarioServer) struct DbtRetryTests {
  @Test func `retry goes by the threads of the run before, and by warnings as errors only if told`()
    throws
  {
    let project = try DbtProgramProject([
      "models/m.sql": "select 1 as id",
      "models/m.yml": """
      models:
        - name: m
          columns:
            - name: id
              data_tests:
                - accepted_values: {arguments: {values: [2]}, config: {severity: warn}}
      """,
    ])
    #expect(try project.dbt("--warn-error", "build", "--threads", "2").code == 1)
    let retried = try project.dbt("retry")
    #expect(retried.code == 0, "\(retried.output)")
    #expect(try project.arguments()["threads"] == 2)
    let strict = try project.dbt("--warn-error", "retry")
    #expect(strict.code == 1, "\(strict.output)")
  }
}
