import Diagnostics

extension TemplateParser {
  /// Makes a node, unless the tree would become too high to walk.
  func node(
    _ kind: ExpressionNode.Kind,
    from start: Int,
    over height: Int = 0
  ) throws(Diagnostic) -> ExpressionNode {
    let range = range(from: start)
    guard height < Self.heightLimit else { throw .nestedTooDeeply(at: range) }
    return ExpressionNode(range: range, height: height + 1, kind: kind)
  }

  mutating func parseExpression(
    withConditional: Bool = true
  ) throws(Diagnostic) -> ExpressionNode {
    // Many expressions are one word; the ladder of operators would be a long way for them.
    if isLone { return try parsePrimary() }
    guard depth < Self.nestingLimit else {
      throw .nestedTooDeeply(at: source.range(current.range))
    }
    depth += 1
    defer { depth -= 1 }
    guard withConditional else { return try parseOr() }
    let start = current.range.lowerBound
    var result = try parseOr()
    while take(name: "if") {
      let test = try parseOr()
      let otherwise = take(name: "else") ? try parseExpression() : nil
      result = try node(
        .conditional(test: test, then: result, otherwise: otherwise),
        from: start,
        over: max(result.height, test.height, otherwise?.height ?? 0)
      )
    }
    return result
  }

  /// Reads one expression, or several with commas between them, which are a tuple.
  mutating func parseTuple(
    withConditional: Bool = true,
    endsAtRecursive: Bool = false,
    inParentheses: Bool = false
  ) throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var elements: [ExpressionNode] = []
    var isTuple = false
    while true {
      switch kind {
      case .variableEnd, .blockEnd, .rightParenthesis:
        guard isTuple || inParentheses else { throw unexpected("an expression") }
        isTuple = true
      default:
        if endsAtRecursive, isTuple, isName("recursive") { break }
        elements.append(try parseExpression(withConditional: withConditional))
        if take(.comma) {
          isTuple = true
          continue
        }
      }
      break
    }
    if !isTuple, let element = elements.first { return element }
    let height = elements.lazy.map(\.height).max() ?? 0
    return try node(.tuple(elements), from: start, over: height)
  }

  private mutating func parseOr() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var left = try parseAnd()
    while take(name: "or") {
      let right = try parseAnd()
      left = try node(.or(left, right), from: start, over: max(left.height, right.height))
    }
    return left
  }

  private mutating func parseAnd() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var left = try parseNot()
    while take(name: "and") {
      let right = try parseNot()
      left = try node(.and(left, right), from: start, over: max(left.height, right.height))
    }
    return left
  }

  private mutating func parseNot() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    guard take(name: "not") else { return try parseComparison() }
    let operand = try nested { (parser) throws(Diagnostic) in try parser.parseNot() }
    return try node(.not(operand), from: start, over: operand.height)
  }

  private func comparison() -> ComparisonOperator? {
    switch kind {
    case .equal: return .equal
    case .notEqual: return .notEqual
    case .less: return .less
    case .lessOrEqual: return .lessOrEqual
    case .greater: return .greater
    case .greaterOrEqual: return .greaterOrEqual
    case .name:
      if isName("in") { return .contained }
      guard isName("not"), nextKind == .name, text(of: tokens[position + 1]) == "in" else {
        return nil
      }
      return .notContained
    default: return nil
    }
  }

  private mutating func parseComparison() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    let left = try parseSum()
    var comparisons: [(comparison: ComparisonOperator, right: ExpressionNode)] = []
    var height = left.height
    while let comparison = comparison() {
      advance()
      if comparison == .notContained { advance() }
      let right = try parseSum()
      height = max(height, right.height)
      comparisons.append((comparison, right))
    }
    if comparisons.isEmpty { return left }
    return try node(.comparison(left, comparisons), from: start, over: height)
  }

  private mutating func parseSum() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var left = try parseConcatenation()
    while kind == .add || kind == .subtract {
      let symbol: ArithmeticOperator = kind == .add ? .add : .subtract
      advance()
      let right = try parseConcatenation()
      left = try node(
        .arithmetic(symbol, left, right),
        from: start,
        over: max(left.height, right.height)
      )
    }
    return left
  }

  private mutating func parseConcatenation() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    let first = try parseProduct()
    guard kind == .tilde else { return first }
    var parts = [first]
    while take(.tilde) { parts.append(try parseProduct()) }
    let height = parts.lazy.map(\.height).max() ?? 0
    return try node(.concatenation(parts), from: start, over: height)
  }

  private mutating func parseProduct() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var left = try parsePower()
    while true {
      let symbol: ArithmeticOperator
      switch kind {
      case .multiply: symbol = .multiply
      case .divide: symbol = .divide
      case .floorDivide: symbol = .floorDivide
      case .remainder: symbol = .remainder
      default: return left
      }
      advance()
      let right = try parsePower()
      left = try node(
        .arithmetic(symbol, left, right),
        from: start,
        over: max(left.height, right.height)
      )
    }
  }

  private mutating func parsePower() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var left = try parseUnary(withFilters: true)
    while take(.power) {
      let right = try parseUnary(withFilters: true)
      left = try node(
        .arithmetic(.power, left, right),
        from: start,
        over: max(left.height, right.height)
      )
    }
    return left
  }

  private mutating func parseUnary(withFilters: Bool) throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var result: ExpressionNode
    if kind == .add || kind == .subtract {
      let isNegative = kind == .subtract
      advance()
      let operand = try nested { (parser) throws(Diagnostic) in
        try parser.parseUnary(withFilters: false)
      }
      result = try node(
        isNegative ? .negative(operand) : .positive(operand),
        from: start,
        over: operand.height
      )
    } else {
      result = try parsePrimary()
    }
    result = try parsePostfix(result, from: start)
    if withFilters { result = try parseFilters(result, from: start) }
    return result
  }

  private mutating func parsePostfix(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    var result = base
    while true {
      switch kind {
      case .dot: result = try parseAttribute(result, from: start)
      case .leftBracket: result = try parseItem(result, from: start)
      case .leftParenthesis: result = try parseCall(result, from: start)
      default: return result
      }
    }
  }

  private mutating func parseFilters(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    var result = base
    while true {
      switch kind {
      case .pipe:
        advance()
        let filter = try parseFilter()
        result = try node(
          .filter(result, filter),
          from: start,
          over: max(result.height, filter.arguments.height)
        )
      case .name:
        guard take(name: "is") else { return result }
        result = try parseTest(result, from: start)
      case .leftParenthesis: result = try parseCall(result, from: start)
      default: return result
      }
    }
  }

  private mutating func parseAttribute(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    advance()
    let token = current
    switch token.kind {
    case .name:
      advance()
      return try node(.attribute(base, text(of: token)), from: start, over: base.height)
    case .integer:
      let index = try parsePrimary()
      return try node(.item(base, index), from: start, over: base.height)
    default:
      throw unexpected("a name after the dot")
    }
  }

  private mutating func parseItem(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    advance()
    let keyStart = current.range.lowerBound
    var keys: [ExpressionNode] = []
    while kind != .rightBracket {
      if !keys.isEmpty { try expect(.comma) }
      keys.append(try parseSubscript())
    }
    let height = max(base.height, keys.lazy.map(\.height).max() ?? 0)
    var key: ExpressionNode
    if keys.count == 1, let only = keys.first {
      key = only
    } else {
      for key in keys {
        if case .slice = key.kind {
          throw .templateSyntax("a slice cannot stand beside other keys", at: key.range)
        }
      }
      key = try node(.tuple(keys), from: keyStart, over: height)
    }
    try expect(.rightBracket)
    return try node(.item(base, key), from: start, over: max(height, key.height))
  }

  private mutating func parseSubscript() throws(Diagnostic) -> ExpressionNode {
    let start = current.range.lowerBound
    var parts: [ExpressionNode?] = [nil, nil, nil]
    var index = 0
    if kind != .colon {
      let first = try parseExpression()
      guard kind == .colon else { return first }
      parts[0] = first
    }
    while index < 2, take(.colon) {
      index += 1
      if kind != .colon, kind != .rightBracket, kind != .comma {
        parts[index] = try parseExpression()
      }
    }
    let height = parts.lazy.map { $0?.height ?? 0 }.max() ?? 0
    return try node(
      .slice(start: parts[0], stop: parts[1], step: parts[2]),
      from: start,
      over: height
    )
  }

  private mutating func parseCall(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    let arguments = try parseArguments()
    return try node(.call(base, arguments), from: start, over: max(base.height, arguments.height))
  }

  private mutating func parseArguments() throws(Diagnostic) -> ArgumentNodes {
    try expect(.leftParenthesis)
    var result = ArgumentNodes()
    while kind != .rightParenthesis {
      let start = current.range
      let value: ExpressionNode
      if take(.multiply) {
        value = try parseExpression()
        guard result.positionalSplat == nil, result.namedSplat == nil else {
          throw .templateSyntax("a second \"*\" argument", at: source.range(start))
        }
        result.positionalSplat = value
      } else if take(.power) {
        value = try parseExpression()
        guard result.namedSplat == nil else {
          throw .templateSyntax("a second \"**\" argument", at: source.range(start))
        }
        result.namedSplat = value
      } else if kind == .name, nextKind == .assign {
        let name = text(of: current)
        advance()
        advance()
        value = try parseExpression()
        guard result.namedSplat == nil else {
          throw .templateSyntax("an argument follows \"**\"", at: value.range)
        }
        if result.named.contains(where: { $0.name == name }) {
          throw .templateSyntax("the argument \"\(name)\" is given twice", at: source.range(start))
        }
        result.named.append((name, value))
      } else {
        value = try parseExpression()
        guard result.named.isEmpty, result.positionalSplat == nil, result.namedSplat == nil else {
          throw .templateSyntax(
            "a positional argument follows named ones",
            at: value.range,
            help: ["move it to the front, or give it a name"]
          )
        }
        result.positional.append(value)
      }
      result.height = max(result.height, value.height)
      guard take(.comma) else { break }
    }
    try expect(.rightParenthesis)
    return result
  }

  private mutating func parseDottedName() throws(Diagnostic) -> (name: String, range: TextRange) {
    let start = current.range.lowerBound
    var name = text(of: try expect(.name))
    while take(.dot) { name += "." + text(of: try expect(.name)) }
    return (name, range(from: start))
  }

  private mutating func parseFilter() throws(Diagnostic) -> FilterNode {
    let start = current.range.lowerBound
    let (name, nameRange) = try parseDottedName()
    let function = BuiltinFilter.named(name)
    if function == nil { hasUnknownWords = true }
    let arguments = kind == .leftParenthesis ? try parseArguments() : ArgumentNodes()
    return FilterNode(
      name: name,
      nameRange: nameRange,
      function: function,
      arguments: arguments,
      range: range(from: start)
    )
  }

  /// Reads `a | b(…)`, with or without a first `|`.
  mutating func parseFilterChain() throws(Diagnostic) -> [FilterNode] {
    _ = take(.pipe)
    var result = [try parseFilter()]
    while take(.pipe) { result.append(try parseFilter()) }
    return result
  }

  private mutating func parseTest(
    _ base: ExpressionNode,
    from start: Int
  ) throws(Diagnostic) -> ExpressionNode {
    let testStart = current.range.lowerBound
    let isNegated = take(name: "not")
    let (name, nameRange) = try parseDottedName()
    var arguments = ArgumentNodes()
    switch kind {
    case .leftParenthesis:
      arguments = try parseArguments()
    case .name, .string, .integer, .float, .leftBracket, .leftBrace:
      if isName("else") || isName("or") || isName("and") { break }
      if isName("is") {
        throw .templateSyntax(
          "tests with \"is\" cannot be chained",
          at: source.range(current.range),
          help: ["join them with \"and\""]
        )
      }
      let argumentStart = current.range.lowerBound
      let primary = try nested { (parser) throws(Diagnostic) in try parser.parsePrimary() }
      let argument = try parsePostfix(primary, from: argumentStart)
      arguments.positional = [argument]
      arguments.height = argument.height
    default: break
    }
    let function = BuiltinTest.named(name)
    if function == nil { hasUnknownWords = true }
    let test = TestNode(
      name: name,
      nameRange: nameRange,
      function: function,
      arguments: arguments,
      range: range(from: testStart)
    )
    let result = try node(
      .test(base, test),
      from: start,
      over: max(base.height, arguments.height)
    )
    return isNegated ? try node(.not(result), from: start, over: result.height) : result
  }
}
