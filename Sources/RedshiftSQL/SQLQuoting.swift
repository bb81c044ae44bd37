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

  private static func doubling(_ text: String, _ wanted: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == wanted { result.append(scalar) }
      result.append(scalar)
    }
    return String(result)
  }
}
