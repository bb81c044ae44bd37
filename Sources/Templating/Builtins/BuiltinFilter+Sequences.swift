import Diagnostics

extension BuiltinFilter {
  static let sequenceFilters: [String: Body] = [
    "default": standard, "d": standard,
    "length": length, "count": length,
    "first": first, "last": last,
    "list": { (value, arguments) throws(Diagnostic) in
      .list(try elements(value, at: arguments.range))
    },
    "is_list": { (value, _) throws(Diagnostic) in
      if case .list = value { return .boolean(true) }
      return .boolean(false)
    },
    "items": { (value, arguments) throws(Diagnostic) in
      if value.isUndefined { return .object(OneShotSequence([])) }
      guard case .dictionary(let dictionary) = value else {
        throw .typeMismatch("items needs a dictionary", at: arguments.range)
      }
      return .object(OneShotSequence(DictionaryView(dictionary, .items).elements ?? []))
    },
    "join": join,
    "reverse": reverse,
    "sort": sort, "dictsort": dictionarySort, "unique": unique,
    "min": { (value, arguments) throws(Diagnostic) in try extreme(value, arguments, .less) },
    "max": { (value, arguments) throws(Diagnostic) in try extreme(value, arguments, .greater) },
    "sum": sum,
    "batch": batch, "slice": slice, "groupby": groupBy,
    "attr": { (value, arguments) throws(Diagnostic) in
      let name = try arguments.string(0, "name", of: "attr")
      if case .dictionary = value {
        return Methods.method(name, of: value) ?? .undefined(.attribute(name, of: value))
      }
      return value.attribute(name)
        ?? .undefined(.attribute(name, of: value))
    },
    "random": { (value, arguments) throws(Diagnostic) in
      let elements = try elements(value, at: arguments.range)
      guard !elements.isEmpty else {
        return .undefined(
          UndefinedName(name: "random", message: "No random item, sequence was empty.")
        )
      }
      return elements[arguments.renderer.drawnPlace(below: elements.count)]
    },
  ]

