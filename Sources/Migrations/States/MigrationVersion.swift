/// A version as people write it: `2.1`, `0003`, `V0003`.
package struct MigrationVersion: Hashable, Sendable {
  package var parts: [Int]

  package init?(_ text: String) {
    var text = Substring(text)
    if text.first == "V" || text.first == "v" { text.removeFirst() }
    parts = []
    let isSeparator: (Character) -> Bool = { $0 == "." || $0 == "_" }
    for part in text.split(omittingEmptySubsequences: false, whereSeparator: isSeparator) {
      guard part.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(part) else {
        return nil
      }
      parts.append(number)
    }
    while parts.count > 1, parts.last == 0 { parts.removeLast() }
    if parts.isEmpty { return nil }
  }

  /// As histories keep it.
  package var description: String { parts.map(String.init).joined(separator: ".") }
}
