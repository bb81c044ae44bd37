import Diagnostics
import ProjectCompiler

// MARK: States

extension Diagnostic {
  /// A file of another name and another text is another migration.
  private static func versionTaken(
    _ state: MigrationState,
    by applied: AppliedMigration
  ) -> Diagnostic {
    Diagnostic(
      code: "version-taken",
      "version \(state.version) was applied from \(applied.path), which says something else",
      file: state.path,
      notes: ["it was applied at \(applied.appliedAt) by \(applied.appliedBy)"],
      help: [
        "if this is another migration, give it a version of its own, and fetch \(applied.path) "
          + "from whoever applied it",
        "if it is the same one, under another name and changed, restore its statements; "
          + "`redstart migrate repair --accept \(state.version)` takes it for applied as it is now",
      ]
    )
  }

  static func migrationChanged(_ state: MigrationState) -> Diagnostic {
    if let applied = state.applied, applied.name != state.name, !applied.path.isEmpty {
      return versionTaken(state, by: applied)
    }
    var diagnostic = Diagnostic(
      code: "migration-changed",
      "migration \(state.version) was changed after it was applied",
      file: state.path,
      notes: [
        "it was applied at \(state.applied?.appliedAt ?? "an unknown time") by "
          + (state.applied?.appliedBy ?? "an unknown user"),
        "comments, line ends and layout may change; statements may not",
      ],
      help: [
        "restore the file, and put the change into a new migration",
        "if the database already is what the new text says: "
          + "`redstart migrate repair --accept \(state.version)`",
      ]
    )
    if !state.difference.isEmpty {
      let lines = state.difference.joined(separator: "\n")
      diagnostic.notes.append("applied (-), and now (+):\n" + lines)
    }
    return diagnostic
  }

  static func migrationMissing(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "migration-missing",
      "migration \(state.version) (\(state.name)) is applied, but its file is gone",
      file: state.path,
      help: [
        "restore \(state.path) from version control",
        "if it is gone for good: `redstart migrate repair --accept \(state.version)`",
      ]
    )
  }

  static func repeatableMissing(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      .note,
      code: "migration-missing",
      "the repeatable migration \"\(state.name)\" has no file any more; what it made is still there",
      file: state.path
    )
  }

  static func migrationOutOfOrder(_ state: MigrationState) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "migration-out-of-order",
      "migration \(state.version) is new, but a later version is already applied",
      file: state.path,
      notes: ["on a new database it would run earlier than it would run here"],
      help: ["give it a version after the last one that is applied"]
    )
    for conflict in state.conflicts {
      if let objects = conflict.objects {
        diagnostic.notes.append(
          "\(state.path) and \(conflict.path) both touch \(list(objects))"
        )
      } else {
        diagnostic.notes.append(
          "what \(conflict.path) or \(state.path) touches cannot be told from the text"
        )
      }
    }
    return diagnostic
  }

  static func migrationLate(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      .note,
      code: "migration-late",
      "migration \(state.version) applies after \(list(state.later)), which is sound: "
        + "they touch different objects",
      file: state.path
    )
  }

  static func migrationRenamed(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      .note,
      code: "migration-renamed",
      "migration \(state.version) is what \(state.former?.version ?? "another one") was when it was "
        + "applied; it is not applied again",
      file: state.path
    )
  }

  static func migrationsLaidOutAnew(_ paths: [String]) -> Diagnostic {
    Diagnostic(
      .note,
      code: "migration-layout",
      "\(paths.count) applied file\(paths.count == 1 ? " was" : "s were") laid out anew or commented "
        + "since: \(list(paths)); the statements are the same",
      file: paths.first
    )
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).map { $0.hasSuffix(".") ? "schema \($0.dropLast())" : $0 }
    let rest = names.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

// MARK: Files

extension Diagnostic {
  static func transactionControl(_ word: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "transaction-in-migration",
      "\(word) cannot stand in a migration",
      at: range,
      notes: ["a migration and its history row are one transaction, which redstart opens and ends"],
      help: ["remove it; split the file in two if its parts must commit apart"]
    )
  }

  static func callbackNotTransactional(_ word: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "migration-not-transactional",
      "\(word) cannot stand in a callback that runs in each migration's transaction",
      at: range,
      help: ["put it into after.sql, which runs once, in no transaction"]
    )
  }

  static func unwrittenMigration(_ script: MigrationScript) -> Diagnostic {
    var diagnostic = emptyMigration(script)
    diagnostic.severity = .error
    diagnostic.notes = ["applied as it is, nothing could be written into it later"]
    diagnostic.help = ["write its statements; where nothing is meant, `select 1;` says so"]
    return diagnostic
  }

  static func emptyMigration(_ script: MigrationScript) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "empty-migration",
      script.kind == .versioned
        ? "migration \(script.version) has no statement"
        : "the repeatable migration \"\(script.name)\" has no statement",
      file: script.path
    )
  }
}

