import ProjectCompiler

/// A version as people write it: `2.1`, `0003`, `V0003`.
package struct MigrationVersion: Hashable, Sendable {
  package var parts: [Int]

  package init?(_ text: String) {
    var text = Substring(text)
    if text.first == "V" || text.first == "v" { text.removeFirst() }
    guard let parts = MigrationFileName.version(text) else { return nil }
    self.parts = parts
  }

  /// As histories keep it.
  package var description: String { parts.map(String.init).joined(separator: ".") }
}
