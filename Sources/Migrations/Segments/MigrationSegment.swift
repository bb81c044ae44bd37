import Diagnostics
package import RedshiftSQL

/// A run of a migration's statements that take effect together.
package struct MigrationSegment: Sendable {
  package enum Mode: String, Hashable, Sendable {
    /// One transaction with the history row that tells of it.
    case transaction
    /// One statement that Redshift refuses in a transaction.
    case alone
    /// One statement that commits the transaction it stands in, so it gets none.
    case commits
  }

  package var mode: Mode
  package var statements: [Statement]
  /// The statements in front of this segment.
  package var start: Int

  /// The number of statements that are done when this segment is.
  package var end: Int { start + statements.count }

  /// Cuts a file's statements into segments.
  ///
  /// `Statement.transactionBehaviour` holds the rules. A file without statements is one empty
  /// transaction, so that it is recorded like any other.
  package static func segments(of statements: [Statement]) -> [MigrationSegment] {
    var segments: [MigrationSegment] = []
    for (index, statement) in statements.enumerated() {
      let mode: Mode =
        switch statement.transactionBehaviour {
        case .transactional, .control: .transaction
        case .outside: .alone
        case .commits: .commits
        }
      if mode == .transaction, let last = segments.last, last.mode == .transaction {
        segments[segments.count - 1].statements.append(statement)
      } else {
        segments.append(MigrationSegment(mode: mode, statements: [statement], start: index))
      }
    }
    if segments.isEmpty {
      segments.append(MigrationSegment(mode: .transaction, statements: [], start: 0))
    }
    return segments
  }
}
