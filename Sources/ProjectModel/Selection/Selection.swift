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

  /// What is chosen: by the command line, or by a selector of selectors.yml.
  private enum Choice: Sendable {
    case commandLine(select: [String], exclude: [String], indirect: IndirectSelection)
    case named(NamedSelector, indirect: IndirectSelection)
  }

  private let choice: Choice
  private let resourceTypes: Set<Node.Kind>?
  private let projectName: String?
  private let history: (any SelectionHistory)?

  /// Makes a selection; nothing is parsed yet.
  ///
  /// - Parameters:
  ///   - select: values of `--select`; none selects everything.
  ///   - exclude: values of `--exclude`.
  ///   - resourceTypes: kinds to keep; nil keeps all.
  ///   - indirect: which tests join.
  ///   - projectName: what `package:this` means; nil means any package.
  ///   - history: the earlier run that `state:` and its kin compare with.
  package init(
    select: [String],
    exclude: [String],
    resourceTypes: Set<Node.Kind>?,
    indirect: IndirectSelection = .eager,
    projectName: String? = nil,
    history: (any SelectionHistory)? = nil
  ) {
    choice = .commandLine(select: select, exclude: exclude, indirect: indirect)
    self.resourceTypes = resourceTypes
    self.projectName = projectName
    self.history = history
  }

  /// Makes the selection that a selector of `selectors.yml` defines.
  ///
  /// - Parameters:
  ///   - selector: the selector.
  ///   - resourceTypes: kinds to keep; nil keeps all.
  ///   - indirect: which tests join criteria that do not say it themselves.
  ///   - projectName: what `package:this` means; nil means any package.
  ///   - history: the earlier run that `state:` and its kin compare with.
  package init(
    selector: NamedSelector,
    resourceTypes: Set<Node.Kind>?,
    indirect: IndirectSelection = .eager,
    projectName: String? = nil,
    history: (any SelectionHistory)? = nil
  ) {
    choice = .named(selector, indirect: indirect)
    self.resourceTypes = resourceTypes
    self.projectName = projectName
    self.history = history
  }

  /// The unique_ids of the selected nodes.
  package func nodes(in graph: Graph) throws(Diagnostic) -> Set<String> {
    try resolve(in: graph).nodes
  }

  /// The selected nodes, and the criteria that matched nothing.
  package func resolve(in graph: Graph) throws(Diagnostic) -> Outcome {
    var evaluator = SelectionEvaluator(graph: graph, projectName: projectName, history: history)
    let chosen: Set<String>
    switch choice {
    case .named(let selector, let indirect):
      chosen = try evaluator.choice(of: selector.tree(indirect)).direct
    case .commandLine(let select, let exclude, let indirect):
      let (included, excluded) = try SelectionTree.commandLine(
        select: select,
        exclude: exclude,
        indirect: indirect
      )
      var direct = Set(graph.nodes.keys)
      if let included { direct = try evaluator.choice(of: included).direct }
      if let excluded { direct.subtract(try evaluator.choice(of: excluded).direct) }
      chosen = direct
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
        + (history?.warnings ?? [])
    )
  }
}
