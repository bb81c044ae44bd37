import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization

extension NodePerformer {
  /// Compiles a node whose template asks the database, now that it is its turn.
  func compileNow(
    _ compiled: CompiledNode,
    _ session: NodeSession,
    batch: Batch? = nil
  ) async throws(Diagnostic) -> CompiledNode {
    guard let parsed = settings.parsed else { throw .notCompiled(compiled.node) }
    let existing = state.snapshot
    let id = compiled.node.uniqueID
    let selected = selected
    let live = LiveSession(session, turn: parsed.renderingTurn)
    let result = try await live.onThread { live throws(Diagnostic) in
      let compiler = Compiler(parsed, existing: existing, live: live, selected: selected)
      // Connections to PostgreSQL begin a transaction with whatever comes first, as dbt has them;
      // to Redshift, each statement is kept by itself.
      if live.isPostgres, !live.translates { live.holdTogether() }
      var result: CompiledNode
      do throws(DiagnosticList) {
        result = try compiler.compileNow(id, batch: batch)
      } catch {
        throw error.diagnostics.first ?? .notCompiled(compiled.node)
      }
      // What a template of data has written is kept or undone with the data, as dbt does it.
      if ![.model, .seed, .snapshot].contains(compiled.node.kind) {
        try live.rollBack()
      } else if batch == nil, !isBatched(compiled), try live.hasWritten() {
        result.leavesTransaction = true
      } else {
        try live.commit()
      }
      return result
    }
    say(result.logs, id)
    result.warnings.forEach { emit(.diagnostic($0)) }
    settings.onCompiled(result)
    return result
  }

  /// Makes a node by a materialization of the project's, or of a package's.
  func materialize(
    _ compiled: CompiledNode,
    _ parsed: ParsedProject,
    _ session: NodeSession
  ) async throws(Diagnostic) -> Finding {
    let existing = state.snapshot
    let selected = selected
    let live = LiveSession(
      session,
      turn: parsed.renderingTurn,
      isInTransaction: compiled.leavesTransaction
    )
    let outcome = try await live.onThread { live throws(Diagnostic) in
      let outcome = try TemplateMaterialization(
        parsed,
        compiled: compiled,
        existing: existing,
        live: live,
        selected: selected
      ).run()
      try live.rollBack()
      return outcome
    }
    say(outcome.logs, compiled.node.uniqueID)
    outcome.warnings.forEach { emit(.diagnostic($0)) }
    if session.isPlainPostgres, let main = outcome.mainSQL {
      settings.onMainStatement(compiled, main)
    }
    for relation in outcome.relations { state[local(relation.name)] = relation.kind ?? .table }
    guard compiled.node.kind == .test else {
      return Finding(status: .success, message: outcome.message, rows: outcome.rows)
    }
    let verdict = try Check.verdict(
      of: outcome.firstRow ?? [],
      settings: NodeSettings(node: compiled.node),
      failsOnWarnings: settings.failsOnWarnings
    )
    return Finding(
      status: verdict.status,
      message: verdict.message,
      failures: verdict.failures
    )
  }

  /// Grants and comments of what redstart has built itself.
  ///
  /// - Parameters:
  ///   - compiled: the node.
  ///   - session: its session.
  ///   - hasOldGrants: whether the relation stood before and is still the same.
  ///   - isInTransaction: whether a transaction is open that this is to be part of.
  /// - Throws: any error of a macro or the database.
  func upkeep(
    _ compiled: CompiledNode,
    _ session: NodeSession,
    hasOldGrants: Bool,
    isInTransaction: Bool
  ) async throws(Diagnostic) {
    let node = compiled.node
    guard node.kind == .seed || node.kind == .snapshot, RelationUpkeep.isNeeded(for: node),
      let parsed = settings.parsed
    else { return }
    let existing = state.snapshot
    let selected = selected
    let live = LiveSession(
      session,
      turn: parsed.renderingTurn,
      isInTransaction: isInTransaction
    )
    let said = try await live.onThread { live throws(Diagnostic) in
      let said = try RelationUpkeep(
        parsed,
        node: node,
        existing: existing,
        live: live,
        selected: selected
      ).run(hasOldGrants: hasOldGrants)
      if !isInTransaction { try live.commit() }
      return said
    }
    say(said.logs, node.uniqueID)
    said.warnings.forEach { emit(.diagnostic($0)) }
  }

