import Foundation
import TestSupport
import Testing

/// Views, routines, defaults, comments and grants that were changed by hand.
@Suite(.scenarioServer) struct DefinitionDriftTests {
  static let files = [
    "V1__shop.sql": """
    create schema mig;
    create table mig.orders (
      id bigint identity(1, 1), code char(3) not null, name varchar(40) default 'x',
      amount decimal(12, 2) default 0.0, at timestamp default sysdate, d date, payload super,
      qty int default 1 + 2, primary key (id)
    ) distkey (id) sortkey (d);
    create function mig.twice(int) returns int stable as $$ select $1 * 2 $$ language sql;
    create procedure mig.load(n int, label varchar(20)) as $$
    begin
      insert into mig.orders (code, name) select 'abc', label where getdate() > '2020-01-01';
    end;
    $$ language plpgsql;
    create procedure mig.tell(n in int, total out int) as $$
    begin
      select count(*) into total from mig.orders where qty > n;
    end;
    $$ language plpgsql;
    create view mig.recent as
      select id, code, nvl(name, 'none') as name, dateadd(day, 1, at) as due, mig.twice(qty) as q
      from mig.orders where code in ('abc', 'abd') and d > '2020-01-01';
    create view mig.by_code as select code, count(*) as n from mig.recent group by code;
    create materialized view mig.totals as select code, sum(amount) as total from mig.orders group by 1;
    create view mig.late as select id, code from mig.orders where code <> 'x' with no schema binding;
    comment on table mig.orders is 'what was bought';
    comment on column mig.orders.name is 'whose';
    comment on view mig.recent is 'of late';
    comment on procedure mig.load(int, varchar) is 'fills';
    grant select on mig.recent to public;
    grant usage on schema mig to public;
    grant select (id, code), update (code) on mig.orders to public;
    grant all on mig.totals to public;
    revoke insert on mig.totals from public;
    """
  ]

  private func applied() throws -> Scenario {
    let scenario = try Scenario.applied(Self.files)
    let same = try scenario.migrate("diff")
    #expect(same.code == 0, "\(same.output)\(same.error)")
    return scenario
  }

  private func repair(_ scenario: Scenario, _ shown: String) throws {
    let outcome = try scenario.migrate("diff", "--repair")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    // What is run is what was shown.
    #expect(shown.hasSuffix(outcome.output), "\(shown)\n\(outcome.output)")
    let rest = try scenario.migrate("diff")
    #expect(rest.code == 0, "\(rest.output)")
    let status = try scenario.migrate("status")
    #expect(!status.error.contains("schema-drift"), "\(status.error)")
  }

