import Diagnostics

extension PostgresEmitter {
  /// A place in a text that is written anew.
  struct Patch {
    var range: Range<Int>
    var write: (inout PostgresEmitter) -> Void
  }

  /// Copies `range` with its children emitted in place, and patches instead of what they cover.
  mutating func emit(_ range: Range<Int>, children: [SyntaxNode], patches: [Patch]) {
    guard !patches.isEmpty else { return emit(range, children: children) }
    var position = range.lowerBound
    for patch in patches.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
    where patch.range.lowerBound >= position {
      emit(
        position..<patch.range.lowerBound,
        children: children.filter { $0.range.bytes.upperBound <= patch.range.lowerBound }
      )
      patch.write(&self)
      position = patch.range.upperBound
    }
    emit(position..<range.upperBound, children: children)
  }

  mutating func emit(_ query: Query) {
    check(query)
    guard case .select(let select) = query.body.kind else {
      if case .combined(let first, _) = query.body.kind, first.target == nil,
        query.order.contains(where: { !$0.value.isNameOrLiteral })
      {
        return emitOrderedAround(query)
      }
      return emitUnchanged(.query(query))
    }
    if select.qualify != nil { return emitQualified(select, in: query) }
    if case .distinct = select.quantifier, select.into == nil, hasOrderOfAliases(query) {
      emitOrderedAround(query)
      if let top = select.top { emitLimit(top) }
      return
    }
    emitUnchanged(.query(query))
    if let top = select.top { emitLimit(top) }
  }

  /// Whether ORDER BY computes with names of the select list, and with nothing else.
  private func hasOrderOfAliases(_ query: Query) -> Bool {
    var hasExpression = false
    for item in query.order where !item.value.isNameOrLiteral {
      var isByAliases = true
      SyntaxNode.expr(item.value).walk { node in
        if case .expr(let expr) = node, case .column(let parts) = expr.kind,
          parts.count > 1 || parts.first.map({ meanings.aliases[$0.range] == nil }) ?? true
        {
          isByAliases = false
        }
        return isByAliases
      }
      guard isByAliases else { return false }
      hasExpression = true
    }
    return hasExpression
  }

  /// `SELECT * FROM (…) AS q ORDER BY …`: a whole result is ordered by its columns only.
  private mutating func emitOrderedAround(_ query: Query) {
    let body = query.body.range
    emit(
      query.range.bytes.lowerBound..<body.bytes.lowerBound,
      children: query.with.map { $0.tables.map { .query($0.query) } } ?? []
    )
    write("SELECT * FROM (", for: body)
    emit(query.body)
    write(") AS \(makeName("q"))", for: body)
    keepsNames = true
    emit(
      body.bytes.upperBound..<query.range.bytes.upperBound,
      children: SyntaxNode.query(query).children.filter {
        $0.range.bytes.lowerBound >= body.bytes.upperBound
      }
    )
    keepsNames = false
  }

  /// `TOP n` goes to the end as LIMIT.
  private mutating func emitLimit(_ top: Select.Top) {
    write(" LIMIT ", for: top.range)
    emit(top.count)
  }

  mutating func emit(_ body: QueryBody) {
    guard case .combined(let first, let terms) = body.kind else {
      if case .values = body.kind { checkValues(body) }
      return emitUnchanged(.body(body))
    }
    emitMember(first)
    var position = first.range.bytes.upperBound
    for term in terms {
      check(term)
      if term.operator == .minus {
        copy(position..<term.operatorRange.bytes.lowerBound)
        write("EXCEPT", for: term.operatorRange)
        copy(term.operatorRange.bytes.upperBound..<term.right.range.bytes.lowerBound)
      } else {
        copy(position..<term.right.range.bytes.lowerBound)
      }
      emitMember(term.right)
      position = term.right.range.bytes.upperBound
    }
  }

  /// A member of a set operation; what gets a LIMIT or a WHERE around it needs parentheses.
  private mutating func emitMember(_ body: QueryBody) {
    guard case .select(let select) = body.kind, select.top != nil || select.qualify != nil else {
      return emit(body)
    }
    let query = Query(
      range: body.range,
      with: nil,
      body: body,
      order: [],
      orderRange: nil,
      limit: nil,
      limitRange: nil
    )
    write("(", for: body.range)
    emit(query)
    write(")", for: body.range)
  }

  // MARK: SELECT

  mutating func emit(_ select: Select) {
    check(select)
    emitSelectHead(select)
    emitItems(select)
    emitTail(select, from: itemsEnd(select))
  }

  /// SELECT, DISTINCT and ALL; TOP is left out.
  private mutating func emitSelectHead(_ select: Select) {
    let start = select.range.bytes.lowerBound
    guard let first = select.items.first else { return copy(start..<itemsEnd(select)) }
    let end = first.range.bytes.lowerBound
    guard let top = select.top else { return copy(start..<end) }
    let range = top.range.bytes
    copy(start..<range.lowerBound)
    // The blank behind `TOP n` goes with it.
    copy(min(range.upperBound + 1, end)..<end)
  }

