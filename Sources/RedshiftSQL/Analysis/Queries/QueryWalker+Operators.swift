import Diagnostics

// Operators: what they take and what comes of them.
extension QueryWalker {
  mutating func prefix(
    _ sign: Expr.Operator,
    _ operand: Expr,
    in scope: Scope
  ) -> ExprFacts {
    var facts = facts(of: operand, in: scope)
    facts.isColumn = false
    facts.traits.remove(.sized)
    facts.mix(operatorNumber(sign))
    if sign.kind == .not {
      requireBoolean(facts, operand, "NOT")
      facts.type = .boolean
    } else if sign.kind == .other {
      if text(sign.range).elementsEqual("~".utf8), facts.type.hasNoBits {
        report(.noSign(facts.type, at: sign.range, what: "bits"))
      }
      facts.type = .unknown
    } else {
      checkSign(sign, facts.type)
    }
    return facts
  }

  /// `&` and its kin work on whole numbers.
  private mutating func checkBits(_ first: SQLType, _ second: SQLType, at range: TextRange) {
    let isOfBits = ["&", "|", "#", "<<", ">>"].contains { text(range).elementsEqual($0.utf8) }
    if isOfBits, first.hasNoBits || second.hasNoBits {
      report(.noArithmetic(first, second, at: range))
    }
  }

  /// A sign stands before numbers and intervals.
  private mutating func checkSign(_ sign: Expr.Operator, _ type: SQLType) {
    guard sign.kind == .plus || sign.kind == .minus else { return }
    switch type.family {
    case .boolean, .moment, .timeOfDay, .binary, .spatial, .sketch:
      report(.noSign(type, at: sign.range))
    case .text where type.hasLength: report(.textWithSign(type, at: sign.range))
    default: break
    }
  }

  /// The count of LIMIT or OFFSET.
  mutating func checkLimit(_ count: Expr, _ clause: String, in scope: Scope) {
    if case .column = count.kind, scope.parent == nil {
      return report(.limitOfColumn(clause, at: count.range))
    }
    let type = facts(of: count, in: scope).type
    switch type.family {
    case .boolean, .moment, .timeOfDay, .interval, .binary, .spatial, .sketch:
      report(.limitType(clause, type, at: count.range))
    default: checkLiteral(count, against: .bigInteger)
    }
  }

  /// Reports a whole number that is written out and larger than its type.
  mutating func checkSize(of value: Expr, for type: SQLType) {
    if case .parenthesized(let inner) = value.kind { return checkSize(of: inner, for: type) }
    guard case .literal(.number) = value.kind,
      let number = Int(String(decoding: text(value.range), as: UTF8.self))
    else { return }
    let limit: Int
    switch type {
    // Of the negative numbers there is one more, and the sign may stand in front of the cast.
    case .smallInteger: limit = Int(Int16.max) + 1
    case .integer: limit = Int(Int32.max) + 1
    default: return
    }
    if number > limit { report(.numberTooLarge(type, at: value.range)) }
  }

  private func operatorNumber(_ sign: Expr.Operator) -> UInt64 {
    switch sign.kind {
    case .or: 0x0101
    case .and: 0x0102
    case .not: 0x0103
    case .equal: 0x0104
    case .notEqual: 0x0105
    case .less: 0x0106
    case .lessOrEqual: 0x0107
    case .greater: 0x0108
    case .greaterOrEqual: 0x0109
    case .concatenate: 0x010A
    case .plus: 0x010B
    case .minus: 0x010C
    case .times: 0x010D
    case .divide: 0x010E
    case .modulo: 0x010F
    case .power: 0x0110
    case .other: textFingerprint(sign.range)
    }
  }

  mutating func infix(
    _ first: Expr,
    _ terms: [Expr.InfixTerm],
    _ whole: Bool,
    in scope: Scope
  ) -> ExprFacts {
    var result = facts(of: first, in: scope)
    var left = first
    let isCondition = clause == .filter || clause == .join
    if terms.first?.operator.kind == .and { noteCondition(result, isCondition, scope) }
    for term in terms {
      let right = side(term.right, beside: left, in: scope)
      var next = ExprFacts()
      next.absorb(result)
      next.absorb(right)
      next.mix(operatorNumber(term.operator))
      next.isNullable = result.isNullable || right.isNullable
      switch term.operator.kind {
      case .and, .or:
        let word = term.operator.kind == .and ? "AND" : "OR"
        requireBoolean(result, left, word)
        requireBoolean(right, term.right, word)
        next.type = .boolean
        if term.operator.kind == .and { noteCondition(right, isCondition, scope) }
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        compare(result, right, at: term.operator.range, left: left, literal: term.right)
        adviseSortKey(result, left)
        adviseSortKey(right, term.right)
        next.type = .boolean
        noteCondition(next, isCondition, scope)
        if term.operator.kind == .equal, clause == .join {
          noteJoin(result, right, at: left.range.union(term.right.range))
        }
      case .concatenate:
        if result.type == .boolean || right.type == .boolean {
          report(.noArithmetic(result.type, right.type, at: term.operator.range))
        }
        next.type = .characterVarying(nil)
        next.traits = .joined(result.joinedTraits, right.joinedTraits)
      case .plus, .minus, .times, .divide, .modulo, .power:
        next.type = arithmetic(result, right, term, left, whole)
        // A DOUBLE beside what may be one gives a DOUBLE in any case.
        if !result.isSurelyFloating, !right.isSurelyFloating {
          next.traits = result.traits.union(right.traits).intersection(.exponent)
        }
      case .not: next.type = .unknown
      case .other:
        next.type = .unknown
        checkBits(result.type, right.type, at: term.operator.range)
        if text(term.operator.range).elementsEqual("==".utf8) {
          report(.doubledEqualSign(at: term.operator.range))
        }
      }
      if next.bare != nil, scope.groupKeys?.contains(next.fingerprint) == true { next.bare = nil }
      // The whole of the run is noted as any other value.
      if term.right.range != terms.last?.right.range {
        noteTextKey(first.range.union(term.right.range), next, scope)
      }
      result = next
      left = Expr(range: first.range.union(term.right.range), kind: first.kind)
    }
    return result
  }

