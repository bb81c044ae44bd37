extension CommandTable {
  static let migrationOptions: [Option] = [
    Option(
      name: "to",
      argument: .value("VERSION"),
      summary: "The last version to apply, or to keep when migrations are taken back"
    ),
    Option(name: "dry-run", summary: "Show what would be applied, and change nothing"),
    Option(
      name: "plan",
      argument: .value("FILE"),
      summary: "Apply what this plan says, or nothing if anything has changed since"
    ),
    Option(name: "sql", summary: "Show the SQL as well"),
    Option(
      name: "out",
      short: "o",
      argument: .value("FILE"),
      summary: "Write the plan or the dump to a file"
    ),
    Option(
      name: "dist-key",
      argument: .value("COLUMN"),
      summary: "Rebuild with rows spread by this column"
    ),
    Option(
      name: "dist-style",
      argument: .value("STYLE"),
      summary: "Rebuild with rows spread so",
      allowed: ["auto", "even", "all"]
    ),
    Option(
      name: "sort-key",
      argument: .value("COLUMNS"),
      summary: "Rebuild with rows in this order: columns with commas between, auto or none"
    ),
    Option(name: "interleaved", summary: "Give all columns of --sort-key the same weight"),
    Option(
      name: "encode",
      argument: .values("COLUMN=ENCODING"),
      summary: "Rebuild with these encodings"
    ),
    Option(
      name: "identity-by-default",
      summary: "Let an IDENTITY column of Redshift accept values, so that those it has can be kept"
    ),
    Option(
      name: "sample",
      argument: .value("N"),
      summary: "Rehearse with so many rows of each table of the target (default: none)",
      command: "migrate"
    ),
    Option(
      name: "keep-statements",
      summary: "Squash into the statements as they stand, rather than the schema made anew"
    ),
    Option(name: "without-rows", summary: "Squash the schema alone, without what changes rows"),
    Option(
      name: "repair",
      summary:
        "`diff`: run the SQL that makes the database as the files say, unless it loses something"
    ),
    Option(
      name: "from-database",
      summary: "Go by what the database holds, rather than by what the files define"
    ),
    Option(name: "exit-code", summary: "Exit with 1 when anything is pending or wrong"),
    Option(
      name: "lock-wait",
      argument: .value("TIME"),
      summary: "How long to wait for another run, as 30s or 5min (default: as long as it takes)"
    ),
    Option(
      name: "accept",
      argument: .values("VERSION"),
      summary: "Take a changed file as it is, or a missing one as gone for good"
    ),
    Option(
      name: "done",
      argument: .values("VERSION:N"),
      summary: "Say that the first N statements of an interrupted migration are done"
    ),
    Option(
      name: "undone",
      argument: .values("VERSION"),
      summary: "Say that the database does not have a migration any more"
    ),
    Option(name: "strict", summary: "Refuse what is dangerous instead of warning of it"),
    Option(
      name: "unlock",
      summary: "Break the lock of a run that is gone, after showing whose it is"
    ),
    Option(name: "force", summary: "Break the lock even if its session is alive"),
    Option(
      name: "crash-at",
      argument: .value("STEP[:N]"),
      summary: "For tests: kill this process when it comes to a step for the Nth time"
    ),
    Option(
      name: "from",
      argument: .value("TOOL"),
      summary: "The tool whose history is taken over",
      allowed: [
        "flyway", "sqitch", "dbmate", "liquibase", "goose", "golang-migrate", "atlas", "sqlx",
      ]
    ),
  ]

  static let migrate = Command(
    name: "migrate",
    summary: "Apply pending migrations, or look at them, check them, take them back",
    details: """
      Applies each file of the migrations folder once, in the order of versions, each in a \
      transaction together with its history row; what Redshift refuses in a transaction runs by \
      itself between two such rows. Repeatable files (R__name.sql) apply again when they change. \
      Files that were changed, removed or added in conflict with later ones are refused, and so \
      are pending migrations that take away or change what a model or a test reads. What loses \
      data, locks or cannot work is told before anything runs; --strict refuses it.
      """,
    subcommands: [
      ("up", "Apply what is pending; the same as no command"),
      ("status", "List migrations with their state"),
      ("plan", "Show what would be applied, by transactions"),
      ("validate", "Check files against the history; change nothing"),
      ("history", "List what happened: who, when, from where"),
      ("verify", "Run the verify scripts of what is applied"),
      ("undo", "Take back the last migration, those above --to, or the one named"),
      ("redo", "Take back the last migration and apply it again"),
      ("repair", "Tell the history what it cannot know"),
      ("baseline", "Begin with a database that is there already"),
      ("import", "Take over the history of another tool"),
      ("diff", "Compare the database with what its migrations say"),
      ("test", "Apply everything to a scratch database, undo, redo, and compare"),
      ("dump", "Print canonical SQL of all that the migrations define"),
      ("squash", "Put all versions up to --to into one file, proved to come to the same"),
      ("rebuild", "Copy a table into another layout, with all that belongs to it"),
      ("rehearse", "Try what is pending, and the models it touches, on a scratch database"),
      ("new", "Write an empty migration with the next version"),
    ],
    foreignWords: [
      "migrate": "up", "apply": "up", "deploy": "up", "latest": "up", "info": "status",
      "pending": "status", "version": "status", "down": "undo", "rollback": "undo",
      "revert": "undo", "reset": "undo", "create": "new", "add": "new", "generate": "new",
      "make": "new", "log": "history", "check": "validate", "lint": "validate", "drift": "diff",
      "force": "repair", "fix": "repair", "resolve": "repair", "mark": "repair",
      "snapshot": "dump", "inspect": "dump",
    ],
    positional: "NAME",
    options: [
      "to", "dry-run", "plan", "sql", "out", "exit-code", "lock-wait", "accept", "done", "undone",
      "unlock", "force", "from", "strict",
      "dist-key", "dist-style", "sort-key", "interleaved", "encode", "identity-by-default",
      "sample", "from-database", "repair", "keep-statements", "without-rows", "output",
      "allow-breaking", "no-check", "crash-at",
    ] + project + output,
    scopes: migrationScopes,
    defaultSubcommand: "up",
    outputs: ["table", "json", "text"],
    examples: [
      ("redstart migrate", "apply what is pending"),
      ("redstart migrate status", "what is applied, what is not?"),
      ("redstart migrate plan --sql", "what would run, in which transactions?"),
      ("redstart migrate plan -o plan.json", "write the plan down, to be looked at"),
      ("redstart migrate up --plan plan.json", "apply just that plan"),
      ("redstart migrate up --strict", "refuse drops and the like that no comment allows"),
      ("redstart migrate repair --unlock", "break the lock of a run that is gone"),
      ("redstart migrate validate", "for CI: exit code 1 when something is wrong"),
      ("redstart migrate status --exit-code", "for CI: exit code 1 when something is pending"),
      ("redstart migrate undo --to 4", "take back everything above version 4"),
      ("redstart migrate import --from flyway", "go on where Flyway stopped"),
      ("redstart migrate diff", "was anything changed by hand?"),
      ("redstart migrate diff --repair", "take it back"),
      ("redstart migrate test", "for CI: do all files work from nothing, and back?"),
      ("redstart migrate dump -o schema.sql", "what do the migrations come to?"),
      ("redstart migrate squash --to 12", "one file in the place of the first twelve versions"),
      (
        "redstart migrate rebuild songplays --dist-key user_id --sort-key start_time",
        "store a table another way"
      ),
      ("redstart migrate rehearse --sample 1000", "does it work, models and tests included?"),
      ("redstart migrate new add_country", "write V0005__add_country.sql"),
      ("redstart migrate undo --dry-run --sql", "what would be taken back, and how?"),
      ("redstart migrate plan --output json", "the same for a program that reads it"),
    ],
    positionalSubcommands: ["new", "undo", "rebuild"]
  )

  /// Which subcommands look at which options; the others refuse them.
  private static let migrationScopes: [String: [String]] = [
    "to": ["up", "plan", "undo", "redo", "baseline", "dump", "squash", "rehearse"],
    "dry-run": ["up", "undo", "redo", "squash", "rebuild"],
    "plan": ["up"],
    "sql": ["up", "plan", "undo", "redo"],
    "out": ["plan", "dump"],
    "exit-code": ["status"],
    "lock-wait": ["up", "undo", "redo", "repair", "baseline", "import", "rebuild", "diff"],
    "accept": ["repair"], "done": ["repair"], "undone": ["repair"],
    "unlock": ["repair"], "force": ["repair"],
    "from": ["import"],
    "strict": ["up", "plan", "validate", "rehearse"],
    "dist-key": ["rebuild"], "dist-style": ["rebuild"], "sort-key": ["rebuild"],
    "interleaved": ["rebuild"], "encode": ["rebuild"], "identity-by-default": ["rebuild"],
    "sample": ["rehearse"],
    "from-database": ["dump", "rehearse"], "repair": ["diff"],
    "keep-statements": ["squash"], "without-rows": ["squash"],
    "output": ["up", "status", "plan", "history", "diff"],
    "allow-breaking": ["up", "plan"],
    "crash-at": ["up", "undo", "redo", "repair", "baseline", "import", "rebuild", "diff"],
  ]
}
