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
}
