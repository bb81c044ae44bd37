/// The column that a setting names, where the setting may be an expression as well: `id`, `"Order Id"`.
package struct ColumnMention: Equatable, Sendable {
  /// The name as it is written, without quotes.
  package let name: String

  /// Reads the text of a setting; nil for an expression.
  ///
  /// - Parameter text: SQL that stands for one column, or for a value worked out of several.
  package init?(_ text: String) {
    if text.utf8.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") {
      let inside = text.dropFirst().dropLast()
      guard !inside.contains("\"") else { return nil }
      name = String(inside)
      return
    }
    guard let first = text.utf8.first, !(48...57).contains(first) else { return nil }
    let isName = text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 95, 97...122, 128...255, UInt8(ascii: "$"): true
      default: false
      }
    }
    guard isName else { return nil }
    name = text
  }
}
