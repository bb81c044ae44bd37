/// What the name of a migration file says.
package struct MigrationFileName: Hashable {
  enum Role: Hashable {
    case versioned
    case repeatable
    case undo
    case callback(MigrationCallbacks.Moment)
  }

  var role: Role
  /// Empty for repeatable migrations and callbacks.
  var parts: [Int] = []
  /// The words behind the two underscores.
  var description = ""
  /// Whether this is the verify script of the migration named.
  var isVerification = false

  /// Parts joined by dots, as `2.1`.
  var version: String { parts.map(String.init).joined(separator: ".") }

  /// Reads a file's name without `.sql`.
  ///
  /// `V0001__create_tables`, `V20261125093000__x`, `V2.1__x`, `U2.1__x`, `R__views`,
  /// `V1__x.verify`, `before`, `after_each__vacuum`.
  init?(_ fileName: String) {
    var name = Substring(fileName)
    let suffix = ".verify".utf8
    if name.utf8.count >= suffix.count, name.utf8.suffix(suffix.count).elementsEqual(suffix) {
      isVerification = true
      name = Substring(name.utf8.dropLast(suffix.count))
    }
    let (head, tail) = Self.split(name)
    if !isVerification, let moment = Self.moment(head) {
      role = .callback(moment)
      description = Self.words(tail ?? "")
      return
    }
    guard let tail, !tail.isEmpty else { return nil }
    description = Self.words(tail)
    switch head.utf8.first.map({ $0 | 0x20 }) {
    case UInt8(ascii: "v"): role = .versioned
    case UInt8(ascii: "u"): role = .undo
    case UInt8(ascii: "r"):
      role = .repeatable
      guard head.utf8.count == 1 else { return nil }
      return
    default: return nil
    }
    guard let parts = Self.version(Substring(head.utf8.dropFirst())) else { return nil }
    self.parts = parts
    if role == .undo, isVerification { return nil }
  }

  /// The numbers of a version, separated by dots or single underscores; nil if it is none.
  package static func version(_ text: Substring) -> [Int]? {
    var parts: [Int] = []
    let isSeparator: (UInt8) -> Bool = { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    for part in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: isSeparator) {
      guard part.allSatisfy({ (48...57).contains($0) }), let number = Int(Substring(part)) else {
        return nil
      }
      parts.append(number)
    }
    // Trailing zeros do not make another version: 1 and 1.0 are the same.
    while parts.count > 1, parts.last == 0 { parts.removeLast() }
    return parts.isEmpty ? nil : parts
  }

  /// The version of a versioned migration, or of its undo or verify script, by the file's name
  /// without `.sql`; nil for other files.
  package static func versionParts(_ fileName: String) -> [Int]? {
    guard let name = MigrationFileName(fileName) else { return nil }
    return name.role == .versioned || name.role == .undo ? name.parts : nil
  }

  private static func split(_ name: Substring) -> (head: Substring, tail: Substring?) {
    let underscore = UInt8(ascii: "_")
    let bytes = name.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let next = bytes.index(after: index)
      if bytes[index] == underscore, next < bytes.endIndex, bytes[next] == underscore {
        return (name[..<index], name[bytes.index(after: next)...])
      }
      index = next
    }
    return (name, nil)
  }

  /// The moment that a script around migrations is named for.
  private static func moment(_ head: Substring) -> MigrationCallbacks.Moment? {
    // Most files are migrations, and those begin otherwise.
    guard let first = head.utf8.first.map({ $0 | 0x20 }),
      first == UInt8(ascii: "b") || first == UInt8(ascii: "a")
    else { return nil }
    return MigrationCallbacks.Moment(rawValue: head.lowercased())
  }

  private static func words(_ text: Substring) -> String {
    let blank = UInt8(ascii: " ")
    return String(
      decoding: text.utf8.map { $0 == UInt8(ascii: "_") ? blank : $0 },
      as: UTF8.self
    )
  }
}
