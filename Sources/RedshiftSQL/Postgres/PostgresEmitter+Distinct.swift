import Diagnostics

/// DISTINCT and set operations over text: rows that differ in blanks at the ends of their values
/// alone are one row. GROUP BY says so, with the smallest of the values for all of them.
extension PostgresEmitter {
  /// The columns of a query with DISTINCT, if blanks in one of them would matter.
  mutating func textColumns(ofDistinct select: Select) -> [Meanings.ResultColumn]? {
    guard case .distinct = select.quantifier else { return nil }
    guard var columns = meanings.results[select.range] else {
      wantColumns()
      return nil
    }
    if columns.contains(where: { !$0.isKnown }) { wantColumns() }
    if select.items.count == columns.count {
      // What is compared with the result of this query has become BPCHAR already.
      for (index, item) in select.items.enumerated() where blankPaddedItems.contains(item.range) {
        columns[index].canEndInBlank = false
      }
    }
    return columns.contains(where: \.canEndInBlank) ? columns : nil
  }

  /// The columns of a set operation, if blanks in one of them would matter.
  mutating func textColumns(
    ofSets body: QueryBody,
    _ terms: [QueryBody.SetTerm]
  ) -> [Meanings.ResultColumn]? {
    guard terms.contains(where: { !$0.keepsDuplicates }), !recursiveBodies.contains(body.range)
    else { return nil }
    guard let columns = meanings.results[body.range] else {
      wantColumns()
      return nil
    }
    if columns.contains(where: { !$0.isKnown }) { wantColumns() }
    return columns.contains(where: \.canEndInBlank) ? columns : nil
  }

  /// Turns the items of a list into those of groups.
  ///
  /// - Parameters:
  ///   - items: the items as SQL; those of text become the smallest value of a group.
  ///   - columns: what is known of each.
  ///   - values: the value of each as SQL.
  /// - Returns: what to group by.
  mutating func makeDistinct(
    _ items: inout [String],
    _ columns: [Meanings.ResultColumn],
    _ values: [String]
  ) -> [String] {
    var groups = values
    for (index, column) in columns.enumerated() where column.canEndInBlank {
      let name = SQLQuoting.identifier(column.name)
      items[index] = "min(\(values[index]))\(lasting(column.cast)) AS \(name)"
      groups[index] = "\(values[index])::bpchar"
    }
    return groups
  }

  /// A query with DISTINCT and an order, which can name the columns of the result only.
  mutating func emitOrderedByColumns(_ query: Query) {
    let end = query.body.range.bytes.upperBound
    let children = SyntaxNode.query(query).children
    emit(
      query.range.bytes.lowerBound..<end,
      children: children.filter { $0.range.bytes.upperBound <= end }
    )
    // Equal values are followed by the next item, whatever their blanks.
    let values = distinctValues.removeValue(forKey: query.body.range) ?? []
    var patches: [Patch] = []
    for item in query.order {
      let range = item.value.range
      var text = meanings.orderPlaces[range].map { "\($0)" }
      if item.range != query.order.last?.range, let columns = meanings.results[query.body.range] {
        let place = meanings.orderPlaces[range].map { $0 - 1 } ?? resultColumn(item, columns)
        if let place, values.indices.contains(place), columns[place].canEndInBlank {
          text = "min(\(values[place]))::bpchar"
        }
      }
      if let text { patches.append(Patch(range: range.bytes) { $0.write(text, for: range) }) }
    }
    keepsNames = true
    emit(
      end..<query.range.bytes.upperBound,
      children: children.filter { $0.range.bytes.lowerBound >= end },
      patches: patches
    )
    keepsNames = false
  }

  // MARK: DISTINCT

  mutating func emitDistinct(_ select: Select, _ columns: [Meanings.ResultColumn]) {
    let isNew = bareSelects.insert(select.range).inserted
    let side = sides.removeValue(forKey: select.range)
    let rows = makeRows(of: columns)
    let hasTarget = isNew && !bareTargets.contains(select.range)
    emitHead(columns, rows, side: side, target: hasTarget ? select : nil, select.range)
    emitParts(of: select)
    emitFoot(columns, rows, select.range)
    distinctValues[select.range] = rows.columns.map { "\(rows.table).\($0)" }
    if isNew { bareSelects.remove(select.range) }
  }

  /// The rows of a table, each once.
  mutating func emitDistinctRows(of table: TableReference, _ range: TextRange) {
    let columns = resultColumns(of: table) ?? []
    var items = columns.map { SQLQuoting.identifier($0.name) }
    let groups = makeDistinct(&items, columns, items)
    let hasText = columns.contains(where: \.canEndInBlank)
    let list = hasText ? items.joined(separator: ", ") : "DISTINCT *"
    write("SELECT \(list) FROM ", for: range)
    emit(table)
    if hasText { write(" GROUP BY \(groups.joined(separator: ", "))", for: range) }
  }

  private mutating func resultColumns(of table: TableReference) -> [Meanings.ResultColumn]? {
    switch table.kind {
    case .named(let name):
      return columns(of: name.relation)?.map { column in
        Meanings.ResultColumn(
          name: column.name,
          type: column.type,
          canEndInBlank: column.type.isText && column.facts.canEndInBlank,
          cast: column.facts.textCast
        )
      }
    case .subquery(let query, _):
      guard let columns = meanings.results[query.body.range] else {
        wantColumns()
        return nil
      }
      if columns.contains(where: { !$0.isKnown }) { wantColumns() }
      return columns
    default: return nil
    }
  }

