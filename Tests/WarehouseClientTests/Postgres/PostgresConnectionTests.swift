import Foundation
import Synchronization
import Testing

@testable import WarehouseClient

@Suite(.sharedServer) struct PostgresConnectionTests {
  @Test func returnsTheLastResultWithItsNotices() async throws {
    let session = try await SharedServer.open()
    let result = try await session.execute(
      """
      CREATE SCHEMA IF NOT EXISTS public;
      SELECT 1::int4 AS i, NULL::varchar AS v, 'é;'''::text AS t, 1.50::numeric AS n, true AS b
      """
    )
    #expect(result.columns.map(\.name) == ["i", "v", "t", "n", "b"])
    #expect(result.columns.map(\.typeName) == ["int4", "varchar", "text", "numeric", "bool"])
    #expect(result.rows == [["1", nil, "é;'", "1.50", "t"]])
    #expect(result.tag == "SELECT 1" && result.rowCount == 1)
    #expect(result.notices == ["NOTICE: schema \"public\" already exists, skipping"])
    let insert = try await session.execute(
      "CREATE TEMP TABLE x (i int); INSERT INTO x SELECT generate_series(1, 7)"
    )
    #expect(insert.tag == "INSERT 0 7" && insert.rowCount == 7 && insert.notices.isEmpty)
    #expect(try await session.execute(" -- nothing\n").rows.isEmpty)
    await session.close()
    let closed = await failure { try await session.execute("SELECT 1") }
    #expect(closed?.kind == .connectionLost)
  }

  @Test(
    arguments: [
      ("SELECT nope", "42703", 8, "column \"nope\" does not exist"),
      ("SELECT '日本', nope", "42703", 14, "column \"nope\" does not exist"),
      ("SELEC 1", "42601", 1, "syntax error at or near \"SELEC\""),
      ("SELECT 1/0", "22012", nil, "division by zero"),
      ("COPY pg_class TO STDOUT", nil, nil, "COPY TO STDOUT has no reader here"),
      (
        "CREATE TEMP TABLE c (i int); COPY c FROM STDIN", nil, nil,
        "COPY FROM STDIN has no data here"
      ),
    ] as [(String, String?, Int?, String)]
  )
  func tellsWhatTheServerSaid(
    sql: String,
    state: String?,
    position: Int?,
    message: String
  ) async throws {
    let session = try await SharedServer.open()
    let error = try #require(await failure { try await session.execute(sql) })
    #expect(error.kind == .statement && error.sqlState == state)
    #expect(error.position == position && error.message == message)
    #expect(try await session.execute("SELECT 1").rows == [["1"]])
    let cut = await failure { try await session.execute(sql + "\0") }
    #expect(cut?.message == "the SQL contains a NUL character")
    await session.close()
  }

  @Test func cancelsFromOutside() async throws {
    let session = try await SharedServer.open()
    let ended = Counter()
    let sleep = Task {
      defer { _ = ended.next() }
      return try await session.execute("SELECT pg_sleep(300)")
    }
    // One that comes before the statement does nothing.
    while ended.value == 0 {
      await session.cancel()
      await Task.yield()
    }
    let result = await sleep.result
    #expect((result.failure as? WarehouseError)?.kind == .cancelled, "\(result)")
    #expect(try await session.execute("SELECT 2").rows == [["2"]])
    await session.close()
  }

  @Test func cancellingATaskCancelsItsStatement() async throws {
    let session = try await SharedServer.open()
    let started = ContinuousClock.now
    let sleep = Task { try await session.execute("SELECT pg_sleep(300)") }
    let next = Task { try await session.execute("SELECT 'next'") }
    sleep.cancel()
    #expect((await sleep.result.failure as? WarehouseError)?.kind == .cancelled)
    #expect(try await next.value.rows == [["next"]])
    let copy = Task {
      try await session.copyIn("COPY nowhere FROM STDIN") { nil }
    }
    copy.cancel()
    #expect(await copy.result.failure is WarehouseError)
    #expect(ContinuousClock.now - started < .seconds(60))
    await session.close()
  }

