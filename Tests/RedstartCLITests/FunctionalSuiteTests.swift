import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// What dbt's own functional tests ask of a project, with what dbt 1.11.16 gives for it.
@Suite struct FunctionalSuiteTests {
  private func manifest(_ files: [String: String], _ words: String...) async throws
    -> PlainDictionary
  {
    let harness = try CommandLineHarness(
      ["dbt_project.yml": "name: test\nprofile: none\n"].merging(files) { $1 }
    )
    let outcome = await harness.run(words)
    try #require(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    return try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }

  private func refusal(_ files: [String: String]) async throws -> String {
    let harness = try CommandLineHarness(
      ["dbt_project.yml": "name: test\nprofile: none\n"].merging(files) { $1 }
    )
    let outcome = await harness.run("parse")
    #expect(outcome.code == 2, "\(outcome.output)\(outcome.error)")
    return outcome.output + outcome.error
  }

  @Test func `a version may have tests and columns of its own`() async throws {
    let manifest = try await manifest(
      [
        "models/m_v1.sql": "select 1 as a, 1 as b",
        "models/m_v2.sql": "select 1 as a, 1 as c",
        "models/m_v3.sql": "select 1 as a, 1 as b",
        "models/s.yml": """
        models:
          - name: m
            latest_version: 2
            data_tests: [{unique: {arguments: {column_name: a}}}]
            columns:
              - {name: a, data_tests: [not_null]}
              - {name: b, data_tests: [not_null]}
            versions:
              - v: 1
              - v: 2
                data_tests: []
                columns:
                  - {include: all, exclude: [b]}
                  - {name: c, data_type: integer, tags: [own], data_tests: [unique]}
              - v: 3
                tests: [{unique: {arguments: {column_name: b}}}]
        """,
      ],
      "parse"
    )
    let tests = (manifest["nodes"]?.dictionary?.pairs ?? []).map(\.key)
      .filter { $0.hasPrefix("test.") }.map { String($0.split(separator: ".")[2]) }
    #expect(
      tests.sorted() == [
        "not_null_m_v1_a", "not_null_m_v1_b", "not_null_m_v2_a", "not_null_m_v3_a",
        "not_null_m_v3_b", "unique_m_v1_a", "unique_m_v2_c", "unique_m_v3_b",
      ]
    )
    let columns = manifest["nodes"]?.dictionary?["model.test.m.v2"]?.dictionary?["columns"]
    #expect(columns?.dictionary?.pairs.map(\.key) == ["a", "c"])
    #expect(columns?.dictionary?["c"]?.dictionary?["tags"] == ["own"])
  }

  @Test func `what is disabled has the shape of its kind, and all of one name are there`()
    async throws
  {
    let manifest = try await manifest(
      [
        "models/a/m.sql": "{{ config(enabled=false) }} select 1 as id",
        "models/b/m.sql": "{{ config(enabled=false) }} select 2 as id",
        "models/s.yml":
          "sources: [{name: src, tables: [{name: t, config: {enabled: false}}]}]",
      ],
      "parse"
    )
    let disabled = try #require(manifest["disabled"]?.dictionary)
    #expect(disabled["model.test.m"]?.list?.count == 2)
    let source = disabled["source.test.src.t"]?.list?.first?.dictionary
    #expect(source?["source_name"] == "src" && source?["identifier"] == "t")
  }

