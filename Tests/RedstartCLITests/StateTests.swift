import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// What `state:` selects, compared with what dbt selects after the same edits.
///
/// The expectations are dbt's own, recorded with scripts/record_state_with_dbt.py.
@Suite struct StateTests {
  struct Edit: Decodable {
    var file: String
    var old: String?
    var new: String?
    var text: String?
    var rename: String?
  }

  static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Fixtures/state")

  /// The project's files.
  static func files() throws -> [String: String] {
    let root = fixtures.appendingPathComponent("project")
    var files: [String: String] = [:]
    let enumerator = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    while let url = enumerator?.nextObject() as? URL {
      let isFolder = try url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
      if isFolder { continue }
      files[String(url.path.dropFirst(root.path.count + 1))] = try String(
        contentsOf: url,
        encoding: .utf8
      )
    }
    return files
  }

  private static func edited(_ edits: [Edit]) throws -> [String: String] {
    var files = try files()
    for edit in edits {
      let former = files[edit.file] ?? ""
      if let name = edit.rename {
        files[name] = former
        files[edit.file] = nil
      } else if let old = edit.old, let new = edit.new {
        #expect(former.contains(old), "\(edit.file) has no \(old)")
        files[edit.file] = former.replacingOccurrences(of: old, with: new)
      } else {
        files[edit.file] = edit.text
      }
    }
    return files
  }

  private static func expected() throws -> PlainDictionary {
    let data = try Data(contentsOf: fixtures.appendingPathComponent("expected.json"))
    return try #require(try PlainValue(json: Array(data)).dictionary)
  }

  /// What differs from dbt, with the given manifest as the earlier state.
  private func differences(since manifest: String) async throws -> [String] {
    let variants = try JSONDecoder().decode(
      [String: [Edit]].self,
      from: Data(contentsOf: Self.fixtures.appendingPathComponent("variants.json"))
    )
    #expect(variants.count >= 25)
    let selected = try #require(try Self.expected()["selected"]?.dictionary)
    var differences: [String] = []
    for (name, edits) in variants.sorted(by: { $0.key < $1.key }) {
      var files = try Self.edited(edits)
      files["earlier/manifest.json"] = manifest
      let harness = try CommandLineHarness(files)
      for (selector, ids) in try #require(selected[name]?.dictionary).pairs {
        let outcome = await harness.run(
          "ls",
          "-q",
          "--profiles-dir",
          ".",
          "-s",
          "state:\(selector)",
          "--state",
          "earlier"
        )
        let theirs = (ids.list ?? []).compactMap(\.string).sorted()
        let ours = outcome.output.split(separator: "\n").map(String.init).sorted()
        if outcome.code != 0 { differences.append("\(name), \(selector): \(outcome.error)") }
        if ours != theirs {
          let extra = Set(ours).subtracting(theirs).sorted()
          let missing = Set(theirs).subtracting(ours).sorted()
          differences.append("\(name), \(selector): extra \(extra), missing \(missing)")
        }
      }
    }
    return differences
  }

  @Test func `state selects what dbt selects, since a run of redstart`() async throws {
    let earlier = try CommandLineHarness(try Self.files())
    let parsed = await earlier.run("parse", "--profiles-dir", ".", "--target", "prod")
    try #require(parsed.code == 0, "\(parsed.error)")
    let manifest = try String(
      contentsOfFile: earlier.folder.path + "/target/manifest.json",
      encoding: .utf8
    )
    let differences = try await differences(since: manifest)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func `state selects what dbt selects, since a run of dbt`() async throws {
    let manifest = try #require(try Self.expected()["manifest"])
    let differences = try await differences(since: manifest.jsonString)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("state:modified", nil, 2, "selector-needs-state"),
    ("result:error", nil, 2, "selector-needs-state"),
    ("state:modified", "nosuch", 2, "state-not-found"),
    ("state:new", "empty", 2, "selector-needs-state"),
    ("state:new", "broken", 2, "state-not-readable"),
    ("state:nonsense", "earlier", 2, "invalid-selector"),
    ("result:success", "earlier", 0, ""),
  ])
  func `what cannot be compared is told`(
    selector: String,
    state: String?,
    code: Int32,
    word: String
  ) async throws {
    var files = try Self.files()
    files["earlier/manifest.json"] = try Self.expected()["manifest"]?.jsonString
    files["earlier/run_results.json"] = """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"},
       "results": [{"unique_id": "model.shop.cents", "status": "success"},
                   {"unique_id": "model.shop.gone", "status": "success"},
                   {"unique_id": "model.shop.orders", "status": "error"}]}
      """
    files["empty/readme"] = "nothing"
    files["broken/manifest.json"] = "{\"metadata\": {}"
    let harness = try CommandLineHarness(files)
    var words = [
      "ls", "-q", "--profiles-dir", ".", "--indirect-selection", "empty", "-s", selector,
    ]
    if let state { words += ["--state", state] }
    let outcome = await harness.run(words)
    #expect(
      outcome.code == code && (word.isEmpty || outcome.error.contains(word)),
      "\(outcome.error)"
    )
    if code == 0 { #expect(outcome.output == "shop.cents\n") }
  }

  @Test func `a versioned model must keep its contract`() async throws {
    var files = try Self.files()
    func schema(_ type: String) -> String {
      """
      models:
        - name: promised
          config: {contract: {enforced: true}, materialized: table}
          columns: [{name: id, data_type: \(type)}]
          versions: [{v: 1}]
      """
    }
    files["models/promised_v1.sql"] = "select 1 as id"
    files["models/promised.yml"] = schema("numeric(10,2)")
    let earlier = try CommandLineHarness(files)
    let parsed = await earlier.run("parse", "-q", "--profiles-dir", ".")
    try #require(parsed.code == 0, "\(parsed.error)")
    files["earlier/manifest.json"] = try String(
      contentsOfFile: earlier.folder.path + "/target/manifest.json",
      encoding: .utf8
    )
    // The size of a type is not promised.
    for (type, code) in [("numeric(12,2)", Int32(0)), ("text", 2)] {
      files["models/promised.yml"] = schema(type)
      let harness = try CommandLineHarness(files)
      let outcome = await harness.run(
        "ls",
        "-q",
        "--profiles-dir",
        ".",
        "-s",
        "state:modified",
        "--state",
        "earlier"
      )
      #expect(outcome.code == code, "\(type): \(outcome.error)")
      #expect(outcome.error.contains("error[contract-broken]") == (code != 0))
    }
  }
}
