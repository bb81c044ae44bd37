package import Diagnostics
package import RedshiftSQL

// Stands in for RedshiftSQL's parser and translator, and for the loader's face, until they are merged; delete this file then.

struct Statement: Sendable {
  enum Kind: Sendable {
    case copy(CopyStatement)
    case invalid(Diagnostic)
    case opaque
  }

  let range: TextRange
  let kind: Kind
}

struct ParsedSQL: Sendable {
  var statements: [Statement]
  var diagnostics: [Diagnostic]
}

enum SQLParser {
  static func parse(_ buffer: BufferID, in buffers: Buffers) -> ParsedSQL {
    let bytes = buffers.bytes(of: buffer)
    var statements: [Statement] = []
    var start = 0
    for piece in bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      let words = piece.drop { $0 <= 32 }
      if !words.isEmpty {
        let range = TextRange(buffer: buffer, bytes: words.startIndex..<piece.endIndex)
        statements.append(Statement(range: range, kind: .opaque))
      }
      start = piece.endIndex
    }
    _ = start
    return ParsedSQL(statements: statements, diagnostics: [])
  }
}

struct PostgresTranslation: Sendable {
  var text: MappedText
  var diagnostics: [Diagnostic]
}

enum PostgresTranslator {
  static func translate(_ statement: Statement, in buffers: Buffers) -> PostgresTranslation {
    var text = MappedText()
    text.append(copying: buffers.bytes(of: statement.range.buffer), range: statement.range)
    return PostgresTranslation(text: text, diagnostics: [])
  }
}

/// Performs a COPY statement on a server that cannot read from S3 itself.
package protocol CopyLoading: Sendable {
  /// Reads the files that the statement names and streams their rows to the session.
  func load(
    _ copy: CopyStatement,
    session: any WarehouseSession,
    buffers: Buffers
  ) async throws(Diagnostic) -> StatementResult
}
