package import RedshiftSQL

/// What a database has, by name: the truth for migrations that are about to run in it, since not all
/// of it need come from files.
package struct DatabaseContents: Sendable {
  /// The columns of relations, in order.
  package var columns: [SymbolicCatalog.Key: [String]]
  /// Functions of users, by their last name.
  package var functions: Set<String>

  package init(columns: [SymbolicCatalog.Key: [String]], functions: Set<String>) {
    self.columns = columns
    self.functions = functions
  }
}
