import Diagnostics

/// A compiled statement.
///
/// As terms, steps are immutable once they are made.
class Step {
  /// How a run of statements ended.
  enum Flow {
    case next
    case breakLoop
    case continueLoop
  }

  func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow { .next }
}

/// Text to copy.
final class TextStep: Step {
  /// Holds the text.
  private let source: TemplateSource
  private let text: FixedText
  private let origin: SourceMap.Origin

  init(_ source: TemplateSource, _ range: TextRange) {
    self.source = source
    text = source.fixedText(range.bytes)
    origin = SourceMap.Origin(range)
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    if let nodes = run.nodes { nodes.append(.text(text.string)) }
    try run.write(text, origin)
    return .next
  }
}

/// A line end that is written otherwise in the file.
final class LineEndStep: Step {
  private let origin: SourceMap.Origin

  init(_ range: TextRange) {
    origin = SourceMap.Origin(range)
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    run.nodes?.append(.text("\n"))
    _ = run.output.append("\n", origin, frameNumber: run.expansion)
    return .next
  }
}

/// `{{ x }}`.
final class PrintStep: Step {
  private let term: Term
  /// Whether Jinja works the value out while it compiles.
  private let isConstant: Bool

  init(_ term: Term, isConstant: Bool) {
    self.term = term
    self.isConstant = isConstant
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    if run.nodes == nil {
      try term.print(run, frame)
    } else {
      let value = try term.value(run, frame)
      run.nodes?.append(isConstant ? value.asConstant : value)
      try run.write(value, term.origin)
    }
    return .next
  }
}

/// `{% do x %}`.
final class DoStep: Step {
  private let term: Term

  init(_ term: Term) {
    self.term = term
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    _ = try term.value(run, frame)
    return .next
  }
}

/// `{% if %}`, and what is done else.
final class IfStep: Step {
  private let condition: Term
  private let then: Step
  private let otherwise: Step

  init(_ condition: Term, then: Step, else otherwise: Step) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    if try condition.isTrue(run, frame) { return try then.perform(run, frame) }
    return try otherwise.perform(run, frame)
  }
}

/// `{% if %}` with any number of `{% elif %}`.
final class ChoiceStep: Step {
  private let branches: [(condition: Term, body: Step)]
  private let otherwise: Step

  init(_ branches: [(condition: Term, body: Step)], else otherwise: Step) {
    self.branches = branches
    self.otherwise = otherwise
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    for index in branches.indices where try branches[index].condition.isTrue(run, frame) {
      return try branches[index].body.perform(run, frame)
    }
    return try otherwise.perform(run, frame)
  }
}

/// `{% break %}` and `{% continue %}`.
final class LoopControlStep: Step {
  private let flow: Flow

  init(_ flow: Flow) {
    self.flow = flow
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow { flow }
}
