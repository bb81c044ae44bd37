import Diagnostics
import ProjectModel

// What stands in a place that dbt 1.11 calls a former one: keys beside `config`, blocks beside macros,
// materializations of packages.
extension ProjectParser {
  /// Keys of properties files that belong under `config`, in the project's own files.
  ///
  /// dbt looks for them where the adapter is one that its schemas know, as Redshift is.
  func formerPlaces() -> [Diagnostic] {
    guard project.target.kind == .redshift else { return [] }
    let properties = project.properties
    var found: [Diagnostic] = []
    for (kind, patches) in properties.patches {
      let keys = Self.movedKeys[kind] ?? []
      for patch in patches.values {
        guard let node = patch.node else { continue }
        found += moved(keys, in: node, "\(kind.rawValue) \(patch.name)")
        found += movedOfColumns(of: node, patch.name)
      }
    }
    for source in properties.writtenSources.map(\.node) {
      let name = source["name"]?.scalar?.text ?? ""
      found += moved(Self.movedOfSources, in: source, "source \(name)")
      for table in source["tables"]?.items ?? [] {
        let full = "\(name).\(table["name"]?.scalar?.text ?? "")"
        found += moved(Self.movedOfSources, in: table, "source \(full)")
        found += movedOfColumns(of: table, full)
      }
    }
    for (section, keys) in Self.movedInSections {
      for entry in properties.others[section] ?? [] {
        found += moved(keys, in: entry.node, entry.name)
      }
    }
    return found.sorted { first, second in
      guard let a = first.labels.first?.range, let b = second.labels.first?.range else {
        return false
      }
      return (a.buffer.index, a.bytes.lowerBound) < (b.buffer.index, b.bytes.lowerBound)
    }
  }

  private static let movedKeys: [Node.Kind: [String]] = [
    .model: ["access", "contract", "docs", "group", "meta", "tags"],
    .seed: ["docs", "group", "meta", "quote_columns", "tags"],
    .snapshot: ["docs", "group", "meta", "quote_columns", "tags"],
    .analysis: ["docs", "group", "meta", "tags"],
    .test: ["group", "meta", "tags"],
  ]

  private static let movedOfSources = [
    "freshness", "loaded_at_field", "loaded_at_query", "meta", "tags",
  ]

  private static let movedInSections: [(section: String, keys: [String])] = [
    ("exposures", ["meta", "tags"]), ("groups", ["meta"]), ("unit_tests", ["meta", "tags"]),
    ("metrics", ["group", "meta", "tags"]), ("saved_queries", ["group", "meta", "tags"]),
  ]

  private func movedOfColumns(of node: YAMLNode, _ owner: String) -> [Diagnostic] {
    (node["columns"]?.items ?? []).flatMap { column in
      moved(["meta", "tags"], in: column, "\(owner).\(column["name"]?.scalar?.text ?? "")")
    }
  }

  private func moved(_ keys: [String], in node: YAMLNode, _ owner: String) -> [Diagnostic] {
    (node.pairs ?? []).filter { keys.contains($0.key) }.map { pair in
      Diagnostic(
        .warning,
        code: "moved-to-config",
        "\"\(pair.key)\" of \(owner) belongs under `config`",
        at: pair.keyRange
      )
    }
  }

  /// Tags of templates that stand beside the macros, tests and snapshots of a file, where they do
  /// nothing.
  func looseBlocks() -> [Diagnostic] {
    packages.flatMap { package in
      let groups: [([Project.File], Set<String>)] = [
        (package.macroFiles, MacroFile.tags),
        (package.snapshotFiles.filter { $0.path.hasSuffix(".sql") }, ["snapshot"]),
      ]
      return groups.flatMap { files, tags in
        files.flatMap { file in
          BlockScanner.looseTags(in: buffers.bytes(of: file.buffer), besides: tags).map { tag in
            Diagnostic(
              .warning,
              code: "loose-block",
              "a tag \"\(tag.word)\" stands outside of all blocks",
              at: TextRange(buffer: file.buffer, bytes: tag.range),
              help: ["take it out: it does nothing"]
            )
          }
        }
      }
    }
  }

  /// Whether packages may replace dbt's own materializations.
  var packagesReplaceMaterializations: Bool {
    isWrittenForDbt
      && flag("require_explicit_package_overrides_for_builtin_materializations") == false
  }

  /// dbt's own materializations that packages replace, of those that nodes use.
  func replacedMaterializations(_ nodes: [Node], _ macros: MacroTable) -> [Diagnostic] {
    guard packagesReplaceMaterializations else { return [] }
    return nodes.compactMap { node in
      guard let name = node.config["materialized"]?.string, Materialization.isOfDbt(name),
        let entry = macros.materialization(name, from: node.packageName),
        entry.packageName != project.name, entry.packageName != MacroTable.builtinNamespace
      else { return nil }
      return Diagnostic(
        .warning,
        code: "replaced-materialization",
        "package \(entry.packageName) replaces the materialization \"\(name)\", which \(node.name) uses",
        at: node.place,
        file: node.originalFilePath,
        help: [
          "give the project a materialization of that name that calls the package's, and take out "
            + "the flag"
        ]
      )
    }
  }

  /// A model of days that is known by its name alone.
  func formerTimeSpine(in graph: Graph, of models: [Node]) -> [Diagnostic] {
    guard !models.isEmpty,
      flag("require_yaml_configuration_for_mf_time_spines") != true,
      let spine = graph.formerTimeSpine, spine.extra["time_spine"] == nil,
      !graph.timeSpines.contains(where: \.hasDays)
    else { return [] }
    return [
      Diagnostic(
        .warning,
        code: "former-time-spine",
        "\(spine.name) is a model of points in time by its name alone",
        at: spine.place,
        file: spine.originalFilePath,
        help: [
          "say so in a properties file: time_spine: {standard_granularity_column: date_day}"
        ]
      )
    ]
  }
}

extension Diagnostic {
  static func formerModule(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "former-module",
      "`modules.itertools` is going away in dbt",
      at: range,
      help: ["write a loop, or `zip` and its kin, which need no module"]
    )
  }
}

extension Materialization {
  /// Whether dbt itself has a materialization of a name.
  static func isOfDbt(_ name: String) -> Bool {
    (Materialization(rawValue: name) != nil && name != "copy") || ["unit", "clone"].contains(name)
  }
}
