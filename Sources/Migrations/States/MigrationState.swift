import Diagnostics
package import ProjectCompiler

/// One line of `redstart migrate status`.
package struct MigrationState: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case pending
    case applied
    /// Applied, and the file means something else now.
    case changed
    /// Applied, and there is no such file any more.
    case missing
    /// Not applied, though a later version is that touches the same objects.
    case outOfOrder = "out of order"
    /// Some segments are done, others are not.
    case interrupted
    /// Applied under another version.
    case renamed
    /// There before redstart was.
    case belowBaseline = "below baseline"
    /// What it replaces is applied, all of it.
    case squashed
    /// Part of what it replaces is applied, or something else is.
    case squashBlocked = "squash blocked"
  }

  package var kind: Kind
  /// Empty for a repeatable migration.
  package var version: String
  package var name: String
  package var path: String
  package var script: MigrationScript?
  package var applied: AppliedMigration?
  package var partial: PartialMigration?
  /// Later versions that were applied before this one.
  package var later: [String] = []
  /// What stands in the way of applying it now.
  package var conflicts: [Conflict] = []
  /// Where it was applied from, under its former version.
  package var former: AppliedMigration?
  /// What is applied of the migrations that this one replaces.
  package var squash: SquashStanding?
  /// Whether the file differs from what was applied in layout or comments alone.
  package var isLaidOutAnew = false
  /// Whether the same file made other SQL when it was applied.
  package var isRenderedOtherwise = false
  /// The lines in which the file differs from what was applied.
  package var difference: [String] = []
  /// The text that was applied, when it is not the file's any more.
  package var appliedText: String?

  /// A migration that was applied and touches the same objects.
  package struct Conflict: Hashable, Sendable {
    package var version: String
    package var path: String
    /// Nil when it is not known what one of them touches.
    package var objects: [String]?
  }

  /// What the migration is called where versioned and repeatable ones stand together.
  package var key: String { version.isEmpty ? MigrationScript.key(repeatable: name) : version }

  /// Whether a run applies it.
  package var isPending: Bool {
    kind == .pending || (kind == .interrupted && partial?.isUndo == false)
  }

  /// Whether all of its statements are done, and its verify script has not agreed yet.
  var isDoneUnverified: Bool {
    guard let partial, let script, kind == .interrupted else { return false }
    return !partial.isUndo && !partial.isUncertain && !script.statements.isEmpty
      && partial.statementsDone == script.statements.count
  }

  /// The place in the order in which migrations were applied; behind all for one that was not.
  fileprivate var place: Int { (applied ?? former)?.sequence ?? .max }
}

extension [MigrationState] {
  /// As they were applied, one after the other.
  var inOrderOfApplication: [MigrationState] { sorted { $0.place < $1.place } }
}
