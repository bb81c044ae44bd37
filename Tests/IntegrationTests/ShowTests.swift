import Foundation
import Testing

/// `show --inline`: what may be asked, and how mistakes are told.
@Suite struct ShowTests {
  @Test func takesOneQueryWithOrWithoutSemicolon() throws {
    let project = try ProgramHarness.project([
      "project.yml":
        "name: shop\ntargets:\n  local: { type: local, schema: shop }\n",
      "models/a.sql": "{{ log('hello', info=true) }}select 1 as a; -- one\n",
      "models/b.sql": "{{ config(materialized='ephemeral') }}\nselect 2 as a; -- two\n",
      "models/c.sql": "select a from {{ ref('a') }} union all select a from {{ ref('b') }};\n",
    ])
    defer { project.stopServer() }
    let ran = try project.run("run")
    #expect(ran.code == 0, "\(ran.error)")
    #expect(ran.error.contains("hello\n"), "\(ran.error)")
    let shown = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select sum(a) as n from {{ ref('c') }}; -- both"
    )
    #expect(shown.output == "n\n3\n", "\(shown.error)")
    for (text, code) in [
      ("select", "sql-syntax"), ("", "inline-"), ("drop view {{ ref('a') }}", "inline-"),
      ("select 1; select 2", "inline-"),
    ] {
      let refused = try project.run("show", "--inline", text)
      #expect(refused.code == 2 && refused.error.contains("error[\(code)"), "\(refused.error)")
      #expect(refused.error.contains("--> <inline>"), "\(refused.error)")
    }
  }
}
