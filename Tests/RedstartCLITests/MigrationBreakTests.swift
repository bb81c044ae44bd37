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

  @Test func whatIsMeantIsAWarning() async throws {
    let outcome = await (try CommandLineHarness(Self.files))
      .run("check", "--allow-breaking", "--output", "concise")
    #expect(outcome.output.contains("warning[migration-breaks-models]"))
    #expect(!outcome.output.contains("error[migration-breaks-models]"))
  }

  @Test func switchedOffTheErrorsRemain() async throws {
    var files = Self.files
    files["project.yml", default: ""] += "checks: { migration-breaks-models: off }\n"
    let outcome = await (try CommandLineHarness(files)).run("check", "--output", "concise")
    #expect(outcome.code == 2 && outcome.output.contains("error[unknown-column]"))
    #expect(!outcome.output.contains("migration-breaks-models"))
  }

  /// What is there in the end is not missed, whatever was dropped on the way.
  @Test func whatSomethingMakesAgainIsNotMissed() async throws {
    let harness = try CommandLineHarness([
      "project.yml": CheckTests.projectFile,
      "seeds/units.csv": "unit\nkg\n",
      "migrations/V1__create.sql": """
      create schema shop; create schema marts;
      create table shop.again (id int, a int);
      create table marts.later (id int, a int);
      create table marts.units (unit varchar(10), a int);
      create table shop.repeated (id int);
      create table shop.renamed (id int, a int);
      create table shop.back (id int, a int);
      """,
      "migrations/V2__drop.sql": """
      drop table shop.again; drop table marts.later; drop table marts.units;
      drop table shop.repeated; drop table shop.renamed;
      alter table shop.back drop column a;
      """,
      "migrations/V3__again.sql": """
      create table shop.again (id int, b int); create table shop.other (id int, b int);
      alter table shop.other rename to renamed; alter table shop.back add column a int;
      """,
      "migrations/R__repeated.sql":
        "create or replace view shop.repeated as select 1 as id, 2 as k;",
      "models/sources.yml":
        "sources: [{name: shop, tables: [{name: again}, {name: repeated}, {name: renamed},"
        + " {name: back}]}]\n",
      "models/later.sql": "select 1 as id, 2 as b\n",
      "models/one.sql": "select id, b from {{ source('shop', 'again') }}\n",
      "models/two.sql": "select id, k from {{ source('shop', 'repeated') }}\n",
      "models/three.sql": "select b from {{ ref('later') }}\n",
      "models/four.sql": "select unit from {{ ref('units') }}\n",
      "models/five.sql": "select id, b from {{ source('shop', 'renamed') }}\n",
      "models/six.sql": "select id, a from {{ source('shop', 'back') }}\n",
    ])
    let outcome = await harness.run("check", "--output", "concise")
    let dangers = outcome.output.split(separator: "\n").filter { $0.contains("warning[drop-") }
    #expect(outcome.code == 0 && dangers.count == 6, "\(outcome.output)")
    #expect(!outcome.output.contains("migration-breaks-models"), "\(outcome.output)")
  }

  private static let views = [
    "project.yml": CheckTests.projectFile,
    "migrations/V1__create.sql": """
    create schema shop;
    create table shop.t (id integer, a integer, grp varchar(10));
    create view shop.vt as select id as key, a as va, upper(grp) as g from shop.t where id > 0;
    create view shop.vv as select va from shop.vt;
    create function shop.f(integer) returns integer immutable as $$ select $1 $$ language sql;
    """,
    "models/sources.yml": "sources: [{name: shop, tables: [{name: vv}]}]\n",
    "models/first.sql": "select key, g, shop.f(key) as f from shop.vt\n",
    "models/second.sql": "select va from {{ source('shop', 'vv') }}\n",
  ]

  /// Views of migrations go with what they read, or are in its way.
  @Test(arguments: [
    ("alter table shop.t drop column a cascade", "which breaks 2 nodes"),
    ("drop table shop.t cascade", "which breaks 2 nodes"),
    ("drop view shop.vv", "drops view shop.vv, which breaks 1 node"),
    ("alter table shop.t drop column a", "column \"a\" of shop.t, which breaks 1 view"),
    ("drop view shop.vt cascade; alter table shop.t drop column a", "which breaks 2 nodes"),
    ("drop function shop.f(int)", "drops function shop.f, which breaks 1 node"),
    ("drop schema shop cascade", "which breaks 2 nodes"),
    ("alter table shop.t rename column a to b", ""),
    ("alter table shop.t rename to u", ""),
    ("alter table shop.t rename column a to b; alter table shop.t drop column b", "1 view"),
    ("alter table shop.t add column b int; alter table shop.t drop column b", ""),
    (
      "alter table shop.t drop column a; create or replace view shop.vt as"
        + " select id as key, 1 as va, grp as g from shop.t", ""
    ),
    ("create function shop.f(text) returns int stable as $$ select 1 $$ language sql", ""),
    (
      "drop function shop.f(int); create function shop.f(int) returns int stable"
        + " as $$ select 1 $$ language sql", ""
    ),
  ])
  func viewsOfMigrationsAreNotForgotten(sql: String, words: String) async throws {
    var files = Self.views
    files["migrations/V2__change.sql"] = "\(sql);\n"
    let outcome = await (try CommandLineHarness(files)).run("check", "--output", "concise")
    let errors = outcome.output.split(separator: "\n").filter { $0.contains("error[") }
    #expect(errors.isEmpty == words.isEmpty, "\(outcome.output)")
    #expect(outcome.output.contains(words) || words.isEmpty, "\(outcome.output)")
    let codes = errors.allSatisfy { $0.contains("error[migration-breaks-models]") }
    #expect(codes, "\(outcome.output)")
  }

  @Test func whoReadsAViewInTheWayIsNamed() async throws {
    var files = Self.views
    files["migrations/V2__change.sql"] = "alter table shop.t drop column a;\n"
    let text = try await CommandLineHarness(files).transcript([["check"]])
    #expect(Golden.problem(text, file: "commands/check-views.txt") == nil)
  }

  /// A hook may make the function that a migration drops.
  @Test func aFunctionOfAHookIsNotMissed() async throws {
    var files = Self.views
    files["project.yml", default: ""] += """
      on-run-start:
        - create or replace function shop.f(int) returns int stable as $$ select 1 $$ language sql

      """
    files["migrations/V2__change.sql"] = "drop function shop.f(int);\n"
    let outcome = await (try CommandLineHarness(files)).run("check", "--output", "concise")
    #expect(!outcome.output.contains("error["), "\(outcome.output)")
  }

  /// Columns are followed through the views that migrations make, also when these are renamed.
  @Test func lineageGoesThroughViewsOfMigrations() async throws {
    var files = Self.views
    files["migrations/V2__change.sql"] = """
      alter table shop.t rename column a to b; alter table shop.t rename to u;
      alter schema shop rename to store;

      """
    files["models/sources.yml"] = "sources: [{name: store, tables: [{name: vv}]}]\n"
    files["models/first.sql"] = "select key, g from store.vt\n"
    files["models/second.sql"] = "select va from {{ source('store', 'vv') }}\n"
    let text = try await CommandLineHarness(files).transcript([
      ["lineage", "first", "--upstream"], ["lineage", "second.va", "--upstream"],
      ["lineage", "store.u.grp", "--downstream"],
    ])
    #expect(Golden.problem(text, file: "commands/lineage-views.txt") == nil)
  }

  @Test func aViewOfAMigrationPassesOnWhatChanges() async throws {
    let harness = try CommandLineHarness(Self.views)
    #expect(await harness.run("compile", "--target-path", "before").code == 0)
    try harness.folder.write([
      "migrations/V2__change.sql": "alter table shop.t alter column grp type varchar(20);\n"
    ])
    let outcome = await harness.run("diff", "--state", "before")
    #expect(outcome.output.contains("shop.vt.g  by shop.t.grp"), "\(outcome.output)")
    #expect(outcome.output.contains("first.g  by"), "\(outcome.output)")
    try harness.folder.write([
      "migrations/V2__change.sql": "create or replace view shop.vt as"
        + " select id as key, a + 1 as va, upper(grp) as g from shop.t where id > 0;\n"
    ])
    let other = await harness.run("diff", "--state", "before")
    #expect(other.output.contains("~ va  computed differently"), "\(other.output)")
    #expect(other.output.contains("second.va  by shop.vt.va"), "\(other.output)")
  }

  /// The source of a procedure is looked at as it is after all migrations.
  @Test func proceduresAreCheckedAgainstWhatIsThereInTheEnd() async throws {
    func output(_ last: String, format: String = "concise") async throws -> String {
      let harness = try CommandLineHarness([
        "project.yml": CheckTests.projectFile,
        "migrations/V1__create.sql": """
        create schema shop;
        create procedure shop.fill(day date) as $$
        declare
          n int;
        begin
          select count(*) into n from shop.orders where made = day;
          create temp table stage (x int);
          insert into stage select amount from shop.orders where n > 0;
        end;
        $$ language plpgsql;
        create table shop.orders (id int, made date);
        """,
        "migrations/V2__more.sql": last + ";\n",
      ])
      return await harness.run("check", "--output", format).output
    }
    #expect(try await output("alter table shop.orders add column amount int") == "")
    let missed = try await output("alter table shop.orders add column price int")
    #expect(missed.contains("warning[unknown-column] column \"amount\""), "\(missed)")
    #expect(try await output("drop procedure shop.fill(date)") == "")
    // Under the name that it has in the end.
    let renamed = try await output(
      "alter procedure shop.fill(date) owner to bob; alter procedure shop.fill(day date) rename to load",
      format: "full"
    )
    #expect(renamed.contains("in the procedure shop.load"), "\(renamed)")
    #expect(
      try await output(
        "alter procedure shop.fill(date) rename to load; drop procedure shop.load(date)"
      ) == ""
    )
    #expect(try await output("drop schema shop cascade").contains("unknown-column") == false)
    let broken = try await output(
      "create procedure shop.p() as $$ begin if true then null; end; $$ language plpgsql"
    )
    #expect(broken.contains("warning[procedure-syntax]"), "\(broken)")
  }

  /// Lengths and synonyms tell no procedure from another, nor does a schema that is left out.
  @Test(arguments: [
    ("fill(integer, character varying, decimal)", false),
    ("shop.fill(int, varchar(99), numeric(3))", false),
    ("shop.fill(bigint, varchar, decimal)", true),
  ])
  func aProcedureIsKnownByEverySpelling(name: String, isThere: Bool) async throws {
    let harness = try CommandLineHarness([
      "project.yml": CheckTests.projectFile,
      "migrations/V1__create.sql": """
      create schema shop;
      create table shop.orders (id int);
      create procedure shop.fill(a int, b varchar(20), c numeric(8, 2)) as $$
      begin
        delete from shop.orders where amount > 0;
      end;
      $$ language plpgsql;
      """,
      "migrations/V2__drop.sql": "drop procedure \(name);\n",
    ])
    let output = await harness.run("check", "--output", "concise").output
    #expect(output.contains("unknown-column") == isThere, "\(output)")
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
