import Diagnostics

extension KeyTable {
  /// `project.yml` or `dbt_project.yml`: dbt's keys and redstart's own.
  static func project(file: String) -> KeyTable {
    KeyTable(
      section: file,
      keys: [
        "name", "version", "config-version", "profile", "project-root", "model-paths",
        "seed-paths", "test-paths", "analysis-paths", "macro-paths", "snapshot-paths",
        "function-paths", "docs-paths", "asset-paths", "source-paths", "data-paths",
        "target-path", "log-path", "packages-install-path", "clean-targets", "quoting",
        "on-run-start", "on-run-end", "require-dbt-version", "query-comment", "restrict-access",
        "dispatch", "vars", "flags", "dbt-cloud", "models", "seeds", "snapshots", "sources",
        "tests", "data_tests", "unit_tests", "analyses", "metrics", "semantic-models",
        "saved-queries", "exposures", "functions", "target", "targets", "migrations",
        "metadata-schema", "checks", "cluster", "packages",
      ],
      elsewhere: [
        "outputs": "connections are under \"targets:\" in project.yml, or in profiles.yml",
        "materialized": "write it as \"+materialized:\" under \"models:\"",
        "schema": "write it in the target, or as \"+schema:\" under \"models:\"",
        "threads": "write it in the target",
        "storage": "write it as \"s3:\" in the target",
      ]
    )
  }

  static let migrations = KeyTable(
    section: "\"migrations\"",
    keys: ["path", "schema", "lock", "lock-timeout", "lock-retries", "strict"],
    elsewhere: ["metadata-schema": "write it beside \"migrations\", or in the target"]
  )

  static let cluster = KeyTable(
    section: "\"cluster\"",
    keys: [
      "identifier", "node_type", "nodes", "database", "user", "port", "region", "s3", "allow_from",
      "public", "subnet_group", "final_snapshot", "final_snapshot_days", "price", "tags",
      "namespace", "workgroup", "base_capacity",
      "max_capacity", "subnets",
    ]
  )

  /// Keys of a connection, by its kind.
  static func target(
    _ name: String,
    kind: TargetConfiguration.Kind,
    severity: Diagnostic.Severity
  ) -> KeyTable {
    var keys: Set<String> = [
      "type", "schema", "threads", "s3", "database", "dbname", "iam_role_arn", "metadata-schema",
    ]
    if kind != .local { keys.formUnion(postgresKeys) }
    if kind == .redshift { keys.formUnion(redshiftKeys) }
    return KeyTable(
      section: "target \"\(name)\"",
      keys: keys,
      severity: severity,
      elsewhere: kind == .local
        ? [
          "host":
            "the local warehouse needs no host: redstart runs it; use \"type: postgres\" for a server of your own"
        ]
        : [:]
    )
  }

  private static let postgresKeys: Set<String> = [
    "host", "port", "user", "username", "password", "pass", "sslmode", "sslrootcert", "sslcert",
    "sslkey", "connect_timeout", "keepalives_idle", "search_path", "role", "retries",
    "application_name",
  ]

  private static let redshiftKeys: Set<String> = [
    "method", "cluster_id", "db_user", "secret_arn", "iam_profile",
    "region", "autocreate", "db_groups", "ra3_node",
    "datasharing", "autocommit", "retry_all", "access_key_id", "secret_access_key",
    "is_serverless", "serverless_work_group", "serverless_acct_id", "idc_region",
    "issuer_url", "idp_listen_port", "idc_client_display_name", "idp_response_timeout",
    "token_endpoint", "tcp_keepalive", "tcp_keepalive_idle", "tcp_keepalive_interval",
    "tcp_keepalive_count", "query_group", "allow_concurrent_drops", "drop_without_cascade",
  ]

  static func profile(_ name: String) -> KeyTable {
    KeyTable(
      section: "profile \"\(name)\"",
      keys: ["target", "outputs", "config"],
      severity: .warning
    )
  }

  /// The top level of a properties file.
  static let properties = KeyTable(
    section: "a properties file",
    keys: [
      "version", "models", "seeds", "snapshots", "sources", "macros", "analyses", "exposures",
      "metrics", "groups", "semantic_models", "saved_queries", "unit_tests", "functions",
      "data_tests", "tests", "anchors",
    ],
    severity: .warning
  )

  private static let described: Set<String> = [
    "name", "description", "docs", "meta", "tags", "config", "columns", "tests", "data_tests",
  ]

