import Foundation
import TestSupport
import Testing

/// Tables that were renamed or replaced by hand, and what a repair does to them and tells of itself.
@Suite(.scenarioServer) struct DriftRepairTests {
  static let files = [
    "V1__shop.sql": """
    create schema mig;
    create table mig.orders (id int not null, code varchar(9), at timestamp default sysdate);
    create table mig.items (id int not null, name varchar(40));
    create table mig.plain (x int not null, label varchar(40));
    create view mig.recent as select id, code from mig.orders;
    create view mig.names as select items.id, name from mig.items;
    insert into mig.orders (id, code) values (1, 'a'), (2, 'b');
    grant select on mig.orders to public;
    """
  ]

  private func applied() throws -> Scenario {
    let scenario = try Scenario.applied(Self.files)
    let same = try scenario.migrate("diff")
    #expect(same.code == 0, "\(same.output)\(same.error)")
    return scenario
  }

  private func repair(_ scenario: Scenario) throws {
    let outcome = try scenario.migrate("diff", "--repair")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    #expect(try scenario.migrate("diff").code == 0)
    let status = try scenario.migrate("status")
    #expect(!status.error.contains("schema-drift"), "\(status.error)")
  }

  // MARK: Renamed

  @Test func aTableThatWasRenamedGetsItsNameBackWithItsRows() throws {
    let scenario = try applied()
    try scenario.psql("alter table mig.orders rename to old_orders")
    let found = try scenario.migrate("diff")
    #expect(found.code == 1)
    #expect(
      found.output.contains("mig.old_orders may be it, which has the same columns"),
      "\(found.output)"
    )
    // The view followed its table, and is as the files say once that has its name again.
    #expect(!found.output.contains("query"), "\(found.output)")
    #expect(!found.output.contains("create table"), "\(found.output)")
    let status = try scenario.migrate("status")
    #expect(status.error.contains("mig.old_orders may be it"), "\(status.error)")
    // What became of it is told once.
    #expect(!status.error.contains("mig.orders is gone"), "\(status.error)")
    try repair(scenario)
    #expect(try scenario.psql("select count(*) from mig.orders") == "2")
    #expect(try scenario.psql("select count(*) from mig.recent") == "2")
  }

  @Test func noTwinIsMadeWhereSeveralTablesMayBeIt() throws {
    let scenario = try applied()
    try scenario.psql(
      "alter table mig.orders rename to one; create table mig.two (like mig.one including all)"
    )
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("mig.one or mig.two may be it"), "\(found.output)")
    let repaired = try scenario.migrate("diff", "--repair")
    #expect(repaired.code == 1, "\(repaired.output)")
    #expect(try scenario.psql("select to_regclass('mig.orders') is null") == "t")
  }

  @Test func whatAModelMakesIsNobodysTwin() throws {
    let scenario = try Scenario(
      Self.files,
      files: [
        "models/copied.sql":
          "{{ config(materialized='table') }} select id, code, at from mig.orders"
      ]
    )
    #expect(try scenario.migrate().code == 0)
    try scenario.psql(
      "create table mig.copied (like mig.orders); drop table mig.orders cascade"
    )
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("made anew, it has no rows"), "\(found.output)")
    #expect(!found.output.contains("may be it"), "\(found.output)")
  }

  @Test func aSchemaThatWasRenamedGetsItsNameBack() throws {
    let scenario = try applied()
    try scenario.psql("alter schema mig rename to gone")
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("gone may be it: its tables have the same columns"))
    #expect(!found.output.contains("create "), "\(found.output)")
    try repair(scenario)
    #expect(try scenario.psql("select count(*) from mig.recent") == "2")
  }

  // MARK: Replaced

  @Test func aViewInThePlaceOfATableIsPutAside() throws {
    let scenario = try applied()
    try scenario.psql(
      """
      drop view mig.names; alter table mig.items rename to stock;
      create view mig.items as select id, name from mig.stock where name > 'a';
      create view mig.names as select items.id, name from mig.items;
      """
    )
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("a view in the database, a table in the files"))
    #expect(found.output.contains("mig.stock may be it"), "\(found.output)")
    #expect(!found.output.contains("nullability"), "\(found.output)")
    // What was granted by hand on a view that has to give way is granted again.
    try scenario.psql("grant select on mig.names to public")
    try repair(scenario)
    #expect(
      try scenario.psql("select has_table_privilege('public', 'mig.names', 'select')") == "t"
    )
    #expect(
      try scenario.psql(
        "select relkind from pg_class where oid in ('mig.items'::regclass, "
          + "'mig.items_by_hand'::regclass) order by 1"
      ) == "r\nv"
    )
  }

  @Test func aTableInThePlaceOfAViewKeepsItsRows() throws {
    let scenario = try applied()
    try scenario.psql(
      "create table mig.names_by_hand (x int); drop view mig.names; "
        + "create table mig.names as select 7 as id, 'x' as name"
    )
    let found = try scenario.migrate("diff")
    #expect(found.output.contains("a table in the database, a view in the files"))
    try repair(scenario)
    #expect(try scenario.psql("select id from mig.names_by_hand_2") == "7")
  }

  // MARK: One repair

  @Test func oneRepairIsEnoughAfterASchemaWasDropped() throws {
    let shop = try #require(DefinitionDriftTests.files["V1__shop.sql"])
    let scenario = try Scenario.applied([
      "V1__all.sql": shop + """

        comment on schema mig is 'the shop';
        create table mig.a (id int primary key);
        create table mig.aa (id int primary key, a int references mig.a (id));
        alter table mig.a add column aa int;
        alter table mig.a add foreign key (aa) references mig.aa (id);
        """
    ])
    try scenario.psql("drop schema mig cascade")
    try repair(scenario)
    #expect(try scenario.psql("select obj_description('mig'::regnamespace)") == "the shop")
  }

  @Test func viewsOfOthersAreNamedBeforeAnythingRuns() throws {
    let scenario = try applied()
    try scenario.psql(
      """
      alter table mig.items add column more int;
      alter table mig.plain alter column label type varchar(20);
      create view mig.theirs as select label from mig.plain;
      create view mig.harmless as select x from mig.plain;
      """
    )
    let found = try scenario.migrate("diff")
    #expect(found.code == 1 && found.error.contains("warning[foreign-views]"), "\(found.error)")
    #expect(found.error.contains("mig.theirs reads mig.plain"), "\(found.error)")
    #expect(!found.error.contains("mig.harmless"), "\(found.error)")
    try scenario.psql("alter table mig.items drop column more")
    let refused = try scenario.migrate("diff", "--repair")
    #expect(refused.code == 2 && refused.error.contains("error[foreign-views]"))
    #expect(try scenario.log("'repaired', 'fail'") == "")
    try scenario.psql("drop view mig.theirs")
    try repair(scenario)
  }

  // MARK: The history

  @Test func aRepairIsInTheHistory() throws {
    let scenario = try applied()
    try scenario.psql("alter table mig.plain alter column label type varchar(99)")
    try repair(scenario)
    let history = try scenario.migrate("history")
    let line = history.output.split(separator: "\n").last.map(String.init) ?? ""
    #expect(line.contains("changed by hand"), "\(history.output)")
    #expect(line.contains("repaired") && line.contains("taken back: mig.plain"))
    let body = try scenario.psql(
      """
      select body from redstart.migration_body b join redstart.migration_event e
        on e.norm_sha = b.norm_sha where e.kind = 'drift'
      """
    )
    #expect(body == #"alter table "mig"."plain" alter column "label" type varchar(40);"#)
    // It is no migration: nothing is pending or missing for it.
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
    #expect(try scenario.migrate("validate").code == 0)
    // Where there is nothing to repair nothing is told.
    #expect(try scenario.migrate("diff", "--repair").code == 0)
    #expect(try scenario.psql("select count(*) from redstart.migration_event") == "2")
  }

  @Test func aRepairThatFailsIsInTheHistoryAndLeavesNothing() throws {
    let scenario = try applied()
    try scenario.psql(
      """
      alter table mig.plain alter column label type varchar(99), drop constraint bytes_of_label;
      insert into mig.plain values (1, repeat('far too long', 4));
      alter table mig.orders alter column at drop default;
      """
    )
    let outcome = try scenario.migrate("diff", "--repair")
    #expect(outcome.code == 1, "\(outcome.output)")
    #expect(outcome.error.contains("the repair was rolled back; nothing of it remains"))
    #expect(
      try scenario.psql("select kind, event, sqlstate from redstart.migration_event where seq = 2")
        == "drift|fail|22001"
    )
    #expect(outcome.error.contains("error[value-too-long]"), "\(outcome.error)")
    let defaults = "select count(*) from pg_attrdef where adrelid = 'mig.orders'::regclass"
    #expect(try scenario.psql(defaults) == "0")
  }

  /// The row and the change are there or not, together.
  @Test(arguments: [("before-transaction", "1|99"), ("after-transaction", "2|40")])
  func aRepairThatIsKilledIsTrueInTheHistory(step: String, left: String) throws {
    let scenario = try applied()
    try scenario.psql("alter table mig.plain alter column label type varchar(99)")
    #expect(try scenario.migrate("diff", "--repair", crashAt: step).code != 0)
    #expect(
      try scenario.psql(
        "select (select count(*) from redstart.migration_event), atttypmod - 4 from pg_attribute "
          + "where attname = 'label' and attrelid = 'mig.plain'::regclass"
      ) == left
    )
    try repair(scenario)
  }

  @Test func aRepairRunsTheSecretsThatItDoesNotShow() throws {
    let scenario = try Scenario.applied([
      "V1__p.sql": """
      create schema mig;
      create procedure mig.load() as $$
      begin
        execute 'create user loader password ' || quote_literal('Open5esame');
      end;
      $$ language plpgsql;
      """
    ])
    try scenario.psql("drop procedure mig.load()")
    let found = try scenario.migrate("diff")
    #expect(!(found.output + found.error).contains("Open5esame"), "\(found.output)")
    #expect(found.error.contains("secrets are hidden in this SQL"), "\(found.error)")
    try repair(scenario)
    #expect(
      try scenario.psql("select prosrc from pg_proc where proname = 'load'").contains("Open5")
    )
    #expect(
      try scenario.psql(
        "select body from redstart.migration_body b join redstart.migration_event e "
          + "on e.norm_sha = b.norm_sha where e.kind = 'drift'"
      ).contains("*****")
    )
  }
}
