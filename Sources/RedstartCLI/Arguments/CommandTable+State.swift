extension CommandTable {
  /// Options that look at an earlier run.
  static let stateOptions: [Option] = [
    Option(
      name: "selector",
      argument: .value("NAME"),
      summary: "The selector of selectors.yml to use, whatever --select says"
    ),
    Option(
      name: "exclude-resource-type",
      aliases: ["exclude-resource-types"],
      argument: .values("TYPE"),
      summary: "No nodes of these types",
      allowed: resourceTypes
    ),
    Option(
      name: "state",
      argument: .value("DIR"),
      summary: "The target folder of another state of the project"
    ),
    Option(name: "defer", summary: "Read what is not in the target from where --state has it"),
    Option(name: "no-defer", summary: "Do not defer, whatever DBT_DEFER says"),
    Option(
      name: "defer-state",
      argument: .value("DIR"),
      summary: "The state to defer to, where it is not that of --state"
    ),
    Option(
      name: "favor-state",
      summary: "Defer for all that is not selected, even if the target has it"
    ),
    Option(name: "no-favor-state", summary: "Prefer what the target has"),
    Option(
      name: "sample",
      argument: .value("WINDOW"),
      summary: "Read only rows of a stretch of time, as \"3 days\", where event_time is known"
    ),
    Option(
      name: "event-time-start",
      argument: .value("TIME"),
      summary: "Run the batches of microbatch models from this time on"
    ),
    Option(
      name: "event-time-end",
      argument: .value("TIME"),
      summary: "Run the batches of microbatch models before this time"
    ),
    Option(
      name: "output",
      short: "o",
      argument: .value("FILE"),
      summary: "Where to write the results (default: target/sources.json)",
      command: "source"
    ),
    Option(
      name: "output-keys",
      argument: .values("KEY"),
      summary: "The keys of --output json, as name config.materialized"
    ),
  ]

  static let resourceTypes = [
    "model", "seed", "test", "unit_test", "source", "analysis", "snapshot", "exposure", "metric",
    "semantic_model", "saved_query", "function", "migration", "default", "all",
  ]

  /// What chooses nodes.
  static let selection = [
    "select", "exclude", "selector", "resource-type", "exclude-resource-type",
    "indirect-selection", "state",
  ]

  /// What lets references lead to an earlier run's relations.
  static let deferral = ["defer", "no-defer", "defer-state", "favor-state", "no-favor-state"]

  /// What narrows models to a stretch of time.
  static let eventTimes = ["event-time-start", "event-time-end", "sample"]

  static let clone = Command(
    name: "clone",
    summary: "Make views in the target that show the relations of another state",
    details: """
      For each selected model, seed and snapshot that is in the manifest of --state, makes a view \
      in the target that selects all of its relation there. What stands in the target already is \
      left as it is, unless --full-refresh says otherwise.
      """,
    options: selection + deferral + ["full-refresh", "threads"] + project + output,
    examples: [
      ("redstart clone --state prod", "the whole of production, to build upon"),
      ("redstart clone --state prod -s +orders", "one model and what it needs"),
    ]
  )
}
