import Diagnostics

/// Changes sources of packages as entries with `overrides` say.
///
/// As in dbt, what such an entry says takes the place of what the package says key by key, neither
/// merged nor weighed: a `config` or a `freshness` goes even where the entry has none. The source
/// stays the package's in everything else.
struct SourceOverrides {
  let problems: DiagnosticCollector
  /// What reads the files of the project and of each package, by its name.
  let readers: [(name: String, reader: SettingsReader)]

  /// An entry with what it is for.
  private struct Override {
    var source: String
    var package: String
    var node: YAMLNode
    /// The package whose entry it is.
    var owner: Int
  }

  func apply(to project: inout Project) {
    var overrides: [Override] = []
    for (owner, properties) in ([project] + project.packages).map(\.properties).enumerated() {
      for written in properties.overridingSources {
        guard let override = override(written, owner) else { continue }
        add(override, to: &overrides, isTold: owner == 0 && !project.target.speaksPostgres)
      }
    }
    guard !overrides.isEmpty else { return }
    for (index, override) in overrides.enumerated() {
      var used: Set<String> = []
      if override.package == project.name {
        used = change(&project.properties, by: overrides[index])
      } else if let package = project.packages.firstIndex(where: { $0.name == override.package }) {
        used = change(&project.packages[package].properties, by: overrides[index])
      }
      tellUnused(override, used)
    }
  }

  /// Reads an entry as far as it has to be right whatever it is for.
  private func override(_ written: Properties.WrittenSource, _ owner: Int) -> Override? {
    let reader = readers[owner].reader
    guard let section = reader.section(written.node, .source),
      let source = section.requiredString("name", help: "name: raw"),
      let package = section.requiredString("overrides", help: "overrides: a_package")
    else { return nil }
    for table in section.items("tables") {
      guard let table = reader.section(table, .sourceTable),
        table.requiredString("name", help: "name: orders") != nil
      else { return nil }
    }
    return Override(source: source, package: package, node: written.node, owner: owner)
  }

  private func add(_ override: Override, to overrides: inout [Override], isTold: Bool) {
    let place = override.node["name"]?.range ?? override.node.range
    if let first = overrides.first(where: {
      $0.source == override.source && $0.package == override.package
    }) {
      let what = "the override of source \"\(override.package).\(override.source)\""
      let other = first.node["name"]?.range ?? first.node.range
      problems.add(.describedTwice(what, at: place, first: other))
      return
    }
    if isTold {
      problems.add(
        .sourceOverride(override.source, at: override.node["overrides"]?.range ?? place)
      )
    }
    overrides.append(override)
  }

  /// Reads the tables of a source again.
  ///
  /// - Returns: their names.
  private func change(_ properties: inout Properties, by override: Override) -> Set<String> {
    guard let own = readers.first(where: { $0.name == override.package })?.reader else {
      return []
    }
    let found = DiagnosticCollector()
    let reader = SettingsReader(buffers: own.buffers, problems: found, strings: own.strings)
    reader.foreign = (
      files: [override.node.range.buffer], strings: readers[override.owner].reader.strings
    )
    var names: Set<String> = []
    for written in properties.writtenSources
    where written.node["name"]?.scalar?.text == override.source {
      let entries = PropertiesEntryReader(reader: reader, file: written.file)
      let changed = Self.source(written.node, changedBy: override.node)
      for table in SourceReader(entries: entries).tables(changed, written: written.node) {
        names.insert(table.name)
        guard
          let place = properties.sources.firstIndex(where: {
            $0.sourceName == table.sourceName && $0.name == table.name && $0.file == table.file
          })
        else { continue }
        properties.sources[place] = table
      }
    }
    for problem in found.diagnostics where problem.isError { problems.add(problem) }
    return names
  }

  private func tellUnused(_ override: Override, _ names: Set<String>) {
    let place = override.node["name"]?.range ?? override.node.range
    guard !names.isEmpty else {
      problems.add(
        .unusedOverride("source \"\(override.source)\"", of: override.package, at: place)
      )
      return
    }
    for table in override.node["tables"]?.items ?? [] {
      guard let name = table["name"], let text = name.scalar?.text, !names.contains(text) else {
        continue
      }
      problems.add(
        .unusedOverride(
          "table \"\(override.source).\(text)\"",
          of: override.package,
          at: name.range
        )
      )
    }
  }

  private static func source(_ node: YAMLNode, changedBy override: YAMLNode) -> YAMLNode {
    let tables = override["tables"]?.items ?? []
    var changed = merged(
      node,
      override,
      without: ["freshness", "config"],
      keeping: ["name", "overrides", "tables"]
    )
    let pairs = changed.pairs?.map { pair -> YAMLNode.Pair in
      guard pair.key == "tables", let items = pair.value.items else { return pair }
      var pair = pair
      pair.value = YAMLNode(
        .sequence(
          items.map { table in
            let name = table["name"]?.scalar?.text
            guard let patch = tables.first(where: { $0["name"]?.scalar?.text == name }) else {
              return table
            }
            return merged(table, patch, without: ["freshness", "quoting"], keeping: ["name"])
          }
        ),
        at: pair.value.range
      )
      return pair
    }
    if let pairs { changed = YAMLNode(.mapping(pairs), at: changed.range) }
    return changed
  }

  /// The entry with the keys of another in the place of its own.
  ///
  /// - Parameters:
  ///   - node: the package's entry.
  ///   - override: what is said of it.
  ///   - lost: keys of the package's that go though the other entry does not have them.
  ///   - kept: keys that stay the package's.
  /// - Returns: the entry as it counts.
  private static func merged(
    _ node: YAMLNode,
    _ override: YAMLNode,
    without lost: Set<String>,
    keeping kept: Set<String>
  ) -> YAMLNode {
    guard let own = node.pairs else { return node }
    let given = (override.pairs ?? []).filter { pair in
      guard !kept.contains(pair.key) else { return false }
      // Nothing is no change, but where it says that nothing is known of the age.
      if pair.key == "loaded_at_field", pair.value.isNull { return node[pair.key] == nil }
      return !pair.value.isNull || pair.key == "freshness"
    }
    let keys = Set(given.map(\.key)).union(lost)
    return YAMLNode(.mapping(own.filter { !keys.contains($0.key) } + given), at: node.range)
  }
}
