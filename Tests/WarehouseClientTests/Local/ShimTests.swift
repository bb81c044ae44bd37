import Testing

@testable import WarehouseClient

@Suite(.sharedServer) struct ShimTests {
  /// Called for each row, a function that calls another costs a tenth of a millisecond.
  @Test(arguments: [
    "rs.extract_int('week', t)",
    "rs.dateadd('month', 1, t)",
    "rs.dateadd('day', 1, t::date)",
    "rs.datediff('hour', t, t)",
    "rs.date_trunc('quarter', t)",
  ])
  func functionsOfDatePartsAreInlined(call: String) async throws {
    let session = try await SharedServer.open()
    let plan = try await session.execute(
      "EXPLAIN (VERBOSE) SELECT \(call) FROM generate_series(now(), now(), '1 day') g(z), LATERAL (SELECT z::timestamp AS t OFFSET 0) x"
    )
    let text = plan.rows.map { $0[0] ?? "" }.joined(separator: "\n")
    #expect(!text.contains("rs."), "\(text)")
    await session.close()
  }

  @Test(arguments: [
    ("rs.extract_int('week', timestamp '2018-11-01')", "44"),
    ("rs.extract_int('hour', NULL)", nil),
    ("rs.dateadd('day', NULL, timestamp '2018-11-01')", nil),
    ("rs.dateadd('day', 1, NULL::timestamp)", nil),
    ("rs.dateadd('day', 1, date '2018-11-01')", "2018-11-02 00:00:00"),
    ("rs.datediff('day', NULL, timestamp '2018-11-01')", nil),
    ("rs.datediff('week', timestamp '2018-11-03', timestamp '2018-11-04')", "1"),
  ])
  func theyGiveNullForNull(call: String, expected: String?) async throws {
    let session = try await SharedServer.open()
    #expect(try await session.execute("SELECT \(call)").rows == [[expected]])
    await session.close()
  }

  /// What `load: replace` begins with: see the shim for why.
  @Test func tablesAreTruncatedWhereNobodyElseIs() async throws {
    let session = try await SharedServer.open()
    let other = try await SharedServer.open()
    func value(_ sql: String, by session: PostgresConnection) async throws -> String? {
      try await session.execute(sql).rows.first?.first ?? nil
    }
    _ = try await session.execute(
      """
      CREATE SCHEMA loading;
      CREATE TABLE loading."Full" AS SELECT * FROM generate_series(1, 3) g(n);
      CREATE TABLE loading.parent (n int PRIMARY KEY);
      CREATE TABLE loading.child (n int REFERENCES loading.parent);
      INSERT INTO loading.parent VALUES (1)
      """
    )
    let count = "SELECT count(*) FROM loading.\"Full\""
    let file = "SELECT pg_relation_filenode('loading.\"Full\"')"
    let empties = PostgresShims.emptying("loading.\"Full\"")
    let before = try await value(file, by: session)

    // All of it can be taken back, and is seen at once.
    _ = try await session.execute("BEGIN; \(empties)")
    #expect(try await value(count, by: session) == "0")
    #expect(try await value(file, by: session) != before)
    _ = try await session.execute("ROLLBACK")
    #expect(try await value(count, by: other) == "3")
    #expect(try await value(file, by: session) == before)

    // Somebody is there: nobody waits, and the old rows are seen until the end.
    _ = try await other.execute("BEGIN; \(count)")
    _ = try await session.execute("BEGIN; \(empties)")
    #expect(try await value(file, by: session) == before)
    #expect(try await value(count, by: other) == "3")
    _ = try await session.execute("COMMIT")
    #expect(try await value(count, by: other) == "0")
    _ = try await other.execute("COMMIT")

    // Others share the server: they could come while the load goes on.
    _ = try await session.execute("INSERT INTO loading.\"Full\" VALUES (1)")
    _ = try await session.execute("SET redstart.private = off; BEGIN; \(empties)")
    #expect(try await value(file, by: session) == before)
    #expect(try await value(count, by: other) == "1")
    _ = try await session.execute("COMMIT; RESET redstart.private")
    #expect(try await value("SHOW redstart.private", by: session) == "on")

    // Another table points at it.
    _ = try await session.execute(PostgresShims.emptying("loading.parent"))
    #expect(try await value("SELECT count(*) FROM loading.parent", by: session) == "0")
    for session in [session, other] { await session.close() }
  }
}
