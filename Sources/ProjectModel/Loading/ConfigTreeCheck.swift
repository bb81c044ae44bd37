import Diagnostics

/// Looks for mistakes in a tree of configuration in the project file: names that are misspelt,
/// values of the wrong type, levels that lead to no file.
struct ConfigTreeCheck {
  let problems: DiagnosticCollector

  func check(_ node: YAMLNode, path: String) {
    for pair in node.pairs ?? [] {
      let isMarked = pair.key.hasPrefix("+")
      if !isMarked, pair.value.pairs != nil {
        // Without `+` dbt takes a mapping for a folder.
        if ConfigCheck.mappings.contains(pair.key) {
          problems.add(.missingPlus(pair.key, at: pair.keyRange))
        } else {
          check(pair.value, path: path + "." + pair.key)
        }
        continue
      }
      // What a template comes to is checked where it is used.
      if pair.value.scalar?.text.contains("{") == true { continue }
      let key = ConfigMerger.trimmed(pair.key)
      if let problem = ConfigCheck.problem(
        key,
        pair.value.plain,
        at: pair.keyRange,
        valueAt: pair.value.range
      ) {
        problems.add(problem)
      }
    }
  }

  /// Levels that no file lies below configure nothing.
  ///
  /// - Parameters:
  ///   - node: the tree.
  ///   - names: fully qualified names of the files that it can configure.
  func checkLevels(_ node: YAMLNode, names: [[String]]) {
    for pair in node.pairs ?? [] {
      guard !pair.key.hasPrefix("+"), pair.value.pairs != nil,
        !ConfigCheck.mappings.contains(pair.key)
      else { continue }
      let below = names.filter { $0.first == pair.key }.map { Array($0.dropFirst()) }
      if below.isEmpty {
        let known = Set(names.compactMap(\.first))
        // A folder straight below `models:` has lost the project's name.
        let outer = known.first { name in
          names.contains { $0.first == name && $0.dropFirst().first == pair.key }
        }
        problems.add(
          .unusedLevel(pair.key, among: known, belongsBelow: outer, at: pair.keyRange)
        )
      } else {
        checkLevels(pair.value, names: below)
      }
    }
  }
}
