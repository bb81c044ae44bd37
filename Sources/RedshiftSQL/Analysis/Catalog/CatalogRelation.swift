package import Diagnostics

/// A column as the catalog knows it.
package struct CatalogColumn: Hashable, Sendable {
  package var name: String
  package var type: SQLType
  package var isNullable: Bool
  /// A value is made where none is given: a default or an identity.
  package var hasDefault: Bool
  package var isIdentity: Bool
  /// Of text: whether the length is declared, or a guess from what a query makes, and whether the
  /// type is PostgreSQL's TEXT.
  package var traits: TextTraits
  /// Where the column is defined, or was renamed last.
  package var range: TextRange?

  package init(
    name: String,
    type: SQLType = .unknown,
    isNullable: Bool = true,
    hasDefault: Bool = false,
    isIdentity: Bool = false,
    traits: TextTraits = .declared,
    range: TextRange? = nil
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.hasDefault = hasDefault
    self.isIdentity = isIdentity
    self.traits = traits
    self.range = range
  }
}

/// A table or a view as the catalog knows it.
package struct CatalogRelation: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case table
    case view
    case materializedView = "materialized view"
    case external = "external table"
  }

  /// How rows are spread over the slices of a cluster.
  package enum Distribution: Hashable, Sendable {
    case unknown
    case automatic
    case even
    case all
    case key(String)
  }

  /// What a statement took away from a relation, kept so that its readers can be told.
  package struct Removal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case dropped
      case renamed(to: String)
    }

    package var column: String
    package var kind: Kind
    package var range: TextRange
  }

  package var name: RelationName
  package var kind: Kind
  /// In order.
  package var columns: [CatalogColumn]
  /// Whether `columns` is all; otherwise there may be others, and none is ever reported missing.
  package var isComplete: Bool
  package var distribution = Distribution.unknown
  /// The columns of the sort key, in order.
  package var sortKey: [String] = []
  package var isInterleaved = false
  /// What columns were meant to be called that are misspelt where the relation is made.
  package var meantNames: Set<String> = []
  /// Where the relation is defined; nil when not by a statement.
  package var range: TextRange?
  package var removals: [Removal] = []
  /// Whether a view is made WITH NO SCHEMA BINDING, and so without what it reads.
  package var bindsLate = false
  /// What a bound view reads, by relation: it goes with them when they are dropped with CASCADE.
  package var reads: [SymbolicCatalog.Key: Set<String>] = [:]
  /// Where a view's columns come from; nil for what is no view of a statement.
  package var lineage: ViewLineage?

  package init(
    name: RelationName,
    kind: Kind,
    columns: [CatalogColumn],
    isComplete: Bool = true,
    range: TextRange? = nil
  ) {
    self.name = name
    self.kind = kind
    self.columns = columns
    self.isComplete = isComplete
    self.range = range
  }

  /// Whether it ends with its session.
  package var isTemporary: Bool { name.schema == SymbolicCatalog.temporarySchema }

  /// Its name as people write it.
  package var shownName: String { isTemporary ? name.identifier : name.description }

  package func column(_ name: String) -> CatalogColumn? {
    columns.first { $0.name == name }
  }
}

/// Where the columns of a view come from.
package struct ViewLineage: Hashable, Sendable {
  /// One of the view's columns.
  package struct Column: Hashable, Sendable {
    /// What its value depends on.
    package var origins: [ColumnOrigin]
    /// The item of the select list that makes it.
    package var item: TextRange
    /// What the query calls it.
    package var itemName: String
  }

  /// In the order of the view's columns.
  package var columns: [Column]
  /// What decides which rows there are.
  package var influences: [ColumnOrigin]
  /// The stored relations that are read.
  package var relations: [RelationName]

  /// A bound view goes on to read what was renamed.
  mutating func renameRead(_ isMeant: (RelationName) -> Bool, to new: SymbolicCatalog.Key) {
    let name = RelationName(schema: new.schema, identifier: new.identifier)
    change { if isMeant($0.relation) { $0.relation = name } }
    for index in relations.indices where isMeant(relations[index]) { relations[index] = name }
  }

  mutating func renameRead(
    _ isMeant: (RelationName) -> Bool,
    column: String,
    to new: String
  ) {
    change { if isMeant($0.relation), $0.column == column { $0.column = new } }
  }

  private mutating func change(_ change: (inout ColumnOrigin) -> Void) {
    for index in influences.indices { change(&influences[index]) }
    for place in columns.indices {
      for index in columns[place].origins.indices { change(&columns[place].origins[index]) }
    }
  }
}
