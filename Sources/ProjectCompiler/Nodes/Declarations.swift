import Diagnostics
import ProjectModel
import Templating

/// What properties files and Markdown files declare besides nodes: groups and documentation.
struct Declarations {
  private let project: Project
  private let buffers: Buffers

  /// A block of documentation: `{% docs name %} … {% enddocs %}`.
  struct Documentation {
    var uniqueID: String
    var name: String
    var packageName: String
    var path: String
    var originalFilePath: String
    var text: String
    /// Where its name is written; nil for what comes with the program.
    var place: TextRange?
  }

  let documentation: [Documentation]

  init(project: Project, buffers: Buffers) {
    self.project = project
    self.buffers = buffers
    let written = ([project] + project.packages).flatMap { package in
      package.documentationFiles.flatMap { file in
        Self.documentation(in: file, package, buffers)
      }
    }
    documentation = written + [.overview]
  }

  private static func documentation(
    in file: Project.File,
    _ package: Project,
    _ buffers: Buffers
  ) -> [Documentation] {
    let bytes = buffers.bytes(of: file.buffer)
    return BlockScanner.blocks(in: bytes, tags: ["docs"]).map { block in
      let name =
        String(decoding: bytes[block.headRest], as: UTF8.self)
        .split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
      var text = MappedText()
      text.append(generated: bytes[block.body], origin: nil)
      return Documentation(
        uniqueID: "doc.\(package.name).\(name)",
        name: name,
        packageName: package.name,
        path: package.resourcePath(of: file.path),
        originalFilePath: file.path,
        text: text.trimmed().string,
        place: TextRange(buffer: file.buffer, bytes: block.headRest)
      )
    }
  }

  /// Blocks of documentation and groups of which a package has two of one name.
  var repeated: [Diagnostic] {
    var known: [String: (place: TextRange?, file: String)] = [:]
    func repeated(
      _ kind: String,
      _ name: String,
      in package: String,
      _ place: TextRange?,
      _ file: String
    ) -> Diagnostic? {
      let former = known.updateValue((place, file), forKey: "\(kind) \(package) \(name)")
      return former.map {
        .duplicateName(kind, name, at: place, other: $0.place, otherFile: $0.file)
      }
    }
    let blocks = documentation.compactMap {
      repeated("doc", $0.name, in: $0.packageName, $0.place, $0.originalFilePath)
    }
    let groups = ([project] + project.packages).flatMap { package in
      (package.properties.others["groups"] ?? []).compactMap {
        repeated("group", $0.name, in: package.name, $0.range, $0.file)
      }
    }
    return blocks + groups
  }

  /// Errors of nodes that belong to groups which nobody has declared.
  func unknownGroups(of nodes: [Node]) -> [Diagnostic] {
    let named = nodes.compactMap { node in
      node.config["group"]?.string.map { (node: node, group: $0) }
    }
    guard !named.isEmpty else { return [] }
    let known = groups.pairs.compactMap { $0.value.dictionary?["name"]?.string }
    return named.filter { !known.contains($0.group) }.map { named in
      let expected = known.sorted().map { "'\($0)'" }.joined(separator: ", ")
      return Diagnostic(
        code: "unknown-group",
        "Invalid group '\(named.group)', expected one of [\(expected)]",
        at: named.node.place(of: "group"),
        file: named.node.originalFilePath,
        help: [
          Suggestion.sentence(for: named.group, among: known)
            ?? "declare it under `groups:` in a properties file"
        ]
      )
    }
  }

  /// Groups as the manifest has them.
  var groups: PlainDictionary {
    var groups = PlainDictionary()
    for package in [project] + project.packages {
      for entry in package.properties.others["groups"] ?? [] {
        let id = "group.\(package.name).\(entry.name)"
        var owner: PlainDictionary = ["email": nil, "name": nil]
        owner.merge(entry.value["owner"]?.dictionary ?? [:])
        var config: PlainDictionary = ["meta": [:]]
        config.merge(entry.value["config"]?.dictionary ?? [:])
        groups[id] = [
          "name": .string(entry.name), "resource_type": "group",
          "package_name": .string(package.name),
          "path": .string(package.resourcePath(of: entry.file)),
          "original_file_path": .string(entry.file), "unique_id": .string(id),
          "owner": .dictionary(owner), "description": entry.value["description"] ?? .null,
          "config": .dictionary(config),
        ]
      }
    }
    return groups
  }

