package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL
package import WarehouseClient

/// Runs the selected nodes of a compilation on a warehouse.
///
/// The thin shell around `Scheduler`: one task group performs its actions and tells it what
/// finished. Cancelling the task that runs it (Ctrl-C) cancels the running statements on the
/// server, rolls back, drops what was half made, and still gives a report.
package struct Runner: Sendable {
  private let compilation: Compilation
  private let selected: Set<String>
  private let existing: ExistingRelations
  private let warehouse: any Warehouse
  private let buffers: Buffers
  private let loader: (any CopySupport)?
  private let settings: RunSettings
  private let emit: @Sendable (ExecutionEvent) -> Void

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - compilation: the project with the SQL of its nodes.
  ///   - selected: ids of the nodes to run; sources, ephemeral models and other nodes that do not
  ///     run by themselves may be among them.
  ///   - existing: what `RelationSnapshot` found, the same that was compiled with.
  ///   - warehouse: where it all happens.
  ///   - buffers: the texts of the project.
  ///   - loader: performs COPY statements where the server cannot.
  ///   - settings: everything else.
  ///   - emit: takes the events, from any thread.
  package init(
    _ compilation: Compilation,
    selected: Set<String>,
    existing: ExistingRelations,
    warehouse: any Warehouse,
    buffers: Buffers,
    loader: (any CopySupport)?,
    settings: RunSettings,
    emit: @escaping @Sendable (ExecutionEvent) -> Void
  ) {
    self.compilation = compilation
    self.selected = selected.filter { id in
      compilation.graph.nodes[id].map {
        $0.kind == .source ? settings.checksFreshness : Self.isExecutable($0)
      } ?? false
    }
    self.existing = existing
    self.warehouse = warehouse
    self.buffers = buffers
    self.loader = loader
    self.settings = settings
    self.emit = emit
  }

  /// Runs everything.
  ///
  /// - Returns: what became of every node; failures of nodes are results, not errors.
  /// - Throws: what keeps the run from beginning: no connection (`server-unreachable`,
  ///   `authentication-failed`), or a schema that cannot be created.
  package func run() async throws(Diagnostic) -> RunReport {
    let started = settings.clock()
    let order = RunOrder(
      graph: compilation.graph,
      selected: selected,
      testsGate: settings.testsGate
    )
    emit(.runStarted(total: order.order.count, threads: settings.threads))
    let pool = SessionPool(warehouse)
    let performer = NodePerformer(
      compilation: compilation,
      state: RunState(
        existing: existing,
        graph: compilation.graph,
        selected: selected,
        formerViews: settings.formerViews
      ),
      pool: pool,
      dialect: warehouse.dialect,
      translates: warehouse.translates,
      selected: selected,
      buffers: buffers,
      loader: loader,
      settings: settings,
      total: order.order.count,
      emit: emit
    )
    var ledger = RunLedger(total: order.order.count, emit: emit)
    do throws(Diagnostic) {
      if !order.order.isEmpty || !settings.onRunStart.isEmpty {
        let foldsCase = warehouse.dialect != .postgres || warehouse.translates
        try await SchemaPreparation(pool: pool, dialect: warehouse.dialect, foldsCase: foldsCase)
          .create(schemas(of: order.order))
      }
      let canRun = await performHooks(
        settings.onRunStart,
        named: "on-run-start",
        performer,
        &ledger
      )
      await perform(
        order,
        performer,
        &ledger,
        isStopped: !canRun
          && (!settings.runsDespiteFailedStart || ledger.results.contains(where: \.isUnrendered))
      )
      if !Task.isCancelled {
        _ = await performHooks(settings.onRunEnd, named: "on-run-end", performer, &ledger)
      }
    } catch {
      await pool.closeAll()
      throw error
    }
    await pool.closeAll()
    let report = RunReport(
      results: ledger.results,
      started: started,
      completed: settings.clock(),
      wasCancelled: Task.isCancelled
    )
    emit(.runFinished(report))
    return report
  }

  private static func isExecutable(_ node: Node) -> Bool {
    switch node.kind {
    case .seed, .test, .unitTest, .snapshot, .exposure, .savedQuery, .function: true
    case .model: node.config["materialized"]?.string != "ephemeral"
    default: false
    }
  }

  private func schemas(of ids: [String]) -> [String] {
    Set(
      ids.compactMap { id -> String? in
        guard let compiled = compilation.compiled[id] else { return nil }
        return (compiled.relation ?? compiled.node.functionName)?.schema
      }
    ).sorted()
  }

  // MARK: Nodes

  private func perform(
    _ order: RunOrder,
    _ performer: NodePerformer,
    _ ledger: inout RunLedger,
    isStopped: Bool
  ) async {
    var scheduler = Scheduler(
      order: order.order,
      parents: settings.isIndependent ? [:] : order.parents,
      threads: settings.threads,
      precedence: settings.precedence,
      isFailFast: settings.isFailFast
    )
    let opening = isStopped || Task.isCancelled ? scheduler.stop() : scheduler.next()
    var current = ledger
    await withTaskGroup(of: NodeResult.self) { group in
      var actions = opening
      while true {
        for action in actions {
          switch action {
          case .start(let id, let thread):
            let index = current.started(id)
            group.addTask { await performer.perform(id, thread: thread, index: index) }
          case .skip(let id, let reason):
            current.finished(performer.skipped(id, reason, index: current.nextIndex()))
          case .cancelRunning:
            group.cancelAll()
          }
        }
        guard let result = await group.next() else { break }
        current.finished(result)
        let outcome: Scheduler.Outcome =
          switch result.status {
          case .success, .pass, .warn, .noOp: .succeeded
          case .cancelled, .skipped: .cancelled
          case .error, .fail, .partialSuccess: .failed
          }
        actions = Task.isCancelled ? scheduler.stop() : []
        actions += scheduler.finished(result.id, outcome)
      }
    }
    ledger = current
  }

  /// Runs hooks of the project, one after the other.
  ///
  /// - Returns: whether all went well; after a failed one the rest is skipped.
  private func performHooks(
    _ hooks: [RunSettings.Hook],
    named name: String,
    _ performer: NodePerformer,
    _ ledger: inout RunLedger
  ) async -> Bool {
    var isGood = true
    for (position, hook) in hooks.enumerated() {
      let result = await performer.performHook(
        hook,
        of: name,
        position: position,
        total: hooks.count,
        after: ledger.results,
        isSkipped: !isGood
      )
      ledger.finished(result)
      isGood = isGood && result.status == .success
    }
    return isGood
  }
}

/// The results so far, and the numbers that nodes get as they start.
struct RunLedger {
  private(set) var results: [NodeResult] = []
  private var lastIndex = 0
  private let total: Int
  private let emit: @Sendable (ExecutionEvent) -> Void

  init(total: Int, emit: @escaping @Sendable (ExecutionEvent) -> Void) {
    self.total = total
    self.emit = emit
  }

  mutating func nextIndex() -> Int {
    lastIndex += 1
    return lastIndex
  }

  mutating func started(_ id: String) -> Int {
    let index = nextIndex()
    emit(.nodeStarted(id: id, index: index, total: total))
    return index
  }

  mutating func finished(_ result: NodeResult) {
    results.append(result)
    emit(.nodeFinished(result))
  }
}
