import Foundation
import TestSupport
import Testing

/// A warehouse of thirty tables on its way through dump, squash, diff, baseline, rehearse, rebuild.
@Suite(.scenarioServer) struct RoundTripTests {
  /// Thirty tables of every type with defaults, keys and layout; views on views; routines.
  static let files: [String: String] = {
    let subjects = [
      "customer", "product", "store", "supplier", "employee", "campaign", "channel", "region",
      "currency", "calendar",
    ]
    var stage = "create schema mig;\ncreate schema mig_stage;\ncreate schema mig_mart;\n"
    var mart = ""
    var views = ""
    for (number, name) in subjects.enumerated() {
      stage += """
        create table mig_stage.raw_\(name) (
          id bigint not null, code char(\(number + 2)) default 'x', label varchar(\(20 + number)) default 'it''s',
          payload super, loaded_at timestamp default sysdate, batch int default \(number) + 1, ok boolean default true
        ) diststyle even sortkey (loaded_at);
        create table mig.\(name) (
          \(name)_key int identity(\(number + 1), 1) not null, id bigint not null encode az64,
          label varchar(\(20 + number)) encode zstd, code char(\(number + 2)), valid_from date default '2020-01-01',
          valid_to timestamptz, price decimal(12, 2) default 0.0, rate float, primary key (\(name)_key), unique (id)
        ) diststyle all;
        comment on table mig.\(name) is 'a \(name), it''s one';
        comment on column mig.\(name).label is 'what it is called';

        """
      mart += """
        create table mig_mart.\(name)_sales (
          \(name)_key int not null references mig.\(name) (\(name)_key), day date not null,
          amount decimal(18, 4) not null default 0, quantity int default 1, note varchar(max),
          primary key (\(name)_key, day)
        ) distkey (\(name)_key) compound sortkey (day, \(name)_key);

        """
      views += """
        create view mig_mart.v_\(name) as
          select c.id, c.label, nvl(s.amount, 0) as amount, dateadd(month, 1, s.day) as next_month,
            decode(c.code, 'a', 1, 0) as is_a, date_trunc('month', c.valid_from) as month
          from mig.\(name) c left join mig_mart.\(name)_sales s on s.\(name)_key = c.\(name)_key
          where c.code in ('a', 'b', 'c') and c.label not in ('x', 'y') or c.label like 'q%';
        create view mig_mart.top_\(name) as
          select label, sum(amount) as total, rank() over (order by sum(amount) desc) as place
          from mig_mart.v_\(name) group by label having sum(amount) > 0;
        grant select on mig_mart.v_\(name) to public;

        """
    }
    views += """
      create materialized view mig_mart.daily as
        select day, sum(amount) as amount from mig_mart.product_sales group by day;
      create view mig_mart.late as select id, code from mig.customer with no schema binding;
      comment on view mig_mart.v_customer is 'customers';
      grant usage on schema mig_mart to public;
      grant select, insert on mig.customer to public;
      """
    let routines = """
      create function mig.net(decimal(12, 2), float) returns decimal(12, 2) stable as $$
        select cast($1 / (1 + $2) as decimal(12, 2))
      $$ language sql;
      create procedure mig.refill(n int, word varchar(20)) as $$
      declare
        rows int := 0;
      begin
        insert into mig.customer (id, label) select n, word where getdate() > '2020-01-01';
        get diagnostics rows := row_count;
        raise info 'filled %', rows;
      end;
      $$ language plpgsql;
      create procedure mig.refill(n int) as $$ begin call mig.refill(n, 'all'); end; $$ language plpgsql;
      comment on procedure mig.refill(int, varchar) is 'fills again';
      create view mig_mart.net as select id, mig.net(price, rate) as net from mig.product;
      """
    let changes = """
      alter table mig.customer alter column label type varchar(200);
      alter table mig.store add column city varchar(60) default 'Köln' not null;
      alter table mig.supplier rename column rate to share;
      alter table mig_stage.raw_region drop column batch;
      alter table mig.campaign rename to campaigns;
      create or replace view mig_mart.top_store as
        select label, sum(amount) * 2 as total, count(*) as place from mig_mart.v_store group by label;
      drop view mig_mart.top_channel;
      """
    return [
      "V1__stage.sql": stage, "V2__mart.sql": mart, "V3__views.sql": views,
      "V4__routines.sql": routines, "V5__changes.sql": changes,
    ]
  }()

  private func applied(_ files: [String: String] = files) throws -> Scenario {
    try Scenario.applied(files)
  }

