import Diagnostics
import RedshiftSQL
import Testing

/// What blanks at the end of text make of queries, and what they leave as it is.
///
/// What the results mean is proved on PostgreSQL, among the rules.
@Suite struct TextTranslationTests {
  private func translate(_ text: String) throws -> PostgresTranslation {
    let buffers = Buffers()
    var catalog = SymbolicCatalog()
    let tables = """
      create table a (id int, v varchar(10), c char(5), d date, n decimal(9,2), s super);
      create table b (id int, v varchar(12), c char(5), w text)
      """
    for table in SQLParser.parse(buffers.add(name: "a.sql", text: tables), in: buffers).statements {
      catalog.apply(table, buffers: buffers)
    }
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers)
    let statement = try #require(parsed.statements.first)
    return PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
  }

  @Test(arguments: [
    "select id, d, n, count(*) from a group by id, d, n",
    "select c, count(*) from a group by rollup (c, 1) order by c, 2",
    "select md5(v), rtrim(v), to_char(d, 'YYYY-MM'), count(*) from a group by 1, 2, 3",
    "select k, count(*) from (select md5(v) || '-' || id as k from a) q group by k",
    "select 'x' as kind, 'y' || id as t, count(*) from a group by kind, t",
    "select case when id > 1 then 'many' else 'one' end as k, count(*) from a group by k",
    "select upper(c), count(*) from a group by upper(c)",
    "select coalesce(md5(v), 'none') as k, count(*) from a group by k having k <> 'none'",
    "select distinct id, c, md5(v), n::varchar from a order by 1, 3",
    "select id, 'a' as t from a union select id, 'b' from b except select 1, md5('c')",
    "select v from a union all select v from b order by v",
    "select * from a join b using (id, c)",
    "select * from a natural join (select id, c from b) q",
    "select md5(v) = 'x', md5(v) in (md5('y'), 'z') from a",
    "select row_number() over (partition by id order by v), lag(v) over (order by id, v) from a",
    "select v, id from a order by id, v",
    "select sum(id), max(v), listagg(id) from a",
  ])
  func whatCannotEndInBlanksStays(sql: String) throws {
    let result = try translate(sql)
    #expect(result.wantedRelations.isEmpty)
    // What else is written otherwise has nothing to do with blanks.
    #expect(!result.text.string.contains("bpchar"))
    #expect(!result.text.string.contains("min("))
  }

  @Test(arguments: [
    (
      "select v, count(*) from a group by v",
      "select min(v)::varchar(10) AS \"v\", count(*) from a group by v::bpchar"
    ),
    (
      "select lower(v) as k, id from a group by k, 2 having k > 'x'",
      "select min(lower(v)) as k, id from a group by lower(v)::bpchar, 2"
        + " having min((lower(v)))::bpchar > 'x'"
    ),
    (
      "select distinct v from a",
      "SELECT min(__q1.__c2)::varchar(10) AS \"v\" FROM (select v from a) AS __q1(__c2)"
        + " GROUP BY __q1.__c2::bpchar"
    ),
    (
      "select v from a union select v from b order by v",
      "SELECT min(__q1.__c2)::varchar AS \"v\" FROM (select v from a UNION ALL select v from b)"
        + " AS __q1(__c2) GROUP BY __q1.__c2::bpchar order by v"
    ),
    (
      "select a.id, v from a left join b using (v)",
      "select a.id, \"a\".\"v\" AS \"v\" from a left join b ON \"a\".\"v\"::bpchar = \"b\".\"v\"::bpchar"
    ),
    (
      "select v, id from a order by v, id",
      "select v, id from a order by v::bpchar, id"
    ),
    (
      "select rank() over (order by v) from a",
      "select rank() over (order by v::bpchar) AS \"rank\" from a"
    ),
  ])
  func textIsGroupedWithoutItsBlanks(sql: String, expected: String) throws {
    let result = try translate(sql)
    #expect(result.text.string == expected)
    #expect(result.diagnostics.isEmpty)
  }

  /// Where columns are not known they are asked for, and nothing is guessed until then.
  @Test(arguments: [
    "select v, count(*) from x group by v", "select distinct v from x",
    "select v from x union select v from y", "select * from x join y using (v)",
    "select * from x natural join y", "select v, n from x order by v, n",
    "select v, n from x union all select v, n from y order by 1, 2",
    "select rank() over (order by v) from x",
  ])
  func columnsAreWantedWhereTypesMatter(sql: String) throws {
    let result = try translate(sql)
    #expect(result.wantedRelations.contains(RelationName(schema: nil, identifier: "x")))
    #expect(result.text.string == sql)
  }

  @Test func setOperationsInTurnAreBounded() throws {
    let words = (0..<400).map { "\($0 % 2 == 0 ? "union" : "except") select v from b" }
    let result = try translate("select v from a \(words.joined(separator: " "))")
    #expect(result.diagnostics.contains { $0.message.contains("set operations") })
  }
}
