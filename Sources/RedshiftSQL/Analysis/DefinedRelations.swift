package import Diagnostics

/// The relations that a run of statements leaves behind, and those it takes away.
package struct DefinedRelations: Sendable {
  package enum Kind: Hashable, Sendable {
    case table
    case view
    case materializedView
  }

  /// One relation that exists after the statements.
  package struct Definition: Sendable {
    package var name: RelationName
    package var kind: Kind
    /// Where its name stands in the statement that made it, or renamed it last.
    package var range: TextRange
    /// Its columns in order; empty where the text does not tell.
    package var columns: [Column]
  }

  package struct Column: Hashable, Sendable {
    package var name: String
    /// The type as written; nil where it is not known.
    package var type: String?
  }

  /// In the order of definition.
  package private(set) var definitions: [Definition] = []
  /// Relations that were there before and are no more.
  package private(set) var dropped: [RelationName] = []
  package private(set) var schemas: [String] = []
  /// The places of definitions by name.
  private var places: [Place: Int] = [:]

  private struct Place: Hashable {
    var schema: String?
    var identifier: String

    init(_ name: RelationName) {
      schema = name.schema
      identifier = name.identifier
    }
  }

  /// Follows the statements in order.
  ///
  /// - Parameters:
  ///   - statements: what runs, in this order.
  ///   - earlier: what was there before.
  package init(_ statements: [Statement], after earlier: [Definition] = []) {
    definitions = earlier
    findPlaces()
    for statement in statements { follow(statement) }
  }

  package subscript(name: RelationName) -> Definition? {
    index(of: name).map { definitions[$0] }
  }

  private func index(of name: RelationName) -> Int? { places[Place(name)] }

  /// Finds all places anew, after a change of more than one.
  private mutating func findPlaces() {
    places = [:]
    for (index, definition) in definitions.enumerated() {
      // The first of one name counts.
      let place = Place(definition.name)
      if places[place] == nil { places[place] = index }
    }
  }

  private mutating func define(
    _ name: ObjectName,
    _ kind: Kind,
    columns: [Column],
    keepsExisting: Bool = false
  ) {
    let definition = Definition(
      name: name.relation,
      kind: kind,
      range: name.range,
      columns: columns
    )
    if let known = index(of: name.relation) {
      if !keepsExisting { definitions[known] = definition }
    } else {
      places[Place(name.relation)] = definitions.count
      definitions.append(definition)
    }
  }

  private mutating func follow(_ statement: Statement) {
    switch statement.kind {
    case .createTable(let table):
      guard !table.isTemporary else { return }
      define(
        table.objectName,
        .table,
        columns: table.columns.map { Column(name: $0.name.text, type: $0.type.spelling) },
        keepsExisting: table.allowsExisting
      )
    case .createTableAs(let table):
      guard !table.isTemporary else { return }
      define(
        table.objectName,
        .table,
        columns: columns(table.columns, table.query),
        keepsExisting: table.allowsExisting
      )
    case .createView(let view):
      define(
        view.objectName,
        view.isMaterialized ? .materializedView : .view,
        columns: columns(view.columns, view.query)
      )
    case .createSchema(let schema): schemas.append(schema.name.last)
    case .drop(let drop): follow(drop)
    case .alterTable(let table): follow(table)
    case .alterSchema(let schema):
      guard case .rename(let new) = schema.action else { return }
      for index in definitions.indices where definitions[index].name.schema == schema.name.text {
        definitions[index].name.schema = new.text
      }
      findPlaces()
    default: break
    }
  }

  private func columns(_ named: [Identifier], _ query: Query) -> [Column] {
    let names = named.isEmpty ? query.columnNames ?? [] : named.map(\.text)
    return names.map { Column(name: $0, type: nil) }
  }

  private mutating func follow(_ drop: Drop) {
    for name in drop.names {
      if drop.kind == .schema {
        definitions.removeAll { $0.name.schema == name.last }
        findPlaces()
      } else if let known = index(of: name.relation) {
        definitions.remove(at: known)
        findPlaces()
      } else {
        dropped.append(name.relation)
      }
    }
  }

  private mutating func follow(_ table: AlterTable) {
    guard let known = index(of: table.name.relation) else { return }
    switch table.action {
    case .rename(let new):
      definitions[known].name.identifier = new.text
      definitions[known].range = new.range
      findPlaces()
    case .addColumn(let column):
      definitions[known].columns.append(
        Column(name: column.name.text, type: column.type.spelling)
      )
    case .dropColumn(let column, _):
      definitions[known].columns.removeAll { $0.name == column.text }
    case .renameColumn(let column, let new):
      for index in definitions[known].columns.indices
      where definitions[known].columns[index].name == column.text {
        definitions[known].columns[index].name = new.text
      }
    case .changeType(let column, let type):
      for index in definitions[known].columns.indices
      where definitions[known].columns[index].name == column.text {
        definitions[known].columns[index].type = type.spelling
      }
    default: break
    }
  }
}

extension DataType {
  /// The type in lower case with its arguments, as in `varchar(256)`.
  package var spelling: String {
    let words = arguments.map {
      switch $0 {
      case .number(let number): String(number)
      case .maximum: "max"
      }
    }
    let suffix =
      kind == .timestampWithZone && name == "timestamp"
      ? " with time zone"
      : kind == .timeWithZone && name == "time" ? " with time zone" : ""
    return (words.isEmpty ? name : "\(name)(\(words.joined(separator: ",")))") + suffix
  }
}
