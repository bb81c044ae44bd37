import Diagnostics

/// How the outcome of a data test is judged.
struct CheckSettings: Sendable {
  var isError: Bool
  /// What is computed over the failing rows.
  var calculation: String
  /// Comparisons that follow the result: `!= 0`.
  var errorCondition: String
  var warnCondition: String
  var limit: Int?

  init(_ settings: NodeSettings) throws(Diagnostic) {
    isError = try settings.choice("severity", ["error", "warn"]) != "warn"
    calculation = try settings.string("fail_calc") ?? "count(*)"
    errorCondition = try settings.string("error_if") ?? "!= 0"
    warnCondition = try settings.string("warn_if") ?? "!= 0"
    limit = try settings.integer("limit")
    if try settings.boolean("store_failures") == true {
      throw .storeFailures(settings.node)
    }
  }
}
