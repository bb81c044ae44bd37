/// An option of the command line.
struct Option: Sendable {
  enum Argument: Sendable {
    /// A switch.
    case none
    /// One value; the word stands for it in help.
    case value(String)
    /// Values up to the next option, and the option may come again: `--select a b`.
    case values(String)
  }

  var name: String
  var short: String?
  /// Other spellings, as `--models` for `--select`.
  var aliases: [String] = []
  var argument = Argument.none
  var summary: String
  /// The only values allowed, if they are a closed set.
  var allowed: [String] = []
  /// The command that means this by the name, where others mean something else by it: it goes before
  /// the option of the same name without a command.
  var command: String?
}

/// A command with its options; help, errors and parsing all read this table.
struct Command: Sendable {
  var name: String
  var aliases: [String] = []
  var summary: String
  /// What the command does, in a few sentences.
  var details = ""
  /// Names of nested commands with their summaries.
  var subcommands: [(name: String, summary: String)] = []
  /// What other tools call the nested commands.
  var foreignWords: [String: String] = [:]
  /// The word for a positional argument, if the command takes one.
  var positional: String?
  var options: [String]
  /// The subcommands that an option belongs to, where it is not for all of them.
  var scopes: [String: [String]] = [:]
  /// The subcommand that is meant when none is named.
  var defaultSubcommand: String?
  /// What `--output` can be, where the command has it.
  var outputs: [String] = []
  /// Command lines with what they do.
  var examples: [(line: String, meaning: String)]

  /// The subcommands that take a positional argument, where not all of them do.
  var positionalSubcommands: [String]?

  /// The word for the positional argument of a subcommand, if it takes one.
  func positional(of subcommand: String) -> String? {
    guard positionalSubcommands?.contains(subcommand) ?? true else { return nil }
    return positional
  }

  /// Whether a subcommand has an option of the command.
  func has(_ option: String, in subcommand: String?) -> Bool {
    guard options.contains(option) else { return false }
    guard let scope = scopes[option], let name = subcommand ?? defaultSubcommand else {
      return true
    }
    return scope.contains(name)
  }
}

/// Every command and option of the program.
enum CommandTable {
  static let options: [Option] = commonOptions + stateOptions + migrationOptions + awsOptions

