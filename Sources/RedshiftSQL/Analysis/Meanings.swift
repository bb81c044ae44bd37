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
  /// The columns that PIVOT and UNPIVOT leave as they are.
  var keptColumns: [TextRange: [String]] = [:]
  /// Relations that the catalog does not have.
  var unknownRelations: Set<RelationName> = []

  init() {}

  /// Analyses a statement.
  ///
  /// - Parameters:
  ///   - statement: a statement of any kind.
  ///   - catalog: the relations that it may name.
  ///   - bytes: the text of its buffer.
  init(of statement: Statement, catalog: SymbolicCatalog, bytes: [UInt8]) {
    var walker = QueryWalker(catalog: catalog, bytes: bytes)
    walker.meanings = Meanings()
    walker.muted = 1
    _ = walker.follow(statement)
    self = walker.meanings ?? Meanings()
  }
}
