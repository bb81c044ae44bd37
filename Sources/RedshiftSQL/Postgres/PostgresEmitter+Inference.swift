import Diagnostics

extension PostgresEmitter {
  /// The type of a value, as far as names and text tell.
  mutating func type(of expr: Expr) -> TranslationType? {
    if let known = facts.type(of: expr.range) { return known }
    switch expr.kind {
    case .literal(let literal): return type(of: literal, at: expr.range)
    case .typedLiteral(let type, _), .cast(_, let type, _): return TranslationType(type)
    case .interval: return TranslationType(kind: .interval)
    case .column(let parts): return columnType(parts)
    case .navigation: return TranslationType(kind: .super)
    case .parenthesized(let inner): return type(of: inner)
    case .prefix(let symbol, let operand):
      return symbol.kind == .not ? TranslationType(kind: .boolean) : type(of: operand)
    case .infix(let first, let terms): return type(of: first, terms)
    case .test, .between, .membership, .match, .exists, .quantified:
      return TranslationType(kind: .boolean)
    case .conditional(let value):
      return commonType(value.branches.map(\.result) + [value.otherwise].compactMap { $0 })
    case .call(let call): return type(of: call)
    case .subquery(let query):
      guard let columns = columns(of: query), columns.count == 1 else { return nil }
      return columns.first?.type
    default: return nil
    }
  }

