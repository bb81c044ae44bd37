import Diagnostics

extension QueryWalker {
  /// Brings an item of FROM into sight.
  mutating func add(_ reference: TableReference, to scope: Scope) {
    let first = scope.tables.count
    let isSingle = bring(reference, into: scope)
    var mask: UInt64 = 0
    for index in first..<scope.tables.count where index < 64 { mask |= 1 << UInt64(index) }
    if isSingle { scope.singleItems.insert(scope.connections.count) }
    scope.connections.append(mask)
  }

  /// Adds the tables of a reference; whether it can be left unconnected.
  private mutating func bring(_ reference: TableReference, into scope: Scope) -> Bool {
    switch reference.kind {
    case .named(let name): return bring(name, reference, into: scope)
    case .subquery(let query, let lateral):
      let derived = derive(query, parent: lateral == nil ? scope.parent : scope)
      influences.formUnion(derived.influences)
      add(derived, as: reference, to: scope)
      return derived.isSingleRow || lateral != nil
    case .function(let value, _) where value.isNavigation:
      let facts = within(.other) { $0.facts(of: value, in: scope) }
      meanings?.elements.insert(reference.range)
      addElements(facts, reference, to: scope)
      return true
    case .function(let call, let lateral):
      let inner = makeScope(parent: lateral == nil ? scope.parent : scope)
      _ = within(.other) { $0.facts(of: call, in: lateral == nil ? inner : scope) }
      scope.append(
        ScopeTable(
          name: reference.exposedName,
          columns: [],
          isComplete: false,
          range: reference.range
        )
      )
      return lateral != nil
    case .attributes(let value):
      let facts = within(.other) { $0.facts(of: value, in: scope) }
      meanings?.elements.insert(reference.range)
      addElements(facts, reference, to: scope)
      return true
    case .unnested(let value, let withOffset):
      let facts = within(.other) { $0.facts(of: value, in: scope) }
      addUnnested(facts, value, withOffset, reference, to: scope)
      return true
    case .parenthesized(let inner):
      guard reference.alias != nil else { return bring(inner, into: scope) }
      return bring(inner, as: reference, into: scope)
    case .joined(let first, let joins):
      let start = scope.tables.count
      let column = scope.visible.count
      var isSingle = bring(first, into: scope)
      for join in joins {
        let middle = scope.tables.count
        let right = scope.visible.count
        let next = bring(join.right, into: scope)
        isSingle = isSingle && next
        follow(
          join,
          left: start..<middle,
          right: middle..<scope.tables.count,
          columns: (column, right),
          in: scope
        )
      }
      return isSingle
    case .pivot(let table, let pivot): return bring(table, pivot, reference, into: scope)
    case .unpivot(let table, let unpivot): return bring(table, unpivot, reference, into: scope)
    }
  }

  /// A join in parentheses with an alias, which hides the tables in it: `(a JOIN b USING (k)) AS j`.
  private mutating func bring(
    _ table: TableReference,
    as reference: TableReference,
    into scope: Scope
  ) -> Bool {
    // Elements of SUPER values in it may belong to tables further left.
    let inner = makeScope(parent: scope)
    let isSingle = bring(table, into: inner)
    let columns = inner.visible.map { column in
      let facts = facts(of: column, in: inner)
      return DerivedTable.Column(
        name: column.name,
        type: facts.type,
        isNullable: facts.isNullable,
        origins: facts.origins,
        range: inner.tables[column.table].range,
        traits: facts.traits
      )
    }
    var result = DerivedTable(columns: columns)
    result.isComplete = !inner.isLoose && inner.tables.allSatisfy(\.isComplete)
    for table in inner.tables { result.meantNames.formUnion(table.meantNames) }
    if result.isComplete {
      let list = starColumns(of: inner)
      meanings?.stars[reference.range] = list
    }
    add(result, as: reference, to: scope)
    return isSingle
  }

  // MARK: Named tables

