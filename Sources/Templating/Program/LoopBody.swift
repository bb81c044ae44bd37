import Diagnostics

/// What a loop does with each element; a recursive loop does it again further in.
final class LoopBody {
  let isRecursive: Bool
  /// Where the variables of a round live; nil for slots of the frame around.
  ///
  /// A frame of their own is for what something may hold on to: a macro made in the loop, or
  /// a recursive loop further in.
  private let layout: FrameLayout?
  private let target: Target
  private let condition: Term?
  /// The slot of `loop`, when the body speaks of it.
  private let loopSlot: Int?
  /// What a round finds empty.
  private let cleared: Range<Int>
  /// Whether the body gives `loop` another value, which ends with the round.
  private let setsLoop: Bool
  private let steps: Step
  private let otherwise: ScopeStep

  init(
    isRecursive: Bool,
    layout: FrameLayout?,
    target: Target,
    condition: Term?,
    loopSlot: Int?,
    setsLoop: Bool,
    clearing cleared: Range<Int>,
    _ steps: Step,
    else otherwise: ScopeStep
  ) {
    self.isRecursive = isRecursive
    self.layout = layout
    self.target = target
    self.condition = condition
    self.loopSlot = loopSlot
    self.setsLoop = setsLoop
    self.cleared = cleared
    self.steps = steps
    self.otherwise = otherwise
  }

  func perform(
    over sequence: Value,
    _ run: Renderer,
    _ outer: Frame,
    depth: Int,
    at range: TextRange
  ) throws(Diagnostic) {
    guard var elements = LoopElements(sequence) else {
      throw .notIterable(sequence, at: range)
    }
    // A body that asks where it is in the loop needs the filtered elements beforehand.
    var condition = condition
    if condition != nil || loopSlot != nil { elements = elements.fixed }
    if let filter = condition, let loopSlot {
      let frame = layout.map { Frame($0, parent: outer) } ?? outer
      frame[loopSlot] = nil
      elements = try kept(of: elements, filter, run, frame, at: range)
      condition = nil
    }
    let loop = loopSlot.map { _ in LoopObject(self, elements, outer, depth: depth) }
    let isEmpty =
      switch elements {
      case .values(let values):
        try go(over: ArrayElements(values: values), condition, loop, run, outer, at: range)
      case .growing(let list):
        try go(over: ListElements(list), condition, loop, run, outer, at: range)
      case .range(let numbers):
        try go(over: numbers, condition, loop, run, outer, at: range)
      case .pairs(let entries):
        try go(over: PairElements(entries: entries), condition, loop, run, outer, at: range)
      }
    if isEmpty { _ = try otherwise.perform(run, outer) }
  }

  /// Runs the rounds, and tells whether none came to its end.
  private func go(
    over elements: some LoopSource,
    _ condition: Term?,
    _ loop: LoopObject?,
    _ run: Renderer,
    _ outer: Frame,
    at range: TextRange
  ) throws(Diagnostic) -> Bool {
    if condition != nil || layout != nil || setsLoop {
      return try goCarefully(over: elements, condition, loop, run, outer, at: range)
    }
    if let loop, let loopSlot { outer[loopSlot] = .object(loop) }
    var isEmpty = true
    var index = 0
    while index < elements.count {
      try elements.checkCount(index, at: range)
      try run.countStep(at: range)
      if !cleared.isEmpty { outer.clear(cleared) }
      try elements.assign(index, to: target, run, outer, at: range)
      if let loop { loop.index = index }
      index += 1
      let flow = try steps.perform(run, outer)
      if flow == .breakLoop { break }
      // Jinja runs the else as well when no iteration came to its end.
      if flow == .next { isEmpty = false }
    }
    return isEmpty
  }

  /// The rounds of a loop with a condition, or whose variables may be held on to.
  private func goCarefully(
    over elements: some LoopSource,
    _ condition: Term?,
    _ loop: LoopObject?,
    _ run: Renderer,
    _ outer: Frame,
    at range: TextRange
  ) throws(Diagnostic) -> Bool {
    var frame = layout.map { Frame($0, parent: outer) } ?? outer
    var isEmpty = true
    var index = 0
    while index < elements.count {
      try elements.checkCount(index, at: range)
      try run.countStep(at: range)
      if let layout {
        if isKnownUniquelyReferenced(&frame) {
          frame.removeAll()
        } else {
          frame = Frame(layout, parent: outer)
        }
      } else {
        frame.clear(cleared)
      }
      try elements.assign(index, to: target, run, frame, at: range)
      index += 1
      if let condition {
        guard try condition.isTrue(run, frame) else { continue }
      }
      if let loop, let loopSlot {
        loop.index = index - 1
        frame[loopSlot] = .object(loop)
      }
      let flow = try steps.perform(run, frame)
      if flow == .breakLoop { break }
      if flow == .next { isEmpty = false }
    }
    return isEmpty
  }

  private func kept(
    of elements: LoopElements,
    _ filter: Term,
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic) -> LoopElements {
    var kept: [Value] = []
    for index in 0..<elements.count {
      let element = elements[index]
      frame.clear(cleared)
      try target.assign(element, run, frame, at: range)
      if try filter.isTrue(run, frame) { kept.append(element) }
    }
    return .values(kept)
  }
}
