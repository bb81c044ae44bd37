/// Texts of properties files whose templates are not rendered with the file: descriptions, tests and
/// filters, which know more than the file when it is their turn.
enum LateText {
  private static let keys: Set = ["tests", "data_tests", "description", "loaded_at_query"]

  /// Whether a value is left as written.
  ///
  /// - Parameters:
  ///   - path: the keys that lead to it from its entry; places in lists count as keys.
  ///   - section: the key of the list that the entry stands in.
  /// - Returns: what dbt decides by the same path.
  static func isLate(at path: [String], in section: String) -> Bool {
    switch section {
    case "metrics" where path.suffix(2).contains("filter"): true
    case "saved_queries" where path.starts(with: ["query_params", "where"]): true
    case "macros" where path.first == "arguments": isLate(at: Array(path.dropFirst()))
    default: isLate(at: path)
    }
  }

  private static func isLate(at path: [String]) -> Bool {
    guard let first = path.first else { return false }
    if keys.contains(first) { return true }
    if path.count == 2, keys.contains(path[1]) { return true }
    if path.count == 5, path[4] == "description" { return true }
    guard path.count >= 2 else { return false }
    if first == "config" { return ["pre_hook", "post_hook", "loaded_at_query"].contains(path[1]) }
    guard path.count >= 3, ["columns", "dimensions", "measures", "entities"].contains(first) else {
      return false
    }
    return ["tests", "data_tests", "description"].contains(path[2])
  }
}
