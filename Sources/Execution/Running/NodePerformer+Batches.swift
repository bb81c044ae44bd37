package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// The batches of a model that went well and those that did not, or did not run.
package struct BatchResults: Hashable, Sendable {
  package var successful: [EventTimeWindow] = []
  package var failed: [EventTimeWindow] = []

  package init(successful: [EventTimeWindow] = [], failed: [EventTimeWindow] = []) {
    self.successful = successful
    self.failed = failed
  }
}

/// A batch of a model, as a run tells of it.
package struct BatchProgress: Hashable, Sendable {
  package enum Outcome: String, Hashable, Sendable {
    case success
    case error
    case skipped
  }

  /// The model.
  package var name: String
  package var label: String
  /// From 1, of `total`.
  package var index: Int
  package var total: Int
  /// Nil while it runs.
  package var outcome: Outcome?
  /// The server's answer, or what went wrong.
  package var message = ""
  package var seconds = 0.0
  /// What went wrong with it.
  package var problem: Diagnostic?

  /// `batch 1 of 3, 2024-01-01, of orders: SELECT 5`.
  package var line: String { "batch \(index) of \(total), \(label), of \(name): \(message)" }
}

extension NodePerformer {
  /// Whether a node is still to be cut into batches.
  func isBatched(_ compiled: CompiledNode) -> Bool {
    guard let parsed = settings.parsed, compiled.batch == nil else { return false }
    return MicrobatchSettings.isMicrobatch(compiled.node) && parsed.runsBatches
  }

  /// Runs the batches of a model, one after the other, each rendered for its stretch of time.
  ///
  /// As dbt does on PostgreSQL and Redshift. When the first one fails, there may be no table, and
  /// the others are left; when another one fails, those after it run all the same.
  func performBatches(
    _ compiled: CompiledNode,
    _ session: NodeSession,
    _ scratch: Scratch
  ) async throws(Diagnostic) -> Finding {
    let id = compiled.node.uniqueID
    let plan = try MicrobatchSettings(compiled.node)
    let isIncremental = try isIncremental(compiled)
    let earlier = settings.retriedBatches[id]
    let windows =
      earlier?.failed
      ?? plan.batches(
        isIncremental: isIncremental,
        given: settings.eventTimes,
        now: settings.batchesUntil
      )
    var results = BatchResults()
    var problems: [Diagnostic] = []
    var rows: Int?
    for (index, window) in windows.enumerated() {
      var batch = Batch(
        window: window,
        size: plan.size,
        eventTime: plan.eventTime,
        isIncremental: index > 0 || isIncremental
      )
      batch.isFirst = index == 0
      batch.isFollowed = index < windows.count - 1
      var progress = BatchProgress(
        name: compiled.node.name,
        label: batch.label,
        index: index + 1,
        total: windows.count
      )
      let started = settings.clock()
      func tell(_ outcome: BatchProgress.Outcome, _ message: String) {
        progress.outcome = outcome
        progress.message = message
        progress.seconds = settings.clock().seconds(since: started)
        emit(.batchFinished(id: id, progress))
      }
      guard index == 0 || !results.successful.isEmpty || results.failed.first != windows.first
      else {
        results.failed.append(window)
        tell(.skipped, "skipped")
        continue
      }
      var known = compiled
      emit(.batchStarted(id: id, progress))
      defer { if known.batch != nil { settings.onBatch(known) } }
      do throws(Diagnostic) {
        known = try await compileNow(compiled, session, batch: batch)
        let finding = try await work(known, session, scratch)
        results.successful.append(window)
        if let count = finding.rows { rows = (rows ?? 0) + count }
        tell(.success, finding.message ?? "ok")
      } catch {
        guard error != .cancelled, error.code != "connection-lost", !Task.isCancelled else {
          throw error
        }
        do throws(WarehouseError) {
          try await Self.settle(session.observed.inner, scratch.drops)
        } catch {
          throw .statementFailed(error, purpose: "rolling back")
        }
        scratch.clear()
        results.failed.append(window)
        let problem = inUsersTerms(error, known, writtenAs: session.name)
        problems.append(problem)
        progress.problem = problem
        tell(.error, error.message)
      }
    }
    return finding(results, earlier, rows, problems)
  }

  private func finding(
    _ results: BatchResults,
    _ earlier: BatchResults?,
    _ rows: Int?,
    _ problems: [Diagnostic]
  ) -> Finding {
    let done = results.successful.count
    let total = done + results.failed.count
    var finding = Finding(status: .success, message: "SUCCESS", rows: rows, failures: 0)
    if done == 0, total > 0 {
      finding.status = .error
      finding.message = "ERROR"
    } else if done < total {
      finding.status = .partialSuccess
      finding.message = "PARTIAL SUCCESS (\(done)/\(total))"
    }
    finding.problems = problems
    // A retry tells of what went well before, too.
    finding.batches = BatchResults(
      successful: results.successful + (earlier?.successful ?? []),
      failed: results.failed
    )
    return finding
  }

  private func isIncremental(_ compiled: CompiledNode) throws(Diagnostic) -> Bool {
    guard let relation = compiled.relation, state[local(relation)] == .table else { return false }
    let isFullRefresh = try NodeSettings(node: compiled.node).boolean("full_refresh")
    return !(isFullRefresh ?? settings.isFullRefresh)
  }
}