  @Test func aRenamedColumnIsRenamedBack() throws {
    let scenario = try Scenario([
      "V1__points.sql": """
      create schema mig;
      create table mig.points (id int not null, score int default 7 not null, ratio real, note varchar(9));
      insert into mig.points (id, score, ratio, note) values (1, 10, 0.5, 'a');
      """
    ])
    #expect(try scenario.migrate().code == 0)
    _ = try scenario.psql(
      "alter table mig.points rename column ratio to quota; alter table mig.points drop column score"
    )
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("quota may be it"), "\(found.output)")
    let repaired = try scenario.migrate("diff", "--repair")
    #expect(repaired.code == 1 && repaired.output.contains("differs in"), "\(repaired.output)")
    #expect(try scenario.psql("select id, ratio, score from mig.points") == "1|0.5|7")
  }

  @Test(arguments: [
    (
      "create or replace view mig.recent as select id, code, coalesce(name, 'all') as name, "
        + "at as due, qty as q from mig.orders",
      "mig.recent", "query"
    ),
    (
      "create or replace view mig.by_code as select code, count(*) as n from mig.recent "
        + "where code = 'abc' group by code", "mig.by_code", "query"
    ),
    (
      "drop view mig.recent cascade; create view mig.recent as select 1 as one",
      "mig.recent", "query"
    ),
    ("drop view mig.by_code", "mig.by_code", "missing"),
    (
      "drop materialized view mig.totals; create materialized view mig.totals as "
        + "select code, sum(amount) as total from mig.orders where d is null group by 1",
      "mig.totals", "query"
    ),
    ("drop materialized view mig.totals", "mig.totals", "missing"),
    (
      "create or replace view mig.late as select id, code from mig.orders where code <> 'y'",
      "mig.late", "query"
    ),
    (
      "drop materialized view mig.totals; create view mig.totals as select 1 as code, 2 as total",
      "mig.totals", "query"
    ),
    (
      "create or replace procedure mig.load(n int, label varchar) as $$ begin null; end $$ "
        + "language plpgsql", "mig.load(integer, varchar)", "body"
    ),
    ("drop procedure mig.load", "mig.load(integer, varchar)", "missing"),
    (
      "create or replace procedure mig.tell(n int, inout total int default null) as $$ begin total := 1; end $$ "
        + "language plpgsql", "mig.tell(integer)", "body"
    ),
    (
      "create or replace function mig.twice(int) returns int stable as $$ select 3 $$ language sql",
      "mig.twice(integer)", "body"
    ),
    ("alter table mig.orders alter column qty set default 4", "mig.orders", "default"),
    ("alter table mig.orders alter column at drop default", "mig.orders", "default"),
    ("comment on column mig.orders.name is 'theirs'", "mig.orders", "comment"),
    ("comment on procedure mig.load is null", "mig.load(integer, varchar)", "comment"),
    ("revoke select on mig.recent from public", "mig.recent", "grant"),
    ("grant insert on mig.recent to public", "mig.recent", "grant"),
    ("grant insert on mig.totals to public", "mig.totals", "grant"),
    ("revoke select (code) on mig.orders from public", "mig.orders", "grant"),
  ])
  func itIsFoundAndStaysKnownUntilItIsRepaired(sql: String, object: String, kind: String) throws {
    let scenario = try applied()
    try scenario.psql(sql)
    let found = try scenario.migrate("diff")
    #expect(found.code == 1, "\(sql)")
    let line = found.output.split(separator: "\n").first { $0.contains(" \(kind) ") }
    #expect(line?.hasPrefix(object) == true, "\(found.output)")
    let wasTold = try scenario.migrate("status").error.contains("schema-drift")
    // A migration of something else does not make it right.
    try scenario.write("V2__more.sql", "create table mig.more (x int);")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("status").error.contains("schema-drift") == wasTold)
    let again = try scenario.migrate("diff")
    #expect(again.code == 1 && again.output == found.output, "\(again.output)")
    try repair(scenario, again.output)
  }

  /// The server goes on in words of its own when what a view reads gets another name or type.
  @Test(arguments: [
    "alter table mig.orders rename column name to label;",
    "-- redstart: allow=resize-refused\nalter table mig.orders alter column name type varchar(80);",
    "alter table mig.orders add column more int;",
    "alter table mig.orders rename to bought; create or replace view mig.late as "
      + "select id, code from mig.bought where code <> 'x' with no schema binding;",
  ])
  func whatAMigrationDoesToViewsIsNotByHand(change: String) throws {
    let scenario = try applied()
    try scenario.write(
      "V2__all.sql",
      "create view mig.everything as select *, nullif(name, 'q') as other from mig.orders;"
    )
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V3__change.sql", change)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let same = try scenario.migrate("diff")
    #expect(same.code == 0, "\(same.output)\(same.error)")
    try scenario.psql(
      "create or replace view mig.by_code as select code, 1::bigint as n from mig.recent"
    )
    #expect(try scenario.migrate("diff").code == 1)
  }

  @Test func whatAMigrationMakesOfItIsMeant() throws {
    let scenario = try applied()
    let changed =
      "create or replace view mig.by_code as select code, 1::bigint as n from mig.recent"
    try scenario.psql(changed)
    #expect(try scenario.migrate("diff").code == 1)
    try scenario.write("V2__so.sql", changed + ";")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.migrate("diff").code == 0)
    #expect(try !scenario.migrate("status").error.contains("schema-drift"))
  }

  @Test func whoMayOnlyReadIsToldWhatIsNotCompared() throws {
    let owner = try applied()
    let name = "r\(owner.database)"
    try owner.psql(
      """
      create role \(name) login; grant usage on schema mig, redstart to \(name);
      grant select on all tables in schema mig, redstart to \(name);
      alter table mig.orders add column hand int
      """
    )
    let reader = try Scenario(Self.files, user: name, database: owner.database)
    let diff = try reader.migrate("diff")
    #expect(diff.code == 1 && diff.output.contains("extra column"), "\(diff.output)\(diff.error)")
    #expect(!diff.output.contains("query"), "\(diff.output)")
    #expect(diff.error.contains("warning[diff-not-compared]"), "\(diff.error)")
    // What the history has of views is enough for them.
    #expect(diff.error.contains("not compared: mig.load(integer, varchar)"), "\(diff.error)")
    try owner.psql("drop owned by \(name); drop role \(name)")
  }
}
