/// Data without behaviour: what YAML, JSON, configuration and variables hold.
package indirect enum PlainValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  case list([PlainValue])
  case dictionary(PlainDictionary)

  package var string: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  package var boolean: Bool? {
    if case .boolean(let value) = self { return value }
    return nil
  }

  package var integer: Int? {
    if case .integer(let value) = self { return value }
    return nil
  }

  package var list: [PlainValue]? {
    if case .list(let value) = self { return value }
    return nil
  }

  package var dictionary: PlainDictionary? {
    if case .dictionary(let value) = self { return value }
    return nil
  }

  package var isNull: Bool { self == .null }

  /// The kind of value, in the words of a YAML author.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .double: "number"
    case .string: "string"
    case .list: "list"
    case .dictionary: "mapping"
    }
  }

  /// The type as part of a sentence: `an integer`.
  package var typeWithArticle: String { (typeName == "integer" ? "an " : "a ") + typeName }
}

extension PlainValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(arrayLiteral elements: PlainValue...) { self = .list(elements) }
  package init(nilLiteral: ()) { self = .null }
  package init(dictionaryLiteral elements: (String, PlainValue)...) {
    self = .dictionary(PlainDictionary(distinct: elements))
  }
}

/// String keys to values, in order of insertion.
///
/// Most have few keys, where comparing them one by one is faster than hashing; an index is kept
/// only for large ones.
package struct PlainDictionary: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var keys: [String] = []
  private var values: [PlainValue] = []
  private var index: [String: Int] = [:]

  private static let indexedCount = 40

  package init() {}

  package init(_ pairs: some Sequence<(String, PlainValue)>) {
    for (key, value) in pairs { self[key] = value }
  }

  package init(dictionaryLiteral elements: (String, PlainValue)...) {
    self.init(distinct: elements)
  }

  /// Pairs whose keys are known to differ, as those of a literal do.
  init(distinct pairs: [(String, PlainValue)]) {
    assert(Set(pairs.map(\.0)).count == pairs.count, "a key stands twice")
    keys = pairs.map(\.0)
    values = pairs.map(\.1)
    if keys.count > Self.indexedCount { makeIndex() }
  }

  /// Adds a key that is known to be new, which takes no search for it.
  package mutating func add(_ key: String, _ value: PlainValue) {
    assert(self[key] == nil, "the key is there already")
    keys.append(key)
    values.append(value)
    if !index.isEmpty { index[key] = keys.count - 1 }
  }

  package subscript(key: String) -> PlainValue? {
    get { position(of: key).map { values[$0] } }
    set {
      let position = position(of: key)
      guard let newValue else {
        if let position { remove(at: position) }
        return
      }
      if let position {
        values[position] = newValue
        return
      }
      keys.append(key)
      values.append(newValue)
      if keys.count > Self.indexedCount {
        if index.isEmpty { makeIndex() } else { index[key] = keys.count - 1 }
      }
    }
  }

  package var isEmpty: Bool { keys.isEmpty }
  package var count: Int { keys.count }

  /// Keys with their values, in order.
  package var pairs: [(key: String, value: PlainValue)] {
    zip(keys, values).map { ($0, $1) }
  }

  /// A key and its value by their place in the order.
  func pair(at position: Int) -> (key: String, value: PlainValue) {
    (keys[position], values[position])
  }

  /// Takes over every pair of `other`, replacing values of keys present in both.
  package mutating func merge(_ other: PlainDictionary) {
    if isEmpty {
      self = other
      return
    }
    for (key, value) in zip(other.keys, other.values) { self[key] = value }
  }

  package static func == (left: PlainDictionary, right: PlainDictionary) -> Bool {
    left.keys == right.keys && left.values == right.values
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(keys)
    hasher.combine(values)
  }

  private func position(of key: String) -> Int? {
    index.isEmpty ? keys.firstIndex(of: key) : index[key]
  }

  private mutating func remove(at position: Int) {
    keys.remove(at: position)
    values.remove(at: position)
    if !index.isEmpty { makeIndex() }
  }

  private mutating func makeIndex() {
    index = [:]
    for (position, key) in keys.enumerated() { index[key] = position }
  }
}
