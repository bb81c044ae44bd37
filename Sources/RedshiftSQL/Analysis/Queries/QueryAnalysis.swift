package import Diagnostics

/// Ways in which a result depends on a column.
package struct DependenceKinds: OptionSet, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The column's value becomes part of the result's value.
  package static let value = DependenceKinds(rawValue: 1)
  /// The column decides in WHERE, HAVING or QUALIFY which rows there are.
  package static let filter = DependenceKinds(rawValue: 2)
  /// The column is compared in a join.
  package static let join = DependenceKinds(rawValue: 4)
  /// Rows are grouped by the column, or made distinct by it.
  package static let group = DependenceKinds(rawValue: 8)
  /// The column partitions or orders a window, or orders the rows.
  package static let order = DependenceKinds(rawValue: 16)

  /// The kinds as words, in a fixed order.
  package var words: [String] {
    let all: [(DependenceKinds, String)] = [
      (.value, "value"), (.filter, "filter"), (.join, "join"), (.group, "group"),
      (.order, "order"),
    ]
    return all.compactMap { contains($0.0) ? $0.1 : nil }
  }
}

/// A column of a stored relation that a result depends on.
package struct ColumnOrigin: Hashable, Sendable {
  package var relation: RelationName
  package var column: String
  package var kinds: DependenceKinds

  package init(relation: RelationName, column: String, kinds: DependenceKinds) {
    self.relation = relation
    self.column = column
    self.kinds = kinds
  }
}

/// A column of a query's result.
package struct OutputColumn: Sendable {
  package var name: String
  package var type: SQLType
  package var isNullable: Bool
  package var traits: TextTraits
  /// The item of the select list that makes it.
  package var range: TextRange
  /// What its value depends on, ordered by relation and column.
  package var origins: [ColumnOrigin]
}

/// What the analysis of one statement found out.
package struct QueryAnalysis: Sendable {
  /// The columns of the result, in order; of INSERT and MERGE those of the target.
  package var columns: [OutputColumn] = []
  /// Whether `columns` is all; `select *` from a relation that is not known leaves it open.
  package var isComplete = true
  /// What misspelt columns were meant to be called.
  package var meantNames: Set<String> = []
  /// What decides which rows the result has: filters, joins, groups.
  package var influences: [ColumnOrigin] = []
  /// The stored relations that are read.
  package var relations: [RelationName] = []
  /// Every column that is read in any way; the union of all origins.
  package var reads: [ColumnOrigin] = []
  package var diagnostics: [Diagnostic] = []

  package init() {}
}
