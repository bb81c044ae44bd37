package import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Renders the nodes of a parsed project to Redshift SQL for the target.
package struct Compiler {
  package let parsed: ParsedProject
  var environment: ContextEnvironment
  let buffers: Buffers
  private let cache: AnalysisCache?

  /// Makes a compiler.
  ///
  /// `existing` is what the database holds (for `is_incremental`); nil compiles without a
  /// database, where nothing exists yet. Texts that `cache` knows to be right are not parsed again.
  ///
  /// With `live`, templates may ask the database while they render; without, nodes whose templates
  /// do are left to be compiled later: `CompiledNode.isDeferred`.
  package init(
    _ parsed: ParsedProject,
    existing: ExistingRelations? = nil,
    live: (any LiveDatabase)? = nil,
    selected: Set<String> = [],
    cache: AnalysisCache? = nil
  ) {
    self.parsed = parsed
    self.cache = cache
    environment = parsed.environment(existing: existing, live: live, selected: selected)
    buffers = environment.buffers
  }

  struct Outcome: Sendable {
    var id: String
    var compiled: CompiledNode?
    /// The node's own SQL, before ephemeral models are added.
    var text: MappedText?
    /// The ephemeral models in it, in the order in which they are added.
    var ephemerals: [String] = []
    var diagnostics: [Diagnostic] = []

    /// The node's template asks the database, which nobody has yet.
    var isDeferred: Bool { compiled?.isDeferred == true }
  }

  /// Compiles the selected nodes and the ephemeral models they need.
  ///
  /// Nodes that do not compile are left out of the result's `compiled`, and their errors are in
  /// its `diagnostics`, so that one command shows every broken node.
  ///
  /// Nodes of `earlier`, a compilation of the same selection without a database, are taken over
  /// where their text cannot depend on what the database holds.
  package func compile(
    _ selected: Set<String>,
    reusing earlier: Compilation? = nil
  ) -> Compilation {
    let graph = parsed.graph
    var wanted = selected
    for id in selected { wanted.formUnion(ephemeralAncestors(of: id)) }
    let ordered = graph.order.filter { wanted.contains($0) && isCompiled($0) }
    var diagnostics = parsed.diagnostics
    // Ephemeral models first: their text becomes part of others.
    let ephemerals = compileEphemerals(ordered.filter { isEphemeral($0) })
    diagnostics += ephemerals.diagnostics
    var compiled = ephemerals.compiled
    let ready = ephemerals.ready
    let waiting = Set(ephemerals.compiled.filter { $0.value.isDeferred }.keys)
    var rest = ordered.filter { !isEphemeral($0) }
    if let earlier {
      let kept = earlier.compiled.filter {
        !$0.value.readsDatabase && !$0.value.isDeferred && !isEphemeral($0.key)
      }
      // An ephemeral model that reads the database changes those that contain it.
      let changed = Set(compiled.filter { $0.value.readsDatabase || $0.value.isDeferred }.keys)
      for (id, node) in kept where ephemeralAncestors(of: id).isDisjoint(with: changed) {
        compiled[id] = node
      }
      rest.removeAll { compiled[$0] != nil }
    }
    let broken = Set(ordered.filter { isEphemeral($0) && compiled[$0] == nil })
    var failures: [String: [Diagnostic]] = [:]
    var failedByOthers: Set<String> = []
    for outcome in all(rest, { compile($0, ready, waiting: waiting) }) {
      diagnostics += outcome.diagnostics
      let errors = outcome.diagnostics.filter(\.isError)
      if !errors.isEmpty {
        failures[outcome.id] = errors
      } else if case let causes = broken.intersection(ephemeralAncestors(of: outcome.id)),
        !causes.isEmpty
      {
        failures[outcome.id] = ordered.filter(causes.contains).flatMap {
          ephemerals.failures[$0, default: []]
        }
        // Where the template was rendered, it is the SQL of this node that is wrong.
        if !causes.isSubset(of: ephemerals.rendered) { failedByOthers.insert(outcome.id) }
      } else if let node = outcome.compiled {
        compiled[outcome.id] = node
      }
    }
    for id in ordered {
      // Of nodes that are taken over, too: nobody has been told yet.
      diagnostics += compiled[id]?.warnings ?? []
      let logs = compiled[id]?.logs ?? []
      diagnostics += logs.map {
        Diagnostic(.note, code: $0.isShown ? Self.logCode : Self.debugLogCode, $0.message)
      }
    }
    var compilation = Compilation(
      project: parsed.project,
      graph: graph,
      compiled: compiled,
      diagnostics: diagnostics
    )
    compilation.existing = environment.existing
    compilation.failures = failures
    compilation.failedByOthers = failedByOthers
    compilation.ephemeralFailures = ephemerals.failures
    return compilation
  }

  /// The codes of notes that are what templates said by `log()`: to all, and to those who want to know
  /// everything.
  package static let logCode = "log"
  package static let debugLogCode = "debug-log"

  /// Whether a note is what a template said.
  package static func isLog(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.code == logCode || diagnostic.code == debugLogCode
  }

  /// Compiles nodes: side by side, but one after the other where they share a connection.
  private func all(_ ids: [String], _ compile: @Sendable (String) -> Outcome) -> [Outcome] {
    guard let live = environment.live else { return parallelMap(ids, compile) }
    return ids.map { settled(compile($0), live) }
  }

  /// Ends what a node's template began: the next one must not find it, nor its failure.
  func settled(_ outcome: Outcome, _ live: any LiveDatabase) -> Outcome {
    do throws(Diagnostic) {
      try live.rollBack()
      return outcome
    } catch {
      var outcome = outcome
      outcome.diagnostics.append(error)
      return outcome
    }
  }

  /// Compiles one node when it is its turn to run: with a database, everything is known.
  ///
  /// - Throws: every error of the node and of the ephemeral models in it.
  ///
  /// With `batch`, a microbatch model is rendered for one stretch of time.
  package func compileNow(
    _ id: String,
    batch: Batch? = nil
  ) throws(DiagnosticList) -> CompiledNode {
    if let batch {
      var narrowed = self
      narrowed.environment.batch = batch
      var compiled = try narrowed.compileNow(id)
      compiled.batch = batch
      compiled.node.config["full_refresh"] = .boolean(!batch.isIncremental)
      return compiled
    }
    let needed = ephemeralAncestors(of: id)
    let ephemerals = compileEphemerals(parsed.graph.order.filter { needed.contains($0) })
    let errors = ephemerals.diagnostics.filter(\.isError)
    if !errors.isEmpty { throw DiagnosticList(errors) }
    let outcome = compile(id, ephemerals.ready, waiting: [])
    guard let compiled = outcome.compiled, !outcome.diagnostics.contains(where: \.isError) else {
      throw DiagnosticList(outcome.diagnostics.filter(\.isError))
    }
    return compiled
  }

  /// Renders SQL given on the command line as if it were an analysis of the project.
  ///
  /// - Returns: the rendered SQL, ephemeral models added, in a buffer of its own, and what
  ///   `log(…, info=true)` said.
  /// - Throws: any error of the template.
  package func compileInline(_ text: String) throws(Diagnostic) -> (
    sql: BufferID, logs: [TemplateLog]
  ) {
    var node = Node(
      uniqueID: "operation.\(parsed.project.name).inline",
      kind: .operation,
      name: "inline",
      packageName: parsed.project.name,
      path: "inline",
      originalFilePath: "inline",
      fqn: [parsed.project.name, "inline"]
    )
    let buffer = buffers.add(name: "<inline>", text: text)
    node.buffer = buffer
    let template = try Template(parsing: buffer, in: buffers)
    let context = context(for: node)
    let rendered = try render(template, context)
    let direct = try directEphemerals(of: context, node: node)
    var wanted = Set(direct)
    for id in direct { wanted.formUnion(ephemeralAncestors(of: id)) }
    let ephemerals = compileEphemerals(parsed.graph.order.filter { wanted.contains($0) })
    if let error = ephemerals.diagnostics.first(where: \.isError) { throw error }
    let complete = injected(ephemerals.ready.all(direct), ephemerals.ready, into: rendered)
    return (buffers.add(generated: "<inline> (compiled)", complete), context.captured.logs)
  }

  // MARK: One node

  func compile(
    _ id: String,
    _ ephemerals: ReadyEphemerals,
    waiting: Set<String>
  ) -> Outcome {
    var outcome = Outcome(id: id)
    guard let node = parsed.graph.nodes[id] else { return outcome }
    if node.kind == .unitTest { return compile(unitTest: node) }
    guard let buffer = node.buffer else { return outcome }
    if node.kind == .seed {
      do throws(Diagnostic) {
        var compiled = compiledNode(node, sql: buffer)
        try addHooks(&compiled, context(for: node))
        outcome.compiled = compiled
      } catch {
        outcome.diagnostics.append(error)
      }
      return outcome
    }
    if node.language == .python, node.kind == .model {
      // What it would run is its own text; that it cannot is told when it is its turn.
      outcome.compiled = deferredNode(node)
      outcome.compiled?.readsDatabase = false
      return outcome
    }
    guard let template = parsed.templates[id] else { return outcome }
    if !waiting.isEmpty, !ephemeralAncestors(of: id).isDisjoint(with: waiting) {
      outcome.compiled = deferredNode(node)
      return outcome
    }
    let context = context(for: node)
    do throws(Diagnostic) {
      if let generic = node.genericTest {
        let arguments = GenericTestArguments(test: generic)
        try arguments.install(
          in: context,
          attached: parsed.graph.nodes[generic.attachedNode],
          at: node.declaration ?? TextRange(buffer: buffer, bytes: 0..<0)
        )
      }
      var text = try render(template, context)
      if environment.live == nil, context.hasKeptInGraph {
        // What others are to find in it must be kept in the graph of the run.
        outcome.compiled = deferredNode(node)
        return outcome
      }
      outcome.text = text
      outcome.ephemerals = ephemerals.all(try directEphemerals(of: context, node: node))
      text = injected(outcome.ephemerals, ephemerals, into: text)
      let sql = buffers.add(generated: "\(node.originalFilePath) (compiled)", text)
      outcome.diagnostics = check(node, sql)
      var compiled = compiledNode(node, sql: sql)
      try addHooks(&compiled, context)
      for macro in context.captured.macros
      where !compiled.node.macroDependencies.contains(macro) {
        compiled.node.macroDependencies.append(macro)
      }
      if node.kind == .snapshot { try define(&compiled, context) }
      compiled.ephemerals = outcome.ephemerals.compactMap { id in
        ephemerals.texts[id].map { (id, $0) }
      }
      let leadsElsewhere = environment.deferral != nil && ForeignKeyTargets.has(node)
      compiled.readsDatabase = context.captured.readsDatabase || leadsElsewhere
      if !outcome.diagnostics.contains(where: \.isError) { outcome.compiled = compiled }
    } catch {
      settle(&outcome, node, error, context.captured)
    }
    return outcome
  }

  /// What asks a database that nobody has yet waits for one, and so does what may miss something
  /// that others will have kept in `graph` by then; all else is an error.
  private func settle(
    _ outcome: inout Outcome,
    _ node: Node,
    _ error: Diagnostic,
    _ captured: Captured
  ) {
    // What a microbatch model is without a batch, nobody asks when its batches will run.
    let awaitsBatches =
      environment.batch == nil && MicrobatchSettings.isMicrobatch(node)
      && ["run", "build"].contains(environment.invocation.command) && parsed.runsBatches
    let awaitsRun = error.code == Diagnostic.needsDatabaseCode || captured.asksGraph
    if awaitsBatches || (environment.live == nil && awaitsRun) {
      outcome.compiled = deferredNode(node)
    } else {
      outcome.diagnostics.append(error)
    }
  }

  /// The types of what a unit test is given are the database's, so it always waits for one.
  private func compile(unitTest node: Node) -> Outcome {
    var outcome = Outcome(id: node.uniqueID)
    guard let live = environment.live else {
      outcome.compiled = deferredNode(node)
      return outcome
    }
    do throws(Diagnostic) {
      let test = UnitTest(node: node, parsed: parsed, environment: environment, live: live)
      let sql = buffers.add(generated: "\(node.originalFilePath) (compiled)", try test.query())
      outcome.compiled = compiledNode(node, sql: sql)
    } catch {
      outcome.diagnostics.append(error)
    }
    return outcome
  }

  private func define(
    _ compiled: inout CompiledNode,
    _ context: NodeContext
  ) throws(Diagnostic) {
    let snapshot = SnapshotCompiler(
      node: compiled.node,
      context: context,
      macros: parsed.macros,
      buffers: buffers,
      targetExists: compiled.relation.map { environment.existing?[$0] == .table } ?? false
    )
    let definition = try snapshot.define()
    compiled.snapshot = definition
    compiled.firstVersion = snapshot.firstVersion(definition, of: compiled.sql)
  }

  /// A node whose SQL will be known when it runs.
  private func deferredNode(_ node: Node) -> CompiledNode {
    var compiled = compiledNode(node, sql: node.buffer ?? buffers.add(name: node.name, text: ""))
    compiled.isDeferred = true
    compiled.readsDatabase = true
    return compiled
  }

  func compiledNode(_ node: Node, sql: BufferID) -> CompiledNode {
    let storesFailures =
      node.kind == .test
      && (node.config["store_failures"]?.boolean ?? environment.invocation.storesFailures)
    let hasRelation =
      (node.kind == .model && !isEphemeral(node.uniqueID))
      || [.seed, .snapshot].contains(node.kind)
      || storesFailures
    var compiled = CompiledNode(
      node: node,
      relation: hasRelation ? node.relationName : nil,
      sql: sql
    )
    compiled.isMigrated = parsed.migrated.contains(node.uniqueID)
    return compiled
  }

  func context(for node: Node) -> NodeContext {
    NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: node,
      this: node.kind == .operation ? nil : node.relationName,
      config: ConfigObject(final: node.config)
    )
  }

  func render(
    _ template: Template,
    _ context: NodeContext
  ) throws(Diagnostic) -> MappedText {
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    return try renderer.render(template).trimmed()
  }

  /// Syntax, and whether a model's text is the one statement that its materialization needs.
  private func check(_ node: Node, _ sql: BufferID) -> [Diagnostic] {
    // A project of dbt's may be read with it; then it is told when it is the function's turn.
    if node.kind == .function, parsed.project.fileName != "dbt_project.yml",
      let missing = FunctionStatement.missingResult(of: node, in: parsed.macros)
    {
      return [missing]
    }
    guard !parsed.project.target.speaksPostgres, node.isOneQuery else { return [] }
    let materialized = node.config["materialized"]?.string ?? ""
    guard node.kind != .model || Materialization(rawValue: materialized) != nil else { return [] }
    if let cache, cache.isSound(node.uniqueID, Checksum.md5(buffers.bytes(of: sql))) { return [] }
    let result = SQLParser.parse(sql, in: buffers)
    if result.diagnostics.contains(where: \.isError) {
      guard node.genericTest != nil, let declaration = node.declaration else {
        return result.diagnostics
      }
      // What breaks a generic test's SQL is what it was given.
      return result.diagnostics.map { $0.shown(at: declaration, of: node, in: buffers) }
    }
    if node.config["materialized"]?.string == Materialization.copy.rawValue {
      guard result.statements.count == 1, case .copy? = result.statements.first?.kind else {
        return [.copyModelStatement(node.name, at: buffers.wholeRange(of: sql))]
      }
      return result.diagnostics
    }
    do throws(Diagnostic) {
      _ = try result.singleQuery(in: buffers)
      return result.diagnostics
    } catch {
      var error = node.kind == .function ? error.ofFunction : error
      // Nothing was rendered, so there is nothing in the text to point at.
      if buffers.bytes(of: sql).isEmpty, let file = node.buffer {
        error.labels = [Diagnostic.Label(TextRange(buffer: file, bytes: 0..<0))]
      }
      return result.diagnostics + [error]
    }
  }

  // MARK: Ephemeral models

  private func isCompiled(_ id: String) -> Bool {
    switch parsed.graph.nodes[id]?.kind {
    case .model, .seed, .snapshot, .test, .unitTest, .analysis, .function: true
    default: false
    }
  }
}
