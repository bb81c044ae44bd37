extension FunctionTable {
  /// `names : parameters -> result flags`.
  ///
  /// A parameter ends in `?` when it may be left out, in `*` when it may come any number of times.
  /// Flags: `agg`, `win`, `leader` (runs on the leader node only), `catalog` (asks about what the
  /// leader node's catalog has), `null` (may be NULL for
  /// arguments that are not), `notnull` (never NULL).
  static let text = """
    count : any -> bigint agg notnull
    sum : num -> sum agg
    avg : num -> avg agg
    min max any_value : any -> same agg
    median : any -> median agg
    stddev stddev_samp stddev_pop variance var_samp var_pop : num -> double agg
    listagg : any txt? -> text agg
    percentile_cont percentile_disc approximate_percentile_disc : num -> unknown agg
    bit_and bit_or : any -> same agg
    bool_and bool_or : bool -> bool agg
    hll : any -> bigint agg
    hll_create_sketch : any -> sketch agg
    hll_combine : any -> sketch agg
    hll_cardinality : any -> bigint
    hll_combine_sketches : any any -> sketch
    st_collect : any any? -> geometry agg
    st_memunion : any -> geometry agg
    row_number rank dense_rank : -> bigint win notnull
    ntile : num -> bigint win
    cume_dist percent_rank : -> double win notnull
    lag lead : any num? any? -> same win
    first_value last_value : any -> same win
    nth_value : any num -> same win
    ratio_to_report : num -> double win
    dateadd date_add : part num ts -> shifted
    datediff date_diff : part ts ts -> bigint
    date_part datepart pgdate_part : part any -> double
    date_part_year : ts -> int
    date_trunc : part ts -> truncated
    extract : any -> int
    getdate : -> timestamp notnull
    sysdate : -> timestamp notnull
    current_date : -> date notnull
    current_timestamp now : -> timestamptz leader notnull
    current_time : -> time leader notnull
    localtime : -> time leader notnull
    localtimestamp : -> timestamp leader notnull
    timeofday : -> text notnull
    isfinite : any -> bool leader
    age : ts ts? -> interval leader
    add_months : ts num -> timestamp
    months_between : ts ts -> double
    last_day : ts -> date
    date : any -> date
    next_day : ts txt -> date
    convert_timezone : txt any ts? -> timestamp
    timezone : any any -> unknown
    date_cmp timestamp_cmp timestamptz_cmp date_cmp_timestamp date_cmp_timestamptz : ts ts -> int
    timestamp_cmp_date timestamp_cmp_timestamptz timestamptz_cmp_date timestamptz_cmp_timestamp : ts ts -> int
    interval_cmp : any any -> int
    to_date : any txt any? -> date
    to_timestamp : any txt any? -> timestamptz
    to_char : any txt -> text
    to_number : txt txt -> decimal
    text_to_int_alt : txt txt? -> int
    text_to_numeric_alt : txt any* -> decimal
    trunc : any num? -> trunc
    coalesce nvl isnull : any any* -> common
    ifnull : any any -> common
    nvl2 : any any any -> nvl2
    nullif : any any -> nullif null
    decode : any any any any* -> decode null
    greatest least : any any* -> common
    len length char_length character_length textlen octet_length : any -> int
    bit_length : any -> int
    charindex strpos position : txt txt -> int
    octetindex : any any -> int
    left right : txt num -> text
    substring substr : any num num? -> text
    lpad rpad : txt num txt? -> text
    repeat replicate : txt num -> text
    replace : txt txt txt -> text
    translate : txt txt txt -> text
    trim btrim ltrim rtrim : txt txt? -> text
    initcap lower upper reverse : txt -> text
    lower_attribute_names upper_attribute_names : any -> super
    ascii : txt -> int
    chr : num -> text
    concat : txt txt -> text
    split_part : txt txt num -> text
    quote_ident quote_literal : any -> text
    quote_nullable : any -> text leader
    md5 sha sha1 func_sha1 : any -> text
    sha2 : any num -> text
    crc32 : any -> text
    fnv_hash : any num? -> bigint
    farmfingerprint64 farmhash64 : any -> bigint
    murmur3_32_hash : any num? -> int
    checksum : any -> int
    soundex : txt -> text
    difference : txt txt -> int
    strtol : txt num -> bigint
    bpcharcmp bttext_pattern_cmp : txt txt -> int
    collate : txt txt -> text
    regexp_substr : txt txt num? num? txt? -> text
    regexp_replace : txt txt txt? num? txt? -> text
    regexp_count : txt txt num? txt? -> int
    regexp_instr : txt txt num? num? num? txt? -> int
    to_varbyte : txt txt -> binary
    from_varbyte : any txt -> text
    from_hex : txt -> binary
    to_hex : any -> text
    getbit : any num -> int
    to_ascii : any any? -> text leader
    get_bit get_byte : any num -> int leader
    set_bit set_byte : any num num -> unknown leader
    encode : any txt -> text
    abs : num -> same
    ceil ceiling floor : num -> rounded
    sign : num -> sign
    round : num num? -> rounded
    mod : num num -> common
    sqrt cbrt exp dexp ln dlog1 dlog10 : num -> double
    log : num num? -> double
    pow power : num num -> double
    pi random : -> double notnull
    degrees radians sin cos tan cot asin acos atan : num -> double
    atan2 : num num -> double
    json_extract_path_text : any any any* -> text null
    json_extract_array_element_text : any num any? -> text null
    json_array_length : any any? -> int null
    is_valid_json is_valid_json_array : any -> bool
    json_parse : any -> super
    can_json_parse : any -> bool
    json_serialize : any -> text
    json_serialize_to_varbyte : any -> binary
    json_size : any -> int
    json_typeof : any -> text
    array object : any* -> super notnull
    array_concat : any any -> super
    array_except array_intersection array_union : any any any? -> super
    array_flatten array_distinct array_sort : any any* -> super
    array_contains : any any any? -> bool
    arrays_overlap : any any -> bool
    array_position : any any any? -> int
    array_positions : any any any? -> super
    subarray : any num num? -> super
    get_array_length get_number_attributes : any -> int
    split_to_array : any txt? -> super
    object_transform : any any* -> super
    is_array is_object is_scalar is_varchar is_char is_boolean is_integer is_smallint : any -> bool
    is_bigint is_decimal is_float is_number is_valid_utf8 : any -> bool
    is_real is_double_precision : any -> bool
    cast_super_null : any -> super
    current_schema : -> text notnull leader catalog
    current_database current_user session_user user getdatabaseencoding : -> text notnull
    current_user_id : -> int notnull
    current_schemas : any -> unknown leader
    current_setting : txt any? -> text
    set_config : txt txt any -> text
    version db_collation : -> text notnull
    has_table_privilege has_schema_privilege has_database_privilege : any any any? -> bool leader catalog
    has_function_privilege has_language_privilege : any any any? -> bool leader catalog
    has_assumerole_privilege : any any any -> bool
    pg_backend_pid : -> int notnull
    pg_cancel_backend pg_terminate_backend : num -> bool leader
    pg_get_viewdef : any any? -> text leader
    pg_get_functiondef pg_get_ruledef pg_get_triggerdef pg_get_serial_sequence : any* -> text leader
    pg_function_is_visible pg_type_is_visible pg_operator_is_visible : any -> bool leader
    pg_get_userbyid format_type pg_get_constraintdef pg_get_expr pg_table_is_visible : any* -> unknown leader
    obj_description col_description pg_get_indexdef : any* -> text leader
    pg_last_copy_id pg_last_copy_count pg_last_query_id last_user_query_id pg_last_unload_id pg_last_unload_count : -> bigint
    pg_get_cols pg_get_late_binding_view_cols pg_get_iam_role_by_user pg_get_session_roles : any* -> unknown leader
    pg_get_grantee_by_iam_role : any* -> unknown leader
    pg_relation_size pg_table_size pg_total_relation_size : any* -> bigint leader
    user_is_member_of role_is_member_of : any any -> bool
    current_aws_account current_namespace default_iam_role : -> text
    current_session_arn : -> text
    change_query_priority change_session_priority change_user_priority : any any -> text leader
    reboot_cluster : -> unknown leader
    slice_num : -> int
    generate_series : any any any? -> unknown leader
    grouping grouping_id : any any* -> int notnull
    user_name : any -> text
    explain_model : any* -> super
    decimal_precision decimal_scale size : any -> int
    addbbox dropbbox : any -> geometry
    supportsbbox : any -> bool
    geometrytype : any -> text
    pg_timezone_names pg_timezone_abbrevs : -> unknown leader
    h3_fromlonglat h3_frompoint : any any any? -> bigint
    h3_boundary h3_center h3_polyfill : any* -> unknown
    txid_current : -> bigint leader
    """
}