  private static let commonOptions: [Option] = [
    Option(
      name: "select",
      short: "s",
      aliases: ["models", "model", "m"],
      argument: .values("NODES"),
      summary: "Choose nodes: names, paths, tag:x, +parents, children+ …"
    ),
    Option(name: "exclude", argument: .values("NODES"), summary: "Leave nodes out"),
    Option(
      name: "resource-type",
      aliases: ["resource-types"],
      argument: .values("TYPE"),
      summary: "Only nodes of these types",
      allowed: resourceTypes
    ),
    Option(
      name: "indirect-selection",
      argument: .value("MODE"),
      summary: "Which tests come with the nodes chosen",
      allowed: ["eager", "cautious", "buildable", "empty"]
    ),
    Option(
      name: "target",
      short: "t",
      argument: .value("NAME"),
      summary: "The target to use instead of the default"
    ),
    Option(
      name: "vars",
      argument: .value("YAML"),
      summary: "Variables, as '{key: value}'"
    ),
    Option(
      name: "threads",
      argument: .value("N"),
      summary: "Connections that work at the same time"
    ),
    Option(
      name: "full-refresh",
      short: "f",
      summary: "Rebuild incremental models and seeds from nothing"
    ),
    Option(
      name: "fail-fast",
      short: "x",
      summary: "Stop at the first failure"
    ),
    Option(
      name: "project-dir",
      argument: .value("DIR"),
      summary: "The project's folder (default: this one)"
    ),
    Option(
      name: "profiles-dir",
      argument: .value("DIR"),
      summary: "Where profiles.yml is (dbt projects)"
    ),
    Option(
      name: "profile",
      argument: .value("NAME"),
      summary: "The profile to use instead of the project's (dbt projects)"
    ),
    Option(
      name: "target-path",
      argument: .value("DIR"),
      summary: "Where compiled files and artifacts go (default: target)"
    ),
    Option(
      name: "quiet",
      short: "q",
      summary: "Print errors and results only"
    ),
    Option(
      name: "debug",
      short: "d",
      summary: "Tell everything that is done, the SQL that is sent included"
    ),
    Option(
      name: "log-level",
      argument: .value("LEVEL"),
      summary: "What is told: debug is like --debug, error like --quiet",
      allowed: ["debug", "info", "warn", "error", "none"]
    ),
    Option(
      name: "output",
      argument: .value("FORMAT"),
      summary: "Format of what is printed"
    ),
    Option(
      name: "limit",
      argument: .value("N"),
      summary: "Rows to show (default 5; -1 for all)"
    ),
    Option(
      name: "port",
      argument: .value("N"),
      summary: "Port of the pages (default 8080; 0 for any that is free)"
    ),
    Option(
      name: "empty-catalog",
      summary: "Leave out what only the warehouse knows; needs no database"
    ),
    Option(
      name: "inline",
      argument: .value("SQL"),
      summary: "SQL with templates, instead of nodes"
    ),
    Option(
      name: "log-format",
      argument: .value("FORMAT"),
      summary: "How progress is written",
      allowed: ["text", "json", "default", "debug"]
    ),
    Option(
      name: "diagnostics",
      argument: .value("FORMAT"),
      summary: "How errors and warnings are written",
      allowed: ["full", "concise", "json", "github"]
    ),
    Option(
      name: "allow-breaking",
      summary: "Let migrations break models"
    ),
    Option(name: "empty", summary: "Build models from no rows, to see whether they can be built"),
    Option(name: "no-compile", summary: "Only read the warehouse: catalog.json and nothing else"),
    Option(name: "connection", summary: "Check the connection only"),
    Option(name: "show", summary: "Print the first rows of each file that is loaded"),
    Option(name: "no-introspect", summary: "Do not ask the database while compiling"),
    Option(
      name: "args",
      argument: .value("YAML"),
      summary: "Arguments of the macro, as '{name: value}'"
    ),
    Option(name: "upgrade", summary: "Choose versions anew, whatever the lock file says"),
    Option(name: "lock", summary: "Write the lock file only"),
    Option(name: "store-failures", summary: "Keep the rows that fail tests in tables"),
    Option(name: "check", summary: "Only say whether the text is formatted"),
    Option(name: "write", summary: "Write the text back to the file"),
    Option(name: "upstream", summary: "Only what it depends on"),
    Option(name: "downstream", summary: "Only what depends on it"),
    Option(name: "warn-error", summary: "Take warnings for errors"),
    Option(
      name: "warn-error-options",
      argument: .value("YAML"),
      summary: "Which of them: '{error: all, warn: [NAME], silence: [NAME]}'"
    ),
    Option(
      name: "no-check",
      summary: "Do not check the SQL of models and tests"
    ),
    Option(
      name: "no-color",
      aliases: ["no-use-colors"],
      summary: "Never use colours"
    ),
    Option(name: "help", short: "h", summary: "Show this help"),
    Option(name: "version", short: "V", aliases: ["v"], summary: "Show the version"),
  ]

  static let project = [
    "project-dir", "profiles-dir", "profile", "target", "vars", "target-path", "warn-error",
    "warn-error-options",
  ]
  static let output = [
    "quiet", "debug", "log-level", "log-format", "diagnostics", "no-color", "help",
  ]

