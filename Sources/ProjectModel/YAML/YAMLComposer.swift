import Diagnostics

/// Composes events into nodes: anchors and aliases, merge keys, tags, duplicate keys, limits.
struct YAMLComposer {
  /// Levels of nesting that no file people write comes near.
  static let depthLimit = 100
  /// Nodes that aliases may add, so that ten lines cannot stand for a billion nodes.
  static let expansionLimit = 200_000

  let events: YAMLEvents
  private(set) var warnings: [Diagnostic] = []
  private var anchors: [String: YAMLNode] = [:]
  /// Anchors whose node is not complete yet.
  private var open: Set<String> = []
  private var expanded = 0

  init(events: YAMLEvents) {
    self.events = events
  }

  mutating func document() throws(Diagnostic) -> YAMLNode {
    let streamStart = try events.next()
    let first = try events.next()
    guard case .documentStart = first.kind else {
      return YAMLNode(
        .scalar(YAMLScalar(text: "", value: .null, isPlain: true)),
        at: streamStart.range
      )
    }
    let root = try node(from: try events.next(), depth: 0)
    _ = try events.next()
    let next = try events.next()
    guard case .streamEnd = next.kind else { throw .severalDocuments(at: next.range) }
    return root
  }

  private mutating func node(from event: YAMLEvent, depth: Int) throws(Diagnostic) -> YAMLNode {
    guard depth < Self.depthLimit else {
      throw .yamlTooLarge("nested more than \(Self.depthLimit) levels deep", at: event.range)
    }
    if let anchor = event.anchor { open.insert(anchor) }
    let result: YAMLNode
    switch event.kind {
    case .alias(let name): return try resolved(name, at: event.range)
    case .scalar(let text, let isPlain):
      result = YAMLNode(.scalar(try scalar(text, isPlain: isPlain, event)), at: event.range)
    case .sequenceStart: result = try sequence(from: event, depth: depth)
    case .mappingStart: result = try mapping(from: event, depth: depth)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw .yamlUnexpected(at: event.range)
    }
    if let anchor = event.anchor {
      anchors[anchor] = result
      open.remove(anchor)
    }
    return result
  }

  private mutating func resolved(_ name: String, at range: TextRange) throws(Diagnostic) -> YAMLNode
  {
    if open.contains(name) { throw .recursiveAlias(name, at: range) }
    guard let node = anchors[name] else {
      throw .unknownAlias(name, known: anchors.keys.sorted(), at: range)
    }
    expanded += node.weight
    guard expanded <= Self.expansionLimit else {
      throw .yamlTooLarge("made too large by its aliases", at: range)
    }
    return node
  }

