import Diagnostics
import RedshiftSQL
import Testing

@testable import WarehouseClient

/// What the analyser says of the fixtures, put to PostgreSQL's own analyser.
@Suite(.serialized, .sharedServer) struct AnalysisOracleTests {
  @Test func whatIsValidIsValidOnTheServerAndComesOutTheSame() async throws {
    let oracle = try await AnalysisOracle.open(try #require(SharedServer.settings))
    var problems: [String] = []
    var judged = 0
    for line in try AnalysisOracle.text("valid.sql").split(separator: "\n") {
      guard !line.hasPrefix("--"), line.hasSuffix(";") else { continue }
      let sql = String(line.dropLast())
      let opinion = try #require(try await oracle.opinion(of: sql), "\(sql)")
      var problem: String?
      switch opinion.verdict {
      case .untranslated, .failed: continue
      case .rejected(let error): problem = "\(error.sqlState ?? "") \(error.message)"
      case .accepted(let columns):
        problem = columns.flatMap { AnalysisOracle.difference(opinion.analysis, $0, isExact: true) }
      }
      judged += 1
      if let problem, !Self.expected.contains(where: { sql.contains($0.key) }) {
        problems.append("\(sql)\n    \(problem)\n    \(opinion.translation)")
      }
    }
    await oracle.session.close()
    #expect(judged > 80)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  /// Parts of statements that the server takes otherwise, with the reason.
  private static let expected: [String: String] = [
    "elsewhere.": "tables that exist nowhere",
    "somewhere.": "a schema that exists nowhere",
    "external table e.": "an external schema that exists nowhere",
    "e.visits": "an external schema that exists nowhere",
    "made.y": "a view of CREATE SCHEMA, which the translator refuses",
    "array_union(array(1), array(2), false)": "a third argument, which only ARRAY_EXCEPT has there",
    "created_at + 1": "a number of days, which PostgreSQL adds to dates alone",
    "within group (order by created_at)": "a time, of which PostgreSQL has no middle",
    "is_active::bigint": "a cast that PostgreSQL has for INTEGER alone",
    "when regexp_instr": "a number as a condition, which only Redshift takes",
    "extract(epoch": "a whole number of another length",
    "stl_query": "a table of Redshift's own",
    "where label": "an alias in WHERE, which the translator does not write out",
    "floor(": "FLOOR of a whole number is a double there",
    "connect by": "the translation's own column LEVEL",
    "no schema binding": "a view that is made by a function call",
    "f_mine": "a function that is made elsewhere",
    "left(user_id, 2)": "a number where text is wanted, which the translator does not know yet",
  ]

  @Test func whatIsAMistakeIsOneOnTheServer() async throws {
    let oracle = try await AnalysisOracle.open(try #require(SharedServer.settings))
    var problems: [String] = []
    var judged = 0
    for line in try AnalysisOracle.text("invalid.txt").split(separator: "\n") {
      guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
      let sql = line[line.index(colon, offsetBy: 2)...].filter { $0 != "«" && $0 != "»" }
      guard let opinion = try await oracle.opinion(of: sql), !opinion.errors.isEmpty else {
        continue
      }
      judged += 1
      if case .accepted = opinion.verdict, !Self.stricter.contains(where: { sql.contains($0.key) })
      {
        problems.append("\(line)\n    \(opinion.translation)")
      }
    }
    await oracle.session.close()
    #expect(judged > 60)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  /// Parts of statements that Redshift refuses and PostgreSQL takes, with the reason.
  private static let stricter: [String: String] = [
    "string_agg": "only PostgreSQL has it",
    "exclude (nmae)": "the translation writes the columns that are left",
    "'yeer'": "PostgreSQL looks at the part only when there is a row",
    "is_active::varchar": "PostgreSQL has the cast",
    "varchar(65536)": "PostgreSQL's texts are longer",
    "encode zsdt": "PostgreSQL has no encodings",
    "distkey": "PostgreSQL has no such keys",
    "diststyle": "PostgreSQL has no such keys",
    "drop column created_at": "a sort key, of which PostgreSQL knows nothing",
    "drop column tag": "the only column, without which PostgreSQL's tables can be",
    "int sortkey": "PostgreSQL has no such keys",
    "pg_tables": "PostgreSQL's materialized views may read its catalog",
    "(select 1 as i union select": "PostgreSQL's recursion may leave out rows that came before",
    "set users.name": "PostgreSQL's UPDATE gets the bare name",
    "set u.name": "PostgreSQL's UPDATE gets the bare name",
    "create function s.f(": "PostgreSQL's functions name arguments and read tables",
    "drop column sole": "the only column, without which PostgreSQL's tables can be",
    "identity(1,1)": "PostgreSQL adds columns that count",
    "column x int unique": "PostgreSQL adds columns with keys",
    "alter column code type": "PostgreSQL resizes columns with keys",
    "alter column kind type": "PostgreSQL resizes columns with defaults",
    "alter sortkey (": "PostgreSQL has no such keys",
    "s.users qualify": "PostgreSQL has no QUALIFY, and its translation needs no alias",
    "s.days qualify": "PostgreSQL has no QUALIFY, and its translation needs no alias",
    "primary key (nope)": "the translation leaves keys out",
    "merge into s.users": "PostgreSQL's MERGE may do one thing alone, under a condition",
    "s.days select null": "PostgreSQL looks at NULL only when there is a row",
    "select 'x', null": "PostgreSQL looks at NULL only when there is a row",
    "union all select cast(null": "PostgreSQL looks at NULL only when there is a row",
    "(select (null))": "PostgreSQL looks at NULL only when there is a row",
    "set level = null": "PostgreSQL looks at NULL only when there is a row",
    "escape '": "PostgreSQL looks at the character only when there is a row",
    "vacuum": "the local server cleans up by itself",
  ]
}
