import Diagnostics

/// Finds the secrets that SQL text holds: keys in COPY and UNLOAD, passwords of users, secrets of
/// identity providers.
package enum SQLSecrets {
  /// The words before a string that is a secret, or holds some.
  private static let words: Set<String> = [
    "credentials", "access_key_id", "secret_access_key", "session_token", "master_symmetric_key",
    "password", "parameters",
  ]

  /// A string that is a secret, or holds some.
  package struct Finding: Sendable {
    /// What stands between its quotes, in bytes.
    package var range: Range<Int>
    /// The secrets in it, without what quotes them.
    package var values: [String]
  }

  /// The strings in a text, which need not be SQL that parses, that hold secrets.
  ///
  /// - Parameter bytes: SQL, or a template of it; what a template computes is left out.
  /// - Returns: in the order of the text.
  package static func findings(in bytes: [UInt8]) -> [Finding] {
    findings(in: bytes, depth: 0).compactMap { finding in
      var finding = finding
      finding.values.removeAll { $0 == placeholder }
      return finding.values.isEmpty ? nil : finding
    }
  }

  /// What stands for a secret in SQL that is made anew.
  package static let placeholder = "withheld"

  /// The same text without its secrets, which can still run: a user has no password then, whatever
  /// else is secret a word in its place.
  ///
  /// - Parameter text: SQL.
  /// - Returns: nil where there is no secret.
  static func withheld(_ text: String) -> String? {
    var bytes = Array(text.utf8)
    let found = findings(in: bytes)
    guard !found.isEmpty else { return nil }
    for finding in found.reversed() {
      if let password = passwordLiteral(around: finding.range, in: bytes) {
        bytes.replaceSubrange(password, with: Array("disable".utf8))
        continue
      }
      var inner = String(decoding: bytes[finding.range], as: UTF8.self)
      for value in finding.values.sorted(by: { $0.utf8.count > $1.utf8.count }) {
        let quoted = value.replacing("'", with: "''")
        inner = inner.replacing(inner.contains(value) ? value : quoted, with: placeholder)
      }
      bytes.replaceSubrange(finding.range, with: Array(inner.utf8))
    }
    // What could not be found again as it was written goes as a whole.
    for finding in findings(in: bytes).reversed() {
      bytes.replaceSubrange(finding.range, with: Array(placeholder.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The literal, with its quotes, that follows PASSWORD directly.
  private static func passwordLiteral(
    around range: Range<Int>,
    in bytes: [UInt8]
  ) -> Range<Int>? {
    let tokens = SQLLexer.significantTokens(of: bytes)
    guard
      let index = tokens.firstIndex(where: {
        $0.kind == .string && $0.range.lowerBound < range.lowerBound
          && $0.range.upperBound >= range.upperBound
      }), index > 0,
      String(decoding: bytes[tokens[index - 1].range], as: UTF8.self).lowercased() == "password"
    else { return nil }
    return tokens[index].range
  }

  private static func findings(in bytes: [UInt8], depth: Int) -> [Finding] {
    // Nobody quotes SQL in SQL more often.
    guard depth < 8, mayHold(bytes) else { return [] }
    var found: [Finding] = []
    var isBehindWord = false
    var isBehindText = false
    var isBehindColon = false
    for token in SQLLexer.significantTokens(of: bytes) {
      switch token.kind {
      case .word:
        let word = String(decoding: bytes[token.range], as: UTF8.self).lowercased()
        // CREDENTIALS AS '…'.
        if !(isBehindWord && word == "as") { isBehindWord = words.contains(word) }
        if !quotingFunctions.contains(word) { isBehindText = false }
      case .string where isBehindWord || isBehindText:
        isBehindWord = false
        isBehindText = endsBeforeSecret(bytes[token.range])
        let value = String(decoding: SQLStrings.value(of: bytes[token.range]), as: UTF8.self)
        let secrets = parts(of: value)
        guard !secrets.isEmpty, let last = bytes[token.range].last else { continue }
        // A string that is not closed goes on to its last byte.
        let end = token.range.upperBound - (last == UInt8(ascii: "'") ? 1 : 0)
        let start = min(token.range.lowerBound + 1, end)
        found.append(Finding(range: start..<end, values: secrets))
      case .dollarString, .string:
        isBehindWord = false
        isBehindText = token.kind == .string && endsBeforeSecret(bytes[token.range])
        found += inner(bytes, token, depth + 1)
      // `password := '…'` of a procedure; `'… password ' || quote_literal('…')`.
      case .operator, .colon, .openParenthesis:
        let text = bytes[token.range]
        let assigns = text.elementsEqual(":=".utf8) || isBehindColon && text.elementsEqual("=".utf8)
        isBehindColon = token.kind == .colon
        if !assigns, !isBehindColon { isBehindWord = false }
        if token.kind != .openParenthesis, !text.elementsEqual("||".utf8) { isBehindText = false }
      default:
        isBehindWord = false
        isBehindText = false
      }
    }
    return found
  }

  private static let quotingFunctions: Set<String> = ["quote_literal", "quote_nullable"]

  /// Whether SQL that is put together goes on with a secret: `'… password '''`,
  /// `'… aws_secret_access_key='`.
  private static func endsBeforeSecret(_ literal: ArraySlice<UInt8>) -> Bool {
    var value = SQLStrings.value(of: literal)[...]
    let ends = Set("'= \t\r\n".utf8)
    while let last = value.last, ends.contains(last) { value.removeLast() }
    let isWord = { (byte: UInt8) -> Bool in
      byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
    var word = Array(value.reversed().prefix(while: isWord).reversed().map { $0 | 0x20 })
    // `|` makes another byte of an underscore.
    for index in word.indices where word[index] == 0x7F { word[index] = UInt8(ascii: "_") }
    var name = String(decoding: word, as: UTF8.self)
    if name.hasPrefix("aws_") { name.removeFirst(4) }
    return words.contains(name) && name != "parameters"
  }

  /// What is in the SQL of a procedure, or in a text for EXECUTE, whose quotes are doubled.
  private static func inner(_ bytes: [UInt8], _ token: SQLToken, _ depth: Int) -> [Finding] {
    let text = bytes[token.range]
    if token.kind == .string {
      let values = findings(in: SQLStrings.value(of: text), depth: depth).flatMap(\.values)
      return values.isEmpty ? [] : [Finding(range: token.range, values: values)]
    }
    // Between `$tag$` and `$tag$`.
    let dollar = UInt8(ascii: "$")
    guard let mark = text.dropFirst().firstIndex(of: dollar) else { return [] }
    let width = mark + 1 - token.range.lowerBound
    let start = min(token.range.lowerBound + width, token.range.upperBound)
    let end = max(start, token.range.upperBound - width)
    return findings(in: Array(bytes[start..<end]), depth: depth).map { finding in
      let range = finding.range.lowerBound + start..<finding.range.upperBound + start
      return Finding(range: range, values: finding.values)
    }
  }

  /// The secrets of `aws_access_key_id=…;aws_secret_access_key=…`, or the value itself.
  private static func parts(of value: String) -> [String] {
    if value.utf8.starts(with: "aws_iam_role".utf8) || value.isEmpty { return [] }
    let isTemplate = zip(value.utf8, value.utf8.dropFirst()).contains {
      $0 == UInt8(ascii: "{") && ($1 == UInt8(ascii: "{") || $1 == UInt8(ascii: "%"))
    }
    if isTemplate { return [] }
    if value.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { return members(of: value) }
    guard value.utf8.contains(UInt8(ascii: "=")), value.utf8.starts(with: "aws_".utf8) else {
      return [value]
    }
    return value.split(separator: ";").compactMap { pair in
      guard let equals = pair.firstIndex(of: "=") else { return nil }
      return String(pair[pair.index(after: equals)...])
    }
  }

  /// The secrets of `{"client_id": "…", "client_secret": "…"}`, or all of what cannot be read.
  private static func members(of json: String) -> [String] {
    var rest: [PlainValue]
    do throws(PlainValue.JSONProblem) {
      rest = [try PlainValue(json: Array(json.utf8))]
    } catch {
      return [json]
    }
    var found: [String] = []
    while let value = rest.popLast() {
      rest += value.list ?? []
      for (key, member) in value.dictionary?.pairs ?? [] {
        if key.lowercased().contains("secret"), let text = member.string, !text.isEmpty {
          found.append(text)
        } else {
          rest.append(member)
        }
      }
    }
    return found
  }

  /// Whether a look at the tokens is worth it: one of the words' common parts is there.
  private static func mayHold(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { text in
      // By a letter each that is rare in SQL: `k` of `_key` and `_token`, `w` of `password`, and so
      // the look at most bytes is one comparison or two.
      for place in text.indices {
        switch text[place] | 0x20 {
        case UInt8(ascii: "k"):
          if has("_key", at: place - 1, in: text) || has("session_token", at: place - 10, in: text)
          {
            return true
          }
        case UInt8(ascii: "w"):
          if has("password", at: place - 4, in: text) { return true }
        case UInt8(ascii: "p"):
          if has("parameters", at: place, in: text) { return true }
        case UInt8(ascii: "c"):
          if has("credentials", at: place, in: text) { return true }
        default: break
        }
      }
      return false
    }
  }

  /// Whether a word of lower-case letters and underscores stands at a place, in letters of any case.
  private static func has(
    _ word: StaticString,
    at start: Int,
    in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let count = word.utf8CodeUnitCount
    guard start >= 0, start <= text.count - count else { return false }
    for offset in 0..<count
    // `|` makes another byte of an underscore.
    where text[start + offset] | 0x20 != word.utf8Start[offset] | 0x20 { return false }
    return true
  }
}
