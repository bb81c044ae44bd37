/// Everything that a run did.
package struct RunReport: Sendable {
  /// Numbers for the summary line.
  package struct Counts: Hashable, Sendable {
    /// Nodes built and tests passed.
    package var passed = 0
    package var warned = 0
    /// Nodes with errors and tests that failed.
    package var failed = 0
    /// Skipped or cancelled.
    package var skipped = 0
    /// For which there was nothing to do.
    package var idle = 0

    package var total: Int { passed + warned + failed + skipped + idle }

    package init() {}
  }

  /// In the order of completion; skipped ones where their skipping was decided.
  package var results: [NodeResult]
  package var started: Moment
  package var completed: Moment
  /// Whether it was stopped from outside (Ctrl-C).
  package var wasCancelled: Bool

  package init(
    results: [NodeResult],
    started: Moment,
    completed: Moment,
    wasCancelled: Bool = false
  ) {
    self.results = results
    self.started = started
    self.completed = completed
    self.wasCancelled = wasCancelled
  }

  package var elapsed: Double { completed.seconds(since: started) }

  package var counts: Counts {
    var counts = Counts()
    for result in results {
      switch result.status {
      case .success, .pass: counts.passed += 1
      case .warn: counts.warned += 1
      case .error, .fail, .partialSuccess: counts.failed += 1
      case .skipped, .cancelled: counts.skipped += 1
      case .noOp: counts.idle += 1
      }
    }
    return counts
  }

  /// 0 when all is well, 1 when something failed or the run was stopped.
  package var exitCode: Int32 {
    wasCancelled || results.contains { $0.status.isFailure || $0.isBroken } ? 1 : 0
  }
}
