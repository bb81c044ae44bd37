import Foundation
import TestSupport
import Testing

/// Views on tables that migrations alter.
@Suite(.scenarioServer) struct ViewTests {
  static let first = """
    create schema mig;
    create table mig.a (x int, y int, s varchar(10));
    create view mig.v as select x, s from mig.a;
    create view mig.w as select x + 1 as x1 from mig.v;
    comment on view mig.v is 'It''s mine';
    comment on column mig.v.s is 'a text';
    """

  private func applied(_ more: [String: String] = [:]) throws -> Scenario {
    let scenario = try Scenario.applied(["V1__a.sql": Self.first].merging(more) { $1 })
    let role = "r" + scenario.database.prefix(12)
    try scenario.psql(
      "create role \(role); grant usage on schema mig to \(role); grant select on mig.v to \(role); "
        + "grant select on mig.w to public; grant select (s) on mig.v to public; "
        + "grant insert on mig.v to \(role) with grant option; alter view mig.w owner to \(role)"
    )
    return scenario
  }

  private func views(_ scenario: Scenario) throws -> String {
    try scenario.psql(
      """
      select c.relname, pg_get_userbyid(c.relowner), c.relacl, a.attacl, obj_description(c.oid), \
      col_description(c.oid, 2), pg_get_viewdef(c.oid) from pg_class c \
      left join pg_attribute a on a.attrelid = c.oid and a.attname = 's' \
      where c.relkind = 'v' and relnamespace = 'mig'::regnamespace order by 1
      """
    )
  }

  @Test(arguments: [
    "create table mig.n (like mig.a);\ndrop table mig.a;\nalter table mig.n rename to a;",
    "alter table mig.a rename to old;\ncreate table mig.a (x int, y int, s varchar(10));\n"
      + "insert into mig.a select * from mig.old;\ndrop table mig.old;",
  ])
  func standOnTheTableThatTakesThePlace(sql: String) throws {
    let scenario = try applied()
    let before = try views(scenario)
    #expect(before.contains("It's mine") && before.contains("=r/"))
    try scenario.psql("insert into mig.a values (7, 8, 'q')")
    try scenario.write("V2__b.sql", sql)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(
      try scenario.psql("insert into mig.a values (9, 8, 'q'); select max(x1) from mig.w")
        == "INSERT 0 1\n10"
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func aColumnThatNoViewReadsGoesWithoutFurtherAdo() throws {
    let scenario = try applied()
    let oid = "select 'mig.v'::regclass::oid"
    let before = try scenario.psql(oid)
    try scenario.write("V2__b.sql", "alter table mig.a drop column y;")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql(oid) == before)
  }

  @Test func aViewThatReadsTheColumnHasToChange() throws {
    let scenario = try applied()
    let before = try scenario.contents()
    try scenario.write("V2__b.sql", "create table mig.b (i int);\nalter table mig.a drop column s;")
    #expect(try scenario.migrate().error.contains("error[migration-breaks-models]"))
    let refused = try scenario.migrate("--allow-breaking")
    #expect(refused.code == 1 && refused.error.contains("error[view-not-kept]"), "\(refused.error)")
    #expect(refused.error.contains("V2__b.sql:2:") && refused.error.contains("mig.v"))
    #expect(try scenario.contents() == before)
    // The file says itself what becomes of the view; the one that stands on it comes back.
    let acl = "select relacl from pg_class where oid = 'mig.w'::regclass"
    let rights = try scenario.psql(acl)
    try scenario.write(
      "V2__b.sql",
      "alter table mig.a drop column s;\ncreate or replace view mig.v as select x, 1 as s from mig.a;"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select count(*) from mig.w") == "0")
    #expect(try scenario.psql(acl) == rights)
    #expect(try scenario.psql("select obj_description('mig.v'::regclass)") == "It's mine")
  }

  @Test func aRepeatableViewIsMadeFromItsNewText() throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig; create table mig.a (x int, s varchar(10));",
      "R__v.sql": "create or replace view mig.v as select x, s from mig.a;",
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql("grant select on mig.v to public")
    try scenario.write("V2__b.sql", "alter table mig.a drop column s;")
    try scenario.write("R__v.sql", "create or replace view mig.v as select x from mig.a;")
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try scenario.psql("select has_table_privilege('public', 'mig.v', 'select')").contains("t")
    )
    #expect(try scenario.psql("select pg_get_viewdef('mig.v'::regclass)").contains("a.x"))
  }