// MARK: Runs

extension Diagnostic {
  static func migrationsLocked(_ holder: LockHolder, waited: Duration) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "migrations-locked",
      "another run has been applying migrations for longer than \(waited.components.seconds) s",
      notes: ["it is \(holder.description)\(holder.since.map { ", since \($0) UTC" } ?? "")"],
      help: ["wait for its end, or end it; the lock ends with its session"]
    )
    if let backend = holder.backend {
      diagnostic.notes.append("its session on the server is process \(backend)")
    }
    return diagnostic
  }

  static func migrationsInterrupted() -> Diagnostic {
    Diagnostic(code: "interrupted", "interrupted while migrations were being applied")
  }

  static func connectionIsPooled() -> Diagnostic {
    Diagnostic(
      code: "connection-pooled",
      "a pooler gives this connection another session of the server for each transaction",
      notes: ["a lock that belongs to a session would not keep other runs out"],
      help: [
        "connect to the server itself for migrations",
        "or write `lock: lease` under `migrations:`, which locks by a row of a table",
      ]
    )
  }

  static func migrationLockLost() -> Diagnostic {
    Diagnostic(
      code: "migration-lock-lost",
      "this run does not hold the lock any more, so it changes nothing more",
      notes: [
        "its session ended, a pooler changed it, or `migrate repair --unlock` or another run took "
          + "the lock away"
      ],
      help: ["run `redstart migrate` again: it goes on where the history ends"]
    )
  }

  static func historyIsNewer(_ layout: Int, known: Int) -> Diagnostic {
    Diagnostic(
      code: "history-newer",
      "the history in this database has layout \(layout); this redstart knows \(known)",
      help: ["use the newer redstart that migrated last"]
    )
  }

  static func donePartChanged(_ state: MigrationState, done: Int) -> Diagnostic {
    Diagnostic(
      code: "migration-prefix-changed",
      "migration \(state.version) stopped after statement \(done), and what is done was edited",
      file: state.path,
      help: [
        "restore statements 1 to \(done); those behind them may change",
        "or say how many statements of the file as it is now are done: "
          + "`redstart migrate repair --done \(state.version):N`",
      ]
    )
  }

  static func statementOutcomeUnknown(
    _ state: MigrationState,
    number: Int,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "migration-interrupted",
      "it is not known whether statement \(number) of migration \(state.version) took effect",
      at: range,
      notes: [
        "the run of \(state.partial?.startedAt ?? "an unknown time") sent it and was gone before the "
          + "server answered; it runs outside of transactions, and the catalogue does not tell"
      ],
      help: [
        "look at the database, then say so: `redstart migrate repair --done \(state.version):\(number)` "
          + "if it took effect, `--done \(state.version):\(number - 1)` if it did not",
        "`redstart migrate` then goes on",
      ]
    )
  }

  static func statementOutcomeFound(
    _ state: MigrationState,
    note: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      .note,
      code: "migration-resumed",
      "migration \(state.version) was interrupted: \(note)",
      at: range
    )
  }

  static func verificationFailed(rows: Int, first: [String], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "migration-verification",
      "the migration did not come to what its verify script asks for",
      at: range,
      label: "\(rows) row\(rows == 1 ? "" : "s") that should not be there",
      notes: ["the first one: \(first.prefix(8).joined(separator: ", "))"],
      help: ["a verify script's queries look for what is wrong, and must find nothing"]
    )
  }

  static func unknownMigrationVersion(_ version: String, known: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-migration",
      "there is no migration \(version)",
      help: [
        Suggestion.sentence(for: version, among: known)
          ?? "`redstart migrate status` lists them"
      ]
    )
  }

  static func historyMissing(_ objects: [String], path: String) -> Diagnostic {
    Diagnostic(
      code: "history-missing",
      "this database has no history of migrations, yet holds what they make",
      file: path,
      notes: ["there already: \(list(objects))"],
      help: [
        "if it is as the files say up to a version: `redstart migrate baseline --to VERSION`",
        "if the history was lost, bring the metadata schema back from a backup of the same moment",
      ]
    )
  }

  static func planOutdated(_ difference: String) -> Diagnostic {
    Diagnostic(
      code: "plan-outdated",
      "the database or the files are not what the plan was made for: \(difference)",
      help: ["make a new plan with `redstart migrate plan -o FILE`, and look at it"]
    )
  }

  static func noUndoScript(_ state: MigrationState) -> Diagnostic {
    let name = state.path.split(separator: "/").last.map(String.init) ?? state.path
    let file =
      name.first.map { $0 == "V" || $0 == "v" } == true
      ? "U" + name.dropFirst()
      : "U\(state.version)__\(state.name.split(separator: " ").joined(separator: "_")).sql"
    return Diagnostic(
      code: "no-undo-script",
      "nothing says how to take migration \(state.version) back",
      file: state.path,
      help: ["write \(file) beside it, or take the change back in a new migration"]
    )
  }
}

