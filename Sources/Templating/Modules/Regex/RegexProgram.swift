/// A regular expression compiled for a matcher that goes back on dead ends, within bounds.
struct RegexProgram {
  enum Instruction {
    case scalar(Unicode.Scalar)
    case folded(Unicode.Scalar)
    case any
    case anyButNewline
    case set(RegexSet)
    case split(first: Int, second: Int)
    case jump(Int)
    /// Remembers the position in a register: the borders of groups, and the starts of loops.
    case save(Int)
    /// Fails when nothing was matched since the register was saved.
    case progress(Int)
    case backreference(Int, ignoresCase: Bool)
    case anchor(RegexNode.Anchor)
    /// Runs the code up to `end` on its own.
    case look(end: Int, behind: Int?, negated: Bool)
    case atomic(end: Int)
    case match
  }

  private(set) var code: [Instruction] = []
  private(set) var registerCount: Int
  let groupCount: Int
  let names: [(name: String, index: Int)]
  let pattern: String
  let flags: RegexFlags

  private static let codeLimit = 50_000

  init(_ pattern: String, flags: RegexFlags) throws(RegexProblem) {
    guard pattern.utf8.count < 50_000 else {
      throw RegexProblem(message: "the pattern is too long", position: 0)
    }
    var parser = RegexParser(pattern, flags: flags)
    let tree = try parser.parse()
    self.pattern = pattern
    self.flags = parser.flags
    groupCount = parser.groupCount
    names = parser.names
    registerCount = (groupCount + 1) * 2
    try emit(tree)
    code.append(.match)
  }

  private mutating func emit(_ node: RegexNode) throws(RegexProblem) {
    guard code.count < Self.codeLimit else {
      throw RegexProblem(message: "the pattern is too large", position: 0)
    }
    switch node {
    case .empty: break
    case .scalar(let scalar, let ignoresCase):
      code.append(ignoresCase ? .folded(RegexSet.folded(scalar)) : .scalar(scalar))
    case .any(let matchesNewline): code.append(matchesNewline ? .any : .anyButNewline)
    case .set(let set): code.append(.set(set))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .alternatives(let nodes):
      var ends: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else {
          try emit(node)
          break
        }
        let split = code.count
        code.append(.jump(0))
        try emit(node)
        ends.append(code.count)
        code.append(.jump(0))
        code[split] = .split(first: split + 1, second: code.count)
      }
      for end in ends { code[end] = .jump(code.count) }
    case .group(let node, let index):
      code.append(.save(index * 2))
      try emit(node)
      code.append(.save(index * 2 + 1))
    case .repetition(let node, let minimum, let maximum, .possessive):
      try emit(
        .atomic(.repetition(node, minimum: minimum, maximum: maximum, kind: .greedy))
      )
    case .repetition(let node, let minimum, let maximum, let kind):
      try emitRepetition(node, minimum, maximum, isLazy: kind == .lazy)
    case .backreference(let index, let ignoresCase):
      code.append(.backreference(index, ignoresCase: ignoresCase))
    case .anchor(let anchor): code.append(.anchor(anchor))
    case .look(let node, let ahead, let negated):
      let start = code.count
      code.append(.match)
      try emit(node)
      code.append(.match)
      code[start] = .look(
        end: code.count,
        behind: ahead ? nil : node.width ?? 0,
        negated: negated
      )
    case .atomic(let node):
      let start = code.count
      code.append(.match)
      try emit(node)
      code.append(.match)
      code[start] = .atomic(end: code.count)
    }
  }

  private mutating func emitRepetition(
    _ node: RegexNode,
    _ minimum: Int,
    _ maximum: Int?,
    isLazy: Bool
  ) throws(RegexProblem) {
    func split(_ split: Int, _ end: Int) -> Instruction {
      isLazy ? .split(first: end, second: split + 1) : .split(first: split + 1, second: end)
    }
    for _ in 0..<minimum {
      let before = code.count
      try emit(node)
      // What matches nothing matches it once as well as a million times.
      if code.count == before { break }
    }
    guard let maximum else {
      let register = registerCount
      registerCount += 1
      let start = code.count
      code.append(.jump(0))
      code.append(.save(register))
      try emit(node)
      if node.width.map({ $0 == 0 }) ?? true { code.append(.progress(register)) }
      code.append(.jump(start))
      code[start] = split(start, code.count)
      return
    }
    var splits: [Int] = []
    for _ in minimum..<max(minimum, maximum) {
      splits.append(code.count)
      code.append(.jump(0))
      try emit(node)
    }
    for position in splits { code[position] = split(position, code.count) }
  }
}

/// Runs a program over one text.
struct RegexMatcher {
  /// The matcher has used up its steps.
  struct Exhausted: Error {}

  private enum Undo {
    case branch(code: Int, position: Int)
    case register(Int, Int)
  }

  let program: RegexProgram
  let text: [Unicode.Scalar]
  private var steps = 0
  private var registers: [Int]

  private static let stepLimit = 3_000_000
  private static let undoLimit = 1_000_000

