import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// What goes wrong in the first hours with redstart, told where it was written.
@Suite struct NewcomerTests {
  private static let target = "name: shop\ntargets: { local: { type: local, schema: dw } }\n"

  @Test(arguments: ["redstart", "select", "pg_shop", "information_schema", "user", "2024", "shop"])
  func `a new project gets a schema that can be made`(folder: String) async throws {
    let harness = try CommandLineHarness([:])
    #expect(await harness.run("init", folder).code == 0)
    let text = try harness.folder.read("\(folder)/project.yml")
    let expected =
      switch folder {
      case "shop": "shop"
      case "2024", "pg_shop": "project_\(folder)"
      default: "\(folder)_project"
      }
    #expect(text.hasPrefix("name: \(expected)\n"), "\(text)")
    #expect(text.contains("schema: \(expected)\n"), "\(text)")
    let checked = await harness.run("check", "--project-dir", folder)
    #expect(checked.code == 0, "\(checked.error)")
  }

  @Test(arguments: [
    ("models/migration_event.sql", "{{ config(schema='redstart') }}\nselect 1 as a\n"),
    ("models/x.sql", "{{ config(schema='redstart', alias='LOAD_HISTORY') }}\nselect 1 as a\n"),
    ("seeds/migration_body.csv", "a\n1\n"),
  ])
  func `redstart's own tables are not a node's`(path: String, sql: String) async throws {
    let macro = """
      {% macro generate_schema_name(name, node) %}{{ name or 'dw' }}{% endmacro %}
      """
    let project = Self.target + "seeds: { shop: { +schema: redstart } }\n"
    let harness = try CommandLineHarness([
      "project.yml": project, path: sql, "macros/names.sql": macro,
      "models/sources.yml": "sources: [{ name: redstart, tables: [{ name: load_errors }] }]\n",
    ])
    let refused = await harness.run("check")
    let text = refused.output + refused.error
    #expect(refused.code != 0 && text.contains("error[reserved-relation]"), "\(text)")
    #expect(text.contains(path), "\(text)")
    try harness.folder.write("project.yml", project + "metadata-schema: mine\n")
    let allowed = await harness.run("check")
    #expect(!(allowed.output + allowed.error).contains("reserved-relation"))
  }

  @Test func `nothing is cleaned when one folder must stay`() async throws {
    let harness = try CommandLineHarness([
      "project.yml": Self.target + "clean-targets: [keep, models]\n",
      "keep/a.txt": "a", "models/a.sql": "select 1 as a\n",
    ])
    let refused = await harness.run("clean")
    #expect(refused.code == 2 && refused.error.contains("unsafe-clean-target"))
    #expect(try harness.folder.read("keep/a.txt") == "a")
    try harness.folder.write("project.yml", Self.target + "clean-targets: [keep]\n")
    #expect(await harness.run("clean").code == 0)
    #expect(!FileManager.default.fileExists(atPath: harness.folder.path + "/keep"))
  }

  @Test func `what a test is given is shown where it is given`() async throws {
    let harness = try CommandLineHarness([
      "project.yml": Self.target, "models/a.sql": "select 1 as k\n",
      "models/schema.yml": """
      models:
        - name: a
          columns:
            - name: k
              data_tests:
                - accepted_values: { arguments: { values: [] } }
                - not_null: { config: { where: "k = " } }
      """,
    ])
    let checked = await harness.run("check")
    let text = checked.output + checked.error
    #expect(text.contains("--> models/schema.yml:6:"), "\(text)")
    #expect(text.contains("--> models/schema.yml:7:"), "\(text)")
    #expect(!text.contains("--> <built-in>"), "\(text)")
  }
}
