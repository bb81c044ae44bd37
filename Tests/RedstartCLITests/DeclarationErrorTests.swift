import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// What is wrong in YAML, in seeds and in settings is told before anything runs, in its place.
@Suite struct DeclarationErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [String: String]
    var command = ["parse"]
    var testDescription: String { name }
  }

  static let shop = [
    "models/customers.sql": "select 1 as customer_id, 'x' as city\n",
    "models/orders.sql": "select customer_id from {{ ref('customers') }}\n",
    "models/sources.yml": """
    sources:
      - name: raw
        tables:
          - {name: payments, columns: [{name: amount}]}
          - {name: refunds}

    """,
  ]

  static let cases: [Case] = [
    Case(
      name: "exposures",
      files: [
        "models/exposures.yml": """
        exposures:
          - name: weekly
            type: dashbord
            owner: {nam: Ada}
            maturity: grown
            depends_on:
              - ref('ordes')
              - source('raw')
              - source('raw', 'paiments')
              - nonsense
          - name: "the board"
            type: dashboard
            owner: {email: ada@example.org}
          - name: board
            typ: analysis
            depends_on: ref('orders')

        """
      ]
    ),
    Case(
      name: "exposure-without-name",
      files: ["models/exposures.yml": "exposures:\n  - {type: ml, owner: {name: Ada}}\n"]
    ),
    Case(
      name: "unit-tests",
      files: [
        "models/tests.yml": """
        unit_tests:
          - name: of_nothing
            model: ordrs
            given: []
            expect: {rows: [{customer_id: 1}]}
          - name: of_strangers
            model: orders
            given:
              - {input: ref('custmers'), rows: []}
              - {input: "source('raw', 'paymnts')", rows: []}
              - {input: customers, rows: []}
              - {inptu: ref('customers'), rows: []}
            expct: {rows: []}

        """
      ]
    ),
    Case(
      name: "unit-test-columns",
      files: [
        "models/tests.yml": """
        unit_tests:
          - name: misspelt
            model: orders
            given:
              - input: ref('customers')
                rows:
                  - {custmer_id: 1}
                  - {custmer_id: 2, CITY: Rome}
            expect:
              rows:
                - {custome_id: 1}
          - name: well_spelt
            model: orders
            given:
              - {input: ref('customers'), rows: [{customer_id: 1}]}
            expect: {rows: [{CUSTOMER_ID: 1}]}

        """
      ],
      command: ["check"]
    ),
    Case(
      name: "seed-column-types",
      files: [
        "seeds/rates.csv": "country,rate\nDE,0.19\n",
        "seeds/seeds.yml": """
        seeds:
          - name: rates
            config:
              column_types:
                contry: varchar(2)
                country: varchr(2)
                rate: decimal(50,2)

        """,
      ]
    ),
    Case(
      name: "seed-values",
      files: [
        "seeds/rates.csv": """
        id,country,rate,since,is_new,big
        1,DE,0.19,2024-01-31,true,9223372036854775807
        x,FRA,1234567.5,2024-02-30,maybe,9223372036854775808
        40000,ÄÖ,abc,soon,,
        y,"IT  ",,,no,-1

        """,
        "seeds/seeds.yml": """
        seeds:
          - name: rates
            config:
              column_types:
                id: smallint
                country: varchar(2)
                rate: decimal(8,2)
                since: date
                is_new: boolean
                big: bigint

        """,
      ],
      command: ["check"]
    ),
    Case(
      name: "seed-delimiter",
      files: ["seeds/rates.csv": "country;rate\nDE;0.19\n"],
      command: ["check"]
    ),
    Case(
      name: "config-names",
      files: [
        "models/a.sql": """
        {{ config(
            materialised='table', dist_key='a', uniqe_key='x == "sortkey"', my_own='x',
            on_schema_chnage='fail'
        ) }}
        select 1 as a

        """,
        "models/models.yml": """
        models:
          - name: orders
            config:
              materialised: table
              sortkey: customer_id
              owner: sales

        """,
      ]
    ),
    Case(
      name: "config-values",
      files: [
        "models/a.sql": """
        {{ config(
            full_refresh='perhaps', dist=['a', 'b'], sort={'a': 1}, sort_type='compount',
            grants='everybody', tags='x', enabled='maybe', materialized='tabel'
        ) }}
        select 1 as a

        """
      ]
    ),
    Case(
      name: "config-values-in-yaml",
      files: [
        "models/models.yml": """
        models:
          - name: orders
            config:
              enabled: "{{ 'yes' }}"
              backup: perhaps
              grants: [everybody]
              dist: [customer_id]
              materialized: tabel

        """
      ]
    ),
    Case(
      name: "doc-calls",
      files: [
        "models/docs.md": "{% docs customer %}A customer.{% enddocs %}\n",
        "models/models.yml": """
        models:
          - name: orders
            description: "Orders of {{ doc('custmer') }}"
            columns:
              - name: customer_id
                description: >
                  The number of
                  {{ doc('nothing_like_it') }}

        """,
      ]
    ),
    Case(
      name: "references",
      files: [
        "models/d_v1.sql": "select 1 as x\n",
        "models/d_v2.sql": "select 1 as x\n",
        "models/models.yml": "models:\n  - {name: d, versions: [{v: 1}, {v: 2}]}\n",
        "models/a.sql": "select * from {{ ref('d', v=3) }}\n",
        "models/b.sql": "select * from {{ ref('customers', version=2) }}\n",
        "models/c.sql": "select * from {{ source('raw') }}\n",
      ]
    ),
    Case(
      name: "nul-bytes",
      files: [
        "models/a.sql": "select 1 as \u{0} a\n",
        "models/models.yml": "models:\n  - name: \"a\u{0}\"\n",
      ]
    ),
    Case(
      name: "nul-in-seed",
      files: ["seeds/rates.csv": "country\nD\u{0}E\n"],
      command: ["check"]
    ),
    Case(
      name: "long-names",
      files: [
        "models/a.sql":
          "{{ config(alias='\(String(repeating: "é", count: 64))') }}\nselect 1 as x\n"
      ]
    ),
    Case(
      name: "long-columns",
      files: ["models/a.sql": "select 1 as \(String(repeating: "c", count: 128))\n"],
      command: ["check"]
    ),
    Case(
      name: "endless-macro",
      files: [
        "macros/m.sql": "{% macro endless(x) %}\n{{ endless(x) }}\n{% endmacro %}\n",
        "models/a.sql": "select {{ endless(1) }}\n",
      ]
    ),
  ]

  @Test(arguments: cases)
  func isShownAsRecorded(_ test: Case) async throws {
    let harness = try Self.harness(test.files)
    let text = await harness.transcript([test.command])
    #expect(Golden.problem(text, file: "errors/declared-\(test.name).txt") == nil)
  }

  private static func harness(_ files: [String: String]) throws -> CommandLineHarness {
    var all = shop.merging(["project.yml": ProjectErrorTests.projectFile]) { first, _ in first }
    all.merge(files) { $1 }
    return try CommandLineHarness(all)
  }

  @Test func ofVeryManyErrorsTheFirstAreShown() async throws {
    let models = (100...219).map { ("models/a\($0).sql", "select * from {{ ref('no\($0)') }}\n") }
    let harness = try Self.harness(Dictionary(uniqueKeysWithValues: models))
    let full = await harness.run("parse").error
    #expect(full.components(separatedBy: "error[unknown-ref]").count - 1 == 50)
    #expect(full.contains("… 70 errors more: `--diagnostics concise`"))
    #expect(full.hasSuffix("120 errors\n"))
    for format in ["concise", "json", "github"] {
      let text = await harness.run("parse", "--diagnostics", format).error
      #expect(text.split(separator: "\n").count == 120, "\(format)")
    }
  }

  @Test func whatDbtLetsPassStopsNoProjectOfDbt() async throws {
    let files = Self.shop.merging([
      "dbt_project.yml": "name: shop\nversion: \"1.0\"\n",
      "seeds/rates.csv": "country,rate\nDE,0.19\n",
      "seeds/seeds.yml":
        "seeds:\n  - {name: rates, config: {column_types: {contry: varchar(2)}}}\n",
      "models/tests.yml":
        "unit_tests:\n  - name: v\n    model: orders\n"
        + "    given: [{input: ref('gone'), rows: [{id: 1}]}]\n    expect: {rows: []}\n",
      "models/exposures.yml":
        "exposures:\n  - {name: b, type: ml, owner: {name: me}, depends_on: [nonsense]}\n",
    ]) { $1 }
    let outcome = await (try CommandLineHarness(files)).run("parse", "--diagnostics", "concise")
    #expect(outcome.code == 0)
    for code in ["seed-column-type", "invalid-exposure", "unknown-ref"] {
      #expect(outcome.error.contains("warning[\(code)]"), "\(outcome.error)")
    }
  }

  @Test func typesOfAWholeFolderNeedNotFitEachSeed() async throws {
    let harness = try Self.harness([
      "project.yml": ProjectErrorTests.projectFile
        + "seeds: { shop: { +column_types: { zip: varchar(5), city: varchar } } }\n",
      "seeds/a.csv": "zip\n01234\n",
      "seeds/b.csv": "city\nRome\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
  }

  @Test func datesOfSeedsMayBeWrittenOut() async throws {
    let harness = try Self.harness([
      "seeds/days.csv": "day\n\"January 31, 2008\"\nToday\n5 Jan 2024\n2024-01-31T10:00:00\n",
      "seeds/seeds.yml": "seeds:\n  - {name: days, config: {column_types: {day: date}}}\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code == 0, "\(outcome.error)\(outcome.output)")
  }

  @Test func theUnitTestOfAModelThatIsSwitchedOffIsNoMistake() async throws {
    let harness = try Self.harness([
      "models/retired.sql": "{{ config(enabled=false) }} select 1 as x\n",
      "models/tests.yml":
        "unit_tests:\n  - {name: u, model: retired, given: [], expect: {rows: [{x: 1}]}}\n",
    ])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 0)
    #expect(!outcome.error.contains("invalid-unit-test"))
  }

  @Test func filesWhoseNamesAreNoTextAreTold() async throws {
    let harness = try Self.harness(["models/notes.txt": "x"])
    for (folder, name) in [("models", "caf\u{1}.sql"), ("models", "read\u{1}.txt")] {
      // A byte that no UTF-8 has, in the place of the mark.
      var path = Array("\(harness.folder.path)/\(folder)/\(name)".utf8CString)
      path = path.map { $0 == 1 ? CChar(bitPattern: 0xE9) : $0 }
      let file = try #require(fopen(path, "w"))
      fputs("select 1 as x\n", file)
      fclose(file)
    }
    let outcome = await harness.run("parse", "--diagnostics", "concise")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("models/caf\u{FFFD}.sql: error[file-name-encoding]"))
    #expect(outcome.error.contains("models/read\u{FFFD}.txt: warning[file-name-encoding]"))
  }

  @Test(
    arguments: [
      (["-c", "select 1"], ["-c", "select 1"], nil),
      (["--csv", "-c", "select 1"], ["--csv", "-c", "select 1"], nil),
      (["-t", "dev", "-At", "-c", "x"], ["-At", "-c", "x"], "dev"),
      (["--", "-t", "-c", "x"], ["-t", "-c", "x"], nil),
    ] as [([String], [String], String?)]
  )
  func optionsOfPsqlNeedNoMark(_ row: ([String], [String], String?)) throws {
    let arguments = try Arguments.parse(["local", "psql"] + row.0)
    #expect(arguments.rest == row.1)
    #expect(arguments.value("target") == row.2)
  }

  @Test func otherCommandsPassNothingOn() {
    #expect(throws: Diagnostic.self) { try Arguments.parse(["local", "status", "-c", "x"]) }
    #expect(throws: Diagnostic.self) { try Arguments.parse(["local", "psql", "elsewhere"]) }
  }
}
