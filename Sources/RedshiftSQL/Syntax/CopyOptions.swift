import Diagnostics

/// The options met so far in a COPY statement, and which of them exclude each other.
struct CopyOptions {
  var ranges: [String: TextRange] = [:]
  var delimiter: UInt8?
  var quote: UInt8?

  /// Notes an option.
  ///
  /// - Parameters:
  ///   - option: its canonical name.
  ///   - range: where it stands.
  /// - Returns: the options it cannot stand with; itself when it is repeated.
  mutating func add(_ option: String, at range: TextRange) -> [(option: String, range: TextRange)] {
    var conflicts: [(option: String, range: TextRange)] = []
    for (other, otherRange) in ranges where CopyOptions.exclude(option, other) {
      conflicts.append((other, otherRange))
    }
    ranges[option] = ranges[option] ?? range
    return conflicts.sorted { $0.range.bytes.lowerBound < $1.range.bytes.lowerBound }
  }

  private static func exclude(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    for group in groups where group.contains(a) && group.contains(b) { return true }
    if pairs[a]?.contains(b) == true || pairs[b]?.contains(a) == true { return true }
    if columnar.contains(a) { return !columnarOptions.contains(b) }
    if columnar.contains(b) { return !columnarOptions.contains(a) }
    return false
  }

  static let formats: Set<String> = [
    "CSV", "DELIMITER", "FIXEDWIDTH", "JSON", "AVRO", "PARQUET", "ORC", "SHAPEFILE",
  ]

  private static let columnar: Set<String> = ["PARQUET", "ORC"]

  private static let columnarOptions: Set<String> = [
    "IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "MANIFEST",
    "STATUPDATE", "FILLRECORD", "EXPLICIT_IDS", "ACCEPTINVCHARS", "REGION",
  ]

  /// At most one of each group.
  private static let groups: [Set<String>] = [
    ["IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID"],
    ["GZIP", "BZIP2", "LZOP", "ZSTD"],
    ["CSV", "FIXEDWIDTH", "JSON", "AVRO", "PARQUET", "ORC", "SHAPEFILE"],
    ["MAXERROR", "IGNOREALLERRORS"],
  ]

  private static let pairs: [String: Set<String>] = [
    "JSON": [
      "DELIMITER", "ESCAPE", "FILLRECORD", "IGNOREBLANKLINES", "NULL", "READRATIO",
      "REMOVEQUOTES", "QUOTE",
    ],
    "AVRO": [
      "DELIMITER", "ESCAPE", "FILLRECORD", "IGNOREBLANKLINES", "NULL", "READRATIO",
      "REMOVEQUOTES", "QUOTE",
    ],
    "CSV": ["REMOVEQUOTES", "ESCAPE"],
    "FIXEDWIDTH": ["DELIMITER", "ESCAPE", "QUOTE"],
  ]

  /// Names of options, with their synonyms and abbreviations, to the name used here.
  static let canonical: [String: String] = {
    var names: [String: String] = [:]
    let all = [
      "MANIFEST", "ENCRYPTED", "GZIP", "BZIP2", "LZOP", "ZSTD", "ESCAPE", "REMOVEQUOTES",
      "EMPTYASNULL", "BLANKSASNULL", "TRIMBLANKS", "TRUNCATECOLUMNS", "FILLRECORD",
      "IGNOREBLANKLINES", "ACCEPTANYDATE", "EXPLICIT_IDS", "ROUNDEC", "IGNOREALLERRORS", "NOLOAD",
      "SSH", "REGION", "NULL", "IGNOREHEADER", "MAXERROR", "READRATIO", "COMPROWS", "DATEFORMAT",
      "TIMEFORMAT", "ENCODING", "ACCEPTINVCHARS", "STATUPDATE", "COMPUPDATE",
      "MASTER_SYMMETRIC_KEY", "CSV", "QUOTE", "DELIMITER", "FIXEDWIDTH", "JSON", "AVRO", "PARQUET",
      "ORC", "SHAPEFILE", "IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
      "SESSION_TOKEN",
    ]
    for name in all { names[name] = name }
    names["TOKEN"] = "SESSION_TOKEN"
    names["DELIMITERS"] = "DELIMITER"
    names["ACCEPTINVCHAR"] = "ACCEPTINVCHARS"
    return names
  }()
}
