/// A comment that goes with every statement of a node, so that the server's log tells whose it is.
package struct QueryComment: Hashable, Sendable {
  /// The comment's words, without its marks.
  package var text: String
  /// Whether it stands behind the statement rather than before it.
  package var isAppended: Bool

  /// - Returns: nil where there is nothing to say.
  package init?(_ text: String, isAppended: Bool) {
    let words = text.trimmed
    guard !words.isEmpty else { return nil }
    self.text = words
    self.isAppended = isAppended
  }

  /// What stands before the statement.
  var prefix: String { isAppended ? "" : "/* \(text) */\n" }

  /// The statement with the comment.
  func adding(to sql: String) -> String {
    guard isAppended else { return prefix + sql }
    var words = Substring(sql)
    while let last = words.last, last.isWhitespace || last == ";" { words.removeLast() }
    return "\(words)\n/* \(text) */"
  }
}

extension String {
  fileprivate var trimmed: String {
    var words = Substring(self)
    while words.first?.isWhitespace == true { words.removeFirst() }
    while words.last?.isWhitespace == true { words.removeLast() }
    return String(words)
  }
}
