import Foundation
import TestSupport
import Testing

/// Findings about SQL that redstart writes stand at what the user wrote.
@Suite(.scenarioServer) struct PlaceTests {
  private func scenario(_ files: [String: String]) throws -> Scenario {
    let scenario = try Scenario(
      ["V1__a.sql": "create schema mig; create table mig.t (id int, s varchar(10));"],
      files: files
    )
    #expect(try scenario.migrate().code == 0)
    return scenario
  }

  @Test func notesOfClausesStandAtTheirSettings() throws {
    let scenario = try scenario([
      "models/one.sql":
        "{{ config(materialized='table',\n  dist='id',\n  sort=['s']) }}\nselect id, s from mig.t",
      // Made by a macro of redstart's own.
      "models/two.sql":
        "{{ config(materialized='incremental', backup=false) }}\nselect id, s from mig.t",
      "models/three.sql": "select id, s from mig.t",
      "models/three.yml": """
      models:
        - name: three
          config: { materialized: table, sort_type: interleaved, sort: [id] }
      """,
    ])
    func notes(_ name: String) throws -> String {
      let outcome = try scenario.project.run(["run", "--select", name])
      #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
      return outcome.output + outcome.error
    }
    let one = try notes("one")
    #expect(
      one.contains("DISTKEY has no effect on the local warehouse (models/one.sql:2:3)"),
      "\(one)"
    )
    #expect(
      one.contains("SORTKEY has no effect on the local warehouse (models/one.sql:3:3)"),
      "\(one)"
    )
    let two = try notes("two")
    #expect(
      two.contains("BACKUP has no effect on the local warehouse (models/two.sql:1:39)"),
      "\(two)"
    )
    let three = try notes("three")
    #expect(
      three.contains("SORTKEY has no effect on the local warehouse (models/three."),
      "\(three)"
    )
    for text in [one, two, three] {
      #expect(!text.contains("target/run") && !text.contains("<built-in>"), "\(text)")
    }
  }

  @Test(arguments: [
    (
      "table", "{{ config(materialized='table',\n  sql_header=\"select 1;\\nselect nope;\") }}",
      "2:33"
    ),
    ("view", "{{ config(sql_header='select nope;') }}", "1:30"),
    (
      "table", "{% call set_sql_header(config) %}\n  select 1;\n  select nope;\n{% endcall %}\n",
      "3:10"
    ),
  ])
  func errorsInHeadersStandThere(kind: String, header: String, place: String) throws {
    let scenario = try scenario([
      "models/m.sql": "\(header)\nselect id from mig.t",
      "models/m.yml": "models:\n  - { name: m, config: { materialized: \(kind) } }\n",
    ])
    for words in [["run"], ["show", "--select", "m"]] {
      let outcome = try scenario.project.run(words)
      #expect(outcome.code != 0)
      let text = outcome.output + outcome.error
      #expect(text.contains("models/m.sql:\(place)"), "\(words) \(text)")
    }
  }

  @Test func errorsOfTheDatabaseInHooksStandThere() throws {
    let scenario = try scenario([
      "models/m.sql":
        "{{ config(materialized='table',\n  post_hook='select 1 / (s.id - 1) from {{ this }} s where s.nope = 1') }}\nselect 1 as id"
    ])
    let outcome = try scenario.project.run(["run", "--no-check"])
    let text = outcome.output + outcome.error
    #expect(outcome.code != 0 && text.contains("models/m.sql:2:60"), "\(text)")
  }

  @Test func errorsInMacrosOfRedstartsOwnStandWhereTheyAreCalled() throws {
    let scenario = try scenario([
      "models/one.sql": "{{ config(materialized='view') }}\nselect id, s from mig.t",
      "models/one.yml": """
      models:
        - name: one
          columns:
            - name: id
              data_tests:
                - not_null: { config: { where: "nothing = 1", static_analysis: "off" } }
      """,
    ])
    let outcome = try scenario.project.run(["build"])
    let text = outcome.output + outcome.error
    #expect(outcome.code == 1 && text.contains("column \"nothing\" does not exist"), "\(text)")
    #expect(text.contains("--> models/one.yml:6:13"), "\(text)")
    #expect(text.contains("in redstart's own macro \"test_not_null\""), "\(text)")
  }
}
