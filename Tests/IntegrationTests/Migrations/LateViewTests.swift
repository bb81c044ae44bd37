import Foundation
import TestSupport
import Testing

/// Views WITH NO SCHEMA BINDING over bound views, and bound views over them: on the local warehouse
/// they are views like others, and yet are in nobody's way.
@Suite(.scenarioServer) struct LateViewTests {
  static let first = """
    create schema mig;
    create table mig.t (x int, y int, s varchar(10));
    insert into mig.t values (7, 8, 'abc');
    create view mig.bound as select x, s from mig.t;
    create view mig.late as select x, s from mig.bound with no schema binding;
    create view mig.later as select * from mig.late with no schema binding;
    create view mig.upon as select x + 1 as x1 from mig.later;
    """

  private func applied(_ more: [String: String] = [:]) throws -> Scenario {
    let scenario = try Scenario.applied(["V1__a.sql": Self.first].merging(more) { $1 })
    try scenario.psql(
      "grant select on mig.late to public; comment on view mig.late is 'late'; "
        + "comment on view mig.upon is 'upon'; comment on column mig.upon.x1 is 'one more'; "
        + "grant select (x1) on mig.upon to public"
    )
    return scenario
  }

  private func views(_ scenario: Scenario) throws -> String {
    try scenario.psql(
      """
      select c.relname, c.relacl, a.attacl, obj_description(c.oid), col_description(c.oid, 1) \
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum = 1 \
      where c.relkind = 'v' and relnamespace = 'mig'::regnamespace order by 1
      """
    )
  }

