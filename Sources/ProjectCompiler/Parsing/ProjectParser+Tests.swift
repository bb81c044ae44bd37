import Diagnostics
import ProjectModel
import Templating

// Generic tests, which properties files declare.
extension ProjectParser {
  func testOutcomes(
    on nodes: [Node],
    besides stranded: [Node],
    _ environment: ContextEnvironment,
    _ resolver: ReferenceResolver,
    _ disabled: inout [Node],
    _ problems: inout [Diagnostic]
  ) -> [Outcome] {
    let builder = GenericTestBuilder(project: project, macros: environment.macros, buffers: buffers)
    let sourceTests = declarationsOfSources()
    let present = Set(nodes.map(\.uniqueID))
    let nodes = nodes + stranded
    let meant = meantNodes(among: nodes, resolver)
    let built = parallelMap(nodes) { node in
      let declarations =
        node.kind == .source
        ? sourceTests[node.uniqueID] ?? []
        : patch(of: node)?.tests ?? []
      var tests: [Node] = []
      var problems: [Diagnostic] = []
      // What a package says of another's node, it tests itself.
      let package = node.patchPackage ?? node.packageName
      let node = meant[node.uniqueID] ?? node
      for declaration in declarations {
        if var problem = builder.problem(of: declaration, in: package) {
          // As in dbt, only the test fails, when it is its turn.
          if isWrittenForDbt { problem.severity = .warning }
          // Nobody asks how a test of what is not there would be written.
          if present.contains(node.uniqueID) { problems.append(problem) }
          guard isWrittenForDbt else { continue }
        }
        tests.append(builder.node(for: declaration, on: node, in: package))
      }
      return (tests, problems)
    }
    // What is declared once for two nodes of one name is one test.
    var places: Set<String> = []
    var tests = built.flatMap(\.0).filter { test in
      guard let attached = test.genericTest?.attachedNode,
        meant.values.contains(where: {
          $0.uniqueID == attached
        })
      else { return true }
      return places.insert("\(test.uniqueID) \(test.declaration.map { "\($0)" } ?? "")").inserted
    }
    problems += built.flatMap(\.1)
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
    let settled = parallelMap(tests) { test in
      var test = test
      let problems = settle(test: &test, in: environment)
      return (test, problems)
    }
    problems += settled.flatMap(\.1)
    tests = settled.map(\.0)
    let byID = Dictionary(nodes.map { ($0.uniqueID, $0) }, uniquingKeysWith: { first, _ in first })
    disabled += tests.filter { !$0.isEnabled }.map {
      // What it would test is told, wherever that leads.
      let outcome = first(renderingTest: $0, byID: byID, resolver: resolver, in: environment)
      var configured = outcome
      configured.configure(over: declared[$0.uniqueID], in: self)
      return (configured.node.isEnabled ? outcome : configured).nodeWithReferences
    }
    tests.removeAll { !$0.isEnabled }
    return parallelMap(tests) { test in
      var outcome = first(renderingTest: test, byID: byID, resolver: resolver, in: environment)
      outcome.configure(over: declared[test.uniqueID], in: self)
      return outcome
    }
  }

