import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ expr: Expr) {
    if !conversions.isEmpty, let conversion = conversions.removeValue(forKey: expr.range) {
      return emit(expr, as: conversion)
    }
    if meanings.conditions.contains(expr.range), condition != expr.range {
      return emitCondition(expr)
    }
    if let key = groupKey(at: expr.range) { return emitOfGroup(expr, key) }
    switch expr.kind {
    case .column(let parts): emitColumn(parts, expr)
    case .cast(let value, let type, let syntax): emitCast(value, type, syntax, expr)
    case .call(let call): emit(call, expr)
    case .navigation(let base, let steps): emitNavigation(base, steps, expr)
    case .infix(let first, let terms): emitOperators(first, terms, expr)
    case .between(let value, let low, let high, _):
      emitCompared([value, low, high], in: expr)
    case .match(let match): emitMatch(match, expr)
    case .test(let value, let test): emitTest(value, test, expr)
    case .outerJoinMark(let column):
      if acceptsJoinMarks { return emit(column) }
      fail(
        "the outer join (+) outside of WHERE",
        at: expr.range,
        help: "LEFT JOIN … ON runs on both"
      )
    case .prior(let value): emitPrior(value, expr)
    case .array: reject("arrays", at: expr.range, help: "use ARRAY(…), which makes a SUPER value")
    case .membership(let value, .list(let list), _): emitCompared([value] + list, in: expr)
    case .membership(let value, .query(let query), _), .quantified(let value, _, .query(let query)):
      emitMembership(value, in: query, expr)
    case .conditional(let value):
      let results = value.branches.map(\.result) + [value.otherwise].compactMap { $0 }
      emitChosen(expr, of: results) { emitter in
        guard let operand = value.operand else { return emitter.emitUnchanged(.expr(expr)) }
        emitter.emitCompared(
          [operand] + value.branches.map(\.condition),
          others: results,
          in: expr
        )
      }
    case .exists, .subquery, .quantified:
      checkQuantified(expr)
      emitUnchanged(.expr(expr))
    case .parameter:
      if bytes[expr.range.bytes].elementsEqual("?".utf8) {
        fail("the parameter ?", at: expr.range, help: "number parameters: $1, $2 …")
      }
      copy(expr.range)
      // PostgreSQL forgets the digits of arguments.
      if let name = variableType(of: expr)?.numericName { write("::\(name)", for: expr.range) }
    case .prefix(let sign, let operand) where sign.kind == .minus && isSuper(operand):
      emit(
        expr.range.bytes,
        children: [],
        patches: [Patch(range: operand.range.bytes) { $0.emit(operand, as: .number) }]
      )
    case .literal, .typedLiteral, .interval, .defaultValue, .star, .prefix, .row, .parenthesized,
      .collation, .timeZone:
      emitUnchanged(.expr(expr))
    }
  }

  private mutating func checkQuantified(_ expr: Expr) {
    guard case .quantified(_, _, .list) = expr.kind else { return }
    reject("ANY and ALL over an array", at: expr.range, help: "use IN")
  }

  // MARK: Names

  private mutating func emitColumn(_ parts: NameParts, _ expr: Expr) {
    if parts.count == 1, let meant = alias(parts[0]) { return emitAlias(meant, expr) }
    if parts.count == 1, let source = meanings.mergedNames[parts[0].range] {
      return write(sql(of: source), for: expr.range)
    }
    if path(parts) != nil { return emitNavigation(expr, [], expr) }
    if let hierarchyLevel, parts.count == 1, parts[0].text == "level" {
      return write(hierarchyLevel, for: expr.range)
    }
    if let prefix = hierarchyPrefix, parts.count == 1 {
      write("\(prefix).", for: expr.range)
    }
    copy(expr.range)
  }

  /// Writes the value of an item of the select list in place of its name.
  private mutating func emitAlias(_ value: Expr, _ name: Expr) {
    if value.callsRandom {
      fail("a name for RANDOM()", at: name.range, help: "put it into a subquery of its own")
    }
    if case .column(let parts) = name.kind, let first = parts.first,
      let shade = meanings.shades[first.range], isShaded(value, shade)
    {
      fail(
        "\(first.text), an alias of the query around, in this subquery",
        at: name.range,
        help: "compute it in a query below, so that it is a column"
      )
    }
    // Items that name one another would be written out again and again.
    aliasCount += 1
    guard aliasDepth < 50, aliasCount <= 2000 else {
      if aliasDepth == 50 || aliasCount == 2001 {
        fail(
          "a long row of names of the select list",
          at: name.range,
          help: "put the first ones into a subquery"
        )
      }
      return
    }
    aliasDepth += 1
    write("(", for: name.range)
    emit(value)
    write(")", for: name.range)
    aliasDepth -= 1
  }

  // MARK: Pieces

  /// A value in parentheses unless it needs none.
  mutating func emitGrouped(_ expr: Expr) {
    if expr.isAtomic { return emit(expr) }
    write("(", for: expr.range)
    emit(expr)
    write(")", for: expr.range)
  }

  /// A date or time; a bare string could be several types, so it gets the one that Redshift takes.
  mutating func emitTimestamp(_ expr: Expr) {
    if isSuper(expr) { return emit(expr, as: .moment) }
    emit(expr)
    if expr.isString { write("::timestamp", for: expr.range) }
  }
}

extension Expr {
  /// What gives an item of a select list its name.
  var named: Expr {
    switch kind {
    case .parenthesized(let inner), .cast(let inner, _, _): inner.named
    default: self
    }
  }

  /// Whether this is a string literal, or NULL, without a type.
  var isString: Bool {
    switch kind {
    case .literal(.string): true
    case .parenthesized(let inner): inner.isString
    default: false
    }
  }

  var isNumber: Bool {
    switch kind {
    case .literal(.number): true
    case .prefix(let symbol, let operand): symbol.kind == .minus && operand.isNumber
    case .parenthesized(let inner): inner.isNumber
    default: false
    }
  }

  /// Whether two uses of this would differ.
  var callsRandom: Bool {
    var found = false
    SyntaxNode.expr(self).walk { node in
      if case .expr(let expr) = node, case .call(let call) = expr.kind,
        call.name.last == "random"
      {
        found = true
      }
      return !found
    }
    return found
  }

  /// Whether a cast behind it would apply to the whole.
  var isAtomic: Bool {
    switch kind {
    case .literal, .column, .parenthesized, .parameter, .row, .subquery: true
    case .call(let call): call.over == nil && call.syntax != .bare
    default: false
    }
  }
}

extension Expr {
  /// Whether an aggregate is computed in this value; one over a window is none.
  var hasAggregate: Bool { hasPlainCall { Expr.aggregates.contains($0.name.last) } }

  private static let aggregates: Set<String> = [
    "count", "sum", "min", "max", "avg", "listagg", "median", "percentile_cont",
    "percentile_disc", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop",
    "bool_and", "bool_or", "bit_and", "bit_or", "any_value", "hll", "grouping", "grouping_id",
  ]
}