  @Sendable
  private static func standard(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["default_value", "boolean"], of: "default")
    let isReplaced = value.isUndefined || (given[1]?.isTrue ?? false && !value.isTrue)
    return isReplaced ? given[0] ?? .text("") : value
  }

  @Sendable
  private static func length(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    guard let count = value.count else { throw .noLength(value, at: arguments.range) }
    return .integer(count)
  }

  @Sendable
  private static func first(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let none = Value.undefined(
      UndefinedName(name: "first", message: "the sequence is empty and has no first element")
    )
    switch value {
    case .list(let list): return list.elements.first ?? none
    case .string(let string):
      return string.text.unicodeScalars.first.map { .text(String($0)) } ?? none
    case .object(let object as OneShotSequence): return object.next() ?? none
    default: return try elements(value, at: arguments.range).first ?? none
    }
  }

  @Sendable
  private static func last(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    if case .object(let object) = value, object is OneShotSequence {
      throw .typeMismatch(
        "'\(object.typeName)' object is not reversible",
        at: arguments.range,
        help: ["make a list of it first: values | list | last"]
      )
    }
    return try elements(value, at: arguments.range).last
      ?? .undefined(
        UndefinedName(name: "last", message: "the sequence is empty and has no last element")
      )
  }

  @Sendable
  private static func join(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["d", "attribute"], of: "join")
    let separator = TemplateString(given[0].map(text) ?? "")
    let elements = try elements(value, at: arguments.range)
    let origin = SourceMap.Origin(arguments.range)
    let output = arguments.renderer.output
    let mark = output.mark
    do throws(Diagnostic) {
      for (index, element) in elements.enumerated() {
        if index > 0 { _ = output.append(separator, origin, frameNumber: 0) }
        let element = try attribute(given[1], of: element, arguments)
        if case .string(let text) = element {
          _ = output.append(text, origin, frameNumber: 0)
        } else {
          _ = output.append(element.rendered, origin, frameNumber: 0)
        }
        try Value.checkText(output.count - mark.bytes, at: arguments.range)
      }
    } catch {
      output.removeAll(after: mark)
      throw error
    }
    return .string(output.takeText(after: mark))
  }

  @Sendable
  private static func reverse(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    if case .string(let string) = value {
      return .text(PythonText.text(string.text.unicodeScalars.reversed()))
    }
    let reversed = Array(try elements(value, at: arguments.range).reversed())
    return .object(OneShotSequence(reversed, typeName: "list_reverseiterator"))
  }

  @Sendable
  private static func sort(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(
      to: ["reverse", "case_sensitive", "attribute"],
      of: "sort"
    )
    let isCaseSensitive = given[1]?.isTrue ?? false
    let paths: [Value] =
      given[2]?.stringValue.map { PythonText.split($0, ",").map { .text($0) } }
      ?? [given[2] ?? .none]
    var keyed: [(key: Value, value: Value)] = []
    for element in try elements(value, at: arguments.range) {
      var keys: [Value] = []
      for path in paths {
        keys.append(
          folded(try attribute(path, of: element, arguments), caseSensitive: isCaseSensitive)
        )
      }
      keyed.append((.tuple(keys), element))
    }
    return .list(
      try Value.sorted(keyed, reversed: given[0]?.isTrue ?? false, at: arguments.range)
    )
  }

  @Sendable
  private static func dictionarySort(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["case_sensitive", "by", "reverse"], of: "dictsort")
    let part = given[1].map(text) ?? "key"
    guard part == "key" || part == "value" else {
      throw .invalidValue("dictsort sorts by \"key\" or by \"value\"", at: arguments.range)
    }
    if case .undefined(let name) = value {
      throw arguments.renderer.undefinedUse(name, at: arguments.range)
    }
    guard case .dictionary(let dictionary) = value else {
      throw .typeMismatch("dictsort needs a dictionary", at: arguments.range)
    }
    let isCaseSensitive = given[0]?.isTrue ?? false
    let keyed = dictionary.entries.map { entry in
      (
        key: folded(part == "key" ? entry.key : entry.value, caseSensitive: isCaseSensitive),
        value: Value.tuple([entry.key, entry.value])
      )
    }
    return .list(
      try Value.sorted(keyed, reversed: given[2]?.isTrue ?? false, at: arguments.range)
    )
  }

  @Sendable
  private static func unique(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["case_sensitive", "attribute"], of: "unique")
    let isCaseSensitive = given[0]?.isTrue ?? false
    var seen: Set<DictionaryKey> = []
    var result: [Value] = []
    for element in try elements(value, at: arguments.range) {
      let value = folded(
        try attribute(given[1], of: element, arguments),
        caseSensitive: isCaseSensitive
      )
      guard let key = DictionaryKey(value) else { throw .unhashable(value, at: arguments.range) }
      if seen.insert(key).inserted { result.append(element) }
    }
    return .object(OneShotSequence(result))
  }

  private static func extreme(
    _ value: Value,
    _ arguments: Arguments,
    _ comparison: ComparisonOperator
  ) throws(Diagnostic) -> Value {
    let name = comparison == .less ? "min" : "max"
    let given = try arguments.matched(to: ["case_sensitive", "attribute"], of: name)
    let isCaseSensitive = given[0]?.isTrue ?? false
    var best: (key: Value, value: Value)?
    for element in try elements(value, at: arguments.range) {
      let key = folded(
        try attribute(given[1], of: element, arguments),
        caseSensitive: isCaseSensitive
      )
      if let current = best,
        try !Value.compare(key, comparison, current.key, at: arguments.range)
      {
        continue
      }
      best = (key, element)
    }
    return best?.value
      ?? .undefined(UndefinedName(name: name, message: "an empty sequence has no \(name)"))
  }

  @Sendable
  private static func sum(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["attribute", "start"], of: "sum")
    var result = given[1] ?? .integer(0)
    if result.isString {
      throw .typeMismatch("sum cannot add text; use join", at: arguments.range)
    }
    for element in try elements(value, at: arguments.range) {
      let term = try attribute(given[0], of: element, arguments)
      result = try Value.arithmetic(.add, result, term, at: arguments.range)
    }
    return result
  }

  @Sendable
  private static func batch(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["linecount", "fill_with"], of: "batch")
    _ = try arguments.required(0, "linecount", of: "batch")
    let size = try integer(given[0], 1, "linecount", of: "batch", at: arguments.range)
    var result: [Value] = []
    var current: [Value] = []
    for element in try elements(value, at: arguments.range) {
      if current.count == size {
        result.append(.list(current))
        current = []
      }
      current.append(element)
    }
    if !current.isEmpty {
      if let fill = given[1], !fill.isNone, current.count < size {
        try Value.checkCount(size, at: arguments.range)
        current += repeatElement(fill, count: size - current.count)
      }
      result.append(.list(current))
    }
    return .object(OneShotSequence(result))
  }

  @Sendable
  private static func slice(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["slices", "fill_with"], of: "slice")
    _ = try arguments.required(0, "slices", of: "slice")
    let slices = try integer(given[0], 1, "slices", of: "slice", at: arguments.range)
    guard slices > 0 else {
      throw .invalidValue("slice needs a number above zero", at: arguments.range)
    }
    try Value.checkCount(slices, at: arguments.range)
    let all = try elements(value, at: arguments.range)
    var result: [Value] = []
    var position = 0
    for index in 0..<slices {
      let isLonger = index < all.count % slices
      let end = position + all.count / slices + (isLonger ? 1 : 0)
      var part = Array(all[position..<end])
      if let fill = given[1], !fill.isNone, !isLonger { part.append(fill) }
      result.append(.list(part))
      position = end
    }
    return .object(OneShotSequence(result))
  }

  @Sendable
  private static func groupBy(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(
      to: ["attribute", "default", "case_sensitive"],
      of: "groupby"
    )
    let path = try arguments.required(0, "attribute", of: "groupby")
    let isCaseSensitive = given[2]?.isTrue ?? false
    var standard = given[1]
    if standard?.isNone ?? false { standard = nil }
    var keyed: [(key: Value, value: Value)] = []
    for element in try elements(value, at: arguments.range) {
      let key = try attribute(path, of: element, default: standard, arguments)
      let group = Value.tuple([key, element])
      keyed.append((folded(key, caseSensitive: isCaseSensitive), group))
    }
    let sorted = try Value.sorted(keyed, reversed: false, at: arguments.range)
    var groups: [(key: Value, folded: Value, members: [Value])] = []
    for case .tuple(let pair) in sorted {
      let key = folded(pair.elements[0], caseSensitive: isCaseSensitive)
      if let last = groups.last, Value.isEqual(last.folded, key) {
        groups[groups.count - 1].members.append(pair.elements[1])
      } else {
        groups.append((pair.elements[0], key, [pair.elements[1]]))
      }
    }
    return .list(groups.map { .object(GroupObject($0.key, $0.members)) })
  }
}

/// One group of `groupby`: a pair whose parts have names.
final class GroupObject: PlainSequence {
  private let pair: [Value]

  init(_ key: Value, _ members: [Value]) {
    pair = [key, .list(members)]
  }

  var typeName: String { "_GroupTuple" }
  var elements: [Value]? { pair }
  var count: Int? { 2 }
  var rendered: String { Value.tuple(pair).represented }

  func attribute(_ name: String) -> Value? {
    name == "grouper" ? pair[0] : name == "list" ? pair[1] : nil
  }

  func item(_ key: Value) -> Value? {
    switch key.integerValue {
    case 0, -2: pair[0]
    case 1, -1: pair[1]
    default: nil
    }
  }
}
