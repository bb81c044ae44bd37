extension CommandTable {
  /// Options of most commands.
  static let commonOptions: [Option] = [
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
      name: "host",
      argument: .value("ADDRESS"),
      summary: "127.0.0.1 or localhost: the pages are served to this machine alone"
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
      name: "inline-direct",
      argument: .value("SQL"),
      summary: "SQL that is run as it stands, without templates"
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
    Option(name: "config-dir", summary: "Only say where profiles.yml is"),
    Option(name: "connection", summary: "Check the connection only"),
    Option(name: "show", summary: "Print the first rows of each file that is loaded"),
    Option(name: "no-introspect", summary: "Do not ask the database while compiling"),
    Option(
      name: "args",
      argument: .value("YAML"),
      summary: "Arguments of the macro, as '{name: value}'"
    ),
    Option(name: "upgrade", summary: "Choose versions anew, whatever the lock file says"),
    Option(
      name: "add-package",
      argument: .value("NAME@VERSION"),
      summary: "Write one more package into packages.yml"
    ),
    Option(
      name: "source",
      argument: .value("KIND"),
      summary: "Where that package comes from (default: hub)",
      allowed: ["hub", "git", "local"]
    ),
    Option(name: "lock", summary: "Write the lock file only"),
    Option(name: "store-failures", summary: "Keep the rows that fail tests in tables"),
    Option(name: "check", summary: "Only say whether the text is formatted"),
    Option(name: "write", summary: "Write the text back to the file"),
    Option(name: "upstream", summary: "Only what it depends on"),
    Option(name: "downstream", summary: "Only what depends on it"),
    Option(name: "warn-error", summary: "Take warnings for errors"),
    Option(name: "no-warn-error", summary: "Do not, whatever DBT_WARN_ERROR and `flags:` say"),
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
}
