import Diagnostics

extension QueryWalker {
  mutating func reportUnknownColumn(_ name: Identifier, in scope: Scope) {
    guard muted == 0 else { return }
    if scope.tables.isEmpty, scope.parent == nil {
      report(.columnWithoutTable(name))
      return
    }
    var names: [String] = []
    var current: Scope? = scope
    while let level = current {
      if level.tables.contains(where: { $0.meantNames.contains(name.text) }) { return }
      for table in level.tables { names += table.columns.map(\.name) }
      names += level.aliases.items.compactMap(\.item.alias?.text)
      current = level.parent
    }
    let removal = removal(of: name.text, in: scope.tables)
    // Who has hundreds of mistakes in one query has made one, and looks at the first.
    if diagnostics.count > 100 { names = [] }
    report(.unknownColumn(name, tables: scope.tables, near: names, removal: removal))
  }

  mutating func reportUnknownColumn(_ name: Identifier, of table: ScopeTable) {
    guard muted == 0, !table.meantNames.contains(name.text) else { return }
    let removal = removal(of: name.text, in: [table])
    report(
      .unknownColumn(name, tables: [table], near: table.columns.map(\.name), removal: removal)
    )
  }

  /// The statement that took a column away which is named here.
  func removal(of column: String, in tables: [ScopeTable]) -> CatalogRelation.Removal? {
    for table in tables {
      guard let index = table.relation else { continue }
      let relation = catalog[columns.relations[index]]
      if let removal = relation?.removals.last(where: { $0.column == column }) { return removal }
    }
    return nil
  }

  mutating func reportAmbiguous(_ name: Identifier, in scope: Scope) {
    let tables = scope.tables.filter { $0.index(of: name.text) != nil }
    report(.ambiguousColumn(name, tables: tables))
  }

  mutating func reportUnknownTable(_ name: Identifier, in scope: Scope) {
    guard muted == 0 else { return }
    var names: [String] = []
    var current: Scope? = scope
    while let level = current {
      names += level.tables.compactMap(\.name)
      current = level.parent
    }
    report(.unknownTableName(name, known: names))
  }

  /// Reports a relation that is not there, if it can be known not to be.
  mutating func reportUnknownRelation(_ name: ObjectName) {
    guard muted == 0 else { return }
    let relation = name.relation
    let schema = (relation.schema ?? catalog.defaultSchema).lowercased()
    if SystemCatalog.contains(relation) { return }
    if name.isTemporary { return }
    let removal = catalog.removal(of: relation)
    let isClosed = catalog.closedSchemas.contains(schema)
    let names = catalog.relations.keys.filter { $0.schema == schema }.map(\.identifier)
    let common = relation.schema == nil ? commonTables.map(\.name) : []
    if isClosed || removal != nil {
      report(.unknownRelation(name, near: names + common, removal: removal))
    } else {
      report(.undeclaredRelation(name, near: names + common))
    }
  }
}

/// What Redshift itself keeps: relations of which columns are not listed here.
package enum SystemCatalog {
  private static let prefixes = ["pg_", "stl_", "stv_", "svv_", "svl_", "svcs_", "sys_"]

  /// Whether a relation is one of them, as far as its name tells.
  package static func contains(_ name: RelationName) -> Bool {
    if let schema = name.schema?.lowercased() {
      return schema == "pg_catalog" || schema == "information_schema" || schema == "pg_internal"
        || schema == "catalog_history" || schema == "sys"
    }
    let identifier = name.identifier.lowercased()
    return prefixes.contains { identifier.hasPrefix($0) } || identifier == "padb_config_harvest"
  }
}
