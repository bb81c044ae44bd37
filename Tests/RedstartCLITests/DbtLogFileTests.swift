import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// `logs/dbt.log`, where the program is called dbt.
@Suite struct DbtLogFileTests {
  private static let project = [
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "profiles.yml": """
    shop:
      outputs:
        dev: {type: postgres, host: h, user: u, password: hunter2pass, dbname: d, schema: s}
      target: dev
    """,
    "models/a.sql": "select 1 as id -- {{ env_var('SHOWN') }}",
    // A warning with what must not be told.
    "models/b.yml": "models: [{name: hunter2pass}]",
  ]

  private func harness(
    _ files: [String: String] = [:],
    environment: [String: String] = [:]
  ) throws -> CommandLineHarness {
    try CommandLineHarness(
      Self.project.merging(files) { $1 },
      environment: environment.merging(["SHOWN": "1"]) { $1 },
      speaksDbt: true
    )
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `commands add to one file, each under a line of its own`() async throws {
    let harness = try harness()
    let first = await harness.run("parse", "--profiles-dir", ".")
    #expect(first.code == 0, "\(first.output)")
    _ = await harness.run("ls", "-q", "--profiles-dir", ".")
    let log = try harness.folder.read("logs/dbt.log")
    let rule = String(repeating: "=", count: 30)
    let heads = log.split(separator: "\n").filter { $0.hasPrefix(rule) && $0.hasSuffix(rule) }
    #expect(heads.count == 2, "\(log)")
    // dbt's columns: the time, the level and the thread.
    let lines = log.split(separator: "\n").filter { $0.contains(" [debug] [MainThread]: ") }
    #expect(lines.contains { $0.hasSuffix("succeeded at") || $0.contains("Command `dbt parse` ") })
    #expect(lines.allSatisfy { $0.prefix(16).split(separator: ":").count == 3 })
    // What no terminal shows must be in no file either.
    #expect(log.contains("\"*****\"") && !log.contains("hunter2pass"), "\(log)")
    #expect(try mode("\(harness.folder.path)/logs") == 0o700)
    #expect(try mode("\(harness.folder.path)/logs/dbt.log") == 0o600)
  }

  @Test func `its place, level and format are dbt's to say`() async throws {
    let harness = try harness(
      ["dbt_project.yml": "name: shop\nprofile: shop\nlog-path: own\n"],
      environment: ["DBT_LOG_FORMAT_FILE": "json"]
    )
    _ = await harness.run("parse", "--profiles-dir", ".")
    let json = try harness.folder.read("own/dbt.log")
    for line in json.split(separator: "\n") {
      let event = try PlainValue(json: Array(line.utf8)).dictionary
      #expect(event?["info"]?.dictionary?["level"] != nil)
    }
    _ = await harness.run("parse", "--profiles-dir", ".", "--log-path", "x", "--log-level", "warn")
    #expect(!(try harness.folder.read("x/dbt.log")).contains("\"debug\""))
    _ = await harness.run("parse", "--profiles-dir", ".", "--log-path=y", "--log-level-file=none")
    #expect(!FileManager.default.fileExists(atPath: "\(harness.folder.path)/y"))
    let wrong = await harness.run("parse", "--log-level-file", "loud")
    #expect(wrong.code == 2 && wrong.output.contains("--log-level-file"), "\(wrong.output)")
  }

  @Test func `a full file makes room, and five of them stay`() async throws {
    let harness = try harness(environment: ["DBT_LOG_FILE_MAX_BYTES": "600"])
    for _ in 0..<9 { _ = await harness.run("parse", "--profiles-dir", ".") }
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(harness.folder.path)/logs")
    #expect(names.sorted() == ["dbt.log"] + (1...5).map { "dbt.log.\($0)" })
    #expect(try harness.folder.read("logs/dbt.log.1").utf8.count <= 600)
  }

  @Test func `a log that cannot be written stops nothing`() async throws {
    let harness = try harness()
    let outcome = await harness.run("parse", "--profiles-dir", ".", "--log-path", "dbt_project.yml")
    #expect(outcome.code == 0 && outcome.output.contains("warning[log-lost]"), "\(outcome.output)")
  }

  @Test func `called redstart, nothing is written`() async throws {
    let harness = try CommandLineHarness(Self.project, environment: ["SHOWN": "1"])
    _ = await harness.run("parse", "--profiles-dir", ".", "--log-path", "x")
    #expect(!FileManager.default.fileExists(atPath: "\(harness.folder.path)/logs"))
    #expect(!FileManager.default.fileExists(atPath: "\(harness.folder.path)/x"))
  }
}
