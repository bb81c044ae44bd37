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
  /// The kind of relation that keeps the failing rows; nil when nothing does.
  var storedAs: SQLText?

  /// Reads a test's settings; `storesFailures` says whether failing rows are kept where it does not.
  init(_ settings: NodeSettings, storesFailures: Bool = false) throws(Diagnostic) {
    isError = try settings.choice("severity", ["error", "warn"]) != "warn"
    calculation = try settings.string("fail_calc") ?? "count(*)"
    errorCondition = try settings.string("error_if") ?? "!= 0"
    warnCondition = try settings.string("warn_if") ?? "!= 0"
    limit = try settings.integer("limit")
    let isStored = try settings.boolean("store_failures") ?? (storesFailures ? true : nil)
    let kinds = ["ephemeral", "table", "view"]
    if let kind = try settings.string("store_failures_as"), !kinds.contains(kind.lowercased()) {
      throw .unknownStore(kind, allowed: kinds, node: settings.node)
    }
    let kind = try settings.choice("store_failures_as", kinds)
    switch kind {
    case "view": storedAs = isStored == false ? nil : "view"
    case "table": storedAs = isStored == false ? nil : "table"
    case "ephemeral": storedAs = nil
    default: storedAs = isStored == true ? "table" : nil
    }
  }
}
