import Diagnostics

extension PostgresEmitter {
  mutating func emitOperators(_ first: Expr, _ terms: [Expr.InfixTerm], _ expr: Expr) {
    guard let symbol = terms.first?.operator.kind else { return emit(first) }
    if let (key, rest) = keyedRun(first, terms) { return emitOperators(key, rest, expr) }
    switch symbol {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      emitCompared([first] + terms.map(\.right), in: expr)
    case .concatenate:
      if ([first] + terms.map(\.right)).contains(where: { type(of: $0) == .boolean }) {
        return reject("BOOLEAN beside ||", at: expr.range, help: "use CASE WHEN … THEN 'true' …")
      }
      // Of two values that are no text none would say what joining them means.
      let needsText = terms.first.map { isReadAsText(first) && isReadAsText($0.right) } ?? false
      emitRun(first, terms, expr) { emitter, value, place in
        if place == 0, needsText { emitter.emitAsText(value) } else { emitter.emitText(value) }
      }
    case .times, .divide, .modulo:
      checkArithmetic(first, terms)
      emitProducts(first, terms, expr)
    case .other: emitOther(first, terms, expr)
    case .plus, .minus:
      checkArithmetic(first, terms)
      emitProducts(first, terms, expr)
    case .power:
      emitRun(first, terms, expr) { emitter, value, _ in
        if case .decimal = emitter.type(of: value) {
          emitter.emit(value, as: .type("float8"))
        } else {
          emitter.emit(value)
        }
      }
    case .or, .and, .not:
      emitRun(first, terms, expr) { emitter, value, _ in emitter.emit(value) }
    }
  }

  /// Operands in turn, with the text between them as it is.
  private mutating func emitRun(
    _ first: Expr,
    _ terms: [Expr.InfixTerm],
    _ expr: Expr,
    operand: (inout PostgresEmitter, Expr, Int) -> Void
  ) {
    copy(expr.range.bytes.lowerBound..<first.range.bytes.lowerBound)
    operand(&self, first, 0)
    var position = first.range.bytes.upperBound
    for (index, term) in terms.enumerated() {
      copy(position..<term.right.range.bytes.lowerBound)
      operand(&self, term.right, index + 1)
      position = term.right.range.bytes.upperBound
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  // MARK: Division

  /// How a product or a quotient of DECIMALs is brought to the digits that it has.
  private enum Rounding {
    /// The product, or the sum, has more digits than there is room for.
    case product(Int)
    /// The quotient, and the digits that what is divided gets before: PostgreSQL's quotient has at
    /// least as many, and some more than are wanted, lest it be rounded twice.
    case quotient(Int, digits: Int)
  }

  /// DECIMAL division has a scale of its own; PostgreSQL gives at least sixteen digits.
  private mutating func emitProducts(_ first: Expr, _ terms: [Expr.InfixTerm], _ expr: Expr) {
    let roundings = roundings(first, terms)
    for rounding in roundings.reversed() {
      switch rounding {
      case nil: break
      case .product: write("pg_catalog.round(", for: expr.range)
      case .quotient: write("pg_catalog.round(pg_catalog.round((", for: expr.range)
      }
    }
    copy(expr.range.bytes.lowerBound..<first.range.bytes.lowerBound)
    emit(first)
    var position = first.range.bytes.upperBound
    for (term, rounding) in zip(terms, roundings) {
      if case .quotient(_, let digits) = rounding {
        write(")::numeric, \(digits))", for: expr.range)
      }
      copy(position..<term.right.range.bytes.lowerBound)
      emit(term.right)
      switch rounding {
      case nil: break
      case .product(let scale), .quotient(let scale, _): write(", \(scale))", for: expr.range)
      }
      position = term.right.range.bytes.upperBound
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  /// For each term how to round, nil where nothing has to be rounded.
  private mutating func roundings(_ first: Expr, _ terms: [Expr.InfixTerm]) -> [Rounding?] {
    var left = type(of: first)
    var roundings: [Rounding?] = []
    for term in terms {
      let right = type(of: term.right)
      let result = SQLType.arithmetic(term.operator.kind, left, right)
      defer { left = result }
      guard case .decimal(_, let scale?) = result else {
        roundings.append(nil)
        continue
      }
      switch term.operator.kind {
      case .divide: roundings.append(.quotient(scale, digits: max(scale, left.scale) + 8))
      case .times: roundings.append(scale < left.scale + right.scale ? .product(scale) : nil)
      case .plus, .minus:
        roundings.append(scale < max(left.scale, right.scale) ? .product(scale) : nil)
      default: roundings.append(nil)
      }
    }
    return roundings
  }

  // MARK: Others

  /// Operators that only PostgreSQL has.
  private static let onlyPostgres: [String: String] = [
    "->": "step into a SUPER value with a dot", "->>": "step into a SUPER value with a dot",
    "#>": "step into a SUPER value with a dot", "#>>": "step into a SUPER value with a dot",
    "@>": "use ARRAY_CONTAINS", "<@": "use ARRAY_CONTAINS", "?|": "use ARRAY_CONTAINS",
    "?&": "use ARRAY_CONTAINS", "&&": "use ARRAYS_OVERLAP", "@@": "use LIKE or ~",
    "~~": "use LIKE", "!~~": "use NOT LIKE", "~~*": "use ILIKE", "!~~*": "use NOT ILIKE",
    "=>": "give arguments by position", ":=": "give arguments by position", "^@": "use LIKE",
  ]

  private mutating func emitOther(_ first: Expr, _ terms: [Expr.InfixTerm], _ expr: Expr) {
    for term in terms {
      checkPattern(term)
      let range = term.operator.range
      let symbol = String(decoding: bytes[range.bytes], as: UTF8.self)
      if let help = PostgresEmitter.onlyPostgres[symbol] {
        reject("the operator \(symbol)", at: range, help: help)
      }
    }
    emitRun(first, terms, expr) { emitter, value, _ in emitter.emitText(value) }
  }

  mutating func emitMatch(_ match: Expr.PatternMatch, _ expr: Expr) {
    var position = expr.range.bytes.lowerBound
    for operand in [match.value, match.pattern] + [match.escape].compactMap({ $0 }) {
      copy(position..<operand.range.bytes.lowerBound)
      if isReadAsText(operand) { emitAsText(operand) } else { emitText(operand) }
      position = operand.range.bytes.upperBound
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  mutating func emitTest(_ value: Expr, _ test: Expr.Test, _ expr: Expr) {
    if case .distinctFrom = test.kind {
      return reject(
        "IS DISTINCT FROM",
        at: expr.range,
        help: "compare with = and IS NULL, or with DECODE(a, b, 0, 1)"
      )
    }
    emitUnchanged(.expr(expr))
  }
}

extension SQLType {
  /// Digits behind the point.
  fileprivate var scale: Int {
    if case .decimal(_, let scale?) = self { return scale }
    return 0
  }
}
