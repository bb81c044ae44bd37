import Diagnostics

/// The tables that names can mean at one level of a query.
struct PostgresScope {
  struct Table {
    /// What columns are qualified with; nil for a table without a name.
    var name: String?
    var reference: TableReference
    /// Whether the name stands for a SUPER value: an element or an attribute.
    var isValue: Bool
    /// The name of the element's position or the attribute's name, if it has one.
    var position: String?
  }

  var tables: [Table] = []
  /// Columns that a join with USING or NATURAL merges must not be counted twice.
  var merged: Set<String> = []
  /// What CONNECT BY adds.
  var extraColumns: [TranslationColumn] = []

  init(_ from: [TableReference], outer: [PostgresScope] = []) {
    for table in from { add(table, outer: outer) }
  }

  private mutating func add(_ table: TableReference, outer: [PostgresScope]) {
    switch table.kind {
    case .joined(let first, let joins):
      add(first, outer: outer)
      for join in joins {
        add(join.right, outer: outer)
        if case .using(let columns) = join.condition { merged.formUnion(columns.map(\.text)) }
      }
    case .parenthesized(let inner) where table.alias == nil:
      add(inner, outer: outer)
    case .function(let value, _):
      var name = table.alias?.name.text
      var isValue = false
      switch value.kind {
      case .navigation: isValue = true
      case .call(let call): name = name ?? call.name.last
      default: break
      }
      tables.append(
        Table(
          name: name,
          reference: table,
          isValue: isValue,
          position: table.alias?.position?.text
        )
      )
    case .attributes:
      tables.append(
        Table(
          name: table.alias?.name.text,
          reference: table,
          isValue: true,
          position: table.alias?.position?.text
        )
      )
    case .named(let name):
      tables.append(
        Table(
          name: table.exposedName,
          reference: table,
          // `s.songs as s` is no path into itself.
          isValue: name.parts.first?.text != table.exposedName && isPath(name, outer: outer),
          position: table.alias?.position?.text
        )
      )
    default:
      tables.append(
        Table(name: table.exposedName, reference: table, isValue: false, position: nil)
      )
    }
  }

  /// Whether a name in FROM leads into a value of a table before it: `from orders o, o.items i`.
  private func isPath(_ name: ObjectName, outer: [PostgresScope]) -> Bool {
    guard let first = name.parts.first?.text else { return false }
    let known =
      table(named: first) ?? outer.reversed().lazy.compactMap { $0.table(named: first) }.first
    guard let known else { return false }
    // A name alone is a table, unless it stands for an element: `from t, t.rows r, r c`.
    return name.parts.count > 1 || known.isValue
  }

  func table(named name: String) -> Table? { tables.first { $0.name == name } }
}

extension PostgresEmitter {
  // MARK: Columns

  /// The columns of a query's result; nil where not all of them are known.
  mutating func columns(of query: Query) -> [TranslationColumn]? {
    let key = query.range.bytes
    if let known = knownColumns[key] { return known }
    // What stands around is not looked at: this query may be one of the tables there.
    knownColumns[key] = .some(nil)
    let outer = scopes
    scopes = []
    defer { scopes = outer }
    enter(query.with)
    defer { leaveTables() }
    let found = columns(of: query.body)
    knownColumns[key] = .some(found)
    return found
  }

  private mutating func columns(of body: QueryBody) -> [TranslationColumn]? {
    switch body.kind {
    case .select(let select): return columns(of: select)
    case .combined(let first, _): return columns(of: first)
    case .parenthesized(let query): return columns(of: query)
    case .values(let rows):
      guard let first = rows.first else { return nil }
      return first.values.enumerated().map { index, value in
        TranslationColumn(name: "column\(index + 1)", type: type(of: value))
      }
    }
  }

