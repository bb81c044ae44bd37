package import Diagnostics

/// Which tests join the nodes that were selected, as `--indirect-selection` says.
package enum IndirectSelection: String, Sendable, CaseIterable {
  /// A test joins when any node it looks at is selected.
  case eager
  /// A test joins when all nodes it looks at are selected.
  case cautious
  /// As `cautious`, where ancestors of selected nodes and sources count as well.
  case buildable
  /// No test joins by itself.
  case empty
}

/// A choice of nodes in dbt's grammar: `--select`, `--exclude` and what goes with them.
///
/// Space and repeated options mean union, a comma means intersection and binds tighter, and what
/// `exclude` names is taken away:
///
///     Selection(select: ["+songplays tag:nightly,staging"], exclude: ["resource_type:test"], …)
package struct Selection: Sendable {
  /// What a selection came to.
  package struct Outcome: Sendable {
    /// unique_ids.
    package var nodes: Set<String>
    /// Criteria that matched no node, as written.
    package var unmatched: [String]
    /// A warning for each criterion that matched no node, with the nearest names.
    package var warnings: [Diagnostic]
  }

  private let select: [String]
  private let exclude: [String]
  private let resourceTypes: Set<Node.Kind>?
  private let indirect: IndirectSelection
  private let projectName: String?

  /// Makes a selection; nothing is parsed yet.
  ///
  /// - Parameters:
  ///   - select: values of `--select`; none selects everything.
  ///   - exclude: values of `--exclude`.
  ///   - resourceTypes: kinds to keep; nil keeps all.
  ///   - indirect: which tests join.
  ///   - projectName: what `package:this` means; nil means any package.
  package init(
    select: [String],
    exclude: [String],
    resourceTypes: Set<Node.Kind>?,
    indirect: IndirectSelection = .eager,
    projectName: String? = nil
  ) {
    self.select = select
    self.exclude = exclude
    self.resourceTypes = resourceTypes
    self.indirect = indirect
    self.projectName = projectName
  }

  /// The unique_ids of the selected nodes.
  package func nodes(in graph: Graph) throws(Diagnostic) -> Set<String> {
    try resolve(in: graph).nodes
  }

  /// The selected nodes, and the criteria that matched nothing.
  package func resolve(in graph: Graph) throws(Diagnostic) -> Outcome {
    var evaluator = SelectionEvaluator(graph: graph, projectName: projectName)
    let included =
      if let union = try union(select) {
        try evaluator.union(union, indirect: indirect)
      } else {
        SelectionEvaluator.Choice(direct: Set(graph.nodes.keys), indirect: [])
      }
    let chosen: Set<String>
    if let union = try union(exclude) {
      // Tests of excluded nodes go with them whatever the mode, as in dbt.
      let excluded = try evaluator.union(union, indirect: .eager)
      chosen = evaluator.difference(included, excluded, indirect: indirect)
    } else {
      chosen = included.direct
    }
    let kept = chosen.filter { id in
      guard let resourceTypes, let node = graph.nodes[id] else { return true }
      return resourceTypes.contains(node.kind)
    }
    let unmatched = evaluator.unmatched
    return Outcome(
      nodes: kept,
      unmatched: unmatched.map(\.text),
      warnings: unmatched.map { .nothingSelected($0.text, nearest: $0.nearestValue(in: graph)) }
    )
  }

  /// Unions of intersections; nil when nothing is written.
  private func union(_ values: [String]) throws(Diagnostic) -> [[SelectionCriterion]]? {
    var union: [[SelectionCriterion]] = []
    for value in values {
      for group in value.split(whereSeparator: \.isWhitespace) {
        var intersection: [SelectionCriterion] = []
        for criterion in group.split(separator: ",", omittingEmptySubsequences: false) {
          guard !criterion.isEmpty else {
            throw .invalidSelector(String(group), reason: "a criterion is missing beside a comma")
          }
          intersection.append(try SelectionCriterion(String(criterion)))
        }
        union.append(intersection)
      }
    }
    return union.isEmpty ? nil : union
  }
}
