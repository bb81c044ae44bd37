package import Diagnostics
package import ProjectModel

/// What became of a node, in the words of dbt that programs around it look for.
package enum DbtWords {
  /// `Database Error in model orders (models/orders.sql)` with the message below.
  ///
  /// - Parameters:
  ///   - result: a node that failed with an error.
  ///   - file: the node's file, as the project has it.
  /// - Returns: nil where there was no error.
  package static func error(of result: NodeResult, file: String?) -> String? {
    guard let error = result.diagnostics.first(where: \.isError),
      result.status == .error || result.isBroken
    else { return nil }
    let place = file.map { " (\($0))" } ?? ""
    let head = "\(kind(of: error)) Error in \(word(for: result.kind)) \(result.name)\(place)"
    if error.code == "python-model" {
      // What dbt says, which nobody has to look up.
      return head + "\n  Materialization only supports languages ['sql']; got \"python\""
    }
    let details = error.notes.filter { note in
      !["in macro ", "in redstart's own macro "].contains(where: note.hasPrefix)
        && !note.hasPrefix(sqlStateMark)
    }
    let sent =
      kind(of: error) == "Database"
      ? result.sentPath.map { ["compiled code at \($0)"] } ?? [] : []
    let lines = ([error.message] + details + sent).joined(separator: "\n")
      .split(separator: "\n", omittingEmptySubsequences: false)
    return ([head] + lines.map { "  \($0)" }).joined(separator: "\n")
  }

  /// Whose fault it is: the database's, or that of what was written.
  package static func kind(of error: Diagnostic) -> String {
    let isOfDatabase =
      ofConnections.contains(error.code) || error.notes.contains { $0.hasPrefix(sqlStateMark) }
    if isOfDatabase { return "Database" }
    return ofRunning.contains(error.code) ? "Runtime" : "Compilation"
  }

  /// dbt's word for a kind of node.
  package static func word(for kind: Node.Kind) -> String {
    kind == .operation ? "hook" : kind.rawValue
  }

  /// `1 seed`, `3 data tests`, as dbt counts kinds of nodes.
  package static func count(_ number: Int, of kind: String) -> String {
    let many =
      switch kind {
      case "test": "data_tests"
      case "analysis": "analyses"
      case "saved_query": "saved_queries"
      default: "\(kind)s"
      }
    let word = number == 1 ? kind : many
    return "\(number) \(word.split(separator: "_").joined(separator: " "))"
  }

  private static let sqlStateMark = "SQLSTATE "

  /// What is wrong with neither the project nor the database.
  private static let ofRunning: Set<String> = [
    "name-too-long",
    "state-not-found", "state-not-readable", "no-project", "unexpected-error",
    "missing-profiles-file", "unknown-profile", "unknown-target", "python-model",
  ]

  private static let ofConnections: Set<String> = [
    "connection-lost", "server-unreachable", "authentication-failed", "statement-cancelled",
    "database-error", "serialization-conflict",
    // dbt hears of it from the database.
    "sql-syntax",
  ]
}
