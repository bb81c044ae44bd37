import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// What dbt 1.11.16 refuses, warns of and merges when a project is read, as its own functional tests
/// have it.
@Suite struct DbtRefusalTests {
  private func parse(_ files: [String: String]) async throws -> CommandLineHarness.Outcome {
    let harness = try CommandLineHarness(
      ["dbt_project.yml": "name: test\nprofile: none\n", "models/m.sql": "select 1 as id"]
        .merging(files) { $1 }
    )
    return await harness.run("parse")
  }

  private func unitTest(_ words: String, _ files: [String: String] = [:]) async throws
    -> CommandLineHarness.Outcome
  {
    try await parse(["models/u.yml": "unit_tests: [\(words)]"].merging(files) { $1 })
  }

  @Test func `clean wants nothing but the project file`() async throws {
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": """
        name: test
        profile: none
        clean-targets: [target, dbt_packages]
        """,
        "packages.yml": "packages: [{package: dbt-labs/dbt_utils, version: 1.0.0}]",
        "models/broken.yml": "models: {",
        "target/manifest.json": "{}",
      ],
      speaksDbt: true
    )
    let outcome = await harness.run("clean")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    #expect(outcome.output.contains("Cleaned \(harness.folder.path)/target/*"))
    #expect(outcome.output.contains("Cleaned \(harness.folder.path)/dbt_packages/*"))
    #expect(outcome.output.contains("Finished cleaning all paths."))
    #expect(throws: (any Error).self) { try harness.folder.read("target/manifest.json") }
  }

  @Test func `a list of --models is of models alone`() async throws {
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": "name: test\nprofile: none\n", "models/m.sql": "select 1 as id",
        "models/s.yml": "models: [{name: m, columns: [{name: id, data_tests: [unique]}]}]",
        "profiles.yml": """
        none:
          target: dev
          outputs: {dev: {type: postgres, host: h, port: 1, user: u, password: p, dbname: d, schema: s}}
        """,
      ],
      speaksDbt: true
    )
    let models = await harness.run("ls", "-q", "--models", "m")
    #expect(models.code == 0 && models.output == "test.m\n", "\(models.output)")
    #expect(await harness.run("ls", "-q", "--select", "m").output.contains("unique_m_id"))
    let both = await harness.run("ls", "-q", "--models", "m", "--resource-type", "test")
    #expect(both.code == 2 && both.output.contains("mutually exclusive"), "\(both.output)")
    let none = await harness.run("ls", "-q", "-m", "m", "--exclude-resource-type", "model")
    #expect(!none.output.contains("test.m\n"), "\(none.output)")
    let native = try CommandLineHarness([
      "dbt_project.yml": "name: test\nprofile: none\n", "models/m.sql": "select 1 as id",
      "models/s.yml": "models: [{name: m, columns: [{name: id, data_tests: [unique]}]}]",
    ])
    #expect(await native.run("ls", "-q", "-m", "m").output.contains("unique_m_id"))
  }

  @Test func `whether a node is there is true or false, and no word`() async throws {
    for files in [
      ["models/m.sql": "{{ config(enabled='false') }} select 1 as id"],
      ["models/s.yml": "models: [{name: m, config: {enabled: \"{{ env_var('E', 'true') }}\"}}]"],
    ] {
      let outcome = try await parse(files)
      #expect(outcome.code == 2 && outcome.error.contains("`enabled` of m must be true or false"))
    }
    let worded = DbtSentences.adding(
      to: Diagnostic(
        code: "wrong-config",
        "`enabled` of m must be true or false, not \"True and False\""
      ),
      from: Buffers()
    )
    #expect(worded.message.hasPrefix("at path ['enabled']: 'True and False' is not of type"))
  }

  @Test func `a source that is switched off is told as such, and its tests go with it`()
    async throws
  {
    let source =
      "sources: [{name: raw, tables: [{name: t, config: {enabled: false}, data_tests: [{x: {}}]}]}]"
    let files = [
      "models/s.yml": source,
      "tests/x.sql": "{% test x(model) %} select * from {{ model }} {% endtest %}",
      "tests/y.sql": "select * from {{ source('raw', 't') }}",
    ]
    #expect(try await parse(files).code == 0)
    let outcome = try await parse(
      files.merging(["models/r.sql": "select * from {{ source('raw', 't') }}"]) { $1 }
    )
    #expect(outcome.code == 2 && outcome.error.contains("the one in models/s.yml is disabled"))
  }

  @Test func `unit tests of models that are switched off are so too, of others refused`()
    async throws
  {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: test\nprofile: none\n",
      "models/m.sql": "{{ config(enabled=false) }} select 1 as id",
      "models/u.yml":
        "unit_tests: [{name: u, model: m, given: [], expect: {rows: [{id: 1}]}}]",
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let disabled = manifest.dictionary?["disabled"]?.dictionary
    #expect(disabled?["unit_test.test.m.u"]?.list?.count == 1)
    #expect(manifest.dictionary?["unit_tests"] == [:])
    let missing = try await unitTest("{name: u, model: gone, given: [], expect: {rows: []}}")
    #expect(
      missing.code == 2
        && missing.error.contains(
          "Unable to find model 'test.gone' for unit test 'u' in models/u.yml"
        )
    )
  }

  @Test(arguments: [
    ("given: [{input: this, format: xxxx, rows: []}]", "'xxxx' is not a valid UnitTestFormat"),
    ("given: [{input: ref('gone')}]", "Unable to find seed 'test.gone' for unit tests"),
    (
      "given: [{input: \"ref('p', 'gone')\"}]", "Unable to find seed 'p.gone' for unit tests in 'p'"
    ),
    ("given: [{input: this, rows: id}]", "has input rows which do not match format dict"),
    (
      "given: [{input: this, format: csv, rows: [{id: 1}]}]",
      "has input rows or fixtures which do not match format csv"
    ),
    (
      "given: [{input: this, format: csv, fixture: gone}]",
      "File not found for fixture 'gone' in unit tests in models/u.yml"
    ),
  ])
  func `rows of unit tests have the form that is said`(_ given: String, _ words: String)
    async throws
  {
    let outcome = try await unitTest("{name: u, model: m, \(given), expect: {rows: [{id: 1}]}}")
    #expect(outcome.code == 2 && outcome.error.contains(words), "\(outcome.error)")
  }

  @Test func `fixtures lie in any folder, have names of their own, and may be empty`()
    async throws
  {
    let test =
      "{name: u, model: m, given: [{input: this, format: csv, fixture: f}], expect: {rows: []}}"
    let found = try await unitTest(test, ["tests/fixtures/deep/f.csv": "\n"])
    #expect(found.code == 0, "\(found.error)")
    let twice = try await unitTest(
      test,
      ["tests/fixtures/a/f.csv": "id\n1\n", "tests/fixtures/b/f.csv": "id\n1\n"]
    )
    #expect(twice.code == 2 && twice.error.contains("two fixtures are named \"f\""))
    let ignored = try await unitTest(
      test,
      [
        "tests/fixtures/f.csv": "id\n1\n", "tests/fixtures/old/f.csv": "id\n1\n",
        ".dbtignore": "tests/fixtures/old/\n",
      ]
    )
    #expect(ignored.code == 0, "\(ignored.error)")
  }

  @Test(arguments: ["ref('sd')", " ref ( \"sd\" ) ", "ref('test', 'sd')"])
  func `an input without rows is its seed, however it is written`(input: String) async throws {
    let outcome = try await parse([
      "seeds/sd.csv": "id\n1\n", "models/b.sql": "select id from {{ ref('sd') }}",
      "models/u.yml": """
      unit_tests:
        - name: u
          model: b
          given:
            - input: \(PlainValue.string(input).jsonString)
              rows:
          expect: {rows: [{id: 1}]}
      """,
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test func `versions that are switched off may be described together`() async throws {
    let outcome = try await parse([
      "models/v_v1.sql": "{{ config(enabled=false) }} select 1 as id",
      "models/v_v2.sql": "{{ config(enabled=false) }} select 1 as id",
      "models/v.yml": "models: [{name: v, config: {enabled: true}, versions: [{v: 1}, {v: 2}]}]",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test func `unit tests of a model have names of their own, and versions that are there`()
    async throws
  {
    let one = "{name: u, model: m, given: [], expect: {rows: [{id: 1}]}}"
    let twice = try await unitTest("\(one), \(one)")
    #expect(twice.code == 2 && twice.error.contains("two unit tests are named \"u\""))
    let gone = try await unitTest(
      "{name: u, model: m, versions: {include: [2]}, given: [], expect: {rows: [{id: 1}]}}",
      ["models/s.yml": "models: [{name: m, versions: [{v: 1, defined_in: m}]}]"]
    )
    #expect(
      gone.code == 2 && gone.error.contains("referenced a version of 'm' which was not found")
    )
  }

  @Test func `how old a model may get is said with count and period`() async throws {
    for (given, missing) in [("count: 1", "period"), ("period: day", "count")] {
      let outcome = try await parse([
        "models/s.yml": "models: [{name: m, config: {freshness: {build_after: {\(given)}}}}]"
      ])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("`freshness.build_after` must have a value for `\(missing)`"))
    }
    let whole = try await parse([
      "models/s.yml":
        "models: [{name: m, config: {freshness: {build_after: {count: 0, period: day}}}}]"
    ])
    #expect(whole.code == 0, "\(whole.error)")
  }

  @Test func `freshness is merged age by age, over the source and over what stands beside config`()
    async throws
  {
    let harness = try CommandLineHarness([
      "dbt_project.yml": """
      name: test
      profile: none
      sources: {+freshness: {error_after: {count: 9, period: day}}}
      """,
      "models/s.yml": """
      sources:
        - name: raw
          loaded_at_field: at
          freshness: {warn_after: {count: 18, period: hour}, error_after: {count: 24, period: hour}}
          config: {freshness: {warn_after: {count: 12, period: hour}}}
          tables:
            - name: a
              freshness: {warn_after: {count: 9, period: hour}}
              config: {freshness: {warn_after: {count: 6, period: hour}}}
            - {name: b, freshness: {warn_after: {count: 6, period: hour}, error_after: {}}}
            - {name: c, freshness: {warn_after: {count: 6, period: hour}, error_after: null}}
            - {name: d, freshness: null}
        - {name: other, tables: [{name: e}]}
      """,
    ])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 0, "\(outcome.error)")
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let sources = manifest.dictionary?["sources"]?.dictionary
    func freshness(_ name: String) -> PlainDictionary? {
      sources?["source.test.\(name)"]?.dictionary?["freshness"]?.dictionary
    }
    let day: PlainValue = ["count": 24, "period": "hour"]
    let six: PlainValue = ["count": 6, "period": "hour"]
    for name in ["raw.a", "raw.b"] {
      #expect(freshness(name)?["warn_after"] == six && freshness(name)?["error_after"] == day)
    }
    #expect(freshness("raw.c")?["warn_after"] == six && freshness("raw.c")?["error_after"] == .null)
    #expect(sources?["source.test.raw.d"]?.dictionary?["freshness"] == .null)
    // Where the file says nothing, the project file counts.
    #expect(freshness("other.e")?["error_after"] == ["count": 9, "period": "day"])
    let empty = try await parse([
      "models/s.yml": "sources: [{name: raw, tables: [{name: t, loaded_at_field: ''}]}]"
    ])
    #expect(empty.code == 2 && empty.error.contains("loaded_at_field cannot be an empty string"))
  }

  @Test func `what is said of a macro's arguments fits the macro, where the project wants it`()
    async throws
  {
    let files = [
      "macros/a.sql": "{% macro my_macro(one, two, three) %}{% endmacro %}",
      "macros/a.yml": """
      macros:
        - name: my_macro
          arguments:
            - {name: one, type: "list[dict[string, relation]]"}
            - {name: tow, type: "int[int]"}
      """,
    ]
    #expect(!(try await parse(files).error.contains("macro-arguments")))
    let checked = try await parse(
      files.merging([
        "dbt_project.yml": "name: test\nprofile: none\nflags: {validate_macro_args: true}\n"
      ]) { $1 }
    )
    for words in [
      "Argument tow in yaml for macro my_macro does not match the jinja definition",
      "The number of arguments in the yaml for macro my_macro does not match",
      "Argument tow in the yaml for macro my_macro has an invalid type",
    ] {
      #expect(checked.error.contains(words), "\(checked.error)")
    }
    #expect(!checked.error.contains("Argument one"))
  }

  @Test func `what describes a seed as a model is told`() async throws {
    let outcome = try await parse([
      "seeds/rates.csv": "id\n1\n", "models/s.yml": "models: [{name: rates, description: x}]",
    ])
    #expect(outcome.code == 0)
    #expect(outcome.error.contains("warning[misplaced-properties]: 'rates' is a seed node"))
    let event = DbtEventRecord(Diagnostic(.warning, code: "misplaced-properties", "x"))
    #expect(event.name == "WrongResourceSchemaFile" && event.code == "I057")
  }
}
