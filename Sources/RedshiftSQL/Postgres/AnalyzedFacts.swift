package import Diagnostics

/// What the analysis of one statement knows: the columns of the catalog, and the type of each of
/// the statement's expressions.
package struct AnalyzedFacts: TranslationFacts {
  private let catalog: SymbolicCatalog
  private let types: [TextRange: SQLType]

  /// Analyses a statement for its translation.
  ///
  /// - Parameters:
  ///   - statement: what is to be translated.
  ///   - catalog: the relations that it may name.
  ///   - buffers: the store that has its text.
  package init(_ statement: Statement, catalog: SymbolicCatalog, buffers: Buffers) {
    self.catalog = catalog
    types = SQLAnalyzer(catalog: catalog, buffers: buffers).types(in: statement)
  }

  /// Analyses a statement with the columns that are known of the relations in it.
  package init(
    _ statement: Statement,
    columns: [RelationName: [TranslationColumn]],
    buffers: Buffers
  ) {
    var catalog = SymbolicCatalog()
    for (name, list) in columns {
      catalog.add(
        CatalogRelation(
          name: name,
          kind: .table,
          columns: list.map { CatalogColumn(name: $0.name, type: SQLType($0.type)) }
        )
      )
    }
    self.init(statement, catalog: catalog, buffers: buffers)
  }

  package func columns(of relation: RelationName) -> [TranslationColumn]? {
    guard let known = catalog[relation], known.isComplete else { return nil }
    return known.columns.map { TranslationColumn(name: $0.name, type: TranslationType($0.type)) }
  }

  package func type(of expression: TextRange) -> TranslationType? {
    types[expression].flatMap { TranslationType($0) }
  }
}

extension TranslationType {
  /// The type as translation needs it; nil where it is not known.
  init?(_ type: SQLType) {
    switch type {
    case .unknown, .null, .literalText, .catalog, .row: return nil
    case .boolean: self.init(kind: .boolean)
    case .smallInteger: self.init(kind: .smallInteger)
    case .integer: self.init(kind: .integer)
    case .bigInteger: self.init(kind: .bigInteger)
    case .decimal(let precision, let scale):
      self.init(kind: .decimal, precision: precision, scale: scale)
    case .real: self.init(kind: .real)
    case .double: self.init(kind: .double)
    case .character: self.init(kind: .character)
    case .characterVarying: self.init(kind: .characterVarying)
    case .date: self.init(kind: .date)
    case .time: self.init(kind: .time)
    case .timeWithZone: self.init(kind: .timeWithZone)
    case .timestamp: self.init(kind: .timestamp)
    case .timestampWithZone: self.init(kind: .timestampWithZone)
    case .interval: self.init(kind: .interval)
    case .super: self.init(kind: .super)
    case .binary: self.init(kind: .binary)
    case .geometry: self.init(kind: .geometry)
    case .geography: self.init(kind: .geography)
    case .sketch: self.init(kind: .sketch)
    }
  }
}

extension SQLType {
  /// The type of a column that translation knows.
  init(_ type: TranslationType?) {
    switch type?.kind {
    case nil, .other?: self = .unknown
    case .smallInteger?: self = .smallInteger
    case .integer?: self = .integer
    case .bigInteger?: self = .bigInteger
    case .decimal?: self = .decimal(precision: type?.precision, scale: type?.scale)
    case .real?: self = .real
    case .double?: self = .double
    case .boolean?: self = .boolean
    case .character?, .blankPadded?: self = .character(nil)
    case .characterVarying?, .text?: self = .characterVarying(nil)
    case .date?: self = .date
    case .time?: self = .time
    case .timeWithZone?: self = .timeWithZone
    case .timestamp?: self = .timestamp
    case .timestampWithZone?: self = .timestampWithZone
    case .interval?: self = .interval
    case .super?: self = .super
    case .binary?: self = .binary
    case .geometry?: self = .geometry
    case .geography?: self = .geography
    case .sketch?: self = .sketch
    }
  }
}
