extension Query {
  func collect(into list: inout [SyntaxNode]) {
    list.append(with)
    list.append(.body(body))
    list.append(order)
    list.append(limit?.count)
    list.append(limit?.offset)
  }
}

extension QueryBody {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .select(let select): list.append(.select(select))
    case .combined(let first, let terms):
      list.append(.body(first))
      for term in terms { list.append(.body(term.right)) }
    case .parenthesized(let query): list.append(.query(query))
    case .values(let rows):
      for row in rows { list.append(row.values) }
    }
  }
}

extension Select {
  func collect(into list: inout [SyntaxNode]) {
    list.append(top?.count)
    if case .distinctOn(let values) = quantifier { list.append(values) }
    list.append(items)
    if let into { list.append(.relation(into.name)) }
    list.append(from)
    list.append(condition)
    list.append(hierarchy?.start)
    list.append(hierarchy?.connection)
    for element in grouping?.elements ?? [] { element.collect(into: &list) }
    list.append(having)
    list.append(qualify?.condition)
    for window in windows { list.append(.window(window.definition)) }
  }
}

extension Grouping.Element {
  func collect(into list: inout [SyntaxNode]) {
    switch self {
    case .value(let value): list.append(value)
    case .rollup(let values), .cube(let values): list.append(values)
    case .sets(let elements):
      for element in elements { element.collect(into: &list) }
    case .empty: break
    }
  }
}

extension WindowDefinition {
  func collect(into list: inout [SyntaxNode]) {
    list.append(partition)
    list.append(order)
    guard let frame else { return }
    for bound in [frame.start, frame.end] {
      switch bound {
      case .preceding(let value), .following(let value): list.append(value)
      default: break
      }
    }
  }
}

extension TableReference {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .named(let name): list.append(.relation(name))
    case .subquery(let query, _): list.append(.query(query))
    case .function(let call, _), .attributes(let call), .unnested(let call, _): list.append(call)
    case .parenthesized(let inner): list.append(.table(inner))
    case .joined(let first, let joins):
      list.append(.table(first))
      for join in joins {
        list.append(.table(join.right))
        if case .on(let condition) = join.condition { list.append(condition) }
      }
    case .pivot(let table, let pivot):
      list.append(.table(table))
      list.append(pivot.aggregates)
      list.append(pivot.column)
      list.append(pivot.values)
    case .unpivot(let table, let unpivot):
      list.append(.table(table))
      list.append(unpivot.columns)
    }
  }
}

extension Expr {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .literal, .parameter, .defaultValue, .column, .star: break
    case .typedLiteral(let type, _): list.append(.type(type))
    case .interval(let value, _): list.append(value)
    case .navigation(let base, let steps):
      list.append(base)
      for case .element(let index) in steps { list.append(index) }
    case .prefix(_, let operand), .parenthesized(let operand), .collation(let operand, _),
      .outerJoinMark(let operand), .prior(let operand):
      list.append(operand)
    case .infix(let first, let terms):
      list.append(first)
      for term in terms { list.append(term.right) }
    case .test(let value, let test):
      list.append(value)
      if case .distinctFrom(let other) = test.kind { list.append(other) }
    case .between(let value, let low, let high, _): list.append([value, low, high])
    case .membership(let value, let set, _), .quantified(let value, _, let set):
      list.append(value)
      list.append(members: set)
    case .match(let match):
      list.append([match.value, match.pattern])
      list.append(match.escape)
    case .exists(let query), .subquery(let query): list.append(.query(query))
    case .conditional(let value):
      list.append(value.operand)
      for branch in value.branches { list.append([branch.condition, branch.result]) }
      list.append(value.otherwise)
    case .cast(let value, let type, _):
      list.append(value)
      list.append(.type(type))
    case .call(let call): call.collect(into: &list)
    case .row(let values, _), .array(let values): list.append(values)
    case .timeZone(let value, let zone): list.append([value, zone])
    }
  }
}

extension FunctionCall {
  func collect(into list: inout [SyntaxNode]) {
    list.append(arguments)
    list.append(order)
    list.append(withinGroup)
    list.append(filter)
    if case .inline(let window) = over?.kind { list.append(.window(window)) }
  }
}
