package import Diagnostics

/// The arguments of one call.
package struct Arguments {
  package var positional: [Value]
  package var named: [(name: String, value: Value)]
  /// The call, in the template's own buffer.
  package let range: TextRange
  package let renderer: Renderer

  package init(
    positional: [Value] = [],
    named: [(name: String, value: Value)] = [],
    range: TextRange,
    renderer: Renderer
  ) {
    self.positional = positional
    self.named = named
    self.range = range
    self.renderer = renderer
  }

  package var isEmpty: Bool { positional.isEmpty && named.isEmpty }

  /// The argument at a position or with a name; nil when it was not given.
  package func value(_ index: Int, _ name: String) -> Value? {
    if positional.indices.contains(index) { return positional[index] }
    return value(named: name)
  }

  /// The argument with a name; nil when it was not given.
  package func value(named name: String) -> Value? {
    for argument in named where argument.name == name { return argument.value }
    return nil
  }

  /// The argument at a position or with a name, which must be given.
  package func required(
    _ index: Int,
    _ name: String,
    of function: String
  ) throws(Diagnostic) -> Value {
    guard let value = value(index, name) else {
      throw .missingArgument(name, of: function, at: range)
    }
    return value
  }

  /// The argument at a position or with a name, which must be a string.
  package func string(
    _ index: Int,
    _ name: String,
    of function: String
  ) throws(Diagnostic) -> String {
    let value = try required(index, name, of: function)
    if let text = value.stringValue { return text }
    if case .undefined(let undefined) = value { throw .undefinedUse(undefined, at: range) }
    throw .argumentType(name, of: function, expected: "a string", given: value, at: range)
  }

  /// The arguments in the order of `names`, nil where none was given.
  ///
  /// - Parameters:
  ///   - names: the parameters that the function has.
  ///   - function: its name, for messages.
  /// - Returns: as many values as there are names.
  /// - Throws: `invalid-arguments` for more arguments than parameters and for unknown names.
  package func matched(
    to names: [String],
    of function: String
  ) throws(Diagnostic) -> [Value?] {
    guard positional.count <= names.count else {
      throw .tooManyArguments(
        of: function,
        maximum: names.count,
        given: positional.count,
        at: range
      )
    }
    var result: [Value?] = positional
    result += repeatElement(nil, count: names.count - positional.count)
    for argument in named {
      guard let index = names.firstIndex(of: argument.name) else {
        throw .unknownArgument(argument.name, of: function, parameters: names, at: range)
      }
      guard result[index] == nil else {
        throw .repeatedArgument(argument.name, of: function, at: range)
      }
      result[index] = argument.value
    }
    return result
  }
}
