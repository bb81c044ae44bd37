package import Diagnostics

/// Works out what statements mean: which relation and column each name is, the type of every
/// value, and what each result depends on; reports what cannot be right.
///
/// The first rule is that valid SQL is never reported: where something is not known, everything
/// that hangs on it is not known either.
package struct SQLAnalyzer: Sendable {
  package let catalog: SymbolicCatalog
  let buffers: Buffers

  package init(catalog: SymbolicCatalog, buffers: Buffers) {
    self.catalog = catalog
    self.buffers = buffers
  }

  /// Analyses one statement of any kind.
  ///
  /// Statements that are no queries have the columns that they read and the relations that they
  /// name; DDL is checked for what it refers to, and `SymbolicCatalog.apply` does the rest.
  package func analyze(_ statement: Statement) -> QueryAnalysis {
    QueryAnalysis()
  }

  /// Analyses a query.
  package func analyze(_ query: Query) -> QueryAnalysis {
    QueryAnalysis()
  }
}
