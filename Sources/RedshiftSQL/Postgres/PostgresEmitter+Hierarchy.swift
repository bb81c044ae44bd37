import Diagnostics

/// CONNECT BY as a recursive query, and joins with (+) as LEFT JOIN.
extension PostgresEmitter {
  /// FROM becomes the rows of the hierarchy with their LEVEL, and the clause itself goes.
  mutating func hierarchyPatches(_ select: Select) -> [Patch] {
    guard let hierarchy = select.hierarchy else { return [] }
    guard let from = select.fromRange, select.from.count == 1, let table = select.from.first,
      let shape = HierarchyTable(table, columns: meanings.hierarchyColumns[hierarchy.range])
    else {
      if select.from.count == 1, case .subquery? = select.from.first?.kind {
        wantColumns()
        fail(
          "CONNECT BY over a subquery whose columns are not known",
          at: hierarchy.range,
          help: "list its columns instead of *"
        )
      } else {
        fail(
          "CONNECT BY over several tables",
          at: hierarchy.range,
          help: "join them in a subquery: FROM (SELECT … FROM a JOIN b ON …) AS t"
        )
      }
      return []
    }
    if shape.columns == nil { wantColumns() }
    let tokens = SQLLexer.significantTokens(of: Array(bytes[hierarchy.range.bytes]))
    let shift = hierarchy.range.bytes.lowerBound
    for token in tokens where token.kind == .word {
      let word = bytes[shift + token.start..<shift + token.stop]
      guard word.map(asciiLowercased).elementsEqual("nocycle".utf8) else { continue }
      fail("NOCYCLE", at: hierarchy.range, help: "WITH RECURSIVE and a limit of LEVEL run on both")
    }
    return [
      Patch(range: from.bytes) { $0.emitHierarchy(hierarchy, shape, from) },
      Patch(range: hierarchy.range.bytes) { _ in },
    ]
  }

  /// The one table that CONNECT BY goes through.
  private struct HierarchyTable {
    var reference: TableReference
    /// What its columns are qualified with; nil where it has no name.
    var name: String?
    /// Nil where they are not known, and a row of the table stands for them.
    var columns: [String]?

    init?(_ reference: TableReference, columns: [String]?) {
      switch reference.kind {
      case .named: guard reference.exposedName != nil else { return nil }
      case .subquery: guard columns != nil else { return nil }
      default: return nil
      }
      self.reference = reference
      name = reference.exposedName
      self.columns = columns
    }
  }

  private mutating func emitHierarchy(
    _ hierarchy: Select.Hierarchy,
    _ table: HierarchyTable,
    _ range: TextRange
  ) {
    let tree = makeName("h")
    let rows = table.name.map { SQLQuoting.identifier($0) } ?? makeName("sq")
    // The columns of a subquery have to be listed: only rows of tables can be taken apart again.
    let values =
      table.columns?.map { "\(rows).\(SQLQuoting.identifier($0))" }.joined(separator: ", ")
      ?? "\(rows) AS r"
    write("FROM (WITH RECURSIVE \(tree) AS (SELECT \(values), ", for: range)
    write("1::bigint AS level FROM ", for: range)
    emitHierarchyRows(table, rows)
    if let start = hierarchy.start {
      write(" WHERE ", for: start.range)
      emit(start)
    }
    let again = table.columns == nil ? rows : values
    write(" UNION ALL SELECT \(again), \(tree).level + 1 FROM \(tree) JOIN ", for: range)
    emitHierarchyRows(table, rows)
    write(" ON ", for: hierarchy.connection.range)
    priorRow = table.columns == nil ? "(\(tree).r)" : tree
    hierarchyPrefix = rows
    hierarchyLevel = "(\(tree).level + 1)"
    emit(hierarchy.connection)
    priorRow = nil
    hierarchyPrefix = nil
    hierarchyLevel = nil
    let result = table.columns == nil ? "(r).*, level" : "*"
    write(") SELECT \(result) FROM \(tree)) AS \(rows)", for: range)
  }

  private mutating func emitHierarchyRows(_ table: HierarchyTable, _ name: String) {
    guard table.name == nil else { return emit(table.reference) }
    emitUnchanged(.table(table.reference))
    write(" AS \(name)", for: table.reference.range)
  }

  /// PRIOR: the column of the row above.
  mutating func emitPrior(_ value: Expr, _ expr: Expr) {
    guard let priorRow else {
      return fail("PRIOR outside of CONNECT BY", at: expr.range)
    }
    guard case .column(let parts) = value.kind, let column = parts.last else {
      return fail("PRIOR of more than a column", at: expr.range, help: "put PRIOR at each column")
    }
    write("\(priorRow).\(SQLQuoting.identifier(column.text))", for: expr.range)
  }

