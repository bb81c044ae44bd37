import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

// Macros and nodes: what the files of the project and its packages hold.
extension ProjectParser {
  /// `dispatch:` of the project file.
  var searchOrders: [String: [String]] {
    var orders: [String: [String]] = [:]
    for entry in project.configuration.dispatch {
      guard let namespace = entry["macro_namespace"]?.string else { continue }
      orders[namespace] = entry["search_order"]?.words ?? []
    }
    return orders
  }

  func addMacros(to macros: inout MacroTable) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for package in packages {
      for file in package.macroFiles {
        do throws(Diagnostic) {
          let parsed = try MacroFile(parsing: file.buffer, in: buffers)
          problems += macros.add(parsed, packageName: package.name, path: file.path)
        } catch {
          problems.append(error)
        }
      }
    }
    return problems
  }

  /// Models, singular tests, analyses and functions: nodes whose file is a template.
  func templatedNodes() -> [Node] {
    packages.flatMap { package in
      let groups: [(Node.Kind, [Project.File])] = [
        (.model, package.modelFiles), (.test, package.testFiles),
        (.analysis, package.analysisFiles), (.function, package.functionFiles),
      ]
      let nodes = groups.flatMap { kind, files in files.map { node(kind, $0, package) } }
      return ModelVersions(package.properties).applied(to: nodes)
    }
  }

  func node(_ kind: Node.Kind, _ file: Project.File, _ package: Project) -> Node {
    let inner = file.path.dropFirst(file.resourcePath.count).drop { $0 == "/" }
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    let fqnFolders = kind == .analysis ? ["analysis"] + folders : folders
    var node = Node(
      uniqueID: "\(kind.rawValue).\(package.name).\(file.name)",
      kind: kind,
      name: file.name,
      packageName: package.name,
      path: kind == .analysis ? "analysis/\(inner)" : String(inner),
      originalFilePath: file.path,
      fqn: [package.name] + fqnFolders + [file.name]
    )
    node.buffer = file.buffer
    if file.path.hasSuffix(".py") { node.language = .python }
    node.hasByteOrderMark = file.hadByteOrderMark
    node.declaration = TextRange(buffer: file.buffer, bytes: 0..<0)
    return node
  }

  func seedNodes() -> [Node] {
    packages.flatMap { package in package.seedFiles.map { node(.seed, $0, package) } }
  }

  func sourceNodes() -> [Node] {
    packages.flatMap { package in package.properties.sources.map { source($0, package) } }
  }

  func source(_ table: Properties.SourceTable, _ package: Project) -> Node {
    let folders = package.resourceFolders(of: table.file)
    var node = Node(
      uniqueID: "source.\(package.name).\(table.sourceName).\(table.name)",
      kind: .source,
      name: table.name,
      packageName: package.name,
      path: table.file,
      originalFilePath: table.file,
      fqn: [package.name] + folders + [table.sourceName, table.name]
    )
    node.sourceName = table.sourceName
    node.declaration = table.range
    node.description = table.description
    node.descriptionPlace = table.descriptionPlace
    node.columns = table.columns
    settle(&node, patch: table.config, inFile: PlainDictionary())
    // dbt writes down what sources leave unsaid, and compares it.
    var unrendered: PlainDictionary = [
      "loaded_at_field": nil, "loaded_at_query": nil, "meta": [:], "tags": [],
    ]
    unrendered.merge(node.unrenderedConfig)
    if let freshness = unrendered["freshness"] {
      unrendered["freshness"] = FreshnessCriteria.settled(freshness)
    }
    node.unrenderedConfig = unrendered
    node.database = table.database ?? project.target.database
    node.schema = table.schema
    node.alias = table.identifier
    node.extra = table.extra
    if !table.sourceDescription.isEmpty {
      node.extra["source_description"] = .string(table.sourceDescription)
      node.configPlaces["source_description"] = table.sourceDescriptionPlace
    }
    return node
  }

  /// Takes from a Python model what it refers to and how it is configured.
  private func read(python buffer: BufferID, into outcome: inout Outcome) throws(Diagnostic) {
    let isTemplate: Bool
    do throws(Diagnostic) {
      isTemplate = try !Template(parsing: buffer, in: buffers).isStatic
    } catch {
      isTemplate = true
    }
    if isTemplate {
      throw .pythonModel(
        "there can be no templates in Python; doubled braces are taken for one",
        at: TextRange(buffer: buffer, bytes: 0..<0)
      )
    }
    let model = try PythonModel(reading: buffer, in: buffers)
    outcome.references = model.references
    outcome.sources = model.sources
    outcome.node.config = model.config
  }

  /// Whether states are compared by what is written: dbt's flag.
  var comparesUnrendered: Bool { flag("state_modified_compare_more_unrendered_values") == true }

  /// The first call of `config()` as it is written, where that is what is compared.
  func writtenConfig(in buffer: BufferID) throws(Diagnostic) -> PlainDictionary? {
    guard comparesUnrendered,
      let written = try WrittenArguments.ofFirstCall(of: "config", in: buffer, buffers)
    else { return nil }
    return PlainDictionary(written.map { ($0.name, .string($0.notation)) })
  }

  /// Renders a node's template as dbt does while parsing.
  func first(rendering node: Node, in environment: ContextEnvironment) -> Outcome {
    var outcome = Outcome(node: node)
    guard let buffer = node.buffer else { return outcome }
    do throws(Diagnostic) {
      // As in dbt, functions are templates whatever they are written in.
      if node.language == .python, node.kind == .model {
        try read(python: buffer, into: &outcome)
        return outcome
      }
      let template = try Template(parsing: buffer, in: buffers)
      outcome.template = template
      guard !template.isStatic else { return outcome }
      let target = project.target
      let context = NodeContext(
        environment: environment,
        phase: .parse,
        node: node,
        this: RelationName(
          database: target.database,
          schema: target.schema,
          identifier: node.name
        ),
        config: ConfigObject(gathering: ())
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(template)
      outcome.node.config = context.configObject.values
      if comparesUnrendered, !outcome.node.config.isEmpty {
        let isPlain = node.kind == .model ? try PlainTemplate.isPlain(buffer, in: buffers) : false
        let written = isPlain ? nil : try writtenConfig(in: buffer)
        outcome.node.unrenderedConfig = written ?? PlainDictionary()
      }
      outcome.node.configPlaces = context.configObject.places
      if node.packageName == project.name {
        outcome.settingProblems = context.configObject.problems
      }
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.functions = context.captured.functions
      outcome.former = context.captured.former
      outcome.node.metricReferences = context.captured.metrics
      outcome.node.macroDependencies = context.captured.macros
    } catch {
      outcome.diagnostic = error
    }
    return outcome
  }
}