  /// The right side of an operator: beside a row, a subquery has as many columns.
  private mutating func side(_ expr: Expr, beside left: Expr, in scope: Scope) -> ExprFacts {
    guard case .row(let values, _) = left.kind, values.count > 1,
      case .subquery(let query) = expr.kind
    else { return facts(of: expr, in: scope) }
    var facts = scalar(query, columns: values.count, at: expr.range, in: scope)
    facts.type = .row
    return facts
  }

  /// Notes which tables a condition brings together.
  func noteCondition(_ facts: ExprFacts, _ isCondition: Bool, _ scope: Scope) {
    if isCondition, facts.tables & (facts.tables &- 1) != 0 {
      scope.conditions.append(facts.tables)
    }
  }

  /// Reports values that cannot be compared.
  mutating func compare(
    _ first: ExprFacts,
    _ second: ExprFacts,
    at range: TextRange,
    left: Expr? = nil,
    literal: Expr? = nil
  ) {
    if !first.type.isComparable(with: second.type) {
      report(
        .typesNotComparable(first.type, second.type, at: range, isJoin: clause == .join)
      )
      return
    }
    checkLiteral(literal, against: first.type)
    checkLiteral(left, against: second.type)
    if isTextBesideNumber(first.type, second.type) {
      report(.implicitConversion(first.type, second.type, at: range))
    }
  }

  private func isTextBesideNumber(_ first: SQLType, _ second: SQLType) -> Bool {
    first.family == .text && first.hasLength && second.family == .number
      || second.family == .text && second.hasLength && first.family == .number
  }

  /// Reports text beside a number or a date that cannot be read as one.
  mutating func checkLiteral(_ expr: Expr?, against type: SQLType) {
    guard let expr, case .literal(.string(let value)) = expr.kind, !type.reads(value) else {
      return
    }
    report(.literalDoesNotFit(value, type, at: expr.range))
  }

  /// Reports text among results of another type, which have to become one.
  mutating func checkResults(_ results: [Expr], of type: SQLType) {
    for result in results { checkLiteral(result, against: type) }
  }

  private mutating func arithmetic(
    _ first: ExprFacts,
    _ second: ExprFacts,
    _ term: Expr.InfixTerm,
    _ left: Expr,
    _ whole: Bool
  ) -> SQLType {
    let (a, b) = (first.type, second.type)
    let kind = term.operator.kind
    let (one, two) = (a.family, b.family)
    if one == .boolean || two == .boolean {
      report(.noArithmetic(a, b, at: term.operator.range))
      return .unknown
    }
    if one == .moment || two == .moment || one == .interval || two == .interval
      || one == .timeOfDay || two == .timeOfDay
    {
      if SQLType.refuses(kind, a, b) {
        report(.noArithmetic(a, b, at: term.operator.range))
        return .unknown
      }
      return momentArithmetic(kind, a, b)
    }
    if kind == .modulo, first.isSurelyFloating || second.isSurelyFloating {
      report(.noArithmetic(a, b, at: term.operator.range))
      return .unknown
    }
    if kind == .divide, a.isInteger, b.isInteger, !whole { adviseDivision(left, term) }
    if isTextBesideNumber(a, b) { report(.textInArithmetic(a, b, at: term.operator.range)) }
    if kind == .plus, a.isText, b.isText { return .characterVarying(nil) }
    return SQLType.arithmetic(kind, a, b)
  }

  private func momentArithmetic(
    _ kind: Expr.Operator.Kind,
    _ a: SQLType,
    _ b: SQLType
  ) -> SQLType {
    switch (a, b) {
    case (.date, .date) where kind == .minus: .integer
    case (.date, let other) where other.isInteger: .date
    case (let other, .date) where other.isInteger && kind == .plus: .date
    case (.date, .interval), (.timestamp, .interval): .timestamp
    case (.interval, .date), (.interval, .timestamp): .timestamp
    case (.timestampWithZone, .interval), (.interval, .timestampWithZone): .timestampWithZone
    case (.date, .time), (.time, .date): .timestamp
    case (.interval, .interval): .interval
    case (.interval, let other) where other.family == .number: .interval
    case (let other, .interval) where other.family == .number: .interval
    case (.time, .interval), (.interval, .time): .time
    default:
      a.family == .moment && b.family == .moment && kind == .minus ? .interval : .unknown
    }
  }
}
