import TestSupport
import Testing

@testable import RedstartCLI

/// Commands that need no database.
@Suite struct CommandTests {
  static let files = [
    "project.yml": ProjectErrorTests.projectFile,
    "models/orders.sql": "{{ config(materialized='ephemeral') }}\nselect 1 as id, 'a' as name\n",
    "models/staging/customers.sql":
      "{{ config(tags=['daily']) }}\n\nselect id, name from {{ ref('orders') }}\n",
    "models/report.sql":
      "-- with a comment\nwith c as (select * from {{ ref('customers') }})\nselect c.* from c join {{ ref('orders') }} o on o.id = c.id\n",
    "models/schema.yml": """
    version: 2
    models:
      - name: customers
        description: People
        columns:
          - name: id
            data_tests:
              - not_null
              - unique
              - accepted_values:
                  arguments: { values: [1, 2], quote: false }
              - relationships:
                  arguments: { to: ref('report'), field: id }
                  config: { severity: warn, where: "id > 0" }
    """,
    "seeds/countries.csv": "code,name\nDE,Germany\n",
    "checks/no_orders.sql": "select * from {{ ref('report') }} where id < 0\n",
    "macros/cents.sql": "{% macro cents(x) %}({{ x }} / 100){% endmacro %}\n",
  ]

  static func harness() throws -> CommandLineHarness {
    var files = files
    files["project.yml", default: ""] += "test-paths: [checks]\n"
    return try CommandLineHarness(files)
  }

  @Test func compiledSQLIsAsRecorded() async throws {
    let text = try await Self.harness().transcript([
      ["compile", "-q", "-s", "report"],
      ["compile", "-q", "--resource-type", "test", "-s", "customers"],
      ["compile", "-q", "--inline", "select {{ cents('x') }} from {{ ref('orders') }}"],
      ["compile"],
    ])
    #expect(Golden.problem(text, file: "commands/compile.txt") == nil)
  }

  @Test func selectionListsNodesAsRecorded() async throws {
    let text = try await Self.harness().transcript([
      ["ls"], ["ls", "-s", "+report", "--resource-type", "model"], ["ls", "-s", "tag:daily+"],
      ["ls", "-s", "staging", "--exclude", "resource_type:test"],
      ["ls", "-s", "customers,tag:daily", "--output", "path", "--resource-type", "model"],
      ["ls", "-s", "@orders", "--output", "name", "--resource-type", "model"],
      ["ls", "-s", "config.materialized:table"],
      ["ls", "-s", "rep*"],
      ["ls", "-s", "1+report", "--resource-type", "model"],
      ["ls", "-s", "nothing_like_it"],
    ])
    #expect(Golden.problem(text, file: "commands/ls.txt") == nil)
  }

  @Test func compileWritesFilesAndManifest() async throws {
    let harness = try Self.harness()
    let outcome = await harness.run("compile")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(harness.folder.exists("target/compiled/shop/models/report.sql"))
    #expect(
      harness.folder.exists("target/compiled/shop/models/schema.yml/not_null_customers_id.sql")
    )
    let manifest = try harness.folder.read("target/manifest.json")
    #expect(manifest.contains("\"model.shop.report\""))
    #expect(
      manifest.contains("\"schemas.getdbt.com/dbt/manifest/v12.json\"")
        || manifest.contains("manifest/v12.json")
    )
    let clean = await harness.run("clean")
    #expect(clean.code == 0)
    #expect(!harness.folder.exists("target"))
  }

  @Test func everyCommandHasHelpWithAnExample() async throws {
    let harness = try CommandLineHarness([:])
    for command in CommandTable.commands {
      let outcome = await harness.run(command.name, "--help")
      #expect(outcome.code == 0 && outcome.output.contains("Examples:\n  redstart"))
      #expect(command.options.allSatisfy { CommandTable.option(named: $0) != nil })
    }
  }

  @Test func explainKnowsItsCodes() async throws {
    let harness = try CommandLineHarness([:])
    let outcome = await harness.run("explain", "usage")
    #expect(outcome.code == 0 && outcome.output.hasPrefix("usage\n"))
  }
}
