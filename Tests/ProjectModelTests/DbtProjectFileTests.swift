import Diagnostics
import Testing

@testable import ProjectModel

/// What dbt refuses of a project's own files before it looks at a model.
@Suite struct DbtProjectFileTests {
  private static func problems(
    _ files: [String: String],
    version: String? = "1.11.16"
  ) throws -> [Diagnostic] {
    let folder = try TemporaryFolder(files)
    var options = ProjectOptions(projectDirectory: folder.path)
    options.checkedVersion = version
    do {
      return try ProjectLoader.load(options, into: Buffers()).diagnostics
    } catch {
      return error.diagnostics
    }
  }

  @Test(arguments: [
    ("archive: {source_schema: a}", "unknown-key"), ("version: invalid", "invalid-value"),
    ("version: '1'", "invalid-value"), ("version: '1.02'", "invalid-value"),
    ("version: '1.0-rc1'", "invalid-value"), ("dbt-cloud: a word", "invalid-value"),
    ("version: '1.0'", nil), ("version: 1", nil), ("version: '1.0.0-rc1+x'", nil),
    ("dbt-cloud: {project-id: 1}", nil), ("packages: []", nil),
  ])
  func `a project file of dbt holds what dbt takes`(line: String, code: String?) throws {
    let errors = try Self.problems(["dbt_project.yml": "name: shop\n\(line)\n"]).filter(\.isError)
    #expect(errors.map(\.code) == (code.map { [$0] } ?? []), "\(errors)")
    guard line.hasPrefix("version") else { return }
    let native = try Self.problems(["project.yml": "name: shop\n\(line)\n"])
    #expect(native.isEmpty, "redstart's own takes any: \(native)")
  }

  @Test(arguments: [
    ("'>=1.0.0,<1.5.0'", true), ("['>0.0.0', '<=0.0.1']", true), ("0.0.0", true),
    ("['>=1.8.0', '<2.0.0']", false), ("'=1.11.16'", false), ("\">=1.10.0, <2.0.0\"", false),
    ("'>=1.6.0rc2'", false), ("'>1.11.16rc1'", false), ("'<1.11.16rc1.2'", true),
  ])
  func `projects and packages say which versions they are made for`(
    condition: String,
    isRefused: Bool
  ) throws {
    let line = "require-dbt-version: \(condition)\n"
    let root = try Self.problems(["dbt_project.yml": "name: shop\n\(line)nonsense: 1\n"])
    // What the file holds beside is for the other version, and not told.
    #expect(root.map(\.code) == [isRefused ? "version-not-allowed" : "unknown-key"])
    let package = try Self.problems([
      "dbt_project.yml": "name: shop\n", "packages.yml": "packages: [{git: x}]\n",
      "dbt_packages/pk/dbt_project.yml": "name: pk\n\(line)",
    ])
    #expect(package.map(\.code) == (isRefused ? ["version-not-allowed"] : []), "\(package)")
    let unchecked = try Self.problems(["dbt_project.yml": "name: shop\n\(line)"], version: nil)
    #expect(unchecked.isEmpty)
    let flag = "flags: {version_check: false}\n"
    #expect(try Self.problems(["dbt_project.yml": "name: shop\n\(line)\(flag)"]).isEmpty)
  }

  @Test(arguments: [
    ("", "is empty"),
    ("catalogs: [{name: c, write_integrations: [{name: a, catalog_type: x}]}]", nil),
    (
      "catalogs: [{name: c, write_integrations: [{name: a, catalog_type: x}, {name: b, catalog_type: x}]}]",
      "must specify an 'active_write_integration' when multiple"
    ),
    (
      "catalogs: [{name: c, active_write_integration: b, write_integrations: [{name: a, catalog_type: x}]}]",
      "from its set of defined 'write_integrations': ['a']. Got: 'b'."
    ),
    (
      "catalogs: [{name: c, active_write_integration: a, write_integrations: [{name: a, catalog_type: x}, {name: a, catalog_type: x}]}]",
      "cannot have multiple 'write_integrations' with the same name: 'a'"
    ),
    ("catalogs: [{write_integrations: []}]", "'name' is a required property"),
    ("catalogs: [{name: c, write_integrations: [{name: a}]}]", "without 'name' or 'catalog_type'"),
  ])
  func `catalogs name what is written through`(text: String, problem: String?) throws {
    let found = try Self.problems(["dbt_project.yml": "name: shop\n", "catalogs.yml": text])
    #expect(found.map(\.isError) == (problem == nil ? [] : [true]), "\(found)")
    #expect(found.first?.message.contains(problem ?? "") != false, "\(found)")
  }

  @Test func `filters cannot take a secret apart`() throws {
    let folder = try TemporaryFolder([
      "dbt_project.yml": "name: shop\nprofile: p\n",
      "profiles.yml": """
      p:
        outputs:
          default:
            type: postgres
            host: h
            user: "{{ env_var('DBT_ENV_SECRET_X') | join(' ') }}"
            password: "a-{{ env_var('DBT_ENV_SECRET_X') }}-b"
            dbname: d
            schema: s
      """,
    ])
    let options = ProjectOptions(
      projectDirectory: folder.path,
      environment: ["DBT_ENV_SECRET_X": "hush"]
    )
    let target = try ProjectLoader.load(options, into: Buffers()).project.target
    #expect(target.password == "a-hush-b")
    #expect(target.user?.contains("h u s h") == false, "\(target.user ?? "")")
    #expect(target.user?.contains("S E C R E T _ X") == true, "\(target.user ?? "")")
  }

  @Test func `lists of tests without names are left alone`() throws {
    let files = [
      "models/a.sql": "select 1 as id", "models/s.yml": "data_tests:\n  - not_null: {where: x}\n",
    ]
    let found = try Self.problems(files.merging(["dbt_project.yml": "name: shop\n"]) { $1 })
    #expect(found.map(\.code) == ["unreadable-tests"] && !found[0].isError, "\(found)")
    let native = try Self.problems(files.merging(["project.yml": "name: shop\n"]) { $1 })
    #expect(native.contains { $0.code == "missing-value" && $0.isError }, "\(native)")
  }
}