  /// Of nodes of different kinds with one name, the one that their tests are of: whatever `ref()`
  /// means.
  private func meantNodes(among nodes: [Node], _ resolver: ReferenceResolver) -> [String: Node] {
    var byName: [String: [Node]] = [:]
    for node in nodes
    where [.model, .seed, .snapshot].contains(node.kind) && node.version == nil && node.isEnabled {
      byName["\(node.packageName).\(node.name)", default: []].append(node)
    }
    var meant: [String: Node] = [:]
    for group in byName.values where group.count > 1 {
      let reference = Captured.Reference(
        package: group[0].packageName,
        name: group[0].name,
        version: nil,
        range: group[0].place ?? TextRange(buffer: BufferID(index: 0), bytes: 0..<0)
      )
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: group[0])
        guard let node = group.first(where: { $0.uniqueID == id }) else { continue }
        for other in group { meant[other.uniqueID] = node }
      } catch {
        // Told of what refers to it.
        continue
      }
    }
    return meant
  }

  /// Gives a test its configuration and its names.
  private func settle(test: inout Node, in environment: ContextEnvironment) -> [Diagnostic] {
    settle(&test, patch: test.config, inFile: PlainDictionary())
    var problems = settleEnabled(of: &test)
    if isWrittenForDbt { problems += NodeCheck.materialization(of: test) }
    let alias = test.alias
    do throws(Diagnostic) {
      try NameGenerator(environment: environment).assignNames(to: &test)
      if test.config["alias"] == nil || test.config["alias"]?.isNull == true { test.alias = alias }
    } catch {
      problems.append(error)
    }
    return problems
  }

  /// Of the macros that a test used, those that dbt knows it can use.
  ///
  /// They are what the test's own macro calls, and what that calls; others are called by arguments.
  private func known(
    _ used: [String],
    from macro: MacroTable.Entry?,
    in environment: ContextEnvironment
  ) -> [String] {
    let wrapper = environment.macros.lookup("get_where_subquery", from: project.name)
    let roots = [macro, wrapper].compactMap { $0 }
    guard !used.allSatisfy({ id in roots.contains { $0.uniqueID == id } }) else { return used }
    var reachable = Set(roots.map(\.uniqueID))
    var frontier = roots
    while let entry = frontier.popLast() {
      let text = Array(buffers.text(of: entry.source).utf8)
      for id in MacroCalls.dependencies(
        of: text,
        packageName: entry.packageName,
        in: environment.macros
      ) where reachable.insert(id).inserted {
        if let called = environment.macros.entry(withID: id) { frontier.append(called) }
      }
    }
    return used.filter(reachable.contains)
  }

  /// What tests are declared for though it is not there: nodes that are switched off, and names in
  /// properties files that no node has.
  func stranded(_ disabled: [Node], beside nodes: [Node]) -> [Node] {
    let names = Set(nodes.map { "\($0.packageName).\($0.name)" })
    var unknown: [Node] = []
    for package in packages {
      for kind in [Node.Kind.model, .seed, .snapshot] {
        for (name, patch) in (package.properties.patches[kind] ?? [:]).sorted(by: {
          $0.key < $1.key
        })
        where !patch.tests.isEmpty && !names.contains("\(package.name).\(name)")
          && !isPatchOfOthers(name, kind, nodes)
        {
          var node = Node(
            uniqueID: "\(kind.rawValue).\(package.name).\(name)",
            kind: kind,
            name: name,
            packageName: package.name,
            path: "",
            originalFilePath: patch.file,
            fqn: [package.name, name]
          )
          node.declaration = patch.range
          unknown.append(node)
        }
      }
    }
    // Of several that are switched off one stands for all, and for none where one is not.
    var known = Set(nodes.filter(\.isEnabled).map(\.uniqueID))
    return disabled.filter {
      [.model, .seed, .snapshot, .source].contains($0.kind) && known.insert($0.uniqueID).inserted
    } + unknown
  }

  /// Whether a name that a package's properties file speaks of is that of another package's node, or
  /// of a version of a model.
  private func isPatchOfOthers(_ name: String, _ kind: Node.Kind, _ nodes: [Node]) -> Bool {
    nodes.contains { $0.name == name && [.model, .seed, .snapshot].contains($0.kind) }
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
        this: test.relationName,
        config: ConfigObject(gathering: ())
      )
      // As in dbt, the bare name is looked up, whatever the test's namespace.
      let own = environment.macros.test(generic, from: test.packageName)
      let macro = environment.macros.lookup("test_\(generic.name)", from: test.packageName) ?? own
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
      outcome.functions = context.captured.functions
      outcome.former = context.captured.former
      outcome.node.macroDependencies = known(
        context.captured.macros,
        from: macro,
        in: environment
      )
      outcome.macroConfig = context.configObject.values
      if !outcome.macroConfig.isEmpty {
        outcome.writtenConfig = try writtenConfig(in: buffer)
      }
    } catch {
      outcome.diagnostic = error
    }
    return outcome
  }
}
