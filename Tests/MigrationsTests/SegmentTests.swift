import Diagnostics
import RedshiftSQL
import Testing

@testable import Migrations

@Suite struct SegmentTests {
  static func statements(_ sql: String) -> [Statement] {
    let buffers = Buffers()
    return SQLParser.parse(buffers.add(name: "V1__a.sql", text: sql), in: buffers).statements
  }

  @Test(arguments: [
    ("", "transaction 0–0"),
    ("create table a (x int); insert into a values (1)", "transaction 0–2"),
    ("vacuum a", "alone 0–1"),
    (
      "create table a (x int); vacuum a; insert into a values (1); insert into a values (2)",
      "transaction 0–1, alone 1–2, transaction 2–4"
    ),
    ("truncate a; insert into a values (1)", "commits 0–1, transaction 1–2"),
    ("vacuum a; vacuum b", "alone 0–1, alone 1–2"),
    ("alter table a alter column s type varchar(20)", "alone 0–1"),
    ("alter table a alter column s encode zstd", "alone 0–1"),
    ("alter table a append from b", "alone 0–1"),
    ("alter table a add column y int; alter table a rename to b", "transaction 0–2"),
    ("alter table a alter sortkey (x); alter table a alter distkey x", "transaction 0–2"),
    ("create database d", "alone 0–1"), ("drop database d", "alone 0–1"),
    (
      "create external schema s from data catalog database 'd' iam_role default",
      "alone 0–1"
    ),
    (
      "create external table s.t (x int) stored as parquet location 's3://b/k/'",
      "alone 0–1"
    ),
    ("alter table s.t add partition (d='1') location 's3://b/'", "alone 0–1"),
    ("create library l language plpythonu from 's3://b/l.zip' iam_role default", "alone 0–1"),
    ("analyze a; analyze compression a", "transaction 0–1, alone 1–2"),
    ("refresh materialized view v", "alone 0–1"),
    ("copy a from 's3://b/k' iam_role default", "transaction 0–1"),
    ("grant select on a to public; comment on table a is 'x'", "transaction 0–2"),
    (
      "create procedure p() as $$ begin truncate a; vacuum; end; $$ language plpgsql",
      "transaction 0–1"
    ),
  ])
  func filesAreCutByRedshiftsRules(sql: String, segments: String) {
    let found = MigrationSegment.segments(of: Self.statements(sql)).map {
      "\($0.mode.rawValue) \($0.start)–\($0.end)"
    }
    #expect(found.joined(separator: ", ") == segments)
  }

  static func conflicts(_ first: String, _ second: String) -> [String]? {
    TouchedObjects(statements(first), defaultSchema: "s")
      .conflicts(with: TouchedObjects(statements(second), defaultSchema: "s"))
  }

  @Test(arguments: [
    ("create table a (x int)", "create table b (x int)", ""),
    ("create table a (x int)", "insert into A values (1)", "s.a"),
    ("create table t.a (x int)", "insert into a values (1)", ""),
    ("insert into a select * from b", "insert into c select * from b", ""),
    ("insert into a select * from b", "delete from b", "s.b"),
    ("alter table a rename to b", "create table b (x int)", "s.b"),
    ("create view v as select * from a", "alter table a add column y int", "s.a"),
    ("create schema z", "create table z.a (x int)", "z."),
    ("truncate a", "select 1 from (select * from a) q", "s.a"),
    ("merge into a using b on a.x = b.x when matched then delete", "update b set x = 1", "s.b"),
    ("alter table a append from b", "create table b (x int)", "s.b"),
    ("comment on table a is 'x'", "drop table a", "s.a"),
  ])
  func objectsThatOneChangesAndTheOtherUsesConflict(
    first: String,
    second: String,
    objects: String
  ) {
    #expect(Self.conflicts(first, second)?.joined(separator: ",") == objects)
    #expect(Self.conflicts(second, first)?.joined(separator: ",") == objects)
  }

  @Test(arguments: ["call p()", "set search_path to x"])
  func whatTouchesCannotBeToldIsUnknown(sql: String) {
    #expect(Self.conflicts(sql, "create table b (x int)") == nil)
  }
}
