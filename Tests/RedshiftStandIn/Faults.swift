import Foundation

/// What goes wrong on demand, each once.
///
/// Read anew before each statement from a file, so that a test can ask for faults while the server
/// runs. A line is `WHAT WORDS…`; the first statement with the words gets the fault, and the line
/// is used up. WHAT is one of `conflict` (error 1023), `oid` (a relation dropped by another
/// transaction), `refuse` (what one may do at a time is being done), `lose-before` and `lose-after` (the connection breaks before or after the
/// statement is done).
actor Faults {
  enum Kind: String {
    case conflict
    case oid
    case refuse
    case loseBefore = "lose-before"
    case loseAfter = "lose-after"
  }

  private let path: String?

  init(path: String?) { self.path = path }

  /// The fault of a statement, if one was asked for.
  func next(for statement: String) throws -> Kind? {
    guard let path, FileManager.default.fileExists(atPath: path) else { return nil }
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let folded = statement.lowercased()
    for (index, line) in lines.enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
        folded.contains(parts[1].lowercased())
      else { continue }
      lines.remove(at: index)
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      return kind
    }
    return nil
  }
}

extension WireError {
  /// The words in which Redshift tells of a serialization conflict.
  static let conflict = WireError(
    "1023",
    detail: "Serializable isolation violation on table - 126483, transactions forming the cycle "
      + "are: 1234, 1235 (pid:17)"
  )

  static let lostConnection = WireError("the connection is lost", sqlState: "08006")
  var isLoss: Bool { sqlState == "08006" }

  static let vacuumIsRunning = WireError("VACUUM is running", detail: "re-try later")

  static let droppedRelation = WireError("could not open relation with OID 126483")
}
