import Diagnostics

/// A compiled expression: a node of a closed tree, with its variables resolved to slots.
///
/// Terms are immutable once the compiler has made them, and shared between threads.
class Term {
  /// What the user wrote.
  final let range: TextRange
  /// The same, for what is printed.
  final let origin: SourceMap.Origin

  init(_ range: TextRange) {
    self.range = range
    origin = SourceMap.Origin(range)
  }

  /// How many operators there are one in the other, in a term of variables, integers and operators.
  ///
  /// `integer` can be asked of such a term first; nil for all others.
  var plainHeight: Int? { nil }

  /// The value, where it is an integer and can be had without effects; else nil, and nothing has
  /// happened.
  func integer(_ frame: Frame) -> Int? { nil }

  /// The value in a frame.
  func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value { .none }

  /// Python's truth of the value.
  func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    try value(run, frame).isTrue
  }

  /// Prints the value.
  func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    try run.write(value(run, frame), origin)
  }
}

/// A value that is written down, or that the compiler could work out.
final class ConstantTerm: Term {
  let constant: Value

  init(_ constant: Value, _ range: TextRange) {
    self.constant = constant
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value { constant }
}

/// An integer that is written down.
final class IntegerTerm: Term {
  let number: Int

  init(_ number: Int, _ range: TextRange) {
    self.number = number
    super.init(range)
  }

  override var plainHeight: Int? { 0 }

  override func integer(_ frame: Frame) -> Int? { number }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    .integer(number)
  }
}

/// An integer beyond 64 bits, which is an object of its own wherever it is used.
final class LongTerm: Term {
  private let number: BigInteger

  init(_ number: BigInteger, _ range: TextRange) {
    self.number = number
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    Value(number)
  }
}

/// A variable of the frame in hand.
final class LocalTerm: Term {
  let slot: Int
  /// What the name means as long as the variable is not set; nil where it always is.
  private let fallback: Term?

  init(_ slot: Int, else fallback: Term?, _ range: TextRange) {
    self.slot = slot
    self.fallback = fallback
    super.init(range)
  }

  override var plainHeight: Int? { 0 }

  override func integer(_ frame: Frame) -> Int? { frame.integer(slot) }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    switch frame[slot] {
    // Numbers are no objects: nothing is retained for them.
    case .integer(let number)?: return .integer(number)
    case let value?: return value
    case nil: return try fallback?.value(run, frame) ?? .none
    }
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    if let isTrue = frame[slot]?.isTrue { return isTrue }
    return try fallback?.isTrue(run, frame) ?? false
  }

  override func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    if try run.write(slot, of: frame, origin) { return }
    if let value = frame[slot] { return try run.write(value, origin) }
    try fallback?.print(run, frame)
  }
}

/// A variable of a frame further out.
final class OuterTerm: Term {
  private let hops: Int
  private let slot: Int
  private let fallback: Term

  init(_ hops: Int, _ slot: Int, else fallback: Term, _ range: TextRange) {
    self.hops = hops
    self.slot = slot
    self.fallback = fallback
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if let value = frame.ancestor(hops)?[slot] { return value }
    return try fallback.value(run, frame)
  }
}

/// A name that the host may know, or that every template has.
final class GlobalTerm: Term {
  private let name: String
  private let builtin: Int?
  private let missing: UndefinedName

  init(_ name: String, _ range: TextRange) {
    self.name = name
    builtin = BuiltinFunctions.number(of: name)
    missing = UndefinedName(variable: name)
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if let builtin, let value = run.builtin(builtin) { return value }
    if let value = run.context.value(named: name) { return value }
    if let builtin { return run.makeBuiltin(builtin) }
    return .undefined(missing)
  }
}
