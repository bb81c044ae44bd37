package import Diagnostics

extension Value {
  /// The same data as template values, freshly made.
  package init(_ plain: PlainValue) {
    switch plain {
    case .null: self = .none
    case .boolean(let flag): self = .boolean(flag)
    case .integer(let number): self = .integer(number)
    case .double(let number): self = .float(number)
    case .string(let text): self = .text(text)
    case .list(let elements): self = .list(elements.map { Value($0) })
    case .dictionary(let dictionary): self = .dictionary(DictionaryReference(dictionary))
    }
  }

  /// The data of this value; nil when some part of it is not plain data.
  ///
  /// Tuples become lists; keys that are not text become their text.
  package var plain: PlainValue? { plain(depth: 0, keepsDates: false) }

  /// The same as configuration keeps it: dates as their ISO 8601 texts, as dbt writes them.
  package var plainConfiguration: PlainValue? { plain(depth: 0, keepsDates: true) }

  private func plain(depth: Int, keepsDates: Bool) -> PlainValue? {
    guard depth < 150 else { return nil }
    switch self {
    case .none: return .null
    case .boolean(let flag): return .boolean(flag)
    case .integer(let number): return .integer(number)
    case .float(let number): return .double(number)
    case .string(let string): return .string(string.text)
    case .list(let list): return Self.plain(list.elements, depth, keepsDates)
    case .tuple(let tuple): return Self.plain(tuple.elements, depth, keepsDates)
    case .dictionary(let dictionary):
      var result = PlainDictionary()
      for entry in dictionary.entries {
        guard let value = entry.value.plain(depth: depth + 1, keepsDates: keepsDates) else {
          return nil
        }
        result[entry.key.rendered] = value
      }
      return .dictionary(result)
    case .object(let date as DateObject) where keepsDates: return .string(date.isoText)
    case .object(let object):
      guard object is any PlainSequence, let elements = object.elements else { return nil }
      return Self.plain(elements, depth, keepsDates)
    case .undefined, .namespace, .function, .macro: return nil
    }
  }

  private static func plain(
    _ elements: [Value],
    _ depth: Int,
    _ keepsDates: Bool
  ) -> PlainValue? {
    var result: [PlainValue] = []
    result.reserveCapacity(elements.count)
    for element in elements {
      guard let plain = element.plain(depth: depth + 1, keepsDates: keepsDates) else {
        return nil
      }
      result.append(plain)
    }
    return .list(result)
  }
}

extension DictionaryReference {
  /// The same data as template values, freshly made.
  package convenience init(_ plain: PlainDictionary) {
    self.init(plain.pairs.lazy.map { ($0.key, Value($0.value)) })
  }
}