  @Test(arguments: [
    "alter table mig.t alter column s type varchar(20);",
    "select 1;\nalter table mig.t alter column s type varchar(20);\nselect 2;",
    "create table mig.n (like mig.t);\ninsert into mig.n select * from mig.t;\n"
      + "drop table mig.t;\nalter table mig.n rename to t;",
    "drop view mig.bound;\ncreate view mig.bound as select x, s from mig.t;",
    "drop table mig.t cascade;\ncreate table mig.t (x bigint, s varchar(10));\n"
      + "insert into mig.t values (7, 'abc');\ncreate view mig.bound as select x, s from mig.t;",
    "alter table mig.t drop column y;",
  ])
  func stayWhenWhatIsUnderThemChanges(sql: String) throws {
    let scenario = try applied()
    let before = try views(scenario)
    #expect(before.contains("one more") && before.contains("=r/"))
    try scenario.write("V2__b.sql", sql)
    let outcome = try scenario.migrate("up", "--allow-breaking")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(try scenario.psql("select x1, s from mig.upon, mig.later") == "8|abc")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func aBoundViewIsMadeAgainWithOtherColumns() throws {
    let scenario = try applied()
    try scenario.write(
      "V2__b.sql",
      "drop view mig.bound;\n"
        + "create view mig.bound as select x * 2 as x, y, s, 'new' as n from mig.t;"
    )
    let outcome = try scenario.migrate("up", "--allow-breaking")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select x1 from mig.upon") == "15")
  }

  @Test func theyBecomeBoundOnes() throws {
    let scenario = try applied()
    let before = try views(scenario)
    try scenario.write(
      "V2__b.sql",
      "create or replace view mig.late as select x, s from mig.bound;"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(
      try scenario.psql("select view_name from rs.late_views where schema_name = 'mig'") == "later"
    )
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    let difference = try scenario.migrate("diff")
    #expect(
      difference.code == 0 && !difference.output.contains("late"),
      "\(difference.output)\(difference.error)"
    )
    // From now on it holds what it reads, as on Redshift.
    try scenario.write("V3__c.sql", "drop view mig.bound;")
    let refused = try scenario.migrate("up", "--allow-breaking")
    #expect(refused.code != 0 && refused.error.contains("view late depends"), "\(refused.error)")
  }

  /// Within one file, too, which is sent whole.
  @Test func theyAreTranslatedForTheColumnsOfTheDay() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig;
      create view mig.v as select distinct * from mig.w with no schema binding;
      create view mig.k as select s, count(*) as n from mig.v group by s with no schema binding;
      create table mig.w (s varchar(9));
      insert into mig.w values ('a'), ('a  '), ('b');
      create table mig.first as select count(*) as c from mig.v;
      """,
      "V2__b.sql": """
      drop table mig.w;
      create table mig.w (s int);
      insert into mig.w values (10), (9), (9);
      insert into mig.first select min(s) + 1 from mig.k;
      alter table mig.w add column more boolean default true;
      create table mig.second as select s, more from mig.v where more;
      """,
      "V3__c.sql": """
      drop table mig.w;
      create table mig.w (s boolean);
      insert into mig.w values (true), (true), (false);
      insert into mig.first select n + 40 from mig.k where s;
      """,
    ])
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select c from mig.first order by 1") == "2\n10\n41")
    #expect(try scenario.psql("select count(*) from mig.second") == "2")
    let difference = try scenario.migrate("diff")
    #expect(difference.code == 0, "\(difference.output)\(difference.error)")
  }

  @Test func thoseThatWaitAreFoundByNameAndKeepIt() throws {
    let scenario = try Scenario([
      "V1__a.sql": """
      create schema mig;
      create view mig.v as select a, b from mig.gone with no schema binding;
      grant select on mig.v to public;
      comment on view mig.v is 'waits';
      """
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__b.sql", "create table mig.v (a int);")
    let taken = try scenario.migrate()
    #expect(taken.code == 1 && taken.error.contains("already exists"), "\(taken.error)")
    try scenario.write("V2__b.sql", "create table mig.t as select a from mig.v;")
    let missing = try scenario.migrate()
    #expect(missing.error.contains(#"relation "mig.gone" does not exist"#), "\(missing.error)")
    #expect(try scenario.migrate("diff").code == 0)
    try scenario.write(
      "V2__b.sql",
      "create table mig.gone (a int, b varchar(5));\ncreate table mig.t as select a from mig.v;"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    let found = try views(scenario)
    #expect(found.contains("=r/") && found.contains("waits"), "\(found)")
  }

  @Test func aCrashBringsThemBackWithTheRest() throws {
    let scenario = try applied()
    let before = try views(scenario)
    try scenario.write("V2__b.sql", "alter table mig.t alter column s type varchar(20);")
    #expect(try scenario.migrate(crashAt: "after-begin").code == 137)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(try scenario.psql("select x1, s from mig.upon, mig.later") == "8|abc")
  }

  @Test func tablesUnderThemAreRebuilt() throws {
    let scenario = try applied()
    let before = try views(scenario)
    let outcome = try scenario.migrate("rebuild", "mig.t")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try views(scenario) == before)
    #expect(try scenario.psql("select x1, s from mig.upon, mig.later") == "8|abc")
  }

  @Test func migrationsWithThemAreRehearsedTestedAndSquashed() throws {
    let row = "insert into mig.t values (7, 8, 'abc');\n"
    let scenario = try Scenario(["V1__a.sql": Self.first.replacing(row, with: "")])
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(row)
    try scenario.write("V2__b.sql", "alter table mig.t alter column s type varchar(20);")
    try scenario.write(
      "V3__c.sql",
      "drop view mig.bound;\ncreate view mig.bound as select x, s, y from mig.t;"
    )
    for words in [["rehearse"], ["test"], ["up", "--allow-breaking"]] {
      let outcome = try scenario.project.run(["migrate"] + words)
      #expect(outcome.code == 0, "\(words): \(outcome.error)")
    }
    let squash = try scenario.migrate("squash", "--to", "3")
    #expect(squash.code == 0, "\(squash.error)")
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.psql("select x1, s from mig.upon, mig.later") == "8|abc")
  }

  @Test func modelsThatWaitAreBuiltAgainAndTranslatedForNewColumns() throws {
    let scenario = try Scenario(
      ["V1__a.sql": "create schema mig;"],
      files: [
        "models/waits.sql": """
        {{ config(materialized='view', bind=False, static_analysis='off') }}
        select v, count(*) as n from mig.word group by v
        """,
        "models/upon.sql": """
        {{ config(materialized='view', bind=False) }} select max(n) as n from {{ ref('waits') }}
        """,
      ]
    )
    #expect(try scenario.migrate().code == 0)
    for _ in 0..<2 {
      let run = try scenario.project.run("run")
      #expect(run.code == 0, "\(run.output)\(run.error)")
    }
    try scenario.write(
      "V2__b.sql",
      "create table mig.word (v varchar(9)); insert into mig.word values ('a'), ('a  ');"
    )
    #expect(try scenario.migrate().code == 0)
    #expect(try scenario.psql("select v, n from mig.waits") == "a|2")
    #expect(try scenario.psql("select n from mig.upon") == "2")
    #expect(try scenario.project.run("run").code == 0)
    #expect(try scenario.psql("select n from mig.upon") == "2")
    // A model that others read by a late-binding view gets columns of other types.
    try scenario.project.folder.write(
      "models/base.sql",
      "{{ config(materialized='table') }} select 'a'::varchar(5) as v"
    )
    try scenario.project.folder.write(
      "models/over.sql",
      "{{ config(materialized='view', bind=False) }} select distinct v from {{ ref('base') }}"
    )
    #expect(try scenario.project.run("run").code == 0)
    try scenario.project.folder.write(
      "models/base.sql",
      "{{ config(materialized='table') }} select 41 as v"
    )
    let run = try scenario.project.run(["run", "--select", "base"])
    #expect(run.code == 0, "\(run.output)\(run.error)")
    #expect(try scenario.psql("select v + 1 from mig.over") == "42")
  }

  static let models = [
    "models/base.sql": "{{ config(materialized='table') }} select x, s from mig.t",
    "models/over.sql": "{{ config(materialized='view') }} select x, s from {{ ref('base') }}",
    "models/free.sql":
      "{{ config(materialized='view', bind=False) }} select * from {{ ref('over') }}",
    "models/freer.sql":
      "{{ config(materialized='view', bind=False) }} select x, s from {{ ref('free') }}",
    "models/top.sql":
      "{{ config(materialized='view') }} select x + 1 as x1 from {{ ref('freer') }}",
  ]

  @Test func modelsUnderThemAreBuiltInAnyOrder() throws {
    let scenario = try Scenario(["V1__a.sql": Self.first], files: Self.models)
    #expect(try scenario.migrate().code == 0)
    func build(_ words: String...) throws {
      let outcome = try scenario.project.run(["run"] + words)
      #expect(outcome.code == 0, "\(words): \(outcome.output)\(outcome.error)")
    }
    func value() throws -> String { try scenario.psql("select x1, s from mig.top, mig.freer") }
    try build()
    #expect(try value() == "8|abc")
    for name in ["base", "over", "free", "freer", "top"] {
      try build("--select", name)
      #expect(try value() == "8|abc", "after \(name)")
    }
    try build()
    // With other columns, alone and together.
    try scenario.project.folder.write(
      "models/base.sql",
      "{{ config(materialized='table') }} select x * 2 as x, s, y from mig.t"
    )
    try build("--select", "base")
    #expect(try value() == "15|abc")
    try scenario.project.folder.write(
      "models/over.sql",
      "{{ config(materialized='view') }} select y, s, x from {{ ref('base') }}"
    )
    try build("--select", "over")
    #expect(try value() == "15|abc")
    #expect(try scenario.psql("select y from mig.free") == "8")
    // A view becomes a table, and a late-binding view a bound one.
    try scenario.project.folder.write(
      "models/over.sql",
      "{{ config(materialized='table') }} select y, s, x from {{ ref('base') }}"
    )
    try scenario.project.folder.write(
      "models/free.sql",
      "{{ config(materialized='view') }} select * from {{ ref('over') }}"
    )
    try build()
    try build("--select", "base", "over")
    #expect(try value() == "15|abc")
    #expect(
      try scenario.psql(
        "select string_agg(view_name, ',') from rs.late_views where schema_name = 'mig' and view_name like 'f%'"
      ) == "freer"
    )
  }
}
