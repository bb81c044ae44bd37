import Diagnostics

/// `+ - * / // % **`.
final class ArithmeticTerm: Term {
  private let symbol: ArithmeticOperator
  private let left: Operand
  private let right: Operand
  private let height: Int?
  /// For remainders of a number that is written down.
  private let divisor: FixedDivisor?

  init(_ symbol: ArithmeticOperator, _ left: Term, _ right: Term, _ range: TextRange) {
    self.symbol = symbol
    self.left = Operand(left)
    self.right = Operand(right)
    // What turns out not to be an integer is worked out once more from the start, and then again
    // from its operands: of a high tree that would be much.
    if let left = left.plainHeight, let right = right.plainHeight, max(left, right) < 4 {
      height = max(left, right) + 1
    } else {
      height = nil
    }
    divisor =
      symbol == .remainder ? (right as? IntegerTerm).flatMap { FixedDivisor($0.number) } : nil
    super.init(range)
  }

  override var plainHeight: Int? { height }

  override func integer(_ frame: Frame) -> Int? {
    guard let a = left.integer(frame) else { return nil }
    if let divisor, let rest = divisor.remainder(of: a) { return rest }
    guard let b = right.integer(frame) else { return nil }
    return Value.smallIntegers(symbol, a, b)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let a = try left.value(run, frame)
    let b = try right.value(run, frame)
    if case .integer(let x) = a, case .integer(let y) = b,
      let result = Value.smallIntegers(symbol, x, y)
    {
      return .integer(result)
    }
    return try any(a, b, run, frame)
  }

  override func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    if height != nil, let number = integer(frame) { return try run.write(number, origin) }
    try run.write(value(run, frame), origin)
  }

  @inline(never)
  private func any(
    _ a: Value,
    _ b: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    if case .undefined(let name) = a {
      throw run.undefinedUse(name, at: left.term.range, frame: frame)
    }
    if case .undefined(let name) = b, symbol != .remainder || !a.isString {
      throw run.undefinedUse(name, at: right.term.range, frame: frame)
    }
    let result = try Value.arithmetic(symbol, a, b, at: range)
    try run.countWork(result, at: range)
    return result
  }
}

/// `-x` and `+x`.
final class SignTerm: Term {
  private let isNegative: Bool
  private let operand: Term

  init(isNegative: Bool, _ operand: Term, _ range: TextRange) {
    self.isNegative = isNegative
    self.operand = operand
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let value = try operand.value(run, frame)
    return try isNegative ? Value.negated(value, at: range) : Value.positive(value, at: range)
  }
}

/// Values joined as text with `~`.
final class ConcatenationTerm: Term {
  private let parts: [Term]

  init(_ parts: [Term], _ range: TextRange) {
    self.parts = parts
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let output = run.output
    let mark = output.mark
    var hasOrigins = false
    do throws(Diagnostic) {
      for part in parts {
        switch try part.value(run, frame) {
        case .string(.mapped(let text)):
          // Text that came out of templates keeps its origins.
          hasOrigins = true
          _ = output.append(text.mapped, frame: nil)
        case .string(let text): _ = output.append(text, part.origin, frameNumber: 0)
        case .integer(let number): _ = output.append(number, part.origin, frameNumber: 0)
        case let value: _ = output.append(value.rendered, part.origin, frameNumber: 0)
        }
      }
      try Value.checkText(output.count - mark.bytes, at: range)
    } catch {
      output.removeAll(after: mark)
      throw error
    }
    let result =
      hasOrigins ? TemplateString(output.take(after: mark)) : output.takeText(after: mark)
    try run.countWork(result.byteCount, at: range)
    return .string(result)
  }
}

/// `a < b`, `a in b` and their kin.
final class ComparisonTerm: Term {
  private let comparison: ComparisonOperator
  private let left: Operand
  private let right: Operand
  private let isPlain: Bool

  init(_ left: Term, _ comparison: ComparisonOperator, _ right: Term, _ range: TextRange) {
    self.left = Operand(left)
    self.comparison = comparison
    self.right = Operand(right)
    isPlain = left.plainHeight != nil && right.plainHeight != nil
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    .boolean(try isTrue(run, frame))
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    if isPlain, let a = left.integer(frame), let b = right.integer(frame),
      let holds = comparison.holds(a, b)
    {
      return holds
    }
    let a = try left.value(run, frame)
    let b = try right.value(run, frame)
    if case .integer(let x) = a, case .integer(let y) = b, let holds = comparison.holds(x, y) {
      return holds
    }
    return try Value.compare(a, comparison, b, at: range)
  }
}

/// `a < b <= c`: every operand is evaluated once.
final class ComparisonChainTerm: Term {
  private let first: Term
  private let rest: [(comparison: ComparisonOperator, right: Term)]

  init(
    _ first: Term,
    _ rest: [(comparison: ComparisonOperator, right: Term)],
    _ range: TextRange
  ) {
    self.first = first
    self.rest = rest
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    .boolean(try isTrue(run, frame))
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    var left = try first.value(run, frame)
    for (comparison, term) in rest {
      let right = try term.value(run, frame)
      guard try Value.compare(left, comparison, right, at: range) else { return false }
      left = right
    }
    return true
  }
}

/// `not x`.
final class NotTerm: Term {
  private let operand: Term

  init(_ operand: Term, _ range: TextRange) {
    self.operand = operand
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    .boolean(try !operand.isTrue(run, frame))
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    try !operand.isTrue(run, frame)
  }
}

/// `a and b`, `a or b`: the operand that decides.
final class LogicTerm: Term {
  private let isAnd: Bool
  private let left: Term
  private let right: Term

  init(isAnd: Bool, _ left: Term, _ right: Term, _ range: TextRange) {
    self.isAnd = isAnd
    self.left = left
    self.right = right
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let value = try left.value(run, frame)
    return value.isTrue == isAnd ? try right.value(run, frame) : value
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    guard try left.isTrue(run, frame) == isAnd else { return !isAnd }
    return try right.isTrue(run, frame)
  }
}

/// `a if test else b`.
final class ConditionalTerm: Term {
  private let test: Term
  private let then: Term
  private let otherwise: Term?

  init(_ test: Term, then: Term, else otherwise: Term?, _ range: TextRange) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    super.init(range)
  }

  private static var missing: Value {
    .undefined(UndefinedName(name: "", message: "the inline if was false and has no else"))
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if try test.isTrue(run, frame) { return try then.value(run, frame) }
    return try otherwise?.value(run, frame) ?? Self.missing
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    if try test.isTrue(run, frame) { return try then.isTrue(run, frame) }
    return try otherwise?.isTrue(run, frame) ?? false
  }

  override func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    let chosen = try test.isTrue(run, frame) ? then : otherwise
    // The whole expression is the origin of what a part of it prints.
    guard let chosen else { return }
    try run.write(chosen.value(run, frame), origin)
  }
}
