import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

// What nodes depend on, and where their data lives.
extension ProjectParser {
  func resolve(
    _ outcome: inout Outcome,
    with resolver: ReferenceResolver,
    _ problems: inout [Diagnostic]
  ) {
    if outcome.node.genericTest != nil, let diagnostic = outcome.diagnostic {
      problems.append(diagnostic)
    }
    outcome.node = outcome.nodeWithReferences
    let isTest = outcome.node.kind == .test
    var missing: [Diagnostic] = []
    // Nobody reads hundreds of suggestions, and each looks at all names.
    let suggests = problems.count < 200
    // Sources first, as in dbt.
    for reference in outcome.sources {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node, suggesting: suggests)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        missing.append(error)
      }
    }
    for reference in outcome.references {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node, suggesting: suggests)
        if isWrittenForDbt, outcome.node.packageName != project.name,
          reference.package != project.name,
          id.split(separator: ".").dropFirst().first == project.name[...]
        {
          problems.append(.packageReadsProject(outcome.node, id, at: reference.range))
        }
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        missing.append(error)
      }
    }
    for reference in outcome.functions {
      do throws(Diagnostic) {
        let id = try resolver.identifier(of: reference, from: outcome.node, suggesting: suggests)
        if !outcome.node.dependencies.contains(id) { outcome.node.dependencies.append(id) }
      } catch {
        missing.append(error)
      }
    }
    for var problem in missing {
      // A test may speak of what is switched off, and in projects of dbt of what is not there.
      if isTest,
        outcome.references.contains(where: { resolver.isDisabled($0) })
          || outcome.sources.contains(where: { resolver.isDisabled($0) })
      {
        outcome.node.config["enabled"] = false
        outcome.node.isStranded = true
        continue
      }
      if isTest, outcome.node.packageName != project.name || isWrittenForDbt {
        outcome.node.config["enabled"] = false
        outcome.node.isStranded = true
        problem.severity = .warning
      }
      problems.append(problem)
    }
  }

  /// Whether the project is one of dbt's.
  var isWrittenForDbt: Bool { project.isWrittenForDbt }

  /// What a node's hooks refer to, it depends on.
  func addReferencesOfHooks(to outcome: inout Outcome, in environment: ContextEnvironment) {
    guard let captured = capturedInHooks(of: outcome.node, in: environment) else { return }
    outcome.references += captured.references.filter { !outcome.references.contains($0) }
    outcome.sources += captured.sources.filter { !outcome.sources.contains($0) }
    outcome.functions += captured.functions.filter { !outcome.functions.contains($0) }
    for macro in captured.macros where !outcome.node.macroDependencies.contains(macro) {
      outcome.node.macroDependencies.append(macro)
    }
  }

  /// Seeds come before everything: their hooks may call macros, and refer to nothing.
  func settleHooks(
    ofSeed node: inout Node,
    in environment: ContextEnvironment
  ) -> [Diagnostic] {
    guard node.isEnabled, let captured = capturedInHooks(of: node, in: environment) else {
      return []
    }
    node.macroDependencies = captured.macros
    guard
      let name = captured.references.first?.name
        ?? captured.sources.first.map({ "\($0.source).\($0.table)" })
    else { return [] }
    return [.seedWithDependency(on: name, node)]
  }

  /// What the foreign keys of a contract refer to, as templates.
  private func foreignKeys(of node: Node) -> [String] {
    let constraints =
      (node.extra["constraints"]?.list ?? [])
      + node.columns.flatMap { $0.extra["constraints"]?.list ?? [] }
    return constraints.compactMap { $0.dictionary?["to"]?.string }
      .filter { $0.contains("(") }.map { "{{ \($0) }}" }
  }

  private func capturedInHooks(of node: Node, in environment: ContextEnvironment) -> Captured? {
    let texts =
      ["pre-hook", "post-hook"]
      .flatMap { key -> [PlainValue] in
        guard let value = node.config[key] else { return [] }
        return value.list ?? [value]
      }
      .compactMap { $0.string ?? $0.dictionary?["sql"]?.string }
      .filter { $0.contains("{{") || $0.contains("{%") } + foreignKeys(of: node)
    guard !texts.isEmpty else { return nil }
    let context = NodeContext(
      environment: environment,
      phase: .parse,
      node: node,
      this: node.relationName,
      config: ConfigObject(final: node.config)
    )
    for text in texts {
      let buffer = buffers.add(name: "hook of \(node.name)", text: text)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
      do throws(Diagnostic) {
        _ = try renderer.render(try Template(parsing: buffer, in: buffers))
      } catch {
        // The hook is rendered again when its node is compiled, and that one is told.
        continue
      }
    }
    return context.captured
  }

  func relations(of nodes: [Node]) -> [String: ResolvedRelation] {
    var relations: [String: ResolvedRelation] = [:]
    for node in nodes where node.kind != .function {
      guard let name = node.relationName else { continue }
      let materialized = node.config["materialized"]?.string
      if node.kind == .model, materialized == Materialization.ephemeral.rawValue {
        relations[node.uniqueID] = ResolvedRelation(
          name: RelationName(identifier: EphemeralInjection.prefix + (node.alias ?? node.name)),
          isEphemeral: true,
          eventTime: Self.eventTime(of: node)
        )
      } else {
        relations[node.uniqueID] = ResolvedRelation(
          name: name,
          isView: node.kind == .model && materialized == Materialization.view.rawValue,
          isSource: node.kind == .source,
          eventTime: Self.eventTime(of: node),
          quoting: (node.kind == .source ? node.extra : node.config)["quoting"]?.dictionary ?? [:]
        )
      }
    }
    return relations
  }

  /// As dbt's extractor keeps them, which reads plain templates: each source once.
  func leaveOutRepeatedSources(of node: inout Node, _ macros: MacroTable) {
    guard node.kind == .model, node.language == .sql, let buffer = node.buffer,
      Set(node.sourceReferences).count < node.sourceReferences.count,
      !["ref", "source", "config"].contains(where: {
        macros.custom($0, from: node.packageName) != nil
      })
    else { return }
    do throws(Diagnostic) {
      guard try PlainTemplate.isPlain(buffer, in: buffers) else { return }
    } catch {
      // Told where it was rendered.
      return
    }
    var seen: Set<[String]> = []
    node.sourceReferences.removeAll { !seen.insert($0).inserted }
  }

  /// Where functions are, by unique_id.
  func functions(of nodes: [Node]) -> [String: ResolvedRelation] {
    var functions: [String: ResolvedRelation] = [:]
    for node in nodes where node.kind == .function {
      functions[node.uniqueID] = node.relationName.map { ResolvedRelation(name: $0) }
    }
    return functions
  }

  /// The column that says when a row happened, quoted if its description says so.
  private static func eventTime(of node: Node) -> String? {
    guard let name = node.config["event_time"]?.string, !name.isEmpty else { return nil }
    let quotes =
      node.columns.first { $0.name == name }?.quote
      ?? node.extra["quoting"]?.dictionary?["column"]?.boolean
    return quotes == true ? SQLQuoting.identifier(name) : name
  }

  /// Hangs the nodes whose relations migrations create from one migration root.
  func attachMigrations(
    _ scripts: [MigrationScript],
    to nodes: inout [Node]
  ) -> Set<String> {
    guard !scripts.isEmpty else { return [] }
    let canBeMigrated: Set<Node.Kind> = [.model, .seed, .source, .snapshot]
    let defined: Set<String> =
      nodes.contains { canBeMigrated.contains($0.kind) }
      ? Set(
        DefinedRelations(scripts.flatMap(\.statements)).definitions.map {
          MigrationScript.key($0.name)
        }
      ) : []
    let path = project.configuration.migrationsPath
    let root = Node(
      uniqueID: "migration.\(project.name).migrations",
      kind: .migration,
      name: "migrations",
      packageName: project.name,
      path: path,
      originalFilePath: path,
      fqn: [project.name, "migrations"]
    )
    var migrated: Set<String> = []
    for index in nodes.indices {
      let node = nodes[index]
      guard canBeMigrated.contains(node.kind), let name = node.relationName,
        defined.contains(MigrationScript.key(name))
      else { continue }
      nodes[index].dependencies.append(root.uniqueID)
      migrated.insert(node.uniqueID)
    }
    nodes.append(root)
    return migrated
  }
}
