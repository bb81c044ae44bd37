import Testing

@testable import Execution

@Test(
  arguments: [
    (0, "1970-01-01T00:00:00.000000Z"),
    (951_782_400_123_456_789, "2000-02-29T00:00:00.123456Z"),
    (1_795_000_000_500_000_000, "2026-11-18T11:06:40.500000Z"),
    (-1, "1969-12-31T23:59:59.999999Z"),
  ] as [(Int64, String)]
)
func momentsAreWrittenInISO8601(_ row: (Int64, String)) {
  #expect(Moment(nanoseconds: row.0).iso8601 == row.1)
}
