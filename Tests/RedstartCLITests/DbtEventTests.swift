import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Warnings in the log: under dbt's names of events, with what programs read of them.
@Suite struct DbtEventTests {
  private func run(
    _ files: [String: String],
    _ words: String...,
    environment: [String: String] = [:]
  ) async throws -> CommandLineHarness.Outcome {
    let harness = try CommandLineHarness(
      DbtFiles.project.merging(files) { $1 },
      environment: environment,
      speaksDbt: true
    )
    return await harness.run(words + ["--profiles-dir", "."])
  }

  /// The events of a name.
  private func events(
    _ name: String,
    in outcome: CommandLineHarness.Outcome
  ) throws -> [PlainDictionary] {
    try outcome.output.split(separator: "\n").filter { $0.hasPrefix("{\"data\"") }
      .compactMap { try PlainValue(json: Array($0.utf8)).dictionary }
      .filter { $0["info"]?.dictionary?["name"]?.string == name }
  }

  @Test func `models past their day are events with the names of the models`() async throws {
    let outcome = try await run(
      [
        "models/old.sql": "select 1 as id",
        "models/soon.sql": "select * from {{ ref('old') }}",
        "models/reader.sql": "select * from {{ ref('soon') }}",
        "models/s.yml": """
        models:
          - {name: old, deprecation_date: 1999-01-01}
          - {name: soon, deprecation_date: 2999-01-01}
        """,
      ],
      "parse",
      "--log-format",
      "json"
    )
    let model = try #require(try events("DeprecatedModel", in: outcome).first)
    #expect(model["data"]?.dictionary?["model_name"] == "old")
    #expect(model["info"]?.dictionary?["code"] == "I065")
    let reference = try #require(try events("DeprecatedReference", in: outcome).first)
    #expect(reference["data"]?.dictionary?["model_name"] == "soon")
    #expect(reference["data"]?.dictionary?["ref_model_name"] == "old")
    let upcoming = try #require(try events("UpcomingReferenceDeprecation", in: outcome).first)
    #expect(upcoming["data"]?.dictionary?["model_name"] == "reader")
    // dbt's `parse` says nothing of its own.
    #expect(try events("Note", in: outcome).isEmpty)
  }

  @Test func `former keys and folders of the project file are told under their own names`()
    async throws
  {
    let files = [
      "dbt_project.yml": """
      name: test
      profile: test
      data-paths: [data]
      log-path: customlogs
      target-path: customtarget
      """,
      "models/m.sql": "select 1 as id",
    ]
    let outcome = try await run(files, "parse", "--log-format", "json")
    for (name, code) in [
      ("ConfigDataPathDeprecation", "D004"), ("ConfigLogPathDeprecation", "D010"),
      ("ConfigTargetPathDeprecation", "D011"),
    ] {
      let event = try #require(try events(name, in: outcome).first, "\(outcome.output)")
      #expect(event["info"]?.dictionary?["code"] == .string(code))
    }
    let strict = try await run(files, "--warn-error", "debug")
    #expect(strict.code == 2, "\(strict.output)")
    #expect(strict.output.contains("The `data-paths` config has been renamed to `seed-paths`"))
    let usual = try await run(
      ["dbt_project.yml": "name: test\nprofile: test\ntarget-path: target\nlog-path: logs\n"],
      "parse"
    )
    #expect(!usual.output.contains("has been deprecated"), "\(usual.output)")
  }

