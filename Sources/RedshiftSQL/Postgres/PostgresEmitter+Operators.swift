import Diagnostics

extension PostgresEmitter {
  mutating func emitOperators(_ first: Expr, _ terms: [Expr.InfixTerm], _ expr: Expr) {
    guard let symbol = terms.first?.operator.kind else { return emit(first) }
    if let (key, rest) = keyedRun(first, terms) { return emitOperators(key, rest, expr) }
    switch symbol {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      emitCompared([first] + terms.map(\.right), in: expr)
    case .concatenate:
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
      emitRun(first, terms, expr) { emitter, value, _ in emitter.emit(value) }
    case .or, .and, .not, .power:
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

  /// DECIMAL division has a scale of its own; PostgreSQL gives at least sixteen digits.
  private mutating func emitProducts(_ first: Expr, _ terms: [Expr.InfixTerm], _ expr: Expr) {
    let scales = divisionScales(first, terms)
    for _ in scales.compactMap({ $0 }) {
      write("pg_catalog.round(pg_catalog.round((", for: expr.range)
    }
    copy(expr.range.bytes.lowerBound..<first.range.bytes.lowerBound)
    emit(first)
    var position = first.range.bytes.upperBound
    for (term, scale) in zip(terms, scales) {
      if let scale { write(")::numeric, \(scale))", for: expr.range) }
      copy(position..<term.right.range.bytes.lowerBound)
      emit(term.right)
      if let scale { write(", \(scale))", for: expr.range) }
      position = term.right.range.bytes.upperBound
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  /// For each term the scale to round to, nil where nothing has to be rounded.
  private mutating func divisionScales(_ first: Expr, _ terms: [Expr.InfixTerm]) -> [Int?] {
    guard terms.contains(where: { $0.operator.kind == .divide }) else {
      return terms.map { _ in nil }
    }
    var left = type(of: first)
    var scales: [Int?] = []
    for term in terms {
      let result = SQLType.arithmetic(term.operator.kind, left, type(of: term.right))
      left = result
      guard term.operator.kind == .divide, case .decimal(_, let scale) = result else {
        scales.append(nil)
        continue
      }
      scales.append(scale)
    }
    return scales
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
