import Diagnostics

/// `a.b`.
final class AttributeTerm: Term {
  private let base: Term
  /// Where the base is, if it is a variable's.
  private let slot: Int?
  private let name: String
  /// The name as a key of dictionaries.
  private let key: TemplateString
  private let methods: MethodSet

  init(_ base: Term, _ name: String, _ range: TextRange) {
    self.base = base
    slot = (base as? LocalTerm)?.slot
    self.name = name
    key = TemplateString(name)
    methods = MethodSet.named(name)
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if let slot, let value = frame.attributes(slot)?[key] { return value }
    return try value(of: base.value(run, frame), run, frame)
  }

  /// The attribute of a value that the base gave.
  func value(
    of owner: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    switch owner {
    case .dictionary(let dictionary) where methods.dictionary == nil:
      if let value = dictionary[key] { return value }
    case .namespace(let namespace):
      if let value = namespace.attributes[key] { return value }
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
  private func attribute(_ frame: Frame) -> Value? {
    frame.loop(slot)?.value(of: attribute)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    if let value = attribute(frame) { return value }
    return try general.value(run, frame)
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    if let value = attribute(frame) { return value.isTrue }
    return try general.isTrue(run, frame)
  }
}