  @Test func viewsOfOthersAreNamedBeforeAnythingRuns() throws {
    let scenario = try applied()
    try scenario.psql("create schema bi; create view bi.report as select s from mig.a")
    try scenario.write("V2__b.sql", "create table mig.b (i int);")
    try scenario.write("V3__c.sql", "alter table mig.a drop column s;")
    let refused = try scenario.migrate("--allow-breaking")
    #expect(refused.code == 2 && refused.error.contains("error[foreign-views]"), "\(refused.error)")
    #expect(refused.error.contains("bi.report") && refused.error.contains("V3__c.sql:1:"))
    #expect(try scenario.psql("select to_regclass('mig.b') is null") == "t")
    try scenario.write(
      "V3__c.sql",
      "drop view bi.report; drop view mig.w, mig.v; alter table mig.a drop column s;"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test func anUndoThatViewsOfOthersForbidIsRefusedBeforeItRuns() throws {
    let scenario = try Scenario.applied([
      "V1__a.sql": "create schema mig; create table mig.a (x int);",
      "V2__b.sql": "alter table mig.a add column y int;",
      "U2__b.sql": "alter table mig.a drop column y;",
      "V3__c.sql": "create table mig.c (x int);",
      "U3__c.sql": "drop table mig.c;",
    ])
    try scenario.psql("create view public.theirs as select y from mig.a")
    let refused = try scenario.migrate("undo", "--to", "1")
    #expect(refused.code == 2 && refused.error.contains("error[foreign-views]"), "\(refused.error)")
    #expect(refused.error.contains("U2__b.sql:1:"), "\(refused.error)")
    #expect(try scenario.psql("select to_regclass('mig.c') is null") == "f")
    try scenario.psql("drop view public.theirs")
    #expect(try scenario.migrate("undo", "--to", "1").code == 0)
  }

  /// A repeatable migration's view goes with what it reads, and the file makes it again.
  @Test func anUndoTakesViewsOfRepeatableMigrationsAlong() throws {
    let scenario = try Scenario.applied([
      "V1__a.sql": "create schema mig;",
      "V2__b.sql": "create table mig.b (x int, y int);",
      "U2__b.sql": "drop table mig.b;",
      "V3__c.sql": "alter table mig.b add column z int;",
      "U3__c.sql": "alter table mig.b drop column z;",
      "R__v.sql": "create or replace view mig.v as select x, z from mig.b;",
      "R__w.sql": "create or replace view mig.w as select x from mig.v;",
      "R__other.sql": "create or replace view mig.other as select y from mig.b;",
    ])
    let whole = try scenario.contents()
    let undone = try scenario.migrate("undo")
    #expect(undone.code == 0, "\(undone.error)")
    let views =
      "select string_agg(viewname, ',' order by viewname) from pg_views where schemaname = 'mig'"
    #expect(try scenario.psql(views) == "other")
    let status = try scenario.migrate("status")
    #expect(
      status.output.split(separator: "\n").count { $0.contains("pending") } == 3,
      "\(status.output)"
    )
    let again = try scenario.migrate()
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.psql(views) == "other,v,w")
    #expect(try scenario.contents() == whole)
    let all = try scenario.migrate("undo", "--to", "1")
    #expect(all.code == 0, "\(all.error)")
    #expect(try scenario.psql(views) == "")
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.contents() == whole)
    // Undone and done again in one go, grants included.
    try scenario.psql("grant select on mig.v to public")
    let granted = try scenario.contents()
    let redone = try scenario.migrate("redo")
    #expect(redone.code == 0, "\(redone.error)")
    #expect(try scenario.contents() == granted)
    #expect(
      try scenario.psql("select has_table_privilege('public', 'mig.v', 'select')").contains("t")
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  static let resize = "alter table mig.a alter column s type varchar(20);"

