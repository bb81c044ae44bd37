import Foundation
import TestSupport
import Testing

/// A dbt project with the targets `dev` and `prod` on a database of its own.
struct DbtProject {
  let scenario: Scenario
  let project: ProgramHarness

  init(_ files: [String: String], environment: [String: String] = [:]) throws {
    let scenario = try Scenario([:])
    self.scenario = scenario
    var files = files
    let outputs = ["dev", "prod"].map { name in
      """
          \(name): { type: postgres, host: "\(scenario.socket)", port: 5432, user: redstart, \
      password: "-", dbname: \(scenario.database), schema: \(name), threads: 2, sslmode: disable }
      """
    }
    files["profiles.yml"] =
      "shop:\n  target: dev\n  outputs:\n" + outputs.joined(separator: "\n") + "\n"
    if files["dbt_project.yml"] == nil {
      files["dbt_project.yml"] = "name: shop\nversion: '1.0'\nprofile: shop\n"
    }
    project = try ProgramHarness.project(files, environment: environment)
  }

  /// The project that the recorded selections of `state:` are of.
  static func shop(environment: [String: String] = [:]) throws -> DbtProject {
    let root = ProgramHarness.repository
      .appendingPathComponent("Tests/RedstartCLITests/Fixtures/state/project")
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      let url = root.appendingPathComponent(path)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      if !isFolder.boolValue { files[path] = try String(contentsOf: url, encoding: .utf8) }
    }
    return try DbtProject(files, environment: environment)
  }

  @discardableResult
  func run(_ words: String...) throws -> ProgramHarness.Outcome {
    try project.run(words + ["--profiles-dir", ".", "--no-color"])
  }

  /// Runs a command that has to go well.
  @discardableResult
  func succeed(_ words: String...) throws -> ProgramHarness.Outcome {
    let outcome = try project.run(words + ["--profiles-dir", ".", "--no-color"])
    try #require(outcome.code == 0, "\(words): \(outcome.error)")
    return outcome
  }

  /// Keeps the target folder as another state.
  func keepState(as name: String) throws {
    let folder = URL(fileURLWithPath: project.folder.path)
    let state = folder.appendingPathComponent(name)
    if FileManager.default.fileExists(atPath: state.path) {
      try FileManager.default.removeItem(at: state)
    }
    try FileManager.default.copyItem(at: folder.appendingPathComponent("target"), to: state)
  }

  /// A file below the folder of compiled SQL, without the space around it.
  func compiled(_ path: String) throws -> String {
    try project.folder.read("target/compiled/shop/\(path)")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What a JSON file of the target folder holds.
  func artifact(_ name: String) throws -> [String: Any] {
    let data = Data(try project.folder.read("target/\(name)").utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// A key of each result of an artifact, by unique_id.
  func results(_ name: String, _ key: String) throws -> [String: String] {
    let results = try #require(try artifact(name)["results"] as? [[String: Any]])
    return results.reduce(into: [:]) { found, result in
      found[result["unique_id"] as? String ?? ""] = result[key].map { "\($0)" } ?? ""
    }
  }

  func sql(_ text: String) throws -> String { try scenario.psql(text) }
}
