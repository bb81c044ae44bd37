import Diagnostics

extension Renderer {
  func evaluate(_ node: ExpressionNode, _ scope: Scope) throws(Diagnostic) -> Value {
    switch node.kind {
    case .literal(let literal):
      switch literal {
      case .none: return .none
      case .boolean(let flag): return .boolean(flag)
      case .integer(let number): return .integer(number)
      case .long(let number): return Value(number)
      case .float(let number): return .float(number)
      case .string(let text): return .text(text)
      }
    case .name(let name): return value(name, scope)
    default: break
    }
    try enterLevel(at: node.range)
    defer { leaveLevel() }
    switch node.kind {
    case .literal, .name, .slice: return .none
    case .list(let elements): return .list(try evaluateAll(elements, scope))
    case .tuple(let elements): return .tuple(try evaluateAll(elements, scope))
    case .dictionary(let pairs): return try evaluate(pairs, scope)
    case .negative(let operand):
      return try Value.negated(evaluate(operand, scope), at: node.range)
    case .positive(let operand):
      return try Value.positive(evaluate(operand, scope), at: node.range)
    case .not(let operand): return .boolean(try !evaluate(operand, scope).isTrue)
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .arithmetic(let symbol, let left, let right):
      let a = try evaluate(left, scope)
      let b = try evaluate(right, scope)
      if case .integer(let x) = a, case .integer(let y) = b,
        let result = Value.smallIntegers(symbol, x, y)
      {
        return result
      }
      if case .undefined(let name) = a {
        throw undefinedUse(name, at: left.range, scope: scope)
      }
      if case .undefined(let name) = b, symbol != .remainder || !a.isString {
        throw undefinedUse(name, at: right.range, scope: scope)
      }
      let result = try Value.arithmetic(symbol, a, b, at: node.range)
      try countWork(result, at: node.range)
      return result
    case .concatenation(let parts):
      let result = try concatenate(parts, scope, at: node.range)
      try countWork(result, at: node.range)
      return result
    case .comparison(let first, let comparisons):
      var left = try evaluate(first, scope)
      for (comparison, node) in comparisons {
        let right = try evaluate(node, scope)
        if case .integer(let a) = left, case .integer(let b) = right,
          let holds = comparison.holds(a, b)
        {
          guard holds else { return .boolean(false) }
          left = right
          continue
        }
        guard try Value.compare(left, comparison, right, at: node.range) else {
          return .boolean(false)
        }
        left = right
      }
      return .boolean(true)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
      if let otherwise { return try evaluate(otherwise, scope) }
      let message = "the inline if was false and has no else"
      return .undefined(UndefinedName(name: "", message: message))
    case .attribute(let base, let name):
      return try attribute(name, of: evaluate(base, scope), base, scope)
    case .item(let base, let key):
      if case .slice(let start, let stop, let step) = key.kind {
        return try slice(base, start, stop, step, scope, at: node.range)
      }
      let owner = try evaluate(base, scope)
      return try item(evaluate(key, scope), of: owner, base, scope)
    case .call(let function, let nodes):
      let result = try call(function, nodes, scope, at: node.range)
      try countWork(result, at: node.range)
      return result
    case .filter(let base, let filter):
      let result = try apply(filter, to: evaluate(base, scope), scope)
      try countWork(result, at: node.range)
      return result
    case .test(let base, let test):
      let value = try evaluate(base, scope)
      let arguments = try arguments(test.arguments, scope, at: test.range)
      return .boolean(try test.function.check(value, arguments))
    }
  }

