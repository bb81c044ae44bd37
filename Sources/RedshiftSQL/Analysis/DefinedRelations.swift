package import Diagnostics

/// The names of the relations that a run of statements leaves behind, and those it takes away.
///
/// What their columns are is for `SymbolicCatalog`; this is for what needs no more than names.
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
  }

  private struct Key: Hashable {
    var schema: String?
    var identifier: String

    init(_ name: RelationName) {
      schema = name.schema
      identifier = name.identifier
    }
  }

  /// In the order of definition; nil where one is gone.
  private var slots: [Definition?] = []
  private var positions: [Key: Int] = [:]
  /// Relations that were there before and are no more.
  package private(set) var dropped: [RelationName] = []
  package private(set) var schemas: [String] = []

  /// Follows the statements in order.
  ///
  /// - Parameter statements: what runs, in this order.
  package init(_ statements: [Statement]) {
    for statement in statements { follow(statement) }
  }

  /// In the order of definition.
  package var definitions: [Definition] { slots.compactMap { $0 } }

  package subscript(name: RelationName) -> Definition? {
    positions[Key(name)].flatMap { slots[$0] }
  }

  private mutating func define(_ name: ObjectName, _ kind: Kind, keepsExisting: Bool = false) {
    let key = Key(name.relation)
    let definition = Definition(name: name.relation, kind: kind, range: name.range)
    if let known = positions[key] {
      if !keepsExisting { slots[known] = definition }
    } else {
      positions[key] = slots.count
      slots.append(definition)
    }
  }

  private mutating func follow(_ statement: Statement) {
    switch statement.kind {
    case .createTable(let table):
      guard !table.isTemporary else { return }
      define(table.objectName, .table, keepsExisting: table.allowsExisting)
    case .createTableAs(let table):
      guard !table.isTemporary else { return }
      define(table.objectName, .table, keepsExisting: table.allowsExisting)
    case .createView(let view):
      define(view.objectName, view.isMaterialized ? .materializedView : .view)
    case .createSchema(let schema):
      schemas.append(schema.name.last)
      for element in schema.elements { follow(element, in: schema.name) }
    case .drop(let drop): follow(drop)
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return }
      move(table.name.relation, at: new.range) { $0.identifier = new.text }
    case .alterSchema(let schema):
      guard case .rename(let new) = schema.action else { return }
      for definition in definitions where definition.name.schema == schema.name.text {
        move(definition.name, at: definition.range) { $0.schema = new.text }
      }
    default: break
    }
  }

  /// An element of CREATE SCHEMA, whose bare name is one of that schema.
  private mutating func follow(_ element: Statement, in schema: ObjectName) {
    switch element.kind {
    case .createTable(let table): define(table.objectName.placed(in: schema), .table)
    case .createTableAs(let table): define(table.objectName.placed(in: schema), .table)
    case .createView(let view): define(view.objectName.placed(in: schema), .view)
    default: break
    }
  }

  private mutating func move(
    _ name: RelationName,
    at range: TextRange,
    _ change: (inout RelationName) -> Void
  ) {
    guard let position = positions.removeValue(forKey: Key(name)), var moved = slots[position]
    else {
      return
    }
    change(&moved.name)
    moved.range = range
    // What had the new name before cannot be there any more.
    if let other = positions.updateValue(position, forKey: Key(moved.name)) { slots[other] = nil }
    slots[position] = moved
  }

  private mutating func follow(_ drop: Drop) {
    for name in drop.names {
      if drop.kind == .schema {
        for definition in definitions where definition.name.schema == name.last {
          remove(definition.name)
        }
      } else if !remove(name.relation) {
        dropped.append(name.relation)
      }
    }
  }

  @discardableResult
  private mutating func remove(_ name: RelationName) -> Bool {
    guard let position = positions.removeValue(forKey: Key(name)) else { return false }
    slots[position] = nil
    return true
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
