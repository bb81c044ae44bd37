import Diagnostics

extension Value {
  /// Python's `==`.
  package static func isEqual(_ left: Value, _ right: Value) -> Bool {
    var budget = 1_000_000
    return isEqual(left, right, depth: 0, budget: &budget)
  }

  /// The limits end comparisons of lists that contain themselves.
  private static func isEqual(
    _ left: Value,
    _ right: Value,
    depth: Int,
    budget: inout Int
  ) -> Bool {
    budget -= 1
    guard depth < 150, budget > 0 else { return false }
    switch (left, right) {
    case (.none, .none), (.undefined, .undefined): return true
    case (.string(let a), .string(let b)): return a == b
    case (.list(let a), .list(let b)):
      return a === b || isEqual(a.elements, b.elements, depth: depth, budget: &budget)
    case (.tuple(let a), .tuple(let b)):
      return a === b || isEqual(a.elements, b.elements, depth: depth, budget: &budget)
    case (.dictionary(let a), .dictionary(let b)):
      if a === b { return true }
      guard a.count == b.count else { return false }
      for entry in a.entries {
        guard let other = b[entry.key],
          isEqual(entry.value, other, depth: depth + 1, budget: &budget)
        else { return false }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.function(let a), .function(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    case (.object(let a), .object(let b)): return a.isEqual(to: b)
    case (.integer(let a), .integer(let b)): return a == b
    default:
      if let a = left.integerValue, let b = right.integerValue { return a == b }
      if left.isDecimal || right.isDecimal, let a = left.comparableDecimal,
        let b = right.comparableDecimal
      {
        return a.compared(with: b) == 0
      }
      guard let a = left.doubleValue, let b = right.doubleValue, a == b else { return false }
      // Beyond 53 bits an integer may only be near to the float.
      guard let whole = left.bigInteger ?? right.bigInteger, a.isFinite else { return true }
      return whole == BigInteger(a)
    }
  }

  private static func isEqual(
    _ left: [Value],
    _ right: [Value],
    depth: Int,
    budget: inout Int
  ) -> Bool {
    guard left.count == right.count else { return false }
    for (a, b) in zip(left, right)
    where !isEqual(a, b, depth: depth + 1, budget: &budget) {
      return false
    }
    return true
  }

  /// Python's `<`.
  static func isLess(
    _ left: Value,
    _ right: Value,
    at range: TextRange,
    symbol: String = "<",
    depth: Int = 0
  ) throws(Diagnostic) -> Bool {
    switch (left, right) {
    case (.undefined(let undefined), _), (_, .undefined(let undefined)):
      throw .undefinedUse(undefined, at: range)
    case (.string(let a), .string(let b)):
      return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    case (.list(let a), .list(let b)) where depth < 100:
      return try isLess(a.elements, b.elements, at: range, symbol: symbol, depth: depth)
    case (.tuple(let a), .tuple(let b)) where depth < 100:
      return try isLess(a.elements, b.elements, at: range, symbol: symbol, depth: depth)
    default:
      if let a = left.integerValue, let b = right.integerValue { return a < b }
      if left.isLong || right.isLong, let a = left.bigInteger, let b = right.bigInteger {
        return a < b
      }
      if left.isDecimal || right.isDecimal, let a = left.comparableDecimal,
        let b = right.comparableDecimal
      {
        return a.compared(with: b) < 0
      }
      if let a = left.doubleValue, let b = right.doubleValue { return a < b }
      if case .object(let object as any PythonObject) = left,
        let result = object.isLess(than: right)
      {
        return result
      }
      throw .typeMismatch(
        "'\(symbol)' is not supported between '\(left.typeName)' and '\(right.typeName)'",
        at: range
      )
    }
  }

  private static func isLess(
    _ left: [Value],
    _ right: [Value],
    at range: TextRange,
    symbol: String,
    depth: Int
  ) throws(Diagnostic) -> Bool {
    for (a, b) in zip(left, right) where !isEqual(a, b) {
      return try isLess(a, b, at: range, symbol: symbol, depth: depth + 1)
    }
    return left.count < right.count
  }

  static func compare(
    _ left: Value,
    _ comparison: ComparisonOperator,
    _ right: Value,
    at range: TextRange
  ) throws(Diagnostic) -> Bool {
    switch comparison {
    case .equal: return isEqual(left, right)
    case .notEqual: return !isEqual(left, right)
    case .less: return try isLess(left, right, at: range)
    case .greater: return try isLess(right, left, at: range, symbol: ">")
    case .lessOrEqual:
      if let result = SetObject.isAtMost(left, right) { return result }
      if isUnordered(left, right) { return false }
      return try !isLess(right, left, at: range, symbol: "<=")
    case .greaterOrEqual:
      if let result = SetObject.isAtMost(right, left) { return result }
      if isUnordered(left, right) { return false }
      return try !isLess(left, right, at: range, symbol: ">=")
    case .contained: return try contains(left, in: right, at: range)
    case .notContained: return try !contains(left, in: right, at: range)
    }
  }

  private static func isUnordered(_ left: Value, _ right: Value) -> Bool {
    guard let a = left.doubleValue, let b = right.doubleValue else { return false }
    return a.isNaN || b.isNaN
  }

  /// Python's `in`.
  static func contains(
    _ element: Value,
    in container: Value,
    at range: TextRange
  ) throws(Diagnostic) -> Bool {
    switch container {
    case .string(let string):
      guard case .string(let part) = element else {
        if case .undefined(let undefined) = element { throw .undefinedUse(undefined, at: range) }
        throw .typeMismatch(
          "'in' on text needs text on the left, not '\(element.typeName)'",
          at: range
        )
      }
      return PythonText.find(part.text, in: string.text) != nil
    case .dictionary(let dictionary):
      guard DictionaryKey(element) != nil else { throw .unhashable(element, at: range) }
      return dictionary.position(of: element) != nil
    default:
      if case .object(let object as any PythonObject) = container,
        let result = object.contains(element)
      {
        return result
      }
      guard let elements = container.elements else {
        throw .typeMismatch("argument of type '\(container.typeName)' is not iterable", at: range)
      }
      for other in elements where isEqual(other, element) { return true }
      return false
    }
  }

  /// A stable sort by `<`.
  static func sorted(
    _ values: [(key: Value, value: Value)],
    reversed: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> [Value] {
    // Python sorts stably in both directions: reversing means the other comparison.
    func precedes(_ a: Value, _ b: Value) throws(Diagnostic) -> Bool {
      reversed ? try isLess(b, a, at: range) : try isLess(a, b, at: range)
    }
    var current = values
    var width = 1
    while width < current.count {
      var merged: [(key: Value, value: Value)] = []
      merged.reserveCapacity(current.count)
      var start = 0
      while start < current.count {
        let middle = min(start + width, current.count)
        let end = min(start + 2 * width, current.count)
        var left = start
        var right = middle
        while left < middle, right < end {
          if try precedes(current[right].key, current[left].key) {
            merged.append(current[right])
            right += 1
          } else {
            merged.append(current[left])
            left += 1
          }
        }
        merged.append(contentsOf: current[left..<middle])
        merged.append(contentsOf: current[right..<end])
        start = end
      }
      current = merged
      width *= 2
    }
    return current.map(\.value)
  }
}
