import Diagnostics

extension TemplateCompiler {
  func term(_ node: ExpressionNode, _ scope: NameScope) -> Term {
    let range = node.range
    switch node.kind {
    case .literal(let literal): return constant(literal, range)
    case .name(let name): return variable(name, range, scope)
    case .list(let elements):
      return SequenceTerm(isTuple: false, elements.map { term($0, scope) }, range)
    case .tuple(let elements):
      return SequenceTerm(isTuple: true, elements.map { term($0, scope) }, range)
    case .dictionary(let pairs):
      return DictionaryTerm(
        pairs.map { (key: term($0.key, scope), value: term($0.value, scope)) },
        range
      )
    case .negative(let operand): return negative(term(operand, scope), range)
    case .positive(let operand):
      return SignTerm(isNegative: false, term(operand, scope), range)
    case .not(let operand): return NotTerm(term(operand, scope), range)
    case .and(let left, let right):
      return LogicTerm(isAnd: true, term(left, scope), term(right, scope), range)
    case .or(let left, let right):
      return LogicTerm(isAnd: false, term(left, scope), term(right, scope), range)
    case .arithmetic(let symbol, let left, let right):
      return arithmetic(symbol, term(left, scope), term(right, scope), range)
    case .concatenation(let parts):
      return ConcatenationTerm(parts.map { term($0, scope) }, range)
    case .comparison(let first, let rest): return comparison(first, rest, range, scope)
    case .conditional(let test, let then, let otherwise):
      return whether(true) {
        ConditionalTerm(
          term(test, scope),
          then: term(then, scope),
          else: otherwise.map { term($0, scope) },
          range
        )
      }
    case .attribute(let base, let name): return attribute(base, name, range, scope)
    case .item(let base, let key):
      if case .slice(let start, let stop, let step) = key.kind {
        return SliceTerm(
          term(base, scope),
          start: start.map { term($0, scope) },
          stop: stop.map { term($0, scope) },
          step: step.map { term($0, scope) },
          range
        )
      }
      return ItemTerm(term(base, scope), term(key, scope), range)
    case .slice: return ConstantTerm(.none, range)
    case .call(let function, let nodes):
      let arguments = arguments(nodes, scope)
      if case .attribute(let base, let name) = function.kind {
        return MethodCallTerm(
          term(base, scope),
          name,
          arguments,
          of: function.range,
          range
        )
      }
      return CallTerm(term(function, scope), arguments, range)
    case .filter(let base, let filter):
      return FilterTerm(term(base, scope), self.filter(filter, scope), range)
    case .test(let base, let test):
      if test.function == nil { report(.unknownTest(test.name, at: test.nameRange)) }
      return TestTerm(
        term(base, scope),
        test.function ?? .missing(test.name, at: test.nameRange),
        arguments(test.arguments, scope),
        at: test.range,
        range
      )
    }
  }

  private func constant(_ literal: LiteralValue, _ range: TextRange) -> Term {
    switch literal {
    case .none: ConstantTerm(.none, range)
    case .boolean(let flag): ConstantTerm(.boolean(flag), range)
    case .integer(let number): IntegerTerm(number, range)
    case .long(let number): LongTerm(number, range)
    case .float(let number): ConstantTerm(.float(number), range)
    case .string(let text): ConstantTerm(.text(text), range)
    }
  }

  /// What a name means: the variables it may be, innermost first, and then the host's.
  func variable(
    _ name: TemplateName,
    _ range: TextRange,
    _ scope: NameScope,
    hops: Int = 0
  ) -> Term {
    guard let (place, owner) = scope.place(of: name, hops: hops) else {
      return GlobalTerm(name.text, range)
    }
    if place.isAlwaysSet { return LocalTerm(place.slot, else: nil, range) }
    let fallback =
      if let parent = owner.parent {
        variable(name, range, parent, hops: place.hops + owner.hopsToParent)
      } else {
        GlobalTerm(name.text, range) as Term
      }
    return place.hops == 0
      ? LocalTerm(place.slot, else: fallback, range)
      : OuterTerm(place.hops, place.slot, else: fallback, range)
  }

  private func negative(_ operand: Term, _ range: TextRange) -> Term {
    if let constant = operand as? IntegerTerm, constant.number != .min {
      return IntegerTerm(-constant.number, range)
    }
    if let constant = operand as? ConstantTerm, case .float(let number) = constant.constant {
      return ConstantTerm(.float(-number), range)
    }
    return SignTerm(isNegative: true, operand, range)
  }

  private func arithmetic(
    _ symbol: ArithmeticOperator,
    _ left: Term,
    _ right: Term,
    _ range: TextRange
  ) -> Term {
    if let left = left as? IntegerTerm, let right = right as? IntegerTerm,
      let result = Value.smallIntegers(symbol, left.number, right.number)
    {
      return IntegerTerm(result, range)
    }
    return ArithmeticTerm(symbol, left, right, range)
  }

  private func comparison(
    _ first: ExpressionNode,
    _ rest: [(comparison: ComparisonOperator, right: ExpressionNode)],
    _ range: TextRange,
    _ scope: NameScope
  ) -> Term {
    let left = term(first, scope)
    if rest.count == 1, let only = rest.first {
      return ComparisonTerm(left, only.comparison, term(only.right, scope), range)
    }
    return ComparisonChainTerm(left, rest.map { ($0.comparison, term($0.right, scope)) }, range)
  }

  private func attribute(
    _ base: ExpressionNode,
    _ name: String,
    _ range: TextRange,
    _ scope: NameScope
  ) -> Term {
    let general = AttributeTerm(term(base, scope), name, range)
    if case .name(let owner) = base.kind, let place = scope.place(of: owner)?.place, place.isLoop,
      place.hops == 0, let attribute = LoopObject.Attribute(rawValue: name)
    {
      return LoopAttributeTerm(place.slot, attribute, else: general)
    }
    return general
  }

  func arguments(_ nodes: ArgumentNodes, _ scope: NameScope) -> ArgumentTerms {
    ArgumentTerms(
      positional: nodes.positional.map { term($0, scope) },
      named: nodes.named.map { (name: $0.name, value: term($0.value, scope)) },
      positionalSplat: nodes.positionalSplat.map { term($0, scope) },
      namedSplat: nodes.namedSplat.map { term($0, scope) }
    )
  }

  func filter(_ node: FilterNode, _ scope: NameScope) -> FilterCall {
    if node.function == nil { report(.unknownFilter(node.name, at: node.nameRange)) }
    return FilterCall(
      node.function ?? .missing(node.name, at: node.nameRange),
      arguments(node.arguments, scope),
      at: node.range
    )
  }
}
