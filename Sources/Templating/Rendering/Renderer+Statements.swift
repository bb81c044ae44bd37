import Diagnostics

extension Renderer {
  /// How a run of statements ended.
  enum Flow {
    case next
    case breakLoop
    case continueLoop
  }

  func run(_ statements: [StatementNode], _ scope: Scope) throws(Diagnostic) -> Flow {
    for statement in statements {
      let flow = try run(statement, scope)
      guard flow == .next else { return flow }
    }
    return .next
  }

  private func run(_ statement: StatementNode, _ scope: Scope) throws(Diagnostic) -> Flow {
    switch statement.kind {
    case .text(let range):
      if nodes != nil, let source { nodes?.append(.text(source.text(range.bytes))) }
      if let source { output.append(copying: source.bytes, range: range, frame: frame) }
      try checkOutput(at: range)
    case .lineEnd(let range):
      nodes?.append(.text("\n"))
      output.append(generated: CollectionOfOne(10), origin: range, frame: frame)
    case .output(let expression):
      let value = try evaluate(expression, scope)
      if nodes != nil { nodes?.append(expression.isConstant ? value.asConstant : value) }
      try write(value, origin: expression.range)
    case .perform(let expression):
      _ = try evaluate(expression, scope)
    case .conditional(let branches, let otherwise):
      for branch in branches where try evaluate(branch.condition, scope).isTrue {
        return try nested(branch.body, scope, at: branch.condition.range)
      }
      return try run(otherwise, scope)
    case .loop(let loop):
      let sequence = try evaluate(loop.sequence, scope)
      try runLoop(loop, over: sequence, scope, depth: 1, at: loop.sequence.range)
    case .assignment(let target, let expression, let range):
      try assign(evaluate(expression, scope), to: target, scope, at: range)
    case .blockAssignment(let target, let filters, let body, let range):
      let text = try capture { (renderer) throws(Diagnostic) in
        _ = try renderer.nested(body, Scope(parent: scope), at: range)
      }
      let value = try apply(filters, to: .string(TemplateString(text)), scope)
      try assign(value, to: target, scope, at: range)
    case .macro(let definition, let name):
      scope.set(name, .macro(BoundMacro(definition, scope: scope)))
      keepUntilDone(scope)
    case .call(let block): try runCallBlock(block, scope)
    case .filter(let filters, let body):
      guard let last = filters.last else { break }
      let text = try capture { (renderer) throws(Diagnostic) in
        _ = try renderer.nested(body, Scope(parent: scope), at: last.range)
      }
      let value = try apply(filters, to: .string(TemplateString(text)), scope)
      try write(value, origin: last.range)
    case .with(let assignments, let body):
      let inner = Scope(parent: scope)
      for (target, expression, range) in assignments {
        try assign(evaluate(expression, scope), to: target, inner, at: range)
      }
      return try run(body, inner)
    case .block(let body): return try run(body, Scope(parent: scope))
    case .autoescape(let condition, let body):
      let outer = escapes
      escapes = try evaluate(condition, scope).isTrue
      defer { escapes = outer }
      return try run(body, Scope(parent: scope))
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .next
  }

  private func nested(
    _ body: [StatementNode],
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Flow {
    try enterLevel(at: range)
    defer { leaveLevel() }
    return try run(body, scope)
  }

  /// Prints a value; text that came out of a template keeps its own origins.
  func write(_ value: Value, origin: TextRange) throws(Diagnostic) {
    switch value {
    case .undefined: return
    case .string(let string):
      if escapes, !string.isSafe, string.mapped == nil {
        output.append(
          generated: Array(HTMLText.escape(string.text).utf8),
          origin: origin,
          frame: frame
        )
      } else if let mapped = string.mapped {
        output.append(mapped, frame: frame)
      } else {
        output.append(text: string.text, origin: origin, frame: frame)
      }
    default:
      let text = escapes ? HTMLText.escape(value.rendered) : value.rendered
      output.append(text: text, origin: origin, frame: frame)
    }
    try checkOutput(at: origin)
  }

  private func checkOutput(at range: TextRange) throws(Diagnostic) {
    try Value.checkText(output.bytes.count, at: range)
  }

  func assign(
    _ value: Value,
    to target: TargetNode,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) {
    switch target {
    case .name(let name): scope.set(name, value)
    case .namespace(let name, let attribute, let targetRange):
      guard case .namespace(let namespace) = self.value(name, scope) else {
        throw .notNamespace(self.value(name, scope), name.text, at: targetRange)
      }
      namespace.attributes[attribute] = value
    case .tuple(let targets, _):
      guard let elements = value.elements else { throw .notIterable(value, at: range) }
      guard elements.count == targets.count else {
        throw .unpacking(expected: targets.count, given: elements.count, at: range)
      }
      for (target, element) in zip(targets, elements) {
        try assign(element, to: target, scope, at: range)
      }
    }
  }

  func runLoop(
    _ loop: LoopNode,
    over sequence: Value,
    _ scope: Scope,
    depth: Int,
    at range: TextRange
  ) throws(Diagnostic) {
    guard var elements = sequence.elements else { throw .notIterable(sequence, at: range) }
    try enterLevel(at: range)
    defer { leaveLevel() }
    // A body that asks where it is in the loop needs the filtered elements beforehand.
    var condition = loop.condition
    if let filter = condition, loop.loopName != nil {
      var kept: [Value] = []
      for element in elements
      where try passes(element, filter, loop, Scope(parent: scope), at: range) {
        kept.append(element)
      }
      elements = kept
      condition = nil
    }
    let state = loop.loopName.map { _ in
      LoopObject(loop, elements, scope: scope, depth: depth)
    }
    var inner = Scope(parent: scope)
    var isEmpty = true
    // As in Python, a list that grows while it is gone over is gone over to its new end.
    var growing: ListReference?
    if case .list(let list) = sequence, state == nil, condition == nil, loop.condition == nil {
      growing = list
      elements = []
    }
    let startCount = sequence.count ?? 0
    var index = -1
    while true {
      index += 1
      guard index < growing?.elements.count ?? elements.count else { break }
      if growing != nil, index >= startCount + TemplateLimits.rangeLength {
        throw .sizeLimit("the list grows without an end while the loop goes over it", at: range)
      }
      let element = growing?.elements[index] ?? elements[index]
      try countStep(at: range)
      if isKnownUniquelyReferenced(&inner) {
        inner.removeAll()
      } else {
        inner = Scope(parent: scope)
      }
      if let condition {
        guard try passes(element, condition, loop, inner, at: range) else { continue }
      } else {
        try assign(element, to: loop.target, inner, at: range)
      }
      if let state, let name = loop.loopName {
        state.index = index
        inner.set(name, .object(state))
      }
      let flow = try run(loop.body, inner)
      if flow == .breakLoop { break }
      // Jinja runs the else as well when no iteration came to its end.
      if flow == .next { isEmpty = false }
    }
    if isEmpty { _ = try run(loop.otherwise, Scope(parent: scope)) }
  }

  private func passes(
    _ element: Value,
    _ condition: ExpressionNode,
    _ loop: LoopNode,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Bool {
    try assign(element, to: loop.target, scope, at: range)
    return try evaluate(condition, scope).isTrue
  }
}
