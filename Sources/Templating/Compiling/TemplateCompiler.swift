import Diagnostics

/// Turns the tree of a template into steps and terms.
///
/// Names become slots: see `NameScope`. What does not depend on anything is worked out here.
final class TemplateCompiler {
  let source: TemplateSource
  /// The first thing that is wrong with the template.
  private(set) var problem: Diagnostic?
  /// Whether it depends on a condition if what is compiled is ever used.
  ///
  /// As in Jinja, a filter or a test that is not there is then an error only when it is used, so
  /// that templates can ask first.
  private var isConditional = false

  private let compilesMacros: Bool

  /// - Parameters:
  ///   - source: the text of the template.
  ///   - compilesMacros: whether macros are compiled at once, and not when they are called.
  init(_ source: TemplateSource, compilesMacros: Bool = false) {
    self.source = source
    self.compilesMacros = compilesMacros
  }

  /// Compiles a whole template.
  ///
  /// - Parameter statements: what the template consists of.
  /// - Returns: the program, and the macros at its top level in order.
  func program(of statements: [StatementNode]) -> (Program, [MacroDefinition]) {
    let layout = FrameLayout()
    let scope = NameScope(parent: nil, layout: layout)
    scope.declare(setBy: statements)
    let steps = list(statements, scope)
    let macros = steps.compactMap { ($0 as? MacroStep)?.definition }
    return (Program(layout: layout, body: Block.of(steps)), macros)
  }

  private func steps(_ statements: [StatementNode], _ scope: NameScope) -> Step {
    Block.of(list(statements, scope))
  }

