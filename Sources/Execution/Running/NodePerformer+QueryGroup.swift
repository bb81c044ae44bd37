import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// The queue of the workload manager that a node asks for, and the way back.
struct QueryGroupChoice: Sendable {
  var choice: SQLText
  var restoration: SQLText
}

extension NodePerformer {
  /// What to send before and after a node that is configured with a `query_group` of its own.
  ///
  /// - Parameter compiled: the node.
  /// - Returns: nil for most nodes: their session has the target's group.
  /// - Throws: `wrong-config` if it is no text.
  func queryGroup(of compiled: CompiledNode) throws(Diagnostic) -> QueryGroupChoice? {
    guard dialect == .redshift,
      let group = try NodeSettings(node: compiled.node).string("query_group")
    else { return nil }
    func choosing(_ group: String) -> SQLText { "set query_group to \(literal: group, .redshift)" }
    return QueryGroupChoice(
      choice: choosing(group),
      restoration: settings.queryGroup.map(choosing) ?? "reset query_group"
    )
  }
}