  init(_ program: RegexProgram, _ text: [Unicode.Scalar]) {
    self.program = program
    self.text = text
    registers = []
  }

  /// The borders of the groups of the first match from `start` on; nil without one.
  mutating func search(
    from start: Int,
    mustAdvance: Bool = false
  ) throws(Exhausted) -> [Int]? {
    var position = start
    while position <= text.count {
      let isHeld = mustAdvance && position == start
      if let result = try match(at: position, mustAdvance: isHeld) { return result }
      position += 1
    }
    return nil
  }

  /// The borders of the groups of a match that starts at a place; nil without one.
  mutating func match(
    at start: Int,
    mustAdvance: Bool = false,
    toEnd: Bool = false
  ) throws(Exhausted) -> [Int]? {
    registers = [Int](repeating: -1, count: program.registerCount)
    let end = try run(from: 0, at: start, refuses: mustAdvance ? start : nil, toEnd: toEnd)
    guard let end else { return nil }
    registers[0] = start
    registers[1] = end
    return Array(registers.prefix((program.groupCount + 1) * 2))
  }

  /// Runs from an instruction until `match`; nil when there is no way.
  private mutating func run(
    from entry: Int,
    at start: Int,
    refuses: Int?,
    toEnd: Bool
  ) throws(Exhausted) -> Int? {
    var pending: [Undo] = []
    var next = entry
    var position = start
    while true {
      steps += 1
      guard steps < Self.stepLimit, pending.count < Self.undoLimit else { throw Exhausted() }
      var fails = false
      switch program.code[next] {
      case .match:
        guard refuses == position || (toEnd && position != text.count) else {
          return position
        }
        fails = true
      case .scalar(let scalar):
        fails = position >= text.count || text[position] != scalar
        position += 1
        next += 1
      case .folded(let scalar):
        fails = position >= text.count || RegexSet.folded(text[position]) != scalar
        position += 1
        next += 1
      case .any:
        fails = position >= text.count
        position += 1
        next += 1
      case .anyButNewline:
        fails = position >= text.count || text[position] == "\n"
        position += 1
        next += 1
      case .set(let set):
        fails = position >= text.count || !set.contains(text[position])
        position += 1
        next += 1
      case .split(let first, let second):
        pending.append(.branch(code: second, position: position))
        next = first
      case .jump(let target): next = target
      case .save(let register):
        pending.append(.register(register, registers[register]))
        registers[register] = position
        next += 1
      case .progress(let register):
        fails = registers[register] == position
        next += 1
      case .backreference(let index, let ignoresCase):
        let lower = registers[index * 2]
        let upper = registers[index * 2 + 1]
        if lower < 0 || upper < lower || position + upper - lower > text.count {
          fails = true
        } else {
          for offset in 0..<(upper - lower) {
            let (a, b) = (text[lower + offset], text[position + offset])
            let isSame = ignoresCase ? RegexSet.folded(a) == RegexSet.folded(b) : a == b
            if !isSame { fails = true }
          }
          steps += upper - lower
          position += upper - lower
          next += 1
        }
      case .anchor(let anchor):
        fails = !holds(anchor, position)
        next += 1
      case .look(let end, let behind, let negated):
        let from = position - (behind ?? 0)
        let saved = registers
        var found = false
        if from >= 0 {
          let stop = try run(from: next + 1, at: from, refuses: nil, toEnd: false)
          found = stop != nil && (behind == nil || stop == position)
        }
        if negated || !found {
          registers = saved
        } else {
          remember(saved, &pending)
        }
        fails = found == negated
        next = end
      case .atomic(let end):
        let saved = registers
        if let stop = try run(from: next + 1, at: position, refuses: nil, toEnd: false) {
          remember(saved, &pending)
          position = stop
          next = end
        } else {
          registers = saved
          fails = true
        }
      }
      guard fails else { continue }
      var resumed = false
      while let undo = pending.popLast() {
        switch undo {
        case .register(let register, let value): registers[register] = value
        case .branch(let code, let place):
          next = code
          position = place
          resumed = true
        }
        if resumed { break }
      }
      if !resumed { return nil }
    }
  }

  /// Notes what a run of its own changed, so that going back undoes it.
  private func remember(_ saved: [Int], _ pending: inout [Undo]) {
    for (index, value) in saved.enumerated() where registers[index] != value {
      pending.append(.register(index, value))
    }
  }

  private func holds(_ anchor: RegexNode.Anchor, _ position: Int) -> Bool {
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && RegexSet.isWord(text[index])
    }
    switch anchor {
    case .textStart: return position == 0
    case .textEnd: return position == text.count
    case .lineStart: return position == 0 || text[position - 1] == "\n"
    case .lineEnd: return position == text.count || text[position] == "\n"
    case .endOrLastNewline:
      return position == text.count || (position == text.count - 1 && text[position] == "\n")
    case .wordBoundary: return isWord(position - 1) != isWord(position)
    case .noWordBoundary: return isWord(position - 1) == isWord(position)
    }
  }
}