// MARK: Taking back and repairing

extension Diagnostic {
  static func undoConflict(
    _ state: MigrationState,
    _ other: MigrationState,
    objects: [String]?
  ) -> Diagnostic {
    Diagnostic(
      code: "undo-conflict",
      "migration \(state.version) cannot be taken back alone: \(other.path) came later",
      file: state.path,
      notes: [
        objects.map { "both touch \(list($0))" }
          ?? "what one of them touches cannot be told from the text"
      ],
      help: ["take back all above it: `redstart migrate undo --to VERSION`"]
    )
  }

  static func undoInterrupted(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "undo-interrupted",
      "migration \(state.version) is half taken back",
      file: state.path,
      help: ["`redstart migrate undo` goes on with it"]
    )
  }

  static func migrationIsPartial(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "migration-interrupted",
      "migration \(state.version) is applied in part, so nothing can be taken back",
      file: state.path,
      help: ["`redstart migrate` goes on with it"]
    )
  }

  static func nothingToRepair(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "nothing-to-repair",
      "migration \(state.key) is \(state.kind.rawValue): there is nothing of the kind to repair",
      file: state.path,
      help: ["`redstart migrate status` shows what needs attention"]
    )
  }

  static func statementCount(_ state: MigrationState, count: Int) -> Diagnostic {
    Diagnostic(
      code: "nothing-to-repair",
      "migration \(state.version) has \(count) statements",
      file: state.path,
      help: ["say a number from 0 to \(count)"]
    )
  }

  static func baselineVersion(_ version: String?, objects: [String]) -> Diagnostic {
    Diagnostic(
      code: "baseline-version",
      version.map { "\"\($0)\" is no version" }
        ?? "a baseline has to say up to which version the database is there already",
      notes: objects.isEmpty
        ? ["the target's schema is empty"] : ["the target's schema holds \(list(objects))"],
      help: ["`redstart migrate baseline --to VERSION`"]
    )
  }

  static func baselineRefused(_ first: AppliedMigration) -> Diagnostic {
    Diagnostic(
      code: "baseline-refused",
      "this database has a history already, beginning with migration \(first.version)",
      notes: ["it was applied at \(first.appliedAt) by \(first.appliedBy)"],
      help: ["a baseline is for databases that redstart has not migrated yet"]
    )
  }
}

// MARK: Other tools

extension Diagnostic {
  static func noForeignHistory(_ tool: ForeignHistory) -> Diagnostic {
    Diagnostic(
      code: "foreign-history",
      "this database has no history of \(tool.rawValue)",
      notes: ["looked in every schema for \(tool.tables.joined(separator: " and "))"],
      help: ["check the target, and the user's right to read the table"]
    )
  }

  static func dirtyForeignHistory(_ tool: ForeignHistory, _ version: String) -> Diagnostic {
    Diagnostic(
      code: "foreign-history",
      "the history of \(tool.rawValue) is dirty: version \(version) stopped halfway",
      notes: ["how much of it is done, and in which direction it went, stands nowhere"],
      help: [
        "look what is there, finish it or take it back by hand, and tell \(tool.rawValue): "
          + "`migrate force VERSION`",
        "or say yourself up to where the database is: `redstart migrate baseline --to VERSION`",
      ]
    )
  }

  static func severalForeignHistories(_ tool: ForeignHistory, _ tables: [String]) -> Diagnostic {
    Diagnostic(
      code: "foreign-history",
      "this database has several histories of \(tool.rawValue): \(tables.joined(separator: ", "))",
      help: ["rename those of other projects, or take this one over with `migrate baseline`"]
    )
  }
}
