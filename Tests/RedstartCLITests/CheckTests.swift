import TestSupport
import Testing

@testable import RedstartCLI

/// What `redstart check` finds, and what other commands do about it.
@Suite struct CheckTests {
  static let projectFile = """
    name: shop
    version: "1.0"
    target: local
    test-paths: [checks]
    targets:
      local: { type: local, schema: shop }
    models:
      shop:
        +materialized: table

    """

  static let migrations = [
    "migrations/V1__create_tables.sql": """
    create schema shop;
    create table shop.raw_orders (
      id integer not null,
      customer varchar(20),
      price decimal(10,2),
      placed_at timestamp
    );
    create table shop.facts (
      id integer not null,
      total decimal(12,2),
      kind varchar(10) not null
    );

    """
  ]

  static func harness(_ files: [String: String], project: String = "") throws
    -> CommandLineHarness
  {
    var all = migrations
    all["seeds/units.csv"] = "unit\nkg\n"
    all["project.yml"] = projectFile + project
    all["checks/nothing.sql"] = "select 1 as one where false\n"
    all.merge(files) { $1 }
    return try CommandLineHarness(all)
  }

  /// They are there for the statements behind them, and for no other file.
  @Test func temporaryTablesOfMigrationsAreFollowed() async throws {
    func output(_ statements: String) async throws -> String {
      let harness = try Self.harness([
        "migrations/V2__fill.sql": """
        create temp table stage (id int, price decimal(10,2));
        create table #sums as select id, sum(price) as total from stage group by id;
        alter table stage add column note varchar(10);
        insert into stage (id, note) values (1, 'x');
        select * into temp picked from #sums;
        insert into shop.facts (id, total, kind) select id, total, 'k' from picked;
        \(statements)
        """,
        "migrations/V3__other.sql": "create table shop.stage (other int);",
        "migrations/V4__read.sql": "create view shop.v as select other from shop.stage;",
      ])
      return await harness.run("check", "--output", "concise").output
    }
    #expect(try await output("drop table stage; drop table #sums;") == "")
    let slips = try await output(
      "update stage set note = totl; insert into picked (idd) values (1); drop table stage;"
    )
    #expect(slips.contains("V2__fill.sql:7:25: error[unknown-column] column \"totl\""), "\(slips)")
    #expect(
      slips.contains("7:51: error[unknown-column] column \"idd\" does not exist in picked"),
      "\(slips)"
    )
    #expect(slips.split(separator: "\n").count == 2, "\(slips)")
  }

  static let broken = [
    "models/orders.sql": "select id, customer, plcaed_at from shop.raw_orders\n",
    "models/readers.sql": "select id, plcaed_at from {{ ref('orders') }}\n",
    "models/facts.sql": "select id, placed_at as total, 'x' as other from shop.raw_orders\n",
    "models/lost.sql": "select * from shop.nothing\n",
    "models/codes.sql": "select code, nmae from {{ ref('countries') }}\n",
    "models/part.sql": "{{ config(materialized='ephemeral') }}\nselect idd from shop.raw_orders\n",
    "models/whole.sql": "select idd from {{ ref('part') }}\n",
    "models/promised.sql": "select id, customer as name from shop.raw_orders\n",
    "models/schema.yml": """
    version: 2
    models:
      - name: readers
        columns:
          - name: id
            data_tests: [not_null]
          - name: iid
            data_tests: [unique]
          - name: plcaed
      - name: promised
        config: { contract: { enforced: true } }
        columns:
          - { name: id, data_type: bigint }
          - { name: title, data_type: varchar }
    """,
    "seeds/countries.csv": "code,name\nDE,Germany\n",
    "checks/no_orders.sql": "select * from {{ ref('orders') }} where custmer is null\n",
  ]

  @Test func findingsAreAsRecorded() async throws {
    let text = try await Self.harness(Self.broken).transcript([
      ["check"], ["check", "-s", "orders", "--output", "concise"],
      ["check", "-s", "lost", "--output", "github"], ["check", "-s", "lost", "--output", "json"],
      ["check", "--output", "xml"],
    ])
    #expect(Golden.problem(text, file: "commands/check.txt") == nil)
  }

  @Test func otherCommandsRefuseBrokenSQL() async throws {
    let harness = try Self.harness(["models/orders.sql": "select idd from shop.raw_orders\n"])
    for command in [["compile"], ["run"], ["build"], ["show", "-s", "orders"]] {
      let outcome = await harness.run(command)
      #expect(outcome.code == 2 && outcome.error.contains("error[unknown-column]"))
    }
    let inline = await harness.run("show", "--inline", "select idd from shop.raw_orders")
    #expect(inline.code == 2 && inline.error.contains("error[unknown-column]"))
    let unchecked = await harness.run("compile", "--no-check")
    #expect(unchecked.code == 0, "\(unchecked.error)")
  }

  static let advice = "select id / id as half from shop.raw_orders\n"

  @Test func warningsAreCountedByOtherCommands() async throws {
    let harness = try Self.harness(["models/orders.sql": Self.advice])
    let outcome = await harness.run("compile")
    #expect(outcome.code == 0)
    #expect(outcome.error.contains("1 warning about the SQL: `redstart check` shows them"))
    let check = await harness.run("check")
    #expect(check.code == 0 && check.output.contains("warning[integer-division]"))
  }

  @Test(arguments: [
    "select -- redstart: allow=integer-division\n  id / id as half from shop.raw_orders\n",
    "select\n  id / id as half -- redstart: allow=unknown-column, integer-division\nfrom shop.raw_orders\n",
    "-- redstart: allow=integer-division\n\nselect\n\n id / id as half from shop.raw_orders\n",
    "/* redstart: allow=integer-division */\nselect 1 as one,\n\n id / id as half from shop.raw_orders\n",
    "{{ config(static_analysis='off') }}\nselect id / id as half from shop.raw_orders\n",
  ])
  func commentsSilenceFindings(sql: String) async throws {
    let outcome = await (try Self.harness(["models/orders.sql": sql])).run("check")
    #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.output)")
  }

  @Test(arguments: [
    "select 1 as one,\n  -- redstart: allow=integer-division\n\n id / id as half from shop.raw_orders\n",
    "select 'redstart: allow=integer-division' as one, id / id as half from shop.raw_orders\n",
    "-- redstart: allow=integer\nselect id / id as half from shop.raw_orders\n",
  ])
  func otherTextSilencesNothing(sql: String) async throws {
    let outcome = await (try Self.harness(["models/orders.sql": sql])).run("check")
    #expect(outcome.output.contains("warning[integer-division]"))
  }

  @Test(arguments: [
    ("integer-division: off", 0, ""), ("integer-division: error", 2, "error[integer-division]"),
    ("integer-division: warning", 0, "warning[integer-division]"),
    ("integer-devision: off", 2, "did you mean \"integer-division\"?"),
    ("integer-division: loud", 2, "it must be off, warning or error"),
  ])
  func projectSetsLevels(line: String, code: Int, words: String) async throws {
    let harness = try Self.harness(
      ["models/orders.sql": Self.advice],
      project: "checks:\n  \(line)\n"
    )
    let outcome = await harness.run("check")
    let text = outcome.output + outcome.error
    #expect(outcome.code == code && (words.isEmpty || text.contains(words)), "\(text)")
    #expect(!words.isEmpty || outcome.output.isEmpty)
  }

  @Test(arguments: [
    ("select sum(price) over (order by placed_at) as n from shop.raw_orders", "without a frame"),
    ("select distinct on (id) id from shop.raw_orders", "DISTINCT ON"),
    ("select id::uuid as id from shop.raw_orders", "the type UUID"),
    ("with recursive t as (select 1 as n union all select n + 1 from t) select n from t", "a list"),
  ])
  func whatRedshiftRefusesIsFound(sql: String, words: String) async throws {
    let outcome = await (try Self.harness(["models/orders.sql": sql])).run("check")
    #expect(outcome.code == 2 && outcome.output.contains("error[redshift-unsupported]"))
    #expect(outcome.output.contains(words), "\(outcome.output)")
  }

  @Test(arguments: [
    "with recursive t as (select 1 as n union all select 2) select n from t",
    "select sum(price) over (order by id rows unbounded preceding) as n from shop.raw_orders",
    "select checksum(customer) as n from shop.raw_orders",
  ])
  func whatRedshiftTakesIsNotRefused(sql: String) async throws {
    let outcome = await (try Self.harness(["models/orders.sql": sql])).run("check")
    #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.output)")
  }

  @Test func aMisspeltColumnIsWrongOnce() async throws {
    let harness = try Self.harness([
      "models/part.sql":
        "{{ config(materialized='ephemeral') }}\nselect idd from shop.raw_orders\n",
      "models/whole.sql": "select id from {{ ref('part') }}\n",
      "models/stored.sql": "select custmer, id as n, id as n from shop.raw_orders\n",
      "models/reader.sql": "select customer, n from {{ ref('stored') }}\n",
    ])
    let outcome = await harness.run("check", "--output", "concise")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(outcome.output)")
    #expect(!lines.contains { $0.contains("reader.sql") || $0.contains("whole.sql") })
  }

  @Test func ephemeralModelsHaveTheirOwnNames() async throws {
    let harness = try Self.harness([
      "models/part.sql": "{{ config(materialized='ephemeral') }}\nselect id from shop.raw_orders\n",
      "models/whole.sql": "select price from {{ ref('part') }}\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.output.contains("does not exist in part\n"), "\(outcome.output)")
    #expect(!outcome.output.contains("__dbt__cte__"), "\(outcome.output)")
  }

  @Test func unknownCodesOfCommentsAreTold() async throws {
    let sql = "select 1 as one -- redstart: allow=integer-devision, varchar-max\n"
    let outcome = await (try Self.harness(["models/orders.sql": sql])).run("check")
    #expect(outcome.code == 0 && outcome.output.contains("warning[unknown-check]"))
    #expect(outcome.output.contains("did you mean \"integer-division\"?"), "\(outcome.output)")
  }

  @Test(arguments: [
    ("create table shop.facts (id int)", "error[relation-exists]"),
    ("create view shop.facts as select 1 as one", "error[relation-exists]"),
    ("create table shop.raw_orders as select 1 as one", "error[relation-exists]"),
    ("alter table shop.raw_order add column note varchar(10)", "did you mean \"raw_orders\"?"),
    ("drop table shop.fact", "did you mean \"facts\"?"),
    ("create table if not exists shop.facts (id int)", ""),
    ("drop table shop.facts; create table shop.facts (id int)", ""),
    ("alter table shop.facts rename to former; create table shop.facts (id int)", ""),
    ("create temp table facts (id int); create table shop.next (like shop.facts)", ""),
    ("set search_path to shop; create table l (id int); alter table l add column a int", ""),
    ("create external schema lake from data catalog database 'd' iam_role default", ""),
  ])
  func statementsOfMigrationsFollowOneAnother(sql: String, words: String) async throws {
    let allowed = "-- redstart: allow=drop-table\n"
    let harness = try Self.harness(["migrations/V2__more.sql": "\(allowed)\(sql);\n"])
    let outcome = await harness.run("check")
    #expect(outcome.output.isEmpty == words.isEmpty, "\(outcome.output)")
    #expect(words.isEmpty || outcome.output.contains(words), "\(outcome.output)")
  }

  @Test func whatASearchPathOrACatalogHoldsMayBeRead() async throws {
    let harness = try Self.harness([
      "migrations/V2__more.sql": """
      create schema other;
      set search_path to other;
      create table lines (id int);
      create external schema lake from data catalog database 'd' iam_role default;
      """,
      "models/a.sql": "select id from other.lines\n",
      "models/b.sql": "select id, anything from lake.events\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code == 0 && !outcome.output.contains("error["), "\(outcome.output)")
  }

  @Test func bothRenderingsOfAnIncrementalModelAreChecked() async throws {
    let harness = try Self.harness([
      "models/loaded.sql": """
      {{ config(materialized='incremental', unique_key='id') }}
      select id, placed_at from shop.raw_orders
      {% if is_incremental() %}
      where placed_at > (select max(placedat) from {{ this }})
      {% endif %}
      """
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code == 2 && outcome.output.contains("column \"placedat\" does not exist"))
  }

  @Test func whatHooksMakeMayBeRead() async throws {
    let files = [
      "models/maker.sql":
        "{{ config(post_hook='create table if not exists shop.made as select 1 as x') }}\nselect 1 as x\n",
      "models/reader.sql": "-- depends_on: {{ ref('maker') }}\nselect x, y from shop.made\n",
    ]
    let known = await (try Self.harness(files)).run("check")
    #expect(known.code == 0, "\(known.output)")
    let project = "on-run-start: call shop.make_tables()\n"
    let called = await
      (try Self.harness(["models/a.sql": "select x from shop.b\n"], project: project))
      .run("check")
    #expect(called.code == 0, "\(called.output)")
  }

  static let procedures = """
    create procedure shop.refresh(day date, inout note varchar(20), done out int) as $$
    begin
      done := 1;
    end; $$ language plpgsql;
    create procedure shop.twice(a int) as $$ begin null; end; $$ language plpgsql;
    create procedure shop.twice(a int, b varchar(10)) as $$ begin null; end; $$ language plpgsql;
    create procedure shop.old() as $$ begin null; end; $$ language plpgsql;
    alter procedure shop.old() rename to renamed;

    """

  /// What `check` says of calls in a migration behind the procedures above.
  private func calls(_ text: String, _ files: [String: String] = [:], project: String = "")
    async throws -> String
  {
    var all = ["migrations/V2__procedures.sql": Self.procedures, "migrations/V3__call.sql": text]
    all.merge(files) { $1 }
    let outcome = await (try Self.harness(all, project: project))
      .run("check", "--output", "concise")
    return outcome.output
  }

  @Test(arguments: [
    ("call shop.refrehs('2020-01-01', 'x');", "V3__call.sql:1:6: warning[unknown-procedure]"),
    ("call shop.old();", "1:6: warning[unknown-procedure]"),
    ("drop procedure shop.renamed();\ncall shop.renamed();", "2:6: warning[unknown-procedure]"),
    ("call shop.refresh('2020-01-01');", "1:6: error[call-arguments]"),
    ("call shop.refresh('2020-01-01', 'x', 1);", "1:6: error[call-arguments]"),
    ("call shop.refresh(1, 'x');", "1:19: error[call-arguments]"),
    ("call shop.refresh('soon', 'x');", "1:19: error[type-mismatch]"),
    ("call shop.twice();", "1:6: error[call-arguments]"),
    ("call shop.twice(true);\ncall shop.twice(current_date);", "2:17: error[call-arguments]"),
  ])
  func callsThatCannotBeRight(statement: String, place: String) async throws {
    let output = try await calls(statement)
    #expect(output.contains(place), "\(output)")
    #expect(output.split(separator: "\n").count == 1, "\(output)")
  }

  @Test func callsThatMayBeRight() async throws {
    let right = """
      call shop.refresh('2020-01-01', 'x');
      call shop.refresh(current_date, 5::varchar);
      call shop.renamed();
      call shop.twice(1);
      call shop.twice('1', null);
      call elsewhere();

      """
    #expect(try await calls(right) == "")
    // Procedures that nobody sees may be there.
    let wrong = "call shop.unseen();\n"
    #expect(try await calls(wrong) != "")
    let makers: [String: String] = [
      "migrations/V0__dynamic.sql":
        "create procedure public.run(t text) as $$ begin execute t; end; $$ language plpgsql;",
      "migrations/V0__other.sql": "call other.make_procedures();",
      "migrations/R__unseen.sql":
        "create or replace procedure shop.unseen() as $$ begin null; end; $$ language plpgsql;",
      "migrations/before.sql":
        "create or replace procedure shop.unseen() as $$ begin null; end; $$ language plpgsql;",
      "macros/make.sql":
        "{% macro make() %}create procedure shop.unseen(){% endmacro %}",
    ]
    for (path, text) in makers {
      let output = try await calls(wrong, [path: text])
      #expect(!output.contains("unknown-procedure"), "\(path): \(output)")
    }
    let hook =
      "on-run-start: create procedure shop.unseen() as 'begin null; end' language plpgsql\n"
    #expect(!(try await calls(wrong, project: hook)).contains("unknown-procedure"))
  }

  @Test func callsInHooksAreChecked() async throws {
    let output = try await calls(
      "select 1;",
      ["models/m.sql": "{{ config(post_hook='call shop.twice()') }}\nselect 1 as x\n"],
      project: "on-run-end: call shop.twise(1)\n"
    )
    #expect(output.contains("models/m.sql:1:27: error[call-arguments]"), "\(output)")
    #expect(output.contains("project.yml:10:18: warning[unknown-procedure]"), "\(output)")
  }

  @Test func mistakesInHooksStandWhereTheyAreWritten() async throws {
    let harness = try Self.harness(
      [
        "models/a.sql": """
        {{ config(pre_hook="select nope from shop.facts", post_hook=[
          'select 1 as one',
          "select 'it\\''s', {{ 'nofact' }} from shop.facts"
        ]) }}
        select 1 as x

        """,
        "models/b.sql": "select 1 as x\n",
        "models/c.sql": "select 1 as x\n",
        "models/made.sql":
          "{{ config(post_hook='select ' ~ 'never from shop.facts') }}select 1 as x",
        "models/m.yml": """
        models:
          - name: b
            config:
              post_hook: |
                select id
                from shop.facts
                where missing = 1
          - name: c
            config:
              post_hook:
                - |
                  select id
                  from shop.facts
                  where missing = 1

        """,
      ],
      project: "    +post-hook: select absent from shop.facts # of all\n"
    )
    let output = await harness.run("check", "--output", "concise").output
    for place in [
      "models/a.sql:1:28: error[unknown-column] column \"nope\"",
      "models/a.sql:3:24: error[unknown-column] column \"nofact\"",
      "models/m.yml:7:15: error[unknown-column] column \"missing\"",
      "models/m.yml:14:17: error[unknown-column] column \"missing\"",
      "project.yml:10:24: error[unknown-column] column \"absent\"",
      "post-hook of made:1:8: error[unknown-column] column \"never\"",
    ] {
      #expect(output.contains(place), "\(place)\n\(output)")
    }
  }

  @Test func theQueryOfUnloadIsCheckedInItsQuotes() async throws {
    let harness = try Self.harness([
      "migrations/V2__out.sql": """
      unload ('select nope from shop.facts') to 's3://b/x' iam_role default;
      unload ($$select id from shop.facts where kind = 'a' and absent = 1$$)
        to 's3://b/x' iam_role default;
      unload ('select id from shop.facts
        where kind in (''a'', ''it''''s'') and missing = 1') to 's3://b/x' iam_role default;
      unload ('select distinct on (id) id, kind from shop.facts') to 's3://b/x' iam_role default;
      unload ('select id frm shop.facts') to 's3://b/x' iam_role default;
      unload ('select id, ''x'' as "k" from shop.facts') to 's3://b/x' iam_role default;

      """,
      "models/m.sql": #"""
      {{ config(post_hook="unload ('select total, nofact from shop.facts') to 's3://b/y' iam_role default") }}
      select 1 as x

      """#,
    ])
    let output = await harness.run("check", "--output", "concise").output
    let places = [
      "migrations/V2__out.sql:1:17: error[unknown-column] column \"nope\"",
      "migrations/V2__out.sql:2:58: error[unknown-column] column \"absent\"",
      "migrations/V2__out.sql:5:42: error[unknown-column] column \"missing\"",
      "migrations/V2__out.sql:6:30: error[redshift-unsupported] Redshift does not have DISTINCT ON",
      "migrations/V2__out.sql:7:24: error[sql-syntax]",
      "models/m.sql:1:45: error[unknown-column] column \"nofact\"",
    ]
    for place in places { #expect(output.contains(place), "\(place)\n\(output)") }
    #expect(output.split(separator: "\n").count == places.count, "\(output)")
  }

  @Test func whatIsWrongIsToldOnce() async throws {
    let harness = try Self.harness([
      "migrations/V2__more.sql": """
      create table shop.small (id int, code varchar(5) unique);
      alter table shop.small alter column code type varchar(9);
      alter table shop.small rename to facts;
      alter table shop.facts rename to totals;
      insert into shop.totals (id, kind) values (1, null);

      """,
      "models/m.sql": "select corr(id, total) as c from shop.totals\n",
    ])
    let output = await harness.run("check", "--output", "concise").output
    for place in [
      "V2__more.sql:2:47: error[resize-refused]", "V2__more.sql:3:34: error[relation-exists]",
      "V2__more.sql:5:47: error[insert-required-column]",
      "models/m.sql:1:8: error[unknown-function] Redshift has no function corr",
    ] {
      #expect(output.contains(place), "\(place)\n\(output)")
    }
    #expect(output.split(separator: "\n").count == 4, "\(output)")
  }

  /// They run before the model's SQL in the same session, which knows what they make.
  @Test func headersAreCheckedAndFollowed() async throws {
    func output(_ header: String, _ sql: String) async throws -> String {
      let harness = try Self.harness([
        "models/a.sql": header + sql, "models/b.sql": "select id, total from shop.facts\n",
      ])
      return await harness.run("check", "--output", "concise").output
    }
    let call = """
      {% call set_sql_header(config) %}
      set query_group to 'models';
      create temp table recent as select id, kind from shop.facts;
      create temporary table marks (mark int);
      insert into marks values (1);
      {% endcall %}

      """
    #expect(try await output(call, "select id, kind, mark from recent cross join marks\n") == "")
    let slips = try await output(call, "select id, knid, mark from recent cross join marks\n")
    #expect(
      slips.hasPrefix("models/a.sql:7:12: error[unknown-column] column \"knid\""),
      "\(slips)"
    )
    #expect(slips.split(separator: "\n").count == 1, "\(slips)")
    // Mistakes stand where they are written, and those of syntax are told, too.
    let wrong = try await output(
      "{{ config(sql_header='create temp table r as select totl from shop.facts;') }}\n",
      "select * from r\n"
    )
    #expect(
      wrong.hasPrefix("models/a.sql:1:53: error[unknown-column] column \"totl\""),
      "\(wrong)"
    )
    #expect(wrong.split(separator: "\n").count == 1, "\(wrong)")
    let syntax = try await output(
      "{{ config(sql_header='create temp function f() returns int as 1;') }}\n",
      "select 1 as x\n"
    )
    #expect(
      syntax.hasPrefix("models/a.sql:1:35: error[sql-syntax] syntax error: expected TABLE"),
      "\(syntax)"
    )
    // Templates in them are no hindrance.
    let rendered = try await output(
      """
      {% call set_sql_header(config) %}
      set query_group to '{{ target.name }}';
      create temp table r as select id,
        totl from {{ ref('b') }};
      {% endcall %}

      """,
      "select id from r\n"
    )
    #expect(
      rendered.contains("models/a.sql:4:3: error[unknown-column] column \"totl\""),
      "\(rendered)"
    )
    // They are there for their own model alone.
    let harness = try Self.harness([
      "models/a.sql": call + "select id from recent\n",
      "models/b.sql": "select id from shop.recent\n",
    ])
    let other = await harness.run("check", "--output", "concise").output
    #expect(other.contains("models/b.sql:1:16: error[unknown-relation]"), "\(other)")
  }

  @Test func modelsOfMaterializedViewsAreCheckedAsSuch() async throws {
    let harness = try Self.harness([
      "models/a.sql": """
      {{ config(materialized='materialized_view', auto_refresh=true) }}
      select id, getdate() as at from shop.facts order by id

      """,
      "models/b.sql": "select id from shop.facts order by id\n",
    ])
    let output = await harness.run("check", "--output", "concise").output
    #expect(output.contains("models/a.sql:2:12: error[redshift-unsupported]"), "\(output)")
    #expect(output.contains("models/a.sql:2:44: error[redshift-unsupported]"), "\(output)")
    #expect(output.split(separator: "\n").count == 2, "\(output)")
  }

  static let sources = [
    "models/sources.yml":
      "version: 2\nsources:\n  - name: raw\n    tables: [{ name: events }]\n",
    "models/events.sql": "select id, kidn from {{ source('raw', 'events') }}\n",
  ]

  @Test func lockedSourcesAreKnown() async throws {
    var files = Self.sources
    #expect(await (try Self.harness(files)).run("check").code == 0)
    files["sources.lock.yml"] = """
      version: 1
      relations:
        "raw.events":
          - { name: "id", type: "bigint", nullable: false }
          - { name: "kind", type: "varchar(20)", nullable: true }
      """
    let known = await (try Self.harness(files)).run("check")
    #expect(known.code == 2 && known.output.contains("did you mean \"kind\"?"))
    files["sources.lock.yml"] = "version: 1\nrelations: [1]\n"
    let bad = await (try Self.harness(files)).run("check")
    #expect(bad.code == 2 && bad.error.contains("error[source-lock]"))
  }

  @Test func whatIsNotKnownIsNoError() async throws {
    let harness = try Self.harness([
      "models/sources.yml": """
      version: 2
      sources:
        - name: raw
          tables:
            - name: events
              columns: [{ name: id, data_type: bigint }, { name: day }]
      models:
        - name: stray
          columns: [{ name: anything }]
      """,
      "models/events.sql": "select id, whatever from {{ source('raw', 'events') }}\n",
      "models/stray.sql": "select * from elsewhere.t\n",
      "models/child.sql": "select x, y from {{ ref('stray') }} join shop.later on x = z\n",
      "models/later.sql": "select 1 as z, w from pg_catalog.pg_class, {{ ref('off') }}\n",
      "models/off.sql": "{{ config(static_analysis='off') }}\nselect anything from shop.nowhere\n",
    ])
    let outcome = await harness.run("check", "--output", "concise")
    #expect(outcome.code == 0, "\(outcome.output)")
  }
}