  private mutating func sequence(
    from start: YAMLEvent,
    depth: Int
  ) throws(Diagnostic) -> YAMLNode {
    try checkTag(start, allowed: ["seq"])
    var items: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind {
        return YAMLNode(
          .sequence(items),
          at: Self.range(from: start, to: event, last: items.last?.range)
        )
      }
      items.append(try node(from: event, depth: depth + 1))
    }
  }

  private mutating func mapping(
    from start: YAMLEvent,
    depth: Int
  ) throws(Diagnostic) -> YAMLNode {
    try checkTag(start, allowed: ["map"])
    var merged: [YAMLNode] = []
    var pairs: [YAMLNode.Pair] = []
    var indexes: [String: Int] = [:]
    var last: TextRange?
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind {
        return YAMLNode(
          .mapping(merging(merged, into: pairs)),
          at: Self.range(from: start, to: event, last: last)
        )
      }
      if case .scalar("<<", true) = event.kind, event.tag == nil {
        merged += try mergeSources(depth: depth)
        continue
      }
      let key = try node(from: event, depth: depth + 1)
      guard let scalar = key.scalar else { throw .keyNotScalar(at: key.range) }
      // An alias as key stands at the place of the alias, not of the anchor.
      let pair = YAMLNode.Pair(
        key: scalar.text,
        keyRange: event.range,
        value: try node(from: try events.next(), depth: depth + 1)
      )
      // What an alias stands for lies somewhere else.
      let isInPlace = pair.value.range.bytes.lowerBound >= pair.keyRange.bytes.lowerBound
      last = isInPlace ? pair.value.range : pair.keyRange
      if let index = indexes[pair.key] {
        warnings.append(.duplicateKey(pair.key, at: pair.keyRange, first: pairs[index].keyRange))
        pairs[index] = pair
      } else {
        indexes[pair.key] = pairs.count
        pairs.append(pair)
      }
    }
  }

  /// The whole of a collection.
  ///
  /// One in brackets ends at its bracket; libyaml ends any other where the next thing starts.
  private static func range(
    from start: YAMLEvent,
    to end: YAMLEvent,
    last: TextRange?
  ) -> TextRange {
    if !end.range.bytes.isEmpty { return start.range.union(end.range) }
    guard let last, last.bytes.lowerBound >= start.range.bytes.lowerBound else {
      return start.range
    }
    return start.range.union(last)
  }

  /// The mappings that a `<<` takes over, the strongest last.
  private mutating func mergeSources(depth: Int) throws(Diagnostic) -> [YAMLNode] {
    let value = try node(from: try events.next(), depth: depth + 1)
    let sources = value.items ?? [value]
    for source in sources where source.pairs == nil { throw .mergeNotMapping(at: source.range) }
    return sources.reversed()
  }

  private func merging(
    _ merged: [YAMLNode],
    into own: [YAMLNode.Pair]
  ) -> [YAMLNode.Pair] {
    guard !merged.isEmpty else { return own }
    var pairs: [YAMLNode.Pair] = []
    var indexes: [String: Int] = [:]
    for pair in merged.flatMap({ $0.pairs ?? [] }) + own {
      if let index = indexes[pair.key] {
        pairs[index] = pair
      } else {
        indexes[pair.key] = pairs.count
        pairs.append(pair)
      }
    }
    return pairs
  }

  private static let tagPrefix = "tag:yaml.org,2002:"

  private func checkTag(_ event: YAMLEvent, allowed: [String]) throws(Diagnostic) {
    guard let tag = event.tag, tag != "!" else { return }
    guard allowed.contains(where: { tag == Self.tagPrefix + $0 }) else {
      throw .unknownYAMLTag(tag, at: event.range)
    }
  }

  private func scalar(
    _ text: String,
    isPlain: Bool,
    _ event: YAMLEvent
  ) throws(Diagnostic) -> YAMLScalar {
    func made(_ value: PlainValue?) throws(Diagnostic) -> YAMLScalar {
      guard let value else {
        throw .unreadableTaggedScalar(text, tag: event.tag ?? "", at: event.range)
      }
      return YAMLScalar(text: text, value: value, isPlain: isPlain)
    }
    guard let tag = event.tag else {
      return try made(isPlain ? YAMLResolver.value(of: text) : .string(text))
    }
    switch tag {
    case "!": return try made(isPlain ? YAMLResolver.value(of: text) : .string(text))
    case Self.tagPrefix + "str", Self.tagPrefix + "timestamp": return try made(.string(text))
    case Self.tagPrefix + "null": return try made(.null)
    case Self.tagPrefix + "bool":
      let value = YAMLResolver.word(text.lowercased())
      return try made(value?.boolean == nil ? nil : value)
    case Self.tagPrefix + "int": return try made(YAMLResolver.integer(Array(text.utf8)))
    case Self.tagPrefix + "float":
      let bytes = Array(text.utf8)
      let whole = YAMLResolver.integer(bytes)?.integer.map { PlainValue.double(Double($0)) }
      return try made(YAMLResolver.float(bytes) ?? whole ?? Double(text).map { .double($0) })
    default: throw .unknownYAMLTag(tag, at: event.range)
    }
  }
}