  @Test func copiesInAndAborts() async throws {
    struct Refusal: Error {}
    let session = try await SharedServer.open()
    _ = try await session.execute("CREATE TEMP TABLE c (i int, t text)")
    let rows = [UInt8]("1\tone\n".utf8)
    let big = Array(repeatElement(rows, count: 400_000).joined())
    #expect(
      try await session.copyIn("COPY c FROM STDIN", next: chunks(big, rows)).rowCount == 400_001
    )

    let refused = Counter()
    await #expect(throws: Refusal.self) {
      try await session.copyIn("COPY c FROM STDIN") {
        if refused.next() > 3 { throw Refusal() }
        return rows
      }
    }
    let bad = [UInt8]("1\tone\nx\ttwo\n".utf8)
    let error = await failure {
      try await session.copyIn("COPY c FROM STDIN", next: chunks(bad))
    }
    #expect(error?.sqlState == "22P02" && error?.context?.contains("line 2, column i") == true)
    let missing = await failure {
      try await session.copyIn("COPY none FROM STDIN", next: chunks())
    }
    #expect(missing?.sqlState == "42P01")
    let query = await failure { try await session.copyIn("SELECT 1", next: chunks()) }
    #expect(query?.message == "not a COPY FROM STDIN statement")
    // A call made during a copy waits for its end.
    let during = try await session.copyIn("COPY c FROM STDIN") { [copied = Counter()] in
      if copied.next() > 1 { return nil }
      Task { try await session.execute("SELECT 1") }
      return rows
    }
    #expect(during.rowCount == 1)
    #expect(try await session.execute("SELECT count(*) FROM c").rows == [["400002"]])
    await session.close()
  }

  @Test(.timeLimit(.minutes(1))) func callsDuringACopyAreNotForgotten() async throws {
    let session = try await SharedServer.open()
    _ = try await session.execute("CREATE TEMP TABLE c (i int)")
    for round in 1...100 {
      let other = Mutex<Task<StatementResult, any Error>?>(nil)
      _ = try await session.copyIn("COPY c FROM STDIN") { [copied = Counter()] in
        if copied.next() > 1 { return nil }
        other.withLock { $0 = Task { try await session.execute("SELECT 1") } }
        return [UInt8]("1\n".utf8)
      }
      #expect(try await session.execute("SELECT count(*) FROM c").rows == [["\(round)"]])
      #expect(try await other.withLock { $0 }?.value.rows == [["1"]])
    }
    await session.close()
  }

  @Test func noticesALostConnection() async throws {
    let (session, other) = (try await SharedServer.open(), try await SharedServer.open())
    let own = try await session.execute("SELECT pg_backend_pid()").rows.first?.first ?? nil
    _ = try await other.execute("SELECT pg_terminate_backend(\(try #require(own)))")
    let error = await failure { try await session.execute("SELECT 1") }
    #expect(error?.kind == .connectionLost)
    await other.close()
  }

  /// More than there are processors: a blocked session must not hold up the others.
  @Test(.timeLimit(.minutes(1))) func manySessionsBlockAtOnce() async throws {
    let settings = try #require(SharedServer.settings)
    let holder = try await PostgresConnection.open(settings)
    _ = try await holder.execute("SELECT pg_advisory_lock(1)")
    let passed = try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 1...16 {
        group.addTask {
          let session = try await PostgresConnection.open(settings)
          let result = try await session.execute("SELECT pg_advisory_lock_shared(1)")
          await session.close()
          return result.rowCount
        }
      }
      let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
      while try await holder.execute(waiting).rows != [["16"]] { await Task.yield() }
      _ = try await holder.execute("SELECT pg_advisory_unlock(1)")
      return try await group.reduce(0) { $0 + ($1 ?? 0) }
    }
    #expect(passed == 16)
    await holder.close()
  }

  private func failure(_ body: () async throws -> StatementResult) async -> WarehouseError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? WarehouseError
    }
  }

  private func chunks(_ chunks: [UInt8]...) -> @Sendable () async throws -> [UInt8]? {
    let counter = Counter()
    return {
      let index = counter.next() - 1
      return index < chunks.count ? chunks[index] : nil
    }
  }
}

/// Counts calls.
final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
