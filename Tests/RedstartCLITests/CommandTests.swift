import Foundation
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

  /// Who comes from another tool is told what a command is called here.
  @Test(arguments: [
    ("rollback", "undo"), ("info", "status"), ("deploy", "up"), ("create", "new"),
    ("plna", "plan"),
  ])
  func wordsOfOtherToolsLeadToTheCommandThatIsMeant(word: String, meant: String) async throws {
    let outcome = await (try Self.harness()).run("migrate", word)
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("migrate \(meant)"), "\(outcome.error)")
  }

  /// Each of them is a command.
  @Test func wordsOfOtherToolsMeanCommandsThatThereAre() {
    let known = Set(CommandTable.migrate.subcommands.map(\.name))
    #expect(known.isSuperset(of: CommandTable.migrate.foreignWords.values))
    #expect(known.isDisjoint(with: CommandTable.migrate.foreignWords.keys))
  }

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

  /// Each would hold the two before it, if it held them whole: ten thousand copies of the first.
  @Test func ephemeralModelsAreThereOnce() async throws {
    var files = Self.files
    files["models/e0.sql"] = "{{ config(materialized='ephemeral') }}\nselect 1 as x"
    files["models/e1.sql"] = "{{ config(materialized='ephemeral') }}\nselect x from {{ ref('e0') }}"
    for level in 2..<20 {
      files["models/e\(level).sql"] = """
        {{ config(materialized='ephemeral') }}
        select a.x from {{ ref('e\(level - 1)') }} a join {{ ref('e\(level - 2)') }} b on a.x = b.x
        """
    }
    let harness = try CommandLineHarness(files)
    let query = "select * from {{ ref('e19') }}"
    let inline = await harness.run("compile", "-q", "--inline", query)
    #expect(inline.code == 0, "\(inline.error)")
    for level in 0..<20 {
      let parts = inline.output.components(separatedBy: "__dbt__cte__e\(level) as (")
      #expect(parts.count == 2)
    }
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

  /// Readers of dbt's artifacts refuse keys and shapes that its schema does not have.
  @Test func manifestHasDbtsShapes() async throws {
    let harness = try CommandLineHarness([
      "project.yml": ProjectErrorTests.projectFile,
      "models/a.sql": "{{ config(post_hook='select 1') }}\nselect 1 as id\n",
      "analyses/b.sql": "select 2\n",
    ])
    #expect(await harness.run("parse").code == 0)
    let text = try harness.folder.read("target/manifest.json")
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let metadata = try #require(document?["metadata"] as? [String: Any])
    #expect(metadata["redstart_version"] == nil)
    let nodes = try #require(document?["nodes"] as? [String: [String: Any]])
    let config = nodes["model.shop.a"]?["config"] as? [String: Any]
    let hook = (config?["post-hook"] as? [[String: Any]])?.first
    #expect(hook?["sql"] as? String == "select 1" && hook?["transaction"] as? Bool == true)
    #expect(nodes["analysis.shop.b"]?["schema"] as? String == "shop")
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
