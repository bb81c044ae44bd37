import Diagnostics
import Foundation
import RedshiftSQL
import Synchronization
import Testing

@testable import WarehouseClient

/// Blanks at the end of text must not make a difference: a translated query over values with blanks
/// gives what the query as it stands gives over the same values without them.
@Suite(.serialized, .sharedServer) struct BlankOracleTests {
  private typealias Row = [String?]

  @Test func blanksMakeNoDifference() async throws {
    let padded = try await open("padded")
    let trimmed = try await open("trimmed")
    var counts = (queries: 0, wouldDiffer: 0, notRead: 0)
    var problems: [String] = []
    var run = RandomRun(rounds: 1000)
    while problems.count < 10, let seed = run.next() {
      var generator = BlankQueryGenerator(seed: seed)
      if counts.queries % 50 == 0 {
        let rows = generator.rows()
        try await fill(padded, rows, blank: " ")
        try await fill(trimmed, rows, blank: "")
      }
      let sql = generator.query()
      guard let wanted = try await rows(of: sql, blank: "", trimmed) else {
        // The test's own text has to be right.
        counts.notRead += 1
        continue
      }
      counts.queries += 1
      let plain = try await rows(of: sql, blank: " ", padded)
      if plain != wanted { counts.wouldDiffer += 1 }
      let text = sql.replacing("~", with: " ")
      let (got, sent) = try await translated(text, padded)
      if got != wanted {
        problems.append("seed \(seed)\n  \(text)\n  \(sent)\n  \(show(got))\n  \(show(wanted))")
      }
    }
    await padded.close()
    await trimmed.close()
    print("blanks from seed \(RandomRun.firstSeed): \(counts)")
    for problem in problems { print(problem + "\n") }
    #expect(problems.isEmpty, "printed above: what was sent, what came, what was wanted")
    #expect(counts.wouldDiffer > counts.queries / 4)
    #expect(counts.notRead < counts.queries / 20)
  }

  private func open(_ schema: String) async throws -> PostgresConnection {
    let session = try await SharedServer.open()
    let path = PostgresConnectionSettings.searchPathStatement(schema: schema)
    _ = try await session.execute("CREATE SCHEMA \(schema); \(path)")
    _ = try await session.execute(BlankQueryGenerator.setUp)
    _ = try await session.execute("SET statement_timeout = '5s'")
    return session
  }

  private func fill(
    _ session: PostgresConnection,
    _ rows: [String],
    blank: String
  ) async throws {
    let text = rows.joined(separator: "; ").replacing("~", with: blank)
    _ = try await session.execute("TRUNCATE a, b, d; \(text)")
  }

  /// The rows of a query that is sent as it is; nil where the server refuses it.
  private func rows(
    of sql: String,
    blank: String,
    _ session: PostgresConnection
  ) async throws -> [Row]? {
    do {
      return comparable(try await session.execute(sql.replacing("~", with: blank)), sql)
    } catch {
      guard error.kind == .statement else { throw error }
      return nil
    }
  }

  private func translated(
    _ sql: String,
    _ session: PostgresConnection
  ) async throws -> (rows: [Row]?, sent: String) {
    let buffers = Buffers()
    let sent = SentTexts()
    let runner = StatementRunner(
      session: session,
      dialect: .postgres,
      buffers: buffers,
      loader: nil,
      log: SQLLog { sent.add($0) }
    )
    do {
      let result = try await runner.run(buffers.add(name: "query.sql", text: sql))
      return (comparable(result, sql), sent.last)
    } catch let problem {
      return (nil, "\(problem.message) \(problem.notes)\n  \(sent.last)")
    }
  }

  /// Rows without blanks at the ends of their values, in order where the query has one.
  private func comparable(_ result: StatementResult, _ sql: String) -> [Row] {
    let rows = result.rows.map { row in
      row.map { $0.map { String($0.reversed().drop { $0 == " " }.reversed()) } }
    }
    if sql.hasSuffix(")") || !sql.contains(" order by 1") { return rows.sorted(by: precedes) }
    return rows
  }

  private func precedes(_ first: Row, _ second: Row) -> Bool {
    for (one, two) in zip(first, second) where one != two {
      guard let one else { return false }
      guard let two else { return true }
      return one < two
    }
    return false
  }

  private func show(_ rows: [Row]?) -> String {
    guard let rows else { return "nothing" }
    return rows.map { $0.map { $0 ?? "NULL" }.joined(separator: ",") }.joined(separator: " | ")
  }
}

/// What was sent, from whatever thread.
private final class SentTexts: Sendable {
  private let texts = Mutex<[String]>([])

  func add(_ text: String) { texts.withLock { $0.append(text) } }
  var last: String { texts.withLock { $0.last ?? "" } }
}
