import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization
import WarehouseClient

/// Does the work of one node on one session and tells what came of it.
struct NodePerformer: Sendable {
  let compilation: Compilation
  let state: RunState
  let pool: SessionPool
  let dialect: SQLQuoting.Dialect
  let translates: Bool
  let selected: Set<String>
  let buffers: Buffers
  let loader: (any CopySupport)?
  let settings: RunSettings
  let total: Int
  let emit: @Sendable (ExecutionEvent) -> Void

  /// What a node's work comes to, before it is timed and named.
  struct Finding {
    var status: NodeResult.Status
    var message: String?
    var rows: Int?
    var failures: Int?
    var sample: NodeResult.Sample?
    /// Microbatch models: what became of each batch, and what went wrong.
    var batches: BatchResults?
    var problems: [Diagnostic] = []
    /// Sources only.
    var freshness: Freshness?
    /// Hooks only: what they came to.
    var sql: BufferID?
  }

  func perform(_ id: String, thread: Int, index: Int) async -> NodeResult {
    let started = settings.clock()
    state.begin(id)
    var result = blank(id, at: started, index: index)
    result.thread = thread
    if [.exposure, .savedQuery].contains(compilation.graph.nodes[id]?.kind) {
      // Nothing is to be done for it; it says that what it shows was built.
      result.status = .noOp
      result.message = "NO-OP"
      result.failures = 0
      return result
    }
    if let reason = settings.untouched[id] {
      emit(.log(id: id, message: reason))
      result.status = .success
      result.message = "No-op"
      return result
    }
    do throws(Diagnostic) {
      if let errors = compilation.failures[id] {
        // What is wrong with an ephemeral model in it keeps a node from running, as in dbt.
        result.status = compilation.failedByOthers.contains(id) ? .skipped : .error
        result.diagnostics = errors
        return result
      }
      guard let compiled = compilation.compiled[id] else {
        if let node = compilation.graph.nodes[id] { throw .notCompiled(node) }
        return result
      }
      result.compiledPath = settings.compiledPath(compiled)
      if compiled.node.language == .python, compiled.node.kind == .model,
        settings.parsed.map({ TemplateMaterialization.takesPython(compiled.node, in: $0) }) != true
      {
        throw .pythonCannotRun(compiled.node)
      }
      let late = LateCompilation()
      let finding: Finding
      do throws(Diagnostic) {
        finding = try await onSession(compiled) { (session, scratch) async throws(Diagnostic) in
          try requireWholeName(of: compiled, session)
          guard compiled.isDeferred, !isBatched(compiled) else {
            late.startWork()
            return try await work(compiled, session, scratch)
          }
          let known = try await compileNow(compiled, session)
          late.set(known)
          late.startWork()
          return try await work(known, session, scratch)
        }
      } catch {
        result.compiledSQL = late.compiled?.sql
        if late.isAtWork, compiled.node.kind != .seed {
          result.sentPath = settings.sentPath(late.compiled ?? compiled)
        }
        throw error
      }
      result.compiledSQL = late.compiled?.sql
      result.status = finding.status
      result.message = finding.message
      result.rowsAffected = finding.rows
      result.failures = finding.failures
      result.sample = finding.sample
      result.batches = finding.batches
      result.freshness = finding.freshness
      result.diagnostics = finding.problems
      if let freshness = finding.freshness {
        if finding.status != .pass {
          result.diagnostics = [
            .sourceStale(compiled.node, freshness, isError: finding.status == .fail)
          ]
        }
      } else if let message = finding.message, finding.status == .fail {
        result.diagnostics = [
          .testFailed(message, node: compiled.node, compiledPath: result.compiledPath)
        ]
      } else if let message = finding.message, finding.status == .warn {
        result.diagnostics = [
          .testWarned(message, node: compiled.node, compiledPath: result.compiledPath)
        ]
      }
    } catch {
      fail(&result, error)
    }
    result.execute.completed = settings.clock()
    return result
  }

