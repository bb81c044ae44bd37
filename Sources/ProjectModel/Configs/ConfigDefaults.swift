import Diagnostics

/// What is configured when nobody configures anything, as dbt 1.11 has it.
enum ConfigDefaults {
  static func of(_ kind: Node.Kind) -> PlainDictionary {
    switch kind {
    case .model: model
    case .seed: seed
    case .snapshot: snapshot
    case .test: test
    case .analysis, .operation: relation(materialized: "view")
    case .function: function
    case .source:
      [
        "enabled": true, "event_time": nil, "meta": [:], "tags": [], "loaded_at_field": nil,
        "loaded_at_query": nil,
        "freshness": [
          "warn_after": ["count": nil, "period": nil],
          "error_after": ["count": nil, "period": nil], "filter": nil,
        ],
      ]
    case .exposure: ["enabled": true, "meta": [:], "tags": []]
    case .unitTest: ["enabled": true, "meta": [:], "tags": []]
    case .migration: ["enabled": true, "meta": [:], "tags": []]
    case .semanticModel, .metric: ["enabled": true, "group": nil, "meta": [:]]
    case .savedQuery:
      [
        "enabled": true, "group": nil, "meta": [:], "export_as": nil, "schema": nil,
        "cache": ["enabled": false],
      ]
    }
  }

  /// The configs that dbt documents or that redstart adds, for suggestions.
  static let knownKeys: Set<String> = Set(
    model.keys + seed.keys + test.keys + [
      "batch_size", "begin", "concurrent_batches", "lookback", "event_time", "freshness",
      "incremental_predicates", "predicates", "merge_update_columns", "merge_exclude_columns",
      "sql_header", "bind", "dist", "sort", "sort_type", "backup", "auto_refresh",
      "static_analysis", "query_group", "analyze", "analyze_threshold", "vacuum",
      "vacuum_threshold",
      "strategy", "updated_at", "check_cols", "target_schema", "target_database", "hard_deletes",
      "invalidate_hard_deletes", "dbt_valid_to_current", "snapshot_meta_column_names", "pre_hook",
      "post_hook", "loaded_at_field", "loaded_at_query", "where", "volatility", "runtime_version",
      "entry_point",
    ]
  )

  private static func relation(materialized: String) -> PlainDictionary {
    [
      "enabled": true, "alias": nil, "schema": nil, "database": nil, "tags": [], "meta": [:],
      "group": nil, "materialized": .string(materialized), "incremental_strategy": nil,
      "persist_docs": [:], "post-hook": [], "pre-hook": [], "quoting": [:], "column_types": [:],
      "full_refresh": nil, "unique_key": nil, "on_schema_change": "ignore",
      "on_configuration_change": "apply", "grants": [:], "packages": [],
      "docs": ["show": true, "node_color": nil],
      "contract": ["enforced": false, "alias_types": true],
      "lookback": 1,
    ]
  }

  private static var model: PlainDictionary {
    var config = relation(materialized: "view")
    config["access"] = "protected"
    return config
  }

  private static var seed: PlainDictionary {
    var config = relation(materialized: "seed")
    config["delimiter"] = ","
    config["quote_columns"] = .null
    return config
  }

  private static var function: PlainDictionary {
    var config = relation(materialized: "function")
    config["type"] = "scalar"
    for key in ["volatility", "runtime_version", "entry_point"] { config[key] = .null }
    return config
  }

  private static var snapshot: PlainDictionary {
    var config = relation(materialized: "snapshot")
    for key in ["strategy", "target_schema", "target_database", "updated_at", "check_cols"] {
      config[key] = .null
    }
    config["snapshot_meta_column_names"] = [
      "dbt_valid_to": nil, "dbt_valid_from": nil, "dbt_scd_id": nil, "dbt_updated_at": nil,
      "dbt_is_deleted": nil,
    ]
    config["dbt_valid_to_current"] = .null
    return config
  }

  private static let test: PlainDictionary = [
    "enabled": true, "alias": nil, "schema": "dbt_test__audit", "database": nil, "tags": [],
    "meta": [:], "group": nil, "materialized": "test", "severity": "ERROR", "store_failures": nil,
    "store_failures_as": nil, "where": nil, "limit": nil, "fail_calc": "count(*)",
    "warn_if": "!= 0", "error_if": "!= 0",
  ]
}
