import Diagnostics
import ProjectModel

// Nodes that only properties files declare: unit tests and exposures.
extension ProjectParser {
  func unitTests(
    of nodes: [Node],
    _ disabled: inout [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var tests: [Node] = []
    for package in packages {
      let entries = package.properties.others["unit_tests"] ?? []
      if !entries.isEmpty, isWrittenForDbt {
        problems += UnitTestFixtures(package: package).duplicates()
      }
      let named = Dictionary(
        grouping: nodes.filter { $0.kind == .model && $0.packageName == package.name },
        by: \.name
      )
      for entry in entries {
        let model = entry.value["model"]?.string ?? ""
        let models = named[model] ?? []
        let versions = UnitTestVersions(entry)
        if package.name == project.name, let model = models.first {
          problems += versions.problems(of: model)
        }
        let chosen = models.filter(versions.contains)
        if chosen.isEmpty, let first = models.first, first.version != nil {
          problems.append(
            .unitTest(
              "Unit test '\(entry.name)' referenced a version of '\(model)' which was not found.",
              unitTest(entry, of: model, version: "", package)
            )
          )
        }
        for target in chosen {
          let version = target.version.map { "_v\(ReferenceResolver.text($0))" } ?? ""
          var test = unitTest(entry, of: model, version: version, package)
          test.dependencies = [target.uniqueID]
          problems += settleEnabled(of: &test)
          guard test.isEnabled else {
            test.dependencies = []
            disabled.append(test)
            continue
          }
          do throws(Diagnostic) {
            let rows = UnitTestRows(package: package, packages: packages, buffers: buffers)
            var settled = try rows.settled(test)
            settled["schema"] = .optional(target.schema)
            test.extra["settled"] = .dictionary(settled)
          } catch {
            problems.append(error)
          }
          tests.append(test)
          if package.name == project.name, isWrittenForDbt {
            problems += UnitTestCheck.incrementalProblems(of: test, target)
          }
          guard package.name == project.name, target.uniqueID == chosen.first?.uniqueID else {
            continue
          }
          problems += UnitTestCheck(entry: entry, isWrittenForDbt: isWrittenForDbt)
            .problems(of: target, resolver, environment)
        }
        guard models.isEmpty else { continue }
        let isOff = disabled.contains {
          $0.kind == .model && $0.name == model && $0.packageName == package.name
        }
        if isOff {
          disabled.append(disabledUnitTest(entry, of: model, package))
        } else if package.name == project.name || isWrittenForDbt,
          !(entry.value["config"]?.dictionary?["enabled"]?.boolean == false)
        {
          problems.append(modelProblem(entry, model, among: nodes, package))
        }
      }
    }
    return tests
  }

  private func unitTest(
    _ entry: Properties.Entry,
    of model: String,
    version: String,
    _ package: Project
  ) -> Node {
    let name = entry.name
    var test = Node(
      uniqueID: "unit_test.\(package.name).\(model).\(name)\(version)",
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
    let patch = entry.value["config"]?.dictionary ?? PlainDictionary()
    settle(&test, patch: patch, inFile: PlainDictionary())
    return test
  }

  /// A unit test that is switched off with its model.
  private func disabledUnitTest(
    _ entry: Properties.Entry,
    of model: String,
    _ package: Project
  ) -> Node {
    var test = unitTest(entry, of: model, version: "", package)
    test.config["enabled"] = false
    return test
  }

  /// A unit test of a model that is not there.
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
    if isWrittenForDbt {
      problem.message =
        "Unable to find model '\(package.name).\(model)' for unit test '\(entry.name)' in "
        + entry.file
    }
    return problem
  }

  /// What others make of the models, as dashboards and notebooks.
  func exposures(
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ semantics: inout SemanticLayer,
    _ disabled: inout [Node],
    _ problems: inout [Diagnostic]
  ) -> [Node] {
    var nodes: [Node] = []
    for package in packages {
      for entry in package.properties.others["exposures"] ?? [] {
        var node = declared(.exposure, entry, package)
        node.description = entry.value["description"]?.string ?? ""
        node.descriptionPlace = entry.node["description"]?.range
        node.extra = entry.value
        let configured = entry.value["config"]?.dictionary ?? PlainDictionary()
        settle(&node, patch: configured, inFile: PlainDictionary())
        node.unrenderedConfig = configured
        Self.join(&node, entry.value, package.configuration.configTrees[.exposure])
        problems += settleEnabled(of: &node)
        let check = ExposureCheck(entry: entry)
        guard node.isEnabled else {
          // What it speaks of is told, wherever that leads.
          var ignored: [Diagnostic] = []
          resolve(check.calls, of: &node, environment, resolver, &ignored) { _ in nil }
          node.dependencies = []
          disabled.append(node)
          continue
        }
        if package.name == project.name { problems += check.problems }
        resolve(check.calls, of: &node, environment, resolver, &problems) { call in
          guard package.name == project.name else { return nil }
          var problem = Diagnostic.exposureDependency(call.text, at: call.range)
          if isWrittenForDbt { problem.severity = .warning }
          return problem
        }
        semantics.joinMetrics(of: &node)
        nodes.append(node)
      }
    }
    return nodes
  }

  /// Brings together the tags and the meta of an exposure with those that stand beside `config`: as in
  /// dbt, tags are in order, and what is configured counts.
  ///
  /// - Parameters:
  ///   - node: gets them.
  ///   - entry: the exposure as its file has it.
  ///   - tree: `exposures:` of its project's file, where `meta` needs no plus sign.
  private static func join(
    _ node: inout Node,
    _ entry: PlainDictionary,
    _ tree: PlainDictionary?
  ) {
    let tags = Set((tree?["tags"]?.words ?? []) + (entry["tags"]?.words ?? []) + node.tags)
    if !tags.isEmpty {
      node.tags = tags.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      node.config["tags"] = .list(node.tags.map { .string($0) })
    }
    var meta = tree?["meta"]?.dictionary ?? PlainDictionary()
    meta.merge(entry["meta"]?.dictionary ?? PlainDictionary())
    meta.merge(node.meta)
    guard !meta.isEmpty else { return }
    node.meta = meta
    node.config["meta"] = .dictionary(meta)
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
        resolve([call], of: &node, environment, resolver, &problems) { _ in nil }
      },
      relations: relations
    )
  }

  /// A node that nothing but a properties file says.
  func declared(_ kind: Node.Kind, _ entry: Properties.Entry, _ package: Project) -> Node {
    var node = Node(
      uniqueID: "\(kind.rawValue).\(package.name).\(entry.name)",
      kind: kind,
      name: entry.name,
      packageName: package.name,
      path: package.resourcePath(of: entry.file),
      originalFilePath: entry.file,
      fqn: [package.name] + package.resourceFolders(of: entry.file) + [entry.name]
    )
    node.declaration = entry.range
    return node
  }

  /// Finds what calls in a properties file lead to; `idleness` is what is to be said of a call that
  /// refers to nothing.
  private func resolve(
    _ calls: [WrittenCall],
    of node: inout Node,
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ problems: inout [Diagnostic],
    idleness: (WrittenCall) -> Diagnostic?
  ) {
    var outcome = Outcome(node: node)
    for call in calls {
      do throws(Diagnostic) {
        let captured = try call.captured(in: environment, for: node)
        outcome.references += captured.references
        outcome.sources += captured.sources
        outcome.node.metricReferences += captured.metrics
        if captured.references.isEmpty, captured.sources.isEmpty, captured.metrics.isEmpty,
          let problem = idleness(call)
        {
          problems.append(problem)
        }
      } catch {
        problems.append(error)
      }
    }
    resolve(&outcome, with: resolver, &problems)
    node = outcome.node
  }
}
