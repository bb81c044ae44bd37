import Diagnostics

/// What a statement assigns to.
enum Target {
  case slot(Int)
  /// Two variables that a pair is unpacked into.
  case pair(Int, Int)
  indirect case namespace(Term, name: String, attribute: TemplateString, range: TextRange)
  case tuple([Target])

  func assign(
    _ value: Value,
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic) {
    switch self {
    case .slot(let slot): frame[slot] = value
    case .namespace(let term, let name, let attribute, let targetRange):
      let owner = try term.value(run, frame)
      guard case .namespace(let namespace) = owner else {
        throw .notNamespace(owner, name, at: targetRange)
      }
      namespace.attributes.set(value, for: attribute)
    case .pair(let first, let second):
      guard let elements = value.elements else { throw .notIterable(value, at: range) }
      guard elements.count == 2 else {
        throw .unpacking(expected: 2, given: elements.count, at: range)
      }
      frame[first] = elements[0]
      frame[second] = elements[1]
    case .tuple(let targets):
      guard let elements = value.elements else { throw .notIterable(value, at: range) }
      guard elements.count == targets.count else {
        throw .unpacking(expected: targets.count, given: elements.count, at: range)
      }
      for (target, element) in zip(targets, elements) {
        try target.assign(element, run, frame, at: range)
      }
    }
  }
}

/// `{% set x = y %}`.
final class SetStep: Step {
  private let target: Target
  private let term: Term
  private let range: TextRange

  init(_ target: Target, _ term: Term, _ range: TextRange) {
    self.target = target
    self.term = term
    self.range = range
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    try target.assign(term.value(run, frame), run, frame, at: range)
    return .next
  }
}

/// `{% set x = y %}` for one variable.
final class SetVariableStep: Step {
  private let slot: Int
  private let term: Term

  init(_ slot: Int, _ term: Term) {
    self.slot = slot
    self.term = term
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    frame.store(try term.value(run, frame), in: slot)
    return .next
  }
}

/// `{% set ns.x = y %}`.
final class SetAttributeStep: Step {
  private let owner: Term
  /// Where the namespace is, if it is a variable's.
  private let slot: Int?
  private let name: String
  private let attribute: TemplateString
  private let term: Term
  private let targetRange: TextRange

  init(
    _ owner: Term,
    name: String,
    _ attribute: TemplateString,
    _ term: Term,
    at targetRange: TextRange
  ) {
    self.owner = owner
    slot = (owner as? LocalTerm)?.slot
    self.name = name
    self.attribute = attribute
    self.term = term
    self.targetRange = targetRange
  }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    let value = try term.value(run, frame)
    if let slot, let attributes = frame.attributes(slot) {
      attributes.set(value, for: attribute)
      return .next
    }
    switch try owner.value(run, frame) {
    case .namespace(let namespace): namespace.attributes.set(value, for: attribute)
    case let owner: throw .notNamespace(owner, name, at: targetRange)
    }
    return .next
  }
}