  private func itemsEnd(_ select: Select) -> Int {
    let last = select.items.last?.range.bytes.upperBound ?? select.range.bytes.lowerBound + 6
    return max(last, select.exclusion?.range.bytes.upperBound ?? 0)
  }

  private mutating func emitItems(_ select: Select) {
    if let exclusion = select.exclusion {
      return emitItems(select, without: Set(exclusion.columns.map(\.text)), at: exclusion.range)
    }
    if select.hierarchy != nil, select.items.contains(where: \.isStar) {
      // LEVEL is no column that a star stands for.
      return emitItems(select, without: [], at: select.range)
    }
    var position = select.items.first?.range.bytes.lowerBound ?? 0
    for item in select.items {
      copy(position..<item.range.bytes.lowerBound)
      emit(.item(item))
      position = item.range.bytes.upperBound
    }
  }

  private mutating func emitItems(
    _ select: Select,
    without excluded: Set<String>,
    at range: TextRange
  ) {
    var isFirst = true
    for item in select.items {
      var names: [String]?
      if item.isStar {
        guard let all = meanings.stars[item.range] else {
          wantColumns()
          return fail(
            "EXCLUDE of columns from a table whose columns are not known",
            at: range,
            help: "list the columns"
          )
        }
        names = all.map(\.sql)
        if names?.isEmpty == true { continue }
      } else if select.exclusion != nil, let name = item.outputName, excluded.contains(name) {
        continue
      }
      if !isFirst { write(", ", for: item.range) }
      isFirst = false
      if let names {
        write(names.joined(separator: ", "), for: item.range)
      } else {
        emit(.item(item))
      }
    }
  }

  /// Everything from `position`, which is behind the select list.
  private mutating func emitTail(_ select: Select, from position: Int) {
    var children = SyntaxNode.select(select).children.filter {
      $0.range.bytes.lowerBound >= position
    }
    var patches: [Patch] = []
    if let into = select.into, into.isTemporary, into.name.parts.last?.isTemporary == true {
      let start = into.range.bytes.lowerBound
      patches.append(
        Patch(range: start..<into.name.range.bytes.lowerBound) {
          $0.write("INTO TEMP ", for: into.range)
        }
      )
      children.removeAll {
        $0.range.bytes.upperBound > start
          && $0.range.bytes.upperBound <= into.name.range.bytes.lowerBound
      }
    }
    if let grouping = select.grouping, grouping.isAll {
      patches.append(Patch(range: grouping.range.bytes) { $0.emitGroupingOfAll(select) })
    }
    patches += hierarchyPatches(select)
    patches += outerJoinPatches(select)
    emit(position..<select.range.bytes.upperBound, children: children, patches: patches)
  }

  /// GROUP BY ALL: by the places of all items that are no aggregates.
  private mutating func emitGroupingOfAll(_ select: Select) {
    guard let grouping = select.grouping else { return }
    var places: [String] = []
    var place = 0
    for item in select.items {
      if item.isStar {
        guard let columns = meanings.stars[item.range] else {
          wantColumns()
          return fail("GROUP BY ALL with *", at: grouping.range, help: "list the columns")
        }
        for _ in columns {
          place += 1
          places.append("\(place)")
        }
        continue
      }
      place += 1
      if !item.value.hasAggregate { places.append("\(place)") }
    }
    guard !places.isEmpty else { return }
    write("GROUP BY \(places.joined(separator: ", "))", for: grouping.range)
  }

  // MARK: QUALIFY