  /// What properties files say of macros, by unique_id, as the manifest has it.
  var macros: [String: PlainDictionary] {
    var macros: [String: PlainDictionary] = [:]
    for package in [project] + project.packages {
      for entry in package.properties.others["macros"] ?? [] {
        let config = entry.value["config"]?.dictionary
        // What stands under `config` comes after what stands beside it.
        var said = entry.value["meta"]?.dictionary ?? [:]
        said.merge(config?["meta"]?.dictionary ?? [:])
        let meta = PlainValue.dictionary(said)
        var docs: PlainDictionary = ["show": true, "node_color": nil]
        docs.merge(entry.value["docs"]?.dictionary ?? [:])
        docs.merge(config?["docs"]?.dictionary ?? [:])
        var description = entry.value["description"]?.string ?? ""
        var problems: [Diagnostic] = []
        _ = render(&description, nil, package.name, &problems)
        var patch: PlainDictionary = [
          "description": .string(description), "meta": meta, "docs": .dictionary(docs),
          "config": ["meta": meta, "docs": .dictionary(docs)],
          "patch_path": .string("\(package.name)://\(entry.file)"),
        ]
        if let arguments = entry.value["arguments"]?.list {
          patch["arguments"] = .list(arguments.map { argument($0, of: package.name) })
        }
        macros["macro.\(package.name).\(entry.name)"] = patch
      }
    }
    return macros
  }

  private func argument(_ value: PlainValue, of package: String) -> PlainValue {
    let given = value.dictionary ?? [:]
    var description = given["description"]?.string ?? ""
    var problems: [Diagnostic] = []
    _ = render(&description, nil, package, &problems)
    return [
      "name": given["name"] ?? "", "type": given["type"] ?? .null,
      "description": .string(description),
    ]
  }

  /// Documentation as the manifest has it.
  var docs: PlainDictionary {
    PlainDictionary(
      documentation.map { block in
        (
          block.uniqueID,
          [
            "name": .string(block.name), "resource_type": "doc",
            "package_name": .string(block.packageName), "path": .string(block.path),
            "original_file_path": .string(block.originalFilePath),
            "unique_id": .string(block.uniqueID), "block_contents": .string(block.text),
          ]
        )
      }
    )
  }

  // MARK: Descriptions

  /// Puts the texts of `doc()` into descriptions.
  func renderDescriptions(of nodes: inout [Node], _ problems: inout [Diagnostic]) {
    for index in nodes.indices {
      let package = nodes[index].packageName
      nodes[index].documentation = render(
        &nodes[index].description,
        nodes[index].descriptionPlace ?? nodes[index].patch ?? nodes[index].declaration,
        package,
        // Those of functions dbt leaves as they are.
        isStrict: nodes[index].kind != .function,
        &problems
      )
      if var text = nodes[index].extra["source_description"]?.string {
        _ = render(&text, nodes[index].place(of: "source_description"), package, &problems)
        nodes[index].extra["source_description"] = .string(text)
      }
      for column in nodes[index].columns.indices {
        nodes[index].columns[column].documentation = render(
          &nodes[index].columns[column].description,
          nodes[index].columns[column].descriptionPlace ?? nodes[index].columns[column].range
            ?? nodes[index].declaration,
          package,
          &problems
        )
      }
      if nodes[index].kind == .semanticModel { renderParts(of: &nodes[index], &problems) }
    }
  }

  /// The entities, dimensions and measures of a semantic model have descriptions too.
  private func renderParts(of model: inout Node, _ problems: inout [Diagnostic]) {
    for key in ["entities", "dimensions", "measures"] {
      guard let parts = model.extra[key]?.list else { continue }
      var rendered: [PlainValue] = []
      for part in parts {
        guard var entry = part.dictionary, var text = entry["description"]?.string else {
          rendered.append(part)
          continue
        }
        _ = render(&text, model.declaration, model.packageName, &problems)
        entry["description"] = .string(text)
        rendered.append(.dictionary(entry))
      }
      model.extra[key] = .list(rendered)
    }
  }

