import Diagnostics

/// One side of an operator.
///
/// Most are variables and numbers; those are read in place, without a call.
struct Operand {
  private enum Kind {
    case variable(Int)
    case number(Int)
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
      kind = .other
    }
  }

  @inline(__always)
  func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    switch kind {
    case .variable(let slot):
      if case .integer(let number)? = frame[slot] { return .integer(number) }
    case .number(let number): return .integer(number)
    case .other: break
    }
    return try term.value(run, frame)
  }
}
