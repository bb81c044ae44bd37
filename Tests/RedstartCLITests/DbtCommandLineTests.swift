import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ProjectCompiler
@testable import RedstartCLI

/// What command lines and variables of dbt's do, and what is said of them.
@Suite struct DbtCommandLineTests {
  private static let project = [
    "dbt_project.yml": "name: shop\nprofile: shop\n", "models/a.sql": "select 1 as id",
    "profiles.yml": """
    shop:
      target: dev
      outputs: {dev: {type: postgres, host: h, user: u, password: p, dbname: d, schema: s}}
    """,
  ]

  private static func dbt(
    _ words: String...,
    adding files: [String: String] = [:],
    environment: [String: String] = [:]
  ) async throws -> String {
    let harness = try CommandLineHarness(
      project.merging(files) { $1 },
      environment: environment,
      speaksDbt: true
    )
    let outcome = await harness.run(words)
    return "\(outcome.output)\(outcome.error)[\(outcome.code)]"
  }

  @Test func `versions are checked unless nobody wants it`() async throws {
    let files = ["dbt_project.yml": "name: shop\nprofile: shop\nrequire-dbt-version: '<1.0.0'\n"]
    let refused = try await Self.dbt("parse", adding: files)
    #expect(
      refused.contains("This version of dbt is not supported with the 'shop' package"),
      "\(refused)"
    )
    #expect(refused.hasSuffix("[2]"))
    #expect(try await Self.dbt("parse", "--no-version-check", adding: files).hasSuffix("[0]"))
    let off = ["DBT_VERSION_CHECK": "false"]
    #expect(try await Self.dbt("parse", adding: files, environment: off).hasSuffix("[0]"))
    let on = try await Self.dbt("parse", "--version-check", adding: files, environment: off)
    #expect(on.hasSuffix("[2]"), "\(on)")
  }

  @Test func `sentences of dbt's stand before what is said of the project file`() async throws {
    for (line, sentence) in [
      ("archive: 1", "Additional properties are not allowed ('archive' was unexpected)"),
      ("version: invalid", "at path ['version']: 'invalid' is not valid under any of the given"),
      ("dbt-cloud: word", "at path ['dbt-cloud']: 'word' is not valid under any of the given"),
    ] {
      let files = ["dbt_project.yml": "name: shop\nprofile: shop\n\(line)\n"]
      let text = try await Self.dbt("parse", adding: files)
      #expect(text.contains(sentence) && text.hasSuffix("[2]"), "\(text)")
    }
    let list = try await Self.dbt("parse", adding: ["models/s.yml": "- name: a\n"])
    #expect(list.contains("Dictionary expected"), "\(list)")
  }

  @Test(arguments: [
    (["DBT_NO_PRINT": "0"], "`DBT_NO_PRINT` has been renamed as `DBT_ENGINE_PRINT`"),
    (["DBT_DEFER_TO_STATE": "0"], "`DBT_DEFER_TO_STATE` has been renamed as `DBT_ENGINE_DEFER`"),
    (
      ["DBT_ENGINE_ARTIFACT_STATE_PATH": "."],
      "`DBT_ENGINE_ARTIFACT_STATE_PATH` has been renamed as `DBT_ENGINE_STATE`"
    ),
    (
      ["DBT_FAVOR_STATE_MODE": "0"],
      "`DBT_FAVOR_STATE_MODE` has been renamed as `DBT_ENGINE_FAVOR_STATE`"
    ),
  ])
  func `former names of variables are told`(
    environment: [String: String],
    words: String
  ) async throws {
    let text = try await Self.dbt("parse", environment: environment)
    #expect(text.contains("EnvironmentVariableRenamed") && text.contains(words), "\(text)")
    #expect(text.hasSuffix("[0]"))
  }

  @Test func `the former name of a switch still works`() throws {
    var arguments = try Arguments.parse(["run"])
    try arguments.complete(from: ["DBT_NO_PRINT": "1"])
    #expect(arguments.ofDbt.contains("no-print"))
    var other = try Arguments.parse(["run", "--print"])
    try other.complete(from: ["DBT_NO_PRINT": "1"])
    #expect(!other.ofDbt.contains("no-print"))
  }

  @Test func `times of events go together, and one before the other`() async throws {
    let alone = try await Self.dbt("build", "--event-time-start", "2024-10-01")
    #expect(
      alone.contains(
        "When specifying `--event-time-start`, `--event-time-end` must also be present."
      ),
      "\(alone)"
    )
    let times = ["--event-time-start", "2024-10-02", "--event-time-end", "2024-10-01"]
    let wrong = try await Self.dbt("build", times[0], times[1], times[2], times[3])
    #expect(
      wrong.contains("Value for `--event-time-start` must be less than `--event-time-end`"),
      "\(wrong)"
    )
  }

  @Test func `options for warnings have one name at a time`() async throws {
    let text = try await Self.dbt("parse", "--warn-error-options", "{include: all, error: all}")
    #expect(text.contains("Only `include` or `error` can be specified"), "\(text)")
  }

  @Test func `colours that are asked for go into pipes, too`() async throws {
    let files = ["models/a.sql": "select {{ nonsense( }}"]
    let off = ["DBT_USE_COLORS": "false"]
    let plain = try await Self.dbt("parse", adding: files, environment: off)
    #expect(!plain.contains("\u{1B}["))
    let painted = try await Self.dbt("--use-colors", "parse", adding: files, environment: off)
    #expect(painted.contains("\u{1B}["), "\(painted)")
  }

  @Test func `folders elsewhere are cleaned only where the command says so`() async throws {
    let elsewhere = try TemporaryFolder()
    try elsewhere.write("left/a.txt", "x")
    let targets = "name: shop\nprofile: shop\nclean-targets: ['\(elsewhere.path)/left']\n"
    let files = ["dbt_project.yml": targets]
    for words in [["clean"], ["clean", "--clean-project-files-only"]] {
      let harness = try CommandLineHarness(Self.project.merging(files) { $1 }, speaksDbt: true)
      #expect(await harness.run(words).code == 2)
      #expect(elsewhere.exists("left/a.txt"))
    }
    let cleaned = try await Self.dbt("clean", "--no-clean-project-files-only", adding: files)
    #expect(cleaned.hasSuffix("[0]") && !elsewhere.exists("left"), "\(cleaned)")
    let root = ["dbt_project.yml": "name: shop\nprofile: shop\nclean-targets: [.., '.']\n"]
    let spared = try await Self.dbt("clean", "--no-clean-project-files-only", adding: root)
    #expect(spared.hasSuffix("[2]"), "the project itself never goes: \(spared)")
  }

  @Test func `what people wrote is never cleaned, wherever links lead`() async throws {
    let elsewhere = try TemporaryFolder()
    try elsewhere.write("shared/models/m.sql", "select 1")
    try elsewhere.write("real/project/models/a.sql", "select 1")
    try FileManager.default.createSymbolicLink(
      atPath: elsewhere.path + "/link",
      withDestinationPath: elsewhere.path + "/real"
    )
    let models = "model-paths: [models, '\(elsewhere.path)/shared']\n"
    for target in ["/", "\(elsewhere.path)/shared", "\(elsewhere.path)/shared/models"] {
      let files = [
        "dbt_project.yml": "name: shop\nprofile: shop\n\(models)clean-targets: ['\(target)']\n"
      ]
      let text = try await Self.dbt("clean", "--no-clean-project-files-only", adding: files)
      #expect(text.hasSuffix("[2]") && elsewhere.exists("shared/models/m.sql"), "\(text)")
    }
    let settings = "name: shop\nprofile: shop\nclean-targets: ['\(elsewhere.path)/real']\n"
    try elsewhere.write("real/project/dbt_project.yml", settings)
    let harness = try CommandLineHarness(Self.project, speaksDbt: true)
    let linked = await harness.run(
      "clean",
      "--no-clean-project-files-only",
      "--project-dir",
      elsewhere.path + "/link/project"
    )
    #expect(linked.code == 2 && elsewhere.exists("real/project/models/a.sql"), "\(linked.output)")
  }

  @Test func `a query that does not compile is told in dbt's words`() async throws {
    for query in ["select * from {{ ref('nope') }}", "select {{ ref(1) }}"] {
      let text = try await Self.dbt("compile", "--inline", query)
      #expect(text.contains("Error parsing inline query: ") && text.hasSuffix("[2]"), "\(text)")
    }
  }

  @Test func `what asks the database does not compile without one`() async throws {
    let files = ["models/b.sql": "{{ run_query('select 1').rows[0][0] }}"]
    let text = try await Self.dbt("compile", "--no-introspect", adding: files)
    #expect(text.contains("connection never acquired for thread"), "\(text)")
    #expect(text.hasSuffix("[2]"))
    #expect(try await Self.dbt("compile", "--no-introspect").hasSuffix("[0]"))
  }

  @Test func `the manifest of a program called dbt holds the environment as dbt writes it`()
    async throws
  {
    for speaksDbt in [true, false] {
      let harness = try CommandLineHarness(
        Self.project,
        environment: ["DBT_ENV_CUSTOM_ENV_key": "value"],
        speaksDbt: speaksDbt
      )
      #expect(await harness.run("parse").code == 0)
      let text = try harness.folder.read("target/manifest.json")
      let manifest = try PlainValue(json: Array(text.utf8)).dictionary
      let environment = manifest?["metadata"]?.dictionary?["env"]?.dictionary
      #expect(environment?["key"] == "value")
      #expect(environment?.keys.count == (speaksDbt ? 1 : 2), "\(environment ?? [:])")
    }
  }

  @Test func `warnings are events by dbt's names`() async throws {
    let yaml = "models: [{name: a, deprecation_date: 1999-01-01}]"
    let text = try await Self.dbt("--log-format", "json", "parse", adding: ["models/s.yml": yaml])
    #expect(text.contains(#""name":"DeprecatedModel""#) && text.contains(#""code":"I065""#))
  }

  @Test func `some warnings stay what they are unless the project wants all of them handled`()
    async throws
  {
    var files = [
      "models/m.sql": """
      {{ config(materialized='incremental', incremental_strategy='microbatch', event_time='t',
        batch_size='day', begin='2024-01-01', unique_key='id') }}
      select id, now() as t from {{ ref('a') }}
      """
    ]
    let left = try await Self.dbt("--warn-error", "parse", adding: files)
    #expect(left.contains("microbatch-without-input") && left.hasSuffix("[0]"), "\(left)")
    let flag = "flags: {require_all_warnings_handled_by_warn_error: true}\n"
    files["dbt_project.yml"] = "name: shop\nprofile: shop\n\(flag)"
    #expect(try await Self.dbt("--warn-error", "parse", adding: files).hasSuffix("[2]"))
  }

  @Test func `variables that are secret by their names are masked, however short`() {
    let record: PlainDictionary = [
      "vars": ["DBT_ENV_SECRET_a": "abc", "b": "xabcx", "c": ["abc"], "DBT_ENV_SECRET_d": 7],
      "invocation_command": "dbt run --vars {DBT_ENV_SECRET_a: abc}", "which": "run",
    ]
    let written = record.withoutSecretVariables(by: "*****")
    #expect(
      written["vars"]
        == [
          "DBT_ENV_SECRET_a": "*****", "b": "x*****x", "c": ["*****"], "DBT_ENV_SECRET_d": "*****",
        ]
    )
    #expect(written["invocation_command"] == "dbt run --vars {DBT_ENV_SECRET_a: *****}")
    #expect(written["which"] == "run")
    let tricky: PlainDictionary = [
      "vars": ["DBT_ENV_SECRET_a": "hunter", "DBT_ENV_SECRET_b": "hunter33\"x"],
      "invocation_command": "dbt run --vars '{\"DBT_ENV_SECRET_b\": \"hunter33\\\"x\"}'",
    ]
    #expect(
      tricky.withoutSecretVariables(by: "*****")["invocation_command"]
        == "dbt run --vars '{\"DBT_ENV_SECRET_b\": \"*****\"}'"
    )
  }

  @Test(arguments: [
    ("https://github.com/a/b.git", "https://github.com/a/b.git", []),
    ("https://me:pa@ss@h.example/a@b", "https://*****@h.example/a@b", ["me:pa@ss", "pa@ss"]),
    ("HTTPS://name@h/x?q=@y", "HTTPS://*****@h/x?q=@y", []),
    ("https://a-token-of-20-letters@h/x", "https://*****@h/x", ["a-token-of-20-letters"]),
    ("ssh://git:pass@h/a", "ssh://*****@h/a", ["git:pass", "pass"]),
    ("git@github.com:a/b.git", "git@github.com:a/b.git", []),
    ("ssh://git@h/a", "ssh://git@h/a", []), ("/local/a@b", "/local/a@b", []),
  ])
  func `addresses of packages are shown without what opens them`(
    url: String,
    shown: String,
    login: [String]
  ) {
    let address = PackageAddress(url)
    #expect(address.shown == shown && address.login == login)
  }

  @Test func `what opens an address is told neither by redstart nor by git`() async throws {
    let url = "http://user:s3cret-word@127.0.0.1:9/a.git"
    let text = try await Self.dbt("deps", adding: ["packages.yml": "packages: [{git: '\(url)'}]"])
    #expect(text.contains("http://*****@127.0.0.1:9/a.git"), "\(text)")
    #expect(!text.contains("s3cret-word"), "\(text)")
  }
}
