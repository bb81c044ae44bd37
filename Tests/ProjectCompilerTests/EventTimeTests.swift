import Diagnostics
import Testing

@testable import ProjectCompiler

/// Times and batches; the examples are those that dbt gives for its own functions.
@Suite struct EventTimeTests {
  private func time(_ text: String) throws -> EventTime { try #require(EventTime(text)) }

  @Test func `times are read and written as Python does`() throws {
    let rows: [(String, String?)] = [
      ("2024-09-17", "2024-09-17 00:00:00+00:00"),
      ("2024-09-17 16:06:00", "2024-09-17 16:06:00+00:00"),
      ("2024-09-17T16:06", "2024-09-17 16:06:00+00:00"),
      ("2024-09-17T16:06:00.5Z", "2024-09-17 16:06:00.500000+00:00"),
      ("2024-09-17 16:06:00.1234567+02", "2024-09-17 14:06:00.123456+00:00"),
      ("2024-09-17 00:30:00-05:30", "2024-09-17 06:00:00+00:00"),
      ("2024-02-29", "2024-02-29 00:00:00+00:00"), ("2023-02-29", nil), ("2024-13-01", nil),
      ("0001-01-01", "0001-01-01 00:00:00+00:00"),
      ("1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999+00:00"),
      ("9999-12-31 23:59:59", "9999-12-31 23:59:59+00:00"),
      ("infinity", nil), ("", nil), ("2024-09-17 24:00:00", nil), ("2024-09-17x", nil),
    ]
    for (text, expected) in rows { #expect(EventTime(text)?.text == expected, "\(text)") }
    #expect(try time("2024-09-17 16:06:00").iso8601 == "2024-09-17T16:06:00+00:00")
  }

  @Test func `stretches of time begin and end where they do in dbt`() throws {
    let at = try time("2024-09-17 16:06:00")
    let rows: [(BatchSize, start: String, end: String, before: String, label: String)] = [
      (.hour, "2024-09-17 16", "2024-09-17 17", "2024-09-17 15", "2024-09-17T16"),
      (.day, "2024-09-17 00", "2024-09-18 00", "2024-09-16 00", "2024-09-17"),
      (.month, "2024-09-01 00", "2024-10-01 00", "2024-08-01 00", "2024-09"),
      (.year, "2024-01-01 00", "2025-01-01 00", "2023-01-01 00", "2024"),
    ]
    for (size, start, end, before, label) in rows {
      #expect(size.truncated(at) == (try time(start + ":00")))
      #expect(size.ceiling(at) == (try time(end + ":00")))
      #expect(size.ceiling(size.truncated(at)) == size.truncated(at))
      #expect(size.offset(at, by: 1) == (try time(end + ":00")))
      #expect(size.offset(at, by: -1) == (try time(before + ":00")))
      #expect(size.label(at) == label)
    }
    #expect(try time("2024-01-31").adding(months: 1) == time("2024-02-29"))
    #expect(try time("2024-02-29").adding(months: 12) == time("2025-02-28"))
    #expect(try time("2024-01-15").adding(months: -1) == time("2023-12-15"))
  }

  @Test func `samples are counted back from now`() throws {
    let now = try time("2024-03-31 12:00:00")
    let rows = [
      ("3 days", "2024-03-28 12:00:00"), ("1 month", "2024-02-29 12:00:00"),
      ("2 hours", "2024-03-31 10:00:00"), ("1 YEAR", "2023-03-31 12:00:00"),
    ]
    for (text, start) in rows {
      let window = try EventTimeWindow(sample: text, now: now, buffers: Buffers())
      #expect(window == EventTimeWindow(start: try time(start), end: now), "\(text)")
    }
  }
}
