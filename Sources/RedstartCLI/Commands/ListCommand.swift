import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart ls`.
  func list() throws -> ExitCode {
    let project = try loadProject()
    let parsed = try parseProject(project)
    let format = arguments.value("output") ?? "selector"
    let known = ["name", "path", "selector", "json"]
    guard known.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: known)
    }
    let kinds = Set(Node.Kind.allCases).subtracting([.migration, .operation])
    let selected = try selectNodes(in: parsed, kinds: kinds)
    var lines: [String] = []
    for id in selected.sorted() {
      guard let node = parsed.graph.nodes[id] else { continue }
      switch format {
      case "name": lines.append(node.name)
      case "path": lines.append(node.originalFilePath)
      case "json": lines.append(json(node, parsed).jsonString)
      default: lines.append(selector(node))
      }
    }
    if lines.isEmpty {
      note("nothing selected")
    } else {
      console.output(lines.joined(separator: "\n") + "\n")
    }
    return .success
  }

  private func selector(_ node: Node) -> String {
    switch node.kind {
    case .source: "source:\(node.fqn.joined(separator: "."))"
    default: node.fqn.joined(separator: ".")
    }
  }

  private func json(_ node: Node, _ parsed: ParsedProject) -> PlainValue {
    [
      "name": .string(node.name),
      "resource_type": .string(node.kind.rawValue),
      "package_name": .string(node.packageName),
      "original_file_path": .string(node.originalFilePath),
      "unique_id": .string(node.uniqueID),
      "alias": .string(node.alias ?? node.name),
      "config": .dictionary(node.config),
      "tags": .list(node.tags.map { .string($0) }),
      "depends_on": [
        "macros": .list(node.macroDependencies.map { .string($0) }),
        "nodes": .list((parsed.graph.parents[node.uniqueID] ?? []).map { .string($0) }),
      ],
    ]
  }
}
