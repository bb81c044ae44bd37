extension CommandTable {
  /// Commands that make and read a project and change no database.
  static let readingCommands: [Command] = [
    Command(
      name: "init",
      summary: "Start a new project in a folder",
      details: """
        Writes a small project that works at once on the local warehouse: a project file, a \
        migration, a seed, a model and tests. Existing files are never overwritten.
        """,
      positional: "FOLDER",
      options: project + output,
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
      options: ["connection", "config-dir"] + project + output,
      examples: [("redstart debug --target redshift", "can the cluster be reached?")]
    ),
    Command(
      name: "parse",
      summary: "Read the whole project and report what is wrong",
      details: """
        Renders every template once, finds the nodes and their dependencies, and writes \
        target/manifest.json. Needs no database.
        """,
      options: ["threads"] + project + output,
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
        "inline", "full-refresh", "threads", "no-check", "no-introspect", "empty", "output",
      ]
        + project + output,
      outputs: ["text", "json"],
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
  ]
}
