package import Diagnostics
package import Templating

extension YAML {
  /// What `fromyaml()` gives for a text: data with dates, as PyYAML has them.
  ///
  /// - Parameter text: YAML.
  /// - Returns: the value.
  /// - Throws: `yaml-syntax`, `yaml-too-large`.
  package static func templateValue(of text: String) throws(Diagnostic) -> Value {
    let buffers = Buffers()
    return value(of: try parse(buffers.add(name: "fromyaml()", text: text), in: buffers))
  }

  // Documents are bounded in depth by the composer, so this ends.
  private static func value(of node: YAMLNode) -> Value {
    switch node.content {
    case .scalar(let scalar):
      if scalar.isPlain, case .string(let text) = scalar.value,
        let date = YAMLTimestamp.value(of: text)
      {
        return date
      }
      return Value(scalar.value)
    case .sequence(let items): return .list(items.map(value))
    case .mapping(let pairs):
      let result = DictionaryReference()
      for pair in pairs {
        // Keys lose their quotes when they are read, so only words that look like integers count.
        if let number = Int(pair.key), String(number) == pair.key {
          result[.integer(number)] = value(of: pair.value)
        } else {
          result[pair.key] = value(of: pair.value)
        }
      }
      return .dictionary(result)
    }
  }
}
