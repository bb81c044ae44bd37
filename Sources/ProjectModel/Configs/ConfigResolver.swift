package import Diagnostics

/// Works out the configuration of a node from all the places that may configure it.
///
/// Later places win: defaults of the kind, the project file's tree from its root to the node along
/// the fully qualified name, `config:` of a properties file, `config()` in the file itself. Tags (but
/// those of sources), packages and hooks add up; `meta`, `docs`, `contract`, `quoting` and `column_types` merge key by
/// key; grants do as their `+` says; everything else is replaced.
package struct ConfigResolver: Sendable {
  private let trees: [Node.Kind: PlainDictionary]
  private let unrenderedTrees: [Node.Kind: PlainDictionary]
  /// Trees of the project that uses the package; they win over everything of the package's.
  private let overriding: [Node.Kind: PlainDictionary]
  private let unrenderedOverriding: [Node.Kind: PlainDictionary]

  /// Makes a resolver for the nodes of one package.
  ///
  /// - Parameters:
  ///   - configuration: the package's own project file.
  ///   - packageName: its name.
  ///   - overriding: the project that uses the package, if it is another.
  package init(
    configuration: ProjectConfiguration,
    packageName: String,
    overriding: ProjectConfiguration? = nil
  ) {
    trees = configuration.configTrees
    self.overriding = overriding?.configTrees ?? [:]
    unrenderedTrees = configuration.unrenderedTrees
    unrenderedOverriding = overriding?.unrenderedTrees ?? [:]
  }

  /// The merged configuration, under canonical keys (`pre-hook`, not `pre_hook`).
  ///
  /// - Parameters:
  ///   - kind: decides the defaults and the tree of the project file.
  ///   - fqn: the fully qualified name; its first part is the package.
  ///   - patch: `config:` of a properties file.
  ///   - inFile: what `config()` in the file was called with.
  /// - Returns: every default key, then those that were configured, lists as lists.
  package func resolve(
    kind: Node.Kind,
    fqn: [String],
    patch: PlainDictionary,
    inFile: PlainDictionary
  ) -> PlainDictionary {
    var merger = ConfigMerger(ConfigDefaults.of(kind))
    merger.replacesTags = kind == .source
    // As in dbt, analyses are configured with the models.
    let tree = kind == .analysis ? Node.Kind.model : kind
    for level in Self.levels(of: trees[tree], fqn: fqn) { merger.merge(level) }
    merger.merge(patch)
    merger.merge(inFile)
    for level in Self.levels(of: overriding[tree], fqn: fqn) { merger.merge(level) }
    return merger.config
  }

  /// What was configured and nothing else, with the project file's templates as they stand there:
  /// what `state:modified` compares, so that another target is no change.
  ///
  /// - Parameters:
  ///   - kind: decides the tree of the project file.
  ///   - fqn: the fully qualified name; its first part is the package.
  ///   - patch: `config:` of a properties file.
  ///   - inFile: what `config()` in the file was called with.
  /// - Returns: the last value of each key, as it was written.
  package func unrendered(
    kind: Node.Kind,
    fqn: [String],
    patch: PlainDictionary,
    inFile: PlainDictionary
  ) -> PlainDictionary {
    // As in dbt, which has what it compares of functions from the tree of models.
    let tree = kind == .analysis || kind == .function ? Node.Kind.model : kind
    var config = PlainDictionary()
    for level in Self.levels(of: unrenderedTrees[tree], fqn: fqn) { config.merge(level) }
    config.merge(patch)
    config.merge(inFile)
    for level in Self.levels(of: unrenderedOverriding[tree], fqn: fqn) { config.merge(level) }
    return config
  }

  /// Adds one more call of `config()` to those before it in the same file.
  ///
  /// - Parameters:
  ///   - config: what the calls so far came to.
  ///   - call: the new call's arguments.
  /// - Returns: both, merged as the levels of precedence are; the first call's as they are written.
  package static func combining(
    _ config: PlainDictionary,
    with call: PlainDictionary
  ) -> PlainDictionary {
    guard !config.isEmpty else {
      var first = PlainDictionary()
      for (key, value) in call.pairs { first[ConfigMerger.canonical(key)] = value }
      return first
    }
    var merger = ConfigMerger(config, isPart: true)
    merger.merge(call)
    return merger.config
  }

  /// What the project file says, from the root of the tree to the node.
  private static func levels(of tree: PlainDictionary?, fqn: [String]) -> [PlainDictionary] {
    guard var level = tree else { return [] }
    var levels = [configs(of: level)]
    for part in fqn {
      guard case .dictionary(let next)? = level[part] else { break }
      level = next
      levels.append(configs(of: level))
    }
    return levels
  }

  /// The keys of a level that are configs: with `+` always, without it unless the value is a
  /// mapping, which is a level of the path.
  private static func configs(of level: PlainDictionary) -> PlainDictionary {
    var configs = PlainDictionary()
    for (key, value) in level.pairs {
      if key.hasPrefix("+") {
        configs[ConfigMerger.trimmed(key)] = value
      } else if value.dictionary == nil {
        configs[key] = value
      }
    }
    return configs
  }
}
