package import Diagnostics

/// A table with all that Redshift keeps of it.
package struct TableDefinition: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package var name: String
    /// In the words that `SchemaDefinition` always uses for the type.
    package var type: String
    package var isRequired = false
    package var defaultValue: String?
    package var identity: ColumnAttribute.Identity?
    package var encoding: String?
    package var collation: String?

    package init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  package struct Constraint: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case primaryKey([String])
      case unique([String])
      case foreignKey([String], SymbolicCatalog.Key, references: [String])
    }

    package var name: String?
    package var kind: Kind
  }

  package enum SortKey: Hashable, Sendable {
    /// Nothing is said, which leaves it to Redshift.
    case unstated
    case automatic
    case none
    case compound([String])
    case interleaved([String])
  }

  package var columns: [Column] = []
  package var constraints: [Constraint] = []
  package var distribution = CatalogRelation.Distribution.unknown
  package var sortKey = SortKey.unstated
  package var isBackedUp = true
  package var encodesAutomatically = false
  package var owner: String?

  package init() {}

  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  mutating func update(_ name: String, _ change: (inout Column) -> Void) {
    for index in columns.indices where columns[index].name == name { change(&columns[index]) }
  }

  // MARK: Parts of statements

  mutating func add(_ definition: ColumnDefinition, _ catalog: SymbolicCatalog, _ buffers: Buffers)
  {
    let name = definition.name.text
    var column = Column(name: name, type: definition.type.canonical(buffers))
    for attribute in definition.attributes {
      switch attribute.kind {
      case .defaultValue(let value):
        column.defaultValue = DefinitionText(plain: value.range, in: buffers).sql
      case .identity(let identity):
        column.identity = identity
        column.isRequired = true
      case .encode(let encoding): column.encoding = encoding.text
      case .distributionKey: distribution = .key(name)
      case .sortKey: sortKey = .compound([name])
      case .collate(let collation): column.collation = collation.text
      case .notNull: column.isRequired = true
      case .primaryKey:
        column.isRequired = true
        constraints.append(Constraint(name: nil, kind: .primaryKey([name])))
      case .unique: constraints.append(Constraint(name: nil, kind: .unique([name])))
      case .references(let table, let columns):
        constraints.append(
          Constraint(
            name: nil,
            kind: .foreignKey(
              [name],
              catalog.key(of: table.relation),
              references: columns.map(\.text)
            )
          )
        )
      case .null, .check: break
      }
    }
    columns.append(column)
  }

  mutating func add(_ constraint: TableConstraint, _ catalog: SymbolicCatalog) {
    let kind: Constraint.Kind
    switch constraint.kind {
    case .primaryKey(let names):
      kind = .primaryKey(names.map(\.text))
      for name in names { update(name.text) { $0.isRequired = true } }
    case .unique(let names): kind = .unique(names.map(\.text))
    case .foreignKey(let names, let table, let others):
      kind = .foreignKey(
        names.map(\.text),
        catalog.key(of: table.relation),
        references: others.map(\.text)
      )
    case .check: return
    }
    constraints.append(Constraint(name: constraint.name?.text, kind: kind))
  }

  mutating func adopt(_ attributes: [TableAttribute]) {
    for attribute in attributes {
      switch attribute.kind {
      case .distribution(.automatic): distribution = .automatic
      case .distribution(.even): distribution = .even
      case .distribution(.all): distribution = .all
      case .distribution(.key): break
      case .distributionKey(let column): distribution = .key(column.text)
      case .sortKey(.automatic): sortKey = .automatic
      case .sortKey(.none): sortKey = .none
      case .sortKey(.compound(let columns)): sortKey = .compound(columns.map(\.text))
      case .sortKey(.interleaved(let columns)): sortKey = .interleaved(columns.map(\.text))
      case .backup(let isOn): isBackedUp = isOn
      case .encodeAutomatically: encodesAutomatically = true
      case .automaticRefresh: break
      }
    }
  }

  mutating func removeColumn(_ name: String) {
    columns.removeAll { $0.name == name }
    constraints.removeAll { $0.kind.columns.contains(name) }
    if distribution == .key(name) { distribution = .unknown }
    sortKey = sortKey.mapped { $0.filter { $0 != name } }
  }

  mutating func renameColumn(_ name: String, to new: String) {
    func renamed(_ names: [String]) -> [String] { names.map { $0 == name ? new : $0 } }
    update(name) { $0.name = new }
    if distribution == .key(name) { distribution = .key(new) }
    sortKey = sortKey.mapped(renamed)
    for index in constraints.indices {
      switch constraints[index].kind {
      case .primaryKey(let names): constraints[index].kind = .primaryKey(renamed(names))
      case .unique(let names): constraints[index].kind = .unique(renamed(names))
      case .foreignKey(let names, let table, let others):
        constraints[index].kind = .foreignKey(renamed(names), table, references: others)
      }
    }
  }
}

extension TableDefinition.Constraint.Kind {
  /// The table's own columns.
  var columns: [String] {
    switch self {
    case .primaryKey(let names), .unique(let names), .foreignKey(let names, _, _): names
    }
  }
}

extension TableDefinition.SortKey {
  func mapped(_ change: ([String]) -> [String]) -> Self {
    switch self {
    case .compound(let names):
      let names = change(names)
      return names.isEmpty ? .unstated : .compound(names)
    case .interleaved(let names):
      let names = change(names)
      return names.isEmpty ? .unstated : .interleaved(names)
    case .unstated, .automatic, .none: return self
    }
  }
}

extension DataType {
  /// The type in the one form that is used for it, whatever its synonym in the text.
  func canonical(_ buffers: Buffers) -> String {
    guard dimensions == 0 else { return buffers.text(of: range).lowercased() }
    switch kind {
    case .binary:
      switch arguments.first {
      case .number(let length): return "varbyte(\(length))"
      case .maximum: return "varbyte(max)"
      case nil: return "varbyte"
      }
    case .interval: return DefinitionText(plain: range, in: buffers).sql.lowercased()
    case .other: return spelling
    default: return SQLType(declared: self).spelling
    }
  }

  /// The type without what no routine is told apart by: lengths, precisions and scales.
  fileprivate func unsized(_ buffers: Buffers) -> String {
    guard dimensions == 0 else { return canonical(buffers) }
    switch kind {
    case .binary: return "varbyte"
    case .interval: return canonical(buffers)
    case .other: return name
    default: break
    }
    switch SQLType(declared: self) {
    case .character: return SQLType.character(nil).spelling
    case .characterVarying: return SQLType.characterVarying(nil).spelling
    case .decimal: return SQLType.decimal(precision: nil, scale: nil).spelling
    case let type: return type.spelling
    }
  }
}

extension [RoutineArgument] {
  /// The types by which a routine is told from others of its name: those of what it takes, each
  /// in the one form that is used for it.
  ///
  /// - Parameter buffers: the store that has the text.
  /// - Returns: the types as they stand in parentheses behind the name.
  package func signature(in buffers: Buffers) -> String {
    filter { $0.mode != .out }.map { $0.type.unsized(buffers) }.joined(separator: ", ")
  }
}
