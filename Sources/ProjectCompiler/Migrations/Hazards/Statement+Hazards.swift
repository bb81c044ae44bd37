import Diagnostics
import RedshiftSQL

extension Statement {
  /// Whether it reads or writes as many rows as there happen to be.
  var movesData: Bool {
    switch kind {
    case .createTableAs, .update, .delete, .merge, .copy, .unload, .call: return true
    case .createView(let view): return view.isMaterialized
    case .insert(let insert):
      guard case .query(let query) = insert.source else { return false }
      if case .values = query.body.kind { return false }
      return true
    case .query(let query):
      if case .select(let select) = query.body.kind { return select.into != nil }
      return false
    default: return false
    }
  }

  /// Names that the statement gives to something that stays.
  var givenNames: [Identifier] {
    switch kind {
    case .createTable(let table): last(table.objectName) + table.columns.map(\.name)
    case .createTableAs(let table): last(table.objectName) + table.columns
    case .createView(let view): last(view.objectName) + view.columns
    case .createSchema(let schema): last(schema.name)
    case .alterSchema(let schema):
      if case .rename(let new) = schema.action { [new] } else { [] }
    case .alterTable(let table):
      switch table.action {
      case .addColumn(let column): [column.name]
      case .renameColumn(_, let new): [new]
      case .rename(let new): [new]
      default: []
      }
    default: []
    }
  }

  private func last(_ name: ObjectName) -> [Identifier] { name.parts.suffix(1) }
}

extension ColumnDefinition {
  /// Whether rows that are there already could have no value in this column.
  var isRequiredWithoutValue: Bool {
    var isRequired = false
    for attribute in attributes {
      switch attribute.kind {
      case .defaultValue, .identity: return false
      case .notNull: isRequired = true
      default: break
      }
    }
    return isRequired
  }
}

extension TableAttribute {
  /// Whether rows have to be moved or sorted anew at once.
  var movesRows: Bool {
    switch kind {
    case .distribution(.automatic), .sortKey(.automatic), .sortKey(.none), .backup,
      .encodeAutomatically, .automaticRefresh:
      false
    case .distribution, .distributionKey, .sortKey: true
    }
  }
}

extension AlterTable {
  /// Whether the lock that it takes lasts until the end of a transaction.
  var isTransactional: Bool {
    switch action {
    case .addColumn, .dropColumn, .renameColumn, .rename, .changeOwner, .addConstraint,
      .dropConstraint, .changeLayout, .rowSecurity, .masking:
      true
    case .changeType, .changeEncoding, .append, .external, .other: false
    }
  }
}

extension SQLType {
  /// Bytes that a value of a text type may have; nil where that is not known.
  var byteLimit: Int? {
    switch self {
    case .character(let length), .characterVarying(let length): length
    default: nil
    }
  }
}

extension Identifier {
  /// Words that Redshift and PostgreSQL both reserve, and that our parser takes for names.
  private static let reservedInBoth: Set<String> = [
    "array", "authorization", "between", "binary", "column", "current_date", "current_time",
    "current_timestamp", "current_user", "deferrable", "do", "end", "freeze", "initially",
    "localtime", "localtimestamp", "only", "placing", "session_user", "user", "verbose",
  ]

  /// Whether Redshift takes it for a name in quotes alone.
  var isReservedWord: Bool {
    ReservedWords.contains(text) || Self.reservedInBoth.contains(text)
  }
}
