import Diagnostics

/// `{% for %}`.
final class LoopStep: Step {
  private let sequence: Term
  private let body: LoopBody

  init(_ sequence: Term, _ body: LoopBody) {
    self.sequence = sequence
    self.body = body
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    try body.perform(
      over: sequence.value(run, frame),
      run,
      frame,
      depth: 1,
      at: sequence.range
    )
    return .next
  }
}
