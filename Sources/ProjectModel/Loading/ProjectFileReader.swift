import Diagnostics

/// Reads the project file into settings.
struct ProjectFileReader {
  let section: SettingsSection
  let reader: SettingsReader

  /// The project's name, if there is a usable one.
  func name() -> String? {
    guard let name = section.requiredString("name", help: "name: my_project") else { return nil }
    let isWord = name.unicodeScalars.allSatisfy {
      $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
    let startsWell = name.unicodeScalars.first.map { $0 == "_" || $0.properties.isAlphabetic }
    guard isWord, startsWell == true else {
      reader.problems.add(.invalidProjectName(name, at: section["name"]?.range))
      return nil
    }
    guard !Self.reservedNames.contains(name) else {
      reader.problems.add(.reservedProjectName(name, at: section["name"]?.range))
      return nil
    }
    return name
  }

  func version() -> String { section.string("version") ?? "" }

  /// What dbt refuses in its project file, and project.yml takes.
  func checkAsDbt() {
    if let node = section["version"], let text = reader.rendered(node)?.string,
      !Self.isVersion(text)
    {
      reader.problems.add(
        .invalidValue(
          of: "version",
          text,
          reason: "it has two or three numbers with points between, as '1.0.0'",
          at: node.range
        )
      )
    }
    if let node = section["dbt-cloud"], let value = reader.rendered(node), !value.isNull,
      value.dictionary == nil
    {
      reader.problems.add(
        .invalidValue(
          of: "dbt-cloud",
          value.string ?? value.jsonString,
          reason: "it has to be a mapping, not \(value.typeWithArticle)",
          at: node.range
        )
      )
    }
  }

  /// Whether a text is a version as dbt writes them: `1.0`, `1.0.0`, `1.0.0-rc1`.
  private static func isVersion(_ text: String) -> Bool {
    guard let version = PackageVersion(text), text.first?.isNumber == true else { return false }
    let numbers = version.text.prefix { $0 != "-" && $0 != "+" }.split(
      separator: ".",
      omittingEmptySubsequences: false
    )
    guard numbers.count == 2 || numbers.count == 3 else { return false }
    // What follows the numbers needs all three of them.
    if numbers.count == 2, text.contains(where: { $0 == "-" || $0 == "+" }) { return false }
    return numbers.allSatisfy { $0 == "0" || ($0.first != "0" && $0.allSatisfy(\.isNumber)) }
  }

  /// All settings but the connection.
  func configuration(targetPath: String?) -> ProjectConfiguration {
    var settings = ProjectConfiguration()
    settings.modelPaths = paths("model-paths", "source-paths") ?? settings.modelPaths
    settings.seedPaths = paths("seed-paths", "data-paths") ?? settings.seedPaths
    settings.testPaths = paths("test-paths") ?? settings.testPaths
    settings.macroPaths = paths("macro-paths") ?? settings.macroPaths
    settings.documentationPaths = paths("docs-paths")
    settings.analysisPaths = paths("analysis-paths") ?? settings.analysisPaths
    settings.snapshotPaths = paths("snapshot-paths") ?? settings.snapshotPaths
    settings.functionPaths = paths("function-paths") ?? settings.functionPaths
    settings.targetPath = targetPath ?? section.string("target-path") ?? settings.targetPath
    settings.packagesPath = section.string("packages-install-path") ?? settings.packagesPath
    settings.cleanTargets = section.strings("clean-targets") ?? [settings.targetPath]
    settings.onRunStart = section.strings("on-run-start", isLate: true) ?? []
    settings.onRunEnd = section.strings("on-run-end", isLate: true) ?? []
    settings.quoting = section.dictionary("quoting") ?? [:]
    settings.flags = section.dictionary("flags") ?? [:]
    settings.dispatch = section.items("dispatch").compactMap { reader.rendered($0)?.dictionary }
    settings.queryComment = section.node["query-comment"]?.plain
    settings.metadataSchema = section.string("metadata-schema") ?? settings.metadataSchema
    tellOfFormerPaths()
    readMigrations(into: &settings)
    settings.checks = checks()
    settings.cluster = section["cluster"].flatMap(ClusterReader(reader: reader).read)
    settings.configTrees = configTrees()
    settings.unrenderedTrees = unrenderedTrees()
    for key in Self.keptKeys {
      if let node = section[key] { settings.extra[key] = node.plain }
    }
    return settings
  }

  /// Folders of dbt's own that are not where they are when nothing is said.
  private func tellOfFormerPaths() {
    guard FilePath.lastPart(of: section.table.section) == ProjectLoader.fileNames[1] else { return }
    for (key, standard) in [("log-path", "logs"), ("target-path", "target")] {
      guard let path = section.string(key), path != standard,
        let place = section.node.pair(key)?.keyRange
      else { continue }
      reader.problems.add(.pathInProjectFile(key, at: place))
    }
  }

  /// Folders as written: relative to the project, without a trailing slash.
  private func paths(_ key: String, _ formerKey: String? = nil) -> [String]? {
    if let paths = section.strings(key) { return paths.map(FilePath.normalized) }
    guard let formerKey, let paths = section.strings(formerKey) else { return nil }
    if let place = section.node.pair(formerKey)?.keyRange {
      reader.problems.add(.formerKey(formerKey, now: key, at: place))
    }
    return paths.map(FilePath.normalized)
  }

  private func readMigrations(into settings: inout ProjectConfiguration) {
    guard let node = section["migrations"],
      let migrations = reader.section(node, .migrations)
    else { return }
    if let paths = migrations.strings("path"), !paths.isEmpty {
      settings.migrationsPaths = paths.map(FilePath.normalized)
    }
    settings.migrationsLock = migrations.string("lock")
    settings.migrationsLockTimeout = migrations.string("lock-timeout")
    settings.migrationsLockRetries = migrations.integer("lock-retries", in: 0...1000)
    settings.migrationsSchema = migrations.string("schema")
    settings.migrationsAreStrict = migrations.boolean("strict") ?? false
  }

  /// `checks: { CODE: off|warning|error }`.
  private func checks() -> [ProjectConfiguration.Check] {
    guard let node = section["checks"] else { return [] }
    guard let pairs = node.pairs else {
      reader.problems.add(
        .wrongType(of: "\"checks\"", expected: "a mapping", given: node.plain, at: node.range)
      )
      return []
    }
    return pairs.compactMap { pair in
      // YAML reads a bare `off` as false.
      let word = pair.value.plain == .boolean(false) ? "off" : pair.value.scalar?.text ?? ""
      guard let level = ProjectConfiguration.CheckLevel(rawValue: word) else {
        reader.problems.add(
          .invalidValue(
            of: pair.key,
            word,
            reason: "it must be off, warning or error",
            at: pair.value.range
          )
        )
        return nil
      }
      return ProjectConfiguration.Check(code: pair.key, level: level, range: pair.keyRange)
    }
  }

  private static let trees: [(key: String, kind: Node.Kind)] = [
    ("models", .model), ("seeds", .seed), ("snapshots", .snapshot), ("sources", .source),
    ("tests", .test), ("data_tests", .test), ("unit_tests", .unitTest), ("analyses", .analysis),
    ("exposures", .exposure), ("semantic-models", .semanticModel), ("metrics", .metric),
    ("saved-queries", .savedQuery), ("functions", .function),
  ]

  private func configTrees() -> [Node.Kind: PlainDictionary] {
    var trees: [Node.Kind: PlainDictionary] = [:]
    for (key, kind) in Self.trees {
      guard let node = section[key],
        let tree = section.dictionary(key, leaving: Self.isHook)
      else { continue }
      if let former = trees[kind] {
        // `tests:` is the older name of `data_tests:`.
        if !former.isEmpty, !tree.isEmpty, let place = section.node.pair(key)?.keyRange {
          reader.problems.add(.bothTestKeys(of: "project", at: place))
        }
        var both = former
        both.merge(tree)
        trees[kind] = both
      } else {
        trees[kind] = tree
      }
      ConfigTreeCheck(problems: reader.problems).check(node, path: key)
    }
    return trees
  }

  private func unrenderedTrees() -> [Node.Kind: PlainDictionary] {
    var trees: [Node.Kind: PlainDictionary] = [:]
    for (key, kind) in Self.trees {
      guard let tree = section[key]?.plain.dictionary else { continue }
      var both = trees[kind] ?? PlainDictionary()
      both.merge(tree)
      trees[kind] = both
    }
    return trees
  }

  static func isHook(_ key: String) -> Bool {
    ["pre-hook", "post-hook"].contains(ConfigMerger.canonical(ConfigMerger.trimmed(key)))
  }

  private static let keptKeys = [
    "config-version", "require-dbt-version", "restrict-access", "packages-install-path",
    "log-path", "asset-paths", "docs-paths", "metrics", "semantic-models", "saved-queries",
    "dbt-cloud",
  ]

  /// Names that templates already use for something else.
  private static let reservedNames: Set<String> = [
    "adapter", "api", "builtins", "column", "config", "context", "database", "dbt",
    "dbt_version", "diff_of_two_dicts", "doc", "env_var", "exceptions", "execute", "flags",
    "fromjson", "fromyaml", "graph", "invocation_id", "local_md5", "log", "metric", "model",
    "modules", "post_hooks", "pre_hooks", "print", "project_name", "ref", "return",
    "run_started_at", "schema", "set", "source", "sql", "target", "this", "tojson", "toyaml",
    "validation", "var", "write",
  ]
}
