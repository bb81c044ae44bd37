import Diagnostics
import RedshiftSQL
import Testing

@testable import WarehouseClient

/// What columns statements will find that are translated before any of them runs.
@Suite struct ColumnForecastTests {
  private static let integer = SQLType.integer

  /// Answers as a server would that has `tables`, and returns what was asked and what is written.
  private func forecast(
    _ sql: String,
    _ tables: [String: [String]],
    fleeting: Set<String> = [],
    after earlier: String = ""
  ) -> (asked: Set<String>, texts: [String?]) {
    let buffers = Buffers()
    let statements = SQLParser.parse(buffers.add(name: "f.sql", text: sql), in: buffers).statements
    var before = FollowedColumns()
    let file = buffers.add(name: "e.sql", text: earlier)
    before.follow(SQLParser.parse(file, in: buffers).statements, in: buffers)
    var forecast = ColumnForecast(statements, in: buffers, after: before)
    expectTheSame(forecast, of: statements, buffers, following: before)
    var asked: Set<String> = []
    while !forecast.missing.isEmpty {
      var found: [RelationName: [CatalogColumn]] = [:]
      for name in forecast.missing {
        asked.insert(name.description)
        if let columns = tables[name.description] {
          found[name] = columns.map { CatalogColumn(name: $0, type: Self.integer) }
        }
      }
      let views = forecast.missing.filter { fleeting.contains($0.description) }
      forecast.learn(CatalogColumns.Answer(columns: found, fleeting: views))
    }
    return (asked, statements.map { forecast.translations[$0.range]?.text.string })
  }

  /// Statements that are followed while they are translated are followed as they are alone.
  private func expectTheSame(
    _ forecast: ColumnForecast,
    of statements: [Statement],
    _ buffers: Buffers,
    following before: FollowedColumns
  ) {
    var together = before
    let known = ColumnForecast.translations(of: statements, in: buffers, following: &together)
    #expect((known == nil) == !forecast.missing.isEmpty)
    guard let known else { return }
    #expect(known.mapValues(\.text.string) == forecast.translations.mapValues(\.text.string))
    var alone = before
    alone.follow(statements, in: buffers)
    let next = buffers.add(name: "n.sql", text: Self.star)
    let behind = SQLParser.parse(next, in: buffers).statements
    let (one, other) = (
      ColumnForecast(behind, in: buffers, after: together),
      ColumnForecast(behind, in: buffers, after: alone)
    )
    #expect(one.missing == other.missing)
    #expect(
      one.translations.mapValues(\.text.string) == other.translations.mapValues(\.text.string)
    )
  }

  /// The star is written out, so it shows which columns are believed to be there.
  private static let star = "create view v.s as select *, x / 2 as h from t.a a qualify h > 0;"

  @Test func columnsAreAskedForOnceAndFollowedThroughTheFile() {
    let (asked, texts) = forecast(
      "alter table t.a rename column y to z; alter table t.a add column w int; " + Self.star,
      ["t.a": ["x", "y"]]
    )
    #expect(asked == ["t.a"])
    let text = texts[2] ?? ""
    #expect(text.contains("z") && text.contains("w") && !text.contains("y"), "\(text)")
  }

  @Test func aTableThatMayBeThereIsAskedFor() {
    let (asked, texts) = forecast(
      "create table if not exists t.a (x int, other int); " + Self.star,
      ["t.a": ["x", "y"]]
    )
    #expect(asked == ["t.a"])
    let text = texts[1] ?? ""
    #expect(text.contains("y") && !text.contains("other"), "\(text)")
  }

  @Test(arguments: [
    // Hides the table from what follows.
    "create temp table a (x int);", "select 1 as x into temp a;",
    // Changes what names mean, or does what its text does not say.
    "set search_path to other;", "call t.p();",
    // The same table under another name.
    "create table a (x int);",
  ])
  func whatTheTextDoesNotTellWaitsForItsTurn(before: String) {
    let (_, texts) = forecast(before + Self.star, ["t.a": ["x", "y"], "a": ["x"]])
    #expect(texts.last == .some(nil), "\(String(describing: texts.last))")
  }

  /// Whatever changes may be what they read.
  @Test func lateBindingViewsKeepTheirColumnsUntilSomethingChanges() {
    let (_, texts) = forecast(
      "insert into t.b select 1;" + Self.star + "alter table t.b add column z int;" + Self.star,
      ["t.a": ["x", "y"], "t.b": ["x"]],
      fleeting: ["t.a"]
    )
    #expect(texts.map { $0 == nil } == [false, false, false, true], "\(texts)")
  }

  @Test func whatEarlierFilesHaveMadeIsNotAskedFor() {
    let (asked, texts) = forecast(
      Self.star + "update t.b set v = v where v = 'x';",
      [:],
      after: "create table t.a (x int, y int); create table t.b (v varchar(5));"
        + "alter table t.a drop column y; alter table t.a add column w int;"
    )
    #expect(asked.isEmpty)
    #expect(texts[0]?.contains("w") == true && texts[0]?.contains("y") == false, "\(texts)")
    #expect(texts[1]?.contains("v::bpchar") == true, "\(texts)")
  }

  @Test(arguments: [
    "create table if not exists t.a (x int, other int);",
    "create table t.a (x int, other int); call t.p();",
    "create temp table a (other int); create table t.a (x int, other int);",
    "create table t.a (x int, other int); drop table t.a; set search_path to s;",
  ])
  func whatEarlierFilesMayHaveFoundIsAskedForOrWaits(before: String) {
    let (_, texts) = forecast(Self.star, ["t.a": ["x", "y"]], after: before)
    #expect(texts[0]?.contains("other") != true, "\(texts)")
  }

  @Test func whatIsNowhereWaitsForItsTurn() {
    let (asked, texts) = forecast(Self.star, [:])
    #expect(asked == ["t.a"])
    #expect(texts == [nil])
  }
}
