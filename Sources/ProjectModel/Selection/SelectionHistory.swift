package import Diagnostics

/// Answers the criteria that compare with an earlier run: `state:`, `result:`, `source_status:`.
package protocol SelectionHistory: Sendable {
  /// The nodes that a value selects.
  ///
  /// - Parameters:
  ///   - method: what is compared.
  ///   - value: what stands after the colon, as `modified`.
  ///   - criterion: the whole criterion as written, for messages.
  /// - Returns: unique_ids of the graph's nodes.
  /// - Throws: `invalid-selector` for a value that the method does not know,
  ///   `selector-needs-state` when the artifact that is compared with is not there, and
  ///   `contract-broken`.
  func nodes(
    _ method: HistoryMethod,
    value: String,
    criterion: String
  ) throws(Diagnostic) -> Set<String>

  /// What there is to warn of, once nodes were asked for.
  var warnings: [Diagnostic] { get }
}

/// What of an earlier run a criterion compares with.
package enum HistoryMethod: String, Sendable, CaseIterable {
  case state
  case result
  case sourceStatus = "source_status"
}
