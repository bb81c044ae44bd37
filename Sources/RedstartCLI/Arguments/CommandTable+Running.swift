extension CommandTable {
  /// Commands that run nodes, or look at what they made.
  static let runningCommands: [Command] = [
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
      options: selection + deferral + ["fail-fast", "threads", "no-check", "empty"] + project
        + output,
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
        + ["full-refresh", "fail-fast", "threads", "no-check", "empty", "store-failures", "show"]
        + project
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
      options: selection + deferral + [
        "inline", "inline-direct", "limit", "output", "threads", "no-check", "full-refresh",
        "no-introspect",
      ]
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
  ]
}
