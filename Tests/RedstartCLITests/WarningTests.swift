import Diagnostics
import Foundation
import ProjectModel
import TestSupport
import Testing

@testable import RedstartCLI

/// `--warn-error` and its options, with what dbt 1.11 makes of the same.
@Suite struct WarningTests {
  /// The expectations are dbt's own, recorded with scripts/record_warnings_with_dbt.py.
  @Test func `warnings become what dbt makes of them`() throws {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appendingPathComponent("Fixtures/warnings.json")
    let cases = try #require(try PlainValue(json: Array(Data(contentsOf: file))).list)
    var refused = 0
    for one in cases.compactMap(\.dictionary) {
      let options = try #require(one["options"]?.dictionary)
      var policy = WarningPolicy(countsOwn: false, isRedshift: false)
      let outcome = one["outcome"]?.dictionary
      do {
        try policy.read(options, from: .commandLine)
      } catch {
        #expect(outcome == nil, "\(options): \(error)")
        refused += 1
        continue
      }
      let expected = try #require(outcome, "\(options) should be refused")
      for (code, treatment) in expected.pairs {
        #expect("\(policy.treatment(of: code))" == treatment.string, "\(options): \(code)")
      }
    }
    #expect(cases.count == 481 && refused == 227)
  }

  @Test func `what dbt does not warn of is promoted by its code, or where dbt is not meant`() throws
  {
    for (countsOwn, options, expected) in [
      (false, ["error": "all"], WarningPolicy.Treatment.told),
      (true, ["error": "all"], .error),
      (false, ["error": ["missing-folder"]], .error),
      (true, ["error": "all", "silence": ["missing-folder"]], .silent),
    ] as [(Bool, PlainDictionary, WarningPolicy.Treatment)] {
      var policy = WarningPolicy(countsOwn: countsOwn, isRedshift: false)
      try policy.read(options, from: .commandLine)
      #expect(policy.treatment(of: "missing-folder") == expected, "\(options)")
    }
    // dbt looks at the keys of files where the adapter is Redshift's.
    for isRedshift in [false, true] {
      var policy = WarningPolicy(countsOwn: false, isRedshift: isRedshift)
      policy.promoteAll()
      #expect((policy.treatment(of: "unknown-key") == .error) == isRedshift)
    }
  }

  private static func project(
    flags: String = "",
    environment: [String: String] = [:]
  ) throws -> CommandLineHarness {
    try CommandLineHarness(
      [
        "project.yml": """
        name: shop
        models: { shop: { nothing_here: { +materialized: table } } }
        \(flags)
        """,
        "models/orders.sql": "select 1 as id",
        "models/m.yml": "models: [{ name: gone }]",
      ],
      environment: environment
    )
  }

  @Test func `warnings are errors where the line, the environment or the project says so`()
    async throws
  {
    let plain = try Self.project()
    let told = await plain.run("parse")
    #expect(told.code == 0 && told.error.contains("warning[unused-config]"))
    #expect(told.error.contains("warning[unused-properties]"))
    for harness in [
      try Self.project(environment: ["DBT_WARN_ERROR": "1"]),
      try Self.project(environment: ["DBT_ENGINE_WARN_ERROR": "true"]),
      try Self.project(environment: ["DBT_WARN_ERROR_OPTIONS": "{error: all}"]),
      try Self.project(flags: "flags: { warn_error: true }"),
      try Self.project(flags: "flags: { warn_error_options: { include: '*' } }"),
    ] {
      let outcome = await harness.run("parse")
      #expect(outcome.code == 2, "\(outcome.error)")
      #expect(outcome.error.contains("error[unused-config]"), "\(outcome.error)")
    }
    // What is nearer takes back what the project file says.
    for (harness, words) in [
      (try Self.project(flags: "flags: { warn_error: true }"), ["--no-warn-error"]),
      (
        try Self.project(
          flags: "flags: { warn_error: true }",
          environment: ["DBT_WARN_ERROR": "false"]
        ), []
      ),
      (try Self.project(environment: ["DBT_WARN_ERROR": "1"]), ["--no-warn-error"]),
    ] {
      let outcome = await harness.run(["parse"] + words)
      #expect(outcome.code == 0 && outcome.error.contains("warning[unused-config]"))
    }
    let some = await plain.run(
      "ls",
      "--warn-error-options",
      "{error: all, warn: [UnusedResourceConfigPath], silence: [unused-properties]}"
    )
    #expect(some.code == 0 && some.output == "shop.orders\n", "\(some.error)")
    #expect(some.error.contains("warning[unused-config]"))
    #expect(!some.error.contains("unused-properties"))
    // The line is nearer than the project file.
    let nearer = try Self.project(flags: "flags: { warn_error_options: { error: all } }")
    let outcome = await nearer.run("parse", "--warn-error-options", "{error: [NothingToDo]}")
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test func `a selection of nothing is an error with --warn-error`() async throws {
    let harness = try Self.project()
    let some = "{error: [NothingToDo, NoNodesSelected]}"
    for words in [["ls"], ["run"], ["test"]] {
      let none = await harness.run(words + ["-s", "tag:none"])
      #expect(none.code == 0, "\(none.error)")
      let outcome = await harness.run(words + ["-s", "tag:none", "--warn-error-options", some])
      #expect(outcome.code == 2 && outcome.error.contains("error[nothing-selected]"))
    }
    let criterion = "{error: [NoNodesForSelectionCriteria]}"
    let outcome = await harness.run("ls", "-s", "tag:none", "--warn-error-options", criterion)
    #expect(outcome.code == 2 && outcome.error.contains("tag:none"), "\(outcome.error)")
  }

  @Test func `findings of check are errors with --warn-error`() async throws {
    let harness = try CommandLineHarness([
      "project.yml": "name: shop\nmodels: { shop: { +materialized: table } }\n",
      "models/orders.sql": "select 1 as id, 'x'::varchar(max) as note",
    ])
    let plain = await harness.run("check")
    #expect(plain.code == 0 && plain.output.contains("warning["), "\(plain.output)\(plain.error)")
    let strict = await harness.run("check", "--warn-error")
    #expect(strict.code == 2 && strict.output.contains("error["), "\(strict.output)")
    #expect(!strict.output.contains("warning["))
  }

  @Test(arguments: [
    ("{silence: [Nonsense]}", "\"Nonsense\" in \"silence\" is no name of a warning"),
    ("{error: [NoNodesForSelectionCriterion]}", "did you mean \"NoNodesForSelectionCriteria\"?"),
    ("{error: some}", "all, or a list of names"),
    ("{warn: [NothingToDo]}", "takes nothing away"),
    ("{error: all, include: all}", "Only `include` or `error` can be specified"),
    ("{errors: all}", "there is no \"errors\""),
    ("all", "it must be a mapping"),
  ])
  func `options that cannot be are refused`(options: String, reason: String) async throws {
    let outcome = await (try Self.project()).run("parse", "--warn-error-options", options)
    #expect(outcome.code == 2 && outcome.error.contains("error[usage]"))
    #expect(outcome.error.contains(reason), "\(outcome.error)")
    let inFile = try Self.project(flags: "flags: { warn_error_options: \(options) }")
    let refused = await inFile.run("parse")
    #expect(refused.code == 2 && refused.error.contains("error[invalid-value]"))
    #expect(refused.error.contains(reason) && refused.error.contains("project.yml"))
    let both = await inFile.run("parse", "--warn-error")
    #expect(both.code == 2 && both.error.contains("exclude each other"), "\(both.error)")
  }
}
