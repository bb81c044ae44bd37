import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// `state:` where what is written counts, and what dbt says of contracts and large seeds.
@Suite struct WrittenStateTests {
  private static let project = [
    "dbt_project.yml": """
    name: test
    profile: test
    flags: {state_modified_compare_more_unrendered_values: true}
    """,
    "profiles.yml": """
    test:
      outputs:
        default: {type: postgres, host: localhost, user: u, password: p, dbname: d, schema: s, port: 1}
    """,
  ]

  /// A project with its manifest of before as state.
  private func parsed(
    _ files: [String: String],
    _ words: String...
  ) async throws -> CommandLineHarness {
    let harness = try CommandLineHarness(Self.project.merging(files) { $1 }, speaksDbt: true)
    let outcome = await harness.run(["parse", "--profiles-dir", "."] + words)
    try #require(outcome.code == 0, "\(outcome.output)")
    try harness.folder.write(
      "state/manifest.json",
      try harness.folder.read("target/manifest.json")
    )
    return harness
  }

  private func modified(
    _ harness: CommandLineHarness,
    _ words: String...
  ) async -> CommandLineHarness.Outcome {
    await harness.run(
      ["ls", "--profiles-dir", ".", "-s", "state:modified", "--state", "state"] + words
    )
  }

  private func unrendered(_ harness: CommandLineHarness, _ id: String) throws -> PlainValue? {
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    return manifest.dictionary?["nodes"]?.dictionary?[id]?.dictionary?["unrendered_config"]
  }

