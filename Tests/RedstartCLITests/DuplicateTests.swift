import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Two things of one name, in dbt's words where the program is called dbt.
@Suite struct DuplicateTests {
  private func parse(
    _ files: [String: String],
    flags: String = ""
  ) async throws -> CommandLineHarness.Outcome {
    var all = DbtFiles.project.merging(files) { $1 }
    all["dbt_project.yml", default: ""] += flags
    let harness = try CommandLineHarness(all, speaksDbt: true)
    return await harness.run("parse", "--profiles-dir", ".")
  }

  private func expectRefused(
    _ sentence: String,
    _ files: [String: String],
    flags: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await parse(files, flags: flags)
    let text = outcome.output + outcome.error
    #expect(outcome.code == 2, "\(text)", sourceLocation: sourceLocation)
    #expect(text.contains(sentence), "\(text)", sourceLocation: sourceLocation)
  }

  @Test func `exposures, unit tests, groups and blocks of documentation are refused twice`()
    async throws
  {
    let exposure = "{name: e, type: dashboard, owner: {email: a@b.c}}"
    try await expectRefused(
      "dbt found two exposures with the name \"e\"",
      ["models/s.yml": "exposures: [\(exposure), \(exposure)]\n"]
    )
    let unitTest = "{name: u, model: m, given: [], expect: {rows: [{id: 1}]}}"
    try await expectRefused(
      "dbt found two unit_tests with the name \"u\"",
      [
        "models/m.sql": "select 1 as id",
        "models/s.yml": "unit_tests: [\(unitTest), \(unitTest)]\n",
      ]
    )
    let group = "{name: g, owner: {name: n}}"
    try await expectRefused(
      "dbt found two groups with the name \"g\"",
      ["models/s.yml": "groups: [\(group), \(group)]\n"]
    )
    let block = "{% docs d %} a {% enddocs %}\n"
    try await expectRefused(
      "dbt found two docs with the name \"d\"",
      ["models/a.md": block, "models/b.md": block]
    )
  }

  @Test func `an exposure that is switched off is no second one`() async throws {
    let outcome = try await parse([
      "models/s.yml": """
      exposures:
        - {name: e, type: dashboard, owner: {email: a@b.c}}
        - {name: e, type: dashboard, owner: {email: a@b.c}, config: {enabled: false}}
      """
    ])
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  @Test func `what dbt says of two of a kind is said`() async throws {
    try await expectRefused(
      "dbt found two models with the name \"m\"",
      ["models/a/m.sql": "select 1", "models/b/m.sql": "select 1"]
    )
    try await expectRefused(
      "dbt found two analyses with the name \"m\"",
      [
        "dbt_project.yml": "name: test\nprofile: test\nanalysis-paths: [analyses]\n",
        "analyses/a/m.sql": "select 1", "analyses/b/m.sql": "select 1",
      ]
    )
    let macro = "{% macro some() %}{% endmacro %}\n"
    try await expectRefused(
      "dbt found multiple macros named \"some\" in the project",
      ["macros/a.sql": macro, "macros/b.sql": macro]
    )
    try await expectRefused(
      "dbt found two sources with the name \"raw_t\"",
      ["models/s.yml": "sources: [{name: raw, tables: [{name: t}, {name: t}]}]\n"]
    )
    let metric = "{name: n, label: l, type: simple, type_params: {measure: people}}"
    try await expectRefused(
      "dbt found two metrics with the name \"n\"",
      ["models/s.yml": "metrics: [\(metric), \(metric)]\n"]
    )
    try await expectRefused(
      "dbt found two resources with the database representation",
      [
        "models/a.sql": "{{ config(alias='same') }} select 1",
        "models/b.sql": "{{ config(alias='same') }} select 1",
      ]
    )
  }

  @Test func `a seed with the name of a model that has versions is refused`() async throws {
    try await expectRefused(
      "dbt found versioned and unversioned models with the name \"same\"",
      [
        "models/same.sql": "select 1 as id", "seeds/same.csv": "id\n1\n",
        "models/s.yml": "models: [{name: same, versions: [{v: 1}]}]\n",
        "macros/a.sql": """
        {% macro generate_alias_name(custom_alias_name, node) -%}
        {{ node.name }}_{{ node.resource_type }}
        {%- endmacro %}
        """,
      ]
    )
  }

  @Test func `tests under both names are refused, in properties and in the project file`()
    async throws
  {
    let sentence = "config: cannot have both 'tests' and 'data_tests' defined"
    try await expectRefused(
      "Invalid test \(sentence)",
      [
        "models/m.sql": "select 1 as id",
        "models/s.yml": """
        models:
          - name: m
            columns: [{name: id, tests: [unique], data_tests: [not_null]}]
        """,
      ]
    )
    try await expectRefused(
      "Invalid project \(sentence)",
      ["models/m.sql": "select 1 as id"],
      flags: "tests: {+enabled: true}\ndata_tests: {+tags: super}\n"
    )
  }

  @Test func `a test that no macro defines fails alone, and cannot be compared`() async throws {
    let files = [
      "models/m.sql": "select 1 as id",
      "models/s.yml": "models: [{name: m, data_tests: [nowhere]}]\n",
    ]
    let harness = try CommandLineHarness(DbtFiles.project.merging(files) { $1 }, speaksDbt: true)
    let parsed = await harness.run("parse", "--profiles-dir", ".")
    #expect(parsed.code == 0, "\(parsed.output)")
    #expect(parsed.output.contains("that does not exist"), "\(parsed.output)")
    let listed = await harness.run("-q", "ls", "--profiles-dir", ".")
    #expect(listed.output == "test.m\ntest.nowhere_m_\n", "\(listed.output)")
    try harness.folder.write(
      "state/manifest.json",
      try harness.folder.read("target/manifest.json")
    )
    let compared = await harness.run(
      "ls",
      "--profiles-dir",
      ".",
      "-s",
      "state:modified",
      "--state",
      "state"
    )
    #expect(compared.code == 2 && compared.output.contains("does not exist"), "\(compared.output)")
  }

  @Test func `tags of an exposure are in order, and meta is joined`() async throws {
    let harness = try CommandLineHarness(
      DbtFiles.project.merging([
        "dbt_project.yml": """
        name: test
        profile: test
        exposures:
          tags: [global, common]
          meta: {a: 1, b: 1}
        """,
        "models/s.yml": """
        exposures:
          - name: e
            type: dashboard
            owner: {email: a@b.c}
            tags: [local]
            meta: {b: 2, c: 2}
            config: {tags: [common], meta: {c: 3}}
        """,
      ]) { $1 },
      speaksDbt: true
    )
    let outcome = await harness.run("parse", "--profiles-dir", ".")
    try #require(outcome.code == 0, "\(outcome.output)")
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let exposure = manifest.dictionary?["exposures"]?.dictionary?["exposure.test.e"]?.dictionary
    #expect(exposure?["tags"] == ["common", "global", "local"])
    #expect(exposure?["meta"] == ["a": 1, "b": 2, "c": 3])
    #expect(exposure?["config"]?.dictionary?["meta"] == ["a": 1, "b": 2, "c": 3])
  }

  @Test func `an exposure is switched on or off and nothing between`() async throws {
    try await expectRefused(
      "'True and False' is not of type 'boolean'",
      [
        "models/s.yml": """
        exposures:
          - {name: e, type: dashboard, owner: {email: a@b.c}, config: {enabled: True and False}}
        """
      ]
    )
  }
}