  /// The SQL of a node's hook that asks the database, or changes it while it is rendered.
  ///
  /// - Parameters:
  ///   - hook: its template.
  ///   - compiled: the node.
  ///   - session: its session.
  ///   - isInTransaction: whether a transaction is open that this is to be part of.
  ///   - built: what the node's relation is, once it is built.
  /// - Returns: the SQL, and whether the template has ended that transaction.
  /// - Throws: any error of the template or the database.
  func rendered(
    _ hook: BufferID,
    of compiled: CompiledNode,
    _ session: NodeSession,
    isInTransaction: Bool,
    built: ExistingRelations.Kind?
  ) async throws(Diagnostic) -> (sql: BufferID, endsTransaction: Bool) {
    guard let parsed = settings.parsed else { throw .notCompiled(compiled.node) }
    var known = state.snapshot
    // Others see it once it is committed.
    if let built, let relation = compiled.relation { known[local(relation)] = built }
    let existing = known
    let selected = selected
    let live = LiveSession(
      session,
      turn: parsed.renderingTurn,
      isInTransaction: isInTransaction
    )
    let (rendered, isOpen) = try await live.onThread { live throws(Diagnostic) in
      let compiler = Compiler(parsed, existing: existing, live: live, selected: selected)
      let rendered = try compiler.renderHook(hook, of: compiled)
      // What the hook began, it meant to keep.
      if !isInTransaction { try live.commit() }
      return (rendered, live.isInTransaction)
    }
    say(rendered.logs, compiled.node.uniqueID)
    return (rendered.sql, isInTransaction && !isOpen)
  }

  /// The SQL of a hook, rendered now if it was not before.
  func rendered(
    _ hook: RunSettings.Hook,
    _ written: BufferID,
    name: String,
    _ results: [NodeResult],
    _ session: NodeSession
  ) async throws(Diagnostic) -> BufferID {
    guard case .template(let text) = hook.text, let parsed = settings.parsed else {
      return written
    }
    let package = hook.package
    let extra = hookValues(parsed)
    let results = hookResults(results, parsed)
    let existing = state.snapshot
    let selected = selected
    let live = LiveSession(session, turn: parsed.renderingTurn)
    let hook = try await live.onThread { live throws(Diagnostic) in
      let compiler = Compiler(parsed, existing: existing, live: live, selected: selected)
      let hook = try compiler.renderHook(
        text,
        name: name,
        package: package,
        results: results,
        extra: extra
      )
      // What the hook began, it meant to keep.
      try live.commit()
      return hook
    }
    say(hook.logs, nil)
    return hook.sql
  }

  /// `results` of hooks.
  private func hookResults(_ results: [NodeResult], _ parsed: ParsedProject) -> [PlainDictionary] {
    results.filter { $0.kind != .operation }.compactMap { result in
      RunResultsArtifact.hookValue(
        result,
        node: compilation.graph.nodes[result.id].map { parsed.value(of: $0) },
        compiled: compilation.compiled[result.id],
        buffers: buffers
      ).dictionary
    }
  }

  /// `schemas` and `database_schemas` of hooks.
  private func hookValues(_ parsed: ParsedProject) -> PlainDictionary {
    var schemas: [String] = []
    for id in selected.sorted() {
      guard let schema = compilation.compiled[id]?.relation?.schema, !schemas.contains(schema)
      else { continue }
      schemas.append(schema)
    }
    let database = compilation.project.target.database
    return [
      "schemas": .list(schemas.map { .string($0) }),
      "database_schemas": .list(schemas.map { [.string(database), .string($0)] }),
    ]
  }

  func say(_ logs: [TemplateLog], _ id: String?) {
    for log in logs {
      emit(log.isShown ? .log(id: id, message: log.message) : .detail(id: id, message: log.message))
    }
  }
}

/// A node's compilation that happened during the run.
final class LateCompilation: Sendable {
  private let value = Mutex<CompiledNode?>(nil)

  var compiled: CompiledNode? { value.withLock { $0 } }

  func set(_ compiled: CompiledNode) { value.withLock { $0 = compiled } }

  private let hasStarted = Mutex(false)

  /// Whether the node's own statements are being sent.
  var isAtWork: Bool { hasStarted.withLock { $0 } }

  func startWork() { hasStarted.withLock { $0 = true } }
}
