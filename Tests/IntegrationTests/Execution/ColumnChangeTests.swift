import TestSupport
import Testing

/// Tables whose columns and those of their query go apart.
@Suite struct ColumnChangeTests {
  @Test(arguments: ["ignore", "append_new_columns", "sync_all_columns"])
  func `longer texts find room in an incremental model`(policy: String) throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/m.sql": """
      {{ config(materialized='incremental', unique_key='id', on_schema_change='\(policy)') }}
      select {{ var('id', 1) }} as id, '{{ var('text', 'a') }}'::varchar({{ var('length', 3) }}) as name
      """,
      "models/v.sql": "select name from {{ ref('m') }}\n",
      "models/late.sql": "{{ config(bind=false) }}\nselect name from {{ ref('m') }}\n",
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let longer = try project.run(
      "run",
      "-s",
      "m",
      "--vars",
      "{id: 2, text: abcdef, length: 6}"
    )
    #expect(longer.code == 0, "\(longer.error)")
    #expect(try project.csv("select name from dw.v order by 1") == "name\na\nabcdef\n")
    #expect(try project.csv("select name from dw.late order by 1") == "name\na\nabcdef\n")
    let shorter = try project.run("run", "-s", "m", "--vars", "{id: 3, text: b, length: 2}")
    #expect(shorter.code == 0, "\(shorter.error)")
    #expect(
      try project.csv(
        """
        select character_maximum_length as n from information_schema.columns \
        where table_schema = 'dw' and table_name = 'm' and column_name = 'name'
        """
      ) == "n\n6\n"
    )
  }

  /// Each takes the view away and makes it again: one at a time.
  @Test func `tables under one view get wider at the same moment`() throws {
    let numbers = 1...8
    var files = ["project.yml": ProgramHarness.shop]
    for number in numbers {
      files["models/m\(number).sql"] = """
        {{ config(materialized='incremental', incremental_strategy='append') }}
        select '{{ var('text', 'a') }}'::varchar({{ var('length', 3) }}) as name
        """
    }
    files["models/v.sql"] = numbers.map { "select name from {{ ref('m\($0)') }}" }
      .joined(separator: "\nunion all\n")
    let project = try ProgramHarness.project(files)
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    for length in 4..<8 {
      let text = String(repeating: "b", count: length)
      let wider = try project.run(
        "run",
        "--exclude",
        "v",
        "--threads",
        "8",
        "--vars",
        "{text: \(text), length: \(length)}"
      )
      #expect(wider.code == 0, "\(wider.error)\(wider.output)")
    }
    #expect(
      try project.csv("select max(len(name)) as n, count(*) as c from dw.v") == "n,c\n7,40\n"
    )
  }

  @Test(arguments: ["incremental", "table", "append", "merge"])
  func `a column of a migration that may be empty stays empty`(kind: String) throws {
    let config =
      switch kind {
      case "table": "materialized='table'"
      case "append": "materialized='incremental', incremental_strategy='append'"
      case "merge":
        "materialized='incremental', incremental_strategy='merge', unique_key='id'"
      default: "materialized='incremental', unique_key='id'"
      }
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "migrations/V1__init.sql": """
      create schema dw;
      create table dw.m (id int, name varchar(5));
      """,
      "models/m.sql": "{{ config(\(config)) }}\nselect 1 as id, 'n' as name\n",
    ])
    defer { project.stopServer() }
    #expect(try project.run("migrate").code == 0)
    #expect(try project.run("run").code == 0)
    try project.folder.write(
      "migrations/V2__note.sql",
      "alter table dw.m add column note varchar(5);\n"
    )
    #expect(try project.run("migrate").code == 0)
    let built = try project.run("run")
    #expect(built.code == 0, "\(built.error)")
    #expect(
      try project.csv("select distinct id, name, note from dw.m") == "id,name,note\n1,n,\n"
    )
    // One that must have a value has to be given.
    try project.folder.write([
      "migrations/V3__n.sql": "create table dw.n (id int, name varchar(5), must int not null);\n",
      "models/n.sql": "{{ config(\(config)) }}\nselect 1 as id, 'n' as name\n",
    ])
    #expect(try project.run("migrate").code == 0)
    let refused = try project.run("run", "-s", "n")
    #expect(refused.code != 0 && refused.error.contains("must"), "\(refused.error)")
  }

  @Test(arguments: ["merge", "delete+insert"])
  func `keys that are NULL are told of`(strategy: String) throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/m.sql": """
      {{ config(materialized='incremental', unique_key='id', incremental_strategy='\(strategy)') }}
      select 1 as id, 'a' as name
      {% if var('missing', true) %}union all select null, 'b'{% endif %}
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let again = try project.run("run")
    #expect(again.code == 0, "\(again.error)")
    #expect(again.error.contains("1 row for dw.m with NULL in id"), "\(again.error)")
    #expect(try project.csv("select count(*) as n from dw.m") == "n\n3\n")
    let whole = try project.run("run", "--vars", "{missing: false}")
    #expect(whole.code == 0 && !whole.error.contains("with NULL"), "\(whole.error)")
  }

  @Test func `views by dbt's own macros are made and made anew`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/v.sql": """
      {{ config(materialized='view', persist_docs={'relation': true}) }}
      select {{ var('n', 1) }} as id
      """,
      "models/schema.yml": "models: [{ name: v, description: words }]\n",
      "macros/v.sql": """
      {% macro create_view_as(relation, sql) %}
      create view {{ relation }} as ({{ sql }})
      {% endmacro %}
      """,
      "models/w.sql": "select id + 1 as id from {{ ref('v') }}\n",
    ])
    defer { project.stopServer() }
    for n in 1...2 {
      let built = try project.run("run", "--vars", "{n: \(n)}")
      #expect(built.code == 0, "\(built.error)")
      #expect(try project.csv("select id from dw.v") == "id\n\(n)\n")
      #expect(try project.csv("select id from dw.w") == "id\n\(n + 1)\n")
    }
    let comment = try project.csv("select obj_description('dw.v'::regclass) as c")
    #expect(comment == "c\nwords\n", "\(comment)")
  }
}
