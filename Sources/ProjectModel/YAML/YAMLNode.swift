package import Diagnostics

/// A piece of a YAML document, with the range of every key and value.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([Pair])
  }

  /// A key and its value.
  package struct Pair: Sendable {
    /// The key's text as written, without quotes.
    package var key: String
    package var keyRange: TextRange
    package var value: YAMLNode
  }

  package var content: Content
  package var range: TextRange
  /// Nodes in this one, itself included, aliases counted each time.
  var weight: Int

  package init(_ content: Content, at range: TextRange) {
    self.content = content
    self.range = range
    weight =
      switch content {
      case .scalar: 1
      case .sequence(let items): items.reduce(1) { $0 + $1.weight }
      case .mapping(let pairs): pairs.reduce(1) { $0 + $1.value.weight }
      }
  }

  /// The pairs of a mapping; nil for anything else.
  package var pairs: [Pair]? {
    if case .mapping(let pairs) = content { return pairs }
    return nil
  }

  /// The items of a sequence; nil for anything else.
  package var items: [YAMLNode]? {
    if case .sequence(let items) = content { return items }
    return nil
  }

  /// The scalar; nil for anything else.
  package var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { return scalar }
    return nil
  }

  /// Whether this is `null`, `~` or nothing at all.
  package var isNull: Bool { scalar?.value == .null }

  /// The last pair with this key.
  package func pair(_ key: String) -> Pair? { pairs?.last { $0.key == key } }

  package subscript(key: String) -> YAMLNode? { pair(key)?.value }

  /// The data without positions.
  package var plain: PlainValue {
    switch content {
    case .scalar(let scalar): scalar.value
    case .sequence(let items): .list(items.map(\.plain))
    case .mapping(let pairs):
      .dictionary(PlainDictionary(pairs.lazy.map { ($0.key, $0.value.plain) }))
    }
  }
}

/// A string, number, boolean or null of a YAML document.
package struct YAMLScalar: Hashable, Sendable {
  /// As written, without quotes and with escapes resolved.
  package var text: String
  /// What it means under YAML 1.1's rules.
  package var value: PlainValue
  /// Whether it stood without quotes.
  package var isPlain: Bool
}
