import Diagnostics
import ProjectModel

/// What dbt writes of its options into artifacts, for tools that read them there.
enum DbtArguments {
  /// Every option of dbt's for a command, with the values of those that were given.
  ///
  /// - Parameters:
  ///   - given: the options of this call, `which` among them.
  ///   - flags: what `flags:` of the project file sets.
  ///   - folders: where the project, the profiles and the logs are.
  /// - Returns: the mapping that dbt 1.11 would write.
  static func all(
    given: PlainDictionary,
    flags: PlainDictionary,
    folders: PlainDictionary
  ) -> PlainDictionary {
    var all = common
    all.merge(ofCommands[given["which"]?.string ?? ""] ?? [:])
    for (key, value) in flags.pairs where all[key] != nil { all[key] = value }
    all.merge(folders)
    for (key, value) in given.pairs {
      switch key {
      case "no_color": all["use_colors"] = false
      case "select", "exclude", "resource_types", "exclude_resource_types":
        all[key] = .list(value.words.map { .string($0) })
      default: all[key] = value
      }
    }
    return all
  }

  private static let common: PlainDictionary = [
    "cache_selected_only": false, "defer": false, "exclude": [], "favor_state": false,
    "indirect_selection": "eager", "introspect": true, "log_file_max_bytes": 10_485_760,
    "log_format": "default", "log_format_file": "debug", "log_level": "info",
    "log_level_file": "debug", "macro_debugging": false, "partial_parse": true,
    "partial_parse_file_diff": true, "populate_cache": true, "print": true, "printer_width": 80,
    "quiet": false, "require_all_warnings_handled_by_warn_error": false,
    "require_batched_execution_for_custom_microbatch_strategy": false,
    "require_explicit_package_overrides_for_builtin_materializations": true,
    "require_generic_test_arguments_property": true,
    "require_nested_cumulative_type_params": false,
    "require_ref_searches_node_package_before_root": false,
    "require_resource_names_without_spaces": true, "require_unique_project_resource_names": false,
    "require_yaml_configuration_for_mf_time_spines": false, "select": [],
    "send_anonymous_usage_stats": false, "show_all_deprecations": false,
    "show_resource_report": false, "skip_nodes_if_on_run_start_fails": false,
    "source_freshness_run_project_hooks": true,
    "state_modified_compare_more_unrendered_values": false, "state_modified_compare_vars": false,
    "static_parser": true, "strict_mode": false, "upload_to_artifacts_ingest_api": false,
    "use_colors": true, "use_colors_file": true, "use_fast_test_edges": false,
    "validate_macro_args": false, "vars": [:], "version_check": true,
    "warn_error_options": ["error": [], "warn": [], "silence": []], "write_json": true,
  ]

  private static let limits: PlainValue = [
    "MAX_GROUPING_DEPTH": nil, "MAX_GROUPING_TOKENS": nil,
  ]

  private static let ofCommands: [String: PlainDictionary] = [
    "build": [
      "empty": false, "exclude_resource_types": [], "export_saved_queries": false,
      "include_saved_query": false, "resource_types": [], "show": false, "sqlparse": limits,
    ],
    "clone": ["exclude_resource_types": [], "resource_types": []],
    "compile": [
      "empty": false, "inject_ephemeral_ctes": true, "output": "text", "sqlparse": limits,
    ],
    "generate": ["compile": true, "empty_catalog": false, "sqlparse": limits, "static": false],
    "run": ["empty": false, "sqlparse": limits],
    "seed": ["show": false, "sqlparse": limits],
    "snapshot": ["empty": false, "sqlparse": limits],
    "test": ["exclude_resource_types": [], "resource_types": [], "sqlparse": limits],
  ]
}
