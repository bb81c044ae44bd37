import Diagnostics
import RedshiftSQL
import Testing

@testable import WarehouseClient

/// Random statements, about which the analyser and PostgreSQL have to agree.
@Suite(.serialized, .sharedServer) struct RandomQueryTests {
  @Test func verdictsAndResultsAgree() async throws {
    let oracle = try await AnalysisOracle.open(try #require(SharedServer.settings))
    let clock = ContinuousClock()
    let end = clock.now + .seconds(RandomRun.seconds)
    var tally = Tally()
    var problems: [String] = []
    var seed = RandomRun.firstSeed
    while clock.now < end, problems.count < 25 {
      var generator = QueryGenerator(seed: seed)
      let sql = generator.statement()
      if let problem = try await problem(of: sql, oracle, &tally) {
        let mistake = generator.isWrong ? generator.mistake.map { "\($0)" } ?? "" : "none"
        problems.append("seed \(seed), mistake: \(mistake)\n  \(sql)\n  \(problem)")
      }
      seed += 1
    }
    await oracle.session.close()
    print("random statements from seed \(RandomRun.firstSeed): \(tally)")
    #expect(tally.agreed > 0)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n\n"))")
  }

  struct Tally: CustomStringConvertible {
    var agreed = 0
    var bothRefuse = 0
    var untranslated = 0
    var unparsed = 0
    var typesAlone = 0

    var description: String {
      "\(agreed) accepted by both, \(bothRefuse) refused by both, \(typesAlone) refused by"
        + " PostgreSQL for types, \(untranslated) not translated, \(unparsed) not parsed"
    }
  }

  private func problem(
    of sql: String,
    _ oracle: AnalysisOracle,
    _ tally: inout Tally
  ) async throws -> String? {
    guard let opinion = try await oracle.opinion(of: sql) else {
      tally.unparsed += 1
      return "the parser refuses it"
    }
    let said = opinion.errors.map { "\($0.code): \($0.message)" }.joined(separator: "; ")
    switch opinion.verdict {
    case .untranslated:
      tally.untranslated += 1
      return nil
    case .failed:
      if opinion.errors.isEmpty { tally.agreed += 1 } else { tally.bothRefuse += 1 }
      return nil
    case .accepted(let columns):
      if let first = opinion.errors.first {
        if Self.stricter.contains(first.code) || said.contains("CONCAT takes 2") { return nil }
        return "accepted, but \(said)\n  \(opinion.translation)"
      }
      tally.agreed += 1
      guard let columns, let difference = AnalysisOracle.difference(opinion.analysis, columns)
      else { return nil }
      return "\(difference)\n  \(opinion.translation)"
    case .rejected(let error):
      if !opinion.errors.isEmpty {
        tally.bothRefuse += 1
        return nil
      }
      // A name without a schema may be a table that is made elsewhere: that is told as a warning.
      let isWarned = opinion.analysis.diagnostics.contains { $0.code == "undeclared-relation" }
      if Self.mustBeFound(error), !isWarned {
        return "refused: \(error.sqlState ?? "") \(error.message)\n  \(opinion.translation)"
      }
      tally.typesAlone += 1
      return nil
    }
  }

  /// Codes of what Redshift refuses and PostgreSQL takes.
  private static let stricter: Set<String> = ["impossible-cast"]

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
