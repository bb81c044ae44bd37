import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Parts of the manifest that catalogues read, as dbt 1.11.16 writes them for the same project.
@Suite struct ManifestDetailTests {
  @Test func `contracts, groups and macros are described`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: rich\nprofile: none\n",
      "models/m.sql": "{{ config(group='g') }} select 1 as id",
      "models/c.sql": """
      {{ config(contract={'enforced': true}, materialized='incremental', unique_key='id',
                on_schema_change='fail') }}
      select 1 as id, 'a' as name
      """,
      "models/y.yml": """
      groups: [{name: g, owner: {name: me}}]
      models:
        - name: c
          constraints: [{type: primary_key, columns: [id]}]
          columns:
            - {name: id, data_type: integer, constraints: [{type: not_null}]}
            - {name: name, data_type: text}
      macros: [{name: mm, description: mac, arguments: [{name: a, type: string, description: x}]}]
      """,
      "macros/mm.sql": "{% macro mm(a) %}1{% endmacro %}",
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let manifest = try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
    let model = manifest["nodes"]?.dictionary?["model.rich.c"]?.dictionary
    #expect(
      model?["contract"]?.dictionary?["checksum"]
        == "1bd89f4bfb9e4a715b1365ad4b65bb90accbc7a1e6b48bb88ad46ea1bafacb57"
    )
    #expect(manifest["group_map"] == ["g": ["model.rich.m"]])
    let macro = manifest["macros"]?.dictionary?["macro.rich.mm"]?.dictionary
    #expect(macro?["description"] == "mac" && macro?["patch_path"] == "rich://models/y.yml")
    #expect(macro?["arguments"] == [["name": "a", "type": "string", "description": "x"]])
  }
}