  /// `SELECT list FROM (SELECT …, condition AS k FROM …) AS q WHERE q.k`, order and limit outside.
  private mutating func emitQualified(_ select: Select, in query: Query) {
    guard let qualify = select.qualify else { return }
    let inner = makeName("q")
    if let with = query.with {
      emit(
        query.range.bytes.lowerBound..<select.range.bytes.lowerBound,
        children: with.tables.map { .query($0.query) }
      )
    }
    var outerItems: [String] = []
    var innerItems: [QualifiedItem] = []
    for item in select.items {
      if let columns = meanings.stars[item.range] {
        for column in columns {
          let name = makeName("c")
          outerItems.append("\(inner).\(name) AS \(SQLQuoting.identifier(column.name))")
          innerItems.append(.row(column.sql, name: name))
        }
      } else if case .star(let qualifier) = item.value.kind {
        guard let tables = rowTables(select.from, qualifier.last?.text), !tables.isEmpty else {
          wantColumns()
          return fail(
            "QUALIFY with * over these tables",
            at: qualify.range,
            help: "list the columns, or select from one table with an alias"
          )
        }
        for table in tables {
          let name = makeName("r")
          outerItems.append("(\(inner).\(name)).*")
          innerItems.append(.row(SQLQuoting.identifier(table), name: name))
        }
      } else {
        let name = makeName("c")
        let label = SQLQuoting.identifier(item.outputName ?? "?column?")
        outerItems.append("\(inner).\(name) AS \(label)")
        innerItems.append(.value(item, name: name))
      }
    }
    if case .distinct = select.quantifier {
      write("SELECT DISTINCT ", for: qualify.range)
    } else {
      write("SELECT ", for: qualify.range)
    }
    write(outerItems.joined(separator: ", "), for: qualify.range)
    if let targets = select.targets {
      write(" ", for: targets.range)
      copy(targets.range)
    }
    write(" FROM (SELECT ", for: qualify.range)
    check(select)
    for item in innerItems {
      switch item {
      case .row(let table, let name):
        write("\(table) AS \(name), ", for: qualify.range)
      case .value(let item, let name):
        emit(item.value)
        write(" AS \(name), ", for: item.range)
      }
    }
    // In QUALIFY a name is more often one of the list than a column.
    prefersAliases = true
    emit(qualify.condition)
    prefersAliases = false
    let keep = makeName("k")
    write(" AS \(keep)", for: qualify.range)
    let order = emitInnerOrder(query, select, inner)
    write(" ", for: qualify.range)
    var bare = select
    bare.range.bytes = select.range.bytes.lowerBound..<qualify.range.bytes.lowerBound
    bare.qualify = nil
    emitTail(bare, from: select.fromRange?.bytes.lowerBound ?? bare.range.bytes.upperBound)
    write(") AS \(inner) WHERE \(inner).\(keep)", for: qualify.range)
    emitOrderAndLimit(query, order)
    if let top = select.top { emitLimit(top) }
  }

  private enum QualifiedItem {
    /// A whole row of a table, or a column that a star stands for, as SQL.
    case row(String, name: String)
    case value(SelectItem, name: String)
  }

  /// The exposed names of the tables that a star stands for; nil where they cannot be told.
  private func rowTables(_ from: [TableReference], _ qualifier: String?) -> [String]? {
    if let qualifier { return [qualifier] }
    var names: [String] = []
    for table in from {
      switch table.kind {
      case .joined(let first, let joins):
        guard let some = rowTables([first], nil) else { return nil }
        names += some
        for join in joins {
          switch join.condition {
          case .using, .natural: return nil
          case .on, .none: break
          }
          guard let more = rowTables([join.right], nil) else { return nil }
          names += more
        }
      case .parenthesized(let inner) where table.alias == nil:
        guard let some = rowTables([inner], nil) else { return nil }
        names += some
      default:
        guard let name = table.exposedName, !meanings.elements.contains(table.range) else {
          return nil
        }
        names.append(name)
      }
    }
    return names
  }

  /// Adds what ORDER BY needs to the inner list.
  ///
  /// - Returns: the outer spelling of each item of ORDER BY; nil to keep it.
  private mutating func emitInnerOrder(
    _ query: Query,
    _ select: Select,
    _ inner: String
  ) -> [String?] {
    let outputs = Set(select.items.compactMap(\.outputName))
    let hasStar = select.items.contains {
      if case .star = $0.value.kind { return true }
      return false
    }
    return query.order.map { item in
      switch item.value.kind {
      case .literal: return nil
      case .column(let parts) where parts.count == 1:
        if hasStar || outputs.contains(parts[0].text) { return nil }
      default: break
      }
      let name = makeName("o")
      write(", ", for: item.range)
      emit(item.value)
      write(" AS \(name)", for: item.range)
      return "\(inner).\(name)"
    }
  }

  private mutating func emitOrderAndLimit(_ query: Query, _ order: [String?]) {
    var position = query.body.range.bytes.upperBound
    for (item, replacement) in zip(query.order, order) {
      copy(position..<item.value.range.bytes.lowerBound)
      if let replacement {
        write(replacement, for: item.value.range)
      } else {
        copy(item.value.range)
      }
      position = item.value.range.bytes.upperBound
    }
    var rest: [SyntaxNode] = []
    rest.append(query.limit?.count)
    rest.append(query.limit?.offset)
    emit(position..<query.range.bytes.upperBound, children: rest)
  }
}

extension QueryBody {
  /// Where SELECT … INTO of the first member puts the result.
  fileprivate var target: ObjectName? {
    var body = self
    while true {
      switch body.kind {
      case .select(let select): return select.into?.name
      case .combined(let first, _): body = first
      case .parenthesized(let query): body = query.body
      case .values: return nil
      }
    }
  }
}

extension Expr {
  /// What stands in ORDER BY for a column of the result as it is.
  fileprivate var isNameOrLiteral: Bool {
    switch kind {
    case .column, .literal: true
    case .parenthesized(let inner): inner.isNameOrLiteral
    default: false
    }
  }
}

extension SelectItem {
  var isStar: Bool {
    if case .star = value.kind { return true }
    return false
  }
}

extension Meanings.StarColumn {
  fileprivate var sql: String {
    let prefix = table.map { SQLQuoting.identifier($0) + "." } ?? ""
    return prefix + SQLQuoting.identifier(name)
  }
}
