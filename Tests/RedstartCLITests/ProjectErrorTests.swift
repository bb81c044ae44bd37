import TestSupport
import Testing

/// What users see when something is wrong with a project; nothing here needs a database.
@Suite struct ProjectErrorTests {
  static let projectFile = """
    name: shop
    version: "1.0"
    target: local
    targets:
      local: { type: local, schema: shop }
    models:
      shop:
        +materialized: table

    """

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [String: String]
    var command = ["compile"]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "template-syntax",
      files: ["models/a.sql": "select 1 as x\n{% if true %}\nunion all select 2\n"]
    ),
    Case(name: "empty-model", files: ["models/a.sql": ""]),
    Case(name: "template-undefined", files: ["models/a.sql": "select {{ nothing.here }} as x\n"]),
    Case(
      name: "template-filter",
      files: ["models/a.sql": "select '{{ 'x' | uper }}' as x\n"]
    ),
    Case(
      name: "sql-syntax",
      files: ["models/a.sql": "select a, from {{ ref('b') }}\n", "models/b.sql": "select 1 as a\n"]
    ),
    Case(
      name: "sql-syntax-in-macro",
      files: [
        "macros/m.sql": "{% macro bad(x) %}\n{{ x }} + * 2\n{% endmacro %}\n",
        "models/a.sql": "select\n  1 as one,\n  {{ bad('a') }} as x\n",
      ]
    ),
    Case(name: "two-statements", files: ["models/a.sql": "select 1 as a; delete from t\n"]),
    Case(
      name: "missing-ref",
      files: [
        "models/orders.sql": "select 1 as id\n",
        "models/a.sql": "select * from {{ ref('ordres') }}\n",
      ]
    ),
    Case(
      name: "missing-source",
      files: ["models/a.sql": "select * from {{ source('raw', 'x') }}\n"]
    ),
    Case(
      name: "cycle",
      files: [
        "models/a.sql": "select * from {{ ref('b') }}\n",
        "models/b.sql": "select * from {{ ref('c') }}\n",
        "models/c.sql": "select * from {{ ref('a') }}\n",
      ]
    ),
    Case(
      name: "duplicate-name",
      files: [
        "models/x/a.sql": "select 1 as id\n",
        "models/y/a.sql": "select 2 as id\n",
      ]
    ),
    Case(
      name: "unknown-test",
      files: [
        "models/a.sql": "select 1 as id\n",
        "models/schema.yml":
          "version: 2\nmodels:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - not_nul\n",
      ]
    ),
    Case(
      name: "properties-without-model",
      files: [
        "models/orders.sql": "select 1 as id\n",
        "models/schema.yml": "version: 2\nmodels:\n  - name: order\n",
      ]
    ),
    Case(
      name: "raised-by-template",
      files: [
        "models/a.sql": "select 1 as x\n{{ exceptions.raise_compiler_error('no such region') }}\n"
      ]
    ),
    Case(
      name: "missing-variable",
      files: [
        "models/a.sql": "select '{{ var('contry') }}' as x\n",
        "project.yml": projectFile + "vars: { country: DE }\n",
      ]
    ),
    Case(
      name: "missing-environment-variable",
      files: ["models/a.sql": "select '{{ env_var('NO_SUCH') }}' as x\n"]
    ),
    Case(
      name: "unknown-materialization",
      files: ["models/a.sql": "{{ config(materialized='tabel') }}\nselect 1 as x\n"]
    ),
    Case(name: "project-unknown-key", files: ["project.yml": projectFile + "modles: {}\n"]),
    Case(name: "project-yaml-syntax", files: ["project.yml": "name: shop\n  version: [1\n"]),
    Case(
      name: "project-wrong-type",
      files: ["project.yml": projectFile + "model-paths: { a: b }\n"]
    ),
    Case(
      name: "project-config-types",
      files: [
        "project.yml": projectFile + """
              +enabled: maybe
              +tags: { a: b }
              +materialized: tabel
              staging: { +sort_type: compount }
              stagign: { +backup: "{{ 1 }}", +enabled: "no" }
            staging: { +schema: x }
          seeds: { shop: { +column_types: text } }

          """,
        "models/staging/a.sql": "select 1 as x\n",
      ]
    ),
    Case(
      name: "config-enabled",
      files: ["models/a.sql": "{{ config(enabled='perhaps') }}\nselect 1 as x\n"]
    ),
    Case(name: "project-unknown-target", files: [:], command: ["compile", "--target", "prod"]),
    Case(name: "project-missing", files: ["project.yml": ""], command: ["compile"]),
    Case(name: "migration-name", files: ["migrations/1_x.sql": "select 1"]),
    Case(
      name: "migration-duplicate",
      files: [
        "migrations/V1__x.sql": "create schema a", "migrations/V0001__y.sql": "create schema b",
      ]
    ),
    Case(name: "usage", files: [:], command: ["compil"]),
    Case(name: "usage-option", files: [:], command: ["run", "--selct", "x"]),
    Case(
      name: "unknown-selector",
      files: ["models/a.sql": "select 1 as x\n"],
      command: ["ls", "-s", "tagg:x"]
    ),
  ]

  @Test(arguments: cases)
  func isShownAsRecorded(_ test: Case) async throws {
    var files = ["project.yml": Self.projectFile]
    files.merge(test.files) { $1 }
    let harness = try CommandLineHarness(files)
    let text = await harness.transcript([test.command])
    #expect(Golden.problem(text, file: "errors/\(test.name).txt") == nil)
  }

  @Test func `a version that is not there is told with those that are`() async throws {
    let project = try CommandLineHarness([
      "project.yml": "name: shop\n",
      "models/d_v1.sql": "select 1 as id", "models/d_v2.sql": "select 1 as id",
      "models/plain.sql": "select 1 as id",
      "models/m.yml": "models: [{ name: d, latest_version: 2, versions: [{ v: 1 }, { v: 2 }] }]",
      "models/e.sql": "select * from {{ ref('d', v=3) }}",
      "models/f.sql": "select * from {{ ref('plain', v=1) }}",
    ])
    let outcome = await project.run("parse")
    #expect(
      outcome.code == 2 && outcome.error.contains("\"d\" has no version 3"),
      "\(outcome.error)"
    )
    #expect(outcome.error.contains("its versions are 1, 2"))
    #expect(outcome.error.contains("the latest, 2"))
    #expect(outcome.error.contains("models/e.sql:1:18"))
    #expect(outcome.error.contains("\"plain\" has no versions"))
    #expect(outcome.error.contains("write ref('plain')"))
  }

  @Test func `documentation that is not there is an error of projects of dbt`() async throws {
    let files = [
      "models/a.sql": "select 1 as id",
      "models/m.yml": """
      models:
        - name: a
          description: "{{ doc('nope') }}"
          columns:
            - name: id
              description: "{{ doc('nope') }}"
      """,
    ]
    let native = try CommandLineHarness(
      files.merging(["project.yml": "name: shop\n"]) { $1 }
    )
    let warned = await native.run("parse")
    #expect(warned.code == 0 && warned.error.contains("warning[unknown-doc]"), "\(warned.error)")
    let ofDbt = try CommandLineHarness(
      files.merging(["dbt_project.yml": "name: shop\n"]) { $1 }
    )
    let refused = await ofDbt.run("parse")
    #expect(refused.code == 2 && refused.error.contains("error[unknown-doc]"), "\(refused.error)")
    for place in ["models/m.yml:3:22", "models/m.yml:6:26"] {
      #expect(refused.error.contains(place), "\(refused.error)")
    }
    #expect(refused.error.contains("in its description"), "\(refused.error)")
  }
}
