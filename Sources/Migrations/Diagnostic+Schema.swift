import Diagnostics
import ProjectCompiler
import RedshiftSQL

// MARK: Dump

extension Diagnostic {
  static func dumpUnseen(_ noun: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-unseen",
      "what \(noun) makes cannot be told from the text, and is not in the dump",
      at: range,
      help: ["`redstart migrate dump --from-database` reads what the database has"]
    )
  }

  static func dumpUntyped(_ table: String, _ column: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "dump-untyped",
      column == "*"
        ? "the columns of \(table) are not known, since its query reads what the files do not define"
        : "the type of \(table).\(column) is not known",
      at: range,
      help: [
        "give the expression a type, as `cast(… as varchar(20))`",
        "or read it from the database: `redstart migrate dump --from-database`",
      ]
    )
  }

  static func dumpLength(_ table: String, _ column: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-length",
      "how long \(table).\(column) is cannot be told from its query; the dump has varchar(65535)",
      at: range,
      help: ["give the expression a type, as `cast(… as varchar(20))`"]
    )
  }

  static func dumpOutdatedView(_ view: SchemaDefinition.OutdatedView) -> Diagnostic {
    Diagnostic(
      code: "dump-outdated-view",
      "the text of view \(view.name.description) does not make the same view any more",
      at: view.range,
      notes: [
        "what it reads was changed behind it: \(view.reason)",
        "the view in the database still is what it was",
      ],
      help: [
        "write CREATE OR REPLACE VIEW in a new migration, with the names that hold now",
        "or read it from the database: `redstart migrate dump --from-database`",
      ]
    )
  }

  /// - Parameter object: as `user app`.
  /// - Returns: a warning.
  static func secretWithheld(_ object: String) -> Diagnostic {
    let isUser = object.hasPrefix("user ")
    return Diagnostic(
      .warning,
      code: "dump-secret",
      isUser
        ? "the password of \(object) is left out: the SQL makes it without one"
        : "a secret of \(object) is left out: \"\(SQLSecrets.placeholder)\" stands in its place",
      help: [
        isUser
          ? "give it one by hand, or in a migration: ALTER USER … PASSWORD '{{ env_var('NAME') }}'"
          : "put the secret in from outside: '{{ env_var('NAME') }}'"
      ]
    )
  }

  static func externalSchemaNotDumped(_ name: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-external-schema",
      "the external schema \(name) is not in the dump: the catalogue does not tell all of it",
      help: ["take CREATE EXTERNAL SCHEMA from the file that made it"]
    )
  }

  static func routineNotDumped(_ name: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-routine",
      "\(name) is not in the dump: its arguments have modes that the catalogue does not tell in full",
      help: ["take its text from the file that made it"]
    )
  }
}

// MARK: What the local warehouse cannot give back

extension Diagnostic {
  static func viewTranslated(_ name: String, noun: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-translated",
      "\(noun) \(name) is told by a translation that need not mean quite the same",
      notes: [
        "neither a migration nor a model makes it as it is; it gives the same columns, but "
          + "PostgreSQL would write it down in other words"
      ],
      help: ["look at it: Redshift minds no blanks at the end of texts, for one"]
    )
  }

  static func viewNotGivenBack(_ name: String, noun: String) -> Diagnostic {
    notGivenBack("\(noun) \(name)", what: "its query")
  }

  static func routineNotGivenBack(_ name: String, noun: String) -> Diagnostic {
    notGivenBack("\(noun) \(name)", what: "its body")
  }

  private static func notGivenBack(_ object: String, what: String) -> Diagnostic {
    Diagnostic(
      code: "dump-not-given-back",
      "\(object) is not in the dump: \(what) cannot be told in Redshift's SQL",
      notes: [
        "PostgreSQL has it in words of its own, and neither a migration nor a model makes it so"
      ],
      help: ["take its text from whoever made it, and put it into a migration"]
    )
  }

  /// - Parameters:
  ///   - column: as `schema.table.column`.
  ///   - type: what the server calls it.
  ///   - nearest: what the dump has; nil where there is none.
  /// - Returns: a warning, or an error where the dump cannot run.
  static func typeNotRedshifts(_ column: String, _ type: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      nearest == nil ? .error : .warning,
      code: "dump-type",
      "\(column) is \(type), a type that Redshift does not have; the dump has "
        + (nearest ?? "it as it stands"),
      notes: ["no migration made it so: it was made by hand"],
      help: ["choose a type of Redshift, and write the column into a migration"]
    )
  }

  static func sequenceNotRedshifts(_ column: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-type",
      "\(column) takes its values from a sequence, which Redshift does not have; the dump has "
        + "GENERATED BY DEFAULT AS IDENTITY",
      notes: ["no migration made it so: it was made by hand"],
      help: ["write the column into a migration; an IDENTITY leaves gaps, and has no order"]
    )
  }

  static func partsNotRedshifts(_ table: String, _ parts: [String]) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-left-out",
      "\(table) has what Redshift does not, which is not in the dump",
      notes: Array(parts.prefix(20)) + (parts.count > 20 ? ["and \(parts.count - 20) more"] : []),
      help: ["what a CHECK or a unique index keeps out, a test of the data can find"]
    )
  }

  static func defaultTranslated(_ column: String, _ text: String, as word: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-translated",
      "the default of \(column) is told by a translation that need not mean quite the same",
      notes: ["PostgreSQL has it as \(text), the dump as \(word), which is in UTC"],
      help: ["look at it: with a time zone other than UTC, values differ"]
    )
  }

  static func defaultNotGivenBack(_ table: String, _ column: String, _ text: String) -> Diagnostic {
    Diagnostic(
      code: "dump-not-given-back",
      "the default of \(table).\(column) is not in the dump: it cannot be told in Redshift's SQL",
      notes: ["PostgreSQL has it as \(text)"],
      help: ["write it into a migration as Redshift takes it"]
    )
  }
}