  private mutating func bring(
    _ name: ObjectName,
    _ reference: TableReference,
    into scope: Scope
  ) -> Bool {
    if name.parts.count == 1,
      let common = commonTables.last(where: { $0.name == name.last })?.table
    {
      influences.formUnion(common.influences)
      add(common, as: reference, to: scope)
      return common.isSingleRow
    }
    // The elements of a SUPER array of a table further left: FROM orders o, o.lines AS l.
    if let first = name.parts.first, let owner = visibleTable(first.text, from: scope),
      name.parts.count > 1 ? !owner.isSchemaToo(catalog) : owner.isValue
    {
      meanings?.elements.insert(reference.range)
      let facts = within(.other) {
        $0.facts(of: Expr(range: name.range, kind: .column(name.parts)), in: scope)
      }
      addElements(facts, reference, to: scope)
      return true
    }
    let relation = name.relation
    guard let known = catalog[relation] else {
      meanings?.unknownRelations.insert(relation)
      reportUnknownRelation(name)
      let index = columns.index(of: relation, key: catalog.key(of: relation))
      add(
        ScopeTable(
          name: reference.exposedName,
          schema: reference.alias == nil ? relation.schema ?? catalog.defaultSchema : nil,
          columns: [],
          isComplete: false,
          range: reference.range,
          relation: index
        ),
        reference.alias,
        to: scope
      )
      return false
    }
    let (index, list) = stored(known)
    add(
      ScopeTable(
        name: reference.exposedName,
        schema: reference.alias == nil ? known.name.schema ?? catalog.defaultSchema : nil,
        columns: list,
        isComplete: known.isComplete,
        range: reference.range,
        relation: index,
        meantNames: known.meantNames
      ),
      reference.alias,
      to: scope
    )
    return false
  }

  /// Notes a stored relation as read, and gives its columns their numbers.
  mutating func stored(_ relation: CatalogRelation) -> (index: Int, columns: [ScopeColumn]) {
    let index = columns.index(of: relation.name, key: catalog.key(of: relation.name))
    let start = columns.start(of: index, columns: relation.columns)
    var list: [ScopeColumn] = []
    list.reserveCapacity(relation.columns.count)
    for (position, column) in relation.columns.enumerated() {
      list.append(
        ScopeColumn(
          name: column.name,
          type: column.type,
          isNullable: column.isNullable,
          origins: Origins(column: start + UInt32(position)),
          traits: column.traits
        )
      )
    }
    return (index, list)
  }

  private func visibleTable(_ name: String, from scope: Scope) -> ScopeTable? {
    var current: Scope? = scope
    while let level = current {
      if let table = level.tables.last(where: { $0.name == name }) { return table }
      current = level.parent
    }
    return nil
  }

  mutating func add(
    _ derived: DerivedTable,
    as reference: TableReference,
    to scope: Scope
  ) {
    add(
      ScopeTable(
        name: reference.exposedName,
        columns: derived.scopeColumns,
        isComplete: derived.isComplete,
        range: reference.range,
        isSingleRow: derived.isSingleRow,
        meantNames: derived.meantNames
      ),
      reference.alias,
      to: scope
    )
  }

  mutating func add(_ table: ScopeTable, _ alias: TableAlias?, to scope: Scope) {
    var table = table
    if let alias {
      if table.isComplete, alias.columns.count > table.columns.count {
        report(
          .columnAliasCount(
            alias.name,
            aliases: alias.columns.count,
            columns: table.columns.count
          )
        )
      }
      for (index, name) in alias.columns.enumerated() {
        if index < table.columns.count {
          table.columns[index].name = name.text
        } else {
          table.columns.append(
            ScopeColumn(name: name.text, type: .unknown, isNullable: true, origins: .none)
          )
        }
      }
    }
    // Tables of different schemas can be told apart, if both are under their own names.
    if let name = table.name,
      let other = scope.tables.first(where: {
        $0.name == name && ($0.schema == nil || table.schema == nil || $0.schema == table.schema)
      })
    {
      report(.duplicateTableName(name, at: table.range, other: other.range))
    }
    scope.append(table)
  }

  /// Adds the elements of a SUPER array, or the attributes of an object, as a table.
  private mutating func addElements(
    _ facts: ExprFacts,
    _ reference: TableReference,
    to scope: Scope
  ) {
    let name = reference.alias?.name.text ?? reference.exposedName
    if ![.super, .unknown, .catalog].contains(facts.type.family) {
      report(.notElements(facts.type, at: reference.range))
    }
    var list: [ScopeColumn] = []
    if let name {
      list.append(
        ScopeColumn(name: name, type: .super, isNullable: true, origins: facts.origins)
      )
    }
    if let position = reference.alias?.position {
      var type = SQLType.bigInteger
      if case .attributes = reference.kind { type = .characterVarying(nil) }
      list.append(
        ScopeColumn(name: position.text, type: type, isNullable: true, origins: facts.origins)
      )
    }
    var table = ScopeTable(
      name: name,
      columns: list,
      isComplete: true,
      range: reference.range
    )
    table.isValue = true
    add(table, nil, to: scope)
  }

