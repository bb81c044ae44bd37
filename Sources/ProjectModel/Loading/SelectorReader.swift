import Diagnostics

/// Reads `selectors.yml`.
struct SelectorReader {
  static let fileName = "selectors.yml"

  let reader: SettingsReader
  /// Selectors that were read, which later ones may take up.
  private var known: [NamedSelector] = []

  init(reader: SettingsReader) {
    self.reader = reader
  }

  /// The selectors of a project's folder; none when there is no file.
  mutating func read(root: String) -> [NamedSelector] {
    let path = FilePath.joining(root, Self.fileName)
    guard FileSystem.isFile(path), let document = reader.document(path, name: Self.fileName),
      !document.isNull
    else { return [] }
    let table = KeyTable(section: Self.fileName, keys: ["selectors", "version"])
    guard let section = reader.section(document, table) else { return [] }
    for item in section.items("selectors") {
      do throws(Diagnostic) {
        if let selector = try selector(item) { known.append(selector) }
      } catch {
        reader.problems.add(error)
      }
    }
    return known
  }

  private mutating func selector(_ node: YAMLNode) throws(Diagnostic) -> NamedSelector? {
    let table = KeyTable(
      section: "a selector",
      keys: ["name", "description", "default", "definition"]
    )
    guard let section = reader.section(node, table),
      let name = section.requiredString("name", help: "name: nightly")
    else { return nil }
    guard let written = section["definition"] else {
      throw .selectorDefinition(name, "it has no definition", at: node.range)
    }
    if known.contains(where: { $0.name == name }) {
      throw .selectorDefinition(name, "there are two of that name", at: node.range)
    }
    let isDefault = section.boolean("default") ?? false
    if isDefault, let other = known.first(where: \.isDefault) {
      throw .selectorDefinition(
        name,
        "\"\(other.name)\" is the default already",
        at: section["default"]?.range ?? node.range
      )
    }
    if let pairs = written.pairs, pairs.count > 1,
      pairs.contains(where: { ["union", "intersection"].contains($0.key) })
    {
      throw .selectorDefinition(
        name,
        "beside \"union\" or \"intersection\" there can be no other key",
        at: written.range
      )
    }
    let (definition, plain) = try definition(written, of: name)
    return NamedSelector(
      name: name,
      description: section.rawString("description"),
      isDefault: isDefault,
      definition: definition,
      manifestDefinition: plain
    )
  }

  private typealias Read = (definition: NamedSelector.Definition, plain: PlainValue)

  private func definition(_ node: YAMLNode, of name: String) throws(Diagnostic) -> Read {
    if let pairs = node.pairs {
      for word in ["union", "intersection"] {
        if let pair = pairs.first(where: { $0.key == word }) {
          return try set(word, pair.value, of: name)
        }
      }
      return try criterion(node, of: name)
    }
    guard node.scalar != nil, let text = reader.rendered(node)?.string else {
      throw .selectorDefinition(name, "a definition is text or a mapping", at: node.range)
    }
    let criterion = try located(node.range) { () throws(Diagnostic) in
      try SelectionCriterion(text)
    }
    return (.criterion(criterion, indirect: nil), criterion.manifestValue)
  }

  /// `union:` and `intersection:`, where one item may be `exclude:`.
  private func set(
    _ word: String,
    _ node: YAMLNode,
    of name: String
  ) throws(Diagnostic) -> Read {
    guard let items = node.items else {
      throw .selectorDefinition(name, "\"\(word)\" needs a list", at: node.range)
    }
    var included: [NamedSelector.Definition] = []
    var excluded: [NamedSelector.Definition]?
    var plain: [PlainValue] = []
    for item in items {
      if let exclusion = item["exclude"], item.pairs?.count == 1 {
        guard excluded == nil else {
          throw .selectorDefinition(name, "there is more than one \"exclude\"", at: item.range)
        }
        let read = try exclusions(exclusion, of: name)
        excluded = read.map(\.definition)
        plain.append(["exclude": .list(read.map(\.plain))])
      } else {
        let read = try definition(item, of: name)
        included.append(read.definition)
        plain.append(read.plain)
      }
    }
    let group = NamedSelector.Definition.group(
      word == "union" ? .union : .intersection,
      included
    )
    let value = PlainValue.dictionary(PlainDictionary([(word, .list(plain))]))
    return (Self.without(excluded, group), value)
  }

  private func exclusions(_ node: YAMLNode, of name: String) throws(Diagnostic) -> [Read] {
    guard let items = node.items else {
      throw .selectorDefinition(name, "\"exclude\" needs a list", at: node.range)
    }
    var read: [Read] = []
    for item in items { read.append(try definition(item, of: name)) }
    return read
  }

  private static func without(
    _ excluded: [NamedSelector.Definition]?,
    _ included: NamedSelector.Definition
  ) -> NamedSelector.Definition {
    guard let excluded, !excluded.isEmpty else { return included }
    return .group(.difference, [included, .group(.union, excluded)])
  }

