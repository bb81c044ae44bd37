package import Diagnostics

extension SymbolicCatalog {
  /// Follows a statement: what it creates, changes and drops.
  ///
  /// - Parameters:
  ///   - statement: the statement, as it would run next.
  ///   - buffers: the store that has its text.
  package mutating func apply(_ statement: Statement, buffers: Buffers) {
  }
}
