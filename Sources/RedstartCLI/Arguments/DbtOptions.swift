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
      "single-threaded", "include-saved-query", "export-saved-queries", "macro-debugging",
      "use-fast-test-edges", "clean-project-files-only", "browser", "show-resource-report",
      "deprecated-print", "skip-profile-setup",
    ]
    for name in switches {
      options[name] = false
      options["no-\(name)"] = false
    }
    options["use-colors"] = false
    options["no-debug"] = false
    options["introspect"] = false
    options["compile"] = false
    options["static"] = false
    options["deprecated-no-print"] = false
    for name in [
      "log-level-file", "log-path", "log-format-file", "log-file-max-bytes",
      "printer-width", "record-timing-info", "partial-parse-file-path",
      "sqlparse", "deprecated-defer", "deprecated-favor-state", "deprecated-state",
    ] {
      options[name] = true
    }
    return options
  }()

  /// What dbt reads from variables whose names begin with `DBT_ENGINE_`.
  static let variables: [String] =
    """
    ARTIFACT_STATE_PATH CACHE_SELECTED_ONLY CLEAN_PROJECT_FILES_ONLY DEBUG DEFER DEFER_STATE
    DEFER_TO_STATE EMPTY EVENT_TIME_END EVENT_TIME_START EXCLUDE_RESOURCE_TYPES
    EXPORT_SAVED_QUERIES FAIL_FAST FAVOR_STATE FAVOR_STATE_MODE FULL_REFRESH HOST
    INCLUDE_SAVED_QUERY INDIRECT_SELECTION INTROSPECT LOG_CACHE_EVENTS LOG_FILE_MAX_BYTES
    LOG_FORMAT LOG_FORMAT_FILE LOG_LEVEL LOG_LEVEL_FILE LOG_PATH MACRO_DEBUGGING NO_PRINT
    PARTIAL_PARSE PARTIAL_PARSE_FILE_DIFF PARTIAL_PARSE_FILE_PATH POPULATE_CACHE PRINT
    PRINTER_WIDTH PROFILE PROFILES_DIR PROJECT_DIR QUIET RESOURCE_TYPES SAMPLE
    SEND_ANONYMOUS_USAGE_STATS SHOW_RESOURCE_REPORT SINGLE_THREADED SQLPARSE STATE
    STATIC_PARSER STORE_FAILURES TARGET TARGET_PATH UPLOAD_TO_ARTIFACTS_INGEST_API USE_COLORS
    USE_COLORS_FILE USE_EXPERIMENTAL_PARSER USE_FAST_TEST_EDGES VERSION_CHECK WARN_ERROR
    WARN_ERROR_OPTIONS WRITE_JSON
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Short forms of options that take a value and change nothing.
  static let ignoredShort: Set<Character> = ["r"]

  /// Options that dbt takes with every command, and which mean something to some of them only.
  static let everywhere: Set<String> = [
    "defer", "no-defer", "defer-state", "favor-state", "no-favor-state", "fail-fast",
    "indirect-selection", "state",
  ]
}