  // MARK: (+)

  /// The parts of a condition that AND joins.
  private func conjuncts(_ condition: Expr) -> [Expr] {
    switch condition.kind {
    case .infix(let first, let terms) where terms.allSatisfy({ $0.operator.kind == .and }):
      return [first] + terms.map(\.right)
    default: return [condition]
    }
  }

  private struct MarkedJoin {
    var table: TableReference
    var conditions: [Expr]
    /// Tables that the conditions name besides the joined one.
    var needs: Set<String>
  }

  /// FROM with LEFT JOINs, and WHERE without the conditions that went there.
  mutating func outerJoinPatches(_ select: Select) -> [Patch] {
    guard let condition = select.condition, let from = select.fromRange else { return [] }
    let parts = conjuncts(condition)
    guard parts.contains(where: { !markedTables($0).isEmpty }) else { return [] }
    var joins: [String: MarkedJoin] = [:]
    var rest: [Expr] = []
    for part in parts {
      let marked = markedTables(part)
      guard !marked.isEmpty else {
        rest.append(part)
        continue
      }
      guard marked.count == 1, let name = marked.first,
        let table = select.from.first(where: { $0.exposedName == name })
      else {
        wantColumns()
        fail(
          "an outer join (+) whose columns do not all name one table of FROM",
          at: part.range,
          help: "LEFT JOIN … ON runs on both"
        )
        return []
      }
      var join = joins[name] ?? MarkedJoin(table: table, conditions: [], needs: [])
      join.conditions.append(part)
      join.needs.formUnion(qualifiers(part).subtracting([name]))
      joins[name] = join
    }
    var placed = Set(select.from.compactMap(\.exposedName)).subtracting(joins.keys)
    var ordered: [MarkedJoin] = []
    while !joins.isEmpty {
      let names = joins.keys.sorted()
      guard let next = names.first(where: { joins[$0]?.needs.isSubset(of: placed) == true }),
        let join = joins.removeValue(forKey: next)
      else {
        fail(
          "outer joins (+) in a circle",
          at: condition.range,
          help: "LEFT JOIN … ON runs on both"
        )
        return []
      }
      placed.insert(next)
      ordered.append(join)
    }
    let joined = Set(ordered.map(\.table.range))
    let plain = select.from.filter { !joined.contains($0.range) }
    let final = ordered
    let kept = rest
    return [
      Patch(range: from.bytes) { $0.emitMarked(plain, final, from) },
      Patch(range: condition.range.bytes) { emitter in
        if kept.isEmpty { emitter.write("true", for: condition.range) }
        for (index, part) in kept.enumerated() {
          if index > 0 { emitter.write(" AND ", for: part.range) }
          emitter.emitGrouped(part)
        }
      },
    ]
  }

  private mutating func emitMarked(
    _ plain: [TableReference],
    _ joins: [MarkedJoin],
    _ range: TextRange
  ) {
    write("FROM ", for: range)
    for (index, table) in plain.enumerated() {
      if index > 0 { write(" CROSS JOIN ", for: table.range) }
      emit(table)
    }
    acceptsJoinMarks = true
    for join in joins {
      write(" LEFT JOIN ", for: join.table.range)
      emit(join.table)
      for (index, condition) in join.conditions.enumerated() {
        write(index == 0 ? " ON " : " AND ", for: condition.range)
        emitGrouped(condition)
      }
    }
    acceptsJoinMarks = false
  }

  /// The tables whose columns carry (+) in a condition.
  private func markedTables(_ condition: Expr) -> Set<String> {
    var names: Set<String> = []
    SyntaxNode.expr(condition).walk { node in
      if case .query = node { return false }
      if case .expr(let expr) = node, case .outerJoinMark(let column) = expr.kind {
        if case .column(let parts) = column.kind, parts.count > 1 {
          names.insert(parts[parts.count - 2].text)
        } else {
          names.insert(meanings.markedTables[column.range] ?? "")
        }
      }
      return true
    }
    return names
  }

  private func qualifiers(_ condition: Expr) -> Set<String> {
    var names: Set<String> = []
    SyntaxNode.expr(condition).walk { node in
      if case .expr(let expr) = node, case .column(let parts) = expr.kind, parts.count > 1 {
        names.insert(parts[parts.count - 2].text)
      }
      return true
    }
    return names
  }
}
