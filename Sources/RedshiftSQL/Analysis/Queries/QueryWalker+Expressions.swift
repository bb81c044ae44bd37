import Diagnostics

extension QueryWalker {
  /// Works out an expression.
  mutating func facts(of expr: Expr, in scope: Scope) -> ExprFacts {
    expressionCount += 1
    let whole = wantsWholeNumber
    wantsWholeNumber = false
    defer { wantsWholeNumber = whole }
    var facts = inner(expr, whole, in: scope)
    if facts.bare != nil, let keys = scope.groupKeys, keys.contains(facts.fingerprint) {
      facts.bare = nil
    }
    if facts.type.isKnown { meanings?.types[expr.range] = facts.typeThere }
    if meanings != nil {
      if facts.traits.contains(.trimmed) { meanings?.trimmed.insert(expr.range) }
      noteTextKey(expr.range, facts, scope)
    }
    return facts
  }

  private mutating func inner(_ expr: Expr, _ whole: Bool, in scope: Scope) -> ExprFacts {
    switch expr.kind {
    case .literal(let literal): return self.literal(literal, expr.range)
    case .typedLiteral(let type, let literal):
      check(type)
      checkLiteral(Expr(range: expr.range, kind: .literal(literal)), against: SQLType(cast: type))
      return known(SQLType(cast: type), isNullable: false, text: expr.range)
    case .interval(let value, _):
      var facts = self.facts(of: value, in: scope)
      checkLiteral(value, against: .interval)
      facts.type = .interval
      facts.mix(0x1A7E)
      return facts
    case .parameter: return argument(expr.range)
    case .defaultValue: return .unknown
    case .column(let parts): return resolve(parts, in: scope)
    case .star: return .unknown
    case .navigation(let base, let steps): return navigation(base, steps, in: scope)
    case .prefix(let sign, let operand): return prefix(sign, operand, in: scope)
    case .infix(let first, let terms): return infix(first, terms, whole, in: scope)
    case .test(let value, let test):
      var facts = self.facts(of: value, in: scope)
      if case .distinctFrom(let other) = test.kind {
        let second = self.facts(of: other, in: scope)
        compare(facts, second, at: expr.range)
        facts.absorb(second)
      }
      facts.mix(test.isNegated ? 0x7E57_0001 : 0x7E57_0000)
      facts.mix(testNumber(test.kind))
      return truth(facts, isNullable: false)
    case .between(let value, let low, let high, let isNegated):
      var facts = self.facts(of: value, in: scope)
      let (a, b) = (self.facts(of: low, in: scope), self.facts(of: high, in: scope))
      compare(facts, a, at: low.range, literal: low)
      compare(facts, b, at: high.range, literal: high)
      let isNullable = facts.isNullable || a.isNullable || b.isNullable
      adviseSortKey(facts, value)
      facts.absorb(a)
      facts.absorb(b)
      facts.mix(isNegated ? 0xBE71 : 0xBE70)
      return truth(facts, isNullable: isNullable)
    case .membership(let value, let set, let isNegated):
      var facts = members(value, set, in: scope)
      facts.mix(isNegated ? 0x1171 : 0x1170)
      return truth(facts, isNullable: facts.isNullable)
    case .quantified(let value, _, let set):
      let facts = members(value, set, in: scope)
      return truth(facts, isNullable: true)
    case .match(let match):
      var facts = self.facts(of: match.value, in: scope)
      // Dates and numbers become text by themselves.
      if facts.type == .boolean {
        report(.patternOnType(facts.type, at: match.value.range))
      }
      let isNullable = facts.isNullable
      facts.absorb(self.facts(of: match.pattern, in: scope))
      if let escape = match.escape {
        facts.absorb(self.facts(of: escape, in: scope))
        if case .literal(.string(let text)) = escape.kind, text.unicodeScalars.count > 1 {
          report(.longEscape(at: escape.range))
        }
      }
      facts.mix(match.isNegated ? 0x3A71 : 0x3A70)
      return truth(facts, isNullable: isNullable)
    case .exists(let query):
      let derived = subquery(query, isScalar: false, in: scope)
      var facts = ExprFacts()
      for column in derived.table.columns { facts.origins.formUnion(column.origins) }
      facts.origins.formUnion(derived.table.influences)
      facts.tables = derived.tables
      facts.namesOuter = derived.namesOuter
      facts.fingerprint = textFingerprint(expr.range)
      return truth(facts, isNullable: false)
    case .subquery(let query): return scalar(query, at: expr.range, in: scope)
    case .conditional(let value): return conditional(value, in: scope)
    case .cast(let value, let type, let syntax):
      return cast(value, to: type, syntax, at: expr.range, in: scope)
    case .call(let call): return self.call(call, at: expr.range, whole, in: scope)
    case .row(let values, _):
      var facts = ExprFacts()
      for value in values { facts.absorb(self.facts(of: value, in: scope)) }
      facts.type = .row
      return facts
    case .array(let values):
      var facts = ExprFacts()
      for value in values { facts.absorb(self.facts(of: value, in: scope)) }
      facts.type = .unknown
      return facts
    case .parenthesized(let inner):
      wantsWholeNumber = whole
      return self.facts(of: inner, in: scope)
    case .outerJoinMark(let value):
      if case .column(let parts) = value.kind, parts.count == 1, let column = parts.first {
        let table = scope.tables.first { $0.index(of: column.text) != nil }
        meanings?.markedTables[value.range] = table?.name
      }
      return self.facts(of: value, in: scope)
    case .collation(let value, _): return self.facts(of: value, in: scope)
    case .prior(let value):
      if !scope.hasLevel { report(.priorOutsideHierarchy(at: expr.range)) }
      return self.facts(of: value, in: scope)
    case .timeZone(let value, let zone):
      var facts = self.facts(of: value, in: scope)
      let type = facts.type
      facts.absorb(self.facts(of: zone, in: scope))
      facts.type = type == .timestampWithZone ? .timestamp : .timestampWithZone
      if type == .unknown || type == .literalText { facts.type = .unknown }
      facts.isColumn = false
      facts.mix(0x207E)
      return facts
    }
  }

