import Diagnostics

/// `a.b`.
final class AttributeTerm: Term {
  private let base: Term
  private let name: String
  private let methods: MethodSet

  init(_ base: Term, _ name: String, _ range: TextRange) {
    self.base = base
    self.name = name
    methods = MethodSet.named(name)
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    try value(of: base.value(run, frame), run, frame)
  }

  /// The attribute of a value that the base gave.
  func value(
    of owner: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    switch owner {
    case .dictionary(let dictionary) where methods.dictionary == nil:
      if let value = dictionary[name] { return value }
    case .namespace(let namespace):
      if let value = namespace.attributes[name] { return value }
    case .undefined(let missing):
      if run.undefined == .absorbing { return owner }
      throw run.undefinedUse(missing, at: base.range, frame: frame)
    default:
      if let value = owner.attribute(name) { return value }
    }
    return .undefined(.attribute(name, of: owner))
  }
}

/// `loop.index` and its kin, where `loop` is the loop in hand.
final class LoopAttributeTerm: Term {
  private let slot: Int
  private let attribute: LoopObject.Attribute
  private let general: AttributeTerm

  init(_ slot: Int, _ attribute: LoopObject.Attribute, else general: AttributeTerm) {
    self.slot = slot
    self.attribute = attribute
    self.general = general
    super.init(general.range)
  }

  /// Nil where something else was given the name `loop`.
  @inline(__always)
  private func loop(_ frame: Frame) -> LoopObject? {
    if case .object(let object)? = frame[slot] { return object as? LoopObject }
    return nil
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    guard let loop = loop(frame) else { return try general.value(run, frame) }
    return loop.value(of: attribute)
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    guard let loop = loop(frame) else { return try general.isTrue(run, frame) }
    return loop.value(of: attribute).isTrue
  }
}
