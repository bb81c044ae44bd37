import Diagnostics

/// One side of an operator.
///
/// Most are variables and numbers; those are read in place, without a call.
struct Operand {
  private enum Kind {
    case variable(Int)
    case number(Int)
    case plain
    case other
  }

  let term: Term
  private let kind: Kind

  init(_ term: Term) {
    self.term = term
    if let variable = term as? LocalTerm {
      kind = .variable(variable.slot)
    } else if let number = term as? IntegerTerm {
      kind = .number(number.number)
    } else {
      kind = term.plainHeight == nil ? .other : .plain
    }
  }

  @inline(__always)
  func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if let number = integer(frame) { return .integer(number) }
    return try term.value(run, frame)
  }

  /// The value, where it is an integer that can be had without effects.
  @inline(__always)
  func integer(_ frame: Frame) -> Int? {
    switch kind {
    case .variable(let slot): frame.integer(slot)
    case .number(let number): number
    case .plain: term.integer(frame)
    case .other: nil
    }
  }
}