  /// The name of a derived table and those of its columns.
  private struct Rows {
    var table: String
    var columns: [String]
    var side: String
  }

  private mutating func makeRows(of columns: [Meanings.ResultColumn]) -> Rows {
    Rows(
      table: makeName("q"),
      columns: columns.map { _ in makeName("c") },
      side: makeName("side")
    )
  }

  /// `SELECT min(q.c)::varchar(9) AS name, … FROM (`.
  private mutating func emitHead(
    _ columns: [Meanings.ResultColumn],
    _ rows: Rows,
    side: Int?,
    target: Select?,
    _ range: TextRange
  ) {
    let values = rows.columns.map { "\(rows.table).\($0)" }
    var items = zip(values, columns).map { "\($0) AS \(SQLQuoting.identifier($1.name))" }
    _ = makeDistinct(&items, columns, values)
    if let side { items.append("\(side)") }
    write("SELECT \(items.joined(separator: ", "))", for: range)
    if let target { emitTargets(of: target) }
    write(" FROM (", for: range)
  }

  /// `) AS q(c, …) GROUP BY q.c::bpchar, …`.
  private mutating func emitFoot(
    _ columns: [Meanings.ResultColumn],
    _ rows: Rows,
    hasSides: Bool = false,
    _ range: TextRange
  ) {
    let values = rows.columns.map { "\(rows.table).\($0)" }
    var items = values
    let groups = makeDistinct(&items, columns, values)
    let names = rows.columns + (hasSides ? [rows.side] : [])
    write(") AS \(rows.table)(\(names.joined(separator: ", ")))", for: range)
    write(" GROUP BY \(groups.joined(separator: ", "))", for: range)
  }

  // MARK: Set operations

  /// How deep set operations of different kinds are nested in what is written.
  private static let maximumSets = 50
  /// How many sides INTERSECT tells apart at once, each by a bit.
  private static let maximumSides = 30

  mutating func emitTextSets(
    _ first: QueryBody,
    _ terms: [QueryBody.SetTerm],
    _ columns: [Meanings.ResultColumn],
    _ body: QueryBody
  ) {
    guard let select = first.firstSelect else {
      return emitSets(first, terms[...], columns, target: nil, side: nil, depth: 0)
    }
    let isNew = bareTargets.insert(select.range).inserted
    emitSets(first, terms[...], columns, target: isNew ? select : nil, side: nil, depth: 0)
    if isNew { bareTargets.remove(select.range) }
  }

  /// Writes operations read from the left: the last one that makes rows distinct is the outermost.
  private mutating func emitSets(
    _ first: QueryBody,
    _ terms: ArraySlice<QueryBody.SetTerm>,
    _ columns: [Meanings.ResultColumn],
    target: Select?,
    side: Int?,
    depth: Int
  ) {
    guard let last = terms.lastIndex(where: { !$0.keepsDuplicates }) else {
      emitMember(first, side: side)
      return emitUnions(terms, side: side)
    }
    let term = terms[last]
    guard depth < Self.maximumSets else {
      return fail(
        "more than \(Self.maximumSets) set operations of different kinds in turn",
        at: term.operatorRange,
        help: "put the first ones into a subquery"
      )
    }
    let isUnion = term.operator == .union
    // Operations of one kind in turn are one: what is before them is their left side.
    let others = terms[..<last].lastIndex {
      ($0.operator == .union) != isUnion || (!isUnion && $0.keepsDuplicates)
    }
    var start = others.map { $0 + 1 } ?? terms.startIndex
    if term.operator == .intersect { start = max(start, last - Self.maximumSides + 2) }
    let rows = makeRows(of: columns)
    emitHead(columns, rows, side: side, target: target, term.operatorRange)
    emitSets(
      first,
      terms[..<start],
      columns,
      target: nil,
      side: isUnion ? nil : 1,
      depth: depth + 1
    )
    let run = terms[start...last]
    if isUnion {
      emitUnions(run, side: nil)
    } else {
      for (index, right) in run.enumerated() {
        write(" UNION ALL ", for: right.operatorRange)
        emitMember(right.right, side: term.operator == .intersect ? 1 << (index + 1) : 2)
      }
    }
    emitFoot(columns, rows, hasSides: !isUnion, term.operatorRange)
    if !isUnion {
      // Each side is a bit: all of them, or the left one alone.
      let sides = term.operator == .intersect ? (1 << (run.count + 1)) - 1 : 1
      write(" HAVING bit_or(\(rows.table).\(rows.side)) = \(sides)", for: term.operatorRange)
    }
    emitUnions(terms[(last + 1)...], side: side)
  }

  /// Adds rows as they are.
  private mutating func emitUnions(_ terms: ArraySlice<QueryBody.SetTerm>, side: Int?) {
    for term in terms {
      write(" UNION ALL ", for: term.operatorRange)
      emitMember(term.right, side: side)
    }
  }

  /// A member of a set operation, with a column more that says on what side it stands.
  private mutating func emitMember(_ body: QueryBody, side: Int?) {
    guard let side else { return emitMember(body) }
    if convertedBodies[body.range] == nil, case .select(let select) = body.kind,
      select.top == nil, select.qualify == nil
    {
      sides[select.range] = side
      emit(body)
      sides[select.range] = nil
      return
    }
    write("SELECT *, \(side) FROM (", for: body.range)
    emitMember(body)
    write(") AS \(makeName("s"))", for: body.range)
  }
}
