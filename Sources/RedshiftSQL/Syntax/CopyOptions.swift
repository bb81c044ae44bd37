import Diagnostics

/// An option of COPY, by the name that messages call it by.
enum CopyOption: String, CaseIterable, Sendable {
  case manifest = "MANIFEST"
  case encrypted = "ENCRYPTED"
  case gzip = "GZIP"
  case bzip2 = "BZIP2"
  case lzop = "LZOP"
  case zstandard = "ZSTD"
  case escape = "ESCAPE"
  case removeQuotes = "REMOVEQUOTES"
  case emptyAsNull = "EMPTYASNULL"
  case blanksAsNull = "BLANKSASNULL"
  case trimBlanks = "TRIMBLANKS"
  case truncateColumns = "TRUNCATECOLUMNS"
  case fillRecord = "FILLRECORD"
  case ignoreBlankLines = "IGNOREBLANKLINES"
  case acceptAnyDate = "ACCEPTANYDATE"
  case explicitIdentifiers = "EXPLICIT_IDS"
  case roundDecimals = "ROUNDEC"
  case ignoreAllErrors = "IGNOREALLERRORS"
  case noLoad = "NOLOAD"
  case ssh = "SSH"
  case region = "REGION"
  case null = "NULL"
  case ignoreHeader = "IGNOREHEADER"
  case maximumErrors = "MAXERROR"
  case readRatio = "READRATIO"
  case compressionRows = "COMPROWS"
  case dateFormat = "DATEFORMAT"
  case timeFormat = "TIMEFORMAT"
  case encoding = "ENCODING"
  case acceptInvalidCharacters = "ACCEPTINVCHARS"
  case updateStatistics = "STATUPDATE"
  case updateCompression = "COMPUPDATE"
  case masterKey = "MASTER_SYMMETRIC_KEY"
  case csv = "CSV"
  case quote = "QUOTE"
  case delimiter = "DELIMITER"
  case fixedWidth = "FIXEDWIDTH"
  case json = "JSON"
  case avro = "AVRO"
  case parquet = "PARQUET"
  case orc = "ORC"
  case shapefile = "SHAPEFILE"
  case role = "IAM_ROLE"
  case credentials = "CREDENTIALS"
  case accessKey = "ACCESS_KEY_ID"
  case secretKey = "SECRET_ACCESS_KEY"
  case sessionToken = "SESSION_TOKEN"

  /// All options by their names, synonyms and abbreviations.
  static let byWord = WordTable<CopyOption>(
    allCases.map { ($0.rawValue.lowercased(), $0) } + [
      ("token", .sessionToken), ("delimiters", .delimiter),
      ("acceptinvchar", .acceptInvalidCharacters),
    ]
  )

  /// The names as people write them, for suggestions.
  static var names: [String] { byWord.words.map { $0.uppercased() } }

  /// Whether the option can stand behind FORMAT.
  var isFormat: Bool { choice == .format || self == .delimiter }

  /// Whether two options cannot stand in one statement.
  func excludes(_ other: CopyOption) -> Bool {
    if self == other { return true }
    if let choice, choice == other.choice { return true }
    return forbids(other) || other.forbids(self)
  }

  /// Things of which a statement can have one.
  private enum Choice {
    case authorization, compression, format, errors
  }

  private var choice: Choice? {
    switch self {
    case .role, .credentials, .accessKey: .authorization
    case .gzip, .bzip2, .lzop, .zstandard: .compression
    case .csv, .fixedWidth, .json, .avro, .parquet, .orc, .shapefile: .format
    case .maximumErrors, .ignoreAllErrors: .errors
    default: nil
    }
  }

  /// Whether a format has no use for another option.
  private func forbids(_ other: CopyOption) -> Bool {
    switch self {
    case .json, .avro:
      switch other {
      case .delimiter, .escape, .fillRecord, .ignoreBlankLines, .null, .readRatio, .removeQuotes,
        .quote:
        true
      default: false
      }
    case .csv: other == .removeQuotes || other == .escape
    case .fixedWidth: other == .delimiter || other == .escape || other == .quote
    case .parquet, .orc:
      switch other {
      case .role, .credentials, .accessKey, .secretKey, .sessionToken, .manifest,
        .updateStatistics, .fillRecord, .explicitIdentifiers, .acceptInvalidCharacters, .region:
        false
      default: true
      }
    default: false
    }
  }
}

/// The options met so far in a COPY statement.
struct CopyOptions {
  typealias Placed = (option: CopyOption, range: TextRange)

  /// Where each option stands first.
  private var placed: [Placed] = []
  var delimiter: UInt8?
  var quote: UInt8?

  /// Where an option stands, if the statement has it.
  func range(of option: CopyOption) -> TextRange? {
    placed.first { $0.option == option }?.range
  }

  /// Notes an option.
  ///
  /// - Parameters:
  ///   - option: the option.
  ///   - range: where it stands.
  /// - Returns: the options it cannot stand with, in the order of the text; itself when it is
  ///   repeated.
  mutating func add(_ option: CopyOption, at range: TextRange) -> [Placed] {
    let conflicts = placed.filter { $0.option.excludes(option) }
    if self.range(of: option) == nil { placed.append((option, range)) }
    return conflicts
  }
}
