package import Diagnostics

/// The options of UNLOAD, decoded.
package struct UnloadOptions: Sendable {
  package enum Format: Hashable, Sendable {
    case text
    case csv
    case json
    /// A format or compression that only Redshift writes; its word.
    case unsupported(String, TextRange)
  }

  package var format = Format.text
  package var delimiter = UInt8(ascii: "|")
  package var hasHeader = false
  package var addsQuotes = false
  package var escapes = false
  package var isCompressed = false
  package var isParallel = true
  package var writesManifest = false
  package var allowsOverwrite = false
  package var cleansPath = false
  package var nullText = ""
  package var partition: [String] = []
  package var keepsPartitionColumns = false
  package var maximumFileSize: Int?
  package var fileExtension: String?

  /// Reads the options of a statement.
  ///
  /// - Parameters:
  ///   - statement: an UNLOAD.
  ///   - unload: what the parser made of it.
  ///   - bytes: the whole text that it stands in.
  package init(_ statement: Statement, _ unload: Unload, in bytes: [UInt8]) {
    let start = unload.destination.range.bytes.upperBound
    let end = statement.range.bytes.upperBound
    guard start < end else { return }
    var reader = Reader(bytes: bytes, range: start..<end, buffer: statement.range.buffer)
    var hasDelimiter = false
    while let word = reader.nextWord() {
      switch word {
      case "csv":
        format = .csv
      case "json":
        format = .json
      case "parquet", "bzip2", "zstd", "fixedwidth", "encrypted", "kms_key_id",
        "master_symmetric_key":
        format = .unsupported(word.uppercased(), reader.range)
      case "delimiter":
        if let byte = reader.string()?.utf8.first {
          delimiter = byte
          hasDelimiter = true
        }
      case "header": hasHeader = true
      case "addquotes": addsQuotes = true
      case "escape": escapes = true
      case "gzip": isCompressed = true
      case "manifest": writesManifest = true
      case "allowoverwrite": allowsOverwrite = true
      case "cleanpath": cleansPath = true
      case "parallel": isParallel = !reader.takesWord(["off", "false"])
      case "null": nullText = reader.string() ?? ""
      case "extension": fileExtension = reader.string()
      case "include": keepsPartitionColumns = true
      case "partition": partition = reader.names()
      case "maxfilesize":
        let size = reader.number() ?? 0
        maximumFileSize = Int(size * (reader.takesWord(["gb"]) ? 1_073_741_824 : 1_048_576))
      default: break
      }
    }
    if format == .csv, !hasDelimiter { delimiter = UInt8(ascii: ",") }
  }

  /// Steps through the words and values behind the destination.
  private struct Reader {
    let bytes: [UInt8]
    let shift: Int
    let buffer: BufferID
    let tokens: [SQLToken]
    var index = 0
    var range: TextRange

    init(bytes: [UInt8], range: Range<Int>, buffer: BufferID) {
      self.bytes = bytes
      self.buffer = buffer
      shift = range.lowerBound
      tokens = SQLLexer.significantTokens(of: Array(bytes[range]))
      self.range = TextRange(buffer: buffer, bytes: range)
    }

    private func text(_ token: SQLToken) -> ArraySlice<UInt8> {
      bytes[shift + token.start..<shift + token.stop]
    }

    mutating func nextWord() -> String? {
      while index < tokens.count {
        let token = tokens[index]
        index += 1
        guard token.kind == .word else { continue }
        range = TextRange(buffer: buffer, bytes: shift + token.start..<shift + token.stop)
        return String(decoding: text(token).map(asciiLowercased), as: UTF8.self)
      }
      return nil
    }

    mutating func takesWord(_ words: [String]) -> Bool {
      guard index < tokens.count, tokens[index].kind == .word else { return false }
      let word = String(decoding: text(tokens[index]).map(asciiLowercased), as: UTF8.self)
      guard words.contains(word) else { return false }
      index += 1
      return true
    }

    mutating func string() -> String? {
      _ = takesWord(["as"])
      guard index < tokens.count, tokens[index].kind == .string else { return nil }
      defer { index += 1 }
      return String(decoding: SQLStrings.value(of: text(tokens[index])), as: UTF8.self)
    }

    mutating func number() -> Double? {
      _ = takesWord(["as"])
      guard index < tokens.count, tokens[index].kind == .number else { return nil }
      defer { index += 1 }
      return Double(String(decoding: text(tokens[index]), as: UTF8.self))
    }

    /// `BY (a, b)`.
    mutating func names() -> [String] {
      _ = takesWord(["by"])
      var names: [String] = []
      guard index < tokens.count, tokens[index].kind == .openParenthesis else { return names }
      while index < tokens.count, tokens[index].kind != .closeParenthesis {
        let token = tokens[index]
        if token.kind == .word {
          names.append(String(decoding: text(token).map(asciiLowercased), as: UTF8.self))
        } else if token.kind == .quotedIdentifier {
          names.append(SQLStrings.name(of: text(token)))
        }
        index += 1
      }
      return names
    }
  }
}
