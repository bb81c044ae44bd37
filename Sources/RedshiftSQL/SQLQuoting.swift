/// The only place where identifiers and literals are quoted.
package enum SQLQuoting {
  /// The database that a literal is written for; they disagree on backslashes.
  package enum Dialect: Sendable {
    case redshift
    case postgres
  }

  /// `name` in double quotes, quotes inside doubled.
  package static func identifier(_ name: String) -> String {
    "\"" + doubling(name, Unicode.Scalar("\"")) + "\""
  }

  /// `text` as a string literal that means the same text.
  ///
  /// Redshift reads backslashes in every literal as escapes, so there they are doubled.
  package static func literal(_ text: String, for dialect: Dialect) -> String {
    var escaped = doubling(text, Unicode.Scalar("'"))
    if dialect == .redshift { escaped = doubling(escaped, Unicode.Scalar("\\")) }
    return "'" + escaped + "'"
  }

  /// The text with each `wanted`, an ASCII character, twice.
  private static func doubling(_ text: String, _ wanted: Unicode.Scalar) -> String {
    let byte = UInt8(ascii: wanted)
    // Most texts have none, and are as long as a file when they are long.
    guard text.utf8.contains(byte) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for next in text.utf8 {
      if next == byte { bytes.append(next) }
      bytes.append(next)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
