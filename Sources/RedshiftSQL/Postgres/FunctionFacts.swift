/// What is known of Redshift's functions by name.
enum FunctionFacts {
  /// The types of results that do not depend on the arguments.
  static let results: [String: DataType.Kind] = {
    var results: [String: DataType.Kind] = [:]
    func add(_ kind: DataType.Kind, _ names: String) {
      for name in names.split(separator: " ") { results[String(name)] = kind }
    }
    add(.bigInteger, "count datediff date_diff row_number rank dense_rank get_array_length hll")
    add(
      .integer,
      "len length char_length character_length textlen octet_length charindex strpos position "
        + "extract ascii date_cmp timestamp_cmp date_part_year regexp_count regexp_instr ntile "
        + "json_array_length array_position get_number_attributes json_size"
    )
    add(
      .double,
      "sqrt exp ln log power pow cbrt random date_part pgdate_part months_between stddev variance "
        + "stddev_samp stddev_pop var_samp var_pop ratio_to_report cume_dist percent_rank pi"
    )
    add(
      .characterVarying,
      "upper lower left right substring substr replace concat lpad rpad trim btrim ltrim rtrim "
        + "initcap reverse repeat replicate split_part translate to_char md5 sha1 sha2 listagg "
        + "json_extract_path_text json_extract_array_element_text json_serialize regexp_substr "
        + "regexp_replace json_typeof"
    )
    add(
      .super,
      "json_parse array object array_concat array_flatten subarray split_to_array array_distinct "
        + "array_except array_intersection array_union array_sort array_positions "
        + "lower_attribute_names upper_attribute_names object_transform"
    )
    add(.timestamp, "getdate sysdate dateadd date_add add_months convert_timezone")
    add(.timestampWithZone, "to_timestamp current_timestamp now")
    add(.date, "to_date last_day next_day current_date")
    add(
      .boolean,
      "is_valid_json is_valid_json_array can_json_parse is_array is_object is_scalar is_varchar "
        + "array_contains arrays_overlap bool_and bool_or"
    )
    return results
  }()

  /// Functions that give the common type of all their arguments.
  static let sameAsArguments: Set<String> = [
    "coalesce", "nvl", "isnull", "greatest", "least", "min", "max", "any_value", "abs",
  ]

  /// Functions whose one argument, a number or a value of any kind, becomes an element or attribute.
  static let takesValues: Set<String> = [
    "array_contains", "array_position", "array_positions",
  ]

  /// Functions of SUPER that take a value in its second place.
  static let approximateCounts: Set<String> = ["hll"]

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
    "object_transform": "build the value with OBJECT and ARRAY",
    "explain_model": "there is no machine learning locally",
    "slice_num": "there are no slices locally",
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
      "unnest": "name the SUPER value in FROM", "cardinality": "use GET_ARRAY_LENGTH",
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
