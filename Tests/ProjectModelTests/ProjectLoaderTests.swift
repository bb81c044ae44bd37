import Diagnostics
import ProjectModel
import TestSupport
import Testing

@Suite struct ProjectLoaderTests {
  static let environment = ["HOST": "db.example", "PASSWORD": "s3cret", "DBT_ENV_SECRET_X": "hush"]

  func load(
    _ files: [String: String],
    target: String? = nil,
    vars: PlainDictionary = [:]
  ) throws -> (LoadedProject, Buffers) {
    let folder = try TemporaryFolder(files)
    let buffers = Buffers()
    let options = ProjectOptions(
      projectDirectory: folder.path,
      target: target,
      vars: vars,
      environment: Self.environment
    )
    return (try ProjectLoader.load(options, into: buffers), buffers)
  }

  @Test func readsTheExampleOfTheDesign() throws {
    let (loaded, _) = try load([
      "project.yml": """
      name: sparkify
      version: 1.0
      target: local
      test-paths: [checks]
      targets:
        local: { type: local, s3: { "s3://udacity-dend": "{{ env_var('DATA', 'data/sparkify') }}" } }
        redshift:
          type: redshift
          host: "{{ env_var('NOT_SET') }}"
      vars:
        start: 2018-11-01
        sparkify: { rows: 7 }
      migrations: { path: db/migrations, schema: admin }
      models:
        sparkify:
          +schema: "{{ target.name }}_{{ var('rows') }}"
          +pre-hook: "select '{{ this }}'"
          staging: { +materialized: copy }
      """,
      "models/staging/a.sql": "select 1", "models/.b.sql": "", "models/x.txt": "",
      "seeds/n.csv": "a\n1\n", "checks/t.sql": "", "checks/generic/g.sql": "",
      "macros/m.sql": "", "db/migrations/V1__x.sql": "",
    ])
    let project = loaded.project
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    #expect(project.version == "1.0")
    #expect(project.target.kind == .local)
    #expect(project.target.schema == "sparkify")
    #expect(project.target.threads == 4)
    #expect(project.target.storage.map(\.prefix) == ["s3://udacity-dend"])
    #expect(project.target.storage.map(\.folder) == [project.root + "/data/sparkify"])
    #expect(project.vars == ["start": "2018-11-01", "rows": 7])
    let tree = project.configuration.configTrees[.model]?["sparkify"]?.dictionary
    #expect(tree?["+schema"] == "local_7")
    #expect(tree?["+pre-hook"] == "select '{{ this }}'")
    let files = [
      project.modelFiles, project.seedFiles, project.testFiles, project.macroFiles,
      project.migrationFiles,
    ].map { $0.map(\.path) }
    #expect(
      files == [
        ["models/staging/a.sql"], ["seeds/n.csv"], ["checks/t.sql"],
        ["checks/generic/g.sql", "macros/m.sql"], ["db/migrations/V1__x.sql"],
      ]
    )
    #expect(project.configuration.migrationsSchema == "admin")
  }

  @Test func leavesOffByteOrderMarks() throws {
    let (loaded, buffers) = try load([
      "project.yml": "\u{FEFF}name: p\ntargets: { l: { type: local, schema: s } }\n",
      "models/a.sql": "\u{FEFF}select 1",
    ])
    let texts = loaded.project.modelFiles.map { buffers.bytes(of: $0.buffer) }
    #expect(texts == [Array("select 1".utf8)])
  }

  @Test func readsADbtProjectWithItsProfile() throws {
    let files = [
      "dbt_project.yml": "name: shop\nprofile: shop_profile\nmodel-paths: [models]\n",
      "models/a.sql": "select 1",
      "profiles.yml": """
      shop_profile:
        target: dev
        outputs:
          dev:
            type: redshift
            host: "{{ env_var('HOST') }}"
            user: 0123
            password: "{{ env_var('DBT_ENV_SECRET_X') }}"
            dbname: dwh
            schema: analytics
            threads: "{{ '6' | as_number }}"
            ra3_node: true
            secret_access_key: abc
          prod: {type: postgres, host: "{{ env_var('NOT_SET') }}"}
      """,
    ]
    let target = try load(files).0.project.target
    #expect(target.kind == .redshift)
    #expect([target.host, target.user, target.password] == ["db.example", "0123", "hush"])
    #expect([target.port, target.threads] == [5439, 6])
    #expect(
      [target.database, target.schema, target.profileName] == ["dwh", "analytics", "shop_profile"]
    )
    #expect(target.extra == ["ra3_node": true])
    #expect(target.secrets == ["secret_access_key": "abc"])
    #expect(target.templateValue["password"] == nil)
    #expect(try load(files, target: "local").0.project.target.kind == .local)
    let withoutProfile = try load(files.filter { $0.key != "profiles.yml" }).0
    #expect(withoutProfile.project.target.kind == .local)
    #expect(withoutProfile.diagnostics.map(\.code) == ["no-profiles-file"])
  }

  @Test func readsProperties() throws {
    let (loaded, _) = try load([
      "project.yml": "name: shop\nvars: {db: lake}\n",
      "models/a.sql": "select 1",
      "models/schema.yml": """
      version: 2
      models:
        - name: a
          description: "{{ doc('a') }}"
          tags: [x]
          config: {materialized: table, tags: y, pre_hook: "{{ this }}"}
          data_tests:
            - unique_rows: {arguments: {columns: [i, j]}, severity: warn}
          columns:
            - name: i
              data_type: int
              tests:
                - not_null
                - accepted_values: {values: [1, yes], name: ok, config: {where: "i > 0"}}
                - relationships:
                    to: ref('b')
                    field: id
                - dbt_utils.at_least_one
                - {name: n, test_name: unique, limit: 3}
      sources:
        - name: raw
          database: "{{ var('db') }}"
          schema: landing
          tags: [s]
          meta: {a: 1, b: 1}
          tables:
            - name: events
              tags: t
              meta: {b: 2}
            - {name: songs, identifier: song_table, columns: [{name: id, tests: [unique]}]}
      exposures:
        - {name: board, type: dashboard, owner: {email: a@b.c}}
      """,
    ])
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    let patch = try #require(loaded.project.properties.patches[.model]?["a"])
    #expect(patch.description == "{{ doc('a') }}")
    #expect(
      patch.config == ["tags": ["x", "y"], "materialized": "table", "pre-hook": "{{ this }}"]
    )
    #expect(patch.columns.map(\.dataType) == ["int"])
    let tests = patch.tests.map { test in
      [
        test.namespace ?? "-", test.test, test.columnName ?? "-", test.customName ?? "-",
        PlainValue.dictionary(test.arguments).jsonString,
        PlainValue.dictionary(test.config).jsonString,
      ].joined(separator: " ")
    }
    #expect(
      tests == [
        #"- unique_rows - - {"columns":["i","j"]} {"severity":"warn"}"#,
        #"- not_null i - {} {}"#,
        #"- accepted_values i ok {"values":[1,true]} {"where":"i > 0"}"#,
        #"- relationships i - {"to":"ref('b')","field":"id"} {}"#,
        #"dbt_utils at_least_one i - {} {}"#,
        #"- unique i n {} {"limit":3}"#,
      ]
    )
    let sources = loaded.project.properties.sources
    #expect(sources.map(\.identifier) == ["events", "song_table"])
    #expect(sources.map(\.database) == ["lake", "lake"])
    #expect(sources.map { $0.config["tags"]?.words } == [["s", "t"], ["s"]])
    #expect(sources.first?.meta == ["a": 1, "b": 2])
    #expect(sources.last?.tests.map(\.test) == ["unique"])
    #expect(loaded.project.properties.others["exposures"]?.count == 1)
  }

  /// Marked text of one file; the first mark is where the first diagnostic points.
  struct Row: Sendable {
    var code: String
    var words: String
    var text: String
    var file = "project.yml"
    var target: String?
  }

  static let rows: [Row] = [
    Row(
      code: "unknown-key",
      words: "did you mean \"model-paths\"",
      text: "name: shop\n«model-path»: [m]\n",
      file: "dbt_project.yml"
    ),
    Row(
      code: "unknown-key",
      words: "did you mean \"model-paths\"",
      text: "name: shop\n«model-path»: [m]\n"
    ),
    Row(code: "unknown-key", words: "under \"targets:\"", text: "name: shop\n«outputs»: {}\n"),
    Row(
      code: "wrong-type",
      words: "a string or a list of strings, not a mapping",
      text: "name: shop\nmodel-paths: «{a: b}»\n"
    ),
    Row(code: "wrong-type", words: "project.yml has to be a mapping", text: "«- name»\n"),
    Row(
      code: "wrong-type",
      words: "a whole number, not a string",
      text: "name: shop\ntargets: {a: {type: local, threads: «many»}}\n"
    ),
    Row(
      code: "invalid-value",
      words: "from 1 to 1024",
      text: "name: shop\ntargets: {a: {type: local, threads: «0»}}\n"
    ),
    Row(code: "missing-value", words: "name: my_project", text: "«version: 1»\n"),
    Row(
      code: "cluster-shape",
      words: "`nodes` belongs to a provisioned cluster, and `workgroup` to a serverless warehouse",
      text: "name: shop\ncluster: {workgroup: shop, «nodes»: 2}\n"
    ),
    Row(
      code: "invalid-value",
      words: "multiples of 8 up to 512",
      text: "name: shop\ncluster: {workgroup: shop, base_capacity: «12»}\n"
    ),
    Row(
      code: "invalid-value",
      words: "less than `base_capacity`, 32",
      text: "name: shop\ncluster: {workgroup: shop, base_capacity: 32, max_capacity: «16»}\n"
    ),
    Row(
      code: "invalid-value",
      words: "3 to 64 small letters",
      text: "name: shop\ncluster: {workgroup: shop, namespace: «My_Data»}\n"
    ),
    Row(
      code: "invalid-value",
      words: "from 8191 to 8215",
      text: "name: shop\ncluster: {workgroup: shop, port: «5430»}\n"
    ),
    Row(
      code: "missing-value",
      words: "no \"host\"",
      text: "name: shop\ntargets:\n  a:\n    «type: redshift»\n    user: u\n    database: d\n"
    ),
    Row(
      code: "missing-value",
      words: "no \"user\"",
      text: "name: shop\ntargets: {a: {type: postgres, host: h, database: d, «user»: }}\n"
    ),
    Row(code: "invalid-project-name", words: "try \"my_shop\"", text: "name: «my-shop»\n"),
    Row(code: "invalid-project-name", words: "try \"ref_project\"", text: "name: «ref»\n"),
    Row(
      code: "unknown-target",
      words: "did you mean \"prod\"?",
      text: "name: shop\ntarget: «prd»\ntargets: {prod: {type: local}}\n"
    ),
    Row(
      code: "unknown-target",
      words: "targets: dev, local",
      text: "name: shop\n«targets»: {dev: {type: local}}\n",
      target: "other"
    ),
    Row(
      code: "unknown-target-type",
      words: "did you mean \"redshift\"?",
      text: "name: shop\ntargets: {a: {type: «redshfit»}}\n"
    ),
    Row(
      code: "unknown-target-type",
      words: "redstart knows local, postgres, redshift",
      text: "name: shop\ntargets: {a: {type: «snowflake»}}\n"
    ),
    Row(
      code: "unknown-key",
      words: "did you mean \"password\"",
      text:
        "name: shop\ntargets: {a: {type: postgres, host: h, database: d, user: u, «pasword»: p}}\n"
    ),
    Row(
      code: "invalid-value",
      words: "did you mean \"require\"",
      text:
        "name: shop\ntargets: {a: {type: postgres, host: h, database: d, user: u, sslmode: «requir»}}\n"
    ),
    Row(
      code: "invalid-value",
      words: "starts with \"s3://\"",
      text: "name: shop\ntargets: {a: {type: local, s3: {«bucket»: data}}}\n"
    ),
    Row(
      code: "missing-environment-variable",
      words: "did you mean \"HOST\"",
      text: "name: shop\ntargets: {a: {type: local, schema: \"x{{ «env_var('HOTS')» }}\"}}\n"
    ),
    Row(
      code: "secret-outside-connection",
      words: "profiles.yml",
      text: "name: shop\nmodels:\n  +schema: \"{{ «env_var('DBT_ENV_SECRET_X')» }}\"\n"
    ),
    Row(
      code: "unknown-variable",
      words: "did you mean \"start\"",
      text: "name: shop\nvars: {start: 1}\nmodels:\n  +schema: \"{{ «var('strat')» }}\"\n"
    ),
    Row(
      code: "unknown-name",
      words: "env_var(), var() and target",
      text: "name: shop\nmodels:\n  +schema: «\"{{ nothing }}\"»\n"
    ),
    Row(code: "yaml-syntax", words: "put quotes", text: "name: shop\nmodel-paths: {«{ x }»}\n"),
    Row(
      code: "described-twice",
      words: "\"a\" is described twice",
      text: "models:\n  - name: a\n  - name: «a»\n",
      file: "models/s.yml"
    ),
    Row(
      code: "described-twice",
      words: "\"s.t\"",
      text: "sources:\n  - {name: s, tables: [{name: t}, {name: «t»}]}\n",
      file: "models/s.yml"
    ),
    Row(
      code: "missing-value",
      words: "a model has no \"name\"",
      text: "models:\n  - «description: x»\n",
      file: "models/s.yml"
    ),
    Row(
      code: "invalid-test",
      words: "deeper than \"accepted_values:\"",
      text: "models:\n  - name: a\n    tests:\n      - «accepted_values:»\n        values: [1]\n",
      file: "models/s.yml"
    ),
    Row(
      code: "invalid-test",
      words: "twice",
      text: "models:\n  - name: a\n    tests:\n      - x: {limit: 1, config: {«limit»: 2}}\n",
      file: "models/s.yml"
    ),
    Row(
      code: "wrong-type",
      words: "a list, not a mapping",
      text: "models: «{a: b}»\n",
      file: "models/s.yml"
    ),
  ]

  static let warnings: [Row] = [
    Row(
      code: "missing-plus",
      words: "write \"+meta\"",
      text: "name: shop\nmodels: {shop: {«meta»: {a: 1}}}\n"
    ),
    Row(
      code: "suspect-config",
      words: "did you mean \"materialized\"",
      text: "name: shop\nmodels: {shop: {«+materialised»: table}}\n"
    ),
    Row(code: "duplicate-key", words: "there twice", text: "name: shop\n«name»: shop2\n"),
    Row(code: "missing-folder", words: "modles", text: "name: shop\nmodel-paths: [«modles»]\n"),
    Row(code: "former-key", words: "write \"seed-paths\"", text: "name: shop\n«data-paths»: [.]\n"),
    Row(
      code: "unknown-key",
      words: "did you mean \"data_tests\"",
      text: "models:\n  - name: a\n    «data_test»: []\n",
      file: "models/s.yml"
    ),
    Row(
      code: "unknown-key",
      words: "under \"config:\"",
      text: "models:\n  - name: a\n    «materialized»: table\n",
      file: "models/s.yml"
    ),
    Row(
      code: "unknown-key",
      words: "did you mean \"sources\"",
      text: "«source»: []\n",
      file: "models/s.yml"
    ),
    Row(code: "invalid-value", words: "version 2", text: "version: «3»\n", file: "models/s.yml"),
    Row(
      code: "unknown-key",
      words: "unknown key \"hots\" in target \"b\"",
      text: "name: shop\ntarget: a\ntargets: {a: {type: local}, b: {type: redshift, «hots»: h}}\n"
    ),
  ]

  @Test func explainsMistakes() throws {
    var differences: [String] = []
    for (rows, severity) in [(Self.rows, Diagnostic.Severity.error), (Self.warnings, .warning)] {
      for row in rows {
        let marked = MarkedText(row.text)
        var files = [row.file: marked.text]
        if row.file.contains("/") { files["project.yml"] = "name: shop\n" }
        let folder = try TemporaryFolder(files)
        let buffers = Buffers()
        let options = ProjectOptions(
          projectDirectory: folder.path,
          target: row.target,
          environment: Self.environment
        )
        let found: [Diagnostic]
        do throws(DiagnosticList) {
          found = try ProjectLoader.load(options, into: buffers).diagnostics
        } catch {
          found = error.diagnostics
        }
        guard let first = found.first(where: { $0.severity == severity }) else {
          differences.append("\(row.text.debugDescription): nothing, but \(found.map(\.code))")
          continue
        }
        let place = first.primary.map { buffers.origin(of: $0.range).range }
        let text = ([first.message] + first.labels.map(\.message) + first.notes + first.help)
          .joined(separator: " ")
        if first.code != row.code || !text.contains(row.words)
          || place?.bytes != marked.ranges.first
          || place.map({ buffers.name(of: $0.buffer) }) != row.file
        {
          differences.append(
            "\(row.text.debugDescription): \(first.code) \(text) at \(String(describing: place)), marked \(String(describing: marked.ranges.first))"
          )
        }
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func explainsProfilesItCannotUse() throws {
    let project = "name: shop\nprofile: dev\n"
    let rows: [(code: String, profiles: String?, target: String?)] = [
      ("missing-profiles-file", nil, "prod"),
      ("unknown-profile", "devv: {outputs: {}}\n", nil),
      ("unknown-target", "dev: {target: x, outputs: {y: {type: postgres}}}\n", nil),
      ("unknown-target-type", "dev: {outputs: {default: {type: bigquery}}}\n", nil),
      ("missing-value", "dev: {outputs: {default: {type: postgres, user: u}}}\n", nil),
    ]
    var differences: [String] = []
    for row in rows {
      var files = ["dbt_project.yml": project]
      files["profiles.yml"] = row.profiles
      let folder = try TemporaryFolder(files)
      let options = ProjectOptions(projectDirectory: folder.path, target: row.target)
      do throws(DiagnosticList) {
        _ = try ProjectLoader.load(options, into: Buffers())
        differences.append("\(row.code): no error")
      } catch {
        let codes = error.diagnostics.map(\.code)
        if codes.first != row.code { differences.append("\(row.code): \(codes)") }
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func `a project of dbt gets the local warehouse only where nobody insists on a profile`()
    throws
  {
    let rows: [(file: String, text: String, target: String?, codes: [String], kind: String?)] = [
      ("dbt_project.yml", "name: shop\nprofile: dev\n", nil, ["missing-profiles-file"], nil),
      ("dbt_project.yml", "name: shop\n", nil, ["missing-profiles-file"], nil),
      ("dbt_project.yml", "name: shop\nprofile: dev\n", "local", [], "local"),
      ("dbt_project.yml", "name: shop\n", "local", [], "local"),
      ("project.yml", "name: shop\n", nil, [], "local"),
    ]
    for row in rows {
      let folder = try TemporaryFolder([row.file: row.text])
      var options = ProjectOptions(projectDirectory: folder.path, target: row.target)
      options.requiresProfile = true
      do throws(DiagnosticList) {
        let loaded = try ProjectLoader.load(options, into: Buffers())
        #expect(loaded.project.target.kind.rawValue == row.kind, "\(row)")
      } catch {
        #expect(error.diagnostics.map(\.code) == row.codes, "\(row)")
        #expect(row.kind == nil && error.diagnostics[0].help.joined().contains("--target local"))
      }
    }
  }

  @Test func `a profile that --profile names is not looked for in the project file`() throws {
    let folder = try TemporaryFolder([
      "dbt_project.yml": "name: shop\nprofile: dev\n", "profiles.yml": "dev: {outputs: {}}\n",
    ])
    let options = ProjectOptions(projectDirectory: folder.path, profile: "nope")
    let error = #expect(throws: DiagnosticList.self) {
      try ProjectLoader.load(options, into: Buffers())
    }
    let problem = try #require(error?.diagnostics.first)
    #expect(problem.code == "unknown-profile" && problem.labels.isEmpty)
    #expect(problem.notes == ["--profile names it", "profiles: dev"])
  }

  @Test func `values that macros can add to are only suspected`() throws {
    let project = """
      name: shop
      models:
        shop:
          +materialized: materialised_view
          mine: { +materialized: my_own_kind, +incremental_strategy: insert_overwrite_all }
          days: { +incremental_strategy: microbatch, +materialized: materialized_view }
          near: { +incremental_strategy: mege }
      """
    let (loaded, _) = try load(["dbt_project.yml": project], vars: [:])
    let found = loaded.diagnostics.filter { $0.code == "suspect-value" }
    #expect(
      found.map { $0.help.first } == [
        "did you mean \"materialized_view\"?", "did you mean \"merge\"?",
      ]
    )
    #expect(loaded.diagnostics.allSatisfy { !$0.isError })
  }

  @Test func `values that macros do define are no mistakes`() throws {
    let files = [
      "dbt_project.yml": """
      name: shop
      models:
        shop:
          near: { +incremental_strategy: mege }
          table: { +materialized: tables }
          wrong: { +materialized: tabel }
      """,
      "macros/own.sql": """
      {% macro get_incremental_mege_sql(arg_dict) %}{% endmacro %}
      {% materialization tables, default %}{% endmaterialization %}
      """,
    ]
    let (loaded, _) = try load(files, vars: [:])
    let found = loaded.diagnostics.filter { $0.code == "suspect-value" }
    #expect(
      found.map(\.message) == ["\"tabel\" is no value of \"materialized\" that redstart knows"]
    )
  }

  @Test func searchesUpwardsOnlyWhenAsked() throws {
    let folder = try TemporaryFolder(["project.yml": "name: shop\n", "models/a.sql": ""])
    var options = ProjectOptions(projectDirectory: folder.path + "/models")
    #expect(throws: DiagnosticList.self) { try ProjectLoader.load(options, into: Buffers()) }
    options.searchesUpwards = true
    let loaded = try ProjectLoader.load(options, into: Buffers())
    #expect(loaded.project.modelFiles.map(\.path) == ["models/a.sql"])
  }

  @Test func commandLineVariablesWin() throws {
    let vars = try YAML.parseVariables("{start: 2, b: [yes]}", in: Buffers())
    let files = ["project.yml": "name: shop\nvars: {start: 1, c: 3}\n", "dbt_project.yml": ""]
    let (loaded, _) = try load(files, vars: vars)
    #expect(loaded.project.vars == ["start": 2, "c": 3, "b": [true]])
    #expect(loaded.diagnostics.map(\.code) == ["two-project-files"])
  }
}
