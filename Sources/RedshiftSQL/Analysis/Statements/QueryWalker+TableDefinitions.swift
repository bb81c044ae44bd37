import Diagnostics

/// CREATE, ALTER and DROP of tables: what they name, and what Redshift refuses.
///
/// Facts: Amazon Redshift Database Developer Guide, CREATE TABLE, ALTER TABLE, ALTER TABLE APPEND.
extension QueryWalker {
  mutating func follow(_ drop: Drop) {
    guard drop.kind != .schema, !drop.allowsMissing else { return }
    for name in drop.names {
      if let known = catalog[name.relation] {
        check(drop, name, known)
        continue
      }
      // Where anything may exist, so may this.
      let schema = (name.relation.schema ?? catalog.defaultSchema).lowercased()
      guard catalog.closedSchemas.contains(schema) else { continue }
      reportUnknownRelation(name)
    }
  }

  /// Tables and views are dropped by statements of their own.
  private mutating func check(_ drop: Drop, _ name: ObjectName, _ known: CatalogRelation) {
    // What no statement has made may be something else when this one runs.
    guard known.range != nil else { return }
    switch (drop.kind, known.kind) {
    case (.view, .table), (.materializedView, .table), (.materializedView, .view), (.table, .view):
      report(.droppedAsAnother(drop.kind, known, at: name.range))
    default: break
    }
  }

  mutating func follow(_ table: AlterTable) {
    if case .external(.setFormat(let format)) = table.action {
      var rules = ExternalTableRules(catalog)
      rules.check(format, writes: false)
      for problem in rules.problems { report(problem) }
    }
    guard let known = catalog[table.name.relation] else {
      reportUnknownRelation(table.name)
      return
    }
    guard known.isComplete else { return }
    switch table.action {
    case .dropColumn(let column, _):
      guard known.column(column.text) != nil else {
        return report(.insertColumnMissing(column, known))
      }
      checkDropped(column, of: known)
    case .renameColumn(let column, let new):
      guard known.column(column.text) != nil else {
        return report(.insertColumnMissing(column, known))
      }
      if column.text != new.text, let other = known.column(new.text) {
        report(.duplicateColumn(new.text, at: new.range, first: other.range ?? new.range))
      }
    case .changeType(let column, let type):
      check(type)
      guard let stored = known.column(column.text) else {
        return report(.insertColumnMissing(column, known))
      }
      let wanted = SQLType(declared: type)
      let isResizable = [.unknown, .text, .binary].contains(stored.type.family)
      if !isResizable, wanted != stored.type {
        report(.typeOfColumnStays(stored, at: type.range))
      } else if let reason = stored.resizeObstacle(to: wanted) {
        report(.lengthOfColumnStays(stored, because: reason, at: type.range))
      }
    case .addColumn(let column):
      if known.column(column.name.text) != nil {
        report(.duplicateColumn(column.name.text, at: column.name.range, first: column.name.range))
      }
      advise(column.type)
      check(column)
      checkAdded(column)
    case .changeLayout(let attributes):
      for (name, what) in attributes.flatMap(\.keys) where known.column(name.text) == nil {
        report(.keyColumnMissing(name, what, known.columns.map(\.name)))
      }
    case .addConstraint(let constraint):
      for name in constraint.columns where known.column(name.text) == nil {
        report(.insertColumnMissing(name, known))
      }
    case .append(let source, let ignoresExtra, let fillsTarget):
      check(append: source, to: known, ignoresExtra, fillsTarget)
    default: break
    }
  }

  /// Keys of the table stay, and so does the last column.
  private mutating func checkDropped(_ column: Identifier, of table: CatalogRelation) {
    guard table.kind == .table else { return }
    if table.distribution == .key(column.text) {
      report(.columnStays("drop", column, "it is the distribution key: ALTER DISTSTYLE first"))
    } else if table.sortKey.contains(column.text) {
      report(.columnStays("drop", column, "it is in the sort key: ALTER SORTKEY first"))
    } else if table.columns.count == 1 {
      report(.columnStays("drop", column, "it is the only column of the table"))
    }
  }

  /// A column that is added later is neither a key nor an identity.
  private mutating func checkAdded(_ column: ColumnDefinition) {
    for attribute in column.attributes {
      switch attribute.kind {
      case .identity: report(.cannotAdd("an IDENTITY column", at: attribute.range))
      case .unique: report(.cannotAdd("a UNIQUE column", at: attribute.range))
      case .primaryKey: report(.cannotAdd("a PRIMARY KEY column", at: attribute.range))
      case .distributionKey:
        report(.columnStays("add", column.name, "a new column is no distribution key"))
      case .sortKey: report(.columnStays("add", column.name, "a new column is no sort key"))
      case .references: report(.cannotAdd("a column with REFERENCES", at: attribute.range))
      default: break
      }
    }
  }

