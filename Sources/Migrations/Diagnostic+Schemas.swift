import Diagnostics
import ProjectCompiler
import RedshiftSQL

// MARK: Live schemas

extension Diagnostic {
  static func schemaDrift(
    _ changes: [String],
    since known: MigrationLog.KnownSchema,
    repair: [String]
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .warning,
      code: "schema-drift",
      "tables of the migrations were changed by hand after \(known.origin)",
      notes: Array(changes.prefix(20)),
      help: ["put the change into a migration, or take it back"]
    )
    if changes.count > 20 { diagnostic.notes.append("and \(changes.count - 20) more") }
    if !repair.isEmpty {
      diagnostic.help.append("to take it back:\n" + repair.joined(separator: "\n"))
    }
    return diagnostic
  }

  /// Refuses a repair that loses values; nil when it does not.
  static func repairLoses(_ drift: SchemaDrift) -> Diagnostic? {
    let losses = drift.differences.compactMap { difference -> String? in
      guard difference.kind == .extraColumn, !difference.repair.isEmpty else { return nil }
      let column = "\(difference.relation.description).\(difference.column ?? "")"
      return "\(column) would be dropped with its values"
    }
    guard !losses.isEmpty else { return nil }
    var notes = Array(losses.prefix(10))
    if losses.count > 10 { notes.append("and \(losses.count - 10) more") }
    return Diagnostic(
      code: "repair-loses",
      "`--repair` does nothing that loses what is in no file",
      notes: notes,
      help: [
        "run what is right of the SQL that `redstart migrate diff` shows, or put the change into a "
          + "migration; `--repair` does the rest"
      ]
    )
  }

  static func notCompared(_ objects: [String]) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "diff-not-compared",
      "\(objects.count) object\(objects.count == 1 ? "" : "s") could not be compared: this user may "
        + "make nothing in their schemas",
      notes: [
        "not compared: \(objects.prefix(10).joined(separator: ", "))"
          + (objects.count > 10 ? " and \(objects.count - 10) more" : ""),
        "views, routines and defaults are made under another name, in a transaction that is rolled "
          + "back, to see how the server writes them down",
      ],
      help: ["let a user compare who has CREATE on the schemas and TEMP on the database"]
    )
  }

  static func historyOfOtherTarget(
    _ script: MigrationScript,
    _ missing: [String],
    schema: String
  ) -> Diagnostic {
    let subject =
      script.version.isEmpty
      ? "the repeatable migration \"\(script.name)\"" : "migration \(script.version)"
    return Diagnostic(
      code: "other-target",
      "\(subject) was applied, but with other SQL than its template makes here",
      file: script.path,
      notes: [
        "made here, and not there: \(missing.prefix(5).joined(separator: ", "))"
          + (missing.count > 5 ? " and \(missing.count - 5) more" : ""),
        "the history in the schema \(schema) is that of every target of this database that names "
          + "this schema",
      ],
      help: [
        "give the target a history of its own: `metadata-schema: \(schema)_NAME` in the target"
      ]
    )
  }

  static func schemaIsOlder(
    than known: MigrationLog.KnownSchema,
    as earlier: MigrationLog.KnownSchema
  ) -> Diagnostic {
    Diagnostic(
      code: "schema-older",
      "the history goes up to \(known.origin), but the tables are as they were after "
        + earlier.origin,
      notes: [
        "\(earlier.origin): \(earlier.moment.prefix(19)) UTC; \(known.origin): "
          + "\(known.moment.prefix(19)) UTC",
        "an older backup of the tables was brought back, or changes were taken back by hand",
      ],
      help: [
        "bring the metadata schema back from the same backup",
        "or say which migrations the database does not have any more, and apply them again: "
          + "`redstart migrate repair --undone VERSION`",
      ]
    )
  }

  static func schemaIsNewer(_ objects: [String], path: String, state: String) -> Diagnostic {
    Diagnostic(
      code: "schema-newer",
      "migration \(state) is pending, but the database has what it makes",
      file: path,
      notes: [
        "there already: \(objects.prefix(5).joined(separator: ", "))"
          + (objects.count > 5 ? " and \(objects.count - 5) more" : ""),
        "an older backup of the metadata schema was brought back, or it was made by hand",
      ],
      help: [
        "bring the metadata schema back from a backup of the same moment as the tables",
        "or say that the database has it: `redstart migrate repair --accept \(state)`",
      ]
    )
  }
}

// MARK: Dangers

extension Diagnostic {
  static func refusedByErrors(_ count: Int) -> Diagnostic {
    Diagnostic(
      code: "migrations-refused",
      "nothing was applied: \(count) error\(count == 1 ? "" : "s") in what is pending",
      help: [
        "mend the files; what is meant may be allowed before the statement: "
          + "-- redstart: allow=CODE",
        "`redstart migrate --no-check` leaves what `redstart check` refuses to the server",
      ]
    )
  }

  static func refusedByStrictness(_ count: Int) -> Diagnostic {
    Diagnostic(
      code: "migrations-refused",
      "nothing was applied: \(count) warning\(count == 1 ? "" : "s") under `strict`",
      help: [
        "allow what is meant by a comment before the statement: -- redstart: allow=CODE",
        "or run once without --strict, if project.yml does not ask for it",
      ]
    )
  }
}

// MARK: Breaking a lock

extension Diagnostic {
  static func lockHolderAlive(_ lock: HeldLock) -> Diagnostic {
    Diagnostic(
      code: "lock-holder-alive",
      lock.liveness == .alive
        ? "the lock was not broken: the session that holds it is alive"
        : "the lock was not broken: the session that holds it may be alive",
      notes: lock.sentences,
      help: [
        "wait for its end, or end it"
          + (lock.holder.backend.map { ": select pg_terminate_backend(\($0))" } ?? ""),
        "`redstart migrate repair --unlock --force` breaks it all the same: what the run has not"
          + " committed by then is lost, and it changes nothing more",
      ]
    )
  }
}
