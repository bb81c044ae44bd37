package import Diagnostics
import ProjectModel
import RedshiftSQL

/// Checks the SQL of a whole project without a database.
///
/// Migrations' statements make a catalog; seeds and sources join it; then the models follow in the
/// order of their dependencies, and each one's columns are known to those that read it. Models of
/// one level do not see each other and are analysed at the same time.
package struct ProjectAnalyzer {
  let parsed: ParsedProject
  let buffers: Buffers
  let types = DeclaredTypes()
  let levels: CheckLevels
  private let cache: AnalysisCache?

  /// Makes an analyser.
  ///
  /// - Parameters:
  ///   - parsed: the project.
  ///   - buffers: the store that has its texts.
  ///   - cache: what was found out before; nil to begin anew, and to keep nothing.
  package init(_ parsed: ParsedProject, buffers: Buffers, cache: AnalysisCache? = nil) {
    self.parsed = parsed
    self.buffers = buffers
    self.cache = cache
    levels = CheckLevels(parsed.project.configuration)
  }

  private var graph: Graph { parsed.graph }

  /// Analyses compiled nodes and all that they read.
  ///
  /// - Parameters:
  ///   - compilation: a compilation without a database.
  ///   - reported: the nodes whose findings are wanted; nil for all of the compilation, together
  ///     with those of migrations and hooks of the project.
  ///   - pending: versions of the migrations that may be blamed for what models read in vain; nil
  ///     for all.
  /// - Returns: what was found.
  package func analyze(
    _ compilation: Compilation,
    reporting reported: Set<String>? = nil,
    pending: Set<String>? = nil
  ) -> ProjectAnalysis {
    let texts = NodeTexts(compilation, parsed)
    let builder = CatalogBuilder(parsed: parsed, buffers: buffers, types: types)
    let replay = replay(
      texts,
      builder,
      policy: reported == nil ? parsed.hazardPolicy(levels: nil) : nil
    )
    var findings = Findings(buffers: buffers, levels: levels, reported: reported)
    if reported == nil { findings.add(replay.diagnostics) }
    var analysis = analyze(texts, builder, replay, replay.catalog, &findings)
    MigrationBlame(
      analyzer: ProjectAnalyzer(parsed, buffers: buffers),
      texts: texts,
      builder: builder,
      replay: replay
    )
    .blame(analysis, pending, &findings)
    if reported == nil {
      findings.add(replay.brokenBoundViews(analysis, parsed, pending: pending))
      findings.add(
        replay.lateViews.breaks(replay, analysis.catalog, pending: pending, buffers)
      )
    }
    analysis.diagnostics = findings.sorted
    return analysis
  }

  /// The models that pending migrations would break.
  ///
  /// - Parameters:
  ///   - compilation: all nodes, compiled without a database.
  ///   - pending: versions of the migrations that would be applied now.
  /// - Returns: an error for each statement that breaks something.
  package func breakages(_ compilation: Compilation, pending: Set<String>) -> [Diagnostic] {
    analyze(compilation, pending: pending).diagnostics
      .filter { $0.code == Diagnostic.migrationBreaksModels }
  }

  /// Whether any migration takes something away that a node could read.
  package var hasDestructiveMigrations: Bool {
    parsed.migrations.contains { script in script.statements.contains(where: \.isDestructive) }
  }

  /// What is wrong with statements that are no part of the project.
  ///
  /// - Parameters:
  ///   - sql: the statements.
  ///   - analysis: what is known of the project.
  /// - Returns: errors and warnings.
  package func findings(in sql: BufferID, against analysis: ProjectAnalysis) -> [Diagnostic] {
    SQLNodeAnalyzer(catalog: analysis.catalog, buffers: buffers).diagnostics(ofStatements: sql)
      .compactMap(levels.apply)
  }

  /// Analyses all nodes against the catalog of the migrations.
  func analyze(
    _ texts: NodeTexts,
    _ builder: CatalogBuilder,
    _ replay: MigrationReplay,
    _ migrated: SymbolicCatalog,
    _ findings: inout Findings
  ) -> ProjectAnalysis {
    var catalog = migrated
    builder.complete(&catalog)
    builder.close(&catalog, replay)
    var analysis = ProjectAnalysis(catalog: catalog)
    for hook in texts.startHooks { apply(hook, to: &analysis.catalog, &findings) }
    var memory = AnalysisMemory(cache, analysis.catalog)
    for level in [texts.seeds] + texts.levels {
      let catalog = analysis.catalog
      let known = memory
      let results = parallelMap(level) { analyze($0, texts, builder, catalog, known) }
      for (node, result) in zip(level, results) {
        memory.keep(result, of: node.node.uniqueID, catalog)
        adopt(result.analysis, of: node, builder, &analysis, &findings)
        if let name = node.relation { memory.update(name, analysis.catalog) }
      }
    }
    let final = analysis.catalog
    let readers = texts.readers
    var failedColumns: [String: Set<String>] = [:]
    let known = memory
    let results = parallelMap(readers) { analyze($0, texts, builder, final, known) }
    for (node, result) in zip(readers, results) {
      memory.keep(result, of: node.node.uniqueID, final)
      analysis.nodes[node.node.uniqueID] = result.analysis
      let found = placed(result.analysis.diagnostics, of: node.node)
      findings.add(found, of: node.node)
      if let test = node.node.genericTest, let column = test.columnName,
        found.contains(where: \.isError)
      {
        failedColumns[test.attachedNode, default: []].insert(column.lowercased())
      }
    }
    for node in texts.hooked {
      let hooks = (node.preHooks + node.postHooks).compactMap(\.sql).flatMap {
        SQLNodeAnalyzer(catalog: final, buffers: buffers).diagnostics(ofStatements: $0)
      }
      findings.add(hooks, of: node.node)
    }
    for hook in texts.endHooks { apply(hook, to: &analysis.catalog, &findings) }
    checkProperties(analysis, failedColumns, &findings)
    analysis.reusedCount = memory.reusedCount
    analysis.cache = memory.cache
    return analysis
  }

  // MARK: One node

  /// What is known of a node from before, or else found out now.
  private func analyze(
    _ compiled: CompiledNode,
    _ texts: NodeTexts,
    _ builder: CatalogBuilder,
    _ catalog: SymbolicCatalog,
    _ memory: AnalysisMemory
  ) -> AnalysisMemory.Outcome {
    let node = compiled.node
    let second = texts.incremental[node.uniqueID]
    if node.kind == .function { return analyze(function: compiled, catalog, memory) }
    let sources = [
      compiled.sql, compiled.firstVersion, second?.sql, compiled.headerSQL, second?.headerSQL,
    ].compactMap { $0 }
    if let known = memory.outcome(of: node, sources, buffers) { return known }
    let analysis =
      node.kind == .seed
      ? SeedColumns(
        node: node,
        buffers: buffers,
        types: types,
        isPlainPostgres: parsed.project.target.speaksPostgres
      ).analyze()
      : analyze(compiled, texts, builder, catalog)
    return memory.outcome(analysis, of: node, sources, buffers)
  }

  /// A function, by the statement that makes it; of those that macros make, nothing is known.
  private func analyze(
    function compiled: CompiledNode,
    _ catalog: SymbolicCatalog,
    _ memory: AnalysisMemory
  ) -> AnalysisMemory.Outcome {
    let node = compiled.node
    guard !compiled.isDeferred, FunctionDeclaration(node).resultType != nil,
      FunctionStatement.isRedstarts(node, in: parsed.macros)
    else {
      return memory.outcome(NodeAnalysis(), of: node, [compiled.sql], buffers)
    }
    let statement = FunctionStatement(node: node, buffers: buffers).buffer(body: compiled.sql)
    if let known = memory.outcome(of: node, [statement], buffers) { return known }
    let analysis = FunctionAnalysis(node: node, buffers: buffers).analyze(statement, catalog)
    return memory.outcome(analysis, of: node, [statement], buffers)
  }

  /// Both renderings of a node, with and without a table that is there already.
  private func analyze(
    _ compiled: CompiledNode,
    _ texts: NodeTexts,
    _ builder: CatalogBuilder,
    _ catalog: SymbolicCatalog
  ) -> NodeAnalysis {
    let definesRelation = compiled.relation != nil
    // Its SQL will be known when it runs.
    if compiled.isDeferred { return NodeAnalysis() }
    var analyzer = SQLNodeAnalyzer(catalog: catalog, buffers: buffers)
    let header = compiled.headerSQL.map { analyzer.follow(header: $0) }
    let view = compiled.node.materializedView
    var analysis = analyzer.analyze(compiled.sql, definesRelation: definesRelation, as: view)
    if let snapshot = compiled.snapshot, let firstVersion = compiled.firstVersion {
      analysis = SnapshotAnalysis(node: compiled.node, definition: snapshot).complete(
        analysis,
        with: analyzer.analyze(firstVersion, definesRelation: true)
      )
    }
    if let header { analysis.merge(header) }
    guard let second = texts.incremental[compiled.node.uniqueID] else { return analysis }
    var own = catalog
    if let name = compiled.relation, !compiled.isMigrated {
      own.add(
        builder.relation(
          compiled.node,
          name,
          columns: analysis.columns,
          isComplete: analysis.isComplete
        )
      )
    }
    var other = SQLNodeAnalyzer(catalog: own, buffers: buffers)
    let otherHeader = second.headerSQL.map { other.follow(header: $0) }
    analysis.merge(
      other.analyze(second.sql, definesRelation: definesRelation, as: view),
      except: compiled.relation
    )
    // A header that both renderings have is told of once.
    if let otherHeader, second.header?.string != compiled.header?.string {
      analysis.merge(otherHeader)
    }
    return analysis
  }

  /// Takes a node's columns into the catalog, and compares them with what is said of them.
  private func adopt(
    _ result: NodeAnalysis,
    of compiled: CompiledNode,
    _ builder: CatalogBuilder,
    _ analysis: inout ProjectAnalysis,
    _ findings: inout Findings
  ) {
    let node = compiled.node
    analysis.nodes[node.uniqueID] = result
    findings.add(result.diagnostics, of: node)
    findings.add(longColumns(result, node), of: node)
    guard let name = compiled.relation else { return }
    let checks = RelationChecks(node: node, analysis: result, types: types)
    let isCopied = node.config["materialized"]?.string == Materialization.copy.rawValue
    if !isCopied { findings.add(checks.contractViolations(), of: node) }
    if compiled.isMigrated {
      if let table = analysis.catalog[name], !isCopied {
        findings.add(checks.mismatches(with: table), of: node)
      }
      return
    }
    guard !isCopied, !result.columns.isEmpty else { return }
    var relation = builder.relation(
      node,
      name,
      columns: result.columns,
      isComplete: result.isComplete && !node.isUnchecked
    )
    relation.meantNames = result.meantNames
    if node.kind == .snapshot { builder.addKept(node, to: &relation) }
    analysis.catalog.add(relation)
  }

  /// Columns whose names are longer than any can be.
  private func longColumns(_ analysis: NodeAnalysis, _ node: Node) -> [Diagnostic] {
    let long = analysis.columns.filter { $0.name.utf8.count > MigrationHazard.longestName }
    return long.map { column in
      .longName(
        column.name,
        isColumn: true,
        at: column.range ?? node.place,
        file: node.originalFilePath
      )
    }
  }

  /// A generic test's findings stand at its declaration; advice about its macro is not for there.
  private func placed(_ diagnostics: [Diagnostic], of node: Node) -> [Diagnostic] {
    guard node.genericTest != nil, let declaration = node.declaration else { return diagnostics }
    return diagnostics.filter(\.isError).map { $0.shown(at: declaration, of: node, in: buffers) }
  }

  private func apply(
    _ hook: BufferID,
    to catalog: inout SymbolicCatalog,
    _ findings: inout Findings
  ) {
    findings.add(
      SQLNodeAnalyzer(catalog: catalog, buffers: buffers).diagnostics(ofStatements: hook)
    )
    for statement in SQLParser.parse(hook, in: buffers).statements {
      catalog.apply(statement, buffers: buffers)
    }
  }

  // MARK: Properties

  private func checkProperties(
    _ analysis: ProjectAnalysis,
    _ failedColumns: [String: Set<String>],
    _ findings: inout Findings
  ) {
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id], !node.columns.isEmpty else { continue }
      guard let names = Self.columnNames(of: node, parsed, analysis) else { continue }
      let checks = RelationChecks(
        node: node,
        analysis: analysis.nodes[id] ?? NodeAnalysis(),
        types: types
      )
      findings.add(
        checks.unknownDocumentedColumns(among: names, except: failedColumns[id] ?? []),
        of: node
      )
    }
  }

  /// The columns of a node; nil when they are not known.
  static func columnNames(
    of node: Node,
    _ parsed: ParsedProject,
    _ analysis: ProjectAnalysis
  ) -> [String]? {
    let isStored = parsed.environment.relations[node.uniqueID]?.isEphemeral == false
    if isStored, let name = node.relationName {
      guard let relation = analysis.catalog[name], relation.isComplete else { return nil }
      return relation.columns.map(\.name)
    }
    guard let result = analysis.nodes[node.uniqueID], result.isComplete else { return nil }
    return result.columns.map(\.name)
  }
}

extension Node {
  /// The materialized view that this node becomes; nil where it becomes something else.
  fileprivate var materializedView: SQLAnalyzer.MaterializedView? {
    guard config["materialized"]?.string == Materialization.materializedView.rawValue else {
      return nil
    }
    return SQLAnalyzer.MaterializedView(refreshesItself: config["auto_refresh"]?.boolean == true)
  }
}