  @Test func `a variable in config() of a model is no change of the model`() async throws {
    let harness = try await parsed(
      [
        "models/m.sql": "{{ config(materialized=var('how')) }} select 1 as id",
        "models/plain.sql": "{{ config(materialized='table') }} select 1 as id",
      ],
      "--vars",
      "how: view"
    )
    let same = await modified(harness, "--vars", "how: table", "-q")
    #expect(same.code == 0 && same.output.isEmpty, "\(same.output)")
    #expect(
      try unrendered(harness, "model.test.m") == [
        "materialized": .string(
          "Keyword(key='materialized', value=Call(node=Name(name='var', ctx='load'), "
            + "args=[Const(value='how')], kwargs=[], dyn_args=None, dyn_kwargs=None))"
        )
      ]
    )
    #expect(try unrendered(harness, "model.test.plain") == ["materialized": "table"])
    try harness.folder.write(
      "models/m.sql",
      "{{ config(materialized=var('other', 'view')) }} select 1 as id"
    )
    let changed = await modified(harness, "-q")
    #expect(changed.output == "test.m\n", "\(changed.output)\(changed.error)")
  }

  @Test func `lists that dbt has written twice over are the same lists`() async throws {
    let harness = try await parsed([
      "models/m.sql": "select 1 as id",
      "models/s.yml": """
      models:
        - name: m
          config: {tags: [a, b], post_hook: select 1}
      """,
    ])
    let own = try harness.folder.read("state/manifest.json")
    var manifest = try #require(try PlainValue(json: Array(own.utf8)).dictionary)
    var nodes = try #require(manifest["nodes"]?.dictionary)
    var model = try #require(nodes["model.test.m"]?.dictionary)
    model["unrendered_config"] = ["tags": ["a", "b", "a", "b"], "post_hook": "select 1"]
    nodes["model.test.m"] = .dictionary(model)
    manifest["nodes"] = .dictionary(nodes)
    try harness.folder.write("state/manifest.json", PlainValue.dictionary(manifest).jsonString)
    let outcome = await modified(harness, "-q")
    #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.output)")
  }

  @Test func `what breaks a contract is told in dbt's words`() async throws {
    func schema(_ columns: String, _ config: String = "{contract: {enforced: true}}") -> String {
      "models: [{name: m, config: \(config), columns: [\(columns)]}]\n"
    }
    let model = "{{ config(materialized='table') }} select 1 as id"
    let id = "{name: id, data_type: int, constraints: [{type: not_null}]}"
    let harness = try await parsed([
      "models/m.sql": model, "models/s.yml": schema("\(id), {name: b, data_type: int}"),
    ])
    for (edit, sentences) in [
      (schema(id), ["Columns were removed: b"]),
      (
        schema("{name: id, data_type: text}, {name: b, data_type: int}"),
        [
          "Columns with data_type changes: id (int -> text)",
          "Enforced column level constraints were removed: id (not_null)",
        ]
      ),
      (schema("\(id), {name: b, data_type: int}", "{}"), ["Contract enforcement was removed"]),
      (
        schema("\(id), {name: b, data_type: int}", "{contract: {enforced: true}, enabled: false}"),
        ["Contracted model 'model.test.m' was disabled."]
      ),
    ] {
      try harness.folder.write("models/s.yml", edit)
      let outcome = await modified(harness)
      for sentence in sentences { #expect(outcome.output.contains(sentence), "\(outcome.output)") }
    }
    try harness.folder.remove("models/m.sql")
    try harness.folder.remove("models/s.yml")
    let gone = await modified(harness)
    #expect(
      gone.output.contains("Contracted model 'model.test.m' was deleted or renamed."),
      "\(gone.output)"
    )
  }

  @Test func `a seed that has grown too large to look at is told of`() async throws {
    let harness = try await parsed(["seeds/s.csv": "id\n1\n"])
    let large = "id\n" + String(repeating: "1234567\n", count: 140_000)
    try harness.folder.write("seeds/s.csv", large)
    let grown = await modified(harness, "--log-format", "json")
    #expect(grown.output.contains("Found a seed (test.s) >1MB in size."), "\(grown.output)")
    #expect(grown.output.contains("\"SeedIncreased\""))
    let strict = await harness.run([
      "--warn-error", "ls", "--profiles-dir", ".", "-s", "state:modified", "--state", "state",
    ])
    #expect(strict.code == 2 && strict.output.contains(">1MB"), "\(strict.output)")
  }

  @Test func `groups, time spines and deprecation dates stand in the manifest as dbt writes them`()
    async throws
  {
    let harness = try await parsed([
      "models/days.sql": "select 1 as date_day",
      "models/s.yml": """
      groups: [{name: g, owner: {name: n}}]
      models:
        - name: days
          deprecation_date: 2999-05-01 00:00:00-04:00
          time_spine: {standard_granularity_column: date_day}
          columns:
            - name: date_day
              granularity: day
              data_tests: [{unique: {config: {group: g}}}]
      """,
      "tests/t.sql": "{{ config(group='g') }} select 1 from {{ ref('days') }}",
    ])
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let nodes = try #require(manifest.dictionary?["nodes"]?.dictionary)
    let model = nodes["model.test.days"]?.dictionary
    #expect(model?["deprecation_date"] == "2999-05-01T00:00:00-04:00")
    #expect(model?["time_spine"]?.dictionary?["custom_granularities"] == [])
    let groups = manifest.dictionary?["groups"]?.dictionary
    #expect(groups?["group.test.g"]?.dictionary?["config"] == ["meta": [:]])
    let generic = nodes.pairs.first { $0.key.hasPrefix("test.test.unique") }?.value.dictionary
    // It is in the group of its model, which has none.
    #expect(generic?["group"] == .null)
    #expect(nodes["test.test.t"]?.dictionary?["group"] == "g")
  }

  @Test func `a block of documentation is used where its text stands as it is`() async throws {
    let harness = try await parsed([
      "models/d.md": "{% docs d %}column {n}{% enddocs %}",
      "models/m.sql": "select 1 as a, 2 as b",
      "models/s.yml": """
      models:
        - name: m
          columns:
            - {name: a, description: "{{ doc('d').format(n='a') }}"}
            - {name: b, description: "{{ doc('d') }}"}
      """,
    ])
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let model = manifest.dictionary?["nodes"]?.dictionary?["model.test.m"]?.dictionary
    let columns = model?["columns"]?.dictionary
    #expect(columns?["a"]?.dictionary?["description"] == "column a")
    #expect(columns?["a"]?.dictionary?["doc_blocks"] == [])
    #expect(columns?["b"]?.dictionary?["doc_blocks"] == ["doc.test.d"])
  }
}
