package import Diagnostics
import RedshiftSQL

/// Comments that silence findings: `-- redstart: allow=CODE[,CODE]`.
///
/// On the line of a finding or the line before it, on lines of its own before a statement, or above
/// everything else in a file for the whole file. Lines are those of the file that was typed as well
/// as those of the rendered SQL.
package struct AllowComments {
  private struct Comment {
    var codes: Set<String>
    /// In the rendered SQL.
    var line: Int
    var file: BufferID
    /// In the file.
    var fileLine: Int
    var isForFile: Bool
    /// Where the next word of SQL begins, for a comment on a line of its own.
    var precedes: Int?
  }

  private static let marker = Array("redstart:".utf8)
  private let buffers: Buffers
  private let comments: [Comment]

  init(_ buffer: BufferID, in buffers: Buffers) {
    self.buffers = buffers
    let bytes = buffers.bytes(of: buffer)
    guard Self.contains(bytes, Self.marker) else {
      comments = []
      return
    }
    var comments: [Comment] = []
    var begun: Set<BufferID> = []
    var lastLine = 0
    var waiting = 0
    for token in SQLLexer.tokens(of: bytes) where token.kind != .whitespace {
      let range = TextRange(buffer: buffer, bytes: token.range)
      guard token.isTrivia else {
        begun.insert(buffers.origin(of: range).range.buffer)
        for index in comments.indices.dropFirst(waiting) where comments[index].line != lastLine {
          comments[index].precedes = token.start
        }
        waiting = comments.count
        lastLine = buffers.position(of: range).line
        continue
      }
      let codes = Self.codes(in: String(decoding: bytes[token.range], as: UTF8.self))
      guard !codes.isEmpty else { continue }
      let origin = buffers.origin(of: range).range
      comments.append(
        Comment(
          codes: codes,
          line: buffers.position(of: range).line,
          file: origin.buffer,
          fileLine: buffers.position(of: origin).line,
          isForFile: !begun.contains(origin.buffer),
          precedes: nil
        )
      )
    }
    self.comments = comments
  }

  /// The findings that no comment silences.
  func remaining(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    guard !comments.isEmpty else { return diagnostics }
    return diagnostics.filter { !isAllowed($0) }
  }

  /// Whether a comment silences a finding, or stands before the statement that it is in.
  func allows(_ diagnostic: Diagnostic, in statement: TextRange) -> Bool {
    guard !comments.isEmpty else { return false }
    return isAllowed(diagnostic)
      || comments.contains {
        $0.precedes == statement.bytes.lowerBound && $0.codes.contains(diagnostic.code)
      }
  }

  private func isAllowed(_ diagnostic: Diagnostic) -> Bool {
    guard let range = diagnostic.primary?.range else { return false }
    let line = buffers.position(of: range).line
    let origin = buffers.origin(of: range).range
    let fileLine = buffers.position(of: origin).line
    return comments.contains { comment in
      guard comment.codes.contains(diagnostic.code) else { return false }
      if comment.line == line || comment.line + 1 == line { return true }
      guard comment.file == origin.buffer else { return false }
      return comment.isForFile || comment.fileLine == fileLine || comment.fileLine + 1 == fileLine
    }
  }

  /// The codes after `allow=` in a comment that speaks to redstart.
  static func codes(in comment: String) -> Set<String> {
    var words = comment.drop { $0 == "-" || $0 == "/" || $0 == "*" || $0.isWhitespace }
    guard words.hasPrefix("redstart:") else { return [] }
    words = words.dropFirst("redstart:".count).drop { $0.isWhitespace }
    guard words.hasPrefix("allow=") else { return [] }
    var rest = words.dropFirst("allow=".count)
    var codes: Set<String> = []
    while true {
      let code = rest.drop { $0.isWhitespace }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      guard !code.isEmpty else { return codes }
      codes.insert(String(code))
      rest = rest[code.endIndex...].drop { $0.isWhitespace }
      guard rest.first == "," else { return codes }
      rest = rest.dropFirst()
    }
  }

  /// Codes in the comments of a file that no finding has.
  ///
  /// - Parameters:
  ///   - file: a file as it was typed, templates and all.
  ///   - known: all codes.
  ///   - buffers: the store that has the text.
  /// - Returns: a warning for each.
  package static func unknownCodes(
    in file: BufferID,
    known: [String],
    _ buffers: Buffers
  ) -> [Diagnostic] {
    let bytes = buffers.bytes(of: file)
    guard contains(bytes, marker) else { return [] }
    var found: [Diagnostic] = []
    var start = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      defer { start += line.count + 1 }
      let text = String(decoding: line, as: UTF8.self)
      for opening in ["--", "/*"] {
        guard let comment = text.firstRange(of: opening).map({ text[$0.lowerBound...] }) else {
          continue
        }
        for code in codes(in: String(comment)).sorted() where !known.contains(code) {
          let place = start + (text.firstRange(of: code).map { offset(of: $0, in: text) } ?? 0)
          let range = TextRange(buffer: file, bytes: place..<place + code.utf8.count)
          var diagnostic = Diagnostic.unknownCheck(code, known: known, at: range)
          diagnostic.severity = .warning
          found.append(diagnostic)
        }
      }
    }
    return found
  }

  private static func offset(of range: Range<String.Index>, in text: String) -> Int {
    text.utf8.distance(from: text.startIndex, to: range.lowerBound)
  }

  private static func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    for start in 0...(bytes.count - wanted.count)
    where bytes[start] == first && bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return true
    }
    return false
  }
}
