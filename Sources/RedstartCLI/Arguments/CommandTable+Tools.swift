extension CommandTable {
  /// What is done around models: migrations, servers, storage, packages.
  static let toolCommands: [Command] = [
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
      options: [
        "select", "exclude", "selector", "empty-catalog", "no-compile", "threads", "port", "host",
      ] + deferral + ["state"] + project + output,
      scopes: [
        "select": ["generate"], "exclude": ["generate"], "selector": ["generate"],
        "empty-catalog": ["generate"], "no-compile": ["generate"], "threads": ["generate"],
        "port": ["serve"], "host": ["serve"],
      ],
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
      otherNames: ["snapshot-freshness": "freshness"],
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
        ("psql", "Open psql on it; options unknown to redstart are psql's, and all behind --"),
      ],
      options: project + output,
      examples: [
        ("redstart local psql", "look around"),
        ("redstart local psql -c 'select count(*) from sparkify.users'", "one query"),
        ("redstart local psql -- -t -A", "options of psql that redstart has as well"),
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
      options: ["upgrade", "lock", "add-package", "source"] + project + output,
      examples: [
        ("redstart deps --add-package dbt-labs/dbt_utils@1.3.0", "one more in packages.yml"),
        ("redstart deps", "install what the lock file says"),
        ("redstart deps --upgrade", "choose versions anew"),
      ]
    ),
    Command(
      name: "run-operation",
      summary: "Run a macro",
      details: "The macro may ask the database, and change it.",
      positional: "MACRO",
      options: ["args", "threads"] + project + output,
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
}