// MARK: Squash

extension Diagnostic {
  static func nothingToSquash(_ version: String) -> Diagnostic {
    Diagnostic(
      code: "squash-nothing",
      "there is no migration before version \(version) to put together with it",
      help: ["name the last version to replace: `redstart migrate squash --to VERSION`"]
    )
  }

  static func squashTargets(_ script: MigrationScript) -> Diagnostic {
    Diagnostic(
      code: "squash-targets",
      "migration \(script.version) is only for some targets, which one file for all cannot keep",
      file: script.path,
      help: ["squash up to the version before it"]
    )
  }

  static func squashUnreadable(_ paths: [String]) -> Diagnostic {
    Diagnostic(
      code: "squash-targets",
      "\(paths.joined(separator: ", ")) would be left behind: not for this target",
      help: ["squash up to the version before, or choose a target that has all of them"]
    )
  }

  static func squashTemplate(_ script: MigrationScript) -> Diagnostic {
    Diagnostic(
      code: "squash-template",
      "what the template of migration \(script.version) comes to differs from target to target",
      file: script.path,
      notes: ["only {{ target.schema }} can be put back into SQL that is made anew"]
    )
  }

  static func squashRows(_ noun: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "squash-rows",
      "\(noun) changes rows, which SQL that is made anew from the schema does not have",
      at: range,
      help: ["`--without-rows` leaves it out, if rows come from elsewhere"]
    )
  }

  static func squashUnseen(_ noun: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "squash-unseen",
      "what \(noun) does cannot be told from the text",
      at: range
    )
  }

  static func squashDiffers(_ lines: [String]) -> Diagnostic {
    Diagnostic(
      code: "squash-differs",
      "the squashed file does not come to the same as the files that it would replace",
      notes: ["by the files (-), by the squashed one (+):\n" + lines.joined(separator: "\n")],
      help: ["nothing was written; `--keep-statements` keeps every statement as it stands"]
    )
  }

  static func squashArchived(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "squash-archive",
      "\(path) is there already, from an earlier squash",
      file: path,
      help: ["move it away, or delete it"]
    )
  }

  static func squashBlocked(_ state: MigrationState) -> Diagnostic {
    let standing = state.squash ?? SquashStanding()
    var notes = ["applied here: \(standing.applied.joined(separator: ", "))"]
    if !standing.missing.isEmpty {
      notes.append("not applied here: \(standing.missing.joined(separator: ", "))")
    }
    if !standing.differing.isEmpty {
      notes.append(
        "applied from other text: \(standing.differing.joined(separator: ", "))"
      )
    }
    return Diagnostic(
      code: "squash-blocked",
      standing.missing.isEmpty && !standing.differing.isEmpty
        ? "migration \(state.version) replaces files that said something else than this database has"
        : "this database stands in the middle of what migration \(state.version) replaces",
      file: state.path,
      notes: notes,
      help: [
        "apply the files that it replaces first: they are in the archive folder, and in version control",
        "then come back to the squashed file, which is taken as applied",
      ]
    )
  }
}

// MARK: Rebuild

extension Diagnostic {
  static func rebuildNoTable(_ name: RelationName) -> Diagnostic {
    Diagnostic(
      code: "rebuild-no-table",
      "there is no table \(name.description)",
      help: ["write schema.table; without a schema it is looked for in that of the target"]
    )
  }

  static func rebuildNoColumn(
    _ column: String,
    _ table: RelationName,
    known: [String]
  ) -> Diagnostic {
    Diagnostic(
      code: "rebuild-no-column",
      "\(table.description) has no column \(column)",
      help: ["its columns are \(known.joined(separator: ", "))"]
    )
  }

  static func rebuildIdentity(_ column: String, _ table: RelationName) -> Diagnostic {
    Diagnostic(
      code: "rebuild-identity",
      "the values of \(table.description).\(column) cannot be copied into another IDENTITY column",
      notes: ["Redshift gives an IDENTITY column its values itself"],
      help: [
        "change the layout in place: ALTER TABLE … ALTER DISTKEY, ALTER SORTKEY or ALTER COLUMN … "
          + "ENCODE",
        "or let the column become GENERATED BY DEFAULT AS IDENTITY, which goes on behind the "
          + "highest value: --identity-by-default",
      ]
    )
  }

  static func rebuildRefused(_ table: RelationName, _ lost: [String]) -> Diagnostic {
    Diagnostic(
      code: "rebuild-refused",
      "a copy of \(table.description) would lose \(lost.joined(separator: ", "))",
      help: ["drop that first, and make it again afterwards"]
    )
  }

  static func rebuildDiffers(_ table: RelationName, _ rows: [String]) -> Diagnostic {
    Diagnostic(
      code: "rebuild-differs",
      "the copy of \(table.description) does not have the same rows; nothing was changed",
      notes: ["rows and checksums: \(rows.joined(separator: "; "))"]
    )
  }
}

// MARK: Rehearsal

extension Diagnostic {
  static func rehearsalInterrupted(_ state: MigrationState) -> Diagnostic {
    Diagnostic(
      code: "rehearse-interrupted",
      "migration \(state.key) stopped in the middle, which cannot be made again elsewhere",
      file: state.path,
      help: ["finish it first: `redstart migrate up --to \(state.version)`"]
    )
  }
}
