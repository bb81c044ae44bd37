package import Diagnostics

/// Works out the configuration of a node from all the places that may configure it.
///
/// Later places win: defaults of the kind, the project file's tree from its root to the node along
/// the fully qualified name, `config:` of a properties file, `config()` in the file itself. Tags,
/// packages and hooks add up; `meta`, `docs`, `contract`, `quoting` and `column_types` merge key by
/// key; grants do as their `+` says; everything else is replaced.
package struct ConfigResolver: Sendable {
  private let trees: [Node.Kind: PlainDictionary]
  private let packageName: String

  /// Makes a resolver for the nodes of one package.
  package init(configuration: ProjectConfiguration, packageName: String) {
    trees = configuration.configTrees
    self.packageName = packageName
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
    for level in levels(of: kind, fqn: fqn) { merger.merge(level) }
    merger.merge(patch)
    merger.merge(inFile)
    return merger.config
  }

  /// Adds one more call of `config()` to those before it in the same file.
  ///
  /// - Parameters:
  ///   - config: what the calls so far came to.
  ///   - call: the new call's arguments.
  /// - Returns: both, merged as the levels of precedence are.
  package static func combining(
    _ config: PlainDictionary,
    with call: PlainDictionary
  ) -> PlainDictionary {
    var merger = ConfigMerger(config)
    merger.merge(call)
    return merger.config
  }

  /// What the project file says, from the root of the tree to the node.
  private func levels(of kind: Node.Kind, fqn: [String]) -> [PlainDictionary] {
    guard var level = trees[kind] else { return [] }
    var levels = [Self.configs(of: level)]
    for part in fqn {
      guard case .dictionary(let next)? = level[part] else { break }
      level = next
      levels.append(Self.configs(of: level))
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
