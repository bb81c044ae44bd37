import Diagnostics
import ProjectModel

/// Paths of a project file of dbt's that configure nothing.
///
/// Those of models, seeds and functions are told with their places when the project is loaded, unless
/// there is no file of the kind at all; these are the others.
struct UnusedConfigPaths {
  let project: Project
  let nodes: [Node]
  let disabled: [Node]

  private static let trees: [(kind: Node.Kind, word: String)] = [
    (.model, "models"), (.seed, "seeds"), (.snapshot, "snapshots"), (.source, "sources"),
    (.test, "data_tests"), (.unitTest, "unit_tests"), (.metric, "metrics"),
    (.semanticModel, "semantic_models"), (.savedQuery, "saved_queries"), (.exposure, "exposures"),
    (.function, "functions"),
  ]

  private static var toldWhenLoaded: [Node.Kind: KeyPath<Project, [Project.File]>] {
    [.model: \.modelFiles, .seed: \.seedFiles, .function: \.functionFiles]
  }

  /// One warning for all of them, in dbt's words.
  var problems: [Diagnostic] {
    let paths = unused
    guard !paths.isEmpty else { return [] }
    return [
      Diagnostic(
        .warning,
        code: "unused-config",
        "Configuration paths exist in your \(project.fileName) file which do not apply to any "
          + "resources.\nThere are \(paths.count) unused configuration paths:\n"
          + paths.map { "- \($0)" }.joined(separator: "\n"),
        file: project.fileName
      )
    ]
  }

  private var unused: [String] {
    let away = disabled.map(\.fqn)
    return Self.trees.flatMap { kind, word -> [String] in
      guard let tree = project.configuration.unrenderedTrees[kind] else { return [] }
      if let files = Self.toldWhenLoaded[kind] {
        let packages = [project] + project.packages
        if packages.contains(where: { !$0[keyPath: files].isEmpty }) { return [] }
      }
      let known = nodes.filter { $0.kind == kind }.map(\.fqn) + away
      return Self.paths(in: tree, below: [])
        .filter { path in !known.contains { $0.starts(with: path) } }
        .map { ([word] + $0).joined(separator: ".") }
    }
  }

  /// The paths at which something is configured, in their order; without `+`, a mapping is a level.
  private static func paths(in tree: PlainDictionary, below path: [String]) -> [[String]] {
    var paths: [[String]] = []
    var configures = false
    for (key, value) in tree.pairs {
      if let level = value.dictionary, !key.hasPrefix("+") {
        paths += Self.paths(in: level, below: path + [key])
      } else {
        configures = true
      }
    }
    return configures ? [path] + paths : paths
  }
}