  /// APPEND moves the rows as they are stored.
  private mutating func check(
    append source: ObjectName,
    to target: CatalogRelation,
    _ ignoresExtra: Bool,
    _ fillsTarget: Bool
  ) {
    guard let known = catalog[source.relation] else {
      return reportUnknownRelation(source)
    }
    guard known.isComplete, known.range != nil, target.range != nil else { return }
    for column in known.columns {
      if let other = target.column(column.name) {
        if column.type.isKnown, other.type.isKnown, column.type != other.type {
          report(.appendType(column, other, from: known, to: target, at: source.range))
        }
      } else if !ignoresExtra {
        report(.appendColumn(column.name, of: known, notIn: target, "IGNOREEXTRA", source.range))
      }
    }
    for column in target.columns where !fillsTarget && known.column(column.name) == nil {
      report(.appendColumn(column.name, of: target, notIn: known, "FILLTARGET", source.range))
    }
  }

  private mutating func advise(_ type: DataType) {
    if type.arguments.contains(.maximum), type.kind == .characterVarying {
      report(.varcharMaximum(at: type.range))
    }
  }

  mutating func advise(_ table: CreateTable) {
    var seen: [String: TextRange] = [:]
    for column in table.columns {
      advise(column.type)
      check(column)
      if let first = seen[column.name.text] {
        report(.duplicateColumn(column.name.text, at: column.name.range, first: first))
      }
      seen[column.name.text] = column.name.range
      if !column.name.isQuoted, ReservedWords.contains(column.name.text) {
        report(.reservedName(column.name.text, at: column.name.range))
      }
      for attribute in column.attributes {
        if case .distributionKey = attribute.kind {
          adviseDistributionKey(column, at: attribute.range)
        }
      }
    }
    for case .like(let name, _) in table.elements.map(\.kind) { require(name) }
    checkDistribution(table.attributes, columns: table.columns)
    checkConstraints(of: table)
    for attribute in table.attributes {
      switch attribute.kind {
      case .sortKey(.interleaved): report(.interleavedSortKey(at: attribute.range))
      case .distributionKey(let name):
        guard let column = table.columns.first(where: { $0.name.text == name.text }) else {
          if table.listsColumns {
            report(.keyColumnMissing(name, "distribution key", table.columns.map(\.name.text)))
          }
          continue
        }
        adviseDistributionKey(column, at: name.range)
        checkKey(name, SQLType(declared: column.type), "distribution key", at: name.range)
      case .sortKey(.compound(let names)):
        for name in names {
          guard let column = table.columns.first(where: { $0.name.text == name.text }) else {
            continue
          }
          checkKey(name, SQLType(declared: column.type), "sort key", at: name.range)
        }
        for name in names
        where table.listsColumns && !table.columns.contains(where: { $0.name.text == name.text }) {
          report(.keyColumnMissing(name, "sort key", table.columns.map(\.name.text)))
        }
      default: break
      }
    }
  }

  /// Keys are made of columns of the table.
  private mutating func checkConstraints(of table: CreateTable) {
    guard table.listsColumns else { return }
    let names = Set(table.columns.map(\.name.text))
    for constraint in table.constraints {
      for name in constraint.columns where !names.contains(name.text) {
        report(.keyColumnMissing(name, "key column", table.columns.map(\.name.text)))
      }
    }
  }

  /// DISTSTYLE KEY says nothing without a key, and a key nothing with another style.
  mutating func checkDistribution(
    _ attributes: [TableAttribute],
    columns: [ColumnDefinition]
  ) {
    var style: (range: TextRange, isKey: Bool)?
    var keys: [(name: String, range: TextRange)] = []
    for column in columns {
      for attribute in column.attributes {
        if case .distributionKey = attribute.kind {
          keys.append((column.name.text, attribute.range))
        }
      }
    }
    for attribute in attributes {
      switch attribute.kind {
      case .distribution(let distribution): style = (attribute.range, distribution == .key)
      case .distributionKey(let name): keys.append((name.text, attribute.range))
      default: break
      }
    }
    if let first = keys.first, let other = keys.first(where: { $0.name != first.name }) {
      report(.distributionKeyTwice(at: other.range, first: first.range))
    }
    guard let style else { return }
    if let key = keys.first {
      if !style.isKey { report(.distributionConflict(at: style.range, key: key.range)) }
    } else if style.isKey {
      report(.distributionKeyMissing(at: style.range))
    }
  }

  private mutating func adviseDistributionKey(_ column: ColumnDefinition, at range: TextRange) {
    let type = SQLType(declared: column.type)
    if type == .boolean || type == .date {
      report(.skewedDistributionKey(column.name.text, type, at: range))
    }
  }
}

extension TableAttribute {
  /// The columns that keys name; a number is one of the select list.
  fileprivate var keys: [(name: Identifier, what: String)] {
    switch kind {
    case .distributionKey(let name): [(name, "distribution key")]
    case .sortKey(.compound(let names)), .sortKey(.interleaved(let names)):
      names.map { ($0, "sort key") }
    default: []
    }
  }
}
