import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ query: Query) {
    columns.enter(query.with)
    // Aliases of a select list mean nothing in the queries inside of it.
    aliases.append([:])
    defer {
      columns.leave()
      aliases.removeLast()
    }
    if case .select(let select) = query.body.kind {
      tables.append(Set(select.from.flatMap(\.exposedNames)))
      defer { tables.removeLast() }
      if select.qualify != nil { return emitQualified(select, in: query) }
      emitUnchanged(.query(query))
      if let top = select.top { emitLimit(top) }
      return
    }
    emitUnchanged(.query(query))
  }

  /// `TOP n` goes to the end as LIMIT.
  private mutating func emitLimit(_ top: Select.Top) {
    write(" LIMIT ", for: top.range)
    emit(top.count)
  }

  mutating func emit(_ body: QueryBody) {
    guard case .combined(let first, let terms) = body.kind else {
      return emitUnchanged(.body(body))
    }
    emitMember(first)
    var position = first.range.bytes.upperBound
    for term in terms {
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
    if let hierarchy = select.hierarchy {
      fail("CONNECT BY", at: hierarchy.range, help: "WITH RECURSIVE runs on both")
    }
    if let grouping = select.grouping, grouping.isAll {
      fail("GROUP BY ALL", at: grouping.range, help: "list the columns")
    }
    aliases.append([:])
    tables.append(Set(select.from.flatMap(\.exposedNames)))
    defer {
      aliases.removeLast()
      tables.removeLast()
    }
    emitSelectHead(select)
    emitItems(select)
    emitTail(select, from: itemsEnd(select))
  }

  /// SELECT, DISTINCT and ALL; TOP is left out.
  private mutating func emitSelectHead(_ select: Select) {
    let start = select.range.bytes.lowerBound
    guard let first = select.items.first else { return copy(start..<itemsEnd(select)) }
    let end = first.range.bytes.lowerBound
    var children: [SyntaxNode] = []
    if case .distinctOn(let values) = select.quantifier { children = values.map { .expr($0) } }
    guard let top = select.top else { return emit(start..<end, children: children) }
    let range = top.range.bytes
    emit(
      start..<range.lowerBound,
      children: children.filter { $0.range.bytes.upperBound < range.lowerBound }
    )
    // The blank behind `TOP n` goes with it.
    let behind = min(range.upperBound + 1, end)
    emit(behind..<end, children: children.filter { $0.range.bytes.lowerBound > range.lowerBound })
  }

  private func itemsEnd(_ select: Select) -> Int {
    let last = select.items.last?.range.bytes.upperBound ?? select.range.bytes.lowerBound + 6
    return max(last, select.exclusion?.range.bytes.upperBound ?? 0)
  }

  private mutating func emitItems(_ select: Select) {
    if let exclusion = select.exclusion { return emitItems(select, without: exclusion) }
    let known = columns.columns(of: select.from).map(Set.init)
    var position = select.items.first?.range.bytes.lowerBound ?? 0
    for item in select.items {
      copy(position..<item.range.bytes.lowerBound)
      emit(.item(item))
      position = item.range.bytes.upperBound
      // Only where FROM surely has no column of that name does a name mean the earlier item.
      if let known, let alias = item.alias, !known.contains(alias.text), !aliases.isEmpty {
        aliases[aliases.count - 1][alias.text] = item.value
      }
    }
  }

  private mutating func emitItems(_ select: Select, without exclusion: Select.Exclusion) {
    let excluded = Set(exclusion.columns.map(\.text))
    var isFirst = true
    for item in select.items {
      var names: [String]?
      if case .star(let qualifier) = item.value.kind {
        guard let all = columns.columns(of: select.from, qualifier: qualifier.last?.text) else {
          return fail(
            "EXCLUDE of columns from a table whose columns are not known",
            at: exclusion.range,
            help: "list the columns"
          )
        }
        let prefix = qualifier.last.map { SQLQuoting.identifier($0.text) + "." } ?? ""
        names = all.filter { !excluded.contains($0) }
          .map { prefix + SQLQuoting.identifier($0) }
        if names?.isEmpty == true { continue }
      } else if let name = item.outputName, excluded.contains(name) {
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
    if let into = select.into, into.isTemporary, into.name.parts.last?.isTemporary == true {
      copy(position..<into.range.bytes.lowerBound)
      write("INTO TEMP ", for: into.range)
      children.removeAll { $0.range.bytes.upperBound <= into.name.range.bytes.lowerBound }
      return emit(
        into.name.range.bytes.lowerBound..<select.range.bytes.upperBound,
        children: children
      )
    }
    emit(position..<select.range.bytes.upperBound, children: children)
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
      if case .star(let qualifier) = item.value.kind {
        guard let tables = rowTables(select.from, qualifier.last?.text), !tables.isEmpty else {
          return fail(
            "QUALIFY with * over these tables",
            at: qualify.range,
            help: "list the columns, or select from one table with an alias"
          )
        }
        for table in tables {
          let name = makeName("r")
          outerItems.append("(\(inner).\(name)).*")
          innerItems.append(.row(table, name: name))
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
    write(" FROM (SELECT ", for: qualify.range)
    aliases.append([:])
    let known = columns.columns(of: select.from).map(Set.init)
    for item in innerItems {
      switch item {
      case .row(let table, let name):
        write("\(SQLQuoting.identifier(table)) AS \(name), ", for: qualify.range)
      case .value(let item, let name):
        emit(item.value)
        write(" AS \(name), ", for: item.range)
        if let known, let alias = item.alias, !known.contains(alias.text) {
          aliases[aliases.count - 1][alias.text] = item.value
        }
      }
    }
    // In QUALIFY the aliases of the whole list are in sight.
    for item in select.items {
      if let alias = item.alias { aliases[aliases.count - 1][alias.text] = item.value }
    }
    emit(qualify.condition)
    let keep = makeName("k")
    write(" AS \(keep)", for: qualify.range)
    let order = emitInnerOrder(query, select, inner)
    aliases.removeLast()
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
        guard let name = table.exposedName else { return nil }
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

  // MARK: FROM

  mutating func emit(_ table: TableReference) {
    switch table.kind {
    case .subquery where table.alias == nil:
      emitUnchanged(.table(table))
      let name = makeName("sq")
      write(" AS \(name)", for: table.range)
    case .pivot(_, let pivot):
      fail("PIVOT", at: pivot.range, help: "sum(CASE WHEN … END) with GROUP BY runs on both")
    case .unpivot(_, let unpivot):
      fail("UNPIVOT", at: unpivot.range, help: "UNION ALL of one SELECT per column runs on both")
    case .attributes(let value): fail("UNPIVOT of a SUPER value", at: value.range)
    case .function(let value, _):
      if case .navigation = value.kind {
        fail("a SUPER value in FROM", at: value.range)
      }
      emitUnchanged(.table(table))
    case .named, .subquery, .joined, .parenthesized:
      if let position = table.alias?.position {
        fail("AT in FROM", at: position.range)
      }
      emitUnchanged(.table(table))
    }
  }
}

extension TableReference {
  /// The names that columns of these tables can be qualified with.
  fileprivate var exposedNames: [String] {
    switch kind {
    case .joined(let first, let joins):
      return first.exposedNames + joins.flatMap { $0.right.exposedNames }
    case .parenthesized(let inner):
      return inner.exposedNames + (alias.map { [$0.name.text] } ?? [])
    case .function(let value, _):
      if alias == nil, case .call(let call) = value.kind { return [call.name.last] }
      return alias.map { [$0.name.text] } ?? []
    default: return exposedName.map { [$0] } ?? []
    }
  }
}