  /// Adds the elements of UNNEST, whose alias names the columns.
  private mutating func addUnnested(
    _ facts: ExprFacts,
    _ value: Expr,
    _ withOffset: Bool,
    _ reference: TableReference,
    to scope: Scope
  ) {
    if ![.super, .unknown, .catalog].contains(facts.type.family) {
      report(.notUnnestable(facts.type, at: value.range))
    }
    let types: [SQLType] = withOffset ? [.super, .bigInteger] : [.super]
    let names = reference.alias?.columns ?? []
    if let name = reference.alias?.name, names.count > types.count {
      report(.columnAliasCount(name, aliases: names.count, columns: types.count))
    }
    let columns = zip(names, types).map { name, type in
      ScopeColumn(name: name.text, type: type, isNullable: true, origins: facts.origins)
    }
    add(
      ScopeTable(
        name: reference.exposedName,
        columns: columns,
        // Without names nobody says what the columns are called.
        isComplete: !names.isEmpty,
        range: reference.range
      ),
      nil,
      to: scope
    )
  }

  // MARK: Joins

  private mutating func follow(
    _ join: Join,
    left: Range<Int>,
    right: Range<Int>,
    columns start: (left: Int, right: Int),
    in scope: Scope
  ) {
    switch join.condition {
    case .none: break
    case .on(let condition):
      let facts = joined(by: condition, left.lowerBound, column: start.left, in: scope)
      influences.formUnion(facts.origins.used(as: .join))
    case .using(let names):
      let pairs = names.map { (name: $0.text, range: $0.range) }
      merge(pairs, join, left, right, start, in: scope)
    case .natural:
      let all = left.map { scope.tables[$0] } + right.map { scope.tables[$0] }
      guard all.allSatisfy(\.isComplete) else {
        scope.isLoose = true
        meanings?.openMerges.insert(join.range)
        break
      }
      let others = Set(scope.visible[start.right...].map(\.name))
      let pairs = scope.visible[start.left..<start.right].filter { others.contains($0.name) }
        .map { (name: $0.name, range: join.range) }
      merge(pairs, join, left, right, start, in: scope)
    }
    switch join.kind {
    case .left: makeNullable(right, in: scope)
    case .right: makeNullable(left, in: scope)
    case .full: makeNullable(left.lowerBound..<right.upperBound, in: scope)
    case .inner, .cross: break
    }
  }

  /// The condition of a join, which sees the tables of the join alone: those further left, behind
  /// commas, are not in it.
  private mutating func joined(
    by condition: Expr,
    _ first: Int,
    column: Int,
    in scope: Scope
  ) -> ExprFacts {
    guard column > 0 || first > 0 else {
      return within(.join) { $0.condition(condition, "ON", in: scope) }
    }
    let hidden = Array(scope.visible[..<column])
    scope.visible.removeFirst(column)
    let facts = within(.join) { $0.condition(condition, "ON", in: scope) }
    scope.visible.insert(contentsOf: hidden, at: 0)
    // Elements of SUPER values belong to a table further left, and may bring it into sight.
    let isPlain = !scope.isLoose && !scope.tables.contains(where: \.isValue)
    for index in 0..<min(first, 64) where isPlain && facts.tables & (1 << UInt64(index)) != 0 {
      guard let name = scope.tables[index].name else { continue }
      report(.notPartOfJoin(name, at: condition.place(of: name) ?? condition.range))
    }
    return facts
  }

  private func makeNullable(_ range: Range<Int>, in scope: Scope) {
    for index in range {
      for column in scope.tables[index].columns.indices {
        scope.tables[index].columns[column].isNullable = true
      }
    }
    for index in scope.visible.indices where range.contains(scope.visible[index].table) {
      scope.visible[index].merged?.isNullable = true
    }
  }

