import Diagnostics
import TestSupport
import Testing

/// Projects of dbt on the local warehouse, by the name of `dbt`.
@Suite struct DbtLocalTests {
  private func project(_ files: [String: String]) throws -> ProgramHarness {
    var all = files
    all["dbt_project.yml"] = "name: shop\nprofile: shop\n"
    all["profiles.yml"] =
      "shop: {target: dev, outputs: {dev: {type: local, schema: dev, threads: 2}}}\n"
    return try ProgramHarness.project(all)
  }

  @Test func `a broken ephemeral model fails what reads it, and nothing else`() throws {
    let words = "{{ config(materialized='ephemeral') }}"
    let project = try project([
      "models/unread.sql": "\(words) -- nothing yet",
      "models/unread_too.sql": "\(words) {{ source('raw', 'unread') }}",
      "models/no_query.sql": "\(words) select from from",
      "models/no_template.sql":
        "\(words) {{ exceptions.raise_compiler_error('not now') if execute }} select 1 as a",
      "models/reads_no_query.sql": "select * from {{ ref('no_query') }}",
      "models/reads_no_template.sql": "select * from {{ ref('no_template') }}",
      "models/fine.sql": "select 1 as a",
      "models/raw.yml": "sources: [{name: raw, tables: [{name: unread}]}]",
    ])
    defer { project.stopServer() }
    let built = try project.dbt(["build"])
    #expect(built.code == 1, "\(built.output)")
    let text = try project.folder.read("target/run_results.json")
    let results = try PlainValue(json: Array(text.utf8)).dictionary?["results"]?.list ?? []
    var found: [String: String] = [:]
    var messages: [String: String] = [:]
    for result in results.compactMap(\.dictionary) {
      guard let id = result["unique_id"]?.string else { continue }
      found[id] = result["status"]?.string
      messages[id] = result["message"]?.string
    }
    // What the database would refuse is the reader's failure; where there is no SQL, it is skipped.
    #expect(
      found == [
        "model.shop.fine": "success", "model.shop.reads_no_query": "error",
        "model.shop.reads_no_template": "skipped",
      ]
    )
    #expect(messages["model.shop.reads_no_query"]?.contains("syntax error") == true)
    #expect(messages["model.shop.reads_no_template"]?.contains("not now") == true)
    // What others say is not in the way of what psql prints.
    try project.folder.write(["models/no_sql.py": "def model(dbt, session): pass\n"])
    let shown = try project.dbt(["local", "psql", "--", "-qAtc", "select a from dev.fine"])
    #expect(shown.code == 0 && shown.output == "1\n", "\(shown.output)")
  }
}
