import Diagnostics
import RedshiftSQL
import Testing

@Suite struct FactsTests {
  private func parse(_ text: String) -> (ParsedSQL, Buffers) {
    let buffers = Buffers()
    return (SQLParser.parse(buffers.add(name: "test.sql", text: text), in: buffers), buffers)
  }

  @Test func definedRelationsFollowTheStatements() {
    let (parsed, _) = parse(
      """
      create schema s; create table s.a (id bigint identity(0,1), name varchar(10) not null);
      alter table s.a rename to b; alter table s.b add column x int default 0;
      alter table s.b rename column name to title; create view s.v as select id, 1 as one from s.b;
      create table s.gone (a int); drop table s.gone, s.old; create temp table tmp (a int)
      """
    )
    let relations = DefinedRelations(parsed.statements)
    #expect(relations.definitions.map(\.name.description) == ["s.b", "s.v"])
    #expect(relations[RelationName(schema: "s", identifier: "b")]?.kind == .table)
    #expect(relations[RelationName(schema: "s", identifier: "a")] == nil)
    #expect(relations.dropped.map(\.description) == ["s.old"])
    #expect(relations.schemas == ["s"])
  }

  @Test func modelsAreOneQuery() {
    func code(_ text: String) -> String {
      let (parsed, buffers) = parse(text)
      do throws(Diagnostic) {
        _ = try parsed.singleQuery(in: buffers)
        return "a query"
      } catch { return "\(error.code): \(error.message)" }
    }
    let rows = [
      ("select a, t.b, count(*), c::int from t;", "a query"),
      ("with x (p, q) as (select 1, 2) select * from x", "a query"),
      ("-- nothing", "model-not-a-query: the model holds no query"),
      ("drop table t", "model-not-a-query: a model is one query, but this is DROP TABLE"),
      (
        "select 1; select 2",
        "model-not-a-query: a model is one query, but this one has several statements"
      ),
    ]
    #expect(rows.filter { code($0.0) != $0.1 }.map { code($0.0) } == [])
  }

  @Test func transactionBehaviourFollowsTheManual() {
    let rows: [(String, Statement.TransactionBehaviour)] = [
      ("select 1", .transactional), ("vacuum", .outside), ("truncate s.t", .commits),
      ("alter table t append from u", .outside), ("begin", .control),
      ("alter table t alter column c type varchar(9)", .outside),
      ("create external table s.t (a int)", .outside), ("alter table t add c int", .transactional),
    ]
    let wrong = rows.filter { parse($0.0).0.statements.first?.transactionBehaviour != $0.1 }
    #expect(wrong.map(\.0) == [])
  }

  @Test func copyIsDecoded() throws {
    let (parsed, _) = parse(
      """
      copy s.events (a, "B") from 's3://bucket/log_data' iam_role 'arn:aws:iam::1:role/r'
      format as json 's3://bucket/paths.json' timeformat 'epochmillisecs' region 'us-west-2'
      compupdate off statupdate off gzip maxerror as 10 truncatecolumns acceptinvchars as '^'
      """
    )
    guard case .copy(let copy) = try #require(parsed.statements.first).kind else {
      Issue.record("no COPY: \(parsed.diagnostics)")
      return
    }
    #expect(copy.columns == ["a", "b"] && copy.table.description == "s.events")
    #expect(copy.timeFormat == .epochMilliseconds && copy.region?.value == "us-west-2")
    #expect(copy.compression == .gzip && copy.maximumErrors == 10 && copy.truncatesColumns)
    #expect(copy.invalidCharacterReplacement == 94 && copy.updatesStatistics == false)
    guard case .json(.file(let file)) = copy.format else {
      Issue.record("format")
      return
    }
    #expect(file.value == "s3://bucket/paths.json")
  }
}
