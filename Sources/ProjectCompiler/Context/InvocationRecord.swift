package import Diagnostics
package import ProjectModel

extension Invocation {
  /// Everything that the command goes by, told or not, by dbt's names: `args` of run_results.json, and
  /// `invocation_args_dict` of templates.
  ///
  /// What was told stands before the project's `flags:`, and these before what dbt takes.
  ///
  /// - Parameter project: the project at the root.
  /// - Returns: values by dbt's names of options, all of them in lower case with underscores.
  package func record(for project: Project) -> PlainDictionary {
    var record = Self.always
    record.merge(Self.defaults[which] ?? PlainDictionary())
    record["which"] = .string(which)
    record["project_dir"] = .string(project.root)
    record["log_path"] = .string(FilePath.joining(project.root, "logs"))
    for (key, value) in project.configuration.flags.pairs { record[key] = value }
    for (key, value) in arguments.pairs where key != "which" {
      let name = Self.names[key] ?? key
      if record[name]?.list != nil, value.list == nil {
        record[name] = [value]
      } else if !(Self.leftOutWhereFalse.contains(name) && value.boolean == false) {
        record[name] = value
      }
    }
    for key in Self.leftOutWhereFalse where record[key]?.flag == false { record[key] = nil }
    return record
  }

  /// dbt's name of the command: that of a subcommand is its last word.
  private var which: String {
    switch command {
    case "docs": "generate"
    case "source": "freshness"
    case "ls": "list"
    default: command
    }
  }

  /// Options that dbt's records call otherwise than its command line.
  private static let names = [
    "resource_type": "resource_types", "exclude_resource_type": "exclude_resource_types",
  ]

  /// These are there only where they are true.
  private static let leftOutWhereFalse: Set<String> = [
    "debug", "full_refresh", "fail_fast", "warn_error", "single_threaded", "log_cache_events",
    "store_failures", "use_experimental_parser",
  ]

  private static let always: PlainDictionary = [
    "cache_selected_only": false, "defer": false, "favor_state": false,
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
    "require_resource_names_without_spaces": true,
    "require_unique_project_resource_names": false,
    "require_yaml_configuration_for_mf_time_spines": false, "send_anonymous_usage_stats": false,
    "show_all_deprecations": false, "show_resource_report": false,
    "skip_nodes_if_on_run_start_fails": false, "source_freshness_run_project_hooks": true,
    "state_modified_compare_more_unrendered_values": false, "state_modified_compare_vars": false,
    "static_parser": true, "strict_mode": false, "upload_to_artifacts_ingest_api": false,
    "use_colors": true, "use_colors_file": true, "use_fast_test_edges": false,
    "validate_macro_args": false, "vars": [:], "version_check": true,
    "warn_error_options": ["error": [], "warn": [], "silence": []], "write_json": true,
  ]

  /// dbt's limits for another parser of SQL.
  private static let parsing: PlainDictionary = [
    "sqlparse": ["MAX_GROUPING_DEPTH": nil, "MAX_GROUPING_TOKENS": nil]
  ]
  private static let chosen: PlainDictionary = ["exclude": [], "select": []]
  private static let selecting = parsing.merging(chosen)
  private static let byKind: PlainDictionary = ["exclude_resource_types": [], "resource_types": []]

  /// What some commands have beside.
  private static let defaults: [String: PlainDictionary] = [
    "run": selecting.merging(["empty": false]),
    "build": selecting.merging(byKind).merging([
      "empty": false, "export_saved_queries": false, "include_saved_query": false, "show": false,
    ]),
    "test": selecting.merging(byKind),
    "seed": selecting.merging(["show": false]),
    "snapshot": selecting.merging(["empty": false]),
    "compile": selecting.merging([
      "empty": false, "inject_ephemeral_ctes": true, "output": "text",
    ]),
    "generate": selecting.merging(["compile": true, "empty_catalog": false, "static": false]),
    "show": selecting.merging(["limit": 5, "output": "text"]),
    "freshness": selecting,
    "clone": chosen.merging(byKind),
    "list": chosen.merging(byKind).merging([
      "models": [], "output": "selector", "output_keys": [],
    ]),
  ]
}

extension PlainDictionary {
  /// The record as it is written down: a mask stands for variables that are secret by their names.
  ///
  /// Their values are left out of the command line, too, and of other variables: as short as they
  /// are, as dbt does it.
  package func withoutSecretVariables(by mask: String) -> PlainDictionary {
    guard let vars = self["vars"]?.dictionary else { return self }
    let values = vars.pairs.filter { $0.key.hasPrefix("DBT_ENV_SECRET") }.map {
      $0.value.string ?? $0.value.jsonString
    }.filter { !$0.allSatisfy(\.isWhitespace) }
    guard !values.isEmpty else { return self }
    // As they are, and as they stand in JSON; the longest first, for one may begin with another.
    let secrets = Set(
      values + values.map { String(PlainValue.string($0).jsonString.dropFirst().dropLast()) }
    )
    .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    func masked(_ text: String) -> String {
      secrets.reduce(text) { text, secret in
        text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: mask)
      }
    }
    func cleaned(_ value: PlainValue) -> PlainValue {
      switch value {
      case .string(let text): .string(masked(text))
      case .list(let items): .list(items.map(cleaned))
      case .dictionary(let entries):
        .dictionary(PlainDictionary(entries.pairs.map { (masked($0.key), cleaned($0.value)) }))
      default: value
      }
    }
    var record = self
    var written = vars
    for (name, value) in vars.pairs {
      if name.hasPrefix("DBT_ENV_SECRET") {
        written[name] = .string(mask)
      } else {
        written[name] = cleaned(value)
      }
    }
    record["vars"] = .dictionary(written)
    if let line = self["invocation_command"]?.string {
      record["invocation_command"] = .string(masked(line))
    }
    return record
  }

  fileprivate func merging(_ other: PlainDictionary) -> PlainDictionary {
    var merged = self
    merged.merge(other)
    return merged
  }
}
