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
    self = .dictionary(PlainDictionary(elements))
  }
}

/// String keys to values, in order of insertion.
package struct PlainDictionary: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var keys: [String] = []
  private var storage: [String: PlainValue] = [:]

  package init() {}

  package init(_ pairs: some Sequence<(String, PlainValue)>) {
    for (key, value) in pairs { self[key] = value }
  }

  package init(dictionaryLiteral elements: (String, PlainValue)...) {
    self.init(elements)
  }

  package subscript(key: String) -> PlainValue? {
    get { storage[key] }
    set {
      if let newValue {
        if storage.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if storage.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  package var isEmpty: Bool { keys.isEmpty }
  package var count: Int { keys.count }

  /// Keys with their values, in order.
  package var pairs: [(key: String, value: PlainValue)] {
    keys.compactMap { key in storage[key].map { (key, $0) } }
  }

  /// Takes over every pair of `other`, replacing values of keys present in both.
  package mutating func merge(_ other: PlainDictionary) {
    for (key, value) in other.pairs { self[key] = value }
  }
}
