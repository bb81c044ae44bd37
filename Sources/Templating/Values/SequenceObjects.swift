/// A built-in sequence that converts to a plain list.
protocol PlainSequence: TemplateObject {}

/// What `range()` gives.
final class RangeObject: PlainSequence {
  let start: Int
  let stop: Int
  let step: Int

  init(start: Int, stop: Int, step: Int) {
    self.start = start
    self.stop = stop
    self.step = step
  }

  /// The number of elements; nil when even that is out of range.
  static func length(start: Int, stop: Int, step: Int) -> Int? {
    guard step > 0 ? start < stop : start > stop else { return 0 }
    let (distance, overflows) =
      step > 0
      ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    guard !overflows, step != .min else { return nil }
    return (distance - 1) / abs(step) + 1
  }

  var typeName: String { "range" }
  var count: Int? { Self.length(start: start, stop: stop, step: step) }
  var isTrue: Bool { count != 0 }
  var elements: [Value]? { (0..<(count ?? 0)).map { .integer(start + $0 * step) } }

  var rendered: String {
    step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))"
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "start": .integer(start)
    case "stop": .integer(stop)
    case "step": .integer(step)
    default: nil
    }
  }

  func item(_ key: Value) -> Value? {
    guard let index = key.integerValue, let count else { return nil }
    let position = index < 0 ? index + count : index
    return (0..<count).contains(position) ? .integer(start + position * step) : nil
  }

  /// The range that a slice of this one is.
  func slice(_ from: Int?, _ to: Int?, _ by: Int) -> RangeObject {
    let count = count ?? 0
    func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      min(max(bound < 0 ? bound + count : bound, low), high)
    }
    let (low, high) = by > 0 ? (0, count) : (-1, count - 1)
    let first = from.map { clamp($0, low, high) } ?? (by > 0 ? 0 : count - 1)
    let last = to.map { clamp($0, low, high) } ?? (by > 0 ? count : -1)
    // Bounds of ranges are small: a range has 100 000 numbers at most.
    let (scaled, overflows) = step.multipliedReportingOverflow(by: by)
    return RangeObject(
      start: start &+ first &* step,
      stop: start &+ last &* step,
      step: overflows ? .max : scaled
    )
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? RangeObject, count == other.count else { return false }
    return count == 0 || (start == other.start && (count == 1 || step == other.step))
  }
}

/// A sequence that can be gone over once, as what `map` and `select` give.
final class OneShotSequence: PlainSequence {
  private var rest: [Value]
  let typeName: String

  init(_ elements: [Value], typeName: String = "generator") {
    rest = elements
    self.typeName = typeName
  }

  var elements: [Value]? {
    defer { rest = [] }
    return rest
  }

  var rendered: String { "<\(typeName) object>" }
  func attribute(_ name: String) -> Value? { nil }

  /// The next element, which is used up.
  func next() -> Value? { rest.isEmpty ? nil : rest.removeFirst() }
}

/// What `keys()`, `values()` and `items()` of a dictionary give: a view that follows it.
final class DictionaryView: PlainSequence {
  enum Kind: String {
    case keys = "dict_keys"
    case values = "dict_values"
    case items = "dict_items"

    /// What a method of dictionaries gives; nil for other methods.
    init?(method name: String) {
      self.init(rawValue: "dict_\(name)")
    }
  }

  private let dictionary: DictionaryReference
  private let kind: Kind

  init(_ dictionary: DictionaryReference, _ kind: Kind) {
    self.dictionary = dictionary
    self.kind = kind
  }

  var typeName: String { kind.rawValue }
  var count: Int? { dictionary.count }
  var isTrue: Bool { dictionary.count > 0 }

  /// The pairs that `items()` gives; nil for other views.
  var pairs: [DictionaryReference.Entry]? { kind == .items ? dictionary.entries : nil }

  var elements: [Value]? {
    switch kind {
    case .keys: dictionary.entries.map(\.key)
    case .values: dictionary.entries.map(\.value)
    case .items: dictionary.entries.map { .tuple([$0.key, $0.value]) }
    }
  }

  var rendered: String { "\(kind.rawValue)(\(Value.list(elements ?? []).represented))" }
  func attribute(_ name: String) -> Value? { nil }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? DictionaryView, kind == other.kind, kind != .values else {
      return self === other
    }
    let others = other.elements ?? []
    return count == other.count
      && (elements ?? []).allSatisfy { element in
        others.contains { Value.isEqual($0, element) }
      }
  }
}
