/// A list, shared by everyone who holds it.
package final class ListReference {
  @exclusivity(unchecked) package var elements: [Value]

  package init(_ elements: [Value]) {
    self.elements = elements
  }

  deinit { Value.dismantle(&elements) }
}

/// A tuple.
package final class TupleReference {
  package fileprivate(set) var elements: [Value]

  package init(_ elements: [Value]) {
    self.elements = elements
  }

  deinit { Value.dismantle(&elements) }
}

/// What `namespace()` makes: attributes that `set` can change from an inner scope.
package final class NamespaceReference {
  package let attributes: DictionaryReference

  package init(_ attributes: DictionaryReference = DictionaryReference()) {
    self.attributes = attributes
  }
}

/// A dictionary in order of insertion, shared by everyone who holds it.
package final class DictionaryReference {
  /// A key with its value.
  package struct Entry {
    package var key: Value
    package var value: Value
  }

  @exclusivity(unchecked) package fileprivate(set) var entries: [Entry] = []
  /// Positions in `entries`; only kept once a search through them would be slow.
  @exclusivity(unchecked) private var index: [DictionaryKey: Int]?
  private static let indexedCount = 12

  package init() {}

  package init(_ pairs: some Sequence<(String, Value)>) {
    for (name, value) in pairs { self[name] = value }
  }

  deinit {
    var values = entries.map(\.value)
    entries = []
    Value.dismantle(&values)
  }

  package var count: Int { entries.count }

  /// The value of a string key.
  package subscript(name: String) -> Value? {
    get { self[TemplateString(name)] }
    set {
      let name = TemplateString(name)
      if let newValue {
        set(newValue, for: name)
      } else if let position = position(of: name) {
        remove(at: position)
      }
    }
  }

  /// The value of a string key.
  subscript(name: TemplateString) -> Value? {
    guard let position = position(of: name) else { return nil }
    return entries[position].value
  }

  /// Gives a string key a value.
  func set(_ value: Value, for name: TemplateString) {
    if let position = position(of: name) {
      entries[position].value = value
    } else {
      append(.string(name), value, key: .string(name.text))
    }
  }

  /// The value of any key; nil as well for keys that cannot be keys.
  package subscript(key: Value) -> Value? {
    get {
      guard let position = position(of: key) else { return nil }
      return entries[position].value
    }
    set {
      guard let newValue else {
        if let position = position(of: key) { remove(at: position) }
        return
      }
      if let position = position(of: key) {
        entries[position].value = newValue
      } else if let hashed = DictionaryKey(key) {
        append(key, newValue, key: hashed)
      }
    }
  }

  package func removeAll() {
    entries = []
    index = nil
  }

  package func copy() -> DictionaryReference {
    let result = DictionaryReference()
    result.entries = entries
    return result
  }

  func remove(at position: Int) {
    entries.remove(at: position)
    index = nil
  }

  func position(of key: Value) -> Int? {
    if case .string(let string) = key { return position(of: string) }
    guard let hashed = DictionaryKey(key) else { return nil }
    return position(of: hashed)
  }

  func position(of name: TemplateString) -> Int? {
    guard entries.count <= Self.indexedCount else { return position(of: .string(name.text)) }
    for position in entries.indices where entries[position].key.isText(name) { return position }
    return nil
  }

  private func position(of key: DictionaryKey) -> Int? {
    guard entries.count > Self.indexedCount else {
      return entries.firstIndex { DictionaryKey($0.key) == key }
    }
    if index == nil {
      var built: [DictionaryKey: Int] = [:]
      built.reserveCapacity(entries.count)
      for (position, entry) in entries.enumerated() {
        if let key = DictionaryKey(entry.key) { built[key] = position }
      }
      index = built
    }
    return index?[key]
  }

  private func append(_ value: Value, _ element: Value, key: DictionaryKey) {
    entries.append(Entry(key: value, value: element))
    index?[key] = entries.count - 1
  }
}

/// A value as a key: equal for values that are equal in Python (`1`, `1.0` and `True`).
enum DictionaryKey: Hashable {
  case none
  case integer(Int)
  case float(Double)
  case string(String)
  case tuple([DictionaryKey])
  case object(ObjectIdentifier)
  case long(BigInteger)
  case set(Set<DictionaryKey>)
  case data(kind: String, [Int])

  /// Nil for what cannot be a key: lists and dictionaries.
  init?(_ value: Value) {
    self.init(value, depth: 0)
  }

  private init?(_ value: Value, depth: Int) {
    switch value {
    case .none: self = .none
    case .boolean(let flag): self = .integer(flag ? 1 : 0)
    case .integer(let number): self = .integer(number)
    case .float(let number):
      if let integer = Int(exactly: number) {
        self = .integer(integer)
      } else if number.isFinite, number.rounded(.towardZero) == number {
        self = .long(BigInteger(number))
      } else {
        self = .float(number)
      }
    case .string(let string): self = .string(string.text)
    case .tuple(let tuple):
      guard depth < 100 else { return nil }
      var keys: [DictionaryKey] = []
      for element in tuple.elements {
        guard let key = DictionaryKey(element, depth: depth + 1) else { return nil }
        keys.append(key)
      }
      self = .tuple(keys)
    case .function(let function): self = .object(ObjectIdentifier(function))
    case .macro(let macro): self = .object(ObjectIdentifier(macro))
    case .namespace(let namespace): self = .object(ObjectIdentifier(namespace))
    case .object(let object as any PythonObject):
      guard let key = object.hashKey else { return nil }
      self = key
    case .object(let object): self = .object(ObjectIdentifier(object))
    case .undefined: self = .string("\u{0}undefined")
    case .list, .dictionary: return nil
    }
  }
}

extension Value {
  /// Releases a tree of containers level by level, so that deep ones do not exhaust the stack.
  static func dismantle(_ values: inout [Value]) {
    var pending: [AnyObject] = []
    moveContainers(from: &values, to: &pending)
    while !pending.isEmpty {
      // What others hold as well stays whole. Asked in place: a copy would be another holder.
      guard isKnownUniquelyReferenced(&pending[pending.count - 1]) else {
        pending.removeLast()
        continue
      }
      let container = pending.removeLast()
      if let list = container as? ListReference {
        moveContainers(from: &list.elements, to: &pending)
      } else if let tuple = container as? TupleReference {
        moveContainers(from: &tuple.elements, to: &pending)
      } else if let dictionary = container as? DictionaryReference {
        var values = dictionary.entries.map(\.value)
        dictionary.removeAll()
        moveContainers(from: &values, to: &pending)
      }
    }
  }

  private static func moveContainers(from values: inout [Value], to pending: inout [AnyObject]) {
    for value in values {
      switch value {
      case .list(let list): pending.append(list)
      case .tuple(let tuple): pending.append(tuple)
      case .dictionary(let dictionary): pending.append(dictionary)
      default: break
      }
    }
    values = []
  }
}
