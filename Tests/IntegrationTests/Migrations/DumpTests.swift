import Foundation
import TestSupport
import Testing

/// Canonical SQL of what files define and of what a database holds.
@Suite(.scenarioServer) struct DumpTests {
  static let files = [
    "V1__tables.sql": """
    create schema mig;
    create table mig.zeta (id int identity(5, 2) primary key, "Order" int, d date default '2020-01-01');
    create table mig.alpha (
      id int not null, z int references mig.zeta (id), s varchar default 'it''s' encode zstd,
      n numeric, c char(3) default 'abc', t text, ok boolean default true, at timestamp default sysdate,
      u super, b varbyte(10), unique (z)
    ) distkey (id) compound sortkey (z, s);
    comment on table mig.alpha is 'it''s \\\\ a table';
    comment on column mig.alpha.s is 'text';
    """,
    "V2__views.sql": """
    create view mig.v as select id, z + 1 as z1 from mig.alpha where s <> '';
    create view mig.a_v as select v.id, count(*) as n from mig.v group by 1;
    create materialized view mig.m as select id from mig.zeta;
    grant select on mig.v to public;
    grant usage on schema mig to public;
    """,
    "V3__changes.sql": """
    alter table mig.zeta rename to omega;
    alter table mig.alpha add column later varchar(20) default 'x' not null;
    alter table mig.alpha rename column n to number;
    create table mig.lk (like mig.alpha including defaults);
    alter table mig.lk drop column t;
    create table mig.gone (x int);
    create view mig.gone_too as select x from mig.gone;
    drop table mig.gone cascade;
    """,
  ]

  @Test func theDumpMakesTheSameDatabaseAndTheSameDump() throws {
    let first = try Scenario(Self.files)
    #expect(try first.migrate().code == 0)
    let dump = try first.migrate("dump")
    #expect(dump.code == 0, "\(dump.error)")
    let live = try first.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")

    let second = try Scenario(["V1__dump.sql": dump.output])
    let applied = try second.migrate()
    #expect(applied.code == 0, "\(applied.error)")
    #expect(try second.migrate("dump").output == dump.output)
    #expect(try second.migrate("dump", "--from-database").output == live.output)
    // A sequence keeps the name of the table that it was made with.
    let contents = try first.contents().replacingOccurrences(of: "zeta_id", with: "omega_id")
    #expect(try second.contents() == contents)

    // What was read from the catalogue can run as well, and comes to the same again.
    let third = try Scenario(["V1__live.sql": live.output])
    let again = try third.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try third.migrate("dump", "--from-database").output == live.output)
  }

  /// PostgreSQL writes backslashes as they are, Redshift reads them as escapes.
  @Test func backslashesMeanTheSameInTheDump() throws {
    let first = try Scenario([
      "V1__a.sql": """
      create schema mig;
      create table mig.t (s varchar(20) default 'a\\\\b');
      create view mig.v as select s from mig.t where s <> 'c\\\\''d';
      comment on table mig.t is 'e\\\\f';
      """
    ])
    #expect(try first.migrate().code == 0)
    let live = try first.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")
    for text in [#"default 'a\\b'"#, #"'c\\''d'"#, #"is 'e\\f'"#] {
      #expect(live.output.contains(text), "\(live.output)")
    }
    let second = try Scenario(["V1__dump.sql": live.output])
    let applied = try second.migrate()
    #expect(applied.code == 0, "\(applied.error)")
    #expect(try second.contents() == first.contents())
  }

  @Test func theDumpStopsAtAVersionAndGoesToAFile() throws {
    let scenario = try Scenario(Self.files)
    let one = try scenario.migrate("dump", "--to", "1", "-o", "schema.sql")
    #expect(one.code == 0 && one.output.isEmpty, "\(one.error)")
    let path = scenario.project.folder.path + "/schema.sql"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("create table mig.zeta") && !text.contains("view"))
    let unknown = try scenario.migrate("dump", "--to", "9")
    #expect(
      unknown.code == 2 && unknown.error.contains("error[unknown-migration]"),
      "\(unknown.error)"
    )
  }

  @Test(arguments: [
    ("alter table mig.t rename column x to y;", "x"),
    ("alter table mig.t add column z int;", "x, u, z now, not x, u"),
    (
      "alter table mig.t rename column x to y; alter table mig.t rename column u to x;",
      "it would read t.x now, not t.y"
    ),
  ])
  func aViewWhoseTextMeansSomethingElseNowIsNamed(change: String, reason: String) throws {
    let scenario = try Scenario([
      "V1__t.sql": "create schema mig; create table mig.t (x int, u int); create view mig.v as "
        + (change.contains("add") ? "select * from mig.t;" : "select x from mig.t;"),
      "V2__change.sql": change,
    ])
    let dump = try scenario.migrate("dump")
    #expect(dump.code == 1)
    #expect(dump.error.contains("error[dump-outdated-view]"), "\(dump.error)")
    #expect(dump.error.contains(reason), "\(dump.error)")
  }

  @Test func routinesAreMadeAnewUnderTheirNames() throws {
    let first = try Scenario([
      "V1__fill.sql": """
      create schema mig;
      create table mig.t (id int, note varchar(20));
      create procedure fill(id int4, note character varying(20)) as $$
      begin
        insert into mig.t values (id, note);
      end;
      $$ language plpgsql;
      create procedure fill(id int4) as $$
      begin
        call mig.filled(id, 'one');
      end;
      $$ language plpgsql;
      """,
      "V2__rename.sql": """
      grant execute on procedure fill(int, varchar) to public;
      alter procedure fill(int, varchar(9)) rename to filled;
      """,
    ])
    #expect(try first.migrate().code == 0)
    let dump = try first.migrate("dump")
    #expect(dump.code == 0 && dump.error.isEmpty, "\(dump.error)")
    let squash = try first.migrate("squash", "--to", "2")
    #expect(squash.code == 0, "\(squash.error)")
    let folder = first.project.folder.path
    let squashed = try String(
      contentsOfFile: folder + "/migrations/V2__squashed.sql",
      encoding: .utf8
    )
    for text in [dump.output, squashed] {
      let second = try Scenario(["V2__all.sql": text])
      let applied = try second.migrate()
      #expect(applied.code == 0, "\(applied.error)")
      #expect(try second.contents() == first.contents())
      #expect(
        try second.psql("call mig.fill(3); select id, note from mig.t").hasSuffix("3|one")
      )
    }
  }

  @Test func whatTheTextDoesNotTellIsSaid() throws {
    let scenario = try Scenario([
      "V1__t.sql": """
      create schema mig;
      create table mig.t as select x from mig.elsewhere;
      call mig.make_more();
      """
    ])
    let dump = try scenario.migrate("dump")
    #expect(dump.code == 1)
    #expect(dump.error.contains("error[dump-untyped]"), "\(dump.error)")
    #expect(dump.error.contains("warning[dump-unseen]"), "\(dump.error)")
  }
}
