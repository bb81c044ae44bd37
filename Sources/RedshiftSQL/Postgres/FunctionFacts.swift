/// What is known of Redshift's functions by name.
enum FunctionFacts {
  /// Functions that mean something only on Redshift.
  static let withoutEquivalent: [String: String] = [
    "checksum": "MD5 or FNV_HASH run on both",
    "murmur3_32_hash": "FNV_HASH runs on both",
    "farmhash64": "FNV_HASH runs on both",
    "farmfingerprint64": "FNV_HASH runs on both",
    "hll_create_sketch": "COUNT(DISTINCT …) runs on both",
    "hll_combine": "COUNT(DISTINCT …) runs on both",
    "hll_cardinality": "COUNT(DISTINCT …) runs on both",
    "hll_combine_sketches": "COUNT(DISTINCT …) runs on both",
    "addbbox": "there are no geometries locally",
    "dropbbox": "there are no geometries locally",
    "supportsbbox": "there are no geometries locally",
    "geometrytype": "there are no geometries locally",
    "decimal_precision": "cast the value to DECIMAL",
    "decimal_scale": "cast the value to DECIMAL",
    "size": "LEN(JSON_SERIALIZE(…)) runs on both",
    "last_user_query_id": "PG_LAST_QUERY_ID runs on both",
    "explain_model": "there is no machine learning locally",
    "slice_num": "there are no slices locally",
    "has_assumerole_privilege": "there are no roles of AWS locally",
    "pg_get_iam_role_by_user": "there are no roles of AWS locally",
    "pg_get_grantee_by_iam_role": "there are no roles of AWS locally",
    "current_aws_account": "there is no account locally",
    "current_namespace": "there is no namespace locally",
    "default_iam_role": "there are no roles of AWS locally",
    "user_is_member_of": "there are no roles locally",
    "role_is_member_of": "there are no roles locally",
    "change_query_priority": "there are no queues locally",
    "change_session_priority": "there are no queues locally",
    "change_user_priority": "there are no queues locally",
    "reboot_cluster": "there is no cluster locally",
  ]

  /// Functions that PostgreSQL has and Redshift does not, with what to use instead.
  static let onlyPostgres: [String: String] = {
    var help: [String: String] = [
      "string_agg": "use LISTAGG", "array_agg": "use LISTAGG", "json_agg": "use LISTAGG",
      "jsonb_agg": "use LISTAGG", "every": "use BOOL_AND", "format": "use ||",
      "concat_ws": "use || and NVL", "overlay": "use SUBSTRING and ||",
      "make_date": "use TO_DATE", "make_timestamp": "use TO_TIMESTAMP",
      "make_interval": "use DATEADD", "date_bin": "use DATE_TRUNC",
      "clock_timestamp": "use GETDATE", "statement_timestamp": "use GETDATE",
      "transaction_timestamp": "use SYSDATE", "justify_days": "use DATEDIFF",
      "justify_hours": "use DATEDIFF", "justify_interval": "use DATEDIFF",
      "regexp_matches": "use REGEXP_SUBSTR", "regexp_match": "use REGEXP_SUBSTR",
      "regexp_split_to_array": "use SPLIT_TO_ARRAY", "regexp_split_to_table": "use SPLIT_TO_ARRAY",
      "string_to_array": "use SPLIT_TO_ARRAY", "array_to_string": "use LISTAGG",
      "unnest": "put it into FROM", "cardinality": "use GET_ARRAY_LENGTH",
      "array_length": "use GET_ARRAY_LENGTH", "to_json": "use JSON_PARSE",
      "to_jsonb": "use JSON_PARSE", "json_build_object": "use OBJECT",
      "jsonb_build_object": "use OBJECT", "json_build_array": "use ARRAY",
      "jsonb_build_array": "use ARRAY", "jsonb_extract_path_text": "use JSON_EXTRACT_PATH_TEXT",
      "json_array_elements": "name the SUPER value in FROM",
      "jsonb_array_elements": "name the SUPER value in FROM",
      "json_each": "use UNPIVOT", "jsonb_each": "use UNPIVOT", "encode": "use FROM_VARBYTE",
      "convert_from": "use FROM_VARBYTE", "convert_to": "use TO_VARBYTE", "digest": "use SHA2",
      "sha256": "use SHA2", "quote_nullable": "use QUOTE_LITERAL and NVL",
      "div": "divide whole numbers", "width_bucket": "use CASE or FLOOR",
      "setseed": "use SET SEED TO", "gen_random_uuid": "use MD5 of something unique",
      "pg_sleep": "Redshift cannot wait", "nextval": "use an IDENTITY column",
      "currval": "use an IDENTITY column", "setval": "use an IDENTITY column",
      "pg_advisory_lock": "use LOCK", "pg_advisory_xact_lock": "use LOCK",
      "pg_try_advisory_lock": "use LOCK", "row_to_json": "use OBJECT",
      "num_nonnulls": "use CASE", "num_nulls": "use CASE", "starts_with": "use LIKE",
      "erf": "compute it elsewhere", "gcd": "compute it elsewhere",
      "random_normal": "use RANDOM", "scale": "cast to DECIMAL", "trim_scale": "cast to DECIMAL",
    ]
    for name in [
      "corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_count", "regr_r2",
      "regr_avgx", "regr_avgy", "regr_sxx", "regr_syy", "regr_sxy", "mode",
    ] {
      help[name] = "compute it from sums"
    }
    return help
  }()
}