  private static let configElsewhere = [
    "materialized", "schema", "alias", "enabled", "dist", "sort", "unique_key",
    "incremental_strategy", "pre-hook", "post-hook", "on_schema_change",
  ].reduce(into: [String: String]()) { $0[$1] = "move it under \"config:\"" }

  static let model = KeyTable(
    section: "a model",
    keys: described.union([
      "access", "group", "constraints", "latest_version", "versions", "deprecation_date",
      "time_spine", "quote_columns", "primary_entity", "agg_time_dimension",
      "derived_semantics", "semantic_model", "metrics", "contract",
    ]),
    severity: .warning,
    elsewhere: configElsewhere
  )

  static let modelVersion = KeyTable(
    section: "a version of a model",
    keys: described.union(["v", "defined_in", "access", "constraints", "deprecation_date"]),
    severity: .warning
  )

  static let seed = KeyTable(
    section: "a seed",
    keys: described.union(["quote_columns", "group"]),
    severity: .warning,
    elsewhere: configElsewhere.merging(["column_types": "move it under \"config:\""]) { $1 }
  )

  static let snapshot = KeyTable(
    section: "a snapshot",
    keys: described.union(["relation", "group", "quote_columns"]),
    severity: .warning,
    elsewhere: [
      "strategy", "updated_at", "check_cols", "hard_deletes", "invalidate_hard_deletes",
      "dbt_valid_to_current", "snapshot_meta_column_names", "target_schema", "target_database",
    ].reduce(into: configElsewhere) { $0[$1] = "move it under \"config:\"" }
  )

  static let analysis = KeyTable(
    section: "an analysis",
    keys: described.union(["group"]),
    severity: .warning
  )

  static let singularTest = KeyTable(
    section: "a test",
    keys: ["name", "description", "docs", "meta", "tags", "config"],
    severity: .warning
  )

  static let function = KeyTable(
    section: "a function",
    keys: described.union(["arguments", "returns", "access", "group", "constraints"]),
    severity: .warning,
    elsewhere: [
      "type", "volatility", "runtime_version", "entry_point", "schema", "alias", "enabled",
    ].reduce(into: configElsewhere) { $0[$1] = "move it under \"config:\"" }
  )

  static let functionArgument = KeyTable(
    section: "an argument of a function",
    keys: ["name", "data_type", "description", "default_value"],
    severity: .warning,
    elsewhere: ["type": "the key is \"data_type\""]
  )

  static let functionResult = KeyTable(
    section: "what a function returns",
    keys: ["data_type", "description"],
    severity: .warning,
    elsewhere: ["type": "the key is \"data_type\""]
  )

  static let exposure = KeyTable(
    section: "an exposure",
    keys: [
      "name", "type", "owner", "label", "maturity", "url", "depends_on", "description", "meta",
      "tags", "config", "docs",
    ],
    severity: .warning
  )

  static let unitTest = KeyTable(
    section: "a unit test",
    keys: [
      "name", "model", "description", "versions", "given", "expect", "overrides", "config", "tags",
      "meta",
    ],
    severity: .warning
  )

  static let unitTestInput = KeyTable(
    section: "an input of a unit test",
    keys: ["input", "rows", "format", "fixture"],
    severity: .warning
  )

  static let unitTestRows = KeyTable(
    section: "the expected rows of a unit test",
    keys: ["rows", "format", "fixture"],
    severity: .warning
  )

  static let column = KeyTable(
    section: "a column",
    keys: [
      "name", "description", "data_type", "quote", "meta", "tags", "docs", "constraints",
      "tests", "data_tests", "config", "granularity", "dimension", "entity",
    ],
    severity: .warning,
    elsewhere: ["type": "the key is \"data_type\""]
  )

  static let source = KeyTable(
    section: "a source",
    keys: [
      "name", "description", "database", "schema", "loader", "quoting", "freshness",
      "loaded_at_field", "loaded_at_query", "meta", "tags", "config", "overrides", "tables",
    ],
    severity: .warning
  )

  static let sourceTable = KeyTable(
    section: "a source table",
    keys: [
      "name", "description", "identifier", "loader", "quoting", "freshness", "loaded_at_field",
      "loaded_at_query", "meta", "tags", "config", "external", "columns", "tests", "data_tests",
      "docs",
    ],
    severity: .warning,
    elsewhere: ["schema": "the schema belongs to the source, beside \"tables:\""]
  )
}
