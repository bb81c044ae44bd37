import Diagnostics

/// Statements with variables of their own: `{% block %}`, `{% print %}`, the body of a `with`.
final class ScopeStep: Step {
  private let cleared: Range<Int>
  private let body: Step

  init(clearing cleared: Range<Int>, _ body: Step) {
    self.cleared = cleared
    self.body = body
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    frame.clear(cleared)
    return try body.perform(run, frame)
  }
}

/// `{% autoescape %}`.
final class AutoescapeStep: Step {
  private let condition: Term
  private let body: ScopeStep

  init(_ condition: Term, _ body: ScopeStep) {
    self.condition = condition
    self.body = body
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    let outer = run.escapes
    run.escapes = try condition.isTrue(run, frame)
    defer { run.escapes = outer }
    return try body.perform(run, frame)
  }
}

/// `{% filter %}`.
final class FilterStep: Step {
  private let filters: [FilterCall]
  private let body: ScopeStep

  init(_ filters: [FilterCall], _ body: ScopeStep) {
    self.filters = filters
    self.body = body
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    guard let last = filters.last else { return .next }
    let value = try run.value(of: body, through: filters, frame)
    try run.write(value, SourceMap.Origin(last.range))
    return .next
  }
}

/// `{% set x %}…{% endset %}`.
final class CaptureStep: Step {
  private let target: Target
  private let filters: [FilterCall]
  private let body: ScopeStep
  private let range: TextRange

  init(_ target: Target, _ filters: [FilterCall], _ body: ScopeStep, _ range: TextRange) {
    self.target = target
    self.filters = filters
    self.body = body
    self.range = range
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    let value = try run.value(of: body, through: filters, frame)
    try target.assign(value, run, frame, at: range)
    return .next
  }
}

extension Renderer {
  /// What a block prints, after some filters.
  fileprivate func value(
    of body: ScopeStep,
    through filters: [FilterCall],
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    let text = try capture { (renderer) throws(Diagnostic) in
      _ = try body.perform(renderer, frame)
    }
    var value = Value.string(TemplateString(text))
    for filter in filters { value = try filter.apply(to: value, self, frame) }
    return value
  }
}

/// `{% macro %}`: makes the macro a value of the frame it stands in.
final class MacroStep: Step {
  let definition: MacroDefinition
  private let slot: Int

  init(_ definition: MacroDefinition, _ slot: Int) {
    self.definition = definition
    self.slot = slot
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    frame[slot] = .macro(BoundMacro(definition, frame: frame))
    run.keepUntilDone(frame)
    return .next
  }
}

/// `{% call %}`: hands a block to a macro.
final class CallStep: Step {
  private let caller: MacroDefinition
  private let function: Term
  private let arguments: ArgumentTerms
  private let range: TextRange

  init(
    _ caller: MacroDefinition,
    _ function: Term,
    _ arguments: ArgumentTerms,
    _ range: TextRange
  ) {
    self.caller = caller
    self.function = function
    self.arguments = arguments
    self.range = range
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    let target = try function.value(run, frame)
    if case .undefined(let name) = target, run.undefined == .standard {
      throw run.undefinedUse(name, at: function.range, frame: frame)
    }
    var values = try arguments.values(run, frame, at: range)
    values.named.append(("caller", .macro(BoundMacro(caller, frame: frame))))
    if run.nodes == nil {
      if case .macro(let macro) = target {
        try run.print(macro, values)
        return .next
      }
      if case .object(let object) = target, try run.print(object, values) { return .next }
    }
    try run.write(run.call(target, values), SourceMap.Origin(range))
    return .next
  }
}

/// `{% with %}`.
final class WithStep: Step {
  private let cleared: Range<Int>
  private let assignments: [(target: Target, value: Term, range: TextRange)]
  private let body: Step

  init(
    clearing cleared: Range<Int>,
    _ assignments: [(target: Target, value: Term, range: TextRange)],
    _ body: Step
  ) {
    self.cleared = cleared
    self.assignments = assignments
    self.body = body
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    frame.clear(cleared)
    for (target, value, range) in assignments {
      try target.assign(value.value(run, frame), run, frame, at: range)
    }
    return try body.perform(run, frame)
  }
}
