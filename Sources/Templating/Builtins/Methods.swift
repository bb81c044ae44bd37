import Diagnostics

/// The methods of Python's own types.
enum Methods {
  typealias Body = @Sendable (Value, Arguments) throws(Diagnostic) -> Value

  /// The method as a value of its own.
  static func method(_ name: String, of owner: Value) -> Value? {
    guard let body = MethodSet.named(name).body(of: owner) else { return nil }
    return .function(
      NativeFunction(name) { (arguments) throws(Diagnostic) in try body(owner, arguments) }
    )
  }

  private static func elements(_ owner: Value) -> [Value] {
    switch owner {
    case .list(let list): list.elements
    case .tuple(let tuple): tuple.elements
    default: []
    }
  }

  static let tuple: [String: Body] = [
    "count": { (owner, arguments) throws(Diagnostic) in
      let wanted = try arguments.required(0, "value", of: "count")
      return .integer(elements(owner).lazy.filter { Value.isEqual($0, wanted) }.count)
    },
    "index": { (owner, arguments) throws(Diagnostic) in
      let wanted = try arguments.required(0, "value", of: "index")
      guard let index = elements(owner).firstIndex(where: { Value.isEqual($0, wanted) }) else {
        throw .invalidValue("\(wanted.represented) is not in the list", at: arguments.range)
      }
      return .integer(index)
    },
  ]