  /// Runs a hook of the project as a node of its own, after others have given their results.
  ///
  /// `position` counts the hooks of all packages, from 0, of `total`. One that comes after a failed
  /// one is skipped.
  func performHook(
    _ hook: RunSettings.Hook,
    of kind: String,
    position: Int,
    total: Int,
    after results: [NodeResult],
    isSkipped: Bool
  ) async -> NodeResult {
    let name = "\(hook.package)-\(kind)-\(hook.index)"
    let node = Node(
      uniqueID: "operation.\(hook.package).\(name)",
      kind: .operation,
      name: name,
      packageName: hook.package,
      path: "hooks/\(name).sql",
      originalFilePath: "project file",
      fqn: [hook.package, "hooks", name]
    )
    let started = settings.clock()
    var result = blank(node.uniqueID, at: started, index: position + 1)
    result.name = "\(hook.package).\(kind).\(position)"
    result.kind = .operation
    result.total = total
    guard !isSkipped else {
      result.status = .skipped
      result.message = "\(result.name) skipped"
      // As dbt counts it: it did not do what it should.
      result.failures = 1
      return result
    }
    result.thread = 0
    emit(.hookStarted(id: node.uniqueID, name: result.name, index: position + 1, total: total))
    let written: BufferID =
      switch hook.text {
      case .rendered(let buffer): buffer
      case .template(let text): buffers.add(name: name, text: text)
      }
    let compiled = CompiledNode(node: node, relation: nil, sql: written)
    let isUnrendered = Mutex(true)
    do throws(Diagnostic) {
      let finding = try await onSession(compiled) { (session, _) async throws(Diagnostic) in
        let sql = try await rendered(hook, written, name: name, results, session)
        isUnrendered.withLock { $0 = false }
        if !QueryText(sql, in: buffers).isEmpty { try await session.run(sql) }
        var finding = Finding(status: .success)
        finding.sql = sql
        return finding
      }
      result.compiledSQL = finding.sql
      result.status = finding.status
      result.message = "\(result.name) passed"
      result.failures = 0
    } catch {
      fail(&result, error)
      result.failures = 1
      result.isUnrendered = isUnrendered.withLock { $0 }
    }
    result.execute.completed = settings.clock()
    return result
  }

  /// The result of a node that never ran.
  func skipped(_ id: String, _ reason: Scheduler.SkipReason, index: Int) -> NodeResult {
    var result = blank(id, at: settings.clock(), index: index)
    result.status = .skipped
    switch reason {
    case .failed(let parent):
      result.skippedBecauseOf = parent
      result.message = "skipped because \(name(of: parent)) did not succeed"
    case .failFast(let first):
      result.skippedBecauseOf = first
      result.message = "skipped because \(name(of: first)) failed (--fail-fast)"
    case .stopped:
      result.message = "skipped because the run was stopped"
    }
    if !settings.saysWhySkipped {
      if case .failFast = reason {
        result.message = "Skipping due to fail_fast"
      } else {
        result.message = nil
      }
    }
    return result
  }

  private func name(of id: String) -> String { compilation.graph.nodes[id]?.name ?? id }

  private func blank(_ id: String, at moment: Moment, index: Int) -> NodeResult {
    let node = compilation.graph.nodes[id]
    let instant = NodeResult.Timing(started: moment, completed: moment)
    return NodeResult(
      id: id,
      name: node.map { node in
        node.sourceName.map { "\($0).\(node.name)" } ?? node.name
      } ?? id,
      kind: node?.kind ?? .operation,
      materialization: node.flatMap(Self.materialization),
      relation: compilation.compiled[id]?.relation ?? node?.functionName,
      status: .error,
      compile: settings.compileTimings[id] ?? instant,
      execute: instant,
      index: index,
      total: total
    )
  }

  static func materialization(_ node: Node) -> String? {
    switch node.kind {
    case .seed: "seed"
    case .model: node.config["materialized"]?.string ?? "view"
    case .snapshot: "snapshot"
    default: nil
    }
  }

