package import Diagnostics

/// `UNLOAD ('query') TO 's3://…'` with every option decoded.
///
/// Grammar and defaults: Amazon Redshift Database Developer Guide, UNLOAD.
package struct Unload: Sendable {
  package enum Format: Hashable, Sendable {
    case delimited(delimiter: UInt8)
    case csv(delimiter: UInt8)
    case fixedWidth(CopyStatement.Literal)
    case json
    case parquet
  }

  package struct Partition: Sendable {
    package var range: TextRange
    package var columns: [Identifier]
    /// INCLUDE: the columns stay in the files too.
    package var keepsColumns: Bool
  }

  /// The query's text, or nil where it stands as a query.
  package var queryText: CopyStatement.Literal?
  package var query: Query?
  package var destination: CopyStatement.Literal
  package var authorization = CopyStatement.Authorization.none
  package var format = Format.delimited(delimiter: UInt8(ascii: "|"))
  /// Where the format is written; nil for the default.
  package var formatRange: TextRange?
  package var partition: Partition?
  package var writesManifest = false
  package var isManifestVerbose = false
  package var hasHeader = false
  package var addsQuotes = false
  package var escapes = false
  /// Text that stands for NULL; the empty text by default.
  package var nullText = ""
  package var compression = CopyStatement.Compression.none
  package var isEncrypted = false
  package var keyName: CopyStatement.Literal?
  package var allowsOverwriting = false
  package var cleansPath = false
  /// One file or more for each slice; false for one after another.
  package var isParallel = true
  /// In bytes; nil for the default of 6.2 GB.
  package var maximumFileSize: Int?
  /// In bytes, of Parquet files.
  package var rowGroupSize: Int?
  package var region: CopyStatement.Literal?
  package var fileExtension: CopyStatement.Literal?
  /// Where each option is written, by its name in upper case.
  package var optionRanges: [String: TextRange] = [:]

  init(
    queryText: CopyStatement.Literal?,
    query: Query?,
    destination: CopyStatement.Literal
  ) {
    self.queryText = queryText
    self.query = query
    self.destination = destination
  }
}
