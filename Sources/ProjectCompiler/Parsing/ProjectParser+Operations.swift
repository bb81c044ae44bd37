import Diagnostics
import ProjectModel
import Templating

// `on-run-start` and `on-run-end` as nodes of the manifest.
extension ProjectParser {
  func operations(
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var nodes: [Node] = []
    for package in packages {
      let hooks = [
        ("on-run-start", package.configuration.onRunStart),
        ("on-run-end", package.configuration.onRunEnd),
      ]
      for (kind, texts) in hooks {
        for (index, text) in texts.enumerated() {
          let name = "\(package.name)-\(kind)-\(index)"
          var node = Node(
            uniqueID: "operation.\(package.name).\(name)",
            kind: .operation,
            name: name,
            packageName: package.name,
            path: "hooks/\(name).sql",
            originalFilePath: "./\(package.fileName)",
            fqn: [package.name, "hooks", name]
          )
          node.buffer = buffers.add(name: name, text: text)
          node.extra["index"] = .integer(index)
          var outcome = first(rendering: node, in: environment)
          // What is wrong with it is told when it is rendered to be run.
          outcome.diagnostic = nil
          configure(&outcome.node, as: kind, in: environment)
          var unresolved: [Diagnostic] = []
          resolve(&outcome, with: resolver, &unresolved)
          nodes.append(outcome.node)
        }
      }
    }
    return nodes
  }

  /// What is configured for all models holds for hooks too.
  private func configure(_ node: inout Node, as kind: String, in environment: ContextEnvironment) {
    var model = node
    model.kind = .model
    settle(&model, patch: PlainDictionary(), inFile: node.config)
    do throws(Diagnostic) {
      try NameGenerator(environment: environment).assignNames(to: &model)
    } catch {
      // Told of the models already, whose names the same macros make.
      model.schema = project.target.schema
    }
    node.config = model.config
    for key in ["access", "freshness"] { node.config[key] = nil }
    node.unrenderedConfig = model.unrenderedConfig
    node.tags = [kind] + model.tags
    node.meta = model.meta
    node.schema = model.schema
    node.database = model.database
  }
}