  // MARK: Leaves

  func textFingerprint(_ range: TextRange) -> UInt64 { Fingerprint.of(text(range)) }

  private func known(_ type: SQLType, isNullable: Bool, text range: TextRange) -> ExprFacts {
    var facts = ExprFacts()
    facts.type = type
    facts.isNullable = isNullable
    facts.fingerprint = textFingerprint(range)
    return facts
  }

  /// `$1`, if that is an argument of a function.
  private func argument(_ range: TextRange) -> ExprFacts {
    guard let number = Int(String(decoding: text(range).dropFirst(), as: UTF8.self)),
      argumentTypes.indices.contains(number - 1)
    else { return .unknown }
    var facts = known(argumentTypes[number - 1], isNullable: true, text: range)
    if case .decimal = facts.type { facts.traits = .sized }
    return facts
  }

  private func literal(_ literal: Expr.Literal, _ range: TextRange) -> ExprFacts {
    switch literal {
    case .null:
      var facts = known(.null, isNullable: true, text: range)
      facts.traits = .ofNull
      return facts
    case .boolean: return known(.boolean, isNullable: false, text: range)
    case .string(let value):
      var facts = known(.literalText, isNullable: false, text: range)
      facts.fingerprint = Fingerprint.mix(0x57A1, Fingerprint.of(value))
      facts.traits = .ofLiteral(value)
      return facts
    case .number:
      var facts = known(numberType(text(range)), isNullable: false, text: range)
      if facts.type == .double { facts.traits = .exponent }
      return facts
    }
  }

