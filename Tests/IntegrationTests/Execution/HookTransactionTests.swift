import TestSupport
import Testing

/// What hooks and macros do stays or goes with the data that they belong to.
@Suite struct HookTransactionTests {
  private func project(_ files: [String: String]) throws -> ProgramHarness {
    try ProgramHarness.project(["project.yml": ProgramHarness.shop].merging(files) { $1 })
  }

  private static let relations = """
    select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace \
    where nspname = 'dw' and relkind in ('r', 'v') order by 1
    """

  @Test func `a failing hook takes the new data with it`() throws {
    let project = try project([
      "models/added.sql": """
      {{ config(materialized='incremental', incremental_strategy='append',
                post_hook="{{ 'insert into ' ~ this ~ ' select 1/0' if var('fails', false) }}") }}
      select 1 as a
      """,
      "models/made.sql": """
      {{ config(materialized='table', post_hook="insert into {{ this }} select 1/{{ var('by', 1) }}") }}
      select {{ var('value', 1) }} as a
      """,
      "models/seen.sql": """
      {{ config(post_hook="select 1/{{ var('by', 1) }}") }}
      select a + 1 as a from {{ ref('made') }}
      """,
      "models/early.sql": """
      {{ config(materialized='table', pre_hook="create table dw.noted as select 1 as n") }}
      select 1/{{ var('by', 1) }} as a
      """,
      "seeds/codes.csv": "code\na\n",
      "seeds/schema.yml": """
      seeds: [{ name: codes, config: { post_hook: "select 1/{{ var('by', 1) }}" } }]
      """,
    ])
    defer { project.stopServer() }
    let broken = try project.run("build", "--vars", "{by: 0}")
    #expect(broken.code == 1, "\(broken.error)")
    #expect(try project.csv(Self.relations) == "relname\nadded\n")

    let built = try project.run("build")
    #expect(built.code == 0, "\(built.error)")
    let again = try project.run("build", "--vars", "{by: 0, value: 7, fails: true}")
    #expect(again.code == 1, "\(again.error)")
    #expect(try project.csv("select a from dw.made order by 1") == "a\n1\n1\n")
    #expect(try project.csv("select count(*) as n from dw.added") == "n\n2\n")
    #expect(try project.csv("select a from dw.seen order by 1") == "a\n2\n2\n")
    #expect(
      try project.csv(Self.relations)
        == "relname\nadded\ncodes\nearly\nmade\nnoted\nseen\n"
    )
    let retried = try project.run("retry", "--vars", "{fails: false}")
    #expect(retried.error.contains("added"), "\(retried.error)")
    #expect(try project.csv("select count(*) as n from dw.added") == "n\n3\n")
  }

  @Test func `hooks that are to be outside are outside`() throws {
    let project = try project([
      "models/made.sql": """
      {{ config(materialized='table',
                pre_hook=before_begin("create table if not exists dw.noted (n int)"),
                post_hook=[{'sql': "insert into dw.noted values (1)", 'transaction': False},
                           "vacuum {{ this }}", "insert into {{ this }} values (2)"]) }}
      select 1 as a
      """,
      "models/wrong.sql": """
      {{ config(materialized='table', post_hook=[
           {'sql': "insert into dw.noted values (5)", 'transaction': False}, "select 1/0"]) }}
      -- depends_on: {{ ref('made') }}
      select 1 as a
      """,
    ])
    defer { project.stopServer() }
    let built = try project.run("run")
    #expect(built.code == 1, "\(built.error)")
    #expect(built.error.contains("division"), "\(built.error)")
    #expect(try project.csv("select n from dw.noted") == "n\n1\n")
    #expect(try project.csv("select a from dw.made order by 1") == "a\n1\n2\n")
    #expect(try project.csv(Self.relations) == "relname\nmade\nnoted\n")
  }

  @Test func `views that no longer fit are dropped behind early hooks too`() throws {
    let project = try project([
      "models/base.sql": """
      {{ config(materialized='table', pre_hook="create table if not exists dw.noted (n int)") }}
      select 1 as {{ var('name', 'a') }}
      """,
      "models/upper.sql": "select {{ var('name', 'a') }} as x from {{ ref('base') }}\n",
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let again = try project.run("run", "--vars", "{name: b}")
    #expect(again.code == 0, "\(again.error)")
    #expect(try project.csv("select x from dw.upper") == "x\n1\n")
  }

  @Test func `an operation that fails leaves nothing`() throws {
    let project = try project([
      "models/one.sql": "select 1 as a\n",
      "macros/all.sql": """
      {% macro boom(fails) %}
      {% do run_query('create table if not exists dw.made as select 1 as a') %}
      {% do run_query('insert into dw.made values (2)') %}
      {% if fails %}{{ exceptions.raise_compiler_error('boom') }}{% endif %}
      {% endmacro %}
      {% macro clean() %}
      {% for row in run_query("select 'dw.made' as name").rows %}
      {% do run_query('vacuum ' ~ row[0]) %}
      {% endfor %}
      {% do run_query('insert into dw.made values (3)') %}
      {% do run_query('commit') %}
      {% do run_query('vacuum dw.made') %}
      {% do run_query('insert into dw.made values (4)') %}
      {{ exceptions.raise_compiler_error('late') }}
      {% endmacro %}
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let failed = try project.run("run-operation", "boom", "--args", "{fails: true}")
    #expect(failed.code == 1 && failed.error.contains("boom"), "\(failed.error)")
    #expect(try project.csv(Self.relations) == "relname\none\n")
    let done = try project.run("run-operation", "boom", "--args", "{fails: false}")
    #expect(done.code == 0, "\(done.error)")
    #expect(try project.csv("select a from dw.made order by 1") == "a\n1\n2\n")
    let late = try project.run("run-operation", "clean")
    #expect(late.code == 1 && late.error.contains("late"), "\(late.error)")
    #expect(try project.csv("select a from dw.made order by 1") == "a\n1\n2\n3\n")
  }
}
