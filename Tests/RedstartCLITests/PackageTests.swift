import Diagnostics
import Foundation
import ProjectModel
import TestSupport
import Testing

@testable import RedstartCLI

/// A project with packages, compiled by dbt once and by redstart now.
///
/// The expectations are dbt's own, recorded with scripts/compare_with_dbt.py --record.
@Suite struct PackageTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  private func harness(_ change: (inout [String: String]) -> Void = { _ in }) throws
    -> CommandLineHarness
  {
    let root = Self.fixtures.appendingPathComponent("packages")
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
    change(&files)
    return try CommandLineHarness(files)
  }

  private func json(_ path: String) throws -> PlainValue {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    return try PlainValue(json: Array(bytes))
  }

  private func manifest(_ harness: CommandLineHarness) throws -> PlainDictionary {
    try #require(try json(harness.folder.path + "/target/manifest.json").dictionary)
  }

  @Test func `a project with packages compiles to what dbt makes of it`() async throws {
    let harness = try harness()
    let outcome = await harness.run("compile", "--no-color")
    #expect(outcome.code == 0, "\(outcome.error)")
    let ours = try manifest(harness)
    let expected = try #require(
      try json(Self.fixtures.appendingPathComponent("packages.expected.json").path).dictionary
    )
    for section in ["nodes", "sources", "exposures"] {
      let theirs = try #require(expected[section]?.dictionary)
      let mine = try #require(ours[section]?.dictionary)
      #expect(Set(mine.keys) == Set(theirs.keys), "\(section)")
      for (id, fields) in theirs.pairs {
        guard let node = mine[id]?.dictionary, let fields = fields.dictionary else { continue }
        for (field, value) in fields.pairs {
          #expect(
            Self.value(of: field, in: node) == Self.sorted(value),
            "\(id): \(field)"
          )
        }
      }
    }
    for section in ["parent_map", "child_map"] {
      for (id, ids) in expected[section]?.dictionary?.pairs ?? [] {
        let mine = ours[section]?.dictionary?[id]?.list?.compactMap(\.string).sorted()
        #expect(mine == ids.list?.compactMap(\.string), "\(section) of \(id)")
      }
    }
    for (id, text) in expected["docs"]?.dictionary?.pairs ?? [] {
      #expect(ours["docs"]?.dictionary?[id]?.dictionary?["block_contents"] == text)
    }
  }

  /// A field in the form in which it was recorded.
  private static func value(of field: String, in node: PlainDictionary) -> PlainValue {
    var value = PlainValue.dictionary(node)
    for part in field.split(separator: ".") { value = value.dictionary?[String(part)] ?? .null }
    switch field {
    case "compiled_code", "raw_code":
      guard let text = value.string else { return value }
      return .string(text.filter { !$0.isWhitespace })
    case "depends_on.macros":
      let names = (value.list ?? []).compactMap(\.string).map { name in
        name.replacingOccurrences(of: "macro.dbt_postgres.", with: "macro.dbt.")
      }
      return .list(Set(names).sorted().map { .string($0) })
    case "config":
      return sorted(
        .dictionary(
          PlainDictionary(
            (value.dictionary ?? [:]).pairs.filter { _, item in
              item != .null && item != .list([]) && item != [:] && item != ""
            }.map { ($0.key, $0.value) }
          )
        )
      )
    case "columns":
      return sorted(
        .dictionary(
          PlainDictionary(
            (value.dictionary ?? [:]).pairs.map { name, column in
              var kept = PlainDictionary()
              for key in ["name", "description", "data_type", "tags", "meta"] {
                kept[key] = column.dictionary?[key] ?? .null
              }
              return (name, .dictionary(kept))
            }
          )
        )
      )
    case "tags":
      return .list((value.list ?? []).compactMap(\.string).sorted().map { .string($0) })
    default: return sorted(value)
    }
  }

  /// Mappings in the order of their keys: `PlainDictionary` compares the order, too.
  private static func sorted(_ value: PlainValue) -> PlainValue {
    switch value {
    case .dictionary(let dictionary):
      let pairs = dictionary.pairs.sorted { $0.key < $1.key }
      return .dictionary(PlainDictionary(pairs.map { ($0.key, sorted($0.value)) }))
    case .list(let items): return .list(items.map(sorted))
    default: return value
    }
  }

  @Test func `a package that is asked for but not installed is an error`() async throws {
    let harness = try harness {
      $0["packages.yml"] = """
        packages:
          - {package: a/toolbox, version: 1.0.0}
          - {package: a/helpers, version: 1.0.0}
          - {package: a/third, version: 1.0.0}
        """
    }
    let outcome = await harness.run("parse")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("packages-missing"))
    #expect(outcome.error.contains("redstart deps"))
  }

  @Test func `a disabled model of a package takes its tests with it`() async throws {
    let harness = try harness {
      $0["models/marts/orders.sql"] = "select 1 as id, 'info' as level"
      $0["dbt_packages/toolbox/models/levels.sql"] = "select 'info' as level"
      $0["dbt_project.yml"] = $0["dbt_project.yml"]?
        .replacingOccurrences(of: "var('with_logs', true)", with: "var('with_logs', false)")
    }
    let outcome = await harness.run("parse")
    #expect(outcome.code == 0, "\(outcome.error)")
    let ours = try manifest(harness)
    #expect(ours["nodes"]?.dictionary?["model.toolbox.log_lines"] == nil)
    #expect(ours["disabled"]?.dictionary?["model.toolbox.log_lines"] != nil)
  }

  @Test func `deps links folders, writes dbt's lock file and installs from it`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nversion: '1'\n",
      "packages.yml": "packages:\n  - local: ../pk2\n",
    ])
    let package = harness.folder.path + "/../pk2"
    try FileManager.default.createDirectory(
      atPath: package + "/macros",
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: package) }
    try Data("name: pk2\nversion: '1'\n".utf8)
      .write(to: URL(fileURLWithPath: package + "/dbt_project.yml"))
    let outcome = await harness.run("deps")
    #expect(outcome.code == 0, "\(outcome.error)")
    let lock = try String(
      contentsOfFile: harness.folder.path + "/package-lock.yml",
      encoding: .utf8
    )
    // The hash is that of dbt 1.11 for this list.
    #expect(
      lock == """
        packages:
          - local: ../pk2
            name: pk2
        sha1_hash: 42013d04728c8cc45b556057baa8c3beaf2c09ac

        """
    )
    let project = harness.folder.path + "/dbt_packages/pk2/dbt_project.yml"
    #expect(FileManager.default.fileExists(atPath: project))
    let again = await harness.run("deps")
    #expect(again.code == 0, "\(again.error)")
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
  }

  @Test func `the registry that cannot be reached is told, and what is installed stays`()
    async throws
  {
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": "name: shop\nversion: '1'\n",
        "packages.yml": "packages:\n  - {package: a/b, version: 1.0.0}\n",
        "dbt_packages/b/dbt_project.yml": "name: b\nversion: '1'\n",
      ],
      environment: ["DBT_PACKAGE_HUB_URL": "http://127.0.0.1:9/"]
    )
    let outcome = await harness.run("deps")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("package-not-fetched"))
    #expect(
      FileManager.default.fileExists(
        atPath: harness.folder.path + "/dbt_packages/b/dbt_project.yml"
      )
    )
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
  }

  @Test func `versions are chosen by their numbers, previews last`() throws {
    let versions = ["1.2.0", "1.10.0", "2.0.0-rc1", "0.9.9"].compactMap(PackageVersion.init)
    #expect(versions.max()?.text == "2.0.0-rc1")
    let fitting = versions.filter { $0.fits(">=1.0.0") && $0.fits("<2.0.0") && !$0.isPrerelease }
    #expect(fitting.max()?.text == "1.10.0")
    let exact = try #require(PackageVersion("1.2"))
    #expect(exact.fits("1.2.0"))
    #expect(!exact.fits("1.2.1"))
  }
}
