import Diagnostics

/// Parameters, cursors and prepared statements.
extension PostgresEmitter {
  mutating func emit(_ parameter: Parameter, in range: TextRange) {
    let isShared =
      PostgresEmitter.sharedParameters.contains(parameter.name) || parameter.name.contains(".")
    switch (parameter.action, parameter.name) {
    case (.set, "seed"):
      guard let value = parameter.value else { return }
      write("SELECT setseed(", for: range)
      copy(value)
      write(")", for: range)
    case (.set, "search_path"):
      guard let value = parameter.value else { return }
      copy(range.bytes.lowerBound..<value.bytes.lowerBound)
      // New tables go to the first schema, so the functions of `rs` come behind.
      copy(value)
      write(", rs, pg_catalog", for: parameter.nameRange)
    case (.reset, "search_path"):
      write("SET search_path = \"$user\", public, rs, pg_catalog", for: range)
    case (.reset, "all"):
      note("RESET ALL", at: range, why: "it would reset redstart's own settings")
    case (_, _) where isShared || parameter.name == "all": copy(range)
    case (_, "time zone"): copy(range)
    default: emitOwn(parameter, in: range)
    }
  }

  mutating func emit(_ command: SessionCommand, in range: TextRange) {
    switch command {
    case .authorization: noteUsers("SET SESSION AUTHORIZATION", at: range)
    case .characteristics: copy(range)
    }
  }

  mutating func emit(_ cursor: CursorCommand, _ statement: Statement) {
    if cursor.name == nil {
      return reject("CLOSE ALL", at: statement.range, help: "name the cursor")
    }
    emitUnchanged(.statement(statement))
  }

  mutating func emit(_ prepare: Prepare, _ statement: Statement) {
    switch prepare.statement.kind {
    case .query, .insert, .update, .delete: emitUnchanged(.statement(statement))
    default:
      reject(
        "PREPARE of this statement",
        at: prepare.statement.range,
        help: "prepare a SELECT, INSERT, UPDATE or DELETE"
      )
    }
  }

  /// SET of a routine; a parameter of Redshift's own has no effect in it.
  mutating func emitSetting(_ option: StatementOption) {
    let name = String(option.name.dropFirst(4))
    if name == "search_path" {
      copy(option.range)
      write(", rs, pg_catalog", for: option.range)
    } else if PostgresEmitter.sharedParameters.contains(name) || name.contains(".") {
      copy(option.range)
    } else {
      note("the parameter \(name)", at: option.range, why: "only Redshift has it")
    }
  }

  /// Parameters that mean the same in both.
  private static let sharedParameters: Set<String> = [
    "search_path", "timezone", "datestyle", "statement_timeout", "extra_float_digits",
    "client_encoding", "application_name", "server_version", "intervalstyle",
  ]

  /// Redshift's own parameters, with the values that they have by themselves.
  private static let ownParameters: [String: String] = [
    "query_group": "default", "wlm_query_slot_count": "1", "enable_result_cache_for_session": "on",
    "enable_case_sensitive_identifier": "off", "enable_case_sensitive_super_attribute": "off",
    "navigate_super_null_on_error": "on", "cast_super_null_on_error": "on",
    "parse_super_null_on_error": "off", "json_serialization_enable": "off",
    "json_serialization_parse_nested_strings": "off", "mv_enable_aqmv_for_session": "on",
    "analyze_threshold_percent": "10", "describe_field_name_in_uppercase": "off",
    "downcase_delimited_identifier": "on", "error_on_nondeterministic_update": "off",
    "max_concurrency_scaling_clusters": "1", "max_cursor_result_set_size": "0",
    "spectrum_enable_pseudo_columns": "true", "spectrum_query_maxerror": "-1",
    "stored_proc_log_min_messages": "log", "use_fips_ssl": "false", "auto_analyze": "on",
    "pg_federation_repeatable_read": "true", "default_array_search_null_handling": "true",
    "enable_vacuum_boost": "off", "enable_numeric_rounding": "on",
    "json_parse_dedup_attributes": "off", "auto_mv": "on", "auto_cursor": "off",
    "wlm_json_configuration": "", "require_ssl": "false", "enable_user_activity_logging": "false",
    "query_priority": "normal",
  ]

  /// Parameters whose other values would change what statements mean.
  private static let meaningful: [String: String] = [
    "enable_case_sensitive_identifier": "names are folded to lower case locally",
    "enable_case_sensitive_super_attribute": "names of attributes are lower case locally",
    "downcase_delimited_identifier": "names are folded to lower case locally",
    "navigate_super_null_on_error": "wrong steps give NULL locally",
    "cast_super_null_on_error": "wrong casts give NULL locally",
    "default_array_search_null_handling": "NULL is found in arrays locally",
  ]

  private mutating func emitOwn(_ parameter: Parameter, in range: TextRange) {
    guard let standard = PostgresEmitter.ownParameters[parameter.name] else {
      return fail(
        "the parameter \(parameter.name)",
        at: parameter.nameRange,
        help: "neither Redshift nor PostgreSQL is known to have it"
      )
    }
    let own = "redshift.\(parameter.name)"
    switch parameter.action {
    case .show:
      let name = SQLQuoting.literal(parameter.name, for: .postgres)
      let value = SQLQuoting.literal(standard, for: .postgres)
      write(
        "SELECT rs.remembered(\(name), \(value)) AS \(SQLQuoting.identifier(parameter.name))",
        for: range
      )
    case .reset: write("RESET \(own)", for: range)
    case .set:
      guard let value = parameter.value else { return }
      let text = String(decoding: bytes[value.bytes], as: UTF8.self).lowercased()
      if let why = PostgresEmitter.meaningful[parameter.name],
        !isSame(text.filter { $0 != "'" }, standard)
      {
        return fail("SET \(parameter.name)", at: range, help: why)
      }
      note("the parameter \(parameter.name)", at: parameter.nameRange, why: "only Redshift has it")
      write("SET \(own) = ", for: range)
      copy(value)
    }
  }

  private func isSame(_ a: String, _ b: String) -> Bool {
    func plain(_ text: String) -> String {
      switch text {
      case "true", "on", "1", "yes", "default": "on"
      case "false", "off", "0", "no": "off"
      default: text
      }
    }
    return plain(a) == plain(b)
  }
}
