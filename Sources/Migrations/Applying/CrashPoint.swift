/// The named steps of the protocol at which a test can end the process.
package enum CrashPoint: String, CaseIterable, Sendable {
  /// Connected, nothing done.
  case connected
  /// The lock is held, the history not read.
  case locked
  /// The history's tables are there, nothing is applied.
  case prepared
  /// Before a transactional segment is sent.
  case beforeTransaction = "before-transaction"
  /// The server has committed a transactional segment, and nothing was made of the answer.
  case afterTransaction = "after-transaction"
  /// The row that announces a lone statement is committed, the statement is not sent.
  case afterBegin = "after-begin"
  /// A lone statement is done, which no row says yet.
  case afterStatement = "after-statement"
  /// The row that says so is committed.
  case afterProgress = "after-progress"
  /// A failed migration is rolled back, which no row says yet.
  case afterFailure = "after-failure"
  /// A table that is rebuilt is copied, and the copy has not its place yet.
  case afterCopy = "after-copy"
  /// The copy has the place of the table, which is not committed.
  case afterSwap = "after-swap"
  /// Everything is applied, the lock is still held.
  case beforeRelease = "before-release"
}

/// Ends the process at a step, if a test asks for it.
package struct CrashPlan: Sendable {
  private let reached: @Sendable (CrashPoint) -> Void

  /// Never ends it.
  package static let never = CrashPlan { _ in }

  /// - Parameter reached: called at each step; it may not return.
  package init(reached: @escaping @Sendable (CrashPoint) -> Void) {
    self.reached = reached
  }

  func reach(_ point: CrashPoint) { reached(point) }
}
