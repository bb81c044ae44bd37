import Diagnostics

extension QueryWalker {
  /// Warns of a division that cuts off what may be wanted.
  ///
  /// Dividing by a whole number as written (`ts / 1000`) is mostly meant so.
  mutating func adviseDivision(_ left: Expr, _ term: Expr.InfixTerm) {
    func isNumber(_ expr: Expr) -> Bool {
      switch expr.kind {
      case .literal(.number): true
      case .parenthesized(let inner): isNumber(inner)
      default: false
      }
    }
    if isNumber(term.right), !isNumber(left) { return }
    report(.integerDivision(at: term.operator.range))
  }

  /// Warns where a condition on a sort key hides it in an expression, so that no block is skipped.
  mutating func adviseSortKey(_ facts: ExprFacts, _ expr: Expr) {
    guard muted == 0, clause == .filter, !facts.isColumn, !facts.hasAggregate,
      case .one(let entry) = facts.origins, entry.kinds == .value
    else { return }
    switch expr.kind {
    case .call, .cast, .infix: break
    default: return
    }
    let name = columns.names[Int(entry.column)]
    guard let relation = catalog[columns.relations[name.relation]],
      relation.sortKey.first == name.column
    else { return }
    report(.sortKeyInExpression(name.column, relation.name, at: expr.range))
  }

  /// Warns of correlated subqueries that Redshift cannot run.
  ///
  /// Source: Amazon Redshift Database Developer Guide, Correlated subqueries: patterns that are not
  /// supported. LIMIT in a scalar subquery is not in that list, but is refused all the same.
  ///
  /// - Parameters:
  ///   - query: the subquery.
  ///   - depth: levels to the outermost query that it names a column of; zero for none.
  ///   - isScalar: whether it stands for a value.
  ///   - isMember: whether IN looks through it.
  ///   - hasWindow: whether a window function stands in it.
  mutating func adviseCorrelation(
    _ query: Query,
    depth: Int,
    isScalar: Bool,
    isMember: Bool,
    hasWindow: Bool
  ) {
    guard depth > 0 else { return }
    correlatedSubqueries.append(query.range)
    if depth > 1 {
      report(.correlation("names a column of a query two levels further out", at: query.range))
    } else if clause == .join {
      report(.correlation("stands in ON", at: query.range))
    } else if hasWindow {
      report(.correlation("has a window function", at: query.range))
    } else if isMember, query.aggregatesGroups {
      report(.correlation("computes an aggregate of groups behind IN", at: query.range))
    } else if isScalar, query.limit != nil {
      report(.correlation("has LIMIT or OFFSET", at: query.range))
    }
  }

  /// Warns of groups that are made by the result of a correlated subquery.
  mutating func adviseGroups(of select: Select, in scope: Scope) {
    guard muted == 0, !correlatedSubqueries.isEmpty, let grouping = select.grouping else { return }
    for case .value(let key) in grouping.elements {
      let value = groupedItem(key, of: select, in: scope)?.value ?? key
      let subquery = correlatedSubqueries.first {
        $0.buffer == value.range.buffer
          && value.range.bytes.lowerBound <= $0.bytes.lowerBound
          && $0.bytes.upperBound <= value.range.bytes.upperBound
      }
      if let subquery { report(.correlation("is what GROUP BY groups by", at: subquery)) }
    }
  }

  /// Warns where both sides of a join are spread over the cluster by other columns.
  mutating func noteJoin(_ first: ExprFacts, _ second: ExprFacts, at range: TextRange) {
    guard muted == 0, first.isColumn, second.isColumn,
      case .one(let one) = first.origins, case .one(let two) = second.origins
    else { return }
    joins.append((one.column, two.column, range))
  }

  /// Looks at all joins of the statement together: one good condition is enough for a pair.
  mutating func adviseDistribution() {
    struct Pair: Hashable {
      var first: Int
      var second: Int
    }
    var good: Set<Pair> = []
    var bad: [Pair: TextRange] = [:]
    var order: [Pair] = []
    for (one, two, range) in joins {
      let (a, b) = (columns.names[Int(one)], columns.names[Int(two)])
      guard a.relation != b.relation, let first = catalog[columns.relations[a.relation]],
        let second = catalog[columns.relations[b.relation]],
        first.distribution.spreadsRows, second.distribution.spreadsRows
      else { continue }
      let pair = Pair(first: min(a.relation, b.relation), second: max(a.relation, b.relation))
      if first.distribution == .key(a.column), second.distribution == .key(b.column) {
        good.insert(pair)
      } else if bad[pair] == nil {
        bad[pair] = range
        order.append(pair)
      }
    }
    for pair in order where !good.contains(pair) {
      guard let range = bad[pair] else { continue }
      report(
        .joinRedistributes(
          columns.relations[pair.first],
          columns.relations[pair.second],
          at: range
        )
      )
    }
  }

  /// Reports functions that are not known; those of the leader node, which go with its catalog,
  /// are nowhere listed in full.
  mutating func reportUnknownCalls() {
    if columns.relations.contains(where: { SystemCatalog.contains($0) }) { return }
    for diagnostic in unknownCalls { report(diagnostic) }
  }

  /// Warns of functions that do not run where the user's tables are.
  mutating func adviseLeaderNode() {
    let readsUserTables = columns.relations.contains { !SystemCatalog.contains($0) }
    guard readsUserTables else { return }
    // A view may be one on the catalog, where questions about the catalog are asked.
    let readsTables = columns.relations.contains { name in
      !SystemCatalog.contains(name) && [.table, .external].contains(catalog[name]?.kind)
    }
    for call in leaderCalls where readsTables || !call.asksCatalog {
      report(.leaderNodeOnly(call.name, at: call.range))
    }
  }
}

extension Query {
  /// Whether this groups rows and computes more of them than MIN and MAX.
  fileprivate var aggregatesGroups: Bool {
    guard case .select(let select) = body.kind, select.grouping != nil else { return false }
    var found = false
    for item in select.items {
      SyntaxNode.expr(item.value).walk { node in
        if case .query = node { return false }
        if case .expr(let expr) = node, case .call(let call) = expr.kind, call.over == nil,
          FunctionTable.signature(of: call)?.kind == .aggregate,
          !["min", "max"].contains(call.name.last)
        {
          found = true
        }
        return !found
      }
    }
    return found
  }
}

extension CatalogRelation.Distribution {
  /// Whether the project says that rows lie on different nodes.
  ///
  /// With DISTSTYLE AUTO Redshift decides by itself.
  fileprivate var spreadsRows: Bool {
    switch self {
    case .even, .key: true
    case .unknown, .automatic, .all: false
    }
  }
}
