import Foundation
import RedshiftSQL
import Testing

@testable import WarehouseClient

@Suite struct ConversionTests {
  /// A value in a CSV file, the column's type, and the field sent or the error.
  struct Row: Sendable {
    var type: String
    var text: String
    var expected: String
    var change: @Sendable (inout CopyStatement) -> Void

    init(
      _ type: String,
      _ text: String,
      _ expected: String,
      _ change: @escaping @Sendable (inout CopyStatement) -> Void = { _ in }
    ) {
      self.type = type
      self.text = text
      self.expected = expected
      self.change = change
    }
  }

  private static let decimal = "numeric \(5 << 16 | 2)"

  private static func times(_ format: CopyStatement.DateTimeFormat)
    -> @Sendable (inout CopyStatement) -> Void
  {
    { copy in
      copy.timeFormat = format
      copy.dateFormat = format
    }
  }

  private static func pattern(_ text: String) -> @Sendable (inout CopyStatement) -> Void {
    { copy in
      let literal = CopyStatement.Literal(value: text, range: copy.formatRange)
      copy.timeFormat = .pattern(literal)
      copy.dateFormat = .pattern(literal)
    }
  }

  static let numbers: [Row] = [
    Row("int2", "-32768", "-32768"),
    Row("int2", "32768", "1:1: column \"c\": Overflow, Column type: Short (error 1222)"),
    Row("int4", " +12 ", "12"),
    Row("int4", "\"\"", #"\N"#),
    Row(
      "int4",
      "1.5",
      "1:1: column \"c\": Invalid digit, Value '.', Pos 1, Type: Integer (error 1207)"
    ),
    Row(
      "int4",
      "-",
      "1:1: column \"c\": Invalid digit, Value ' ', Pos 1, Type: Integer (error 1207)"
    ),
    Row(
      "int8",
      "1e5",
      "1:1: column \"c\": Invalid digit, Value 'e', Pos 1, Type: Long (error 1207)"
    ),
    Row("int8", "-9223372036854775808", "-9223372036854775808"),
    Row(
      "int8",
      "9223372036854775808",
      "1:1: column \"c\": Overflow, Column type: Long (error 1222)"
    ),
    Row(
      "int8",
      "99999999999999999999",
      "1:1: column \"c\": Overflow, Column type: Long (error 1222)"
    ),
    Row(decimal, "1.239", "1.23"),
    Row(decimal, "1.239", "1.24") { $0.roundsDecimals = true },
    Row(decimal, "9.995", "10.00") { $0.roundsDecimals = true },
    Row(decimal, "-0.005", "-0.01") { $0.roundsDecimals = true },
    Row(decimal, ".5", "0.50"),
    Row(decimal, "12e1", "120.00"),
    Row(decimal, "1234.5e-2", "12.34"),
    Row(decimal, "1e-300", "0.00"),
    Row(
      decimal,
      "999.995",
      "1:1: column \"c\": Numeric data overflow (result precision) (error 1204)"
    ) { $0.roundsDecimals = true },
    Row(
      decimal,
      "1000",
      "1:1: column \"c\": Numeric data overflow (result precision) (error 1204)"
    ),
    Row(
      decimal,
      "$1",
      "1:1: column \"c\": Invalid digit, Value '$', Pos 0, Type: Decimal (error 1207)"
    ),
    Row("float8", "1e308", "1e308"),
    Row("float8", "1e309", "1:1: column \"c\": Value out of range for 8 byte float (error 1204)"),
    Row("float4", "1e39", "1:1: column \"c\": Value out of range for 4 byte float (error 1204)"),
    Row("float8", "NaN", "NaN"),
    Row(
      "float8",
      "x",
      "1:1: column \"c\": Invalid digit, Value 'x', Pos 0, Type: Double (error 1207)"
    ),
    Row("bool", "Yes", "t"), Row("bool", "0", "f"), Row("bool", "TRUE", "t"),
    Row("bool", "maybe", "1:1: column \"c\": Unknown boolean format (error 1210)"),
    Row("bytea", "00ff", #"\\x00ff"#),
    Row("jsonb", #""{""a"": 1""#, "1:2: column \"c\": Invalid JSON format for SUPER (error 1224)"),
    Row("jsonb", #""{""a"": [1, null]}""#, #"{"a": [1, null]}"#),
  ]

  static let texts: [Row] = [
    Row("varchar 3", "é€", "1:1: column \"c\": String length exceeds DDL length (error 1204)"),
    Row("varchar 4", "é€", "é") { $0.truncatesColumns = true },
    Row("varchar 5", "é€", "é€"),
    Row("varchar 3", "abc   ", "abc"),
    Row("varchar 9", "  ", #"\N"#) { $0.blanksAsNull = true },
    Row("varchar 9", "a  ", "a") { $0.trimsBlanks = true },
    Row("varchar 9", #""""#, ""),
    Row("varchar 9", #""""#, #"\N"#) { $0.emptyAsNull = true },
    Row("varchar 9", "NA", #"\N"#) { $0.nullText = "NA" },
    Row("varchar 9", #"\N"#, #"\N"#),
    Row("varchar 9", #"a\b"#, #"a\\b"#),
    Row(
      "varchar 9 notnull",
      #"\N"#,
      "1:1: column \"c\": Missing data for not-null field (error 1213)"
    ),
    Row("varchar 20 notnull default", #"\N"#, "the default"),
    Row(
      "varchar 9",
      "a\u{0}b",
      "1:1: column \"c\": Invalid null byte - field longer than 1 byte (error 1218)"
    ),
    Row(
      "bpchar 9",
      "né",
      "1:1: column \"c\": Multibyte character not supported for CHAR (Hint: Try using VARCHAR). "
        + "Invalid char: c3 a9 (error 1220)"
    ),
  ]

  static let moments: [Row] = [
    Row("date", "2020-02-29", "2020-02-29"),
    Row("date", "2020-02-29 10:11:12", "2020-02-29"),
    Row(
      "date",
      "2019-02-29",
      "1:1: column \"c\": Invalid date format or value [YYYY-MM-DD] (error 1205)"
    ),
    Row(
      "date",
      "2019-2-2",
      "1:1: column \"c\": Invalid Date Format - length must be 10 or more (error 1205)"
    ),
    Row("date", "junk", #"\N"#) { $0.acceptsAnyDate = true },
    Row("timestamp", "2020-01-02", "2020-01-02 00:00:00"),
    Row("timestamp", "2020-01-02 03:04:05.12", "2020-01-02 03:04:05.120000"),
    Row(
      "timestamp",
      "2020-01-02T03:04:05",
      "1:1: column \"c\": Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS] (error 1206)"
    ),
    Row("timestamptz", "2020-01-02 03:04:05+05:30", "2020-01-02 03:04:05+05:30"),
    Row("timestamptz", "2020-01-02 03:04:05", "2020-01-02 03:04:05+00"),
    Row("timestamp", "1541721977796", "2018-11-09 00:06:17.796000", times(.epochMilliseconds)),
    Row("timestamp", "1541721977796.5", "2018-11-09 00:06:17.796500", times(.epochMilliseconds)),
    Row("timestamp", "-1", "1969-12-31 23:59:59", times(.epochSeconds)),
    Row(
      "timestamp",
      "99999999999999999",
      "1:1: column \"c\": Invalid timestamp format or value [epochsecs] (error 1206)",
      times(.epochSeconds)
    ),
    Row("timestamp", "2019-02-11T05:09:12.195Z", "2019-02-11 05:09:12.195000", times(.automatic)),
    Row("date", "J2451187", "1999-01-08", times(.automatic)),
    Row("date", "Jan-08-95 BC", "0095-01-08 BC", times(.automatic)),
    Row("date", "Jan-08-1999", "1999-01-08", times(.automatic)),
    Row("date", "08-Jan-99", "1999-01-08", times(.automatic)),
    Row("timestamp", "19960108 040809", "1996-01-08 04:08:09", times(.automatic)),
    Row("timestamp", "960108 040809", "1996-01-08 04:08:09", times(.automatic)),
    Row("date", "1996.008", "1996-01-08", times(.automatic)),
    Row("timestamptz", "17 Dec 07:37:16 1997 PST", "1997-12-17 07:37:16-08", times(.automatic)),
    Row("timestamptz", "12/17/1997 07:37:16.00 PST", "1997-12-17 07:37:16-08", times(.automatic)),
    Row("timestamptz", "1997-12-17 07:37:16-08", "1997-12-17 07:37:16-08", times(.automatic)),
    Row("timestamp", "12.17.1997 07:37:16.00 PST", "1997-12-17 07:37:16", times(.automatic)),
    Row("timestamp", "December 17, 1997 7:37 PM", "1997-12-17 19:37:00", times(.automatic)),
    Row("timestamp", "Wed Dec 17 07:37:16 1997", "1997-12-17 07:37:16", times(.automatic)),
    Row(
      "timestamp",
      "1541721977796",
      "1:1: column \"c\": Invalid timestamp format or value [auto] (error 1206)",
      times(.automatic)
    ),
    Row("timestamp", "17.12.1997 07:37", "1997-12-17 07:37:00", pattern("DD.MM.YYYY HH24:MI")),
    Row("timestamp", "12-Dec-97 12:05 AM", "1997-12-12 00:05:00", pattern("DD-MON-YY HH12:MI AM")),
    Row("date", "12/31/2001", "2001-12-31", pattern("mm/dd/yyyy")),
    Row(
      "date",
      "31/12/2001",
      "1:1: column \"c\": Invalid date format or value [mm/dd/yyyy] (error 1205)",
      pattern("mm/dd/yyyy")
    ),
    Row("time", "23:59:59.5", "23:59:59.500000"),
    Row("timetz", "01:02:03-08", "01:02:03-08"),
  ]

  @Test(arguments: [numbers, texts, moments])
  func valuesBecomeFieldsOrErrors(_ rows: [Row]) async throws {
    var wrong: [String] = []
    for row in rows {
      let got = try await LoadFixture.rows(
        of: Array(row.text.utf8),
        "c " + row.type,
        .csv(delimiter: UInt8(ascii: "|"), quote: UInt8(ascii: "\"")),
        row.change
      )
      let expected = row.expected.contains("(error") ? row.expected : row.expected + "\n"
      if got != expected { wrong.append("\(row.type) \(row.text): \(got)") }
    }
    #expect(wrong == [])
  }

  @Test func invalidBytesAreReplacedOrRefused() async throws {
    let text: [UInt8] = [0x61, 0xA4, 0x62, 0xE0, 0xA1, 10]
    let refused = try await LoadFixture.rows(of: text, "c varchar 9", .delimited(delimiter: 124))
    let replaced = try await LoadFixture.rows(
      of: text,
      "c varchar 9",
      .delimited(delimiter: 124)
    ) { $0.invalidCharacterReplacement = UInt8(ascii: "?") }
    #expect(refused.hasSuffix("Bad UTF-8 hex sequence: a4 (error 3) (error 1220)"))
    #expect(replaced == "a?b??\n")
  }
}