  private func evaluateAll(
    _ nodes: [ExpressionNode],
    _ scope: Scope
  ) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(nodes.count)
    for node in nodes { result.append(try evaluate(node, scope)) }
    return result
  }

  private func evaluate(
    _ pairs: [(key: ExpressionNode, value: ExpressionNode)],
    _ scope: Scope
  ) throws(Diagnostic) -> Value {
    let result = DictionaryReference()
    for (keyNode, valueNode) in pairs {
      let key = try evaluate(keyNode, scope)
      guard DictionaryKey(key) != nil else { throw .unhashable(key, at: keyNode.range) }
      result[key] = try evaluate(valueNode, scope)
    }
    return .dictionary(result)
  }

  /// Joins values as text; text that came out of templates keeps its origins.
  private func concatenate(
    _ parts: [ExpressionNode],
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let values = try evaluateAll(parts, scope)
    var isMapped = false
    for case .string(let string) in values where string.mapped != nil { isMapped = true }
    guard isMapped else {
      var text = ""
      for value in values { text += value.rendered }
      try Value.checkText(text.utf8.count, at: range)
      return .text(text)
    }
    var result = MappedText()
    for (value, node) in zip(values, parts) {
      if case .string(let string) = value, let mapped = string.mapped {
        result.append(mapped)
      } else {
        result.append(generated: Array(value.rendered.utf8), origin: node.range)
      }
    }
    try Value.checkText(result.bytes.count, at: range)
    return .string(TemplateString(result))
  }

  private func attribute(
    _ name: String,
    of owner: Value,
    _ node: ExpressionNode,
    _ scope: Scope
  ) throws(Diagnostic) -> Value {
    if case .undefined(let missing) = owner {
      if undefined == .absorbing { return owner }
      throw undefinedUse(missing, at: node.range, scope: scope)
    }
    return attribute(name, of: owner) ?? .undefined(.attribute(name, of: owner))
  }

  /// The attribute or, failing that, the element of that name.
  func attribute(_ name: String, of owner: Value) -> Value? {
    switch owner {
    case .dictionary(let dictionary):
      if let method = Methods.method(name, of: owner) { return method }
      return dictionary[name]
    case .namespace(let namespace): return namespace.attributes[name]
    case .object(let object): return object.attribute(name) ?? object.item(.text(name))
    case .macro(let macro):
      switch name {
      case "name": return .text(macro.definition.name)
      case "arguments": return .tuple(macro.definition.parameterNames.map { .text($0) })
      case "catch_kwargs": return .boolean(macro.definition.implicitNames.kwargs != nil)
      case "catch_varargs": return .boolean(macro.definition.implicitNames.varargs != nil)
      case "caller": return .boolean(macro.definition.implicitNames.caller != nil)
      default: return nil
      }
    case .integer, .float, .boolean:
      return Methods.method(name, of: owner) ?? Methods.numberAttribute(name, of: owner)
    default: return Methods.method(name, of: owner)
    }
  }

  private func item(
    _ key: Value,
    of owner: Value,
    _ node: ExpressionNode,
    _ scope: Scope
  ) throws(Diagnostic) -> Value {
    if case .undefined(let missing) = owner {
      if undefined == .absorbing { return owner }
      throw undefinedUse(missing, at: node.range, scope: scope)
    }
    return item(key, of: owner) ?? .undefined(.element(key, of: owner))
  }

  /// The element or, failing that, the attribute of that name.
  func item(_ key: Value, of owner: Value) -> Value? {
    func element(_ count: Int) -> Int? {
      guard let index = key.integerValue else { return nil }
      let position = index < 0 ? index + count : index
      return position >= 0 && position < count ? position : nil
    }
    switch owner {
    case .dictionary(let dictionary):
      if let value = dictionary[key] { return value }
    case .list(let list):
      if let position = element(list.elements.count) { return list.elements[position] }
    case .tuple(let tuple):
      if let position = element(tuple.elements.count) { return tuple.elements[position] }
    case .string(let string):
      let scalars = string.text.unicodeScalars
      if let position = element(scalars.count) {
        return .text(String(scalars[scalars.index(scalars.startIndex, offsetBy: position)]))
      }
    case .object(let object):
      if let value = object.item(key) { return value }
    default: break
    }
    if case .string(let name) = key { return attribute(name.text, of: owner) }
    return nil
  }

  private func slice(
    _ base: ExpressionNode,
    _ start: ExpressionNode?,
    _ stop: ExpressionNode?,
    _ step: ExpressionNode?,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let owner = try evaluate(base, scope)
    if case .undefined(let missing) = owner {
      if undefined == .absorbing { return owner }
      throw undefinedUse(missing, at: base.range, scope: scope)
    }
    var bounds: [Int?] = []
    for node in [start, stop, step] {
      guard let node else {
        bounds.append(nil)
        continue
      }
      let value = try evaluate(node, scope)
      guard value.integerValue != nil || value.isNone else {
        throw .typeMismatch(
          "the bounds of a slice must be integers, not \(value.typeName)",
          at: node.range
        )
      }
      bounds.append(value.integerValue)
    }
    if bounds[2] == 0 { throw .invalidValue("the step of a slice cannot be zero", at: range) }
    func indices(_ count: Int) -> [Int] {
      SliceBounds.indices(bounds[0], bounds[1], bounds[2] ?? 1, count: count)
    }
    switch owner {
    case .list(let list): return .list(indices(list.elements.count).map { list.elements[$0] })
    case .tuple(let tuple):
      return .tuple(indices(tuple.elements.count).map { tuple.elements[$0] })
    case .string(let string):
      let scalars = Array(string.text.unicodeScalars)
      var text = String.UnicodeScalarView()
      for index in indices(scalars.count) { text.append(scalars[index]) }
      return .text(String(text))
    case .object(let object):
      if case .object(let range as RangeObject) = owner {
        return .object(range.slice(bounds[0], bounds[1], bounds[2] ?? 1))
      }
      guard object is any PlainSequence || object.count != nil, !(object is SetObject),
        !(object is DictionaryView), !(object is OneShotSequence), let elements = object.elements
      else { break }
      return .list(indices(elements.count).map { elements[$0] })
    default: break
    }
    throw .typeMismatch("a \(owner.typeName) has no slices", at: range)
  }

  private func call(
    _ function: ExpressionNode,
    _ nodes: ArgumentNodes,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    // Methods are called without making a value of them first.
    if case .attribute(let base, let name) = function.kind {
      let owner = try evaluate(base, scope)
      if let body = Methods.body(name, of: owner) {
        return try body(owner, arguments(nodes, scope, at: range))
      }
      let target = try attribute(name, of: owner, base, scope)
      return try call(target, of: function, nodes, scope, at: range)
    }
    let target = try evaluate(function, scope)
    return try call(target, of: function, nodes, scope, at: range)
  }

  private func call(
    _ target: Value,
    of function: ExpressionNode,
    _ nodes: ArgumentNodes,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    if case .undefined(let name) = target, undefined == .standard {
      throw undefinedUse(name, at: function.range, scope: scope)
    }
    return try call(target, arguments(nodes, scope, at: range))
  }

  func apply(
    _ filter: FilterNode,
    to value: Value,
    _ scope: Scope
  ) throws(Diagnostic) -> Value {
    try filter.function.apply(value, arguments(filter.arguments, scope, at: filter.range))
  }

  func apply(
    _ filters: [FilterNode],
    to value: Value,
    _ scope: Scope
  ) throws(Diagnostic) -> Value {
    var value = value
    for filter in filters { value = try apply(filter, to: value, scope) }
    return value
  }
}

/// Python's rules for slices.
enum SliceBounds {
  static func indices(_ start: Int?, _ stop: Int?, _ step: Int, count: Int) -> [Int] {
    func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      let position = bound < 0 ? bound + count : bound
      return min(max(position, low), high)
    }
    var result: [Int] = []
    if step > 0 {
      var index = start.map { clamp($0, 0, count) } ?? 0
      let end = stop.map { clamp($0, 0, count) } ?? count
      while index < end {
        result.append(index)
        let (next, overflows) = index.addingReportingOverflow(step)
        if overflows { break }
        index = next
      }
    } else {
      var index = start.map { clamp($0, -1, count - 1) } ?? count - 1
      let end = stop.map { clamp($0, -1, count - 1) } ?? -1
      while index > end {
        result.append(index)
        let (next, overflows) = index.addingReportingOverflow(step)
        if overflows { break }
        index = next
      }
    }
    return result
  }
}
