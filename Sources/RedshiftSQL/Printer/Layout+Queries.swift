import Diagnostics

extension Layout {
  /// Marks a query; its clauses begin with `clause`, a hard or a soft break.
  mutating func mark(_ query: Query, _ clause: Operation) {
    if let with = query.with {
      for (position, table) in with.tables.enumerated() {
        let range = tokens.indexes(of: table.range.bytes)
        if position > 0 { add(.hard, before: range.lowerBound) }
        let body = tokens.indexes(of: table.query.range.bytes)
        add(.hard, before: body.lowerBound)
        mark(table.query, .hard)
      }
      add(.hard, before: tokens.index(from: query.body.range.bytes.lowerBound))
    }
    mark(query.body, clause)
    if let range = query.orderRange { mark(query.order, in: range, clause) }
    if let range = query.limitRange {
      add(clause, before: tokens.index(from: range.bytes.lowerBound))
      mark(query.limit?.count)
      mark(query.limit?.offset)
    }
  }

  /// A query in an expression or a function, which stays on one line if it is short.
  mutating func markNested(_ query: Query) {
    if query.with == nil, case .select(let select) = query.body.kind, select.items.count < 2 {
      mark(query, .soft)
    } else {
      mark(query, .hard)
    }
  }

  private mutating func mark(_ order: [SortItem], in range: TextRange, _ clause: Operation) {
    let range = tokens.indexes(of: range.bytes)
    add(clause, before: range.lowerBound)
    markClause(range, keywords: 2) { layout in
      for item in order { layout.mark(item.value) }
    }
  }

  /// Marks a clause whose content goes to lines of its own when it does not fit.
  private mutating func markClause(
    _ range: Range<Int>,
    keywords: Int,
    _ body: (inout Layout) -> Void
  ) {
    let content = min(range.lowerBound + keywords, range.upperBound)..<range.upperBound
    group(range) { layout in
      layout.indent(content, .soft) { layout in
        layout.breakBehindCommas(content, .soft)
        body(&layout)
      }
    }
  }

  /// Marks a clause of a keyword and a condition, such as WHERE.
  private mutating func markCondition(_ condition: Expr, _ clause: Operation) {
    let range = tokens.indexes(of: condition.range.bytes)
    add(clause, before: range.lowerBound - 1)
    group(range.lowerBound - 1..<range.upperBound) { layout in
      layout.indent(range, .soft) { $0.mark(condition) }
    }
  }

  private mutating func mark(_ body: QueryBody, _ clause: Operation) {
    switch body.kind {
    case .select(let select): mark(select, clause)
    case .parenthesized(let query): markNested(query)
    case .values(let rows):
      let range = tokens.indexes(of: body.range.bytes)
      group(range) { layout in
        let content = range.lowerBound + 1..<range.upperBound
        layout.indent(content, rows.count > 1 ? .soft : nil) { layout in
          layout.breakBehindCommas(content, .soft)
          for value in rows.flatMap(\.values) { layout.mark(value) }
        }
      }
    case .combined(let first, let terms):
      mark(first, clause)
      for term in terms {
        add(clause, before: tokens.index(from: term.operatorRange.bytes.lowerBound))
        add(clause, before: tokens.index(from: term.right.range.bytes.lowerBound))
        mark(term.right, clause)
      }
    }
  }

  // MARK: SELECT

  private mutating func mark(_ select: Select, _ clause: Operation) {
    mark(select.top?.count)
    if case .distinctOn(let values) = select.quantifier { mark(values) }
    markItems(select)
    if let into = select.into {
      add(clause, before: tokens.index(from: into.range.bytes.lowerBound))
    }
    if let targets = select.targets, let first = select.items.first,
      targets.range.bytes.lowerBound > first.range.bytes.lowerBound
    {
      add(clause, before: tokens.index(from: targets.range.bytes.lowerBound))
    }
    if let range = select.fromRange { markFrom(select.from, in: range, clause) }
    if let condition = select.condition { markCondition(condition, clause) }
    if let hierarchy = select.hierarchy { mark(hierarchy, clause) }
    if let grouping = select.grouping { mark(grouping, clause) }
    if let having = select.having { markCondition(having, clause) }
    if let qualify = select.qualify { markCondition(qualify.condition, clause) }
    if let first = select.windows.first, let last = select.windows.last {
      let start = tokens.index(from: first.range.bytes.lowerBound) - 1
      let end = tokens.index(from: last.range.bytes.upperBound)
      add(clause, before: start)
      markClause(start..<end, keywords: 1) { layout in
        for window in select.windows { layout.mark(window.definition) }
      }
    }
  }

