import Diagnostics

/// Statements one after the other.
///
/// A block has a few steps in fields of its own: those are run without being counted as used, as
/// elements of an array would be. Longer ones are trees of such blocks.
enum Block {
  static func of(_ steps: [Step]) -> Step {
    switch steps.count {
    case 0: return Step()
    case 1: return steps[0]
    case 2: return PairBlock(steps[0], steps[1])
    case 3: return TripleBlock(steps[0], steps[1], steps[2])
    default:
      // Trees are balanced, so they are never high.
      let size = max(1, (steps.count + 3) / 4)
      let parts = stride(from: 0, to: steps.count, by: size).map { start in
        of(Array(steps[start..<min(start + size, steps.count)]))
      }
      return parts.count < 4 ? of(parts) : QuadBlock(parts[0], parts[1], parts[2], parts[3])
    }
  }
}

private final class PairBlock: Step {
  private let first: Step
  private let second: Step

  init(_ first: Step, _ second: Step) {
    self.first = first
    self.second = second
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    let flow = try first.perform(run, frame)
    guard flow == .next else { return flow }
    return try second.perform(run, frame)
  }
}

private final class TripleBlock: Step {
  private let first: Step
  private let second: Step
  private let third: Step

  init(_ first: Step, _ second: Step, _ third: Step) {
    self.first = first
    self.second = second
    self.third = third
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    var flow = try first.perform(run, frame)
    guard flow == .next else { return flow }
    flow = try second.perform(run, frame)
    guard flow == .next else { return flow }
    return try third.perform(run, frame)
  }
}

private final class QuadBlock: Step {
  private let first: Step
  private let second: Step
  private let third: Step
  private let fourth: Step

  init(_ first: Step, _ second: Step, _ third: Step, _ fourth: Step) {
    self.first = first
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    var flow = try first.perform(run, frame)
    guard flow == .next else { return flow }
    flow = try second.perform(run, frame)
    guard flow == .next else { return flow }
    flow = try third.perform(run, frame)
    guard flow == .next else { return flow }
    return try fourth.perform(run, frame)
  }
}