  @Test func `foreign keys of compiled models name relations`() async throws {
    let files = [
      "models/a.sql": "select 1 as id", "models/b.sql": "select 1 as id",
      "models/s.yml": """
      models:
        - name: b
          config: {materialized: table, contract: {enforced: true}}
          constraints: [{type: foreign_key, columns: [id], to: "ref('a')", to_columns: [id]}]
          columns:
            - name: id
              data_type: integer
              constraints: [{type: foreign_key, to: "source('raw', 't')", to_columns: [id]}]
      sources: [{name: raw, tables: [{name: t}]}]
      """,
    ]
    func targets(_ manifest: PlainDictionary) -> [String?] {
      let model = manifest["nodes"]?.dictionary?["model.test.b"]?.dictionary
      let column = model?["columns"]?.dictionary?["id"]?.dictionary
      return [model, column].map {
        $0?["constraints"]?.list?.first?.dictionary?["to"]?.string
      }
    }
    #expect(targets(try await manifest(files, "parse")) == ["ref('a')", "source('raw', 't')"])
    let compiled = targets(try await manifest(files, "compile"))
    #expect(
      compiled.allSatisfy { $0?.contains("ref(") == false && $0?.contains("source(") == false }
    )
    #expect(compiled.first??.hasSuffix("\"a\"") == true)
  }

  @Test func `models past their date, and who reads them, are told`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: test\nprofile: none\n", "models/old.sql": "select 1 as id",
      "models/soon.sql": "select 1 as id",
      "models/reader.sql": "select * from {{ ref('old') }} join {{ ref('soon') }} using (id)",
      "models/s.yml": """
      models:
        - {name: old, deprecation_date: 2020-01-01}
        - {name: soon, deprecation_date: 2999-01-01}
      """,
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0)
    for words in [
      "Model old has passed its deprecation date of 2020-01-01",
      "While compiling 'reader': Found a reference to old, which was deprecated on '2020-01-01'",
      "Found a reference to soon, which is slated for deprecation on '2999-01-01'",
    ] {
      #expect(parsed.error.contains(words), "\(parsed.error)")
    }
    let refused = await harness.run("parse", "--warn-error-options", "{error: [DeprecatedModel]}")
    #expect(refused.code == 2)
  }

  @Test func `relation names of sources have the quotes of the project`() async throws {
    let manifest = try await manifest(
      [
        "dbt_project.yml":
          "name: test\nprofile: none\nquoting: {schema: false, identifier: false}\n",
        "models/s.yml": "sources: [{name: raw, tables: [{name: t}]}]",
      ],
      "parse"
    )
    let source = manifest["sources"]?.dictionary?["source.test.raw.t"]?.dictionary
    #expect(source?["relation_name"]?.string?.hasSuffix("raw.t") == true)
  }

  @Test func `grants with a plus add to those of the project file`() async throws {
    let manifest = try await manifest(
      [
        "dbt_project.yml": """
        name: test
        profile: none
        models: {test: {m: {+grants: {select: [reporter, bi]}}}}
        """,
        "models/m.sql": """
        {{ config(grants={'+select': ['other']}) }}
        {{ config(grants={'+select': ['late']}) }}
        select 1 as id
        """,
        "models/s.yml": "models: [{name: m, config: {grants: {+select: [someone]}}}]",
      ],
      "parse"
    )
    let config = manifest["nodes"]?.dictionary?["model.test.m"]?.dictionary?["config"]?.dictionary
    #expect(
      config?["grants"] == ["select": ["reporter", "bi", "someone", "other", "late"]]
    )
  }

  @Test func `settings of tests that come to nothing say nothing`() async throws {
    let manifest = try await manifest(
      [
        "dbt_project.yml": "name: test\nprofile: none\ndata_tests: {+severity: warn}\n",
        "models/m.sql": "select 1 as id",
        "models/s.yml": """
        models:
          - name: m
            columns:
              - name: id
                data_tests:
                  - unique:
                      config:
                        enabled: "{{ var('no', None) | as_native }}"
                        severity: "{{ var('no', None) | as_native }}"
        """,
      ],
      "parse"
    )
    let tests = manifest["nodes"]?.dictionary?.pairs.filter { $0.key.hasPrefix("test.") }
    let config = tests?.first?.value.dictionary?["config"]?.dictionary
    #expect(config?["enabled"] == true && config?["severity"] == "warn")
  }

  @Test func `keys of selectors that dbt does not know are no error`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: test\nprofile: none\n", "models/m.sql": "select 1 as id",
      "selectors.yml": """
      selectors: [{name: s, definition: {method: fqn, value: m, children_parents: true}}]
      """,
    ])
    let listed = await harness.run("ls", "--selector", "s")
    #expect(listed.code == 0 && listed.output == "test.m\n")
    #expect(listed.error.contains("unknown key \"children_parents\""))
  }

  @Test func `contracts, colors and groups that dbt refuses are refused in its words`() async throws
  {
    let model = "select 1 as id, 2 as b"
    let constraint = "constraints: [{type: primary_key}]"
    let several = try await refusal([
      "models/m.sql": model,
      "models/s.yml":
        "models: [{name: m, columns: [{name: id, \(constraint)}, {name: b, \(constraint)}]}]",
    ])
    #expect(
      several.contains("Found 2 columns (['id', 'b']) with primary key constraints defined.")
    )
    let undescribed = try await refusal([
      "models/m.sql": model,
      "models/s.yml": "models: [{name: m, config: {contract: {enforced: true}}}]",
    ])
    #expect(undescribed.contains("Contract enforcement failed for: (models/m.sql)"))
    let painted = try await refusal([
      "models/m.sql": "{{ config(docs={'node_color': '#xxx111'}) }} " + model
    ])
    #expect(painted.contains("Invalid color name for docs.node_color: #xxx111."))
    let grouped = try await refusal([
      "models/m.sql": "{{ config(group='sales') }} " + model,
      "models/s.yml": "groups: [{name: finance, owner: {name: me}}]",
    ])
    #expect(grouped.contains("Invalid group 'sales', expected one of ['finance']"))
  }

  @Test func `a name that is made of a variable without a value is refused`() async throws {
    let refused = try await refusal([
      "models/m.sql": "select 1 as id",
      "macros/n.sql": """
      {% macro generate_schema_name(name, node) %}{% do var('place') %}{{ target.schema }}\
      {% endmacro %}
      """,
    ])
    #expect(refused.contains("variable \"place\" has no value"))
  }

  @Test func `paths of the project file that configure nothing are told`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": """
      name: test
      profile: none
      models: {test: {+materialized: table}}
      sources: {test: {+enabled: true}}
      data_tests: {+severity: warn, test: {+limit: 3}}
      snapshots: {other: {deep: {+tags: [a]}}}
      """,
      "seeds/s.csv": "id\n1\n",
      "seeds/s.yml": "seeds: [{name: s, columns: [{name: id, data_tests: [unique]}]}]",
    ])
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0)
    #expect(
      parsed.error.contains(
        "There are 3 unused configuration paths:\n- models.test\n- snapshots.other.deep\n- sources.test\n"
      ),
      "\(parsed.error)"
    )
    #expect(await harness.run("parse", "--warn-error").code == 2)
  }
}
