import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Checksums of what SQL says, whatever its comments, line ends and layout.
enum MigrationChecksum {
  /// The three checksums that the history keeps of a file.
  struct OfFile: Sendable {
    /// Of the file as it is.
    var source: String
    /// Of the file without comments and layout.
    var normalized: String
    /// Of what came of it for this target.
    var rendered: String

    init(_ text: MigrationText, in buffers: Buffers) {
      let bytes = buffers.bytes(of: text.source)
      source = Checksum.sha256(bytes)
      normalized = MigrationChecksum.normalized(bytes)
      rendered =
        text.sql == text.source ? source : Checksum.sha256(buffers.bytes(of: text.sql))
    }
  }

  /// The checksum of a whole text.
  static func normalized(_ text: [UInt8]) -> String {
    var normalized: [UInt8] = []
    append(text, to: &normalized)
    return Checksum.sha256(normalized)
  }

  /// The checksum of the first statements of a file, by which a run that goes on knows that what is
  /// done already has not been edited.
  static func prefix(_ count: Int, of text: MigrationText, in buffers: Buffers) -> String {
    var normalized: [UInt8] = []
    let bytes = buffers.bytes(of: text.sql)
    for statement in text.statements.prefix(count) {
      append(Array(bytes[statement.range.bytes]), to: &normalized)
      normalized.append(UInt8(ascii: ";"))
    }
    return Checksum.sha256(normalized)
  }

  private static func append(_ text: [UInt8], to normalized: inout [UInt8]) {
    for token in SQLLexer.significantTokens(of: text) {
      normalized.append(contentsOf: text[token.range])
      normalized.append(UInt8(ascii: "\n"))
    }
  }
}
