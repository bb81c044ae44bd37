import Diagnostics
import RedshiftSQL
import Testing

@testable import WarehouseClient

/// Random statements, about which the analyser and PostgreSQL have to agree.
@Suite(.serialized, .sharedServer) struct RandomQueryTests {
  @Test func verdictsAndResultsAgree() async throws {
    try await compare("random statements") { $0.statement() }
  }

  @Test func verdictsOnDamagedStatementsAgree() async throws {
    try await compare("damaged statements", isDamaged: true) { $0.damagedStatement() }
  }

  private func compare(
    _ what: String,
    isDamaged: Bool = false,
    _ statement: (inout QueryGenerator) -> String
  ) async throws {
    let oracle = try await AnalysisOracle.open(try #require(SharedServer.settings))
    var tally = Tally()
    var problems: [String] = []
    var run = RandomRun(rounds: 1200)
    while problems.count < 25, let seed = run.next() {
      var generator = QueryGenerator(seed: seed)
      let sql = statement(&generator)
      if let problem = try await problem(of: sql, oracle, isDamaged, &tally) {
        let mistake = generator.isWrong ? generator.mistake.map { "\($0)" } ?? "" : "none"
        problems.append("seed \(seed), mistake: \(mistake)\n  \(sql)\n  \(problem)")
      }
    }
    await oracle.session.close()
    print("\(what) from seed \(RandomRun.firstSeed): \(tally)")
    #expect(tally.agreed > 0)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n\n"))")
  }

  struct Tally: CustomStringConvertible {
    var agreed = 0
    var bothRefuse = 0
    var untranslated: [String: Int] = [:]
    var unparsed = 0
    var typesAlone = 0

    var description: String {
      "\(agreed) accepted by both, \(bothRefuse) refused by both, \(typesAlone) refused by"
        + " PostgreSQL for types, \(unparsed) not parsed, not translated:"
        + untranslated.sorted { $0.value > $1.value }.map { "\n  \($0.value) \($0.key)" }.joined()
    }
  }

  private func problem(
    of sql: String,
    _ oracle: AnalysisOracle,
    _ isDamaged: Bool,
    _ tally: inout Tally
  ) async throws -> String? {
    guard let opinion = try await oracle.opinion(of: sql) else {
      tally.unparsed += 1
      return isDamaged ? nil : "the parser refuses it"
    }
    let said = opinion.errors.map { "\($0.code): \($0.message)" }.joined(separator: "; ")
    switch opinion.verdict {
    case .untranslated(let problems):
      tally.untranslated[problems.first?.message ?? "", default: 0] += 1
      return nil
    case .failed:
      if opinion.errors.isEmpty { tally.agreed += 1 } else { tally.bothRefuse += 1 }
      return nil
    case .accepted(let columns):
      if let first = opinion.errors.first {
        if Self.isStricter(first, sql, opinion.translation) { return nil }
        return "accepted, but \(said)\n  \(opinion.translation)"
      }
      tally.agreed += 1
      // The translation has a column of its own behind the elements of a SUPER value.
      guard let columns, !columns.contains(where: { $0.name.hasPrefix("__") }),
        let difference = AnalysisOracle.difference(opinion.analysis, columns)
      else { return nil }
      return "\(difference)\n  \(opinion.translation)"
    case .rejected(let error):
      if !opinion.errors.isEmpty {
        tally.bothRefuse += 1
        return nil
      }
      // A name without a schema may be a table that is made elsewhere: that is told as a warning.
      // Likewise a function that nobody knows, and its OVER.
      let isWarned = opinion.analysis.diagnostics.contains {
        $0.code == "undeclared-relation"
          || ($0.code == "undeclared-function" && error.sqlState == "42809")
      }
      let isGrammar = isDamaged && error.sqlState == "42601"
      if Self.mustBeFound(error), !isWarned, !isGrammar,
        !Self.isDoubtful(error, sql, opinion.analysis)
      {
        return "refused: \(error.sqlState ?? "") \(error.message)\n  \(opinion.translation)"
      }
      tally.typesAlone += 1
      return nil
    }
  }

  /// What Redshift refuses and PostgreSQL takes, by its message.
  private static let stricter = [
    "cannot be cast", "CONCAT takes 2 arguments", "boolean cannot be stored",
    "is not a part of a date", "row cannot be stored",
    // Redshift documents recursion by UNION ALL alone.
    "joins the parts of a recursive table with UNION ALL only",
    // The translation of QUALIFY needs no alias.
    "right in front of QUALIFY needs an alias",
    // PostgreSQL counts what it makes objects of only when there is a row.
    "OBJECT takes pairs of a name and a value",
    // PostgreSQL's own function of the name.
    "REGEXP_SUBSTR takes 2 to 5 arguments, not 6",
  ]

  private static func isStricter(
    _ found: Diagnostic,
    _ sql: String,
    _ translation: String
  ) -> Bool {
    if stricter.contains(where: { found.message.contains($0) }) { return true }
    // DISTINCT over text becomes GROUP BY, whose ORDER BY may have more in it.
    if found.code == "order-of-distinct", translation.contains("AS __q") { return true }
    // The translation makes a column of every value that it orders by.
    if found.code == "ordinal-out-of-range", sql.contains(" qualify ") { return true }
    guard found.code == "unknown-column",
      let name = found.message.split(separator: "\"").dropFirst().first
    else { return false }
    // The translation writes the columns that EXCLUDE leaves, and not its list; and PostgreSQL
    // reads `t.upper` as `upper(t)`.
    return sql.contains("exclude (\(name))") || sql.contains("\(name)(")
  }

  /// Whether it is not sure that Redshift refuses the same.
  private static func isDoubtful(
    _ error: WarehouseError,
    _ sql: String,
    _ analysis: QueryAnalysis
  ) -> Bool {
    // What of the target the INSERT of a MERGE may name.
    if sql.hasPrefix("merge") { return error.sqlState == "42P01" || error.sqlState == "42703" }
    // Redshift's ORDER BY may well know aliases within expressions, and a table's row.
    if error.sqlState == "42703", let name = error.message.split(separator: "\"").dropFirst().first,
      sql.contains(" as \(name)") || analysis.columns.contains(where: { $0.name == name })
    {
      return true
    }
    if error.message.contains(".*\"") { return true }
    // PRIOR of what is no column of the hierarchy, but of a query around it, or its row.
    if sql.contains(" connect by "), error.sqlState == "42703", !error.message.contains("\"") {
      return true
    }
    // Redshift may take the first of two columns of one name.
    if error.message.hasPrefix("ORDER BY"), error.message.hasSuffix("is ambiguous") { return true }
    // How the translation spells what EXCLUDE leaves, and paths in what is no query.
    if sql.contains(" exclude "), error.sqlState == "42702" { return true }
    if error.message.hasSuffix("for table \"details\"") { return true }
    // A column that joins two types of text is not the same as that of either side.
    return error.sqlState == "42803" && error.message.contains(".")
      && (sql.contains(" natural ") || sql.contains(" using ("))
      && error.message.contains("must appear in the GROUP BY clause")
  }

  /// Whether Redshift would refuse the same for certain.
  private static func mustBeFound(_ error: WarehouseError) -> Bool {
    switch error.sqlState {
    case "42703", "42702", "42803", "42P01", "42712", "42P10", "42P20", "42701", "42809": true
    case "42601": true
    // What no conversion of types would help: there are no such numbers of arguments.
    case "42883": false
    default: false
    }
  }
}
