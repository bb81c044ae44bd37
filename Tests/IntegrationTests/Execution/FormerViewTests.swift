import TestSupport
import Testing

/// Views of models that are gone, and other things that are left over or in the way.
@Suite struct FormerViewTests {
  @Test func `the view of a renamed model is in nobody's way`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/a.sql": """
      {{ config(materialized='table') }}
      select {{ var('n', 1) }} as {{ var('name', 'k') }}
      """,
      "models/b.sql": "select k from {{ ref('a') }}\n",
    ])
    defer { project.stopServer() }
    #expect(try project.run("build").code == 0)
    try project.folder.remove("models/b.sql")
    try project.folder.write(
      "models/b2.sql",
      "select {{ var('name', 'k') }} as k from {{ ref('a') }}\n"
    )
    let renamed = try project.run("build", "--vars", "{n: 2}")
    #expect(renamed.code == 0, "\(renamed.error)")
    #expect(renamed.error.contains("drop view"), "\(renamed.error)")
    #expect(try project.csv("select k from dw.b") == "k\n2\n")
    // One that does not fit any more goes.
    let changed = try project.run("build", "--vars", "{n: 3, name: other}")
    #expect(changed.code == 0, "\(changed.error)")
    #expect(changed.error.contains("its model is gone"), "\(changed.error)")
    #expect(try project.csv("select k from dw.b2") == "k\n3\n")
    #expect(try project.csv("select to_regclass('dw.b') as b") == "b\n\n")
  }

  @Test func `a view of somebody else stays in the way`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/a.sql": "{{ config(materialized='table') }}\nselect 1 as k\n",
      "macros/m.sql": """
      {% macro look() %}{% do run_query('create view dw.mine as select k from dw.a') %}{% endmacro %}
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    #expect(try project.run("run-operation", "look").code == 0)
    let refused = try project.run("run")
    #expect(refused.code == 1 && refused.error.contains("error[foreign-dependents]"))
  }

  @Test func `a view that somebody else's view reads is replaced where it stands`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/a.sql": "select {{ var('n', 1) }} as {{ var('name', 'k') }}\n",
      "macros/m.sql": """
      {% macro look() %}{% do run_query('create view dw.mine as select k from dw.a') %}{% endmacro %}
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    #expect(try project.run("run-operation", "look").code == 0)
    let replaced = try project.run("run", "--vars", "{n: 2}")
    #expect(replaced.code == 0, "\(replaced.error)")
    #expect(try project.csv("select k from dw.mine") == "k\n2\n")
    #expect(
      try project.csv("select count(*) as n from pg_class where relname like 'a%redstart%'")
        == "n\n0\n"
    )
    // Other columns cannot be had without dropping what is not redstart's.
    let refused = try project.run("run", "--vars", "{name: other}")
    #expect(refused.code == 1 && refused.error.contains("error[foreign-dependents]"))
    #expect(refused.error.contains("it cannot be replaced where it stands either"))
    #expect(try project.csv("select k from dw.mine") == "k\n2\n")
  }

  @Test func `a model that fails tells of the migration that waits`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "migrations/V1__init.sql": "create schema dw;\ncreate table dw.t (a int);\n",
      "models/m.sql": "select b, 1/a as c from {{ source('dw', 't') }}\n",
      "models/sources.yml": "sources: [{ name: dw, tables: [{ name: t }] }]\n",
      "models/w.sql": "{{ config(materialized='table') }}\nselect 1/0 as a\n",
    ])
    defer { project.stopServer() }
    #expect(try project.run("migrate").code == 0)
    try project.folder.write("migrations/V2__b.sql", "alter table dw.t add column b int;\n")
    let failed = try project.run("run", "-s", "m")
    #expect(failed.code == 1, "\(failed.error)")
    #expect(failed.error.contains("migration 2 is pending: redstart migrate"), "\(failed.error)")
    #expect(try project.run("migrate").code == 0)
    let other = try project.run("run")
    #expect(other.code == 1 && !other.error.contains("is pending"), "\(other.error)")
  }

  @Test func `rows are shown as JSON with all their digits and columns`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop + "on-run-start: [\"select 1\", \"select 2\"]\n",
      "models/a.sql": "-- a model\nselect 1 as k, 'x' as t\n",
      "models/b.sql":
        "{{ config(materialized='table') }}\n\nselect 1/(k - 1) as n from {{ ref('a') }}\n",
    ])
    defer { project.stopServer() }
    let ran = try project.run("run", "-s", "a")
    // Hooks are not counted among the nodes.
    #expect(ran.code == 0 && ran.error.contains(" 1/1 "), "\(ran.error)")
    #expect(!ran.error.contains("2/1") && !ran.error.contains("3/1"), "\(ran.error)")
    func json(_ sql: String) throws -> String {
      let shown = try project.run("show", "-q", "--output", "json", "--inline", sql)
      return shown.output + shown.error
    }
    let all = try json(
      """
      select 1 as a, 2 as a, 0.5 as b, 1/3.0::float as c, 12345678901234567890.123456789::decimal(38, 9) as d, \
      'NaN'::float as e, null::int as f, true as g, 'q"' as h
      """
    )
    #expect(
      all == """
        [
          {
            "a": 1,
            "a_2": 2,
            "b": 0.5,
            "c": 0.333333333333333,
            "d": 12345678901234567890.123456789,
            "e": "NaN",
            "f": null,
            "g": true,
            "h": "q\\""
          }
        ]

        """,
      "\(all)"
    )
    #expect(try json("select 1 as a where 1 = 0") == "[]\n")
    let failed = try project.run("show", "-s", "b")
    #expect(failed.code == 1 && failed.error.contains("--> models/b.sql:3:1"), "\(failed.error)")
  }

  @Test func `mistakes in unit tests and macros are shown where they are`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/a.sql": "select 1 as k\n",
      "models/m.sql": "select {{ bad() }} 1 as a\n",
      "macros/bad.sql": """
      {% macro bad() %}
      {% set rows = run_query('select
        nothing from nowhere') %}
      {% endmacro %}
      """,
      "models/schema.yml": """
      unit_tests:
        - name: letters
          model: a
          given: []
          expect: { rows: [{ k: abc }] }
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run", "-s", "a").code == 0)
    let letters = try project.run("test")
    #expect(letters.code == 1, "\(letters.error)")
    #expect(letters.error.contains("--> models/schema.yml:2:"), "\(letters.error)")
    let macro = try project.run("run", "-s", "m")
    #expect(macro.code != 0, "\(macro.error)")
    #expect(macro.error.contains("--> macros/bad.sql:"), "\(macro.error)")
  }
}