  /// The type of a number as written: `1` is an integer, `1.5` a decimal, `1e3` a double.
  private func numberType(_ digits: ArraySlice<UInt8>) -> SQLType {
    if digits.contains(UInt8(ascii: "e")) || digits.contains(UInt8(ascii: "E")) { return .double }
    if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      return .decimal(
        precision: min(38, max(1, digits.count - 1)),
        scale: digits.endIndex - point - 1
      )
    }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      return .decimal(precision: min(38, digits.count), scale: 0)
    }
    return value <= Int(Int32.max) ? .integer : .bigInteger
  }

  private func truth(_ facts: ExprFacts, isNullable: Bool) -> ExprFacts {
    var facts = facts
    facts.type = .boolean
    facts.isNullable = isNullable
    facts.isColumn = false
    return facts
  }

  private func testNumber(_ kind: Expr.Test.Kind) -> UInt64 {
    switch kind {
    case .null: 1
    case .boolean(let flag): flag ? 2 : 3
    case .unknown: 4
    case .distinctFrom: 5
    }
  }

  private mutating func navigation(
    _ base: Expr,
    _ steps: [Expr.PathStep],
    in scope: Scope
  ) -> ExprFacts {
    var facts = facts(of: base, in: scope)
    for step in steps {
      switch step {
      case .attribute(let name): facts.mix(Fingerprint.of(name.text))
      case .element(let index):
        if ![.super, .unknown, .catalog].contains(facts.type.family) {
          report(.notSubscriptable(facts.type, at: base.range))
        }
        facts.absorb(self.facts(of: index, in: scope))
      }
      facts.type = .super
    }
    facts.type = .super
    facts.isNullable = true
    facts.isColumn = false
    return facts
  }

  // MARK: Sets and subqueries

  private mutating func members(
    _ value: Expr,
    _ set: Expr.MemberSet,
    in scope: Scope
  ) -> ExprFacts {
    var facts = facts(of: value, in: scope)
    var isNullable = facts.isNullable
    let first = facts
    switch set {
    case .list(let list):
      adviseSortKey(facts, value)
      for item in list {
        let member = self.facts(of: item, in: scope)
        compare(first, member, at: item.range, literal: item)
        isNullable = isNullable || member.isNullable
        facts.absorb(member)
      }
    case .query(let query):
      let derived = subquery(query, isScalar: false, isMember: true, in: scope)
      if derived.table.isComplete {
        meanings?.resultTypes[query.range] = derived.table.columns.map(\.typeThere)
      }
      let width: Int
      if case .row(let values, _) = value.kind { width = values.count } else { width = 1 }
      if derived.table.isComplete, derived.table.columns.count != width {
        report(
          .subqueryColumns(derived.table.columns.count, expected: width, at: query.range)
        )
      } else if width == 1, let column = derived.table.columns.first,
        !first.type.isComparable(with: column.type)
      {
        report(.typesNotComparable(first.type, column.type, at: value.range, isJoin: false))
      }
      for column in derived.table.columns { facts.origins.formUnion(column.origins) }
      facts.origins.formUnion(derived.table.influences)
      facts.tables |= derived.tables
      facts.namesOuter = facts.namesOuter || derived.namesOuter
      facts.mix(textFingerprint(query.range))
      isNullable = true
    }
    facts.isNullable = isNullable
    return facts
  }

  /// Analyses a subquery of an expression; `tables` are those of this query that it names.
  mutating func subquery(
    _ query: Query,
    isScalar: Bool,
    isMember: Bool = false,
    in scope: Scope
  ) -> (table: DerivedTable, tables: UInt64, namesOuter: Bool) {
    let outerNamed = scope.namedFromBelow
    let outerDepth = correlationDepth
    let outerReach = reach
    reach = 0
    scope.namedFromBelow = 0
    correlationDepth = 0
    let windows = windowCount
    let outerAggregates = scope.aggregateDepth
    scope.aggregateDepth = aggregateDepth
    let derived = derive(query, parent: scope)
    scope.aggregateDepth = outerAggregates
    let tables = scope.namedFromBelow
    adviseCorrelation(
      query,
      depth: correlationDepth,
      isScalar: isScalar,
      isMember: isMember,
      hasWindow: windowCount > windows
    )
    scope.namedFromBelow |= outerNamed
    // From here the outer queries are one level nearer.
    correlationDepth = max(outerDepth, correlationDepth - 1)
    let namesOuter = reach > 1
    reach = max(outerReach, reach - 1)
    return (derived, tables, namesOuter)
  }

  mutating func scalar(
    _ query: Query,
    columns count: Int = 1,
    at range: TextRange,
    in scope: Scope
  ) -> ExprFacts {
    let derived = subquery(query, isScalar: true, in: scope)
    if derived.table.isComplete, derived.table.columns.count != count {
      report(.subqueryColumns(derived.table.columns.count, expected: count, at: query.range))
    }
    var facts = ExprFacts()
    if let column = derived.table.columns.first {
      facts.type = column.type
      facts.traits = column.traits.subtracting(.sized)
      facts.origins = column.origins
    }
    facts.origins.formUnion(derived.table.influences)
    facts.tables = derived.tables
    facts.namesOuter = derived.namesOuter
    facts.fingerprint = textFingerprint(range)
    return facts
  }

  // MARK: CASE and CAST

  private mutating func conditional(_ value: Expr.CaseExpr, in scope: Scope) -> ExprFacts {
    var facts = ExprFacts()
    facts.fingerprint = 0xCA5E
    let operand = value.operand.map { self.facts(of: $0, in: scope) }
    if let operand { facts.absorb(operand) }
    var type = SQLType.null
    var isNullable = value.otherwise == nil
    var results: [(SQLType, TextTraits)] = []
    for branch in value.branches {
      let condition = self.facts(of: branch.condition, in: scope)
      if let operand {
        compare(operand, condition, at: branch.condition.range, literal: branch.condition)
      } else {
        requireBoolean(condition, branch.condition, "WHEN")
      }
      facts.absorb(condition)
      let result = self.facts(of: branch.result, in: scope)
      results.append((result.type, result.traits))
      join(&type, result.type, at: branch.result.range, "CASE")
      isNullable = isNullable || result.isNullable
      facts.absorb(result)
    }
    if let otherwise = value.otherwise {
      let result = self.facts(of: otherwise, in: scope)
      results.append((result.type, result.traits))
      join(&type, result.type, at: otherwise.range, "CASE")
      isNullable = isNullable || result.isNullable
      facts.absorb(result)
    }
    checkResults(value.branches.map(\.result) + [value.otherwise].compactMap { $0 }, of: type)
    facts.type = type
    facts.traits = TextTraits.common(results)
    if value.otherwise == nil { facts.traits.remove(.sized) }
    if SQLType.needsDigits(type, of: results.map(\.0)) { facts.traits.insert(.sized) }
    facts.isNullable = isNullable
    facts.isColumn = false
    return facts
  }

  /// Brings a further result into a common type.
  mutating func join(
    _ type: inout SQLType,
    _ other: SQLType,
    at range: TextRange,
    _ what: String
  ) {
    if let common = type.common(with: other) {
      type = common
    } else {
      report(.resultTypes(what, type, other, at: range))
      type = .unknown
    }
  }

  private mutating func cast(
    _ value: Expr,
    to type: DataType,
    _ syntax: Expr.CastSyntax,
    at range: TextRange,
    in scope: Scope
  ) -> ExprFacts {
    let target = SQLType(cast: type)
    check(type)
    wantsWholeNumber = target.isInteger
    var facts = facts(of: value, in: scope)
    if syntax != .tryCast {
      if !facts.type.canBeCast(to: target) {
        report(.cannotCast(facts.type, target, at: range))
      }
      checkLiteral(value, against: target)
      checkSize(of: value, for: target)
    }
    if type.arguments.contains(.maximum) { report(.varcharMaximum(at: type.range)) }
    facts.traits = .cast(facts.type, facts.traits, to: type)
    facts.type = target
    facts.isColumn = false
    facts.mix(Fingerprint.of(type.spelling))
    return facts
  }
}

extension SQLType {
  /// Whether an explicit cast exists; only casts that certainly do not are refused.
  func canBeCast(to target: SQLType) -> Bool {
    if self == .boolean, target.family == .number { return target.isInteger }
    return switch (family, target.family) {
    case (.boolean, .text), (.boolean, .moment), (.moment, .boolean): false
    case (.number, .moment), (.moment, .number): false
    case (.number, .timeOfDay), (.timeOfDay, .number), (.timeOfDay, .moment): false
    default: true
    }
  }
}
