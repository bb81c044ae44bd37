import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart ls`.
  func list() throws -> ExitCode {
    if console.speaksDbt, arguments.usesFormerSelect, !arguments.list("resource-type").isEmpty {
      throw Diagnostic(
        code: "usage",
        "\"models\" and \"resource_type\" are mutually exclusive arguments",
        help: ["--models lists models only: write --select"]
      )
    }
    let project = try loadProject()
    let parsed = try parseProject(project)
    if console.speaksDbt { try writeManifest(project, parsed, nil) }
    let format = arguments.value("output") ?? "selector"
    let known = ["name", "path", "selector", "json"]
    guard known.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: known)
    }
    let kinds = Set(Node.Kind.allCases).subtracting([.migration, .operation, .analysis])
    let selected = try selectNodes(in: parsed, kinds: kinds)
    var lines: [String] = []
    for id in selected.sorted() {
      guard let node = parsed.graph.nodes[id] else { continue }
      switch format {
      case "name": lines.append(name(node))
      case "path": lines.append(node.originalFilePath)
      case "json": lines.append(json(parsed.value(of: node)).jsonString)
      default: lines.append(selector(node))
      }
    }
    if lines.isEmpty {
      try noteNothingListed(in: project)
    } else {
      console.output(lines.joined(separator: "\n") + "\n")
    }
    return .success
  }

  private func name(_ node: Node) -> String {
    if node.kind == .source { return "\(node.sourceName ?? "").\(node.name)" }
    return node.version.map { "\(node.name).v\(Self.text($0))" } ?? node.name
  }

  /// What `--select` would take to choose the node.
  private func selector(_ node: Node) -> String {
    switch node.kind {
    case .source: "source:\(node.packageName).\(node.sourceName ?? "").\(node.name)"
    case .exposure, .unitTest, .semanticModel, .metric, .savedQuery:
      "\(node.kind.rawValue):\(node.packageName).\(node.name)"
    default: node.fqn.joined(separator: ".")
    }
  }

  private static func text(_ version: PlainValue) -> String {
    switch version {
    case .integer(let number): String(number)
    case .double(let number): String(number)
    default: version.string ?? ""
    }
  }

  private static let keys: Set<String> = [
    "alias", "name", "package_name", "depends_on", "tags", "config", "resource_type",
    "source_name", "original_file_path", "unique_id",
  ]

  /// The keys asked for, some of them inside of others, or those that dbt gives.
  private func json(_ entry: PlainDictionary) -> PlainValue {
    let wanted = arguments.list("output-keys").flatMap {
      $0.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
    }
    guard !wanted.isEmpty else {
      return .dictionary(
        PlainDictionary(
          entry.pairs.filter { Self.keys.contains($0.key) }
            .map { ($0.key, $0.value) }
        )
      )
    }
    var result = PlainDictionary()
    for key in wanted {
      var value: PlainValue? = .dictionary(entry)
      for part in key.split(separator: ".") { value = value?.dictionary?[String(part)] }
      guard let value, !(value.isNull && key.contains(".")) else { continue }
      result[key] = value
    }
    return .dictionary(result)
  }
}
