import Diagnostics
import RedshiftSQL
import Testing

@testable import ProjectCompiler

/// What is dangerous in migrations, told from their text.
@Suite struct MigrationHazardTests {
  static let applied = """
    create schema s;
    create table s.t (id int primary key, name varchar(100), note varchar(20) default 'x', n int);
    create table s.u (id int);
    create view s.v as select id from s.t;
    create table s.k (code varchar(5) unique);
    """

  /// Codes and what they point at, `code: text`.
  static func hazards(
    _ pending: String...,
    after applied: String = applied,
    policy: HazardPolicy = HazardPolicy(defaultSchema: "public")
  ) -> [String] {
    let buffers = Buffers()
    let scripts = ([applied] + pending).enumerated().map { index, text in
      let source = buffers.add(name: "V\(index)__x.sql", text: text)
      var script = MigrationScript(
        version: String(index),
        versionParts: [index],
        name: "x",
        path: "V\(index)__x.sql",
        source: source,
        sql: source,
        statements: SQLParser.parse(source, in: buffers).statements
      )
      script.directives = MigrationDirectiveReader(source, in: buffers).directives
      return script
    }
    return MigrationHazards(policy, buffers: buffers)
      .hazards(in: Array(scripts.dropFirst()), after: Array(scripts.prefix(1)))
      .map { hazard in
        let range = hazard.diagnostic.primary?.range
        return "\(hazard.diagnostic.code): \(range.map { buffers.text(of: $0) } ?? "")"
      }
  }

  @Test(arguments: [
    ("drop table s.t", ["drop-table: s.t"]),
    ("drop table s.t cascade", ["drop-table: s.t", "drop-cascade: s.t"]),
    ("drop view s.v", ["drop-view: s.v"]),
    ("drop view s.v; create view s.v as select 1 as x", []),
    ("drop schema s", ["drop-schema: s"]),
    ("alter table s.t drop column name", ["drop-column: drop column name"]),
    (
      "alter table s.t drop column name cascade",
      ["drop-column: drop column name cascade", "drop-cascade: drop column name cascade"]
    ),
    ("delete from s.t", ["delete-all: s.t"]),
    ("delete from s.t where id = 1", []),
    ("update s.t set n = 0", ["update-all: s.t"]),
    ("update s.t set n = 0 where id = 1", []),
    (
      "alter table s.t add column x int; update s.t set x = n",
      ["exclusive-lock: add column x int"]
    ),
    (
      "alter table s.t add column x int; update s.t set x = n, n = 0",
      ["update-all: s.t", "exclusive-lock: add column x int"]
    ),
    ("create table s.made (x int); update s.made set x = 1", []),
    ("truncate s.t", ["truncate: s.t"]),
    ("alter table s.t alter column name type varchar(50)", ["narrow-column: varchar(50)"]),
    ("alter table s.t alter column name type varchar(200)", []),
    ("alter table s.t alter column note type varchar(40)", ["resize-refused: varchar(40)"]),
    ("alter table s.k alter column code type varchar(9)", ["resize-refused: varchar(9)"]),
    ("alter table s.t alter column n type bigint", ["redshift-unsupported: bigint"]),
    ("alter table s.t alter column n type varchar(9)", ["redshift-unsupported: varchar(9)"]),
    (
      "alter table s.t alter column n set not null",
      ["redshift-unsupported: alter column n set not null"]
    ),
    ("alter table s.t add column x int not null", ["not-null-without-default: x int not null"]),
    ("alter table s.t add column x int not null default 0", []),
    ("alter table s.t alter distkey id", ["table-rewrite: alter distkey id"]),
    ("alter table s.t alter sortkey (id)", ["table-rewrite: alter sortkey (id)"]),
    ("alter table s.t alter diststyle auto", []),
    ("alter table s.t alter column n encode az64", ["table-rewrite: alter column n encode az64"]),
    ("alter table s.t add column tag int", ["reserved-word: tag"]),
    ("create table s.made (id int, user int)", ["reserved-word: user"]),
    ("create table s.system (id int)", ["reserved-word: system"]),
    ("create table s.\"system\" (id int)", []),
    ("alter table s.t rename column n to open", ["reserved-word: open"]),
    ("create table x (id int)", ["unqualified-name: x"]),
    ("insert into s.t (id) select id from y", ["unqualified-name: y"]),
    ("insert into s.t (id) with y as (select 1 as id) select id from y", []),
    ("with y as (select 1 as id) delete from s.t using y where t.id = y.id", []),
    ("with y as (select 1 as id) update s.t set n = y.id from y where t.id = y.id", []),
    ("create temp table y (id int); insert into s.t (id) select id from y", []),
    ("create table #y (id int); insert into s.t (id) select id from #y", []),
    ("set search_path to s; create table x (id int)", []),
    (
      "alter table s.t add column x int; update s.u set id = 1",
      ["update-all: s.u", "exclusive-lock: add column x int"]
    ),
    ("alter table s.t add column x int; insert into s.u values (1)", []),
    (
      "alter table s.t add column x int; vacuum s.u; update s.u set id = 1", ["update-all: s.u"]
    ),
    ("lock s.t; delete from s.u where id = 3", ["exclusive-lock: s.t"]),
    ("analyze compression s.t", ["exclusive-lock: s.t"]),
  ])
  func areToldWithTheirPlace(sql: String, codes: [String]) {
    #expect(Self.hazards(sql + ";") == codes)
  }

  @Test func whatTheSameRunMakesIsNoDangerToChange() {
    let found = Self.hazards(
      "create table s.fresh (id int, a varchar(9)); create schema q; create table q.z (id int);",
      """
      alter table s.fresh drop column a; delete from s.fresh; truncate s.fresh;
      alter table s.fresh rename to fresher; alter table s.fresher alter distkey id;
      drop table s.fresher; drop schema q;
      """
    )
    #expect(found == [])
    // A name that is taken over belongs to another table from then on.
    #expect(
      Self.hazards(
        "create table s.t2 (id int); alter table s.t rename to former; drop table s.former;"
      )
        == ["drop-table: s.former"]
    )
    #expect(
      Self.hazards("create table if not exists s.t (id int); truncate s.t;") == ["truncate: s.t"]
    )
    #expect(Self.hazards("create table if not exists s.n (id int); truncate s.n;") == [])
  }

  @Test func aCommentBeforeAStatementTheHeaderOrTheProjectAllows() {
    let drop = "alter table s.t\n  drop column name;"
    #expect(Self.hazards(drop).count == 1)
    #expect(Self.hazards("select 1;\n-- redstart: allow=drop-column\n\(drop)") == [])
    #expect(
      Self.hazards("select 1;\n-- redstart: allow=drop-column\n-- nobody reads it\n\(drop)") == []
    )
    #expect(Self.hazards("select 1; -- redstart: allow=drop-column\n\(drop)").count == 1)
    #expect(Self.hazards("select 1;\n-- redstart: allow=drop-table\n\(drop)").count == 1)
    #expect(
      Self.hazards("-- redstart: allow=drop-column\nselect 1;\n\(drop)\ndrop table s.u;")
        == ["drop-table: s.u"]
    )
    #expect(Self.hazards("-- redstart: tags=x, allow=drop-column\nselect 1;\n\(drop)") == [])
    let declared = HazardPolicy(defaultSchema: "s", declaresSchema: true)
    #expect(Self.hazards("create table x (id int);", policy: declared) == [])
  }
}