  static let commands: [Command] = [
    Command(
      name: "init",
      summary: "Start a new project in a folder",
      details: """
        Writes a small project that works at once on the local warehouse: a project file, a \
        migration, a seed, a model and tests. Existing files are never overwritten.
        """,
      positional: "FOLDER",
      options: output,
      examples: [
        ("redstart init shop", "make a project in the new folder shop"),
        ("cd shop && redstart migrate && redstart build", "and run it"),
      ]
    ),
    Command(
      name: "debug",
      summary: "Check the project, the target and the connection",
      details: """
        Shows which files, target and libraries are used, and tries to connect. For Redshift \
        it checks credentials, region, cluster, network, TLS, login and database one by one, and \
        says what to do about the first that fails. Secrets are not shown.
        """,
      options: ["connection"] + project + output,
      examples: [("redstart debug --target redshift", "can the cluster be reached?")]
    ),
    Command(
      name: "parse",
      summary: "Read the whole project and report what is wrong",
      details: """
        Renders every template once, finds the nodes and their dependencies, and writes \
        target/manifest.json. Needs no database.
        """,
      options: project + output,
      examples: [("redstart parse", "is the project sound?")]
    ),
    Command(
      name: "compile",
      summary: "Write the SQL of models for the target",
      details: """
        Needs no database, unless a template asks it. Writes target/compiled and \
        target/manifest.json; prints the SQL of the nodes chosen with --select or --inline. With \
        --quiet, that alone is on standard output.
        """,
      options: selection + deferral + [
        "inline", "full-refresh", "threads", "no-check", "no-introspect", "empty",
      ]
        + project + output,
      examples: [
        ("redstart compile", "compile everything"),
        ("redstart compile -q -s songplays", "only the SQL of one model"),
        ("redstart compile --inline \"select * from {{ ref('users') }}\"", "any template"),
      ]
    ),
    Command(
      name: "check",
      summary: "Find what is wrong with the SQL of the project",
      details: """
        Checks migrations, models, tests and hooks against the columns that migrations, seeds, \
        sources and models have, and gives advice for Redshift; settings of tests and incremental \
        models that a run would refuse are told, too. Needs no database. compile, run, build, \
        test and show check the columns before they begin, and print errors only. The exit code \
        is 2 when there are errors.
        """,
      options: ["select", "exclude", "resource-type", "allow-breaking", "output"] + project
        + output,
      outputs: ["text", "concise", "json", "github"],
      examples: [
        ("redstart check", "the whole project"),
        ("redstart check -s staging+", "one folder and what reads it"),
        ("redstart check --output github", "in CI: findings beside the lines of a pull request"),
      ]
    ),
    Command(
      name: "lineage",
      summary: "Show where columns come from, and what depends on them",
      details: """
        Follows columns through models, seeds, sources and tables of migrations, with the kind of \
        each dependence: value, filter, join, group or order. "(rows)" stands for what decides \
        which rows there are. Needs no database.
        """,
      positional: "MODEL[.COLUMN]",
      options: ["upstream", "downstream", "output"] + project + output,
      outputs: ["text", "json", "dot"],
      examples: [
        ("redstart lineage songplays", "all columns of a model"),
        ("redstart lineage staging_songs.title --downstream", "who would notice a change?"),
        ("redstart lineage top_songs --output dot | dot -Tsvg > lineage.svg", "as a picture"),
      ]
    ),
    Command(
      name: "diff",
      summary: "Compare the project with another state of it",
      details: """
        Compares with the lineage.json of another state, such as that of the main branch: models \
        and columns that were added, removed, retyped or are computed differently, and the columns \
        and tests downstream that are affected. Needs no database.
        """,
      options: ["state", "output"] + project + output,
      outputs: ["text", "json"],
      examples: [
        ("redstart diff --state ../main/target", "what does this branch change?"),
        ("redstart diff --state prod --output json", "as JSON, for programs"),
      ]
    ),
    Command(
      name: "run",
      summary: "Run models in the order of their dependencies",
      details: """
        Compiles, then runs the selected models, parents first, up to --threads at once. A \
        failure skips what depends on it and nothing else. Tables are built aside and swapped in.
        """,
      options: selection + deferral + eventTimes
        + ["full-refresh", "fail-fast", "threads", "no-check", "empty", "store-failures"] + project
        + output,
      examples: [
        ("redstart run", "run every model"),
        ("redstart run -s staging+ --exclude tag:slow", "the staging folder and what reads it"),
        ("redstart run -s songplays --full-refresh", "rebuild an incremental model"),
        ("redstart run -s state:modified+ --defer --state prod", "only what changed since prod"),
      ]
    ),
    Command(
      name: "seed",
      summary: "Load the CSV files of the project",
      options: selection + ["full-refresh", "fail-fast", "threads", "empty", "show"] + project
        + output,
      examples: [("redstart seed -s weekdays", "load one file")]
    ),
    Command(
      name: "snapshot",
      summary: "Add changed rows to the tables that keep their history",
      details: """
        Runs the selected snapshots: rows that are new or have changed since the last run are \
        added with the time from which they hold, and the versions before them are closed, in one \
        transaction. What a snapshot's table holds is never dropped, not even by --full-refresh.
        """,
      options: selection + deferral + ["fail-fast", "threads", "no-check"] + project + output,
      examples: [
        ("redstart snapshot", "every snapshot"),
        ("redstart snapshot -s orders_history", "one snapshot"),
      ]
    ),
    Command(
      name: "test",
      summary: "Run data tests and unit tests",
      details: """
        A data test is a query for rows that are wrong; it passes when there are none. A unit test \
        runs a model on given rows and compares what comes.
        """,
      options: selection + deferral + ["fail-fast", "threads", "no-check", "store-failures"]
        + project + output,
      examples: [
        ("redstart test", "run every test"),
        ("redstart test -s songplays", "the tests of one model"),
      ]
    ),
    Command(
      name: "build",
      summary: "Load seeds, run models and snapshots and test them, in one go",
      details: """
        Like seed, run, snapshot and test in one graph: a model waits for the tests of what it reads, and \
        is skipped when one of them fails.
        """,
      options: selection + deferral + eventTimes
        + ["full-refresh", "fail-fast", "threads", "no-check", "empty", "store-failures"] + project
        + output,
      examples: [
        ("redstart build", "everything"),
        ("redstart build -s +songplays", "one model with all that it needs"),
        ("redstart build --selector nightly", "what selectors.yml calls nightly"),
      ]
    ),
    clone,
    Command(
      name: "retry",
      summary: "Run what failed or was skipped in the last run",
      details: """
        Reads target/run_results.json, and does the last command again for the nodes that did not \
        succeed.
        """,
      options: ["state", "full-refresh", "fail-fast", "threads", "no-check"] + project + output,
      examples: [("redstart retry", "after mending what was wrong")]
    ),
    Command(
      name: "show",
      summary: "Run a query and print a few rows",
      options: selection + deferral + ["inline", "limit", "output", "threads", "no-check"]
        + project + output,
      outputs: ["text", "json", "csv"],
      examples: [
        ("redstart show -s users --limit 10", "rows that a model gives"),
        (
          "redstart show --inline \"select level, count(*) from {{ ref('users') }} group by 1\"",
          "any query"
        ),
        ("redstart show -s users --output json", "as JSON, for programs"),
      ]
    ),
    Command(
      name: "advise",
      summary: "Find what slows a cluster down, with the SQL that helps",
      details: """
        Reads the state of the project's tables on Redshift: missing statistics, rows that are \
        deleted, unsorted or unevenly spread, columns that are not compressed. With --select or \
        --inline, reads the plans of queries instead and says which steps move data between nodes. \
        Changes nothing; --output sql prints the statements alone.
        """,
      options: ["select", "exclude", "inline", "output"] + project + output,
      outputs: ["text", "json", "sql"],
      examples: [
        ("redstart advise --target redshift", "every table of the project"),
        ("redstart advise --target redshift -s songplays", "the plan of one model"),
        ("redstart advise --target redshift -q --output sql", "only the SQL, to look at and run"),
      ]
    ),
    Command(
      name: "ls",
      aliases: ["list"],
      summary: "List the nodes of the project",
      options: selection + ["output", "output-keys"] + project + output,
      outputs: ["name", "path", "selector", "json"],
      examples: [
        ("redstart ls", "every node"),
        ("redstart ls -s +songplays --output path", "the files that songplays needs"),
        ("redstart ls --resource-type model --output json", "as JSON, for programs"),
        ("redstart ls -s state:modified --state prod", "what changed since the run in prod"),
      ]
    ),
    migrate,
    Command(
      name: "docs",
      summary: "Write pages about the project, and show them",
      details: """
        generate writes target/index.html with a page for each node: descriptions, columns with \
        their types and where each comes from, tests, SQL and pictures of the graph; and \
        target/catalog.json with what the warehouse holds. The pages are files: any web server can \
        show them. serve shows them on this machine alone.
        """,
      subcommands: [
        ("generate", "Write the pages and catalog.json"),
        ("serve", "Show the pages at http://127.0.0.1:8080"),
      ],
      options: ["empty-catalog", "no-compile", "port"] + project + output,
      examples: [
        ("redstart docs generate && redstart docs serve", "write and look"),
        ("redstart docs generate --empty-catalog", "with no database: types come from the SQL"),
      ]
    ),
    Command(
      name: "source",
      summary: "Ask how fresh sources are, or read their columns",
      details: """
        freshness asks how old the newest row of each source is that has loaded_at_field or \
        loaded_at_query, judges it by its freshness, and writes target/sources.json. The exit code \
        is 1 when data is older than error_after.

        sync reads the columns of all declared sources in one query and writes them to \
        sources.lock.yml beside the project file, for checks that need no database. Commit the \
        file.
        """,
      subcommands: [
        ("freshness", "Judge how old the data is"), ("sync", "Write sources.lock.yml"),
      ],
      options: ["select", "exclude", "selector", "state", "output", "out", "threads"] + project
        + output,
      examples: [
        ("redstart source freshness", "every source that says how fresh it should be"),
        ("redstart source freshness -s source:shop.orders", "one table"),
        ("redstart source sync --target redshift", "the columns as the cluster has them now"),
      ]
    ),
    Command(
      name: "sql",
      summary: "Work with SQL that is in no project",
      details: """
        Reads a file, or standard input for -. The text is Redshift's SQL without templates.

        parse prints one JSON object with a statement on each line. A node has the name of its \
        type in `node`, its place in `range` as [start, end, line, column], and its parts by \
        name; parts that are missing, empty or false are left out.
        """,
      subcommands: [
        ("format", "Print it in canonical layout"),
        ("translate", "Print what the local warehouse would run instead"),
        ("parse", "Print the tree of each statement as JSON"),
      ],
      positional: "FILE",
      options: ["check", "write", "output"] + output,
      outputs: ["json"],
      examples: [
        ("redstart sql format query.sql --write", "lay a file out anew"),
        ("redstart sql format query.sql --check", "for CI: exit code 1 when it is not so"),
        ("echo 'select nvl(a, 0) from t' | redstart sql translate -", "PostgreSQL's words"),
        ("redstart sql parse query.sql | jq '.statements[].keywords'", "for scripts"),
      ]
    ),
    Command(
      name: "local",
      summary: "Control the local warehouse",
      details: """
        The local warehouse is a private PostgreSQL server that redstart starts when it needs \
        it and stops afterwards. These commands are for looking inside, and for keeping it up.
        """,
      subcommands: [
        ("status", "Show whether it runs, where its files are, and its version"),
        ("start", "Start it and keep it up"),
        ("stop", "Stop it"),
        ("reset", "Stop it and delete its data"),
        ("psql", "Open psql on it; arguments after -- are psql's"),
      ],
      options: project + output,
      examples: [
        ("redstart local psql", "look around"),
        ("redstart local psql -- -c 'select count(*) from sparkify.users'", "one query"),
        ("redstart local reset", "begin again with an empty warehouse"),
      ]
    ),
    s3, cluster,
    Command(
      name: "deps",
      summary: "Install the packages of packages.yml",
      details: """
        Installs what packages.yml or dependencies.yml lists: folders, git repositories, archives, \
        and packages of dbt's registry, or of that at DBT_PACKAGE_HUB_URL. Writes \
        package-lock.yml, and installs what it says while the list is the same. A package that is \
        already in dbt_packages is used without this.
        """,
      options: ["upgrade", "lock"] + project + output,
      examples: [
        ("redstart deps", "install what the lock file says"),
        ("redstart deps --upgrade", "choose versions anew"),
      ]
    ),
    Command(
      name: "run-operation",
      summary: "Run a macro",
      details: "The macro may ask the database, and change it.",
      positional: "MACRO",
      options: ["args"] + project + output,
      examples: [
        ("redstart run-operation grant_all --args '{role: reporter}'", "call a macro"),
        ("redstart run-operation codegen.generate_base_model --args '{…}'", "one of a package"),
      ]
    ),
    Command(
      name: "clean",
      summary: "Delete the target folder and other clean-targets",
      options: project + output,
      examples: [("redstart clean", "delete what can be made again")]
    ),
    Command(
      name: "explain",
      summary: "Explain the code of an error or warning",
      positional: "CODE",
      options: output,
      examples: [("redstart explain unknown-ref", "what does it mean, what helps?")]
    ),
  ]

  static func command(named name: String) -> Command? {
    commands.first { $0.name == name || $0.aliases.contains(name) }
  }

  static func option(named name: String, of command: Command? = nil) -> Option? {
    let own = options.first { $0.name == name && $0.command != nil && $0.command == command?.name }
    return own
      ?? options.first {
        $0.command == nil && ($0.name == name || $0.aliases.contains(name))
      }
  }

  static func option(short letter: String, of command: Command? = nil) -> Option? {
    let named = options.filter {
      $0.short == letter || ($0.aliases.contains(letter) && letter.count == 1)
    }
    return named.first { $0.command != nil && $0.command == command?.name }
      ?? named.first { $0.command == nil }
  }
}
