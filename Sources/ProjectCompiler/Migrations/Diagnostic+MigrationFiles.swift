import Diagnostics

// All wording about migration files; what a database says of them is in `Migrations`.

extension Diagnostic {
  static func migrationFileName(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "migration-name",
      "\(path) is not named as a migration",
      file: path,
      notes: [
        "R__name.sql applies again when it changes, U0001__name.sql takes V0001 back, "
          + "V0001__name.verify.sql checks it; before, after, before_each and after_each run around"
      ],
      help: ["name it V0001__what_it_does.sql: V, a version, two underscores, a description"]
    )
  }

  static func duplicateMigration(_ version: String, _ path: String, other: String) -> Diagnostic {
    Diagnostic(
      code: "duplicate-migration",
      "two migrations have version \(version)",
      file: path,
      notes: ["the other one is \(other)"],
      help: ["give one of them the next free version"]
    )
  }

  static func duplicateRepeatable(_ name: String, _ path: String, other: String) -> Diagnostic {
    Diagnostic(
      code: "duplicate-migration",
      "two repeatable migrations are called \"\(name)\"",
      file: path,
      notes: ["the other one is \(other)"],
      help: ["rename one of them"]
    )
  }

  static func migrationWithoutSubject(_ path: String, _ wanted: String) -> Diagnostic {
    Diagnostic(
      code: "migration-without-subject",
      "\(path) belongs to \(wanted), which does not exist",
      file: path,
      help: ["give it the version and the name of its migration, or remove it"]
    )
  }

  static func migrationDirective(
    _ name: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "migration-directive",
      "\"\(name)\" is no directive of a migration",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "write -- redstart: NAME=VALUE with one of \(known.joined(separator: ", "))"
      ]
    )
  }

  static func migrationDuration(_ name: String, _ value: String, at range: TextRange) -> Diagnostic
  {
    Diagnostic(
      code: "migration-directive",
      "\"\(value)\" is no duration",
      at: range,
      help: ["write a number with ms, s, min or h: \(name)=5s"]
    )
  }

  static func migrationRetries(_ value: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "migration-directive",
      "\"\(value)\" is no number of tries",
      at: range,
      help: ["write a number up to 1000: lock-retries=10"]
    )
  }

  static func unknownMigrationDependency(
    _ name: String,
    of path: String,
    isLater: Bool
  ) -> Diagnostic {
    Diagnostic(
      code: "migration-dependency",
      isLater
        ? "\(path) depends on \(name), which applies after it"
        : "\(path) depends on \(name), which does not exist",
      file: path,
      help: [
        isLater
          ? "give this migration a higher version"
          : "name the version of another migration, or a repeatable one"
      ]
    )
  }

  static func migrationCycle(_ paths: [String]) -> Diagnostic {
    Diagnostic(
      code: "migration-dependency",
      "repeatable migrations need each other: \(paths.joined(separator: ", "))",
      file: paths.first,
      help: ["put what goes together into one file"]
    )
  }

  static func psqlCommand(_ text: String, at range: TextRange) -> Diagnostic {
    let word = text.prefix { $0 != " " && $0 != "\t" && $0 != ";" }
    let help =
      switch word {
      case "\\copy": "load the file with COPY from S3, or as a seed"
      case "\\set", "\\gset": "use a variable of the project: {{ var('name') }}"
      case "\\i", "\\ir", "\\include": "put the statements here, or into a macro"
      case "\\echo", "\\qecho", "\\warn": "write a comment instead"
      case "\\if", "\\elif", "\\else", "\\endif": "use {% if … %} … {% endif %}"
      case "\\c", "\\connect": "one migration runs in one database: that of the target"
      default: "remove it: the file holds SQL alone"
      }
    return Diagnostic(
      code: "psql-command",
      "\(word) is a command of psql, not SQL",
      at: range,
      notes: ["redstart sends migrations to the server itself, without psql"],
      help: [help]
    )
  }

  /// - Parameters:
  ///   - comment: what begins the way back in a file of another tool.
  ///   - range: where it stands.
  /// - Returns: an error.
  static func downSection(_ comment: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "down-section",
      "\(comment) begins the way back, which would run together with the way forth",
      at: range,
      notes: ["redstart runs all statements of a file"],
      help: ["put what follows into an undo file of the same version: U<version>__name.sql"]
    )
  }

  static func nodeInMigration(_ function: String, _ name: String, at range: TextRange) -> Diagnostic
  {
    Diagnostic(
      code: "node-in-migration",
      "a migration cannot use \(function)() of \(name)",
      at: range,
      notes: [
        "a migration runs once and stays as it is, while models may be renamed, moved or removed "
          + "later; applied again to a new database it has to do the same",
        "migrations run before models: on a new database the relation would not be there yet",
      ],
      help: ["write the relation's name: {{ target.schema }}.table"]
    )
  }

  static func nulByte(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "nul-byte",
      "a NUL byte in SQL: no server reads beyond it",
      at: range,
      help: ["take it out of what the template makes"]
    )
  }
}
