import Diagnostics

/// Reads the entries of one properties file.
struct PropertiesEntryReader {
  let reader: SettingsReader
  /// Path of the file from the project's root.
  let file: String

  /// Keys that dbt takes beside `config:` as well as in it.
  private static let movedIntoConfig = [
    "tags", "meta", "docs", "access", "group", "contract",
  ]

  /// A model, seed, snapshot, analysis or singular test; nil without a name.
  func patch(_ node: YAMLNode, kind: Node.Kind, table: KeyTable) -> Properties.Patch? {
    guard let section = reader.section(node, table), let (name, range) = name(section) else {
      return nil
    }
    var patch = Properties.Patch(name: name, file: file, range: range)
    patch.description = description(section)
    patch.config = config(section, moving: Self.movedIntoConfig)
    patch.unrenderedConfig = unrenderedConfig(section, moving: Self.movedIntoConfig)
    patch.configPlaces = configPlaces(node)
    patch.node = node
    patch.columns = columns(section)
    patch.tests = tests(section, column: nil)
    patch.tests += columnTests(section, quoting: section.boolean("quote_columns") ?? false)
    if kind == .model {
      patch.versions = section.items("versions").filter { $0.pairs != nil }.map(version)
    }
    if kind == .snapshot, let node = section["relation"], let call = section.rawString("relation") {
      patch.relation = Properties.Patch.Relation(call: call, range: node.range)
    }
    patch.extra = rest(
      section,
      without: Self.movedIntoConfig + [
        "name", "description", "config", "columns", "tests", "data_tests", "relation",
        "quote_columns",
      ]
    )
    if kind == .function { readSignature(section, into: &patch) }
    return patch
  }

  /// What one of a model's `versions:` says of its own; `include` and `exclude` are read with the
  /// rest of it.
  private func version(_ node: YAMLNode) -> Properties.Patch.Version {
    let section = SettingsSection(node: node, table: .modelVersion, reader: reader)
    let saysTests = section["tests"] != nil || section["data_tests"] != nil
    return Properties.Patch.Version(
      columns: columns(section),
      tests: saysTests ? tests(section, column: nil) : nil,
      columnTests: columnTests(section, quoting: false)
    )
  }

  /// The arguments of a function and what it returns, which say what it is in the database.
  private func readSignature(_ section: SettingsSection, into patch: inout Properties.Patch) {
    if let returns = section["returns"] {
      if let result = reader.section(returns, .functionResult) {
        _ = result.requiredString("data_type", help: "data_type: numeric")
      }
    } else {
      reader.problems.add(
        .missingValue(
          "returns",
          in: section.table.section,
          at: patch.range,
          help: "write what it returns: returns: {data_type: numeric}"
        )
      )
    }
    var optional: String?
    for node in section.items("arguments") {
      guard let argument = reader.section(node, .functionArgument),
        let (name, range) = name(argument)
      else { continue }
      _ = argument.requiredString("data_type", help: "data_type: numeric")
      if argument["default_value"] != nil {
        optional = name
      } else if let optional {
        reader.problems.add(.argumentBehindOptional(name, behind: optional, at: range))
      }
    }
    // Unlike those of columns, descriptions of arguments may not call `doc()`.
    if let arguments = section["arguments"] {
      patch.extra["arguments"] = reader.rendered(arguments)
    }
  }

  /// The name that every entry has.
  func name(_ section: SettingsSection) -> (name: String, range: TextRange)? {
    guard let name = section.requiredString("name", help: "name: \(section.table.exampleName)"),
      let range = section["name"]?.range
    else { return nil }
    return (name, range)
  }

  /// Descriptions may hold `doc()`, which is rendered when documentation is made.
  func description(_ section: SettingsSection) -> String { section.rawString("description") ?? "" }

  /// `config:`, hooks as written, with keys from beside it that dbt takes there too.
  func config(_ section: SettingsSection, moving keys: [String]) -> PlainDictionary {
    var config = PlainDictionary()
    for key in keys {
      guard let node = section[key], let value = reader.rendered(node) else { continue }
      config[key] = value
    }
    guard let node = section["config"] else { return config }
    // What is late is so by its own key: a column that is called `description` has a type.
    let late = { (path: [String]) in path.first.map(Self.isLate) ?? false }
    guard let own = section.dictionary("config", leavingAt: late) else { return config }
    for pair in node.pairs ?? [] where pair.key.hasPrefix("+") {
      reader.problems.add(.plusInConfig(pair.key, at: pair.keyRange))
    }
    // What columns may be configured with is not known.
    for pair in node.pairs ?? [] where section.table.section != KeyTable.column.section {
      let key = ConfigMerger.trimmed(pair.key)
      guard let value = own[pair.key],
        let problem = ConfigCheck.problem(
          key,
          value,
          at: pair.keyRange,
          valueAt: pair.value.range
        )
      else { continue }
      reader.problems.add(problem)
    }
    return Self.joined(config, with: own)
  }

