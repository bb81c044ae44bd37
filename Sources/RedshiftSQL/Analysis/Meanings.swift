import Diagnostics

/// What the analysis found out about places of a statement, for what writes it in other words.
///
/// Of a place that is missing nothing is known.
struct Meanings: Sendable {
  /// A column that a star stands for.
  struct StarColumn: Hashable, Sendable {
    /// What qualifies it; nil for a column that a join has merged, and of a table without a name.
    var table: String?
    var name: String
    /// Where its values come from, if a join has merged it.
    var source: MergedColumn?
    /// Whether that join is written as a condition, so that the star has to be listed.
    var isWritten = false
    /// The key of GROUP BY that it is, where blanks at its end do not count.
    var key: TextKey?
  }

  /// A key of a GROUP BY by text.
  struct TextKey: Hashable, Sendable {
    /// The place of the query that groups by it.
    var select: TextRange
    /// Whether blanks at its end would make groups.
    var isText: Bool
    /// The cast that gives its type back to what a function makes of it.
    var cast: String
    /// Whether it is one of several sets, so that it is NULL where it is rolled up.
    var isInSets: Bool
    /// Its number among the keys of its query that are text; keys that mean the same are one.
    var place: Int
  }

  /// The keys of one GROUP BY.
  struct TextGroups: Sendable {
    /// What those keys mean that blanks at their end would tell apart, by their place.
    var keys: [TextRange: Expr] = [:]
    /// Those that mean different things, in order.
    var values: [Expr] = []
    /// Which of them a key is, by its place.
    var places: [TextRange: Int] = [:]
    /// Whether there are keys of which it is not known whether they are text.
    var hasUnknown = false
  }

  /// A column of the result of a query or a set operation.
  struct ResultColumn: Hashable, Sendable {
    var name: String
    /// As PostgreSQL sees it.
    var type: SQLType
    /// Whether it is text that blanks at its end may tell from other text.
    var canEndInBlank: Bool
    /// The cast that gives its type back to what a function makes of it.
    var cast: String
    /// Whether PostgreSQL has the digits of its DECIMAL, too.
    var isSized = false

    var isKnown: Bool { type.isKnown }
  }

  /// Two columns that USING or NATURAL compares.
  struct MergedPair: Hashable, Sendable {
    var left: MergedColumn
    var right: MergedColumn
    /// Whether blanks at the end would tell them apart.
    var isPadded: Bool
  }

  /// What the queries between a name and the query that it belongs to call by names of their own.
  struct Shade: Hashable, Sendable {
    var columns: Set<String> = []
    var tables: Set<String> = []
  }

  /// How a name of several parts leads into a SUPER value.
  enum Path: Hashable, Sendable {
    /// So many parts name a column, the others are steps.
    case column(length: Int)
    /// The first part is an element or attribute of FROM, the others are steps.
    case element
  }

  /// The types of expressions; of parts of a run of operators only the whole.
  var types: [TextRange: SQLType] = [:]
  /// The values of those names that mean items of the select list.
  var aliases: [TextRange: Expr] = [:]
  /// The same where a table that is not known may have a column of that name.
  var possibleAliases: [TextRange: Expr] = [:]
  /// For those names of both that stand in subqueries, what has other meanings there.
  var shades: [TextRange: Shade] = [:]
  /// Names in subqueries over tables that are not known, which a query around has as an alias.
  var hiddenAliases: Set<TextRange> = []
  /// Conditions that are no BOOLEAN: whole numbers and SUPER values.
  var conditions: Set<TextRange> = []
  /// Whether there are conditions of which it is not known whether they are.
  var hasOpenConditions = false
  /// The types of the columns that the rows of a query are stored in, by its place.
  var storedColumns: [TextRange: [SQLType]] = [:]
  /// The types of the columns that values are stored in.
  var storedValues: [TextRange: SQLType] = [:]
  /// By the place of the first part of the name.
  var paths: [TextRange: Path] = [:]
  /// Tables of FROM that are the elements of a SUPER value.
  var elements: Set<TextRange> = []
  /// What stars stand for, by the place of the item.
  var stars: [TextRange: [StarColumn]] = [:]
  /// The types of the columns of subqueries that IN, ANY and ALL look through.
  var resultTypes: [TextRange: [SQLType]] = [:]
  /// The columns of the table that CONNECT BY goes through, by the place of the clause.
  var hierarchyColumns: [TextRange: [String]] = [:]
  /// The tables of columns that carry (+) and no qualifier.
  var markedTables: [TextRange: String] = [:]
  /// Text that never ends in a blank.
  var trimmed: Set<TextRange> = []
  /// What GROUP BY groups by, by the place of its query.
  var textGroups: [TextRange: TextGroups] = [:]
  /// Values that are keys of groups: one of several that are equal but for blanks.
  var keyUses: [TextRange: TextKey] = [:]
  /// Queries that group by several sets of keys, of which subqueries ask for some.
  var keysAskedBelow: Set<TextRange> = []
  /// The columns of queries and set operations, by the place of what they consist of; for PIVOT and
  /// UNPIVOT those that they leave as they are.
  var results: [TextRange: [ResultColumn]] = [:]
  /// For items of ORDER BY that are columns of a result with DISTINCT, the number of the column.
  var orderPlaces: [TextRange: Int] = [:]
  /// What joins compare by USING and NATURAL, where that has to be a condition.
  var merges: [TextRange: [MergedPair]] = [:]
  /// Joins of which it is not known whether it has to.
  var openMerges: Set<TextRange> = []
  /// Names of columns that such joins have merged.
  var mergedNames: [TextRange: MergedColumn] = [:]
  /// Relations that the catalog does not have.
  var unknownRelations: Set<RelationName> = []

  init() {}

  /// Analyses a statement.
  ///
  /// - Parameters:
  ///   - statement: a statement of any kind.
  ///   - catalog: the relations that it may name.
  ///   - bytes: the text of its buffer.
  ///   - argumentTypes: the types of the arguments that it may know by their numbers.
  init(
    of statement: Statement,
    catalog: SymbolicCatalog,
    bytes: [UInt8],
    argumentTypes: [SQLType] = []
  ) {
    var walker = QueryWalker(catalog: catalog, bytes: bytes)
    walker.argumentTypes = argumentTypes
    walker.meanings = Meanings()
    walker.muted = 1
    _ = walker.follow(statement)
    self = walker.meanings ?? Meanings()
  }
}