  /// The steps of some statements; texts and values that follow each other are one.
  private func list(_ statements: [StatementNode], _ scope: NameScope) -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(statements.count)
    var output: [OutputStep.Part] = []
    func flush() {
      switch (output.count, output.first) {
      case (1, .text(let range)?): steps.append(TextStep(source, range))
      case (1, .value(let term, let isConstant)?):
        steps.append(PrintStep(term, isConstant: isConstant))
      case (1..., _): steps.append(OutputStep(source, output))
      default: return
      }
      output.removeAll(keepingCapacity: true)
    }
    for statement in statements {
      switch statement.kind {
      case .text(let range): output.append(.text(range))
      case .output(let node):
        output.append(.value(term(node, scope), isConstant: node.isConstant))
      case let kind:
        flush()
        steps.append(step(kind, scope))
      }
    }
    flush()
    return steps
  }

  /// Compiles something that is used under a condition, or not.
  func whether<Result>(_ isConditional: Bool, _ body: () -> Result) -> Result {
    let outer = self.isConditional
    self.isConditional = isConditional
    defer { self.isConditional = outer }
    return body()
  }

  /// Remembers what is wrong, unless it may never matter.
  func report(_ diagnostic: @autoclosure () -> Diagnostic) {
    if problem == nil, !isConditional { problem = diagnostic() }
  }

  private func step(_ kind: StatementKind, _ scope: NameScope) -> Step {
    switch kind {
    case .text(let range): return TextStep(source, range)
    case .lineEnd(let range): return LineEndStep(range)
    case .output(let node):
      return PrintStep(term(node, scope), isConstant: node.isConstant)
    case .perform(let node): return DoStep(term(node, scope))
    case .conditional(let branches, let otherwise):
      return whether(true) { conditional(branches, otherwise, scope) }
    case .loop(let node): return loop(node, scope)
    case .assignment(let target, let value, let range):
      return assignment(target, value, range, scope)
    case .blockAssignment(let target, let filters, let body, let range):
      return CaptureStep(
        self.target(target, scope),
        whether(false) { filters.map { filter($0, scope) } },
        block(body, scope),
        range
      )
    case .macro(let node, let name):
      return MacroStep(macro(node, scope), scope.declare(name))
    case .call(let node):
      return CallStep(
        macro(node.caller, scope),
        term(node.function, scope),
        arguments(node.arguments, scope),
        node.range
      )
    case .filter(let filters, let body):
      return FilterStep(
        whether(false) { filters.map { filter($0, scope) } },
        block(body, scope)
      )
    case .with(let assignments, let body): return with(assignments, body, scope)
    case .block(let body): return block(body, scope)
    case .autoescape(let condition, let body):
      return AutoescapeStep(term(condition, scope), block(body, scope))
    case .breakLoop: return LoopControlStep(.breakLoop)
    case .continueLoop: return LoopControlStep(.continueLoop)
    }
  }

  private func conditional(
    _ branches: [ConditionalBranch],
    _ otherwise: [StatementNode],
    _ scope: NameScope
  ) -> Step {
    let compiled = branches.map {
      (condition: term($0.condition, scope), body: steps($0.body, scope))
    }
    let rest = steps(otherwise, scope)
    if compiled.count == 1, let only = compiled.first {
      return IfStep(only.condition, then: only.body, else: rest)
    }
    return ChoiceStep(compiled, else: rest)
  }

  /// Statements with variables of their own.
  private func block(_ body: [StatementNode], _ scope: NameScope) -> ScopeStep {
    let inner = NameScope(parent: scope)
    inner.declare(setBy: body)
    let cleared = inner.clearedSlots
    return ScopeStep(clearing: cleared, whether(false) { steps(body, inner) })
  }

  private func with(
    _ assignments: [(target: TargetNode, value: ExpressionNode, range: TextRange)],
    _ body: [StatementNode],
    _ scope: NameScope
  ) -> Step {
    let inner = NameScope(parent: scope)
    for assignment in assignments { inner.declare(assignment.target) }
    inner.declare(setBy: body)
    let cleared = inner.clearedSlots
    // The values belong to the block around.
    let compiled = assignments.map {
      (target: target($0.target, inner), value: term($0.value, scope), range: $0.range)
    }
    return WithStep(clearing: cleared, compiled, whether(false) { steps(body, inner) })
  }

  private func loop(_ node: LoopNode, _ scope: NameScope) -> Step {
    let needsFrame = node.isRecursive || node.body.contains(where: \.makesMacro)
    let layout = needsFrame ? FrameLayout() : nil
    let inner = NameScope(parent: scope, layout: layout)
    inner.declare(node.target, isAlwaysSet: true)
    let loopSlot = node.loopName.map { inner.declare($0, isLoop: true) }
    let condition = whether(false) { node.condition.map { term($0, inner) } }
    // In the condition the name still means the loop around.
    if let name = node.loopName { inner.settle(name) }
    inner.declare(setBy: node.body)
    let setsLoop = node.loopName.map { NameScope.isSet($0, by: node.body) } ?? false
    let body = LoopBody(
      isRecursive: node.isRecursive,
      layout: layout,
      target: target(node.target, inner),
      condition: condition,
      loopSlot: loopSlot,
      setsLoop: setsLoop,
      clearing: inner.clearedSlots,
      whether(false) { steps(node.body, inner) },
      else: block(node.otherwise, scope)
    )
    return LoopStep(term(node.sequence, scope), body)
  }

  private func assignment(
    _ node: TargetNode,
    _ value: ExpressionNode,
    _ range: TextRange,
    _ scope: NameScope
  ) -> Step {
    let compiled = target(node, scope)
    return switch compiled {
    case .slot(let slot): SetVariableStep(slot, term(value, scope))
    case .namespace(let owner, let name, let attribute, let targetRange):
      SetAttributeStep(owner, name: name, attribute, term(value, scope), at: targetRange)
    case .pair, .tuple: SetStep(compiled, term(value, scope), range)
    }
  }

  func target(_ node: TargetNode, _ scope: NameScope) -> Target {
    switch node {
    case .name(let name): return .slot(scope.declare(name))
    case .namespace(let name, let attribute, let range):
      return .namespace(
        variable(name, range, scope),
        name: name.text,
        attribute: TemplateString(attribute),
        range: range
      )
    case .tuple(let nodes, _):
      let targets = nodes.map { target($0, scope) }
      if targets.count == 2, case .slot(let first) = targets[0], case .slot(let second) = targets[1]
      {
        return .pair(first, second)
      }
      return .tuple(targets)
    }
  }

  private func macro(_ node: MacroNode, _ scope: NameScope) -> MacroDefinition {
    let definition = MacroDefinition(node, source, in: scope)
    if compilesMacros { whether(false) { _ = definition.compile(with: self) } }
    return definition
  }

  /// Compiles the body of a macro.
  ///
  /// - Parameters:
  ///   - node: the macro as written.
  ///   - scope: the block that it stands in.
  /// - Returns: what a call runs.
  func program(of node: MacroNode, in scope: NameScope) -> Program {
    let layout = FrameLayout()
    let inner = NameScope(parent: scope, layout: layout)
    for parameter in node.parameters { inner.declare(parameter.name) }
    let implicit = node.implicitNames
    let callerSlot = implicit.caller.map { inner.declare($0) }
    let varargsSlot = implicit.varargs.map { inner.declare($0) }
    let kwargsSlot = implicit.kwargs.map { inner.declare($0) }
    inner.declare(setBy: node.body)
    let parameters = node.parameters.map { parameter in
      // A default can speak of the parameters before it.
      let standard = parameter.standard.map { term($0, inner) }
      inner.settle(parameter.name)
      return Program.Parameter(
        name: parameter.name.text,
        standard: standard,
        missing: UndefinedName(
          name: parameter.name.text,
          message: "parameter '\(parameter.name.text)' of \(node.frameName) was not provided"
        )
      )
    }
    for name in [implicit.caller, implicit.varargs, implicit.kwargs].compactMap({ $0 }) {
      inner.settle(name)
    }
    return Program(
      layout: layout,
      body: steps(node.body, inner),
      parameters: parameters,
      callerSlot: callerSlot,
      varargsSlot: varargsSlot,
      kwargsSlot: kwargsSlot
    )
  }
}
