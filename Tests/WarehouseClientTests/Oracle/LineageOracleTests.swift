import Diagnostics
import Foundation
import RedshiftSQL
import Testing

@testable import WarehouseClient

/// Lineage by experiment: a column that an output does not depend on can have any values.
@Suite(.serialized, .sharedServer) struct LineageOracleTests {
  private typealias Row = [String?]

  /// For the queries alone: what stands around them has to be done on a busy machine, too.
  private static let limit = "SET LOCAL statement_timeout = '200ms';"

  @Test func whatIsNotListedDoesNotChangeTheResult() async throws {
    let oracle = try await AnalysisOracle.open(try #require(SharedServer.settings))
    _ = try await oracle.session.execute("SELECT setseed(0.5)")
    _ = try await oracle.session.execute(SampleRows.setUp)
    _ = try await oracle.session.execute("SET statement_timeout = '2s'")
    var counts = (queries: 0, experiments: 0, changes: 0)
    var problems: [String] = []
    var run = RandomRun(rounds: 250)
    while problems.count < 25, let seed = run.next() {
      var generator = QueryGenerator(seed: seed, isSteady: true, mistakes: false)
      let sql = generator.statement()
      guard let opinion = try await oracle.opinion(of: sql), opinion.errors.isEmpty,
        case .accepted(let columns?) = opinion.verdict, opinion.analysis.isComplete,
        columns.count == opinion.analysis.columns.count
      else { continue }
      guard let before = try await rows(opinion.translation, after: "", oracle),
        before.count < 2000
      else { continue }
      counts.queries += 1
      for column in SampleRows.columns where reads(opinion.analysis, column.table) {
        let independent = outputs(of: opinion.analysis, without: column)
        if independent.isEmpty { continue }
        counts.experiments += 1
        guard
          let after = try await rows(
            opinion.translation,
            after: SampleRows.change(column) + ";",
            oracle
          )
        else { continue }
        if after != before { counts.changes += 1 }
        let changed = independent.filter { values($0, before) != values($0, after) }
        guard !changed.isEmpty, try await isSteady(opinion.translation, before, changed, oracle)
        else { continue }
        let alone = try await changedAlone(
          opinion.translation,
          changed,
          column,
          columns.count,
          oracle
        )
        if alone.isEmpty { continue }
        let names = changed.map { "\($0 + 1) \(opinion.analysis.columns[$0].name)" }
        problems.append(
          "seed \(seed): \(names) depend on \(column.table).\(column.name)\n  \(sql)"
        )
        break
      }
    }
    await oracle.session.close()
    print("lineage from seed \(RandomRun.firstSeed): \(counts)")
    #expect(counts.experiments > 0)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n\n"))")
  }

  private func reads(_ analysis: QueryAnalysis, _ table: String) -> Bool {
    analysis.relations.contains { $0.identifier == table }
  }

  /// The outputs that the analysis says do not depend on a column.
  private func outputs(of analysis: QueryAnalysis, without column: SampleRows.Column) -> [Int] {
    func lists(_ origins: [ColumnOrigin]) -> Bool {
      origins.contains { $0.relation.identifier == column.table && $0.column == column.name }
    }
    if lists(analysis.influences) { return [] }
    return analysis.columns.indices.filter { !lists(analysis.columns[$0].origins) }
  }

  /// The result after a change that is undone; nil where values fail.
  private func rows(
    _ query: String,
    after change: String,
    _ oracle: AnalysisOracle
  ) async throws -> [Row]? {
    var rows: [Row]?
    do {
      rows = try await oracle.session.execute("BEGIN; \(Self.limit) \(change) \(query)").rows
    } catch {
      // A query that takes too long is given up.
      guard error.kind == .statement || error.kind == .cancelled else { throw error }
    }
    try await undo(oracle)
    return rows
  }

  /// The end of a transaction has no more time than its queries had, and a busy machine none for it.
  private func undo(_ oracle: AnalysisOracle, attempts: Int = 20) async throws {
    do {
      _ = try await oracle.session.execute("ROLLBACK")
    } catch {
      guard error.kind == .cancelled, attempts > 1 else { throw error }
      try await undo(oracle, attempts: attempts - 1)
    }
  }

  /// Those of the outputs that also change where no other is asked for.
  ///
  /// Of rows that a window's order leaves equal the first is the one that another window of the
  /// same query has put there.
  private func changedAlone(
    _ query: String,
    _ outputs: [Int],
    _ column: SampleRows.Column,
    _ count: Int,
    _ oracle: AnalysisOracle
  ) async throws -> [Int] {
    let names = (0..<count).map { "c\($0)" }.joined(separator: ", ")
    var changed: [Int] = []
    for output in outputs {
      let alone = "SELECT q.c\(output) FROM (\(query)) AS q(\(names))"
      guard let before = try await rows(alone, after: "", oracle),
        let after = try await rows(alone, after: SampleRows.change(column) + ";", oracle),
        values(0, before) != values(0, after)
      else { continue }
      changed.append(output)
    }
    return changed
  }

  /// Values of one column, in an order that does not matter.
  private func values(_ index: Int, _ rows: [Row]) -> [String] {
    rows.map { $0[index] ?? "NULL" }.sorted()
  }

  /// Whether the columns are the same whatever the order of the stored rows.
  private func isSteady(
    _ query: String,
    _ before: [Row],
    _ columns: [Int],
    _ oracle: AnalysisOracle
  ) async throws -> Bool {
    for _ in 0..<12 {
      guard let again = try await rows(query, after: SampleRows.shuffle + ";", oracle),
        columns.allSatisfy({ values($0, before) == values($0, again) })
      else { return false }
    }
    return true
  }
}