  private mutating func markItems(_ select: Select) {
    guard let first = select.items.first, let last = select.items.last else { return }
    let end = max(
      last.range.bytes.upperBound,
      select.exclusion?.range.bytes.upperBound ?? 0
    )
    let range = tokens.index(from: first.range.bytes.lowerBound)..<tokens.index(from: end)
    guard select.items.count > 1 else { return mark(first.value) }
    indent(range, .hard) { layout in
      for item in select.items {
        if item.range != first.range {
          layout.add(.hard, before: layout.tokens.index(from: item.range.bytes.lowerBound))
        }
        layout.markItem(item)
      }
    }
  }

  mutating func markItem(_ item: SelectItem) {
    let range = tokens.indexes(of: item.range.bytes)
    group(range) { $0.mark(item.value) }
  }

  private mutating func mark(_ hierarchy: Select.Hierarchy, _ clause: Operation) {
    let range = tokens.indexes(of: hierarchy.range.bytes)
    if let start = index(of: .start, in: range) { add(clause, before: start) }
    if let connect = index(of: .connect, in: range) { add(clause, before: connect) }
    mark(hierarchy.start)
    mark(hierarchy.connection)
  }

  private mutating func mark(_ grouping: Grouping, _ clause: Operation) {
    let range = tokens.indexes(of: grouping.range.bytes)
    add(clause, before: range.lowerBound)
    markClause(range, keywords: 2) { layout in
      for element in grouping.elements { layout.mark(element) }
    }
  }

  private mutating func mark(_ element: Grouping.Element) {
    switch element {
    case .value(let value): mark(value)
    case .rollup(let values), .cube(let values):
      if let first = values.first {
        setClose(tokens.index(from: first.range.bytes.lowerBound) - 1)
      }
      mark(values)
    case .sets(let elements): for element in elements { mark(element) }
    case .empty: break
    }
  }

  // MARK: FROM

  private mutating func markFrom(
    _ tables: [TableReference],
    in range: TextRange,
    _ clause: Operation
  ) {
    let range = tokens.indexes(of: range.bytes)
    add(clause, before: range.lowerBound)
    guard tables.count > 1 else {
      for table in tables { mark(table, clause) }
      return
    }
    markClause(range, keywords: 1) { layout in
      for table in tables { layout.mark(table, clause) }
    }
  }

  /// Marks what stands behind FROM or USING of a statement.
  mutating func mark(_ table: TableReference, _ clause: Operation) {
    switch table.kind {
    case .named: break
    case .subquery(let query, _): markNested(query)
    case .function(let value, _), .attributes(let value), .unnested(let value, _): mark(value)
    case .parenthesized(let inner): mark(inner, .soft)
    case .pivot(let inner, let pivot):
      mark(inner, clause)
      for item in pivot.aggregates + pivot.values { mark(item.value) }
      mark(pivot.column)
    case .unpivot(let inner, let unpivot):
      mark(inner, clause)
      for item in unpivot.columns { mark(item.value) }
    case .joined(let first, let joins):
      mark(first, clause)
      for join in joins { mark(join, clause) }
    }
  }

  private mutating func mark(_ join: Join, _ clause: Operation) {
    let range = tokens.indexes(of: join.range.bytes)
    add(clause, before: range.lowerBound)
    mark(join.right, clause)
    guard case .on(let condition) = join.condition else { return }
    let content = tokens.indexes(of: condition.range.bytes)
    indent(content.lowerBound - 1..<content.upperBound, clause) { $0.mark(condition) }
  }
}