  /// Renders a description, and tells which blocks of documentation it uses.
  private func render(
    _ text: inout String,
    _ range: TextRange?,
    _ package: String,
    isStrict: Bool = true,
    _ problems: inout [Diagnostic]
  ) -> [String] {
    guard text.contains("{{") || text.contains("{%") else { return [] }
    var mapped = MappedText()
    if let range {
      mapped.append(written: text, at: range, in: buffers)
    } else {
      mapped.append(generated: text.utf8, origin: nil)
    }
    let buffer = buffers.add(generated: "description", mapped)
    let context = DescriptionContext(self, package: package, project: project)
    var blocks: [String?] = []
    do throws(Diagnostic) {
      let template = try Template(parsing: buffer, in: buffers)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      text = try renderer.render(template).string
      // As in dbt, what is made of a block's text is no use of the block.
      blocks = try WrittenArguments.ofOutputs(of: "doc", in: buffer, buffers)
        .map { block($0, from: package)?.uniqueID }
    } catch {
      var problem = error
      // For dbt a block that is missing is an error.
      let isMissing = problem.code == "unknown-doc" && project.fileName == "dbt_project.yml"
      if !isMissing || !isStrict { problem.severity = .warning }
      if let label = problem.labels.first, label.message.isEmpty {
        problem.labels[0].message = "in its description"
      }
      problems.append(problem)
    }
    return context.used.filter(blocks.contains)
  }

  /// The block that `doc('name')` or `doc('package', 'name')` means.
  fileprivate func block(_ names: [String], from package: String) -> Documentation? {
    guard let name = names.last else { return nil }
    if names.count == 2 {
      return documentation.first { $0.name == name && $0.packageName == names[0] }
    }
    for wanted in [package, project.name] {
      if let block = documentation.first(where: { $0.name == name && $0.packageName == wanted }) {
        return block
      }
    }
    return documentation.first { $0.name == name }
  }
}

/// What descriptions can speak of.
private final class DescriptionContext: TemplateContext {
  private let declarations: Declarations
  private let package: String
  private let project: Project
  /// unique_ids of the blocks that were asked for, in order.
  private(set) var used: [String] = []

  init(_ declarations: Declarations, package: String, project: Project) {
    self.declarations = declarations
    self.package = package
    self.project = project
  }

  var names: [String] { ["doc", "target", "var"] }

  func value(named name: String) -> Value? {
    switch name {
    case "doc":
      return .function(
        NativeFunction("doc") { [unowned self] arguments throws(Diagnostic) in
          let names = arguments.positional.map(\.rendered)
          guard let block = declarations.block(names, from: package) else {
            throw .unknownDocumentation(
              names.joined(separator: "."),
              known: declarations.documentation.map(\.name),
              at: arguments.range
            )
          }
          if !used.contains(block.uniqueID) { used.append(block.uniqueID) }
          return .text(block.text)
        }
      )
    case "target": return Value(.dictionary(project.target.templateValue))
    case "var":
      let vars = project.package(named: package)?.vars ?? project.vars
      return .function(
        NativeFunction("var") { arguments throws(Diagnostic) in
          let name = try arguments.string(0, "name", of: "var")
          return vars[name].map { Value($0) } ?? arguments.value(1, "default") ?? Value.none
        }
      )
    default: return nil
    }
  }
}

extension Declarations.Documentation {
  /// What documentation begins with where the project has no `__overview__` of its own.
  fileprivate static let overview = Self(
    uniqueID: "doc.dbt.__overview__",
    name: "__overview__",
    packageName: "dbt",
    path: "overview.md",
    originalFilePath: "docs/overview.md",
    text: """
      ### About this project

      Every model, seed, snapshot and source of the project has a page with its description, its columns,
      its SQL and its tests. The graph shows what is built from what.

      A block `{% docs __overview__ %}` in a Markdown file of the project takes the place of this page.
      """
  )
}
