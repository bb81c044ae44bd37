import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Sources of packages that a project changes, and what sources hand on, as dbt 1.11.16 has them.
@Suite struct SourceOverrideTests {
  private static let files = [
    "dbt_project.yml": "name: shop\nprofile: none\nvars: {who: root}\n",
    "packages.yml": "packages: [{local: inner}]",
    "models/a.sql": "select 1 as id",
    "models/d.md": "{% docs d %}Doc{% enddocs %}",
    "models/s.yml": """
    sources:
      - name: raw
        overrides: inner
        description: "root's {{ doc('d') }}"
        schema: "{{ var('who') }}_schema"
        meta: {b: 2}
        tables:
          - name: t
            description: patched
            columns: [{name: id, quote: true, data_tests: [not_null]}]
            data_tests: []
    """,
    "dbt_packages/inner/dbt_project.yml": "name: inner\nvars: {who: package}\n",
    "dbt_packages/inner/models/s.yml": """
    sources:
      - name: raw
        schema: "{{ var('who') }}_raw"
        loader: fivetran
        freshness: {warn_after: {count: 1, period: day}}
        quoting: {identifier: true}
        meta: {a: 1}
        tags: [two, one]
        config: {event_time: et, meta: {c: 3}}
        tables:
          - name: t
            identifier: tt
            tags: [deep]
            columns: [{name: id, data_tests: [unique]}, {name: other}]
            data_tests: [unique: {column_name: id}]
          - {name: u, columns: [{name: id, tags: [col], data_tests: [unique]}]}
    """,
  ]

  private func manifest(_ files: [String: String]) async throws -> PlainDictionary {
    let harness = try CommandLineHarness(files)
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    return try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }

  @Test func `a project's word takes the place of the package's, key by key`() async throws {
    let manifest = try await manifest(Self.files)
    let sources = try #require(manifest["sources"]?.dictionary)
    #expect(sources.keys == ["source.inner.raw.t", "source.inner.raw.u"])
    let table = try #require(sources["source.inner.raw.t"]?.dictionary)
    #expect(
      table["schema"] == "root_schema" && table["unrendered_schema"] == "{{ var('who') }}_raw"
    )
    #expect(table["identifier"] == "tt" && table["loader"] == "fivetran")
    #expect(table["description"] == "patched" && table["source_description"] == "root's Doc")
    // The package's config and freshness are gone with what it says of meta.
    #expect(table["meta"] == ["b": 2] && table["source_meta"] == ["b": 2])
    #expect(table["config"]?.dictionary?["event_time"]?.isNull != false)
    #expect(table["freshness"]?.dictionary?["warn_after"]?.dictionary?["count"] == .null)
    #expect(table["tags"] == ["deep", "one", "two"])
    #expect(table["quoting"]?.dictionary?["identifier"] == true)
    #expect(table["columns"]?.dictionary?.keys == ["id"])
    let tests = try #require(manifest["nodes"]?.dictionary).keys.filter { $0.hasPrefix("test.") }
    #expect(
      tests.map { $0.split(separator: ".")[2] } == [
        "source_not_null_raw_t__id_", "source_unique_raw_u_id",
      ]
    )
  }

  @Test func `tests have the tags of their column and of its source`() async throws {
    let files = Self.files.merging([
      "models/m.yml": """
      models:
        - name: a
          columns: [{name: id, tags: [c], config: {tags: [d]}, data_tests: [not_null]}]
      """
    ]) { $1 }
    let nodes = try #require(try await manifest(files)["nodes"]?.dictionary)
    func tags(_ name: String) -> PlainValue? {
      nodes.pairs.first { $0.key.contains(".\(name).") }?.value.dictionary?["tags"]
    }
    #expect(tags("source_unique_raw_u_id") == ["col", "one", "two"])
    #expect(tags("not_null_a_id") == ["c", "d"])
  }
}
