import Diagnostics

/// Statements one after the other.
///
/// A block has a few steps in fields of its own: those are run without being counted as used, as
/// elements of an array would be. Longer ones are trees of such blocks.
enum Block {
  static func of(_ steps: [Step]) -> Step { of(steps[...]) }

  private static func of(_ steps: ArraySlice<Step>) -> Step {
    let start = steps.startIndex
    switch steps.count {
    case 0: return Step()
    case 1: return steps[start]
    case 2: return PairBlock(steps[start], steps[start + 1])
    case 3: return TripleBlock(steps[start], steps[start + 1], steps[start + 2])
    case let count:
      // Trees are balanced, so they are never high.
      func part(_ number: Int) -> Step {
        of(steps[(start + count * number / 4)..<(start + count * (number + 1) / 4)])
      }
      return QuadBlock(part(0), part(1), part(2), part(3))
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