  /// `{tag: nightly}`, `{method: tag, value: nightly, parents: true, …}` or another selector.
  private func criterion(_ node: YAMLNode, of name: String) throws(Diagnostic) -> Read {
    let pairs = node.pairs ?? []
    func value(_ key: String) -> PlainValue? {
      pairs.first { $0.key == key }.flatMap { reader.rendered($0.value) }
    }
    if let only = pairs.first, pairs.count == 1, only.key != "method" {
      let criterion = try located(node.range) { () throws(Diagnostic) in
        try SelectionCriterion(
          text: "\(only.key):\(Self.text(reader.rendered(only.value)))",
          method: only.key,
          value: Self.text(reader.rendered(only.value)),
          parents: .none,
          children: .none,
          includesChildrensParents: false
        )
      }
      return (
        .criterion(criterion, indirect: nil),
        ["method": .string(only.key), "value": reader.rendered(only.value) ?? .null]
      )
    }
    guard let method = value("method")?.string, let wanted = value("value") else {
      throw .selectorDefinition(
        name,
        "a criterion needs \"method\" and \"value\"",
        at: node.range
      )
    }
    if method == "selector" {
      guard let other = known.first(where: { $0.name == Self.text(wanted) }) else {
        throw .selectorDefinition(
          name,
          "there is no selector \"\(Self.text(wanted))\" before it",
          at: node.range
        )
      }
      return (other.definition, other.manifestDefinition)
    }
    let table = KeyTable(
      section: "a criterion of a selector",
      keys: [
        "method", "value", "children", "parents", "children_depth", "parents_depth",
        "childrens_parents", "indirect_selection", "exclude",
      ],
      // dbt leaves other keys out without a word.
      severity: .warning
    )
    _ = reader.section(node, table)
    let mode = try indirectSelection(value("indirect_selection"), of: name, at: node.range)
    let parents = Self.reach(value("parents"), value("parents_depth"))
    let children = Self.reach(value("children"), value("children_depth"))
    let spansParents = value("childrens_parents")?.boolean == true
    let criterion = try located(node.range) { () throws(Diagnostic) in
      try SelectionCriterion(
        text: (spansParents ? "@" : "") + (parents == .none ? "" : "+")
          + "\(method):\(Self.text(wanted))" + (children == .none ? "" : "+"),
        method: method,
        value: Self.text(wanted),
        parents: parents,
        children: children,
        includesChildrensParents: spansParents
      )
    }
    var plain = PlainDictionary(pairs.map { ($0.key, reader.rendered($0.value) ?? .null) })
    var excluded: [NamedSelector.Definition]?
    if let exclusion = node["exclude"] {
      let read = try exclusions(exclusion, of: name)
      excluded = read.map(\.definition)
      plain["exclude"] = .list(read.map(\.plain))
    }
    return (
      Self.without(excluded, .criterion(criterion, indirect: mode)), .dictionary(plain)
    )
  }

  private func indirectSelection(
    _ value: PlainValue?,
    of name: String,
    at range: TextRange
  ) throws(Diagnostic) -> IndirectSelection? {
    guard let value, !value.isNull else { return nil }
    guard let mode = value.string.flatMap(IndirectSelection.init(rawValue:)) else {
      throw .selectorDefinition(
        name,
        "\"indirect_selection\" is eager, cautious, buildable or empty",
        at: range
      )
    }
    return mode
  }

  private static func reach(
    _ isWanted: PlainValue?,
    _ depth: PlainValue?
  ) -> SelectionCriterion.Reach {
    guard isWanted?.boolean == true else { return .none }
    return depth?.integer.map { .steps($0) } ?? .all
  }

  private static func text(_ value: PlainValue?) -> String {
    switch value {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    case .double(let number)?: String(number)
    case .boolean(let flag)?: flag ? "true" : "false"
    default: ""
    }
  }

  /// Says where a criterion stands that cannot be read.
  private func located(
    _ range: TextRange,
    _ body: () throws(Diagnostic) -> SelectionCriterion
  ) throws(Diagnostic) -> SelectionCriterion {
    do throws(Diagnostic) {
      return try body()
    } catch {
      var error = error
      if error.labels.isEmpty { error.labels = [Diagnostic.Label(range)] }
      throw error
    }
  }
}

extension SelectionCriterion {
  /// The criterion as a mapping, for the manifest.
  fileprivate var manifestValue: PlainValue {
    var value = PlainDictionary()
    if includesChildrensParents { value["childrens_parents"] = true }
    if parents != .none { value["parents"] = true }
    if let depth = parents.depth { value["parents_depth"] = .string(String(depth)) }
    value["method"] = .string(([method.name] + arguments).joined(separator: "."))
    value["value"] = .string(self.value)
    if children != .none { value["children"] = true }
    if let depth = children.depth { value["children_depth"] = .string(String(depth)) }
    return .dictionary(value)
  }
}
