import WarehouseClient

/// Errors of statements, which the Data API tells in words alone.
enum DataErrors {
  /// Reads `ERROR: words\n  Position: 12 [SQLState=42601]` and its like.
  ///
  /// - Parameters:
  ///   - text: what the service said.
  ///   - offset: characters that stood before the statement in what was asked for.
  /// - Returns: the error as libpq would have told it.
  static func error(_ text: String, offset: Int) -> WarehouseError {
    var error = WarehouseError(kind: .statement, message: "")
    var message: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = trimmed(line)
      if let position = value("Position:", words) {
        error.position = Int(position.prefix { $0.isNumber }).map { $0 + offset }
      } else if let detail = value("Detail:", words) {
        error.detail = detail
      } else if let hint = value("Hint:", words) {
        error.hint = hint
      } else if let context = value("Where:", words) {
        error.context = context
      } else if error.detail != nil {
        // The frame of dashes and fields in which Redshift tells what it knows.
        error.detail = (error.detail ?? "") + "\n" + String(line)
      } else {
        message.append(words)
      }
    }
    var words = trimmed(message.joined(separator: "\n")[...])
    words = withoutBatchPrefix(words)
    for prefix in ["ERROR:", "FATAL:", "PANIC:"] where words.hasPrefix(prefix) {
      words = trimmed(words.dropFirst(prefix.utf8.count))
    }
    if let state = state(in: &words) { error.sqlState = state }
    error.message = words.isEmpty ? "the statement failed" : words
    error.sqlState = error.sqlState ?? guessedState(words)
    error.kind = kind(error)
    return error
  }

  private static func kind(_ error: WarehouseError) -> WarehouseError.Kind {
    switch error.sqlState {
    case "57014": return .cancelled
    case "57P01", "57P02", "57P03", "08006", "08003": return .connectionLost
    case "28000", "28P01": return .authentication
    default: return .statement
    }
  }

  /// The words by which the server's errors are known, and their states.
  private static func guessedState(_ message: String) -> String {
    func has(_ words: String) -> Bool { message.contains(words) }
    if has("syntax error at") { return "42601" }
    if has("cancelled on user's request") || has("canceled on user's request")
      || has("due to user request")
    {
      return "57014"
    }
    if has("password authentication failed") { return "28P01" }
    if message.hasPrefix("permission denied") || has("must be owner of") { return "42501" }
    if has("current transaction is aborted") { return "25P02" }
    if has("cannot run inside a transaction block") || has("cannot be executed from") {
      return "25001"
    }
    if message.hasSuffix("does not exist") {
      if message.hasPrefix("relation ") || message.hasPrefix("table ") { return "42P01" }
      if message.hasPrefix("view ") || message.hasPrefix("Relation ") { return "42P01" }
      if message.hasPrefix("column ") { return "42703" }
      if message.hasPrefix("schema ") { return "3F000" }
      if message.hasPrefix("database ") { return "3D000" }
      if message.hasPrefix("function ") || message.hasPrefix("operator ") { return "42883" }
      if message.hasPrefix("procedure ") { return "42883" }
      return "42704"
    }
    // `column "x" does not exist in t`.
    if message.hasPrefix("column "), has(" does not exist in ") { return "42703" }
    if message.hasPrefix("Schema "), has("does not exist") { return "3F000" }
    if message.hasSuffix("already exists") {
      if message.hasPrefix("schema ") || message.hasPrefix("Schema ") { return "42P06" }
      if message.hasPrefix("column ") { return "42701" }
      if message.hasPrefix("relation ") || message.hasPrefix("Relation ") { return "42P07" }
      return "42710"
    }
    if message.hasSuffix("is ambiguous") { return "42702" }
    if has("division by zero") || has("Divide by zero") { return "22012" }
    if has("value too long for type") { return "22001" }
    if has("invalid input syntax") || has("Invalid digit") { return "22P02" }
    if has("out of range") { return "22003" }
    if has("null value in column") || has("Cannot insert a NULL value into column") {
      return "23502"
    }
    if has("because other objects depend on it") { return "2BP01" }
    if has("deadlock detected") { return "40P01" }
    if has("could not obtain lock") { return "55P03" }
    if has("disk full") || has("Disk Full") { return "53100" }
    return "XX000"
  }

  /// `Query #2 failed with ERROR: …`, as the error of a batch begins.
  private static func withoutBatchPrefix(_ words: String) -> String {
    guard words.hasPrefix("Query #") else { return words }
    let rest = words.dropFirst(7).drop { $0.isNumber }
    guard rest.hasPrefix(" failed with ") else { return words }
    return trimmed(rest.dropFirst(13))
  }

  /// Takes `[SQLState=42601]` or `[SQL State=42601]` off the end.
  private static func state(in words: inout String) -> String? {
    for mark in ["[SQLState=", "[SQL State="] {
      guard let start = words.firstRange(of: mark) else { continue }
      let state = words[start.upperBound...].prefix { $0 != "]" && $0 != "," }
      guard state.utf8.count == 5 else { continue }
      let text = String(state)
      words = trimmed(words[..<start.lowerBound])
      return text
    }
    return nil
  }

  private static func value(_ name: String, _ line: String) -> String? {
    line.hasPrefix(name) ? trimmed(line.dropFirst(name.utf8.count)) : nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
