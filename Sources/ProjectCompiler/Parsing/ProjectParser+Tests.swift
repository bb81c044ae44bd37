import Diagnostics
import ProjectModel
import Templating

// Generic tests, which properties files declare.
extension ProjectParser {
  func testOutcomes(
    on nodes: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ disabled: inout [Node],
    _ problems: inout [Diagnostic]
  ) -> [Outcome] {
    let builder = GenericTestBuilder(project: project, macros: environment.macros, buffers: buffers)
    var tests: [Node] = []
    let sourceTests = declarationsOfSources()
    for node in nodes {
      let declarations =
        node.kind == .source
        ? sourceTests[node.uniqueID] ?? []
        : patch(of: node)?.tests ?? []
      for declaration in declarations {
        do throws(Diagnostic) {
          tests.append(try builder.node(for: declaration, on: node))
        } catch {
          problems.append(error)
        }
      }
    }
    var seen: [String: Node] = [:]
    for test in tests {
      if let other = seen.updateValue(test, forKey: test.uniqueID) {
        problems.append(
          .duplicateName(
            "test",
            test.name,
            at: test.declaration,
            other: other.declaration,
            otherFile: other.originalFilePath
          )
        )
      }
    }
    let declared = Dictionary(
      tests.map { ($0.uniqueID, $0.config) },
      uniquingKeysWith: { first, _ in first }
    )
    for index in tests.indices {
      settle(&tests[index], patch: tests[index].config, inFile: PlainDictionary())
      problems += Self.settleEnabled(of: &tests[index])
      guard tests[index].isEnabled else { continue }
      do throws(Diagnostic) {
        let alias = tests[index].alias
        try NameGenerator(environment: environment).assignNames(to: &tests[index])
        if tests[index].config["alias"] == nil || tests[index].config["alias"]?.isNull == true {
          tests[index].alias = alias
        }
      } catch {
        problems.append(error)
      }
    }
    disabled += tests.filter { !$0.isEnabled }
    tests.removeAll { !$0.isEnabled }
    let byID = Dictionary(nodes.map { ($0.uniqueID, $0) }, uniquingKeysWith: { first, _ in first })
    return parallelMap(tests) { test in
      var outcome = first(renderingTest: test, byID: byID, resolver: resolver, in: environment)
      outcome.configure(over: declared[test.uniqueID], in: self)
      return outcome
    }
  }

  func declarationsOfSources() -> [String: [Properties.TestDeclaration]] {
    var result: [String: [Properties.TestDeclaration]] = [:]
    for package in packages {
      for table in package.properties.sources where !table.tests.isEmpty {
        result["source.\(package.name).\(table.sourceName).\(table.name)"] = table.tests
      }
    }
    return result
  }

  func first(
    renderingTest test: Node,
    byID: [String: Node],
    resolver: ReferenceResolver,
    in environment: ContextEnvironment
  ) -> Outcome {
    var outcome = Outcome(node: test)
    guard let buffer = test.buffer, let generic = test.genericTest else { return outcome }
    do throws(Diagnostic) {
      let template = try Template(parsing: buffer, in: buffers)
      outcome.template = template
      let context = NodeContext(
        environment: environment,
        phase: .parse,
        node: test,
        this: nil,
        config: ConfigObject(gathering: ())
      )
      // As in dbt, the bare name is looked up, whatever the test's namespace.
      let macro = environment.macros.lookup("test_\(generic.name)", from: test.packageName)
      if let macro { context.captured.macros.append(macro.uniqueID) }
      // What these two refer to is known without rendering them.
      if let macro, generic.namespace == nil, GenericTestBuilder.isSimple(macro),
        let attached = byID[generic.attachedNode]
      {
        outcome.node.macroDependencies = context.captured.macros
        let place = test.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
        if attached.kind == .source {
          outcome.sources = [
            Captured.SourceReference(
              source: attached.sourceName ?? "",
              table: attached.name,
              range: place
            )
          ]
        } else {
          outcome.references = [
            Captured.Reference(
              package: nil,
              name: attached.name,
              version: attached.version,
              range: place
            )
          ]
        }
        return outcome
      }
      let arguments = GenericTestArguments(test: generic)
      try arguments.install(
        in: context,
        attached: byID[generic.attachedNode],
        at: test.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
      )
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      _ = try renderer.render(template)
      outcome.references = context.captured.references
      outcome.sources = context.captured.sources
      outcome.node.macroDependencies = context.captured.macros
      outcome.macroConfig = context.configObject.values
    } catch {
      outcome.diagnostic = error
    }
    return outcome
  }
}