  private func type(of literal: Expr.Literal, at range: TextRange) -> TranslationType? {
    switch literal {
    case .boolean: return TranslationType(kind: .boolean)
    case .null, .string: return nil
    case .number:
      let digits = bytes[range.bytes]
      if digits.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
        return TranslationType(kind: .double)
      }
      guard let point = digits.firstIndex(of: UInt8(ascii: ".")) else {
        return TranslationType(kind: digits.count < 10 ? .integer : .bigInteger)
      }
      return TranslationType(
        kind: .decimal,
        precision: digits.count - 1,
        scale: digits.endIndex - point - 1
      )
    }
  }

  private mutating func columnType(_ parts: [Identifier]) -> TranslationType? {
    if isSuperPath(parts) { return TranslationType(kind: .super) }
    guard let name = parts.last?.text else { return nil }
    if parts.count == 1, let meant = aliases.last?[name] { return type(of: meant) }
    let qualifier = parts.count > 1 ? parts[parts.count - 2].text : nil
    for index in scopes.indices.reversed() {
      let scope = scopes[index]
      var isComplete = true
      for table in scope.tables where qualifier == nil || table.name == qualifier {
        guard let columns = columns(of: table) else {
          isComplete = false
          continue
        }
        if let column = columns.first(where: { $0.name == name }) { return column.type }
      }
      if !isComplete { return nil }
    }
    return nil
  }

  private mutating func type(of first: Expr, _ terms: [Expr.InfixTerm]) -> TranslationType? {
    guard let symbol = terms.first?.operator.kind else { return nil }
    switch symbol {
    case .or, .and, .not, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return TranslationType(kind: .boolean)
    case .concatenate: return TranslationType(kind: .characterVarying)
    case .plus, .minus, .times, .divide, .modulo: break
    case .power: return TranslationType(kind: .double)
    case .other: return nil
    }
    guard var result = type(of: first) else { return nil }
    for term in terms {
      guard let next = type(of: term.right),
        let combined = NumericRules.result(result, term.operator.kind, next)
      else { return nil }
      result = combined
    }
    return result
  }

  mutating func commonType(_ values: [Expr]) -> TranslationType? {
    var result: TranslationType?
    for value in values {
      if case .literal(.null) = value.kind { continue }
      guard let next = type(of: value) else { return nil }
      guard let known = result else {
        result = next
        continue
      }
      guard let common = NumericRules.common(known, next) else { return nil }
      result = common
    }
    return result
  }

  private mutating func type(of call: FunctionCall) -> TranslationType? {
    guard call.name.parts.count == 1 else { return nil }
    let name = call.name.last
    if let kind = FunctionFacts.results[name] { return TranslationType(kind: kind) }
    if FunctionFacts.sameAsArguments.contains(name) { return commonType(call.arguments) }
    guard let first = call.arguments.first, let argument = type(of: first) else { return nil }
    switch name {
    case "sum":
      switch argument.kind {
      case .smallInteger, .integer: return TranslationType(kind: .bigInteger)
      case .bigInteger: return TranslationType(kind: .decimal, precision: 38, scale: 0)
      case .decimal:
        return TranslationType(kind: .decimal, precision: 38, scale: argument.scale)
      case .real, .double: return TranslationType(kind: .double)
      default: return nil
      }
    case "avg":
      switch argument.kind {
      case .smallInteger, .integer, .bigInteger: return TranslationType(kind: .bigInteger)
      case .decimal:
        return TranslationType(kind: .decimal, precision: 38, scale: argument.scale)
      case .real, .double: return TranslationType(kind: .double)
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether a value is SUPER.
  mutating func isSuper(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .navigation: return true
    case .literal, .typedLiteral, .interval: return false
    case .parenthesized(let inner): return isSuper(inner)
    case .cast(_, let type, _): return type.kind == .super
    case .call, .column: return type(of: expr)?.kind == .super
    default: return false
    }
  }
}

/// How Redshift's numbers combine.
enum NumericRules {
  static let maximumPrecision = 38

  /// Digits before and behind the point, for whole numbers too.
  static func digits(_ type: TranslationType) -> (precision: Int, scale: Int)? {
    switch type.kind {
    case .smallInteger: return (5, 0)
    case .integer: return (10, 0)
    case .bigInteger: return (19, 0)
    case .decimal:
      guard let precision = type.precision, let scale = type.scale else { return nil }
      return (precision, scale)
    default: return nil
    }
  }

  private static func rank(_ kind: DataType.Kind) -> Int? {
    switch kind {
    case .smallInteger: 1
    case .integer: 2
    case .bigInteger: 3
    case .decimal: 4
    case .real: 5
    case .double: 6
    default: nil
    }
  }

  static func result(
    _ a: TranslationType,
    _ symbol: Expr.Operator.Kind,
    _ b: TranslationType
  ) -> TranslationType? {
    guard let left = rank(a.kind), let right = rank(b.kind) else { return nil }
    let higher = left >= right ? a.kind : b.kind
    if higher != .decimal {
      return TranslationType(kind: higher == .real && left != right ? .double : higher)
    }
    guard let (p1, s1) = digits(a), let (p2, s2) = digits(b) else { return nil }
    let scale: Int
    let precision: Int
    switch symbol {
    case .plus, .minus:
      scale = max(s1, s2)
      precision = max(p1 - s1, p2 - s2) + scale + 1
    case .times:
      scale = s1 + s2
      precision = p1 + p2 + 1
    case .divide: return division((p1, s1), (p2, s2))
    default:
      scale = max(s1, s2)
      precision = min(p1 - s1, p2 - s2) + scale
    }
    let most = maximumPrecision
    return TranslationType(
      kind: .decimal,
      precision: min(precision, most),
      scale: precision > most ? max(min(scale, 4), scale - (precision - most)) : scale
    )
  }

  private static func division(
    _ a: (precision: Int, scale: Int),
    _ b: (precision: Int, scale: Int)
  ) -> TranslationType {
    let scale = max(4, a.scale + b.precision - b.scale + 1)
    let precision = a.precision - a.scale + b.scale + scale
    guard precision > maximumPrecision else {
      return TranslationType(kind: .decimal, precision: precision, scale: scale)
    }
    let least = min(4, max(a.scale, b.scale))
    return TranslationType(
      kind: .decimal,
      precision: maximumPrecision,
      scale: max(maximumPrecision + scale - precision, least)
    )
  }

  /// The type of a column that holds values of both types.
  static func common(_ a: TranslationType, _ b: TranslationType) -> TranslationType? {
    if a == b { return a }
    guard let left = rank(a.kind), let right = rank(b.kind) else {
      return a.kind == b.kind ? TranslationType(kind: a.kind) : nil
    }
    let higher = left >= right ? a.kind : b.kind
    guard higher == .decimal, let (p1, s1) = digits(a), let (p2, s2) = digits(b) else {
      return TranslationType(kind: higher)
    }
    let scale = max(s1, s2)
    return TranslationType(
      kind: .decimal,
      precision: min(max(p1 - s1, p2 - s2) + scale, maximumPrecision),
      scale: scale
    )
  }
}
