import Diagnostics
import ProjectCompiler

extension Diagnostic {
  static func migrationChanged(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "migration-changed",
      "migration \(state.version) was changed after it was applied",
      file: state.path,
      notes: [
        "it was applied at \(state.applied?.appliedAt ?? "an unknown time") by "
          + (state.applied?.appliedBy ?? "an unknown user"),
        "comments, line ends and layout may change; statements may not",
      ],
      help: ["restore the file, and put the change into a new migration"]
    )
  }

  static func migrationMissing(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "migration-missing",
      "migration \(state.version) (\(state.name)) is applied, but its file is gone",
      file: state.path,
      help: ["restore \(state.path) from version control"]
    )
  }

  static func migrationOutOfOrder(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "migration-out-of-order",
      "migration \(state.version) is new, but a later version is already applied",
      file: state.path,
      notes: ["on a new database it would run earlier than it would run here"],
      help: ["give it a version after the last one that is applied"]
    )
  }

  static func transactionControl(_ word: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "transaction-in-migration",
      "\(word) cannot stand in a migration",
      at: range,
      notes: ["a migration and its history row are one transaction, which redstart opens and ends"],
      help: ["remove it; split the file in two if its parts must commit apart"]
    )
  }

  static func notTransactional(_ commits: Bool, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "migration-not-transactional",
      commits
        ? "this statement commits the transaction that it runs in"
        : "Redshift cannot run this statement in a transaction",
      at: range,
      notes: [
        "migrations run in one transaction each; statements outside of it are not supported yet"
      ],
      help: [
        commits
          ? "use delete instead of truncate"
          : "run it by hand, outside of migrations"
      ]
    )
  }

  static func emptyMigration(_ script: MigrationScript) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "empty-migration",
      "migration \(script.version) has no statement",
      file: script.path
    )
  }
}