  @Test func `variables of dbt's own that mean nothing are named in the event`() async throws {
    let outcome = try await run(
      ["models/m.sql": "select 1 as id"],
      "parse",
      "--log-format",
      "json",
      environment: ["DBT_ENGINE_MINE": "1"]
    )
    let event = try #require(
      try events("EnvironmentVariableNamespaceDeprecation", in: outcome).first
    )
    #expect(event["data"]?.dictionary?["env_var"] == "DBT_ENGINE_MINE")
  }

  @Test(arguments: [("include", "warn"), ("error", "exclude")])
  func `only the former names that are there are spoken of`(error: String, warn: String)
    async throws
  {
    let outcome = try await run(
      ["models/m.sql": "select 1 as id"],
      "parse",
      "--log-format",
      "json",
      "--warn-error-options",
      "{\(error): all, \(warn): [Deprecations]}"
    )
    let event = try #require(try events("WEOIncludeExcludeDeprecation", in: outcome).first)
    let text = event["info"]?.dictionary?["msg"]?.string ?? ""
    #expect(text.contains("include") == (error == "include"), "\(text)")
    #expect(text.contains("exclude") == (warn == "exclude"), "\(text)")
  }

  @Test func `paths that configure nothing are told from the root of their section on`()
    async throws
  {
    let outcome = try await run(
      [
        "dbt_project.yml": "name: test\nprofile: test\ntests: {enabled: true}\n",
        "models/m.sql": "select 1 as id",
      ],
      "--warn-error",
      "parse"
    )
    #expect(outcome.code == 2, "\(outcome.output)")
    #expect(outcome.output.contains("There are 1 unused configuration paths:\n- data_tests"))
  }

  @Test func `with --quiet the file still has the warnings`() async throws {
    let harness = try CommandLineHarness(
      DbtFiles.project.merging([
        "profiles.yml": DbtFiles.project["profiles.yml", default: ""]
          + "\nconfig: {partial_parse: true}\n",
        "models/m.sql": "select 1 as id",
      ]) { $1 },
      speaksDbt: true
    )
    let outcome = await harness.run("--quiet", "parse", "--profiles-dir", ".")
    #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.output)")
    #expect(try harness.folder.read("logs/dbt.log").contains("ProjectFlagsMovedDeprecation"))
  }

  @Test
  func `a package that reads a node of the project is told of, unless a flag says where to look`()
    async throws
  {
    func files(_ flags: String) -> [String: String] {
      [
        "dbt_project.yml": "name: test\nprofile: test\n\(flags)",
        "models/a.sql": "select 1 as id",
        "dbt_packages/other/dbt_project.yml": "name: other\nprofile: test\n",
        "dbt_packages/other/models/b.sql": "select * from {{ ref('a') }}",
        "dbt_packages/other/models/named.sql": "select * from {{ ref('test', 'a') }}",
        "dbt_packages/other/models/inner/a.sql": "{{ config(alias='a2') }} select 1 as id",
      ]
    }
    let name = "PackageNodeDependsOnRootProjectNode"
    let told = try events(
      name,
      in: try await run(files(""), "parse", "--log-format", "json")
    )
    #expect(told.count == 1)
    #expect(told.first?["data"]?.dictionary?["node_name"] == "b")
    #expect(told.first?["data"]?.dictionary?["package_name"] == "other")
    #expect(told.first?["data"]?.dictionary?["root_project_unique_id"] == "model.test.a")
    let flags = "flags: {require_ref_searches_node_package_before_root: true}\n"
    #expect(
      try events(name, in: try await run(files(flags), "parse", "--log-format", "json")).isEmpty
    )
  }

  // MARK: Commands

  @Test func `--models of ls lists models only`() async throws {
    let files = [
      "models/m.sql": "select 1 as id",
      "models/s.yml": "models: [{name: m, columns: [{name: id, data_tests: [unique]}]}]\n",
    ]
    let models = try await run(files, "-q", "ls", "--models", "m")
    #expect(models.output == "test.m\n", "\(models.output)")
    let both = try await run(files, "-q", "ls", "--select", "m")
    #expect(both.output == "test.m\ntest.unique_m_id\n", "\(both.output)")
    let refused = try await run(files, "ls", "--models", "m", "--resource-type", "model")
    #expect(refused.code == 2, "\(refused.output)")
  }

  @Test func `a variable without a value ends the command, and clean and deps need none`()
    async throws
  {
    let files = [
      "dbt_project.yml": """
      name: test
      profile: test
      models: {test: {+materialized: "{{ var('how') }}"}}
      """,
      "models/m.sql": "select 1 as id",
    ]
    for command in ["parse", "debug"] {
      let outcome = try await run(files, command)
      #expect(outcome.code == 2, "\(command): \(outcome.output)")
      #expect(outcome.output.contains("Required var 'how' not found in config"))
    }
    #expect(try await run(files, "deps").code == 0)
  }

  @Test func `clean reads the project file alone`() async throws {
    let outcome = try await run(
      [
        "profiles.yml":
          "test: {outputs: {default: {type: postgres, host: \"{{ env_var('NO') }}\"}}}\n",
        "dbt_packages/twin/dbt_project.yml": "name: test\n",
        "models/m.sql": "select {{ broken",
      ],
      "clean"
    )
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  @Test func `packages are told of and refused in dbt's words`() async throws {
    func deps(_ packages: String, _ name: String = "inner") async throws
      -> CommandLineHarness.Outcome
    {
      try await run(
        ["packages.yml": packages, "inner/dbt_project.yml": "name: \(name)\nprofile: test\n"],
        "deps"
      )
    }
    let told = try await deps("packages: [{local: inner}]\n")
    #expect(told.code == 0 && told.output.contains("Installing inner"), "\(told.output)")
    #expect(told.output.contains("Installed from <local @ inner>"))
    let twin = try await deps("packages: [{local: inner}]\n", "test")
    #expect(twin.code == 2, "\(twin.output)")
    #expect(
      twin.output.contains("Found a dependency with the same name as the root project \"test\"")
    )
    for (entry, kind) in [("package", "hub"), ("git", "git"), ("local", "local")] {
      let empty = try await deps("packages: [{\(entry): ''}]\n")
      #expect(empty.code == 2, "\(empty.output)")
      #expect(empty.output.contains("The packages.yml file in this project is malformed"))
      #expect(empty.output.contains("A \(kind) package is missing the value."))
    }
  }
}
