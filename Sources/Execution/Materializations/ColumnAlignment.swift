import Diagnostics

/// Compares the columns of a query with those of the table that it fills, by name.
struct ColumnAlignment: Sendable {
  /// The target's columns that the query has too, as the target names them, in its order.
  var shared: [String] = []
  /// Columns of the query that the target does not have.
  var extra: [RelationColumn] = []
  /// Columns of the target that the query does not have.
  var missing: [RelationColumn] = []

  init(query: [RelationColumn], target: [RelationColumn]) {
    // Redshift folds all names to lower case.
    let queryNames = Set(query.map { $0.name.lowercased() })
    let targetNames = Set(target.map { $0.name.lowercased() })
    for column in target {
      if queryNames.contains(column.name.lowercased()) {
        shared.append(column.name)
      } else {
        missing.append(column)
      }
    }
    extra = query.filter { !targetNames.contains($0.name.lowercased()) }
  }

  /// Missing columns that the server cannot fill by itself.
  var unfilled: [RelationColumn] { missing.filter { !$0.isIdentity && !$0.hasDefault } }

  /// Missing columns that must have a value: in a table of a migration, whose columns are meant as
  /// they are, the others get NULL.
  var required: [RelationColumn] { unfilled.filter { !$0.isNullable } }
}
