/// Options of dbt that are understood and change nothing, so that scripts need no change.
enum DbtOptions {
  /// By name: whether the option takes a value.
  static let ignored: [String: Bool] = {
    var options: [String: Bool] = [:]
    let switches = [
      "partial-parse", "static-parser", "use-experimental-parser", "version-check",
      "send-anonymous-usage-stats", "anonymous-usage-stats", "cache-selected-only",
      "populate-cache", "log-cache-events", "use-colors-file", "write-json", "print",
      "inject-ephemeral-ctes",
      "show-all-deprecations", "partial-parse-file-diff", "upload-to-artifacts-ingest-api",
      "single-threaded", "include-saved-query", "export-saved-queries",
    ]
    for name in switches {
      options[name] = false
      options["no-\(name)"] = false
    }
    options["use-colors"] = false
    options["no-debug"] = false
    options["introspect"] = false
    for name in [
      "log-level-file", "log-path", "log-format-file", "log-file-max-bytes",
      "printer-width", "record-timing-info", "partial-parse-file-path",
      "show-resource-report",
    ] {
      options[name] = true
    }
    options["show-resource-report"] = false
    return options
  }()
}