  /// What a database holds, whatever the layout of bodies, and without names that sequences have
  /// from former names of tables.
  private func contents(_ scenario: Scenario) throws -> String {
    try scenario.contents()
      .replacingOccurrences(of: "campaign_campaign_key", with: "campaigns_campaign_key")
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func dumpsMakeTheSameAgain() throws {
    let first = try applied()
    let diff = try first.migrate("diff")
    #expect(diff.code == 0, "\(diff.output)")
    let dump = try first.migrate("dump")
    #expect(dump.code == 0 && dump.error.isEmpty, "\(dump.error)")
    let live = try first.migrate("dump", "--from-database")
    #expect(live.code == 0 && live.error.isEmpty, "\(live.error)")
    #expect(live.output == dump.output)
    let second = try applied(["V1__all.sql": dump.output])
    #expect(try second.migrate("dump").output == dump.output)
    #expect(try second.migrate("dump", "--from-database").output == dump.output)
    #expect(try contents(second) == contents(first))
    #expect(try second.migrate("diff").code == 0)
  }

  @Test func squashingComesToTheSame() throws {
    let first = try applied()
    let squash = try first.migrate("squash", "--to", "5")
    #expect(squash.code == 0, "\(squash.error)")
    #expect(try first.migrate().code == 0)
    #expect(try first.migrate("status", "--exit-code").code == 0)
    #expect(try first.migrate("diff").code == 0)
    let text = try first.project.folder.read("migrations/V5__squashed.sql")
    let second = try applied(["V5__squashed.sql": text])
    #expect(try contents(second) == contents(first))
  }

  static let byHand = [
    ("alter table mig.product add column hack int", "mig.product"),
    ("alter table mig.currency drop column rate cascade", "mig.currency"),
    ("alter table mig.employee alter column label type varchar(500)", "mig.employee"),
    ("alter table mig.region alter column price set default 9", "mig.region"),
    ("alter table mig.channel alter column valid_from drop default", "mig.channel"),
    ("drop view mig_mart.top_region", "mig_mart.top_region"),
    (
      "create or replace view mig_mart.top_store as select label::varchar, 0::numeric(38, 4) as total, 1::bigint as place "
        + "from mig_mart.v_store", "mig_mart.top_store"
    ),
    (
      "drop view mig_mart.v_supplier cascade; create view mig_mart.v_supplier as select 1 as one",
      "mig_mart.v_supplier"
    ),
    ("drop materialized view mig_mart.daily", "mig_mart.daily"),
    ("drop table mig_stage.raw_calendar", "mig_stage.raw_calendar"),
    (
      "create or replace procedure mig.refill(n int, word varchar) as $$ begin null; end $$ language plpgsql",
      "mig.refill(integer, varchar)"
    ),
    ("drop procedure mig.refill(int)", "mig.refill(integer)"),
    ("comment on table mig.customer is 'hm'", "mig.customer"),
    ("comment on view mig_mart.v_customer is null", "mig_mart.v_customer"),
    ("revoke select on mig_mart.v_product from public", "mig_mart.v_product"),
    ("grant delete on mig.customer to public", "mig.customer"),
    ("revoke usage on schema mig_mart from public", "mig_mart"),
    ("alter table mig.store alter column id drop not null", "mig.store"),
  ]

  @Test func whatHandsHaveDoneIsAllFoundAndRepaired() throws {
    let scenario = try applied()
    let before = try scenario.migrate("dump", "--from-database").output
    for (sql, _) in Self.byHand {
      // Views on the column stand in the way of people as well.
      let views =
        sql.contains("alter column label type")
        ? "drop view mig_mart.top_employee; drop view mig_mart.v_employee; " : ""
      let said = try scenario.psql(views + sql + "; select 'done'")
      #expect(said.contains("done"), "\(sql): \(said)")
    }
    try scenario.write("V6__more.sql", "create table mig.more (x int);")
    #expect(try scenario.migrate().code == 0)
    let found = try scenario.migrate("diff")
    #expect(found.code == 1)
    for (_, object) in Self.byHand {
      #expect(found.output.contains("\n\(object) "), "\(object)\n\(found.output)")
    }
    let refused = try scenario.migrate("diff", "--repair")
    #expect(refused.code == 2)
    #expect(refused.error.contains("mig.product.hack would be dropped"), "\(refused.error)")
    #expect(try scenario.migrate("diff").output == found.output)
    _ = try scenario.psql("alter table mig.product drop column hack")
    let repaired = try scenario.migrate("diff", "--repair")
    #expect(repaired.code == 0, "\(repaired.output)\n\(repaired.error)")
    let rest = try scenario.migrate("diff")
    #expect(rest.code == 0, "\(rest.output)")
    let after = try scenario.migrate("dump", "--from-database").output
    #expect(
      after.replacingOccurrences(of: "create table mig.more (\n  x integer\n);\n\n", with: "")
        == before
    )
  }

  @Test func aDatabaseThatIsThereIsTakenOver() throws {
    let first = try applied()
    // The same database without a history.
    try first.psql("drop schema redstart cascade")
    let refused = try first.migrate()
    #expect(refused.code != 0)
    #expect(try first.migrate("baseline", "--to", "5").code == 0)
    #expect(try first.migrate("status", "--exit-code").code == 0)
    let diff = try first.migrate("diff")
    #expect(diff.code == 0, "\(diff.output)")
    try first.write("V6__next.sql", "alter table mig.product alter column label type varchar(300);")
    let rehearsal = try first.migrate("rehearse")
    #expect(rehearsal.code == 0, "\(rehearsal.output)\(rehearsal.error)")
    #expect(try first.migrate().code == 0)
    #expect(try first.migrate("diff").code == 0)
  }

  @Test func aTableIsRebuiltUnderItsViews() throws {
    let first = try applied()
    let before = try first.migrate("dump", "--from-database").output
    for table in ["mig.customer", "mig.product", "mig_mart.product_sales", "mig_stage.raw_store"] {
      let outcome = try first.migrate("rebuild", table, "--dist-style", "even")
      #expect(outcome.code == 0, "\(table): \(outcome.error)")
    }
    let diff = try first.migrate("diff")
    #expect(diff.code == 0, "\(diff.output)")
    #expect(try first.migrate("dump", "--from-database").output == before)
    #expect(try !first.migrate("status").error.contains("schema-drift"))
  }
}