  private mutating func columns(of select: Select) -> [TranslationColumn]? {
    scopes.append(PostgresScope(select.from, outer: scopes))
    defer { scopes.removeLast() }
    var result: [TranslationColumn] = []
    for item in select.items {
      if case .star(let qualifier) = item.value.kind {
        guard let all = visibleColumns(qualifier: qualifier.last?.text) else { return nil }
        result += all
      } else {
        result.append(
          TranslationColumn(name: item.outputName ?? "?column?", type: type(of: item.value))
        )
      }
    }
    let excluded = Set(select.exclusion?.columns.map(\.text) ?? [])
    return result.filter { !excluded.contains($0.name) }
  }

  /// The columns that the innermost FROM offers; nil when not all are known.
  mutating func visibleColumns(qualifier: String? = nil) -> [TranslationColumn]? {
    guard let scope = scopes.last else { return [] }
    var result: [TranslationColumn] = []
    var seen: Set<String> = []
    for table in scope.tables where qualifier == nil || table.name == qualifier {
      guard let columns = columns(of: table) else { return nil }
      for column in columns {
        let isRepeated = !seen.insert(column.name).inserted
        if isRepeated, scope.merged.contains(column.name), qualifier == nil { continue }
        result.append(column)
      }
    }
    return result + (qualifier == nil ? scope.extraColumns : [])
  }

  mutating func columns(of table: PostgresScope.Table) -> [TranslationColumn]? {
    if table.isValue {
      var columns: [TranslationColumn] = []
      if let name = table.name {
        columns.append(TranslationColumn(name: name, type: TranslationType(kind: .super)))
      }
      if let position = table.position {
        columns.append(
          TranslationColumn(name: position, type: TranslationType(kind: .bigInteger))
        )
      }
      return columns
    }
    let found = columns(of: table.reference)
    guard let alias = table.reference.alias, !alias.columns.isEmpty else { return found }
    let types = found ?? []
    return alias.columns.enumerated().map { index, name in
      TranslationColumn(
        name: name.text,
        type: index < types.count ? types[index].type : nil
      )
    }
  }

  private mutating func columns(of table: TableReference) -> [TranslationColumn]? {
    switch table.kind {
    case .subquery(let query, _): return columns(of: query)
    case .named(let name):
      if name.parts.count == 1 {
        for level in commonTables.reversed() {
          if let known = level[name.last] { return known }
        }
      }
      return columns(of: name.relation)
    case .pivot(let source, let pivot):
      return pivotColumns(source, pivot)?.map { TranslationColumn(name: $0) }
    case .unpivot(let source, let unpivot):
      guard let keys = unpivotKeys(source, unpivot) else { return nil }
      return (keys + [unpivot.name.text, unpivot.value.text]).map { TranslationColumn(name: $0) }
    case .parenthesized(let inner):
      scopes.append(PostgresScope([inner], outer: scopes))
      defer { scopes.removeLast() }
      return visibleColumns()
    default: return nil
    }
  }

  private mutating func columns(of relation: RelationName) -> [TranslationColumn]? {
    wantedRelations.insert(relation)
    return facts.columns(of: relation)
  }

  // MARK: Common table expressions

  /// Brings the tables of a WITH clause into sight until `leaveTables`.
  mutating func enter(_ with: With?) {
    commonTables.append([:])
    for table in with?.tables ?? [] {
      var known: [TranslationColumn]?
      if with?.isRecursive == true {
        // Its own columns are needed for its own query.
        known = table.columns.isEmpty ? nil : table.columns.map { TranslationColumn(name: $0.text) }
      } else {
        known = columns(of: table.query)
        if !table.columns.isEmpty {
          let types = known ?? []
          known = table.columns.enumerated().map { index, name in
            TranslationColumn(
              name: name.text,
              type: index < types.count ? types[index].type : nil
            )
          }
        }
      }
      commonTables[commonTables.count - 1][table.name.text] = .some(known)
    }
  }

  mutating func leaveTables() { commonTables.removeLast() }
}
