import Diagnostics

/// `[a, b]` and `(a, b)`.
final class SequenceTerm: Term {
  private let isTuple: Bool
  private let elements: [Term]

  init(isTuple: Bool, _ elements: [Term], _ range: TextRange) {
    self.isTuple = isTuple
    self.elements = elements
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.value(run, frame)) }
    return isTuple ? .tuple(values) : .list(values)
  }
}

/// `{a: b}`.
final class DictionaryTerm: Term {
  private let pairs: [(key: Term, value: Term)]

  init(_ pairs: [(key: Term, value: Term)], _ range: TextRange) {
    self.pairs = pairs
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let result = DictionaryReference()
    for (keyTerm, valueTerm) in pairs {
      let key = try keyTerm.value(run, frame)
      guard DictionaryKey(key) != nil else { throw .unhashable(key, at: keyTerm.range) }
      result[key] = try valueTerm.value(run, frame)
    }
    return .dictionary(result)
  }
}

/// `a[b]`.
final class ItemTerm: Term {
  private let base: Term
  private let key: Term

  init(_ base: Term, _ key: Term, _ range: TextRange) {
    self.base = base
    self.key = key
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let owner = try base.value(run, frame)
    let key = try key.value(run, frame)
    if case .undefined(let missing) = owner {
      if run.undefined == .absorbing { return owner }
      throw run.undefinedUse(missing, at: base.range, frame: frame)
    }
    return owner.item(key) ?? .undefined(.element(key, of: owner))
  }
}

/// `a[start:stop:step]`.
final class SliceTerm: Term {
  private let base: Term
  private let bounds: [Term?]

  init(_ base: Term, start: Term?, stop: Term?, step: Term?, _ range: TextRange) {
    self.base = base
    bounds = [start, stop, step]
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let owner = try base.value(run, frame)
    if case .undefined(let missing) = owner {
      if run.undefined == .absorbing { return owner }
      throw run.undefinedUse(missing, at: base.range, frame: frame)
    }
    var given: [Int?] = []
    for bound in bounds {
      guard let bound else {
        given.append(nil)
        continue
      }
      let value = try bound.value(run, frame)
      guard value.integerValue != nil || value.isNone else {
        throw .typeMismatch(
          "the bounds of a slice must be integers, not \(value.typeName)",
          at: bound.range
        )
      }
      given.append(value.integerValue)
    }
    if given[2] == 0 { throw .invalidValue("the step of a slice cannot be zero", at: range) }
    return try owner.slice(given[0], given[1], given[2] ?? 1, at: range)
  }
}

extension Value {
  /// The part that a slice takes.
  fileprivate func slice(
    _ start: Int?,
    _ stop: Int?,
    _ step: Int,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    func indices(_ count: Int) -> [Int] {
      SliceBounds.indices(start, stop, step, count: count)
    }
    switch self {
    case .list(let list): return .list(indices(list.elements.count).map { list.elements[$0] })
    case .tuple(let tuple):
      return .tuple(indices(tuple.elements.count).map { tuple.elements[$0] })
    case .string(let string):
      let scalars = Array(string.text.unicodeScalars)
      var text = String.UnicodeScalarView()
      for index in indices(scalars.count) { text.append(scalars[index]) }
      return .text(String(text))
    case .object(let object):
      if let range = object as? RangeObject { return .object(range.slice(start, stop, step)) }
      guard object is any PlainSequence || object.count != nil, !(object is SetObject),
        !(object is DictionaryView), !(object is OneShotSequence), let elements = object.elements
      else { break }
      return .list(indices(elements.count).map { elements[$0] })
    default: break
    }
    throw .typeMismatch("a \(typeName) has no slices", at: range)
  }
}
