import Diagnostics

extension Layout {
  mutating func mark(_ values: [Expr]) {
    for value in values { mark(value) }
  }

  mutating func mark(_ value: Expr?) {
    guard let value else { return }
    switch value.kind {
    case .infix(let first, let terms): markChain(value, first, terms, isNested: false)
    case .conditional(let conditional): mark(conditional, value)
    case .call(let call): mark(call)
    case .subquery(let query), .exists(let query): markNested(query)
    case .membership(let operand, let set, _), .quantified(let operand, _, let set):
      mark(operand)
      switch set {
      case .query(let query): markNested(query)
      case .list(let list): mark(list)
      }
    case .prefix(let symbol, let operand):
      if symbol.kind != .not {
        setClose(tokens.index(from: symbol.range.bytes.lowerBound) + 1)
      }
      mark(operand)
    case .cast(let operand, let type, let syntax):
      if syntax != .suffix { setClose(tokens.index(from: value.range.bytes.lowerBound) + 1) }
      mark(operand)
      mark(type)
    case .typedLiteral(let type, _): mark(type)
    case .outerJoinMark(let operand):
      mark(operand)
      let end = tokens.index(from: value.range.bytes.upperBound)
      setClose(end - 3)
      setClose(end - 2)
      setPlain(end - 3)
    case .row(let values, let hasKeyword):
      if hasKeyword { setClose(tokens.index(from: value.range.bytes.lowerBound) + 1) }
      mark(values)
    default:
      if case .literal(.string) = value.kind { markAdjacentStrings(value) }
      for child in SyntaxNode.expr(value).children {
        if case .expr(let child) = child { mark(child) }
        if case .type(let type) = child { mark(type) }
      }
    }
  }

  /// `'a' 'b'` with a line break between them is one string, and needs the line break.
  private mutating func markAdjacentStrings(_ value: Expr) {
    for index in tokens.indexes(of: value.range.bytes).dropFirst() { add(.hard, before: index) }
  }

  /// Parentheses of a type stand close; types of external tables stay as they are.
  mutating func mark(_ type: DataType) {
    let range = tokens.indexes(of: type.range.bytes)
    if range.contains(where: { pieces.indices.contains($0) && pieces[$0].kind == .operator }) {
      return setKept(range.dropFirst())
    }
    for index in range where pieces[index].kind == .openParenthesis {
      setClose(index)
      setPlain(index)
    }
  }

  // MARK: Operators

  private mutating func markChain(
    _ value: Expr,
    _ first: Expr,
    _ terms: [Expr.InfixTerm],
    isNested: Bool
  ) {
    let range = tokens.indexes(of: value.range.bytes)
    let isLogical = terms.first.map { $0.operator.kind == .and || $0.operator.kind == .or } ?? false
    let operators = terms.map { tokens.index(from: $0.operator.range.bytes.lowerBound) }
    guard let firstOperator = operators.first else { return mark(first) }
    // Comparisons break rather inside of their operands.
    let isComparison = terms.contains { Layout.isComparison($0.operator.kind) }
    group(range) { layout in
      if isLogical, !isNested {
        layout.markOperand(first, inChain: true)
        for (index, term) in zip(operators, terms) {
          layout.add(.soft, before: index)
          layout.markOperand(term.right, inChain: true)
        }
        return
      }
      layout.markOperand(first, inChain: isLogical)
      layout.indent(firstOperator..<range.upperBound) { layout in
        for (index, term) in zip(operators, terms) {
          if !isComparison { layout.add(.soft, before: index) }
          layout.markOperand(term.right, inChain: isLogical)
        }
      }
    }
  }

  private static func isComparison(_ kind: Expr.Operator.Kind) -> Bool {
    switch kind {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }

  private mutating func markOperand(_ value: Expr, inChain: Bool) {
    if inChain, case .infix(let first, let terms) = value.kind {
      markChain(value, first, terms, isNested: true)
    } else {
      mark(value)
    }
  }

  private mutating func mark(_ conditional: Expr.CaseExpr, _ value: Expr) {
    let range = tokens.indexes(of: value.range.bytes)
    guard range.count > 2, let firstBranch = conditional.branches.first else { return }
    mark(conditional.operand)
    let start = tokens.index(from: firstBranch.condition.range.bytes.lowerBound) - 1
    group(range) { layout in
      layout.indent(start..<range.upperBound - 1, .soft) { layout in
        for branch in conditional.branches {
          layout.mark(branch, isFirst: branch.condition.range == firstBranch.condition.range)
        }
        if let otherwise = conditional.otherwise {
          let content = layout.tokens.indexes(of: otherwise.range.bytes)
          layout.add(.soft, before: content.lowerBound - 1)
          layout.mark(otherwise)
        }
      }
      layout.add(.soft, before: range.upperBound - 1)
    }
  }

  private mutating func mark(_ branch: Expr.CaseExpr.Branch, isFirst: Bool) {
    let start = tokens.index(from: branch.condition.range.bytes.lowerBound) - 1
    let result = tokens.indexes(of: branch.result.range.bytes)
    if !isFirst { add(.soft, before: start) }
    group(start..<result.upperBound) { layout in
      layout.mark(branch.condition)
      layout.indent(result.lowerBound - 1..<result.upperBound, .soft) { $0.mark(branch.result) }
    }
  }

  // MARK: Calls

  private mutating func mark(_ call: FunctionCall) {
    if call.syntax != .bare {
      setClose(tokens.index(from: call.argumentsRange.bytes.lowerBound))
    }
    if call.arguments.count == 1, case .subquery(let query) = call.arguments[0].kind {
      markNested(query)
    } else {
      mark(call.arguments)
    }
    for item in call.order + call.withinGroup { mark(item.value) }
    mark(call.filter)
    if case .inline(let window) = call.over?.kind { mark(window) }
  }

  /// Marks a window, whose clauses go to lines of their own when it does not fit.
  mutating func mark(_ window: WindowDefinition) {
    let range = tokens.indexes(of: window.range.bytes)
    setPlain(range.lowerBound)
    markList(window.partition, keywords: 2, isFirst: true)
    for item in window.order { mark(item.value) }
    if let first = window.order.first, let last = window.order.last {
      let start = tokens.index(from: first.range.bytes.lowerBound) - 2
      let end = tokens.index(from: last.range.bytes.upperBound)
      if start > range.lowerBound + 1 { add(.soft, before: start) }
      markWindowClause(start..<end)
    }
    if let frame = window.frame {
      let start = tokens.index(from: frame.range.bytes.lowerBound)
      if start > range.lowerBound + 1 { add(.soft, before: start) }
    }
  }

  private mutating func markList(_ values: [Expr], keywords: Int, isFirst: Bool) {
    guard let first = values.first, let last = values.last else { return }
    let start = tokens.index(from: first.range.bytes.lowerBound) - keywords
    mark(values)
    markWindowClause(start..<tokens.index(from: last.range.bytes.upperBound))
  }

  private mutating func markWindowClause(_ range: Range<Int>) {
    let content = min(range.lowerBound + 2, range.upperBound)..<range.upperBound
    group(range) { layout in
      layout.indent(content, .soft) { $0.breakBehindCommas(content, .soft) }
    }
  }
}
