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
    if keptQueries.remove(query.range) != nil { return emitStored(query) }
    check(query)
    if let with = query.with, with.isRecursive {
      for table in with.tables where table.readsItself {
        recursiveBodies.insert(table.query.body.range)
      }
    }
    guard case .select(let select) = query.body.kind else {
      if case .combined(let first, _) = query.body.kind, first.firstSelect?.into == nil,
        query.order.contains(where: { !$0.value.isNameOrLiteral })
          || comparesText(inOrderOf: query)
      {
        return emitOrderedAround(query)
      }
      return emitUnchanged(.query(query))
    }
    selects.append(select.range)
    defer { selects.removeLast() }
    if select.qualify != nil { return emitQualified(select, in: query) }
    if case .distinct = select.quantifier, select.into == nil, hasOrderOfAliases(query) {
      emitOrderedAround(query)
    } else if textColumns(ofDistinct: select) != nil {
      emitOrderedByColumns(query)
    } else if query.order.count > 1 {
      let patches = orderPatches(query, select)
      emit(query.range.bytes, children: SyntaxNode.query(query).children, patches: patches)
    } else {
      emitUnchanged(.query(query))
    }
    if let top = select.top { emitLimit(top) }
  }

  /// Whether ORDER BY computes with names of the select list, and with nothing else.
  private func hasOrderOfAliases(_ query: Query) -> Bool {
    var hasExpression = false
    for item in query.order where !item.value.isNameOrLiteral {
      var (hasAlias, hasOther) = (false, false)
      SyntaxNode.expr(item.value).walk { node in
        if case .expr(let expr) = node, case .column(let parts) = expr.kind {
          let isAlias =
            parts.count == 1 && parts.first.map { meanings.aliases[$0.range] != nil } == true
          hasAlias = hasAlias || isAlias
          hasOther = hasOther || !isAlias
        }
        return !hasOther
      }
      guard hasAlias, !hasOther else { return false }
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
    let patches = orderPatchesAround(query)
    keepsNames = true
    emit(
      body.bytes.upperBound..<query.range.bytes.upperBound,
      children: SyntaxNode.query(query).children.filter {
        $0.range.bytes.lowerBound >= body.bytes.upperBound
      },
      patches: patches
    )
    keepsNames = false
  }

  /// `TOP n` goes to the end as LIMIT.
  mutating func emitLimit(_ top: Select.Top) {
    write(" LIMIT ", for: top.range)
    emit(top.count)
  }

  mutating func emit(_ body: QueryBody) {
    if !convertedBodies.isEmpty, emitConverted(body) { return }
    guard case .combined(let first, let terms) = body.kind else {
      if case .values = body.kind { checkValues(body) }
      return emitUnchanged(.body(body))
    }
    for term in terms { check(term) }
    noteMembers(of: body, [first] + terms.map(\.right))
    if let columns = textColumns(ofSets: body, terms) {
      return emitTextSets(first, terms, columns, body)
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
  mutating func emitMember(_ body: QueryBody) {
    guard convertedBodies[body.range] == nil, case .select(let select) = body.kind,
      select.top != nil || select.qualify != nil
    else { return emit(body) }
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
    selects.append(select.range)
    defer { selects.removeLast() }
    if let columns = textColumns(ofDistinct: select) { return emitDistinct(select, columns) }
    emitParts(of: select)
  }

  mutating func emitParts(of select: Select) {
    emitSelectHead(select)
    emitItems(select)
    if let side = sides[select.range] { write(", \(side)", for: select.range) }
    emitTail(select, from: itemsEnd(select))
  }

  /// SELECT, DISTINCT and ALL; TOP is left out.
  private mutating func emitSelectHead(_ select: Select) {
    let start = select.range.bytes.lowerBound
    guard let first = select.items.first else { return copy(start..<itemsEnd(select)) }
    let end = first.range.bytes.lowerBound
    var left: [TextRange] = []
    if let top = select.top { left.append(top.range) }
    let isBare = bareSelects.contains(select.range)
    if isBare, case .distinct(let range) = select.quantifier { left.append(range) }
    if let targets = select.targets, isBare || bareTargets.contains(select.range) {
      left.append(targets.range)
    }
    var position = start
    for range in left.sorted(by: { $0.bytes.lowerBound < $1.bytes.lowerBound })
    where range.bytes.lowerBound < end {
      copy(position..<range.bytes.lowerBound)
      // The blank behind `TOP n` goes with it.
      position = min(range.bytes.upperBound + 1, end)
    }
    copy(position..<end)
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
      if item.isStar, let columns = writtenStar(item, of: select) {
        write(columns.map { starItem($0) }.joined(separator: ", "), for: item.range)
      } else {
        emit(.item(item))
      }
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
        names = all.map { starItem($0) }
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
  mutating func emitTail(_ select: Select, from position: Int) {
    let children = SyntaxNode.select(select).children.filter {
      $0.range.bytes.lowerBound >= position
    }
    var patches: [Patch] = []
    let place = selects.last ?? select.range
    if bareSelects.contains(place) || bareTargets.contains(place) {
      for range in [select.into?.range, select.targets?.range].compactMap({ $0 }) {
        patches.append(Patch(range: range.bytes) { _ in })
      }
    } else if let into = select.into {
      patches.append(Patch(range: into.range.bytes) { $0.emit(into) })
    }
    patches += groupPatches(select)
    patches += keyTablePatches(select)
    patches += hierarchyPatches(select)
    patches += outerJoinPatches(select)
    // From HAVING on values are those of groups.
    let groups = [select.having?.range, select.windows.first?.definition.range]
    let end = select.range.bytes.upperBound
    let split = groups.compactMap { $0?.bytes.lowerBound }.min() ?? end
    ofRows(of: place) {
      $0.emit(
        position..<split,
        children: children.filter { $0.range.bytes.upperBound <= split },
        patches: patches
      )
    }
    emit(split..<end, children: children.filter { $0.range.bytes.lowerBound >= split })
  }

  /// INTO, where it stands around what the query itself becomes.
  mutating func emitTargets(of select: Select) {
    if let into = select.into {
      write(" ", for: into.range)
      emit(into)
    }
    if let targets = select.targets {
      write(" ", for: targets.range)
      copy(targets.range)
    }
  }

  private mutating func emit(_ into: Select.Into) {
    if into.isTemporary, into.name.parts.last?.isTemporary == true {
      write("INTO TEMP ", for: into.range)
      emit(into.name)
    } else {
      emit(into.range.bytes, children: [.relation(into.name)])
    }
  }
}

extension QueryBody {
  /// The query that is written first.
  var firstSelect: Select? {
    var body = self
    while true {
      switch body.kind {
      case .select(let select): return select
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
