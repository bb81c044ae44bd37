import TestSupport
import Testing

@testable import RedstartCLI

/// Where columns come from, across the models of a project.
@Suite struct LineageTests {
  static let files = [
    "project.yml": CheckTests.projectFile,
    "migrations/V1__create.sql": """
    create schema shop;
    create table shop.raw_orders (id integer, customer varchar(20), amount integer, day date);
    """,
    "checks/no_orders.sql": "select * from {{ ref('orders') }} where amount < 0\n",
    "seeds/countries.csv": "code,name\nDE,Germany\n",
    "models/schema.yml": """
    version: 2
    sources:
      - name: raw
        tables:
          - name: people
            columns: [{ name: name, data_type: varchar }, { name: country, data_type: char }]
    models:
      - name: totals
        columns: [{ name: total }]
    """,
    "models/orders.sql":
      "with o as (select id, amount * 2 as amount, customer from shop.raw_orders where day > '2020-01-01')\nselect * from o\n",
    "models/part.sql":
      "{{ config(materialized='ephemeral') }}\nselect p.name, c.name as country from {{ source('raw', 'people') }} p join {{ ref('countries') }} c on c.code = p.country\n",
    "models/totals.sql": """
    select part.country, sum(orders.amount) as total,
      row_number() over (order by max(orders.id)) as place
    from {{ ref('orders') }} as orders
    left join {{ ref('part') }} as part on part.name = orders.customer
    group by part.country
    """,
  ]

  @Test func viewsAreAsRecorded() async throws {
    let text = try await CommandLineHarness(Self.files).transcript([
      ["lineage", "totals"], ["lineage", "totals.total", "--upstream"],
      ["lineage", "shop.raw_orders.amount", "--downstream"], ["lineage", "raw.people"],
      ["lineage", "totals.total", "--output", "json"],
      ["lineage", "totals.total", "--output", "dot"],
      ["lineage", "totals.totl"], ["lineage", "total"], ["lineage"],
    ])
    #expect(Golden.problem(text, file: "commands/lineage.txt") == nil)
  }

  /// Temporary tables of `sql_header` are no end of the line.
  @Test func headersAreFollowed() async throws {
    var files = Self.files
    files["models/headed.sql"] = """
      {% call set_sql_header(config) %}
      create temp table big as select id, amount as much from {{ ref('orders') }} where customer = 'x';
      select customer as who into temp names from shop.raw_orders;
      insert into big (id, much) select id, 0 from shop.raw_orders;
      {% endcall %}
      select b.id, b.much + 1 as more, n.who from big b cross join names n where b.much > 0
      """
    let text = try await CommandLineHarness(files).run("lineage", "headed", "--upstream").output
    #expect(
      text == """
        headed.id  integer
          from
          ├─ orders.id  value
          │  └─ shop.raw_orders.id  value
          └─ shop.raw_orders.id  value
        headed.more  integer
          from
          └─ orders.amount  value
             └─ shop.raw_orders.amount  value
        headed.who  varchar(20)
          from
          └─ shop.raw_orders.customer  value
        headed (rows)
          from
          ├─ orders.amount  filter
          │  └─ shop.raw_orders.amount  value
          └─ orders.customer  filter
             └─ shop.raw_orders.customer  value

        """
    )
  }

  @Test func artifactsHaveLineage() async throws {
    let harness = try CommandLineHarness(Self.files)
    let outcome = await harness.run("compile")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try harness.folder.read("target/manifest.json").contains(
        "\"lineage\":[{\"relation\":\"model.shop.orders\",\"column\":\"amount\",\"kinds\":[\"value\"]}]"
      )
    )
    #expect(
      try harness.folder.read("target/lineage.json").contains(
        "\"place\":{\"type\":\"bigint\",\"nullable\":false"
      )
    )
  }
}
