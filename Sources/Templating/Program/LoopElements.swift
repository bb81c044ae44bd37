import Diagnostics

/// What a loop goes over, without making a list of it where that can be saved.
enum LoopElements {
  case values([Value])
  case growing(ListReference)
  case range(RangeElements)
  case pairs([DictionaryReference.Entry])

  /// Nil for what cannot be iterated.
  init?(_ value: Value) {
    switch value {
    case .list(let list): self = .growing(list)
    case .tuple(let tuple): self = .values(tuple.elements)
    case .object(let object):
      if let range = object as? RangeObject {
        self = .range(
          RangeElements(start: range.start, step: range.step, count: range.count ?? 0)
        )
      } else if let view = object as? DictionaryView, let entries = view.pairs {
        self = .pairs(entries)
      } else if let elements = object.elements {
        self = .values(elements)
      } else {
        return nil
      }
    default:
      guard let elements = value.elements else { return nil }
      self = .values(elements)
    }
  }

  /// The elements as they are now.
  var fixed: LoopElements {
    if case .growing(let list) = self { return .values(list.elements) }
    return self
  }

  var count: Int {
    switch self {
    case .values(let values): values.count
    case .growing(let list): list.elements.count
    case .range(let range): range.count
    case .pairs(let entries): entries.count
    }
  }

  subscript(index: Int) -> Value {
    switch self {
    case .values(let values): values[index]
    case .growing(let list): list.elements[index]
    case .range(let range): range.element(index)
    case .pairs(let entries): .tuple([entries[index].key, entries[index].value])
    }
  }
}

/// One kind of elements, so that the rounds of a loop need not ask which it is.
protocol LoopSource {
  var count: Int { get }
  /// Checks that there may be a round of that number.
  func checkCount(_ index: Int, at range: TextRange) throws(Diagnostic)
  func element(_ index: Int) -> Value
  /// Gives an element to a variable.
  func put(_ index: Int, in slot: Int, _ frame: Frame)
  func assign(
    _ index: Int,
    to target: Target,
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic)
}

extension LoopSource {
  @inline(__always)
  func checkCount(_ index: Int, at range: TextRange) throws(Diagnostic) {}

  @inline(__always)
  func put(_ index: Int, in slot: Int, _ frame: Frame) { frame.store(element(index), in: slot) }

  @inline(__always)
  func assign(
    _ index: Int,
    to target: Target,
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic) {
    if case .slot(let slot) = target {
      put(index, in: slot, frame)
    } else {
      try target.assign(element(index), run, frame, at: range)
    }
  }
}

struct ArrayElements: LoopSource {
  let values: [Value]

  var count: Int { values.count }
  @inline(__always)
  func element(_ index: Int) -> Value { values[index] }
  @inline(__always)
  func put(_ index: Int, in slot: Int, _ frame: Frame) { frame.store(values[index], in: slot) }
}

/// A list that may grow while it is gone over: as in Python, it is gone over to its new end.
struct ListElements: LoopSource {
  private let list: ListReference
  private let limit: Int

  init(_ list: ListReference) {
    self.list = list
    limit = list.elements.count + TemplateLimits.rangeLength
  }

  var count: Int { list.elements.count }
  @inline(__always)
  func element(_ index: Int) -> Value { list.elements[index] }
  @inline(__always)
  func put(_ index: Int, in slot: Int, _ frame: Frame) {
    frame.store(list.elements[index], in: slot)
  }

  @inline(__always)
  func checkCount(_ index: Int, at range: TextRange) throws(Diagnostic) {
    if index >= limit {
      throw .sizeLimit("the list grows without an end while the loop goes over it", at: range)
    }
  }
}

struct RangeElements: LoopSource {
  let start: Int
  let step: Int
  let count: Int

  @inline(__always)
  private func number(_ index: Int) -> Int { start + index * step }

  @inline(__always)
  func element(_ index: Int) -> Value { .integer(number(index)) }

  @inline(__always)
  func put(_ index: Int, in slot: Int, _ frame: Frame) { frame.set(slot, to: number(index)) }
}

/// The keys and values of a dictionary, of which a loop with two names needs no tuples.
struct PairElements: LoopSource {
  let entries: [DictionaryReference.Entry]

  var count: Int { entries.count }

  func element(_ index: Int) -> Value {
    .tuple([entries[index].key, entries[index].value])
  }

  @inline(__always)
  func assign(
    _ index: Int,
    to target: Target,
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic) {
    if case .pair(let key, let value) = target {
      frame.store(entries[index].key, in: key)
      frame.store(entries[index].value, in: value)
    } else {
      try target.assign(element(index), run, frame, at: range)
    }
  }
}