  /// What stands beside `config` with what stands under it: merged where a key is in both places,
  /// else as it is written.
  private static func joined(
    _ beside: PlainDictionary,
    with own: PlainDictionary
  ) -> PlainDictionary {
    let own = PlainDictionary(
      own.pairs.map { (ConfigMerger.canonical(ConfigMerger.trimmed($0.key)), $0.value) }
    )
    var merger = ConfigMerger(beside, isPart: true)
    merger.merge(own)
    var joined = merger.config
    for (key, value) in own.pairs where beside[key] == nil { joined[key] = value }
    return joined
  }

  /// What `config` gives, with templates as they are written.
  private func unrenderedConfig(_ section: SettingsSection, moving keys: [String])
    -> PlainDictionary
  {
    var config = PlainDictionary()
    for key in keys {
      if let node = section[key] { config[key] = node.plain }
    }
    guard let own = section["config"]?.plain.dictionary else { return config }
    return Self.joined(config, with: own)
  }

  /// Where configs stand, in `config:` and beside it.
  private func configPlaces(_ node: YAMLNode) -> [String: TextRange] {
    var places: [String: TextRange] = [:]
    for pair in node.pairs ?? [] where Self.movedIntoConfig.contains(pair.key) {
      places[pair.key] = pair.keyRange
    }
    for pair in node["config"]?.pairs ?? [] {
      places[ConfigMerger.canonical(ConfigMerger.trimmed(pair.key))] = pair.keyRange
    }
    return places
  }

  func columns(_ section: SettingsSection) -> [Node.Column] {
    var columns: [Node.Column] = []
    var seen: [String: (place: Int, range: TextRange)] = [:]
    for node in section.items("columns") {
      if section.table.section == KeyTable.modelVersion.section, node["name"] == nil { continue }
      guard let entry = reader.section(node, .column), let (name, range) = name(entry) else {
        continue
      }
      var column = Node.Column(name: name)
      column.range = range
      column.description = description(entry)
      column.descriptionPlace = entry["description"]?.range
      column.dataType = entry.string("data_type")
      column.quote = entry.boolean("quote")
      let config = config(entry, moving: ["tags", "meta"])
      column.tags = config["tags"]?.words ?? []
      column.meta = config["meta"]?.dictionary ?? [:]
      column.extra = rest(
        entry,
        without: [
          "name", "description", "data_type", "quote", "tags", "meta", "tests", "data_tests",
        ]
      )
      if let first = seen[name] {
        // The last entry counts, in the place of the first.
        reader.problems.add(.columnTwice(name, at: range, first: first.range))
        columns[first.place] = column
        continue
      }
      seen[name] = (columns.count, range)
      columns.append(column)
    }
    return columns
  }

  /// The tests of an entry's columns; `quoting` is for those that say nothing of quotes themselves.
  func columnTests(
    _ section: SettingsSection,
    quoting: Bool
  ) -> [Properties.TestDeclaration] {
    section.items("columns").flatMap { node -> [Properties.TestDeclaration] in
      guard node.pairs != nil, let name = node["name"]?.scalar?.text else { return [] }
      let column = SettingsSection(node: node, table: .column, reader: reader)
      var tests = tests(column, column: name)
      let quotes = node["quote"].flatMap { reader.rendered($0)?.boolean } ?? quoting
      let tags = config(column, moving: ["tags"])["tags"]?.words ?? []
      for index in tests.indices {
        tests[index].quotesColumn = quotes
        tests[index].inheritedTags = tags
      }
      return tests
    }
  }

  /// Tests under either of the two keys.
  func tests(_ section: SettingsSection, column: String?) -> [Properties.TestDeclaration] {
    if section["tests"]?.items?.isEmpty == false, section["data_tests"] != nil,
      let place = section.node.pair("data_tests")?.keyRange
    {
      reader.problems.add(.bothTestKeys(of: "test", at: place))
    }
    let declarations = TestDeclarationReader(reader: reader, file: file, column: column)
    return (section.items("data_tests") + section.items("tests"))
      .compactMap(declarations.declaration)
  }

  /// Keys whose templates are rendered where they are used: they may call more than settings know.
  static func isLate(_ key: String) -> Bool {
    ProjectFileReader.isHook(key)
      || ["description", "tests", "data_tests", "loaded_at_query"].contains(key)
  }

  /// What is left, rendered.
  func rest(_ section: SettingsSection, without keys: [String]) -> PlainDictionary {
    var rest = PlainDictionary()
    for pair in section.node.pairs ?? [] where !keys.contains(pair.key) {
      let isEntry = section.table.section != KeyTable.column.section
      rest[pair.key] = reader.rendered(pair.value) { path in
        Self.isLate(pair.key) || isEntry && path.count == 1 && Self.isLate(path[0])
      }
    }
    return rest
  }
}

extension KeyTable {
  /// A name to show in an example: `a source table` → `my_source_table`.
  var exampleName: String {
    let words = section.split(separator: " ").dropFirst()
    return (["my"] + words.map(String.init)).joined(separator: "_")
  }
}

extension Diagnostic {
  fileprivate static func argumentBehindOptional(
    _ name: String,
    behind optional: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-value",
      "argument \"\(name)\" has no default, and stands behind \"\(optional)\", which has one",
      at: range,
      label: "nobody could leave out \"\(optional)\" and give this one",
      help: ["give it a `default_value`, or put it before \"\(optional)\""]
    )
  }
}