  /// Makes the columns that USING names one each, in front of all others.
  private mutating func merge(
    _ names: [(name: String, range: TextRange)],
    _ join: Join,
    _ left: Range<Int>,
    _ right: Range<Int>,
    _ start: (left: Int, right: Int),
    in scope: Scope
  ) {
    var first = Array(scope.visible[start.left..<start.right])
    var second = Array(scope.visible[start.right...])
    var result: [VisibleColumn] = []
    var pairs: [(VisibleColumn, VisibleColumn)] = []
    for (name, range) in names {
      let one = first.firstIndex { $0.name == name }
      let two = second.firstIndex { $0.name == name }
      if !scope.isLoose {
        for (index, columns, tables) in [(one, first, left), (two, second, right)] {
          let all = tables.map { scope.tables[$0] }
          if index == nil, all.allSatisfy(\.isComplete) {
            report(.usingColumnMissing(name, at: range, all))
            break
          }
          if columns.filter({ $0.name == name }).count > 1 {
            report(.ambiguousUsing(name, at: range, tables: all))
            break
          }
        }
      }
      var merged = one.map { first[$0] } ?? two.map { second[$0] }
      let facts = merge(one.map { first[$0] }, two.map { second[$0] }, join, at: range, in: scope)
      if merged == nil { merged = VisibleColumn(name: name, table: left.lowerBound, column: 0) }
      merged?.merged = facts
      if let merged { result.append(merged) }
      if let one, let two { pairs.append((first[one], second[two])) }
      if let one { first.remove(at: one) }
      if let two { second.remove(at: two) }
    }
    if pairs.count < names.count { meanings?.openMerges.insert(join.range) }
    let isOpen = (left.lowerBound..<right.upperBound).contains { !scope.tables[$0].isComplete }
    if pairs.count == names.count, !isOpen, let made = mergedColumns(pairs, join, in: scope) {
      for (index, source) in made.sources.enumerated() {
        result[index].source = made.isWritten ? source : nil
        result[index].origin = made.isWritten ? nil : source
      }
    } else if isOpen {
      meanings?.openMerges.insert(join.range)
    }
    scope.visible.replaceSubrange(start.left..., with: result + first + second)
  }

  /// What a merged column is.
  private mutating func merge(
    _ first: VisibleColumn?,
    _ second: VisibleColumn?,
    _ join: Join,
    at range: TextRange,
    in scope: Scope
  ) -> ExprFacts {
    let sides = [first, second].compactMap { $0 }
    let known = sides.map { self.facts(of: $0, in: scope) }
    for facts in known {
      touch(facts.origins)
      influences.formUnion(facts.origins.used(as: .join))
    }
    guard known.count == 2, let one = known.first, let two = known.last else { return .unknown }
    if !one.type.isComparable(with: two.type) {
      report(.typesNotComparable(one.type, two.type, at: range, isJoin: true))
    }
    // What it is equal to for GROUP BY: the side that is never NULL by the join; of FULL neither.
    var facts = join.kind == .right ? two : one
    facts.type = one.type.common(with: two.type) ?? .unknown
    facts.traits = TextTraits.common([(one.type, one.traits), (two.type, two.traits)])
    facts.tables = one.tables | two.tables
    if join.kind == .full {
      facts.origins = one.origins.union(two.origins)
      facts.isNullable = one.isNullable || two.isNullable
      facts.mix(two.fingerprint)
    }
    return facts
  }

  /// What a column that a bare name means is, whoever names it.
  func facts(of column: VisibleColumn, in scope: Scope) -> ExprFacts {
    if let merged = column.merged { return merged }
    let table = scope.tables[column.table]
    guard table.columns.indices.contains(column.column) else { return .unknown }
    let stored = table.columns[column.column]
    var facts = ExprFacts()
    facts.type = stored.type
    facts.isNullable = stored.isNullable
    facts.traits = stored.traits
    facts.origins = stored.origins
    facts.isColumn = true
    facts.fingerprint = columnFingerprint(scope, column.table, stored.name)
    facts.tables = column.table < 64 ? 1 << UInt64(column.table) : 0
    return facts
  }
}

extension ScopeTable {
  /// Whether the name is a schema of the catalog as well, so that `name.x` is a table there.
  fileprivate func isSchemaToo(_ catalog: SymbolicCatalog) -> Bool {
    guard let name else { return false }
    return catalog.schemas.contains(name) || catalog.defaultSchema == name
      || catalog.relations.keys.contains { $0.schema == name }
  }
}

extension Expr {
  /// Where a column is named with a table in front.
  fileprivate func place(of table: String) -> TextRange? {
    var place: TextRange?
    SyntaxNode.expr(self).walk { node in
      if place == nil, case .expr(let expr) = node, case .column(let parts) = expr.kind,
        parts.count > 1, let name = parts.dropLast().last, name.text == table
      {
        place = name.range
      }
      return place == nil
    }
    return place
  }

  /// Whether this is a value with steps behind it.
  fileprivate var isNavigation: Bool {
    if case .navigation = kind { return true }
    return false
  }
}
