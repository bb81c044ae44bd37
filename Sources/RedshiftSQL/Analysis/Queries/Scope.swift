import Diagnostics

/// A column that a table of FROM offers.
struct ScopeColumn {
  var name: String
  var type: SQLType
  var isNullable: Bool
  var origins: Origins
  var traits: TextTraits = []
}

/// A table of FROM.
struct ScopeTable {
  /// The name that qualifies its columns; nil for a subquery without alias.
  var name: String?
  /// The schema, where the table is named with one and has no alias.
  var schema: String?
  var columns: [ScopeColumn]
  /// Whether `columns` is all.
  var isComplete: Bool
  var range: TextRange
  /// The stored relation that this is, as an index into `ColumnNumbers.relations`.
  var relation: Int?
  /// Elements of a SUPER array: the name alone is the value.
  var isValue = false
  /// Not more than one row.
  var isSingleRow = false
  /// What misspelt columns of it were meant to be.
  var meantNames: Set<String> = []

  func index(of column: String) -> Int? {
    columns.firstIndex { $0.name == column }
  }
}

/// A column that a bare name can mean, and `*` stands for.
struct VisibleColumn {
  var name: String
  /// The position of its table.
  var table: Int
  /// The position in its table.
  var column: Int
  /// What it is where USING or NATURAL made two columns one.
  var merged: ExprFacts?
  /// Where its values come from, if the join that made it is written out as a condition.
  var source: MergedColumn?
  /// Where its values come from, if the database makes one column of two.
  var origin: MergedColumn?
}

/// What names mean at one level of a query.
final class Scope {
  let parent: Scope?
  let number: UInt64
  var tables: [ScopeTable] = [] {
    didSet { columnIndexes = [:] }
  }
  /// The columns of wide tables by name, once somebody asks for one, by the place of the table.
  var columnIndexes: [Int: NameIndex] = [:]
  /// What `*` stands for: of a join the merged columns first.
  var visible: [VisibleColumn] = [] {
    didSet { visibleIndex = nil }
  }
  /// The same by name, once somebody asks for one of many.
  var visibleIndex: NameIndex?
  /// The variables of a procedure, which are no columns of any table.
  var isBlock = false
  /// Joined in a way that cannot be followed: names may mean what cannot be told.
  var isLoose = false
  /// START WITH and CONNECT BY give the pseudo-column LEVEL.
  var hasLevel = false
  /// Fingerprints of what GROUP BY lists; nil where nothing is grouped.
  var groupKeys: Set<UInt64>?
  /// Keys of GROUP BY as they are found, until all are.
  var foundKeys: [(key: Expr, value: Expr, facts: ExprFacts)] = []
  /// Keys of GROUP BY that blanks do not tell apart, by fingerprint.
  var textKeys: [UInt64: Meanings.TextKey] = [:]
  /// Items of the select list that are not analysed yet, while WHERE is, which may name them.
  var pending = PendingItems.none
  /// What those items are that were looked up, by their number.
  var pendingFacts: [Int: ExprFacts] = [:]
  /// Items of the select list, as far as they are analysed.
  var aliases = AliasList()
  /// What items of the select list are that GROUP BY means, from the first on.
  var previews: [ExprFacts] = []
  /// Those of them that have an alias.
  var previewAliases = AliasList()
  /// For each item of FROM its tables, as a set of positions.
  var connections: [UInt64] = []
  /// Items of FROM that connect themselves, or have one row.
  var singleItems: Set<Int> = []
  /// For each condition that must hold the tables that it names, as a set of positions.
  var conditions: [UInt64] = []
  /// Depth of aggregates around the subquery at hand.
  var aggregateDepth = 0
  /// Tables that subqueries below have named.
  var namedFromBelow: UInt64 = 0

  init(parent: Scope?, number: UInt64) {
    self.parent = parent
    self.number = number
  }

  func append(_ table: ScopeTable) {
    for (position, column) in table.columns.enumerated() {
      visible.append(VisibleColumn(name: column.name, table: tables.count, column: position))
    }
    tables.append(table)
  }
}

/// The result of a query as other queries see it.
struct DerivedTable {
  struct Column {
    var name: String
    var type: SQLType
    var isNullable: Bool
    var origins: Origins
    var range: TextRange
    /// Equal for columns that are the same of the rows below; zero where nobody asks.
    var fingerprint: UInt64 = 0
    /// The string that every row has here, where the query says so.
    var constant: String?
    var traits: TextTraits = []
  }

  var columns: [Column] = []
  var isComplete = true
  var influences = Origins.none
  var isSingleRow = false
  /// What misspelt columns were meant to be: who names them so is not to blame.
  var meantNames: Set<String> = []

  var scopeColumns: [ScopeColumn] {
    columns.map {
      ScopeColumn(
        name: $0.name,
        type: $0.type,
        isNullable: $0.isNullable,
        origins: $0.origins,
        traits: $0.traits
      )
    }
  }

  /// Nothing is known of it.
  static var unknown: DerivedTable {
    var table = DerivedTable()
    table.isComplete = false
    return table
  }
}
