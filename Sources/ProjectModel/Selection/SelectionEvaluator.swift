import Diagnostics

/// Works out a parsed selection on a graph.
///
/// Beside the nodes chosen, sets carry the tests that may still join once other criteria have
/// brought in the rest of their parents, as dbt does.
struct SelectionEvaluator {
  struct Choice {
    var direct: Set<String>
    /// Tests next to the nodes chosen that did not join yet.
    var indirect: Set<String>
  }

  let graph: Graph
  let projectName: String?
  let history: (any SelectionHistory)?
  private(set) var unmatched: [SelectionCriterion] = []

  init(graph: Graph, projectName: String?, history: (any SelectionHistory)? = nil) {
    self.graph = graph
    self.projectName = projectName
    self.history = history
  }

  /// What a tree comes to.
  mutating func choice(of tree: SelectionTree) throws(Diagnostic) -> Choice {
    switch tree {
    case .criterion(let criterion, let indirect):
      return try choice(of: criterion, indirect: indirect)
    case .group(let operation, let parts, let indirect):
      var result: Choice?
      for part in parts {
        let next = try choice(of: part)
        let nextAll = next.direct.union(next.indirect)
        guard let current = result else {
          result = Choice(direct: next.direct, indirect: nextAll)
          continue
        }
        result = Choice(
          direct: Self.combined(current.direct, next.direct, operation),
          indirect: Self.combined(current.indirect, nextAll, operation)
        )
      }
      guard var result else { return Choice(direct: [], indirect: []) }
      result.direct = joining(result.indirect, to: result.direct, indirect: indirect)
      return result
    }
  }

  private static func combined(
    _ a: Set<String>,
    _ b: Set<String>,
    _ operation: SelectionTree.Operation
  ) -> Set<String> {
    switch operation {
    case .union: a.union(b)
    case .intersection: a.intersection(b)
    case .difference: a.subtracting(b)
    }
  }

  private mutating func choice(
    of criterion: SelectionCriterion,
    indirect: IndirectSelection
  ) throws(Diagnostic) -> Choice {
    let matched = try criterion.matches(
      in: graph,
      projectName: projectName,
      history: history
    )
    if matched.isEmpty, !unmatched.contains(where: { $0.text == criterion.text }) {
      unmatched.append(criterion)
    }
    return expand(follow(criterion, from: matched), indirect: indirect)
  }

  private func follow(_ criterion: SelectionCriterion, from matched: Set<String>) -> Set<String> {
    var result = matched
    if criterion.parents != .none {
      result.formUnion(reach(from: matched, depth: criterion.parents.depth, along: graph.parents))
    }
    if criterion.children != .none {
      result.formUnion(reach(from: matched, depth: criterion.children.depth, along: graph.children))
    }
    if criterion.includesChildrensParents {
      result.formUnion(reach(from: matched, depth: nil, along: graph.children))
      result.formUnion(ancestors(of: result))
    }
    return result
  }

  /// Adds the tests on selected nodes that join, and notes those that may join later.
  private func expand(_ selected: Set<String>, indirect: IndirectSelection) -> Choice {
    guard indirect != .empty else { return Choice(direct: selected, indirect: []) }
    var buildable = selected
    if indirect == .buildable {
      buildable.formUnion(ancestors(of: selected))
      buildable.formUnion(graph.nodes.values.lazy.filter { $0.kind == .source }.map(\.uniqueID))
    }
    var choice = Choice(direct: selected, indirect: [])
    for id in selected {
      for child in graph.children[id] ?? [] where isTest(child) {
        let joins =
          switch indirect {
          case .eager: true
          case .cautious: parents(of: child).isSubset(of: selected)
          case .buildable: parents(of: child).isSubset(of: buildable)
          case .empty: false
          }
        if joins { choice.direct.insert(child) } else { choice.indirect.insert(child) }
      }
    }
    return choice
  }

  /// Lets tests in whose parents have all come together by now.
  private func joining(
    _ candidates: Set<String>,
    to direct: Set<String>,
    indirect: IndirectSelection
  ) -> Set<String> {
    let present: Set<String>
    switch indirect {
    case .eager, .empty: return direct
    case .cautious: present = direct
    case .buildable: present = direct.union(ancestors(of: direct))
    }
    return direct.union(
      candidates.filter {
        !direct.contains($0) && isTest($0) && parents(of: $0).isSubset(of: present)
      }
    )
  }

  private func ancestors(of ids: Set<String>) -> Set<String> {
    reach(from: ids, depth: nil, along: graph.parents)
  }

  /// Everything within so many steps of any of `ids`, in one walk for all of them.
  private func reach(
    from ids: Set<String>,
    depth: Int?,
    along edges: [String: [String]]
  ) -> Set<String> {
    var found = ids
    var frontier = Array(ids)
    var steps = 0
    while !frontier.isEmpty, depth.map({ steps < $0 }) ?? true {
      var next: [String] = []
      for id in frontier {
        for other in edges[id] ?? [] where found.insert(other).inserted { next.append(other) }
      }
      frontier = next
      steps += 1
    }
    return found
  }

  private func parents(of id: String) -> Set<String> { Set(graph.parents[id] ?? []) }

  private func isTest(_ id: String) -> Bool {
    let kind = graph.nodes[id]?.kind
    return kind == .test || kind == .unitTest
  }
}
