package import Diagnostics

/// `COPY table FROM 's3://…'` with every option decoded.
///
/// Grammar and defaults: Amazon Redshift Database Developer Guide, COPY.
package struct CopyStatement: Hashable, Sendable {
  /// A decoded string literal and where it stands.
  package struct Literal: Hashable, Sendable {
    package var value: String
    package var range: TextRange

    package init(value: String, range: TextRange) {
      self.value = value
      self.range = range
    }
  }

  package enum Authorization: Hashable, Sendable {
    case none
    case defaultRole
    case role(Literal)
    /// Keys or a credentials string; the text is a secret and is not kept.
    case secret(TextRange)
  }

  package enum JSONPaths: Hashable, Sendable {
    case automatic
    case automaticIgnoringCase
    case noShred
    /// The `s3://` location of a JSONPaths file.
    case file(Literal)
  }

  package enum Format: Hashable, Sendable {
    case delimited(delimiter: UInt8)
    case csv(delimiter: UInt8, quote: UInt8)
    case fixedWidth([Int])
    case json(JSONPaths)
    case avro
    case parquet
    case orc
    case shapefile
  }

  package enum Compression: Hashable, Sendable {
    case none
    case gzip
    case bzip2
    case lzop
    case zstandard
  }

  package enum DateTimeFormat: Hashable, Sendable {
    /// The server's default format.
    case standard
    case automatic
    case epochSeconds
    case epochMilliseconds
    case pattern(Literal)
  }

  package enum TextEncoding: Hashable, Sendable {
    case utf8
    case utf16
    case utf16LittleEndian
    case utf16BigEndian
  }

  package var table: RelationName
  package var tableRange: TextRange
  /// The column list; empty when none was given.
  package var columns: [String] = []
  package var source: Literal
  package var authorization = Authorization.none
  package var format: Format
  package var formatRange: TextRange
  package var region: Literal?
  package var isManifest = false
  package var compression = Compression.none
  package var compressionRange: TextRange?
  package var dateFormat = DateTimeFormat.standard
  package var timeFormat = DateTimeFormat.standard
  package var encoding = TextEncoding.utf8
  /// Text that stands for NULL in delimited and CSV input.
  package var nullText: String?
  package var ignoredHeaderLines = 0
  package var maximumErrors = 0
  package var ignoresAllErrors = false
  /// Replacement byte for invalid UTF-8; nil when such input is an error.
  package var invalidCharacterReplacement: UInt8?
  package var acceptsAnyDate = false
  package var blanksAsNull = false
  package var emptyAsNull = false
  package var escape = false
  package var removesQuotes = false
  package var trimsBlanks = false
  package var truncatesColumns = false
  package var fillsRecord = false
  package var ignoresBlankLines = false
  package var roundsDecimals = false
  package var explicitIdentifiers = false
  package var noLoad = false
  package var encrypted = false
  package var updatesStatistics: Bool?
  package var job: Job?
  /// USING TEMPLATE: what has the options that the statement does not have itself.
  package var template: ObjectName?

  /// JOB CREATE name [AUTO ON|OFF]: the statement is kept and run for new files.
  package struct Job: Hashable, Sendable {
    package var name: Identifier
    package var isAutomatic: Bool
  }

  package init(
    table: RelationName,
    tableRange: TextRange,
    source: Literal,
    format: Format,
    formatRange: TextRange
  ) {
    self.table = table
    self.tableRange = tableRange
    self.source = source
    self.format = format
    self.formatRange = formatRange
  }
}
