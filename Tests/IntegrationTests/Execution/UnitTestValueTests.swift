import TestSupport
import Testing

/// The values of unit tests, compared as they are written.
@Suite struct UnitTestValueTests {
  @Test func `what is expected is neither rounded nor cut`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/a.sql": """
      {{ config(materialized='table') }}
      select 1 as k, cast(1.50 as decimal(10, 2)) as amount, cast('ab' as char(5)) as code
      """,
      "models/b.sql": """
      select k, sum(amount) as amount, max(code) as code from {{ ref('a') }} group by k
      """,
      "models/c.sql": "select k, amount * 2 as amount from {{ ref('b') }}\n",
      "models/schema.yml": """
      unit_tests:
        - name: rounded
          model: b
          given: [{ input: ref('a'), rows: [{ k: 1, amount: 1.50 }, { k: 1, amount: 2.50 }] }]
          expect: { rows: [{ k: 1, amount: 3.75 }] }
        - name: exact
          model: b
          given: [{ input: ref('a'), rows: [{ k: 1, amount: 1.50 }, { k: 1, amount: 2.25 }] }]
          expect: { rows: [{ k: 1, amount: 3.75 }] }
        - name: letters
          model: b
          given: [{ input: ref('a'), rows: [{ k: 1, code: abc }] }]
          expect: { rows: [{ k: 1, code: abc }] }
        - name: deep
          model: c
          given: [{ input: ref('b'), rows: [{ k: 1, amount: 1.12 }, { k: 2, amount: "12345678901234567890.5" }] }]
          expect: { rows: [{ k: 1, amount: 2.24 }, { k: 2, amount: "24691357802469135781" }] }
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let tested = try project.run("test")
    #expect(tested.code == 1, "\(tested.error)")
    for name in ["exact", "letters", "deep"] {
      let one = try project.run("test", "-s", name)
      #expect(one.code == 0, "\(one.error)")
    }
    let rounded = try project.run("test", "-s", "rounded")
    #expect(rounded.code == 1, "\(rounded.error)")
  }

  @Test func `values without a schema and bytes can be given and expected`() throws {
    let project = try ProgramHarness.project([
      "project.yml": ProgramHarness.shop,
      "models/src.sql": """
      {{ config(materialized='table') }}
      select 1 as k, json_parse('[1]') as s, to_varbyte('abc', 'utf8') as b
      """,
      "models/m.sql": "select k from {{ ref('src') }}\n",
      "models/n.sql": "select k, s, s.x as x, b from {{ ref('src') }}\n",
      "models/schema.yml": """
      unit_tests:
        - name: unused
          model: m
          given: [{ input: ref('src'), rows: [{ k: 1 }] }]
          expect: { rows: [{ k: 1 }] }
        - name: used
          model: n
          given: [{ input: ref('src'), rows: [{ k: 1, s: '{"x": 3}' }, { k: 2, s: { x: [1, 2] } }, { k: 3 }] }]
          expect: { rows: [{ k: 1, x: 3 }, { k: 2, x: [1, 2] }, { k: 3, x: null }] }
        - name: different
          model: n
          given: [{ input: ref('src'), rows: [{ k: 1, s: '{"x": 3}' }] }]
          expect: { rows: [{ k: 1, s: { x: 4 } }] }
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    for name in ["unused", "used"] {
      let one = try project.run("test", "-s", name)
      #expect(one.code == 0, "\(one.error)")
    }
    let different = try project.run("test", "-s", "different")
    #expect(different.code == 1 && different.error.contains("different"), "\(different.error)")
  }
}
