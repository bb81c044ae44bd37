/// What EXPLAIN says, in Redshift's words.
///
/// The steps are PostgreSQL's own, as Redshift names them; how the rows move is made up: the inner
/// side of every join goes to every node.
enum RedshiftPlan {
  static func lines(_ lines: [String]) -> [String] { lines.map(line) }

  private static func line(_ text: String) -> String {
    // Lines without a cost say more about the step above.
    guard let cost = text.firstRange(of: "  (cost=") else { return text }
    let indentation = text.prefix { $0 == " " }
    var operation = text[indentation.endIndex..<cost.lowerBound]
    var arrow = ""
    if operation.hasPrefix("->") {
      operation = operation.dropFirst(2).drop { $0 == " " }
      arrow = "->  "
    }
    let isJoin = operation.hasSuffix(" Join") || operation == "Nested Loop"
    return "\(indentation)\(arrow)XN \(operation)\(isJoin ? " DS_BCAST_INNER" : "")"
      + text[cost.lowerBound...]
  }
}
