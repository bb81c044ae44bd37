/// One row of the log.
package struct HistoryEvent: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case versioned
    case repeatable
    case baseline
    case undo
    case squash
    case imported = "import"
    /// A script that runs around migrations.
    case callback
    /// A table copied into another layout, which is no migration.
    case rebuild
    /// What was changed by hand was taken back, which is no migration.
    case drift
  }

  package enum Step: String, Hashable, Sendable {
    /// A statement that runs alone is about to be sent.
    case begin
    /// So many statements are done.
    case progress
    case done
    case fail
    case undone
    /// Taken as applied without being run: a baseline, or another tool's history.
    case adopted
    /// A person, or a probe, said what is true.
    case repaired
  }

  package var sequence = 0
  package var runID = ""
  /// Empty for a repeatable migration.
  package var version = ""
  package var name = ""
  package var kind = Kind.versioned
  package var step = Step.done
  package var path = ""
  package var sourceChecksum = ""
  package var normalizedChecksum = ""
  package var renderedChecksum = ""
  package var previousChecksum: String?
  package var statementsDone = 0
  package var statementCount = 0
  package var prefixChecksum: String?
  /// `file` when the whole file is one transaction, `segments` otherwise.
  package var transactionMode = "file"
  /// UTC, as `2026-11-24 03:38:00.000000`.
  package var startedAt = ""
  package var milliseconds: Int?
  package var failure: Failure?
  package var note: String?
  /// Fingerprints of what migrations own, before and after; nil where they were not taken.
  package var schemaBefore: String?
  package var schemaAfter: String?
  /// Who ran it, as the log says; empty in what is to be written.
  package var databaseUser = ""
  package var systemUser = ""
  package var host = ""
  package var gitCommit: String?

  /// What is kept of a failure.
  package struct Failure: Hashable, Sendable {
    package var sqlState: String?
    package var message: String
    package var line: Int?
  }

  package init() {}
}

/// Who runs migrations, from where, with what: kept with each event.
package struct Origin: Sendable {
  package var userName: String
  package var hostName: String
  package var toolVersion: String
  package var gitCommit: String?
  package var hasUncommittedChanges: Bool?

  package init(userName: String, hostName: String, toolVersion: String, gitCommit: String?) {
    self.userName = userName
    self.hostName = hostName
    self.toolVersion = toolVersion
    self.gitCommit = gitCommit
  }
}