  static let list: [String: Body] = tuple.merging([
    "append": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      try Value.checkCount(list.elements.count + 1, at: arguments.range)
      list.elements.append(try arguments.required(0, "object", of: "append"))
      return .none
    },
    "extend": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      let value = try arguments.required(0, "iterable", of: "extend")
      guard let added = value.elements else { throw .notIterable(value, at: arguments.range) }
      try Value.checkCount(list.elements.count + added.count, at: arguments.range)
      list.elements += added
      return .none
    },
    "insert": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      let index = try integer(arguments, 0, "index", of: "insert")
      let position = index < 0 ? max(0, index + list.elements.count) : index
      try Value.checkCount(list.elements.count + 1, at: arguments.range)
      list.elements.insert(
        try arguments.required(1, "object", of: "insert"),
        at: min(position, list.elements.count)
      )
      return .none
    },
    "pop": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      let index =
        try arguments.value(0, "index") == nil ? -1 : integer(arguments, 0, "index", of: "pop")
      let position = index < 0 ? index + list.elements.count : index
      guard list.elements.indices.contains(position) else {
        throw .invalidValue(
          list.elements.isEmpty ? "pop from an empty list" : "pop index is out of range",
          at: arguments.range
        )
      }
      return list.elements.remove(at: position)
    },
    "remove": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      let wanted = try arguments.required(0, "value", of: "remove")
      guard let index = list.elements.firstIndex(where: { Value.isEqual($0, wanted) }) else {
        throw .invalidValue("\(wanted.represented) is not in the list", at: arguments.range)
      }
      list.elements.remove(at: index)
      return .none
    },
    "reverse": { (owner, _) throws(Diagnostic) in
      if case .list(let list) = owner { list.elements.reverse() }
      return .none
    },
    "sort": { (owner, arguments) throws(Diagnostic) in
      guard case .list(let list) = owner else { return .none }
      _ = try Arguments(
        named: arguments.named,
        range: arguments.range,
        renderer: arguments.renderer
      ).matched(to: ["key", "reverse"], of: "sort")
      guard arguments.positional.isEmpty else {
        throw .tooManyArguments(
          of: "sort",
          maximum: 0,
          given: arguments.positional.count,
          at: arguments.range
        )
      }
      let key = arguments.value(named: "key")
      let reversed = arguments.value(named: "reverse")?.isTrue ?? false
      var keyed: [(key: Value, value: Value)] = []
      for element in list.elements {
        var sortKey = element
        if let key, !key.isNone {
          let call = Arguments(
            positional: [element],
            range: arguments.range,
            renderer: arguments.renderer
          )
          sortKey = try arguments.renderer.call(key, call)
        }
        keyed.append((sortKey, element))
      }
      list.elements = try Value.sorted(keyed, reversed: reversed, at: arguments.range)
      return .none
    },
    "copy": { (owner, _) throws(Diagnostic) in .list(elements(owner)) },
    "clear": { (owner, _) throws(Diagnostic) in
      if case .list(let list) = owner { list.elements = [] }
      return .none
    },
  ]) { $1 }

  /// Takes over the pairs of a dictionary, or of a sequence of pairs.
  static func update(
    _ target: DictionaryReference,
    with value: Value,
    at range: TextRange
  ) throws(Diagnostic) {
    switch value {
    case .dictionary(let dictionary):
      for entry in dictionary.entries { target[entry.key] = entry.value }
    case .namespace(let namespace):
      for entry in namespace.attributes.entries { target[entry.key] = entry.value }
    default:
      guard let pairs = value.elements else { throw .notIterable(value, at: range) }
      for pair in pairs {
        guard let parts = pair.elements else { throw .notIterable(pair, at: range) }
        guard parts.count == 2 else {
          throw .unpacking(expected: 2, given: parts.count, at: range)
        }
        guard DictionaryKey(parts[0]) != nil else { throw .unhashable(parts[0], at: range) }
        target[parts[0]] = parts[1]
      }
    }
    try Value.checkCount(target.count, at: range)
  }

  private static func key(
    _ arguments: Arguments,
    of function: String
  ) throws(Diagnostic) -> Value {
    let key = try arguments.required(0, "key", of: function)
    guard DictionaryKey(key) != nil else { throw .unhashable(key, at: arguments.range) }
    return key
  }

  static let dictionary: [String: Body] = [
    "keys": { (owner, _) throws(Diagnostic) in view(owner, .keys) },
    "values": { (owner, _) throws(Diagnostic) in view(owner, .values) },
    "items": { (owner, _) throws(Diagnostic) in view(owner, .items) },
    "get": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner else { return .none }
      if case .undefined? = arguments.value(0, "key") {
        return arguments.value(1, "default") ?? .none
      }
      return try dictionary[key(arguments, of: "get")] ?? arguments.value(1, "default") ?? .none
    },
    "update": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner else { return .none }
      for value in arguments.positional {
        try update(dictionary, with: value, at: arguments.range)
      }
      for (name, value) in arguments.named { dictionary[name] = value }
      return .none
    },
    "pop": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner else { return .none }
      let key = try key(arguments, of: "pop")
      if let position = dictionary.position(of: key) {
        let value = dictionary.entries[position].value
        dictionary.remove(at: position)
        return value
      }
      if let standard = arguments.value(1, "default") { return standard }
      throw .invalidValue(
        "the dictionary has no key \(key.represented)",
        at: arguments.range,
        help: ["give pop() a second argument to return when the key is missing"]
      )
    },
    "popitem": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner, let last = dictionary.entries.last else {
        throw .invalidValue("the dictionary is empty", at: arguments.range)
      }
      dictionary.remove(at: dictionary.count - 1)
      return .tuple([last.key, last.value])
    },
    "setdefault": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner else { return .none }
      let key = try key(arguments, of: "setdefault")
      if let value = dictionary[key] { return value }
      let value = arguments.value(1, "default") ?? .none
      dictionary[key] = value
      return value
    },
    "copy": { (owner, _) throws(Diagnostic) in
      guard case .dictionary(let dictionary) = owner else { return owner }
      return .dictionary(dictionary.copy())
    },
    "clear": { (owner, _) throws(Diagnostic) in
      if case .dictionary(let dictionary) = owner { dictionary.removeAll() }
      return .none
    },
    "fromkeys": { (_, arguments) throws(Diagnostic) in
      let result = DictionaryReference()
      let keys = try arguments.required(0, "iterable", of: "fromkeys")
      guard let elements = keys.elements else { throw .notIterable(keys, at: arguments.range) }
      for key in elements { result[key] = arguments.value(1, "value") ?? Value.none }
      return .dictionary(result)
    },
  ]

  private static func view(_ owner: Value, _ kind: DictionaryView.Kind) -> Value {
    guard case .dictionary(let dictionary) = owner else { return .none }
    return .object(DictionaryView(dictionary, kind))
  }

  static func integer(
    _ arguments: Arguments,
    _ index: Int,
    _ name: String,
    of function: String
  ) throws(Diagnostic) -> Int {
    let value = try arguments.required(index, name, of: function)
    guard let number = value.integerValue else {
      throw .argumentType(
        name,
        of: function,
        expected: "an integer",
        given: value,
        at: arguments.range
      )
    }
    return number
  }

  /// A width to pad to, within bounds.
  static func width(
    _ arguments: Arguments,
    of function: String
  ) throws(Diagnostic) -> Int {
    let width = try integer(arguments, 0, "width", of: function)
    try Value.checkText(width, at: arguments.range)
    return width
  }
}
