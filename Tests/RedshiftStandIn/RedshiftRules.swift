import Diagnostics
import RedshiftSQL

/// What Redshift refuses and PostgreSQL does not.
enum RedshiftRules {
  /// The start-up parameters that Redshift takes from a client.
  static func check(startup parameters: [String: String]) throws(WireError) {
    let known: Set<String> = [
      "user", "database", "client_encoding", "datestyle", "timezone", "extra_float_digits",
      "application_name", "search_path", "options", "driver_version", "os_version", "plugin_name",
      "client_protocol_version",
    ]
    for (name, value) in parameters {
      guard known.contains(name.lowercased()) else {
        throw WireError(
          "unrecognized configuration parameter \"\(name)\"",
          sqlState: "42704",
          severity: "FATAL"
        )
      }
      if name.lowercased() == "extra_float_digits", let digits = Int(value), digits > 2 {
        throw WireError(
          "\(digits) is outside the valid range for parameter \"extra_float_digits\" (-15 .. 2)",
          sqlState: "22023",
          severity: "FATAL"
        )
      }
      if name.lowercased() == "options", value.contains("standard_conforming_strings") {
        throw WireError(
          "unrecognized configuration parameter \"standard_conforming_strings\"",
          sqlState: "42704",
          severity: "FATAL"
        )
      }
    }
  }

  /// Refuses a statement that Redshift would not take.
  static func check(
    _ statement: Statement,
    text: String,
    state: TransactionState,
    inMessageOfSeveral: Bool
  ) throws(WireError) {
    if case .invalid(let problem) = statement.kind {
      throw WireError("syntax error: \(problem.message)", sqlState: "42601")
    }
    if statement.transactionBehaviour == .outside, state == .inBlock || inMessageOfSeveral {
      throw WireError(
        "\(statement.noun) cannot run inside a transaction block",
        sqlState: "25001"
      )
    }
    try checkWords(text)
  }

  /// Names that PostgreSQL knows and Redshift does not.
  private static func checkWords(_ text: String) throws(WireError) {
    let bytes = Array(text.utf8)
    let tokens = SQLLexer.significantTokens(of: bytes)
    for (index, token) in tokens.enumerated() where token.kind == .word {
      let word = String(decoding: bytes[token.start..<token.stop], as: UTF8.self).lowercased()
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      let isCalled =
        next.map { bytes[$0.start..<$0.stop].elementsEqual([UInt8(ascii: "(")]) } ?? false
      if isCalled, unknownFunctions.contains(word) {
        throw WireError("function \(word)() does not exist", sqlState: "42883")
      }
      if unknownRelations.contains(word) {
        throw WireError("relation \"\(word)\" does not exist", sqlState: "42P01")
      }
      if let next, next.start == token.stop, word == "e", next.kind == .string {
        throw WireError("type \"e\" does not exist", sqlState: "42704")
      }
    }
  }

  private static let unknownFunctions: Set<String> = [
    "pg_advisory_lock", "pg_advisory_unlock", "pg_try_advisory_lock", "pg_advisory_xact_lock",
    "pg_try_advisory_xact_lock", "to_regclass", "to_regnamespace", "string_to_array",
    "array_agg", "gen_random_uuid", "jsonb_build_object", "json_build_object",
    "format", "clock_timestamp", "statement_timestamp", "make_date", "pg_total_relation_size",
  ]

  private static let unknownRelations: Set<String> = [
    "pg_stat_activity", "pg_settings", "pg_matviews", "pg_extension", "pg_sequences",
    "pg_collation", "pg_enum", "pg_roles",
  ]
}
