import Diagnostics
import ProjectModel
import Templating

// Nodes that only properties files declare: unit tests and exposures.
extension ProjectParser {
  func unitTests(
    of nodes: [Node],
    disabled: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var tests: [Node] = []
    for package in packages {
      for entry in package.properties.others["unit_tests"] ?? [] {
        let model = entry.value["model"]?.string ?? ""
        let models = nodes.filter {
          $0.kind == .model && $0.name == model && $0.packageName == package.name
        }
        for target in models {
          let version = target.version.map { "_v\(ReferenceResolver.text($0))" } ?? ""
          let name = entry.name
          var test = Node(
            uniqueID: "unit_test.\(package.name).\(model)\(version).\(name)",
            kind: .unitTest,
            name: name,
            packageName: package.name,
            path: package.resourcePath(of: entry.file),
            originalFilePath: entry.file,
            fqn: [package.name] + package.resourceFolders(of: entry.file) + [model, name]
          )
          test.declaration = entry.range
          test.description = entry.value["description"]?.string ?? ""
          test.extra = entry.value
          test.written = entry.node
          test.dependencies = [target.uniqueID]
          let patch = entry.value["config"]?.dictionary ?? PlainDictionary()
          settle(&test, patch: patch, inFile: PlainDictionary())
          guard test.isEnabled else { continue }
          tests.append(test)
          guard package.name == project.name, target.uniqueID == models.first?.uniqueID else {
            continue
          }
          problems += UnitTestCheck(entry: entry, isWrittenForDbt: isWrittenForDbt)
            .problems(of: target, resolver, environment)
        }
        if models.isEmpty, package.name == project.name,
          !(entry.value["config"]?.dictionary?["enabled"]?.boolean == false),
          !disabled.contains(where: { $0.kind == .model && $0.name == model })
        {
          problems.append(modelProblem(entry, model, among: nodes, package))
        }
      }
    }
    return tests
  }

  /// A unit test of a model that is not there; to dbt's projects no reason to stop.
  private func modelProblem(
    _ entry: Properties.Entry,
    _ model: String,
    among nodes: [Node],
    _ package: Project
  ) -> Diagnostic {
    var problem = Diagnostic.unitTestModel(
      entry.name,
      model,
      known: nodes.filter { $0.kind == .model && $0.packageName == package.name }.map(\.name),
      at: entry.node["model"].map { $0.isNull ? entry.range : $0.range } ?? entry.range
    )
    if isWrittenForDbt { problem.severity = .warning }
    return problem
  }

  /// What others make of the models, as dashboards and notebooks.
  func exposures(
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ semantics: inout SemanticLayer,
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var nodes: [Node] = []
    for package in packages {
      for entry in package.properties.others["exposures"] ?? [] {
        var node = Node(
          uniqueID: "exposure.\(package.name).\(entry.name)",
          kind: .exposure,
          name: entry.name,
          packageName: package.name,
          path: package.resourcePath(of: entry.file),
          originalFilePath: entry.file,
          fqn: [package.name] + package.resourceFolders(of: entry.file) + [entry.name]
        )
        node.declaration = entry.range
        node.description = entry.value["description"]?.string ?? ""
        node.descriptionPlace = entry.node["description"]?.range
        node.extra = entry.value
        var patch = entry.value["config"]?.dictionary ?? PlainDictionary()
        let configured = patch
        for key in ["tags", "meta"] {
          guard let value = entry.value[key] else { continue }
          let tags = value.words
          patch[key] =
            key == "tags"
            ? .list(
              (tags + (patch[key]?.words ?? []).filter { !tags.contains($0) }).map { .string($0) }
            )
            : value
        }
        settle(&node, patch: patch, inFile: PlainDictionary())
        node.unrenderedConfig = configured
        guard node.isEnabled else { continue }
        let check = ExposureCheck(entry: entry)
        if package.name == project.name { problems += check.problems }
        var outcome = Outcome(node: node)
        for call in check.calls {
          do throws(Diagnostic) {
            let captured = try call.captured(in: environment, for: node)
            outcome.references += captured.references
            outcome.sources += captured.sources
            outcome.node.metricReferences += captured.metrics
            if package.name == project.name, captured.references.isEmpty, captured.sources.isEmpty,
              captured.metrics.isEmpty
            {
              var problem = Diagnostic.exposureDependency(call.text, at: call.range)
              if isWrittenForDbt { problem.severity = .warning }
              problems.append(problem)
            }
          } catch {
            problems.append(error)
          }
        }
        resolve(&outcome, with: resolver, &problems)
        node = outcome.node
        for words in node.metricReferences {
          guard let name = words.last else { continue }
          let package = words.count == 2 ? words[0] : nil
          guard let metric = semantics.metric(named: name, package: package, from: node) else {
            continue
          }
          let id = semantics.metrics[metric].uniqueID
          if !node.dependencies.contains(id) { node.dependencies.append(id) }
        }
        nodes.append(node)
      }
    }
    return nodes
  }

  /// Semantic models, metrics and saved queries.
  func semanticLayer(
    on nodes: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver
  ) -> SemanticLayer {
    var relations: [String: Node] = [:]
    for node in nodes { relations[node.uniqueID] = node }
    return SemanticLayer(
      self,
      references: { node, call, problems in
        resolve([call], of: &node, environment, resolver, &problems)
      },
      relations: relations
    )
  }

  /// Finds what calls as `ref('orders')` lead to, as they would stand in a template.
  private func resolve(
    _ calls: [String],
    of node: inout Node,
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) {
    var outcome = Outcome(node: node)
    do throws(Diagnostic) {
      var text = MappedText()
      for call in calls { text.append(generated: "{{ \(call) }}".utf8, origin: node.declaration) }
      let buffer = buffers.add(generated: "\(node.kind.rawValue) \(node.name)", text)
      let context = NodeContext(
        environment: environment,
        phase: .parse,
        node: node,
        this: nil,
        config: ConfigObject(gathering: ())
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(try Template(parsing: buffer, in: buffers))
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.node.metricReferences = context.captured.metrics
    } catch {
      outcome.diagnostic = error
      problems.append(error)
    }
    resolve(&outcome, with: resolver, &problems)
    node = outcome.node
  }
}