  private func fail(_ result: inout NodeResult, _ error: Diagnostic) {
    if error == .cancelled {
      result.status = .cancelled
      result.message = "cancelled"
    } else {
      result.status = .error
      result.diagnostics.append(error)
    }
  }

  // MARK: Session

  /// Lends a session to `body`; when that fails, rolls back and drops what it has half made.
  private func onSession(
    _ compiled: CompiledNode,
    _ body: (NodeSession, Scratch) async throws(Diagnostic) -> Finding
  ) async throws(Diagnostic) -> Finding {
    guard !Task.isCancelled else { throw .cancelled }
    let group = try queryGroup(of: compiled)
    let raw: any WarehouseSession
    do {
      raw = try await pool.take()
    } catch {
      if Task.isCancelled { throw .cancelled }
      throw .statementFailed(error, purpose: "connecting")
    }
    let id = compiled.node.uniqueID
    let emit = emit
    let tell: @Sendable (String) -> Void = { emit(.statement(id: id, sql: $0)) }
    let observed = ObservedSession(
      raw,
      log: settings.log(compiled),
      comment: settings.queryComment(compiled.node),
      onStatement: settings.tellsStatements ? tell : nil,
      onNotice: { emit(.notice(id: id, message: $0)) }
    )
    let name = settings.sentPath(compiled)
    let session = NodeSession(
      observed,
      dialect: dialect,
      translates: translates,
      buffers: buffers,
      name: name,
      loader: loader,
      report: { [self] in emit(.diagnostic(inUsersTerms($0, compiled, writtenAs: name))) }
    )
    let scratch = Scratch()
    do throws(Diagnostic) {
      if let group { try await session.send(group.choice, to: "choosing the query group") }
      let finding = try await body(session, scratch)
      if let group { try await session.send(group.restoration, to: "leaving the query group") }
      pool.giveBack(raw)
      return finding
    } catch {
      let cause = observed.lastError
      await cleanUp(raw, scratch, group, isLost: cause?.kind == .connectionLost)
      switch cause?.kind {
      case .connectionLost where error.code != "connection-lost":
        var lost = Diagnostic.connectionLost(
          cause ?? WarehouseError(kind: .connectionLost, message: error.message),
          purpose: nil
        )
        lost.labels = error.labels
        throw lost
      // Someone else may cancel a statement too; that is an error of the node.
      case .cancelled where Task.isCancelled, nil where Task.isCancelled: throw .cancelled
      default: throw inUsersTerms(error, compiled, writtenAs: name)
      }
    }
  }

  /// Leaves nothing behind, whatever the state of the task and the session.
  private func cleanUp(
    _ raw: any WarehouseSession,
    _ scratch: Scratch,
    _ group: QueryGroupChoice?,
    isLost: Bool
  ) async {
    let pool = pool
    let state = state
    let restoration = isLost ? nil : group?.restoration
    // Not a child task: it must do its work although this one may be cancelled.
    await Task.detached {
      if isLost { await pool.discard(raw) }
      let drops = scratch.drops + (restoration.map { [$0] } ?? [])
      guard !isLost || !drops.isEmpty else { return }
      do {
        let session = isLost ? try await pool.take() : raw
        do {
          try await Self.settle(session, drops)
          pool.giveBack(session)
        } catch {
          await pool.discard(session)
          throw error
        }
      } catch {
        // The names say whose they are, and the next run clears them: it only has to know.
        for entry in scratch.all where entry.relation.schema != nil {
          state[entry.relation] = entry.kind
        }
      }
    }.value
  }

  static func settle(
    _ session: any WarehouseSession,
    _ drops: [SQLText]
  ) async throws(WarehouseError) {
    let sql = (["rollback"] + drops).map(\.string).joined(separator: ";\n")
    do {
      _ = try await session.execute(sql)
    } catch {
      // A cancel request that was late may have hit this instead.
      guard error.kind == .cancelled else { throw error }
      _ = try await session.execute(sql)
    }
  }

  // MARK: Work

