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
  }

  let documentation: [Documentation]

  init(project: Project, buffers: Buffers) {
    self.project = project
    self.buffers = buffers
    documentation = ([project] + project.packages).flatMap { package in
      package.documentationFiles.flatMap { file in
        Self.documentation(in: file, package, buffers)
      }
    }
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
        text: text.trimmed().string
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
        groups[id] = [
          "name": .string(entry.name), "resource_type": "group",
          "package_name": .string(package.name),
          "path": .string(package.resourcePath(of: entry.file)),
          "original_file_path": .string(entry.file), "unique_id": .string(id),
          "owner": .dictionary(owner), "description": entry.value["description"] ?? .null,
          "config": ["meta": entry.value["config"]?.dictionary?["meta"] ?? [:]],
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
        let meta = config?["meta"] ?? entry.value["meta"] ?? [:]
        var docs: PlainDictionary = ["show": true, "node_color": nil]
        docs.merge((config?["docs"] ?? entry.value["docs"])?.dictionary ?? [:])
        var description = entry.value["description"]?.string ?? ""
        var problems: [Diagnostic] = []
        _ = render(&description, nil, package.name, &problems)
        macros["macro.\(package.name).\(entry.name)"] = [
          "description": .string(description), "meta": meta, "docs": .dictionary(docs),
          "config": ["meta": meta, "docs": .dictionary(docs)],
          "patch_path": .string("\(package.name)://\(entry.file)"),
          "arguments": .list((entry.value["arguments"]?.list ?? []).map(Self.argument)),
        ]
      }
    }
    return macros
  }

  private static func argument(_ value: PlainValue) -> PlainValue {
    let given = value.dictionary ?? [:]
    return [
      "name": given["name"] ?? "", "type": given["type"] ?? .null,
      "description": given["description"] ?? "",
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
        &problems
      )
      for column in nodes[index].columns.indices {
        nodes[index].columns[column].documentation = render(
          &nodes[index].columns[column].description,
          nodes[index].columns[column].descriptionPlace ?? nodes[index].columns[column].range
            ?? nodes[index].declaration,
          package,
          &problems
        )
      }
    }
  }

  /// Renders a description, and tells which blocks of documentation it uses.
  private func render(
    _ text: inout String,
    _ range: TextRange?,
    _ package: String,
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
    do throws(Diagnostic) {
      let template = try Template(parsing: buffer, in: buffers)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      text = try renderer.render(template).string
    } catch {
      var problem = error
      // For dbt a block that is missing is an error.
      let isStrict = problem.code == "unknown-doc" && project.fileName == "dbt_project.yml"
      if !isStrict { problem.severity = .warning }
      if let label = problem.labels.first, label.message.isEmpty {
        problem.labels[0].message = "in its description"
      }
      problems.append(problem)
    }
    return context.used
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
