import Diagnostics

/// Reads one entry of `sources:` into its tables, with the source's defaults in each.
struct SourceReader {
  let entries: PropertiesEntryReader

  private var reader: SettingsReader { entries.reader }

  /// Reads the tables of a source.
  ///
  /// - Parameters:
  ///   - node: the entry, with what others override in it.
  ///   - written: the entry as its own file has it.
  /// - Returns: a table for each that can be read.
  func tables(_ node: YAMLNode, written: YAMLNode) -> [Properties.SourceTable] {
    guard let source = reader.section(node, .source),
      let (sourceName, _) = entries.name(source)
    else { return [] }
    let sourceConfig = entries.config(source, moving: ["tags", "meta"])
    let defaults = entries.rest(
      source,
      without: [
        "name", "description", "database", "schema", "meta", "tags", "config", "tables",
      ]
    )
    return source.items("tables").compactMap { table in
      guard let section = reader.section(table, .sourceTable),
        let (name, range) = entries.name(section)
      else { return nil }
      var result = Properties.SourceTable(
        sourceName: sourceName,
        name: name,
        file: entries.file,
        range: range,
        schema: source.string("schema") ?? sourceName,
        identifier: section.string("identifier") ?? name
      )
      result.database = source.string("database")
      result.sourceDescription = entries.description(source)
      result.sourceDescriptionPlace = source["description"]?.range
      result.description = entries.description(section)
      result.descriptionPlace = section["description"]?.range
      var merger = ConfigMerger(sourceConfig, isPart: true)
      let tableConfig = entries.config(section, moving: ["tags", "meta"])
      merger.merge(tableConfig)
      result.config = merger.config
      // As in dbt, what the file says of tags counts even where it says nothing.
      let tags = Set(result.config["tags"]?.words ?? [])
      result.config["tags"] = .list(tags.sorted().map { .string($0) })
      result.config["meta"] = result.config["meta"] ?? [:]
      result.meta = merger.config["meta"]?.dictionary ?? [:]
      result.columns = entries.columns(section)
      result.tests = entries.tests(section, column: nil)
      result.extra = extra(section, defaults: defaults)
      let quoting = result.extra["quoting"]?.dictionary?["column"]?.boolean
      result.tests += entries.columnTests(section, quoting: quoting ?? false)
      let inherited = Self.tags(besideConfigOf: source) + Self.tags(besideConfigOf: section)
      for index in result.tests.indices { result.tests[index].inheritedTags += inherited }
      result.extra["source_meta"] = sourceConfig["meta"]
      for key in ["schema", "database"] {
        result.extra["unrendered_\(key)"] = (written[key]?.scalar?.text).map { .string($0) }
      }
      for key in ["loaded_at_field", "loaded_at_query"] {
        if result.config[key] == nil, let value = result.extra[key] { result.config[key] = value }
      }
      let ownQuery = tableConfig["loaded_at_query"] != nil || section.has("loaded_at_query")
      if !ownQuery, tableConfig["loaded_at_field"] != nil || section.has("loaded_at_field") {
        // A column of the table's own counts, not a query of its source.
        result.config["loaded_at_query"] = nil
      }
      if section.has("loaded_at_field"), result.extra["loaded_at_field"] == "",
        let place = section["loaded_at_field"]?.range
      {
        entries.reader.problems.add(.emptyLoadedAtField(at: place))
      }
      var freshness = FreshnessMerger()
      freshness.add(Self.freshness(besideConfigOf: source))
      freshness.add(sourceConfig["freshness"])
      freshness.add(Self.freshness(besideConfigOf: section))
      freshness.add(tableConfig["freshness"])
      result.config["freshness"] = freshness.value
      return result
    }
  }

  /// Tags that tests get from what they test.
  private static func tags(besideConfigOf section: SettingsSection) -> [String] {
    section["tags"].flatMap { section.reader.rendered($0)?.words } ?? []
  }

  /// What stands of freshness beside `config`; nil where nothing does.
  private static func freshness(besideConfigOf section: SettingsSection) -> PlainValue? {
    guard section.has("freshness") else { return nil }
    guard let node = section["freshness"], !node.isNull else { return .null }
    return section.reader.rendered(node)
  }

  /// The table's other keys over the source's; quoting and freshness merge key by key.
  private func extra(_ section: SettingsSection, defaults: PlainDictionary) -> PlainDictionary {
    var extra = defaults
    let own = entries.rest(
      section,
      without: [
        "name", "description", "identifier", "meta", "tags", "config", "columns", "tests",
        "data_tests",
      ]
    )
    for (key, value) in own.pairs {
      if key == "quoting" || key == "freshness", case .dictionary(let added) = value,
        case .dictionary(var merged)? = extra[key]
      {
        merged.merge(added)
        extra[key] = .dictionary(merged)
      } else {
        extra[key] = value
      }
    }
    return extra
  }
}