  func work(
    _ compiled: CompiledNode,
    _ session: NodeSession,
    _ scratch: Scratch
  ) async throws(Diagnostic) -> Finding {
    let node = compiled.node
    if node.kind == .source, let parsed = settings.parsed {
      return try await measureFreshness(node, parsed, session)
    }
    if isBatched(compiled) { return try await performBatches(compiled, session, scratch) }
    if let parsed = settings.parsed, TemplateMaterialization.isNeeded(for: node, in: parsed) {
      return try await materialize(compiled, parsed, session)
    }
    let nodeSettings = NodeSettings(
      node: node,
      isWrittenForDbt: settings.parsed?.project.isWrittenForDbt ?? false
    )
    if node.isTest {
      let check = Check(
        node: node,
        query: QueryText(compiled.sql, in: buffers),
        session: session,
        settings: nodeSettings,
        relation: compiled.relation.map(local),
        sampledRows: settings.sampledRows,
        storesFailures: settings.storesFailures,
        failsOnWarnings: settings.failsOnWarnings
      )
      var verdict = try await check.run()
      if node.kind == .unitTest, verdict.status == .fail { verdict.differ() }
      return Finding(
        status: verdict.status,
        message: verdict.message,
        failures: verdict.failures,
        sample: verdict.sample
      )
    }
    guard let relation = compiled.relation else { throw .withoutRelation(node) }
    let emit = emit
    // Mistakes in it are told before the work, and wherever the project runs.
    let policy = try MaintenancePolicy(nodeSettings)
    let isFullRefresh = try nodeSettings.boolean("full_refresh") ?? settings.isFullRefresh
    let hooks = NodeHooks(compiled, in: buffers)
    let run = NodeRun(
      compiled: compiled,
      relation: local(relation),
      session: session,
      state: state,
      scratch: scratch,
      transaction: NodeTransaction(
        hasEarlyHooks: !hooks.early.isEmpty,
        hasLateHooks: !hooks.late.isEmpty,
        isBegun: compiled.leavesTransaction
      ),
      isFullRefresh: settings.isFullRefresh,
      isEmpty: settings.isEmpty,
      settings: nodeSettings,
      dropsViewsOnIt: settings.dropsViewsOnSeeds && node.kind == .seed && isFullRefresh,
      remakesForeignViews: settings.remakesForeignViews,
      keepMain: { [settings] in settings.onMainStatement(compiled, $0) },
      say: { emit(.log(id: node.uniqueID, message: $0)) }
    )
    return try await perform(run, hooks, policy)
  }

  func build(_ run: NodeRun) async throws(Diagnostic) -> Built {
    let name = Self.materialization(run.compiled.node) ?? ""
    switch name {
    case "table": return try await TableMaterialization(run: run).build()
    case "view": return try await ViewMaterialization(run: run).build()
    case "incremental": return try await IncrementalMaterialization(run: run).build()
    case "copy": return try await CopyMaterialization(run: run).build()
    case "seed": return try await SeedMaterialization(run: run).build()
    case "snapshot":
      guard let definition = run.compiled.snapshot else {
        throw .unknownMaterialization(name, node: run.compiled.node)
      }
      return try await SnapshotMaterialization(run: run, definition: definition).build()
    default: throw .unknownMaterialization(name, node: run.compiled.node)
    }
  }

  /// The relation in the connection's own terms: Redshift folds names to lower case, and the
  /// connection's database needs no mention.
  func local(_ relation: RelationName) -> RelationName {
    let own = compilation.project.target.database.lowercased()
    let database = relation.database?.lowercased()
    guard !compilation.project.target.speaksPostgres else {
      var name = relation
      if database == own { name.database = nil }
      // PostgreSQL folds what is written without quotes.
      let quoting = compilation.project.configuration.quoting
      if quoting["schema"]?.boolean == false { name.schema = name.schema?.lowercased() }
      if quoting["identifier"]?.boolean == false { name.identifier = name.identifier.lowercased() }
      return name
    }
    return RelationName(
      database: database == own ? nil : database,
      schema: relation.schema?.lowercased(),
      identifier: relation.identifier.lowercased()
    )
  }
}
