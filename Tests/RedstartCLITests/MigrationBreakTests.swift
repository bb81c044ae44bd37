import TestSupport
import Testing

@testable import RedstartCLI

/// Migrations that take away what models read.
@Suite struct MigrationBreakTests {
  static let files = [
    "project.yml": CheckTests.projectFile,
    "checks/no_orders.sql": "select * from {{ ref('orders') }} where amount < 0\n",
    "seeds/units.csv": "unit\nkg\n",
    "migrations/V1__create.sql": """
    create schema shop;
    create table shop.raw_orders (id integer, customer varchar(20), amount integer, day date);
    create table shop.raw_people (id integer, name varchar(20), born varchar(10));
    create table shop.raw_lines (id integer, price integer);
    create table shop.raw_units (id integer);
    create table shop.facts (id integer, total integer, name varchar(20));
    """,
    "migrations/V2__change.sql": """
    alter table shop.raw_people alter column born type integer;
    alter table shop.raw_orders rename column amount to price;
    alter table shop.raw_orders drop column day;
    alter table shop.facts drop column name;
    alter table shop.raw_lines drop column price;
    alter table shop.raw_lines rename to lines;
    drop table shop.raw_units;
    """,
    "models/orders.sql": "select id, amount, day\nfrom shop.raw_orders\n",
    "models/people.sql": "select id, born from shop.raw_people\n",
    "models/grown_ups.sql": "select id from {{ ref('people') }}\n",
    "models/more.sql": "select price from shop.raw_lines, shop.raw_units\n",
    "models/facts.sql": "select id, price as total, customer as name from shop.raw_orders\n",
    "models/contracted.sql": "select id, born from {{ ref('people') }}\n",
    "models/schema.yml": """
    version: 2
    models:
      - name: contracted
        config: { contract: { enforced: true } }
        columns:
          - { name: id, data_type: int }
          - { name: born, data_type: varchar }
    """,
  ]

  @Test func eachStatementIsToldWhatItBreaks() async throws {
    let text = try await CommandLineHarness(Self.files).transcript([["check"]])
    #expect(Golden.problem(text, file: "commands/check-migrations.txt") == nil)
  }

  @Test func switchedOffTheErrorsRemain() async throws {
    var files = Self.files
    files["project.yml", default: ""] += "checks: { migration-breaks-models: off }\n"
    let outcome = await (try CommandLineHarness(files)).run("check", "--output", "concise")
    #expect(outcome.code == 2 && outcome.output.contains("error[unknown-column]"))
    #expect(!outcome.output.contains("migration-breaks-models"))
  }

  /// A source that a migration makes is gone when a migration takes it away.
  @Test(arguments: [
    ("drop table shop.raw_orders", "drops table shop.raw_orders, which breaks 1 node"),
    ("alter table shop.raw_orders rename to o", "renames shop.raw_orders to o, which breaks"),
    ("drop schema shop cascade", "drops schema shop, which breaks 1 node"),
    ("alter table shop.raw_orders alter column day type varchar(20)", "cannot change the type"),
    ("drop table shop.raw_orders; create table shop.raw_orders (id int, day date)", ""),
    ("alter table shop.raw_orders alter column note type varchar(99)", ""),
  ])
  func sourcesThatMigrationsTakeAwayAreMissed(sql: String, words: String) async throws {
    let harness = try CommandLineHarness([
      "project.yml": """
      name: shop
      version: "1.0"
      target: local
      targets: { local: { type: local, schema: marts } }
      """,
      "migrations/V1__create.sql":
        "create schema shop; create table shop.raw_orders (id int, day date, note varchar(20));",
      "migrations/V2__change.sql": "-- redstart: allow=drop-table\n\(sql);\n",
      "models/sources.yml": "sources: [{name: shop, tables: [{name: raw_orders}]}]\n",
      "models/orders.sql": "select id, day from {{ source('shop', 'raw_orders') }}\n",
    ])
    let outcome = await harness.run("check", "--output", "concise")
    #expect(outcome.output.isEmpty == words.isEmpty, "\(outcome.output)")
    #expect(words.isEmpty || outcome.output.contains(words), "\(outcome.output)")
  }
}
