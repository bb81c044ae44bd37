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

  @Test func `macros that only the arguments of a test call are none that it depends on`()
    async throws
  {
    let harness = try harness()
    let outcome = await harness.run("parse", "--no-color")
    #expect(outcome.code == 0, "\(outcome.error)")
    let nodes = try #require(try manifest(harness)["nodes"]?.dictionary)
    func macros(_ id: String) -> Set<String> {
      let depends = nodes["test.shop.\(id)"]?.dictionary?["depends_on"]?.dictionary
      return Set((depends?["macros"]?.list ?? []).compactMap(\.string))
    }
    // As dbt's own manifest has it after `dbt parse`.
    #expect(
      macros("accepted_values_latest_id___toolbox_described_id_.d0880680bf")
        == ["macro.dbt.test_accepted_values", "macro.dbt.get_where_subquery"]
    )
    #expect(
      macros("toolbox_at_most_orders_100__id.001cfcc679")
        == ["macro.toolbox.test_at_most", "macro.dbt.get_where_subquery"]
    )
  }

  @Test func `names with spaces are refused, and only warned of where a flag says so`() async throws
  {
    for (flag, code) in [("", 2), ("flags: {require_resource_names_without_spaces: false}\n", 0)] {
      let harness = try harness { files in
        files["dbt_project.yml", default: ""] += flag
        files["models/named.yml"] = """
          models:
            - name: rated
              columns:
                - name: code
                  data_tests: [{not_null: {name: Has a code}}]
          """
      }
      let outcome = await harness.run("parse", "--no-color")
      #expect(outcome.code == code, "\(outcome.error)")
      #expect(outcome.error.contains("[name-with-spaces]: Resource names cannot contain spaces"))
      #expect(outcome.error.contains("models/named.yml:5"), "\(outcome.error)")
    }
  }

  @Test func `the end of a model is written as dbt writes it`() async throws {
    let harness = try harness { files in
      files["models/named.yml"] = "models: [{name: rated, deprecation_date: 2024-01-01}]\n"
    }
    let outcome = await harness.run("parse", "--no-color")
    #expect(outcome.code == 0, "\(outcome.error)")
    let model = try manifest(harness)["nodes"]?.dictionary?["model.shop.rated"]?.dictionary
    let date = try #require(model?["deprecation_date"]?.string)
    #expect(date.hasPrefix("2024-01-01T00:00:00") && date.count == 25, "\(date)")
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
      "dbt_project.yml": "name: shop\nversion: '1.0'\n",
      "packages.yml": "packages:\n  - local: ../pk2\n",
    ])
    let package = harness.folder.path + "/../pk2"
    try FileManager.default.createDirectory(
      atPath: package + "/macros",
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: package) }
    try Data("name: pk2\nversion: '1.0'\n".utf8)
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

  /// A project that asks for the package `../PACKAGE`, beside its folder.
  private func asking(
    for name: String,
    project: String = "",
    named: String? = nil,
    _ files: [String: String] = [:]
  ) throws -> CommandLineHarness {
    var all = [
      "shop/dbt_project.yml": "name: shop\nversion: '1.0'\n\(project)",
      "shop/packages.yml": "packages:\n  - local: ../\(name)\n",
      "\(name)/dbt_project.yml": "name: \(named ?? name)\nversion: '1.0'\n",
    ]
    all.merge(files) { $1 }
    return try CommandLineHarness(all)
  }

  private func paths(_ harness: CommandLineHarness) -> Set<String> {
    Set(
      FileManager.default.enumerator(atPath: harness.folder.path)?.compactMap { $0 as? String }
        ?? []
    )
  }

  @Test(arguments: [".", "./", "..", "/", "../shop", "../libs"])
  func `a folder of packages that holds the project or a local package is refused`(
    _ path: String
  ) async throws {
    let harness = try asking(
      for: "libs/pk",
      project: "packages-install-path: \(path)\n",
      named: "pk",
      ["shop/models/a.sql": "select 1 as id\n", "libs/pk/macros/a.sql": "\n"]
    )
    let before = paths(harness)
    let outcome = await harness.run("deps", "--project-dir", "shop")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("unsafe-clean-target"), "\(outcome.error)")
    #expect(paths(harness).isSuperset(of: before))
  }

  @Test func `what is no package stays in the folder of packages`() async throws {
    let harness = try asking(
      for: "pk",
      [
        "shop/dbt_packages/notes.txt": "mine", "shop/dbt_packages/notes/a.txt": "mine",
        "shop/dbt_packages/old/dbt_project.yml": "name: old\nversion: '1.0'\n",
        "shop/dbt_packages/old/models/a.sql": "select 1 as id\n",
      ]
    )
    let outcome = await harness.run("deps", "--project-dir", "shop")
    #expect(outcome.code == 0, "\(outcome.error)")
    let found = paths(harness).filter { $0.hasPrefix("shop/dbt_packages/") }
    #expect(
      found.subtracting(["shop/dbt_packages/pk"]) == [
        "shop/dbt_packages/notes.txt", "shop/dbt_packages/notes",
        "shop/dbt_packages/notes/a.txt",
      ]
    )
  }

  @Test(arguments: ["../outside", "a/b", ".", "''"])
  func `a package whose name is no name of a folder is refused`(_ name: String) async throws {
    let harness = try asking(for: "pk", named: name)
    let before = paths(harness)
    let outcome = await harness.run("deps", "--project-dir", "shop")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("invalid-project-name"), "\(outcome.error)")
    #expect(paths(harness).subtracting(["shop/package-lock.yml"]) == before)
  }

  @Test func `a secret in the address of a repository is written and shown nowhere`() async throws {
    let secret = "t0ken-of-mine"
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": "name: shop\nversion: '1.0'\n",
        "\(secret)/dbt_project.yml": "name: pk\nversion: '1.0'\n",
      ],
      environment: ["DBT_ENV_SECRET_X": secret]
    )
    let repository = harness.folder.path + "/" + secret
    func git(_ words: String...) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@b"] + words
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    try git("init", "--quiet")
    try git("add", ".")
    try git("commit", "--quiet", "--message", "one")
    try harness.folder.write([
      "packages.yml": """
      packages:
        - git: "file://\(harness.folder.path)/{{ env_var('DBT_ENV_SECRET_X') }}"
          warn-unpinned: false

      """
    ])
    let outcome = await harness.run("deps")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(!(outcome.output + outcome.error).contains(secret), "\(outcome.error)")
    let lock = try harness.folder.read("package-lock.yml")
    #expect(!lock.contains(secret))
    #expect(lock.contains("/{{ env_var('DBT_ENV_SECRET_X') }}\n"), "\(lock)")
    // The lock file is what counts from now on, whatever the repository has.
    try harness.folder.write(["\(secret)/macros/later.sql": "\n"])
    try git("add", ".")
    try git("commit", "--quiet", "--message", "two")
    try FileManager.default.removeItem(atPath: harness.folder.path + "/dbt_packages")
    let again = await harness.run("deps")
    #expect(again.code == 0, "\(again.error)")
    #expect(!(again.output + again.error).contains(secret), "\(again.error)")
    #expect(try harness.folder.read("package-lock.yml") == lock)
    let installed = paths(harness).filter { $0.hasPrefix("dbt_packages/pk/") }
    #expect(installed.contains("dbt_packages/pk/dbt_project.yml"))
    #expect(!installed.contains("dbt_packages/pk/macros/later.sql"))
    let wrong = CommandLineHarness(harness.folder, environment: ["DBT_ENV_SECRET_X": "an0ther"])
    let failed = await wrong.run("deps", "--upgrade")
    #expect(failed.code == 2)
    #expect(failed.error.contains("package-not-fetched"))
    // What git says of it, too.
    #expect(failed.error.contains("fatal:") && !failed.error.contains("an0ther"), "\(failed.error)")
  }

  @Test func `what would not be read as text is quoted in the lock file`() {
    let found = PackageInstaller.Found(
      source: .git(url: "", revision: nil, subdirectory: nil),
      name: "pk",
      folder: "",
      lock: ["git": "{{ env_var('A') }}/b", "revision": "1.0", "name": "pk"]
    )
    #expect(
      PackageInstaller.lockText([found], hash: "0a") == """
        packages:
          - git: '{{ env_var(''A'') }}/b'
            name: pk
            revision: '1.0'
        sha1_hash: 0a

        """
    )
  }

  @Test func `snapshots of a package are its project's, too`() async throws {
    let harness = try CommandLineHarness([
      "project.yml": "name: shop\ntargets: { local: { type: local } }\n",
      "dbt_packages/pk/dbt_project.yml": """
      name: pk
      version: '1.0'
      snapshots: {pk: {people: {+tags: [history]}}}

      """,
      "dbt_packages/pk/models/base.sql": "select 1 as id, current_timestamp as changed_at\n",
      "dbt_packages/pk/snapshots/people/users.sql": """
      {% snapshot users %}
      {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at') }}
      select * from {{ ref('base') }}
      {% endsnapshot %}

      """,
      // What its author should mend is not told.
      "dbt_packages/pk/snapshots/none.sql": "select 1\n",
      "dbt_packages/pk/snapshots/other.yml": """
      snapshots:
        - name: bases
          relation: ref('base')
          config: {strategy: check, unique_key: id, check_cols: all}

      """,
      "models/report.sql": "select * from {{ ref('users') }} join {{ ref('bases') }} using (id)\n",
    ])
    let listed = await harness.run("ls", "--resource-type", "snapshot")
    #expect(listed.code == 0, "\(listed.error)")
    #expect(listed.output == "pk.bases\npk.people.users.users\n")
    #expect(!listed.error.contains("no-snapshot"), "\(listed.error)")
    let tagged = await harness.run("ls", "-q", "-s", "tag:history,resource_type:snapshot")
    #expect(tagged.output == "pk.people.users.users\n")
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let nodes = try manifest(harness)["nodes"]?.dictionary
    #expect(
      nodes?["model.shop.report"]?.dictionary?["depends_on"]?.dictionary?["nodes"]
        == ["snapshot.pk.users", "snapshot.pk.bases"]
    )
    let bases = nodes?["snapshot.pk.bases"]?.dictionary
    #expect(bases?["package_name"] == "pk")
    #expect(bases?["path"] == "other.yml/bases.sql", "\(bases?["path"] ?? "")")
  }

  @Test func `the registry that cannot be reached is told, and what is installed stays`()
    async throws
  {
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": "name: shop\nversion: '1.0'\n",
        "packages.yml": "packages:\n  - {package: a/b, version: 1.0.0}\n",
        "dbt_packages/b/dbt_project.yml": "name: b\nversion: '1.0'\n",
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
