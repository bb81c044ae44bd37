import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Parts of the manifest that depend on order, on ephemeral models and on how the command was told.
@Suite struct ManifestEdgeTests {
  private static func manifest(
    _ files: [String: String],
    _ words: String...
  ) async throws -> PlainDictionary {
    let harness = try CommandLineHarness(
      files.merging(["dbt_project.yml": "name: shop\nprofile: none\n"]) { $1 }
    )
    let outcome = await harness.run(words)
    #expect(outcome.code == 0, "\(outcome.error)")
    let text = try harness.folder.read("target/manifest.json")
    return try #require(try PlainValue(json: Array(text.utf8)).dictionary)
  }

  @Test func `parents and children stand in the order of their names`() async throws {
    let manifest = try await Self.manifest(
      [
        "models/z.sql": "select 1 as id", "models/a.sql": "select 1 as id",
        "models/m.sql": "select * from {{ ref('z') }}, {{ ref('a') }}",
        "models/b.sql": "select * from {{ ref('z') }}",
      ],
      "parse"
    )
    let parents = manifest["parent_map"]?.dictionary?["model.shop.m"]
    #expect(parents == ["model.shop.a", "model.shop.z"])
    let children = manifest["child_map"]?.dictionary?["model.shop.z"]
    #expect(children == ["model.shop.b", "model.shop.m"])
    let written = manifest["nodes"]?.dictionary?["model.shop.m"]?.dictionary?["depends_on"]
    #expect(written?.dictionary?["nodes"] == ["model.shop.z", "model.shop.a"])
  }

  @Test func `ephemeral models are noted in what contains them`() async throws {
    let manifest = try await Self.manifest(
      [
        "models/e.sql": "{{ config(materialized='ephemeral') }}select 1 as id",
        "models/f.sql":
          "{{ config(materialized='ephemeral') }}with x as (select 1) select * from {{ ref('e') }}",
        "models/m.sql": "with recursive\n  t as (select * from {{ ref('f') }}) select * from t",
      ],
      "compile"
    )
    let entry = manifest["nodes"]?.dictionary?["model.shop.m"]?.dictionary
    let own = "with x as (select 1) select * from __dbt__cte__e"
    #expect(
      entry?["extra_ctes"] == [
        ["id": "model.shop.e", "sql": " __dbt__cte__e as (\nselect 1 as id\n)"],
        ["id": "model.shop.f", "sql": .string(" __dbt__cte__f as (\n\(own)\n)")],
      ]
    )
    #expect(
      entry?["compiled_code"]
        == .string(
          "with recursive\n   __dbt__cte__e as (\nselect 1 as id\n),  __dbt__cte__f as (\n"
            + own + "\n), t as (select * from __dbt__cte__f) select * from t"
        )
    )
    let first = manifest["nodes"]?.dictionary?["model.shop.e"]?.dictionary
    #expect(first?["extra_ctes"] == [])
  }

  @Test func `arguments of macros are described by blocks of documentation`() async throws {
    let manifest = try await Self.manifest(
      [
        "macros/m.sql": "{% macro m(x) %}1{% endmacro %}",
        "macros/d.md": "{% docs about_x %}what x is{% enddocs %}",
        "macros/y.yml": """
        macros: [{name: m, arguments: [{name: x, type: int, description: "{{ doc('about_x') }}"}]}]
        """,
      ],
      "parse"
    )
    let macro = manifest["macros"]?.dictionary?["macro.shop.m"]?.dictionary
    #expect(macro?["arguments"] == [["name": "x", "type": "int", "description": "what x is"]])
  }

  @Test func `what earlier versions of dbt wrote is compared as it was meant`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n", "models/a.sql": "select 1 as id",
    ])
    #expect(await harness.run("parse").code == 0)
    let text = try harness.folder.read("target/manifest.json")
    var manifest = try #require(try PlainValue(json: Array(text.utf8)).dictionary)
    var node = try #require(manifest["nodes"]?.dictionary?["model.shop.a"]?.dictionary)
    node["raw_sql"] = node["raw_code"]
    for key in ["raw_code", "access", "language"] { node[key] = nil }
    manifest["nodes"] = ["model.shop.a": .dictionary(node)]
    func state(_ version: Int) throws {
      manifest["metadata"] = [
        "dbt_schema_version": .string("https://schemas.getdbt.com/dbt/manifest/v\(version).json")
      ]
      try harness.folder.write("old/manifest.json", PlainValue.dictionary(manifest).jsonString)
    }
    try state(4)
    let same = await harness.run("-q", "ls", "-s", "state:modified", "--state", "old")
    #expect(same.code == 0 && same.output.isEmpty, "\(same.output)\(same.error)")
    try state(3)
    let refused = await harness.run("-q", "ls", "-s", "state:modified", "--state", "old")
    #expect(refused.code == 2, "\(refused.output)")
    #expect(refused.error.contains("different version of dbt"), "\(refused.error)")
  }
}