  @Test(arguments: [resize, "select 1;\n\(resize)\nselect 2;"])
  func comeBackAroundAStatementThatRunsAlone(sql: String) throws {
    let scenario = try applied()
    let before = try views(scenario)
    try scenario.write("V2__b.sql", sql)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.migrate("diff").code == 0)
  }

  @Test(arguments: ["after-begin", "after-statement", "after-progress"])
  func comeBackAfterACrash(step: String) throws {
    let scenario = try applied()
    let before = try views(scenario)
    try scenario.write("V2__b.sql", Self.resize)
    #expect(try scenario.migrate(crashAt: step).code == 137)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(try scenario.log() == "1 done, 2 done")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func comeBackWhenTheStatementFails() throws {
    let scenario = try applied()
    let before = try views(scenario)
    try scenario.psql("insert into mig.a values (1, 2, 'longer')")
    try scenario.write("V2__b.sql", "alter table mig.a alter column s type varchar(3);")
    let failed = try scenario.migrate()
    #expect(failed.code == 1 && failed.error.contains("V2__b.sql:1:"), "\(failed.error)")
    #expect(try views(scenario) == before)
    try scenario.write("V2__b.sql", Self.resize)
    #expect(try scenario.migrate().code == 0)
    #expect(try views(scenario) == before)
  }

  @Test func lateBindingViewsBlockNothing() throws {
    let scenario = try applied()
    try scenario.write(
      "V2__b.sql",
      "create view mig.late as select y from mig.a with no schema binding;"
    )
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V3__c.sql", "alter table mig.a drop column y;")
    let outcome = try scenario.migrate("up", "--allow-breaking")
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  /// On Redshift they stay as they are; here they are made anew.
  @Test func lateBindingViewsKeepGrantsAndComments() throws {
    let scenario = try applied([
      "V2__b.sql": "create view mig.late as select x from mig.a with no schema binding;"
    ])
    try scenario.psql(
      "grant select on mig.late to public; comment on view mig.late is 'It''s late'"
    )
    let query = "select relacl, obj_description(oid) from pg_class where relname = 'late'"
    let before = try scenario.psql(query)
    #expect(before.contains("=r/") && before.contains("It's late"))
    try scenario.write(
      "V3__c.sql",
      "drop view mig.w; drop view mig.v; drop table mig.a;\nselect 1;\n"
        + "create table mig.a (x bigint);"
    )
    let outcome = try scenario.migrate("up", "--allow-breaking")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql(query) == before)
    try scenario.write(
      "V4__d.sql",
      "create or replace view mig.late as select x, 1 as y from mig.a with no schema binding;"
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql(query) == before)
    #expect(try scenario.psql("select count(y) from mig.late") == "0")
  }

  /// One who is not the owner of what redstart has put into the database.
  @Test func aSecondUserMakesLateBindingViewsOfTheirOwn() throws {
    let scenario = try applied([
      "V2__b.sql": "create view mig.late as select x from mig.gone with no schema binding;"
    ])
    let role = "s" + scenario.database.prefix(12)
    let made = try scenario.psql(
      """
      create role \(role); create schema own authorization \(role); set role \(role);
      set search_path = own, rs;
      select rs.create_late_view('own', 'late', false, 'select x from own.a', '');
      create table own.a (x int); select rs.bind_late_views();
      select count(*), min(view_name) filter (where made_by <> current_user) from rs.late_views;
      update rs.late_views set definition = 'select 1' where made_by <> current_user;
      select count(x) from own.late; drop table own.a cascade;
      """
    )
    #expect(made.contains("2|late") && made.contains("UPDATE 0"), "\(made)")
  }

  @Test func aViewOfAModelIsMadeFromTheModel() throws {
    let scenario = try applied()
    try scenario.project.folder.write(
      "models/m.sql",
      "{{ config(materialized='view') }} select x, s from mig.a"
    )
    let run = try scenario.project.run("run")
    #expect(run.code == 0, "\(run.output)\(run.error)")
    try scenario.write(
      "V2__b.sql",
      "drop view mig.w, mig.v;\nalter table mig.a drop column s;"
    )
    try scenario.project.folder.write(
      "models/m.sql",
      "{{ config(materialized='view') }} select x, nvl(y, 0) as y from mig.a"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(
      try scenario.psql("select pg_get_viewdef('mig.m'::regclass)").lowercased().contains(
        "coalesce"
      )
    )
  }

  /// The lengths that columns had when they were made must not cut off what came later.
  @Test func viewsAndRoutinesFollowAColumnThatIsWidened() throws {
    let scenario = try Scenario([
      "V1__made.sql": """
      create schema mig;
      create table mig.word (v varchar(5), n int);
      create table mig.seen (src varchar(20), v varchar(100));
      create procedure mig.see() as $$ begin
        insert into mig.seen select 'group', v from mig.word group by v;
        insert into mig.seen select distinct 'distinct', v from mig.word;
        insert into mig.seen select 'union', v from mig.word union select 'union', v from mig.word;
      end $$ language plpgsql;
      create view mig.distinct_words as select distinct v from mig.word;
      create view mig.grouped_words as select v, count(*) as n from mig.word group by v
        with no schema binding;
      """,
      "V2__widened.sql": "alter table mig.word alter column v type varchar(50);",
      "V3__filled.sql": """
      insert into mig.word values ('abcde', 1);
      insert into mig.word values ('abcdefghijkl', 2);
      insert into mig.word values ('abcdefghijxx', 3);
      call mig.see();
      create table mig.sums as select v, n, count(*) as c from mig.word group by rollup (v, n);
      """,
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let words = "abcde\nabcdefghijkl\nabcdefghijxx"
    for query in [
      "select v from mig.distinct_words", "select v from mig.grouped_words",
      "select v from mig.seen where src = 'group'", "select v from mig.seen where src = 'distinct'",
      "select v from mig.seen where src = 'union'",
      "select distinct v from mig.sums where v is not null",
    ] {
      #expect(try scenario.psql(query + " order by 1") == words, "\(query)")
    }
    let length =
      "select character_maximum_length from information_schema.columns "
      + "where table_schema = 'mig' and table_name = 'sums' and column_name = 'v'"
    #expect(try scenario.psql(length) == "50")
    let diff = try scenario.migrate("diff")
    #expect(diff.code == 0, "\(diff.output)")
  }
}
